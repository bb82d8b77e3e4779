"""Scripts that ask all photos what a lesson asks of one: which photos they asked, and what their own parts do."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/bench/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name", ["deleted_in_blobs", "forgotten_of_others", "inversion_of_others", "score_cam_whole", "views_of_others"]
)
def test_what_was_measured_is_of_the_photos_that_the_course_offers(name: str) -> None:
    lists = json.loads((ROOT / f"content/measurements/{name.replace('_', '-')}.json").read_text("utf-8"))["lists"]
    credits = yaml.safe_load((ROOT / "content/pictures/credits.yaml").read_text("utf-8"))
    offered = [one for one, credit in credits.items() if credit.get("offered", True)]
    assert [Path(file).stem for file in script(name).PICTURES] == offered
    assert {len(values) for values in lists.values()} == {len(offered)}


def test_a_blob_is_like_its_neighbours_and_scattered_pixels_are_not() -> None:
    drawn = script("deleted_in_blobs")

    def neighbours(one: np.ndarray) -> float:
        return float(np.corrcoef(one[:, 1:].ravel(), one[:, :-1].ravel())[0, 1])

    assert all(neighbours(drawn.blob(seed)[0]) > 0.8 for seed in drawn.DRAWS)
    assert all(abs(neighbours(drawn.scattered(seed)[0])) < 0.05 for seed in drawn.DRAWS)
    assert not np.array_equal(drawn.blob(0), drawn.blob(1))


def test_photos_are_counted_in_which_what_is_said_is_so() -> None:
    """In the first photo all is so, in the second nothing."""
    first = {"brightness_likeness": 0.5, "edge_likeness": 0.6, "coarse_edge_likeness": 0.6, "colour_likeness": 0.6}
    lists = {f"block2_{name}": [value, 0.1] for name, value in first.items()}
    lists |= {f"block4_{name}": [value - 0.1, 0.3] for name, value in first.items()} | {
        "block4_edge_likeness": [0, 0.3]
    }
    lists |= {f"block5_{name}": [value - 0.5, 0.5] for name, value in first.items()}
    lists |= {f"long_{name}": [value + 0.3, 0] for name, value in first.items()} | {"long_relative_error": [0.3, 0.2]}
    lists |= {f"rough_{name}": [value + 0.1, 0] for name, value in first.items()} | {"rough_relative_error": [0.2, 0.2]}
    lists |= {"block2_edge_likeness": [0.6, 0.05], "block2_colour_likeness": [0.6, 0.05]}
    counts = script("inversion_of_others").counted(lists)
    assert set(counts.values()) == {1.0} and len(counts) == 9


def test_what_is_left_is_summed_up_over_photos_and_draws() -> None:
    asked = script("forgotten_of_others")
    lists = {
        f"{name}_{stage}_{draw}": [0.5, 0.5] for name in asked.METHODS for stage in ("head", "final") for draw in (0, 1)
    }
    lists |= {"z_plus_head_1": [0.5, 0.4], "gradient_head_0": [0.6, 0.1], "epsilon_final_0": [0.6, 0.5]}
    lists |= {"guided_final_1": [0.7, 0.4]}
    found = asked.summed_up(lists)
    assert (found["cascades"], found["unmoved_least"], found["gradient_most"]) == (4, 0.4, 0.6)
    assert (found["guided_least"], found["guided_most"]) == (0.4, 0.7)
    assert (found["epsilon_above_guided"], found["z_plus_above_guided"]) == (2, 1)


def test_empty_windows_are_those_in_which_neither_map_has_anything() -> None:
    found = script("blank_windows").by_windows
    one, other = np.zeros((40, 40)), np.zeros((40, 40))
    one[20:], other[:, 20:] = 1.0, 0.5
    apart = found(one, other)
    assert 0.15 < apart["empty"] < 0.25  # a quarter, less half a window on two of its sides
    assert apart["in_empty"] == pytest.approx(1)
    assert apart["elsewhere"] < apart["similarity"] < 1
    mean = apart["empty"] * apart["in_empty"] + (1 - apart["empty"]) * apart["elsewhere"]
    assert mean == pytest.approx(apart["similarity"])  # the windows are those of the whole, and no others

"""The figures of the network on paper: every number that they show is the one that was computed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netviz.figures.figure import Request
from netviz.figures.views import views
from netviz.methods import methods, run_on_data


def request(folder: Path, **settings: object) -> Request:
    name = "paper-windows" if "window" in settings else "on-paper"
    answer = {key: np.asarray(values) for key, values in run_on_data(methods()[name], settings).items()}
    numbers = {key: values.tolist() for key, values in answer.items() if values.ndim < 2}
    return Request(view=name, folder=folder, arrays=answer, numbers=numbers, picture=None, signed=None)


def drawn(file: Path) -> list[str]:
    return [element.text or "" for element in ET.parse(file).getroot() if element.tag.endswith("text")]


@pytest.mark.parametrize(("window", "total", "outputs"), [(1, 45, "0, 0"), (4, 90, "40, 15")])
def test_a_window_shows_its_sum_and_what_is_known_by_then(
    tmp_path: Path, window: int, total: int, outputs: str
) -> None:
    figure = views()["window-steps"].draw(request(tmp_path, window=window))
    texts = drawn(tmp_path / figure.panels[0].file)
    assert f"Σ = {total}" in texts and f"{total} − 50" in texts and f"{total} − 75" in texts
    assert len(texts) == 16 + 2 * window + 3 + 1 + 2  # numbers; headings; Σ; what the channels add
    assert figure.facts["outputs"] == outputs


def test_the_gradient_is_whole_after_the_last_window(tmp_path: Path) -> None:
    figure = views()["window-steps"].draw(request(tmp_path, window=4, way="backward"))
    last = run_on_data(methods()["paper-windows"], {"window": 4, "way": "backward"})
    assert figure.facts["gradient"] == "0, 1, 1, 1; 0, 1, 1, 1; 0, 1, 1, 1; 0, 0, 0, 0"
    np.testing.assert_array_equal(last["gradient"], run_on_data(methods()["on-paper"], {})["maps"][0])


def test_a_grid_of_numbers_can_be_read(tmp_path: Path) -> None:
    asked = request(tmp_path, explanation="grad-cam")
    figure = views()["number-grid"].draw(asked)
    assert drawn(tmp_path / figure.panels[0].file) == ["0", "4", "28", "32.5"]
    with pytest.raises(ValueError, match="at most 12 by 12"):
        views()["number-grid"].draw(replace(asked, arrays={"maps": np.zeros((1, 13, 2))}))

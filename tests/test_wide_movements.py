"""Whether wider movements make a pattern coarser: what the script compares, and that it is what lesson 9 shows."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from netviz.course.reading import read_course

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("wide_movements", ROOT / "tests/bench/wide_movements.py")
assert SPEC and SPEC.loader
script = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(script)


def test_pairs_are_told_by_how_many_rise_by_the_mean_change_and_its_standard_error() -> None:
    """Changes 1, -1, 3, 1: their mean is 1, their variance 8/3, and that of a mean of four a quarter of it."""
    found = script.paired([0.0, 1.0, 0.0, 2.0], [1.0, 0.0, 3.0, 3.0])
    assert found == {"rise": 3, "change": 1, "error": pytest.approx((8 / 3 / 4) ** 0.5)}


def test_what_was_measured_are_the_two_canvases_of_the_lesson() -> None:
    experiments = read_course(ROOT / "content", "compact").experiments
    small, wide = experiments["looks-block5"].settings, experiments["looks-wide"].settings
    assert (small["side"], wide["side"]) == (script.SMALL, script.LARGE)
    assert (small["layer"], wide["layer"], wide["channels"]) == (script.LAYER, script.LAYER, (script.CHANNEL,))
    for setting, value in (("steps", script.STEPS), ("rate", script.RATE), *script.USUAL.items()):
        assert small[setting] == wide[setting] == value
    assert script.wider({"jitter": 0.05}) == {"jitter": pytest.approx(0.05 * wide["side"] / small["side"])}


def test_what_is_kept_follows_from_the_pairs() -> None:
    measured = json.loads((ROOT / "content/measurements/wide-movements.json").read_text("utf-8"))
    assert script.compared(measured["lists"]).items() <= measured["values"].items()
    for number in ("neighbours", "end"):
        pairs = script.paired(measured["lists"][f"usual_{number}"], measured["lists"][f"wide_{number}"])
        assert {f"{number}_{name}": value for name, value in pairs.items()}.items() <= measured["values"].items()
    assert {len(values) for values in measured["lists"].values()} == {len(script.NOISES)}

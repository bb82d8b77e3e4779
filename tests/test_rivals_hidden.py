"""Whether rivals fall where hiding raises a score: how the script counts, and which photos it asked."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("rivals_hidden", ROOT / "tests/bench/rivals_hidden.py")
assert SPEC and SPEC.loader
script = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(script)


def test_patches_are_told_apart_by_what_they_do_to_the_first_answer() -> None:
    """Seven classes, so that the last is no rival: what happens to it counts for nothing."""
    whole = [9.0, 5, 4, 3, 2, 1, 0]
    raised_and_fell = [10.0, 4, 4, 3, 2, 1, 50]
    raised = [10.0, 6, 4, 3, 2, 1, -50]
    lowered_and_fell = [8.0, 0, 5, 3, 2, 1, 0]
    same = [9.0, 5, 4, 3, 2, 2, 0]
    found = script.counted(np.array([whole, raised_and_fell, raised, lowered_and_fell, same], np.float32))
    assert found == {"raised": 2, "others": 2, "raised_fell": 1, "others_fell": 1}


def test_what_was_measured_is_of_the_photos_that_the_course_offers() -> None:
    lists = json.loads((ROOT / "content/measurements/rivals-hidden.json").read_text("utf-8"))["lists"]
    credits = yaml.safe_load((ROOT / "content/pictures/credits.yaml").read_text("utf-8"))
    offered = [name for name, credit in credits.items() if credit.get("offered", True)]
    assert [Path(file).stem for file in script.PICTURES] == offered
    positions = len(range(0, 224 - script.PATCH + script.STRIDE, script.STRIDE)) ** 2
    assert {len(values) for values in lists.values()} == {len(offered)}
    assert {sum(pair) for pair in zip(lists["raised"], lists["others"], strict=True)} == {positions}

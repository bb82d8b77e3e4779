"""Accounts of small networks: the arithmetic of the script that measured them, and what it wrote."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("accounts", ROOT / "tests/bench/accounts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "content/measurements/accounts.json").read_text("utf-8"))
    return found


def test_less_than_half_is_counted_whichever_way_the_score_moved(script: ModuleType) -> None:
    """Two of four: 1 of 4, and 1 upwards where the score fell by 4; 2 of 4 is no less than half of it."""
    sums, changes = np.array([1.0, 1.0, 2.0, -3.0]), np.array([4.0, -4.0, 4.0, -4.0])
    assert script.below_half(sums, changes) == 0.5


def test_an_account_closes_to_within_a_twentieth_above_and_below(script: ModuleType) -> None:
    changes = np.array([1.0, 1.0, -2.0, -2.0])
    off = np.array([0.04, -0.06, 0.06, -0.04])
    assert script.closed(changes + off, changes) == 0.5


def test_a_share_is_of_the_change(script: ModuleType) -> None:
    np.testing.assert_allclose(script.shares(np.array([1.0, -1.0]), np.array([4.0, -2.0])), [0.25, 0.5])


def test_what_was_written_is_of_all_that_is_held_out(script: ModuleType, written: dict[str, Any]) -> None:
    from netviz.data.sentences import sentences
    from netviz.data.tables import table

    held_out = sum(one.held_out for one in sentences())
    assert written["values"] == {
        "tumours": table("tumours").held_out.sum(),
        "sentences": held_out,
        "integrated_sentences": -(-held_out // script.EVERY),
    }
    assert written["lists"]["seeds"] == [*script.SEEDS]
    assert {len(values) for values in written["lists"].values()} == {len(script.SEEDS)}


def test_shares_of_a_count_are_whole_numbers_of_it(written: dict[str, Any]) -> None:
    for name, values in written["lists"].items():
        if name.endswith(("_closed", "_sure", "_below_half")) and "sure_below" not in name:
            of = "tumours" if name.startswith(("gradient", "occlusion", "integrated")) else "sentences"
            count = written["values"]["integrated_sentences" if "integrated_closed" in name else of]
            assert all(abs(value * count - round(value * count)) < 1e-4 * count for value in values), name


def test_the_lesson_asks_what_was_measured(script: ModuleType) -> None:
    text = (ROOT / "content/lessons/11-other-inputs/en.md").read_text("utf-8")
    assert f"To within {script.CLOSED}, " in text
    assert f"more than {script.SURE:.0%} sure".replace("%", " %") in text
    assert re.search(r"the 128 steps that we take", text)

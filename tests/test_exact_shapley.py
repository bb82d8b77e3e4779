"""Exact Shapley values by all sets of pieces: the arithmetic of the script that measured them, and what it wrote."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from game import mean_gains

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("exact_shapley", ROOT / "tests/bench/exact_shapley.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_who_earn_only_together_share_what_they_earn(script: ModuleType) -> None:
    """The glove game: pieces 0 and 1 are left gloves, 2 a right one, and a pair is worth 1: 1/6, 1/6 and 2/3."""
    pairs = [int(bool(one & 0b011) and bool(one & 0b100)) for one in range(8)]
    np.testing.assert_allclose(script.shapley_values(np.array(pairs, float)), [1 / 6, 1 / 6, 2 / 3])


def test_values_are_the_mean_gain_over_all_orders(script: ModuleType) -> None:
    scores = np.random.default_rng(3).normal(size=32)
    found = script.shapley_values(scores)
    np.testing.assert_allclose(found, mean_gains(scores), atol=1e-12)
    assert found.sum() == pytest.approx(scores[-1] - scores[0])


def test_an_estimate_that_tries_all_sets_is_exact(script: ModuleType) -> None:
    scores = np.random.default_rng(4).normal(size=64)
    np.testing.assert_allclose(script.estimate(scores, 62, seed=0), script.shapley_values(scores), atol=1e-8)
    assert np.abs(script.estimate(scores, 20, seed=0) - script.shapley_values(scores)).max() > 1e-3


def test_a_line_is_held_against_all_sets(script: ModuleType) -> None:
    """Right of all it explains all, flat at their mean nothing; LIME's own of all sets as much as it says itself."""
    from netviz.methods.hiding import lime_model

    sets = script.shown(6)
    assert script.fit_of_all(2 + sets @ np.arange(6.0), np.arange(6.0), 2.0) == pytest.approx(1)
    scores = np.random.default_rng(5).normal(size=64)
    weights, start, fit = lime_model(sets, scores, script.KERNEL_WIDTH)
    assert script.fit_of_all(scores, weights, start) == pytest.approx(fit)


def test_a_value_sees_the_pieces_in_its_window_alone(script: ModuleType) -> None:
    """Windows of 4 by 4 pixels, 2 apart, reach a pixel beyond their own 2 by 2."""
    regions = np.repeat(np.repeat([[0, 1], [2, 3]], 4, axis=0), 4, axis=1)
    reach = script.within_reach(regions, 4, 2).reshape(4, 4)
    assert reach[0].tolist() == [0b0001, 0b0011, 0b0011, 0b0010]
    assert reach[1, 1] == 0b1111 and reach[3, 0] == 0b0100


def test_the_sets_for_the_low_layers_show_every_place_all_that_it_can_see(script: ModuleType) -> None:
    reach = np.array([0b000011, 0b001110, 0b110000])
    chosen = np.array(script.covering(reach, 6))
    assert len(chosen) < 64
    for kind in reach:
        assert set(chosen & kind) == set(np.arange(64) & kind)


def test_the_lesson_shows_what_was_measured(script: ModuleType) -> None:
    """The fence's weights are typed, as no build can find them: they are the measurement's, of the same photo."""
    measured = json.loads((ROOT / "content/measurements/exact-shapley.json").read_text("utf-8"))
    lesson = (ROOT / "content/lessons/08-asking-by-hiding/en.md").read_text("utf-8")
    fences = {fence.partition("\n")[0]: fence for fence in lesson.split("```experiment\nid: ")}
    found = re.search(r"^weights: (\[.*\])$", fences["asks-exact-all"], re.MULTILINE)
    assert found and json.loads(found[1]) == measured["lists"]["weights"]
    settings = f"picture: {Path(script.PICTURE).stem}\ntarget: {script.TARGET}\nsegments: {script.SEGMENTS}\n"
    assert settings in fences["asks-exact-all"] and settings in fences["asks-shap"]
    assert f"samples: {measured['lists']['samples'][0]:.0f}\n" in fences["asks-shap"]
    values = measured["values"]
    assert values["sets"] == 2 ** len(measured["lists"]["weights"])
    gain = values["score"] - values["baseline_score"]
    assert sum(measured["lists"]["weights"]) == pytest.approx(gain, abs=1e-3)

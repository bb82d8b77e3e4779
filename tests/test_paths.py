"""Integrated gradients on the way: the same as integrated gradients at the end, and an account at every stop."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.networks.keras_network import KerasNetwork

PICTURES = random_pictures(2, seed=5)
TARGETS = np.array([2, 0])


@cache
def network() -> KerasNetwork:
    return make_tiny(seed=11).to_keras().at("float64")


def ask(method: str, **settings: Any) -> Any:
    return run(methods()[method], network(), PICTURES, TARGETS, settings)


@pytest.mark.parametrize("baseline", ["black", "mean", "noise"])
def test_at_the_end_it_is_integrated_gradients_with_as_many_steps(baseline: str) -> None:
    whole = ask("integrated-gradients", steps=16, max_steps=16, tolerance=0, baseline=baseline)
    result = ask("integrated-path", steps=16, baseline=baseline)
    np.testing.assert_allclose(result["attribution"], whole["attribution"], atol=1e-5)
    np.testing.assert_allclose(result["sum"], whole["sum"], atol=1e-6)
    np.testing.assert_allclose(result["gap"], whole["delta"], atol=1e-6)


def test_the_running_sum_is_what_the_attribution_adds_up_to() -> None:
    for position in (0.25, 0.5, 1):
        result = ask("integrated-path", steps=16, position=position)
        np.testing.assert_allclose(result["attribution"].sum(axis=(1, 2, 3)), result["sum"], rtol=1e-4, atol=1e-5)
        stop = np.flatnonzero(result["x"][0] == position)[0]
        np.testing.assert_array_equal(result["running_sum"][:, stop], result["sum"])
        np.testing.assert_array_equal(result["score_change"][:, stop], result["change"])


def test_the_running_sum_follows_the_score_as_closely_as_the_steps_are_fine() -> None:
    coarse, fine = (np.abs(ask("integrated-path", steps=steps)["gap"]) for steps in (4, 512))
    change = np.abs(ask("integrated-path")["change"])
    assert (fine < 0.01 * change).all() and (fine < coarse).all()


def test_the_score_is_that_of_the_faded_picture() -> None:
    result = ask("integrated-path", steps=8, position=0.5)
    score = network().logits(np.concatenate([PICTURES / 2, 0 * PICTURES]))
    expected = [score[i, TARGETS[i]] - score[2 + i, TARGETS[i]] for i in range(2)]
    np.testing.assert_allclose(result["change"], expected)

"""Integrated gradients: the map first, then the account; and on the way, with an account at every stop."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from tiny import Tiny, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.integration import trapezoid_weights
from netviz.networks.keras_network import KerasNetwork

PICTURES = random_pictures(2, seed=5)
TARGETS = np.array([2, 0])


TINY = make_tiny(seed=11)


@cache
def network() -> KerasNetwork:
    return TINY.to_keras().at("float64")


def ask(method: str, **settings: Any) -> Any:
    return run(methods()[method], network(), PICTURES, TARGETS, settings)


# The map first, then the account


class Twin:
    """Integrated gradients from black of one picture, stop by stop, whatever it costs."""

    def __init__(self, tiny: Tiny, picture: np.ndarray, target: int) -> None:
        self.tiny, self.picture, self.target = tiny, picture.astype(np.float64), target
        self.seen: dict[float, tuple[float, np.ndarray]] = {}

    def at(self, position: float) -> tuple[float, np.ndarray]:
        """The score, and the gradient times the way."""
        if position not in self.seen:
            faded = position * self.picture
            gradient = self.tiny.gradient(faded, self.target)
            self.seen[position] = self.tiny.logits(faded)[self.target], self.picture * gradient
        return self.seen[position]

    def attribution(self, stops: list[float]) -> np.ndarray:
        return sum((b - a) * (self.at(a)[1] + self.at(b)[1]) / 2 for a, b in pairwise(stops))

    def change(self, a: float, b: float) -> float:
        return self.at(b)[0] - self.at(a)[0]

    def turn(self, a: float, b: float) -> float:
        return (b - a) * float(np.sqrt(((self.at(b)[1] - self.at(a)[1]) ** 2).sum()))

    def miss(self, a: float, b: float) -> float:
        return abs(self.attribution([a, b]).sum() - self.change(a, b))

    def rank_correlation(self, stops: list[float]) -> float:
        every_other = [stop for place, stop in enumerate(stops) if place % 2 == 0 or place == len(stops) - 1]
        maps = [self.attribution(one).sum(axis=-1).ravel() for one in (stops, every_other)]
        return float(spearmanr(*maps).statistic)

    def stops(self, steps: int, max_steps: int, rank_tolerance: float, tolerance: float) -> list[float]:
        def bisect(stops: list[float], bad: Callable[[float, float], float], at_once: int = 8) -> list[float]:
            worst = sorted(pairwise(stops), key=lambda step: -bad(*step))[: min(at_once, max_steps + 1 - len(stops))]
            return sorted(stops + [(a + b) / 2 for a, b in worst])

        stops = [k / steps for k in range(steps + 1)]
        while self.rank_correlation(stops) < 1 - rank_tolerance and len(stops) <= max_steps:
            stops = bisect(stops, self.turn)
        singly = 2
        while abs(self.attribution(stops).sum() - self.change(0, 1)) > tolerance * abs(self.change(0, 1)):
            if len(stops) > max_steps:
                break
            stops = bisect(stops, self.miss, 1 if singly > 0 else 8)
            singly -= 1
        return stops


@cache
def twin(i: int) -> Twin:
    return Twin(TINY, PICTURES[i], int(TARGETS[i]))


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("the map alone", {"steps": 4, "max_steps": 256, "rank_tolerance": 0.01, "tolerance": 1}),
        ("the account alone", {"steps": 4, "max_steps": 256, "rank_tolerance": 1, "tolerance": 0.002}),
        ("both", {"steps": 16, "max_steps": 256, "rank_tolerance": 0.01, "tolerance": 0.002}),
        ("no more", {"steps": 4, "max_steps": 21, "rank_tolerance": 0, "tolerance": 0}),
    ],
)
def test_integrated_gradients_stop_where_their_twin_does(name: str, chosen: dict[str, Any]) -> None:
    result = ask("integrated-gradients", **chosen)
    for i in range(2):
        stops = twin(i).stops(**chosen)
        expected = twin(i).attribution(stops)
        assert result["steps"][i] == len(stops) - 1
        assert result["coarser_rank_correlation"][i] == pytest.approx(twin(i).rank_correlation(stops))
        np.testing.assert_allclose(result["attribution"][i], expected, atol=1e-9 * np.abs(expected).max())


def test_the_account_closes_and_says_how() -> None:
    result = ask("integrated-gradients")
    for i in range(2):
        change = twin(i).change(0, 1)
        assert result["score"][i] - result["baseline_score"][i] == pytest.approx(change)
        assert result["sum"][i] == pytest.approx(result["attribution"][i].sum())
        assert result["delta"][i] == pytest.approx(result["sum"][i] - change)
        assert result["error"][i] == pytest.approx(abs(result["delta"][i] / change))
        assert result["error"][i] <= 0.01 and result["coarser_rank_correlation"][i] >= 0.998


def test_a_picture_that_is_its_own_baseline_has_nothing_to_account_for() -> None:
    result = run(methods()["integrated-gradients"], network(), np.zeros_like(PICTURES), TARGETS)
    assert not result["attribution"].any()
    assert result["error"].tolist() == [0, 0]
    assert result["steps"].tolist() == [16, 16]  # more would change nothing


def test_trapezoids_of_uneven_steps_are_exact_for_a_line() -> None:
    positions = np.array([0, 0.1, 0.5, 0.75, 1])
    weights = trapezoid_weights(positions)
    assert weights.sum() == pytest.approx(1) and weights @ (3 * positions + 2) == pytest.approx(3.5)


# On the way


@pytest.mark.parametrize("baseline", ["black", "mean", "noise"])
def test_at_the_end_it_is_integrated_gradients_with_as_many_steps(baseline: str) -> None:
    whole = ask("integrated-gradients", steps=16, max_steps=16, baseline=baseline)
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

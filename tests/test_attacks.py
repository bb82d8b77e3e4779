"""Attacks: where the smallest epsilon is known, and against the papers written out in loops."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import IDENTITY, Dense, Flatten, Tiny, make_tiny, random_pictures

from netviz.methods import Result, methods, run
from netviz.methods.attacks import halvings
from netviz.networks.keras_network import KerasNetwork

Floats = NDArray[np.floating[Any]]

PICTURES = random_pictures(2, seed=4)
UNASKED = np.array([0, 0])  # the answer is attacked, whatever class is asked about
MIDDLE = np.full((1, 4, 4, 3), 128, np.float32)  # far from 0 and 255, in whole numbers


def attack(name: str, network: KerasNetwork, pictures: Floats = PICTURES, **values: Any) -> Result:
    return run(methods()[name], network, pictures, UNASKED[: len(pictures)], values)


def linear(weights: Floats, biases: Floats) -> Tiny:
    """Logits weights * picture + biases: weights (4 * 4 * 3, classes)."""
    dense = Dense(weights.astype(np.float32).astype(np.float64), biases, activation="linear")
    parts = {"flatten": (Flatten(), ("input",)), "predictions": (dense, ("flatten",))}
    return Tiny(parts, (4, 4, 3), IDENTITY)


def two_classes(seed: int, margin: float) -> tuple[Tiny, float]:
    """A linear network that answers 0 for MIDDLE by this margin, and the smallest epsilon that changes this."""
    weights = 0.1 * np.random.default_rng(seed).standard_normal((48, 2))
    network = linear(weights, np.zeros(2))
    first, second = network.logits(MIDDLE[0])
    network = linear(weights, np.array([second - first + margin, 0]))
    return network, margin / np.abs(weights[:, 0] - weights[:, 1]).sum()


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    return make_tiny(seed=5)


@pytest.fixture(scope="module")
def network(tiny: Tiny) -> KerasNetwork:
    return tiny.to_keras()


# Linear networks: epsilon = margin / |w1 - w2|_1


@cache
def shell() -> KerasNetwork:
    return linear(np.zeros((48, 2)), np.zeros(2)).to_keras()


def filled(tiny: Tiny) -> KerasNetwork:
    """The one network of these tests that is linear, with other weights for each: it is compiled once."""
    tiny.fill(shell())
    return shell()


@given(seed=st.integers(0, 2**32 - 1), margin=st.floats(0.5, 8))
@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize(("name", "largest"), [("fgsm", 16.0), pytest.param("pgd", 8.0, marks=pytest.mark.slow)])
def test_the_smallest_epsilon_of_a_linear_network(name: str, largest: float, seed: int, margin: float) -> None:
    tiny, expected = two_classes(seed, margin)
    result = attack(name, filled(tiny), MIDDLE, largest=largest, closeness=0.01)
    assert result["success"].tolist() == [1]
    assert result["epsilon_below"][0] <= expected + 1e-4
    assert expected - 1e-4 <= result["epsilon"][0] <= expected + 0.0101
    assert (result["answer_before"][0], result["answer_after"][0]) == (0, 1)
    np.testing.assert_allclose(np.abs(result["after"] - MIDDLE).max(), result["epsilon"][0], rtol=1e-3)


@pytest.mark.parametrize("name", ["fgsm", "pgd"])
def test_a_network_that_is_all_but_certain_still_shows_its_slope(name: str) -> None:
    tiny, expected = two_classes(seed=3, margin=25)  # 1 - p is 1e-11: nothing, in float32
    result = attack(name, filled(tiny), MIDDLE, largest=16.0, closeness=0.01)
    assert result["probability_before"][0] == pytest.approx(1)
    assert result["epsilon"][0] == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize("name", ["fgsm", "pgd"])
@pytest.mark.parametrize(
    ("margin", "closeness", "survives"), [(1.0, 0.05, 0), (25.0, 1.0, 1)], ids=["less than half a step", "whole steps"]
)
def test_rounding_undoes_what_is_less_than_half_a_step(
    name: str, margin: float, closeness: float, survives: int
) -> None:
    tiny, _ = two_classes(seed=3, margin=margin)
    points = {"points": 8} if name == "fgsm" else {}  # so that both try whole steps only, if so precise
    result = attack(name, filled(tiny), MIDDLE, largest=8.0, closeness=closeness, **points)
    assert result["success"].tolist() == [1]
    assert (result["epsilon"][0] >= 0.5) == survives
    after = np.round(result["after"][0])
    assert result["survives_rounding"][0] == int(tiny.logits(after).argmax() == 1) == survives


@pytest.mark.parametrize("name", ["fgsm", "pgd"])
def test_a_network_that_always_says_the_same_can_not_be_attacked(name: str) -> None:
    result = attack(name, filled(linear(np.zeros((48, 2)), np.array([1.0, 0.0]))), MIDDLE, largest=3.0)
    assert result["success"].tolist() == result["survives_rounding"].tolist() == [0]
    assert result["epsilon"].tolist() == [3]
    assert result["answer_after"].tolist() == result["answer_before"].tolist() == [0]


# The papers in loops


def probabilities(tiny: Tiny, picture: Floats) -> Floats:
    exponentials = np.exp(tiny.logits(picture) - tiny.logits(picture).max())
    return exponentials / exponentials.sum()


def test_fgsm_is_that_of_the_paper(tiny: Tiny, network: KerasNetwork) -> None:
    result = attack("fgsm", network, largest=32.0, points=32, closeness=0.05)
    for i, picture in enumerate(PICTURES):
        answer = int(tiny.logits(picture).argmax())
        loss_slope = -tiny.gradient(picture, answer, output="probability")  # times a positive number

        def moved(epsilon: float, picture: Floats = picture, slope: Floats = loss_slope) -> Floats:
            return np.clip(picture + epsilon * np.sign(slope), 0, 255)

        first = next(epsilon for epsilon in range(1, 33) if tiny.logits(moved(epsilon)).argmax() != answer)
        low, high = first - 1.0, float(first)
        while high - low > 0.05:
            middle = (low + high) / 2
            low, high = (low, middle) if tiny.logits(moved(middle)).argmax() != answer else (middle, high)
        assert (result["epsilon"][i], result["epsilon_below"][i]) == (high, low)
        np.testing.assert_allclose(result["after"][i], moved(high), rtol=1e-6)
        before, after = probabilities(tiny, picture), probabilities(tiny, moved(high))
        assert result["answer_before"][i] == answer
        assert result["answer_after"][i] == after.argmax()
        np.testing.assert_allclose(result["probability_before"][i], before.max(), rtol=1e-5)
        np.testing.assert_allclose(result["probability_after"][i], after.max(), rtol=1e-4)


def literal_walk(tiny: Tiny, picture: Floats, aim: int, sign: int, epsilon: float, seed: int) -> Floats:
    """Madry et al. 2017: ten signed gradient steps of a quarter of epsilon, each projected back."""
    start = picture + epsilon * np.random.default_rng(seed).uniform(-1, 1, picture.shape)
    point = np.clip(start, 0, 255).astype(np.float32)
    for _ in range(10):
        point = point + epsilon / 4 * sign * np.sign(tiny.gradient(point, aim, output="probability"))
        point = np.minimum(np.maximum(point, picture - epsilon), picture + epsilon)
        point = np.minimum(np.maximum(point, 0), 255).astype(np.float32)
    return point


@pytest.mark.parametrize("targeted", [False, True], ids=["to any other", "to a given one"])
def test_pgd_is_that_of_the_paper(targeted: bool, tiny: Tiny, network: KerasNetwork) -> None:
    picture = PICTURES[0]
    order = np.argsort(-tiny.logits(picture))
    answer, wanted = int(order[0]), int(order[1])
    towards = wanted if targeted else -1
    aim, sign = (wanted, 1) if targeted else (answer, -1)
    result = attack("pgd", network, PICTURES[:1], towards=towards, largest=64.0, closeness=2.0, seed=6)
    low, high = 0.0, 64.0
    while high - low > 2:
        middle = (low + high) / 2
        found = tiny.logits(literal_walk(tiny, picture, aim, sign, middle, 6)).argmax()
        low, high = (low, middle) if (found == wanted if targeted else found != answer) else (middle, high)
    assert (result["epsilon"][0], result["epsilon_below"][0]) == (high, low)
    np.testing.assert_allclose(result["after"][0], literal_walk(tiny, picture, aim, sign, high, 6), atol=1e-4)
    assert result["success"].tolist() == [1]
    assert result["answer_after"][0] == wanted or not targeted


# What holds for every attack


@pytest.mark.parametrize("name", ["fgsm", "pgd"])
def test_the_attacked_picture_is_near_and_a_picture(name: str, network: KerasNetwork) -> None:
    result = attack(name, network, largest=64.0)
    assert result["before"].dtype == result["after"].dtype == np.float32
    assert result["after"].min() >= 0 and result["after"].max() <= 255
    np.testing.assert_array_equal(result["before"], PICTURES)
    distance = np.abs(result["after"].astype(np.float64) - PICTURES).max(axis=(1, 2, 3))
    assert (distance <= result["epsilon"] + 1e-4).all()
    assert (result["epsilon_below"] < result["epsilon"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 9])
def test_many_steps_need_no_more_than_one(seed: int) -> None:
    """Not so for every network, as for that of the other tests: a random start may lead to where all ReLUs are off."""
    network = make_tiny(seed=seed).to_keras()
    one_step, many = (attack(name, network, largest=32.0, closeness=0.1) for name in ("fgsm", "pgd"))
    assert one_step["success"].all() and many["success"].all()
    assert (many["epsilon"] <= one_step["epsilon"] + 0.1).all()


@pytest.mark.slow
def test_another_seed_starts_elsewhere(network: KerasNetwork) -> None:
    first, again, other = (attack("pgd", network, largest=32.0, seed=seed)["after"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_class_that_the_network_does_not_know_is_no_aim(network: KerasNetwork) -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        attack("pgd", network, towards=4)


@pytest.mark.parametrize(("length", "closeness", "times"), [(8, 1, 3), (8, 0.9, 4), (1, 1, 0), (1, 5, 0)])
def test_intervals_are_halved_until_they_are_short_enough(length: float, closeness: float, times: int) -> None:
    assert halvings(length, closeness) == times

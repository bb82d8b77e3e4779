"""Checks of a map: against their papers written out in loops, and on functions whose right map is known."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from formula import Formula, formula
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.stats import spearmanr
from tiny import Tiny, make_tiny, random_pictures

from netviz.methods import Result, methods, run
from netviz.methods.arrays import resized
from netviz.methods.correlations import correlation_matrix
from netviz.methods.faithfulness import random_squares, ranking
from netviz.methods.map_methods import explanations
from netviz.networks import Network

Floats = NDArray[np.floating[Any]]

PICTURES = random_pictures(2, seed=4)
TARGETS = np.array([2, 0])
FINE = np.random.default_rng(5).standard_normal((2, 8, 8, 3)).astype(np.float32)
COARSE = np.random.default_rng(6).standard_normal((2, 4, 4)).astype(np.float32)
seeds = st.integers(0, 2**32 - 1)


def linear(weights: Floats) -> Network:
    """sum(weights * picture): what a linear map is the whole truth of."""
    return formula(lambda pictures: (pictures * weights).sum(axis=(1, 2, 3)))


def check(name: str, network: Network, maps: Floats, pictures: Floats = PICTURES, **values: Any) -> Result:
    targets = np.zeros(2, int) if isinstance(network, Formula) else TARGETS
    return run(methods()[name], network, pictures, targets, values, [maps])


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    return make_tiny(seed=5)


@pytest.fixture(scope="module")
def network(tiny: Tiny) -> Network:
    return tiny.to_keras()


def score(tiny: Tiny, picture: Floats, target: int, output: str) -> float:
    logits = tiny.logits(picture)
    return float(logits[target] if output == "logit" else np.exp(logits[target]) / np.exp(logits).sum())


def enlarged(one: Floats) -> Floats:
    """One value for each of 8x8 pixels, from FINE or COARSE."""
    return one.sum(axis=-1) if one.ndim == 3 else resized(one[None], 8, 8)[0]


# Deletion and insertion


def literal_curve(tiny: Tiny, picture: Floats, target: int, one: Floats, start: Floats, end: Floats) -> list[float]:
    """Petsiuk et al. 2018, algorithm 1: pixels go from one picture to the other, 16 at a time."""
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda place: -one[place])
    current = start.astype(np.float64).copy()
    curve = [score(tiny, current, target, "probability")]
    for first in range(0, 64, 16):
        for place in places[first : first + 16]:
            current[place] = end[place]
        curve.append(score(tiny, current, target, "probability"))
    return curve


@pytest.mark.parametrize("maps", [FINE, COARSE], ids=["fine", "coarse"])
@pytest.mark.parametrize("name", ["deletion", "insertion"])
def test_curves_are_those_of_the_paper(name: str, maps: Floats, tiny: Tiny, network: Network) -> None:
    setting = {"deletion": "fill", "insertion": "start"}[name]
    result = check(name, network, maps, steps=4, **{setting: "mean"})
    filling = np.broadcast_to(tiny.preprocessing.mean, (8, 8, 3))
    for i, picture in enumerate(PICTURES):
        start, end = (picture, filling) if name == "deletion" else (filling, picture)
        expected = literal_curve(tiny, picture, TARGETS[i], enlarged(maps[i]), start, end)
        np.testing.assert_allclose(result["score"][i], expected, atol=1e-6)
        np.testing.assert_allclose(result["x"][i], [0, 0.25, 0.5, 0.75, 1])
        trapezoids = sum((a + b) / 2 * 0.25 for a, b in pairwise(expected))
        assert result["area"][i] == pytest.approx(trapezoids, abs=1e-6)


@pytest.mark.parametrize("name", ["deletion", "insertion"])
def test_the_curve_of_a_constant_function_is_flat(name: str) -> None:
    result = check(name, formula(lambda pictures: np.full(len(pictures), 3.5)), FINE, output="logit", steps=7)
    np.testing.assert_allclose(result["score"], 3.5)
    np.testing.assert_allclose(result["area"], 3.5)


@given(seed=seeds, steps=st.integers(4, 70))
@settings(max_examples=20, deadline=None)
def test_insertion_ends_at_the_score_where_deletion_begins(seed: int, steps: int) -> None:
    weights = np.random.default_rng(seed).standard_normal((8, 8, 3))
    whole = (PICTURES * weights).sum(axis=(1, 2, 3))
    inserted, deleted = (check(name, linear(weights), FINE, output="logit", steps=steps) for name in CURVES)
    np.testing.assert_allclose(inserted["last"], whole, rtol=1e-5, atol=1e-2)
    np.testing.assert_allclose(deleted["first"], whole, rtol=1e-5, atol=1e-2)
    np.testing.assert_allclose(deleted["last"], 0, atol=1e-9)  # the filling is black here


CURVES = ("insertion", "deletion")


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_no_map_beats_the_true_shares_of_a_linear_function(seed: int) -> None:
    random = np.random.default_rng(seed)
    weights, other = random.standard_normal((8, 8, 3)), random.standard_normal((2, 8, 8))
    areas = {
        name: [
            check(name, linear(weights), maps.astype(np.float32), output="logit", **setting)["area"]
            for maps in ((PICTURES * weights).sum(axis=-1), other)
        ]
        for name, setting in (("deletion", {}), ("insertion", {"start": "black"}))
    }
    assert (areas["deletion"][0] <= areas["deletion"][1]).all()
    assert (areas["insertion"][0] >= areas["insertion"][1]).all()


def test_equals_go_in_the_order_of_reading_and_negative_values_last() -> None:
    values = np.array([[1, -2, 1], [0, 3, 0]])
    assert ranking(values).tolist() == [[1, 5, 2], [3, 0, 4]]


def test_the_score_is_the_probability_unless_told_otherwise() -> None:
    for name in CURVES:
        assert methods()[name].settings().model_dump()["output"] == "probability"


# Infidelity


@pytest.mark.parametrize("maps", [FINE, COARSE], ids=["fine", "coarse"])
def test_infidelity_under_noise_is_that_of_the_paper(maps: Floats, tiny: Tiny, network: Network) -> None:
    result = check("infidelity", network, maps, disturbance="noise", samples=40, deviation=20.0, seed=3)
    for i, picture in enumerate(PICTURES):
        random = np.random.default_rng(3)
        slopes = maps[i] if maps.ndim == 4 else enlarged(maps[i])[..., None] * np.ones(3)
        errors = []
        for _ in range(40):
            change = 20 * random.standard_normal((8, 8, 3))
            drop = score(tiny, picture, TARGETS[i], "logit") - score(tiny, picture - change, TARGETS[i], "logit")
            errors.append((sum(change.ravel() * slopes.ravel()) - drop) ** 2)
        assert result["infidelity"][i] == pytest.approx(np.mean(errors), rel=1e-5)


@pytest.mark.parametrize("maps", [FINE, COARSE], ids=["fine", "coarse"])
def test_infidelity_under_hidden_squares_is_that_of_the_paper(maps: Floats, tiny: Tiny, network: Network) -> None:
    result = check("infidelity", network, maps, samples=12, square=0.4, seed=3)
    for i, picture in enumerate(PICTURES):
        random = np.random.default_rng(3)
        tops, lefts = random.integers(0, 6, 12), random.integers(0, 6, 12)  # 0.4 of 8 are 3 pixels
        promised, drops = [], []
        for top, left in zip(tops, lefts, strict=True):
            hidden = picture.astype(np.float64)
            hidden[top : top + 3, left : left + 3] = tiny.preprocessing.mean
            drops.append(score(tiny, picture, TARGETS[i], "logit") - score(tiny, hidden, TARGETS[i], "logit"))
            promised.append(enlarged(maps[i])[top : top + 3, left : left + 3].sum())
        x, y = np.array(promised), np.array(drops)
        scale = np.polynomial.polynomial.polyfit(x, y, [1])[1]  # least squares through zero
        np.testing.assert_allclose(result["infidelity"][i], ((x - y) ** 2).mean(), rtol=1e-5)
        np.testing.assert_allclose(result["scale"][i], scale, rtol=1e-4)
        np.testing.assert_allclose(result["scaled_infidelity"][i], ((scale * x - y) ** 2).mean(), rtol=1e-4)
        np.testing.assert_allclose(result["empty_infidelity"][i], (y**2).mean(), rtol=1e-4)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_the_true_map_of_a_linear_function_has_no_infidelity(seed: int) -> None:
    weights = np.random.default_rng(seed).standard_normal((8, 8, 3)).astype(np.float32)
    slopes, shares = np.stack([weights, weights]), PICTURES * weights
    for maps, disturbance in ((slopes, "noise"), (shares, "squares")):
        result = check("infidelity", linear(weights), maps, disturbance=disturbance, seed=seed, samples=40)
        assert (result["infidelity"] <= 1e-8 * result["empty_infidelity"]).all()
        np.testing.assert_allclose(result["scale"], 1, rtol=1e-4)


@given(factor=st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_scaled_infidelity_does_not_see_the_unit_of_a_map(factor: float) -> None:
    network = formula(lambda pictures: np.sin(pictures / 50).sum(axis=(1, 2, 3)))
    plain, other = (check("infidelity", network, one.astype(np.float32)) for one in (FINE, FINE * factor))
    np.testing.assert_allclose(other["scaled_infidelity"], plain["scaled_infidelity"], rtol=1e-4)
    assert (plain["scaled_infidelity"] <= np.minimum(plain["infidelity"], plain["empty_infidelity"]) * 1.000001).all()


def test_a_map_of_zeros_promises_nothing() -> None:
    result = check("infidelity", linear(np.ones((8, 8, 3))), np.zeros((2, 4, 4), np.float32))
    np.testing.assert_array_equal(result["infidelity"], result["empty_infidelity"])
    assert (result["scale"] == 0).all()


def test_squares_lie_within_the_picture_and_reach_every_corner() -> None:
    squares = random_squares(np.random.default_rng(0), 500, 0.5, 4, 6)
    assert (squares.sum(axis=(1, 2)) == 2 * 3).all()
    assert squares.any(axis=0).all()


# Max-sensitivity


def test_max_sensitivity_is_that_of_the_paper(tiny: Tiny, network: Network) -> None:
    result = check_alone("max-sensitivity", network, samples=5, radius=10.0, seed=2)
    for i, picture in enumerate(PICTURES):
        random = np.random.default_rng(2)
        original = tiny.gradient(picture, TARGETS[i])
        distances = [
            np.linalg.norm(tiny.gradient(picture + random.uniform(-10, 10, (8, 8, 3)), TARGETS[i]) - original)
            for _ in range(5)
        ]
        size = np.linalg.norm(original)
        np.testing.assert_allclose(result["max_sensitivity"][i], max(distances), rtol=1e-4)
        np.testing.assert_allclose(result["relative"][i], max(distances) / size, rtol=1e-4)
        np.testing.assert_allclose(result["mean_relative"][i], np.mean(distances) / size, rtol=1e-4)
        np.testing.assert_allclose(result["maps"][i, 0], original.sum(axis=-1), atol=1e-5 * size)


def check_alone(name: str, network: Network, **values: Any) -> Result:
    return run(methods()[name], network, PICTURES, TARGETS, values)


def test_more_samples_never_find_less(network: Network) -> None:
    few, many = (check_alone("max-sensitivity", network, samples=samples, radius=20.0) for samples in (3, 40))
    assert (many["max_sensitivity"] >= few["max_sensitivity"] * 0.9999).all()


def test_the_explanation_may_be_any_method_that_gives_a_map_on_its_own(network: Network) -> None:
    assert {"gradient", "smoothgrad", "grad-cam", "rise", "lrp-epsilon"} <= set(explanations())
    result = check_alone("max-sensitivity", network, of_method="gradient-x-input", samples=2)
    assert (result["max_sensitivity"] > 0).all()
    for wrong in ("gradiant", "compare-maps", "predict"):
        with pytest.raises(ValidationError, match="gradient, gradient-x-input"):
            methods()["max-sensitivity"].settings(of_method=wrong)


# μ-fidelity


@pytest.mark.parametrize(("sign", "expected"), [(1, 1), (-1, -1)])
def test_reference_case_five(sign: int, expected: int) -> None:
    """F = sum(x): the picture itself is the perfect map, its negative the worst."""
    result = check("mu-fidelity", linear(np.ones((8, 8, 3))), sign * PICTURES, cells=4)
    np.testing.assert_allclose(result["fidelity"], expected, rtol=1e-6)


@pytest.mark.parametrize("maps", [FINE, COARSE], ids=["fine", "coarse"])
def test_mu_fidelity_is_that_of_the_paper(maps: Floats, tiny: Tiny, network: Network) -> None:
    result = check("mu-fidelity", network, maps, samples=40, cells=4, share=0.3, seed=7)
    for i, picture in enumerate(PICTURES):
        random = np.random.default_rng(7)
        sums, drops = [], []
        for numbers in random.random((40, 16)):
            hidden, total = picture.astype(np.float64), 0.0
            for cell in np.flatnonzero(np.argsort(numbers) < 5):  # 0.3 of 16 cells, each 2x2 pixels
                row, column = divmod(int(cell), 4)
                place = slice(2 * row, 2 * row + 2), slice(2 * column, 2 * column + 2)
                hidden[place] = tiny.preprocessing.mean
                total += enlarged(maps[i])[place].sum()
            sums.append(total)
            drops.append(score(tiny, picture, TARGETS[i], "logit") - score(tiny, hidden, TARGETS[i], "logit"))
        assert result["fidelity"][i] == pytest.approx(np.corrcoef(sums, drops)[0, 1], abs=1e-5)


def test_a_function_or_a_map_that_does_not_vary_correlates_with_nothing() -> None:
    constant = formula(lambda pictures: np.ones(len(pictures)))
    assert check("mu-fidelity", constant, FINE)["fidelity"].tolist() == [0, 0]
    assert check("mu-fidelity", linear(FINE[0]), np.zeros_like(COARSE))["fidelity"].tolist() == [0, 0]


# The pointing game

SPOT = np.zeros((2, 224, 224), np.float32)
SPOT[0, 60, 100], SPOT[0, 180, 30], SPOT[0, 0, 0] = 3, 1, -5
SPOT[1, 223, 223] = 2


def point(box: tuple[float, ...], **values: Any) -> Result:
    large = np.zeros((2, 224, 224, 3), np.float32)
    return check("pointing-game", formula(lambda pictures: np.zeros(len(pictures))), SPOT, large, box=box, **values)


def test_a_peak_in_the_box_is_a_hit() -> None:
    result = point((0.2, 0.4, 0.5, 0.6))
    np.testing.assert_array_equal(result["hit"], [1, 0])
    np.testing.assert_allclose(result["peak"], [[60.5 / 224, 100.5 / 224], [223.5 / 224, 223.5 / 224]])
    np.testing.assert_allclose(result["inside_share"], [0.75, 0])  # 3 of 3 + 1: what is negative counts for nothing
    np.testing.assert_allclose(result["box_share"], 0.06, atol=2e-3)


@pytest.mark.parametrize(("tolerance", "hit"), [(15.0, 0), (15.9, 0), (16.1, 1)])
def test_a_peak_beside_the_box_is_a_hit_within_the_tolerance(tolerance: float, hit: int) -> None:
    edge = (100.5 + 16) / 224  # sixteen pixels to the right of the first peak's centre
    result = point((0.2, edge, 0.5, 1.0), tolerance=tolerance)
    assert result["hit"][0] == hit
    assert result["distance"][0] == pytest.approx(16)


def test_distances_from_a_corner_of_the_box_are_straight() -> None:
    result = point(((60.5 + 12) / 224, (100.5 + 9) / 224, 1.0, 1.0))
    assert result["distance"][0] == pytest.approx(15)


def test_a_map_without_positive_values_has_no_share_in_the_box(network: Network) -> None:
    assert check("pointing-game", network, -np.abs(COARSE))["inside_share"].tolist() == [0, 0]


@pytest.mark.parametrize("box", [[0.5, 0, 0.5, 1], [0, 0.6, 1, 0.4], [0, 0, 1, 1.2], [0, 0, 1]])
def test_a_box_that_is_none_is_refused(box: list[float]) -> None:
    with pytest.raises(ValidationError, match="box"):
        methods()["pointing-game"].settings(box=box)


# Agreement


def agree(network: Network, *maps: Floats) -> Result:
    return run(methods()["agreement-matrix"], network, PICTURES, TARGETS, {}, list(maps))


def test_agreement_is_spearmans_correlation_on_the_finest_grid(network: Network) -> None:
    other = np.round(FINE[..., 0])  # with many equals
    result = agree(network, FINE, COARSE, other)
    for i in range(2):
        rows = [enlarged(FINE[i]).ravel(), enlarged(COARSE[i]).ravel(), other[i].ravel()]
        np.testing.assert_allclose(result["matrix"][i], spearmanr(np.stack(rows, axis=1)).statistic, atol=1e-6)
        pairs = result["matrix"][i][[0, 0, 1], [1, 2, 2]]
        assert result["least"][i] == pairs.min()
        assert result["mean_off_diagonal"][i] == pytest.approx(pairs.mean())


def test_maps_stand_side_by_side_on_the_finest_grid_and_agree_as_the_matrix_says(network: Network) -> None:
    other = np.round(FINE[..., 0])
    result = run(methods()["maps-side-by-side"], network, PICTURES, TARGETS, {}, [FINE, COARSE, other])
    account = agree(network, FINE, COARSE, other)
    assert result["maps"].shape == (len(PICTURES), 3, *FINE.shape[1:3])
    np.testing.assert_allclose(result["maps"][:, 2], other)
    for name in ("least", "mean_off_diagonal"):
        np.testing.assert_array_equal(result[name], account[name])
    sizes = agree(network, *np.abs(result["maps"]).swapaxes(0, 1))
    np.testing.assert_allclose(result["mean_of_sizes"], sizes["mean_off_diagonal"])


@given(seed=seeds, count=st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_the_matrix_is_symmetric_with_ones_on_its_diagonal(seed: int, count: int) -> None:
    maps = np.random.default_rng(seed).standard_normal((count, 2, 5, 7)).astype(np.float32)
    matrices = agree(linear(FINE[0]), *maps)["matrix"]
    np.testing.assert_allclose(matrices, matrices.transpose(0, 2, 1), atol=1e-12)
    assert (np.diagonal(matrices, axis1=1, axis2=2) == 1).all()
    assert (np.abs(matrices) <= 1).all()


def test_only_the_order_of_the_values_counts(network: Network) -> None:
    result = agree(network, COARSE, np.exp(COARSE), -(COARSE**3), np.ones_like(COARSE))
    expected = [[1, 1, -1, 0], [1, 1, -1, 0], [-1, -1, 1, 0], [0, 0, 0, 1]]  # a constant map agrees with none
    np.testing.assert_allclose(result["matrix"], [expected, expected], atol=1e-12)


def test_pearsons_correlation_of_rows_is_that_of_numpy() -> None:
    rows = np.random.default_rng(0).standard_normal((3, 20))
    np.testing.assert_allclose(correlation_matrix(rows), np.corrcoef(rows), atol=1e-12)

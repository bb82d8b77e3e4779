"""The sizes of gradients over classes against gradients computed one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr
from tiny import random_pictures, shared_network

from netviz.methods import methods, run
from netviz.methods.checks import _spread_ranks
from netviz.methods.correlations import _ranks, correlations, rank_correlations
from netviz.networks import softmax

PICTURE = random_pictures(1, seed=5)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_sizes_are_those_of_the_gradients_themselves(precision: Any) -> None:
    network = shared_network(11, precision)
    result = run(methods()["gradient-norms"], network, PICTURE, np.zeros(1, int), {"classes": 4})
    probabilities = softmax(network.logits(PICTURE))[0]
    order = np.argsort(-probabilities)
    np.testing.assert_allclose(result["x"][0], probabilities[order], rtol=1e-5)
    for output in ("logit", "probability"):
        expected = [np.linalg.norm(network.gradient(PICTURE, np.array([c]), output=output)) for c in order]
        np.testing.assert_allclose(result[output][0], expected, rtol=1e-4)
        assert result[f"{output}_smallest"][0] == result[output][0].min()
        assert result[f"{output}_largest"][0] == result[output][0].max()
    assert result["rank_correlation"][0] == pytest.approx(spearmanr(probabilities[order], result["logit"][0]).statistic)


def test_classes_are_spread_over_the_powers_of_ten_and_none_is_tried_twice() -> None:
    falling = -np.sort(np.random.default_rng(0).exponential(4, 200))
    ranks = _spread_ranks(falling, 12)
    assert ranks == sorted(set(ranks)) and (ranks[0], ranks[-1]) == (0, 199)
    by_rank = np.linspace(0, 199, 12).round().astype(int)
    assert np.abs(np.diff(falling[ranks])).max() < 0.6 * np.abs(np.diff(falling[by_rank])).max()
    assert _spread_ranks(np.array([0.0, -9.0, -9.0, -9.1]), 4) == [0, 1, 2, 3]


@pytest.mark.parametrize("output", ["logit", "probability"])
def test_a_nudge_goes_along_the_gradient_step_by_step(output: Any) -> None:
    network = shared_network(12, "float64")
    target, steps, largest = 2, 3, 0.6
    result = run(
        methods()["nudge"],
        network,
        PICTURE,
        np.array([target]),
        {"steps": steps, "largest": largest, "output": output},
    )

    def score(picture: Any) -> float:
        logits = network.logits(picture)
        return float((logits if output == "logit" else softmax(logits))[0, target])

    gradient = network.gradient(PICTURE, np.array([target]), output=output)
    size = np.sqrt(np.mean(gradient**2))
    for place in range(2 * steps + 1):
        nudge = largest * (place - steps) / steps
        assert result["x"][0, place] == pytest.approx(nudge, abs=1e-6)
        assert result["measured"][0, place] == pytest.approx(score(PICTURE + nudge * gradient / size), rel=1e-5)
        straight = score(PICTURE) + nudge * size * gradient.size
        assert result["predicted"][0, place] == pytest.approx(straight, rel=1e-5)
    assert result["rise"][0] == pytest.approx(result["measured"][0, -1] - result["measured"][0, steps], abs=1e-9)
    assert result["fall"][0] == pytest.approx(result["measured"][0, 0] - result["measured"][0, steps], abs=1e-9)


@pytest.mark.parametrize("name", ["compare-maps", "agreement-matrix"])
def test_a_map_that_does_not_vary_correlates_with_none_in_every_check(name: str) -> None:
    maps = [np.full((1, 4, 4), 3.0, np.float32), random_pictures(1, side=4)[..., 0]]
    result = run(methods()[name], shared_network(1), PICTURE, np.zeros(1, int), maps=maps)
    found = [result[key] for key in ("correlation", "rank_correlation", "least", "mean_off_diagonal") if key in result]
    assert found and all(values.tolist() == [0.0] for values in found)


def test_correlations_are_those_of_numpy_and_scipy() -> None:
    first, second = np.random.default_rng(0).integers(0, 9, (2, 3, 40)).astype(float)
    pairs = list(zip(first, second, strict=True))
    np.testing.assert_allclose(correlations(first, second), [np.corrcoef(*pair)[0, 1] for pair in pairs])
    np.testing.assert_allclose(rank_correlations(first, second), [spearmanr(*pair).statistic for pair in pairs])


@pytest.mark.parametrize("shapes", [((1, 4, 9), (1, 8, 2)), ((1, 8, 2), (1, 4, 9))])
def test_maps_are_compared_on_a_grid_that_loses_nothing_of_either(shapes: Any) -> None:
    maps = [np.random.default_rng(0).random(shape).astype(np.float32) for shape in shapes]
    result = run(methods()["compare-maps"], shared_network(1), PICTURE, np.zeros(1, int), maps=maps)
    assert result["maps"].shape == (1, 2, 8, 9)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1, 7), (2, 500)])
def test_equals_share_their_mean_rank(shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(3)
    for rows in (random.integers(0, 5, shape).astype(np.float32), random.standard_normal(shape), np.zeros(shape)):
        np.testing.assert_array_equal(_ranks(rows), rankdata(rows, axis=-1))

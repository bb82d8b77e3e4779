"""Single values changed one by one, against derivatives and changes computed the long way."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import random_pictures, shared_network

from netviz.methods import methods, run
from netviz.networks import softmax

PICTURES = random_pictures(2, seed=5)
TARGETS = np.array([2, 0])


@pytest.mark.parametrize("picture", [0, 1])
def test_a_value_alone_is_changed_by_one_level(picture: int) -> None:
    network = shared_network(11, "float64")
    found = run(methods()["single-values"], network, PICTURES, TARGETS, {"values": 3})
    target = TARGETS[picture]
    slopes, others = (
        network.gradient(PICTURES[picture][None], TARGETS[picture : picture + 1], output=output)[0]
        for output in ("logit", "probability")
    )
    assert found["opposite_share"][picture] == pytest.approx((slopes * others < 0).mean())
    for kind, extreme in (("same", np.max), ("opposite", np.min)):
        product = found[f"{kind}_logit_slope"][picture] * found[f"{kind}_probability_slope"][picture]
        assert extreme(slopes * others) == pytest.approx(product)
    for kind in ("same", "opposite"):
        place = tuple(int(found[f"{kind}_{axis}"][picture]) for axis in ("row", "column", "channel"))
        assert found[f"{kind}_logit_slope"][picture] == pytest.approx(slopes[place])
        assert found[f"{kind}_probability_slope"][picture] == pytest.approx(others[place])
        changed = PICTURES[picture].copy()
        step = -1 if changed[place] > 254 else 1
        changed[place] += step
        before, after = network.logits(np.stack([PICTURES[picture], changed]))
        assert found[f"{kind}_logit_change"][picture] == pytest.approx(step * (after - before)[target])
        chance = step * (softmax(after)[target] - softmax(before)[target])
        assert found[f"{kind}_probability_change"][picture] == pytest.approx(chance)
    right = np.sign(found["x"][picture]) == np.sign(found["y"][picture])
    assert found["signs_right"][picture] == right.mean()
    strongest = np.unravel_index(np.abs(slopes).argmax(), slopes.shape)
    assert found["x"][picture, 0] == pytest.approx(slopes[strongest])


def test_a_value_that_cannot_grow_is_made_smaller() -> None:
    network = shared_network(11, "float64")
    white = np.full_like(PICTURES[:1], 255)
    found = run(methods()["single-values"], network, white, TARGETS[:1], {"values": 1})
    slopes = network.gradient(white, TARGETS[:1])
    darker = white.copy()
    darker.flat[np.abs(slopes).argmax()] -= 1
    before, after = network.logits(np.concatenate([white, darker]))[:, TARGETS[0]]
    assert found["y"][0, 0] == pytest.approx(before - after)


def test_values_are_tried_from_the_strongest_in_equal_factors() -> None:
    network = shared_network(12)
    found = run(methods()["single-values"], network, PICTURES[:1], TARGETS[:1], {"values": 4})
    sizes = np.sort(np.abs(network.gradient(PICTURES[:1], TARGETS[:1])).ravel())[::-1]
    ranks = np.unique(np.geomspace(1, 0.1 * sizes.size, 4).round().astype(int))
    np.testing.assert_allclose(np.abs(found["x"][0]), sizes[ranks - 1], rtol=1e-5)

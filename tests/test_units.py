"""A unit instead of a class: the value that adds most, its derivative by small steps, and how far that can reach."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import Tiny, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.units import NUDGE
from netviz.networks.keras_network import KerasNetwork

PICTURE, TARGET = random_pictures(1), np.array([2])


@cache
def network_pair() -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(2, activation="softplus", pooling="average")
    return tiny, tiny.to_keras().at("float64")


@cache
def ask(layer: str) -> tuple[Tiny, dict[str, Any]]:
    tiny, network = network_pair()
    return tiny, run(methods()["unit-gradient"], network, PICTURE, TARGET, {"layer": layer})


@pytest.mark.parametrize("layer", ["conv1", "pool1", "conv3"])
def test_the_unit_is_the_one_that_adds_most_and_the_map_is_its_derivative(layer: str) -> None:
    tiny, found = ask(layer)
    picture = PICTURE[0].astype(np.float64)
    values = tiny.forward(picture)[layer]
    products = values * tiny.backward(picture, target=int(TARGET[0]))[layer]
    unit = np.unravel_index(products.argmax(), products.shape)
    assert found["channel"] == unit[2] and found["value"] == pytest.approx(values[unit])
    assert found["place"][0] == pytest.approx((np.array(unit[:2]) + 0.5) / values.shape[:2])
    for place in [(3, 4, 0), (0, 0, 1), (5, 2, 2)]:
        change = np.zeros_like(picture)
        change[place] = 1e-3
        high, low = (tiny.forward(picture + sign * change)[layer][unit] for sign in (1, -1))
        assert found["attribution"][0][place] == pytest.approx((high - low) / 2e-3, rel=1e-5, abs=1e-9)
    slope = found["attribution"][0]
    along = picture + NUDGE * slope / np.sqrt((slope**2).mean())
    assert found["nudged"] == pytest.approx(tiny.forward(along)[layer][unit])
    assert found["nudged"] > found["value"]
    assert found["predicted"] == pytest.approx(found["value"] + NUDGE * np.sqrt(slope.size * (slope**2).sum()))


def test_its_derivative_reaches_no_further_than_it_can_see() -> None:
    for layer in ("conv1", "conv2", "pool1", "conv3"):
        _, found = ask(layer)
        assert 0 < found["reach"] <= found["field"]
    assert ask("conv1")[1]["reach"] <= 3


def test_a_unit_of_another_kind_of_network_is_refused() -> None:
    with pytest.raises(TypeError, match="KerasNetwork"):
        run(methods()["unit-gradient"], object(), PICTURE, TARGET)  # type: ignore[arg-type]

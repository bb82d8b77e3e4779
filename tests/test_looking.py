"""Looking into layers: the first kernels as pictures, and what a place in a layer can see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import CAFFE_LIKE, Conv, make_tiny, random_pictures, shared_network

from netviz.methods import methods, run
from netviz.methods.looking import BEYOND, LINES, extent, field_of, missing_channel, mosaic
from netviz.networks import open_network

TARGETS = np.array([0])


def look(name: str, network: Any, count: int = 1, **chosen: Any) -> dict[str, Any]:
    return run(methods()[name], network, random_pictures(count, network.input_shape[0]), TARGETS.repeat(count), chosen)


# First-layer filters


@pytest.mark.parametrize("form", [{}, {"preprocessing": CAFFE_LIKE}])
def test_filters_are_tiles_in_order_around_a_middle_grey(form: dict[str, Any]) -> None:
    """conv1 has four filters: two by two tiles of 3x3, a dark line between them. BGR kernels are shown as RGB."""
    tiny = make_tiny(3, **form)
    result = look("first-layer-filters", tiny.to_keras(), count=2)
    kernel = tiny.parts["conv1"][0].kernel[:, :, ::-1] if form else tiny.parts["conv1"][0].kernel
    greatest = np.abs(kernel).max()
    assert result["picture"].shape == (2, 7, 7, 3)
    np.testing.assert_array_equal(result["picture"][0], result["picture"][1])
    sheet = result["picture"][0]
    for number, (top, left) in enumerate([(0, 0), (0, 4), (4, 0), (4, 4)]):
        weights = (sheet[top : top + 3, left : left + 3] / 127.5 - 1) * greatest
        np.testing.assert_allclose(weights, kernel[..., number], atol=1e-6)
    assert (sheet[3] == LINES).all() and (sheet[:, 3] == LINES).all()
    assert result["filters"].tolist() == [4, 4]
    np.testing.assert_allclose(result["largest"], greatest, rtol=1e-6)


def test_filters_of_nothing_are_grey() -> None:
    tiny = make_tiny(3)
    conv1 = tiny.parts["conv1"][0]
    assert isinstance(conv1, Conv)
    conv1.kernel[:] = 0
    result = look("first-layer-filters", tiny.to_keras())
    assert (result["picture"][0, :3, :3] == 127.5).all() and result["largest"] == 0


# The places that excite a channel


def places(network: Any, **chosen: Any) -> dict[str, Any]:
    photos = random_pictures(1, network.input_shape[0])
    return run(methods()["exciting-places"], network, photos, TARGETS, chosen)


def test_exciting_places_are_the_greatest_responses_with_all_that_they_can_depend_on() -> None:
    network = shared_network(3)
    photo = random_pictures(1, network.input_shape[0])
    result = places(network, layer="conv1", channels=[1, 2], count=4)
    maps = network.activations(photo, ["conv1"])["conv1"][0]
    layer = next(one for one in network.layers if one.name == "conv1")
    side = layer.receptive_field
    assert side and result["pictures"].shape == (1, 2, 2 * side + 1, 2 * side + 1, 3)
    for number, channel in enumerate([1, 2]):
        best = tuple(int(n) for n in np.unravel_index(maps[..., channel].argmax(), maps.shape[:2]))
        np.testing.assert_array_equal(
            result["pictures"][0, number, :side, :side], field_of(photo[0], layer, best).astype(np.float32)
        )
        np.testing.assert_allclose(result["largest"][0, number], maps[..., channel].max())
        np.testing.assert_allclose(result["mean"][0, number], maps[..., channel].mean(), rtol=1e-6)


def test_what_lies_beyond_the_photo_is_grey_and_so_are_places_where_nothing_responds() -> None:
    network = shared_network(3)
    layer = next(one for one in network.layers if one.name == "conv1")
    photo = np.full((8, 8, 3), 7.0)
    corner = field_of(photo, layer, (0, 0))
    assert (corner[0] == BEYOND).all() and (corner[:, 0] == BEYOND).all() and (corner[1:, 1:] == 7).all()
    assert (field_of(photo, layer, None) == BEYOND).all()
    result = places(network, layer="conv1", channels=[1], count=16)  # more than fit side by side
    assert (result["pictures"][0, 0] == BEYOND).any()
    assert missing_channel(network.layers, "conv1", [0, 3]) == []
    assert missing_channel(network.layers, "conv1", [0, 4]) == [
        "layer 'conv1' has 4 channels, 0 to 3: there is no channel 4"
    ]


def test_a_sheet_is_as_square_as_it_can_be() -> None:
    assert mosaic(np.zeros((64, 3, 3, 3))).shape == (31, 31, 3)
    sheet = mosaic(np.zeros((5, 2, 4, 3)), gap=9.0)  # two rows of three; the last tile is missing
    assert sheet.shape == (5, 14, 3)
    assert (sheet[3:, 10:] == 9).all() and not sheet[3:, 5:9].any()


# Receptive field


def test_the_extent_is_the_longer_side_of_what_is_marked() -> None:
    marked = np.zeros((6, 9), bool)
    assert extent(marked) == 0
    marked[2, 3] = True
    assert extent(marked) == 1
    marked[4, 8] = True
    assert extent(marked) == 6


@pytest.mark.parametrize(("layer", "field"), [("conv1", 3), ("conv2", 5), ("pool1", 6), ("conv3", 10)])
def test_where_nothing_is_cut_off_the_measured_field_is_the_computed_one(layer: str, field: int) -> None:
    """Softplus and averages let every way through. By hand: 1 + 2, + 2, + 1 for the pool, + 2 x 2 behind it."""
    network = make_tiny(2, side=16, head="pooled", activation="softplus", pooling="average").to_keras().at("float64")
    result = look("receptive-field", network, layer=layer)
    assert result["computed"] == field
    assert result["measured"] == field


def test_the_field_ends_where_the_picture_ends() -> None:
    network = make_tiny(2, side=8, head="pooled", activation="softplus", pooling="average").to_keras()
    assert look("receptive-field", network, layer="conv3")["computed"] == 8
    assert look("receptive-field", network, layer="conv3")["measured"] <= 8


def test_the_map_is_the_derivative_of_the_middle() -> None:
    tiny = make_tiny(2, activation="softplus", pooling="average")
    picture = random_pictures(1)[0].astype(np.float64)
    attribution = look("receptive-field", tiny.to_keras().at("float64"), layer="conv3")["attribution"][0]
    for place in [(3, 4, 0), (0, 0, 1), (5, 2, 2)]:
        change = np.zeros_like(picture)
        change[place] = 1e-3
        high, low = (tiny.forward(picture + sign * change)["conv3"][1, 1].sum() for sign in (1, -1))
        assert attribution[place] == pytest.approx((high - low) / 2e-3, rel=1e-5, abs=1e-9)


@given(st.integers(0, 1000), st.sampled_from(["conv1", "conv2", "pool1", "conv3"]))
@settings(max_examples=8, deadline=None)
def test_no_network_sees_further_than_computed(seed: int, layer: str) -> None:
    result = look("receptive-field", make_tiny(seed, side=12).to_keras(), layer=layer)
    assert result["measured"] <= result["computed"]


@pytest.mark.vgg16
@pytest.mark.parametrize(("layer", "field"), [("block1_conv2", 5), ("block3_conv3", 40), ("block5_conv3", 196)])
def test_vgg16_sees_as_far_as_computed(layer: str, field: int) -> None:
    result = look("receptive-field", open_network("compact"), layer=layer)
    assert result["computed"] == result["measured"] == field

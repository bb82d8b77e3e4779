"""The quick ways through a convolution: the direct sum in float64, its derivatives, and who takes which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from netviz.networks.convolutions import BATCH, FILTERED, TURNED, as_derivative, choose_ways, turned
from netviz.networks.quiet import import_keras, import_tensorflow
from netviz.networks.winograd import convolve

tf = import_tensorflow()
keras = import_keras()

Array = NDArray[np.floating[Any]]
Way = Callable[[Any, Any], Any]
CLOSE = 2e-6  # by norm
ways = pytest.mark.parametrize("way", [convolve, as_derivative], ids=["filtered", "as a derivative"])


def random(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def direct(values: Array, kernel: Array) -> Array:
    """The definition, in float64: each output is the sum over a window of 3 by 3, zeros beyond the edge."""
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.einsum("nhwcij,ijck->nhwk", sliding_window_view(padded, (3, 3), (1, 2)), kernel)


def distance(found: Any, expected: Array) -> float:
    return float(np.linalg.norm(np.asarray(found, np.float64) - expected) / np.linalg.norm(expected))


def single(values: Array) -> Any:
    return tf.constant(values, tf.float32)


@pytest.mark.usefixtures("uncompiled")
@ways
@pytest.mark.parametrize("side", [(4, 8), (6, 13), (1, 3), (11, 2)])
def test_it_gives_the_direct_sum_whether_or_not_tiles_fit(way: Way, side: tuple[int, int]) -> None:
    values, kernel = random(2, *side, 5), random(3, 3, 5, 7)
    assert distance(way(single(values), single(kernel)), direct(values, kernel)) < CLOSE


@ways
def test_compiled_it_gives_the_same(way: Way) -> None:
    values, kernel = random(2, 6, 7, 3), random(3, 3, 3, 4)
    assert distance(tf.function(way)(single(values), single(kernel)), direct(values, kernel)) < CLOSE


def test_a_picture_of_any_size_goes_as_a_derivative_too() -> None:
    """Where pictures are made, sides are not known when it is traced."""
    values, kernel = random(1, 5, 6, 3), random(3, 3, 3, 4)
    signature = [tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((3, 3, 3, 4))]
    found = tf.function(as_derivative, input_signature=signature)(single(values), single(kernel))
    assert distance(found, direct(values, kernel)) < CLOSE


@pytest.mark.usefixtures("uncompiled")
def test_a_kernel_is_turned_place_by_place() -> None:
    kernel = random(3, 3, 2, 4)
    np.testing.assert_array_equal(turned(tf.constant(kernel)), kernel[::-1, ::-1].transpose(0, 1, 3, 2))


@ways
@pytest.mark.usefixtures("uncompiled")
def test_its_derivatives_are_those_of_the_direct_sum(way: Way) -> None:
    """It is linear in both, so <upstream, sum of changed values> is <gradient, change>, whatever the change."""
    values, kernel, upstream = random(2, 6, 7, 3), random(3, 3, 3, 4), random(2, 6, 7, 4)
    with tf.GradientTape() as tape:
        watched = single(values), single(kernel)
        tape.watch(watched)
        score = tf.reduce_sum(way(*watched) * single(upstream))
    by_values, by_kernel = (np.asarray(one, np.float64) for one in tape.gradient(score, watched))
    for place in np.ndindex(2, 1, 2, 3):
        change = np.zeros_like(values)
        change[place] = 1
        assert by_values[place] == pytest.approx((upstream * direct(change, kernel)).sum(), rel=1e-4, abs=1e-4)
    for place in np.ndindex(kernel.shape):
        change = np.zeros_like(kernel)
        change[place] = 1
        assert by_kernel[place] == pytest.approx((upstream * direct(values, change)).sum(), rel=1e-4, abs=1e-4)


def layer(channels: int = 64, **changed: Any) -> Any:
    """A convolution wide enough to be filtered, but for what is changed."""
    settings = {"filters": FILTERED // 64, "kernel_size": 3, "padding": "same", "dtype": "float32", **changed}
    made = keras.layers.Conv2D(**settings)
    made.build((None, 4, 4, channels))
    return made


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """How many pictures went which way, each time."""
    counts: dict[str, list[int]] = {"winograd.convolve": [], "convolutions.as_derivative": []}
    for name, told in counts.items():

        def counting(values: Any, kernel: Any, told: list[int] = told) -> Any:
            told.append(len(values))
            return tf.nn.conv2d(values, kernel, 1, "SAME")

        monkeypatch.setattr(f"netviz.networks.{name}", counting)
    return counts


@pytest.mark.parametrize(
    ("channels", "filters", "others"),
    [(64, FILTERED // 64, []), (256, TURNED // 256 - 1, []), (256, TURNED // 256, [1, BATCH - 1])],
    ids=["wide", "nearly", "wider"],
)
def test_full_batches_are_filtered_and_fewer_pictures_go_as_a_derivative_if_the_layer_is_wider(
    taken: dict[str, list[int]], channels: int, filters: int, others: list[int]
) -> None:
    wide = layer(channels, filters=filters)
    assert choose_ways(keras.Sequential([keras.Input((4, 4, channels)), wide]))
    for count in (1, BATCH - 1, BATCH, BATCH + 1):
        wide(single(random(count, 4, 4, channels)))
    assert taken == {"winograd.convolve": [BATCH, BATCH + 1], "convolutions.as_derivative": others}


@pytest.mark.parametrize(
    "other",
    [
        lambda: layer(filters=FILTERED // 64 - 1),
        lambda: layer(kernel_size=5),
        lambda: layer(strides=2),
        lambda: layer(dilation_rate=2),
        lambda: layer(padding="valid"),
        lambda: layer(groups=2, filters=4 * FILTERED // 64),
        lambda: layer(dtype="float64"),
        lambda: layer(dtype="bfloat16"),
        lambda: keras.layers.MaxPooling2D(),
    ],
    ids=["narrow", "5 by 5", "stride", "dilated", "no margin", "groups", "float64", "bfloat16", "pooling"],
)
def test_what_they_are_not_made_for_is_left_alone(other: Callable[[], Any]) -> None:
    assert not choose_ways(keras.Sequential([keras.Input((4, 4, 64)), other()]))

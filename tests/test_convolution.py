"""The quick derivative of a convolution is the derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netviz.networks.convolution import convolve, hasten_gradients, hastened, turned
from netviz.networks.keras_network import keras, tf


def derivatives(convolution: Any, inputs: Any, kernel: Any, upstream: Any) -> list[Any]:
    with tf.GradientTape() as tape:
        tape.watch([inputs, kernel])
        output = convolution(inputs, kernel)
    return [output, *tape.gradient(output, [inputs, kernel], output_gradients=upstream)]


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (5, 3), (7, 7)])
def test_it_is_tensorflows_own_to_rounding(size: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    inputs, upstream = random.standard_normal((2, 5, 6, 3)), random.standard_normal((2, 5, 6, 4))
    arguments = [tf.constant(values) for values in (inputs, random.standard_normal((*size, 3, 4)), upstream)]
    found = derivatives(convolve, *arguments)
    expected = derivatives(lambda values, kernel: tf.nn.conv2d(values, kernel, 1, "SAME"), *arguments)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_a_kernel_turned_twice_is_itself() -> None:
    kernel = np.arange(2.0 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    assert turned(tf.constant(kernel)).numpy()[0, 0, 1, 2] == kernel[1, 2, 2, 1]
    np.testing.assert_array_equal(turned(turned(tf.constant(kernel))), kernel)


@pytest.mark.parametrize(
    "settings", [{"strides": 2}, {"padding": "valid"}, {"dilation_rate": 2}, {"groups": 2}, {"kernel_size": 2}]
)
def test_a_convolution_of_another_kind_stays_as_it_is(settings: dict[str, Any]) -> None:
    layer = keras.layers.Conv2D(4, **{"kernel_size": 3, "padding": "same", **settings})
    model = keras.Sequential([keras.Input((6, 6, 2)), layer])
    pictures = np.random.default_rng(1).standard_normal((2, 6, 6, 2)).astype(np.float32)
    before = model(pictures).numpy()
    hasten_gradients(model)
    assert layer.convolution_op is not hastened
    np.testing.assert_array_equal(model(pictures), before)


def test_a_model_can_still_be_run_line_by_line_under_a_tape() -> None:
    """As the lessons' own code does it; compiled, the derivative is the same."""
    model = keras.Sequential([keras.Input((6, 6, 2)), keras.layers.Conv2D(4, 3, padding="same", activation="relu")])
    hasten_gradients(model)
    pictures = tf.constant(np.random.default_rng(1).standard_normal((2, 6, 6, 2)), tf.float32)

    def differentiate(pictures: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            total = tf.reduce_sum(model(pictures))
        return tape.gradient(total, pictures)

    np.testing.assert_allclose(differentiate(pictures), tf.function(differentiate)(pictures), atol=1e-5)

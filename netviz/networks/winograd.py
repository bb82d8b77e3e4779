"""Convolutions of 3 by 3 with a quarter of the multiplications: Winograd's minimal filtering, F(4 x 4, 3 x 3).

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016 (arXiv 1509.09308), section 4.3: tiles of
6 by 6 values, which overlap by two, and the kernel are transformed; 36 matrix products then do what 144 would, and 16
outputs a tile come of them. In float32 the answer is that of the direct sum to some millionths.

The transforms move data and little else, so they pay only for many channels, and only compiled (XLA), anew for each
shape. So the rule is: batches of a known size, no smaller than `BATCH`; all else is summed directly.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks.quiet import import_keras, import_tensorflow

tf = import_tensorflow()
keras = import_keras()

BATCH = 8  # pictures; a single one is sooner summed than its kernels are transformed
ALMOST = 5  # of a full batch: with copies to fill it up they are sooner through than alone
PRODUCTS = 64 * 128  # of channels and filters: with fewer, moving the data takes what the products save

TILE = 4  # outputs along a side of a tile
POINTS = 6  # inputs along it, and products
INPUTS = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
)
KERNEL = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
OUTPUTS = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])


def filter_by_winograd(model: Any) -> bool:
    """Let the convolutions of a Keras model take the quick way with full batches; tells whether any can."""
    layers = [layer for layer in model.layers if _gains(layer)]
    for layer in layers:
        layer.convolution_op = _choosing(layer.convolution_op)
    return bool(layers)


def _gains(layer: Any) -> bool:
    """Whether a layer is a convolution that full batches go through sooner by Winograd."""
    if not isinstance(layer, keras.layers.Conv2D) or layer.padding != "same" or layer.groups != 1:
        return False
    alike = (layer.kernel_size, layer.strides, layer.dilation_rate) == ((3, 3), (1, 1), (1, 1))
    return alike and layer.kernel.shape[2] * layer.filters >= PRODUCTS and layer.compute_dtype == "float32"


def _choosing(direct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The operation of values (n, height, width, c) and a kernel: the ``direct`` one for all but full batches."""

    def operation(values: Any, kernel: Any) -> Any:
        full = values.shape.is_fully_defined() and values.shape[0] >= BATCH
        return convolve(values, tf.convert_to_tensor(kernel)) if full else direct(values, kernel)

    return operation


@tf.custom_gradient  # type: ignore[untyped-decorator]
def convolve(values: Any, kernel: Any) -> Any:
    """Values (n, h, w, c) with a kernel (3, 3, c, k), zeros beyond the edge, to (n, h, w, k).

    The derivative by the values is the same with the kernel turned round. That by the kernel is the direct sum.
    """

    def back(upstream: Any) -> tuple[Any, Any]:
        turned = tf.transpose(kernel[::-1, ::-1], (0, 1, 3, 2))
        return _compiled(upstream, turned), _by_kernel(values, kernel, upstream)

    return _compiled(values, kernel), back


def _by_kernel(values: Any, kernel: Any, upstream: Any) -> Any:
    return tf.raw_ops.Conv2DBackpropFilter(
        input=values, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1] * 4, padding="SAME"
    )


def filtered(values: Any, kernel: Any) -> Any:
    """What `convolve` gives, of tensors whose shapes are known."""
    count, height, width, channels = values.shape
    down, across = -(-height // TILE), -(-width // TILE)  # tiles
    rows, columns = TILE * down, TILE * across
    padded = tf.pad(values, [[0, 0], [1, rows - height + 1], [1, columns - width + 1], [0, 0]])
    tiles = tf.stack([padded[:, place : place + rows - TILE + 1 : TILE] for place in range(POINTS)])
    tiles = _transformed(INPUTS, tiles, 0)
    tiles = tf.stack([tiles[:, :, :, place : place + columns - TILE + 1 : TILE] for place in range(POINTS)], 1)
    tiles = tf.reshape(_transformed(INPUTS, tiles, 1), (POINTS**2, count * down * across, channels))
    kernels = _transformed(KERNEL, _transformed(KERNEL, kernel, 0), 1)
    products = tf.matmul(tiles, tf.reshape(kernels, (POINTS**2, channels, -1)))
    products = tf.reshape(products, (POINTS, POINTS, count * down, across, -1))
    outputs = _transformed(OUTPUTS, _transformed(OUTPUTS, products, 0), 1)
    outputs = tf.reshape(tf.transpose(outputs, (2, 0, 3, 1, 4)), (count, rows, columns, -1))
    return outputs[:, :height, :width]


_compiled = tf.function(filtered, jit_compile=True, autograph=False)


def _transformed(matrix: NDArray[Any], values: Any, axis: int) -> Any:
    """The matrix times the values along an axis, sum by sum: most of its entries are 0 or 1."""
    parts = tf.unstack(values, axis=axis)
    return tf.stack([_weighted(row, parts) for row in matrix], axis)


def _weighted(weights: NDArray[Any], parts: Sequence[Any]) -> Any:
    return functools.reduce(
        operator.add, [float(weight) * parts[place] for place, weight in enumerate(weights) if weight]
    )

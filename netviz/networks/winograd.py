"""Convolutions of 3 by 3 with a quarter of the multiplications: Winograd's minimal filtering, F(4 x 4, 3 x 3).

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016 (arXiv 1509.09308), section 4.3: tiles of
6 by 6 values, which overlap by two, and the kernel are transformed; 36 matrix products then do what 144 would, and 16
outputs a tile come of them. In float32 the answer is that of the direct sum to some millionths.

The transforms move data and little else, so they pay only for many channels, and only compiled (XLA), anew for each
shape (`netviz.networks.convolutions`); the products are oneDNN's.

One graph stands for all shapes, and is traced before anything else is: what XLA has compiled is kept under its name,
which TensorFlow numbers by what came before.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks.quiet import import_tensorflow

tf = import_tensorflow()

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


def prepare() -> None:
    """Trace the graphs of both transforms, before anything else is traced."""
    _tiles.get_concrete_function()
    _outputs.get_concrete_function()


@tf.custom_gradient  # type: ignore[untyped-decorator]
def convolve(values: Any, kernel: Any) -> Any:
    """Values (n, h, w, c) with a kernel (3, 3, c, k), zeros beyond the edge, to (n, h, w, k).

    The derivative by the values is the same with the kernel turned round. That by the kernel is the direct sum.
    """

    def back(upstream: Any) -> tuple[Any, Any]:
        return _filtered(upstream, kernel, around=True), derivative_by_kernel(values, kernel, upstream)

    return _filtered(values, kernel), back


def derivative_by_kernel(values: Any, kernel: Any, upstream: Any) -> Any:
    """Of the direct sum: values (n, h, w, c) and what comes back (n, h, w, k) to (3, 3, c, k)."""
    return tf.raw_ops.Conv2DBackpropFilter(
        input=values, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1] * 4, padding="SAME"
    )


def _filtered(values: Any, kernel: Any, around: bool = False) -> Any:
    """Values with a kernel (3, 3, c, k), or with that kernel turned around, inputs and outputs exchanged."""
    channels, filters = kernel.shape[2:]
    transform = np.kron(KERNEL, KERNEL)[:, :: -1 if around else 1]  # of the nine places in a row
    tiles = tf.ensure_shape(_tiles(values), (POINTS**2, None, values.shape[-1]))
    with tf.control_dependencies([tiles]):  # not all layers' kernels at once, at the beginning: they fill 0.5 GB
        kernels = tf.matmul(tf.constant(transform, kernel.dtype), tf.reshape(kernel, (-1, channels * filters)))
    products = tf.matmul(tiles, tf.reshape(kernels, (POINTS**2, channels, filters)), transpose_b=around)
    outputs = _outputs(products, values[..., 0])
    outputs.set_shape((*values.shape[:3], channels if around else filters))
    return outputs


_transform = functools.partial(tf.function, jit_compile=True, autograph=False)


@_transform(input_signature=[tf.TensorSpec((None,) * 4)])  # type: ignore[untyped-decorator]
def _tiles(values: Any) -> Any:
    """Values (n, h, w, c), zeros beyond the edge, to the 36 points of every tile: (36, tiles, c)."""
    beyond = 1 + -tf.shape(values)[1:3] % TILE
    padded = tf.pad(values, [[0, 0], [1, beyond[0]], [1, beyond[1]], [0, 0]])
    tiles = _transformed(INPUTS, tf.stack([padded[:, places] for places in _PLACES]), 0)
    tiles = _transformed(INPUTS, tf.stack([tiles[:, :, :, places] for places in _PLACES], 1), 1)
    return tf.reshape(tiles, (POINTS**2, -1, tf.shape(values)[3]))


@_transform(input_signature=[tf.TensorSpec((POINTS**2, None, None)), tf.TensorSpec((None,) * 3)])  # type: ignore[untyped-decorator]
def _outputs(products: Any, like: Any) -> Any:
    """The products of every tile (36, tiles, k) to maps (n, h, w, k); ``like`` is any (n, h, w)."""
    count, height, width = tf.unstack(tf.shape(like))
    down, across, filters = -(-height // TILE), -(-width // TILE), tf.shape(products)[2]
    products = tf.reshape(products, (POINTS, POINTS, count * down, across, filters))
    outputs = _transformed(OUTPUTS, _transformed(OUTPUTS, products, 0), 1)
    outputs = tf.transpose(outputs, (2, 0, 3, 1, 4))
    return tf.reshape(outputs, (count, TILE * down, TILE * across, filters))[:, :height, :width]


_PLACES = [slice(place, min(place - POINTS + TILE, 0) or None, TILE) for place in range(POINTS)]
"""Of a row or a column with its margin, the first value of every tile, the second, and so on."""


def _transformed(matrix: NDArray[Any], values: Any, axis: int) -> Any:
    """The matrix times the values along an axis, sum by sum: most of its entries are 0 or 1."""
    parts = tf.unstack(values, axis=axis)
    return tf.stack([_weighted(row, parts) for row in matrix], axis)


def _weighted(weights: NDArray[Any], parts: Sequence[Any]) -> Any:
    return functools.reduce(
        operator.add, [float(weight) * parts[place] for place, weight in enumerate(weights) if weight]
    )

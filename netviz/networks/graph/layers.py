"""What each kind of layer is in a graph: the operations that make its output, and those that make derivatives by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netviz.networks.graph.kernels import StoreKernel
from netviz.networks.graph.nodes import Nodes
from netviz.networks.keras_network import keras

PLACES = (2, 3)  # the axes of maps along which places lie


class CannotWrite(ValueError):
    """A layer that no graph can be written of; the message names it."""


@dataclass(frozen=True)
class Place:
    """A layer where it stands: what it gives has its own name, and what it reads that of other layers."""

    layer: Any
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.layer.name

    @property
    def kernel(self) -> str:
        """What its kernel is called."""
        return f"{self.name}/kernel"

    @property
    def bias(self) -> str:
        """And its bias."""
        return f"{self.name}/bias"

    @property
    def rank(self) -> int:
        """How many axes its output has: 4 for maps, 2 for a row of values."""
        return len(self.layer.output.shape)

    @property
    def map_size(self) -> tuple[int, int]:
        """Height and width of the maps that it reads."""
        height, width = self.layer.input.shape[1:3]
        return height, width


@dataclass(frozen=True)
class Way:
    """A kind of layer forwards, and backwards.

    ``forward(nodes, place, store_kernel)`` makes the layer's output, under its name. ``backward(nodes, place,
    derivative, least)`` gives the derivative by each of its inputs, from that by its output; ``least`` is what a ReLU
    lets pass at least: zero by the rule of guided backpropagation, else the lowest number there is.
    """

    forward: Callable[[Nodes, Place, StoreKernel], str]
    backward: Callable[[Nodes, Place, str, str], Sequence[str]]


def way_of(layer: Any) -> Way:
    """How a layer of Keras' is written. Raises CannotWrite where nobody knows."""
    for kind, (way, fits) in WAYS.items():
        if isinstance(layer, kind) and fits(layer):
            return way
    raise CannotWrite(f"no graph can be written of the layer {layer.name!r}, a {type(layer).__name__} as it is set")


# Convolutions and dense layers, with the ReLU that may be part of them


def _convolution(nodes: Nodes, place: Place, store_kernel: StoreKernel) -> str:
    kernel, bias = place.layer.get_weights()
    stored = store_kernel(nodes, place.kernel, kernel.transpose(3, 2, 0, 1))
    sums = nodes.add("Conv", place.inputs[0], stored, nodes.constant(bias, place.bias), pads=_margins(place.layer))
    return _activated(nodes, place, sums)


def _convolution_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    before = _before_activation(nodes, place, derivative, least)
    return [nodes.add("ConvTranspose", before, place.kernel, pads=_margins(place.layer))]


def _margins(convolution: Any) -> list[int]:
    """How many zeros stand before and after the rows and columns."""
    side = convolution.kernel_size[0] // 2 if convolution.padding == "same" else 0
    return [side] * 4


def _dense(nodes: Nodes, place: Place, store_kernel: StoreKernel) -> str:
    kernel, bias = place.layer.get_weights()
    stored = store_kernel(nodes, place.kernel, kernel)
    return _activated(nodes, place, nodes.add("Gemm", place.inputs[0], stored, nodes.constant(bias, place.bias)))


def _dense_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    before = _before_activation(nodes, place, derivative, least)
    return [nodes.add("Gemm", before, place.kernel, transB=1)]


def _activated(nodes: Nodes, place: Place, sums: str) -> str:
    return nodes.add("Relu" if _has_relu(place.layer) else "Identity", sums, name=place.name)


def _before_activation(nodes: Nodes, place: Place, derivative: str, least: str) -> str:
    return _relu_backward(nodes, place, derivative, least)[0] if _has_relu(place.layer) else derivative


def _relu(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return nodes.add("Relu", place.inputs[0], name=place.name)


def _relu_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    """Where the unit was awake: its output's sign is 1 there, and 0 elsewhere."""
    return [nodes.add("Mul", nodes.add("Max", derivative, least), nodes.add("Sign", place.name))]


# Poolings


def _max_pooling(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return _pooled(nodes, "MaxPool", place, place.inputs[0], name=place.name)


def _max_pooling_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    """To the first that is greatest, row by row, as TensorFlow has it: all are numbered, the first the highest."""
    factor, (height, width) = _factor(place.layer), place.map_size
    countdown = nodes.constant(np.arange(factor**2, 0, -1, dtype=np.float32).reshape(1, 1, factor, factor))
    numbers = nodes.add("Tile", countdown, nodes.integers(1, 1, height // factor, width // factor))
    greatest = nodes.as_floats(nodes.add("Equal", place.inputs[0], _enlarged(nodes, place.name, factor)))
    numbered = nodes.add("Mul", greatest, numbers)
    highest = _enlarged(nodes, _pooled(nodes, "MaxPool", place, numbered), factor)
    first = nodes.as_floats(nodes.add("Equal", numbered, highest))
    return [nodes.add("Mul", first, _enlarged(nodes, derivative, factor))]


def _mean_pooling(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return _pooled(nodes, "AveragePool", place, place.inputs[0], name=place.name)


def _mean_pooling_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    factor = _factor(place.layer)
    return [_enlarged(nodes, nodes.add("Div", derivative, nodes.floats(factor**2)), factor)]


def _factor(pooling: Any) -> int:
    return pooling.pool_size[0]


def _pooled(nodes: Nodes, operation: str, place: Place, maps: str, name: str = "") -> str:
    squares = {"kernel_shape": place.layer.pool_size, "strides": place.layer.strides}
    return nodes.add(operation, maps, name=name, **squares)


def _enlarged(nodes: Nodes, maps: str, factor: int) -> str:
    """Maps in which each value stands in a square of factor x factor."""
    nearest = {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
    return nodes.add("Resize", maps, "", nodes.floats(1, 1, factor, factor), **nearest)


def _global_mean(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return nodes.add("ReduceMean", place.inputs[0], nodes.integers(*PLACES), name=place.name, keepdims=0)


def _global_mean_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    share = nodes.add("Div", derivative, nodes.floats(math.prod(place.map_size)))
    return [nodes.add("Expand", _as_maps(nodes, share), nodes.add("Shape", place.inputs[0]))]


def _global_maximum(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return nodes.add("ReduceMax", place.inputs[0], nodes.integers(*PLACES), name=place.name, keepdims=0)


def _global_maximum_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    """To all that are greatest, in equal shares, as TensorFlow has it here."""
    greatest = nodes.as_floats(nodes.add("Equal", place.inputs[0], _as_maps(nodes, place.name)))
    share = nodes.add(
        "Div", _as_maps(nodes, derivative), nodes.add("ReduceSum", greatest, nodes.integers(*PLACES), keepdims=1)
    )
    return [nodes.add("Mul", greatest, share)]


def _as_maps(nodes: Nodes, values: str) -> str:
    """Values (n, channels) as maps of one place each."""
    return nodes.add("Unsqueeze", values, nodes.integers(*PLACES))


# What only puts values elsewhere


def _concatenation(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    return nodes.add("Concat", *place.inputs, name=place.name, axis=1)


def _concatenation_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    ends = np.cumsum([tensor.shape[-1] for tensor in place.layer.input]).tolist()
    return [
        nodes.add("Slice", derivative, nodes.integers(start), nodes.integers(end), nodes.integers(1))
        for start, end in zip([0, *ends], ends, strict=False)
    ]


def _flattening(nodes: Nodes, place: Place, _: StoreKernel) -> str:
    """Keras has a place's channels beside one another."""
    return nodes.add("Flatten", nodes.add("Transpose", place.inputs[0], perm=(0, 2, 3, 1)), name=place.name)


def _flattening_backward(nodes: Nodes, place: Place, derivative: str, least: str) -> Sequence[str]:
    shape = nodes.integers(-1, *place.layer.input.shape[1:])
    return [nodes.add("Transpose", nodes.add("Reshape", derivative, shape), perm=(0, 3, 1, 2))]


# Which settings of Keras' layers these are


def _has_relu(layer: Any) -> bool:
    return layer.activation is keras.activations.relu


def _is_activated_simply(layer: Any) -> bool:
    return layer.use_bias and layer.activation in (keras.activations.relu, keras.activations.linear)


def _is_simple_convolution(layer: Any) -> bool:
    kernels, plain = {*layer.kernel_size}, layer.strides == layer.dilation_rate == (1, 1) and layer.groups == 1
    odd = len(kernels) == 1 and (layer.padding == "valid" or min(kernels) % 2 == 1)
    return plain and odd and _is_activated_simply(layer)


def _tiles_its_maps(pooling: Any) -> bool:
    factors = {*pooling.pool_size, *pooling.strides}
    return len(factors) == 1 and not any(side % factor for side in pooling.input.shape[1:3] for factor in factors)


def _is_plain_relu(layer: Any) -> bool:
    return layer.max_value is None and not layer.negative_slope and not layer.threshold


def _joins_rows(layer: Any) -> bool:
    return len(layer.output.shape) == 2


def _always(layer: Any) -> bool:
    return True


WAYS: dict[type, tuple[Way, Callable[[Any], bool]]] = {
    keras.layers.Conv2D: (Way(_convolution, _convolution_backward), _is_simple_convolution),
    keras.layers.Dense: (Way(_dense, _dense_backward), _is_activated_simply),
    keras.layers.ReLU: (Way(_relu, _relu_backward), _is_plain_relu),
    keras.layers.Activation: (Way(_relu, _relu_backward), _has_relu),
    keras.layers.MaxPooling2D: (Way(_max_pooling, _max_pooling_backward), _tiles_its_maps),
    keras.layers.AveragePooling2D: (Way(_mean_pooling, _mean_pooling_backward), _tiles_its_maps),
    keras.layers.GlobalAveragePooling2D: (Way(_global_mean, _global_mean_backward), _always),
    keras.layers.GlobalMaxPooling2D: (Way(_global_maximum, _global_maximum_backward), _always),
    keras.layers.Concatenate: (Way(_concatenation, _concatenation_backward), _joins_rows),
    keras.layers.Flatten: (Way(_flattening, _flattening_backward), _always),
}

"""Tiny random classifiers, twice: as literal NumPy that anyone can check by eye, and as the Keras network under test.

The NumPy one works on a single picture in float64, place by place of a kernel or a block. `Tiny.forward` gives every
layer's output, `Tiny.backward` the derivative of a class's logit by every layer's output, from the chain rule.

    tiny = make_tiny(seed=3)                    # a small VGG16: fused ReLUs, max pooling, flatten, two dense layers
    tiny = make_tiny(seed=3, head="pooled")     # a small compact form: average and maximum of each channel
    tiny.backward(picture, target=2, relu_rule="guided")["conv1"]
    tiny.to_keras().layer_gradient(picture[None], np.array([2]), "conv1")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Precision, ReluRule, Window
from netviz.networks.architecture import Layer
from netviz.networks.keras_network import KerasNetwork, Preprocessing, keras
from netviz.networks.weights import Weights

Array = NDArray[np.floating[Any]]

UNCONCERNED = "ignore:Even though the .tf.config.experimental_run_functions_eagerly. option:UserWarning"

IDENTITY = Preprocessing()
TORCH_LIKE = Preprocessing(mean=(124.0, 116.0, 104.0), deviation=(58.0, 57.0, 56.0))  # exact in float32
CAFFE_LIKE = Preprocessing(mean=(124.0, 117.0, 104.0), deviation=(60.0, 60.0, 60.0), reverse_channels=True)


def random_pictures(count: int, side: int = 8, seed: int = 0) -> NDArray[np.float32]:
    """Pictures of noise: (count, side, side, 3) RGB, 0 to 255."""
    return np.random.default_rng(seed).uniform(0, 255, (count, side, side, 3)).astype(np.float32)


def in_whole_passes(network: Any, picture: Array, filling: Array, windows: Sequence[Window]) -> Array:
    """What `Network.windowed_logits` should answer, from nothing but logits."""
    pictures = np.repeat(picture[None], 1 + len(windows), axis=0)
    for one, window in zip(pictures[1:], windows, strict=True):
        one[window] = filling[window]
    return network.logits(pictures)


# Activations


def activate(name: str, values: Array) -> Array:
    """The activation function ``name`` of every value."""
    functions: Mapping[str, Callable[[Array], Array]] = {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "softplus": lambda z: np.logaddexp(0, z),
        "tanh": np.tanh,
    }
    return functions[name](values)


def activation_backward(name: str, values: Array, upstream: Array, relu_rule: ReluRule) -> Array:
    """The derivative of the score by the values before the activation, from that by the values after it."""
    if name == "relu":
        if relu_rule == "guided":
            return np.maximum(upstream, 0) * (values > 0)
        if relu_rule == "deconvnet":
            return np.maximum(upstream, 0)
        return upstream * (values > 0)
    derivatives: Mapping[str, Callable[[Array], Array]] = {
        "linear": np.ones_like,
        "softplus": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": lambda z: 1 - np.tanh(z) ** 2,
    }
    return upstream * derivatives[name](values)


# Layers: each knows its output, its chain rule, and the Keras layer that should do the same


class Part(Protocol):
    """One layer, for one picture."""

    kind: str

    def forward(self, *inputs: Array) -> Array: ...

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        """The derivative of the score by each input, from that by the output."""
        ...

    def keras_layer(self, name: str) -> Any: ...


@dataclass
class Conv:
    """3x3 convolution: kernel (3, 3, channels in, channels out), bias (channels out,), its activation fused in."""

    kernel: Array
    bias: Array
    padding: str = "same"
    activation: str = "relu"
    kind = "convolution"

    def padded(self, values: Array) -> Array:
        return np.pad(values, ((1, 1), (1, 1), (0, 0))) if self.padding == "same" else values

    def linear(self, values: Array) -> Array:
        """What stands before the activation."""
        padded = self.padded(values)
        height, width = padded.shape[0] - 2, padded.shape[1] - 2
        output = np.zeros((height, width, len(self.bias))) + self.bias
        for row, column in np.ndindex(3, 3):  # of the kernel
            output += padded[row : row + height, column : column + width] @ self.kernel[row, column]
        return output

    def linear_backward(self, values: Array, upstream: Array) -> Array:
        """Each output value gives its derivative to the nine places of its window, times the kernel."""
        gradient = np.zeros_like(self.padded(values))
        height, width, _ = upstream.shape
        for row, column in np.ndindex(3, 3):  # of the kernel
            gradient[row : row + height, column : column + width] += upstream @ self.kernel[row, column].T
        return gradient[1:-1, 1:-1] if self.padding == "same" else gradient

    def forward(self, *inputs: Array) -> Array:
        return activate(self.activation, self.linear(inputs[0]))

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        before = self.linear(inputs[0])
        return (self.linear_backward(inputs[0], activation_backward(self.activation, before, upstream, relu_rule)),)

    def keras_layer(self, name: str) -> Any:
        channels = len(self.bias)
        return keras.layers.Conv2D(channels, 3, padding=self.padding, activation=self.activation, name=name)


@dataclass
class Dense:
    """kernel (in, out), bias (out,), its activation fused in."""

    kernel: Array
    bias: Array
    activation: str = "relu"
    kind = "dense"

    def linear(self, values: Array) -> Array:
        """What stands before the activation."""
        return values @ self.kernel + self.bias

    def forward(self, *inputs: Array) -> Array:
        return activate(self.activation, self.linear(inputs[0]))

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        before = self.linear(inputs[0])
        return (self.kernel @ activation_backward(self.activation, before, upstream, relu_rule),)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.Dense(len(self.bias), activation=self.activation, name=name)


@dataclass
class Activation:
    """An activation that is a layer of its own."""

    function: str
    kind = "activation"

    def forward(self, *inputs: Array) -> Array:
        return activate(self.function, inputs[0])

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        return (activation_backward(self.function, inputs[0], upstream, relu_rule),)

    def keras_layer(self, name: str) -> Any:
        if self.function == "relu":
            return keras.layers.ReLU(name=name)
        return keras.layers.Activation(self.function, name=name)


@dataclass
class MaxPool:
    """Greatest of each 2x2 block; its derivative goes to the first of equals, row by row."""

    kind = "pooling"

    def blocks(self, values: Array) -> Array:
        """The four values of each block, row by row: (4, height / 2, width / 2, channels)."""
        even = values[: len(values) // 2 * 2, : values.shape[1] // 2 * 2]
        return np.stack([even[row::2, column::2] for row, column in np.ndindex(2, 2)])

    def forward(self, *inputs: Array) -> Array:
        return self.blocks(inputs[0]).max(axis=0)

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        gradient = np.zeros_like(inputs[0])
        greatest = self.blocks(inputs[0]).argmax(axis=0)  # the first of equals
        height, width, _ = upstream.shape
        for place, (row, column) in enumerate(np.ndindex(2, 2)):
            gradient[row : 2 * height : 2, column : 2 * width : 2] = upstream * (greatest == place)
        return (gradient,)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.MaxPooling2D(name=name)


@dataclass
class AveragePool:
    """Mean of each 2x2 block."""

    kind = "pooling"

    def forward(self, *inputs: Array) -> Array:
        values = inputs[0]
        return (values[0::2, 0::2] + values[1::2, 0::2] + values[0::2, 1::2] + values[1::2, 1::2]) / 4

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        return (upstream.repeat(2, axis=0).repeat(2, axis=1) / 4,)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.AveragePooling2D(2, name=name)


@dataclass
class GlobalAverage:
    """Mean of each channel."""

    kind = "global pooling"

    def forward(self, *inputs: Array) -> Array:
        return inputs[0].mean(axis=(0, 1))

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        height, width, _ = inputs[0].shape
        return (np.ones_like(inputs[0]) * upstream / (height * width),)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.GlobalAveragePooling2D(name=name)


@dataclass
class GlobalMax:
    """Greatest of each channel; equals share the derivative."""

    kind = "global pooling"

    def forward(self, *inputs: Array) -> Array:
        return inputs[0].max(axis=(0, 1))

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        greatest = inputs[0] == inputs[0].max(axis=(0, 1))
        return (greatest / greatest.sum(axis=(0, 1)) * upstream,)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.GlobalMaxPooling2D(name=name)


@dataclass
class Flatten:
    """Row by row, column by column, channels last."""

    kind = "flatten"

    def forward(self, *inputs: Array) -> Array:
        return inputs[0].ravel()

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        return (upstream.reshape(inputs[0].shape),)

    def keras_layer(self, name: str) -> Any:
        return keras.layers.Flatten(name=name)


@dataclass
class Concatenate:
    """Vectors one after the other."""

    kind = "concatenation"

    def forward(self, *inputs: Array) -> Array:
        return np.concatenate(inputs)

    def backward(self, inputs: tuple[Array, ...], upstream: Array, relu_rule: ReluRule) -> tuple[Array, ...]:
        ends = np.cumsum([len(values) for values in inputs])
        return tuple(upstream[end - len(values) : end] for values, end in zip(inputs, ends, strict=True))

    def keras_layer(self, name: str) -> Any:
        return keras.layers.Concatenate(name=name)


# Networks


@dataclass
class Tiny:
    """A classifier: layers in order, each with the names of the layers it stands on; ``input`` is the first of all.

    The last layer gives the logits; ``unused`` names layers that feed nothing, such as the compact form's last pool.
    """

    parts: Mapping[str, tuple[Part, tuple[str, ...]]]
    input_shape: tuple[int, int, int]
    preprocessing: Preprocessing = TORCH_LIKE
    unused: tuple[str, ...] = ()

    @property
    def logits_layer(self) -> str:
        return [name for name in self.parts if name not in self.unused][-1]

    @property
    def classes(self) -> int:
        return len(self.forward(np.zeros(self.input_shape))[self.logits_layer])

    def forward(self, picture: Array) -> dict[str, Array]:
        """Every layer's output for one picture (height, width, 3), RGB, 0 to 255; ``input`` is preprocessed."""
        values = (picture.astype(np.float64) - self.preprocessing.mean) / self.preprocessing.deviation
        outputs = {"input": values[..., ::-1] if self.preprocessing.reverse_channels else values}
        for name, (part, sources) in self.parts.items():
            outputs[name] = part.forward(*(outputs[source] for source in sources))
        return outputs

    def backward(self, picture: Array, target: int, relu_rule: ReluRule = "plain") -> dict[str, Array]:
        """The derivative of the target's logit by every layer's output; ``picture`` is that by its RGB values."""
        outputs = self.forward(picture)
        gradients = {name: np.zeros_like(output) for name, output in outputs.items()}
        gradients[self.logits_layer][target] = 1
        for name, (part, sources) in reversed(self.parts.items()):
            inputs = tuple(outputs[source] for source in sources)
            shares = part.backward(inputs, gradients[name], relu_rule)
            for source, share in zip(sources, shares, strict=True):
                gradients[source] = gradients[source] + share
        by_input = gradients["input"][..., ::-1] if self.preprocessing.reverse_channels else gradients["input"]
        return {**gradients, "picture": by_input / self.preprocessing.deviation}

    def logits(self, picture: Array) -> Array:
        """(classes,) for one picture."""
        return self.forward(picture)[self.logits_layer]

    def gradient(self, picture: Array, target: int, relu_rule: ReluRule = "plain", output: str = "logit") -> Array:
        """The derivative of the target's logit or probability by the RGB values: (height, width, 3)."""
        if output == "logit":
            return self.backward(picture, target, relu_rule)["picture"]
        exponentials = np.exp(self.logits(picture) - self.logits(picture).max())
        probabilities = exponentials / exponentials.sum()
        total = np.zeros(self.input_shape)
        for other, probability in enumerate(probabilities):  # dp_c/dz_k = p_c ([c = k] - p_k)
            slope = probabilities[target] * ((other == target) - probability)
            total += slope * self.backward(picture, other, relu_rule)["picture"]
        return total

    def to_keras(self, batch_size: int = 8) -> KerasNetwork:
        """The same weights as a Keras model behind the interface that the methods use."""
        tensors = {"input": keras.Input(self.input_shape, name="input")}
        for name, (part, sources) in self.parts.items():
            inputs = [tensors[source] for source in sources]
            tensors[name] = part.keras_layer(name)(inputs if len(inputs) > 1 else inputs[0])
        outputs = [tensors[name] for name in (self.logits_layer, *self.unused)]
        model = keras.Model(tensors["input"], outputs if self.unused else outputs[0])
        weights = Weights("tiny", "0" * 64, "random numbers")
        network = KerasNetwork(
            model=model, weights=weights, layers=self.layers(), preprocessing=self.preprocessing, batch_size=batch_size
        )
        self.fill(network)
        return network

    def fill(self, network: KerasNetwork) -> None:
        """Give these weights to a network of the same shape: quicker than building one, where many are tried.

        They are its weights under any rule for the ReLU; its twins in other precisions keep theirs.
        """
        for name, (part, _) in self.parts.items():
            if isinstance(part, (Conv, Dense)):
                network.model.get_layer(name).set_weights([part.kernel, part.bias])

    def layers(self) -> tuple[Layer, ...]:
        layers = [Layer(name="input", kind="input", shape=self.input_shape, parameters=0, receptive_field=1, stride=1)]
        reach: dict[str, tuple[int | None, int | None]] = {"input": (1, 1)}  # receptive field, stride
        for name, output in list(self.forward(np.zeros(self.input_shape)).items())[1:]:
            part, sources = self.parts[name]
            field, stride = reach[sources[0]]
            if output.ndim == 1 or field is None or stride is None:
                field = stride = None
            elif isinstance(part, Conv):
                field += 2 * stride
            elif isinstance(part, (MaxPool, AveragePool)):
                field, stride = field + stride, 2 * stride
            reach[name] = field, stride
            parameters = part.kernel.size + part.bias.size if isinstance(part, (Conv, Dense)) else 0
            feeds_output = name not in self.unused
            layers.append(
                Layer(
                    name=name,
                    kind=part.kind,
                    shape=output.shape,
                    parameters=parameters,
                    receptive_field=field,
                    stride=stride,
                    feeds_output=feeds_output,
                )
            )
        return tuple(layers)


def make_tiny(
    seed: int = 0,
    *,
    side: int = 8,
    classes: int = 4,
    head: str = "flatten",
    activation: str = "relu",
    bias: bool = True,
    fused: bool = True,
    pooling: str = "max",
    preprocessing: Preprocessing = TORCH_LIKE,
) -> Tiny:
    """A random classifier: conv1, conv2, pool1, conv3 (valid), then a head of the full or of the compact form.

    ``fused`` says whether an activation sits inside its layer, as in VGG16, or is a layer of its own; ``bias`` False
    makes every bias zero. ``head`` ``flatten`` is flatten, hidden, predictions; ``pooled`` is average and maximum of
    conv3's channels, joined, hidden, predictions, with a pool beside them that feeds nothing.
    """
    random = np.random.default_rng(seed)
    parts: dict[str, tuple[Part, tuple[str, ...]]] = {}
    last = "input"

    def numbers(*shape: int) -> Array:
        scale = np.sqrt(2 / np.prod(shape[:-1]))
        return (scale * random.standard_normal(shape)).astype(np.float32).astype(np.float64)

    def biases(count: int) -> Array:
        return (bias * 0.3 * random.standard_normal(count)).astype(np.float32).astype(np.float64)

    def add(name: str, part: Part, *sources: str) -> None:
        nonlocal last
        parts[name] = part, sources or (last,)
        last = name

    def add_activated(name: str, part: Conv | Dense) -> None:
        part.activation = activation if fused else "linear"
        add(name, part)
        if not fused:
            add(f"{name}_{activation}", Activation(activation))

    pool: Callable[[], Part] = {"max": MaxPool, "average": AveragePool}[pooling]
    add_activated("conv1", Conv(numbers(3, 3, 3, 4), biases(4)))
    add_activated("conv2", Conv(numbers(3, 3, 4, 4), biases(4)))
    add("pool1", pool())
    add_activated("conv3", Conv(numbers(3, 3, 4, 5), biases(5), padding="valid" if head == "flatten" else "same"))
    if head == "flatten":
        add("flatten", Flatten())
        features = (side // 2 - 2) ** 2 * 5
    else:
        maps = last
        add("pool2", pool(), maps)
        add("average", GlobalAverage(), maps)
        add("maximum", GlobalMax(), maps)
        add("features", Concatenate(), "average", "maximum")
        features = 2 * 5
    add_activated("hidden", Dense(numbers(features, 6), biases(6)))
    add("predictions", Dense(numbers(6, classes), biases(classes), activation="linear"))
    return Tiny(parts, (side, side, 3), preprocessing, () if head == "flatten" else ("pool2",))


@cache
def shared_network(seed: int, precision: Precision = "float32", **shape: Any) -> KerasNetwork:
    """The network of `make_tiny`, one for all tests that do nothing but ask it: what they ask is compiled once."""
    return make_tiny(seed, **shape).to_keras().at(precision)

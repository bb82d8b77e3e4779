"""Any Keras classifier as a `Network`: preprocessing inside, derivatives by gradient tape, batches that fit memory.

Compiled functions are kept for the life of the network: one for each question asked of it, whatever the batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array, Output, PassListener, Precision, ReluRule, Targets, Window
from netviz.networks.architecture import Layer
from netviz.networks.convolutions import ALMOST, BATCH, choose_ways
from netviz.networks.incremental import Followed, IncrementalInference
from netviz.networks.memory import Memory
from netviz.networks.quiet import import_keras, import_tensorflow
from netviz.networks.weights import Weights

tf = import_tensorflow()
keras = import_keras()


@dataclass(frozen=True)
class Preprocessing:
    """How RGB from 0 to 255 becomes what the first convolution sees: (value - mean) / deviation, channel by channel.

    ``mean`` and ``deviation`` are given in RGB order; ``reverse_channels`` then turns RGB into BGR.
    """

    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    deviation: tuple[float, ...] = (1.0, 1.0, 1.0)
    reverse_channels: bool = False

    def __call__(self, pictures: Any) -> Any:
        """Works on arrays and tensors alike: (..., 3) to (..., 3)."""
        normalised = (pictures - self.mean) / self.deviation
        return normalised[..., ::-1] if self.reverse_channels else normalised

    def to_input_units(self, gradient: Array) -> Array:
        """The chain rule the other way: d/d(RGB) to d/d(network input), channels in the network's order."""
        scaled = gradient * np.asarray(self.deviation, gradient.dtype)
        return scaled[..., ::-1] if self.reverse_channels else scaled


TORCH = Preprocessing(mean=(0.485 * 255, 0.456 * 255, 0.406 * 255), deviation=(0.229 * 255, 0.224 * 255, 0.225 * 255))
CAFFE = Preprocessing(mean=(123.68, 116.779, 103.939), reverse_channels=True)


@dataclass(kw_only=True)
class KerasNetwork:
    """A Keras model behind the interface of `netviz.networks.Network`.

    ``model`` takes preprocessed pictures; its first output are the logits, further ones keep layers that feed nothing.
    """

    model: Any
    weights: Weights
    layers: tuple[Layer, ...]
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    precision: Precision = "float32"
    batch_size: int = 8
    listeners: list[PassListener] = field(default_factory=list)
    memory: Memory | None = None

    def __post_init__(self) -> None:
        self.logits_layer: str = self.model.output_names[0]
        self._compiled: dict[tuple[Any, ...], Any] = {}
        self._variants: dict[ReluRule, Any] = {"plain": self.model}
        self._submodels: dict[tuple[str, ...], Any] = {}
        self._precisions: dict[Precision, KerasNetwork] = {self.precision: self}
        self._forgotten: dict[str, int] = {}  # by which seed each layer has that has forgotten, see `randomised`
        self._latest_followed: tuple[Hashable, Followed] | None = None
        self._latest_slopes: tuple[Hashable, dict[str, tuple[Array, Array]]] | None = None
        self._full_are_quicker = choose_ways(self.model) and self.batch_size >= BATCH

    @property
    def input_shape(self) -> tuple[int, int, int]:
        height, width, channels = self.model.input_shape[1:]
        return height, width, channels

    @cached_property
    def mean_colour(self) -> Array:
        return np.asarray(self.preprocessing.mean, np.float32)

    @property
    def first_kernel(self) -> Array:
        """The weights of the first convolution: (height, width, RGB, filters), for the network's own input."""
        first = next(layer for layer in self.model.layers if isinstance(layer, keras.layers.Conv2D))
        kernel = np.asarray(first.get_weights()[0], self._dtype)
        return kernel[:, :, ::-1] if self.preprocessing.reverse_channels else kernel

    def logits(self, pictures: Array) -> Array:
        model = self._submodel("plain", self.logits_layer)
        return self.ask(("logits",), lambda pictures: self._run(model, pictures), pictures, backward=False)[0]

    def activations(self, pictures: Array, layers: Sequence[str]) -> dict[str, Array]:
        inner = self._submodel("plain", *layers)
        question = ("activations", *layers)
        answers = self.ask(question, lambda pictures: self._run(inner, pictures), pictures, backward=False)
        return dict(zip(layers, answers, strict=True))

    def gradient(
        self, pictures: Array, targets: Targets, *, output: Output = "logit", relu: ReluRule = "plain"
    ) -> Array:
        return self.value_and_gradient(pictures, targets, output=output, relu=relu)[1]

    def value_and_gradient(
        self, pictures: Array, targets: Targets, *, output: Output = "logit", relu: ReluRule = "plain"
    ) -> tuple[Array, Array]:
        model = self._submodel(relu, self.logits_layer)

        def differentiate(pictures: Any, targets: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(pictures)
                score = _score(self._run(model, pictures), targets, output)
            return score, tape.gradient(score, pictures)

        score, gradient = self.ask(("gradient", output, relu), differentiate, pictures, targets, backward=True)
        return score, gradient

    def layer_gradient(
        self, pictures: Array, targets: Targets, layer: str, *, output: Output = "logit"
    ) -> tuple[Array, Array]:
        asked = output, targets.tobytes(), pictures.tobytes(), frozenset(self._forgotten.items())
        if self._latest_slopes and self._latest_slopes[0] == asked and layer in self._latest_slopes[1]:
            slopes = self._latest_slopes[1]
            self._tell(len(pictures), len(pictures))
        else:
            self._latest_slopes = None  # before there are two of them
            layers = self._asked_next(layer, len(pictures))
            slopes = self._layer_gradients(pictures, targets, layers, output)
            if len(layers) > 1:
                self._latest_slopes = asked, slopes
        activation, gradient = slopes[layer]
        return activation.copy(), gradient.copy()  # whoever asked may change them

    def _asked_next(self, layer: str, count: int) -> list[str]:
        """A layer, and the last convolution of each size of map behind it, if all fit where answers are kept.

        A derivative comes by the latter on its way back, and methods look at one after the other.
        """
        behind = [one for one in self.layers[self._place_of(layer) + 1 :] if one.kind == "convolution"]
        last = {one.shape[:2]: one for one in behind if one.feeds_output}
        values = sum(math.prod(one.shape) for one in (self.layers[self._place_of(layer)], *last.values()))
        room = self.memory.capacity if self.memory else 0
        fits = 2 * count * values * np.dtype(self._dtype).itemsize <= room and count <= self._at_once
        return [layer, *(one.name for one in last.values() if fits)]

    def _place_of(self, layer: str) -> int:
        return [one.name for one in self.layers].index(layer)

    def _layer_gradients(
        self, pictures: Array, targets: Targets, layers: Sequence[str], output: Output
    ) -> dict[str, tuple[Array, Array]]:
        """Of each layer what `layer_gradient` gives, of the same passes."""
        model = self._submodel("plain", *layers, self.logits_layer)

        def differentiate(pictures: Any, targets: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(pictures)
                *activations, logits = self._run(model, pictures)
                score = _score(logits, targets, output)
            return *activations, *tape.gradient(score, activations)

        question = ("layer gradient", *layers, output)
        answers = self.ask(question, differentiate, pictures, targets, backward=True)
        return dict(zip(layers, zip(answers[: len(layers)], answers[len(layers) :], strict=True), strict=True))

    def windowed_logits(self, picture: Array, filling: Array, windows: Sequence[Window]) -> Array:
        ends = np.array([[(one.start, one.stop) for one in window] for window in windows])
        told = 0

        def compute(picture: Array, filling: Array, ends: Targets) -> list[Array]:
            nonlocal told
            logits = np.empty((1 + len(ends), self.model.outputs[0].shape[-1]), self._dtype)
            for places, answers in self._incremental(self._followed(picture), filling, ends):
                logits[places] = answers
                self._tell(len(places), 0)
                told += len(places)
            return [logits]

        asked = [np.asarray(picture, self._dtype), np.asarray(filling, self._dtype), ends]
        (logits,) = self._recalled(self._incremental, asked, compute)
        self._tell(1 + len(windows) - told, 0)  # what the memory held is told too: it is what the method costs
        return logits

    def ask(
        self,
        question: tuple[Hashable, ...],
        function: Callable[..., Any],
        pictures: Array,
        *others: Array | Targets,
        backward: bool,
        any_size: bool = False,
    ) -> list[Array]:
        """What a function of TensorFlow's gives for pictures, and for what belongs to each: an array for each output.

        Parameters
        ----------
        question
            What the function computes: it is compiled once for each question, for each shape of ``others``, and for
            full batches apart where some of the network's layers have a quicker way for these.
        function
            Of tensors: (n, height, width, channels), for photos RGB, 0 to 255, and ``others``; each of its outputs
            (n, ...). It is called with so many pictures at once as fit the memory.
        others
            (n, ...) whole numbers such as targets, or values like activations.
        backward
            Whether it goes back through the network too, which is told to the listeners.
        any_size
            Whether pictures may have another size than the network's own.
        """
        sides = (None, None) if any_size else self.input_shape[:2]
        full = self._at_once if self._full_are_quicker and not any_size else None

        def compiled(count: int) -> Any:
            known = count if count == full else None
            signature = (
                tf.TensorSpec((known, *sides, self.input_shape[2]), self._dtype),
                *(tf.TensorSpec((known, *np.shape(other)[1:]), self._dtype_of(other)) for other in others),
            )
            asked = (*question, signature)
            if asked not in self._compiled:
                self._compiled[asked] = tf.function(function, input_signature=signature, autograph=False)
            return self._compiled[asked]

        return self._in_batches(compiled, (pictures, *others), backward, full)

    def up_to(self, layer: str, relu: ReluRule = "plain", any_size: bool = False) -> Callable[[Any], Any]:
        """The way from pictures (n, height, width, 3) to a layer's output, for functions that are asked: of tensors.

        With ``any_size`` pictures need not have the network's own size; the layer must be spatial.
        """
        model = self._any_size(layer, relu) if any_size else self._submodel(relu, layer)
        return lambda pictures: tf.cast(self._run(model, pictures), self._dtype)

    def smallest_side(self, layer: str) -> int:
        """The least side of a square picture for which a spatial layer still has an output."""
        model = self._any_size(layer, "plain")

        def works(side: int) -> bool:
            try:
                return all(model.compute_output_shape((1, side, side, 3)))
            except ValueError:  # Keras: the output size would be zero or negative
                return False

        return next(side for side in range(1, max(self.input_shape[:2]) + 1) if works(side))

    def network_input(self, pictures: Array) -> Array:
        return np.asarray(self.preprocessing(np.asarray(pictures, self._dtype)), self._dtype)

    def to_input_units(self, gradient: Array) -> Array:
        return self.preprocessing.to_input_units(gradient)

    def at(self, precision: Precision) -> KerasNetwork:
        if precision not in self._precisions:
            twin = replace(self, model=_clone(self.model, precision), precision=precision)
            twin._precisions = self._precisions
            self._precisions[precision] = twin
        return self._precisions[precision]

    def randomised(self, layers: Sequence[str], seed: int) -> KerasNetwork:
        copy = self._forgetful
        order = [layer.name for layer in self.model.layers]
        wanted = {self.model.get_layer(name).name: seed for name in layers}
        for name in {**copy._forgotten, **wanted}:
            if copy._forgotten.get(name) != wanted.get(name):
                values = self.model.get_layer(name).get_weights()
                if name in wanted:
                    random = np.random.default_rng([seed, order.index(name)])
                    values = [_random_like(one, random) for one in values]
                copy.model.get_layer(name).set_weights(values)
        copy._forgotten = wanted
        copy.memory = self.memory
        return copy

    @cached_property
    def _forgetful(self) -> KerasNetwork:
        """The one copy for `randomised`: TensorFlow does not give back what it has compiled."""
        return replace(self, model=_clone(self.model))

    @cached_property
    def _incremental(self) -> IncrementalInference:
        return IncrementalInference(self.model, self.preprocessing, self.precision)

    def _followed(self, picture: Array) -> Followed:
        """What incremental inference needs of a picture; where there is a memory, that of the latest one is kept."""
        if self.memory is None:
            return self._incremental.followed(picture)
        asked = picture.tobytes(), frozenset(self._forgotten.items())
        if self._latest_followed is None or self._latest_followed[0] != asked:
            self._latest_followed = None  # before there are two of them
            self._latest_followed = asked, self._incremental.followed(picture)
        return self._latest_followed[1]

    @property
    def traces(self) -> int:
        """How many functions TensorFlow has traced for this network: one for each question, whatever the batches."""
        counts = [compiled.experimental_get_tracing_count() for compiled in self._compiled.values()]
        return sum(counts) + (self._incremental.traces if "_incremental" in vars(self) else 0)

    @property
    def _at_once(self) -> int:
        """How many pictures go through the network together: with values twice as long half as many take as much."""
        return max(self.batch_size // 2, 1) if self.precision == "float64" else self.batch_size

    @property
    def _dtype(self) -> type[np.floating[Any]]:
        return np.float64 if self.precision == "float64" else np.float32

    def _run(self, model: Any, pictures: Any) -> Any:
        inputs = self.preprocessing(pictures)
        return model(tf.cast(inputs, self.precision), training=False)

    def _with_relu(self, rule: ReluRule) -> Any:
        """The very weights under another rule for the derivative of the ReLU; the model stays as it is."""
        if rule not in self._variants:
            self._variants[rule] = _under_rule(self.model, _RELU_RULES[rule])
        return self._variants[rule]

    def _submodel(self, rule: ReluRule, *layers: str) -> Any:
        if (rule, *layers) not in self._submodels:
            model = self._with_relu(rule)
            outputs = [model.get_layer(layer).output for layer in layers]
            self._submodels[rule, *layers] = keras.Model(model.inputs, outputs[0] if len(outputs) == 1 else outputs)
        return self._submodels[rule, *layers]

    def _any_size(self, layer: str, rule: ReluRule) -> Any:
        """The network up to a spatial layer, for pictures of any size: the same layers, with the same weights."""
        key = ("any size", rule, layer)
        if key not in self._submodels:
            pictures = keras.Input((None, None, 3), dtype=self.precision)
            free = keras.models.clone_model(
                self._submodel(rule, layer), input_tensors=[pictures], clone_function=lambda layer: layer
            )
            self._submodels[key] = keras.Model(pictures, free.outputs[0])
        return self._submodels[key]

    def _dtype_of(self, values: Array | Targets) -> Any:
        return np.int64 if np.asarray(values).dtype.kind in "iu" else self._dtype

    def _in_batches(
        self, compiled: Callable[[int], Any], arrays: Sequence[Array | Targets], backward: bool, full: int | None
    ) -> list[Array]:
        """Run piece by piece, tell the listener, and join: one array for each output of the function.

        ``compiled`` gives the function for so many pictures; where batches of ``full`` are quicker, a rest that is
        little less than one is filled up to it with copies of its last picture.
        The first array are pictures; others are targets if they hold whole numbers, else values like activations.
        What the memory holds is told like all else: it is what the method costs.
        """

        def compute(*arrays: Array | Targets) -> list[Array]:
            answer = compiled(len(arrays[0]))(*map(tf.constant, arrays))
            answers = answer if isinstance(answer, (list, tuple)) else [answer]
            return [tf.cast(part, self._dtype).numpy() for part in answers]

        pictures, *others = arrays
        inputs = [np.asarray(pictures, self._dtype), *map(np.asarray, others, map(self._dtype_of, others))]
        outputs = []
        for piece in _pieces(len(pictures), self._at_once):
            asked = [array[piece] for array in inputs]
            count = len(asked[0])
            if full and full < len(pictures) and ALMOST <= count < full:
                asked = [np.concatenate([one, np.repeat(one[-1:], full - count, axis=0)]) for one in asked]
            answers = self._recalled(compiled(len(asked[0])), asked, compute)
            outputs.append([one[:count] for one in answers])
            self._tell(count, count if backward else 0)
        return [np.concatenate(parts) for parts in zip(*outputs, strict=True)]

    def _recalled(
        self, question: Hashable, asked: Sequence[NDArray[Any]], compute: Callable[..., list[Array]]
    ) -> list[Array]:
        """What is computed of arrays to answer a question, or what the memory has of these weights' answer to it."""
        if self.memory is None:
            return compute(*asked)
        return self.memory.recall((question, frozenset(self._forgotten.items())), asked, compute)

    def _tell(self, forward: int, backward: int) -> None:
        for listener in self.listeners:
            listener(forward, backward)


def _random_like(values: Array, random: np.random.Generator) -> Array:
    """Random numbers of a kernel's deviation, around zero; zeros for a bias (k,)."""
    if values.ndim == 1:
        return np.zeros_like(values)
    return values.std(dtype=np.float64) * random.standard_normal(values.shape)


def _pieces(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))


def _score(logits: Any, targets: Any, output: Output) -> Any:
    values = logits if output == "logit" else tf.nn.softmax(logits)
    return tf.gather(values, targets, axis=1, batch_dims=1)


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _guided_relu(values: Any) -> Any:
    """Springenberg et al. 2014: only positive gradients pass, and only where the unit was active.

    What the next layer takes tells which units were active, so that the sums before the ReLU needn't be kept; likewise
    in `_redirected_relu`.
    """
    active = tf.nn.relu(values)
    return active, lambda upstream: _where_active(tf.nn.relu(upstream), active)


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _deconvnet_relu(values: Any) -> Any:
    """Zeiler and Fergus 2014: the ReLU is applied to the gradient itself, whatever the unit did."""
    return tf.nn.relu(values), tf.nn.relu


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _redirected_relu(values: Any) -> Any:
    """The plain rule, unless it lets nothing of a picture's gradient pass: then whatever would wake a unit passes.

    What makes pictures needs it (github.com/tensorflow/lucid, misc/redirected_relu_grad.py): a unit that is zero
    everywhere would give no direction to start in.
    """
    active = tf.nn.relu(values)

    def back(upstream: Any) -> Any:
        passed = _where_active(upstream, active)
        greatest = tf.reduce_max(tf.abs(passed), axis=list(range(1, len(values.shape))), keepdims=True)
        silent = greatest == 0  # hardly ever; and to choose value by value takes long
        return tf.cond(tf.reduce_any(silent), lambda: tf.where(silent, tf.nn.relu(upstream), passed), lambda: passed)

    return active, back


def _where_active(upstream: Any, active: Any) -> Any:
    """The plain rule: what comes back, where the unit was active; in one operation, so without what lies between."""
    return tf.raw_ops.ReluGrad(gradients=upstream, features=active)


_RELU_RULES: dict[ReluRule, Callable[..., Any]] = {
    "guided": _guided_relu,
    "deconvnet": _deconvnet_relu,
    "redirected": _redirected_relu,
}


class _UnderRule(keras.layers.Layer):  # type: ignore[misc, name-defined]
    """A layer with its very weights, and another rule for the derivative of its ReLU if it has one."""

    def __init__(self, layer: Any, relu: Callable[..., Any]) -> None:
        super().__init__(name=layer.name, dtype=layer.dtype_policy)
        self.layer, self.relu = layer, relu

    def call(self, values: Any) -> Any:
        plain = getattr(self.layer, "activation", None)
        if plain is not keras.activations.relu:
            return self.layer.call(values)
        self.layer.activation = self.relu
        try:
            return self.layer.call(values)
        finally:
            self.layer.activation = plain


def _under_rule(model: Any, relu: Callable[..., Any]) -> Any:
    """The model with its very weights, its ReLU replaced."""

    def rewritten(layer: Any) -> Any:
        if isinstance(layer, keras.layers.ReLU):
            return keras.layers.Activation(relu, name=layer.name, dtype=layer.dtype_policy)
        if layer.weights or getattr(layer, "activation", None) is keras.activations.relu:
            return _UnderRule(layer, relu)
        return layer.__class__.from_config(layer.get_config())

    inputs = keras.tree.map_structure(
        lambda tensor: keras.Input(tensor.shape[1:], name=tensor.name, dtype=tensor.dtype), model.input
    )
    return keras.models.clone_model(model, input_tensors=inputs, clone_function=rewritten)


def _clone(model: Any, precision: Precision | None = None) -> Any:
    """A copy of the model with weights of its own, in a precision of its own.

    Half precision is for maps: what makes scores of them takes little time and needs the digits.
    """

    def policy(values: Any) -> dict[str, Any]:
        in_full = precision == "bfloat16" and len(values.shape) != 4
        return {"dtype": "float32" if in_full else precision} if precision else {}

    inputs = keras.tree.map_structure(
        lambda tensor: keras.Input(tensor.shape[1:], name=tensor.name, **{"dtype": tensor.dtype, **policy(tensor)}),
        model.input,
    )
    clone = keras.models.clone_model(
        model,
        input_tensors=inputs,
        clone_function=lambda layer: layer.__class__.from_config({**layer.get_config(), **policy(layer.output)}),
    )
    clone.set_weights(model.get_weights())
    return clone

"""Layer-wise relevance propagation: a logit handed back through a Keras network, layer by layer, to the pixels.

A layer with weights shares out the relevance R_k of its outputs in proportion to what each input contributed. With
inputs x, kernel w, bias b and z_k = sum_j x_j w_jk + b_k, every rule has the form

    R_j = sum_k c_jk R_k / (C_k + e_k),    C_k = sum_j c_jk + d_k,

and says which contributions c_jk and d_k stand for x_j w_jk and b_k. What falls to the bias, d_k R_k / (C_k + e_k),
and to the stabiliser e_k reaches no input; both are counted, so that the account can be closed. Layers without weights
hand relevance on to where the output came from (maximum, flatten, concatenation), in proportion (averages), or
unchanged (ReLU).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from netviz.networks import Array, Targets
from netviz.networks.keras_network import KerasNetwork
from netviz.networks.quiet import import_keras, import_tensorflow

tf = import_tensorflow()
keras = import_keras()

RuleName = Literal["epsilon", "gamma", "z-plus", "box"]
Rule = tuple[RuleName, float]
"""How a layer with weights shares out relevance: a rule, and the value of its epsilon or gamma (0 for the others)."""


class Account(NamedTuple):
    """Where a logit went: ``attribution`` (n, height, width, 3) RGB, the rest (n,) sums, all in the logit's unit.

    ``output`` = sum of ``attribution`` + ``biases`` + ``stabilisers``, but for rounding.
    """

    attribution: Array
    output: Array
    biases: Array
    stabilisers: Array


class UnsupportedLayer(ValueError):
    """A layer that relevance can't be handed through; the message names it and what is supported."""


def propagate(network: KerasNetwork, pictures: Array, targets: Targets, rules: Mapping[str, Rule]) -> Account:
    """Hand each target's logit back to the pixels: one forward and one backward pass through the layers.

    Parameters
    ----------
    pictures
        (n, height, width, 3) RGB, 0 to 255.
    targets
        (n,) class indices.
    rules
        The rule of each layer with weights, by the layer's name.

    Raises
    ------
    UnsupportedLayer
        If a layer on the way has no rule, or one that does not suit it.
    """
    logits, steps = _way_to_logits(network.model, rules)

    def hand_back(pictures: Any, targets: Any) -> tuple[Any, ...]:
        values, bounds = _forward(network, [layer for layer, _ in steps], pictures)
        never_negative = _never_negative([layer for layer, _ in steps])
        output = values[id(logits)] * tf.one_hot(targets, logits.shape[-1], dtype=values[id(logits)].dtype)
        relevance, lost = {id(logits): output}, []
        for layer, hand_on in reversed(steps):
            sources = _sources(layer)
            place = _Place(
                layer,
                [values[id(source)] for source in sources],
                bounds.get(id(sources[0])),
                never_negative.issuperset(map(id, sources)),
            )
            handed = hand_on(place, relevance.pop(id(layer.output)))
            lost.append((handed.to_bias, handed.to_stabiliser))
            for source, share in zip(sources, handed.to_inputs, strict=True):
                relevance[id(source)] = relevance.get(id(source), 0) + share
        attribution = relevance[id(network.model.inputs[0])]
        rgb = attribution[..., ::-1] if network.preprocessing.reverse_channels else attribution
        return rgb, _per_picture(output), *(tf.add_n(sums) for sums in zip(*lost, strict=True))

    return Account(*network.ask(("relevance", *rules.items()), hand_back, pictures, targets, backward=True))


# Rules of layers with weights


class _Bounds(NamedTuple):
    """The least and the greatest value that each input can have."""

    low: Any
    high: Any


class _Place(NamedTuple):
    """A layer with the values that entered it, their bounds if they are pixels, and whether all are 0 or more."""

    layer: Any
    inputs: Sequence[Any]
    bounds: _Bounds | None
    never_negative: bool


class _Contributions(NamedTuple):
    """c is the sum of the linear parts, each (inputs, kernel); d the ``bias``; e the ``stabiliser``.

    The stabiliser is given as a share of the root mean square of C over a picture's outputs, and takes C's sign.
    """

    parts: Sequence[tuple[Any, Any]]
    bias: Any
    stabiliser: float = 0.0


def _epsilon(place: _Place, w: Any, b: Any, epsilon: float) -> _Contributions:
    """Bach et al. 2015, equation 58: c = x w, d = b, e = epsilon. With epsilon 0 it is LRP-0."""
    return _Contributions([(place.inputs[0], w)], b, epsilon)


def _gamma(place: _Place, w: Any, b: Any, gamma: float) -> _Contributions:
    """Montavon et al. 2019, table 10.1: c = x (w + gamma w+), d = b + gamma b+, for x of at least 0."""
    return _Contributions([(place.inputs[0], w + gamma * _positive(w))], b + gamma * _positive(b))


def _z_plus(place: _Place, w: Any, b: Any, _: float) -> _Contributions:
    """Bach et al. 2015, equation 60 with alpha = 1 and beta = 0: c = (x w)+, d = b+."""
    x = place.inputs[0]
    negative = [] if place.never_negative else [(_negative(x), _negative(w))]
    return _Contributions([(_positive(x), _positive(w)), *negative], _positive(b))


def _box(place: _Place, w: Any, b: Any, _: float) -> _Contributions:
    """Montavon et al. 2019, table 10.1, z^B: c = x w - low w+ - high w-, d = 0, for pixels between low and high."""
    assert place.bounds is not None  # see `_way_to_logits`
    low, high = place.bounds
    return _Contributions([(place.inputs[0], w), (-low, _positive(w)), (-high, _negative(w))], tf.zeros_like(b))


_RULES: dict[RuleName, Callable[[_Place, Any, Any, float], _Contributions]] = {
    "epsilon": _epsilon,
    "gamma": _gamma,
    "z-plus": _z_plus,
    "box": _box,
}


def _positive(values: Any) -> Any:
    return tf.maximum(values, 0)


def _negative(values: Any) -> Any:
    return tf.minimum(values, 0)


# Handing on through each type of layer


class _Handed(NamedTuple):
    """Relevance that a layer's inputs get, and (n,) sums of what its bias and the stabiliser keep."""

    to_inputs: Sequence[Any]
    to_bias: Any
    to_stabiliser: Any


_HandOn = Callable[[_Place, Any], _Handed]


def _by_rule(rule: Rule) -> _HandOn:
    name, value = rule

    def hand_on(place: _Place, relevance: Any) -> _Handed:
        layer = place.layer
        operation = layer.convolution_op if isinstance(layer, keras.layers.Conv2D) else keras.ops.matmul
        kernel = tf.convert_to_tensor(layer.kernel)
        bias = tf.convert_to_tensor(layer.bias) if layer.use_bias else tf.zeros(kernel.shape[-1], kernel.dtype)
        return _share_out(operation, _RULES[name](place, kernel, bias, value), relevance)

    return hand_on


def _share_out(operation: Callable[[Any, Any], Any], contributions: _Contributions, relevance: Any) -> _Handed:
    """R_j = sum_k c_jk R_k / (C_k + e_k). The sum over k is the linear operation's derivative, times the inputs."""
    inputs = [values for values, _ in contributions.parts]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        reached = tf.add_n([operation(values, kernel) for values, kernel in contributions.parts])
    total = reached + contributions.bias
    places = list(range(1, len(total.shape)))
    stabiliser = contributions.stabiliser * tf.sqrt(tf.reduce_mean(total**2, axis=places, keepdims=True))
    # where nothing contributes there is nothing to divide by; relevance that is there stays with the stabiliser
    shares = tf.math.divide_no_nan(relevance, total + tf.where(total < 0, -stabiliser, stabiliser))
    derivatives = tape.gradient(reached, inputs, output_gradients=shares)
    to_inputs = tf.add_n([values * derivative for values, derivative in zip(inputs, derivatives, strict=True)])
    return _Handed([to_inputs], _per_picture(shares * contributions.bias), _per_picture(relevance - shares * total))


def _in_proportion(place: _Place, relevance: Any) -> _Handed:
    """Averages are linear: each input has its share of the sum."""
    values = place.inputs[0]
    nothing = tf.zeros((), values.dtype)
    return _share_out(lambda inputs, _: place.layer(inputs), _Contributions([(values, None)], nothing), relevance)


def _to_its_source(place: _Place, relevance: Any) -> _Handed:
    """What only picks or moves values gives each output's relevance to the input it came from; equals may share."""
    with tf.GradientTape() as tape:
        tape.watch(place.inputs)
        outputs = _call(place.layer, place.inputs)
    nothing = tf.zeros(tf.shape(relevance)[0], tf.float64)
    return _Handed(tape.gradient(outputs, place.inputs, output_gradients=relevance), nothing, nothing)


def _unchanged(place: _Place, relevance: Any) -> _Handed:
    nothing = tf.zeros(tf.shape(relevance)[0], tf.float64)
    return _Handed([relevance], nothing, nothing)


_WITH_WEIGHTS = (keras.layers.Conv2D, keras.layers.Dense)
_WITHOUT_WEIGHTS: dict[type, _HandOn] = {
    keras.layers.Activation: _unchanged,
    keras.layers.AveragePooling2D: _in_proportion,
    keras.layers.Concatenate: _to_its_source,
    keras.layers.Dropout: _unchanged,
    keras.layers.Flatten: _to_its_source,
    keras.layers.GlobalAveragePooling2D: _in_proportion,
    keras.layers.GlobalMaxPooling2D: _to_its_source,
    keras.layers.MaxPooling2D: _to_its_source,
    keras.layers.Permute: _to_its_source,
    keras.layers.ReLU: _unchanged,
    keras.layers.Reshape: _to_its_source,
    keras.layers.ZeroPadding2D: _to_its_source,
}


def _hand_on(layer: Any, rules: Mapping[str, Rule]) -> _HandOn:
    """How relevance goes through a layer. Raises UnsupportedLayer."""
    activation = getattr(layer, "activation", None)
    if activation not in (None, keras.activations.relu, keras.activations.linear):
        raise UnsupportedLayer(
            f"relevance can't go through layer {layer.name!r}: its activation is {activation.__name__}; "
            "relu and linear are supported"
        )
    if type(layer) in _WITH_WEIGHTS and layer.name in rules:
        return _by_rule(rules[layer.name])
    if type(layer) in _WITHOUT_WEIGHTS:
        return _WITHOUT_WEIGHTS[type(layer)]
    if type(layer) in _WITH_WEIGHTS:
        raise UnsupportedLayer(f"relevance can't go through layer {layer.name!r}: no rule was chosen for it")
    supported = ", ".join(sorted(known.__name__ for known in (*_WITH_WEIGHTS, *_WITHOUT_WEIGHTS)))
    raise UnsupportedLayer(
        f"relevance can't go through layer {layer.name!r}: there is no rule for {type(layer).__name__}; "
        f"there are rules for {supported}"
    )


# The network as a list of layers


def _way_to_logits(model: Any, rules: Mapping[str, Rule]) -> tuple[Any, list[tuple[Any, _HandOn]]]:
    """The logits' tensor, and the layers it depends on, in order, each with its way to hand on relevance."""
    logits = model.outputs[0]
    needed, steps = {id(logits)}, []
    for layer in reversed(model.layers):
        if id(layer.output) in needed and not isinstance(layer, keras.layers.InputLayer):
            needed.update(id(source) for source in _sources(layer))
            steps.append((layer, _hand_on(layer, rules)))
    steps.reverse()
    pixels = _as_good_as_pixels(model, [layer for layer, _ in steps])
    for layer, _ in steps:
        if rules.get(layer.name, ("", 0))[0] == "box" and not pixels.issuperset(map(id, _sources(layer))):
            raise UnsupportedLayer(f"the box rule is for pixels, but {layer.name!r} stands on other layers")
    return logits, steps


def _as_good_as_pixels(model: Any, layers: Sequence[Any]) -> set[int]:
    """Identities of the tensors that pixels reach without weights: their bounds are those of pixels."""
    pixels = {id(model.inputs[0])}
    for layer in layers:
        if type(layer) in _WITHOUT_WEIGHTS and pixels.issuperset(map(id, _sources(layer))):
            pixels.add(id(layer.output))
    return pixels


def _never_negative(layers: Sequence[Any]) -> set[int]:
    """Identities of tensors whose values are 0 or more: what ReLUs give, and what becomes of it without weights."""
    found: set[int] = set()
    for layer in layers:
        relu = getattr(layer, "activation", None) is keras.activations.relu
        if relu or (type(layer) in _WITHOUT_WEIGHTS and found.issuperset(map(id, _sources(layer)))):
            found.add(id(layer.output))
    return found


def _forward(network: KerasNetwork, layers: Sequence[Any], pictures: Any) -> tuple[dict[int, Any], dict[int, _Bounds]]:
    """Every tensor's values, by the tensor's identity; and bounds of those that are as good as pixels."""

    def prepared(pictures: Any) -> Any:
        return tf.cast(network.preprocessing(pictures), network.precision)

    start = id(network.model.inputs[0])
    values = {start: prepared(pictures)}
    black = tf.zeros_like(pictures)
    bounds = {start: _Bounds(prepared(black), prepared(black + 255))}
    pixels = _as_good_as_pixels(network.model, layers)
    for layer in layers:
        sources = [id(source) for source in _sources(layer)]
        values[id(layer.output)] = _call(layer, [values[source] for source in sources])
        if id(layer.output) in pixels:  # layers without weights are monotone: bounds go through them as values do
            low, high = zip(*(bounds[source] for source in sources), strict=True)
            bounds[id(layer.output)] = _Bounds(_call(layer, low), _call(layer, high))
    return values, bounds


def _sources(layer: Any) -> list[Any]:
    tensors: list[Any] = keras.tree.flatten(layer.input)
    return tensors


def _call(layer: Any, inputs: Sequence[Any]) -> Any:
    return layer(list(inputs) if len(inputs) > 1 else inputs[0], training=False)


def _per_picture(values: Any) -> Any:
    """Sums over everything but the batch, in float64: (n, ...) to (n,)."""
    return tf.reduce_sum(tf.cast(values, tf.float64), axis=list(range(1, len(values.shape))))

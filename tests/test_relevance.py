"""Layer-wise relevance propagation against literal NumPy, against theorems, and against its own account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import (
    CAFFE_LIKE,
    IDENTITY,
    Activation,
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAverage,
    Tiny,
    make_tiny,
    random_pictures,
)

from netviz.methods import methods, run
from netviz.methods.relevance import composite_rules
from netviz.networks import open_network
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.networks.keras_network import KerasNetwork, keras
from netviz.networks.relevance_rules import Rule, UnsupportedLayer, propagate
from netviz.networks.weights import Weights
from netviz.pictures import frame, open_upright

Array = NDArray[np.float64]

METHODS = ["lrp-epsilon", "lrp-z-plus", "lrp-composite"]
FORMS: Mapping[str, Mapping[str, object]] = {
    "flatten": {},
    "compact": {"head": "pooled"},
    "ReLU apart": {"fused": False},
    "average pooling, BGR": {"pooling": "average", "preprocessing": CAFFE_LIKE},
}


@cache
def network(form: str) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(seed=3, **FORMS[form])
    return tiny, tiny.to_keras().at("float64")


def explained(name: str, keras_network: KerasNetwork, pictures: Array, target: int = 1, **chosen: float) -> dict:
    return run(methods()[name], keras_network, pictures, np.full(len(pictures), target), chosen)


# One neuron by hand: x = (1, 2, 3), w = (2, -1, 1), b = 1, so x w = (2, -2, 3) and z = 4


def one_neuron() -> KerasNetwork:
    kernel, bias = np.array([[2.0], [-1.0], [1.0]]), np.array([1.0])
    parts = {"flatten": (Flatten(), ("input",)), "dense": (Dense(kernel, bias, "linear"), ("flatten",))}
    return Tiny(parts, (1, 1, 3), IDENTITY).to_keras()


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    ("rule", "to_inputs", "to_bias", "to_stabiliser"),
    [
        (("epsilon", 0), (2, -2, 3), 1, 0),  # C = z = 4
        (("epsilon", 0.5), (4 / 3, -4 / 3, 2), 2 / 3, 4 / 3),  # e = 0.5 * 4, so 4 / (4 + 2) of each
        (("z-plus", 0), (4 / 3, 0, 2), 2 / 3, 0),  # C = 2 + 3 + 1, so 4 / 6 of each
        (("gamma", 1), (1.6, -0.8, 2.4), 0.8, 0),  # w + w+ = (4, -1, 2), b + b+ = 2: C = 10
        (("box", 0), (8 / 258, 4 * 253 / 258, 12 / 258), 0, 0),  # 0..255: c = (2, -2 + 255, 3)
    ],
)
def test_one_neuron(rule: Rule, to_inputs: tuple[float, ...], to_bias: float, to_stabiliser: float) -> None:
    picture = np.array([[[[1.0, 2.0, 3.0]]]])
    account = propagate(one_neuron(), picture, np.array([0]), {"dense": rule})
    assert account.output[0] == pytest.approx(4)
    assert account.attribution.ravel() == pytest.approx(to_inputs)
    assert account.biases[0] == pytest.approx(to_bias)
    assert account.stabilisers[0] == pytest.approx(to_stabiliser, abs=1e-6)


# The rules, slowly: contributions (of x's shape, and of the bias) to one output, from its window of inputs

Contribute = Callable[[Array, Array, float, Array, Array], tuple[Array, float]]


def positive(values: Array) -> Array:
    return np.maximum(values, 0)


def bach_58(x: Array, w: Array, b: float, low: Array, high: Array) -> tuple[Array, float]:
    return x * w, b


def bach_60(x: Array, w: Array, b: float, low: Array, high: Array) -> tuple[Array, float]:
    return positive(x * w), max(b, 0)


def montavon_gamma(gamma: float) -> Contribute:
    return lambda x, w, b, low, high: (x * (w + gamma * positive(w)), b + gamma * max(b, 0))


def montavon_box(x: Array, w: Array, b: float, low: Array, high: Array) -> tuple[Array, float]:
    return x * w - low * positive(w) + high * positive(-w), 0.0


def rules_of(name: str) -> dict[str, tuple[Contribute, float]]:
    """Each layer's rule and epsilon, written out for the tiny network."""
    layers = ("conv1", "conv2", "conv3", "hidden", "predictions")
    if name == "lrp-epsilon":
        return dict.fromkeys(layers, (bach_58, 0.1))
    if name == "lrp-z-plus":
        return dict.fromkeys(layers, (bach_60, 0.0))
    lower = {"conv1": (montavon_box, 0.0), "conv2": (montavon_gamma(0.25), 0.0)}
    return {**lower, **dict.fromkeys(layers[2:], (bach_58, 0.1))}


def share_out(
    part: Conv | Dense, x: Array, relevance: Array, contribute: Contribute, epsilon: float, low: Array, high: Array
) -> tuple[Array, float, float]:
    """Relevance of the inputs, and what bias and stabiliser keep: every output's window in turn."""
    is_conv = isinstance(part, Conv)
    padded, low, high = (part.padded(values) if is_conv else values for values in (x, low, high))

    def window(k: tuple[int, ...]) -> tuple[slice, ...]:
        return (slice(k[0], k[0] + 3), slice(k[1], k[1] + 3)) if is_conv else (slice(None),)

    contributions = {
        k: contribute(padded[window(k)], part.kernel[..., k[-1]], part.bias[k[-1]], low[window(k)], high[window(k)])
        for k in np.ndindex(relevance.shape)
    }
    totals = {k: c.sum() + d for k, (c, d) in contributions.items()}
    scale = epsilon * np.sqrt(np.mean(np.square(list(totals.values()))))
    to_inputs, to_bias, to_stabiliser = np.zeros_like(padded), 0.0, 0.0
    for k, (c, d) in contributions.items():
        below = totals[k] + (scale if totals[k] >= 0 else -scale)
        share = relevance[k] / below if below else 0.0
        to_inputs[window(k)] += c * share
        to_bias += d * share
        to_stabiliser += relevance[k] - totals[k] * share
    inside = isinstance(part, Conv) and part.padding == "same"
    return (to_inputs[1:-1, 1:-1] if inside else to_inputs), to_bias, to_stabiliser


def literal_relevance(tiny: Tiny, picture: Array, target: int, name: str) -> tuple[Array, float, float]:
    """(height, width, 3) RGB relevance, and what biases and stabilisers keep."""
    values = tiny.forward(picture)
    low, high = (tiny.forward(np.full(tiny.input_shape, value))["input"] for value in (0.0, 255.0))
    relevance = {layer: np.zeros_like(output) for layer, output in values.items()}
    relevance["predictions"][target] = values["predictions"][target]
    biases = stabilisers = 0.0
    for layer, (part, sources) in reversed(tiny.parts.items()):
        inputs = tuple(values[source] for source in sources)
        if isinstance(part, Conv | Dense):
            box = (low, high) if layer == "conv1" else (inputs[0], inputs[0])  # only conv1 stands on pixels
            shares, to_bias, to_stabiliser = share_out(part, inputs[0], relevance[layer], *rules_of(name)[layer], *box)
            handed = (shares,)
            biases, stabilisers = biases + to_bias, stabilisers + to_stabiliser
        elif isinstance(part, Activation):
            handed = (relevance[layer],)
        elif isinstance(part, AveragePool | GlobalAverage):  # x_j / (sum of x) of each average's relevance
            per_value = np.divide(
                relevance[layer], values[layer], out=np.zeros_like(values[layer]), where=values[layer] != 0
            )
            handed = (inputs[0] * part.backward(inputs, per_value, "plain")[0],)
        else:  # maxima, flatten, concatenation: to where the value came from
            handed = part.backward(inputs, relevance[layer], "plain")
        for source, share in zip(sources, handed, strict=True):
            relevance[source] = relevance[source] + share
    attribution = relevance["input"]
    return attribution[..., ::-1] if tiny.preprocessing.reverse_channels else attribution, biases, stabilisers


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_what_its_papers_say(name: str, form: str) -> None:
    tiny, keras_network = network(form)
    pictures = random_pictures(2, seed=4)
    result = explained(name, keras_network, pictures)
    for i, picture in enumerate(pictures):
        attribution, biases, stabilisers = literal_relevance(tiny, picture, 1, name)
        scale = np.abs(attribution).max()
        assert scale > 0
        np.testing.assert_allclose(result["attribution"][i], attribution, rtol=1e-6, atol=1e-9 * scale)
        assert result["output"][i] == pytest.approx(tiny.logits(picture)[1])
        assert result["absorbed_by_biases"][i] == pytest.approx(biases, rel=1e-6)
        assert result["absorbed_by_epsilon"][i] == pytest.approx(stabilisers, rel=1e-6, abs=1e-9)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", METHODS)
def test_single_precision_is_enough(name: str) -> None:
    tiny, _ = network("compact")
    pictures = random_pictures(1, seed=4)
    expected = literal_relevance(tiny, pictures[0], 1, name)[0]
    found = explained(name, tiny.to_keras(), pictures)["attribution"][0]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


# Which layer gets which rule


@pytest.mark.parametrize(
    ("form", "dense"), [("compact", ["hidden", "predictions"]), ("imagenet", ["fc1", "fc2", "predictions"])]
)
def test_the_composite_of_vgg16(form: str, dense: list[str]) -> None:
    rules = composite_rules(vgg16_layers(form), epsilon=0.1, gamma=0.25)
    gamma = ["block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1", "block3_conv2", "block3_conv3"]
    epsilon = [f"block{block}_conv{convolution}" for block in (4, 5) for convolution in (1, 2, 3)]
    assert rules == {
        "block1_conv1": ("box", 0),
        **dict.fromkeys(gamma, ("gamma", 0.25)),
        **dict.fromkeys([*epsilon, *dense], ("epsilon", 0.1)),
    }


# The account


def randomise(keras_network: KerasNetwork, seed: int, bias: float) -> None:
    """New weights in place: what was compiled stays."""
    random = np.random.default_rng(seed)
    for layer in keras_network.model.layers:
        if layer.get_weights():
            kernel, biases = layer.get_weights()
            scale = np.sqrt(2 / np.prod(kernel.shape[:-1]))
            layer.set_weights(
                [scale * random.standard_normal(kernel.shape), bias * random.standard_normal(biases.shape)]
            )


@cache
def clay(form: str) -> KerasNetwork:
    """A network whose weights the tests may change."""
    return make_tiny(**FORMS[form]).to_keras().at("float64")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("lrp-composite", "compact"),
        *(
            pytest.param(name, form, marks=pytest.mark.slow)
            for name in METHODS
            for form in ("flatten", "compact")
            if (name, form) != ("lrp-composite", "compact")
        ),
    ],
)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1), bias=st.sampled_from([0.0, 0.1, 1.0]), target=st.integers(0, 3), black=st.booleans()
)
def test_every_part_of_the_logit_is_accounted_for(
    name: str, form: str, seed: int, bias: float, target: int, black: bool
) -> None:
    keras_network = clay(form)
    randomise(keras_network, seed, bias)
    result = explained(name, keras_network, random_pictures(1, seed=seed) * (not black), target)
    logit = keras_network.logits(random_pictures(1, seed=seed) * (not black))[0, target]
    assert result["output"][0] == pytest.approx(logit)
    total = result["attribution"].sum() + result["absorbed_by_biases"][0] + result["absorbed_by_epsilon"][0]
    assert total == pytest.approx(logit, rel=1e-4)
    assert result["conservation_error"][0] < 1e-4
    absorbed = result["absorbed_by_biases"][0] + result["absorbed_by_epsilon"][0]
    assert result["absorbed_share"][0] == pytest.approx(absorbed / logit if logit else 0)
    if name == "lrp-z-plus":  # everything has the logit's sign
        assert (result["attribution"] * np.sign(logit) >= 0).all()
        assert result["absorbed_by_biases"][0] * np.sign(logit) >= 0
    if bias == 0:
        assert result["absorbed_by_biases"][0] == 0


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("form", FORMS)
def test_without_biases_and_epsilon_it_is_gradient_times_input(form: str) -> None:
    """Ancona et al. 2018, proposition 1: for ReLU networks LRP-0 is gradient x input."""
    keras_network = make_tiny(seed=6, bias=False, **FORMS[form]).to_keras().at("float64")
    pictures, targets = random_pictures(2, seed=1), np.array([1, 1])
    gradient = keras_network.to_input_units(keras_network.gradient(pictures, targets))
    expected = gradient * keras_network.network_input(pictures)
    if keras_network.preprocessing.reverse_channels:
        expected = expected[..., ::-1]
    result = explained("lrp-epsilon", keras_network, pictures, epsilon=0)
    np.testing.assert_allclose(result["attribution"], expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_allclose(result["input_relevance"], result["output"], rtol=1e-9)


@pytest.mark.usefixtures("uncompiled")
def test_a_logit_that_is_zero_gives_zeros() -> None:
    keras_network = make_tiny().to_keras()
    for layer in keras_network.model.layers:
        layer.set_weights([np.zeros_like(values) for values in layer.get_weights()])
    for name in METHODS:
        result = explained(name, keras_network, random_pictures(1))
        assert all(np.isfinite(values).all() for values in result.values())
        assert not result["attribution"].any()


# What it costs, and what it refuses


def test_it_is_one_pass_forward_and_one_back_in_batches_and_compiled_once() -> None:
    keras_network = make_tiny().to_keras(batch_size=2)
    pictures = random_pictures(5)
    seen: list[tuple[int, int]] = []
    keras_network.listeners.append(lambda forward, backward: seen.append((forward, backward)))
    together = explained("lrp-composite", keras_network, pictures)["attribution"]
    assert seen == [(2, 2), (2, 2), (1, 1)]
    compiled = keras_network.traces
    for i in range(5):
        alone = explained("lrp-composite", keras_network, pictures[i : i + 1])["attribution"][0]
        np.testing.assert_allclose(alone, together[i], rtol=1e-4, atol=1e-5 * np.abs(together[i]).max())
    assert keras_network.traces == compiled


def keras_model(*layers: keras.layers.Layer) -> KerasNetwork:
    """Layers in a row on pictures of 4x4."""
    picture = keras.Input((4, 4, 3))
    values = picture
    for layer in layers:
        values = layer(values)
    kinds = {"Conv2D": "convolution", "Dense": "dense"}
    described = tuple(Layer(name=one.name, kind=kinds.get(type(one).__name__, "other"), shape=()) for one in layers)
    weights = Weights("tiny", "0" * 64, "random numbers")
    return KerasNetwork(model=keras.Model(picture, values), weights=weights, layers=described)


def test_a_layer_without_a_rule_is_named() -> None:
    layers = keras.layers
    keras_network = keras_model(
        layers.Conv2D(2, 3), layers.BatchNormalization(name="normalise"), layers.Flatten(), layers.Dense(2)
    )
    with pytest.raises(UnsupportedLayer, match=r"'normalise': there is no rule for BatchNormalization; .*MaxPooling2D"):
        explained("lrp-epsilon", keras_network, random_pictures(1, side=4))


def test_an_activation_without_a_rule_is_named() -> None:
    layers = keras.layers
    keras_network = keras_model(layers.Flatten(), layers.Dense(3, "tanh", name="hidden"), layers.Dense(2))
    with pytest.raises(UnsupportedLayer, match="'hidden': its activation is tanh; relu and linear are supported"):
        explained("lrp-composite", keras_network, random_pictures(1, side=4))


def test_the_box_rule_is_for_pixels() -> None:
    keras_network = make_tiny().to_keras()
    rules = composite_rules(keras_network.layers, 0.1, 0.25)
    with pytest.raises(UnsupportedLayer, match="'conv2' stands on other layers"):
        propagate(keras_network, random_pictures(1), np.array([0]), {**rules, "conv2": ("box", 0)})


@pytest.mark.usefixtures("uncompiled")
def test_layers_that_move_values_are_no_obstacle() -> None:
    layers = keras.layers
    keras_network = keras_model(
        layers.ZeroPadding2D(1),
        layers.Conv2D(4, 3, activation="relu", use_bias=False),
        layers.Permute((3, 1, 2)),
        layers.Reshape((8, 8)),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(3),
    )
    for name in METHODS:
        result = explained(name, keras_network, random_pictures(1, side=4))
        assert result["conservation_error"][0] < 1e-4
        assert result["attribution"].any()


@pytest.mark.vgg16
def test_the_real_networks_logits_are_accounted_for() -> None:
    vgg16 = open_network("compact")
    photo = open_upright(Path(__file__).parent.parent / "content/pictures/dog.jpg")
    pictures = np.repeat(frame(photo).astype(np.float32)[None], 2, axis=0)
    targets = np.array([249, vgg16.logits(pictures[:1]).argmin()])  # the dog, and the class that it is least
    for name in METHODS:
        result = run(methods()[name], vgg16, pictures, targets)
        assert (result["conservation_error"] < 1e-4).all(), name

"""A Keras model behind the network interface: derivatives, units, batches, precisions, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import CAFFE_LIKE, IDENTITY, TORCH_LIKE, Tiny, make_tiny, random_pictures

from netviz.networks import softmax
from netviz.networks.keras_network import CAFFE, TORCH, KerasNetwork, Preprocessing

Array = NDArray[np.floating[Any]]

PICTURES = random_pictures(5, seed=1)
TARGETS = np.array([0, 1, 2, 3, 1])
RULES: Any = ("plain", "guided", "deconvnet")
SHAPES: dict[str, dict[str, Any]] = {
    "full form": {},
    "compact form": {"head": "pooled"},
    "separate ReLUs": {"fused": False, "head": "pooled"},
    "average pooling": {"pooling": "average", "activation": "softplus"},
}


@pytest.fixture(scope="module", params=SHAPES)
def pair(request: pytest.FixtureRequest) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(7, **SHAPES[request.param])
    return tiny, tiny.to_keras()


@pytest.fixture(scope="module")
def network() -> KerasNetwork:
    return make_tiny(7).to_keras()


# Agreement with the literal twin


@pytest.mark.usefixtures("uncompiled")
def test_every_layers_output(pair: tuple[Tiny, KerasNetwork]) -> None:
    tiny, network = pair
    found = network.activations(PICTURES, [layer.name for layer in network.layers])
    for i, picture in enumerate(PICTURES):
        for name, expected in tiny.forward(picture).items():
            np.testing.assert_allclose(found[name][i], expected, atol=1e-5, err_msg=name)
    np.testing.assert_array_equal(network.logits(PICTURES), found["predictions"])


def test_the_declared_layers_are_the_models(pair: tuple[Tiny, KerasNetwork]) -> None:
    _, network = pair
    for layer in network.layers:
        assert network.model.get_layer(layer.name).output.shape[1:] == layer.shape
        assert network.model.get_layer(layer.name).count_params() == layer.parameters


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(("precision", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("rule", RULES)
def test_the_gradient_under_every_relu_rule(
    pair: tuple[Tiny, KerasNetwork], rule: Any, precision: Any, tolerance: float
) -> None:
    tiny, network = pair
    found = network.at(precision).gradient(PICTURES, TARGETS, relu=rule)
    for i, picture in enumerate(PICTURES):
        expected = tiny.gradient(picture, TARGETS[i], rule)
        assert np.abs(found[i] - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.usefixtures("uncompiled")
def test_the_gradient_by_every_layer_that_feeds_the_output(pair: tuple[Tiny, KerasNetwork]) -> None:
    tiny, network = pair
    for layer in network.layers:
        if layer.feeds_output:
            activations, gradients = network.layer_gradient(PICTURES, TARGETS, layer.name)
            for i, picture in enumerate(PICTURES):
                np.testing.assert_allclose(activations[i], tiny.forward(picture)[layer.name], atol=1e-5)
                expected = tiny.backward(picture, TARGETS[i])[layer.name]
                np.testing.assert_allclose(gradients[i], expected, atol=1e-5, err_msg=layer.name)


@pytest.mark.usefixtures("uncompiled")
def test_the_gradient_in_float64_is_the_slope_that_central_differences_measure(network: KerasNetwork) -> None:
    exact = network.at("float64")
    picture, step = PICTURES[:1].astype(np.float64), 1e-5
    for output in ("logit", "probability"):
        gradient = exact.gradient(picture, TARGETS[:1], output=output)  # type: ignore[arg-type]
        direction = np.random.default_rng(2).standard_normal(picture.shape)

        def value(pictures: Array, output: str = output) -> float:
            logits = exact.logits(pictures)
            return float((logits if output == "logit" else softmax(logits))[0, TARGETS[0]])

        measured = (value(picture + step * direction) - value(picture - step * direction)) / (2 * step)
        assert (gradient * direction).sum() == pytest.approx(measured, rel=1e-6)


# Compiled


def answers(network: KerasNetwork) -> dict[str, Array]:
    """What a network answers to every kind of question."""
    activation, by_activation = network.layer_gradient(PICTURES, TARGETS, "conv3")
    return {
        "logits": network.logits(PICTURES),
        **network.activations(PICTURES, ["conv1", "pool1"]),
        **{rule: network.gradient(PICTURES, TARGETS, relu=rule) for rule in RULES},
        "probability": network.gradient(PICTURES, TARGETS, output="probability"),
        "activation": activation,
        "by activation": by_activation,
    }


@pytest.mark.slow
@pytest.mark.parametrize("form", ["full form", "compact form"])
def test_what_is_compiled_answers_as_it_is_written(form: str, request: pytest.FixtureRequest) -> None:
    """Most other tests ask what is not compiled, which is sooner done."""
    network = make_tiny(7, **SHAPES[form]).to_keras()
    compiled = answers(network)
    assert network.traces == len(compiled) - 2  # two layers by one question, and twice an activation's gradient
    request.getfixturevalue("uncompiled")
    for name, expected in answers(network).items():
        np.testing.assert_allclose(compiled[name], expected, atol=1e-6 * np.abs(expected).max(), err_msg=name)


# Units


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("preprocessing", [IDENTITY, TORCH_LIKE, CAFFE_LIKE, TORCH, CAFFE])
def test_gradients_turn_from_rgb_steps_into_the_networks_own_units(preprocessing: Preprocessing) -> None:
    """Whatever the preprocessing, the derivative by the network's own input is that of the twin's first layer."""
    tiny = make_tiny(3, preprocessing=preprocessing)
    network = tiny.to_keras()
    pictures = PICTURES / 100  # small, so that no preprocessing blows up the scores
    own = network.to_input_units(network.gradient(pictures, TARGETS))
    for i, picture in enumerate(pictures):
        np.testing.assert_allclose(own[i], tiny.backward(picture, TARGETS[i])["input"], atol=2e-5)
        np.testing.assert_allclose(network.network_input(pictures)[i], tiny.forward(picture)["input"], atol=2e-5)


def test_the_mean_colour_is_what_the_network_sees_as_zero() -> None:
    for preprocessing in (TORCH, CAFFE, TORCH_LIKE):
        network = make_tiny(3, preprocessing=preprocessing).to_keras()
        picture = np.broadcast_to(network.mean_colour, (1, 8, 8, 3))
        np.testing.assert_allclose(network.network_input(picture), 0, atol=1e-5)


def test_the_two_preprocessings_are_the_published_ones() -> None:
    orange = np.array([[255.0, 128, 0]])
    np.testing.assert_allclose(
        TORCH(orange)[0], [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, -0.406 / 0.225], rtol=1e-12
    )
    np.testing.assert_allclose(CAFFE(orange)[0], [0 - 103.939, 128 - 116.779, 255 - 123.68], rtol=1e-12)  # BGR


# Batches, traces, listeners


@pytest.mark.usefixtures("uncompiled")
def test_a_batch_larger_than_the_pieces_equals_the_pieces() -> None:
    tiny = make_tiny(7)
    pieces, whole = tiny.to_keras(batch_size=2), tiny.to_keras(batch_size=64)
    np.testing.assert_allclose(pieces.logits(PICTURES), whole.logits(PICTURES), atol=1e-5)
    np.testing.assert_allclose(pieces.gradient(PICTURES, TARGETS), whole.gradient(PICTURES, TARGETS), atol=1e-6)


def test_no_batch_size_makes_tensorflow_trace_again() -> None:
    network = make_tiny(7).to_keras(batch_size=4)
    for count in (1, 2, 3, 4, 5, 1):
        pictures, targets = PICTURES[:count], TARGETS[:count]
        network.logits(pictures)
        network.activations(pictures, ["conv1", "pool1"])
        network.layer_gradient(pictures, targets, "conv3")
        for rule in RULES:
            network.gradient(pictures.astype(np.float64), targets.astype(np.int32), relu=rule)
    assert network.traces == 6


def test_a_rest_that_is_almost_a_full_batch_goes_through_as_one() -> None:
    """Where full batches are quicker, 14 pictures are two of them; 12 are one and four, 7 are no rest of any."""
    expected, network = make_tiny(7).to_keras(), make_tiny(7).to_keras()
    network._full_are_quicker = True
    heard: list[tuple[int, int]] = []
    network.listeners.append(lambda forward, backward: heard.append((forward, backward)))
    pictures, targets = random_pictures(14, seed=2), np.arange(14) % 4
    np.testing.assert_allclose(network.gradient(pictures, targets), expected.gradient(pictures, targets), atol=1e-6)
    assert heard == [(8, 8), (6, 6)] and network.traces == 1
    for count in (12, 7):
        found = network.gradient(pictures[:count], targets[:count])
        np.testing.assert_allclose(found, expected.gradient(pictures[:count], targets[:count]), atol=1e-6)
    assert network.traces == 2


@pytest.mark.usefixtures("uncompiled")
def test_listeners_hear_of_every_picture_that_passes() -> None:
    network = make_tiny(7).to_keras(batch_size=2)
    heard: list[tuple[int, int]] = []
    network.listeners.append(lambda forward, backward: heard.append((forward, backward)))
    network.logits(PICTURES)
    assert heard == [(2, 0), (2, 0), (1, 0)]
    heard.clear()
    network.gradient(PICTURES[:3], TARGETS[:3])
    assert heard == [(2, 2), (1, 1)]
    heard.clear()
    network.at("float64").layer_gradient(PICTURES[:2], TARGETS[:2], "conv1")
    assert heard == [(1, 1), (1, 1)]  # values are twice as long, so half as many go through together


def test_other_weights_count_under_every_rule_that_was_asked_before() -> None:
    """Each rule's network has the very weights, and none of its own."""
    network, other = make_tiny(7).to_keras(), make_tiny(8)
    for rule in RULES:
        network.gradient(PICTURES, TARGETS, relu=rule)
    other.fill(network)
    fresh = other.to_keras()
    for rule in RULES:
        expected = fresh.gradient(PICTURES, TARGETS, relu=rule)
        np.testing.assert_array_equal(network.gradient(PICTURES, TARGETS, relu=rule), expected)


# What stays as it was


def test_the_same_question_gets_the_same_bytes(network: KerasNetwork) -> None:
    for rule in RULES:
        first, again = (network.gradient(PICTURES, TARGETS, relu=rule) for _ in range(2))
        assert first.tobytes() == again.tobytes()


@pytest.mark.usefixtures("uncompiled")
def test_relu_rules_and_precisions_leave_the_network_alone() -> None:
    network = make_tiny(7).to_keras()
    weights = [array.copy() for array in network.model.get_weights()]
    pictures = PICTURES.copy()
    before = network.gradient(pictures, TARGETS)
    for rule in RULES:
        network.gradient(pictures, TARGETS, relu=rule)
        network.at("float64").gradient(pictures, TARGETS, relu=rule)
    network.at("bfloat16").logits(pictures)
    assert all((a == b).all() for a, b in zip(weights, network.model.get_weights(), strict=True))
    assert network.gradient(pictures, TARGETS).tobytes() == before.tobytes()
    assert (pictures == PICTURES).all()


@pytest.mark.usefixtures("uncompiled")
def test_precisions(network: KerasNetwork) -> None:
    assert network.at("float32") is network
    assert network.at("float64") is network.at("float64")
    assert network.at("float64").at("float32") is network
    answers: dict[Any, Array] = {name: network.at(name).logits(PICTURES) for name in ("float32", "float64", "bfloat16")}
    assert [answers[name].dtype for name in answers] == [np.float32, np.float64, np.float32]
    exact = np.array([make_tiny(7).logits(picture) for picture in PICTURES])
    errors = {name: float(np.abs(answer - exact).max()) for name, answer in answers.items()}
    assert errors["float64"] < 1e-12 < errors["float32"] < 1e-5 < errors["bfloat16"] < 0.2


# Softmax


def test_softmax_of_scores_too_great_for_exponentials() -> None:
    np.testing.assert_allclose(
        softmax(np.array([[1000.0, 999.0], [-1000.0, -1000.0]]))[:, 0], [1 / (1 + np.exp(-1)), 0.5]
    )


@pytest.mark.usefixtures("uncompiled")
def test_the_probabilitys_gradient_stays_finite_where_the_softmax_saturates() -> None:
    tiny = make_tiny(7)
    tiny.parts["predictions"][0].bias = np.array([0, 2000.0, 0, -2000])  # type: ignore[attr-defined]
    gradient = tiny.to_keras().gradient(PICTURES, TARGETS, output="probability")
    assert np.isfinite(gradient).all() and not gradient.any()

"""The network as a graph: what a runtime that knows no derivatives makes of it is what Keras' network answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from tiny import CAFFE_LIKE, Array, Tiny, make_tiny, random_pictures

from netviz.methods.correlations import correlations, rank_correlations
from netviz.networks import open_network, softmax
from netviz.networks.graph import onnx_graph
from netviz.networks.graph.kernels import compactly, in_eight_bits
from netviz.networks.graph.layers import CannotWrite
from netviz.networks.keras_network import KerasNetwork, keras
from netviz.networks.weights import Weights
from netviz.options import Options
from netviz.pipeline import read

TARGETS = np.array([0, 2, 1])
NO_TARGETS = np.zeros(0, np.int64)


def run(content: bytes, pictures: Array, targets: Any = NO_TARGETS, guided: bool = False) -> dict[str, Array]:
    """Every output by its name."""
    session = opened(content)
    return ask(session, [output.name for output in session.get_outputs()], pictures, targets, guided)


def opened(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def ask(
    session: onnxruntime.InferenceSession,
    names: Sequence[str],
    pictures: Array,
    targets: Any = NO_TARGETS,
    guided: bool = False,
) -> dict[str, Array]:
    """The outputs that are named."""
    inputs = {"picture": pictures, "target": targets, "guided": np.array(guided)}
    return dict(zip(names, session.run(names, inputs), strict=True))


def as_keras_has_them(answers: Mapping[str, Array]) -> dict[str, Array]:
    """Maps with their channels last."""
    own = {"gradient"}
    return {
        name: np.moveaxis(values, 1, -1) if values.ndim == 4 and name not in own else values
        for name, values in answers.items()
    }


def by_hand(tiny: Tiny, pictures: Array, targets: Any, relu_rule: Any) -> dict[str, Array]:
    """What every output should be, from the loops of `tiny`."""
    forward = [tiny.forward(picture) for picture in pictures]
    backward = [tiny.backward(*pair, relu_rule) for pair in zip(pictures, targets, strict=True)]
    spatial = [layer.name for layer in tiny.to_keras().layers if layer.is_spatial and layer.feeds_output]
    return {
        **{name: np.stack([one[name] for one in forward]) for name in forward[0]},
        "logits": np.stack([one[tiny.logits_layer] for one in forward]),
        "gradient": np.stack([one["picture"] for one in backward]),
        **{f"gradient:{name}": np.stack([one[name] for one in backward]) for name in spatial if name != "input"},
    }


@pytest.mark.parametrize("relu_rule", ["plain", "guided"])
@pytest.mark.parametrize(
    "network",
    [{}, {"head": "pooled"}, {"fused": False}, {"pooling": "average"}, {"preprocessing": CAFFE_LIKE}, {"bias": False}],
    ids=lambda settings: " ".join(settings) or "plain",
)
def test_every_output_is_what_loops_over_the_same_weights_give(network: dict[str, Any], relu_rule: str) -> None:
    tiny, pictures = make_tiny(3, **network), random_pictures(3)
    answers = as_keras_has_them(run(onnx_graph(tiny.to_keras()), pictures, TARGETS, relu_rule == "guided"))
    expected = by_hand(tiny, pictures, TARGETS, relu_rule)
    assert answers.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(answers[name], values, rtol=1e-4, atol=1e-5 * np.abs(values).max(), err_msg=name)


def test_of_equal_values_that_are_pooled_the_first_gets_the_derivative() -> None:
    tiny = make_tiny(1)
    plain = np.full((1, 8, 8, 3), 255, np.float32)  # away from the edges all values of a map are equal
    network = tiny.to_keras()
    answers = run(onnx_graph(network), plain, TARGETS[:1])
    np.testing.assert_allclose(answers["gradient"], network.gradient(plain, TARGETS[:1]), rtol=1e-4, atol=1e-7)


def test_without_a_target_no_derivative_is_computed_and_all_else_is_the_same() -> None:
    content, pictures = onnx_graph(make_tiny(3).to_keras()), random_pictures(2)
    asked, unasked = run(content, pictures, TARGETS[:2]), run(content, pictures)
    for name, values in unasked.items():
        if name.startswith("gradient"):
            assert values.size == 0
        else:
            np.testing.assert_array_equal(values, asked[name], err_msg=name)


@pytest.mark.parametrize("store_kernel", [{}, {"store_kernel": compactly}], ids=["in full", "compactly"])
def test_the_same_network_gives_the_same_bytes(store_kernel: dict[str, Any]) -> None:
    first, second = (onnx_graph(make_tiny(3).to_keras(), **store_kernel) for _ in range(2))
    assert first == second
    onnx.checker.check_model(onnx.load_from_string(first), full_check=True)


def test_eight_bits_are_wrong_by_half_a_step_of_each_block_at_most() -> None:
    kernel = np.random.default_rng(0).standard_normal((3, 40, 2, 2)).astype(np.float32)
    kernel[:, :16] *= 100  # a block of its own, whose steps are no other's
    kernel[0, 32:] = 0
    numbers, scales = in_eight_bits(kernel, 16)
    assert numbers.shape == kernel.shape and scales.shape == (3, 3, 2, 2)
    steps = np.repeat(scales.astype(np.float32), 16, axis=1)[:, :40]
    assert (np.abs(numbers * steps - kernel) <= 0.52 * steps).all()  # the scale itself is rounded
    assert not numbers[0, 32:].any()


def test_a_large_kernel_takes_less_than_half_the_room_and_gives_nearly_the_same() -> None:
    random = np.random.default_rng(0)
    network = network_of(keras.layers.Flatten(), keras.layers.Dense(300))
    network.model.layers[-1].set_weights([random.standard_normal((192, 300)), random.standard_normal(300)])
    full, compact = onnx_graph(network), onnx_graph(network, compactly)
    assert len(compact) < len(full) / 2
    pictures = random_pictures(2)
    exact, close = (run(content, pictures, np.array([7, 299])) for content in (full, compact))
    assert correlations(exact["logits"], close["logits"]).min() > 0.9999
    assert correlations(exact["gradient"].reshape(2, -1), close["gradient"].reshape(2, -1)).min() > 0.9999


def network_of(*layers: Any) -> KerasNetwork:
    """Layers one after the other, for pictures of eight by eight."""
    values = pictures = keras.Input((8, 8, 3))
    for layer in layers:
        values = layer(values)
    return KerasNetwork(
        model=keras.Model(pictures, values), weights=Weights("tiny", "0" * 64, "random numbers"), layers=()
    )


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.BatchNormalization(name="odd"),
        keras.layers.Conv2D(2, 3, strides=2, name="odd"),
        keras.layers.Conv2D(2, 2, padding="same", name="odd"),
        keras.layers.Conv2D(2, 3, use_bias=False, name="odd"),
        keras.layers.Conv2D(2, 3, activation="tanh", name="odd"),
        keras.layers.MaxPooling2D(3, name="odd"),  # of eight rows two would be left over
        keras.layers.MaxPooling2D(2, strides=1, name="odd"),
        keras.layers.ReLU(max_value=6, name="odd"),
        keras.layers.Activation("tanh", name="odd"),
        keras.layers.Conv2D(2, 3, name="gradient"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_what_cannot_be_written_is_refused_by_its_name(layer: Any) -> None:
    network = network_of(layer, keras.layers.Flatten(), keras.layers.Dense(2))
    with pytest.raises(CannotWrite, match=f"'{layer.name}'"):
        onnx_graph(network)


@pytest.fixture(scope="module")
def photos() -> dict[str, Any]:
    """The sample photos as VGG16 sees them, their likeliest classes, and what Keras' network says of both."""
    network = open_network()
    course = read(Options())
    pictures = np.stack([one.framed(224) for one in course.pictures.values()]).astype(np.float32)
    logits = network.logits(pictures)
    targets = logits.argmax(axis=1)
    maps, weights = network.layer_gradient(pictures, targets, "block5_conv3")
    return {
        "network": network,
        "pictures": pictures,
        "targets": targets,
        "logits": logits,
        "gradient": network.gradient(pictures, targets),
        "cam": grad_cam(maps, weights),
    }


def grad_cam(maps: Array, derivatives: Array) -> Array:
    """Each photo's map as a row."""
    return in_rows(np.maximum((maps * derivatives.mean(axis=(1, 2), keepdims=True)).sum(axis=-1), 0))


def in_rows(values: Array) -> Array:
    """A row for each photo."""
    return values.reshape(len(values), -1)


def each(content: bytes, photos: Mapping[str, Any]) -> dict[str, Array]:
    """The photos' answers one by one, which takes less memory, together."""
    pairs = zip(photos["pictures"], photos["targets"], strict=True)
    session, wanted = opened(content), ("logits", "gradient", "block5_conv3", "gradient:block5_conv3")
    answers = [as_keras_has_them(ask(session, wanted, picture[None], target[None])) for picture, target in pairs]
    return {name: np.concatenate([one[name] for one in answers]) for name in wanted}


@pytest.mark.vgg16
def test_in_full_the_graph_is_vgg16(photos: Mapping[str, Any]) -> None:
    """Closer than two float32 computations of TensorFlow's can be, where a unit's sum is zero but for rounding."""
    network, some = photos["network"], {name: photos[name][:3] for name in ("pictures", "targets", "logits")}
    answers = each(onnx_graph(network), some)
    np.testing.assert_allclose(answers["logits"], some["logits"], atol=1e-3)
    exact = network.at("float64").gradient(some["pictures"], some["targets"])
    distance = np.linalg.norm(in_rows(answers["gradient"] - exact), axis=1)
    assert (distance / np.linalg.norm(in_rows(exact), axis=1)).max() < 5e-3


@pytest.mark.vgg16
def test_compactly_vgg16_still_sees_the_same_in_the_same_places(photos: Mapping[str, Any]) -> None:
    content = onnx_graph(photos["network"], compactly)
    assert len(content) <= 22e6
    answers = each(content, photos)
    np.testing.assert_array_equal(answers["logits"].argmax(axis=1), photos["targets"])
    np.testing.assert_allclose(softmax(answers["logits"]), softmax(photos["logits"]), atol=0.02)
    gradients = map(in_rows, (answers["gradient"], photos["gradient"]))
    assert correlations(*gradients).min() >= 0.95
    cam = grad_cam(answers["block5_conv3"], answers["gradient:block5_conv3"])
    assert rank_correlations(cam, photos["cam"]).min() >= 0.98

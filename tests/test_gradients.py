"""The gradient methods against slow, literal twins written from their papers, and against their axioms."""

from __future__ import annotations

import copy
import dataclasses
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import Tiny, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.baselines import baseline_pictures
from netviz.methods.gradients import CHUNK
from netviz.networks import Network, open_network
from netviz.networks.convolutions import BATCH
from netviz.networks.keras_network import KerasNetwork

Array = NDArray[np.floating[Any]]

NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))
PICTURES = random_pictures(2, seed=5)
TARGETS = np.array([2, 0])
few_networks = settings(max_examples=8, deadline=None, derandomize=True)
seeds = given(seed=st.integers(0, 10_000))


def explain(method: str, network: Network, pictures: Array = PICTURES, targets: Any = TARGETS, **chosen: Any) -> Any:
    return run(methods()[method], network, pictures, targets, chosen)


def distance(found: Array, expected: Array) -> float:
    """Greatest difference as a share of the greatest value expected."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


# Twins: one picture, one target, loops


Gradient = Callable[[Array], Array]


def smoothgrad_twin(gradient: Gradient, picture: Array, samples: int, noise: float, seed: int) -> Array:
    """Every noisy copy's gradient: (samples, height, width, 3)."""
    random = np.random.default_rng(seed)
    deviation = noise * (picture.max() - picture.min())
    return np.array([gradient(picture + deviation * random.standard_normal(picture.shape)) for _ in range(samples)])


def integrated_gradients_twin(gradient: Gradient, picture: Array, baseline: Array, steps: int) -> Array:
    """The paper's equation 3, each step with the mean of the gradients at its two ends."""
    total = np.zeros(picture.shape)
    for k in range(steps):
        for end in (k, k + 1):
            total += gradient(baseline + end / steps * (picture - baseline)) / 2
    return (picture - baseline) * total / steps


TWIN_SETTINGS: dict[str, dict[str, Any]] = {
    "smoothgrad": {"samples": 37, "noise": 0.2, "seed": 3},  # more than fit into one chunk
    "smoothgrad-squared": {"samples": 5, "seed": 3},
    "vargrad": {"samples": 37, "seed": 3},
    "integrated-gradients": {"steps": 10, "max_steps": 10},  # more of them: tests/test_paths.py
}
TWINS: dict[str, Callable[[Tiny, Array, int, str], Array]] = {
    "gradient": lambda tiny, x, c, output: tiny.gradient(x, c, output=output),
    "gradient-x-input": lambda tiny, x, c, output: (x - tiny.preprocessing.mean) * tiny.gradient(x, c, output=output),
    "smoothgrad": lambda tiny, x, c, output: smoothgrad_twin(
        lambda y: tiny.gradient(y, c, output=output), x, 37, 0.2, 3
    ).mean(axis=0),
    "smoothgrad-squared": lambda tiny, x, c, output: (
        smoothgrad_twin(lambda y: tiny.gradient(y, c, output=output), x, 5, 0.15, 3) ** 2
    ).mean(axis=0),
    "vargrad": lambda tiny, x, c, output: smoothgrad_twin(
        lambda y: tiny.gradient(y, c, output=output), x, 37, 0.15, 3
    ).var(axis=0),
    "integrated-gradients": lambda tiny, x, c, output: integrated_gradients_twin(
        lambda y: tiny.gradient(y, c, output=output), x, np.zeros(x.shape), 10
    ),
    "guided-backprop": lambda tiny, x, c, output: tiny.gradient(x, c, "guided", output),
    "deconvnet": lambda tiny, x, c, output: tiny.gradient(x, c, "deconvnet", output),
}

NETWORKS = {
    "full form": {"seed": 11},
    "compact form": {"seed": 12, "head": "pooled"},
    "separate ReLUs": {"seed": 13, "fused": False},
}


@cache
def network_pair(name: str) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(**NETWORKS[name])
    return tiny, tiny.to_keras(batch_size=CHUNK)


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        *((name, "float32") for name in NETWORKS),
        pytest.param("separate ReLUs", "float64", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("method", TWINS)
def test_agrees_with_its_twin(method: str, name: str, precision: Any) -> None:
    tiny, network = network_pair(name)
    found = explain(method, network.at(precision), **TWIN_SETTINGS.get(method, {}))["attribution"]
    for picture, target, attribution in zip(PICTURES, TARGETS, found, strict=True):
        expected = TWINS[method](tiny, picture.astype(np.float64), int(target), "logit")
        assert distance(attribution, expected) < 1e-5


@pytest.mark.parametrize("method", ["gradient", "gradient-x-input"])
def test_the_probability_agrees_with_its_twin(method: str) -> None:
    tiny, network = network_pair("compact form")
    found = explain(method, network, output="probability")["attribution"]
    for picture, target, attribution in zip(PICTURES, TARGETS, found, strict=True):
        assert distance(attribution, TWINS[method](tiny, picture, int(target), "probability")) < 1e-5


def test_guided_backprop_of_a_probability_sends_the_softmax_derivative_back_through_the_rule() -> None:
    """The rule is not linear, so the probability's map isn't a sum of the logits' maps."""
    tiny, network = network_pair("full form")
    picture, target = PICTURES[0], int(TARGETS[0])
    exponentials = np.exp(tiny.logits(picture))
    probabilities = exponentials / exponentials.sum()
    slopes = probabilities[target] * ((np.arange(len(probabilities)) == target) - probabilities)
    mixed = copy.deepcopy(tiny)  # one more class, whose logit has the softmax's slopes as weights
    mixed.parts["predictions"][0].kernel = (tiny.parts["predictions"][0].kernel @ slopes)[:, None]
    mixed.parts["predictions"][0].bias = np.zeros(1)
    found = explain("guided-backprop", network, PICTURES[:1], TARGETS[:1], output="probability")["attribution"][0]
    assert distance(found, mixed.gradient(picture, 0, "guided")) < 1e-5


# The numbers that come with the maps


def test_gradient_says_its_length_and_greatest_value() -> None:
    result = explain("gradient", network_pair("full form")[1])
    for i in range(2):
        assert result["norm"][i] == pytest.approx(np.sqrt((result["attribution"][i].astype(np.float64) ** 2).sum()))
        assert result["largest"][i] == np.abs(result["attribution"][i]).max()


def test_the_noise_is_a_share_of_the_pictures_own_range() -> None:
    pictures = np.stack([PICTURES[0], 100 + PICTURES[0] / 10])
    deviation = explain("smoothgrad", network_pair("full form")[1], pictures, samples=1, noise=0.2)["deviation"]
    np.testing.assert_allclose(deviation, 0.2 * np.ptp(pictures.reshape(2, -1), axis=1))


def test_vargrad_and_smoothgrad_squared_and_smoothgrad_share_their_noise() -> None:
    network = network_pair("full form")[1].at("float64")
    mean, squared, variance = (
        explain(method, network, samples=9, seed=4)["attribution"]
        for method in ("smoothgrad", "smoothgrad-squared", "vargrad")
    )
    np.testing.assert_allclose(squared - mean**2, variance, atol=1e-9 * squared.max())


# Baselines


def test_the_plain_baselines() -> None:
    network = network_pair("full form")[1]
    for baseline, colour in (("black", 0), ("white", 255), ("mean", (124, 116, 104))):
        assert (baseline_pictures(network, PICTURES, baseline) == np.array(colour)).all()


def test_the_blurred_baseline_is_a_gaussian_mean_with_the_border_repeated() -> None:
    blurred = baseline_pictures(network_pair("full form")[1], PICTURES, "blurred", blur=0.1)
    deviation = 0.1 * 8
    reach = int(4 * deviation + 0.5)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(offsets**2) / (2 * deviation**2))
    weights /= weights.sum()
    for row in range(8):
        for column in range(8):
            expected = np.zeros(3)
            for down, by_row in zip(offsets, weights, strict=True):
                for right, by_column in zip(offsets, weights, strict=True):
                    near = PICTURES[0, np.clip(row + down, 0, 7), np.clip(column + right, 0, 7)]
                    expected += by_row * by_column * near
            np.testing.assert_allclose(blurred[0, row, column], expected, rtol=1e-5)


def test_the_noise_baseline_repeats_and_differs_by_seed() -> None:
    network = network_pair("full form")[1]
    first, again, other = (baseline_pictures(network, PICTURES, "noise", seed=seed) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
    assert (first[0] == first[1]).all()  # whatever the batch
    assert first.min() >= 0 and first.max() <= 255 and np.ptp(first) > 200


# Axioms (Sundararajan et al. 2017), on random networks


@cache
def shell(**shape: Any) -> KerasNetwork:
    """A float64 network to be filled with other weights for each example."""
    return make_tiny(**shape).to_keras(batch_size=CHUNK).at("float64")


def random_network(seed: int, **shape: Any) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(seed, **shape)
    tiny.fill(shell(**shape))
    return tiny, shell(**shape)


def completeness_error(result: Any) -> float:
    """|sum - (f(x) - f(x'))|, measured against the greater of that change and the sum of all sizes."""
    change = np.abs(result["score"] - result["baseline_score"])
    sizes = np.abs(result["attribution"]).sum(axis=(1, 2, 3))
    largest = np.maximum(change, sizes)  # 0 where all units are off: then delta must be 0 as well
    return float((np.abs(result["delta"]) / np.where(largest, largest, 1)).max())


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["softplus", "tanh"])
@seeds
@few_networks
def test_completeness_is_exact_on_smooth_networks(activation: str, seed: int) -> None:
    _, network = random_network(seed, activation=activation, pooling="average")
    coarse, fine = (
        completeness_error(explain("integrated-gradients", network, steps=steps, max_steps=steps))
        for steps in (64, 256)
    )
    assert fine < 1e-4 and fine < coarse / 10  # 16 times as exact, where rounding does not end it


@seeds
@few_networks
def test_completeness_is_exact_without_biases_from_the_mean_colour(seed: int) -> None:
    """Such a network is linear along every ray from its zero, the mean colour: all but the first step is exact."""
    _, network = random_network(seed, bias=False)
    result = explain("integrated-gradients", network, baseline="mean", rank_tolerance=1, tolerance=1e-6)
    assert completeness_error(result) < 1e-6
    product = explain("gradient-x-input", network)
    scale = np.abs(product["attribution"]).max()
    np.testing.assert_allclose(product["attribution"], result["attribution"], atol=1e-6 * scale)
    np.testing.assert_allclose(product["sum"], result["score"], rtol=1e-6, atol=1e-9)


@pytest.mark.slow
def test_with_biases_the_median_error_falls_as_the_steps_grow() -> None:
    def median_error(steps: int) -> float:
        return float(np.median([completeness_error(result) for result in results(steps)]))

    def results(steps: int) -> Iterator[Any]:
        for seed in range(24):
            _, network = random_network(seed)
            yield explain("integrated-gradients", network, steps=steps, max_steps=steps)

    errors = [median_error(steps) for steps in (4, 16, 64, 256)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 10


@seeds
@few_networks
def test_sensitivity_one_value_that_differs_gets_the_whole_change(seed: int) -> None:
    _, network = random_network(seed, activation="softplus", pooling="average")
    picture = np.broadcast_to(network.mean_colour, (1, 8, 8, 3)).copy()
    picture[0, 3, 4, 1] += 100
    chosen = {"steps": 256, "max_steps": 256, "baseline": "mean"}
    result = explain("integrated-gradients", network, picture, TARGETS[:1], **chosen)
    change = float((result["score"] - result["baseline_score"])[0])
    others = result["attribution"].copy()
    others[0, 3, 4, 1] = 0
    assert change != 0 and not others.any()
    assert result["attribution"][0, 3, 4, 1] == pytest.approx(change, rel=1e-4)


LINEAR = ("gradient", "gradient-x-input", "smoothgrad", "integrated-gradients")
QUICK: dict[str, dict[str, Any]] = {
    "smoothgrad": {"samples": 4},
    "smoothgrad-squared": {"samples": 4},
    "vargrad": {"samples": 4},
    "integrated-gradients": {"steps": 8, "max_steps": 8},
}


@seeds
@few_networks
def test_linearity_of_a_score_that_is_a_sum_of_scores(seed: int) -> None:
    """Class 0 of the second network scores 2 f_1 - 3 f_2 of the first."""
    tiny, network = random_network(seed)
    first, second = np.array([1, 1]), np.array([2, 2])
    parts = {
        method: [explain(method, network, targets=c, **QUICK.get(method, {}))["attribution"] for c in (first, second)]
        for method in LINEAR
    }
    mixed = copy.deepcopy(tiny)
    predictions = mixed.parts["predictions"][0]
    for weights in (predictions.kernel, predictions.bias):
        weights[..., 0] = 2 * weights[..., 1] - 3 * weights[..., 2]
    mixed.fill(network)
    for method, (one, other) in parts.items():
        found = explain(method, network, targets=np.array([0, 0]), **QUICK.get(method, {}))["attribution"]
        np.testing.assert_allclose(found, 2 * one - 3 * other, atol=1e-5 * np.abs(one).max(), err_msg=method)


@seeds
@few_networks
def test_implementation_invariance_the_channels_order_does_not_matter(seed: int) -> None:
    tiny, network = random_network(seed)
    order = np.random.default_rng(seed).permutation(4)
    shuffled = copy.deepcopy(tiny)
    first, second = (shuffled.parts[name][0] for name in ("conv1", "conv2"))
    first.kernel, first.bias, second.kernel = first.kernel[..., order], first.bias[order], second.kernel[:, :, order]
    before = {method: explain(method, network, **QUICK.get(method, {}))["attribution"] for method in TWINS}
    shuffled.fill(network)
    for method, expected in before.items():
        found = explain(method, network, **QUICK.get(method, {}))["attribution"]
        np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max(), err_msg=method)


@seeds
@few_networks
def test_dummy_a_colour_that_the_network_never_looks_at_gets_nothing(seed: int) -> None:
    tiny, network = random_network(seed)
    assume(explain("guided-backprop", network)["attribution"][..., 1].any())  # not all units off
    tiny.parts["conv1"][0].kernel[:, :, 1] = 0
    tiny.fill(network)
    for method in TWINS:
        attribution = explain(method, network, **QUICK.get(method, {}))["attribution"]
        assert not attribution[..., 1].any(), method


# The real network


@pytest.fixture(scope="module")
def vgg16() -> KerasNetwork:
    network: Any = open_network("compact")
    return network


@pytest.fixture(scope="module")
def photos() -> Array:
    from netviz.pictures import frame, open_upright

    folder = Path(__file__).parent.parent / "content" / "pictures"
    return np.stack([frame(open_upright(folder / name), 224) for name in ("chelsea.png", "dog.jpg")]).astype(np.float32)


@pytest.mark.vgg16
def test_vgg16_gradients_agree_with_central_differences(vgg16: KerasNetwork, photos: Array) -> None:
    targets = vgg16.logits(photos[1:]).argmax(axis=1)
    result = explain("finite-differences", vgg16, photos[1:], targets, directions=3)
    assert result["error"].max() < 1e-2


@pytest.mark.vgg16
def test_vgg16_gradients_in_float32_agree_with_float64_but_where_a_maximum_is_a_tie(
    vgg16: KerasNetwork, photos: Array
) -> None:
    """Rounding moves the gradient of a max pool where the two greatest of a block agree to seven digits.

    There are a few such blocks in a picture, nearly all in the first two pools. Each shifts the gradient of one
    value by a pixel, and shows within its receptive field; everywhere else the two agree to about 1e-6.
    """
    photo = photos[1:]
    targets = vgg16.logits(photo).argmax(axis=1)
    [exact], [found] = vgg16.at("float64").gradient(photo, targets), vgg16.gradient(photo, targets)
    squares = np.sort(((found - exact) ** 2).sum(axis=-1).ravel())
    length = np.sqrt((exact**2).sum())
    assert np.sqrt(squares.sum()) / length < 1e-2
    assert np.sqrt(squares[: int(0.99 * squares.size)].sum()) / length < 1e-4


@pytest.mark.vgg16
def test_vgg16_gradients_in_float32_agree_with_float64_at_a_photo_without_flat_areas(
    vgg16: KerasNetwork, photos: Array
) -> None:
    """Ties come from equal pixels side by side, which 8 bits a colour make plentiful and light does not.

    A photo with its quantisation undone, up to half a step of seeded noise on every value, is a point where the
    gradient exists; there the two precisions agree.
    """
    photo = photos[:1]
    undone = photo + np.random.default_rng(0).uniform(-0.5, 0.5, photo.shape).astype(np.float32)
    targets = vgg16.logits(photo).argmax(axis=1)
    exact = vgg16.at("float64").gradient(undone, targets)
    assert np.linalg.norm(vgg16.gradient(undone, targets) - exact) < 1e-4 * np.linalg.norm(exact)


@pytest.mark.vgg16
@pytest.mark.skipif(not NIGHTLY, reason="a nightly test: that the filtering is right is shown in test_convolutions.py")
def test_vgg16_says_of_a_full_batch_what_it_says_of_each_picture(vgg16: KerasNetwork, photos: Array) -> None:
    """Full batches go through wide layers by Winograd's filtering, and the scores agree to some millionths.

    So do the gradients of its smooth twin. Those of the network itself differ by thousandths, as those of any two
    ways to add do: where a unit is as good as zero, or two of a block as good as equal, either may be chosen.
    """
    pictures = (photos[1] + 25 * np.random.default_rng(0).standard_normal((BATCH, *photos.shape[1:]))).astype(
        np.float32
    )
    targets = np.full(BATCH, 250)
    _assert_close(vgg16.logits(pictures)[:1], vgg16.logits(pictures[:1]), 1e-5)
    smooth = _smooth(vgg16)
    _assert_close(smooth.gradient(pictures, targets)[:1], smooth.gradient(pictures[:1], targets[:1]), 1e-4)
    _assert_close(vgg16.gradient(pictures, targets)[:1], vgg16.gradient(pictures[:1], targets[:1]), 2e-2)


def _smooth(network: KerasNetwork) -> KerasNetwork:
    """The same weights without kinks: softplus for ReLU, means for maxima."""
    import keras

    def smooth(layer: Any) -> Any:
        settings = layer.get_config()
        if isinstance(layer, keras.layers.MaxPooling2D):
            return keras.layers.AveragePooling2D.from_config(settings)
        return layer.__class__.from_config(
            settings | ({"activation": "softplus"} if settings.get("activation") == "relu" else {})
        )

    twin = keras.models.clone_model(network.model, clone_function=smooth)
    twin.set_weights(network.model.get_weights())
    return dataclasses.replace(network, model=twin)


def _assert_close(found: Array, expected: Array, tolerance: float) -> None:
    assert np.linalg.norm(found - expected) < tolerance * np.linalg.norm(expected)


def test_every_method_of_this_file_is_declared_with_its_paper() -> None:
    declared = {
        name: one for name, one in methods().items() if one.function.__module__.endswith((".gradients", ".paths"))
    }
    assert set(declared) == {*TWINS, "integrated-path"}
    assert all(one.papers and dataclasses.is_dataclass(one.papers[0]) for one in declared.values())

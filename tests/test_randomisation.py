"""Networks that forget, and maps made twice: against literal loops, and where the answer is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.stats import spearmanr
from tiny import IDENTITY, Conv, Dense, Flatten, Tiny, make_tiny, random_pictures

from netviz.methods import Result, methods, run
from netviz.methods.randomisation import stages
from netviz.networks import open_network
from netviz.networks.architecture import vgg16_layers
from netviz.networks.keras_network import KerasNetwork

Floats = NDArray[np.floating[Any]]

PICTURES = random_pictures(2, seed=4)
TARGETS = np.array([2, 0])
AVERAGED = ("smoothgrad", "smoothgrad-squared", "vargrad", "integrated-gradients")  # of several gradients each
OF_ONE_PASS = ("gradient", "gradient-x-input", "guided-backprop", "deconvnet", "lrp-epsilon", "lrp-z-plus")
CASCADE = [["predictions", "hidden"], ["conv3"], ["conv2"], ["conv1"]]
WEIGHTED = [name for stage in CASCADE for name in stage]


def ask(name: str, network: KerasNetwork, **values: Any) -> Result:
    return run(methods()[name], network, PICTURES, TARGETS, values)


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    return make_tiny(seed=5)


@pytest.fixture(scope="module")
def network(tiny: Tiny) -> KerasNetwork:
    return tiny.to_keras()


def weights_of(network: KerasNetwork) -> dict[str, list[Floats]]:
    return {name: network.model.get_layer(name).get_weights() for name in WEIGHTED}


# Forgetting


def test_only_the_named_layers_forget_and_only_in_the_copy(tiny: Tiny, network: KerasNetwork) -> None:
    copy = weights_of(network.randomised(["hidden", "conv2"], seed=1))
    for name, (kernel, bias) in weights_of(network).items():
        np.testing.assert_array_equal(kernel, tiny.parts[name][0].kernel)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(bias, tiny.parts[name][0].bias)  # type: ignore[attr-defined]
        if name in ("hidden", "conv2"):
            assert (copy[name][0] != kernel).all() and (copy[name][1] == 0).all()
        else:
            np.testing.assert_array_equal(copy[name][0], kernel)
            np.testing.assert_array_equal(copy[name][1], bias)


def test_what_is_forgotten_becomes_normal_with_the_same_deviation() -> None:
    random = np.random.default_rng(0)
    dense = Dense(7 + 3 * random.standard_normal((300, 200)), np.ones(200), activation="linear")
    parts = {"flatten": (Flatten(), ("input",)), "predictions": (dense, ("flatten",))}
    wide = Tiny(parts, (10, 10, 3), IDENTITY).to_keras()
    kernel = wide.randomised(["predictions"], seed=2).model.get_layer("predictions").get_weights()[0]
    assert kernel.mean() == pytest.approx(0, abs=0.05)
    assert kernel.std() == pytest.approx(3, rel=0.02)
    assert (np.abs(kernel) < 3).mean() == pytest.approx(0.6827, abs=0.01)


def test_a_layers_new_weights_depend_on_the_seed_and_on_nothing_else(network: KerasNetwork) -> None:
    alone, with_others, other_seed = (
        weights_of(network.randomised(layers, seed))["conv2"][0]
        for layers, seed in ((["conv2"], 1), (["predictions", "conv2", "conv1"], 1), (["conv2"], 2))
    )
    np.testing.assert_array_equal(alone, with_others)
    assert (alone != other_seed).all()


def test_layers_of_the_same_shape_forget_differently(network: KerasNetwork) -> None:
    random = [array for layer in WEIGHTED for array in weights_of(network.randomised([layer], 0))[layer][:1]]
    starts = {float(np.round(kernel.ravel()[0] / kernel.std(), 3)) for kernel in random}
    assert len(starts) == len(WEIGHTED)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("seed", [0, 1])
def test_the_copy_computes_with_its_own_weights(tiny: Tiny, network: KerasNetwork, seed: int) -> None:
    network.gradient(PICTURES, TARGETS, relu="guided")  # so that there is something compiled to go wrong
    network.randomised(WEIGHTED, seed=2).gradient(PICTURES, TARGETS, relu="guided")  # and in the copy, too
    copy = network.randomised(WEIGHTED, seed=seed)
    twin = with_weights(tiny, weights_of(copy))
    for i, picture in enumerate(PICTURES):
        np.testing.assert_allclose(copy.logits(PICTURES)[i], twin.logits(picture), rtol=1e-4, atol=1e-5)
        expected = twin.gradient(picture, TARGETS[i], "guided")
        found = copy.gradient(PICTURES, TARGETS, relu="guided")[i]
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_a_cascade_compiles_once_for_all_of_its_stages(network: KerasNetwork) -> None:
    network.randomised(["predictions"], 0).gradient(PICTURES, TARGETS)
    traces = network.randomised(["predictions"], 0).traces
    network.randomised(WEIGHTED, 1).gradient(PICTURES, TARGETS)
    assert network.randomised(WEIGHTED, 1).traces == traces


def test_a_layer_that_does_not_exist_can_not_forget(network: KerasNetwork) -> None:
    with pytest.raises(ValueError, match="conv9"):
        network.randomised(["conv9"], seed=0)


def with_weights(tiny: Tiny, weights: dict[str, list[Floats]]) -> Tiny:
    parts = dict(tiny.parts)
    for name, (kernel, bias) in weights.items():
        part, sources = parts[name]
        assert isinstance(part, (Conv, Dense))
        parts[name] = replace(part, kernel=kernel.astype(np.float64), bias=bias.astype(np.float64)), sources
    return replace(tiny, parts=parts)


# The cascade


def test_vgg16_forgets_its_head_and_then_block_by_block() -> None:
    blocks = [
        [f"block{block}_conv{number}" for number in range(count, 0, -1)]
        for block, count in ((5, 3), (4, 3), (3, 3), (2, 2), (1, 2))
    ]
    assert stages(vgg16_layers("compact")) == [["predictions", "hidden"], *blocks]
    assert stages(vgg16_layers("imagenet")) == [["predictions", "fc2", "fc1"], *blocks]


@pytest.mark.vgg16
def test_the_gradient_of_vgg16_is_followed_until_all_weights_are_random() -> None:
    vgg16: Any = open_network("compact")
    pictures, targets = random_pictures(1, side=224, seed=1), np.array([281])
    result = run(methods()["cascading-randomisation"], vgg16, pictures, targets, {"seed": 3})
    forgotten = [layer for stage in stages(vgg16.layers) for layer in stage]
    first, last = (abs(one.gradient(pictures, targets)).sum(-1) for one in (vgg16, vgg16.randomised(forgotten, 3)))
    assert result["rank_correlation"].shape == (1, 7) and result["rank_correlation"][0, 0] == pytest.approx(1)
    assert result["final_rank_correlation"][0] == pytest.approx(spearmanr(first.ravel(), last.ravel())[0], abs=1e-4)


def test_a_tiny_network_forgets_layer_by_layer(network: KerasNetwork) -> None:
    assert stages(network.layers) == CASCADE


def literal_similarity(first: Floats, second: Floats) -> float:
    """Structural similarity (Wang et al. 2004): the mean over all 7x7 windows, values from 0 to 1."""
    values = []
    for row in range(first.shape[0] - 6):
        for column in range(first.shape[1] - 6):
            a, b = (one[row : row + 7, column : column + 7].ravel().astype(np.float64) for one in (first, second))
            (var_a, covariance), (_, var_b) = np.cov(a, b)
            luminance = (2 * a.mean() * b.mean() + 0.01**2) / (a.mean() ** 2 + b.mean() ** 2 + 0.01**2)
            values.append(luminance * (2 * covariance + 0.03**2) / (var_a + var_b + 0.03**2))
    return float(np.mean(values))


def test_the_cascade_is_that_of_the_paper(tiny: Tiny, network: KerasNetwork) -> None:
    result = ask("cascading-randomisation", network, seed=3)
    for i, picture in enumerate(PICTURES):
        maps = [tiny.gradient(picture, TARGETS[i])]
        for count in range(1, 5):
            forgotten = [name for stage in CASCADE[:count] for name in stage]
            weights = weights_of(network.randomised(forgotten, 3))
            maps.append(with_weights(tiny, weights).gradient(picture, TARGETS[i]))
        sizes = [np.abs(one).sum(axis=-1) for one in maps]
        shown = [np.minimum(size / np.percentile(size, 99), 1) for size in sizes]
        np.testing.assert_allclose(result["maps"][i], shown, atol=1e-4)
        np.testing.assert_array_equal(result["x"][i], range(5))
        for stage in range(5):
            expected = {
                "rank_correlation": spearmanr(sizes[0].ravel(), sizes[stage].ravel()).statistic,
                "signed_rank_correlation": spearmanr(*(maps[s].sum(axis=-1).ravel() for s in (0, stage))).statistic,
                "similarity": literal_similarity(shown[0], shown[stage]),
            }
            for key, value in expected.items():
                assert result[key][i, stage] == pytest.approx(value, abs=1e-5), (key, stage)
    np.testing.assert_array_equal(result["final_rank_correlation"], result["rank_correlation"][:, -1])
    np.testing.assert_array_equal(result["final_similarity"], result["similarity"][:, -1])
    np.testing.assert_array_equal(result["head_rank_correlation"], result["rank_correlation"][:, 1])
    np.testing.assert_array_equal(result["head_similarity"], result["similarity"][:, 1])


@pytest.mark.parametrize(
    "of_method",
    [
        "grad-cam",
        *(pytest.param(name, marks=pytest.mark.slow) for name in (*AVERAGED, "guided-backprop", "lrp-z-plus")),
    ],
)
def test_any_map_may_be_put_to_the_test(of_method: str, network: KerasNetwork) -> None:
    result = ask("cascading-randomisation", network, of_method=of_method, layer="conv3", samples=3)
    np.testing.assert_allclose(result["rank_correlation"][:, 0], 1)
    np.testing.assert_allclose(result["similarity"][:, 0], 1)
    assert result["maps"].shape[:2] == (2, 5)
    assert (result["maps"] >= 0).all() and (result["maps"] <= 1).all()
    assert (result["signed_rank_correlation"][:, 1:].min(axis=1) < 0.9).all()


@pytest.mark.usefixtures("uncompiled")
def test_at_the_last_stage_nothing_learned_is_left() -> None:
    """Two networks that learned different things end alike: of their weights only the deviations remain, a factor."""
    one, other = (ask("cascading-randomisation", make_tiny(seed=seed).to_keras(), seed=1)["maps"] for seed in (5, 6))
    np.testing.assert_allclose(one[:, -1], other[:, -1], atol=1e-4)
    for stage in range(4):
        assert np.abs(one[:, stage] - other[:, stage]).max() > 0.1


@pytest.mark.usefixtures("uncompiled")
def test_a_map_that_does_not_look_at_the_weights_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    network = make_tiny(seed=5).to_keras()
    monkeypatch.setattr(network, "randomised", lambda layers, seed: network)
    result = ask("cascading-randomisation", network)
    np.testing.assert_allclose(result["rank_correlation"], 1)
    np.testing.assert_allclose(result["similarity"], 1)


def test_the_cascade_knows_which_methods_it_can_test() -> None:
    with pytest.raises(ValidationError, match="grad-cam"):
        methods()["cascading-randomisation"].settings(of_method="predict")


@pytest.mark.parametrize("of_method", [*AVERAGED, *OF_ONE_PASS])
def test_a_class_test_is_of_the_maps_for_two_classes(of_method: str, network: KerasNetwork) -> None:
    result = ask("class-test", network, of_method=of_method, rival=1, samples=3)
    own = {"steps": 3, "max_steps": 3} if of_method == "integrated-gradients" else {"samples": 3}
    own = own if of_method in AVERAGED else {}
    for place, targets in enumerate((TARGETS, np.array([1, 1]))):
        maps = run(methods()[of_method], network, PICTURES, targets, own)["attribution"]
        np.testing.assert_allclose(result["maps"][:, place], maps.sum(axis=-1), rtol=1e-5)
    for one, rival, expected in zip(*result["maps"].swapaxes(0, 1), result["rank_correlation"], strict=True):
        varied = min(np.ptp(one), np.ptp(rival)) > 0  # the correlation with a map that is the same everywhere is 0
        assert (spearmanr(one.ravel(), rival.ravel()).statistic if varied else 0) == pytest.approx(expected)


# Spread


@pytest.mark.parametrize("of_method", ["smoothgrad", "rise", "lime", "kernel-shap"])
def test_spread_over_seeds_is_that_of_maps_made_by_hand(of_method: str, network: KerasNetwork) -> None:
    samples = 120 if of_method == "kernel-shap" else 20  # which needs more than it has superpixels
    result = ask("spread-over-seeds", network, of_method=of_method, seeds=3, samples=samples, seed=5)
    maps = [ask(of_method, network, seed=seed, samples=samples)["attribution"] for seed in (5, 6, 7)]
    for i in range(2):
        rows = [(one[i].sum(axis=-1) if one.ndim == 4 else one[i]).ravel() for one in maps]
        matrix = np.array([[spearmanr(a, b).statistic for b in rows] for a in rows])
        np.testing.assert_allclose(result["maps"][i].reshape(3, -1), rows)
        np.testing.assert_allclose(result["matrix"][i], matrix, atol=1e-9)
        assert result["least"][i] == pytest.approx(matrix.min())
        assert result["mean"][i] == pytest.approx((matrix.sum() - 3) / 6)


def test_more_samples_agree_better(network: KerasNetwork) -> None:
    few, many = (ask("spread-over-seeds", network, samples=samples)["mean"] for samples in (4, 200))
    assert (many > few).all()


def test_spread_over_baselines_on_a_linear_network_is_known() -> None:
    weights = np.random.default_rng(1).standard_normal((8, 8, 3))
    dense = Dense(weights.reshape(-1, 1).repeat(3, axis=1), np.zeros(3), activation="linear")
    parts = {"flatten": (Flatten(), ("input",)), "predictions": (dense, ("flatten",))}
    linear = Tiny(parts, (8, 8, 3), IDENTITY).to_keras()
    result = ask("spread-over-baselines", linear, steps=2, seed=9)
    noise = np.random.default_rng(9).uniform(0, 255, (8, 8, 3))
    for place, baseline in ((0, 0.0), (1, 0.0), (2, 255.0), (4, noise)):  # the mean colour is black here
        expected = ((PICTURES - baseline) * weights).sum(axis=-1)
        np.testing.assert_allclose(result["maps"][:, place], expected, rtol=1e-3, atol=1e-2)
    assert result["matrix"][0, 0, 1] == pytest.approx(1)
    assert (result["largest_error"] < 1e-4).all()
    pairs = result["matrix"][:, *np.triu_indices(5, 1)]
    np.testing.assert_allclose(result["least"], pairs.min(axis=1))
    np.testing.assert_allclose(result["mean"], pairs.mean(axis=1))


@pytest.mark.slow
def test_steps_too_few_for_the_account_are_told(network: KerasNetwork) -> None:
    rough, fine = (ask("spread-over-baselines", network, steps=steps)["largest_error"] for steps in (2, 256))
    assert (fine < rough).all() and (rough > 0.01).all()


# LIME against itself


def test_lime_is_dealt_out_to_runs_that_share_no_sample(network: KerasNetwork) -> None:
    """The first run of each size is LIME itself with as many samples, the whole picture among them."""
    spread = ask("lime-spread", network, samples=96, segments=6, seed=3)
    np.testing.assert_array_equal(spread["x"][0], [12, 24, 48])
    quarter = ask("lime", network, samples=25, segments=6, seed=3)
    np.testing.assert_allclose(spread["maps"][:, 0], quarter["attribution"], rtol=1e-4, atol=1e-6)
    assert (np.diff(spread["maps"], axis=1) != 0).any(axis=(1, 2, 3)).all()


def test_runs_of_lime_agree_on_what_is_linear() -> None:
    """A score that sums the picture's values: whatever the samples, the weights tell the sums of the regions."""
    size = 8 * 8 * 3
    kernel = np.tile(np.arange(size, dtype=float)[:, None], (1, 2))  # so each region weighs more than the last
    tiny = Tiny(
        {"flatten": (Flatten(), ("input",)), "predictions": (Dense(kernel, np.zeros(2)), ("flatten",))},
        (8, 8, 3),
        IDENTITY,
    )
    picture = np.full((1, 8, 8, 3), 100.0)
    spread = run(
        methods()["lime-spread"],
        tiny.to_keras(),
        picture,
        np.array([0]),
        {"samples": 240, "segments": 6, "fill": "black", "kernel_width": 10.0},
    )
    few, _, more = spread["agreement"][0]
    assert more > 0.95 and more >= few
    assert spread["tops"][0, 2] == 1

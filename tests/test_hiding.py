"""Asking by hiding: against the papers written out in loops, the libraries, and models whose weights are known."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest
from formula import formula as formula_of
from game import mean_gains
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import IDENTITY, TORCH_LIKE, Dense, Flatten, Tiny, make_tiny, random_pictures

from netviz.methods import Result, methods, run
from netviz.methods.hiding import mixed_scores, random_masks
from netviz.methods.regions import centres_of_greatest, region_means, superpixels
from netviz.networks import Network

Floats = NDArray[np.floating[Any]]

NAMES = ("occlusion", "rise", "lime", "kernel-shap")
QUICK: dict[str, dict[str, Any]] = {
    "occlusion": {"patch": 3, "stride": 2},
    "rise": {"samples": 40, "cells": 3},
    "lime": {"samples": 60, "segments": 6},
    "kernel-shap": {"samples": 60, "segments": 6},
}
TARGETS = np.array([2, 0])


def ask(name: str, network: Network, pictures: Floats, targets: Any = TARGETS, **settings: Any) -> Result:
    return run(methods()[name], network, pictures, targets, QUICK[name] | settings)


def linear(weights: Floats, bias: float = 0.0) -> Tiny:
    """A network of one class whose logit is sum(weights * picture) + bias; weights (side, side, 3)."""
    dense = Dense(weights.reshape(-1, 1).astype(np.float64), np.array([bias]), activation="linear")
    return Tiny({"flatten": (Flatten(), ("input",)), "predictions": (dense, ("flatten",))}, weights.shape, IDENTITY)


formula = partial(formula_of, mean_colour=(124, 116, 104))


def quarters(side: int = 8) -> Floats:
    """A picture of four plain squares, which SLIC cannot but find: (1, side, side, 3)."""
    colours = np.array([[[255, 0, 0], [0, 0, 255]], [[0, 255, 0], [255, 255, 255]]], np.float32)
    return colours.repeat(side // 2, axis=0).repeat(side // 2, axis=1)[None]


def probability(logits: Floats, target: int) -> float:
    return float(np.exp(logits[target]) / np.exp(logits).sum())


@pytest.fixture(scope="module")
def tiny() -> Tiny:
    return make_tiny(seed=5)


@pytest.fixture(scope="module")
def network(tiny: Tiny) -> Network:
    return tiny.to_keras()


@pytest.fixture(scope="module")
def pictures() -> Floats:
    return random_pictures(2, seed=7)


class TestOcclusion:
    @pytest.mark.parametrize("stride", [1, 3, 5])
    def test_of_a_sum_is_the_mean_of_the_patches_sums(self, stride: int) -> None:
        """For f = 3 sum(x), 5x5 patches and black, each drop is 3 times the sum of what was hidden."""
        picture = random_pictures(1, side=12, seed=1)
        network = linear(np.full((12, 12, 3), 3.0)).to_keras().at("float64")
        result = ask("occlusion", network, picture, [0], patch=5, stride=stride, fill="black")
        starts = range(0, 7 + stride, stride)
        for row in range(12):
            for column in range(12):
                drops = [
                    3 * picture[0, top : top + 5, left : left + 5].sum(dtype=np.float64)
                    for top in starts
                    for left in starts
                    if top <= row < top + 5 and left <= column < left + 5
                ]
                assert result["attribution"][0, row, column] == pytest.approx(np.mean(drops), rel=1e-5)

    @pytest.mark.parametrize("fill", ["mean", "black"])
    @pytest.mark.parametrize("output", ["logit", "probability"])
    def test_is_the_loop_of_the_paper(
        self, tiny: Tiny, network: Network, pictures: Floats, fill: str, output: str
    ) -> None:
        patch, stride = 3, 2
        result = ask("occlusion", network.at("float64"), pictures, fill=fill, output=output)

        def score(picture: Floats, target: int) -> float:
            logits = tiny.logits(picture)
            return float(logits[target]) if output == "logit" else probability(logits, target)

        for picture, target, map_, grid in zip(pictures, TARGETS, result["attribution"], result["drops"], strict=True):
            total, times = np.zeros((8, 8)), np.zeros((8, 8))
            for row in range(4):
                for column in range(4):
                    hidden = picture.copy()
                    window = slice(stride * row, stride * row + patch), slice(stride * column, stride * column + patch)
                    hidden[window] = 0 if fill == "black" else TORCH_LIKE.mean
                    drop = score(picture, target) - score(hidden, target)
                    assert grid[row, column] == pytest.approx(drop, abs=1e-5)
                    total[window] += drop
                    times[window] += 1
            np.testing.assert_allclose(map_, total / times, atol=1e-5)

    def test_covers_every_pixel_whatever_the_stride(self, network: Network, pictures: Floats) -> None:
        for patch in (1, 3, 5, 8, 9):
            for stride in (1, 2, 4, 7, 20):
                result = ask("occlusion", network, pictures, patch=patch, stride=stride)
                assert np.isfinite(result["attribution"]).all()
                step = min(patch, stride)
                assert result["drops"].shape[1] == -(-max(8 - patch, 0) // step) + 1

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(
        st.tuples(st.integers(4, 12), st.integers(4, 12)),
        st.integers(1, 13),
        st.integers(1, 13),
        st.integers(0, 100),
    )
    def test_is_linear_and_blind_to_what_does_not_count(
        self, shape: tuple[int, int], patch: int, stride: int, seed: int
    ) -> None:
        """The map of f + 2g is that of f plus twice that of g; where no patch touches what counts it is zero."""
        random = np.random.default_rng(seed)
        f, g = random.standard_normal((2, *shape, 3))
        g[:, 3:] = 0  # only the first three columns count
        picture = random.uniform(0, 255, (1, *shape, 3)).astype(np.float32)

        def occlude(weights: Floats) -> Floats:
            network = formula(lambda pictures: (pictures * weights).sum(axis=(1, 2, 3)))
            result = ask("occlusion", network, picture, [0], patch=patch, stride=stride)
            attribution: Floats = result["attribution"][0]
            return attribution

        np.testing.assert_allclose(occlude(f + 2 * g), occlude(f) + 2 * occlude(g), atol=1e-8)
        assert not occlude(g)[:, 3 + patch - 1 :].any()

    def test_what_hiding_raises_is_counted_and_whether_the_rivals_fell(
        self, tiny: Tiny, network: Network, pictures: Floats
    ) -> None:
        targets = [1, 3]
        result = ask("occlusion", network, pictures, targets, patch=4, stride=4)
        for i, (picture, target) in enumerate(zip(pictures, targets, strict=True)):
            whole = tiny.logits(picture)
            rivals = [index for index in np.argsort(-whole) if index != target][:5]
            against = fell = 0
            steps = []
            for row in range(0, picture.shape[0], 4):
                for column in range(0, picture.shape[1], 4):
                    hidden = picture.copy()
                    hidden[row : row + 4, column : column + 4] = network.mean_colour
                    after = tiny.logits(hidden)
                    against += after[target] > whole[target]
                    fell += after[target] > whole[target] and after[rivals].mean() < whole[rivals].mean()
                    step = np.abs(hidden - picture).mean(axis=-1)[row : row + 4, column : column + 4]
                    steps.append(np.mean([*step[0], *step[-1], *step[:, 0], *step[:, -1]]))
            assert (result["against"][i], result["rivals_fell"][i]) == (against, fell)
            assert result["edge"][i] == pytest.approx(np.mean(steps), rel=1e-5)

    def test_a_whole_and_its_parts_are_hidden_one_at_a_time(
        self, tiny: Tiny, network: Network, pictures: Floats
    ) -> None:
        maps = np.zeros((1, 8, 8), np.float32)
        maps[0, 2, 5] = 1
        settings = {"side": 0.5, "count": 2}
        result = run(methods()["whole-and-parts"], network, pictures[:1], np.array([2]), settings, [maps])
        top, left = round((2.5 / 8 - 0.25) * 8), round((5.5 / 8 - 0.25) * 8)
        before = tiny.logits(pictures[0])[2]

        def cost(row: int, column: int, side: int) -> float:
            hidden = pictures[0].copy()
            hidden[row : row + side, column : column + side] = network.mean_colour
            return float(before - tiny.logits(hidden)[2])

        parts = [cost(top + 2 * row, left + 2 * column, 2) for row in range(2) for column in range(2)]
        assert result["whole"][0] == pytest.approx(cost(top, left, 4), abs=1e-4)
        assert result["parts"][0] == pytest.approx(sum(parts), abs=1e-4)
        assert result["greatest_part"][0] == pytest.approx(max(parts), abs=1e-4)

    def test_passes_are_told_for_the_side_of_vgg16(self) -> None:
        declared = methods()["occlusion"]
        assert declared.passes(declared.settings(patch=32, stride=16)).forward == 13 * 13 + 1
        assert declared.passes(declared.settings(patch=30, stride=16)).forward == 14 * 14 + 1  # a last, cut one

    def test_blurring_takes_a_plain_picture_for_itself(self, network: Network) -> None:
        plain = np.full((2, 8, 8, 3), 77, np.float32)
        np.testing.assert_allclose(ask("occlusion", network, plain, fill="blurred")["drops"], 0, atol=1e-4)


class TestRise:
    def test_is_equation_6(self, tiny: Tiny, network: Network, pictures: Floats) -> None:
        result = ask("rise", network.at("float64"), pictures, samples=40, cells=3, keep=0.4, seed=3)
        masks = np.concatenate(list(random_masks(40, 3, 0.4, (8, 8), 3)))
        for picture, target, map_ in zip(pictures, TARGETS, result["attribution"], strict=True):
            expected = np.zeros((8, 8))
            for mask in masks:
                masked = mask[..., None] * picture + (1 - mask[..., None]) * np.array(TORCH_LIKE.mean)
                expected += probability(tiny.logits(masked), target) * mask / (40 * 0.4)
            np.testing.assert_allclose(map_, expected, atol=1e-5)

    @pytest.mark.parametrize(("cells", "shape"), [(3, (8, 8)), (4, (8, 13)), (7, (13, 8)), (2, (32, 32))])
    def test_masks_are_enlarged_and_cut_as_in_section_3(self, cells: int, shape: tuple[int, int]) -> None:
        """Bilinear by its definition, from the same random numbers: grids first, then the corners of the cuts."""
        random = np.random.default_rng(11)
        grids = random.random((5, cells, cells)) < 0.5
        height, width = (-(-side // cells) for side in shape)
        corners = random.integers(0, (height, width), (5, 2))
        masks = np.concatenate(list(random_masks(5, cells, 0.5, shape, 11)))
        assert masks.shape == (5, *shape)
        last = cells - 1
        for mask, grid, (top, left) in zip(masks, grids.astype(float), corners, strict=True):
            for row in range(shape[0]):
                for column in range(shape[1]):  # centres of pixels, in cells of the grid
                    y = np.clip((top + row + 0.5) / height * cells / (cells + 1) - 0.5, 0, last)
                    x = np.clip((left + column + 0.5) / width * cells / (cells + 1) - 0.5, 0, last)
                    up, west = int(y), int(x)
                    down, east = min(up + 1, last), min(west + 1, last)
                    upper = grid[up, west] * (1 - x + west) + grid[up, east] * (x - west)
                    lower = grid[down, west] * (1 - x + west) + grid[down, east] * (x - west)
                    assert mask[row, column] == pytest.approx(upper * (1 - y + up) + lower * (y - up), abs=1e-5)

    def test_masks_show_as_much_as_asked(self) -> None:
        masks = np.concatenate(list(random_masks(2000, 4, 0.3, (8, 8), 0)))
        assert masks.min() >= 0
        assert masks.max() <= 1
        np.testing.assert_allclose(masks.mean(axis=0), 0.3, atol=0.05)

    def test_finds_the_place_that_counts(self) -> None:
        weights = np.zeros((16, 16, 3))
        weights[2:6, 9:13] = 1e-3
        network = linear(weights).to_keras()
        picture = np.full((1, 16, 16, 3), 200, np.float32)
        result = ask("rise", network, picture, [0], samples=400, cells=4, fill="black", output="logit")
        row, column = result["peak"][0]
        assert 2 / 16 <= row <= 6 / 16
        assert 9 / 16 <= column <= 13 / 16


class TestLime:
    def test_is_a_weighted_ridge_regression(self, tiny: Tiny, network: Network, pictures: Floats) -> None:
        result = ask("lime", network.at("float64"), pictures, samples=60, segments=6, kernel_width=0.3, seed=4)
        for i, (picture, target) in enumerate(zip(pictures, TARGETS, strict=True)):
            regions, count = result["regions"][i], result["segments"][i]
            shown = np.random.RandomState(4).randint(0, 2, (60, count))
            shown[0] = 1
            scores, kernel = np.zeros(60), np.zeros(60)
            for k, row in enumerate(shown):
                hidden = picture.astype(np.float64)
                for region in np.flatnonzero(row == 0):
                    hidden[regions == region] = TORCH_LIKE.mean
                scores[k] = tiny.logits(hidden)[target]
                cosine = row.sum() / (np.sqrt(row.sum()) * np.sqrt(count)) if row.any() else 0
                kernel[k] = np.exp(-((1 - cosine) ** 2) / 0.3**2) ** 0.5
            # min sum_k kernel_k (score_k - intercept - weights . shown_k)^2 + |weights|^2
            design = np.hstack([np.ones((60, 1)), shown])
            penalty = np.diag([0.0] + [1.0] * count)
            solution = np.linalg.solve(design.T @ (kernel[:, None] * design) + penalty, design.T @ (kernel * scores))
            left = kernel @ (scores - design @ solution) ** 2
            spread = kernel @ (scores - kernel @ scores / kernel.sum()) ** 2
            np.testing.assert_allclose(result["weights"][i, :count], solution[1:], atol=1e-5)
            assert result["intercept"][i] == pytest.approx(solution[0], abs=1e-5)
            assert result["fit"][i] == pytest.approx(1 - left / spread, abs=1e-5)

    def test_is_what_the_librarys_image_explainer_says(
        self, network: Network, pictures: Floats, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its imports
            from lime.lime_image import LimeImageExplainer
        result = ask("lime", network, pictures[:1], TARGETS[:1], samples=50, fill="black", seed=9)
        explanation = LimeImageExplainer(random_state=9).explain_instance(
            pictures[0].astype(np.float64),
            network.logits,
            labels=(2,),
            top_labels=None,
            hide_color=0,
            num_samples=50,
            segmentation_fn=lambda picture: result["regions"][0],
            random_seed=0,
        )
        capfd.readouterr()  # its progress bar
        expected = np.array([weight for _, weight in sorted(explanation.local_exp[2])])
        np.testing.assert_allclose(result["weights"][0, : len(expected)], expected, atol=1e-5)
        assert result["fit"][0] == pytest.approx(explanation.score, abs=1e-5)


class TestKernelShap:
    def test_gives_shapleys_values_where_all_sets_are_tried(
        self, tiny: Tiny, network: Network, pictures: Floats
    ) -> None:
        """By the definition: the gain by joining, averaged over all orders in which the regions may come."""
        result = ask("kernel-shap", network.at("float64"), pictures, samples=300, segments=8)
        for i, (picture, target) in enumerate(zip(pictures, TARGETS, strict=True)):
            regions, count = result["regions"][i], int(result["segments"][i])
            assert 3 <= count <= 8

            def value(
                members: tuple[int, ...], picture: Floats = picture, target: int = target, regions: Any = regions
            ) -> float:
                shown = np.isin(regions, members)[..., None]
                return float(tiny.logits(np.where(shown, picture, np.array(TORCH_LIKE.mean)))[target])

            for region in range(count):
                others = [other for other in range(count) if other != region]
                shapley = sum(
                    factorial(size)
                    * factorial(count - size - 1)
                    / factorial(count)
                    * (value((*members, region)) - value(members))
                    for size in range(count)
                    for members in combinations(others, size)
                )
                assert result["weights"][i, region] == pytest.approx(shapley, abs=1e-5)
            assert result["baseline_score"][i] == pytest.approx(value(()), abs=1e-5)

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(st.lists(st.floats(-10, 10), min_size=16, max_size=16))
    def test_plays_any_game_of_four_fairly(self, worth: list[float]) -> None:
        """A score that may be anything for each of the 16 sets of plain squares that can be shown."""
        centres = [(2, 2), (2, 6), (6, 2), (6, 6)]

        def score(pictures: Floats) -> Floats:
            shown = np.stack([pictures[:, row, column].any(axis=-1) for row, column in centres])
            return np.array(worth)[np.tensordot([1, 2, 4, 8], shown, axes=1)]

        result = ask("kernel-shap", formula(score), quarters(), [0], fill="black")
        values = [result["attribution"][0, row, column] for row, column in centres]
        np.testing.assert_allclose(values, mean_gains(worth), atol=1e-5)

    def test_leaves_no_region_out(self, pictures: Floats) -> None:
        """A score that is linear in more than ten regions: any sample tells the worth of each of them."""
        weights = np.random.default_rng(1).standard_normal((8, 8, 3)) / 100
        network = formula(lambda given: (given * weights).sum(axis=(1, 2, 3)))
        result = ask("kernel-shap", network, pictures[:1], [0], samples=100, segments=20, fill="black")
        count = result["segments"][0]
        assert count > 10
        worth = [(weights * pictures[0])[result["regions"][0] == region].sum() for region in range(count)]
        np.testing.assert_allclose(result["weights"][0, :count], worth, atol=1e-5)

    def test_account_closes_though_few_sets_are_tried(self, network: Network, pictures: Floats) -> None:
        result = ask("kernel-shap", network, pictures, samples=30, segments=20)
        assert result["segments"].min() > 5
        np.testing.assert_allclose(result["weights"].sum(axis=1), result["sum"])
        np.testing.assert_allclose(result["sum"], result["score"] - result["baseline_score"], atol=1e-5)
        np.testing.assert_allclose(result["delta"], 0, atol=1e-5)

    def test_leaves_the_global_random_numbers_alone(self, network: Network, pictures: Floats) -> None:
        np.random.seed(123)
        expected = np.random.random(3)
        np.random.seed(123)
        ask("kernel-shap", network, pictures)
        np.testing.assert_array_equal(np.random.random(3), expected)


class TestRegions:
    @pytest.mark.slow
    def test_a_model_that_is_linear_in_them_gives_its_weights_back(self) -> None:
        """Four plain squares whose weights are known: SHAP finds them exactly, LIME but for its ridge."""
        random = np.random.default_rng(2)
        weights = random.standard_normal((8, 8, 3)) / 100
        network = linear(weights, bias=0.7).to_keras().at("float64")
        picture = quarters()
        shap = ask("kernel-shap", network, picture, [0], fill="black")
        regions = shap["regions"][0]
        worth = np.array([(weights * picture[0])[regions == region].sum() for region in range(4)])
        assert shap["segments"][0] == 4
        np.testing.assert_allclose(shap["weights"][0, :4], worth, atol=1e-5)
        assert shap["baseline_score"][0] == pytest.approx(0.7, abs=1e-5)
        few, many = (
            np.abs(ask("lime", network, picture, [0], samples=n, fill="black")["weights"][0, :4] - worth).max()
            for n in (100, 10_000)
        )
        assert many < few / 30  # the ridge of 1 against ever more samples
        assert many < 1e-3 * np.abs(worth).max()

    def test_maps_hold_each_regions_weight(self, network: Network, pictures: Floats) -> None:
        for name in ("lime", "kernel-shap"):
            result = ask(name, network, pictures)
            for map_, regions, weights in zip(result["attribution"], result["regions"], result["weights"], strict=True):
                np.testing.assert_allclose(map_, weights[regions], rtol=1e-6)
            counted = zip(result["weights"], result["segments"], strict=True)
            assert [*result["least_weight"]] == [min(weights[:count]) for weights, count in counted]

    def test_means_of_a_map(self, pictures: Floats) -> None:
        attribution = np.random.default_rng(0).standard_normal((2, 8, 8))
        result = region_means(attribution, pictures, 12)
        for i in range(2):
            for region in range(result["segments"][i]):
                mean = attribution[i][result["regions"][i] == region].mean()
                assert result["weights"][i, region] == pytest.approx(mean)
            assert not result["weights"][i, result["segments"][i] :].any()

    @pytest.mark.parametrize("side", [4, 8, 32])
    def test_superpixels_are_numbered_without_gaps_and_never_too_many(self, side: int) -> None:
        for seed in range(5):
            picture = random_pictures(1, side=side, seed=seed)[0]
            for segments in (5, 9, 40):
                regions = superpixels(picture, segments)
                assert regions.shape == (side, side)
                assert len(np.unique(regions)) == regions.max() + 1 <= segments
        assert superpixels(np.zeros((side, side, 3)), 5).max() < 5  # nor does a black picture hurt

    def test_the_centre_of_a_plateau_is_its_middle(self) -> None:
        maps = np.zeros((1, 4, 8))
        maps[0, 1:3, 4:8] = 1
        np.testing.assert_allclose(centres_of_greatest(maps), [[0.5, 0.75]])


@pytest.mark.parametrize("name", NAMES)
class TestAll:
    def test_a_batch_is_its_pictures_one_by_one(self, name: str, network: Network, pictures: Floats) -> None:
        both = ask(name, network, pictures)
        for i in range(2):
            alone = ask(name, network, pictures[i : i + 1], TARGETS[i : i + 1])
            assert both.keys() == alone.keys()
            for key, values in alone.items():
                np.testing.assert_allclose(both[key][i], values[0], rtol=1e-4, atol=1e-5, err_msg=key)

    def test_same_seed_same_bytes(self, name: str, network: Network, pictures: Floats) -> None:
        first, again = ask(name, network, pictures), ask(name, network, pictures)
        assert {key: values.tobytes() for key, values in first.items()} == {
            key: values.tobytes() for key, values in again.items()
        }

    @pytest.mark.usefixtures("uncompiled")
    def test_inputs_stay_as_they_are_and_passes_as_told(self, name: str, pictures: Floats) -> None:
        network = make_tiny(seed=5).to_keras()
        given = pictures[:1].copy()
        forward: list[int] = []
        network.listeners.append(lambda ahead, back: forward.append(ahead))
        ask(name, network, given, TARGETS[:1])
        np.testing.assert_array_equal(given, pictures[:1])
        declared = methods()[name]
        told = declared.passes(declared.settings(**QUICK[name])).forward
        assert sum(forward) == told if name in ("rise", "lime") else 0 < sum(forward) <= told


@pytest.mark.parametrize("name", ["rise", "lime", "kernel-shap"])
def test_never_more_than_32_pictures_at_once(
    name: str, network: Network, pictures: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    logits: Callable[[Floats], Floats] = network.logits

    def counted(given: Floats) -> Floats:
        asked.append(len(given))
        return logits(given)

    monkeypatch.setattr(network, "logits", counted)
    ask(name, network, pictures[:1], TARGETS[:1], samples=50, **({"segments": 20} if name == "kernel-shap" else {}))
    assert max(asked) <= 32 < sum(asked)


@pytest.mark.parametrize("name", ["rise", "lime", "kernel-shap"])
def test_another_seed_another_sample(name: str, network: Network, pictures: Floats) -> None:
    few = {"samples": 40} | ({"segments": 20} if name == "kernel-shap" else {})
    first, other = (ask(name, network, pictures, seed=seed, **few)["attribution"] for seed in (0, 1))
    assert not np.allclose(first, other)


def test_hidden_parts_take_the_filling_and_half_masks_half_of_it(tiny: Tiny, network: Network) -> None:
    picture, filling = random_pictures(2, seed=1)
    masks = np.full((3, 8, 8), [[[0.0]], [[0.5]], [[1.0]]], np.float32)
    scores = mixed_scores(network, picture, filling, 1, masks, "logit")
    expected = [tiny.logits(mixed)[1] for mixed in (filling, (picture + filling) / 2, picture)]
    np.testing.assert_allclose(scores, expected, atol=1e-4)

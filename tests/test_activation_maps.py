"""Class activation maps against literal NumPy: loops over channels and places, straight from the papers' equations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import Conv, Dense, GlobalAverage, Tiny, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.networks import open_network
from netviz.networks.keras_network import KerasNetwork
from netviz.pictures import frame, open_upright

Array = NDArray[np.float64]

CAMS = ["grad-cam", "grad-cam-plus-plus", "hirescam", "layercam", "eigen-cam", "score-cam"]
LAYERS = ["conv1", "pool1", "conv3"]
HEADS = ["flatten", "pooled"]
TARGET = 2


@cache
def network(head: str) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(seed=3, head=head)
    return tiny, tiny.to_keras()


def explained(name: str, keras_network: KerasNetwork, pictures: Array, target: int, **settings: object) -> Array:
    """The map of the only, or of the first, picture."""
    targets = np.full(len(pictures), target)
    return run(methods()[name], keras_network, pictures, targets, settings)["attribution"][0]


# The methods, slowly


def weighted_sum(weights: Array, maps: Array) -> Array:
    """max(sum_k w_k A_k, 0), channel by channel."""
    total = np.zeros(maps.shape[:2])
    for channel, weight in enumerate(weights):
        total += weight * maps[..., channel]
    return np.maximum(total, 0)


def literal_grad_cam(maps: Array, slopes: Array) -> Array:
    """Selvaraju et al. 2017, equations 1 and 2."""
    height, width, channels = maps.shape
    return weighted_sum(np.array([slopes[..., k].sum() / (height * width) for k in range(channels)]), maps)


def literal_grad_cam_plus_plus(maps: Array, slopes: Array, score: float) -> Array:
    """Chattopadhay et al. 2018, equations 5 and 19, for Y = exp(S) with a piecewise linear S."""
    height, width, channels = maps.shape
    weights = np.zeros(channels)
    for k in range(channels):
        for i in range(height):
            for j in range(width):
                first, second, third = (np.exp(score) * slopes[i, j, k] ** power for power in (1, 2, 3))
                below = 2 * second + maps[..., k].sum() * third
                alpha = second / below if below else 0.0
                weights[k] += alpha * max(first, 0)
    return weighted_sum(weights, maps) / np.exp(score)  # our map leaves the common factor out


def literal_place_by_place(maps: Array, slopes: Array) -> Array:
    """Draelos and Carin 2020: gradient times activation, summed over channels; then what speaks for the class."""
    height, width, channels = maps.shape
    total = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            for k in range(channels):
                total[i, j] += slopes[i, j, k] * maps[i, j, k]
    return np.maximum(total, 0)


def literal_eigen_cam(maps: Array) -> Array:
    """Muhammad and Yeasin 2020: A v, with v found by power iteration on A'A from a direction of equal parts."""
    rows = maps.reshape(-1, maps.shape[-1])
    direction = np.ones(rows.shape[1])
    for _ in range(2000):
        direction = rows.T @ (rows @ direction)
        direction /= np.linalg.norm(direction)
    return (rows @ direction).reshape(maps.shape[:2])


def upsampled(grid: Array, side: int) -> Array:
    """Bilinear, half-pixel centres, the border's values held: what `resized` should do."""
    result = np.zeros((side, side))
    cells = len(grid)
    for i in range(side):
        for j in range(side):
            y, x = (min(max((place + 0.5) * cells / side - 0.5, 0), cells - 1) for place in (i, j))
            top, left = int(y), int(x)
            bottom, right = min(top + 1, cells - 1), min(left + 1, cells - 1)
            down, along = y - top, x - left
            above = grid[top, left] * (1 - along) + grid[top, right] * along
            below = grid[bottom, left] * (1 - along) + grid[bottom, right] * along
            result[i, j] = above * (1 - down) + below * down
    return result


def literal_score_cam(tiny: Tiny, picture: Array, maps: Array, target: int, tried: list[int]) -> Array:
    """Wang et al. 2020, definitions 3 and 4, with a black baseline."""
    return weighted_sum(literal_increases(tiny, picture, maps, target, tried), maps)


def literal_increases(tiny: Tiny, picture: Array, maps: Array, target: int, tried: list[int]) -> Array:
    """How far the score behind each channel's mask lies above that of black; 0 where none was tried."""
    weights = np.zeros(maps.shape[-1])
    for channel in tried:
        mask = upsampled(maps[..., channel], len(picture))
        mask = (mask - mask.min()) / (mask.max() - mask.min())
        masked = picture * mask[..., None]
        weights[channel] = tiny.logits(masked)[target] - tiny.logits(np.zeros_like(picture))[target]
    return weights


def with_contrast(maps: Array) -> list[int]:
    return [channel for channel in range(maps.shape[-1]) if np.ptp(maps[..., channel]) > 0]


def literal(name: str, tiny: Tiny, picture: Array, layer: str) -> Array:
    maps = tiny.forward(picture)[layer]
    slopes = tiny.backward(picture, TARGET)[layer]
    if name == "grad-cam-plus-plus":
        return literal_grad_cam_plus_plus(maps, slopes, tiny.logits(picture)[TARGET])
    if name == "hirescam":
        return literal_place_by_place(maps, slopes)
    if name == "layercam":  # Jiang et al. 2021, equations 6 to 8
        return literal_place_by_place(maps, np.maximum(slopes, 0))
    if name == "eigen-cam":
        return literal_eigen_cam(maps)
    if name == "score-cam":
        return literal_score_cam(tiny, picture, maps, TARGET, with_contrast(maps))
    return literal_grad_cam(maps, slopes)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", CAMS)
def test_a_method_is_what_its_paper_says(name: str, layer: str, head: str) -> None:
    tiny, keras_network = network(head)
    pictures = random_pictures(1, seed=8)
    expected = literal(name, tiny, pictures[0], layer)
    assert expected.max() > 0
    found = explained(name, keras_network, pictures, TARGET, layer=layer)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * expected.max())


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("layer", LAYERS)
def test_guided_grad_cam_is_guided_backpropagation_where_grad_cam_looks(layer: str) -> None:
    tiny, keras_network = network("flatten")
    pictures = random_pictures(1, seed=8)
    coarse = literal("grad-cam", tiny, pictures[0], layer)
    guided = tiny.backward(pictures[0], TARGET, relu_rule="guided")["picture"]
    expected = guided * upsampled(coarse, len(pictures[0]))[..., None]
    found = explained("guided-grad-cam", keras_network, pictures, TARGET, layer=layer)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
    assert found.min() < 0 < found.max()


# What follows from the definitions


def pooled_linear(kernel: Array, predictions: Array) -> Tiny:
    """A convolution, the mean of each channel, one linear layer: the architecture of the first CAM."""
    biases = np.array([0.3, -0.1])
    return Tiny(
        {
            "conv": (Conv(kernel, np.zeros(kernel.shape[-1])), ("input",)),
            "average": (GlobalAverage(), ("conv",)),
            "predictions": (Dense(predictions, biases, activation="linear"), ("average",)),
        },
        (6, 6, 3),
    )


def random_pooled_linear() -> Tiny:
    random = np.random.default_rng(1)
    kernel, predictions = random.standard_normal((3, 3, 3, 4)), random.standard_normal((4, 2))
    return pooled_linear(*(values.astype(np.float32).astype(np.float64) for values in (kernel, predictions)))


@pytest.mark.usefixtures("uncompiled")
def test_hirescam_is_grad_cam_where_only_averages_and_a_linear_layer_follow() -> None:
    keras_network, pictures = random_pooled_linear().to_keras(), random_pictures(1, side=6)
    hirescam = explained("hirescam", keras_network, pictures, 1, layer="conv")
    assert hirescam.max() > 0
    np.testing.assert_allclose(hirescam, explained("grad-cam", keras_network, pictures, 1, layer="conv"), rtol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_hirescam_adds_up_to_the_logit_where_nothing_speaks_against_the_class() -> None:
    tiny = pooled_linear(np.abs(random_pooled_linear().parts["conv"][0].kernel), np.full((4, 2), 0.5))
    pictures = random_pictures(1, side=6)
    total = explained("hirescam", tiny.to_keras(), pictures, 0, layer="conv").sum(dtype=np.float64)
    assert total == pytest.approx(tiny.logits(pictures[0])[0] - 0.3, rel=1e-5)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", ["grad-cam", "grad-cam-plus-plus", "hirescam", "layercam", "guided-grad-cam"])
def test_a_score_that_nothing_changes_gives_zeros(name: str) -> None:
    predictions = np.zeros((4, 2))
    keras_network = pooled_linear(np.ones((3, 3, 3, 4)), predictions).to_keras()
    assert not explained(name, keras_network, random_pictures(1, side=6), 0, layer="conv").any()


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", CAMS)
def test_dead_channels_give_zeros(name: str) -> None:
    tiny = pooled_linear(np.zeros((3, 3, 3, 4)), np.ones((4, 2)))
    result = run(methods()[name], tiny.to_keras(), random_pictures(2, side=6), np.array([0, 1]), {"layer": "conv"})
    assert all(np.isfinite(values).all() for values in result.values())
    assert not result["attribution"].any()


@pytest.mark.usefixtures("uncompiled")
def test_eigen_cam_of_maps_that_are_multiples_of_one_another_is_that_map() -> None:
    kernel = np.zeros((3, 3, 3, 3))
    kernel[1, 1, 0] = (1, 2, 2)  # three channels: 1, 2 and 2 times the picture's red, so |v| = 3
    tiny = pooled_linear(kernel, np.ones((3, 2)))
    pictures = random_pictures(1, side=6)
    result = run(methods()["eigen-cam"], tiny.to_keras(), pictures, np.array([0]), {"layer": "conv"})
    red = np.maximum((pictures[0, ..., 0] - 124) / 58, 0)
    np.testing.assert_allclose(result["attribution"][0], 3 * red, rtol=1e-5, atol=1e-5)
    assert result["share"][0] == pytest.approx(1)


@pytest.mark.usefixtures("uncompiled")
def test_eigen_cam_knows_no_class() -> None:
    _, keras_network = network("flatten")
    pictures = random_pictures(1)
    first, second = (explained("eigen-cam", keras_network, pictures, target, layer="conv2") for target in (0, 3))
    np.testing.assert_array_equal(first, second)


# Score-CAM's settings and costs


@pytest.mark.usefixtures("uncompiled")
def test_score_cam_tries_the_most_active_channels() -> None:
    tiny, keras_network = network("flatten")
    pictures = random_pictures(1, seed=8)
    maps = tiny.forward(pictures[0])["conv1"]
    tried = sorted(with_contrast(maps), key=lambda channel: -maps[..., channel].mean())[:2]
    expected = literal_score_cam(tiny, pictures[0], maps, TARGET, tried)
    found = explained("score-cam", keras_network, pictures, TARGET, layer="conv1", channels=2)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * expected.max())


@pytest.mark.usefixtures("uncompiled")
def test_score_cam_counts_the_masks_that_score_above_black() -> None:
    tiny, keras_network = network("flatten")
    pictures = random_pictures(6, seed=8)
    found = run(methods()["score-cam"], keras_network, pictures, np.full(6, TARGET), {"layer": "conv1"})["raised"]
    maps = [tiny.forward(picture)["conv1"] for picture in pictures]
    increases = [literal_increases(tiny, p, m, TARGET, with_contrast(m)) for p, m in zip(pictures, maps, strict=True)]
    assert found.tolist() == [(one > 0).sum() for one in increases]
    assert 0 < found.sum() < 6 * maps[0].shape[-1], "some rise, some do not"


@pytest.mark.usefixtures("uncompiled")
def test_score_cam_spends_nothing_on_channels_without_contrast() -> None:
    kernel = np.random.default_rng(0).standard_normal((3, 3, 3, 4))
    kernel[..., 1] = 0
    keras_network = pooled_linear(kernel, np.ones((4, 2))).to_keras()
    seen: list[int] = []
    keras_network.listeners.append(lambda forward, backward: seen.append(forward))
    result = run(methods()["score-cam"], keras_network, random_pictures(1, side=6), np.array([0]), {"layer": "conv"})
    assert result["tried"].tolist() == [3]
    assert sum(seen) == 3 + 2  # the maps, black, and one for each channel


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", [*CAMS, "guided-grad-cam"])
def test_a_method_costs_what_it_declares(name: str) -> None:
    tiny, keras_network = network("pooled")
    settings = {"layer": "conv1"}
    if name == "score-cam":
        settings |= {"channels": 4}
        assert len(with_contrast(tiny.forward(random_pictures(1)[0])["conv1"])) == 4
    seen: list[tuple[int, int]] = []
    keras_network.listeners.append(lambda forward, backward: seen.append((forward, backward)))
    run(methods()[name], keras_network, random_pictures(2), np.array([0, 1]), settings)
    keras_network.listeners.clear()
    declared = methods()[name].passes(methods()[name].settings(**settings))
    assert np.sum(seen, axis=0).tolist() == [2 * declared.forward, 2 * declared.backward]


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("name", [*CAMS, "guided-grad-cam"])
def test_pictures_do_not_change_one_another_or_themselves(name: str) -> None:
    _, keras_network = network("flatten")
    pictures, targets = random_pictures(3, seed=2), np.array([0, 3, 1])
    before = pictures.copy()
    together = run(methods()[name], keras_network, pictures, targets, {"layer": "conv2"})
    np.testing.assert_array_equal(pictures, before)
    for i in range(3):
        alone = run(methods()[name], keras_network, pictures[i : i + 1], targets[i : i + 1], {"layer": "conv2"})
        for key, values in together.items():
            np.testing.assert_allclose(alone[key][0], values[i], rtol=1e-4, atol=1e-6 * np.abs(values).max())


@pytest.mark.usefixtures("uncompiled")
def test_the_peak_is_where_the_map_is_largest() -> None:
    _, keras_network = network("flatten")
    result = run(methods()["layercam"], keras_network, random_pictures(1), np.array([TARGET]), {"layer": "pool1"})
    attribution, (row, column) = result["attribution"][0], result["peak"][0]
    assert attribution[int(row * 4), int(column * 4)] == attribution.max() == np.float32(result["largest"][0])


# The real network, and a photo of a dog beside a bicycle

MALAMUTE, TANDEM = 249, 444
BOXES = {MALAMUTE: (0.36, 0.0, 1.0, 0.37), TANDEM: (0.17, 0.0, 0.79, 0.88)}  # top, left, bottom, right: of the frame


@pytest.mark.vgg16
@pytest.mark.parametrize("target", BOXES)
def test_maps_of_a_class_peak_on_its_object(target: int) -> None:
    vgg16 = open_network("compact")
    photo = open_upright(Path(__file__).parent.parent / "content/pictures/dog.jpg")
    pictures = frame(photo).astype(np.float32)[None]
    top, left, bottom, right = BOXES[target]
    peaks = {}
    for name in ("grad-cam", "grad-cam-plus-plus", "hirescam", "layercam"):
        row, column = peaks[name] = run(methods()[name], vgg16, pictures, np.array([target]))["peak"][0]
        assert top < row < bottom and left < column < right, name
    if target == TANDEM:  # the boxes overlap: on the bicycle is not enough, it should be beside the dog
        sharp = ("grad-cam", "grad-cam-plus-plus", "hirescam")  # LayerCAM's peak is where dog and frame cross
        assert all(peaks[name][1] > BOXES[MALAMUTE][3] for name in sharp)

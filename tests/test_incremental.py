"""Incremental inference gives the answer of the whole network, whatever the window, the edges and the layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import TORCH_LIKE, in_whole_passes, make_tiny

from netviz.networks import Window, open_network
from netviz.networks.incremental import Step, evened_boxes, leading_steps
from netviz.networks.keras_network import KerasNetwork, keras
from netviz.networks.memory import Memory
from netviz.networks.weights import Weights
from netviz.pictures import frame, open_upright

layers = keras.layers


CHAINS: dict[str, Callable[[], list[Any]]] = {
    "same": lambda: [layers.Conv2D(4, 3, padding="same", activation="relu"), layers.Conv2D(5, 5, padding="same")],
    "valid": lambda: [layers.Conv2D(4, 3, activation="tanh"), layers.Conv2D(5, 4, use_bias=False)],
    "stride": lambda: [layers.Conv2D(4, 3, strides=2, activation="relu"), layers.Conv2D(5, 1, strides=3)],
    "pooling": lambda: [
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(5, 3),
    ],
    "overlapping": lambda: [layers.MaxPooling2D(3, 2), layers.Conv2D(4, 3, padding="same", activation="relu")],
    "vgg": lambda: [
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(6, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(6, 3, padding="same", activation="relu"),
    ],
    "cut off": lambda: [layers.AveragePooling2D(2), layers.Conv2D(4, 3)],  # begins with what can't be followed
    "same with stride": lambda: [layers.Conv2D(4, 3, padding="same"), layers.Conv2D(4, 3, strides=2, padding="same")],
}


LONG_CHAINS = [chain for chain in CHAINS if chain not in ("pooling", "stride")]  # to compile
FOLLOWED = {"same": 2, "valid": 2, "stride": 2, "pooling": 3, "overlapping": 2, "vgg": 6, "cut off": 0}


def network_of(chain: str) -> KerasNetwork:
    """A network that starts with these layers and ends with a dense one, with random weights and biases."""
    model = keras.Sequential([keras.Input((13, 10, 3)), *CHAINS[chain](), layers.Flatten(), layers.Dense(3)])
    random = np.random.default_rng(5)
    model.set_weights([random.standard_normal(one.shape) / max(one.ndim, 1) for one in model.get_weights()])
    functional = keras.Model(model.inputs, model.outputs)
    return KerasNetwork(
        model=functional, weights=Weights("random", "0" * 64, "random numbers"), layers=(), preprocessing=TORCH_LIKE
    )


def every_window(shape: tuple[int, int], patch: int, stride: int) -> list[Window]:
    rows, columns = (range(0, side, stride) for side in shape)
    return [(slice(row, row + patch), slice(column, column + patch)) for row in rows for column in columns]


@pytest.mark.parametrize(
    "chain", ["pooling", "stride", *(pytest.param(chain, marks=pytest.mark.slow) for chain in LONG_CHAINS)]
)
def test_the_answer_is_that_of_whole_passes(chain: str, request: pytest.FixtureRequest) -> None:
    """In single precision as it is compiled, in double as it is written."""
    network = network_of(chain)
    random = np.random.default_rng(6)
    picture, filling = random.uniform(0, 255, (2, 13, 10, 3)).astype(np.float32)
    for precision, tolerance in (("float32", 1e-4), ("float64", 1e-11)):
        precise = network.at(precision)
        for patch, stride in [(1, 3), (3, 2), (4, 4), (20, 5)]:
            windows = every_window((13, 10), patch, stride)
            found = precise.windowed_logits(picture, filling, windows)
            np.testing.assert_allclose(found, in_whole_passes(precise, picture, filling, windows), atol=tolerance)
        request.getfixturevalue("uncompiled")


@pytest.mark.parametrize("chain", FOLLOWED)
def test_as_many_layers_are_followed_as_lead_in_a_row(chain: str) -> None:
    assert len(leading_steps(network_of(chain).model)) == FOLLOWED[chain]


def test_a_map_that_two_layers_read_is_the_last_that_is_followed() -> None:
    """Of the compact form, too: its last maps go to an average, a maximum and a pooling."""
    steps = leading_steps(make_tiny(3, head="pooled").to_keras().model)
    assert [step.layer.name for step in steps] == ["conv1", "conv2", "pool1", "conv3"]


def test_windows_of_different_sizes_in_any_order() -> None:
    network = network_of("vgg")
    random = np.random.default_rng(7)
    picture, filling = random.uniform(0, 255, (2, 13, 10, 3)).astype(np.float32)
    starts = random.integers(0, 9, (100, 2))
    sizes = random.integers(1, 6, (100, 2))
    windows = [(slice(*one[0]), slice(*one[1])) for one in np.stack([starts, starts + sizes], axis=-1).tolist()]
    found = network.windowed_logits(picture, filling, windows)
    np.testing.assert_allclose(found, in_whole_passes(network, picture, filling, windows), atol=1e-4)


def test_each_window_is_told_as_a_pass_few_at_a_time_and_nothing_is_traced_twice() -> None:
    network = network_of("vgg")
    told: list[int] = []
    network.listeners.append(lambda forward, backward: told.append(forward))
    picture = np.zeros((13, 10, 3), np.float32)
    for patch in (1, 3):
        told.clear()
        windows = every_window((13, 10), patch, 1)
        network.windowed_logits(picture, picture, windows)
        assert sum(told) == 1 + len(windows)
        assert max(told) <= 64
    assert network.traces == 2


def test_what_the_memory_holds_is_told_and_not_computed_again() -> None:
    network = network_of("vgg")
    network.memory = Memory(10**6)
    picture, windows = np.zeros((13, 10, 3), np.float32), every_window((13, 10), 3, 4)
    told: list[int] = []
    network.listeners.append(lambda forward, backward: told.append(forward))
    first = network.windowed_logits(picture, picture, windows)
    network.model.set_weights([np.zeros_like(one) for one in network.model.get_weights()])
    np.testing.assert_array_equal(network.windowed_logits(picture, picture, windows), first)
    assert sum(told) == 2 * (1 + len(windows))
    assert not network.windowed_logits(picture + 1, picture, windows).any()


def test_what_the_latest_picture_has_been_through_is_not_computed_again() -> None:
    """Whatever is asked of it, and with the very same answers; but of weights that were forgotten it is."""
    network = network_of("vgg")
    random = np.random.default_rng(8)
    pictures = random.uniform(0, 255, (2, 13, 10, 3)).astype(np.float32)
    windows = every_window((13, 10), 3, 4)
    questions = [(0, windows), (0, windows[1:]), (1, windows), (1, windows[2:]), (0, windows[3:])]
    expected = [network.windowed_logits(pictures[one], pictures[1 - one], asked) for one, asked in questions]
    network.memory = Memory(10**6)
    followed: list[bytes] = []
    whole = network._incremental.followed

    def counting(picture: Any) -> Any:
        followed.append(picture.tobytes())
        return whole(picture)

    network._incremental.followed = counting  # type: ignore[method-assign]
    for (one, asked), answer in zip(questions, expected, strict=True):
        np.testing.assert_array_equal(network.windowed_logits(pictures[one], pictures[1 - one], asked), answer)
    assert followed == [pictures[one].tobytes() for one in (0, 1, 0)]
    for seed in (1, 2):
        first = next(layer.name for layer in network.model.layers if layer.weights)
        forgetful = network.randomised([first], seed)
        found = forgetful.windowed_logits(pictures[0], pictures[1], windows)
        np.testing.assert_allclose(found, in_whole_passes(forgetful, pictures[0], pictures[1], windows), atol=1e-4)


def test_the_picture_and_the_filling_stay_as_they_are() -> None:
    network = network_of("same")
    picture, filling = np.ones((13, 10, 3), np.float32), np.zeros((13, 10, 3), np.float32)
    network.windowed_logits(picture, filling, every_window((13, 10), 3, 3))
    assert picture.all() and not filling.any()


def test_what_a_step_reaches() -> None:
    """Outputs 0 to 3 of a 3x3 convolution with margin hold inputs 1 and 2; those of a pooling by 2, outputs 0 and 1."""
    convolution = Step(None, kernel=3, stride=1, margin=1)
    pooling = Step(None, kernel=2, stride=2, margin=0)
    ends, side = np.array([[[1, 3]]]), np.array([9])
    assert convolution.reach(ends, side).tolist() == [[[0, 4]]]
    assert pooling.reach(ends, side // 2).tolist() == [[[0, 2]]]
    assert pooling.reach(np.array([[[8, 9]]]), side // 2).tolist() == [[[3, 4]]]  # the ninth input is in none


def test_boxes_grow_to_a_few_sizes_and_stay_within_their_maps() -> None:
    """Ten places in a row, the nearer to the edge, the smaller: of the sizes, one stays, two and four become one."""
    starts = np.arange(10)
    reached = [np.stack([starts, starts + 3], axis=-1), np.stack([np.maximum(starts - 6, 0), starts + 3], axis=-1)]
    sides = [np.array([12, 12]), np.array([12, 12])]
    evened = evened_boxes([np.stack([one, one], axis=1) for one in reached], sides)
    np.testing.assert_array_equal(evened[0][:, 0], reached[0])  # windows in the picture are what was asked for
    assert (evened[1][:, 0, 1] - evened[1][:, 0, 0]).tolist() == [3, 5, 5, 9, 9, 9, 9, 9, 9, 9]
    for ends, before, side in zip(evened, reached, sides, strict=True):
        assert (ends[:, 0, 0] >= 0).all() and (ends[:, 0, 1] <= side[0]).all()
        assert (ends[:, 0, 0] <= before[:, 0]).all() and (ends[:, 0, 1] >= before[:, 1]).all()


@pytest.mark.vgg16
def test_on_vgg16_a_hidden_patch_gives_the_logits_of_a_whole_pass() -> None:
    network = open_network("compact")
    picture = frame(open_upright(Path("content/pictures/dog.jpg"))).astype(np.float32)
    filling = np.broadcast_to(network.mean_colour, picture.shape)
    windows = [(slice(row, row + 32), slice(column, column + 24)) for row in (0, 97, 200) for column in (0, 103, 210)]
    found = network.windowed_logits(picture, filling, windows)
    assert isinstance(network, KerasNetwork)
    np.testing.assert_allclose(found, in_whole_passes(network, picture, filling, windows), atol=1e-4)

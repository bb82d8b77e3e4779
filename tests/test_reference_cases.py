"""Cases small enough to be worked out on paper, with the answers that the literature and other libraries agree on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from netviz.methods import methods, run, run_on_data
from netviz.methods.integration import along, even_stops, integrated, midpoints
from netviz.methods.paper import COUNTING, paper_network
from netviz.networks.weights import Weights

Array = NDArray[np.floating[Any]]
WEIGHTS = Weights("by hand", "0" * 64, "written out in the test")
TARGET = np.array([0])


class FunctionNetwork:
    """A function of a few numbers with its derivatives, as a network with one class and pictures of one pixel."""

    weights = WEIGHTS
    layers = ()
    precision = "float64"

    def __init__(self, value: Callable[[Array], float], slopes: Callable[[Array], list[float]], size: int) -> None:
        self.value, self.slopes = value, slopes
        self.input_shape = (1, 1, size)
        self.mean_colour = np.zeros(size)
        self.listeners: list[Any] = []

    def logits(self, pictures: Array) -> Array:
        return np.array([[self.value(picture[0, 0])] for picture in pictures])

    def gradient(self, pictures: Array, targets: Any, *, output: str = "logit", relu: str = "plain") -> Array:
        return np.array([self.slopes(picture[0, 0]) for picture in pictures], np.float64).reshape(pictures.shape)

    def value_and_gradient(self, pictures: Array, targets: Any, *, output: str = "logit") -> tuple[Array, Array]:
        return self.logits(pictures)[:, 0], self.gradient(pictures, targets)


def answer(method: str, network: Any, picture: Array, **settings: Any) -> Array:
    """A method's attribution, of whatever shape: the literature's pictures have one channel, or two numbers."""
    one = methods()[method]
    return one.function(network, picture, TARGET, **one.settings(**settings).model_dump())["attribution"]


def explain(method: str, network: Any, numbers: list[float], **settings: Any) -> Array:
    """The attribution of each of a few numbers."""
    picture = np.array(numbers, np.float64).reshape(1, 1, 1, -1)
    return answer(method, network, picture, **settings).ravel()


# 1. One convolution, one dense unit


def test_one_convolution_scores_54() -> None:
    """45, 54, 81 and 90 less the biases: 0, 4, 31, 40 in channel one; 0, 0, 6, 15 in channel two."""
    maps = paper_network().activations(COUNTING, ["relu"])["relu"][0]
    assert maps[..., 0].ravel().tolist() == [0, 4, 31, 40] and maps[..., 1].ravel().tolist() == [0, 0, 6, 15]
    assert paper_network().logits(COUNTING) == pytest.approx(54)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("gradient", [[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]]),
        ("guided-backprop", [[0, 1, 1, 1], [1, 3, 3, 2], [1, 3, 3, 2], [1, 2, 2, 1]]),
        ("deconvnet", [[2, 3, 3, 1], [3, 5, 5, 2], [3, 5, 5, 2], [1, 2, 2, 1]]),
    ],
)
def test_one_convolution_backwards(method: str, expected: list[list[int]]) -> None:
    attribution = answer(method, paper_network(), COUNTING)
    np.testing.assert_allclose(attribution[0, ..., 0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [("convolution", [[11.25, 13.5], [20.25, 22.5]]), ("relu", [[0, 4], [28, 32.5]])],
    ids=["before the ReLU", "after the ReLU"],
)
def test_one_convolution_grad_cam(layer: str, expected: list[list[float]]) -> None:
    attribution = run(methods()["grad-cam"], paper_network(), COUNTING, TARGET, {"layer": layer})["attribution"]
    np.testing.assert_allclose(attribution[0], expected, rtol=1e-5)


def test_the_lesson_shows_the_same_numbers() -> None:
    shown = run_on_data(methods()["on-paper"], {"explanation": "guided-backprop"})
    assert shown["maps"][0].tolist() == [[0, 1, 1, 1], [1, 3, 3, 2], [1, 3, 3, 2], [1, 2, 2, 1]]
    assert shown["row_4"].tolist() == [1, 2, 2, 1] and shown["score"] == 54 and shown["without_last_row"] == 4
    coarse = run_on_data(methods()["on-paper"], {"explanation": "grad-cam"})
    assert coarse["maps"][0].tolist() == [[0, 4], [28, 32.5]] and "row_3" not in coarse


# 2. Two networks that compute the same function (Sundararajan et al. 2017, figure 7)


def relu(value: float) -> float:
    return max(value, 0.0)


def step(value: float) -> float:
    return float(value > 0)


SAME_FUNCTION = {
    "relu(relu(x1) - 1 - relu(x2))": FunctionNetwork(
        lambda x: relu(relu(x[0]) - 1 - relu(x[1])),
        lambda x: [(on := step(relu(x[0]) - 1 - relu(x[1]))) * step(x[0]), -on * step(x[1])],
        size=2,
    ),
    "relu(relu(x1 - 1) - relu(x2))": FunctionNetwork(
        lambda x: relu(relu(x[0] - 1) - relu(x[1])),
        lambda x: [(on := step(relu(x[0] - 1) - relu(x[1]))) * step(x[0] - 1), -on * step(x[1])],
        size=2,
    ),
}


@pytest.mark.parametrize("name", SAME_FUNCTION)
def test_integrated_gradients_do_not_see_how_a_function_is_implemented(name: str) -> None:
    attribution = explain("integrated-gradients", SAME_FUNCTION[name], [3, 1], tolerance=1e-9)
    np.testing.assert_allclose(attribution, [1.5, -0.5], atol=1e-8)


@pytest.mark.parametrize("name", SAME_FUNCTION)
def test_gradient_x_input_of_the_same_functions(name: str) -> None:
    np.testing.assert_allclose(explain("gradient-x-input", SAME_FUNCTION[name], [3, 1]), [3, -1])


# 3. 5x + y^2 + sin z from (.5, 1, 1) to (1, 2, 3)

SMOOTH: Any = FunctionNetwork(
    lambda x: 5 * x[0] + x[1] ** 2 + np.sin(x[2]), lambda x: [5, 2 * x[1], np.cos(x[2])], size=3
)
START, END = np.array([0.5, 1, 1]).reshape(1, 1, 3), np.array([1.0, 2, 3]).reshape(1, 1, 3)
EXACT = np.array([2.5, 3, np.sin(3) - np.sin(1)])


def by_the_trapezoid_rule(steps: int) -> Array:
    return integrated(even_stops(along(SMOOTH, START, END, 0, "logit"), steps)).ravel()


def by_the_midpoint_rule(steps: int) -> Array:
    points = START + midpoints(steps)[:, None, None, None] * (END - START)
    return ((END - START) * SMOOTH.gradient(points, TARGET).mean(axis=0)).ravel()


@pytest.mark.parametrize(
    ("rule", "least", "most"), [(by_the_midpoint_rule, 4e-5, 6e-5), (by_the_trapezoid_rule, 8e-5, 1.2e-4)]
)
def test_fifty_points(rule: Callable[[int], Array], least: float, most: float) -> None:
    assert least <= np.abs(rule(50) - EXACT).max() <= most


@pytest.mark.parametrize("rule", [by_the_midpoint_rule, by_the_trapezoid_rule])
def test_twice_the_points_are_four_times_as_exact(rule: Callable[[int], Array]) -> None:
    errors = [np.abs(rule(steps) - EXACT).max() for steps in (32, 64, 128, 256)]
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=1e-3)


# 6. The identity

IDENTITY = FunctionNetwork(lambda x: float(x[0]), lambda x: [1.0], size=1)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("integrated-gradients", 7.5),
        ("gradient-x-input", 7.5),
        ("smoothgrad", 1),
        ("smoothgrad-squared", 1),
        ("vargrad", 0),
    ],
)
def test_the_identity(method: str, expected: float) -> None:
    assert explain(method, IDENTITY, [7.5]) == pytest.approx(expected, abs=1e-12)

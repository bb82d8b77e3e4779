"""Training: tiny networks learn weights and biases from flowers, by gradient descent written out in NumPy.

One or two dense layers, a score at the end, the whole training set in every step. What VGG16 did with 138 million
numbers is done here with a handful, so that each can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, method

Floats = NDArray[np.float64]
Layers = list[tuple[Floats, Floats]]
"""Weights (inputs, units) and biases (units,) of each layer, in order."""

IRIS = Paper(
    authors="Fisher",
    year=1936,
    title="The Use of Multiple Measurements in Taxonomic Problems",
    url="https://doi.org/10.1111/j.1469-1809.1936.tb02137.x",
)
BACKPROPAGATION = Paper(
    authors="Rumelhart, Hinton and Williams",
    year=1986,
    title="Learning representations by back-propagating errors",
    url="https://doi.org/10.1038/323533a0",
)
VERSICOLOR = 1
THIRDS = 3  # two of them are learned from
HISTORY = 60  # points of a curve over the steps, at most
GRID = 120  # places across and down at which a network is asked, to find where its answer changes
TURNS = 720  # directions of straight lines that are tried, over the full circle

Steps = Annotated[int, Field(ge=0, le=20000, description="steps of gradient descent, each over all training flowers")]
Rate = Annotated[float, Field(gt=0, le=10, description="learning rate: how far a step goes along the negative slope")]
MOST_HIDDEN = 32
Hidden = Annotated[
    int, Field(ge=0, le=MOST_HIDDEN, description="units with a ReLU between input and score; 0: no such layer")
]


Third = Annotated[int, Field(ge=1, le=THIRDS, description="which flower of every three is held out")]


@dataclass(frozen=True)
class LearningTask:
    """What a score means, and how wrong it is.

    For both tasks the derivative of the loss by the score is (answer - truth) / n: that is why these losses are taken.
    """

    answer: Callable[[Floats], Floats]
    loss: Callable[[Floats, Floats], float]


def sigmoid(scores: Floats) -> Floats:
    """A score as a probability: 1 / (1 + exp(-score))."""
    return np.asarray(0.5 * (1 + np.tanh(scores / 2)))


def cross_entropy(scores: Floats, truths: Floats) -> float:
    """Mean of -log of the probability given to what is true: log(1 + exp(score)) - truth * score."""
    return float((np.logaddexp(0, scores) - truths * scores).mean())


def half_squared_error(scores: Floats, truths: Floats) -> float:
    """Half the mean square of the errors."""
    return float(((scores - truths) ** 2).mean() / 2)


def _numbers(hidden: int) -> tuple[str, ...]:
    """What is told of a classifier with so many hidden units."""
    units = (f"unit_{number}" for number in range(1, max(hidden, 1) + 1))
    last = ("score_weights", "score_bias", "awake") if hidden else ()
    errors = (
        "loss",
        "held_out_loss",
        "final_loss",
        "held_out_final_loss",
        "accuracy",
        "held_out_accuracy",
        "best_line",
    )
    return ("x", *errors, "parameters", *last, *units)


CLASSIFY = LearningTask(sigmoid, cross_entropy)
ESTIMATE = LearningTask(lambda scores: scores, half_squared_error)


@dataclass(frozen=True)
class Flowers:
    """Some of Fisher's 150 irises: measures (n, k) in cm, truths (n,); the ``third`` of every three is held out."""

    measures: Floats
    truths: Floats
    third: int = THIRDS

    def split(self) -> tuple[Flowers, Flowers]:
        """Those to learn from, and those held out. The table is ordered by species, so both are mixed."""
        held_out = np.arange(len(self.truths)) % THIRDS == self.third - 1
        parts = (Flowers(self.measures[part], self.truths[part]) for part in (~held_out, held_out))
        return next(parts), next(parts)


@cache
def iris() -> tuple[Floats, NDArray[np.int64]]:
    """Length and width of the petals in cm, (150, 2), and the species, 0 to 2 (UCI, CC BY 4.0, as in scikit-learn)."""
    from sklearn.datasets import load_iris

    table = load_iris()
    return np.asarray(table.data[:, 2:4], np.float64), np.asarray(table.target, np.int64)


# The network


def initial_layers(inputs: int, hidden: int, seed: int) -> Layers:
    """Random weights of variance 2 / inputs before a ReLU (He et al. 2015); the score starts from zero, biases too."""
    if not hidden:
        return [(np.zeros((inputs, 1)), np.zeros(1))]
    random = np.random.default_rng(seed)
    into, out = random.standard_normal((inputs, hidden)), random.standard_normal((hidden, 1))
    return [(into * np.sqrt(2 / inputs), np.zeros(hidden)), (out * np.sqrt(1 / hidden), np.zeros(1))]


def forward(layers: Layers, inputs: Floats) -> list[Floats]:
    """The inputs (n, k), what each hidden layer makes of them after its ReLU, and at last the scores (n, 1)."""
    values = [inputs]
    for number, (weights, biases) in enumerate(layers, start=1):
        sums = values[-1] @ weights + biases
        values.append(sums if number == len(layers) else np.maximum(sums, 0))
    return values


def scores_of(layers: Layers, inputs: Floats) -> Floats:
    """The scores of inputs (n, k): (n,)."""
    return forward(layers, inputs)[-1][:, 0]


def loss_gradients(layers: Layers, inputs: Floats, truths: Floats, task: LearningTask) -> Layers:
    """The derivative of the mean loss by every weight and bias, by the chain rule from the score backwards."""
    values = forward(layers, inputs)
    upstream = (task.answer(values[-1]) - truths[:, None]) / len(truths)
    gradients = [(below.T @ above, above.sum(axis=0)) for below, above in backward(layers, values, upstream)]
    return gradients[::-1]


def backward(layers: Layers, values: list[Floats], upstream: Floats) -> Iterator[tuple[Floats, Floats]]:
    """From the last layer to the first: its inputs, and what of a derivative by the scores arrives at its sums.

    Layers may be stacks of several networks' (..., inputs, units), as values and derivatives then are.
    """
    for (weights, _), below in zip(reversed(layers), reversed(values[:-1]), strict=True):
        yield below, upstream
        upstream = (upstream @ np.swapaxes(weights, -1, -2)) * (below > 0)  # a ReLU passes what it was active for


def descend(layers: Layers, inputs: Floats, truths: Floats, task: LearningTask, rate: float) -> Layers:
    """One step: every weight and bias moves against its slope."""
    slopes = loss_gradients(layers, inputs, truths, task)
    return [(w - rate * dw, b - rate * db) for (w, b), (dw, db) in zip(layers, slopes, strict=True)]


@dataclass(frozen=True)
class Training:
    """A network after its training, and the losses on the way at the steps ``x`` (p,)."""

    layers: Layers
    x: NDArray[np.int64]
    loss: Floats
    held_out_loss: Floats


def train(flowers: Flowers, task: LearningTask, *, hidden: int, steps: int, rate: float, seed: int) -> Training:
    """Learn from two thirds of the flowers. The layers are for measures in cm, though steps are taken in deviations.

    In cm a rate that suits one measure would be too much for another. So each is brought to mean 0 and deviation 1
    by the training flowers' own, and the first layer is translated back at the end.
    """
    learned, held_out = flowers.split()
    mean, deviation = learned.measures.mean(axis=0), learned.measures.std(axis=0)
    inputs, held_out_inputs = ((part.measures - mean) / deviation for part in (learned, held_out))
    layers = initial_layers(inputs.shape[1], hidden, seed)
    at = np.unique(np.linspace(0, steps, HISTORY + 1).round().astype(np.int64))
    losses = []
    for step in range(steps + 1):
        if step:
            layers = descend(layers, inputs, learned.truths, task, rate)
        if step in at:
            pairs = ((inputs, learned.truths), (held_out_inputs, held_out.truths))
            losses.append([task.loss(scores_of(layers, x), y) for x, y in pairs])
    (weights, biases), *deeper = layers
    in_cm = weights / deviation[:, None]
    return Training([(in_cm, biases - mean @ in_cm), *deeper], at, *np.transpose(losses))


# The experiments


@method(
    title={"en": "A tiny classifier learns", "zh": "小网络学分类"},
    summary={
        "en": "A network with a few units learns by gradient descent to tell one species of iris from its petals.",
        "zh": "只有几个单元的网络，用梯度下降学着凭花瓣认出一种鸢尾花。",
    },
    papers=(IRIS, BACKPROPAGATION),
    gives="check",
    views=("plane", "curve"),
    numbers=lambda settings: _numbers(settings.hidden),
    passes=lambda settings: Passes(forward=0, training=settings.steps),
    subject="data",
)
def train_classifier(
    *, steps: Steps = 1000, hidden: Hidden = 3, rate: Rate = 0.5, third: Third = THIRDS, seed: Seed = 0
) -> Result:
    """Is it *Iris versicolor*? Told from the length and the width of a petal.

    ``versicolor`` and ``other_species`` (k, 2) are the flowers, length across and width up; ``boundary`` (j, 3) the
    lines where the probability is one half: number of the line, length, width. ``x`` (p,) are steps, with the
    cross-entropy ``loss`` of the flowers learned from and ``held_out_loss``.

    Numbers: ``accuracy`` and ``held_out_accuracy`` (0 to 1); ``final_loss`` and ``held_out_final_loss``; ``best_line``,
    the greatest share of all flowers that one of many straight lines tells rightly, found without training; how many
    ``parameters``; and these, for measures in cm: ``unit_1``, ``unit_2``, … (3,) are each hidden unit's weights of
    length and width and its bias, ``score_weights`` (hidden,) and ``score_bias`` the last layer's, ``awake`` (hidden,)
    for how many of all flowers each unit gives more than zero. Without a hidden layer ``unit_1`` is the score's.
    """
    measures, species = iris()
    flowers = Flowers(measures, (species == VERSICOLOR).astype(np.float64), third)
    learned, held_out = flowers.split()
    training = train(flowers, CLASSIFY, hidden=hidden, steps=steps, rate=rate, seed=seed)

    def accuracy(part: Flowers) -> float:
        return float(((scores_of(training.layers, part.measures) > 0) == (part.truths == 1)).mean())

    (weights, biases), *deeper = training.layers
    units = np.vstack([weights, biases]).T
    last = {"score_weights": deeper[0][0][:, 0], "score_bias": deeper[0][1][0]} if deeper else {}
    if deeper:
        last["awake"] = (forward(training.layers, measures)[1] > 0).sum(axis=0)
    return {
        "versicolor": measures[species == VERSICOLOR],
        "other_species": measures[species != VERSICOLOR],
        "boundary": boundary(training.layers, measures),
        "x": training.x,
        "loss": training.loss,
        "held_out_loss": training.held_out_loss,
        "accuracy": np.array(accuracy(learned)),
        "held_out_accuracy": np.array(accuracy(held_out)),
        "final_loss": training.loss[-1],
        "held_out_final_loss": training.held_out_loss[-1],
        "best_line": np.array(best_line()),
        "parameters": np.array(parameters(training.layers)),
        **{f"unit_{number}": unit for number, unit in enumerate(units, start=1)},
        **last,
    }


@method(
    title={"en": "A single neuron learns", "zh": "单个神经元学估数"},
    summary={
        "en": "One weight and one bias learn by gradient descent to tell a petal's width from its length.",
        "zh": "一个权重、一个偏置，用梯度下降学着由花瓣的长度估计宽度。",
    },
    papers=(IRIS,),
    gives="check",
    views=("plane", "curve"),
    numbers=("x", "loss", "held_out_loss", "weight", "bias", "least_squares", "final_loss", "held_out_error"),
    passes=lambda settings: Passes(forward=0, training=settings.steps),
    subject="data",
)
def train_regression(*, steps: Steps = 100, rate: Rate = 0.1) -> Result:
    """How wide is a petal? Told from its length by a single neuron: width = weight * length + bias.

    ``flowers`` (150, 2), length across and width up; ``fit`` (2, 3) what the neuron says: 0, length, width. ``x`` (p,)
    are steps, with half the mean squared error ``loss`` of the flowers learned from, and ``held_out_loss``, in cm².

    Numbers: ``weight`` (cm of width per cm of length) and ``bias`` (cm), both 0 before the first step;
    ``least_squares`` (2,) the weight and bias that algebra finds for the same flowers; ``final_loss``; and
    ``held_out_error``, the root mean square of the errors on the flowers held out, in cm.
    """
    measures, _ = iris()
    flowers = Flowers(measures[:, :1], measures[:, 1])
    learned, _ = flowers.split()
    training = train(flowers, ESTIMATE, hidden=0, steps=steps, rate=rate, seed=0)
    ((weights, biases),) = training.layers
    weight, bias = weights[0, 0], biases[0]
    design = np.hstack([learned.measures, np.ones_like(learned.measures)])
    ends = np.array([measures[:, 0].min(), measures[:, 0].max()])
    return {
        "flowers": measures,
        "fit": np.column_stack([np.zeros(2), ends, weight * ends + bias]),
        "x": training.x,
        "loss": training.loss,
        "held_out_loss": training.held_out_loss,
        "weight": weight,
        "bias": bias,
        "least_squares": np.linalg.lstsq(design, learned.truths)[0],
        "final_loss": training.loss[-1],
        "held_out_error": np.sqrt(2 * training.held_out_loss[-1]),
    }


def boundary(layers: Layers, measures: Floats) -> Floats:
    """Where the score is zero, within the range of the measures (n, 2): lines as (j, 3), number of the line, x, y."""
    from skimage.measure import find_contours

    low, high = measures.min(axis=0), measures.max(axis=0)
    across, up = (np.linspace(*ends, GRID) for ends in zip(low, high, strict=True))
    places = np.stack(np.meshgrid(across, up), axis=-1)
    scores = scores_of(layers, places.reshape(-1, 2)).reshape(GRID, GRID)
    lines = [
        np.column_stack([np.full(len(line), number), (low + line[:, ::-1] / (GRID - 1) * (high - low))])
        for number, line in enumerate(find_contours(scores, 0.0))  # type: ignore[no-untyped-call]
    ]
    return np.concatenate(lines) if lines else np.zeros((0, 3))


@cache
def best_line() -> float:
    """The greatest share of all flowers that a straight line tells rightly, through any flower, in any direction."""
    measures, species = iris()
    angles = 2 * np.pi * np.arange(TURNS) / TURNS
    along = measures @ np.stack([np.cos(angles), np.sin(angles)])  # (flowers, directions)
    beyond = along[:, None] > along[None]  # of each flower, whether it lies beyond the line through another one
    return float((beyond == (species == VERSICOLOR)[:, None, None]).mean(axis=0).max())


def parameters(layers: Layers) -> int:
    """How many weights and biases there are."""
    return sum(weights.size + biases.size for weights, biases in layers)

"""Small networks and their explanations on examples that they have not learned from.

A score here is the log-odds of the class that a network answers, and an input's baseline the mean of what was learned
from. Networks that are compared differ in their random start alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.digits import INK, digits
from netviz.data.tables import table
from netviz.methods.correlations import correlations
from netviz.methods.gradient_descent import Floats
from netviz.methods.integration import midpoints
from netviz.networks import Array

WIDTH = 32  # units of a hidden layer, where layers are added
STEPS = 600  # of training
NOISE = 0.3  # that a gradient should stand, as a share of the inputs' root mean square
PATH = 16  # points of integrated gradients
Gradient = Callable[[Floats, NDArray[np.int64]], Floats]
"""Of the score of a class by the inputs: (networks, n, k) and (networks, n) to (networks, n, k)."""
Source = Annotated[Literal["digits", "tumours"], Field(description="handwritten digits, or the table of tumours")]
Networks = Annotated[int, Field(ge=2, le=20, description="networks that differ in their random start alone")]


@dataclass(frozen=True)
class Examples:
    """``learned`` and ``held_out`` (n, k), less the mean of the former; ``learned_labels``, ``held_out_labels``."""

    learned: Floats
    held_out: Floats
    learned_labels: NDArray[np.int64]
    held_out_labels: NDArray[np.int64]

    @property
    def classes(self) -> int:
        return int(self.learned_labels.max()) + 1

    @property
    def targets(self) -> Floats:
        """The known labels as probabilities: (n, classes)."""
        return np.eye(self.classes)[self.learned_labels]

    def noisy(self, inputs: Floats, noise: float, seed: int) -> Floats:
        """Inputs with normal noise of so many times the root mean square of those learned from: (..., n, k)."""
        deviation = noise * np.sqrt((self.learned**2).mean())
        return inputs + deviation * np.random.default_rng(seed).standard_normal(inputs.shape)


@cache
def examples(source: str) -> Examples:
    """Digits with ink from -1 to 1, or the tumours' columns in standard deviations."""
    inputs: Array
    if source == "digits":
        data = digits()
        inputs = (2 * data.pictures / INK - 1).reshape(len(data.labels), -1)
        labels, held_out = data.labels, data.held_out
    else:
        rows = table("tumours")
        inputs, labels, held_out = rows.standardised, rows.labels, rows.held_out
    mean = inputs[~held_out].mean(axis=0)
    return Examples(inputs[~held_out] - mean, inputs[held_out] - mean, labels[~held_out], labels[held_out])


def integrated_gradients(gradient: Gradient, inputs: Floats, classes: NDArray[np.int64]) -> Floats:
    """From the mean, 0, to the inputs: (networks, n, k)."""
    slopes = [gradient(position * inputs, classes) for position in midpoints(PATH)]
    return np.asarray(inputs * np.mean(slopes, axis=0))


def cosines(first: Floats, second: Floats) -> Floats:
    """Of the angles between vectors along the last axis; 0 where one has no length."""
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    products = (first * second).sum(axis=-1)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


def parameters(data: Examples, layers: int, width: int) -> int:
    """Weights and biases of a network for these examples, with so many units in each layer but the last."""
    sizes = [data.learned.shape[1], *[width] * (layers - 1), data.classes]
    return sum((before + 1) * after for before, after in pairwise(sizes))


def mean_correlations(first: Floats, second: Floats) -> Floats:
    """The mean over inputs of the correlation of two explanations, (networks, n, k) twice: (networks,)."""
    return np.array([correlations(one, other).mean() for one, other in zip(first, second, strict=True)])

"""The same training from many random starts: from how many it comes to a good end, and what more units change of that.

All starts of one size are trained at once, as stacks of layers (starts, inputs, units).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.gradient_descent import (
    IRIS,
    THIRDS,
    VERSICOLOR,
    Floats,
    Flowers,
    Layers,
    Rate,
    Steps,
    Third,
    backward,
    forward,
    initial_layers,
    iris,
    sigmoid,
)

UNITS = (1, 2, 3, 8)  # hidden units of the networks that are trained
FOUND = 0.9  # of the flowers held out: who is right for more of them has found the way


@method(
    title={"en": "From many starts", "zh": "从许多起点出发"},
    summary={
        "en": "A tiny classifier is trained from many random starts: from how many it learns to tell one species of "
        "iris, by its number of hidden units.",
        "zh": "小网络从许多随机起点出发各训练一遍：隐藏单元数不同时，有多少个起点学得会认出一种鸢尾花。",
    },
    papers=(IRIS,),
    gives="check",
    views=("curve",),
    numbers=("x", "found", "starts", "best_of_smallest", "best_of_largest"),
    passes=lambda settings: Passes(forward=0, training=settings.steps * settings.starts * len(UNITS)),
    subject="data",
)
def train_from_starts(
    *,
    starts: Annotated[int, Field(ge=1, le=200, description="random starts of each number of units")] = 20,
    steps: Steps = 1000,
    rate: Rate = 0.5,
    third: Third = THIRDS,
) -> Result:
    """The classifier of `train_classifier`, with ``x`` (4,) hidden units, from the seeds 0 to ``starts`` - 1.

    ``found`` (4,) is from how many it learns to tell more than `FOUND` of the flowers held out.

    Numbers: how many ``starts`` of each size; and the best share of those flowers that is told by the smallest network
    that finds the way from any start (``best_of_smallest``; the largest, if none does) and by the largest
    (``best_of_largest``).
    """
    measures, species = iris()
    learned, held_out = Flowers(measures, (species == VERSICOLOR).astype(np.float64), third).split()
    mean, deviation = learned.measures.mean(axis=0), learned.measures.std(axis=0)
    inputs, held_out_inputs = ((part.measures - mean) / deviation for part in (learned, held_out))
    accuracies = []
    for units in UNITS:
        layers = _started(inputs.shape[1], units, starts)
        for _ in range(steps):
            layers = _descended(layers, inputs, learned.truths, rate)
        answers = forward(layers, held_out_inputs)[-1][..., 0] > 0
        accuracies.append((answers == (held_out.truths == 1)).mean(axis=1))
    best = np.max(accuracies, axis=1)
    able = best[best > FOUND]
    return {
        "x": np.array(UNITS),
        "found": (np.array(accuracies) > FOUND).sum(axis=1),
        "starts": np.array(starts),
        "best_of_smallest": able[0] if able.size else best[-1],
        "best_of_largest": best[-1],
    }


def _started(inputs: int, hidden: int, starts: int) -> Layers:
    """The first layers of every start: weights (starts, inputs, units) and biases (starts, 1, units)."""
    each = [initial_layers(inputs, hidden, seed) for seed in range(starts)]
    return [
        (np.stack([weights for weights, _ in alike]), np.stack([biases[None] for _, biases in alike]))
        for alike in zip(*each, strict=True)
    ]


def _descended(layers: Layers, inputs: Floats, truths: Floats, rate: float) -> Layers:
    """One step of every start against the slope of its own cross-entropy."""
    values = forward(layers, inputs)
    upstream = (sigmoid(values[-1]) - truths[:, None]) / len(truths)
    slopes = [
        (np.swapaxes(below, -1, -2) @ above, above.sum(axis=-2, keepdims=True))
        for below, above in backward(layers, values, upstream)
    ]
    return [(w - rate * dw, b - rate * db) for (w, b), (dw, db) in zip(layers, reversed(slopes), strict=True)]

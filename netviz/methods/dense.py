"""Dense networks of any depth that learn a table or small pictures in a second, several at once, in NumPy.

All have one shape and see the same examples in the same order; only the random start differs. So what differs between
them is chance, and what they share is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from netviz.methods.gradient_descent import Floats, Layers, backward, forward
from netviz.networks import softmax

P = ParamSpec("P")
R = TypeVar("R")
BATCH = 64
RATE = 3e-3  # Adam's, falling to a tenth
LOOKS = 5  # steps from one look at the loss to the next, where training ends at a loss


@dataclass(frozen=True)
class DenseNetworks:
    """``layers`` hold the weights (networks, inputs, units) and biases (networks, 1, units) of each layer.

    Inputs are (n, k) for all networks, or (networks, n, k); classes (networks, n).
    """

    layers: Layers

    def logits(self, inputs: Floats) -> Floats:
        """(networks, n, classes)."""
        return forward(self.layers, inputs)[-1]

    def answers(self, inputs: Floats) -> NDArray[np.int64]:
        """The likeliest class: (networks, n)."""
        return np.asarray(self.logits(inputs).argmax(axis=-1))

    def probabilities(self, inputs: Floats) -> Floats:
        """(networks, n, classes)."""
        return np.asarray(softmax(self.logits(inputs)), np.float64)

    def loss(self, inputs: Floats, targets: Floats) -> Floats:
        """The mean cross-entropy with probabilities (n, classes) or (networks, n, classes): (networks,)."""
        logits = self.logits(inputs)
        return np.asarray((_log_sum_exp(logits)[..., 0] - (targets * logits).sum(axis=-1)).mean(axis=-1))

    def log_odds(self, inputs: Floats, classes: NDArray[np.int64]) -> Floats:
        """log(p / (1 - p)) of a class for each input: (networks, n)."""
        logits = self.logits(inputs)
        own = np.take_along_axis(logits, classes[..., None], axis=-1)
        return np.asarray((own - _log_sum_exp(_without(logits, classes)))[..., 0])

    def gradient(self, inputs: Floats, classes: NDArray[np.int64]) -> Floats:
        """The derivative of these log-odds by the inputs: (networks, n, k)."""
        values = forward(self.layers, inputs)
        own = np.arange(values[-1].shape[-1]) == classes[..., None]
        *_, (_, arriving) = backward(self.layers, values, own - softmax(_without(values[-1], classes)))
        return np.asarray(arriving @ np.swapaxes(self.layers[0][0], -1, -2))


def with_one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, whose matrices NumPy multiplies with one thread.

    They are small: several threads would wait for each other four times as long as one works.
    """

    @wraps(function)
    def run(*arguments: P.args, **more: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            return function(*arguments, **more)

    return run


def train_dense(
    inputs: Floats, targets: Floats, *, depth: int, width: int, seeds: list[int], steps: int
) -> DenseNetworks:
    """``depth`` layers with ``width`` ReLUs in each but the last, from inputs (n, k) or (networks, n, k).

    ``targets`` (n, classes) or (networks, n, classes) are probabilities: ones and zeros for known labels, or what
    another network says. The loss is the cross-entropy; Adam (Kingma and Ba 2014) over batches drawn by the first seed.
    """
    *_, last = _trainings(inputs, targets, depth, width, seeds, steps)
    return last


def train_dense_until(
    inputs: Floats, targets: Floats, *, goals: Floats, depth: int, width: int, seeds: list[int], steps: int
) -> DenseNetworks:
    """`train_dense`, but each network as it was when its loss over all examples came down to its goal (networks,).

    Each is looked at every `LOOKS` steps; one that does not get there is taken after the last.
    """
    reached: dict[int, DenseNetworks] = {}
    for step, networks in enumerate(_trainings(inputs, targets, depth, width, seeds, steps)):
        if step % LOOKS == 0 or step == steps:
            there = (networks.loss(inputs, targets) <= goals) | (step == steps)
            reached.update({int(number): networks for number in np.flatnonzero(there) if number not in reached})
        if len(reached) == len(seeds):
            break
    chosen = [reached[number].layers for number in range(len(seeds))]
    return DenseNetworks(
        [
            (
                np.stack([layers[at][0][number] for number, layers in enumerate(chosen)]),
                np.stack([layers[at][1][number] for number, layers in enumerate(chosen)]),
            )
            for at in range(depth)
        ]
    )


def _trainings(
    inputs: Floats, targets: Floats, depth: int, width: int, seeds: list[int], steps: int
) -> Iterator[DenseNetworks]:
    """The networks before the first step and after each."""
    sizes = [inputs.shape[-1], *[width] * (depth - 1), targets.shape[-1]]
    layers = [_start(seeds, number, ends, last=number == depth) for number, ends in enumerate(pairwise(sizes), start=1)]
    means = [[np.zeros_like(part) for part in layer] for layer in layers]
    squares = [[np.zeros_like(part) for part in layer] for layer in layers]
    count = inputs.shape[-2]
    yield DenseNetworks(list(layers))
    random = np.random.default_rng(seeds[0])
    order = np.concatenate([random.permutation(count) for _ in range(steps * BATCH // count + 1)])
    for step, batch in enumerate(order[: steps * BATCH].reshape(steps, BATCH), start=1):
        given = np.broadcast_to(inputs[..., batch, :], (len(seeds), BATCH, inputs.shape[-1]))
        values = forward(layers, given)
        upstream = (softmax(values[-1]) - targets[..., batch, :]) / BATCH
        slopes = [
            (np.swapaxes(below, -1, -2) @ above, above.sum(axis=-2, keepdims=True))
            for below, above in backward(layers, values, upstream)
        ][::-1]
        rate = RATE * (1 - 0.9 * step / steps)
        for number, slope in enumerate(slopes):
            layers[number] = _adam_step(layers[number], slope, means[number], squares[number], rate, step)
        yield DenseNetworks(list(layers))


def _start(seeds: list[int], number: int, ends: tuple[int, int], *, last: bool) -> tuple[Floats, Floats]:
    """Random weights of variance 2 / inputs before a ReLU (He et al. 2015), biases of zero."""
    random = np.stack([np.random.default_rng([seed, number]).standard_normal(ends) for seed in seeds])
    return random * np.sqrt((1 if last else 2) / ends[0]), np.zeros((len(seeds), 1, ends[1]))


def _adam_step(
    layer: tuple[Floats, Floats],
    slope: tuple[Floats, Floats],
    means: list[Floats],
    squares: list[Floats],
    rate: float,
    step: int,
) -> tuple[Floats, Floats]:
    """Weights and biases after a step; the running means of the slopes and of their squares move on in place."""
    moved = []
    for number, (value, derivative) in enumerate(zip(layer, slope, strict=True)):
        means[number] = 0.9 * means[number] + 0.1 * derivative
        squares[number] = 0.999 * squares[number] + 0.001 * derivative**2
        size = np.sqrt(squares[number] / (1 - 0.999**step)) + 1e-8
        moved.append(value - rate * means[number] / (1 - 0.9**step) / size)
    return moved[0], moved[1]


def _without(logits: Floats, classes: NDArray[np.int64]) -> Floats:
    """The rivals' logits: -inf at the class itself."""
    return np.where(np.arange(logits.shape[-1]) == classes[..., None], -np.inf, logits)


def _log_sum_exp(logits: Floats) -> Floats:
    largest = logits.max(axis=-1, keepdims=True)
    return np.asarray(largest + np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True)))

"""The integral of a gradient along the straight way between two pictures, in steps as fine as each stretch needs.

A network of ReLUs is piecewise linear: on the way its slope jumps, so no rule of a higher order gains on the trapezoid
rule, and where the jumps lie close together the steps should. This is globally adaptive quadrature, as in QUADPACK
(Piessens, de Doncker-Kapenga, Überhuber and Kahaner 1983): what falls short most is bisected. The earliest integrated
gradients in uneven steps that we know of are Bhat and Raychowdhury's ("Non-Uniform Interpolation in Integrated
Gradients for Low-Latency Explainable-AI", 2023); they choose the steps before the first gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from netviz.methods.correlations import rank_correlations
from netviz.networks import Array, Network, Output

AT_ONCE = 8  # stops that are looked at together; then it is asked anew which steps are worst


class Stop(NamedTuple):
    """A point of the way: its position from 0 to 1, the score there, and ``rates`` (height, width, 3).

    A rate is what one value of the picture adds to the score for each unit of the way.
    """

    position: float
    score: float
    rates: Array


Look = Callable[[Array], list[Stop]]
"""What is seen at positions (k,) of a way, one stop for each."""

Stops = Sequence[Stop]
"""Stops in the order of the way, the first and the last of it included."""


def along(network: Network, start: Array, end: Array, target: int, output: Output) -> Look:
    """How to look at the straight way from one picture to another, both (height, width, 3)."""
    whole = end - start

    def look(positions: Array) -> list[Stop]:
        if not whole.any():  # all points are one picture, of which two passes might tell other last digits
            return [asked(end[None], np.zeros(1))[0]._replace(position=place) for place in positions.tolist()]
        stops = []
        for first in range(0, len(positions), AT_ONCE):
            places = positions[first : first + AT_ONCE]
            points = start + places[:, None, None, None] * whole
            points[places == 1] = end  # to the last bit, as others may have asked it
            stops += asked(points, places)
        return stops

    def asked(points: Array, places: Array) -> list[Stop]:
        scores, gradients = network.value_and_gradient(points, np.full(len(points), target), output=output)
        rates = (whole * gradients).astype(gradients.dtype)
        return [Stop(*one) for one in zip(places.tolist(), scores.tolist(), rates, strict=True)]

    return look


def even_stops(look: Look, steps: int) -> list[Stop]:
    """The ends of so many equal steps.

    The end of the way is looked at by itself: most have asked the same of that picture. Then come its beginning and
    what halves the steps again and again: whoever asks for half as many asks the same, too, and they share the passes.
    """
    coarsest = steps // (steps & -steps)  # odd
    positions = np.arange(coarsest) / coarsest
    while len(positions) < steps:
        positions = np.append(positions, midpoints(len(positions)))
    return sorted([*look(np.ones(1)), *look(positions)], key=lambda stop: stop.position)


def integrated(stops: Stops) -> Array:
    """What each value adds on the whole way, by the trapezoid rule: (height, width, 3) float64."""
    weights = trapezoid_weights(np.array([stop.position for stop in stops]))
    total = np.zeros(stops[0].rates.shape)
    for weight, stop in zip(weights, stops, strict=True):
        total += weight * stop.rates
    return total


def trapezoid_weights(positions: Array) -> Array:
    """Of each of the rising positions, in the trapezoid rule: half of the steps that it ends. Both (k,)."""
    halves = np.diff(positions) / 2
    return np.append(halves, 0) + np.append(0, halves)


def midpoints(steps: int) -> Array:
    """The middles of equal steps from 0 to 1: (steps,), all of the same weight in the midpoint rule."""
    return (np.arange(steps) + 0.5) / steps


def bisected(
    stops: Stops,
    look: Look,
    most: int,
    shortfall: Callable[[Stops], Array],
    enough: Callable[[Stops], bool],
    singly: int = 0,
) -> Stops:
    """The stops and further ones, until they are enough or part ``most`` steps.

    Where the ``shortfall`` (k - 1,) of the k - 1 steps is greatest a step is bisected: ``singly`` so many of them, one
    after the other, and then `AT_ONCE` at a time. Where there is none anywhere, finer steps would change nothing.
    """
    while len(stops) <= most and not enough(stops) and (short := shortfall(stops)).any():
        count = 1 if singly > 0 else AT_ONCE
        singly -= 1
        worst = np.argsort(-short, kind="stable")[: min(count, most + 1 - len(stops))]
        middles = [(stops[step].position + stops[step + 1].position) / 2 for step in np.sort(worst)]
        stops = sorted([*stops, *look(np.array(middles))], key=lambda stop: stop.position)
    return stops


def turns(stops: Stops) -> Array:
    """How far the map may be off by each step: (k - 1,), its width times how far the rates differ at its ends."""
    return np.array([_width(*step) * np.linalg.norm(step[1].rates - step[0].rates) for step in pairwise(stops)])


def misses(stops: Stops) -> Array:
    """By how much each step's trapezoid misses what the score changes in it: (k - 1,), 0 or more."""
    slopes = np.array([stop.rates.sum(dtype=np.float64) for stop in stops])
    trapezoids = np.array([_width(*step) for step in pairwise(stops)]) * (slopes[:-1] + slopes[1:]) / 2
    return np.abs(trapezoids - np.diff([stop.score for stop in stops]))


def coarser_rank_correlation(stops: Stops) -> float:
    """Spearman's correlation of the map, RGB summed, with that of every other stop: what half the steps would give."""
    coarser = [*stops[:-1:2], stops[-1]]
    fine, coarse = (integrated(one).sum(axis=-1).reshape(1, -1) for one in (stops, coarser))
    return float(rank_correlations(fine, coarse)[0])


def _width(before: Stop, after: Stop) -> float:
    return after.position - before.position

"""Integrated gradients, and the way that they go: the score at its stops, and what has been written to the account."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Result, Seed, method
from netviz.methods.baselines import Baseline, baseline_pictures
from netviz.methods.integration import (
    Stops,
    along,
    bisected,
    coarser_rank_correlation,
    even_stops,
    integrated,
    misses,
    turns,
)
from netviz.networks import Array, Network, Targets

SUNDARARAJAN = Paper(
    authors="Sundararajan, Taly and Yan",
    year=2017,
    title="Axiomatic Attribution for Deep Networks",
    url="https://arxiv.org/abs/1703.01365",
)

BHAT = Paper(
    authors="Bhat and Raychowdhury",
    year=2023,
    title="Non-Uniform Interpolation in Integrated Gradients for Low-Latency Explainable-AI",
    url="https://arxiv.org/abs/2302.11107",
)

SINGLY = 2  # steps to bisect one after the other: mostly the account closes then, for less than eight at once cost

BaselineSetting = Annotated[Baseline, Field(description="the picture that stands for no information")]


@method(
    title={"en": "Integrated gradients", "zh": "积分梯度"},
    summary={
        "en": "The gradient averaged on the way from a baseline to the picture, times the difference between the two: "
        "its sum accounts for the whole change of the score.",
        "zh": "沿着从基线到图片的路径对梯度取平均，再乘以两者之差；各处之和等于得分的全部变化。",
    },
    papers=(SUNDARARAJAN.at("equation 1"), BHAT),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("sum", "delta", "error", "steps", "score", "baseline_score", "coarser_rank_correlation"),
    passes=lambda settings: Passes(
        forward=max(settings.steps, settings.max_steps) + 1, backward=max(settings.steps, settings.max_steps) + 1
    ),
)
def integrated_gradients(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    steps: Annotated[int, Field(ge=2, le=1024, description="equal steps to begin with")] = 16,
    max_steps: Annotated[int, Field(ge=2, le=1024, description="steps are bisected until there are so many")] = 256,
    rank_tolerance: Annotated[
        float,
        Field(ge=0, le=1, description="how far below 1 the map's rank correlation with that of half the steps may be"),
    ] = 0.002,
    tolerance: Annotated[
        float, Field(ge=0, le=1, description="completeness error to reach, as a share of the change of the score")
    ] = 0.01,
    baseline: BaselineSetting = "black",
    blur: Annotated[
        float, Field(gt=0, le=1, description="for `blurred`: the blur's standard deviation, as a share of the width")
    ] = 0.1,
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """(x - x') * mean gradient between x' and x, with the account that shows how far it can be trusted.

    First the map, then the account, for a closed account tells little of the map. After ``steps`` equal steps those are
    bisected within which the gradient turns most, until the ranks of the map stand: their correlation with those of the
    map from every other stop is 1 but for ``rank_tolerance``. Then those are bisected whose trapezoids miss most of the
    score's change, until the sum differs from f(x) - f(x') by at most ``tolerance`` of that difference. Both end at
    ``max_steps``.

    Gives ``attribution`` (n, height, width, 3) in score, its ``sum``, the ``score`` and ``baseline_score``, ``delta`` =
    sum - (score - baseline_score), ``error`` = |delta| / |score - baseline_score|, the ``steps`` it took and the
    ``coarser_rank_correlation`` with the map from every other stop (Spearman, RGB summed), each (n,).

    Baselines: black, the mean colour, white, the picture itself ``blurred`` (Gaussian, the border repeated), or
    ``noise``, uniform from 0 to 255 by the ``seed``.
    """

    def stands(stops: Stops) -> bool:
        return coarser_rank_correlation(stops) >= 1 - rank_tolerance

    def closes(stops: Stops) -> bool:
        change = stops[-1].score - stops[0].score
        return abs(integrated(stops).sum() - change) <= tolerance * abs(change)

    accounts = []
    starts = baseline_pictures(network, pictures, baseline, blur, seed)
    for picture, start, target in zip(pictures, starts, targets, strict=True):
        look = along(network, start, picture, int(target), output)
        stops = bisected(even_stops(look, steps), look, max_steps, turns, stands)
        accounts.append(_account(bisected(stops, look, max_steps, misses, closes, SINGLY)))
    return {name: np.stack([one[name] for one in accounts]) for name in accounts[0]}


def _account(stops: Stops) -> dict[str, Array]:
    """What integrated gradients say of one picture."""
    attribution = integrated(stops)
    total = attribution.sum()
    score, baseline_score = stops[-1].score, stops[0].score
    delta, change = total - (score - baseline_score), abs(score - baseline_score)
    return {
        "attribution": attribution.astype(stops[0].rates.dtype),
        "sum": total,
        "delta": delta,
        "error": np.float64(abs(delta) / change if change else delta != 0),
        "steps": np.int64(len(stops) - 1),
        "score": np.float64(score),
        "baseline_score": np.float64(baseline_score),
        "coarser_rank_correlation": np.float64(coarser_rank_correlation(stops)),
    }


@method(
    title={"en": "Integrated gradients on the way", "zh": "积分梯度：走到半路"},
    summary={
        "en": "Integrated gradients as far as a position of the path from the baseline to the picture, and the score "
        "at every step of it.",
        "zh": "从基线走向图片，走到某个位置为止的积分梯度，以及沿途每一步的得分。",
    },
    papers=(SUNDARARAJAN.at("equation 3"),),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay", "curve"),
    numbers=("x", "score_change", "running_sum", "sum", "change", "gap"),
    passes=lambda settings: Passes(forward=settings.steps + 1, backward=settings.steps + 1),
)
def integrated_path(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    position: Annotated[float, Field(gt=0, le=1, description="how far to go: 1 is the picture itself")] = 1.0,
    steps: Annotated[int, Field(ge=2, le=1024, description="equal steps of the whole path")] = 32,
    baseline: BaselineSetting = "black",
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """Integrated gradients from the baseline to a point of the path: ``attribution`` (n, height, width, 3) in score.

    The trapezoid rule on the steps that end at the ``position``, rounded to a whole step. The account is that of the
    whole path: ``x`` (n, steps + 1) are the stops from 0 to 1, ``score_change`` f(stop) - f(baseline), ``running_sum``
    what the gradients up to there add up to; by the fundamental theorem of calculus the same, but for the steps'
    width. ``sum``, ``change`` and ``gap`` = sum - change (n,) are the account at the position.
    """
    last = max(1, round(position * steps))
    attribution = []
    change, slopes = np.empty((len(pictures), steps + 1)), np.empty((len(pictures), steps + 1))
    starts = baseline_pictures(network, pictures, baseline, seed=seed)
    for i, (start, picture) in enumerate(zip(starts, pictures, strict=True)):
        stops = even_stops(along(network, start, picture, int(targets[i]), output), steps)
        change[i] = [stop.score - stops[0].score for stop in stops]
        slopes[i] = [stop.rates.sum(dtype=np.float64) for stop in stops]  # of the score by the position
        attribution.append(integrated(stops[: last + 1]).astype(stops[0].rates.dtype))
    running = np.zeros_like(slopes)
    running[:, 1:] = ((slopes[:, :-1] + slopes[:, 1:]) / (2 * steps)).cumsum(axis=1)
    return {
        "attribution": np.stack(attribution),
        "x": np.tile(np.arange(steps + 1) / steps, (len(pictures), 1)),
        "score_change": change,
        "running_sum": running,
        "sum": running[:, last],
        "change": change[:, last],
        "gap": running[:, last] - change[:, last],
    }

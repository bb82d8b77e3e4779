"""The way that integrated gradients go, stop by stop: the score on it, and what has been written to the account."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Result, Seed, method
from netviz.methods.arrays import flattened, target_output
from netviz.methods.gradients import Baseline, baseline_pictures
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "Integrated gradients on the way", "zh": "积分梯度：走到半路"},
    summary={
        "en": "Integrated gradients as far as a position of the path from the baseline to the picture, and the score "
        "at every step of it.",
        "zh": "从基线走向图片，走到某个位置为止的积分梯度，以及沿途每一步的得分。",
    },
    papers=(
        Paper(
            authors="Sundararajan, Taly and Yan",
            year=2017,
            title="Axiomatic Attribution for Deep Networks",
            url="https://arxiv.org/abs/1703.01365",
            place="equation 3",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay", "curve"),
    numbers=("x", "score_change", "running_sum", "sum", "change", "gap"),
    passes=lambda settings: Passes(forward=2 * (settings.steps + 1), backward=settings.steps + 1),
)
def integrated_path(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    position: Annotated[float, Field(gt=0, le=1, description="how far to go: 1 is the picture itself")] = 1.0,
    steps: Annotated[int, Field(ge=2, le=4096, description="equal steps of the whole path")] = 32,
    baseline: Annotated[Baseline, Field(description="the picture that stands for no information")] = "black",
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """Integrated gradients from the baseline to a point of the path: ``attribution`` (n, height, width, 3) in score.

    The trapezoid rule on the steps that end at the ``position``, rounded to a whole step. The account is that of the
    whole path: ``x`` (n, steps + 1) are the stops from 0 to 1, ``score_change`` f(stop) - f(baseline), ``running_sum``
    what the gradients up to there add up to; by the fundamental theorem of calculus the same, but for the steps'
    width. ``sum``, ``change`` and ``gap`` = sum - change (n,) are the account at the position.
    """
    stops = np.arange(steps + 1) / steps
    last = max(1, round(position * steps))
    starts = baseline_pictures(network, pictures, baseline, seed=seed)
    attribution = []
    change, slopes = np.empty((len(pictures), steps + 1)), np.empty((len(pictures), steps + 1))
    for i, (start, picture) in enumerate(zip(starts, pictures, strict=True)):
        points = start + stops[:, None, None, None] * (picture - start)
        target = np.full(len(points), targets[i])
        gradients = network.gradient(points, target, output=output)
        change[i] = target_output(network, points, target, output).astype(np.float64)
        slopes[i] = flattened(gradients) @ (picture - start).ravel()  # of the score by the position
        mean = (gradients[:last] + gradients[1 : last + 1]).sum(axis=0, dtype=np.float64) / (2 * steps)
        attribution.append(((picture - start) * mean).astype(gradients.dtype))
    change -= change[:, :1]
    running = np.zeros_like(slopes)
    running[:, 1:] = ((slopes[:, :-1] + slopes[:, 1:]) / (2 * steps)).cumsum(axis=1)
    return {
        "attribution": np.stack(attribution),
        "x": np.tile(stops, (len(pictures), 1)),
        "score_change": change,
        "running_sum": running,
        "sum": running[:, last],
        "change": change[:, last],
        "gap": running[:, last] - change[:, last],
    }

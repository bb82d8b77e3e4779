"""Weights of superpixels that were found elsewhere, where finding them takes longer than a build may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Passes, Result, method
from netviz.methods.answers import UnusableAnswer
from netviz.methods.arrays import largest, target_output
from netviz.methods.hiding import Fill, filled
from netviz.methods.regions import Segments, centres_of_greatest, region_result, superpixels
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "Recorded weights", "zh": "事先算好的权重"},
    summary={
        "en": "Weights of the superpixels that were found once, with more passes than a build has time for, and "
        "whether they still add up to what the network says.",
        "zh": "各超像素的权重是事先算好的，构建时来不及做那么多次前向传播；这里只核对总和是否仍与得分相符。",
    },
    gives="attribution",
    signed=True,
    views=("overlay", "signed", "bars"),
    numbers=("sum", "score", "baseline_score", "delta", "largest", "peak", "segments"),
    passes=lambda settings: Passes(forward=2),
)
def recorded_weights(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    weights: Annotated[
        tuple[float, ...],
        Field(max_length=500, description="of the superpixels in their order; where none is given, 0"),
    ] = (),
    segments: Segments = 40,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
) -> Result:
    """Weights laid over the superpixels, with the account that `netviz.methods.hiding.kernel_shap` keeps of its own.

    Gives what that gives; ``delta`` (n,) is near 0 where the weights share out the difference between all shown and
    all hidden, so it tells when they were found with another network, another picture or other superpixels.
    """
    regions = [superpixels(picture, segments) for picture in pictures]
    given = [_one_each(weights, int(labels.max()) + 1) for labels in regions]
    attribution = np.stack([one[labels] for one, labels in zip(given, regions, strict=True)]).astype(np.float32)
    scores = target_output(network, pictures, targets, output)
    baseline_scores = target_output(network, filled(network, pictures, fill), targets, output)
    total = np.full(len(pictures), sum(weights), float)
    return {
        "attribution": attribution,
        "sum": total,
        "score": scores,
        "baseline_score": baseline_scores,
        "delta": total - (scores - baseline_scores),
        "largest": largest(attribution),
        "peak": centres_of_greatest(attribution),
        **region_result(regions, given, segments),
    }


def _one_each(weights: Sequence[float], count: int) -> Array:
    """The weights of ``count`` superpixels; raises UnusableAnswer if more are given."""
    if len(weights) > count:
        raise UnusableAnswer(f"{len(weights)} weights are given, and there are {count} superpixels")
    return np.array([*weights, *[0.0] * (count - len(weights))])

"""Does a map hold still? How far it changes when the picture hardly does."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Result, Seed, method, run
from netviz.methods.arrays import flat_maps, lengths
from netviz.methods.faithfulness import CHUNK, YEH
from netviz.methods.map_methods import Explanation, explanation_passes, explanations, times
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "Max-sensitivity", "zh": "最大敏感度"},
    summary={
        "en": "How much a map changes, at most, when the picture is disturbed by less than an eye would notice.",
        "zh": "对图片施加肉眼难以察觉的扰动，解释图最多会改变多少。",
    },
    papers=(YEH,),
    gives="check",
    views=("panels",),
    numbers=("max_sensitivity", "relative", "mean_relative"),
    passes=lambda settings: times(settings.samples + 1, explanation_passes(settings.of_method)),
)
def max_sensitivity(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    of_method: Explanation = "gradient",
    samples: Annotated[int, Field(ge=1, le=1000, description="random pictures near the picture")] = 10,
    radius: Annotated[float, Field(gt=0, le=128, description="greatest change of a value, RGB steps")] = 5.0,
    seed: Seed = 0,
) -> Result:
    """The greatest |map(y) - map(x)|, y within ``radius`` of x: ``max_sensitivity`` (n,), definition 3.

    In the map's unit. The y are drawn uniformly, so this is a lower bound of the true greatest; the method is run
    with its default settings. ``relative`` (n,) is divided by the length of map(x), ``mean_relative`` the mean over
    the y instead of the greatest. ``maps`` (n, 2, h, w) are map(x) and the one farthest from it.
    """
    one = explanations()[of_method]
    worst = np.zeros(len(pictures))
    mean = np.zeros(len(pictures))
    size = np.zeros(len(pictures))
    shown = []
    for i, picture in enumerate(pictures):
        random = np.random.default_rng(seed)
        original = run(one, network, picture[None], targets[i : i + 1])["attribution"]
        size[i] = lengths(original)[0]
        farthest = original
        for first in range(0, samples, CHUNK):
            count = min(CHUNK, samples - first)
            near = picture + random.uniform(-radius, radius, (count, *picture.shape))
            others = run(one, network, near.astype(picture.dtype), np.full(count, targets[i]))["attribution"]
            distances = lengths(others - original)
            mean[i] += distances.sum() / samples
            if distances.max() >= worst[i]:
                worst[i], farthest = distances.max(), others[[distances.argmax()]]
        shown.append(flat_maps(np.concatenate([original, farthest])))
    known = size > 0
    return {
        "maps": np.stack(shown),
        "max_sensitivity": worst,
        "relative": np.divide(worst, size, out=np.zeros_like(size), where=known),
        "mean_relative": np.divide(mean, size, out=np.zeros_like(size), where=known),
    }

"""How fine a map is: whether its neighbours agree, and what is left of a gradient when they are made to."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.arrays import flat_maps, flattened
from netviz.methods.correlations import correlations
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "How fine a map is", "zh": "解释图有多细碎"},
    summary={
        "en": "How alike a map is to itself, moved by a few pixels, and what a smoothed gradient keeps of its slope.",
        "zh": "解释图移动几个像素之后与自己有多相似；梯度平滑之后还保留多少作用。",
    },
    gives="check",
    maps=(1, 1),
    views=("curve",),
    numbers=("opposite", "nearest", "kept"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def fineness(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    farthest: Annotated[int, Field(ge=1, le=50, description="how far to move the map, in pixels")] = 8,
    smoothing: Annotated[float, Field(gt=0, le=50, description="deviation of the smoothing, in pixels")] = 2.0,
) -> Result:
    """Correlations of the map with itself, moved down and to the right by ``x`` pixels: ``autocorrelation`` (n, x).

    ``nearest`` (n,) is that at one pixel; ``opposite`` (n,) the share of neighbours, one above or beside the other,
    whose values have opposite signs, and ``kept`` (n,) the cosine between the map and its smoothed copy, over all its
    values: where the map is a gradient, how fast the score rises along the copy, as a share of how fast it rises
    along the gradient itself. Of a map of zeros all are 0.
    """
    from scipy.ndimage import gaussian_filter

    [attribution] = maps
    flat = flat_maps(attribution)
    x = np.arange(min(farthest, min(flat.shape[1:]) - 1) + 1)
    smooth = gaussian_filter(attribution, (0, smoothing, smoothing, *[0] * (attribution.ndim - 3)))
    likeness = np.stack([_autocorrelation(flat, int(distance)) for distance in x], axis=1)
    return {
        "x": np.tile(x, (len(flat), 1)),
        "autocorrelation": likeness,
        "nearest": likeness[:, min(1, len(x) - 1)],
        "opposite": np.mean([_opposite(*pair) for pair in _neighbours(flat, 1)], axis=0),
        "kept": _cosines(flattened(attribution), flattened(smooth)),
    }


def _neighbours(maps: Array, distance: int) -> list[tuple[Array, Array]]:
    """Maps (n, h, w) where there is a neighbour so far below, and those neighbours; then the same to the right."""
    height, width = maps.shape[1] - distance, maps.shape[2] - distance
    return [(maps[:, :height], maps[:, distance:]), (maps[:, :, :width], maps[:, :, distance:])]


def _autocorrelation(maps: Array, distance: int) -> Array:
    """Pearson's correlation of neighbours at a distance, the mean of those below and those to the right: (n,)."""
    pairs = _neighbours(maps, distance)
    return np.mean([correlations(flattened(one), flattened(other)) for one, other in pairs], axis=0)


def _opposite(one: Array, other: Array) -> Array:
    """The share of places at which two stacks of maps have opposite signs: (n,)."""
    return np.asarray((one * other < 0).mean(axis=(1, 2)))


def _cosines(first: Array, second: Array) -> Array:
    """The cosine of the angle between rows: (n,); 0 where one is all zeros."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.divide((first * second).sum(axis=1), lengths, out=np.zeros(len(first)), where=lengths > 0)

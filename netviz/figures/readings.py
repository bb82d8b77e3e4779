"""Readings: the values of a map at places that a reader can point at, few enough to stand in the page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.colours import Floats
from netviz.figures.facts import is_drawable
from netviz.figures.figure import Readings, rounded

FINEST = 28  # cells along a side of a single map
COARSER = 14  # and of each of several
DIGITS = 3  # of the greatest value; all others have as many decimals


def map_readings(values: Floats, finest: int = FINEST) -> Readings | None:
    """A map (h, w) itself if it has at most so many cells a side, else the strongest value of each of ``finest``.

    Means would cancel where signs alternate, as they do from pixel to pixel in a gradient. None for a map that has
    nothing to show.
    """
    if not is_drawable(values):
        return None
    height, width = values.shape
    if max(height, width) <= finest:
        return _readings("each", values, (1 / height, 1 / width), (1 / height, 1 / width))
    rows, columns = min(height, finest), min(width, finest)
    strongest = _strongest(_strongest(values, rows).T, columns).T
    return _readings("strongest", strongest, (1 / rows, 1 / columns), (1 / rows, 1 / columns))


def patch_readings(
    drops: NDArray[Any], patch: int, stride: int, score: float | None, shape: tuple[int, ...]
) -> Readings | None:
    """The drops (rows, columns) of the score when patches are hidden, of a picture of ``shape`` (height, width, ...).

    Patches are ``patch`` pixels wide and begin every ``stride`` pixels.
    """
    drops = np.asarray(drops, np.float64)
    if not is_drawable(drops):
        return None
    step, size = ((pixels / shape[0], pixels / shape[1]) for pixels in (min(stride, patch), patch))
    return _readings("patch", drops, step, size, None if score is None else rounded(score))


def _strongest(values: Floats, parts: int) -> Floats:
    """Of each part of the rows the value of greatest size, rows on an edge in both: (h, w) to (parts, w)."""
    edges = np.linspace(0, len(values), parts + 1)
    pieces = [values[int(start) : int(np.ceil(end))] for start, end in pairwise(edges)]
    return np.stack([np.take_along_axis(one, np.abs(one).argmax(axis=0)[None], axis=0)[0] for one in pieces])


def _readings(
    kind: str, values: Floats, step: tuple[float, float], size: tuple[float, float], score: float | None = None
) -> Readings:
    power = int(np.floor(np.log10(np.abs(values).max()))) - DIGITS + 1
    whole = np.rint(values / 10.0**power).astype(int)
    rows, columns = values.shape
    return Readings(
        kind=kind,
        rows=rows,
        columns=columns,
        step=step,
        size=size,
        power=power,
        values=tuple(map(int, whole.ravel())),
        score=score,
    )

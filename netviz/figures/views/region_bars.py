"""Regions of a picture as bars: the heaviest ones, numbered, and where to find them on the photo."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netviz.figures.facts import place_key
from netviz.figures.figure import Column, Figure, Request, Table, rounded, rounded_rows
from netviz.figures.picture_files import picture_panel

SHOWN = 10


def draw_region_bars(request: Request) -> Figure:
    """The ten heaviest of ``weights`` (k,); with ``regions`` (h, w), each pixel's, outlined on the photo.

    Regions are numbered from 1 in the order of their bars. The fact ``outlines`` of the photo has of each its
    ``path`` as SVG writes it, in pixels of ``regions``, the ``middle`` [x, y] for its number, and its ``sign``.
    """
    weights = np.asarray(request.arrays["weights"], np.float64)
    order = np.argsort(-np.abs(weights), kind="stable")[:SHOWN]
    order = order[weights[order] != 0]
    facts = {
        "key": "region",
        "shown": len(order),
        "largest": rounded(weights[order[0]]) if len(order) else None,
    }
    if "regions" not in request.arrays or request.picture is None:
        rows = [[number, float(weights[index])] for number, index in enumerate(order, start=1)]
        table = Table((Column("region", "count"), Column("weight")), rounded_rows(rows))
        return Figure(view="bars", panels=(), facts=facts, table=table)
    regions = request.arrays["regions"]
    middles = [middle(regions == index) for index in order]
    places = [place_key(row / regions.shape[0], column / regions.shape[1]) for row, column in middles]
    outlines = [
        {
            "number": number,
            "sign": "for" if weights[index] > 0 else "against",
            "strength": rounded(abs(weights[index]) / (np.abs(weights).max() or 1.0), 3),
            "path": outline(regions == index),
            "middle": [rounded(column), rounded(row)],
        }
        for number, (index, (row, column)) in enumerate(zip(order, middles, strict=True), start=1)
    ]
    about = {**facts, "outlines": outlines, "grid": list(regions.shape), "places": places}
    panel = picture_panel(request.picture, request.folder, "regions", "regions", about)
    columns = (Column("region", "count"), Column("weight"), Column("place", "place"))
    placed = rounded_rows([*zip(range(1, len(order) + 1), map(float, weights[order]), places, strict=True)])
    return Figure(view="bars", panels=(panel,), facts=facts, table=Table(columns, placed))


def outline(mask: NDArray[np.bool_]) -> str:
    """The edges of a region as an SVG path along its pixels' sides: (h, w) to ``M0 0H3V2H0Z``, a loop a part or hole.

    Every side between a pixel inside and one outside is walked once, the inside on its right.
    """
    padded = np.pad(mask, 1)
    ways: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (down, across), (start, end) in _SIDES.items():
        outside = ~np.roll(padded, (-down, -across), (0, 1))
        for row, column in np.argwhere(padded & outside) - 1:
            ways.setdefault((row + start[0], column + start[1]), []).append((row + end[0], column + end[1]))
    path = []
    while ways:
        corner = first = next(iter(ways))
        corners = []
        while True:
            following = ways[corner].pop()
            if not ways[corner]:
                del ways[corner]
            corners.append(corner)
            corner = following
            if corner == first:
                break
        path.append(_loop(corners))
    return "".join(path)


_SIDES = {  # neighbour (down, across): from which corner of the pixel to which, clockwise
    (-1, 0): ((0, 0), (0, 1)),
    (0, 1): ((0, 1), (1, 1)),
    (1, 0): ((1, 1), (1, 0)),
    (0, -1): ((1, 0), (0, 0)),
}


def _loop(corners: list[tuple[int, int]]) -> str:
    """Corners (row, column), each a pixel from the next, as a path through those where it turns."""
    count = len(corners)
    turns = [
        corners[n]
        for n in range(count)
        if (corners[n][0] - corners[n - 1][0] == 0) != (corners[(n + 1) % count][0] - corners[n][0] == 0)
    ]
    text = f"M{turns[0][1]} {turns[0][0]}"
    for before, (row, column) in pairwise(turns):
        text += f"V{row}" if column == before[1] else f"H{column}"
    return text + "Z"


def middle(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The middle (row, column) of the pixel that lies deepest inside a region: (h, w), not empty."""
    inside, last = np.pad(mask, 1), mask
    while inside.any():
        last = inside[1:-1, 1:-1]
        neighbours = (np.roll(inside, shift, axis) for axis in (0, 1) for shift in (1, -1))
        inside = inside & np.logical_and.reduce(list(neighbours))
    places = np.argwhere(last)
    row, column = places[np.abs(places - places.mean(axis=0)).sum(axis=1).argmin()]
    return float(row) + 0.5, float(column) + 0.5

"""Figures: arrays and numbers become picture files, facts, alt text and a table.

No word is burnt into a picture, so one set of files serves every language; words are composed from facts by
`netviz.figures.describe`, which is no part of drawing. Reading this module imports neither NumPy nor Matplotlib: pages
are woven without them.

It may know NumPy, Matplotlib, Pillow, and languages. It must not know networks, methods or experiments: to it a result
is arrays with names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netviz.figures.figure import Column, Figure, Legend, Panel, Readings, Request, Table
from netviz.figures.views import views

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Column",
    "Figure",
    "Legend",
    "Panel",
    "Readings",
    "Table",
    "draw",
]


def draw(
    view: str,
    arrays: Mapping[str, NDArray[Any]],
    numbers: Mapping[str, Any],
    *,
    signed: bool | None,
    picture_pixels: NDArray[np.uint8] | None,
    folder: Path,
    beside: Sequence[NDArray[Any]] = (),
    signs: Sequence[bool | None] = (),
    patches: tuple[int, int] | None = None,
    logarithmic: str = "",
) -> Figure:
    """Write the picture files of one result into ``folder`` and say what they show.

    Parameters
    ----------
    view
        A name of `netviz.figures.views`.
    arrays
        The result's arrays by name, without batch axis; the view's declaration says which ones it needs.
    numbers
        What the method measured. Most views take short lists in it as arrays.
    signed
        Whether a map's sign means something; None leaves it to the values.
    picture_pixels
        (448, 448, 3) uint8 RGB: the square that the network saw. None where there is no picture.
    folder
        Exists; files of the same names are overwritten.
    beside
        Other maps that this one is compared with: the views of one map draw it in a scale that holds for all.
    signs
        Of other results' maps that this one brings together, one after the other: what ``signed`` says of each.
    patches
        Side and stride, in pixels, of the patches that were hidden, if the map is made of their ``drops``.
    logarithmic
        The axes of charts that are asked to be so: x, y or xy.

    Raises
    ------
    ValueError
        If the view is unknown, or an array or the picture that it needs is missing or of another shape.
    """
    declared = views().get(view)
    if declared is None:
        raise ValueError(f"unknown view {view!r}; there are {', '.join(views())}")
    drawn = {**_short_lists(numbers), **arrays} if declared.takes_lists else dict(arrays)
    request = Request(
        view=view,
        arrays=drawn,
        numbers=numbers,
        signed=signed,
        picture=picture_pixels,
        folder=folder,
        beside=tuple(beside),
        signs=tuple(signs),
        patches=patches,
        logarithmic=logarithmic,
    )
    missing = [name for name in declared.needs if name not in request.arrays]
    if missing:
        there = ", ".join(request.arrays) or "none"
        raise ValueError(f"the view {view!r} needs the array {missing[0]!r}; the result's arrays: {there}")
    if declared.needs_picture and picture_pixels is None:
        raise ValueError(f"the view {view!r} needs the picture that the map belongs to")
    figure = declared.draw(request)
    if not isinstance(figure, Figure) or figure.view != view:
        raise ValueError(f"the view {view!r} gives {figure!r:.80}, where a Figure(view=request.view, …) is needed")
    return figure


def _short_lists(numbers: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The lists of numbers or of words among the numbers: a curve of three points is kept as such."""
    import numpy as np

    lists = {name: value for name, value in numbers.items() if isinstance(value, list | tuple) and value}
    return {
        name: np.asarray(values, np.float64 if isinstance(values[0], int | float) else None)
        for name, values in lists.items()
        if all(isinstance(one, int | float) for one in values) or all(isinstance(one, str) for one in values)
    }

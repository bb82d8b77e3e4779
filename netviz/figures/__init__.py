"""Figures: arrays and numbers become picture files, facts, alt text and a table.

No word is burnt into a picture, so one set of files serves every language; words are composed from facts by
`netviz.figures.describe`, which is no part of drawing. Reading this module imports neither NumPy nor Matplotlib: pages
are woven without them.

It may know NumPy, Matplotlib, Pillow, and languages. It must not know networks, methods or experiments: to it a result
is arrays with names.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netviz.figures.figure import Column, Figure, Legend, Panel, Readings, Request, Table
from netviz.figures.views import VIEWS, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "VIEWS",
    "Column",
    "Figure",
    "Legend",
    "Panel",
    "Readings",
    "Table",
    "View",
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
) -> Figure:
    """Write the picture files of one result into ``folder`` and say what they show.

    Parameters
    ----------
    view
        A name of `VIEWS`.
    arrays
        The result's arrays by name, without batch axis; `VIEWS` says which ones the view needs.
    numbers
        What the method measured. Charts take short lists in it as arrays; ``log`` asks charts for logarithmic axes;
        ``settings`` are the method's.
    signed
        Whether a map's sign means something; None leaves it to the values.
    picture_pixels
        (448, 448, 3) uint8 RGB: the square that the network saw. None where there is no picture.
    folder
        Exists; files of the same names are overwritten.
    beside
        Other maps that this one is compared with: the views of one map draw it in a scale that holds for all.

    Raises
    ------
    ValueError
        If the view is unknown, or an array or the picture that it needs is missing or of another shape.
    """
    if view not in VIEWS:
        raise ValueError(f"unknown view {view!r}; there are {', '.join(VIEWS)}")
    drawn = {**_short_lists(numbers), **arrays} if VIEWS[view].module in ("charts", "word_views") else dict(arrays)
    request = Request(view, drawn, numbers, signed, picture_pixels, folder, tuple(beside))
    missing = [name for name in VIEWS[view].needs if name not in request.arrays]
    if missing:
        there = ", ".join(request.arrays) or "none"
        raise ValueError(f"the view {view!r} needs the array {missing[0]!r}; the result's arrays: {there}")
    if VIEWS[view].needs_picture and picture_pixels is None:
        raise ValueError(f"the view {view!r} needs the picture that the map belongs to")
    module = importlib.import_module(f"netviz.figures.{VIEWS[view].module}")
    figure: Figure = module.DRAWERS[view](request)
    return figure


def _short_lists(numbers: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The lists of numbers or of words among the numbers: a curve of three points is kept as such."""
    import numpy as np

    lists = {name: value for name, value in numbers.items() if isinstance(value, list | tuple)}
    numeric = {name: values for name, values in lists.items() if all(isinstance(v, int | float) for v in values)}
    wordy = {name: values for name, values in lists.items() if all(isinstance(v, str) for v in values)}
    return {name: np.asarray(values, np.float64) for name, values in numeric.items() if values} | {
        name: np.asarray(values) for name, values in wordy.items() if values
    }

"""What the figures room hands on: files, facts, a legend and a table. All of it is JSON, none of it prose."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACES = (
    "upper-left",
    "upper-centre",
    "upper-right",
    "centre-left",
    "centre",
    "centre-right",
    "lower-left",
    "lower-centre",
    "lower-right",
)  # the nine parts of a picture, row by row


@dataclass(frozen=True, kw_only=True)
class Legend:
    """A colour bar: a CSS gradient through ``stops`` from ``low`` to ``high``.

    ``low`` and ``high`` are in the map's own units; ``zero`` is where zero lies along the bar, 0 to 1.
    ``clip`` is the |value| from which on colours no longer change, at this ``percentile`` of the |values|;
    ``raw_max`` is the greatest |value|.
    """

    colormap: str
    low: float
    high: float
    zero: float
    clip: float
    raw_max: float
    stops: tuple[str, ...]
    percentile: float

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Legend:
        return cls(**{**value, "stops": tuple(value["stops"])})


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What a map says at the cells of a grid that a reader can point at, rounded to three digits of the greatest.

    Cell (r, c) begins at ``step`` times (r, c) and is as large as ``size``: both (down, across), in fractions of the
    picture's sides; the last cells may be cut short by its edge. ``values`` are whole numbers, row by row, to be
    multiplied by 10 ** ``power``. ``kind``: ``each`` are the map's own values, ``strongest`` the value of greatest
    size in the cell, ``patch`` the drops of ``score`` when a patch of that place and size is hidden.
    """

    kind: str
    rows: int
    columns: int
    step: tuple[float, float]
    size: tuple[float, float]
    power: int
    values: tuple[int, ...]
    score: float | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Readings:
        return cls(**{**value, **{name: tuple(value[name]) for name in ("step", "size", "values")}})


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture file of a figure: its name in the figure's folder, its size in pixels, and what it shows.

    ``role`` is picture, signed, map, overlay, raw, before, after, difference, layer:<name>, curve, scatter, matrix or
    regions. ``legend`` is set where the panel has limits of its own; otherwise the figure's holds. ``readings`` are
    there for maps that mean something.
    """

    file: str
    width: int
    height: int
    role: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    legend: Legend | None = None
    readings: Readings | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Panel:
        legend, readings = value["legend"], value["readings"]
        known = {"legend": legend and Legend.from_json(legend), "readings": readings and Readings.from_json(readings)}
        return cls(**{**value, **known})


@dataclass(frozen=True)
class Column:
    """A column of a table: ``key`` names it (`term` gives the word), ``kind`` says what its values are.

    Kinds: ``number``, ``share`` (0 to 1), ``count`` (from 1), ``index`` (from 0), ``class`` (a class's
    index), ``name``, ``code``, ``term`` (a word that `term` knows) and ``place`` (one of `PLACES`).
    """

    key: str
    kind: str = "number"


@dataclass(frozen=True)
class Table:
    """The numbers beneath a figure. A value is None where it is not a finite number."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[float | int | str | None, ...], ...]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Table:
        return cls(tuple(Column(**column) for column in value["columns"]), tuple(map(tuple, value["rows"])))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawn figure; ``facts`` hold for all of it. Without panels it is data for the page to draw."""

    view: str
    panels: tuple[Panel, ...] = ()
    legend: Legend | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None

    def to_json(self) -> dict[str, Any]:
        """Dicts, lists, strings, finite numbers, booleans and None only."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Figure:
        """The figure that ``to_json`` wrote, also after a way through a JSON file."""
        return cls(
            view=value["view"],
            panels=tuple(Panel.from_json(panel) for panel in value["panels"]),
            legend=value["legend"] and Legend.from_json(value["legend"]),
            facts=value["facts"],
            table=value["table"] and Table.from_json(value["table"]),
        )


@dataclass(frozen=True, kw_only=True)
class Request:
    """What there is to draw, as `netviz.figures.draw` takes it; ``beside`` are maps that share the scale.

    ``signs`` are those of the maps that are brought together, where these are other results'.
    """

    view: str
    arrays: Mapping[str, NDArray[Any]]
    numbers: Mapping[str, Any]
    signed: bool | None
    picture: NDArray[np.uint8] | None
    folder: Path
    beside: tuple[NDArray[Any], ...] = ()
    signs: tuple[bool | None, ...] = ()
    patches: tuple[int, int] | None = None
    logarithmic: str = ""


def rounded(value: float, digits: int = 6) -> float | None:
    """A number fit for JSON: so many significant digits, None where it is not finite."""
    number = float(f"{float(value):.{digits}g}")
    return number if abs(number) < float("inf") else None


def rounded_rows(rows: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Rows of a table, numbers rounded; whole numbers, names and None stay as they are."""
    return tuple(tuple(rounded(cell) if isinstance(cell, float) else cell for cell in row) for row in rows)

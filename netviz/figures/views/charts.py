"""Charts that the lessons need, without words: lines, points, groups, bars, a matrix.

Written by hand: they need little. For anything else there are Matplotlib's axes, in `netviz.figures.axes`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.colours import Floats, Pixels, Scale
from netviz.figures.figure import Column, Figure, Panel, Request, Table, rounded, rounded_rows
from netviz.figures.svg import (
    CHARACTER,
    COLOURS,
    FONT,
    NARROW,
    WIDTH,
    add_text,
    empty_chart,
    short,
    text_length,
    write_svg,
)
from netviz.figures.views import view
from netviz.figures.views.region_bars import draw_region_bars
from netviz.numerals import LEAST, MOST, fixed, in_powers, raised

DASHES = ("", "9 6", "2 5", "12 4 2 4", "5 3", "1 4")
PLAIN_LINE = "line plain"  # in the colour of the page's text
MARKS = (
    (-4.5, 0, "a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"),
    (-4, -4, "h8v8h-8z"),
    (0, -5.5, "l5 9h-10z"),
    (0, -6, "l5 6l-5 6l-5-6z"),
)  # outlines around (0, 0): where each begins, and how it goes on from there
FEW = 15  # points up to this number are marked on their line
DECADES = 1000  # values above zero whose greatest is more times the least than this get a logarithmic axis
SHOWN = 5  # classes among the bars
MEASURES = ("weights", "shares", "correlations")  # what bars with names may be long by


@dataclass(frozen=True, kw_only=True)
class Axis:
    """From values to pixels: the lowest and the highest value stand at the first and the second pixel."""

    values: tuple[float, float]
    pixels: tuple[float, float]
    log: bool = False

    def __call__(self, values: Any) -> Any:
        low, high = map(self._scaled, self.values)
        start, end = self.pixels
        return start + (self._scaled(values) - low) / (high - low) * (end - start)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Values to mark, with their labels."""
        return log_ticks(*self.values) if self.log else linear_ticks(*self.values)

    def _scaled(self, values: Any) -> Any:
        return np.log10(values) if self.log else np.asarray(values, np.float64)


@view("curve", needs=("x",))
def draw_curve(request: Request) -> Figure:
    """``x`` (p,) and every other array of its length, each a line.

    Of several runs at each x, (p, runs), the line is their mean, and a band reaches from the least to the greatest.
    """
    runs = {
        name: np.asarray(v, np.float64)
        for name, v in request.arrays.items()
        if np.ndim(v) == 2 and len(v) == len(request.arrays["x"])
    }
    means = {name: values.mean(axis=1) for name, values in runs.items()}
    x, series = _series(replace(request, arrays={**request.arrays, **means}))
    log_x, log_y = _asked_log(request, x, series)
    bands = {name: (values.min(axis=1), values.max(axis=1)) for name, values in runs.items()}
    return _chart(request, "curve", x, series, log_x, log_y, identity=False, bands=bands)


@view("scatter", needs=("x",))
def draw_scatter(request: Request) -> Figure:
    """``x`` (p,) and every other array of its length, each a set of points.

    ``y`` alone is what x should equal, so both axes are the same and the diagonal is drawn. Axes are
    logarithmic where asked (``request.logarithmic``), and where values above zero span more than three powers of
    ten.
    """
    x, series = _series(request)
    identity = list(series) == ["y"]
    log_x, log_y = _asked_log(request, x, series)
    pooled = np.concatenate(list(series.values()))
    wide_x, wide_y = _spans_decades(x), _spans_decades(pooled)
    log_x, log_y = (log_x or wide_x), (log_y or wide_y)
    if identity:
        log_x = log_y = log_x and log_y and bool((x > 0).all() and (pooled > 0).all())
    return _chart(request, "scatter", x, series, log_x, log_y, identity)


@view("matrix", needs=("matrix",))
def draw_matrix(request: Request) -> Figure:
    """``matrix`` (k, k) of correlations, -1 to 1; ``numbers["names"]``, if given, are the rows' names."""
    matrix = np.asarray(request.arrays["matrix"], np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"the view 'matrix' needs a square 'matrix' (k, k), not {matrix.shape}")
    names = [str(name) for name in request.numbers.get("names", [])]
    scale = Scale(True, 1.0, float(np.nanmax(np.abs(matrix))) if np.isfinite(matrix).any() else 0.0, 100.0)
    svg, width, height = _matrix_svg(matrix, scale)
    facts = {
        "side": len(matrix),
        "names": names,
        "highest": _extreme(matrix, 1),
        "lowest": _extreme(matrix, -1),
    }
    panel = Panel(file=write_svg(svg, request.folder, "matrix"), width=width, height=height, role="matrix", facts=facts)
    columns = (Column("row", "name" if names else "count"), *(Column(str(n + 1)) for n in range(len(matrix))))
    rows = [[names[n] if names else n + 1, *map(float, row)] for n, row in enumerate(matrix)]
    return Figure(
        view="matrix", panels=(panel,), legend=scale.legend(), facts=facts, table=Table(columns, rounded_rows(rows))
    )


@view("bars")
def draw_bars(request: Request) -> Figure:
    """Five likeliest of ``probabilities`` or ``logits`` (classes,), or ten heaviest of ``weights`` (k,) of regions.

    With ``names`` or ``words`` (k,) all ``weights``, ``shares`` or ``correlations`` are drawn, in their order, and
    other arrays of that length stand beside them. Names are terms, which have a word in each language; words stay as
    they are.
    """
    arrays = request.arrays
    if ("names" in arrays or "words" in arrays) and any(name in arrays for name in MEASURES):
        return _named_bars(arrays)
    if "probabilities" in arrays or "logits" in arrays:
        return _class_bars(arrays)
    if "weights" in arrays:
        return draw_region_bars(request)
    raise ValueError("the view 'bars' needs the array 'probabilities', 'logits' or 'weights'")


@view("plane")
def draw_plane(request: Request) -> Figure:
    """Every array (k, 2) is a group of points, x and y; every array (j, 3) holds lines: number of the line, x, y."""
    tables = {name: np.asarray(v, np.float64) for name, v in request.arrays.items() if v.ndim == 2}
    groups = {name: values for name, values in tables.items() if values.shape[1] == 2}
    lines = {name: values for name, values in tables.items() if values.shape[1] == 3}
    if not groups:
        raise ValueError("the view 'plane' needs at least one array of points (k, 2)")
    places = np.concatenate([*groups.values(), *(values[:, 1:] for values in lines.values())])
    x_range, y_range = _range(places[:, 0], False), _range(places[:, 1], False)
    height = 400
    labels = [label for _, label in Axis(values=y_range, pixels=(0, 1)).ticks]
    left = 14 + CHARACTER * max(map(text_length, labels), default=1)
    x_axis, y_axis = Axis(values=x_range, pixels=(left, WIDTH - 20)), Axis(values=y_range, pixels=(height - 34, 12))
    svg = empty_chart(WIDTH, height)
    _axes(svg, x_axis, y_axis)
    for number, points in enumerate(groups.values()):
        _marks(svg, x_axis(points[:, 0]), y_axis(points[:, 1]), number)
    for values in lines.values():
        for one in np.unique(values[:, 0]):
            points = values[values[:, 0] == one]
            _path(svg, x_axis(points[:, 1]), y_axis(points[:, 2]), {"class": PLAIN_LINE, "stroke-width": "2.5"})
    counted = [
        (name, f"points line-{number}", len(points), _mark(number))
        for number, (name, points) in enumerate(groups.items())
    ]
    counted += [(name, PLAIN_LINE, len(np.unique(values[:, 0])), "") for name, values in lines.items()]
    facts = {
        "series": [
            {"name": name, "class": kind, "count": count, "dash": "", "mark": mark}
            for name, kind, count, mark in counted
            if count
        ],
        "groups": len(groups),
    }
    panel = Panel(file=write_svg(svg, request.folder, "plane"), width=WIDTH, height=height, role="plane", facts=facts)
    rows = [[name, *map(float, point)] for name, points in groups.items() for point in points]
    table = Table((Column("group", "term"), Column("x"), Column("y")), rounded_rows(rows))
    return Figure(view=request.view, panels=(panel,), facts=facts, table=table)


def linear_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Multiples of 1, 2 or 5 times a power of ten within the range, four to nine of them."""
    step = 10.0 ** np.floor(np.log10((high - low) / 4))
    step *= max(factor for factor in (1, 2, 5) if factor * step <= (high - low) / 4)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    values = [number * step for number in range(first, last + 1)]
    return [(value, tick_label(value, step, max(map(abs, values)))) for value in values]


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Powers of ten within the range, at most seven; twice and five times them too where these are few."""
    first, last = int(np.ceil(np.log10(low) - 1e-9)), int(np.floor(np.log10(high) + 1e-9))
    if last - first >= 1:
        step = -(-(last - first + 1) // 7)
        return [(10.0**power, raised(10, power)) for power in range(first, last + 1, step)]
    candidates = [factor * 10.0**power for power in range(first - 1, last + 1) for factor in (1, 2, 5)]
    return [
        (value, tick_label(value, value, value))
        for value in candidates
        if low <= value * 1.000001 and value <= high * 1.000001
    ]


def tick_label(value: float, step: float, largest: float) -> str:
    """As many decimals as the step has; in powers of ten if the largest label is very large or very small."""
    if value == 0:
        return "0"
    power, top = (int(np.floor(np.log10(size) + 1e-9)) for size in (step, largest))
    if LEAST <= 10.0**top < MOST:
        return fixed(value, max(0, -power))
    return in_powers(value / 10.0**top, top, max(0, top - power))


def _series(request: Request) -> tuple[Floats, dict[str, Floats]]:
    """``x``, and the other one-dimensional arrays of its length by name."""
    x = np.asarray(request.arrays["x"], np.float64)
    if x.ndim != 1 or not x.size or not np.isfinite(x).all():
        raise ValueError(f"the view {request.view!r} needs 'x' of shape (p,), finite; it has the shape {x.shape}")
    numeric = {name: np.asarray(v) for name, v in request.arrays.items() if np.asarray(v).dtype.kind in "fiub"}
    series = {name: v.astype(np.float64) for name, v in numeric.items() if name != "x" and v.shape == x.shape}
    if not series:
        raise ValueError(f"the view {request.view!r} needs another array of the shape of 'x', {x.shape}")
    return x, {name: np.asarray(values) for name, values in series.items()}


def _asked_log(request: Request, x: Floats, series: Mapping[str, Floats]) -> tuple[bool, bool]:
    """Which axes are asked to be logarithmic and can be: zero and below have no place on such an axis."""
    axes = request.logarithmic
    y = np.concatenate(list(series.values()))
    return "x" in axes and bool((x > 0).all()), "y" in axes and bool((y[np.isfinite(y)] > 0).all())


def _spans_decades(values: Floats) -> bool:
    values = values[np.isfinite(values)]
    return bool(values.size and values.min() > 0 and values.max() / values.min() > DECADES)


def _chart(
    request: Request,
    role: str,
    x: Floats,
    series: Mapping[str, Floats],
    log_x: bool,
    log_y: bool,
    identity: bool,
    bands: Mapping[str, tuple[Floats, Floats]] = MappingProxyType({}),
) -> Figure:
    pooled = np.concatenate([*series.values(), *(edge for band in bands.values() for edge in band)])
    x_range, y_range = _range(x, log_x), _range(pooled, log_y)
    if identity:
        both = np.concatenate([x, pooled])
        x_range = y_range = _range(both, log_x)
    height = WIDTH if identity else 400
    labels = [label for _, label in Axis(values=y_range, pixels=(0, 1), log=log_y).ticks]
    left = 14 + CHARACTER * max([text_length(label) for label in labels], default=1)
    x_axis = Axis(values=x_range, pixels=(left, WIDTH - 20), log=log_x)
    if identity:  # a square plot, so that the diagonal is one
        height = round(WIDTH - 20 - left + 12 + 34)
    y_axis = Axis(values=y_range, pixels=(height - 34, 12), log=log_y)
    svg = empty_chart(WIDTH, height)
    _axes(svg, x_axis, y_axis)
    if identity:
        ends = np.array(x_axis.values)
        _path(
            svg,
            x_axis(ends),
            y_axis(ends),
            {"class": "identity", "stroke-dasharray": "4 4", "stroke-opacity": "0.6"},
        )
    for number, (name, values) in enumerate(series.items()):
        if name in bands:
            low, high = bands[name]
            _band(svg, x_axis(x), y_axis(low), y_axis(high), number)
        if role == "curve":
            _line(svg, x_axis(x), y_axis(values), number)
        if role == "scatter" or len(x) <= FEW:
            _marks(svg, x_axis(x), y_axis(values), number)
    facts = {
        "x_range": [rounded(x.min()), rounded(x.max())],
        "axes": {"x": "log" if log_x else "linear", "y": "log" if log_y else "linear"},
        "identity": identity,
        "series": [
            _series_facts(name, x, values, number, role) for number, (name, values) in enumerate(series.items())
        ],
    }
    panel = Panel(file=write_svg(svg, request.folder, role), width=WIDTH, height=height, role=role, facts=facts)
    rows = [list(map(float, row)) for row in zip(x, *series.values(), strict=True)]
    return Figure(
        view=request.view, panels=(panel,), facts=facts, table=Table(_columns("x", *series), rounded_rows(rows))
    )


def _series_facts(name: str, x: Floats, values: Floats, number: int, role: str) -> dict[str, Any]:
    """What a legend and a sentence need: class and colour of the line, and the values' course."""
    finite = np.isfinite(values)
    known = values[finite]
    varied = known.size > 1 and np.ptp(known) > 0 and np.ptp(x[finite]) > 0
    return {
        "name": name,
        "class": f"line-{number}",
        "colour": COLOURS[number % len(COLOURS)],
        "dash": DASHES[number % len(DASHES)],
        "mark": _mark(number) if role == "scatter" else "",
        "points": int(known.size),
        "first": rounded(known[0]) if known.size else None,
        "last": rounded(known[-1]) if known.size else None,
        "least": rounded(known.min()) if known.size else None,
        "greatest": rounded(known.max()) if known.size else None,
        "correlation": rounded(np.corrcoef(x[finite], known)[0, 1]) if varied else None,
    }


def _range(values: Floats, log: bool) -> tuple[float, float]:
    """A little more than the finite values need; around a single value, an interval that holds it."""
    values = values[np.isfinite(values)]
    if not values.size:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        margin = (high / low) ** 0.04 if high > low else 2.0
        return low / margin, high * margin
    margin = 0.04 * (high - low) if high - low > 1e-12 * max(abs(low), abs(high)) else (abs(high) or 1.0) / 2
    return low - margin, high + margin


def _axes(svg: ET.Element, x_axis: Axis, y_axis: Axis) -> None:
    """Faint lines at the ticks, a stronger one at zero, and the numbers."""
    (left, right), (bottom, top) = x_axis.pixels, y_axis.pixels
    for value, label in _without_collisions(x_axis):
        place = float(x_axis(value))
        _grid_line(svg, [place, place], [bottom, top], value == 0 and not x_axis.log)
        add_text(svg, place, bottom + 24, label, "middle")
    for value, label in y_axis.ticks:
        place = float(y_axis(value))
        _grid_line(svg, [left, right], [place, place], value == 0 and not y_axis.log)
        add_text(svg, left - 8, place + 0.35 * FONT, label, "end")
    _path(svg, [left, left, right], [top, bottom, bottom], {"class": "axis"})


def _without_collisions(axis: Axis) -> list[tuple[float, str]]:
    """Every tick, or every second or third one, so that neighbouring labels stay apart."""
    ticks = axis.ticks
    for step in range(1, len(ticks) + 1):
        kept = ticks[::step]
        places = [float(axis(value)) for value, _ in kept]
        widths = [CHARACTER * NARROW / FONT * text_length(label) for _, label in kept]
        gaps = zip(places, places[1:], widths, widths[1:], strict=False)
        if all(right - left > (one + other) / 2 + 10 for left, right, one, other in gaps):
            return kept
    return ticks[:1]


def _grid_line(svg: ET.Element, x: Sequence[float], y: Sequence[float], at_zero: bool) -> None:
    _path(svg, x, y, {"class": "zero" if at_zero else "grid", "stroke-opacity": "0.5" if at_zero else "0.15"})


def _line(svg: ET.Element, x: Floats, y: Floats, number: int) -> None:
    attributes = {"class": f"line line-{number}", "stroke-width": "2.5", "stroke-linejoin": "round"}
    if DASHES[number % len(DASHES)]:
        attributes["stroke-dasharray"] = DASHES[number % len(DASHES)]
    _path(svg, x, y, {**attributes, "color": COLOURS[number % len(COLOURS)]})


def _band(svg: ET.Element, x: Floats, low: Floats, high: Floats, number: int) -> None:
    outline = zip([*x, *x[::-1]], [*low, *high[::-1]], strict=True)
    steps = "L".join(f"{short(left)} {short(top)}" for left, top in outline)
    paint = {"fill": "currentColor", "fill-opacity": "0.15", "stroke": "none"}
    colour = {"class": f"line-{number}", "color": COLOURS[number % len(COLOURS)]}
    ET.SubElement(svg, "path", {"d": f"M{steps}Z", **colour, **paint})


def _marks(svg: ET.Element, x: Floats, y: Floats, number: int) -> None:
    """Points of a series, in a shape of its own: colours are not the only difference.

    All in one element, and those that fall together once: hundreds of elements would weigh on the page.
    """
    attributes = {
        "class": f"points line-{number}",
        "color": COLOURS[number % len(COLOURS)],
        "fill": "currentColor",
        "fill-opacity": "0.85",
        "stroke": "none",
    }
    outlines = [_mark(number, left, top) for left, top in zip(x, y, strict=True) if np.isfinite(top)]
    ET.SubElement(svg, "path", {"d": "".join(dict.fromkeys(outlines)), **attributes})


def _mark(number: int, left: float = 0, top: float = 0) -> str:
    """A point of a series as an outline around a place."""
    right, down, outline = MARKS[number % len(MARKS)]
    return f"M{short(left + right)} {short(top + down)}{outline}"


def _path(svg: ET.Element, x: Any, y: Any, attributes: Mapping[str, str]) -> None:
    """A line through the points, broken where a value is not finite."""
    steps, pen = [], "M"
    for left, top in zip(x, y, strict=True):
        if not np.isfinite(top):
            pen = "M"
            continue
        steps.append(f"{pen}{short(left)} {short(top)}")
        pen = "L"
    if steps:
        ET.SubElement(svg, "path", {"d": "".join(steps), **attributes})


def _matrix_svg(matrix: Floats, scale: Scale) -> tuple[ET.Element, int, int]:
    """Cells with their numbers while these can be read, rows and columns counted from 1 along the edges."""
    count = len(matrix)
    left = round(12 + CHARACTER * len(str(count)))
    cell = (WIDTH - left - 4) / count
    top = FONT + 12
    svg = empty_chart(WIDTH, round(top + cell * count + 4))
    cells = ET.SubElement(svg, "g")
    for row in range(count):
        add_text(svg, left - 8, top + (row + 0.5) * cell + 0.35 * FONT, str(row + 1), "end")
        add_text(svg, left + (row + 0.5) * cell, top - 8, str(row + 1), "middle")
        for column in range(count):
            value = matrix[row, column]
            place = {"x": short(left + column * cell), "y": short(top + row * cell)}
            size = {"width": short(cell - 1), "height": short(cell - 1), "stroke": "none"}
            if not np.isfinite(value):
                ET.SubElement(cells, "rect", {**place, **size, "class": "missing", "fill": "#9e9e9e"})
                continue
            colour = scale.colours(np.array([[value]]))[0, 0]
            fill = "#" + "".join(f"{part:02x}" for part in colour)
            ET.SubElement(cells, "rect", {**place, **size, "class": "cell", "fill": fill})
            if cell > 2.6 * NARROW:
                needs_white = _needs_white(colour)
                centre = left + (column + 0.5) * cell, top + (row + 0.5) * cell + 0.35 * FONT
                label = f"{value:z.2f}".replace("-", "−")
                text = add_text(cells, *centre, label, "middle", "#ffffff" if needs_white else "#111111")
                if _needs_white(_turned(colour)) == needs_white:
                    text.set("class", "kept")
    return svg, WIDTH, round(top + cell * count + 4)


def _needs_white(colour: Pixels) -> bool:
    """Whether white is easier to read on a colour (RGB) than black: contrast as WCAG 2 has it."""
    share = np.asarray(colour, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return (1.05 / (luminance + 0.05)) > (luminance + 0.05) / 0.05


def _turned(colour: Pixels) -> Pixels:
    """A colour (RGB) as dark pages show it: inverted, and its hue turned by half a circle, as CSS defines that."""
    inverted = 255.0 - colour
    grey = inverted @ [0.213, 0.715, 0.072]
    return np.asarray(np.clip(2 * grey - inverted, 0, 255), np.uint8)


def _extreme(matrix: Floats, sign: int) -> dict[str, Any] | None:
    """The greatest (sign 1) or least (-1) value above the diagonal."""
    rows, columns = np.triu_indices(len(matrix), 1)
    values = sign * np.where(np.isfinite(matrix[rows, columns]), matrix[rows, columns], -np.inf * sign)
    if not values.size or not np.isfinite(values).any():
        return None
    best = int(values.argmax())
    return {"row": int(rows[best]), "column": int(columns[best]), "value": rounded(sign * values[best])}


def _class_bars(arrays: Mapping[str, NDArray[Any]]) -> Figure:
    columns = {key: np.asarray(arrays[name], np.float64) for name, key in _SCORES if name in arrays}
    order = np.argsort(-next(iter(columns.values())), kind="stable")[:SHOWN]
    rows = [[int(index), *(float(values[index]) for values in columns.values())] for index in order]
    probability = rounded(columns["probability"][order[0]]) if "probability" in columns else None
    facts = {"key": "class", "shown": len(rows), "probability": probability}
    header = (
        Column("class", "class"),
        *(Column(key, "share" if key == "probability" else "number") for key in columns),
    )
    return Figure(view="bars", facts=facts, table=Table(header, rounded_rows(rows)))


_SCORES = (("probabilities", "probability"), ("logits", "logit"))


def _named_bars(arrays: Mapping[str, NDArray[Any]]) -> Figure:
    label = "names" if "names" in arrays else "words"
    measure = next(name for name in MEASURES if name in arrays)
    names, values = arrays[label], np.asarray(arrays[measure], np.float64)
    if names.ndim != 1 or names.shape != values.shape or not names.size:
        raise ValueError(f"the view 'bars' needs a name for each value; the shapes are {names.shape}, {values.shape}")
    more = {key: one for key, one in arrays.items() if key not in (label, measure) and one.shape == values.shape}
    kind = "share" if measure == "shares" else "number"
    columns = (
        Column(label.removesuffix("s"), "term" if label == "names" else "name"),
        Column(measure, kind),
        *(Column(key, kind) for key in more),
    )
    rows = [
        list(row) for row in zip(names.tolist(), values.tolist(), *(v.tolist() for v in more.values()), strict=True)
    ]
    first = int(np.abs(values).argmax())
    facts = {"key": "name", "shown": len(rows), "first": str(names[first]), "largest": rounded(values[first])}
    return Figure(view="bars", facts=facts, table=Table(columns, rounded_rows(rows)))


def _columns(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key) for key in keys)

"""Matplotlib's axes in the site's style, as SVG that stands inside a page: for views of one's own.

    with site_axes(request) as chart:
        chart.axes.stairs(counts, edges)
    return chart.figure(facts={"middle": 0.5})

What is black has the colour of the page's text, and what has a colour of Matplotlib's cycle that of a line: both
follow the theme. Any other colour stays as it is. Charts are written by a renderer of ours, as Matplotlib's own SVG
brings ids, dates and fixed colours. The same axes give the same bytes, whatever Matplotlib is set to elsewhere.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import matplotlib.figure
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.path import Path as Outline
from matplotlib.ticker import Formatter, LogFormatter, NullFormatter, ScalarFormatter
from matplotlib.transforms import Affine2D, Bbox, Transform

from netviz import numerals
from netviz.figures.figure import Figure, Panel, Request, Table
from netviz.figures.svg import (
    CHARACTER,
    COLOURS,
    FONT,
    PLAIN,
    WIDTH,
    add_text,
    empty_chart,
    short,
    text_length,
    write_svg,
)

BLACK = "#000000"
DOTS = 72  # to an inch: Matplotlib's points are pixels
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": DOTS,
    "figure.facecolor": "none",
    "font.size": FONT,
    "grid.alpha": 0.15,
    "grid.color": "black",
    "lines.linewidth": 2.5,
    "lines.solid_capstyle": "butt",
    "path.simplify": False,
    "xtick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
}
LETTERS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C", Outline.CLOSEPOLY: "Z"}
CAPS = {"projecting": "square"}  # where SVG has another word for a line's end


@dataclass
class Chart:
    """Axes to draw on, so many pixels high, and what has become of them when that is done."""

    request: Request
    axes: Axes
    height: int
    drawn: ET.Element | None = None

    def figure(self, facts: Mapping[str, Any] | None = None, table: Table | None = None) -> Figure:
        """The finished chart as a figure of one panel, with facts for its words and the numbers beneath it."""
        if self.drawn is None:
            raise ValueError("a chart is drawn when the block of site_axes has ended")
        view = self.request.view
        file = write_svg(self.drawn, self.request.folder, view)
        return Figure(
            view=view,
            panels=(Panel(file=file, width=WIDTH, height=self.height, role=view),),
            facts=facts or {},
            table=table,
        )


@contextmanager
def site_axes(request: Request, height: int = 400) -> Iterator[Chart]:
    """Axes as wide as a chart of a page is, and so many pixels high; they are drawn when the block ends.

    What axes measure is told beside the chart, in each language; text on them is the same in all.
    Raises ValueError for what such a chart can't have: pictures, hatching, formulas, outlines that are cut by anything
    but the axes' edges.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        drawing = matplotlib.figure.Figure(figsize=(WIDTH / DOTS, height / DOTS))
        canvas = _Canvas(drawing)
        chart = Chart(request, drawing.add_subplot(), height)
        yield chart
        for axis in (chart.axes.xaxis, chart.axes.yaxis):
            if isinstance(axis.get_major_formatter(), (ScalarFormatter, LogFormatter)):
                axis.set_major_formatter(_Ticks())
                axis.set_minor_formatter(NullFormatter())
        drawing.draw(canvas.renderer)
        chart.drawn = canvas.renderer.svg


class _Ticks(Formatter):
    """Ticks as all numbers of the site are written, with as many decimals as the values have."""

    def format_ticks(self, values: Any) -> list[str]:
        places = np.asarray(values, np.float64)
        if not places.any():
            return ["0"] * len(places)
        if isinstance(self.axis, Axis) and self.axis.get_scale() == "log":
            return [_power_of_ten(place) or numerals.number(place) for place in places.tolist()]
        power = int(np.floor(np.log10(np.abs(places).max()) + 1e-9))
        plain = numerals.LEAST <= 10.0**power < numerals.MOST
        shown = places if plain else places / 10.0**power
        decimals = next((count for count in range(6) if np.allclose(shown.round(count), shown, rtol=0, atol=1e-7)), 6)
        if plain:
            return [numerals.fixed(place, decimals) for place in shown.tolist()]
        return [numerals.in_powers(place, power, decimals) if place else "0" for place in shown.tolist()]

    def __call__(self, value: float, position: int | None = None) -> str:
        return numerals.number(float(value))


def _power_of_ten(value: float) -> str:
    """Such a power as it is written; nothing for another number."""
    power = np.log10(value) if value > 0 else 0.5
    return numerals.raised(10, round(power)) if abs(power - round(power)) < 1e-9 else ""


class _Canvas(FigureCanvasBase):
    def __init__(self, figure: matplotlib.figure.Figure) -> None:
        super().__init__(figure)
        width, height = map(round, figure.bbox.size)
        self.renderer = _Renderer(width, height)

    def get_renderer(self) -> _Renderer:
        """What the layout measures texts with."""
        return self.renderer


class _Renderer(RendererBase):
    """Takes what Matplotlib draws, one thing after the other, into an SVG tree."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.svg = empty_chart(width, height)
        self._upright = Affine2D().scale(1, -1).translate(0, height)
        self._kept: int | None = None  # elements that nothing more is added to

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """By the letters' number, as no font is known here."""
        size = prop.get_size_in_points()
        return CHARACTER / FONT * size * text_length(s), size, 0.25 * size

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Outline,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        if gc.get_hatch() or gc.get_clip_path()[0] is not None:
            raise ValueError("a chart can't have hatching, nor outlines that are cut by other than the axes' edges")
        placed = (transform + self._upright).transform_path(path)
        bounds = gc.get_clip_rectangle()
        box = self._upright_box(bounds) if bounds is not None else Bbox.unit()
        whole = bounds is None or _lies_within(placed, box)
        if rgbFace is not None:
            surface = placed if whole else placed.clip_to_bbox(box)
            self._add(_written(surface), _paint("fill", rgbFace, gc) | {"stroke": "none"})
        if gc.get_linewidth() > 0:
            line = _written(placed) if whole else "".join(_lines_within(placed, box))
            self._add(line, _paint("stroke", gc.get_rgb(), gc) | _pen(gc))

    def draw_markers(self, *arguments: Any, **more: Any) -> None:
        with self._as_one():
            super().draw_markers(*arguments, **more)

    def draw_path_collection(self, *arguments: Any, **more: Any) -> None:
        with self._as_one():
            super().draw_path_collection(*arguments, **more)

    def draw_image(self, *arguments: Any, **more: Any) -> None:
        raise ValueError("a chart can't have a picture in it: draw cells with pcolormesh, or give a panel of its own")

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        if ismath:
            raise ValueError(f"a chart can't have formulas in it: {s!r}")
        anchor = "start"
        if mtext is not None and not angle:  # letters may be wider than was thought: the place that was asked for holds
            x = mtext.get_transform().transform(mtext.get_unitless_position())[0]
            anchor = {"center": "middle", "right": "end"}.get(mtext.get_horizontalalignment(), "start")
        paint = _paint("fill", gc.get_rgb(), gc)
        element = add_text(self.svg, x, y, s, anchor, paint.pop("fill"))
        element.attrib.update(paint)
        size = prop.get_size_in_points()
        if size != FONT:
            element.set("font-size", short(size))
        if angle:
            element.set("transform", f"rotate({short(-angle)} {short(x)} {short(y)})")

    def _upright_box(self, box: Any) -> Bbox:
        """A box whose ``y`` goes down, as a page's does."""
        return Bbox.from_extents(box.x0, self.height - box.y1, box.x1, self.height - box.y0)

    @contextmanager
    def _as_one(self) -> Iterator[None]:
        """Outlines of one paint become one element: hundreds would weigh on the page."""
        self._kept = len(self.svg)
        yield
        self._kept = None

    def _add(self, outline: str, attributes: Mapping[str, str]) -> None:
        if not outline:
            return
        for element in self.svg[self._kept :] if self._kept is not None else ():
            if element.tag == "path" and {**element.attrib, "d": ""} == {**attributes, "d": ""}:
                element.set("d", element.attrib["d"] + outline)
                return
        ET.SubElement(self.svg, "path", {"d": outline, **attributes})


def _paint(what: str, colour: Any, gc: GraphicsContextBase) -> dict[str, str]:
    """The ``fill`` or the ``stroke`` of a colour (red, green, blue[, opacity]), each 0 to 1."""
    opacity = gc.get_alpha() if gc.get_forced_alpha() else to_rgba(colour)[3]
    name = to_hex(colour)
    paint = {what: name}
    if name == BLACK:
        paint = {what: PLAIN}
    elif name in COLOURS:
        paint = {what: PLAIN, "class": f"line-{COLOURS.index(name)}", "color": name}
    return paint | ({f"{what}-opacity": f"{opacity:.3g}"} if opacity < 1 else {})


def _pen(gc: GraphicsContextBase) -> dict[str, str]:
    """How a line is drawn, where it isn't as SVG has it by itself."""
    offset, dashes = gc.get_dashes()
    lengths: Any = [] if dashes is None else dashes
    pen = {
        "stroke-width": short(gc.get_linewidth()),
        "stroke-linecap": CAPS.get(gc.get_capstyle(), gc.get_capstyle()),
        "stroke-linejoin": gc.get_joinstyle(),
        "stroke-dasharray": " ".join(short(float(length)) for length in lengths) or "none",
        "stroke-dashoffset": short(offset or 0),
    }
    usual = {
        "stroke-width": "1",
        "stroke-linecap": "butt",
        "stroke-linejoin": "miter",
        "stroke-dasharray": "none",
        "stroke-dashoffset": "0",
    }
    return {name: value for name, value in pen.items() if value != usual[name]}


def _lies_within(outline: Outline, box: Bbox) -> bool:
    extents = outline.get_extents()
    return box.x0 <= extents.x0 and extents.x1 <= box.x1 and box.y0 <= extents.y0 and extents.y1 <= box.y1


def _lines_within(outline: Outline, box: Bbox) -> Iterator[str]:
    """What of an outline's lines lies within a box; curves are many short lines."""
    left, top, right, bottom = box.extents
    for corners in outline.to_polygons(closed_only=False):
        yield _written(Outline(corners), (left, top, right, bottom))


def _written(outline: Outline, edges: tuple[float, float, float, float] | None = None) -> str:
    """An outline as SVG writes it; of a line, what lies within edges."""
    steps = outline.iter_segments(remove_nans=True, clip=edges, simplify=False)
    return "".join(
        LETTERS[code] + ("" if code == Outline.CLOSEPOLY else " ".join(short(value) for value in points))
        for points, code in steps
    )

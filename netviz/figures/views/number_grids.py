"""Grids so small that their numbers can be read: what a network on paper computes, cell by cell."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np

from netviz.figures.colours import Floats
from netviz.figures.figure import Column, Figure, Panel, Request, Table, rounded_rows
from netviz.figures.svg import COLOURS, FONT, WIDTH, add_text, empty_chart, short, write_svg
from netviz.figures.views import view
from netviz.numerals import fixed

CELL = 42
TOP = 34  # of the grids, below their headings
MARKED = {"fill": COLOURS[0], "fill-opacity": "0.28"}
MOST = 12  # cells along a side


@view(
    "number-grid",
    needs=("maps",),
    alt={
        "en": "A grid of { $rows } by { $columns } numbers: { $values }.",
        "zh": "{ $rows } 行 { $columns } 列的数：{ $values }。",
    },
)
def draw_number_grid(request: Request) -> Figure:
    """The first of ``maps`` (k, h, w) as a grid of numbers; what is not zero is marked."""
    grid = np.asarray(request.arrays["maps"], np.float64)[0]
    if max(grid.shape) > MOST:
        raise ValueError(f"the view 'number-grid' draws at most {MOST} by {MOST} numbers, not {grid.shape}")
    rows, columns = grid.shape
    cell = min(2 * CELL, WIDTH // 2 // max(grid.shape))
    svg = empty_chart(columns * cell + 2, rows * cell + 2)
    _grid(svg, grid, (1, 1), cell, grid != 0)
    facts = {"rows": rows, "columns": columns, "values": "; ".join(", ".join(map(_told, row)) for row in grid)}
    panel = Panel(
        file=write_svg(svg, request.folder, "number-grid"),
        width=columns * cell + 2,
        height=rows * cell + 2,
        role="number-grid",
        facts=facts,
    )
    table = Table(tuple(Column(str(n + 1)) for n in range(columns)), rounded_rows(grid.tolist()))
    return Figure(view="number-grid", panels=(panel,), facts=facts, table=table)


@view(
    "window-steps",
    needs=("inputs", "outputs", "biases"),
    alt={
        "en": "The numbers in the window add up to { $sum }; after their biases and the ReLU the channels have "
        "{ $outputs }. Gradient drawn beside it: { $gradient }.",
        "zh": "窗口里的数之和为 { $sum }；加上偏置、过了 ReLU，各通道得到 { $outputs }。旁边的梯度：{ $gradient }。",
    },
)
def draw_window_steps(request: Request) -> Figure:
    """A window over ``inputs`` (h, w) at the place ``numbers["window"]``, from 1; what is known of the rest by then.

    ``outputs`` (channels, 2, 2) are drawn up to that place, and below them how the window's sum and ``biases``
    (channels,) give the last; ``gradient`` (h, w), if given, is what all windows so far send back.
    """
    inputs, outputs, biases = (np.asarray(request.arrays[name], np.float64) for name in ("inputs", "outputs", "biases"))
    gradient = request.arrays.get("gradient")
    place = int(request.numbers["window"]) - 1
    row, column = divmod(place, outputs.shape[2])
    window = np.zeros(inputs.shape, bool)
    size = inputs.shape[0] - outputs.shape[1] + 1
    window[row : row + size, column : column + size] = True
    total = inputs[window].sum()
    seen = np.arange(outputs[0].size).reshape(outputs.shape[1:])
    side = inputs.shape[0] * CELL
    height = TOP + side + 2 * FONT
    width = side + 40 + len(outputs) * (2 * CELL + 28) + (0 if gradient is None else side + 2)
    svg = empty_chart(width, height)
    add_text(svg, side / 2, TOP - 12, "𝑥", "middle")
    _grid(svg, inputs, (2, TOP), CELL, window)
    add_text(svg, side / 2, TOP + side + 1.5 * FONT, f"Σ = {_told(total)}", "middle")
    middle, left = TOP + CELL, side + 40.0
    for number, (channel, bias) in enumerate(zip(outputs, biases, strict=True), start=1):
        add_text(svg, left + CELL, middle - 12, f"{number}", "middle")
        _grid(svg, np.where(seen <= place, channel, np.nan), (left, middle), CELL, seen == place)
        told = f"{_told(total)} {'−' if bias < 0 else '+'} {_told(abs(bias))}"
        add_text(svg, left + CELL, middle + 2 * CELL + 1.5 * FONT, told, "middle")
        left += 2 * CELL + 28
    if gradient is not None:
        add_text(svg, left + side / 2, TOP - 12, "∂ / ∂𝑥", "middle")
        _grid(svg, gradient, (left, TOP), CELL, window)
    facts = {
        "sum": _told(total),
        "outputs": ", ".join(_told(channel[row, column]) for channel in outputs),
        "gradient": "–" if gradient is None else "; ".join(", ".join(map(_told, line)) for line in gradient),
    }
    panel = Panel(
        file=write_svg(svg, request.folder, "window-steps"),
        width=width,
        height=height,
        role="window-steps",
        facts=facts,
    )
    return Figure(view="window-steps", panels=(panel,), facts=facts)


def _grid(svg: ET.Element, values: Floats, corner: tuple[float, float], cell: float, marked: Floats) -> None:
    """Cells with their numbers, where these are known; those ``marked`` are tinted."""
    for (row, column), value in np.ndenumerate(values):
        x, y = corner[0] + column * cell, corner[1] + row * cell
        box = {"x": short(x), "y": short(y), "width": short(cell), "height": short(cell), "stroke-width": "1"}
        ET.SubElement(svg, "rect", {**box, **(MARKED if marked[row, column] else {})})
        if np.isfinite(value):
            add_text(svg, x + cell / 2, y + cell / 2 + 0.35 * FONT, _told(float(value)), "middle")


def _told(value: float) -> str:
    return fixed(value, 0 if value == round(value) else 1)

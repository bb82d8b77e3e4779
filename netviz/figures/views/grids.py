"""Feature maps: every channel of a layer on one sheet, in one scale, so that channels can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.colours import Floats, Pixels, Scale
from netviz.figures.facts import ZERO, area_means
from netviz.figures.figure import Column, Figure, Panel, Request, Table, rounded, rounded_rows
from netviz.figures.picture_files import file_stem, picture_panel, write_exact
from netviz.figures.views import view

WIDEST = 1040
GAP = 1
GAP_COLOUR = (128, 128, 128)
PERCENTILE = 99.0  # of the |values| other than zero: feature maps are mostly zeros
LARGE_TILE, SMALL_TILE = 64, 28
ALONE = 224  # a layer of up to 4 channels is shown at this side: the network's input
CELLS = ((15, 1300), (7, 5200), (3, 40000))  # side of a unit's cell in a layer of up to so many units


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Where the tiles lie: channel k in row k // columns and column k % columns, ``gap`` pixels apart."""

    channels: int
    tile_height: int
    tile_width: int
    columns: int
    gap: int = GAP

    @property
    def rows(self) -> int:
        return -(-self.channels // self.columns)

    @property
    def width(self) -> int:
        return self.columns * (self.tile_width + self.gap) - self.gap

    @property
    def height(self) -> int:
        return self.rows * (self.tile_height + self.gap) - self.gap

    def corner(self, channel: int) -> tuple[int, int]:
        """Top and left of a channel's tile."""
        row, column = divmod(channel, self.columns)
        return row * (self.tile_height + self.gap), column * (self.tile_width + self.gap)


@view("grid", takes_lists=False)
def draw_grid(request: Request) -> Figure:
    """Every array (h, w, c) or (n,) is a layer: one sheet each, in the order of the arrays; the photo, if any, last."""
    layers = {name: values for name, values in request.arrays.items() if values.ndim in (1, 3) and values.size}
    if not layers:
        raise ValueError("the view 'grid' needs arrays of shape (h, w, channels) or (units,), one a layer")
    panels = tuple(_layer_panel(name, values, request) for name, values in layers.items())
    columns = (
        ("channels", "count"),
        ("height", "count"),
        ("width", "count"),
        ("dead", "count"),
        ("raw_max", "number"),
    )
    keys = [key for key, _ in columns]
    rows = [[panel.facts["layer"], *(panel.facts[key] for key in keys)] for panel in panels]
    table = Table((Column("layer", "name"), *(Column(*column) for column in columns)), rounded_rows(rows))
    if request.picture is not None:
        panels += (picture_panel(request.picture, request.folder, "picture", "picture", {"made": False}),)
    return Figure(view=request.view, panels=panels, facts={"layers": list(layers)}, table=table)


def sheet_for(height: int, width: int, channels: int) -> Sheet:
    """Tiles that can be read, on a sheet of at most 1040 pixels' width, columns a power of two."""
    longest = max(height, width)
    if longest == 1:
        side = next((side for side, most in CELLS if channels <= most), CELLS[-1][0])
    elif channels <= 4:
        side = ALONE
    elif longest > LARGE_TILE:
        side = LARGE_TILE
    else:
        side = longest * max(1, SMALL_TILE // longest)
    tile_height, tile_width = max(1, round(side * height / longest)), max(1, round(side * width / longest))
    columns = 1
    while columns < channels and 2 * columns * (tile_width + GAP) - GAP <= WIDEST:
        columns *= 2
    return Sheet(channels=channels, tile_height=tile_height, tile_width=tile_width, columns=min(columns, channels))


def tiles(values: Floats, sheet: Sheet) -> Floats:
    """Feature maps at the size of their tiles: averaged where they shrink, in blocks where they grow."""
    height, width = values.shape[:2]
    if (height, width) == (sheet.tile_height, sheet.tile_width):
        return values
    if height > sheet.tile_height or width > sheet.tile_width:
        return area_means(values, sheet.tile_height, sheet.tile_width)
    rows = np.arange(sheet.tile_height) * height // sheet.tile_height
    columns = np.arange(sheet.tile_width) * width // sheet.tile_width
    return np.asarray(values[rows[:, None], columns])


def paint(values: Floats, sheet: Sheet, scale: Scale) -> Pixels:
    """The sheet's pixels: (h, w, channels) to (sheet.height, sheet.width, 3)."""
    canvas = np.full((sheet.height, sheet.width, 3), GAP_COLOUR, np.uint8)
    levels = scale.levels(tiles(values, sheet))
    for channel in range(sheet.channels):
        top, left = sheet.corner(channel)
        canvas[top : top + sheet.tile_height, left : left + sheet.tile_width] = scale.palette[levels[:, :, channel]]
    return canvas


def layer_scale(values: Floats) -> Scale | None:
    """One scale for a layer, signed where it has negative values (the input, logits). None if all is zero."""
    if not np.isfinite(values).all():
        return None
    sizes = np.abs(values[np.abs(values) > ZERO])
    if not sizes.size:
        return None
    return Scale(bool(values.min() < 0), float(np.percentile(sizes, PERCENTILE)), float(sizes.max()), PERCENTILE)


def _layer_panel(name: str, array: NDArray[Any], request: Request) -> Panel:
    values = np.asarray(array, np.float32)
    values = values[None, None] if values.ndim == 1 else values
    sheet = sheet_for(*values.shape)
    scale = layer_scale(values)
    pixels = paint(values if scale else np.zeros_like(values), sheet, scale or Scale(False, 1.0, 0.0))
    file = write_exact(pixels, request.folder, f"layer-{file_stem(name)}")
    facts = _layer_facts(name, values, sheet, scale, array.ndim == 1)
    return Panel(
        file=file,
        width=sheet.width,
        height=sheet.height,
        role=f"layer:{name}",
        facts=facts,
        legend=scale.legend() if scale else None,
    )


def _layer_facts(name: str, values: Floats, sheet: Sheet, scale: Scale | None, vector: bool) -> dict[str, Any]:
    """Where each channel lies on the sheet, and what the layer's values are like.

    ``channel_max`` is each channel's greatest |value|, ``channel_mean`` its mean, ``channel_zeros`` the share of its
    values that are zero, ``channel_peak`` the place of the greatest |value|, counted row by row from 0. ``dead`` is
    how many channels are zero everywhere, ``strongest`` the one with the greatest mean.
    """
    finite = bool(np.isfinite(values).all())
    sizes = np.abs(values) if finite else np.zeros_like(values)
    largest = sizes.max(axis=(0, 1))
    zeros = (sizes <= ZERO).mean(axis=(0, 1))
    peaks = sizes.reshape(-1, sheet.channels).argmax(axis=0)
    dead = int((largest <= ZERO).sum()) if finite else 0
    return {
        "layer": name,
        "vector": vector,
        "state": "not finite" if not finite else "ok" if scale else "zero",
        "height": values.shape[0],
        "width": values.shape[1],
        "channels": sheet.channels,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "tile_height": sheet.tile_height,
        "tile_width": sheet.tile_width,
        "gap": sheet.gap,
        "signed": bool(scale and scale.signed),
        "clip": rounded(scale.limit) if scale else None,
        "percentile": PERCENTILE,
        "raw_max": rounded(scale.raw_max) if scale else None if not finite else 0.0,
        "dead": dead,
        "dead_share": rounded(dead / sheet.channels),
        "strongest": int(np.where(np.isfinite(values), values, 0).mean(axis=(0, 1)).argmax()),
        "channel_max": [rounded(value, 3) for value in largest] if finite else [],
        "channel_mean": [rounded(value, 3) for value in values.mean(axis=(0, 1), dtype=np.float64)] if finite else [],
        "channel_zeros": [rounded(value, 3) for value in zeros] if finite else [],
        "channel_peak": list(map(int, peaks)) if finite else [],
    }

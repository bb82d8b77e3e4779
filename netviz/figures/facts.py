"""What a map says, in numbers: where it is strong, how concentrated it is, and whether it is a map at all."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.colours import Floats
from netviz.figures.figure import PLACES, Column, Table, rounded, rounded_rows

ZERO = 1e-30  # float32 products of such values vanish
NEAR_ZERO = 1e-6
STRONGEST = 0.1  # share of the pixels whose weight is reported
FINEST_TABLE = 14  # sides up to this are shown as they are
TABLE_SIDE = 7
GREYISH = 0.06  # of the range, between the greatest and the least of RGB: up to this nobody would name a colour
HUES = ("red", "orange", "yellow", "green", "green", "green", "cyan", "blue", "blue", "purple", "purple", "pink")


def state_of(values: Floats) -> str:
    """``ok``, ``near zero``, ``zero``, ``constant`` or ``not finite``: these three show nothing."""
    if not np.isfinite(values).all():
        return "not finite"
    largest = np.abs(values).max()
    if largest < ZERO:
        return "zero"
    if np.ptp(values) <= 1e-6 * largest:
        return "constant"
    return "near zero" if largest < NEAR_ZERO else "ok"


def is_drawable(values: Floats) -> bool:
    """Whether the colours of this map would mean something."""
    return state_of(values) in ("ok", "near zero")


def map_facts(values: Floats, signed: bool) -> dict[str, Any]:
    """Facts of a map (h, w). Weight means |value|; places are fractions of height and width.

    Always ``state``, ``grid`` [h, w], ``signed``, ``raw_max`` (greatest |value|), ``raw_min`` (least value)
    and ``not_finite`` (a count). With a state of ok or near zero also ``peak`` (row, column and place of the
    greatest |value|), ``regions`` (each ninth's share of the weight), ``place`` (the ninth with most),
    ``place_share``, ``concentration`` (share of the weight in the strongest tenth of the pixels) and, if
    signed, ``positive_share`` and, where anything is positive, ``greatest_place``, the ninth that holds the greatest
    value, which may be another than that of the greatest |value|.
    """
    values = np.asarray(values, np.float64)
    finite = values[np.isfinite(values)]
    facts: dict[str, Any] = {
        "state": state_of(values),
        "grid": list(values.shape),
        "signed": signed,
        "raw_max": rounded(np.abs(finite).max()) if finite.size else None,
        "raw_min": rounded(finite.min()) if finite.size else None,
        "not_finite": int(values.size - finite.size),
    }
    if not is_drawable(values):
        return facts
    weight = np.abs(values) / np.abs(values).max()
    row, column = np.unravel_index(weight.argmax(), weight.shape)
    place = (row + 0.5) / values.shape[0], (column + 0.5) / values.shape[1]
    regions = (area_means(weight, 3, 3) / (9 * weight.mean())).ravel()
    facts |= {
        "peak": {"row": rounded(place[0]), "column": rounded(place[1]), "place": place_key(*place)},
        "place": PLACES[int(regions.argmax())],
        "place_share": rounded(regions.max()),
        "regions": {name: rounded(share) for name, share in zip(PLACES, regions, strict=True)},
        "concentration": rounded(concentration(weight)),
    }
    if signed:
        facts["positive_share"] = rounded(weight[values > 0].sum() / weight.sum())
        if values.max() > 0:
            row, column = np.argwhere(values == values.max()).mean(axis=0)  # of a patch the centre, not the corner
            facts["greatest_place"] = place_key((row + 0.5) / values.shape[0], (column + 0.5) / values.shape[1])
    return facts


def picture_facts(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """What a picture (h, w, 3) looks like from afar.

    ``light`` (dark, medium or light) and ``colour`` of the mean pixel; ``contrast``, the standard deviation of the
    brightness, 0 to 255; ``grain``, in pixels, the length of the waves that make up the brightness: one over their
    mean frequency, each counted by its power; the picture's longer side where it is plain.
    """
    values = pixels.astype(np.float64)
    mean = values.mean(axis=(0, 1))
    hue, _, saturation = colorsys.rgb_to_hls(*mean / 255)
    chroma = float(np.ptp(mean)) / 255
    brightness = values @ np.array([0.299, 0.587, 0.114])
    power = np.abs(np.fft.rfft2(brightness - brightness.mean())) ** 2
    down, across = np.fft.fftfreq(brightness.shape[0]), np.fft.rfftfreq(brightness.shape[1])
    frequency = float((np.hypot(down[:, None], across) * power).sum() / (power.sum() or 1))
    return {
        "light": ("dark", "medium", "light")[min(int(3 * brightness.mean() / 255), 2)],
        "colour": "grey" if chroma < GREYISH or saturation == 0 else HUES[round(hue * len(HUES)) % len(HUES)],
        "contrast": rounded(brightness.std(), 2),
        "grain": rounded(1 / frequency if frequency > 0 else max(brightness.shape), 2),
    }


def concentration(weight: Floats) -> float:
    """Share of the weight that lies in the strongest tenth of the pixels (rounded up to a whole pixel)."""
    count = int(np.ceil(STRONGEST * weight.size))
    return float(np.sort(weight, axis=None)[-count:].sum() / weight.sum())


def place_key(row: float, column: float) -> str:
    """The ninth of the picture that holds a place given as fractions: ``upper-left`` to ``lower-right``."""
    return PLACES[3 * min(int(3 * row), 2) + min(int(3 * column), 2)]


def map_table(values: Floats) -> Table:
    """The map as a small grid of numbers: itself up to 14 by 14, else the means of 7 by 7 equal parts."""
    if max(values.shape) > FINEST_TABLE:
        values = area_means(values, *(min(TABLE_SIDE, side) for side in values.shape))
    columns = [Column("row", "count"), *(Column(str(number)) for number in range(1, values.shape[1] + 1))]
    rows = [[number, *map(float, row)] for number, row in enumerate(values, start=1)]
    return Table(tuple(columns), rounded_rows(rows))


def area_means(values: Floats, height: int, width: int) -> Floats:
    """Means over equal parts, fractions of a pixel counted as such: (h, w, ...) to (height, width, ...)."""
    rows, columns = _overlaps(values.shape[0], height), _overlaps(values.shape[1], width)
    by_rows = np.tensordot(rows.astype(values.dtype), values, axes=(1, 0))
    return np.moveaxis(np.tensordot(columns.astype(values.dtype), by_rows, axes=(1, 1)), 0, 1)


def _overlaps(pixels: int, parts: int) -> NDArray[np.float64]:
    """How much of each part every pixel makes up: (parts, pixels), rows sum to 1."""
    edges = np.linspace(0, pixels, parts + 1)
    starts = np.arange(pixels)
    shared = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    return np.asarray(np.clip(shared, 0, None) * parts / pixels)

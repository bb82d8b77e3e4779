"""The explorer of layers: a drawing of the network from its layers' shapes, and what a cell of a layer can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netviz.networks.architecture import Layer

PLACE = 0.36  # pixels of the drawing for a place of a map
CHANNEL = 0.06  # and for a channel
LEAST = 2.5  # so that a single value can still be seen
SLANT = 0.3  # depth of a solid as it is drawn, of its true length, to the right and upwards


@dataclass(frozen=True, kw_only=True)
class Solid:
    """A layer's output as a solid: as high and deep as its maps, as wide as it has channels; SVG paths of its faces."""

    width: float
    height: float
    front: str
    top: str
    side: str


def solid(layer: Layer) -> Solid:
    """The solid of a layer of shape (height, width, channels), or (units,): a bar."""
    high, deep, channels = (1, 1, *layer.shape) if len(layer.shape) == 1 else layer.shape
    height, depth, width = max(PLACE * high, LEAST), SLANT * PLACE * deep, max(CHANNEL * channels, LEAST)
    right, bottom = width + depth, height + depth
    return Solid(
        width=round(right, 2),
        height=round(bottom, 2),
        front=_path((0, depth), (width, depth), (width, bottom), (0, bottom)),
        top=_path((0, depth), (depth, 0), (right, 0), (width, depth)),
        side=_path((width, depth), (right, 0), (right, height), (width, bottom)),
    )


def margin(layer: Layer) -> int | None:
    """By how many pixels a cell's receptive field reaches beyond the square that the cell stands for, on each side.

    Cell i of a row stands for the pixels from i * stride on, ``stride`` of them. Convolutions of odd width that keep
    the size reach equally far to both sides; pooling without overlap reaches no further. None where a value depends
    on the whole picture.
    """
    if layer.receptive_field is None or layer.stride is None:
        return None
    return (layer.receptive_field - layer.stride) // 2


def field(layer: Layer, row: int, column: int, height: int, width: int) -> tuple[int, int, int, int] | None:
    """The pixels that a cell of a layer can depend on: top, left, bottom and right (exclusive), cut at the edges.

    ``height`` and ``width`` are those of the picture.
    """
    reach = margin(layer)
    if reach is None or layer.stride is None:
        return None
    top, left = row * layer.stride, column * layer.stride
    bottom, right = top + layer.stride + reach, left + layer.stride + reach
    return max(top - reach, 0), max(left - reach, 0), min(bottom, height), min(right, width)


def channels(facts: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """What the explorer's script needs of a layer: where its channels lie on the sheet, their numbers, their fields."""
    keys = ("channels", "columns", "gap", "height", "width", "strongest", "vector")
    return {
        **{key: facts[key] for key in keys},
        "tile": [facts["tile_height"], facts["tile_width"]],
        "stride": layer.stride,
        "margin": margin(layer),
        **{name: facts[f"channel_{name}"] for name in ("max", "mean", "zeros", "peak")},
    }


def _path(*corners: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:.5g} {y:.5g}" for x, y in corners) + "Z"

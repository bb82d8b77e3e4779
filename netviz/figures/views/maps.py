"""Maps of a picture, alone, over it or beside one another; and pictures themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from netviz.figures.colours import Floats, Pixels, Scale, scale_of
from netviz.figures.facts import is_drawable, map_facts, map_table, picture_facts, state_of
from netviz.figures.figure import Column, Figure, Legend, Panel, Readings, Request, Table, rounded, rounded_rows
from netviz.figures.picture_files import enlarged, picture_panel, smooth, write_exact, write_photograph
from netviz.figures.readings import COARSER, FINEST, map_readings, patch_readings
from netviz.figures.views import view

SIDE = 448  # of a full picture: every value of a 224 network is a block of 2 by 2
STRIP_SIDE = 224
COARSE = 112  # grids up to this side are smoothed when they are laid over a picture
LOSSES = 24  # levels of 255 by which a photograph's file may be off: a smaller change would drown in them
FAINT = 0.05  # of the shared limit: a map that does not reach this looks empty beside the others
BOX_LINES = ((6, "black"), (2, "white"))  # widths in pixels and colours, one over the other: seen on light and on dark
NOTHING = (158, 158, 158)  # the grey, in neither colour map, of a map that has nothing to show


@dataclass(frozen=True)
class Map:
    """A map (h, w) with the scale it is drawn in: None if no map that shares it has anything to show."""

    values: Floats
    signed: bool
    scale: Scale | None

    @classmethod
    def of(cls, maps: Sequence[Floats], signed: bool) -> list[Map]:
        """These maps in one scale, which follows those of them that can be drawn."""
        scale = scale_of([values for values in maps if is_drawable(values)], signed)
        return [cls(values, signed, scale) for values in maps]

    def legend(self, overlay: bool = False) -> Legend | None:
        return self.scale.legend(overlay) if self.scale else None

    @property
    def is_faint(self) -> bool:
        """Whether nothing in it comes near the limit of the scale that it shares: it looks empty."""
        if self.scale is None or not is_drawable(self.values):
            return False
        return bool(np.abs(self.values).max() < FAINT * self.scale.limit)

    def colours(self) -> Pixels:
        """RGB of the map; a plain grey where it has nothing to show, unless that is zero: (h, w, 3)."""
        if state_of(self.values) == "zero":
            return Scale(self.signed, 1.0, 0.0).colours(self.values)
        if self.scale and is_drawable(self.values):
            return self.scale.colours(self.values)
        return np.full((*self.values.shape, 3), NOTHING, np.uint8)

    def facts(self, *, underlay: bool, upsampling: str) -> dict[str, Any]:
        """What the map says, and how it is drawn."""
        limits = (rounded(self.scale.limit), self.scale.percentile) if self.scale else (None, None)
        drawing = {"underlay": underlay, "upsampling": upsampling, "clip": limits[0], "percentile": limits[1]}
        return {**map_facts(self.values, self.signed), **drawing}


@view("picture")
def draw_picture(request: Request) -> Figure:
    """``picture`` (h, w, 3) or ``pictures`` (k, h, w, 3), RGB 0 to 255; else the explained picture."""
    arrays = request.arrays
    if "pictures" in arrays or "picture" in arrays:
        pictures = arrays["pictures"] if "pictures" in arrays else [arrays["picture"]]
        panels = []
        for number, values in enumerate(pictures, start=1):
            pixels = _pixels(values, "picture")
            facts = {"made": True, "number": number, "count": len(pictures), **picture_facts(pixels)}
            shown = enlarged(pixels, SIDE)
            panels.append(picture_panel(shown, request.folder, f"picture-{number}", "picture", facts))
        return Figure(view=request.view, panels=tuple(panels))
    if request.picture is None:
        raise ValueError("the view 'picture' needs the array 'picture' or 'pictures', or an explained picture")
    panel = picture_panel(request.picture, request.folder, "picture", "picture", {"made": False})
    return Figure(view=request.view, panels=(panel,))


@view("before-after", needs=("before", "after"))
def draw_before_after(request: Request) -> Figure:
    """``before`` and ``after`` (h, w, 3), RGB 0 to 255, and their difference around a middle grey."""
    before, after = (np.asarray(request.arrays[name], np.float64) for name in ("before", "after"))
    if before.shape != after.shape:
        raise ValueError(f"'before' {before.shape} and 'after' {after.shape} should be of the same size")
    pictures = {"before": _pixels(before, "before"), "after": _pixels(after, "after")}
    change = after - before
    largest = float(np.abs(change).max())
    amplification = 127 / largest if largest else 1.0
    facts = {
        "mean_change": rounded(np.abs(change).mean()),
        "max_change": rounded(largest),
        "changed_share": rounded((change != 0).any(axis=-1).mean()),
        "amplification": rounded(amplification, 3),
    }
    panels = [
        picture_panel(enlarged(pixels, SIDE), request.folder, name, name, facts, exact=largest < LOSSES)
        for name, pixels in pictures.items()
    ]
    difference = enlarged(_pixels(128 + change * amplification, "difference"), SIDE)
    file = write_exact(difference, request.folder, "difference")
    panels.append(
        Panel(file=file, width=difference.shape[1], height=difference.shape[0], role="difference", facts=facts)
    )
    return Figure(
        view=request.view, panels=tuple(panels), facts=facts, table=_change_table(np.abs(change).reshape(-1, 3))
    )


@view("signed", needs=("attribution",))
def draw_signed(request: Request) -> Figure:
    """The map in diverging colours, RGB values summed."""
    return _alone(request, _declared(request, signed=True))


@view("magnitude", needs=("attribution",))
@view("map", needs=("attribution",))
def draw_magnitude(request: Request) -> Figure:
    """The map's size in sequential colours, the greatest of RGB."""
    signed = _is_signed(request.signed, request.arrays["attribution"])
    maps = [magnitude_map(one, signed) for one in (request.arrays["attribution"], *request.beside)]
    return _alone(request, Map.of(maps, signed=False)[0])


@view("overlay", needs=("attribution",), needs_picture=True)
def draw_overlay(request: Request) -> Figure:
    """The map over the picture, coarse grids smoothed."""
    one = _declared(request)
    panel = _overlay_panel(request, one, "overlay", smoothed=max(one.values.shape) <= COARSE)
    return _one_map(request, one, panel, overlay=True)


@view("around-mean", needs=("attribution",), needs_picture=True)
def draw_around_mean(request: Request) -> Figure:
    """The map less its own mean over the picture, in diverging colours: of maps in which only differences tell."""
    values = _flat(request.arrays["attribution"], signed=False)
    one = Map.of([values - values.mean()], signed=True)[0]
    panel = _overlay_panel(request, one, "overlay", smoothed=max(one.values.shape) <= COARSE)
    return _one_map(request, one, panel, overlay=True)


@view("raw", needs=("attribution",), needs_picture=True)
def draw_raw(request: Request) -> Figure:
    """The map over the picture twice in the same colours: cell by cell, and smoothed."""
    one = _declared(request)
    cells = _overlay_panel(request, one, "raw", smoothed=False)
    smoothed = _overlay_panel(request, one, "overlay", smoothed=True)
    return _one_map(request, one, cells, smoothed, overlay=True)


@view("pointing", needs=("maps",), needs_picture=True)
def draw_pointing(request: Request) -> Figure:
    """The one map of ``maps`` (1, h, w) over the picture, framed the ``box`` that it should point at, its peak ringed.

    ``numbers["box"]`` is top, left, bottom, right, ``numbers["peak"]`` row and column, as fractions of the picture.
    """
    (values,) = request.arrays["maps"]
    one = Map.of([_flat(values, signed=False)], signed=False)[0]
    frame = Frame(tuple(request.numbers["box"]), tuple(request.numbers["peak"]))
    panel = _overlay_panel(request, one, "overlay", smoothed=True, frame=frame)
    return _one_map(request, one, panel, overlay=True)


@dataclass(frozen=True)
class Frame:
    """A box (top, left, bottom, right) and a point (row, column) to draw over a picture, as fractions of it."""

    box: tuple[float, ...]
    point: tuple[float, ...]

    def over(self, pixels: Pixels) -> Pixels:
        """The picture (h, w, 3) with the outlines."""
        height, width = pixels.shape[:2]
        top, left, bottom, right = (
            share * (side - 1) for share, side in zip(self.box, (height, width) * 2, strict=True)
        )
        row, column = self.point[0] * height, self.point[1] * width
        image = Image.fromarray(pixels)
        pen = ImageDraw.Draw(image)
        for thickness, colour in BOX_LINES:
            margin = (BOX_LINES[0][0] - thickness) / 2
            corners = (left + margin, top + margin, right - margin, bottom - margin)
            pen.rectangle(corners, outline=colour, width=thickness)
            radius = 9 - margin
            pen.ellipse((column - radius, row - radius, column + radius, row + radius), outline=colour, width=thickness)
        return np.asarray(image)


@dataclass(frozen=True)
class Layout:
    """How several maps are laid out: the side of each, and whether one scale holds for all."""

    side: int
    shared: bool


LAYOUTS: Mapping[str, Layout] = {
    "panels": Layout(SIDE, shared=True),
    "panels-own": Layout(SIDE, shared=False),
    "strip": Layout(STRIP_SIDE, shared=True),
}


@view("panels", needs=("maps",))
@view("panels-own", needs=("maps",))
@view("strip", needs=("maps",))
def draw_several(request: Request) -> Figure:
    """``maps`` (k, h, w) or (k, h, w, 3). Coarse maps lie smoothed over the picture, if there is one.

    With ``pictures`` (k, h, w, 3), one for each map and of its size, each map stands below its own.
    """
    stack = request.arrays["maps"]
    if stack.ndim not in (3, 4) or 0 in stack.shape:
        raise ValueError(f"'maps' should be (k, h, w) or (k, h, w, 3), not {stack.shape}")
    layout = LAYOUTS[request.view]
    maps = _together(request, stack) if layout.shared else _each_alone(request, stack)
    underlay = request.picture is not None and max(stack.shape[1:3]) <= COARSE
    facts = {"count": len(maps), "limits": "shared" if layout.shared else "own"}
    panels = []
    for number, one in enumerate(maps, start=1):
        more = {**facts, "number": number, "faint": layout.shared and one.is_faint}
        if "pictures" in request.arrays:
            panel = _sample_panel(request, one, request.arrays["pictures"][number - 1], f"map-{number}", layout.side)
        elif underlay:
            role, name = "overlay", f"map-{number}"
            panel = _overlay_panel(request, one, role, smoothed=True, name=name, side=layout.side)
        else:
            panel = _map_panel(request, one, name=f"map-{number}", side=layout.side)
        readings = None if "pictures" in request.arrays else map_readings(one.values, COARSER)
        legend = None if layout.shared else one.legend(underlay)
        panels.append(replace(panel, facts={**panel.facts, **more}, legend=legend, readings=readings))
    legend = maps[0].legend(underlay) if layout.shared else None
    return Figure(view=request.view, panels=tuple(panels), legend=legend, facts=facts, table=_several_table(panels))


def _together(request: Request, stack: NDArray[Any]) -> list[Map]:
    signed = any(_signs(request, stack))
    return Map.of([_flat(one, signed) for one in stack], signed)


def _each_alone(request: Request, stack: NDArray[Any]) -> list[Map]:
    """Maps in units of their own also have signs of their own."""
    signs = _signs(request, stack)
    return [Map.of([_flat(one, signed)], signed)[0] for one, signed in zip(stack, signs, strict=True)]


def _signs(request: Request, stack: NDArray[Any]) -> list[bool]:
    """Whether each map's sign means something: as where it comes from, so that it has the same colours here."""
    declared = request.signs if len(request.signs) == len(stack) else [request.signed] * len(stack)
    return [_is_signed(signed, values) for signed, values in zip(declared, stack, strict=True)]


def signed_map(attribution: NDArray[Any]) -> Floats:
    """One signed value a place: RGB summed. (h, w) or (h, w, 3) to (h, w) float64."""
    values = _checked(attribution)
    return np.asarray(values.sum(axis=-1)) if values.ndim == 3 else values


def magnitude_map(attribution: NDArray[Any], signed: bool) -> Floats:
    """One size a place: the greatest |value| of RGB (Simonyan et al. 2013, section 3.1).

    (h, w) or (h, w, 3) to (h, w) float64; a map (h, w) without signs is left as it is.
    """
    values = _checked(attribution)
    if values.ndim == 3:
        return np.asarray(np.abs(values).max(axis=-1))
    return np.abs(values) if signed else values


def _checked(attribution: NDArray[Any]) -> Floats:
    """As float64, if it is a map at all."""
    rgb = attribution.ndim == 3 and attribution.shape[-1] == 3
    if 0 in attribution.shape or not (rgb or attribution.ndim == 2):
        raise ValueError(f"a map has the shape (h, w) or (h, w, 3), not {attribution.shape}")
    return np.asarray(attribution, np.float64)


def _flat(attribution: NDArray[Any], signed: bool) -> Floats:
    return signed_map(attribution) if signed else magnitude_map(attribution, signed)


def _is_signed(declared: bool | None, values: NDArray[Any]) -> bool:
    """As declared; where nothing is declared, by the values."""
    return bool((values < 0).any()) if declared is None else declared


def _declared(request: Request, signed: bool | None = None) -> Map:
    """The map, in a scale that also holds for those beside it."""
    maps = (request.arrays["attribution"], *request.beside)
    if signed is None:
        signed = any(_is_signed(request.signed, one) for one in maps)
    return Map.of([_flat(one, signed) for one in maps], signed)[0]


def _alone(request: Request, one: Map) -> Figure:
    panel = _map_panel(request, one, name="signed" if one.signed else "map")
    return _one_map(request, one, panel)


def _one_map(request: Request, one: Map, *panels: Panel, overlay: bool = False) -> Figure:
    """The figure of a map: what holds for it is what holds for its first panel."""
    return Figure(
        view=request.view,
        panels=panels,
        legend=one.legend(overlay),
        facts=panels[0].facts,
        table=map_table(one.values),
    )


def _map_panel(request: Request, one: Map, name: str, side: int = SIDE) -> Panel:
    """The map alone, each of its values a block of pixels."""
    pixels = enlarged(one.colours(), side)
    file = write_exact(pixels, request.folder, name)
    facts = one.facts(underlay=False, upsampling="nearest")
    role = "signed" if one.signed else "map"
    return Panel(
        file=file,
        width=pixels.shape[1],
        height=pixels.shape[0],
        role=role,
        facts=facts,
        readings=_readings(request, one),
    )


def _sample_panel(request: Request, one: Map, picture: NDArray[Any], name: str, side: int) -> Panel:
    """A small picture, and below it the map of its size; nothing between them, so that any page shows through.

    Of a signed map below a picture in colours ``below_photo`` is told: pages that turn such a map's white to black must
    leave the upper half alone. Ink on paper may be turned with it.
    """
    above, below = (_opaque(enlarged(part, side)) for part in (_pixels(picture, "pictures"), one.colours()))
    pixels = np.concatenate([above, np.zeros_like(above[: side // 16]), below])
    file = write_exact(pixels, request.folder, name)
    facts = one.facts(underlay=False, upsampling="nearest")
    if one.signed and np.ptp(above[..., :3], axis=-1).any():
        facts["below_photo"] = True
    return Panel(
        file=file, width=pixels.shape[1], height=pixels.shape[0], role="signed" if one.signed else "map", facts=facts
    )


def _opaque(pixels: Pixels) -> Pixels:
    """RGB with an opacity: (h, w, 3) to (h, w, 4)."""
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def _overlay_panel(
    request: Request,
    one: Map,
    role: str,
    *,
    smoothed: bool,
    name: str | None = None,
    side: int | None = None,
    frame: Frame | None = None,
) -> Panel:
    """The map over the picture; a map with nothing to show leaves the bare grey picture."""
    assert request.picture is not None
    picture = _reduced(request.picture, side) if side else request.picture
    height, width = picture.shape[:2]
    shown = one.values if one.scale and is_drawable(one.values) else np.zeros_like(one.values)
    resized = smooth(shown, height, width) if smoothed else _nearest(shown, height, width)
    pixels = (one.scale or Scale(one.signed, 1.0, 0.0)).over(resized, picture)
    file = write_photograph(frame.over(pixels) if frame else pixels, request.folder, name or role)
    facts = one.facts(underlay=True, upsampling="bilinear" if smoothed else "nearest")
    return Panel(file=file, width=width, height=height, role=role, facts=facts, readings=_readings(request, one))


def _readings(request: Request, one: Map) -> Readings | None:
    """Of hidden patches where the map was made of such, else of the map itself."""
    if request.patches and "drops" in request.arrays:
        return patch_readings(request.arrays["drops"], *request.patches, request.numbers.get("score"), one.values.shape)
    return map_readings(one.values, FINEST)


def _nearest(values: Floats, height: int, width: int) -> Floats:
    """Each pixel takes the value of the cell that its centre lies in: (h, w) to (height, width)."""
    rows = ((np.arange(height) + 0.5) * values.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * values.shape[1] / width).astype(int)
    return np.asarray(values[rows[:, None], columns])


def _reduced(picture: Pixels, side: int) -> Pixels:
    """The picture with its longer side at most this long."""
    height, width = picture.shape[:2]
    if max(height, width) <= side:
        return picture
    size = (round(width * side / max(height, width)), round(height * side / max(height, width)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def _pixels(values: NDArray[Any], name: str) -> Pixels:
    """RGB 0 to 255, rounded and cut off there: (h, w, 3) uint8."""
    if values.ndim != 3 or values.shape[-1] != 3 or 0 in values.shape:
        raise ValueError(f"{name!r} should be a picture (h, w, 3), not {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name!r} has values that are not finite numbers")
    return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)


def _change_table(sizes: Floats) -> Table:
    """Mean and greatest change of each of RGB: (pixels, 3)."""
    rows = (
        ["mean_change", *map(float, sizes.mean(axis=0))],
        ["max_change", *map(float, sizes.max(axis=0))],
    )
    columns = (Column("value", "term"), Column("red"), Column("green"), Column("blue"))
    return Table(columns, rounded_rows(rows))


def _several_table(panels: Sequence[Panel]) -> Table:
    """One row a map: where it is strongest, how concentrated it is, its greatest |value|."""
    columns = (
        Column("panel", "count"),
        Column("raw_max"),
        Column("place", "place"),
        Column("place_share", "share"),
        Column("concentration", "share"),
        Column("positive_share", "share"),
    )
    keys = [column.key for column in columns[1:]]
    rows = [[number, *(panel.facts.get(key) for key in keys)] for number, panel in enumerate(panels, start=1)]
    return Table(columns, rounded_rows(rows))

"""Opening picture files: whatever a file holds becomes upright sRGB, or a sentence that says why it can't.

Transparent pixels are laid on white, palettes, greys, CMYK and Lab become RGB, colour profiles and the camera's
orientation mark are obeyed, of what moves the first frame is taken. Nothing here knows a network.

Files come from anywhere, so they are looked at before they are opened, and no more of a picture is held at once than
one copy as its format has it and one as it is kept: below 1 GB for the largest that are taken.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from netviz.refusals import UnreadablePicture, unfit

SUFFIXES = {".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
LARGEST = 100_000_000  # pixels of a file
LARGEST_FILE = 2 * 10**9  # bytes
LARGEST_TEXT = 32 * 2**20  # bytes, unpacked, of a PNG's colour profile or of a text in it
KEPT = 25_000_000  # pixels; larger pictures are reduced by 2 or 3 …
KEPT_SHORT_SIDE = 640  # … but not below this: more than any figure shows
TILE = 1024  # pixels: what is converted at once
RANGES = (255, 1023, 4095, 16383, 65535)  # where white may lie in files of more than 8 bits, which do not say

_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_NAMES = "AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF and WebP"
_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_ORIENTATION = 0x0112  # the EXIF mark
_BITS, _PHOTOMETRIC, _PLANAR, _SAMPLE_FORMAT = 258, 262, 284, 339  # tags of TIFF
_UPRIGHT: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels),
}


@dataclass(frozen=True)
class PictureFacts:
    """What is known of a picture's file.

    ``size`` is the width and height of the upright picture, ``doubts`` are what may not be as its maker meant it.
    """

    size: tuple[int, int]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenedPicture:
    """A picture as it came out of its file: (height, width, 3) RGB, smaller than its size if it had to be reduced."""

    pixels: NDArray[np.uint8]
    facts: PictureFacts


def open_picture(path: Path) -> OpenedPicture:
    """Read any picture file. Raises UnreadablePicture."""
    check_file(path)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # sizes are looked at below
            with _identified(path) as file:
                opened = _read(file)
    except UnreadablePicture as error:
        raise UnreadablePicture(f"{path}: {error}") from None
    except UnidentifiedImageError:
        raise UnreadablePicture(f"{path}: {_unidentified(path)}") from None
    except Image.DecompressionBombError:
        raise UnreadablePicture(f"{path}: {_too_large()}") from None
    except Exception as error:  # decoders fail in every way when a file is broken
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadablePicture(f"{path}: the picture is broken or cut short ({reason})") from None
    remarks = [" ".join(str(one.message).split()) for one in told if issubclass(one.category, UserWarning)]
    facts = replace(opened.facts, doubts=(*opened.facts.doubts, *dict.fromkeys(remarks)))
    return replace(opened, facts=facts)


def check_file(path: Path) -> None:
    """Raises UnreadablePicture for what can't be a picture, or is too large to be looked at; nothing is opened."""
    reason = unfit(path)
    if not reason and not 0 < (size := path.stat().st_size) <= LARGEST_FILE:
        reason = f"{size // 10**9} GB are more than any picture's file should have" if size else "the file is empty"
    if reason:
        raise UnreadablePicture(f"{path}: {reason}")


def _identified(path: Path) -> Image.Image:
    with path.open("rb") as file:
        start = file.read(12)
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP" and (large := _large_webp(path)):
        return large
    formats = _formats()
    if start[4:8] == b"ftyp" and start[8:12] not in (b"avif", b"avis"):
        formats = (*formats, _with_heif())
    return Image.open(path, formats=formats)


def _large_webp(path: Path) -> Image.Image | None:
    """A WebP file that will be reduced, of which not all is to be decoded at once; None if it is a smaller one."""
    from netviz.pictures.large_webp import LargeWebp, size_of

    return LargeWebp(path) if _reduction(size_of(path)) > 1 else None


def _unidentified(path: Path) -> str:
    """Why a file is of no kind that can be read: two formats have kinds that few programs write, and fewer read."""
    with path.open("rb") as file:
        start = file.read(4)
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            return f"a {name} that is broken, or of a kind that can't be read: save it with 8 or 16 bits a channel"
    return f"not a picture, or of no kind that can be read: {_NAMES}"


@cache
def _formats() -> tuple[str, ...]:
    """The formats that are read, their readers registered; of Pillow's others some start programs."""
    from PIL import (  # noqa: F401
        AvifImagePlugin,
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    PngImagePlugin.MAX_TEXT_CHUNK = LARGEST_TEXT
    return _FORMATS


@cache
def _with_heif() -> str:
    """The format of phones, registered when the first such file comes."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    return "HEIF"


def _read(file: Image.Image) -> OpenedPicture:
    size = file.size
    if size[0] * size[1] > LARGEST:
        raise UnreadablePicture(_too_large(f"{size[0]} x {size[1]} pixels are"))
    if file.mode != "I;16" and _tag(file, _PLANAR, 1) == 2 and _tag(file, _BITS, 8) > 8:
        raise UnreadablePicture("holds each colour in a plane of its own, of 16 bits, which can't be read: save as PNG")
    if file.mode == "L" and _tag(file, _SAMPLE_FORMAT, 1) == 2:
        raise UnreadablePicture("holds values of 8 bits that may be below zero: black to white would be 0 to 255")
    doubts = []
    if file.format != "MPO" and getattr(file, "is_animated", False):
        doubts.append("holds several pictures; the first one is taken")
    factor = _reduction(size)
    drafted = factor > 1 and file.draft(None, (size[0] // factor, size[1] // factor))  # JPEG and WebP can be
    file.load()
    if not drafted:
        size = file.size  # a TIFF may have been turned
    convert, doubt = _conversion(file)
    pixels = _converted(file, convert)
    mark, another = _orientation(file)
    if mark in _UPRIGHT:
        pixels = _UPRIGHT[mark](pixels)
    if mark >= 5:
        size = size[::-1]
    return OpenedPicture(pixels, PictureFacts(size, tuple(filter(None, [*doubts, doubt, another]))))


def _too_large(has: str = "it is") -> str:
    return f"{has} more than the {LARGEST // 1_000_000} megapixels that can be taken: make it smaller first"


def _reduction(size: tuple[int, int]) -> int:
    """By how much a picture is reduced, a whole number."""
    width, height = size
    wanted = int(np.ceil(np.sqrt(width * height / KEPT)))
    return max(1, min(wanted, min(size) // KEPT_SHORT_SIDE))


def _converted(picture: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> NDArray[np.uint8]:
    """The picture as (height, width, 3) RGB, converted and reduced tile by tile."""
    factor = _reduction(picture.size)
    width, height = (-(-side // factor) for side in picture.size)
    pixels = np.empty((height, width, 3), np.uint8)
    for (left, top), tile in _tiles(picture, TILE * factor):
        small = np.asarray(convert(tile).reduce(factor))
        left, top = left // factor, top // factor
        pixels[top : top + small.shape[0], left : left + small.shape[1]] = small
    return pixels


def _tiles(picture: Image.Image, side: int) -> Iterator[tuple[tuple[int, int], Image.Image]]:
    width, height = picture.size
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield (left, top), picture.crop((left, top, min(left + side, width), min(top + side, height)))


def _conversion(picture: Image.Image) -> tuple[Callable[[Image.Image], Image.Image], str]:
    """What makes a tile of the picture opaque sRGB, and a doubt about it."""
    opaque = _rescaled(picture) if picture.mode.startswith("I") or picture.mode == "F" else _opaque
    mode = _opaque_mode(picture.mode)
    transform, doubt = _profile_transform(picture.info.get("icc_profile"), mode)
    if transform is None:
        return (lambda tile: opaque(tile).convert("RGB")), doubt
    return (lambda tile: transform.apply(opaque(tile).convert(transform.input_mode))), doubt


def _opaque_mode(mode: str) -> str:
    if mode in ("CMYK", "LAB"):
        return mode
    return "L" if mode[0] in "1LIF" else "RGB"


def _opaque(tile: Image.Image) -> Image.Image:
    """8 bits a channel, on white."""
    mode = _opaque_mode(tile.mode)
    if tile.has_transparency_data:
        tile = tile.convert("RGBA")
        tile = Image.alpha_composite(Image.new("RGBA", tile.size, "white"), tile)
    return tile.convert(mode)


def _rescaled(picture: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What brings one channel of more than 8 bits to 8, keeping the range and not the low byte. Raises if it can't."""
    unsigned = picture.mode == "I" and _tag(picture, _SAMPLE_FORMAT, 1) == 1
    most = 32767 if _tag(picture, _SAMPLE_FORMAT, 1) == 2 and _tag(picture, _BITS, 16) == 16 else RANGES[-1]
    negative = _tag(picture, _PHOTOMETRIC, 1) == 0  # 0 is white
    clear = picture.info.get("transparency")  # the one value that is, of PNG

    def values(tile: Image.Image) -> NDArray[Any]:
        array = np.asarray(tile)
        return array.view(np.uint32) if unsigned else array

    ends = [(part.min(), part.max()) for part in (values(tile) for _, tile in _tiles(picture, TILE))]
    low, high = float(np.min(ends)), float(np.max(ends))
    if not np.isfinite([low, high]).all():
        raise UnreadablePicture("has values that are no numbers, or infinite: black to white would be 0 to 1")
    white = _white(high, picture.mode == "F", most)
    if low < -white / 255:
        raise UnreadablePicture(f"has values below zero, the least is {low:g}: black to white would be 0 to {white:g}")

    def rescaled(tile: Image.Image) -> Image.Image:
        scaled = values(tile).astype(np.float64).clip(0, white) * (255 / white)
        scaled = 255 - scaled if negative else scaled
        if clear is not None:
            scaled[values(tile) == clear] = 255
        return Image.fromarray(scaled.round().astype(np.uint8))

    return rescaled


def _tag(picture: Image.Image, number: int, default: int) -> Any:
    """The first value of a TIFF's tag; the default if there is none, or the picture is no TIFF."""
    value = getattr(picture, "tag_v2", {}).get(number, default)
    return value[0] if isinstance(value, tuple) else value


def _white(high: float, is_float: bool, most: int) -> float:
    """The value of white: the end of the smallest usual range that holds the highest value, or this itself.

    ``most`` is the highest value that a file of 16 bits can hold. Floats are from 0 to 1 as a rule; a little more is a
    highlight, much more another range.
    """
    if is_float and high <= 16:
        return max(high, 1.0)
    return next((min(end, most) for end in RANGES if high <= end), high)


def _profile_transform(content: bytes | None, mode: str) -> tuple[Any, str]:
    """The way to sRGB from a picture's colour profile (an ``ImageCmsTransform``, or None), and a doubt about it."""
    if not content and mode != "LAB":
        return None, ""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content)) if content else ImageCms.createProfile("LAB")
        space = profile.profile.xcolor_space.strip() if content else "Lab"  # type: ignore[union-attr]
        entry = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}.get(space, space)
        if entry != mode and (mode, entry) != ("L", "RGB"):
            return _fallback(mode, f"its colour profile is for {space}, the picture is {mode}; the profile is left out")
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), entry, "RGB"), ""
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return _fallback(mode, "its colour profile can't be read and is left out")


def _fallback(mode: str, doubt: str) -> tuple[Any, str]:
    return (_profile_transform(None, mode)[0] if mode == "LAB" else None), doubt


def _orientation(picture: Image.Image) -> tuple[int, str]:
    """The camera's mark, 1 (upright) to 8, and a doubt about it."""
    try:
        mark = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # as with decoders
        return 1, "its EXIF data can't be read; it is taken to be upright"
    return (mark if isinstance(mark, int) and mark in _UPRIGHT else 1), ""

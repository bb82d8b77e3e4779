"""Opening picture files: whatever Pillow reads becomes upright RGB. Nothing here knows a network.

Transparent pixels are laid on white, palettes and greys become RGB, and the camera's orientation mark is obeyed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from netviz.mistakes import Mistake
from netviz.refusals import unfit

SUFFIXES = {".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
SHORT_SIDE = 256  # the network was trained on squares of 224 cut from pictures whose short side was 256
CROP = 224


class UnreadablePicture(ValueError):
    """A file that is no picture, or a broken one; the message names the file and the reason."""


@dataclass(frozen=True)
class Picture:
    """A picture file with its credit: ``titles`` are its names in the site's languages."""

    name: str
    path: Path
    titles: dict[str, str]
    credit: str
    licence: str
    source: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """The whole picture, upright: (height, width, 3) RGB."""
        return open_upright(self.path)

    def framed(self, side: int = CROP) -> NDArray[np.uint8]:
        """What the network sees of it, at a side of one's choice: (side, side, 3) RGB."""
        return frame(self.pixels, side)


def open_upright(path: Path) -> NDArray[np.uint8]:
    """Read any picture file as upright RGB: (height, width, 3) uint8. Raises UnreadablePicture."""
    if reason := unfit(path):
        raise UnreadablePicture(f"{path}: {reason}")
    try:
        with Image.open(path) as file:
            upright = ImageOps.exif_transpose(file)
            return np.asarray(_on_white(upright).convert("RGB"))
    except UnidentifiedImageError:
        raise UnreadablePicture(f"{path}: not a picture that Pillow can read") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(f"{path}: the picture is broken or too large ({error})") from None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more: keep the range, not the low byte
        values = np.asarray(picture, np.float64)
        top = 65535.0 if values.max() > 255 else 255.0
        return Image.fromarray((values.clip(0, top) * (255 / top)).round().astype(np.uint8))
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)


def frame(pixels: NDArray[np.uint8], side: int = CROP) -> NDArray[np.uint8]:
    """Resize as the network was trained (short side 256 to a crop of 224, bilinear) and cut the central square.

    ``side`` scales both: 448 gives the same frame with twice the detail. (height, width, 3) to (side, side, 3).
    """
    height, width = pixels.shape[:2]
    short = side * SHORT_SIDE / CROP
    scale = short / min(height, width)
    size = (max(side, round(width * scale)), max(side, round(height * scale)))
    resized = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    top, left = (size[1] - side) // 2, (size[0] - side) // 2
    return resized[top : top + side, left : left + side]


def picture_mistakes(pictures: Iterable[Picture]) -> Iterator[Mistake]:
    """What is wrong with files that are no pictures, or broken ones: each is opened."""
    for picture in pictures:
        try:
            picture.pixels  # noqa: B018
        except UnreadablePicture as error:
            yield Mistake(picture.path, str(error).removeprefix(f"{picture.path}: "))


def own_picture(path: Path, taken: Container[str] = ()) -> Picture:
    """A reader's own photo, under a name that is not ``taken``. Raises UnreadablePicture."""
    open_upright(path)
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "photo"
    name = f"my-{slug}" if slug in taken else slug
    return Picture(name, path, {"en": path.stem, "zh": path.stem}, "", "", "")

"""Pixels to files: WebP, with small losses for photographs, exact where every pixel is a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from netviz.figures.colours import Floats, Pixels
from netviz.figures.figure import Panel

QUALITY = 85


def write_photograph(pixels: Pixels, folder: Path, name: str) -> str:
    """A picture of something, with small losses: (h, w, 3). Gives the file's name.

    More effort would take twice as long and save a tenth of a per cent.
    """
    return _write(pixels, folder, name, quality=QUALITY, method=4)


def picture_panel(
    pixels: Pixels, folder: Path, name: str, role: str, facts: Mapping[str, Any], *, exact: bool = False
) -> Panel:
    """A picture of something as a panel of a figure: (h, w, 3)."""
    write = write_exact if exact else write_photograph
    return Panel(
        file=write(pixels, folder, name),
        width=pixels.shape[1],
        height=pixels.shape[0],
        role=role,
        facts=facts,
    )


def write_exact(pixels: Pixels, folder: Path, name: str) -> str:
    """A map, or whatever is read pixel by pixel, as it is: (h, w, 3), or (h, w, 4) with an opacity.

    Of feature maps the file is 7 % smaller than a paletted PNG, and made faster. More effort would take twice as long,
    and the files of the course as many bytes.
    """
    return _write(pixels, folder, name, lossless=True, quality=50, method=3)


def file_stem(name: str) -> str:
    """A name, such as a layer's, as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def enlarged(values: Floats | Pixels, side: int) -> Any:
    """Every pixel as a block of pixels, by the greatest whole factor that fits ``side``: (h, w, ...)."""
    factor = max(1, side // max(values.shape[:2]))
    return values.repeat(factor, axis=0).repeat(factor, axis=1)


def smooth(values: Floats, height: int, width: int) -> Floats:
    """Bilinear interpolation, never beyond the values themselves: (h, w) to (height, width) float32."""
    picture = Image.fromarray(np.asarray(values, np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))


def _write(pixels: Pixels, folder: Path, name: str, **options: Any) -> str:
    file = f"{name}.webp"
    Image.fromarray(pixels).save(folder / file, "WEBP", **options)
    return file

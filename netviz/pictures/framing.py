"""Framing: another way than the usual one to make a photo of any shape into the network's square.

The usual way cuts out the centre, as in training (`netviz.pictures.frame`). An experiment may ask for what much code on
the web does instead: the whole photo, squashed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from netviz.pictures.picture import CROP, Picture

Framing = Literal["crop", "squash"]


def squash(pixels: NDArray[np.uint8], side: int = CROP) -> NDArray[np.uint8]:
    """The whole picture as a square, whatever its shape: (height, width, 3) to (side, side, 3).

    Each pixel is the nearest one, as Keras' ``load_img(target_size=(side, side))`` has it unless told otherwise.
    """
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST))


@dataclasses.dataclass(frozen=True, slots=True)
class SquashedPicture(Picture):
    """A picture that the network sees squashed. To results it is a picture of its own: its digest is another one."""

    whole: Picture = dataclasses.field(kw_only=True)

    def _digest(self) -> str:
        return hashlib.sha256(f"squashed {self.whole._digest()}".encode()).hexdigest()

    def _square(self, pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
        return squash(pixels, side)

    @property
    def seen(self) -> float:
        """All of it."""
        return 1.0


def framed_as(picture: Picture, framing: Framing) -> Picture:
    """The picture as an experiment wants it framed."""
    if framing == "crop":
        return picture
    same = {field.name: getattr(picture, field.name) for field in dataclasses.fields(Picture) if field.init}
    return SquashedPicture(**same, whole=picture)

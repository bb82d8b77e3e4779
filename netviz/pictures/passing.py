"""Pictures that are looked at in passing: their squares are made whenever they are asked for, and not kept.

A course may have ten thousand of them, of which each is looked at a few times.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netviz.pictures.framing import Framing, framed_as
from netviz.pictures.opening import open_picture
from netviz.pictures.picture import CROP, Picture


@dataclasses.dataclass(frozen=True)
class PassingPicture(Picture):
    """A picture whose squares are not kept; ``whole`` is the same one framed as it is to be, with the same digest."""

    whole: Picture = dataclasses.field(kw_only=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file and of how it is framed, in hexadecimal."""
        return self.whole.digest

    def framed(self, side: int = CROP) -> NDArray[np.uint8]:
        """What the network sees of it: (side, side, 3) RGB, made anew. Raises UnreadablePicture."""
        return np.ascontiguousarray(self.whole._square(open_picture(self.path).pixels, side))


def passing(picture: Picture, framing: Framing = "crop") -> PassingPicture:
    """A picture as an experiment wants it framed, to be looked at in passing."""
    same = {field.name: getattr(picture, field.name) for field in dataclasses.fields(Picture)}
    return PassingPicture(**same, whole=framed_as(picture, framing))

"""Picture files become upright RGB, and squares such as the network sees.

It may know Pillow, decoders of its formats, Expat and NumPy. It must not know networks, courses or pages: to it a
picture is a file and a credit.
"""

from netviz.pictures.framing import Framing, framed_as, squash
from netviz.pictures.opening import SUFFIXES
from netviz.pictures.picture import (
    CROP,
    LITTLE,
    MIDDLE,
    SHORT_SIDE,
    OneOfMany,
    Picture,
    frame,
    open_upright,
    own_picture,
    picture_mistakes,
    picture_warnings,
)
from netviz.refusals import UnreadablePicture

__all__ = [
    "CROP",
    "LITTLE",
    "MIDDLE",
    "SHORT_SIDE",
    "SUFFIXES",
    "Framing",
    "OneOfMany",
    "Picture",
    "UnreadablePicture",
    "frame",
    "framed_as",
    "open_upright",
    "own_picture",
    "picture_mistakes",
    "picture_warnings",
    "squash",
]

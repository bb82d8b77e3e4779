"""Pictures: a file with its credit, and the square of it that the network sees. Nothing here knows a network."""

from __future__ import annotations

import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from netviz.limits import NAME_CHARACTERS
from netviz.mistakes import Mistake
from netviz.packing import Digests
from netviz.pictures.opening import PictureFacts, check_file, open_picture
from netviz.refusals import UnreadablePicture, reason

SHORT_SIDE = 256  # the network was trained on squares of 224 cut from pictures whose short side was 256
CROP = 224
MIDDLE = (0.5, 0.5)
LONG = 8  # times as long as wide: more than this of a picture has no part in the square
LITTLE = 0.4  # of a picture: a square of one that is twice as wide as high
SQUARES = 32  # are kept, of all pictures together: more than one is asked for at a time, of whichever is looked at

_squares: OrderedDict[tuple[str, int], NDArray[np.uint8]] = OrderedDict()  # by picture's digest and side, latest last


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture with its credit: ``file`` is where it stands, ``titles`` are its names in the site's languages.

    ``focus`` is the point that the square is laid around, (x, y) from 0 to 1; None where nobody has chosen one.
    ``offered`` tells whether readers may choose it, or lessons alone name it.
    """

    name: str
    file: str
    titles: dict[str, str]
    credit: str
    licence: str
    source: str
    focus: tuple[float, float] | None = None
    offered: bool = True
    _known_digest: str = field(default="", init=False, repr=False, compare=False)
    _known_facts: PictureFacts | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def path(self) -> Path:
        """Where its file stands."""
        return Path(self.file)

    @property
    def digest(self) -> str:
        """SHA-256 of the file and of how its square is made, in hexadecimal. Raises UnreadablePicture."""
        if not self._known_digest:
            object.__setattr__(self, "_known_digest", self._digest())
        return self._known_digest

    def _digest(self) -> str:
        """That of the file as it is now."""
        try:
            with self.path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256")
        except OSError as error:
            raise UnreadablePicture(f"{self.path}: {reason(error)}") from None
        if self.focus not in (None, MIDDLE):
            content.update(repr(self.focus).encode())
        return content.hexdigest()

    @property
    def facts(self) -> PictureFacts:
        """What is known of the whole picture. Raises UnreadablePicture."""
        facts = self._known_facts
        if facts is None:
            check_file(self.path)
            facts = _facts(self.path, self.digest)
            object.__setattr__(self, "_known_facts", facts)
        return facts

    def framed(self, side: int = CROP) -> NDArray[np.uint8]:
        """What the network sees of it, at a side of one's choice: (side, side, 3) RGB.

        The latest are kept, and whole pictures never: there may be ten thousand, or a hundred large ones. Raises
        UnreadablePicture, also where the file is not the one any more that the digest is of.
        """
        key = self.digest, side
        square = _squares.pop(key, None)
        if square is None:
            square = np.ascontiguousarray(self._square(open_picture(self.path).pixels, side))
            self._check_unchanged()
            square.setflags(write=False)
        _squares[key] = square
        while len(_squares) > SQUARES:
            _squares.popitem(last=False)
        return square

    def content(self) -> bytes:
        """The file. Raises UnreadablePicture, also where it is not the one any more that the digest is of."""
        check_file(self.path)
        content = self.path.read_bytes()
        self._check_unchanged()
        return content

    def _check_unchanged(self) -> None:
        """Else what is made of one photo would be kept as made of another."""
        if self._digest() != self.digest:
            raise UnreadablePicture(f"{self.path}: it has changed since this build began; build again")

    def _square(self, pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
        return frame(pixels, side, self.focus or MIDDLE)

    @property
    def square(self) -> tuple[float, float, float]:
        """Left and upper edge of what the network sees, and its side, in pixels of the file."""
        width, height = self.facts.size
        side = CROP / SHORT_SIDE * min(width, height)
        x, y = self.focus or MIDDLE
        return _start(width, side, x), _start(height, side, y), side

    @property
    def seen(self) -> float:
        """The share of the picture that the network sees."""
        return self.square[2] ** 2 / math.prod(self.facts.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOfMany(Picture):
    """A picture that is made anew whenever it is asked for: its digest is known of the ``number`` in ``digests``."""

    digests: Digests = field(repr=False, compare=False)
    number: int = field(compare=False)

    @property
    def digest(self) -> str:
        """See `Picture.digest`."""
        return self.digests.known(self.number, self._digest)


def open_upright(path: Path) -> NDArray[np.uint8]:
    """Read any picture file as upright RGB: (height, width, 3) uint8. Raises UnreadablePicture."""
    return open_picture(path).pixels


def frame(pixels: NDArray[np.uint8], side: int = CROP, focus: tuple[float, float] = MIDDLE) -> NDArray[np.uint8]:
    """Resize as the network was trained (short side 256 to a crop of 224, bilinear) and cut a square.

    It lies around the ``focus``, as nearly as the picture's edges allow: (x, y) from 0 to 1. ``side`` scales both: 448
    gives the same frame with twice the detail. (height, width, 3) to (side, side, 3).
    """
    rows, down = _cut(pixels.shape[0], pixels.shape[1], focus[1])
    columns, across = _cut(pixels.shape[1], pixels.shape[0], focus[0])
    pixels = pixels[rows, columns]
    height, width = pixels.shape[:2]
    scale = side * SHORT_SIDE / CROP / min(height, width)
    size = (max(side, round(width * scale)), max(side, round(height * scale)))
    resized = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    top, left = int(_start(size[1], side, down)), int(_start(size[0], side, across))
    return resized[top : top + side, left : left + side]


def _cut(length: int, other: int, focus: float) -> tuple[slice, float]:
    """What is kept of a side that is very much longer than the other one, and where the focus is in it.

    Else a picture one pixel wide would fill the memory when it is enlarged.
    """
    kept = min(length, LONG * other)
    start = int(_start(length, kept, focus))
    return slice(start, start + kept), (length * focus - start) / kept


@lru_cache(maxsize=1024)  # a server asks whenever it builds
def _facts(path: Path, digest: str) -> PictureFacts:
    """Those of a file as long as its content is the same."""
    return open_picture(path).facts


def _start(length: float, kept: float, focus: float) -> float:
    """Where a cut begins that lies around the focus, as nearly as the edges allow."""
    return min(max(length * focus - kept / 2, 0), length - kept)


def picture_mistakes(pictures: Iterable[Picture]) -> Iterator[Mistake]:
    """What is wrong with files that are no pictures, or broken ones: each is opened."""
    for picture in pictures:
        try:
            picture.facts  # noqa: B018
        except UnreadablePicture as error:
            yield Mistake(picture.path, str(error).removeprefix(f"{picture.path}: "))


def picture_warnings(pictures: Iterable[Picture]) -> Iterator[Mistake]:
    """What their readers should know of pictures that can be opened: doubts, and of which little is seen."""
    for picture in pictures:
        yield from (Mistake(picture.path, doubt) for doubt in picture.facts.doubts)
        if picture.seen < LITTLE and picture.focus is None:
            yield Mistake(
                picture.path,
                f"the network sees {picture.seen:.0%} of it, the square in its middle",
                hint="`focus: [x, y]` in credits.yaml or own.yaml, or --focus X Y after --picture, lays it elsewhere: "
                "0 is the left or upper edge, 1 the right or lower one",
            )


def own_picture(
    path: Path,
    taken: Container[str] = (),
    *,
    titles: Mapping[str, str] | None = None,
    credit: str = "",
    licence: str = "",
    source: str = "",
    focus: tuple[float, float] | None = None,
) -> Picture:
    """A reader's own photo, under a name that is not ``taken``. Raises UnreadablePicture.

    Without ``titles`` it is called as its file is.
    """
    words = "".join(letter if letter.isprintable() else " " for letter in path.stem)
    name = _free_name(path, taken)
    picture = Picture(
        name=name,
        file=str(path),
        titles=dict(titles or {"": " ".join(words.split()) or name}),
        credit=credit,
        licence=licence,
        source=source,
        focus=focus,
    )
    picture.facts  # noqa: B018
    return picture


def _free_name(path: Path, taken: Container[str]) -> str:
    """A name for a photo, as addresses can hold it, made of its file's."""
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower())[:NAME_CHARACTERS].strip("-") or "photo"
    names = chain([slug, f"my-{slug}"], (f"my-{slug}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)

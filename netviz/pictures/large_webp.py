"""Large WebP files, decoded at the size at which they are kept.

libwebp holds one copy of such a picture, or none, while it makes it smaller; Pillow's decoder holds four.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from webp import WebPDecoderConfig
from webp._webp import ffi, lib

HEAD = 4096  # bytes at a file's beginning that tell of its size
_SCALING = slice(7, 10)  # of WebPDecoderOptions, integers all: whether the picture is scaled, to which width and height


class _Features(NamedTuple):
    """What the header of a picture, or of a frame, tells."""

    size: tuple[int, int]
    has_alpha: bool


class _Chunk(NamedTuple):
    """A piece of a WebP file: where its content begins and ends."""

    name: bytes
    start: int
    end: int


def size_of(path: Path) -> tuple[int, int]:
    """The width and height of a WebP file. Raises OSError if it is none."""
    with path.open("rb") as file:
        return _features(file.read(HEAD)).size


class LargeWebp(Image.Image):
    """A WebP file of which `draft` decodes the first frame, smaller; until then nothing is decoded."""

    format = "WEBP"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.content = path.read_bytes()
        self._size, has_alpha = _features(self.content)
        self._mode = "RGBA" if has_alpha else "RGB"
        chunks = [*_chunks(self.content, 12, len(self.content))]
        self.frames = [chunk for chunk in chunks if chunk.name == b"ANMF"]
        self.is_animated = len(self.frames) > 1
        kept = {b"ICCP": "icc_profile", b"EXIF": "exif"}
        self.info |= {kept[one.name]: self.content[one.start : one.end] for one in chunks if one.name in kept}

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> tuple[str, tuple[int, int, float, float]]:
        """Decode it at this size. Raises OSError if it is broken."""
        assert size
        pixels = self._first_frame(size) if self.frames else _decoded(self.content, 0, len(self.content), size)
        self.content = b""
        decoded = Image.fromarray(pixels)
        self.im, self._mode, self._size = decoded.im, decoded.mode, decoded.size
        return self.mode, (0, 0, *size)

    def _first_frame(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The first frame, which may cover a part of the picture; the rest is clear."""
        start, end = self.frames[0].start, self.frames[0].end
        scale = np.array(size) / self.size
        numbers = [int.from_bytes(self.content[at : at + 3], "little") for at in range(start, start + 12, 3)]
        left, top = (np.array(numbers[:2]) * 2 * scale).astype(int)
        width, height = np.maximum(1, ((np.array(numbers[2:]) + 1) * scale).astype(int))
        frame = _decoded(self.content, start + 16, end, (int(width), int(height)))
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        pixels[top : top + height, left : left + width, :] = 255
        pixels[top : top + height, left : left + width, : frame.shape[2]] = frame
        return pixels


def _chunks(content: bytes, start: int, end: int) -> Iterator[_Chunk]:
    while start + 8 <= end:
        length = int.from_bytes(content[start + 4 : start + 8], "little")
        yield _Chunk(content[start : start + 4], start + 8, min(start + 8 + length, end))
        start += 8 + length + length % 2


def _features(content: bytes) -> _Features:
    config = WebPDecoderConfig.new()
    if lib.WebPGetFeatures(ffi.from_buffer(content), len(content), ffi.addressof(config.ptr, "input")):
        raise OSError("its header can't be read")
    return _Features((config.input.width, config.input.height), bool(config.input.has_alpha))


def _decoded(content: bytes, start: int, end: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture or a frame at this size: (height, width, 3) or, with transparency, 4."""
    source: Any = ffi.from_buffer(content) + start
    config, (width, height) = WebPDecoderConfig.new(), size
    if lib.WebPGetFeatures(source, end - start, ffi.addressof(config.ptr, "input")):
        raise OSError("its header can't be read")
    channels = 4 if config.input.has_alpha else 3
    pixels = np.empty((height, width, channels), np.uint8)
    options = np.frombuffer(ffi.buffer(ffi.addressof(config.ptr, "options")), np.intc)
    options[_SCALING] = True, width, height
    config.output.colorspace = lib.MODE_RGBA if channels == 4 else lib.MODE_RGB
    config.output.is_external_memory = 1
    config.output.u.RGBA.rgba = ffi.cast("uint8_t *", ffi.from_buffer(pixels))
    config.output.u.RGBA.size, config.output.u.RGBA.stride = pixels.size, width * channels
    if lib.WebPDecode(source, end - start, config.ptr):
        raise OSError("its data end too soon, or are none")
    return pixels

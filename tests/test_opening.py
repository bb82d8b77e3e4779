"""Pictures of every kind: each opens to the pixels that it means, or is refused in a sentence."""

from __future__ import annotations

import io
import os
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from netviz.pictures import Framing, Picture, frame, framed_as, open_upright, opening, own_picture, picture_warnings
from netviz.pictures.opening import SUFFIXES, open_picture
from netviz.pictures.picture import SQUARES
from netviz.refusals import UnreadablePicture

pillow_heif.register_heif_opener()

Pixels = NDArray[Any]
SIZE = (30, 20)
GREYS = np.tile(np.linspace(0, 1, SIZE[0]), (SIZE[1], 1))
GREY = (GREYS * 255).round().astype(np.uint8)
CORNERS = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)  # red, green over blue, grey: no turn of it is like another
CORNERS[:10, :15], CORNERS[:10, 15:], CORNERS[10:, :15], CORNERS[10:, 15:] = (250, 0, 0), (0, 200, 0), (0, 0, 150), 90
CLEAR = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
CLEAR[:, :15] = 0
HALF_CLEAR = np.where(CLEAR[..., None] == 0, 255, CORNERS)
FAR_APART = 3.0  # what lossy formats may change on average


@dataclass(frozen=True)
class Kind:
    """A kind of file: what is written, and the pixels that it means."""

    content: bytes
    pixels: Pixels
    apart: float = 0.0
    doubts: str = ""


def tiff_in_planes() -> bytes:
    """A TIFF of 16 bits with a plane for each colour."""
    file = io.BytesIO()
    tifffile.imwrite(file, CORNERS.transpose(2, 0, 1).astype(np.uint16) * 257, photometric="rgb", planarconfig=2)
    return file.getvalue()


def saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def rgb(pixels: Pixels = CORNERS) -> Image.Image:
    return Image.fromarray(pixels)


def grey(values: Pixels) -> Pixels:
    """Three equal channels."""
    return np.repeat(values[..., None], 3, axis=2)


def chunk(name: bytes, content: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(values: Pixels, colour: int, before: bytes = b"") -> bytes:
    """A PNG of 16 bits a channel, by hand; some chunks may come before its pixels."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(values: Pixels, sample_format: int, claimed: tuple[int, int] | None = None, photometric: int = 1) -> bytes:
    """An uncompressed TIFF of one channel, by hand: format 1 is unsigned, 2 signed, 3 float; 0 is black, or white."""
    width, height = claimed or values.shape[::-1]
    bits = values.dtype.itemsize * 8
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 140), (277, 1), (278, height)]
    tags += [(279, values.nbytes), (339, sample_format)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0)
    return head.ljust(140, b"\0") + values.astype(values.dtype.newbyteorder("<")).tobytes()


PRIMARIES = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])  # D50
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])


def profile(space: bytes = b"RGB ") -> bytes:
    """A colour profile of Adobe RGB's primaries and a gamma of 2.2, by hand."""

    def xyz(values: Pixels) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))

    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"wtpt": xyz(np.array([0.9642, 1, 0.8249])),
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" * 20,
    }
    for letter, column in zip(b"rgb", PRIMARIES.T, strict=True):
        tags |= {bytes([letter]) + b"XYZ": xyz(column), bytes([letter]) + b"TRC": gamma}
    place, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        content = content.ljust(-(-len(content) // 4) * 4, b"\0")
        table += name + struct.pack(">II", place + len(data), len(content))
        data += content
    body = struct.pack(">I", len(tags)) + table + data
    head = struct.pack(">I4xI", 128 + len(body), 0x02100000) + b"mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    white = struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(68, b"\0") + white + bytes(48) + body


def from_wide(pixels: Pixels) -> Pixels:
    """What such a profile means, by its formulas."""
    light = (pixels / 255.0) ** (round(2.2 * 256) / 256) @ PRIMARIES.T @ np.linalg.inv(SRGB).T
    light = light.clip(0, 1)
    return (np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255).round()


def exif(mark: int) -> Image.Exif:
    """A camera's mark."""
    data = Image.Exif()
    data[0x0112] = mark
    return data


def palette(**options: Any) -> bytes:
    picture = rgb().quantize(4)
    colours = picture.convert("RGB")
    assert (np.asarray(colours) == CORNERS).all()
    return saved(picture, "png", **options)


def palette_clear() -> tuple[bytes, Pixels]:
    """A palette whose colour of the upper left corner is clear, and the one below it half."""
    picture = rgb().quantize(4)
    indices = np.asarray(picture)
    alpha = bytearray(b"\xff" * 4)
    alpha[indices[0, 0]], alpha[indices[-1, 0]] = 0, 128
    expected = CORNERS.copy()
    expected[:10, :15] = 255
    expected[10:, :15] = np.round(255 * (127 / 255) + np.array([0, 0, 150]) * (128 / 255))
    return saved(picture, "png", transparency=bytes(alpha)), expected


def palette_gif_clear() -> bytes:
    picture = rgb().quantize(4)
    return saved(picture, "gif", transparency=int(np.asarray(picture)[0, 0]))


def upper_left_white() -> Pixels:
    expected = CORNERS.copy()
    expected[:10, :15] = 255
    return expected


def cmyk_pixels() -> tuple[Image.Image, Pixels]:
    inks = np.dstack([np.asarray(255 - CORNERS), np.full(SIZE[::-1], 51, np.uint8)]).astype(np.uint8)
    return Image.fromarray(inks, "CMYK"), (CORNERS * 0.8).round()


def lab() -> tuple[bytes, Pixels]:
    """Greys of a lightness each: their own luminance is known from the definition of L*."""
    lightness = np.linspace(0, 100, SIZE[0])
    light = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    plane = np.tile(lightness * 2.55, (SIZE[1], 1)).round().astype(np.uint8)
    picture = Image.merge("LAB", [Image.fromarray(one) for one in (plane, np.zeros_like(plane) + 128, plane * 0 + 128)])
    return saved(picture, "tiff"), grey(np.tile(value, (SIZE[1], 1)))


def with_broken_exif() -> bytes:
    content = saved(rgb(), "jpeg", quality=95)
    data = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0" * 3
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + content[2:]


def first_of_several(format: str, **options: Any) -> bytes:
    other = rgb(CORNERS[::-1].copy())
    return saved(rgb(), format, save_all=True, append_images=[other], **options)


PART = np.zeros((SIZE[1], SIZE[0]), bool)  # what the first frame covers
PART[4:14, 8:22] = True


def moving_webp() -> bytes:
    """A WebP that moves, by hand, whose first frame is a part of the picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    def threes(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(3, "little") for number in numbers)

    def frame(left: int, top: int, pixels: Pixels) -> bytes:
        picture = saved(rgb(np.ascontiguousarray(pixels)), "webp", lossless=True)[12:]
        height, width = pixels.shape[:2]
        return chunk(b"ANMF", threes(left // 2, top // 2, width - 1, height - 1, 100) + b"\0" + picture)

    head = chunk(b"VP8X", b"\x12\0\0\0" + threes(SIZE[0] - 1, SIZE[1] - 1)) + chunk(b"ANIM", bytes(6))
    frames = frame(8, 4, CORNERS[4:14, 8:22]) + frame(0, 0, CORNERS)
    return b"RIFF" + struct.pack("<I", 4 + len(head + frames)) + b"WEBP" + head + frames


def heif(picture: Image.Image, **options: Any) -> bytes:
    return saved(picture, "heif", quality=95, **options)


_CMYK, CMYK_PIXELS = cmyk_pixels()
CLEAR_PALETTE, CLEAR_PALETTE_PIXELS = palette_clear()
LAB, LAB_PIXELS = lab()
WIDE = from_wide(CORNERS)
_RGBA = Image.fromarray(np.dstack([CORNERS, CLEAR]))
_LA = Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(CLEAR)])
SIXTEEN = (GREYS * 65535).round().astype(np.uint16)
SINGLE = np.full((1, 1, 3), (250, 0, 0), np.uint8)
TURNED = {
    1: CORNERS,
    2: CORNERS[:, ::-1],
    3: CORNERS[::-1, ::-1],
    4: CORNERS[::-1],
    5: CORNERS.transpose(1, 0, 2),
    6: CORNERS.transpose(1, 0, 2)[:, ::-1],
    7: CORNERS.transpose(1, 0, 2)[::-1, ::-1],
    8: CORNERS.transpose(1, 0, 2)[::-1],
}

GOOD = {
    "PNG": Kind(saved(rgb(), "png"), CORNERS),
    "BMP": Kind(saved(rgb(), "bmp"), CORNERS),
    "GIF": Kind(saved(rgb().quantize(4), "gif"), CORNERS),
    "TIFF": Kind(saved(rgb(), "tiff"), CORNERS),
    "TIFF, LZW": Kind(saved(rgb(), "tiff", compression="tiff_lzw"), CORNERS),
    "TIFF, deflated": Kind(saved(rgb(), "tiff", compression="tiff_adobe_deflate"), CORNERS),
    "TIFF of two pages": Kind(first_of_several("tiff"), CORNERS, doubts="holds several pictures"),
    "JPEG": Kind(saved(rgb(), "jpeg", quality=95, subsampling=0), CORNERS, FAR_APART),
    "JPEG, progressive": Kind(saved(rgb(), "jpeg", quality=95, subsampling=0, progressive=True), CORNERS, FAR_APART),
    "JPEG, grey": Kind(saved(Image.fromarray(GREY), "jpeg", quality=95), grey(GREY), FAR_APART),
    "JPEG, CMYK": Kind(saved(_CMYK, "jpeg", quality=98), CMYK_PIXELS, FAR_APART),
    "MPO of two cameras": Kind(first_of_several("mpo", quality=95, subsampling=0), CORNERS, FAR_APART),
    "WebP, lossless": Kind(saved(rgb(), "webp", lossless=True), CORNERS),
    "WebP": Kind(saved(rgb(), "webp", quality=95), CORNERS, 3 * FAR_APART),
    "AVIF": Kind(saved(rgb(), "avif", quality=95, subsampling="4:4:4"), CORNERS, FAR_APART),
    "HEIC": Kind(heif(rgb(), chroma=444), CORNERS, FAR_APART),
    "HEIC with a clear half": Kind(heif(_RGBA, chroma=444), HALF_CLEAR, FAR_APART),
    "a palette": Kind(palette(), CORNERS),
    "a palette with a clear colour": Kind(palette_gif_clear(), upper_left_white()),
    "a palette with degrees of transparency": Kind(CLEAR_PALETTE, CLEAR_PALETTE_PIXELS, 0.2),
    "a clear half": Kind(saved(_RGBA, "png"), HALF_CLEAR),
    "a clear half, WebP": Kind(saved(_RGBA, "webp", lossless=True), HALF_CLEAR),
    "grey with a clear half": Kind(saved(_LA, "png"), np.where(CLEAR[..., None] == 0, 255, grey(GREY))),
    "one grey is clear": Kind(
        saved(Image.fromarray(GREY), "png", transparency=0), grey(np.where(GREY == 0, 255, GREY))
    ),
    "one grey of 16 bits is clear": Kind(
        png(SIXTEEN, 0, chunk(b"tRNS", b"\0\0")), grey(np.where(SIXTEEN == 0, 255, GREY)), 0.01
    ),
    "one colour is clear": Kind(saved(rgb(), "png", transparency=(250, 0, 0)), upper_left_white()),
    "black and white": Kind(saved(Image.fromarray(GREY > 99), "png"), grey(np.where(GREY > 99, 255, 0))),
    "CMYK": Kind(saved(_CMYK, "tiff"), CMYK_PIXELS, 1.0),
    "Lab": Kind(LAB, LAB_PIXELS, 1.0),
    "16 bits, grey": Kind(png(SIXTEEN, 0), grey(GREY), 0.01),
    "16 bits, colour": Kind(png(CORNERS.astype(np.uint16) * 257, 2), CORNERS),
    "16 bits, TIFF": Kind(tiff(SIXTEEN, 1), grey(GREY), 0.01),
    "10 bits": Kind(tiff((GREYS * 1023).round().astype(np.uint16), 1), grey(GREY), 0.1),
    "12 bits": Kind(tiff((GREYS * 4095).round().astype(np.uint16), 1), grey(GREY), 0.1),
    "14 bits": Kind(tiff((GREYS * 16383).round().astype(np.uint16), 1), grey(GREY), 0.1),
    "8 bits in 16": Kind(tiff(GREY.astype(np.uint16), 1), grey(GREY)),
    "32 bits, signed": Kind(tiff((GREYS * (2**31 - 1)).round().astype(np.int32), 2), grey(GREY), 0.01),
    "32 bits, unsigned": Kind(tiff((GREYS * (2**32 - 1)).round().astype(np.uint32), 1), grey(GREY), 0.01),
    "32 bits up to 65535": Kind(tiff(SIXTEEN.astype(np.int32), 2), grey(GREY), 0.01),
    "32 bits up to a million": Kind(tiff((GREYS * 1e6).round().astype(np.int32), 2), grey(GREY), 0.01),
    "floats from 0 to 1": Kind(tiff(GREYS.astype(np.float32), 3), grey(GREY)),
    "floats from 0 to 255": Kind(tiff((GREYS * 255).astype(np.float32), 3), grey(GREY)),
    "floats from 0 to 65535": Kind(tiff((GREYS * 65535).astype(np.float32), 3), grey(GREY)),
    "floats with a highlight": Kind(tiff((GREYS * 1.5).astype(np.float32), 3), grey(GREY)),
    "16 bits, of which white is 0": Kind(tiff(65535 - SIXTEEN, 1, photometric=0), grey(GREY), 0.01),
    "floats, of which white is 0": Kind(tiff((1 - GREYS).astype(np.float32), 3, photometric=0), grey(GREY), 0.5),
    "16 bits, signed": Kind(tiff((GREYS * 32767).round().astype(np.int16), 2), grey(GREY), 0.01),
    "16 bits, signed, up to 10": Kind(tiff((GREYS * 1023).round().astype(np.int16), 2), grey(GREY), 0.1),
    "floats, all black": Kind(tiff(np.zeros(SIZE[::-1], np.float32), 3), np.zeros_like(CORNERS)),
    **{
        f"EXIF orientation {mark}": Kind(saved(rgb(), "png", exif=exif(mark)), pixels)
        for mark, pixels in TURNED.items()
    },
    "EXIF orientation 0": Kind(saved(rgb(), "png", exif=exif(0)), CORNERS),
    "EXIF orientation 9": Kind(saved(rgb(), "png", exif=exif(9)), CORNERS),
    "EXIF broken": Kind(with_broken_exif(), CORNERS, 3 * FAR_APART, doubts="EXIF"),
    "HEIC, turned": Kind(heif(rgb(), chroma=444, exif=exif(6).tobytes()), TURNED[6], FAR_APART),
    "a GIF that moves": Kind(first_of_several("gif"), CORNERS, doubts="the first one is taken"),
    "a PNG that moves": Kind(first_of_several("png"), CORNERS, doubts="the first one is taken"),
    "a WebP that moves": Kind(first_of_several("webp", lossless=True), CORNERS, doubts="the first one is taken"),
    "a profile of wide gamut": Kind(saved(rgb(), "png", icc_profile=profile()), WIDE, 1.0),
    "a profile of wide gamut, JPEG": Kind(
        saved(rgb(), "jpeg", quality=98, subsampling=0, icc_profile=profile()), WIDE, FAR_APART
    ),
    "a profile of wide gamut, grey": Kind(
        saved(Image.fromarray(GREY), "png", icc_profile=profile()), from_wide(grey(GREY)), 1.0
    ),
    "the usual profile": Kind(
        saved(rgb(), "png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()), CORNERS
    ),
    "a profile of 10 MB": Kind(saved(rgb(), "png", icc_profile=profile() + bytes(10**7)), WIDE, 1.0),
    "a profile cut short": Kind(
        saved(rgb(), "png", icc_profile=profile()[:200]), CORNERS, doubts="its colour profile can't be read"
    ),
    "a profile of noise": Kind(
        saved(rgb(), "png", icc_profile=bytes(range(256))), CORNERS, doubts="its colour profile can't be read"
    ),
    "a profile of another kind": Kind(
        saved(rgb(), "png", icc_profile=profile(b"CMYK")), CORNERS, doubts="its colour profile is for CMYK"
    ),
    "one pixel": Kind(saved(rgb(SINGLE), "png"), SINGLE),
    "a line": Kind(saved(rgb(CORNERS[:1].copy()), "png"), CORNERS[:1]),
    "a column": Kind(saved(rgb(CORNERS[:, :1].copy()), "png"), CORNERS[:, :1]),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_picture_opens_to_what_it_means(kind: str, tmp_path: Path) -> None:
    expected, path = GOOD[kind], tmp_path / "picture"
    path.write_bytes(expected.content)
    opened = open_picture(path)
    assert (opened.pixels.shape, opened.pixels.dtype) == (expected.pixels.shape, np.uint8)
    assert np.abs(opened.pixels - expected.pixels.astype(float)).mean() <= expected.apart
    assert opened.facts.size == expected.pixels.shape[1::-1]
    assert expected.doubts in " ".join(opened.facts.doubts) and bool(opened.facts.doubts) == bool(expected.doubts)


@pytest.mark.parametrize(
    "name",
    [
        "my photo.png",
        'it\'s "quoted".png',
        "two\nlines.png",
        "a photo of a long name " * 10 + ".png",
        "猫.png",
        "🐈.png",
        "<script>alert(1)</script>.png".replace("/", ""),
        "-x.png",
        "no suffix",
        "a png.jpg",
        "%s {{ 7 * 7 }}.png",
        os.fsdecode(b"\xff\xfe.png"),
    ],
)
def test_a_picture_may_have_any_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(GOOD["PNG"].content)
    own = own_picture(tmp_path / name)
    assert len(own.name) <= 80
    assert (open_upright(own.path) == CORNERS).all()
    assert own.name.replace("-", "").isalnum() and own.name.isascii()
    [title] = set(own.titles.values())
    assert title.isprintable() and title.strip()


def bound(path: Path) -> socket.socket:
    place = socket.socket(socket.AF_UNIX)
    place.bind(os.path.relpath(path))
    return place


def gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 * 10**9)  # it takes no room: nothing is written


BAD: dict[str, tuple[bytes | Callable[[Path], object], str]] = {
    "text": (b"not a picture at all\n" * 99, "not a picture, or of no kind that can be read: AVIF, BMP, GIF, HEIC"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "not a picture, or of no kind"),
    "PDF": (saved(rgb(), "pdf"), "not a picture, or of no kind"),
    "PostScript, which a program would have to run": (saved(rgb(), "eps"), "not a picture, or of no kind"),
    "nothing in it": (b"", "the file is empty"),
    "a start alone": (b"\x89PNG\r\n\x1a\n", "not a picture, or of no kind|broken or cut short"),
    "noise": (np.random.default_rng(0).bytes(5000), "not a picture, or of no kind"),
    "noise that starts like a JPEG": (b"\xff\xd8\xff\xe0" + bytes(500), "broken|not a picture"),
    "noise that starts like HEIC": (b"\0\0\0\x18ftypheic" + bytes(500), "broken|not a picture"),
    "no file": (lambda path: None, "there is no such file"),
    "a folder": (Path.mkdir, "a folder"),
    "a pipe that nobody writes to": (os.mkfifo, "a named pipe"),
    "a device without an end": (lambda path: path.symlink_to("/dev/zero"), "a device"),
    "a socket": (bound, "a socket"),
    "a file of 3 GB": (gigabytes, "3 GB are more than any picture's file should have"),
    "a link in a circle": (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
    "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "a link that leads nowhere"),
    "a bomb of 4 gigapixels": (tiff(np.zeros((2, 2), np.uint16), 1, claimed=(65000, 65000)), "100 megapixels"),
    "a bomb of 101 megapixels": (tiff(np.zeros((2, 2), np.uint16), 1, claimed=(10100, 10000)), "10100 x 10000 pixels"),
    "a PNG that packs a bomb": (
        png(np.zeros((1, 1)), 0).replace(struct.pack(">II", 1, 1), b"\0\0\xff\xff" * 2),
        "broken|not a",
    ),
    "less than it claims": (tiff(np.zeros((2, 2), np.uint16), 1, claimed=(200, 200)), "broken or cut short"),
    "floats that are no numbers": (tiff(np.full((9, 9), np.nan, np.float32), 3), "values that are no numbers"),
    "floats without end": (tiff(np.full((9, 9), np.inf, np.float32), 3), "infinite"),
    "floats below zero": (tiff(np.full((9, 9), -0.5, np.float32), 3), "values below zero, the least is -0.5"),
    "floats of 64 bits": (
        tiff(GREYS, 3),
        "a TIFF that is broken, or of a kind that can't be read: save it with 8 or 16",
    ),
    "values of 8 bits below zero": (tiff(GREY.astype(np.int8), 2), "values of 8 bits that may be below zero"),
    "16 bits in planes": (tiff_in_planes(), "each colour in a plane of its own"),
    "a JPEG of 12 bits": (
        saved(rgb(), "jpeg").replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc1\x00\x11\x0c"),
        "a JPEG that is broken, or of a kind that can't be read",
    ),
    "no pixels": (tiff(np.zeros((0, 0), np.uint16), 1), "broken"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_refused_in_a_sentence(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (made, told), path = BAD[kind], tmp_path / "picture.jpg"
    if isinstance(made, bytes):
        path.write_bytes(made)
        held = None
    else:
        held = made(path)
    with pytest.raises(UnreadablePicture, match=told) as caught:
        open_picture(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
    if isinstance(held, socket.socket):
        held.close()


NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8))
WHOLE = {
    "PNG": saved(NOISE, "png"),
    "BMP": saved(NOISE, "bmp"),
    "GIF": saved(NOISE.quantize(200), "gif"),
    "TIFF": saved(NOISE, "tiff"),
    "TIFF, LZW": saved(NOISE, "tiff", compression="tiff_lzw"),
    "JPEG": saved(NOISE, "jpeg", quality=90),
    "JPEG, progressive": saved(NOISE, "jpeg", quality=90, progressive=True),
    "WebP": saved(NOISE, "webp"),
    "WebP, lossless": saved(NOISE, "webp", lossless=True),
    "AVIF": saved(NOISE, "avif"),
    "HEIC": heif(NOISE),
}


@pytest.mark.parametrize("format", WHOLE)
def test_a_picture_that_is_cut_short_is_refused_wherever_it_ends(format: str, tmp_path: Path) -> None:
    path, content = tmp_path / "cut", WHOLE[format]
    path.write_bytes(content)
    open_picture(path)
    for tenth in range(10):
        path.write_bytes(content[: len(content) * tenth // 10])
        with pytest.raises(UnreadablePicture):
            open_picture(path)


def test_a_large_picture_is_reduced_and_says_how_large_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "KEPT", 150)
    monkeypatch.setattr(opening, "KEPT_SHORT_SIDE", 5)
    monkeypatch.setattr(opening, "TILE", 3)
    for format in ("png", "jpeg", "webp"):
        (tmp_path / format).write_bytes(saved(rgb(), format, exif=exif(6)))
        opened = open_picture(tmp_path / format)
        assert opened.pixels.shape == (15, 10, 3) and opened.facts.size == (20, 30)
        assert np.abs(opened.pixels - TURNED[6].reshape(15, 2, 10, 2, 3).mean((1, 3))).mean() < 25
    assert (open_picture(tmp_path / "png").pixels[:5, 6:] == CORNERS[0, 0]).all()


LARGE = {
    "WebP": (saved(rgb(), "webp", quality=95), CORNERS, 5 * FAR_APART, False),
    "WebP, lossless": (saved(rgb(), "webp", lossless=True), CORNERS, 0.0, False),
    "a clear half": (saved(_RGBA, "webp", lossless=True), HALF_CLEAR, 1.0, False),
    "a clear half, with losses": (saved(_RGBA, "webp", quality=95), HALF_CLEAR, 5 * FAR_APART, False),
    "one that moves": (first_of_several("webp", lossless=True), CORNERS, 0.0, True),
    "one that moves and begins with a part": (moving_webp(), np.where(PART[..., None], CORNERS, 255), 1.0, True),
    "a profile of wide gamut": (saved(rgb(), "webp", lossless=True, icc_profile=profile()), WIDE, 1.0, False),
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_webp_is_decoded_smaller_and_means_the_same(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, pixels, apart, moves = LARGE[kind]
    (tmp_path / "picture").write_bytes(content)
    whole = open_picture(tmp_path / "picture")
    monkeypatch.setattr(opening, "KEPT", 150)
    monkeypatch.setattr(opening, "KEPT_SHORT_SIDE", 5)
    opened = open_picture(tmp_path / "picture")
    assert opened.facts == whole.facts and bool(opened.facts.doubts) == moves
    assert opened.pixels.shape == (10, 15, 3)
    means = pixels.astype(float).reshape(10, 2, 15, 2, 3).mean((1, 3))
    assert np.abs(opened.pixels - means).mean() <= apart + 4  # half a pixel of red is half a pixel of green
    for tenth in range(1, 10):
        (tmp_path / "picture").write_bytes(content[: len(content) * tenth // 10])
        if not moves:  # the first frame may be there
            with pytest.raises(UnreadablePicture):
                open_picture(tmp_path / "picture")


def webp_of_one_colour(width: int, height: int) -> bytes:
    """A lossless WebP of a few bytes, by hand: every code has one symbol, of no bits."""
    bits = "".join(
        [
            *(f"{number - 1:014b}"[::-1] for number in (width, height)),
            "1000",  # transparency, version 0
            "000",  # no transforms, no cache of colours, one group of codes
            *("1" + "0" + "1" + f"{symbol:08b}"[::-1] for symbol in (200, 250, 0, 255, 0)),  # green, red, blue, alpha
        ]
    )
    stream = b"\x2f" + bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8)) + bytes(8)
    stream += b"\0" * (len(stream) % 2)
    chunk = b"VP8L" + struct.pack("<I", len(stream)) + stream
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


@pytest.mark.slow
def test_a_webp_of_100_megapixels_takes_less_than_1_gigabyte(tmp_path: Path) -> None:
    (tmp_path / "large.webp").write_bytes(webp_of_one_colour(10_000, 10_000))
    script = """
import resource, sys, webp
from pathlib import Path
from netviz.pictures.opening import open_picture
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
opened = open_picture(Path(sys.argv[1]))
assert (opened.pixels == (250, 200, 0)).all() and opened.facts.size == (10_000, 10_000)
print(peak() - before)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "large.webp")]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 10**9
    (tmp_path / "large.webp").write_bytes(webp_of_one_colour(10_100, 10_000))
    with pytest.raises(UnreadablePicture, match="10100 x 10000 pixels are more than the 100 megapixels"):
        open_picture(tmp_path / "large.webp")


@pytest.mark.parametrize("kind", ["a profile of wide gamut", "CMYK", "16 bits, grey", "a palette with a clear colour"])
def test_tiles_meet_without_a_seam(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "picture").write_bytes(GOOD[kind].content)
    whole = open_picture(tmp_path / "picture").pixels
    monkeypatch.setattr(opening, "TILE", 7)
    assert (open_picture(tmp_path / "picture").pixels == whole).all()


def photo(folder: Path, pixels: Pixels, focus: tuple[float, float] | None = None) -> Picture:
    rgb(pixels).save(folder / "photo.png")
    return Picture(
        name="photo",
        file=str(folder / "photo.png"),
        titles={"en": "A photo", "zh": "一张照片"},
        credit="",
        licence="",
        source="",
        focus=focus,
    )


BANDS = np.repeat(np.arange(10, dtype=np.uint8) * 25, 30)[None, :, None].repeat(60, axis=0).repeat(3, axis=2)


def test_the_square_lies_around_the_focus_as_nearly_as_the_edges_allow(tmp_path: Path) -> None:
    assert frame(BANDS, 48)[:, 0].max() < frame(BANDS, 48, (0.6, 0.5))[:, 0].max()
    left, right = frame(BANDS, 48, (0, 0.9)), frame(BANDS, 48, (1, 0.1))
    assert left[0, 0, 0] == 0 and right[0, -1, 0] == 225
    assert (frame(BANDS.transpose(1, 0, 2), 48, (0.9, 0)) == left.transpose(1, 0, 2)).all()
    assert (frame(BANDS, 48, (0.5, 0.5)) == frame(BANDS, 48)).all()
    assert photo(tmp_path, BANDS, (1, 0.2)).square == (300 - 52.5, 0, 52.5)
    assert photo(tmp_path, BANDS).square == ((300 - 52.5) / 2, 3.75, 52.5)
    digests = {photo(tmp_path, BANDS, focus).digest for focus in (None, (0.5, 0.5), (0.5, 0.4), (0.4, 0.5))}
    assert len(digests) == 3  # the middle is the middle, whether somebody chose it or not


@pytest.mark.parametrize("shape", [(8000, 1), (1, 8000), (3, 20000), (7000, 2)])
def test_a_thin_picture_is_cut_before_it_is_enlarged(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    pixels[: shape[0] // 2, : max(shape[1] // 2, 1)] = 0
    resize, sizes = Image.Image.resize, []
    monkeypatch.setattr(
        Image.Image, "resize", lambda self, size, *more: sizes.append(size) or resize(self, size, *more)
    )
    assert frame(pixels).shape == (224, 224, 3)
    assert max(sizes[0]) <= 8 * 256
    assert frame(pixels, 224, (0.25, 0.25)).max() <= pixels[: shape[0] // 2 + 9, : shape[1] // 2 + 9].max()


def test_of_a_panorama_it_is_told_how_much_is_seen_until_somebody_chooses(tmp_path: Path) -> None:
    (told,) = picture_warnings([photo(tmp_path, BANDS)])
    assert "sees 15% of it, the square in its middle" in str(told) and "focus: [x, y]" in told.hint
    assert not list(picture_warnings([photo(tmp_path, BANDS, (0.5, 0.5))]))
    assert not list(picture_warnings([photo(tmp_path, BANDS[:, :106])]))  # 16 to 9


def test_doubts_are_told(tmp_path: Path) -> None:
    picture = photo(tmp_path, CORNERS)
    picture.path.write_bytes(GOOD["a profile of noise"].content)
    assert [str(one) for one in picture_warnings([picture])] == [
        f"{picture.path}: its colour profile can't be read and is left out"
    ]


SAMPLES = sorted(
    path for path in (Path(__file__).parents[1] / "content" / "pictures").iterdir() if path.suffix in SUFFIXES
)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("side", [224, 448])
def test_of_a_usual_photo_the_square_is_cut_from_the_whole_resized(path: Path, side: int) -> None:
    """Pillow's own steps, as the head was trained with them."""
    with Image.open(path) as file:
        scale = side / 224 * 256 / min(file.size)
        width, height = (round(length * scale) for length in file.size)
        resized = file.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    left, top = (width - side) // 2, (height - side) // 2
    assert (frame(open_upright(path), side) == np.asarray(resized.crop((left, top, left + side, top + side)))).all()


def test_the_latest_squares_are_kept_and_whole_pictures_are_not(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    picture, other = photo(tmp_path, BANDS), photo(tmp_path / "other", BANDS[:, ::-1])
    first = picture.framed(48)
    assert picture.framed(48) is first and not hasattr(picture, "__dict__"), "nothing else is kept"
    with pytest.raises(ValueError, match="read-only"):
        first[:] = 0
    for side in range(1, SQUARES):
        other.framed(side)
    assert picture.framed(48) is first
    for side in range(1, SQUARES + 1):
        other.framed(side)
    assert picture.framed(48) is not first and (picture.framed(48) == first).all()


@pytest.mark.parametrize("framing", ["crop", "squash"])
def test_a_photo_that_changes_after_it_was_looked_at_is_told_of(tmp_path: Path, framing: Framing) -> None:
    """Else the result of one photo would be kept as that of another."""
    picture = framed_as(photo(tmp_path, BANDS + np.uint8(2)), framing)
    assert picture.digest
    Image.fromarray(BANDS[:, ::-1]).save(picture.path)
    with pytest.raises(UnreadablePicture, match="has changed since this build began; build again"):
        picture.framed(48)
    picture.path.unlink()
    with pytest.raises(UnreadablePicture, match="there is no such file"):
        picture.framed(48)

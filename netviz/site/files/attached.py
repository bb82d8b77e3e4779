"""The files beside lessons' texts as they go into a site: pictures made for pages, and others as they are."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import Store, key_of
from netviz.course.attachments import Attachment
from netviz.limits import NAME_CHARACTERS
from netviz.mistakes import Mistake
from netviz.pictures import UnreadablePicture
from netviz.pictures.drawings import UnfitDrawing, read_drawing
from netviz.pictures.opening import open_picture

LARGEST = (1600, 3200)  # pixels: a column has half as many, on screens that have two for each
COLOURS = 4096  # of a drawing in pixels at most: it is kept to the last pixel
ILLUSTRATIONS, FILES = "illustrations", "files"  # folders of the site, and the former's entries in the store
SIZE = "size.json"


def illustration_path(slug: str, file: Attachment) -> str:
    """Where a picture of a lesson stands, from the site's root."""
    name = PurePosixPath(file.name)
    made = file.name if file.is_drawing else str(name.with_name(f"{name.stem}-{name.suffix[1:]}.webp"))
    return f"{ILLUSTRATIONS}/{slug}/{_safe(made)}"


def linked_path(slug: str, file: Attachment) -> str:
    """Where a file that a lesson links to stands, from the site's root."""
    return f"{FILES}/{slug}/{_safe(file.name)}"


def illustration(file: Attachment, store: Store) -> tuple[Kept, tuple[int, int]]:
    """A picture as pages show it, kept in the store, with its width and height.

    It holds pixels alone: neither where it was taken nor by which camera. Raises UnreadablePicture, UnfitDrawing.
    """
    key = key_of([file.digest, file.is_drawing, code_digest(__name__)])
    if not store.has(ILLUSTRATIONS, key):
        content, size = _drawing(file) if file.is_drawing else _pixels(file)
        with store.writing(ILLUSTRATIONS, key) as folder:
            (folder / "illustration").write_bytes(content)
            (folder / SIZE).write_text(json.dumps(size), "utf-8")
    width, height = json.loads(store.read(ILLUSTRATIONS, key, SIZE))
    return store.files(ILLUSTRATIONS, key)["illustration"], (width, height)


def linked_file(file: Attachment) -> Kept:
    """A file as it is."""
    return Kept.of(file.path.resolve())


def illustration_mistakes(file: Attachment) -> Iterator[Mistake]:
    """Why a file can't be shown, at its place in the file where that can be told."""
    try:
        if file.is_drawing:
            read_drawing(file.path)
        else:
            open_picture(file.path)
    except UnfitDrawing as error:
        lines = file.path.read_bytes().decode("utf-8", "replace").split("\n") if file.path.is_file() else []
        text = lines[error.line - 1] if error.line <= len(lines) else ""
        yield Mistake(file.path, str(error), line=error.line, column=error.column, text=text)
    except UnreadablePicture as error:
        yield Mistake(file.path, str(error).removeprefix(f"{file.path}: "))


def _drawing(file: Attachment) -> tuple[bytes, tuple[int, int]]:
    drawing = read_drawing(file.path)
    return drawing.content, drawing.size


def _pixels(file: Attachment) -> tuple[bytes, tuple[int, int]]:
    from PIL import Image

    picture = Image.fromarray(open_picture(file.path).pixels)
    picture.thumbnail(LARGEST, Image.Resampling.LANCZOS, reducing_gap=3)
    content = io.BytesIO()
    if picture.getcolors(COLOURS):
        picture.save(content, "webp", lossless=True)
    else:
        picture.save(content, "webp", quality=85)
    return content.getvalue(), picture.size


def _safe(name: str) -> str:
    """A file's name as every system and address can hold it; one that had to be changed ends in signs of its own."""
    path = PurePosixPath(name)
    stem, suffix = (_plain(part) for part in (str(path.with_suffix("")), path.suffix[1:]))
    safe = f"{stem}.{suffix}" if suffix else stem
    if safe == name and len(safe) <= NAME_CHARACTERS:
        return safe
    changed = "-".join(filter(None, (stem[:60].strip("-"), sha256(name.encode()).hexdigest()[:6])))
    return f"{changed}.{suffix}" if suffix else changed


def _plain(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")

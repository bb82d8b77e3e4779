"""What was read, byte for byte: as long as it is the same, a build has nothing to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

LEFT_OUT = "__pycache__"  # what Python writes beside its sources


def digest_of(places: Iterable[Path]) -> str:
    """SHA-256 over files, and all files within folders, each with its name from there; what is missing counts as such.

    Where a folder lies makes no difference.
    """
    digest = hashlib.sha256()
    for number, place in enumerate(places):
        for name, file in _files(place):
            content = file.read_bytes()
            digest.update(f"{number}\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(place: Path) -> Iterator[tuple[str, Path]]:
    if place.is_file():
        yield place.name, place
    elif place.is_dir():
        for file in sorted(place.rglob("*")):
            if file.is_file() and LEFT_OUT not in file.parts:
                yield file.relative_to(place).as_posix(), file

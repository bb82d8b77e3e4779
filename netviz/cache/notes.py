"""What a build has found out about texts, for the next one: `netviz.remembered` notes it, in a file for each course.

That holds for one program alone. What can't be read, or isn't what was written, is as good as nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from netviz.cache.manifest import SEAL, Damaged, read_regular, sha256_of
from netviz.cache.store import key_of
from netviz.remembered import begin, is_new, noted

NOTES = "texts"  # the folder in a store


def recall(store: Path, content: Path, program: str) -> None:
    """Begin with what the last build of a course noted by the same program."""
    begin(_read(_place(store, content), program))


def keep(store: Path, content: Path, program: str) -> None:
    """Note all that was asked for since, in the place of what was noted earlier."""
    if is_new():
        _write(_place(store, content), program, noted())


def forget_notes(store: Path) -> None:
    """Remove them all; the next build finds out again what it needs."""
    folder = store / NOTES
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        with suppress(OSError):
            folder.unlink()


def _place(store: Path, content: Path) -> Path:
    return store / NOTES / key_of(str(content.resolve()))


def _read(place: Path, program: str) -> dict[str, str]:
    try:
        content = read_regular(place)
    except (Damaged, OSError):
        return {}
    if content[:SEAL] != sha256_of(content[SEAL:]).encode():
        return {}
    try:
        _, known_to, *lines = content.decode("utf-8", "surrogatepass").split("\n")
        return dict(line.split(" ", 1) for line in lines) if known_to == program else {}
    except ValueError:  # it is whole, but no build wrote it
        return {}


def _write(place: Path, program: str, notes: Mapping[str, str]) -> None:
    lines = ["", program, *(f"{key} {note}" for key, note in notes.items())]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_bytes(sha256_of(content).encode() + content)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)

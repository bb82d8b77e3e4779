"""Results on disk under their key: whole or absent, whatever happens to the process that writes them.

An entry is a folder. It is filled beside its place and renamed into it, so that a reader finds all of it or nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def key_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal: the same for equal values in every process."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Store:
    """Entries by kind and key under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, kind: str, key: str) -> Path:
        """Where an entry stands, or would stand."""
        return self.folder / kind / key[:2] / key

    def has(self, kind: str, key: str) -> bool:
        return self.path(kind, key).is_dir()

    @contextlib.contextmanager
    def writing(self, kind: str, key: str) -> Iterator[Path]:
        """An empty folder to fill; it becomes the entry when the block ends well, and vanishes when it does not.

        An entry of the same key, from a build that ran beside this one, is as good: the first one stays.
        """
        place = self.path(kind, key)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        try:
            yield draft
            _to_disk(draft)
            try:
                draft.rename(place)
            except OSError:
                if not place.is_dir():
                    raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """A rename must not overtake the contents it names, even if the power fails between them."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())

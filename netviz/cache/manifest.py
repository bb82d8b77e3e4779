"""Files that tell whether they are still what was written: each by the digest of its bytes, a folder by a manifest."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_JSON = json.JSONEncoder(sort_keys=True, indent=0)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO)


class Damaged(Exception):
    """A file is no more what was written there: changed, cut short, gone, or a link to something else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is damaged")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in a folder, by its path from there, with the SHA-256 of what was written.

    There may be ten thousand, so the folder is a text: a Path takes half a kilobyte.
    """

    folder: str
    name: str
    digest: str

    @classmethod
    def of(cls, path: Path) -> Kept:
        """A file as it stands."""
        return cls(str(path.parent), path.name, sha256_of(path.read_bytes()))

    @property
    def path(self) -> Path:
        """Where it stands."""
        return Path(self.folder, self.name)

    def read(self) -> bytes:
        """The bytes that were written. Raises Damaged if they are not there, or only through a link."""
        content = read_regular(os.path.join(self.folder, self.name))  # noqa: PTH118 (a Path takes ten times as long)
        if sha256_of(content) != self.digest or self._is_reached_by_a_link():
            raise Damaged(self.path)
        return content

    def is_intact(self) -> bool:
        """Whether the file is what was written."""
        try:
            self.read()
        except Damaged:
            return False
        return True

    def _is_reached_by_a_link(self) -> bool:
        return any(os.path.islink(os.path.join(self.folder, one)) for one in folders_of(self.name))  # noqa: PTH114, PTH118 (likewise)


def read_regular(path: str | Path) -> bytes:
    """What a file holds. Raises Damaged if no file is there but nothing, a link, a folder, or something that waits."""
    try:
        if stat.S_ISREG(os.lstat(path).st_mode):
            with open(path, "rb") as file:  # noqa: PTH123
                return file.read()
    except OSError as error:
        if error.errno not in _GONE:
            raise
    raise Damaged(Path(path))


def folders_of(name: str) -> list[str]:
    """The folders that a path leads through: ``a`` and ``a/b`` for ``a/b/c``."""
    return [name[:place] for place, letter in enumerate(name) if letter == "/"]


def sha256_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sealed(value: Any, name: str = "") -> bytes:
    """A value as JSON beneath its own digest, which holds for it under this name alone."""
    content = b"".join(_as_json(value))
    return _seal(content, name) + b"\n" + content


def write_sealed(path: Path, value: Any) -> None:
    """The same of a value without a name into a file, piece by piece: it may be of many megabytes."""
    digest = _begun("")
    with path.open("wb") as file:
        file.write(b"0" * len(digest.hexdigest()) + b"\n")
        for piece in _as_json(value):
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        file.write(digest.hexdigest().encode())


def unsealed(content: bytes, name: str = "") -> Any:
    """The value that was sealed under this name; None if a byte of it has changed."""
    seal, _, sealed_content = content.partition(b"\n")
    return json.loads(sealed_content) if seal == _seal(sealed_content, name) else None


def _as_json(value: Any) -> Iterator[bytes]:
    yield from (piece.encode() for piece in _JSON.iterencode(value))
    yield b"\n"


def _seal(content: bytes, name: str) -> bytes:
    digest = _begun(name)
    digest.update(content)
    return digest.hexdigest().encode()


def _begun(name: str) -> hashlib._Hash:
    """A digest that holds for what follows under a name alone."""
    return hashlib.sha256(name.encode() + b"\0")

"""Files that tell whether they are still what was written: each by the digest of its bytes, a folder by a manifest."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_JSON = json.JSONEncoder(sort_keys=True, indent=0)
SEAL = 64  # characters: a digest in hexadecimal
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
    content = f"{_JSON.encode(value)}\n".encode()
    return _seal(content, name) + b"\n" + content


def write_sealed(path: Path, items: Iterable[tuple[str, Any]]) -> None:
    """The items of an object without a name, likewise, into a file: line by line, as there may be ten thousand.

    They are written in the order in which they come; an iterator among their values is written as a list.
    """
    digest = _begun("")
    with path.open("wb") as file:
        file.write(b"0" * SEAL + b"\n")
        for piece in map(str.encode, written(items)):
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        file.write(digest.hexdigest().encode())


def unsealed(content: bytes, name: str = "") -> Any:
    """The value that was sealed under this name; None if a byte of it has changed."""
    return json.loads(content[SEAL + 1 :]) if _holds(content, name) else None


def written(items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """An object in JSON, piece by piece, with a line for each item; an iterator among the values becomes a list."""
    yield "{"
    for number, (name, value) in enumerate(items):
        yield f"{',' * (number > 0)}\n{json.dumps(name)}: "
        if isinstance(value, Iterator):
            yield "["
            yield from (f"{',' * (place > 0)}\n{json.dumps(one)}" for place, one in enumerate(value))
            yield "\n]"
        else:
            yield json.dumps(value, sort_keys=True)
    yield "\n}\n"


class SealedTable(Mapping[str, str]):
    """Texts by name, as `write_sealed` wrote them in the order of their names: none if a byte of that has changed.

    They stay the bytes that they are in the file, in which a name is looked up by halves: Python's own objects of them
    would take three times as much.
    """

    def __init__(self, content: bytes) -> None:
        self._bytes = content if _holds(content) else b""
        self._start = self._bytes.find(b'\n"') + 1
        self._end = self._bytes.rfind(b"\n}") + 1 if self._start else 0
        self._count = self._bytes.count(b'\n"')
        self._next = self._start  # where the line behind the one found last begins: most names are asked for in order

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._rows())

    def __getitem__(self, name: str) -> str:
        low, high = self._start, self._end  # where lines begin; the one looked for does between them
        start = self._next if self._next < high else low
        while low < high:
            found, value = self._row(start)
            if found == name:
                self._next = self._after(start)
                return value
            low, high = (self._after(start), high) if found < name else (low, start)
            start = max(self._bytes.rfind(b"\n", low, (low + high) // 2) + 1, low)
        raise KeyError(name)

    def items(self) -> ItemsView[str, str]:
        """Names with their texts, in the order of the names."""
        return _Rows(self)

    def _rows(self) -> Iterator[tuple[str, str]]:
        start = self._start
        while start < self._end:
            yield self._row(start)
            start = self._after(start)

    def _row(self, start: int) -> tuple[str, str]:
        """The name and the text of the line that begins there."""
        line = self._bytes[start : self._after(start)].strip(b",\n")
        [(name, value)] = json.loads(b"{%b}" % line).items()
        return name, value

    def _after(self, start: int) -> int:
        """Where the next line begins; the end if there is none."""
        start = self._bytes.find(b'\n"', start) + 1
        return start or self._end


class _Rows(ItemsView[str, str]):
    _mapping: SealedTable

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self._mapping._rows()


def _holds(content: bytes, name: str = "") -> bool:
    """Whether what stands beneath a seal is what it was set on."""
    return content[: SEAL + 1] == _seal(memoryview(content)[SEAL + 1 :], name) + b"\n"


def _seal(content: bytes | memoryview, name: str) -> bytes:
    digest = _begun(name)
    digest.update(content)
    return digest.hexdigest().encode()


def _begun(name: str) -> hashlib._Hash:
    """A digest that holds for what follows under a name alone."""
    return hashlib.sha256(name.encode() + b"\0")

"""Results on disk under their key: whole or absent, whatever happens to the disk or to the process that writes them.

An entry is a folder with a manifest, which holds for its kind and key alone. It is filled elsewhere and renamed into
its place, so that a reader finds all of it or nothing; and what is read is checked against the manifest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netviz.cache.locks import Busy, locked
from netviz.cache.manifest import Damaged, Kept, read_regular, sealed, sha256_of, unsealed, write_sealed
from netviz.packing import KeySet

MANIFEST = "manifest"
DRAFTS = "drafts"  # what is being written, each with a lock that the system lifts when the writer is killed
SITES = "sites"  # for every site what its last build has asked for

EntryName = tuple[str, str]
"""An entry's kind and key."""


def key_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal: the same for equal values in every process."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()  # a path may be no UTF-8


@dataclass(frozen=True)
class Cleaned:
    """What was removed from a store, and what is left in it: entries and bytes."""

    entries: int
    size: int
    left: int

    def __str__(self) -> str:
        return f"{self.entries} entries removed, {self.size / 1e6:.1f} MB; {self.left / 1e6:.1f} MB are left"


class Store:
    """Entries by kind and key under one folder; ``asked`` gathers by kind those that somebody wanted to have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: dict[str, KeySet] = {}

    def path(self, kind: str, key: str) -> Path:
        """Where an entry stands, or would stand."""
        return Path(self._place(kind, key))

    def _place(self, kind: str, key: str) -> str:
        """The same as a text: for Path takes ten times as long, and keeps each of its parts."""
        return f"{self.folder}/{kind}/{key[:2]}/{key}"

    def has(self, kind: str, key: str) -> bool:
        """Whether an entry is there, with all its files and no others. What they hold is looked at when it is read."""
        try:
            self.files(kind, key)
        except Damaged:
            return False
        return True

    def files(self, kind: str, key: str) -> Mapping[str, Kept]:
        """An entry's files by name. Raises Damaged if it isn't there, or isn't what was written."""
        self.asked.setdefault(kind, KeySet()).add(key)
        place = self._place(kind, key)
        if os.path.islink(place) or not os.path.isdir(place):  # noqa: PTH112, PTH114
            raise Damaged(Path(place))
        digests = unsealed(read_regular(f"{place}/{MANIFEST}"), f"{kind}/{key}")
        with os.scandir(place) as found:
            regular = {entry.name: entry.is_file(follow_symlinks=False) for entry in found}
        if digests is None or regular.keys() != {MANIFEST, *digests} or not all(regular.values()):
            raise Damaged(Path(place))
        return {name: Kept(place, sys.intern(name), digest) for name, digest in digests.items()}

    def read(self, kind: str, key: str, name: str) -> bytes:
        """A file of an entry. Raises Damaged if it isn't there, or isn't what was written."""
        file = self.files(kind, key).get(name)
        if file is None:
            raise Damaged(self.path(kind, key) / name)
        return file.read()

    @contextlib.contextmanager
    def writing(self, kind: str, key: str) -> Iterator[Path]:
        """An empty folder to fill; it becomes the entry when the block ends well, and vanishes when it does not.

        An entry of the same key, from a build that ran beside this one, is as good: the first one stays.
        """
        place = self.path(kind, key)
        with self._draft() as draft:
            yield draft
            digests = {path.name: sha256_of(path.read_bytes()) for path in draft.iterdir()}
            (draft / MANIFEST).write_bytes(sealed(digests, f"{kind}/{key}"))
            _to_disk(draft)
            place.parent.mkdir(parents=True, exist_ok=True)
            if not self.has(kind, key):
                self._remove(place)
                try:
                    draft.rename(place)
                except OSError:
                    if not self.has(kind, key):
                        raise

    def remove_damaged(self) -> int:
        """Look at every byte of every entry, and remove those that aren't what was written; gives how many."""
        damaged = [entry for entry in self._entries() if not self._is_whole(*entry)]
        for entry in damaged:
            self._remove(self.path(*entry))
        return len(damaged)

    def size(self) -> int:
        """The bytes of all entries."""
        return sum(_size(self.path(*entry)) for entry in self._entries())

    def remember(self, content: Path, site: Path) -> None:
        """Note what has been asked for so far as what a site of a course is made of, in the place of an older note."""
        made_of = {
            "content": str(content.resolve()),
            "site": str(site.resolve()),
            "entries": ((kind, key) for kind in sorted(self.asked) for key in self.asked[kind]),
        }
        place = self.folder / SITES / key_of([str(content.resolve()), str(site.resolve())])
        place.parent.mkdir(parents=True, exist_ok=True)
        with self._draft() as draft:
            write_sealed(draft / place.name, made_of.items())
            (draft / place.name).replace(place)

    def clean(self, needed: Collection[EntryName]) -> Cleaned:
        """Remove all that is neither needed nor part of a site that stands and whose course is there.

        Raises Damaged if it can't be known what a site is made of.
        """
        needed = {*needed, *self._remembered()}
        self.clear_drafts()
        unneeded = [entry for entry in self._entries() if entry not in needed]
        size = sum(_size(self.path(*entry)) for entry in unneeded)
        for entry in unneeded:
            self._remove(self.path(*entry))
        return Cleaned(len(unneeded), size, self.size())

    def clear_drafts(self) -> None:
        """Remove what builds that were killed have left half written."""
        for draft in (self.folder / DRAFTS).glob("*"):
            if draft.is_dir():
                with contextlib.suppress(Busy), locked(_lock_of(draft)):
                    shutil.rmtree(draft, ignore_errors=True)

    def _remembered(self) -> Iterator[EntryName]:
        for place in sorted((self.folder / SITES).glob("*")):
            made_of = unsealed(read_regular(place))
            if made_of is None:
                raise Damaged(place)
            if Path(made_of["content"]).is_dir() and Path(made_of["site"]).is_dir():
                yield from ((kind, key) for kind, key in made_of["entries"])
            else:
                place.unlink()

    def _entries(self) -> Iterator[EntryName]:
        """All there are, whole or not, in order: nothing else in the folder looks like one.

        Raises OSError for folders that can't be looked into.
        """
        for kind in _names_in(f"{self.folder}"):
            for start in (one for one in _names_in(f"{self.folder}/{kind}") if len(one) == len("00")):
                for key in _names_in(f"{self.folder}/{kind}/{start}"):
                    if re.fullmatch("[0-9a-f]{64}", key) and key.startswith(start):
                        yield kind, key

    def _is_whole(self, kind: str, key: str) -> bool:
        try:
            return all(file.is_intact() for file in self.files(kind, key).values())
        except Damaged:
            return False

    def _remove(self, place: Path) -> None:
        """Remove whatever stands in an entry's place, at once for all readers."""
        if not os.path.lexists(place):
            return
        with self._draft() as draft, contextlib.suppress(FileNotFoundError):  # another build was faster
            place.rename(draft / place.name)

    @contextlib.contextmanager
    def _draft(self) -> Iterator[Path]:
        """An empty folder, gone at the end unless it is moved away."""
        draft = self.folder / DRAFTS / secrets.token_hex(8)
        draft.parent.mkdir(parents=True, exist_ok=True)
        with locked(_lock_of(draft)):
            draft.mkdir()
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)


def _lock_of(draft: Path) -> Path:
    return draft.with_name(f"{draft.name}.lock")


def _names_in(folder: str) -> list[str]:
    """What is in a folder; nothing if there is none."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as found:
        return sorted(entry.name for entry in found)
    return []


def _size(place: Path) -> int:
    """The bytes of an entry's files."""
    if place.is_symlink() or not place.is_dir():
        return 0
    return sum(file.lstat().st_size for file in place.iterdir())


def _to_disk(folder: Path) -> None:
    """A rename must not overtake the contents it names, even if the power fails between them."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())

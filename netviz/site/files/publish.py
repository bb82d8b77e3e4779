"""Publishing: a site is built beside the old one and takes its place whole, or not at all.

What a build wrote is told by the site's manifest. All else in the site's folder is somebody's own: it goes along into
the new site, as the same files, and nothing is written over it.
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from netviz.cache.built import MARKER, SUMMARY, digests_of, is_site, written_in
from netviz.cache.locks import Busy, locked
from netviz.cache.manifest import Kept, folders_of, sha256_of, write_sealed
from netviz.site.files.file_lists import Files, SiteFiles

WAIT = 30.0  # seconds for another build to end its publishing, which takes one
MOUNTS = Path("/proc/self/mountinfo")
SHOWN = 50  # characters of a site's name in that of a folder beside it
DEEPEST = 100  # folders inside one another; Python's own ways to remove a tree give up at some hundreds


class CannotPublish(Exception):
    """The site can't be put there; the message says why, and what to do."""


@dataclass(frozen=True)
class Published:
    """The files of the old site that are not in the new one, and the folders beside it that could not be removed."""

    gone: tuple[str, ...]
    left: tuple[Path, ...]


def publish(files: Files, destination: Path) -> Published:
    """Make ``destination`` a site of these files, and of those in it that no build wrote.

    Whatever happens, the folder holds the old site or the new one, and what a killed build has left beside it is
    cleared away by the next.

    Raises CannotPublish as `check_destination` does, if another build is publishing there, or if a path leads out of
    the site; Damaged if a file that is kept elsewhere isn't what it was.
    """
    destination = destination.resolve()
    _check_paths(files)
    check_destination(destination, files)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with _alone_at(destination):
        _recover(destination)
        before = written_in(destination)
        old, site = digests_of(destination), str(destination)
        in_order = files if isinstance(files, SiteFiles) else SiteFiles(files)
        with _draft_beside(destination) as draft:
            for folder in sorted(_folders(files)):
                (draft / folder).mkdir()
            write_sealed(
                draft / MARKER,
                (
                    (name, _write(f"{draft}/{name}", content, Kept(site, name, old[name]) if name in old else None))
                    for name, content in in_order.items()
                ),
            )
            new = digests_of(draft)
            gone = tuple(name for name in before if name not in new and os.path.lexists(f"{site}/{name}"))
            check_destination(destination, files)
            _carry_over(destination, draft)
            _swap(draft, destination)
        return Published(gone, tuple(_left_beside(destination)))


def check_destination(destination: Path, files: Collection[str] = ()) -> None:
    """Raises CannotPublish if ``files`` can't be put there; better known before a long build than after.

    So it is if a file stands there, or a folder that isn't ours, or one in which they would stand in the place of
    something that no build wrote; or if something is mounted there.
    """
    _check_rights(destination)
    for mounted in _mounts_in(destination):
        raise CannotPublish(
            f"another disk or folder is mounted at {mounted}; a site is renamed and removed as a whole, so nothing can "
            "be mounted at its folder or in it: unmount it, or name another folder with --to"
        )
    if not destination.exists():
        return
    if not destination.is_dir() or not (is_site(destination) or not any(destination.iterdir())):
        raise CannotPublish(
            f"{destination} is there already and was not made by netviz (it has no file {MARKER}), so it is left "
            "alone; name another folder with --to, or remove it yourself"
        )
    own = _own(destination)
    for name in files if own.files or own.folders else ():
        for place in (*folders_of(name), name):
            if place in own.files or (place == name and place in own.folders):
                raise CannotPublish(
                    f"{destination / place} was not made by netviz, so it is left alone; but a build would write "
                    f"{destination / name}: move yours elsewhere, or name another folder with --to"
                )


def _check_rights(destination: Path) -> None:
    """Whether a folder can stand beside the site is found out by making one: rights alone don't tell."""
    folder = next(folder for folder in destination.parents if folder.exists())
    try:
        Path(tempfile.mkdtemp(prefix=f".{destination.name[:SHOWN]}.", dir=folder)).rmdir()
    except OSError as error:
        why = (error.strerror or "refused").lower()
        raise CannotPublish(f"nothing can be written in {folder}: {why}; name another folder with --to") from None


def _mounts_in(folder: Path) -> list[Path]:
    """Where something is mounted, at a folder or in it, as Linux tells; another system is asked of the folder alone."""
    try:
        lines = MOUNTS.read_bytes().splitlines()
    except OSError:
        return [folder] if folder.is_mount() else []
    places = (line.split(b" ")[4].decode("unicode_escape").encode("latin-1") for line in lines)  # a blank is \\040
    return [place for place in map(Path, map(os.fsdecode, places)) if place.is_relative_to(folder)]


@dataclass(frozen=True)
class Own:
    """What somebody keeps in a site's folder, by path: files and links, and folders, each before what is in it."""

    files: Set[str]
    folders: Set[str]


def _own(site: Path) -> Own:
    written = written_in(site)
    made = _folders(written)
    files: dict[str, None] = {}
    folders: dict[str, None] = {}

    def look_into(prefix: str) -> None:
        with os.scandir(f"{site}/{prefix}") as found:  # a Path each takes ten times as long
            entries = sorted(found, key=attrgetter("name"))
        for entry in entries:
            name = prefix + entry.name
            is_link = entry.is_symlink()
            if entry.is_dir(follow_symlinks=False):
                if name not in made:
                    folders[name] = None
                if name.count("/") > DEEPEST:
                    raise CannotPublish(f"in {site} there are more than {DEEPEST} folders inside one another: {name}")
                look_into(f"{name}/")
            elif not (name in (MARKER, SUMMARY) or name in written or (name in made and is_link)):
                files[name] = None  # but for a link in our folder's place

    look_into("")
    return Own(files.keys(), folders.keys())


def _folders(files: Iterable[str]) -> set[str]:
    """All folders that paths lead through: of thousands of files there are some hundreds."""
    innermost = {name.rpartition("/")[0] for name in files} - {""}
    return {folder for inside in innermost for folder in (*folders_of(inside), inside)}


def _check_paths(files: Files) -> None:
    for name in files:
        parts = [part for part in name.split("/") if part not in ("", ".")]  # a Path takes longer
        if name.startswith("/") or ".." in parts or not parts or parts[0] == MARKER:
            raise CannotPublish(f"{name!r} is no path inside a site")


@contextmanager
def _alone_at(destination: Path) -> Iterator[None]:
    """Two builds must not swap the same folder; the second waits until the first has done so."""
    try:
        with locked(destination.with_name(f".{destination.name}.netviz-lock"), WAIT):
            yield
    except Busy:
        raise CannotPublish(
            f"another build is publishing {destination} just now; try again when it has ended"
        ) from None


@contextmanager
def _draft_beside(destination: Path) -> Iterator[Path]:
    """A folder that is to become the site. Its name tells its inode, and so for ever whether it is the draft itself.

    When the block ends it is gone, and so is the old site if that stands in its place.
    """
    new = destination.with_name(f".{destination.name}.draft-{secrets.token_hex(4)}")
    new.mkdir()
    draft = new.rename(new.with_name(f"{new.name}-{new.stat().st_ino}"))
    try:
        yield draft
    finally:
        _clear_away(draft, destination)


def _recover(destination: Path) -> None:
    """Clear away what killed builds left; if one died between two renames, the old site is set up again first."""
    for left in _left_beside(destination):
        _clear_away(left, destination)


def _left_beside(destination: Path) -> list[Path]:
    """Drafts and old sites that stand beside a site."""
    name = re.compile(rf"\.{re.escape(destination.name)}\.(draft|old)-[0-9a-f]{{8}}-\d+")
    return [left for left in sorted(destination.parent.glob(".*")) if name.fullmatch(left.name) and left.is_dir()]


def _clear_away(left: Path, destination: Path) -> None:
    """Remove a draft. An old site that stands in its place is set up again if there is no other; else removed too.

    What somebody has put into an old site while the new one was made is moved there.
    """
    if not left.is_dir():
        return
    if left.name.endswith(f"-{left.stat().st_ino}"):
        _remove(left)
    elif not destination.exists():
        left.rename(destination)
    else:
        for name in _own(left).files:
            if _is_newer(left / name, destination / name):
                (destination / name).parent.mkdir(parents=True, exist_ok=True)
                (left / name).replace(destination / name)
        _remove(left)


def _is_newer(one: Path, other: Path) -> bool:
    """Whether a file is another than the one that stands there, and of a later time; or none stands there."""
    if not os.path.lexists(other):
        return True
    here, there = one.lstat(), other.lstat()
    return not os.path.samestat(here, there) and here.st_mtime_ns > there.st_mtime_ns


def _remove(folder: Path) -> None:
    """Remove a folder, also where folders in it are read-only."""
    shutil.rmtree(folder, ignore_errors=True)
    for inside, folders, _ in os.walk(folder):
        for name in folders:
            if not Path(inside, name).is_symlink():
                Path(inside, name).chmod(0o700)
    if folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: str, content: str | bytes | Kept, standing: Kept | None) -> str:
    """Write one file; gives its digest. What is kept is the old site's file, if that is ``standing`` there unharmed.

    Whoever hands over a file of the old site itself has just looked whether it is. Of thousands of files a Path each
    would take as long as all else.
    """
    if isinstance(content, Kept):
        harmless = standing == content or (standing and standing.digest == content.digest and standing.is_intact())
        if standing and harmless:
            _link(f"{standing.folder}/{standing.name}", path)
        else:
            Path(path).write_bytes(content.read())
        return content.digest
    written = content.encode() if isinstance(content, str) else content
    Path(path).write_bytes(written)
    return sha256_of(written)


def _carry_over(old: Path, draft: Path) -> None:
    """Take along what somebody keeps in the old site: the same files, in folders with the same rights and times."""
    if not old.exists():
        return
    own = _own(old)
    for name in own.folders:
        (draft / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in own.files:
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        _link(old / name, draft / name)
    for name in reversed([*own.folders]):
        _make_alike(old / name, draft / name)
    _make_alike(old, draft)
    os.utime(draft)


def _make_alike(old: Path, new: Path) -> None:
    """Give a folder another one's rights, times and attributes, and its owner as far as the user may."""
    status = old.stat()
    with suppress(OSError, AttributeError):  # AttributeError: on Windows
        os.chown(new, status.st_uid, status.st_gid)
    shutil.copystat(old, new)


def _link(file: str | Path, place: str | Path) -> None:
    """The same file in another place, where the system can; else a copy with the same rights and times."""
    try:
        os.link(file, place, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(file, place, follow_symlinks=False)


def _swap(draft: Path, destination: Path) -> None:
    """Put the draft in the place of what stands there, which ends up in the draft's place."""
    if not destination.exists():
        draft.rename(destination)
    elif not _exchange(draft, destination):
        old = draft.with_name(draft.name.replace(".draft-", ".old-"))
        destination.rename(old)
        try:
            draft.rename(destination)
        finally:
            _clear_away(old, destination)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can (Linux); then there is no moment without a site."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # TypeError: Windows names no library None
        return False
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)

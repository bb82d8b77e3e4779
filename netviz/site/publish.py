"""Publishing: a site is built beside the old one and takes its place whole, or not at all.

A folder is only ever replaced or deleted if it carries the marker that says it was made here.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

MARKER = ".netviz-site"

Files = Mapping[str, str | bytes | Path]
"""A site's files by their path in it: text (in UTF-8), bytes, or a file elsewhere that will not change any more."""


class CannotPublish(Exception):
    """The site can't be put there; the message says why, and what to do."""


def publish(files: Files, destination: Path) -> None:
    """Make ``destination`` a site of exactly these files.

    Files elsewhere are linked (hard), or copied where that can't be done. Whatever happens, the folder holds the old
    site or the new one, and what a killed build has left beside it is cleared away by the next.

    Raises CannotPublish if the destination is there and no site of ours, if another build is publishing beside it, or
    if a path leads out of the site.
    """
    destination = destination.resolve()
    check_destination(destination)
    _check_paths(files)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(destination.parent):
        _recover(destination)
        draft = _beside(destination)
        try:
            draft.mkdir()
            (draft / MARKER).touch()
            for folder in {(draft / name).parent for name in files}:
                folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                _write(draft / name, content)
            _swap(draft, destination)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def check_destination(destination: Path) -> None:
    """Raises CannotPublish if what stands there is not ours to replace; better known before a long build than after."""
    if destination.exists() and not _is_ours(destination):
        raise CannotPublish(
            f"{destination} is there already and was not made by netviz (it has no file {MARKER}), so it is left "
            "alone; name another folder with --to, or remove it yourself"
        )


def _check_paths(files: Files) -> None:
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0] == MARKER:
            raise CannotPublish(f"{name!r} is no path inside a site")


def is_site(folder: Path) -> bool:
    """Whether the folder was published by netviz."""
    return (folder / MARKER).is_file()


def _is_ours(folder: Path) -> bool:
    """Whether nothing is lost if this is replaced or deleted: a site of ours, or an empty folder."""
    return folder.is_dir() and (is_site(folder) or not any(folder.iterdir()))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two builds must not swap the same folders. The system lifts the lock from a build that was killed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CannotPublish(f"another build is publishing in {folder} just now; try again when it has ended") from None
    finally:
        os.close(handle)


def _beside(destination: Path) -> Path:
    return destination.parent / f".{destination.name}.draft-{secrets.token_hex(4)}"


def _recover(destination: Path) -> None:
    """Clear away what killed builds left; if one died between two renames, the old site is set up again first."""
    for left in sorted(destination.parent.glob(f".{destination.name}.old-*")):
        if is_site(left) and not destination.exists():
            left.rename(destination)
    for left in destination.parent.glob(f".{destination.name}.*-*"):
        kind = left.name.removeprefix(f".{destination.name}.").partition("-")[0]
        if kind in ("draft", "old") and _is_ours(left):
            shutil.rmtree(left)


def _write(path: Path, content: str | bytes | Path) -> None:
    match content:
        case Path():
            try:  # a symbolic link would be linked as one
                os.link(content.resolve(strict=True) if content.is_symlink() else content, path)
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                    raise
                shutil.copyfile(content, path)
        case bytes():
            path.write_bytes(content)
        case str():
            path.write_text(content, "utf-8", newline="\n")


def _swap(draft: Path, destination: Path) -> None:
    """Put the draft in the place of what stands there, which ends up in the draft's place or is gone."""
    if not destination.exists():
        draft.rename(destination)
    elif not _exchange(draft, destination):
        old = draft.with_name(draft.name.replace(".draft-", ".old-"))
        destination.rename(old)
        try:
            draft.rename(destination)
        except OSError:
            old.rename(destination)
            raise
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can (Linux); then there is no moment without a site."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)

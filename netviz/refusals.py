"""What the system refuses, said so that a user can put it right: which file, why, and what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

ELSEWHERE = "or name another folder (--to, --store)"
ADVICE = {
    errno.ENOSPC: f"free some space or inodes there, {ELSEWHERE}",
    errno.EDQUOT: f"your quota is used up: free some space, {ELSEWHERE}",
    errno.EROFS: f"make it writable, {ELSEWHERE}",
    errno.EACCES: f"give yourself the right to read and write it, {ELSEWHERE}",
    errno.EPERM: f"give yourself the right to change it, {ELSEWHERE}",
    errno.EEXIST: f"something else stands where a folder is needed: move it away, {ELSEWHERE}",
    errno.ENOTDIR: f"a file stands where a folder is needed: move it away, {ELSEWHERE}",
    errno.EISDIR: "a folder stands where a file is needed: move it away",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.ELOOP: "links lead round in a circle: remove one of them",
    errno.ENOENT: "it was needed and is not there, or no longer; put it back, or build again",
    errno.EMFILE: "too many files are open: raise the limit with `ulimit -n`",
    errno.ENFILE: "too many files are open on this machine: close other programs",
    errno.ENOMEM: "close other programs",
}


class UnreadablePicture(ValueError):
    """A file that is no picture, or a broken one; the message names the file and the reason."""


def refusal(error: OSError) -> str:
    """One sentence of what the system has refused: the path, its reason, and what to do."""
    return f"{refused_path(error) or 'the system'}: {reason(error)}"


def refused_path(error: OSError) -> str:
    """Which path was refused; empty if that isn't known."""
    return os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes, os.PathLike)) else ""


def reason(error: OSError) -> str:
    """Why the system refuses, and what to do."""
    words = error.strerror or str(error) or type(error).__name__
    return f"{words[:1].lower()}{words[1:]}; {ADVICE.get(error.errno or 0, 'put that right, then build again')}"


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let what the system refuses within the block name at least this folder: a full disk is told without a path."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def check_writable(folder: Path) -> None:
    """Make a folder unless it is there, and a file in it that goes again. Raises OSError: better before a long work."""
    folder.mkdir(parents=True, exist_ok=True)
    with naming(folder), tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"as the results will be")
        file.flush()


def real(path: Path) -> Path:
    """Where a path leads; a link that leads round in a circle, at which `Path.resolve` fails, leads to itself."""
    return Path(os.path.realpath(path))


def check_no_circle(path: Path) -> None:
    """Raises OSError where links on the way to a place lead round in a circle: `Path.resolve` would fail otherwise."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise


def stands(path: Path) -> bool:
    """Whether anything is there, be it a named pipe or a link that leads nowhere: what can't be read is not missing."""
    return os.path.lexists(path)


def unfit(path: Path) -> str:
    """Why a path can't be read as a file, in words; empty if it can.

    Nothing is opened for it: a named pipe would wait for somebody to write, and a device may never end.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "there is no such file" if not path.is_symlink() else "a link that leads nowhere"
    except OSError as error:
        return reason(error)
    if stat.S_ISDIR(mode):
        return "a folder, where a file is needed"
    if not stat.S_ISREG(mode):
        kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
        kind = next((name for test, name in kinds if test(mode)), "a device")
        return f"{kind}, where a file is needed"
    if not os.access(path, os.R_OK):
        return "you have no right to read it"
    return ""


def write_details(error: BaseException, folder: Path) -> Path:
    """Keep an exception's traceback in a new file of a folder, or among the system's temporary files if it can't."""
    for place in (folder, Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            place.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(".txt", "error-", place)
            os.close(handle)
            Path(name).write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")
            return Path(name)
    traceback.print_exception(error)  # nowhere to write to: better a long message than none
    return Path("the lines above")

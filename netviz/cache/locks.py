"""Locks between builds, on any system; it lifts them from a build that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Busy(Exception):
    """Another build has the lock."""


@contextmanager
def locked(file: Path, seconds: float = 0.0) -> Iterator[None]:
    """Hold a lock, whose ``file`` is there as long as it is held. Raises Busy if it isn't free within the seconds."""
    from filelock import FileLock, Timeout  # takes longer to import than a build with nothing to do

    lock = FileLock(file)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        raise Busy(str(file)) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file. Who waits for one that is removed tries the next.
            file.unlink()
        lock.release()

"""Files that nobody has touched since every byte of them was read: what the system tells of them is as it was then.

To read a whole site takes longer than all else that a build with nothing to do has to find out. The system notes when a
file was last changed (``ctime``) whenever it is written, linked, renamed or given other times, and no program can set
that. So what had been at rest for a while when it was read, and has the same times, size and number now, is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from netviz.cache.manifest import Damaged, Kept, folders_of, read_regular
from netviz.cache.store import key_of

AT_REST = 2 * 10**9  # nanoseconds: the coarsest clock of a file system, FAT's
NOTES = "untouched"  # the folder in a store: for every site one note


def all_intact(site: Path, digests: Mapping[str, str], store: Path) -> bool:
    """Whether a site's files are what was written; none is read if all are as when they were read last.

    That is noted in the store, if it can be written.
    """
    note = store / NOTES / key_of(str(site.resolve()))
    told = _told_of(site, digests)
    if told and _text(note) == told:
        return True
    if not all(Kept(str(site), name, digest).is_intact() for name, digest in digests.items()):
        return False
    if told:
        with contextlib.suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            draft = note.with_name(f"{note.name}.{os.getpid()}")
            try:
                draft.write_text(told, "ascii")
                draft.replace(note)
            finally:
                draft.unlink(missing_ok=True)
    return True


def _told_of(site: Path, digests: Mapping[str, str]) -> str:
    """A key of what the system tells of files; empty where that tells too little of one.

    So it does of one that was changed just now, or is reached by a link; and Windows never tells of changes.
    """
    now, key = time.time_ns(), hashlib.sha256()
    folders = {folder for name in digests for folder in folders_of(name)}
    if sys.platform == "win32" or any((site / folder).is_symlink() for folder in folders):
        return ""
    for name, digest in digests.items():
        try:
            one = os.lstat(f"{site}/{name}")
        except OSError:
            return ""
        if now - one.st_ctime_ns < AT_REST:
            return ""
        told = (name, digest, one.st_mode, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
        key.update(repr(told).encode("utf-8", "surrogateescape"))
    return key.hexdigest()


def _text(note: Path) -> str:
    try:
        return read_regular(note).decode("ascii")
    except (Damaged, OSError, ValueError):
        return ""

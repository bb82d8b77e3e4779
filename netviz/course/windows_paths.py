r"""Paths as Windows writes them, ``C:\photos\a.jpg``: in a course they are written with /, as everywhere else."""

from __future__ import annotations

import re

_BACKSLASH = re.compile(r"[\\\a\b\t\n\v\f\r]")  # or what YAML makes of one within double quotes, ``\temp`` and ``\new``
_DISK = re.compile(r"[A-Za-z]:(?=[\\/])")


def slashes(path: str, *hints: str) -> str:
    """A hint for a path that can't be found: other ``hints`` that there are, and / if it is as Windows writes it."""
    disk = _DISK.match(path)
    told = ["a path is written with / in the place of \\"] if _BACKSLASH.search(path) else []
    told += [f"{disk[0]} is a disk of Windows': tell where it lies from this file's folder on"] if disk else []
    return "; ".join(filter(None, [*hints, *told]))

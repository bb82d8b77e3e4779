"""The installed distributions, and which of them code can use: found out from what it imports, not listed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

_REQUIRED = re.compile(r"^Requires-Dist: *([\w.-]+)((?!.*\bextra *==).*)$", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^([A-Za-z_]\w*)(?:/|\.py,|\.[\w.-]+\.(?:so|pyd),)", re.MULTILINE)


@cache
def installed() -> Mapping[str, str]:
    """The version of every installed distribution, by its normalised name; the names of folders tell it."""
    return {name: folder.stem.partition("-")[2] for name, folder in _folders().items()}


def distributions(imported: Iterable[str]) -> set[str]:
    """The distributions that bring these top-level modules, and all that they require, directly or not.

    What a distribution needs for its extras is left out, unless it is imported too.
    """
    providers = _providers()
    reached: set[str] = set()
    waiting = [name for module in imported for name in providers.get(module, ())]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _requirements(name)
    return reached


def normalised(name: str) -> str:
    """A distribution's name as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _folders() -> Mapping[str, Path]:
    """Where each distribution's description stands; of two of one name, the one that Python finds first."""
    found: dict[str, Path] = {}
    for place in dict.fromkeys(sys.path):
        for folder in sorted([*Path(place).glob("*.dist-info"), *Path(place).glob("*.egg-info")]):
            found.setdefault(normalised(folder.stem.partition("-")[0]), folder)
    return found


@cache
def _providers() -> Mapping[str, tuple[str, ...]]:
    """The distributions that bring a top-level module, by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, folder in _folders().items():
        listed = _text(folder / "RECORD")
        names = _TOP_LEVEL.findall(listed) if listed else _text(folder / "top_level.txt").split()
        for module in set(names):
            found[module] = (*found.get(module, ()), name)
    return found


@cache
def _requirements(name: str) -> tuple[str, ...]:
    """The installed distributions that one requires, whatever the system."""
    folder = _folders()[name]
    header = (_text(folder / "METADATA") or _text(folder / "PKG-INFO")).partition("\n\n")[0]
    required = (normalised(one) for one, _ in _REQUIRED.findall(header))
    return tuple(one for one in required if one in _folders())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError:
        return ""

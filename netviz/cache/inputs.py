"""What a build reads, byte for byte: as long as it is the same, there is nothing to do.

Nothing in here imports the course, the site or TensorFlow, so that finding this out takes no time.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from netviz.cache.packages import installed
from netviz.cache.sources import closure, source_of
from netviz.cache.store import key_of
from netviz.installation import PACKAGE, TEMPLATES
from netviz.networks.browser_runtime import is_installed
from netviz.networks.machine import machine
from netviz.networks.weights import describe
from netviz.options import Options, OwnPhoto, arguments_of

REGISTERS = ("netviz.methods", "netviz.figures.views")  # what knows of methods and views declared elsewhere
LEFT_OUT = "__pycache__"  # what Python writes beside its sources


def inputs_key(options: Options, named: Iterable[Path] = ()) -> str:
    """A key of all that a build reads: course, photos, templates, package, what others have declared, options.

    ``named`` are files elsewhere that the course names.

    Every option counts, but for those that change nothing in a site, and so does how pages name the paths given. Raises
    WeightsUnavailable where weights are named that are not there.
    """
    arguments = arguments_of(type(options))
    asked = {name: getattr(options, name) for name, argument in arguments.items() if argument.changes_site}
    places = {name: paths for name, value in asked.items() if (paths := _paths(value))}
    made = (options.to, options.store)  # may stand in the course's folder
    read = digest_of([*chain(*places.values()), *named, TEMPLATES, PACKAGE, *_declared_elsewhere()], without=made)
    chosen = asked | dict.fromkeys(places, "what stands there") | {"weights": describe(options.weights).digest}
    return key_of([read, chosen, options.command, installed(), is_installed(), machine()])


def _paths(value: Any) -> list[Path]:
    """The files and folders that an option names."""
    values = value if isinstance(value, tuple) else (value,)
    found = (one.path if isinstance(one, OwnPhoto) else one for one in values)
    return [one for one in found if isinstance(one, Path)]


def digest_of(places: Iterable[Path], without: Iterable[Path] = ()) -> str:
    """SHA-256 over files, and all that is within folders, each with its name from there.

    Where a folder lies makes no difference. What is no file counts by its name: a lesson's folder may be empty, or a
    link may lead nowhere, and a build would tell of it. A place where nothing is differs from no place: a photo that
    was named and is missing must not pass for none. Files in the folders ``without`` do not count.
    """
    digest = hashlib.sha256()
    for number, place in enumerate(places):
        digest.update(f"{number}\0".encode())
        for name, file in _entries(place, without):
            whole = _digest_of_file(file) if file else ""
            digest.update(f"{number}\0{name}\0{whole}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _digest_of_file(path: str) -> str:
    with open(path, "rb") as content:  # noqa: PTH123 (a photo may be too large to be held)
        return hashlib.file_digest(content, "sha256").hexdigest()


def _entries(place: Path, without: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Names from there, and the paths of files, empty for all else: as texts, for Path takes ten times as long."""
    if place.is_file():
        yield place.name, str(place)
    elif place.is_dir():
        here = place.resolve()
        made = [one.relative_to(here) for one in map(Path.resolve, without) if one.is_relative_to(here)]
        left_out = {f"{place}{os.sep}{one}" for one in made}
        for folder, folders, files in os.walk(place, followlinks=True):  # as whoever reads a course does
            inside = [one for one in folders if one != LEFT_OUT and f"{folder}{os.sep}{one}" not in left_out]
            folders[:] = [one for one in sorted(inside) if not _leads_back(f"{folder}{os.sep}{one}")]
            for path in (f"{folder}{os.sep}{name}" for name in sorted([*inside, *files])):
                name = path.removeprefix(f"{place}{os.sep}").replace(os.sep, "/")
                yield name, path if os.path.isfile(path) else ""  # noqa: PTH113


def _leads_back(path: str) -> bool:
    """Whether a path is a link to a folder that it leads through: within it is nothing that isn't read anyway."""
    if not os.path.islink(path):  # noqa: PTH114
        return False
    parents = (path[:place] for place, letter in enumerate(path) if letter == os.sep and place)
    return os.path.realpath(path) in map(os.path.realpath, parents)


def _declared_elsewhere() -> Iterator[Path]:
    """The sources of methods and views that others have declared, and of what these import that is not installed.

    Whoever declared them has imported them.
    """
    registers = [sys.modules[name] for name in REGISTERS if name in sys.modules]
    declaring = {module for register in registers for module in register.modules_declaring()}
    elsewhere = [module for module in sorted(declaring) if not module.startswith(f"{PACKAGE.name}.")]
    for source in filter(None, map(source_of, sorted(closure(tuple(elsewhere))))):
        if PACKAGE not in source.parents:
            yield source

"""Modules that declare things, methods or views: all of a room are imported, and files of an author's own."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from pathlib import Path

from netviz.installation import PACKAGE
from netviz.mistakes import Mistake, Mistakes
from netviz.refusals import check_no_circle


@cache  # thousands of times in a build
def import_all(folder: str, package: str, things: str) -> None:
    """Import every module of a package's folder, once. Raises Mistakes for one that can't be imported, at its line.

    ``things`` is what they declare.
    """
    for module in pkgutil.iter_modules([folder], prefix=f"{package}."):
        try:
            importlib.import_module(module.name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # be it sys.exit() of a script that was put there
            path = Path(folder) / f"{module.name.rpartition('.')[2]}.py"
            raise Mistakes([_cannot_be_imported(path, f"module of {things}", error)]) from error


def import_file(path: Path) -> None:
    """Import a Python file under its own name, with what it imports from its folder; once, however often it is called.

    Raises Mistakes for one that can't be imported, at its line, and for one that is called like another module; OSError
    for a link that leads round in a circle.
    """
    check_no_circle(path)
    place, name = path.resolve(), path.stem
    there = sys.modules.get(name)
    if there is not None and getattr(there, "__file__", None) == str(place):
        return
    if path.suffix != ".py" or not place.is_file():
        raise Mistakes([Mistake(path, "there is no such file of Python", hint="name one that ends in .py")])
    if there is not None or not name.isidentifier() or _means_another(name, place):
        hint = "give it a name of letters, digits and _, which no other module has"
        raise Mistakes([Mistake(path, f"can't be imported as {name!r}", hint=hint)])
    if str(place.parent) not in sys.path:  # as it is where another file of the same folder was imported
        sys.path.append(str(place.parent))
        import_as_written(place.parent)
    try:
        importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Mistakes([_cannot_be_imported(path, "file", error)]) from error


def _means_another(name: str, place: Path) -> bool:
    """Whether a module of this name would be imported from elsewhere."""
    found = importlib.util.find_spec(name)
    return found is not None and found.origin != str(place)


def import_as_written(folder: Path) -> None:
    """Let what is imported from an author's folder, or from one within it, be compiled from its source each time.

    What Python keeps compiled it knows by the source's size and second: of two versions saved within one it would run
    the older, and the result would be kept as the newer's.
    """

    def finder(path: str) -> FileFinder:
        place = Path(path)
        if not place.is_relative_to(folder) or any(place.is_relative_to(other) for other in (PACKAGE, sys.prefix)):
            raise ImportError
        return FileFinder(path, (_AsWritten, SOURCE_SUFFIXES), (ExtensionFileLoader, EXTENSION_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    for known in [path for path in sys.path_importer_cache if Path(path).is_relative_to(folder)]:
        del sys.path_importer_cache[known]


class _AsWritten(SourceFileLoader):
    """Knows nothing by which compiled code could be found again."""

    def path_stats(self, path: str) -> dict[str, int]:
        raise OSError


def _cannot_be_imported(path: Path, thing: str, error: BaseException) -> Mistake:
    frames = traceback.extract_tb(error.__traceback__)
    line = error.lineno if isinstance(error, SyntaxError) else None
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(path.resolve())), line)
    return Mistake(path, f"this {thing} can't be imported: {type(error).__name__}: {error}", line=line)

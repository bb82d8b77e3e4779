"""Rooms whose modules declare things, methods or views: all of them are imported, so that all is known."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from pathlib import Path

from netviz.mistakes import Mistake, Mistakes


def import_all(folder: str, package: str, things: str) -> None:
    """Import every module of a package's folder. Raises Mistakes for one that can't be imported, at its line.

    ``things`` is what they declare.
    """
    for module in pkgutil.iter_modules([folder], prefix=f"{package}."):
        try:
            importlib.import_module(module.name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # be it sys.exit() of a script that was put there
            path = Path(folder) / f"{module.name.rpartition('.')[2]}.py"
            raise Mistakes([_cannot_be_imported(path, things, error)]) from error


def _cannot_be_imported(path: Path, things: str, error: BaseException) -> Mistake:
    frames = traceback.extract_tb(error.__traceback__)
    line = error.lineno if isinstance(error, SyntaxError) else None
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), line)
    return Mistake(path, f"this module of {things} can't be imported: {type(error).__name__}: {error}", line)

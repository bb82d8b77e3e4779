"""Which code a result depends on: a module and all of netviz that it imports, as one digest.

A result's key holds this digest, so that editing a method runs it again and editing a stylesheet does not.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "netviz"
_LINE = r"(?:[^;\n]*\\\n)*[^;\n]*"  # to the statement's end, over lines that are continued
_IMPORT = re.compile(  # Python's own parser finds the same, and takes thirty times as long
    rf"(?:^|[;:])[ \t]*(?:import\b({_LINE})"
    rf"|from[ \t]+({PACKAGE}[\w.]*)[ \t]+import\b[ \t]*(\((?:[^)#]|#.*+)*+\)|{_LINE}))",
    re.MULTILINE,
)


@cache
def source_digest(*modules: str) -> str:
    """SHA-256 over the source of the modules and of everything of netviz that they import, directly or not."""
    digest = hashlib.sha256()
    for module in sorted(closure(modules)):
        path = _path(module)
        if path:
            digest.update(f"{module}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def closure(modules: tuple[str, ...]) -> set[str]:
    """The modules, and every module of netviz that can be reached from them by imports."""
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += _imports(module)
    return reached


@cache
def _imports(module: str) -> tuple[str, ...]:
    path = _path(module)
    return tuple(_imported_names(path)) if path else ()


def _imported_names(path: Path) -> Iterator[str]:
    for modules, module, names in _IMPORT.findall(path.read_text("utf-8")):
        found = [module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))] if module else []
        found += re.findall(rf"\b{PACKAGE}\b[\w.]*", modules)
        yield from filter(_path, found)


@cache
def _path(module: str) -> Path | None:
    """Where a module's source stands; found without importing it, for that would import TensorFlow."""
    package, *rest = module.split(".")
    if package != PACKAGE:  # a method declared elsewhere
        file = getattr(sys.modules.get(module), "__file__", None)
        return Path(file) if file else None
    place = Path(__file__).parent.joinpath(*rest)
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)

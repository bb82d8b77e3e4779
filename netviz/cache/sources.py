"""What code a thing depends on: modules, all that they import of netviz and of installed distributions, as one digest.

A result's key holds this digest, so that editing a method runs it again and editing a stylesheet does not. Nobody
lists anything: imports are found in the sources, and so are the names of data files and of distributions read as data.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from netviz.cache import packages
from netviz.cache.manifest import Damaged, read_regular, sealed, unsealed
from netviz.cache.store import key_of

ROOT_PACKAGE = "netviz"  # by whose name our modules are known
FOLDER = Path(__file__).resolve().parents[1]
CODE = (".py", ".pyc")
SHOWN = 12  # hexadecimal digits of a digest that is only to be read
_LINE = r"(?:[^;\n]*\\\n)*[^;\n]*"  # to the statement's end, over lines that are continued
_IMPORT = re.compile(  # Python's own parser finds the same, and takes thirty times as long
    rf"(?:^|[;:])[ \t]*(?:import\b({_LINE})|from[ \t]+([\w.]+)[ \t]+import\b[ \t]*(\((?:[^)#]|#.*+)*+\)|{_LINE}))",
    re.MULTILINE,
)
_ALIASES = re.compile(r"([\w.]+)(?:[ \t\\\n]+as[ \t\\\n]+\w+)?")
_DOTTED = re.compile(r"""["']([A-Za-z_]\w*)\.[\w.]+["']""")
_STRING = re.compile(r"""["']([\w.-]+|\*\.\w+)["']""")


@cache
def code_digest(*modules: str, given: tuple[str, ...] = ()) -> str:
    """SHA-256 over all code that the modules can use: sources, data files beside them, distributions' versions.

    Modules that are ``given`` are not followed: what they make is in the key that this digest goes into. It takes long
    to find out, so it is noted beside compiled modules, for as long as the package and what is installed stay the same.
    """
    if not all(map(_own_modules().get, modules)):
        return _found_out(modules, given)  # of methods declared elsewhere, which change by themselves
    notes, asked = _notes(), key_of([modules, given])
    if asked not in notes:
        notes[asked] = _found_out(modules, given)
        _keep({"program": _program(), "digests": notes})
    return notes[asked]


def _found_out(modules: tuple[str, ...], given: tuple[str, ...]) -> str:
    sources = {module: _digest(module) for module in closure(modules, given)}
    versions = {name: packages.installed()[name] for name in distributions_of(modules, given)}
    return key_of([sources, versions, platform.python_version()])


@cache
def _program() -> str:
    """A key of all that digests of the package's code can depend on."""
    told = [(name, sha256(_content(Path(place))).hexdigest()) for name, place in _files_within(str(FOLDER))]
    return key_of([sorted(told), packages.installed(), platform.python_version()])


def _files_within(folder: str, before: str = "") -> Iterator[tuple[str, str]]:
    """All files of a folder by their names from there, but what Python compiles: as texts, for a Path takes longer."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files_within(entry.path, f"{before}{entry.name}/")
            elif entry.is_file():
                yield before + entry.name, entry.path


@cache
def _content(file: Path) -> bytes:
    """What a file held when it was read first: what is noted of a program mixes it with no other, checked out since."""
    return file.read_bytes()


def _text(source: Path) -> str:
    return _content(source).decode("utf-8", "replace").replace("\r\n", "\n")


def _place_of_notes() -> Path:
    return Path(cache_from_source(str(FOLDER / "digests.py"))).with_suffix(".json")


@cache
def _notes() -> dict[str, str]:
    """The digests that were found of this very program; none where that is not what was noted."""
    try:
        noted = unsealed(read_regular(_place_of_notes()))
        return dict(noted["digests"]) if noted["program"] == _program() else {}
    except (Damaged, OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


def _keep(noted: Mapping[str, Any]) -> None:
    """Note digests for other processes, where Python keeps what it compiles, if it does."""
    place = _place_of_notes()
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                draft.write_bytes(sealed(noted))
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)


@cache
def code_by_name(*modules: str, given: tuple[str, ...] = ()) -> Mapping[str, Mapping[str, str]]:
    """What `code_digest` is made of, to be read: digests of modules' ``code`` and of ``data`` files, ``packages``."""
    code: dict[str, str] = {}
    data: dict[str, str] = {}
    for module in sorted(closure(modules, given)):
        if path := source_of(module):
            code[module] = _short_digest(path)
            data |= {f"{module}: {file.name}": _short_digest(file) for file in data_files(module)}
    versions = {name: packages.installed()[name] for name in sorted(distributions_of(modules, given))}
    return {"code": code, "data": data, "packages": versions | {"python": platform.python_version()}}


@cache
def _short_digest(path: Path) -> str:
    return sha256(_content(path)).hexdigest()[:SHOWN]


@cache
def distributions_of(modules: tuple[str, ...], given: tuple[str, ...] = ()) -> frozenset[str]:
    """The installed distributions that the modules can use, or read as data."""
    reached = closure(modules, given)
    imported = packages.distributions({name for module in reached for name in _foreign(module)})
    return frozenset(imported.union(*map(_read_as_data, reached)))


@cache
def closure(modules: tuple[str, ...], given: tuple[str, ...] = ()) -> frozenset[str]:
    """The modules, and every module with a source of ours that can be reached from them by imports."""
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in reached and module not in given:
            reached.add(module)
            ours = _own_modules().get  # whose modules ask for nobody else's, but for what is installed
            waiting += filter(ours if ours(module) else source_of, _imports(module))
    return frozenset(reached)


def data_files(module: str) -> list[Path]:
    """The files beside a module that it can read: those that its source names, and one of its own name.

    A name may be a pattern, ``*.ftl``. Folders beside it that hold no modules hold such files too.
    """
    path = source_of(module)
    if not path:
        return []
    named = set(_STRING.findall(_text(path)))
    return sorted(
        file
        for folder in (path.parent, *_folders_of_files(path.parent))
        for file in _files_in(folder)
        if {file.name, f"*{file.suffix}"} & named or (file.stem == path.stem and folder == path.parent)
    )


@cache
def _files_in(folder: Path) -> list[Path]:
    """The files in a folder that are no code: what modules beside them may read."""
    return [file for file in folder.iterdir() if file.suffix not in CODE and file.is_file()]


@cache
def _folders_of_files(folder: Path) -> list[Path]:
    inner = [one for one in folder.iterdir() if one.is_dir() and one.name != "__pycache__"]
    return [one for one in inner if not any(file.suffix in CODE for file in one.iterdir())]


@cache
def _digest(module: str) -> str:
    path = source_of(module)
    files = [path, *data_files(module)] if path else []
    return key_of([(file.name, sha256(_content(file)).hexdigest()) for file in files])


@cache
def _imports(module: str) -> tuple[str, ...]:
    """Whatever a module imports, by full name, whether it is a module or a name in one."""
    path = source_of(module)
    return tuple(dict.fromkeys(_imported_names(module, path))) if path else ()


def _imported_names(module: str, path: Path) -> Iterator[str]:
    for modules, origin, names in _IMPORT.findall(_text(path)):
        if origin:
            found = _absolute(origin, module, path)
            yield from (found, *(f"{found}.{name}" for name in re.findall(r"\w+", names)))
        else:
            yield from _ALIASES.findall(modules)


def _absolute(origin: str, module: str, path: Path) -> str:
    """The module that ``from origin`` names, which may begin with dots."""
    name = origin.lstrip(".")
    level = len(origin) - len(name)
    if not level:
        return name
    parts = module.split(".")
    package = parts[: len(parts) - level + (path.name == "__init__.py")]
    return ".".join([*package, *([name] if name else [])])


@cache
def _foreign(module: str) -> frozenset[str]:
    """The top-level modules of others that a module imports, or names with dots between quotes, as plug-ins are."""
    path = source_of(module)
    named = _DOTTED.findall(_text(path)) if path else []
    names = {name.partition(".")[0] for name in (*_imports(module), *named)}
    return frozenset(names - {ROOT_PACKAGE} - sys.stdlib_module_names)


@cache
def _read_as_data(module: str) -> frozenset[str]:
    """The distributions whose names stand in a module that asks for what is installed, which may read their files."""
    path = source_of(module)
    if not path or "importlib.metadata" not in _imports(module):
        return frozenset()
    named = (packages.normalised(name) for name in _STRING.findall(_text(path)))
    return frozenset(name for name in named if name in packages.installed())


@cache
def source_of(module: str) -> Path | None:
    """Where a module's source stands; found without importing it, for that would import TensorFlow.

    A module declared elsewhere, say a method's, has one of ours if no distribution brings it; it may be imported only
    while the method runs.
    """
    package = module.partition(".")[0]
    if package == ROOT_PACKAGE:
        return _own_modules().get(module)
    if package in sys.stdlib_module_names or packages.distributions([package]):
        return None
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file else _to_be_imported(module)


def _to_be_imported(module: str) -> Path | None:
    """The source that a module would be imported from."""
    place = module.replace(".", "/")
    endings = (f"{place}/__init__.py", f"{place}.py")
    files = (Path(folder, ending) for folder in sys.path for ending in endings)
    return next(filter(Path.is_file, files), None)


@cache
def _own_modules() -> Mapping[str, Path]:
    """Where each module of the package stands; of a module and a folder of one name, the module."""
    files = sorted(FOLDER.rglob("*.py"))
    names = (".".join((ROOT_PACKAGE, *file.relative_to(FOLDER).with_suffix("").parts)) for file in files)
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}

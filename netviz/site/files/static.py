"""Files of ``content/static/``, which go into the site as they are: ``content/static/CNAME`` becomes ``CNAME``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from netviz.cache.manifest import Kept, folders_of
from netviz.mistakes import Mistake, Mistakes
from netviz.refusals import unfit

STATIC = "static"


def static_files(content: Path) -> dict[str, Kept]:
    """All of them by their path in the site, hidden ones too. Raises Mistakes for links that lead out, and devices."""
    folder = content / STATIC
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    if mistakes := [mistake for path in found for mistake in _wrong_with(path, folder)]:
        raise Mistakes(mistakes)
    return {path.relative_to(folder).as_posix(): Kept.of(path.resolve()) for path in found}


def clashes(static: Collection[str], others: Collection[str], content: Path) -> list[Mistake]:
    """A mistake for each file that would stand in the place of one which the build makes, or of a folder of such."""
    files = {*others}
    taken = files | {folder for name in files for folder in folders_of(name)}
    return [
        Mistake(content / STATIC / name, "the build puts something there itself", hint="give your file another name")
        for name in static
        if name in taken or not files.isdisjoint(folders_of(name))
    ]


def _wrong_with(path: Path, folder: Path) -> Iterator[Mistake]:
    if reason := unfit(path):
        yield Mistake(path, reason, hint="only files are copied into the site, and links to files beside them")
    elif not path.resolve().is_relative_to(folder.resolve()):
        yield Mistake(path, "a link to a file elsewhere, which readers must not get by mistake", hint="copy the file")

"""Which of the files that a site is made of were saved, as soon as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from watchfiles import Change, awatch

from netviz.cache.built import MARKER
from netviz.course.folders import DROPPED
from netviz.course.own_photos import own_photo_files
from netviz.installation import PACKAGE, TEMPLATES
from netviz.options import Options
from netviz.refusals import real

LULL = 50  # milliseconds without a change: editors write a file in several steps
LOOK = 1000  # milliseconds after which it is looked whether the folders are still the same

# What a process that builds has read once and for all.
KEPT = (PACKAGE, TEMPLATES)


def watched(options: Options) -> tuple[Path, ...]:
    """The folders that a site is made of, with those of the single files that it is made of."""
    files = [file for file in _files(options) if file.is_file()]
    return tuple({path.resolve(): None for path in (options.content, *KEPT, *(file.parent for file in files))})


def needs_restart(paths: Sequence[Path], options: Options) -> bool:
    """Whether one of these files is kept in memory by a process that builds."""
    kept = (*KEPT, options.content.resolve() / "languages")
    return any(path.suffix == ".py" or path.is_relative_to(folder) for path in paths for folder in kept)


async def saved(options: Options, built: Callable[[], int]) -> AsyncIterator[list[Path]]:
    """The files that were saved, moved or removed, whenever some were; the same folders after all of them were.

    A folder that is removed and made again (as by ``git checkout``) is a change of its own; and so it is when the site
    itself is gone, which is to be built again: it stood when it was last looked, or was ``built`` once more since.
    """
    stood, known = _stands(options.to), built()
    while True:
        folders = watched(options)
        before = _identities(folders)
        async for paths in _changes(folders, options):
            if paths:
                yield paths
            elif (stood or built() > known) and not _stands(options.to):
                yield [options.to]
            stood, known = _stands(options.to), built()
            if _identities(watched(options)) != before:
                break
        yield list(folders)


async def _changes(folders: Sequence[Path], options: Options) -> AsyncIterator[list[Path]]:
    """The files in folders that were saved, whenever some were, and none every second; ends if a folder just went."""
    changes = awatch(
        *(folder for folder in folders if folder.is_dir()),
        watch_filter=lambda change, path: _counts(change, Path(path), options),
        step=LULL,
        rust_timeout=LOOK,
        yield_on_timeout=True,
    )
    with suppress(FileNotFoundError):  # the folder was there when it was looked for, and is not to be watched
        async for paths in changes:
            yield sorted({Path(path) for _, path in paths})


def _stands(site: Path) -> bool:
    return (site / MARKER).is_file()


def _identities(folders: Sequence[Path]) -> list[tuple[int, int] | None]:
    """What tells a folder from another that takes its place."""
    return [_identity(folder) for folder in folders]


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if S_ISDIR(found.st_mode) else None


def _counts(change: Change, path: Path, options: Options) -> bool:
    """Whether a build may read a file."""
    made = (options.to.resolve(), options.store.resolve())
    if any(path.is_relative_to(folder) for folder in made):
        return False
    within = next((folder for folder in (options.content.resolve(), *KEPT) if path.is_relative_to(folder)), None)
    if within is None:
        own_code = {file.parent for file in _files(options) if file in map(real, options.methods)}
        return path in _files(options) or (path.suffix == ".py" and path.parent in own_code)
    return not any(DROPPED.fullmatch(part) for part in path.relative_to(within).parts)


def _files(options: Options) -> list[Path]:
    """The user's own photos, the weights, and methods of one's own."""
    photos = [*(photo.path for photo in options.picture), *own_photo_files(options.content)]
    return [real(one) for one in (*photos, Path(options.weights), *options.methods)]

"""What XLA compiles of the network, kept where Python keeps compiled modules: the next process takes it from there.

It is code, so it stands neither in the store nor in the course: nobody runs what came with these. It is the same code
as is compiled anew, and gives the same bytes. Each kind of machine has a folder of its own.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from netviz.cache import packages
from netviz.cache.manifest import Damaged, Kept, read_regular, sealed, unsealed
from netviz.cache.sources import FOLDER, SHOWN
from netviz.cache.store import key_of
from netviz.networks.machine import machine
from netviz.networks.precision import cpu_flags

VARIABLE = "TF_XLA_FLAGS"
SEALS = "seals"  # the digest of each file that was whole when a process had ended its work


@contextmanager
def keeping_compiled() -> Iterator[None]:
    """Within it TensorFlow is to be opened, which asks only then where it may keep what XLA compiles.

    What isn't what was kept is removed before: TensorFlow would fail on it.
    """
    folder = compiled_folder()
    if folder is None or not _tidied(folder):
        yield
        return
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = " ".join([*([before] if before else []), f"--tf_xla_persistent_cache_directory='{folder}'"])
    try:
        yield
    finally:  # the environment is in the keys of results, and where code is kept changes none
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before


def seal_compiled() -> None:
    """Note that what was compiled so far is whole: nobody takes what is not noted, be it cut short by a power cut."""
    folder = compiled_folder()
    if folder is None or not folder.is_dir():
        return
    with suppress(OSError):
        known, files = _seals(folder), _files(folder)
        if known.keys() != {file.name for file in files}:
            draft = folder / f"{SEALS}.{os.getpid()}"
            try:
                draft.write_bytes(sealed({file.name: known.get(file.name) or Kept.of(file).digest for file in files}))
                draft.replace(folder / SEALS)
            finally:
                draft.unlink(missing_ok=True)


@cache
def compiled_folder() -> Path | None:
    """Where it is kept on this machine, with these versions; None where Python keeps nothing, or code can't be told."""
    flags = cpu_flags()
    made_by = [machine(), sorted(flags), packages.installed().get("tensorflow"), platform.python_version()]
    folder = Path(cache_from_source(str(FOLDER / "compiled.py"))).parent / f"xla-{key_of(made_by)[:SHOWN]}"
    return None if sys.dont_write_bytecode or not flags or "'" in str(folder) else folder


def _tidied(folder: Path) -> bool:
    """Whether the folder is there, and holds nothing but what was kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        seals = _seals(folder)
        for file in _files(folder):
            if not Kept(str(folder), file.name, seals.get(file.name, "")).is_intact():
                file.unlink()
    except OSError:
        return False
    return True


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pb"))


def _seals(folder: Path) -> Mapping[str, str]:
    """The digests by name; none if they can't be read."""
    try:
        known = unsealed(read_regular(folder / SEALS))
    except Damaged:
        return {}
    return known if isinstance(known, dict) else {}

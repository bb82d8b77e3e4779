"""The same inputs give the same bytes, whatever surrounds a build; and where threads give others, the keys are others.

Every build here is cold: a process, a folder and a store of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from shutil import copytree

import pytest

from netviz.command_line import main

ROOT = Path(__file__).resolve().parents[1]
PROCESSORS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))

Build = Callable[..., Path]


@pytest.fixture
def build(course: Path, tmp_path: Path) -> Build:
    """Builds the small course, copied to a folder, as if for the first time; gives that folder."""

    def built(name: str, umask: int = 0o022, processors: Collection[int] = PROCESSORS, **environment: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        copytree(course, folder / "content")
        places = ["--content", str(folder / "content"), "--to", str(folder / "site"), "--store", str(folder / "store")]
        subprocess.run(
            [sys.executable, str(ROOT / "build.py"), *places],
            env={**os.environ, **environment},
            cwd=folder,
            check=True,
            capture_output=True,
            preexec_fn=lambda: (os.umask(umask), processors and os.sched_setaffinity(0, processors)),
        )
        return folder

    return built


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def results(folder: Path) -> set[str]:
    return {path.name for path in (folder / "store" / "results").glob("*/*")}


@pytest.mark.vgg16
def test_the_surroundings_of_a_build_are_in_no_byte(build: Build, course: Path, tmp_path: Path) -> None:
    """Folder, time, time zone, language, the seed of Python's hashes, the rights of new files, and what went before."""
    places = ["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]
    assert main(places) == 0  # in this process, after whatever tests have asked of the network
    other = build("a longer name", 0o077, TZ="Asia/Tokyo", LC_ALL="C", LANG="C", PYTHONHASHSEED="4321", HOME="/")
    assert contents(tmp_path / "site") == contents(other / "site")


@pytest.mark.vgg16
@pytest.mark.skipif(not NIGHTLY or len(PROCESSORS) < 2, reason="a nightly test, for two processors")
def test_another_number_of_threads_has_results_of_its_own(build: Build) -> None:
    folders = [build("all"), build("one processor", processors=PROCESSORS[:1])]
    folders += [build(f"{number} threads", TF_NUM_INTRAOP_THREADS=number) for number in ("1", "2", "4")]
    again = build("one processor again", processors=PROCESSORS[:1])
    keys = [results(folder) for folder in folders]
    assert all(keys) and len(set().union(*keys)) == sum(map(len, keys))
    assert contents(again / "site") == contents(folders[1] / "site")

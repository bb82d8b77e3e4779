"""A build may be killed at any moment: the site is the old one or the new one, and the next build is right.

Six kills of builds that weave, draw and publish. ``NETVIZ_KILLS=50 pytest tests/test_kills.py`` kills more;
``NETVIZ_KILLS_RUN=1`` lets the network run too, in a store of which half is missing, which takes minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import built_apart
import pytest
from test_takeover import contents, edit, known

from netviz.cache.store import DRAFTS, Store
from netviz.engine.record import RESULTS

KILLS = int(os.environ.get("NETVIZ_KILLS", "6"))
RUN = bool(os.environ.get("NETVIZ_KILLS_RUN"))
WORDS = ("There is a bicycle in it", "Somebody left a bicycle")
KEPT = {"CNAME": b"example.org", ".git/HEAD": b"ref: refs/heads/main"}


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_site_and_the_next_one_is_right(course: Path, tmp_path: Path) -> None:
    chance, store, site = random.Random(), Store(tmp_path / "store"), tmp_path / "site"
    lesson = course / "lessons" / "01-first" / "en.md"

    def start(to: Path) -> ForkServerProcess:
        return built_apart.start("--content", str(course), "--store", str(store.folder), "--to", str(to))

    def finish(to: Path) -> dict[str, bytes]:
        build = start(to)
        build.join()
        assert build.exitcode == 0
        return contents(to)

    wholes = []
    for turn in range(2):
        if not RUN:
            known(course, store)
        wholes.append(finish(tmp_path / f"whole{turn}"))
        edit(lesson, *WORDS[:: 1 - 2 * turn])
    _lose(store, chance)
    begun = time.perf_counter()
    finish(site)
    seconds = time.perf_counter() - begun
    for name, content in KEPT.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_bytes(content)

    survived = []
    for _ in range(KILLS):
        edit(lesson, *WORDS[:: -1 if WORDS[1] in lesson.read_text("utf-8") else 1])
        _lose(store, chance)
        build = start(site)
        moment = chance.uniform(0, seconds)
        time.sleep(moment)
        build.kill()
        build.join()
        found = contents(site)
        assert {name: found.pop(name) for name in KEPT} == KEPT, moment
        assert found in wholes, f"half a site after {moment:.3f} s"
        survived.append(moment)
    finished = {path: path.stat().st_mtime_ns for path in (store.folder / RESULTS).glob("*/*/*")}
    edit(lesson, WORDS[WORDS[1] in lesson.read_text("utf-8")], "There was a bicycle")
    assert finish(site) == finish(tmp_path / "whole") | KEPT
    assert finished == {path: path.stat().st_mtime_ns for path in finished}, "what was finished is not made again"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    assert list((store.folder / DRAFTS).glob("*")) == []
    print(f"{len(survived)} kills survived, at {', '.join(f'{moment:.2f}' for moment in sorted(survived))} s")


def _lose(store: Store, chance: random.Random) -> None:
    """Take some entries away, so that a build has something to draw, and to run if it may."""
    kinds = ("figures", "results") if RUN else ("figures",)
    for entry in [entry for kind in kinds for entry in (store.folder / kind).glob("*/*")]:
        if chance.random() < 0.5:
            shutil.rmtree(entry)

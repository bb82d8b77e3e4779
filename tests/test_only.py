"""`--only`: one lesson is run and woven, and the rest of the site stays as it is. The results are made up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import copied
from stored_results import known

from netviz.cache.store import Store
from netviz.command_line import main
from netviz.engine.record import RESULTS

SECOND = """---
title: {title}
summary: x
---

See [the first](first.html#says).

{fence}

{{{{ results['says'].top[0].name }}}} {{{{ results['where'].top[0].name }}}}
"""
FENCE = "```experiment\nid: where\nmethod: grad-cam\nlayer: {layer}\n```"


@pytest.fixture
def two(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons, of which the second speaks of the first one's results; in the folder of all places."""
    return with_second(course, monkeypatch)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which it was built."""
    course = copied(tmp_path_factory.mktemp("once"))
    with pytest.MonkeyPatch.context() as patch:
        with_second(course, patch)
        assert build() == 0
    return course.parent


@pytest.fixture
def built(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another such course, that is built already."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "content"


def with_second(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = course / "lessons" / "02-second"
    folder.mkdir()
    (folder / "en.md").write_text(SECOND.format(title="Second", fence=FENCE.format(layer="block5_conv3")), "utf-8")
    (folder / "zh.md").write_text(SECOND.format(title="第二课", fence="```experiment\nid: where\n```"), "utf-8")
    monkeypatch.chdir(course.parent)
    known(course, Store(Path("store")))
    return course


def build(*words: str) -> int:
    return main(["--store", "store", *words])


def contents(site: Path = Path("site")) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def forget(method: str) -> None:
    for record in Path("store", RESULTS).glob("*/*/record.json"):
        if json.loads(record.read_text("utf-8"))["method"] == method:
            shutil.rmtree(record.parent)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_other_lessons_stay_as_they_are_though_they_have_changed(built: Path) -> None:
    before = contents()
    edit(built / "lessons" / "01-first" / "en.md", "## What it says", "## What it tells\n\n[a](second.html)")
    edit(built / "lessons" / "02-second" / "en.md", "See", "Look at")
    forget("gradient")  # which only the first lesson shows: nothing can run it here
    assert build("--only", "second") == 0
    after = contents()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    pages = {"second.html", "second/dog.html", "second.ipynb"}
    assert changed == pages | {"build.json", ".netviz-site", "assets/search-en.js"}
    assert b"Look at" in after["second.html"]


@pytest.mark.slow
def test_the_next_whole_build_weaves_what_was_left(built: Path) -> None:
    edit(built / "lessons" / "01-first" / "en.md", "## What it says", "## What it tells")
    edit(built / "lessons" / "02-second" / "en.md", "See", "Look at")
    assert build("--only", "second") == 0
    assert build() == 0
    told = contents()
    shutil.rmtree("site")
    assert build() == 0
    fresh = contents()
    assert {name for name in told.keys() | fresh.keys() if told.get(name) != fresh.get(name)} == set()


def test_without_a_site_the_other_pages_say_that_they_are_yet_to_be_built(two: Path) -> None:
    forget("gradient")
    assert build("--only", "second") == 0
    site = contents()
    assert b"This page has not been built yet" in site["first.html"]
    assert "本页尚未生成".encode() in site["zh/first.html"] and b"This page has not" in site["index.html"]
    assert b"Second" in site["second.html"] and b"first.html" not in site["assets/search-en.js"]
    for link in ("first.html", "index.html", "methods.html", "second/dog.html"):
        assert link in site
    known(two, Store(Path("store")))
    assert build() == 0
    assert b"has not been built yet" not in contents()["first.html"]


def test_several_lessons_may_be_named_in_one_go_or_two(two: Path) -> None:
    assert build("--only", "second", "--only", "home") == 0
    assert b"has not been built yet" not in contents()["index.html"]
    assert json.loads(contents()["build.json"])["only"] == ["second", "home"]


def test_nothing_is_done_twice_and_commands_on_pages_are_of_the_whole_course(
    two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build("--only", "second") == 0 and build("--only", "second") == 0
    assert "nothing to do" in capsys.readouterr().err
    assert b"--only" not in contents()["second.html"]


def test_what_would_run_is_explained_for_the_lesson_alone(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("--only", "second", "--explain") == 0
    told = capsys.readouterr().out
    assert "where · dog: fresh" in told and "says · dog: fresh" in told and "slope" not in told


def test_an_unknown_lesson_is_told_with_the_nearest(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("--only", "secnd") == 1
    assert "has no lesson 'secnd'\n    did you mean 'second'?" in capsys.readouterr().err


def test_a_site_that_was_asked_for_otherwise_is_left_alone(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("--offer", "dog") == 0
    before = contents()
    assert build("--only", "second") == 1
    assert "--offer dog`, and the pages that --only leaves as they are would not go" in capsys.readouterr().err
    assert contents() == before

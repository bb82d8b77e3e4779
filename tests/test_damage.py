"""Bytes that flip on a disk: whatever file of a store or a site they hit, it is made again as it was.

Every kind of file there is, four of each; ``NETVIZ_FLIPS=100 pytest tests/test_damage.py`` flips more. Results are made
up, so one that is damaged is put into the store again by hand, where a network would run.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_takeover import contents, known

from netviz.cache.built import is_current
from netviz.cache.inputs import inputs_key
from netviz.cache.store import Store
from netviz.engine.record import RESULTS
from netviz.options import Options
from netviz.pipeline import build, clean
from netviz.progress import Report, Reporter

ROOT = Path(__file__).resolve().parents[1]
FLIPS = int(os.environ.get("NETVIZ_FLIPS", "4"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """A site with previews, and its store. Whoever damages them builds them again."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT / "tests" / "course", folder / "content")
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, folder / "content" / "pictures")
    with (folder / "content" / "site.yaml").open("a", encoding="utf-8") as site:
        site.write("\naddress: https://example.org/course\n")
    for name in (".nojekyll", ".well-known/security.txt", "papers/a paper.pdf"):
        (folder / "content" / "static" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "content" / "static" / name).write_text(f"my {name}")
    options = Options(content=folder / "content", to=folder / "site", store=folder / "store")
    brought_up_to_date(options)
    return options


def brought_up_to_date(options: Options) -> Report:
    store = Store(options.store)
    store.remove_damaged()
    known(options.content, store)
    return build(options, Reporter())


def flipped(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]


@pytest.mark.slow
def test_every_file_of_a_site_that_is_changed_emptied_or_gone_is_noticed_and_made_again(built: Options) -> None:
    chance, inputs = random.Random(), inputs_key(built)
    whole = contents(built.to)
    tried = Counter[str]()
    for name, content in whole.items():
        path, status = built.to / name, (built.to / name).stat()
        kind = path.suffix or name
        for damaged in [flipped(content, chance) for _ in range(FLIPS)] + [b"", content[:-1], content + b"\n"]:
            if damaged != content:
                path.write_bytes(damaged)
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
                assert not is_current(built.to, inputs, built.store), name
                tried[kind] += 1
        path.write_bytes(content)
    assert is_current(built.to, inputs, built.store)
    for name in chance.sample(sorted(whole), len(whole) // 3):
        if name not in (".netviz-site", "build.json"):
            (built.to / name).write_bytes(flipped(whole[name], chance) if whole[name] else b"x")
    build(built, Reporter())
    assert contents(built.to) == whole
    for name in (".netviz-site", "build.json"):
        (built.to / name).write_bytes(flipped(whole[name], chance))
        build(built, Reporter())
        assert contents(built.to) == whole
    print("of a site:", dict(tried))


@pytest.mark.parametrize("kind", ["results", "figures", "thumbnails", "previews"])
def test_every_kind_of_entry_that_is_damaged_is_noticed_and_made_again(built: Options, kind: str) -> None:
    """A build of a site from nothing reads all that is not a result's array; that the drawing of figures reads."""
    chance, whole, store = random.Random(), contents(built.to), Store(built.store)
    files = [path for path in (built.store / kind).glob("*/*/*") if path.suffix != ".npz"]
    assert {path.name for path in files} >= {"manifest"} and len({path.name for path in files}) > 1
    tried = Counter[str]()
    for path in files:
        before = path.read_bytes()
        for _ in range(FLIPS):
            path.write_bytes(flipped(before, chance))
            assert not store._is_whole(kind, path.parent.name)
            tried[path.suffix or path.name] += 1
        path.write_bytes(before)
    path = chance.choice(files)
    path.write_bytes(flipped(path.read_bytes(), chance))
    shutil.rmtree(built.to)
    if kind == RESULTS:
        brought_up_to_date(built)
    else:
        build(built, Reporter())
    assert contents(built.to) == whole
    assert store.remove_damaged() == 0, "what was damaged is whole again"
    print("of a store's", kind, dict(tried))


def test_a_damaged_array_is_noticed_where_a_figure_is_drawn_of_it(
    built: Options, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, store = contents(built.to), Store(built.store)
    for path in (built.store / RESULTS).glob("*/*/arrays.npz"):
        path.write_bytes(flipped(path.read_bytes(), random.Random()))
    shutil.rmtree(built.store / "figures")
    asked: list[int] = []

    def run(tasks: list[object], *_: object) -> list[Any]:
        asked.append(len(tasks))
        known(built.content, store)
        return []  # none has failed

    monkeypatch.setattr("netviz.engine.execution._run_on_pictures", run)
    build(built, Reporter())
    assert asked, "the damaged results are run again"
    assert "damaged entries are removed, and made again" in capsys.readouterr().err
    assert contents(built.to) == whole


def test_what_authors_want_in_the_site_is_copied_as_it_is(built: Options) -> None:
    for name in (".nojekyll", ".well-known/security.txt", "papers/a paper.pdf"):
        assert (built.to / name).read_text() == f"my {name}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("index.html", "the build puts something there itself"),
        ("figures", "the build puts something there itself"),
        ("first.html/notes.txt", "the build puts something there itself"),
        ("build.json", "the build puts something there itself"),
    ],
)
def test_a_static_file_in_the_place_of_a_page_is_refused(built: Options, name: str, message: str) -> None:
    whole, path = contents(built.to), built.content / "static" / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    try:
        with pytest.raises(Exception, match=message):
            build(built, Reporter())
    finally:
        shutil.rmtree(path.parent) if "/" in name else path.unlink()
    assert contents(built.to) == whole


def test_a_static_link_that_leads_out_is_refused_and_one_to_a_file_beside_it_is_copied(built: Options) -> None:
    link = built.content / "static" / "link.txt"
    folder = Path(__file__).with_name("course")  # a small one: a build looks at all that content holds
    for target, message in ((__file__, "a link to a file elsewhere"), ("/dev/zero", "a device"), (folder, "a folder")):
        link.symlink_to(target)
        try:
            with pytest.raises(Exception, match=message):
                build(built, Reporter())
        finally:
            link.unlink()
    link.symlink_to(built.content / "static" / ".nojekyll")
    build(built, Reporter())
    assert (built.to / "link.txt").read_text() == "my .nojekyll" and not (built.to / "link.txt").is_symlink()
    link.unlink()
    assert len(build(built, Reporter()).gone) == 1


def test_what_somebody_put_where_a_page_would_stand_is_told_of_before_anything_runs(built: Options) -> None:
    page = built.to / "zh" / "added.html"
    page.write_text("mine")
    lesson = built.content / "lessons" / "02-added"
    shutil.copytree(built.content / "lessons" / "01-first", lesson)
    for text in lesson.iterdir():
        text.write_text("---\ntitle: Added\nsummary: Nothing.\n---\n\nNothing.\n", "utf-8")
    try:
        with pytest.raises(Exception, match=r"zh/added\.html was not made by netviz"):
            build(built, Reporter())
    finally:
        shutil.rmtree(lesson)
    assert page.read_text() == "mine"
    page.unlink()


def test_cleaning_removes_what_was_left_behind_and_nothing_is_made_again_after_it(built: Options) -> None:
    left = Store(built.store)
    with left.writing(RESULTS, "0" * 64) as folder:
        (folder / "record.json").write_text("{}")
    build(built, Reporter())
    cleaned = clean(built)
    assert cleaned.entries >= 1 and not left.has(RESULTS, "0" * 64)
    shutil.rmtree(built.to)
    report = build(built, Reporter())
    assert (report.ran, report.drawn) == (0, 0)
    assert left.size() == cleaned.left > 0 and report.stored is None, "nothing was added"

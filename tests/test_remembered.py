"""What was found out about texts is remembered from build to build: the same as if found anew, and by one program."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup
from PIL import Image

from netviz.cache import notes
from netviz.cache.manifest import SEAL, sha256_of
from netviz.cache.notes import NOTES, forget_notes, keep, recall
from netviz.cache.store import Store
from netviz.course.lessons import LessonText, read_text, scan
from netviz.course.samples import know_facts
from netviz.engine import declarations
from netviz.engine.declarations import of_netviz, own_declaration_mistakes
from netviz.engine.origins import ORIGIN, ORIGINS
from netviz.figures.views import views
from netviz.methods import methods
from netviz.mistakes import Mistake
from netviz.pictures import Picture, picture_mistakes
from netviz.pictures import picture as pictures
from netviz.pictures.opening import OpenedPicture, open_picture
from netviz.remembered import begin, forget, noted, remembered
from netviz.site.pages.report_view import _costs
from netviz.site.text.highlighting import highlighted
from netviz.site.text.leftovers import formula_warnings
from netviz.site.text.markup import inline_template, lesson_body
from netviz.yaml_places import Passage, read_yaml

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted([*ROOT.glob("content/*/*/*.md"), *ROOT.glob("tests/*/lessons/*/*.md")])
FILES = sorted([*ROOT.glob("content/*.yaml"), *ROOT.glob("netviz/languages/*/*.yaml")])


@pytest.fixture(autouse=True)
def _begun_anew() -> Iterator[None]:
    """Each test is a process of its own."""
    forget()
    yield
    forget()


def in_another_process() -> None:
    """From now on only what was noted is known."""
    found = noted()
    forget()
    begin(found)


class Counted:
    """A function that counts how often it is run."""

    def __init__(self) -> None:
        self.runs = 0
        self.length = remembered(int, int)(self._length)

    def _length(self, text: str) -> int:
        self.runs += 1
        if not text:
            raise ValueError("no text")
        return len(text)


def everything_read(path: Path) -> list[Any]:
    """All that a build finds out about a lesson's text by what is remembered."""
    text: LessonText = read_text(path, path.stem)
    fences = [read_yaml(span.source, path, span.line, 4) for span in text.spans if span.kind == "experiment"]
    captions = [str(values.get("caption", "")) for values, _ in fences]
    return [
        text,
        text.spans,
        text.prose,
        fences,
        lesson_body(text),
        [*map(scan, captions)],
        [*map(inline_template, captions)],
    ]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_remembered_of_a_text_is_what_would_be_found_out(path: Path) -> None:
    found = everything_read(path)
    in_another_process()
    assert everything_read(path) == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_yaml_is_remembered_with_its_places(path: Path) -> None:
    found = read_yaml(path.read_text("utf-8"), path)
    in_another_process()
    assert read_yaml(path.read_text("utf-8"), path) == found


def test_code_is_remembered_in_its_colours() -> None:
    found = highlighted("x = 1 < 2", "python")
    in_another_process()
    assert isinstance(highlighted("x = 1 < 2", "python"), Markup)
    assert highlighted("x = 1 < 2", "python") == found
    assert highlighted("x = 1 < 2", "html") != found


def test_formulas_that_are_none_are_remembered_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "en.md"
    path.write_text("---\ntitle: A\nsummary: B\n---\n\nOne \\(x\\) and $ y $.\n", "utf-8")
    text = read_text(path, "en")
    caption = Passage("Of \\(z\\)", line=9, column=3)
    found = [*formula_warnings(text, [caption])]
    assert [(one.line, one.column) for one in found] == [(6, 5), (6, 15), (9, 3)]
    in_another_process()
    assert [*formula_warnings(text, [caption])] == found
    assert [*formula_warnings(text, [replace(caption, line=8)])][-1].line == 8


def picture(file: Path) -> Picture:
    """A sample photo as it is read from a course."""
    return Picture(name=file.stem, file=str(file), titles={}, credit="", licence="", source="")


def test_pictures_are_opened_once_and_again_when_they_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def counted(path: Path) -> OpenedPicture:
        opened.append(path)
        return open_picture(path)

    monkeypatch.setattr(pictures, "open_picture", counted)
    file = tmp_path / "one.png"
    for size, times in (((40, 30), 1), ((40, 30), 1), ((50, 30), 2)):
        Image.new("RGB", size).save(file)
        pictures._facts.cache_clear()
        one = picture(file)
        know_facts([one])
        assert one.facts.size == size
        assert len(opened) == times
        in_another_process()


def test_what_a_picture_is_that_was_replaced_while_it_was_looked_at_is_not_noted(tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    Image.new("RGB", (40, 30)).save(file)
    one, before = picture(file), file.read_bytes()
    assert one.digest
    Image.new("RGB", (50, 30)).save(file)
    know_facts([one])
    in_another_process()
    pictures._facts.cache_clear()
    file.write_bytes(before)
    again = picture(file)
    know_facts([again])
    assert again.facts.size == (40, 30)


def test_a_note_of_a_picture_of_no_size_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    Image.new("RGB", (40, 30)).save(file)
    know_facts([picture(file)])
    (key,) = noted()
    for note in ("[[0,0],[]]", "[[null,null],[]]", '["ab",[]]', "[[40,30]]"):
        forget()
        begin({key: note})
        one = picture(file)
        know_facts([one])
        assert one.facts.size == (40, 30)


def test_pictures_that_cannot_be_opened_are_told_of_each_time(tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    file.write_bytes(b"no picture")
    for _ in range(2):
        one = picture(file)
        know_facts([one])
        assert len([*picture_mistakes([one])]) == 1
        in_another_process()


def test_declarations_of_netviz_are_looked_at_once_and_wrong_ones_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    wrong: list[Mistake] = []

    def counted(*declared: Any) -> list[Mistake]:
        looked.append(len(declared))
        return wrong

    monkeypatch.setattr(declarations, "declaration_mistakes", counted)
    asked = [*methods().values()], [*views().values()]
    assert all(of_netviz(one) for declared in asked for one in declared)
    for times in (1, 1):
        assert own_declaration_mistakes(*asked) == ()
        assert len(looked) == times
        in_another_process()
    forget()
    wrong.append(Mistake(Path("one.py"), "is wrong"))
    for times in (2, 3):
        assert own_declaration_mistakes(*asked) == (wrong[0],)
        assert len(looked) == times
        in_another_process()


def test_what_a_result_took_is_read_once_and_again_when_it_was_made_again(tmp_path: Path) -> None:
    store, task = Store(tmp_path), SimpleNamespace(key="ab" * 32)

    def made(seconds: float) -> None:
        origin = {"experiment": "one", "picture": "", "parts": {}, "seconds": seconds, "memory": 2}
        with store.writing(ORIGINS, task.key) as folder:
            (folder / ORIGIN).write_text(json.dumps(origin), "utf-8")

    assert not _costs([task], store)
    for seconds in (1.5, 2.5):
        made(seconds)
        assert _costs([task], store) == {task.key: (seconds, 2)}
        in_another_process()
        file = store.path(ORIGINS, task.key) / ORIGIN
        file.write_bytes(b"")  # so that it can't be read again
        assert _costs([task], store) == {task.key: (seconds, 2)}
        shutil.rmtree(file.parent)


def test_nobody_who_changes_values_changes_what_is_remembered() -> None:
    values, _ = read_yaml("a: [1, {b: 2}]", Path("one.yaml"))
    values["a"][1]["b"] = 3
    assert read_yaml("a: [1, {b: 2}]", Path("other.yaml"))[0] == {"a": [1, {"b": 2}]}


def test_what_was_asked_before_is_not_found_out_again_and_all_else_is() -> None:
    asked = Counted()
    assert [asked.length(text) for text in ("one", "three", "one")] == [3, 5, 3]
    assert asked.runs == 2
    in_another_process()
    assert [asked.length(text) for text in ("one", "three", "fourteen")] == [3, 5, 8]
    assert asked.runs == 3


def test_what_a_build_has_not_asked_for_is_forgotten() -> None:
    asked = Counted()
    assert asked.length("one") == 3
    in_another_process()
    in_another_process()
    assert asked.length("one") == 3
    assert asked.runs == 2


def test_what_fails_fails_again() -> None:
    asked = Counted()
    for runs in (1, 2):
        with pytest.raises(ValueError, match="no text"):
            asked.length("")
        assert asked.runs == runs


def test_faults_of_a_text_are_not_noted() -> None:
    assert scan("{{ open").faults
    assert not noted()


def build(store: Path, asked: Counted, content: str = "content", program: str = "one") -> None:
    """A build in a process of its own, which asks how long a text is."""
    forget()
    recall(store, Path(content), program)
    assert asked.length("一 two\n") == 6
    keep(store, Path(content), program)


def test_a_course_is_remembered_by_the_program_that_read_it(tmp_path: Path) -> None:
    asked = Counted()
    for runs, (content, program) in enumerate([("a", "one"), ("b", "one"), ("a", "two")], start=1):
        for _ in range(2):
            build(tmp_path, asked, content, program)
            assert asked.runs == runs
    forget_notes(tmp_path)
    build(tmp_path, asked, "b")
    assert asked.runs == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes().replace(b" 6", b" 7")),
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(b""),
        lambda file: (file.rename(file.with_name("moved")), file.symlink_to("moved")),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_notes_that_are_not_what_was_written_are_as_good_as_none(tmp_path: Path, damage: Any) -> None:
    asked = Counted()
    build(tmp_path, asked)
    (file,) = (tmp_path / NOTES).iterdir()
    damage(file)
    build(tmp_path, asked)
    assert asked.runs == 2


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b" 6", b""),
        (b" 6", b" {oops"),
        (b" 6", b' "six"'),
        (b" 6", b" [6]"),
        (b" 6", b" \xff"),
        (b"one", b""),
        (b" 6", b" " + b"[" * 100_000),
    ],
)
def test_whole_notes_that_no_build_wrote_are_as_good_as_none_too_and_replaced(
    tmp_path: Path, written: bytes, instead: bytes
) -> None:
    asked = Counted()
    build(tmp_path, asked)
    (file,) = (tmp_path / NOTES).iterdir()
    content = file.read_bytes()[SEAL:].replace(written, instead)
    file.write_bytes(sha256_of(content).encode() + content)
    for _ in range(2):
        build(tmp_path, asked)
        assert asked.runs == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none here")
def test_whatever_lies_in_the_place_of_notes_is_removed_and_nobody_waits_for_it(tmp_path: Path) -> None:
    place = tmp_path / NOTES
    for put in (os.mkfifo, Path.touch, lambda place: place.symlink_to(tmp_path)):
        put(place)
        forget_notes(tmp_path)
        assert not os.path.lexists(place)
    forget_notes(tmp_path)
    assert tmp_path.is_dir()


def test_a_store_that_takes_no_notes_ends_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, content: bytes) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(notes.Path, "write_bytes", refuse)
    build(tmp_path, Counted())
    assert not [*(tmp_path / NOTES).iterdir()]

"""`new`: a course that builds as it is, and another lesson of it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from netviz.command_line import main
from netviz.commands.new import files_of_a_course, new_course, new_lesson, slug
from netviz.course.reading import read_course
from netviz.site.reviewing.addresses import address_mistakes


@pytest.mark.vgg16
def test_a_new_course_builds_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    monkeypatch.chdir(tmp_path / "mine")
    assert main(["--strict"]) == 0
    assert "tabby" in Path("site", "where-it-looks.html").read_text("utf-8")
    assert Path(".gitignore").is_file() and Path(".github", "workflows", "publish.yml").is_file()


def test_a_new_lesson_is_read_in_every_language_and_stands_last(tmp_path: Path) -> None:
    new_course(tmp_path / "mine")
    content = tmp_path / "mine" / "content"
    site = (content / "site.yaml").read_text("utf-8").replace("[en]", "[en, zh]")
    site = site.replace("My course", "{en: Mine, zh: 我的}").replace(
        "What one network sees in my photos.", "{en: A, zh: 甲}"
    )
    (content / "site.yaml").write_text(site, "utf-8")
    credits = content / "pictures" / "credits.yaml"
    credits.write_text(
        credits.read_text("utf-8").replace("title: Chelsea the cat", "title: {en: Cat, zh: 猫}"), "utf-8"
    )
    assert [path.name for path in new_lesson('What "it" says: 50 %', content)] == ["en.md", "zh.md"]
    course = read_course(content, "compact")
    assert not course.mistakes
    assert [lesson.slug for lesson in course.lessons][-1] == "what-it-says-50"
    assert course.lessons[-1].texts["zh"].front.title == 'What "it" says: 50 %'
    assert {*course.experiments["what-it-says-50-answer"].wording} == {"en", "zh"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Größe & Form", "grosse-form"),
        ("Élan", "elan"),
        ("3 cats", "lesson-3-cats"),
        ("看哪里", "lesson-4"),
        ("--", "lesson-4"),
        ("a" * 300, "a" * 60),
    ],
)
def test_a_lesson_is_called_after_its_title_or_its_number(title: str, name: str) -> None:
    assert slug(title, 4) == name


def test_a_lesson_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new_course(tmp_path / "mine")
    content = tmp_path / "mine" / "content"
    written = (content / "lessons" / "02-where-it-looks" / "en.md").read_text("utf-8")
    assert main(["new", "lesson", "Where it looks", "--content", str(content)]) == 1
    assert "02-where-it-looks: is there already" in capsys.readouterr().err
    assert (content / "lessons" / "02-where-it-looks" / "en.md").read_text("utf-8") == written


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Index", "01-lesson-index"),
        ("Home", "01-lesson-home"),
        ("Methods", "01-lesson-methods"),
        ("Figures", "01-lesson-figures"),
        ("EN", "01-lesson-en"),
    ],
)
def test_a_lesson_gets_no_address_that_every_site_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str, name: str
) -> None:
    new_course(tmp_path)
    shutil.rmtree(tmp_path / "content" / "lessons")
    (tmp_path / "content" / "lessons").mkdir()
    (written,) = new_lesson(title, tmp_path / "content")
    assert written.parent.name == name
    assert not [*address_mistakes(read_course(tmp_path / "content", "compact"))]


def test_a_lesson_is_not_called_as_a_page_beside_the_lessons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_course(tmp_path)
    (tmp_path / "content" / "pages" / "about").mkdir()
    assert main(["new", "lesson", "--content", str(tmp_path / "content"), "About"]) == 1
    assert "about: is there already" in capsys.readouterr().err


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_course_elsewhere_may_be_named_before_and_after_the_title(
    tmp_path: Path, where: int, capsys: pytest.CaptureFixture[str]
) -> None:
    new_course(tmp_path / "my course")
    words = ["lesson", "Cats"]
    words[where:where] = ["--content", str(tmp_path / "my course" / "content")]
    assert main(["new", *words]) == 0
    assert f" serve --content '{tmp_path / 'my course' / 'content'}', which" in capsys.readouterr().err


def test_git_passes_over_what_is_made_and_the_authors_own_photos() -> None:
    """As the README and the page for authors say."""
    told = files_of_a_course()[Path(".gitignore")].read_text("utf-8").split()
    assert {"/site/", "/draft/", "/export/", "/.netviz/", "/content/own.yaml"} <= {*told}


@pytest.mark.parametrize("name", ["file.txt", ".hidden"])
def test_nothing_is_written_where_something_stands(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("mine", "utf-8")
    assert main(["new", str(tmp_path)]) == 1
    assert "holds something already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_course_is_begun_in_an_empty_folder_and_in_one_of_git(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert main(["new", str(tmp_path)]) == 0


@pytest.mark.parametrize("arguments", [["lesson"], ["folder", "title"], [], ["", "title"]])
def test_what_new_is_to_write_must_be_said(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["new", *arguments])
    assert stopped.value.code == 2


def test_a_lesson_needs_a_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "lesson", "Cats"]) == 1
    assert "there is no such folder" in capsys.readouterr().err


def test_a_build_without_a_course_tells_how_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert " new my-course` begins one" in capsys.readouterr().err


def test_a_command_that_there_is_not_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    for given, meant in (("serv", "serve"), ("neu", "new")):
        with pytest.raises(SystemExit):
            main([given])
        told = capsys.readouterr().err
        assert f"there is no command {given!r}: did you mean {meant!r}? allowed: serve, new, worker, scheduler" in told


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("build.py", "next: python build.py serve --content mine/content --to mine/site --store mine/.netviz"),
        ("/checkout/netviz/__main__.py", "next: python -m netviz serve --content mine/content"),
        ("/usr/bin/netviz", "next: cd mine && netviz serve"),
    ],
)
def test_what_comes_next_is_told_by_the_command_that_was_called(
    program: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [program])
    assert main(["new", "mine"]) == 0
    assert told in capsys.readouterr().err

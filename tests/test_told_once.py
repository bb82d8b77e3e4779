"""A mistake is told once, at its place: what follows from it is no mistake of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from netviz.command_line import main
from netviz.commands.new import PHOTO, new_course
from netviz.course.reading import read_course
from netviz.options import OwnPhoto

FIRST, SECOND = ("content/lessons/01-what-the-network-says/en.md", "content/lessons/02-where-it-looks/en.md")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new course of one language, where its author is."""
    new_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(course: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What a build tells, which ends with it before anything is run."""

    def told() -> str:
        assert main([]) == 1
        return capsys.readouterr().err

    return told


def replace(path: str, old: str, new: str) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("languages: [en]", "languages: en", "3:12: languages: a list is wanted"),
        ("languages: [en]", "languages: []", "3:12: languages: 1 or more entries are wanted"),
        ("languages: [en]", "languages: [en, en]", "3:12: languages: a language is named twice"),
        ("languages: [en]", "languages: [de]", "3:12: languages: neither netviz nor"),
        ("languages: [en]", "langauges: [en]", "3:1: unknown field 'langauges'"),
        ("title: My course", "title: &x My course", "1:8: anchors are not read here"),
        ("title: My course", "title: My: course", "1:10: a second colon"),
        ("languages: [en]", "languages: [en]\ntitle: Twice", "4:1: 'title' is given twice"),
    ],
)
def test_while_it_is_unknown_which_languages_a_course_has_no_title_is_wrong(
    told: Callable[[], str], old: str, new: str, place: str
) -> None:
    replace("content/site.yaml", old, new)
    said = told()
    assert f"content/site.yaml:{place}" in said and "1 to mend" in said, said


def test_who_has_one_language_and_does_not_say_so_is_told_how(told: Callable[[], str]) -> None:
    replace("content/site.yaml", "languages: [en]", "")
    assert "{en: …, zh: …}, or in site.yaml `languages: [en]`; found 'My course'" in told()


@pytest.mark.parametrize("name", ["12", "1.5", "What it says", "answer_1"])
def test_who_refers_to_an_experiment_without_a_proper_id_is_not_wrong_as_well(
    told: Callable[[], str], name: str
) -> None:
    replace(FIRST, "id: answer ", f"id: {name} ")
    replace(FIRST, "'answer'", f"'{name}'")
    replace("content/pages/home/en.md", "'answer'", f"'{name}'")
    said = told()
    assert f"{FIRST}:14:5: id: " in said and "1 to mend" in said, said


@pytest.mark.parametrize("fence", ["experiment", "question"])
def test_an_id_that_is_given_twice_is_told_once(told: Callable[[], str], fence: str) -> None:
    text = Path(FIRST).read_text("utf-8")
    begin = text.index(f"```{fence}\n")
    end = text.index("\n```\n", begin) + len("\n```\n")
    Path(FIRST).write_text(f"{text}\nAgain.\n\n{text[begin:end]}", "utf-8")
    said = told()
    assert "is taken by" in said and "1 to mend" in said, said


def test_what_has_no_id_is_not_among_the_names_that_are_allowed(told: Callable[[], str]) -> None:
    replace(FIRST, "id: answer ", "name: answer ")
    assert "\n    allowed: pixels, regions\n" in told()


def test_the_fields_that_are_allowed_are_those_of_the_place(told: Callable[[], str]) -> None:
    site = Path("content/site.yaml")
    text = site.read_text("utf-8")
    site.write_text(text + "tagleine: x\nparts:\n  - {titel: A, lessons: [where-it-looks]}\n", "utf-8")
    said = told()
    assert "did you mean 'tagline'? allowed: languages, title, tagline, address, parts, your_photo, notices\n" in said
    assert "did you mean 'title'? allowed: title, lessons\n" in said


def test_a_link_to_nowhere_is_told_where_it_stands(told: Callable[[], str]) -> None:
    replace(SECOND, "Grad-CAM asks", "See [the\nplan]() and [](), ![a](), then Grad-CAM asks")
    said = told()
    for place, message in (("5", "the link leads nowhere"), ("13", "a link needs words"), ("19", "the picture has no")):
        assert f"{SECOND}:20:{place}: {message}" in said, said
    assert "3 to mend" in said, said


def test_a_picture_elsewhere_is_told_once(told: Callable[[], str]) -> None:
    replace(SECOND, "Grad-CAM asks", "![A cat](https://example.org/cat.png)\n\nGrad-CAM asks")
    said = told()
    assert "readers load nothing from elsewhere" in said and "1 to mend" in said, said


def test_a_text_in_a_language_that_a_course_does_not_name_is_told_how_to_name_it(course: Path) -> None:
    (course / FIRST).with_name("zh.md").write_text("---\ntitle: 甲\nsummary: 乙。\n---\n\n丙\n", "utf-8")
    (warning,) = read_course(Path("content"), "compact").warnings
    assert warning.message == "is read by nobody"
    assert warning.hint == "`languages:` in site.yaml names those of the course: [en]"


def test_a_photo_of_the_authors_own_is_read_wherever_in_the_course_it_lies(course: Path) -> None:
    places = ("cat.png", "mine/cat.png", "lessons/01-what-the-network-says/cat.png")
    for place in places:
        (course / "content" / place).parent.mkdir(exist_ok=True)
        shutil.copy(course / PHOTO, course / "content" / place)
    content = Path("content")
    assert len(read_course(content, "compact").warnings) == 3
    (content / "own.yaml").write_text(f"- picture: {places[0]}\n- picture: mine/../{places[1]}\n", "utf-8")
    assert not read_course(content, "compact", [OwnPhoto(path=content / places[2])]).warnings

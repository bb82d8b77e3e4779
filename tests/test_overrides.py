"""Templates of a course's own: one by one they take the place of netviz's, and can do nothing but make a page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netviz.command_line import main
from netviz.installation import TEMPLATES

PLAIN = "---\ntitle: Words\nsummary: Nothing runs.\n---\n\nNo experiment here.\n"


@pytest.fixture
def course(course: Path) -> Path:
    """The small course without its experiments, and with a folder for templates of its own."""
    for text in (course / "lessons").rglob("*.md"):
        text.write_text(PLAIN, "utf-8")
    (course / "templates").mkdir()
    return course


def build(course: Path) -> int:
    """Next to the course."""
    return main(
        ["--content", str(course), "--store", str(course.parent / "store"), "--to", str(course.parent / "site")]
    )


def page(course: Path) -> str:
    return (course.parent / "site" / "first.html").read_text("utf-8")


def test_a_template_and_a_style_sheet_of_ones_own_take_the_place_of_netvizs(course: Path) -> None:
    assert build(course) == 0
    plain = page(course)
    lesson = (TEMPLATES / "lesson.html").read_text("utf-8")
    (course / "templates" / "lesson.html").write_text(lesson + "{# ours #}", "utf-8")
    shutil.copy(TEMPLATES / "style.css", course / "templates")
    assert build(course) == 0
    assert page(course) == plain, "another that says the same changes nothing"
    own = "<p>Course of physics</p>{% include 'foot.html' %}{% endblock %}".join(lesson.rsplit("{% endblock %}", 1))
    (course / "templates" / "lesson.html").write_text(own, "utf-8")
    (course / "templates" / "foot.html").write_text("<p>{{ 6 * 7 }}</p>", "utf-8")
    (course / "templates" / "style.css").write_text("body { color: teal }", "utf-8")
    assert build(course) == 0
    assert "<p>Course of physics</p><p>42</p>" in page(course)
    assert (course.parent / "site" / "assets" / "style.css").read_text("utf-8") == "body { color: teal }"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("{% extends 'base.html' %}\n{% blok body %}", 2, "not a template: Encountered unknown tag 'blok'"),
        ("<p>\n\n{{ nobody }}</p>", 3, "the template fails: 'nobody' is undefined"),
        ("<p>{{ 1 / 0 }}</p>", 1, "the template fails: division by zero"),
        ("{{ page.__class__.__mro__ }}", 1, "the template fails: access to attribute '__class__'"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", 1, "the template fails: access to attribute '__class__'"),
    ],
)
def test_a_mistake_in_a_template_is_told_at_its_line(
    text: str, line: int, told: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = course / "templates" / "lesson.html"
    place.write_text(text, "utf-8")
    assert build(course) == 1
    assert f"{place}:{line}:1: {told}" in capsys.readouterr().err
    assert not (course.parent / "site").exists()


def test_a_file_that_takes_no_templates_place_is_told_of(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "templates" / "lessons.html").write_text("<p>Never seen.</p>", "utf-8")
    assert build(course) == 0
    told = capsys.readouterr().err
    assert "lessons.html: takes the place of no template" in told and "did you mean 'lesson.html'?" in told

"""Bounds of Markdown: what would take minutes or fall over is refused at its line, and no lesson comes near them."""

from contextlib import suppress
from pathlib import Path

import pytest

from netviz import limits
from netviz.course.lessons import read_lesson, read_text, scan
from netviz.mistakes import Mistakes
from netviz.site.text.markup import inline_template, lesson_body

ROOT = Path(__file__).resolve().parents[1]
FRONT = "---\ntitle: A\nsummary: B\n---\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("[" * 9_000, "too many brackets"),
        ("![" * 900, "too many brackets"),
        ("[a](b " * 300, "too many brackets"),
        ("*a _b " * 600, "too many signs"),
        ("a " + "`" * 1_001, "too many signs"),
        (">" * 9_000, "nested too deeply"),
        ("> " * 13 + "a", "nested too deeply"),
        ("- " * 13 + "a", "nested too deeply"),
        ("1. " * 900, "nested too deeply"),
        (": " * 900, "nested too deeply"),
        ("[^a]: " * 100, "nested too deeply"),
        ("\n".join("    " * level + "- a" for level in range(14)), "nested too deeply"),
        ("\n".join("\t" * level + "- a" for level in range(14)), "nested too deeply"),
        ("a" * 10_001, "the paragraph is too long"),
        ("a\n" * 201, "too many lines"),
        ("|" * 41 + "\n" + "-|" * 41, "the table is too wide"),
        ("## a\n\n" * 301, "too many headings"),
        ("a\n-\n\n" * 301, "too many headings"),
        ("[^a] \n\n" * 301 + "[^a]: b", "too many footnotes"),
        ("a\n\n" * 70_000, "the text is too long"),
    ],
)
def test_what_is_beyond_the_bounds_is_refused_at_its_line(tmp_path: Path, body: str, reason: str) -> None:
    path = tmp_path / "en.md"
    path.write_text(f"{FRONT}First.\n\n{body}\n", "utf-8")
    with pytest.raises(Mistakes) as caught:
        lesson_body(read_text(path, "en"))
    assert reason in str(caught.value)
    assert all(mistake.line and mistake.line >= 5 and mistake.column for mistake in caught.value.mistakes)


@pytest.mark.parametrize(
    "body",
    [
        "- a\n    - b\n        1. c\n\n            > d\n",
        "from 0 to 1, so [0, 1), " * 20,
        "| a | b |\n|---|---|\n" + "| 1 | [2](a.html) |\n" * 190,
        "* * *\n\n- - -\n\n---\n",
        "> > > three\n> > two\n> one",
        "![a](b" * 20,
        "*" * 1_000,
        "_*" * 500,
        "**a __b " * 200,
        "- " * 10 + "a",
        "    " * 10 + "a",
        "a\n: b\n" * 66,
    ],
)
def test_what_is_within_the_bounds_is_read(body: str) -> None:
    assert not scan(body).faults
    with suppress(ValueError):  # some are no single paragraph
        inline_template(body)


def test_a_caption_has_the_same_bounds() -> None:
    with pytest.raises(ValueError, match="too many brackets"):
        inline_template("[" * 900)


def test_no_lesson_comes_near_the_bounds() -> None:
    for folder in (ROOT / "content" / "lessons").glob("[0-9]*"):
        for text in read_lesson(folder).texts.values():
            assert len(text.source) < limits.LESSON_CHARACTERS / 4
            assert max(map(len, text.markdown.split("\n\n"))) < limits.PARAGRAPH_CHARACTERS / 4

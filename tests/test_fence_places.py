"""What is wrong in the words of a fence is told at the word, however the words are quoted and folded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netviz.course.reading import read_course
from netviz.site.files.takeover import Takeover
from netviz.site.reviewing.proofreading import text_mistakes

NO_SITE = Takeover(Path("nowhere"))
FENCES = {
    "a caption": "```experiment\nid: it\nmethod: gradient\ncaption: %s\n```\n",
    "a question": "```question\nid: it\nask: %s\nchoices:\n  - {text: A, right: \"results['says'].target.rank > 1\"}\n"
    "  - {text: B, right: \"results['says'].target.rank < 2\"}\nbecause: So.\n```\n",
}
WRITTEN = {
    "plain": "One %s two",
    "single quotes": "'It''s one %s two'",
    "double quotes": r'"One \"\u4e2d\" %s two"',
    "lines of a plain text": "One\n  two %s\n  three",
    "lines kept": "|\n  One\n  two %s",
    "lines folded": ">-\n  One\n\n  two\n   three %s",
}
WRONG = {
    "a name that nobody knows": ("{{ results['says'].target.name }} and {{ HERE }}", "HERE"),
    "a name under a condition": ("{% if HERE > 1 %}x{% else %}y{% endif %}", "HERE"),
    "a filter that there is not": ("{{ 1 }} and {{ 1 | HERE }}", "HERE"),
    "an expression that is none": ("{{ 1 }} and {{ 1 + }}", "{{ 1 + }}"),
    "a brace": ("so {{ 1", "{{"),
    "raw HTML": ("so <b>", "<b>"),
    "emphasis": ("so **so", "**so"),
    "a formula": (r"so $\nosuch$", r"$\nosuch"),
    "a page that there is not": ("so [x](nowhere.html)", "nowhere.html"),
    "a slider that there is not": ("so [x](#nowhere@5)", "#nowhere@5"),
    "a number that there is not": ("{{ results['says'].numbers.HERE }}", "HERE"),
    "a fact that there is not": ("{{ results['says'].target.HERE }}", "HERE"),
    "a result that there is not": ("{{ results['HERE'].target.name }}", "HERE"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one lesson, which every test writes anew."""
    root, folder = Path(__file__).resolve().parents[1], tmp_path_factory.mktemp("course") / "content"
    shutil.copytree(root / "tests" / "course", folder)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(root / "content" / "pictures" / name, folder / "pictures")
    return folder


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("fence", FENCES)
def test_a_mistake_is_told_at_its_word(small: Path, fence: str, written: str, wrong: str) -> None:
    quoted = {"double quotes": ("\\", "\\\\"), "single quotes": ("'", "''")}.get(written, ("", ""))
    words, sought = (text.replace(*quoted) if quoted[0] else text for text in WRONG[wrong])
    lesson = small / "lessons" / "01-first" / "en.md"
    original = lesson.read_text("utf-8")
    text = original + "\n" + FENCES[fence] % (WRITTEN[written] % words)
    lesson.write_text(text, "utf-8")
    try:
        course = read_course(small, "compact")
        told = "\n".join(map(str, [*course.mistakes, *text_mistakes(course, NO_SITE)]))
    finally:
        lesson.write_text(original, "utf-8")
    before = text[: text.index(sought, len(original))]
    assert f"en.md:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: " in told, told

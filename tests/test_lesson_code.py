"""The code in the real course's lessons runs, from the first block to the last, as a reader who downloads it would.

Half a minute of a processor for all of it: by default the lessons of `SHARE` are run, all with ``NETVIZ_NIGHTLY=1``.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from netviz import networks
from netviz.course.lessons import LessonText
from netviz.course.reading import read_course
from netviz.site.files.notebook import code_blocks, is_python, script

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT / "content", "compact")
SHARE = {"the-black-box", "what-a-unit-looks-for", "limits-and-questions"}
NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))


def shape_of(text: LessonText) -> str:
    """The code of a text without the words between its quotes."""
    tree = ast.parse(script(text, ""))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def scripts() -> Iterator[tuple[str, str]]:
    """The page and the language of every script; of those that differ in their words alone, the first."""
    for lesson in COURSE.pages:
        shapes: set[str] = set()
        for text in lesson.written:
            if code_blocks(text) and (shape := shape_of(text)) not in shapes:
                shapes.add(shape)
                yield lesson.slug, text.language


SCRIPTS = [*scripts()]

NOT_RUN = {
    ("write-a-lesson", "console"): "commands, which build a site",
    ("write-a-lesson", "markdown"): "what an author writes: fences, which other tests read",
    ("write-a-lesson", "text"): "a list of photos, as an author writes it",
    ("write-a-lesson", "yaml"): "what an author writes",
    ("the-code-then-and-now", "py"): "the article's, for the Keras of 2017; the lesson says line by line why it fails",
}
"""Blocks that no reader is told to run, by their page and the language that their fence names; and why."""


def blocks_not_run() -> Iterator[tuple[str, str]]:
    for lesson in COURSE.pages:
        for text in lesson.written:
            yield from ((lesson.slug, span.syntax) for span in text.spans_of("code") if not is_python(span))


def test_no_block_is_left_out_in_silence() -> None:
    assert {*blocks_not_run()} == NOT_RUN.keys()
    assert {slug for slug, _ in SCRIPTS} >= SHARE and len(SCRIPTS) >= 15


def test_what_a_lesson_shows_of_pytorch_is_what_was_measured() -> None:
    """The benchmark needs PyTorch, which no test has: so its code is held against the lesson's, but for comments."""
    _, measured, _ = (ROOT / "tests/bench/five_steps.py").read_text("utf-8").split("# ---\n")
    lesson = next(lesson for lesson in COURSE.pages if lesson.slug == "the-code-then-and-now")
    for text in lesson.written:
        (shown,) = (span.source for span in text.spans_of("code") if "import torch" in span.source)
        assert ast.unparse(ast.parse(shown)) == ast.unparse(ast.parse(measured)), text.language


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader runs it: beside the course, and where files may be written."""
    place = tmp_path_factory.mktemp("reader")
    (place / "content").symlink_to(ROOT / "content")
    return place


OPEN = cache(networks.open_network)


@pytest.mark.vgg16
@pytest.mark.parametrize(("slug", "language"), SCRIPTS)
@pytest.mark.filterwarnings("default")  # a reader's Python tells of them and goes on
def test_a_lessons_script_runs(slug: str, language: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if slug not in SHARE and not NIGHTLY:
        pytest.skip("a nightly test, but for some lessons")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(networks, "open_network", OPEN)  # which takes most of the time, and is the same for all
    text = next(lesson.texts[language] for lesson in COURSE.pages if lesson.slug == slug)
    exec(compile(script(text, "A reader's copy."), slug, "exec"), {"__name__": "__main__"})

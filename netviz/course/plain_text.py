"""Plain text: titles, summaries and credits are shown as they are written, so signs of Markdown in them are told of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from netviz.course.lessons import Lesson, LessonText
from netviz.mistakes import Mistake

SIGN = re.compile(r"\{\{|\{%|\*\*|\]\(|\$\$|\[\^|`[^`]+`|\$[^\s$][^$]*\$")
MESSAGE = "would be shown as it stands: this is plain text"
HINT = "expressions, formulas and emphasis work in a lesson's text and in captions"


def plain_text_warnings(lessons: Iterable[Lesson], files: Iterable[Path]) -> Iterator[Mistake]:
    """A warning for each line of a front matter, an alternative text, labels or some YAML files that has such signs."""
    for lesson in lessons:
        for text in lesson.written:
            lines = text.source.split("\n")
            for number in (*range(1, text.first_line), *_alternatives(text)):
                yield from _warning(text.path, number, lines[number - 1])
    for path in files:
        for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1):
            yield from _warning(path, number, line)


def _alternatives(text: LessonText) -> Iterator[int]:
    """The lines of the alternative texts and labels of experiments."""
    for span in text.spans_of("experiment"):
        for number, line in enumerate(span.source.split("\n"), start=span.line):
            if re.match(r" *(alt|labels):", line):
                yield number


def _warning(path: Path, number: int, line: str) -> Iterator[Mistake]:
    if match := SIGN.search(line.partition(" #")[0]):
        yield Mistake(path, f"{match[0]} {MESSAGE}", line=number, column=match.start() + 1, text=line, hint=HINT)

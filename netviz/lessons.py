"""Reading lessons: Markdown with front matter, fences, formulas and expressions, each with its place.

Python-Markdown forgets line numbers and would mangle formulas and Jinja expressions. So a lesson is scanned first:
every fence, formula and expression is lifted out with its line and column and leaves a token, which Markdown lets
through untouched. What the tokens stand for is put back by `netviz.site.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.text_files import read_text_file
from netviz.yaml_places import read_yaml

LANGUAGES = ("en", "zh")  # the first carries the experiments' specs
TOKEN = "\ue000{}\ue001"
TOKEN_PATTERN = re.compile("\ue000(\\d+)\ue001")

SpanKind = Literal["experiment", "question", "expression", "statement", "comment", "inline formula", "display formula"]

FENCES = ("experiment", "question")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class FrontMatter(BaseModel):
    """What stands between the ``---`` lines at the top of a lesson."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str
    learn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a lesson that is not Markdown, and where its ``source`` begins (line and column from 1)."""

    kind: SpanKind
    source: str
    line: int
    column: int


@dataclass(frozen=True)
class LessonText:
    """A lesson in one language: ``markdown`` with a token in the place of each span."""

    path: Path
    language: str
    source: str
    front: FrontMatter
    markdown: str
    first_line: int  # where the body begins in the file
    spans: tuple[Span, ...]

    def spans_of(self, kind: SpanKind) -> Iterator[Span]:
        return (span for span in self.spans if span.kind == kind)

    def mistake(self, message: str, line: int, column: int = 1, hint: str = "") -> Mistake:
        """A mistake at a place of this file, with the line itself."""
        lines = self.source.splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return Mistake(self.path, message, line, column, text, hint)


@dataclass(frozen=True)
class Lesson:
    """A lesson in all its languages."""

    slug: str
    texts: dict[str, LessonText]


def read_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Every lesson of a folder in order: one sub-folder each, ``NN-slug`` with ``en.md`` and ``zh.md``.

    Raises Mistakes with all that is wrong in any of them.
    """
    lessons: list[Lesson] = []
    mistakes: list[Mistake] = []
    for lesson_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        with gathered(mistakes):
            lessons.append(read_lesson(lesson_folder))
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(lessons)


def read_lesson(folder: Path) -> Lesson:
    """The lesson of one folder, in all languages. Raises Mistakes."""
    texts: dict[str, LessonText] = {}
    mistakes: list[Mistake] = []
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if not path.is_file():
            mistakes.append(Mistake(path, f"the lesson has no text in {language!r}"))
            continue
        with gathered(mistakes):
            texts[language] = read_text(path, language)
    if mistakes:
        raise Mistakes(mistakes)
    return Lesson(re.sub(r"^\d+-", "", folder.name), texts)


def read_text(path: Path, language: str) -> LessonText:
    """One language's Markdown file. Raises Mistakes."""
    source = read_text_file(path)
    front, first_line, body = _split_front_matter(path, source)
    markdown, spans = scan(body, first_line)
    return LessonText(path, language, source, front, markdown, first_line, spans)


def _split_front_matter(path: Path, source: str) -> tuple[FrontMatter, int, str]:
    match = re.match(r"---[ \t]*\n(.*?\n)---[ \t]*\n", source, re.DOTALL)
    if not match:
        hint = "begin the file with --- , a line `title: …`, a line `summary: …`, and --- again"
        first = source.partition("\n")[0]
        raise Mistakes([Mistake(path, "there is no front matter", 1, 1, first, hint)])
    values, places = read_yaml(match[1], path, first_line=2)
    try:
        front = FrontMatter.model_validate(values or {})
    except ValidationError as error:
        raise Mistakes(places.mistakes(error, allowed=list(FrontMatter.model_fields))) from None
    return front, match[0].count("\n") + 1, source[match.end() :]


_FENCE = re.compile(r"^(?P<indent> {0,3})(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$")
_INLINE = re.compile(
    r"(?P<escaped>\\[\\$`{])"
    r"|(?P<code>(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<expression>\{\{.*?\}\})"
    r"|(?P<statement>\{%.*?%\})"
    r"|(?P<comment>\{#.*?#\})"
    r"|(?P<display>\$\$(?P<display_source>.+?)\$\$)"
    r"|(?P<formula>\$(?P<formula_source>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?!\d))",
    re.DOTALL,
)


def scan(body: str, first_line: int = 1) -> tuple[str, tuple[Span, ...]]:
    """Lift fences of experiments and questions, formulas and expressions out of Markdown; other code stays as it is.

    Returns the Markdown with tokens, and the spans in order.
    """
    spans: list[Span] = []
    pieces: list[str] = []

    def lift(kind: Any, source: str, line: int, column: int) -> str:
        spans.append(Span(kind, source, line, column))
        return TOKEN.format(len(spans) - 1)

    for is_fence, text, line in blocks(body, first_line):
        if not is_fence:
            pieces.append(_scan_inline(text, line, lift))
            continue
        lifted = next((kind for kind in FENCES if code_block(text, kind) is not None), None)
        if lifted:
            pieces.append(f"\n{lift(lifted, code_block(text, lifted) or '', line + 1, 1)}\n\n")
        else:
            pieces.append(text)
    return "".join(pieces), tuple(spans)


@cache
def fence_id(source: str) -> str:
    """The id that a fence names; empty if it names none, or none that can be one."""
    try:
        values, _ = read_yaml(source, Path())
    except Mistakes:  # told where the fence is read; what it seems to be called is not missing as well
        match = re.search(r"""\bid['"]?: *['"]?([\w-]+)""", source)
        name = match[1] if match else ""
    else:
        name = str(values.get("id", "")) if isinstance(values, dict) else ""
    return name if NAME.fullmatch(name) else ""


def code_block(block: str, syntax: str) -> str | None:
    """The code inside a fenced block, if it is of that syntax."""
    opening, *content = block.rstrip("\n").split("\n")
    match = _FENCE.match(opening)
    if not match or match["info"].strip() != syntax:
        return None
    closed = content and _closes(content[-1], match["mark"])
    return "\n".join(content[:-1] if closed else content) + "\n"


def blocks(body: str, first_line: int = 1) -> Iterator[tuple[bool, str, int]]:
    """Cut into fenced code blocks and what stands between them: (is it a fence, text, its first line)."""
    lines = body.splitlines(keepends=True)
    start = position = 0
    while position < len(lines):
        match = _FENCE.match(lines[position].rstrip("\n"))
        if not match:
            position += 1
            continue
        if start < position:
            yield False, "".join(lines[start:position]), first_line + start
        start = position
        position += 1
        while position < len(lines) and not _closes(lines[position], match["mark"]):
            position += 1
        position = min(position + 1, len(lines))
        yield True, "".join(lines[start:position]), first_line + start
        start = position
    if start < len(lines):
        yield False, "".join(lines[start:]), first_line + start


def _closes(line: str, mark: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}


def _scan_inline(text: str, first_line: int, lift: Any) -> str:
    def replace(match: re.Match[str]) -> str:
        start = match.start()
        line = first_line + text.count("\n", 0, start)
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        if match["expression"] or match["statement"] or match["comment"]:
            kind = next(kind for kind in ("expression", "statement", "comment") if match[kind])
            return str(lift(kind, match[0], line, column))
        if match["display"]:
            return str(lift("display formula", match["display_source"].strip(), line, column))
        if match["formula"]:
            return str(lift("inline formula", match["formula_source"], line, column))
        return match[0]

    return _INLINE.sub(replace, text)

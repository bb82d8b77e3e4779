"""Reading lessons: Markdown with front matter, fences, formulas and expressions, each with its place.

Python-Markdown forgets line numbers and would mangle formulas and Jinja expressions. So a lesson is scanned first:
every fence, formula and expression is lifted out with its line and column and leaves a token, which Markdown lets
through untouched. What the tokens stand for is put back by `netviz.site.text.markup`.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema

from netviz.course.blocks import Fault, Fence, Line, blocks
from netviz.course.bounds import excess_of_sections, excess_of_text, excesses_of_paragraph
from netviz.languages.known import DEFAULT, FIRST
from netviz.limits import INDENTATION
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.refusals import stands
from netviz.remembered import remembered
from netviz.text_files import read_text_file
from netviz.yaml_places import Places, read_yaml

TOKEN = "\ue000{}\ue001"
BLANK = "\ue004"  # stands for a character of code or of what was lifted out
TOKEN_PATTERN = re.compile("\ue000(\\d+)\ue001")

SpanKind = Literal[
    "experiment",
    "question",
    "code",
    "expression",
    "statement",
    "comment",
    "inline formula",
    "display formula",
    "reference",
]

FENCES = ("experiment", "question")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CLOSE = 0.75  # how alike a fence's word must be to one of ours to be asked about


def _has_words(text: str) -> str:
    if not text.strip():
        raise ValueError("a text is wanted, not an empty one")
    return text


Words = Annotated[str, AfterValidator(_has_words), WithJsonSchema({"type": "string", "pattern": r"\S"})]


class FrontMatter(BaseModel):
    """What stands between the ``---`` lines at the top of a lesson; ``pictures`` are those of its gallery."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    summary: Words
    learn: tuple[Words, ...] = ()
    pictures: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A piece of a lesson that is not Markdown, and where it begins (line and column from 1).

    The ``source`` of an experiment or a question begins in the line after its fence's, and its lines have the columns
    of the file; that of code is dedented, and ``syntax`` is the language that its fence names.
    """

    kind: SpanKind
    source: str
    line: int
    column: int
    syntax: str = ""


@dataclass(frozen=True, kw_only=True)
class LessonText:
    """A lesson in one language: ``markdown`` with a token in the place of each span; ``prose`` as in `Scan`."""

    path: Path
    language: str
    source: str
    front: FrontMatter
    markdown: str
    first_line: int  # where the body begins in the file
    spans: tuple[Span, ...]
    prose: Mapping[int, str] = field(default_factory=dict, hash=False, compare=False)
    first: str = FIRST  # the course's first language

    def spans_of(self, kind: SpanKind) -> Iterator[Span]:
        return (span for span in self.spans if span.kind == kind)

    @property
    def answering(self) -> frozenset[str]:
        """The experiments that follow a question with nothing between: their figures would give its answer away."""
        found: set[str] = set()
        asked, end = False, 0
        for token in TOKEN_PATTERN.finditer(self.markdown):
            span, near = self.spans[int(token[1])], not self.markdown[end : token.start()].strip()
            asked = span.kind == "question" or (asked and near and span.kind == "experiment")
            if asked and span.kind == "experiment":
                found.add(fence_id(span.source))
            end = token.end()
        return frozenset(found)

    def mistake(self, message: str, line: int, column: int = 1, hint: str = "") -> Mistake:
        """A mistake at a place of this file, with the line itself."""
        lines = self.source.split("\n")
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return Mistake(self.path, message, line=line, column=column, text=text, hint=hint)


@dataclass(frozen=True)
class Lesson:
    """A lesson in all languages of the course; ``texts`` has the first one's for those in which there is none."""

    slug: str
    texts: Mapping[str, LessonText]

    @property
    def first(self) -> LessonText:
        """The text in the course's first language, which carries the experiments' specs."""
        return next(iter(self.texts.values()))

    @property
    def written(self) -> list[LessonText]:
        """The texts that there are, the first one first."""
        return [text for language, text in self.texts.items() if text.language == language]

    @property
    def folder(self) -> Path:
        """Where its texts stand."""
        return self.first.path.parent


def read_lessons(folders: Iterable[Path], languages: Sequence[str] = DEFAULT) -> tuple[Lesson, ...]:
    """The lessons of some folders, each ``NN-slug`` with a text for each of the languages, such as ``en.md``.

    Raises Mistakes with all that is wrong in any of them.
    """
    lessons: list[Lesson] = []
    mistakes: list[Mistake] = []
    for folder in folders:
        with gathered(mistakes):
            lessons.append(read_lesson(folder, languages))
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(lessons)


def read_lesson(folder: Path, languages: Sequence[str] = DEFAULT) -> Lesson:
    """The lesson of one folder, in all languages; the first one's text is needed. Raises Mistakes."""
    first = languages[0]
    texts: dict[str, LessonText] = {}
    mistakes: list[Mistake] = []
    for language in languages:
        path = folder / f"{language}.md"
        if stands(path):
            with gathered(mistakes):
                texts[language] = read_text(path, language, first)
        elif language == first:
            mistakes.append(Mistake(path, f"the lesson has no text in {first!r}"))
    if mistakes:
        raise Mistakes(mistakes)
    complete = {language: texts.get(language, texts[first]) for language in languages}
    return Lesson(re.sub(r"^\d+-", "", folder.name), complete)


def read_text(path: Path, language: str, first: str = FIRST) -> LessonText:
    """One language's Markdown file; ``first`` is the course's first language. Raises Mistakes."""
    source = read_text_file(path)
    front, first_line, body = _split_front_matter(path, source)
    found = scan(body, first_line)
    text = LessonText(
        path=path,
        language=language,
        source=source,
        front=front,
        markdown=found.markdown,
        first_line=first_line,
        spans=found.spans,
        prose=found.prose,
        first=first,
    )
    if found.faults:
        raise Mistakes(text.mistake(one.message, one.line, one.column, one.hint) for one in found.faults)
    return text


_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*\n", re.DOTALL)


def front_matter_places(path: Path, source: str) -> Places:
    """Where the entries of a text's front matter stand, once it is known that it can be read."""
    match = _FRONT_MATTER.match(source)
    return read_yaml(match[1] if match else "", path, first_line=2)[1]


def _split_front_matter(path: Path, source: str) -> tuple[FrontMatter, int, str]:
    match = _FRONT_MATTER.match(source)
    if not match:
        hint = "begin the file with --- , a line `title: …`, a line `summary: …`, and --- again"
        first = source.partition("\n")[0]
        raise Mistakes([Mistake(path, "there is no front matter", line=1, column=1, text=first, hint=hint)])
    values, places = read_yaml(match[1], path, first_line=2)
    front = places.checked(values or {}, FrontMatter, list(FrontMatter.model_fields))
    return front, match[0].count("\n") + 1, source[match.end() :]


_INLINE = re.compile(
    r"(?P<escaped>\\(?:\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|[\\$`{}%#]))"
    r"|\\eqref\{(?P<reference>[^{}\n]*)\}"
    r"|(?P<code>(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<expression>\{\{.*?\}\})"
    r"|(?P<statement>\{%.*?%\})"
    r"|(?P<comment>\{#.*?#\})"
    r"|(?P<display>\$\$(?P<display_source>.+?)\$\$)"
    r"|(?P<formula>\$(?P<formula_source>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?!\d))"
    r"|(?P<stray>\{\{|\}\}|\{%|%\}|\{#|#\}|\$\$)",
    re.DOTALL,
)
STRAY = "stands alone: an expression is {{ … }}, a statement {% … %}, a comment {# … #}, a formula $$ … $$"
STRAY_HINT = (
    "each ends in the paragraph in which it begins; to show the signs, put them in `code`, or write \\ before them"
)


@dataclass(frozen=True)
class Scan:
    """A text without what is not Markdown: ``markdown`` with a token in the place of each span.

    ``prose`` is the text as it stands in its file, line by line, with `BLANK` for every character that is no prose.
    """

    markdown: str
    spans: tuple[Span, ...]
    prose: Mapping[int, str]
    faults: tuple[Fault, ...]


def _as_plain(found: Scan) -> list[Any] | None:
    """A text without faults as JSON can hold it."""
    spans = [(one.kind, one.source, one.line, one.column, one.syntax) for one in found.spans]
    return None if found.faults else [found.markdown, spans, [*found.prose.items()]]


def _from_plain(plain: list[Any]) -> Scan:
    markdown, spans, prose = plain
    names = ("kind", "source", "line", "column", "syntax")
    return Scan(markdown, tuple(Span(**dict(zip(names, one, strict=True))) for one in spans), dict(prose), ())


@remembered(_as_plain, _from_plain)
def scan(body: str, first_line: int = 1) -> Scan:
    """Lift fences, formulas and expressions out of Markdown; code within a line stays as it is."""
    if too_much := excess_of_text(body):
        return Scan("", (), {}, (Fault(too_much, first_line, 1),))
    return _Scanner(first_line).scanned(blocks(body, first_line))


class _Scanner:
    """Reads a text's blocks from the first to the last, and keeps what it finds."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.pieces: list[str] = []
        self.spans: list[Span] = []
        self.prose: dict[int, str] = {}
        self.faults: list[Fault] = []

    def scanned(self, found: Iterable[Line | Fence | Fault]) -> Scan:
        paragraph: list[Line] = []
        for block in found:
            if isinstance(block, Line) and block.text.strip(" >") and not block.is_code:
                paragraph.append(block)
                continue
            self._paragraph(paragraph)
            paragraph = []
            if isinstance(block, Line):
                self.pieces.append(block.text)
            elif isinstance(block, Fence):
                self.pieces.append(block.prefix + self._fence(block))
            else:
                self.faults.append(block)
        self._paragraph(paragraph)
        markdown = "\n".join(self.pieces)
        if too_much := excess_of_sections(markdown):
            self.faults.append(Fault(too_much, self.first_line, 1))
        return Scan(markdown, tuple(self.spans), self.prose, tuple(self.faults))

    def _fence(self, fence: Fence) -> str:
        if fence.info in FENCES:
            return self._lift(Span(kind=cast(SpanKind, fence.info), source=fence.source, line=fence.line + 1, column=1))
        if meant := _nearly_ours(fence.info):
            message = f"no fence is called {fence.info!r}; did you mean {meant!r}?"
            self.faults.append(
                Fault(message, fence.line, fence.column, f"then its first line is ```{meant} and no more")
            )
        return self._lift(
            Span(kind="code", source=fence.dedented, line=fence.line, column=fence.column, syntax=fence.info)
        )

    def _lift(self, span: Span) -> str:
        self.spans.append(span)
        return TOKEN.format(len(self.spans) - 1)

    def _paragraph(self, lines: Sequence[Line]) -> None:
        """The lines up to a blank one: nothing that is lifted out goes beyond."""
        if not lines:
            return
        excesses = [*excesses_of_paragraph([line.text for line in lines])]
        if excesses:
            self.faults += [
                Fault(reason, lines[number].number, max(1, column + lines[number].shift + 1))
                for number, column, reason in excesses
            ]
            return
        text = "\n".join(line.text for line in lines)
        starts = [0, *accumulate(len(line.text) + 1 for line in lines)]
        prose: list[str] = []
        markdown: list[str] = []
        end = 0
        for match in _INLINE.finditer(text):
            index = bisect(starts, match.start()) - 1
            column = match.start() - starts[index] + 1 + lines[index].shift
            alone = _INLINE.fullmatch(_without_prefixes(match[0], lines[index + 1 :])) or match
            markdown += [text[end : match.start()], self._inline(alone, lines[index].number, column) or match[0]]
            prose += [text[end : match.start()], match["stray"] or _blank(match[0])]
            end = match.end()
        self.pieces.append("".join([*markdown, text[end:]]))
        for line, words in zip(lines, "".join([*prose, text[end:]]).split("\n"), strict=True):
            self.prose[line.number] = words[-line.shift :] if line.shift < 0 else " " * line.shift + words

    def _inline(self, match: re.Match[str], line: int, column: int) -> str:
        """What stands in Markdown for a match; nothing if it stays as it is."""
        for kind in ("expression", "statement", "comment"):
            if match[kind]:
                return self._lift(Span(kind=kind, source=match[0], line=line, column=column))
        if match["display"]:
            return self._lift(
                Span(kind="display formula", source=match["display_source"].strip(), line=line, column=column)
            )
        if match["formula"]:
            return self._lift(Span(kind="inline formula", source=match["formula_source"], line=line, column=column))
        if match["reference"] is not None:
            return self._lift(Span(kind="reference", source=match["reference"], line=line, column=column))
        if match["stray"]:
            self.faults.append(Fault(f"{match[0]} {STRAY}", line, column, STRAY_HINT))
        return ""


def _without_prefixes(text: str, following: Sequence[Line]) -> str:
    """A piece of several lines without what stands before the later ones for the lists and quotes around them."""
    first, *others = text.split("\n")
    return "\n".join([first, *(other[line.before :] for other, line in zip(others, following, strict=False))])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", BLANK, text)


def _nearly_ours(info: str) -> str:
    """The fence that somebody meant who wrote this, if it is one of ours with a slip."""
    word = re.match(r"[{.\s]*([\w-]*)", info)
    close = get_close_matches(word[1].lower() if word else "", FENCES, 1, CLOSE)
    return close[0] if close else ""


@cache
def fence_id(source: str) -> str:
    """The id that a fence names; empty if it names none, or none that can be one."""
    name = called(source)
    return name if NAME.fullmatch(name) else ""


def called(source: str) -> str:
    """What a fence seems to be called, be it a name or not: ``12``; empty if nothing says."""
    try:
        values, _ = read_yaml(source, Path(), tab=INDENTATION)
    except Mistakes:  # told where the fence is read; what it seems to be called is not missing as well
        match = re.search(r"""\bid['"]?: *['"]?([\w-]+)""", source)
        return match[1] if match else ""
    return str(values.get("id", "")) if isinstance(values, dict) else ""

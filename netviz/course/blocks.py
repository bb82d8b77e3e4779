"""The block structure of Markdown: fences and lines of prose, each in the containers that it stands in.

Python-Markdown knows fences only at the left margin, nested lists only at four spaces, and no list right under a
paragraph. So lines are read here as CommonMark reads them (lists, quotes) and as Python-Markdown's extensions do
(boxes, footnotes, definitions), and given back as Python-Markdown wants them, with their places in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netviz.limits import INDENTATION as TAB
from netviz.limits import NESTING

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_RULE = re.compile(r"([-*_])(?: *\1){2,} *")
_ITEM = re.compile(r"(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap> +)(?=\S)")
_BOX = re.compile(r"(?:!!!|\?\?\?\+?) *[\w\"-]")
_OTHER = re.compile(r"\[\^[^\]]+\]:|: {1,3}(?=\S)")  # a footnote, a definition
_ALONE = re.compile(rf"#|={{3,}} *$|{_RULE.pattern}$|{_BOX.pattern}")  # no paragraph goes on from such a line


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose for Python-Markdown; ``shift`` is what its columns in the file have more than those here."""

    text: str
    number: int
    shift: int = 0
    is_code: bool = False  # indented by four spaces and more


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: the words after its opening mark, its lines as they stand in the file, with their columns.

    ``line`` and ``column`` are of the opening; ``prefix`` is what stands before a block in its place.
    """

    info: str
    source: str
    line: int
    column: int
    prefix: str

    @property
    def dedented(self) -> str:
        """The lines without the columns that stand left of the fence."""
        return (
            re.sub(rf"^ {{1,{self.column - 1}}}", "", self.source, flags=re.MULTILINE)
            if self.column > 1
            else self.source
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """What can't be read, and where: line and column from 1."""

    message: str
    line: int
    column: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """A line of the file, less the ``start`` columns of the quotes around it."""

    text: str
    number: int
    start: int

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.stripped)

    @property
    def stripped(self) -> str:
        return self.text.lstrip(" ")


@dataclass(frozen=True, slots=True)
class _Container:
    """An open container: where it begins, where what it holds begins, and the kind of list that it is an item of."""

    indent: int
    content: int
    listed: str = ""


def blocks(body: str, first_line: int = 1) -> Iterator[Line | Fence | Fault]:
    """The blocks of a text in order; ``first_line`` is where it begins in its file."""
    lines = [
        _Source(line.expandtabs(TAB) if line[:1].isspace() else line, number, 0)
        for number, line in enumerate(body.split("\n"), start=first_line)
    ]
    return _blocks(lines, "", 0)


def _blocks(lines: Sequence[_Source], prefix: str, quotes: int) -> Iterator[Line | Fence | Fault]:
    opened: list[_Container] = []
    blank = True  # whether nothing can go on from the line before
    code = False  # whether that is a line of code by its indentation
    paragraph = False  # whether a list that begins here would stand right under a paragraph
    position = 0
    while position < len(lines):
        line = lines[position]
        stripped = line.stripped
        position += 1
        if not stripped:
            yield Line(prefix.rstrip(), line.number)
            blank, paragraph = True, False
            continue
        fence = _opening(stripped)
        item = None if _RULE.fullmatch(stripped) else _ITEM.match(stripped)
        container = item or _BOX.match(stripped) or _OTHER.match(stripped)
        closed: list[_Container] = []
        if blank or fence or container or stripped[0] == ">":
            while opened and opened[-1].content > line.indent:
                closed.append(opened.pop())
        deeper = line.indent - (opened[-1].content if opened else 0)
        indentation = prefix + " " * TAB * len(opened)
        if fence and deeper >= TAB:
            hint = "indent it as the text around it, or show it within a longer fence at the margin"
            message = "a fence that is indented by four spaces or more, in no list or box, would be shown and not read"
            yield Fault(message, line.number, line.start + line.indent + 1, hint)
            position = _after(lines, position, fence["mark"])
        elif deeper >= TAB:
            code = code or blank
            yield _line(line, indentation + " " * deeper, is_code=code)
            blank = False
            continue
        elif fence:
            start, end = position, _end(lines, position, fence["mark"])
            position, after = end + 1, lines[end + 1 : end + 2]
            if not blank:
                yield Line(indentation.rstrip(), line.number)
            yield _fence(line, fence, lines[start:end], indentation, end < len(lines))
            if after and after[0].stripped:
                yield Line(indentation.rstrip(), line.number)
            blank, code, paragraph = True, False, False
            continue
        elif len(opened) + quotes == NESTING and (container or stripped[0] == ">"):
            message = f"is nested too deeply: {NESTING} lists, boxes and quotes in one another are the limit"
            yield Fault(message, line.number, line.start + line.indent + 1)
        elif stripped[0] == ">":
            end = next((n for n in range(position, len(lines)) if lines[n].stripped[:1] != ">"), len(lines))
            yield from _blocks(list(map(_unquoted, lines[position - 1 : end])), f"{indentation}> ", quotes + 1)
            position, paragraph = end, True
        elif item and (closed or blank or not paragraph or item["number"] in (None, "1")):
            listed = "numbers" if item["number"] else "bullets"
            if not blank and (paragraph or (closed and closed[-1].listed != listed)):
                yield Line(prefix.rstrip(), line.number)
            marker = f"{item['number']}." if item["number"] else item["marker"]
            yield _line(line, indentation + marker, len(item["marker"]))
            if inner := _opening(stripped[item.end() :]):
                yield _not_alone(line, item.end())
                position = _after(lines, position, inner["mark"])
            width = len(item["marker"]) + (len(item["gap"]) if len(item["gap"]) <= TAB else 1)
            opened.append(_Container(line.indent, line.indent + min(width, TAB), listed))
            paragraph = False
        elif container and not item:
            yield _line(line, indentation)
            if inner := _opening(stripped[container.end() :].lstrip()):
                yield _not_alone(line, container.end())
                position = _after(lines, position, inner["mark"])
            opened.append(_Container(line.indent, line.indent + TAB))
            paragraph = False
            inside = next((other for other in lines[position:] if other.stripped), None)
            if _BOX.match(stripped) and (inside is None or inside.indent < opened[-1].content):
                yield Fault(
                    "the box is empty", line.number, line.start + line.indent + 1, "indent its text by four spaces"
                )
        else:
            moved = opened and (blank or not opened[-1].listed)  # what goes on in an item's paragraph can stay
            yield _line(line, indentation) if moved else Line(prefix + line.text, line.number, line.start - len(prefix))
            paragraph = paragraph or blank
        code, blank = False, bool(_ALONE.match(stripped))
        paragraph = paragraph and not blank


def _opening(stripped: str) -> re.Match[str] | None:
    """The line as one that opens a fence; after backticks with further ones it is code within a line."""
    match = _FENCE.match(stripped)
    return match if match and not (match["mark"][0] == "`" and "`" in match["info"]) else None


def _end(lines: Sequence[_Source], position: int, mark: str) -> int:
    """The line that closes a fence; past the last one, if none does."""
    return next((n for n in range(position, len(lines)) if _closes(lines[n].stripped, mark)), len(lines))


def _after(lines: Sequence[_Source], position: int, mark: str) -> int:
    """The line after a fence; the next one, if it is never closed."""
    end = _end(lines, position, mark)
    return end + 1 if end < len(lines) else position


def _closes(stripped: str, mark: str) -> bool:
    stripped = stripped.rstrip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}


def _fence(
    line: _Source, opening: re.Match[str], inside: Sequence[_Source], indentation: str, closed: bool
) -> Fence | Fault:
    mark = opening["mark"]
    column = line.start + line.indent + 1
    others = (other for other in inside if (match := _opening(other.stripped)) and match["mark"].startswith(mark))
    if other := next((other for other in others if not _closes(other.stripped, mark)), None):
        message = f"the fence is not closed before another one begins, in line {other.number}"
        hint = f"end it with a line {mark}, or show fences within a longer {mark}{mark[0]}"
        return Fault(message, line.number, column, hint)
    if not closed:
        return Fault("the fence is never closed", line.number, column, f"end it with a line {mark}")
    source = "".join(" " * one.start + one.text + "\n" for one in inside)
    return Fence(opening["info"].strip(), source, line.number, column, indentation)


def _not_alone(line: _Source, position: int) -> Fault:
    hint = "let it begin on the next line, indented as the text of the item"
    return Fault("a fence begins on a line of its own", line.number, line.start + line.indent + position + 1, hint)


def _unquoted(line: _Source) -> _Source:
    inside = line.stripped[1:]
    text = inside[1:] if inside[:1] == " " else inside
    return _Source(text, line.number, line.start + len(line.text) - len(text))


def _line(line: _Source, before: str, without: int = 0, is_code: bool = False) -> Line:
    """A line's text, less the first characters, behind something else."""
    text = line.stripped[without:]
    return Line(before + text, line.number, line.start + line.indent + without - len(before), is_code)

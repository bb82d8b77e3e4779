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
from netviz.yaml_places import widened

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_RULE = re.compile(r"([-*_])(?: *\1){2,} *")
_ITEM = re.compile(r"(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap> +)(?=\S)")
_BOX = re.compile(r"(?:!!!|\?\?\?\+?) *[\w\"-]")
_SIGNS = re.compile(r"`[^`]*`|\\.|\$\$|\{[{%#]|[}%#]\}")
_ENDS = {"$$": "$$", "{{": "}}", "{%": "%}", "{#": "#}"}
_UNQUOTED_TITLE = re.compile(r"((?:!!!|\?\?\?\+?) *[\w-]+) +([\w-][^\"]*?) *$")
_OTHER = re.compile(r"\[\^[^\]]+\]:|: {1,3}(?=\S)")  # a footnote, a definition
_ALONE = re.compile(rf"#|={{3,}} *$|{_RULE.pattern}$|{_BOX.pattern}")  # no paragraph goes on from such a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of prose for Python-Markdown; ``shift`` is what its columns in the file have more than those here.

    ``before`` is how many of its characters stand for the lists and quotes around it.
    """

    text: str
    number: int
    shift: int = 0
    is_code: bool = False  # indented by four spaces and more
    before: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fence:
    """A fenced block: the words after its opening mark, its lines as they stand in the file, with their columns.

    ``line`` and ``column`` are of the opening, ``indent`` is how far in it stands; ``prefix`` is what stands before a
    block in its place.
    """

    info: str
    source: str
    line: int
    column: int
    indent: int
    prefix: str

    @property
    def dedented(self) -> str:
        """The lines, with blanks for tabs at their beginning, without what stands left of the fence."""
        lines = (widened(line, TAB) for line in self.source.split("\n"))
        return "\n".join(line[min(self.indent, len(line) - len(line.lstrip(" "))) :] for line in lines)


@dataclass(frozen=True, slots=True)
class Fault:
    """What can't be read, and where: line and column from 1."""

    message: str
    line: int
    column: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """A line of the file, less the ``start`` columns of the quotes around it, with blanks for tabs at its beginning.

    ``start`` is less by what these blanks are more than the tabs, so that columns behind them are the file's.
    ``written`` is the line as it stands in the file, but for blanks in the place of quotes.
    """

    text: str
    number: int
    start: int
    written: str

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.stripped)

    @property
    def stripped(self) -> str:
        return self.text.lstrip(" ")

    def fault(self, message: str, hint: str = "", position: int = 0) -> Fault:
        """What is wrong at a position of the line less its indentation."""
        return Fault(message, self.number, self.start + self.indent + position + 1, hint)


@dataclass(frozen=True, slots=True)
class _Container:
    """An open container: where it begins, where what it holds begins, and the kind of list that it is an item of."""

    indent: int
    content: int
    listed: str = ""


Block = Line | Fence | Fault


def blocks(body: str, first_line: int = 1) -> Iterator[Block]:
    """The blocks of a text in order; ``first_line`` is where it begins in its file."""
    return _Reader([_source(line, number) for number, line in enumerate(body.split("\n"), start=first_line)]).blocks()


def _source(line: str, number: int) -> _Source:
    text = widened(line, TAB)
    return _Source(text, number, len(line) - len(text), line)


class _Reader:
    """Reads lines one after the other; ``prefix`` is what Python-Markdown needs before each, ``quotes`` how many >."""

    def __init__(self, lines: Sequence[_Source], prefix: str = "", quotes: int = 0) -> None:
        self.lines, self.prefix, self.quotes = lines, prefix, quotes
        self.position = 0  # of the line that is read next
        self.opened: list[_Container] = []
        self.blank = True  # whether nothing can go on from the line before
        self.code = False  # whether that is a line of code by its indentation
        self.awaited = ""  # the sign that ends a formula or an expression of several lines: none of these begins a list
        self.paragraph = False  # whether a list that begins here would stand right under a paragraph

    def blocks(self) -> Iterator[Block]:
        """All of them."""
        while self.position < len(self.lines):
            line = self.lines[self.position]
            self.position += 1
            yield from self._read(line)

    def _read(self, line: _Source) -> Iterator[Block]:
        stripped = line.stripped
        inside, self.awaited = self.awaited, _awaited(stripped, self.awaited)
        if inside and stripped:
            yield self._words(line)
            return
        fence = _opening(stripped)
        item = None if _RULE.fullmatch(stripped) else _ITEM.match(stripped)
        other = _BOX.match(stripped) or _OTHER.match(stripped)
        quote = stripped.startswith(">")
        closed = self._close(line) if stripped and (self.blank or fence or item or other or quote) else []
        deeper = line.indent - (self.opened[-1].content if self.opened else 0)
        if not stripped:
            yield self._gap(line)
            self.blank, self.paragraph = True, False
        elif deeper >= TAB:
            yield from self._code(line, deeper, fence)
        elif fence:
            yield from self._fence(line, fence)
        elif len(self.opened) + self.quotes == NESTING and (item or other or quote):
            message = f"is nested too deeply: {NESTING} lists, boxes and quotes in one another are the limit"
            yield line.fault(message)
            self._go_on(line)
        elif quote:
            yield from self._quote(line)
        elif item and (closed or self.blank or not self.paragraph or item["number"] in (None, "1")):
            yield from self._item(line, item, closed)
        elif other and not item:
            yield from self._container(line, other)
        else:
            yield self._words(line)

    @property
    def _indentation(self) -> str:
        return self.prefix + " " * TAB * len(self.opened)

    def _gap(self, line: _Source) -> Line:
        return Line(text=self.prefix.rstrip(), number=line.number)

    def _close(self, line: _Source) -> list[_Container]:
        """Close the containers that end before a line, which begins something new: the innermost first."""
        closed = []
        while self.opened and self.opened[-1].content > line.indent:
            closed.append(self.opened.pop())
        return closed

    def _go_on(self, line: _Source, paragraph: bool = False) -> None:
        self.code, self.blank = False, bool(_ALONE.match(line.stripped))
        self.paragraph = paragraph and not self.blank

    def _code(self, line: _Source, deeper: int, fence: re.Match[str] | None) -> Iterator[Block]:
        """A line that is indented by four spaces and more: code, or what goes on in a paragraph."""
        if fence:
            hint = "indent it as the text around it, or show it within a longer fence at the margin"
            message = "a fence that is indented by four spaces or more, in no list or box, would be shown and not read"
            yield line.fault(message, hint)
            self._pass(fence)
            self._go_on(line)
        else:
            self.code = self.code or self.blank
            yield _line(line, self._indentation + " " * deeper, is_code=self.code)
            self.blank = False

    def _fence(self, line: _Source, opening: re.Match[str]) -> Iterator[Block]:
        start = self.position
        end = self._pass(opening)
        if not self.blank:
            yield self._gap(line)
        yield _fence(line, opening, self.lines[start:end], self._indentation, end < len(self.lines))
        if self.position < len(self.lines) and self.lines[self.position].stripped:
            yield self._gap(line)
        self.blank, self.code, self.paragraph = True, False, False

    def _pass(self, opening: re.Match[str]) -> int:
        """Go on behind a fence. Gives the line that closes it; past the last one, if none does."""
        numbers = range(self.position, len(self.lines))
        end = next((n for n in numbers if _closes(self.lines[n].stripped, opening["mark"])), len(self.lines))
        self.position = min(end + 1, len(self.lines))
        return end

    def _quote(self, line: _Source) -> Iterator[Block]:
        numbers = range(self.position, len(self.lines))
        end = next((n for n in numbers if not self.lines[n].stripped.startswith(">")), len(self.lines))
        inside = [_unquoted(one) for one in self.lines[self.position - 1 : end]]
        yield from _Reader(inside, f"{self._indentation}> ", self.quotes + 1).blocks()
        self.position = end
        self._go_on(line, paragraph=True)

    def _item(self, line: _Source, item: re.Match[str], closed: Sequence[_Container]) -> Iterator[Block]:
        listed = "numbers" if item["number"] else "bullets"
        if not self.blank and (self.paragraph or (closed and closed[-1].listed != listed)):
            yield self._gap(line)
        marker = f"{item['number']}." if item["number"] else item["marker"]
        yield _line(line, self._indentation + marker, len(item["marker"]))
        yield from self._nothing_beside(line, item.end())
        width = len(item["marker"]) + (len(item["gap"]) if len(item["gap"]) <= TAB else 1)
        self.opened.append(_Container(line.indent, line.indent + min(width, TAB), listed))
        self._go_on(line)

    def _container(self, line: _Source, opening: re.Match[str]) -> Iterator[Block]:
        """A box, a footnote, or the meaning of a term."""
        yield _line(line, self._indentation)
        yield from self._nothing_beside(line, opening.end())
        self.opened.append(_Container(line.indent, line.indent + TAB))
        if _BOX.match(line.stripped):
            if title := _UNQUOTED_TITLE.match(line.stripped):
                yield line.fault("the title of a box stands in quotes, or would be lost", f'{title[1]} "{title[2]}"')
            following = (self.lines[number] for number in range(self.position, len(self.lines)))
            inside = next((other for other in following if other.stripped), None)
            if inside is None or inside.indent < self.opened[-1].content:
                yield line.fault("the box is empty", "indent its text by four spaces")
        self._go_on(line)

    def _nothing_beside(self, line: _Source, position: int) -> Iterator[Fault]:
        """No fence behind what opens a container."""
        if fence := _opening(line.stripped[position:].lstrip()):
            hint = "let it begin on the next line, indented as the text of the item"
            yield line.fault("a fence begins on a line of its own", hint, position)
            self._pass(fence)

    def _words(self, line: _Source) -> Line:
        moved = self.opened and (self.blank or not self.opened[-1].listed)
        prefix = self._indentation if moved else self.prefix + " " * line.indent  # an item's paragraph can stay
        self._go_on(line, paragraph=self.paragraph or self.blank)
        return _line(line, prefix)


def _awaited(stripped: str, awaited: str) -> str:
    """The sign that ends what a line leaves open, ``awaited`` before it. A quote has a reader of its own."""
    if not stripped or (stripped.startswith(">") and not awaited):
        return ""
    for sign in _SIGNS.findall(stripped):
        awaited = ("" if sign == awaited else awaited) if awaited else _ENDS.get(sign, "")
    return awaited


def _opening(stripped: str) -> re.Match[str] | None:
    """The line as one that opens a fence; after backticks with further ones it is code within a line."""
    match = _FENCE.match(stripped)
    return match if match and not (match["mark"][0] == "`" and "`" in match["info"]) else None


def _closes(stripped: str, mark: str) -> bool:
    stripped = stripped.rstrip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}


def _fence(
    line: _Source, opening: re.Match[str], inside: Sequence[_Source], indentation: str, closed: bool
) -> Fence | Fault:
    mark = opening["mark"]
    others = (other for other in inside if (match := _opening(other.stripped)) and match["mark"].startswith(mark))
    if other := next((other for other in others if not _closes(other.stripped, mark)), None):
        message = f"the fence is not closed before another one begins, in line {other.number}"
        hint = f"end it with a line {mark}, or show fences within a longer {mark}{mark[0]}"
        return line.fault(message, hint)
    if not closed:
        return line.fault("the fence is never closed", f"end it with a line {mark}")
    column, indent = line.start + line.indent + 1, len(widened(line.written, TAB)) - len(line.stripped)
    return Fence(
        info=opening["info"].strip(),
        source="".join(f"{one.written}\n" for one in inside),
        line=line.number,
        column=column,
        indent=indent,
        prefix=indentation,
    )


def _unquoted(line: _Source) -> _Source:
    inside = line.stripped[1:]
    text = inside[1:] if inside[:1] in (" ", "\t") else inside
    before = line.written[: len(line.written) - len(text)]
    written = re.sub(r"[^\t]", " ", before) + text
    wide = widened(text, TAB)
    return _Source(wide, line.number, line.start + len(line.text) - len(wide), written)


def _line(line: _Source, before: str, without: int = 0, is_code: bool = False) -> Line:
    """A line's text, less the first characters, behind something else."""
    text = line.stripped[without:]
    return Line(
        text=before + text,
        number=line.number,
        shift=line.start + line.indent + without - len(before),
        is_code=is_code,
        before=len(before),
    )

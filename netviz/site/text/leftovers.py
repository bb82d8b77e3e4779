"""What Markdown leaves over: signs that would reach readers as they stand, cells and definitions that would vanish."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from html import unescape
from typing import Any

import markdown
from markdown.treeprocessors import Treeprocessor

from netviz.course.lessons import LessonText, scan
from netviz.mistakes import Mistake
from netviz.remembered import remembered
from netviz.yaml_places import Passage

SIGNS = (  # what a reader must not meet outside of code, unless the author wrote a backslash before it
    (r"\[\^[^\]\s]+\]", "there is no such footnote"),
    (r"\]\[[^\]\n]*\]", "there is no link of this name: it needs a line `[name]: https://…`"),
    (r"\]\(", 'this is no link: an address has no spaces, and is followed by nothing but a "title"'),
    (r"\[TOC\]", "every page lists its sections already; leave it out"),
    (r"(?m)^\*\[[^\]\n]+\]:", "abbreviations can't be explained like this; link the term to the glossary"),
    (r"(?m)^\[[^\]\n]+\]:", "this defines no link: it needs an address, https://…"),
    (
        r"(?m)^(!!!|\?\?\?)",
        'a box begins with a line `!!! note` or `!!! note "Title"`, its text is indented by four spaces',
    ),
    (r"(?m)^\|", "this is no table: beneath its head it needs a line |---|---| with as many columns"),
    (
        r"(?m)^[-*+]( |$)",
        "this is no list: its items have words, and begin at most three spaces further in",
    ),
    (r"(?m)^\[[ xX]\] ", "a list can't be ticked; leave the brackets out"),
    (r"(?m)^: +\S", "this explains no term: the term stands alone in the line above"),
    (r"(?m)\\$", "a line is ended by two spaces, not by a backslash"),
    (r"\*\*", "this emphasis is never closed, or has a space inside"),
    (r"~~", "nothing can be struck through; leave it out"),
    (r"`", "this code is never closed"),
    (r"(?m)^\s*#{1,6}\s", "this is no heading: it begins at the margin"),
    (r"\\[A-Za-z]{2,}", "LaTeX is read in formulas alone, between two $ without spaces beside them; show it in `code`"),
    (r"(?m)^(:{3,}|\[![A-Za-z]+\])", "a box begins with a line `!!! note`, its text is indented by four spaces"),
    (r"\{:? ?[.#][A-Za-z]", "classes and ids can't be given; leave the braces out"),
    (r"\^\[(?=\S)", "a footnote is [^name], and a line of its own explains it, `[^name]: …`"),
    (r"\[\[(?=\w)", "a link is [words](page.html)"),
    (r"\[@(?=\w)", "a work is cited by a link to its address, [words](https://…)"),
    (r"==(?=\w)[^=\n]*\w==", "nothing can be marked with a colour; leave the signs out"),
)
_SIGN = re.compile(
    "|".join(f"(?P<s{number}>{pattern.removeprefix('(?m)')})" for number, (pattern, _) in enumerate(SIGNS)), re.M
)
GOES_ON = "\x02"  # where text goes on in another element: neither the beginning nor the end of a line
EMPHASIS = {"em": 1, "strong": 2}  # and how many signs it begins with
CONTEXT = 40  # characters by which a leftover is found again

_NO_FORMULA = re.compile(  # as LaTeX has them, or with blanks beside the signs
    r"\\\((?!\s*\\\)).+?\\\)|\\\[(?!\s*\\\]).+?\\\]"
    r"|(?<![\w$])(?<!\d )\$(?:[ \t]+(?!\d[\d.,]* )[^\s$][^$\n]*?|[^\s\d$][^$\n]*?[ \t]+)[ \t]*\$(?![\w$])",
    re.DOTALL,
)
_FOOTNOTE = re.compile(r"^[\s>*+-]*\[\^([^\]\s]+)\]:")
_LINK = re.compile(r"^[\s>*+-]*\[([^\]^][^\]]*)\]:\s*\S")
_HEAD_LINE = re.compile(r"[\s>]*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")


class Leftovers(Treeprocessor):
    """Tells of every sign that is left in the woven text, with the words that follow it, and of a second title."""

    def __init__(self, md: markdown.Markdown, refuse: Callable[[str, str], None]) -> None:
        super().__init__(md)
        self.refuse = refuse

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag == "h1":
                title = "".join(element.itertext())
                self.refuse(f"# {title}", "the page has its title already; write ## for a section")
            for source in _stars_beside(element):
                self.refuse(source, "this emphasis ends with other signs than it begins with")
        for text in _texts(root):
            for match in _SIGN.finditer(text):
                number = int((match.lastgroup or "s0")[1:])
                words = re.split(f"[{GOES_ON}\n\ue000]", text[match.start() : match.start() + CONTEXT])[0]
                self.refuse(words or match[0], f"{match[0].strip()}: {SIGNS[number][1]}")


def _stars_beside(element: ElementTree.Element) -> Iterator[str]:
    """The sources of emphasis within an element that has more stars, or lines, on one side than on the other."""
    before = element.text or ""
    for child in element:
        count, after = EMPHASIS.get(child.tag, 0), child.tail or ""
        if count and before.endswith(("*", "_")):
            yield before[-1] * (count + 1) + (child.text or "")
        elif count and after.startswith(("*", "_")):
            yield "".join(child.itertext()).split("\n")[-1] + after[0] * (count + 1)
        before = after


def _texts(element: ElementTree.Element) -> Iterator[str]:
    """The text of an element outside of code; signs that were escaped are not in it."""
    if element.tag in ("code", "pre"):
        return
    children = list(element)
    yield f"{element.text or ''}{GOES_ON if children else ''}"
    for child in children:
        yield from _texts(child)
        yield f"{GOES_ON}{child.tail or ''}{GOES_ON if child is not children[-1] else ''}"


def source_mistakes(text: LessonText) -> Iterator[Mistake]:
    """What Markdown would drop without a trace, each at its place."""
    yield from _table_mistakes(text)
    yield from _defined_twice(text)
    yield from (mistake for kind, mistake in _named_nowhere(text) if kind == "footnote")
    for number, line in text.prose.items():
        for match in re.finditer(r"&#?\w+;", line):
            if unescape(match[0]) == match[0]:
                yield text.mistake(f"there is no character {match[0]}", number, match.start() + 1)


def _table_mistakes(text: LessonText) -> Iterator[Mistake]:
    """Rows of tables that have more cells than the head: Markdown would drop them."""
    width = 0
    before = ""
    for number, line in text.prose.items():
        if number - 1 not in text.prose:
            width, before = 0, ""
        cells = _cells(line)
        if width and len(cells) > width:
            message = f"the table has {width} columns, this row {len(cells)} cells; write \\| to show a stroke"
            yield text.mistake(message, number, cells[width])
        elif not width and "|" in line and "|" in before and _HEAD_LINE.fullmatch(line):
            width = len(cells)
            if len(_cells(before)) != width:
                message = f"the head of the table has {len(_cells(before))} cells, the line beneath it {width}"
                yield text.mistake(message, number)
        before = line


def _cells(line: str) -> list[int]:
    """The columns at which a row's cells begin."""
    start = len(line) - len(line.lstrip(" >"))
    row = line.rstrip()
    strokes = [match.start() for match in re.finditer(r"(?<!\\)\|", row)]
    inner = [stroke for stroke in strokes if stroke not in (start, len(row) - 1)]
    return [start + 1, *(stroke + 2 for stroke in inner)]


def _defined_twice(text: LessonText) -> Iterator[Mistake]:
    """Footnotes and links that are defined twice: Markdown would keep the last one."""
    for kind, found in _definitions(text).items():
        for name, places in found.items():
            for number in places[1:]:
                yield text.mistake(f"the {kind} {name!r} is defined in line {places[0]} already", number)


def formula_warnings(text: LessonText, passages: Iterable[Passage] = ()) -> Iterator[Mistake]:
    """A warning for each formula that is written another way than here, so that its signs are shown as they are.

    ``passages`` are words of the text's fences.
    """
    hint = "a formula stands between two $ without blanks beside them, or between $$; to show signs, put them in `code`"
    for line, column, message in _no_formulas_of(text, tuple(passages)):
        yield text.mistake(message, line, column, hint)


NoFormula = tuple[int, int, str]
"""What seems to be a formula: the line and the column at which it stands, and what is made of it."""


def _from_plain(plain: list[Any]) -> tuple[NoFormula, ...]:
    return tuple((line, column, message) for line, column, message in plain)


@remembered(list, _from_plain, of=lambda text, passages: (text.source, *map(astuple, passages)))
def _no_formulas_of(text: LessonText, passages: Sequence[Passage]) -> tuple[NoFormula, ...]:
    """Those of a text and of words of its fences, each where it stands in the text's file."""
    in_fences = (
        (*passage.place_in(line, column), message)
        for passage in passages
        for line, column, message in _no_formulas(scan(passage.source).prose)
    )
    return (*_no_formulas(text.prose), *in_fences)


def _no_formulas(prose: Mapping[int, str]) -> Iterator[NoFormula]:
    for lines in paragraphs(prose):
        words = "\n".join(prose[number] for number in lines)
        for match in _NO_FORMULA.finditer(words):
            before = words[: match.start()].split("\n")
            shown = "as it is" if match[0].startswith("$") else "without its backslashes"
            message = f"{' '.join(match[0].split())} is no formula, and is shown {shown}"
            yield lines[len(before) - 1], len(before[-1]) + 1, message


def paragraphs(prose: Mapping[int, str]) -> Iterator[list[int]]:
    """The lines of each paragraph, list or table by their numbers."""
    lines: list[int] = []
    for number in sorted(prose):
        if lines and number != lines[-1] + 1:
            yield lines
            lines = []
        lines.append(number)
    if lines:
        yield lines


def unused_definitions(text: LessonText) -> Iterator[Mistake]:
    """Links that are defined and named nowhere: warnings."""
    yield from (mistake for kind, mistake in _named_nowhere(text) if kind == "link")


def _named_nowhere(text: LessonText) -> Iterator[tuple[str, Mistake]]:
    hints = {"link": "readers will not see it", "footnote": "readers would find no way to it"}
    lines = [_LINK.sub("", _FOOTNOTE.sub("", line)) for line in text.prose.values()]
    named = {_name(found) for found in re.findall(r"\[([^\[\]]+)\]", "\n".join(lines))}
    for kind, found in _definitions(text).items():
        for name, places in found.items():
            if (f"^{name}" if kind == "footnote" else name) not in named:
                yield kind, text.mistake(f"the {kind} {name!r} is named nowhere", places[0], hint=hints[kind])


def _definitions(text: LessonText) -> dict[str, dict[str, list[int]]]:
    """The lines that define footnotes and links, by their names."""
    found: dict[str, dict[str, list[int]]] = {"footnote": {}, "link": {}}
    for number, line in text.prose.items():
        for kind, pattern in (("footnote", _FOOTNOTE), ("link", _LINK)):
            if match := pattern.match(line):
                found[kind].setdefault(_name(match[1]), []).append(number)
    return found


def _name(name: str) -> str:
    """Names of links are alike whatever their case and spaces."""
    return " ".join(name.lower().split())

"""Whether a lesson's statements and its blocks stand within one another, and no id is given twice on its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from html.parser import HTMLParser

from netviz.course.lessons import FENCES, TOKEN_PATTERN, LessonText, Span, fence_id
from netviz.mistakes import Mistake
from netviz.sandbox import CLAIM

VOID = {"br", "hr", "img"}

Within = tuple[tuple[str, int], ...]
"""The elements around a place, from the outermost: each one's tag, and a number of its own."""


def nesting_mistakes(text: LessonText, html: str) -> Iterator[Mistake]:
    """Statements that begin in one kind of block of ``html`` (with tokens) and go on or end in another.

    Of such blocks only a beginning or an end would be woven, where a condition is not met. And fences in a loop.
    """
    reader = _Reader()
    reader.feed(html)
    opened: list[Within] = []
    words: list[str] = []
    for number, within in reader.found:
        span = text.spans[number]
        word = re.match(r"\{%[-+]?\s*(\w*)", span.source)
        if span.kind in FENCES and "for" in words:
            yield text.mistake("stands in a loop, and can stand on its page once", span.line - 1)
        if span.kind != "statement" or not word:
            continue
        if word[1] in ("if", "for", CLAIM):
            opened.append(within)
            words.append(word[1])
        elif opened and word[1] != "set":
            if words[-1] == CLAIM and (opened[-1] != within or not within):
                message = "ends outside of the paragraph in which its claim begins"
                yield text.mistake(
                    message, span.line, span.column, "a claim is of one sentence, or some of a paragraph"
                )
            elif _tags(opened[-1]) != _tags(within):
                message = "stands in another kind of block than the statement that it belongs to"
                hint = "give each of them a paragraph of its own"
                yield text.mistake(message, span.line, span.column, hint)
            if word[1].startswith("end"):
                opened.pop()
                words.pop()


def _tags(within: Within) -> list[str]:
    return [tag for tag, _ in within]


class _Reader(HTMLParser):
    """Finds every token of a text, by its number, and the elements around it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, Within]] = []
        self.opened: list[tuple[str, int]] = []
        self.count = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.count += 1
            self.opened.append((tag, self.count))

    def handle_endtag(self, tag: str) -> None:
        if self.opened:
            self.opened.pop()

    def handle_data(self, data: str) -> None:
        self.found += [(int(number), tuple(self.opened)) for number in TOKEN_PATTERN.findall(data)]


def id_mistakes(text: LessonText, template: str, taken: Collection[str]) -> Iterator[Mistake]:
    """Ids of headings and fences that something on the page has already; ``taken`` are those of the page around it.

    Headings of the same words get ids of their own: the second one's ends in ``_1``.
    """
    owners = dict.fromkeys(taken, "a part of every page")
    stated = set[tuple[str, str]]()
    for span in text.spans:
        if span.kind in FENCES and (name := fence_id(span.source)):
            if text.language == text.first and (span.kind, name) in stated:
                continue  # that it is taken was told where it was read
            stated.add((span.kind, name))
            for one in (name, f"{name}-ask") if span.kind == "question" else (name,):
                if one in owners:
                    message = f"the {span.kind} would have the id {one!r} on the page, which is that of {owners[one]}"
                    yield text.mistake(message, span.line - 1, hint="give it another id")
                owners[one] = f"the {span.kind} {name!r}"
    for span, name in _shown_always(text):
        if name in owners:
            message = f"the figure {name!r} stands on the page already: it is {owners[name]}"
            yield text.mistake(message, span.line, span.column, f"link to it, [words](#{name})")
        owners[name] = f"shown in line {span.line}"
    for name, title in re.findall(r'<h[2-6] id="([^"]+)">(.*?)</h', template):
        if name in owners:
            message = f"the heading would have the id {name!r} on the page, which is that of {owners[name]}"
            yield text.mistake(message, _heading(text, title), hint="word one of them otherwise")


def _shown_always(text: LessonText) -> Iterator[tuple[Span, str]]:
    """Where figures are put in by their names, under no condition: the expression, the name."""
    depth = 0
    for span in text.spans:
        if span.kind == "statement":
            word = re.sub(r"\{%[-+]?\s*(\w*).*", r"\1", span.source, flags=re.DOTALL)
            depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word, 0)
        elif depth == 0 and (name := _figure_of(span)):
            yield span, name


def _figure_of(span: Span) -> str:
    """The figure that an expression puts in by its name; empty if it puts in none."""
    shown = re.fullmatch(r"""\{\{[-+]?\s*experiment\(\s*["']([^"']*)["']\s*\)\s*[-+]?\}\}""", span.source)
    return shown[1] if shown and span.kind == "expression" else ""


def ids_given_twice(text: LessonText, page: str) -> Iterator[Mistake]:
    """What only the whole page shows: headings in a loop, figures that are put in by their names."""
    counts = Counter(re.findall(r' id="([^"]+)"', page))
    titles = dict(re.findall(r'<h[2-6] id="([^"]+)">(.*?)</h', page))
    for name in (name for name, count in counts.items() if count > 1):
        message = f"the id {name!r} is given {counts[name]} times on the page"
        shown = [(span.line, span.column) for span in text.spans if _figure_of(span) == name]
        yield text.mistake(message, *(shown[-1] if shown else (_heading(text, titles.get(name, "")), 1)))


def _heading(text: LessonText, title: str) -> int:
    """The line of a heading."""
    words = re.split("[<&]", re.sub("^<.*?>", "", title))[0]
    lines = [(number, line) for number, line in text.prose.items() if re.match(r"[\s>*+-]*#", line)]
    return next((number for number, line in lines if words in line), text.first_line)

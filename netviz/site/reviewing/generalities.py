"""Sentences that say *because*, *none* or *always* and are bound to no number: for an author to look at once more.

It is a hint. What such a sentence says may follow from a definition, and many a false one uses no such word.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence

from netviz.course.lessons import BLANK, LessonText, Span
from netviz.course.reading import Course
from netviz.languages.known import language
from netviz.mistakes import WIDTH, Mistake
from netviz.sandbox import CLAIM
from netviz.site.text.leftovers import paragraphs

SENTENCE = re.compile(r"\S.*?(?:[.!?](?=[\s\"”’)*_]|\Z)|[。！？]|\Z)", re.DOTALL)
SOURCE = re.compile(r"\]\((?:bibliography\.html|https?:)")  # a link to where it is shown

Position = tuple[int, int]
"""A line and a column of a file, both from 1."""


def unbound_sentences(course: Course) -> Iterator[Mistake]:
    """Every sentence of the lessons' texts that generalises without a number, a condition or a source, at its word."""
    for lesson in course.pages:
        for text in lesson.texts.values():
            words = generalising(language(text.language).generalising)
            bound, conditional = _numbers(text.spans), _conditional(text.spans)
            for sentence, places in _sentences(text):
                word = words.search(sentence)
                if word and not SOURCE.search(sentence) and bisect(bound, places[0]) == bisect(bound, places[-1]):
                    line, column = place = places[word.start()]
                    if not any(begin < place < end for begin, end in conditional):
                        yield Mistake(text.path, f"{word[0]!r}: {_shown(sentence)}", line=line, column=column)


def generalising(words: Sequence[str]) -> re.Pattern[str]:
    """What finds any of some words: whole ones in alphabets, which are written with gaps between them."""
    bounded = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    return re.compile("|".join(bounded) or r"(?!)", re.IGNORECASE)


def _sentences(text: LessonText) -> Iterator[tuple[str, list[Position]]]:
    """Every sentence of a text's paragraphs, with the place of each of its characters."""
    for lines in paragraphs(text.prose):
        words = "\n".join(text.prose[number] for number in lines)
        places = [
            (number, column) for number in lines for column in range(1, len(text.prose[number]) + 2)
        ]  # a line's end has a place too
        for match in SENTENCE.finditer(words):
            yield match[0], places[match.start() : match.end()]


def _shown(sentence: str) -> str:
    """A sentence on one line, as far as it says what it is about."""
    line = " ".join(sentence.replace(BLANK, " ").split())
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"


def _numbers(spans: Sequence[Span]) -> list[Position]:
    """Where a text's expressions stand."""
    return [(span.line, span.column) for span in spans if span.kind == "expression"]


def _conditional(spans: Sequence[Span]) -> list[tuple[Position, Position]]:
    """From where to where words stand under a condition or a claim."""
    found: list[tuple[Position, Position]] = []
    opened: list[Position] = []
    for span in spans:
        match re.match(r"\{%[-+]?\s*(\w*)", span.source):
            case re.Match() as statement if span.kind == "statement" and statement[1] in ("if", CLAIM):
                opened.append((span.line, span.column))
            case re.Match() as statement if (
                span.kind == "statement" and statement[1] in ("endif", f"end{CLAIM}") and opened
            ):
                found.append((opened.pop(), (span.line, span.column)))
    return found

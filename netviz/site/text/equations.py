r"""Numbered formulas: a ``\label`` gives a displayed formula the lesson's next number, ``\eqref`` links to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netviz.course.lessons import Span
from netviz.mistakes import nearest
from netviz.site.text.maths import LABEL, REFERENCE, to_mathml

_NAME = re.compile(r"[A-Za-z][\w:.-]*", re.ASCII)


def numbers_of(spans: Sequence[Span]) -> dict[str, int]:
    """The names of a text's numbered formulas with their numbers, from 1."""
    labels = dict.fromkeys(name for span in spans if span.kind == "display formula" for name in _labels(span))
    return {name: number for number, name in enumerate(labels, start=1)}


def label_mistakes(spans: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Labels that can't be: where they stand, and why."""
    taken: set[str] = set()
    for span in spans:
        labels = _labels(span) if "formula" in span.kind else []
        if labels and span.kind == "inline formula":
            yield span, r"a \label numbers a formula on a line of its own, $$ … $$"
        if len(labels) > 1:
            yield span, "a formula has one number, and so one \\label"
        for name in labels:
            if not _NAME.fullmatch(name):
                yield span, f"\\label{{{name}}}: a name is of letters, digits and : . - _, and begins with a letter"
            elif name in taken:
                yield span, f"the label {name!r} is given twice"
            taken.add(name)


def formula(span: Span, numbers: dict[str, int]) -> str:
    """A formula as HTML: MathML, with its number where it has one. Raises ValueError."""
    used = [*_labels(span), *REFERENCE.findall(span.source)]
    known = tuple((name, numbers[name]) for name in dict.fromkeys(used) if name in numbers)
    displayed = span.kind == "display formula"
    if unknown := next((name for name in REFERENCE.findall(span.source) if name not in numbers), None):
        raise ValueError(_unknown(unknown, numbers))
    math = to_mathml(span.source, displayed, known)
    label = next(iter(_labels(span)), None) if displayed else None
    return f'<span class="equation" id="{label}">{math}<span>({numbers[label]})</span></span>' if label else math


def reference(span: Span, numbers: dict[str, int]) -> str:
    """A link to a numbered formula. Raises ValueError if there is none of that name."""
    if span.source not in numbers:
        raise ValueError(_unknown(span.source, numbers))
    return f'<a href="#{span.source}">({numbers[span.source]})</a>'


def numbered_source(span: Span, numbers: dict[str, int]) -> str:
    r"""The LaTeX of a formula with its number said, ``\tag{1}``, for readers that count otherwise or not at all."""
    return LABEL.sub(lambda match: f"\\tag{{{numbers.get(match[1], '')}}}{match[0]}", span.source)


def _labels(span: Span) -> list[str]:
    return LABEL.findall(span.source)


def _unknown(name: str, numbers: dict[str, int]) -> str:
    hint = nearest(name, numbers) if numbers else f"write \\label{{{name}}} into the formula that is meant"
    return f"no formula of this text has the label {name!r}; {hint}"

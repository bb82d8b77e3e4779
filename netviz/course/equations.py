r"""Numbered formulas: a ``\label`` gives a displayed formula the lesson's next number, ``\eqref`` links to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netviz.course.lessons import Span
from netviz.mistakes import nearest

LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
REFERENCE = re.compile(r"\\eqref\s*\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z][\w:.-]*", re.ASCII)


def numbers_of(spans: Sequence[Span]) -> dict[str, int]:
    """The names of a text's numbered formulas with their numbers, from 1."""
    labels = dict.fromkeys(name for span in spans if span.kind == "display formula" for name in labels_of(span))
    return {name: number for number, name in enumerate(labels, start=1)}


def label_mistakes(spans: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Labels that can't be: where they stand, and why."""
    taken: set[str] = set()
    for span in spans:
        labels = labels_of(span) if "formula" in span.kind else []
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


def numbered_source(span: Span, numbers: dict[str, int]) -> str:
    r"""The LaTeX of a formula with its number said, ``\tag{1}``, for readers that count otherwise or not at all."""
    return LABEL.sub(lambda match: f"\\tag{{{numbers.get(match[1], '')}}}{match[0]}", span.source)


def labels_of(span: Span) -> list[str]:
    """The names that a formula gives itself: one, or none."""
    return LABEL.findall(span.source)


def unknown_label(name: str, numbers: dict[str, int]) -> str:
    """What to say of a reference to a formula that there is not."""
    hint = nearest(name, numbers) if numbers else f"write \\label{{{name}}} into the formula that is meant"
    return f"no formula of this text has the label {name!r}; {hint}"

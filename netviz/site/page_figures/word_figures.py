"""Figures made of words, as pages set them: a sentence word by word, a cloud, a tree of questions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from netviz.figures import Figure
from netviz.figures.describe import term
from netviz.numerals import fixed, number
from netviz.site.text.filters import percent


@dataclass(frozen=True)
class Word:
    """A word with its value in words, and that value as a share of the greatest size: -1 to 1."""

    text: str
    value: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node of a tree: a question with what follows on yes and on no, or a leaf with its answer.

    ``rows`` is how many rows came here while it was learned, ``share`` how many of them the answer is right for.
    """

    question: str
    answer: str
    rows: int
    share: str
    yes: Node | None = None
    no: Node | None = None


def words(figure: Figure) -> tuple[Word, ...]:
    """The words of a figure of view ``text`` or ``cloud``, in its order; of another, none."""
    if figure.view not in ("text", "cloud") or figure.table is None:
        return ()
    rows = [(str(text), float(value or 0)) for text, value in figure.table.rows]
    greatest = max(abs(value) for _, value in rows) or 1.0
    plus = "+" if figure.view == "text" else ""
    return tuple(Word(text, plus * (value > 0) + _two_digits(value), value / greatest) for text, value in rows)


def tree(figure: Figure, language: str) -> Node | None:
    """The root of a figure of view ``tree``."""
    if figure.view != "tree" or figure.table is None:
        return None
    rows = figure.table.rows

    def node(place: int) -> Node:
        column, threshold, below, above, count, share, answer = rows[place]
        right = max(float(share or 0), 1 - float(share or 0))
        leaf = Node(
            question="", answer=term(str(answer), language), rows=int(count or 0), share=percent(right, language)
        )
        if int(below or 0) < 0:
            return leaf
        question = f"{term(str(column), language)} ≤ {number(float(threshold or 0))}"
        return replace(leaf, question=question, yes=node(int(below or 0)), no=node(int(above or 0)))

    return node(0)


def _two_digits(value: float) -> str:
    """Two digits are enough beneath a word, but always two: 2.0 stands beside 1.9."""
    short = float(f"{value:.2g}")
    if not 0.001 <= abs(short) < 100:
        return number(short)
    return fixed(short, 1 - math.floor(math.log10(abs(short))))

"""Numbers, places and code as a reader of either language expects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from markupsafe import Markup

from netviz import numerals
from netviz.figures.describe import known_term, place_words, term
from netviz.figures.figure import PLACES
from netviz.languages import class_names as names
from netviz.languages.known import language as language_of
from netviz.numerals import NOTHING, integer, number, signed
from netviz.sandbox import Sandbox
from netviz.site.text.citations import authors, passage
from netviz.site.text.highlighting import highlighted

FOR_AUTHORS = ("percent", "number", "signed", "integer", "place", "class_name", "term")  # the others make markup


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """The filters of templates, bound to a language."""
    return {
        "percent": partial(percent, language=language),
        "number": number,
        "signed": signed,
        "integer": integer,
        "place": partial(place, language=language),
        "cell": partial(cell, language=language),
        "class_name": partial(class_name, language=language),
        "highlight": highlighted,
        "term": partial(term, language=language),
        "known_term": partial(known_term, language=language),
        "authors": partial(authors, language=language),
        "passage": partial(passage, language=language),
    }


@cache
def sandbox(language: str) -> Sandbox:
    """The language of expressions in lessons, captions, questions and the glossary, with its filters for words."""
    return Sandbox({name: one for name, one in filters(language).items() if name in FOR_AUTHORS})


def percent(share: float | None, language: str = "en") -> str:
    """A share as a percentage, with the sign as the language has it: ``45.1 %``, in Chinese ``45.1%``."""
    return numerals.percent(share, language_of(language).percent)


def place(where: str | Sequence[float] | Mapping[str, float], language: str = "en") -> str:
    """Where in a picture, in words: of a ninth's key (``upper-left``), or of a row and a column from 0 to 1."""
    if isinstance(where, str):
        down, across = divmod(PLACES.index(where), 3)
        return place_words((down + 0.5) / 3, (across + 0.5) / 3, language)
    row, column = (where["row"], where["column"]) if isinstance(where, Mapping) else where
    return place_words(row, column, language)


def class_name(index: float, language: str = "en") -> str:
    """What a class is called, by its index from 0: for answers that are no experiment's target."""
    return names.class_name(int(index), language)  # what a measurement lists are floats


def cell(value: Any, kind: str, language: str = "en") -> str:
    """A value of a table in words, by its column's kind; class names are put in before."""
    if value is None:
        return NOTHING
    if kind == "place":
        return place(value, language)
    if kind == "code":
        return Markup("<code>{}</code>").format(known_term(value, language))
    if isinstance(value, str):
        return known_term(value, language) if kind == "term" else value
    if kind == "index":
        return str(value)
    if kind == "share":
        return percent(value, language)
    return integer(value) if kind == "count" else number(value, zeros=True)

"""Numbers, places and code as a reader of either language expects them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from netviz.figures.describe import PLACES, place_words, superscript, term
from netviz.networks.classes import classes
from netviz.sandbox import Sandbox
from netviz.site.text.highlighting import highlighted

MINUS = "\u2212"
NARROW_SPACE = "\u202f"  # groups digits and never breaks a line
SPACE = "\u00a0"  # before a unit: does not break a line
NOTHING = "\u2013"  # in the place of a number that is not finite
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
    }


@cache
def sandbox(language: str) -> Sandbox:
    """The language of expressions in lessons, captions, questions and the glossary, with its filters for words."""
    return Sandbox({name: one for name, one in filters(language).items() if name in FOR_AUTHORS})


def percent(share: float | None, language: str = "en") -> str:
    """A share as a percentage: 0.4512 is ``45.1 %``, in Chinese ``45.1%``. Never a rounded 0 or 100 that is none."""
    if share is None:
        return NOTHING
    value = 100 * float(share)
    size = abs(value)
    if 99.95 <= size < 100:
        text = f">{SPACE}99.9"
    elif size == 0 or size >= 0.1:
        text = f"{value:.1f}" if size < 99.95 and size else f"{value:.0f}"
    else:
        text = f"{value:.2g}" if size >= 1e-4 else "< 0.0001"
    return _true_minus(text) + ("%" if language == "zh" else f"{SPACE}%")


def number(value: float | int | None, zeros: bool = False) -> str:
    """Three significant digits, whole numbers whole, a true minus sign, powers of ten as people write them.

    ``zeros`` keeps zeros at the end, so that numbers line up beneath each other.
    """
    if value is None:
        return NOTHING
    if isinstance(value, int) or value == 0:
        return integer(value)
    size = abs(value)
    if size >= 1e7 or size < 1e-3:
        mantissa, _, exponent = f"{value:.2e}".partition("e")
        return f"{_true_minus(mantissa)}{SPACE}×{SPACE}10{superscript(_true_minus(str(int(exponent))))}"
    if size >= 999.5:
        return integer(value)
    return _true_minus(f"{value:#.3g}".removesuffix(".") if zeros else f"{value:.3g}")


def signed(value: float | None) -> str:
    """A number with its sign, also where it is positive."""
    return f"+{number(value)}" if value is not None and value > 0 else number(value)


def integer(value: float | None) -> str:
    """A whole number, digits grouped by narrow spaces from five digits on."""
    if value is None:
        return NOTHING
    whole = round(value)
    text = f"{whole:,}".replace(",", NARROW_SPACE) if abs(whole) >= 10_000 else str(whole)
    return _true_minus(text)


def place(where: str | Sequence[float] | Mapping[str, float], language: str = "en") -> str:
    """Where in a picture, in words: of a ninth's key (``upper-left``), or of a row and a column from 0 to 1."""
    if isinstance(where, str):
        down, across = divmod(PLACES.index(where), 3)
        return place_words((down + 0.5) / 3, (across + 0.5) / 3, language)
    row, column = (where["row"], where["column"]) if isinstance(where, Mapping) else where
    return place_words(row, column, language)


def class_name(index: int, language: str = "en") -> str:
    """What a class is called, by its index from 0: for answers that are no experiment's target."""
    return classes()[index].name(language)


def cell(value: Any, kind: str, language: str = "en") -> str:
    """A value of a table in words, by its column's kind; class names are put in before."""
    if value is None:
        return NOTHING
    if kind == "place":
        return place(value, language)
    if isinstance(value, str):
        return term(value, language) if kind == "term" else value
    if kind == "index":
        return str(value)
    if kind == "share":
        return percent(value, language)
    return integer(value) if kind == "count" else number(value, zeros=True)


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)

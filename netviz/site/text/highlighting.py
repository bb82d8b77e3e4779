"""Code in colours: only the words that the style sheet colours are marked, a quarter of what Pygments would mark.

A page shows the code of every figure; marks for all the rest would be more than a quarter of its elements.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

from netviz.remembered import remembered

COLOURED = {  # what a kind of word is marked as: with the classes k, s, m and c
    Keyword: Keyword,
    Operator.Word: Keyword,
    Name.Tag: Keyword,  # a key, in YAML
    String: String,
    Number: Number,
    Comment: Comment,
}


class CodeFormatter(HtmlFormatter[str]):
    """Pygments' own, told of the coloured kinds alone; the text itself is escaped by it."""

    def format_unencoded(self, tokensource: Iterable[tuple[Any, str]], outfile: Any) -> None:
        super().format_unencoded(((_marked(kind), text) for kind, text in tokensource), outfile)


@remembered(str, Markup)
def highlighted(source: str, syntax: str) -> Markup:
    """Source text in a language that Pygments knows by this name, as a block of HTML."""
    return Markup(highlight(source, get_lexer_by_name(syntax), CodeFormatter(cssclass="code")))


@cache
def syntaxes() -> frozenset[str]:
    """The names under which Pygments knows languages."""
    return frozenset(alias for _, aliases, _, _ in get_all_lexers() for alias in aliases)


@cache
def _marked(kind: Any) -> Any:
    return next((mark for coloured, mark in COLOURED.items() if kind in coloured), Text)

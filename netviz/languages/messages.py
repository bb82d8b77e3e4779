"""Messages: what is said in a language, with values put in; of one area, such as ``figures``, all in a file.

They are Project Fluent's, ``figures.ftl`` in the language's folder. A page says few of a language's two thousand, and
to parse them all takes longer than to weave it: so each is parsed when it is said for the first time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from textwrap import dedent
from typing import Any

from fluent.runtime import FluentBundle
from fluent.runtime.resolver import CurrentEnvironment, ResolverEnvironment
from fluent.runtime.types import FluentType
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from netviz import numerals
from netviz.languages.known import FIRST, MESSAGES, Language, language

_ONLY = "it"  # the name of a message that needs none
BESIDE_METHODS = ("methods", "terms")  # areas of which methods may bring messages of their own
LONGEST = 2000  # characters of a value; Fluent gives up on longer ones
_PUT_IN = "\u2068\u2069"  # Fluent writes these around a value
_OUT_OF_THE_WAY = str.maketrans(_PUT_IN, "\ue068\ue069")
_BACK = str.maketrans("\ue068\ue069", _PUT_IN)
_START = re.compile(r"^(-?[A-Za-z][\w-]*) *=", re.MULTILINE | re.ASCII)  # of a message, or of a term after a hyphen
_EDGE = re.compile(rf"([^{_PUT_IN}]?)[{_PUT_IN}]+(?=([^{_PUT_IN}]?))")


class Messages:
    """The messages of one area in a language; what it lacks is said in the first, whose book is the last."""

    def __init__(self, *books: MessageBundle) -> None:
        self._books, self._first = books, books[-1]
        self._without_values = cache(self._said)
        self.has = cache(self._has)  # whether there is a message, by its name and an attribute

    def __call__(self, name: str, attribute: str = "", /, **values: Any) -> str:
        """A message with values put in: texts, numbers, and yes and no. Raises KeyError if there is none.

        ``PERCENT($share)`` in a message writes a share as the language has it. Raises ValueError for a message that
        asks for other values.
        """
        return self._said(name, attribute, **values) if values else self._without_values(name, attribute)

    def _said(self, name: str, attribute: str, /, **values: Any) -> str:
        given = {key: _value(value) for key, value in values.items()}
        wrong: list[Exception] = []
        for book, pattern in self._patterns(name, attribute):
            text, errors = book.said(pattern, given)
            if not errors:
                return text
            wrong += errors
        if wrong:
            raise ValueError(f"the message {name!r}: {'; '.join(map(str, wrong))}")
        raise KeyError(f"{name}.{attribute}" if attribute else name)

    @property
    def names(self) -> list[str]:
        """The names of all messages."""
        return [name for name in self._first.pieces if isinstance(self._first.entry(name), ast.Message)]

    def _has(self, name: str, attribute: str = "") -> bool:
        return any(True for _ in self._patterns(name, attribute))

    def takes(self, name: str) -> set[str]:
        """The values that a message puts in, as the first language says it."""
        return self._first.values(name)

    def _patterns(self, name: str, attribute: str) -> Iterator[tuple[MessageBundle, Any]]:
        for book in self._books:
            if pattern := book.pattern(name, attribute):
                yield book, pattern


def messages(code: str, area: str) -> Messages:
    """The messages of an area in a language. Raises ValueError for a language that there is not."""
    return _messages(language(code), language(FIRST), area)


_beside_methods: list[Mapping[str, str]] = []


def say_also(words: Iterable[Mapping[str, str]]) -> None:
    """From now on methods and terms are also called what stands beside methods: texts of Fluent's by language.

    What a language's folder has goes before.
    """
    said = [*words]
    if said != _beside_methods:
        _beside_methods[:] = said
        _messages.cache_clear()


def unreadable(text: str) -> str:
    """The first piece of a text that is no message of Fluent's; nothing if all of it is."""
    junk = (one for one in parsed(dedent(text)).body if isinstance(one, ast.Junk))
    return next((one.content.strip() for one in junk if one.content), "")


@cache
def _messages(spoken: Language, first: Language, area: str) -> Messages:
    own, others = ([text for _, text in texts_of(one, area)] for one in (spoken, first))
    return Messages(MessageBundle(spoken, [*own, *others]), MessageBundle(first, others))


def texts_of(spoken: Language, area: str) -> Iterator[tuple[Path | None, str]]:
    """What a language has of an area: its files, where there are any, and what stands beside methods (no path)."""
    for path in (folder / MESSAGES.replace("*", area) for folder in spoken.folders):
        if path.is_file():
            yield path, path.read_text("utf-8")
    if area in BESIDE_METHODS:
        yield from ((None, dedent(words[spoken.code])) for words in _beside_methods if spoken.code in words)


def message_beside_code(texts: Mapping[str, str], code: str) -> Callable[..., str]:
    """A message whose texts stand where it is needed, by language: a function of the values that are put in.

    Where a language has none, the first one's text is said. Raises ValueError if that is missing too, and for what is
    no text of Fluent's.
    """
    return partial(_beside_code(tuple(texts.items()), language(code), language(FIRST)), _ONLY)


@cache
def _beside_code(texts: tuple[tuple[str, str], ...], spoken: Language, first: Language) -> Messages:
    given = {code: f"{_ONLY} = " + text.strip().replace("\n", "\n    ") for code, text in texts}
    books = [MessageBundle(one, [given[one.code]]) for one in dict.fromkeys((spoken, first)) if one.code in given]
    if first.code not in given or not all(book.entry(_ONLY) for book in books):
        raise ValueError(f"{dict(texts)} are no texts as Fluent writes them, that of {first.code!r} among them")
    return Messages(*books)


@cache
def identifier(text: str) -> str:
    """The name of the message that stands for a text: ``education: university`` is ``education-university``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


@cache
def references(entry: ast.Message | ast.Term) -> References:
    """What a message and its attributes name."""
    found = References()
    found.visit(entry)
    return found


class References(Visitor):
    """The ``values`` that are put into messages; and the ``others`` that these refer to, terms with their hyphen."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.others: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 (the name is Fluent's)
        self.values.add(node.id.name)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 (the name is Fluent's)
        self.others.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802 (the name is Fluent's)
        self.others.add(f"-{node.id.name}")
        self.generic_visit(node)


class MessageBundle:
    """The messages of some texts, of which the first that has one counts, said as a language says them."""

    def __init__(self, spoken: Language, texts: Iterable[str]) -> None:
        def percent(share: Any) -> Any:
            return numerals.percent(float(share), spoken.percent)

        self.pieces: dict[str, list[str]] = {}
        for name, piece in (one for text in texts for one in _pieces(text)):
            self.pieces.setdefault(name, []).append(piece)
        self._entries: dict[str, ast.Message | ast.Term | None] = {}
        self._spaced = spoken.spaced
        self._bundle = FluentBundle(
            [spoken.tag.partition("-")[0], FIRST],  # a language that Babel doesn't know counts as English does
            functions={"PERCENT": percent},
            use_isolating=spoken.spaced,
        )

    def entry(self, name: str) -> ast.Message | ast.Term | None:
        """A message, or a term after a hyphen, which from now on the bundle knows with all that it refers to."""
        if name not in self._entries:
            found = (one for piece in self.pieces.get(name, ()) for one in parsed(piece).body)
            entry = next((one for one in found if isinstance(one, ast.Message | ast.Term)), None)
            self._entries[name] = entry
            for other in references(entry).others if entry else ():
                self.entry(other)
            self._bundle.add_resource(ast.Resource([entry] if entry else []))
        return self._entries[name]

    def values(self, name: str, but: frozenset[str] = frozenset()) -> set[str]:
        """The values that a message puts in, and those that it refers to; ``but`` are messages that are seen already.

        Raises KeyError if there is none of that name.
        """
        if (entry := self.entry(name)) is None:
            raise KeyError(name)
        others = {one for one in references(entry).others - {*but, name} if self.entry(one)}
        return references(entry).values.union(*(self.values(one, but | {name}) for one in others))

    def pattern(self, name: str, attribute: str) -> Any:
        """A message as Fluent has compiled it, or None."""
        if self.entry(name) is None:
            return None
        message = self._bundle.get_message(name)
        return message.attributes.get(attribute) if attribute else message.value

    def said(self, pattern: Callable[[Any], Any], given: dict[str, Any]) -> tuple[str, list[Exception]]:
        """A message in words, and what is wrong: as ``format_pattern``, which would write numbers in its own way."""
        errors: list[Exception] = []
        environment = ResolverEnvironment(context=self._bundle, errors=errors, current=CurrentEnvironment(args=given))
        try:
            text = str(pattern(environment))
        except ValueError as error:
            return "", [*errors, error]
        return _spaced(text) if self._spaced else text, errors


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The entries of a text by name, each with what follows it up to the next.

    No line within an entry begins with a name and an equals sign: lines that go on are indented, and within braces
    there is no such sign. So each piece is parsed as it would be among the others.
    """
    starts = [*_START.finditer(text)]
    for start, end in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=True):
        yield start[1], text[start.start() : end]


parsed = cache(FluentParser(with_spans=False).parse)


class _Whole(int, FluentType):
    def format(self, locale: Any) -> str:
        return numerals.integer(int(self))


class _Measured(float, FluentType):
    def format(self, locale: Any) -> str:
        return numerals.number(float(self))


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _Whole(value)
    if isinstance(value, float):
        return _Measured(value)
    text = numerals.NOTHING if value is None else str(value).translate(_OUT_OF_THE_WAY)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _spaced(text: str) -> str:
    """A space wherever a value begins or ends between a letter of Latin script and one of another."""

    def edge(match: re.Match[str]) -> str:
        before, after = match[1], match[2] or ""
        meet = before.isalnum() and after.isalnum() and before.isascii() != after.isascii()
        return f"{before} " if meet else before

    return _EDGE.sub(edge, text).translate(_BACK)

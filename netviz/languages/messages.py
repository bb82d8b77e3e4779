"""Messages: what is said in a language, with values put in; of one area, such as ``figures``, all in a file.

They are Project Fluent's (``*/*.ftl``). A text of Fluent's that stands for nothing here is told by
`netviz.languages.lacking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import CurrentEnvironment, ResolverEnvironment
from fluent.runtime.types import FluentType

from netviz import numerals
from netviz.languages.known import FIRST, MESSAGES, Language, language

LONGEST = 2000  # characters of a value; Fluent gives up on longer ones
_PUT_IN = "\u2068\u2069"  # Fluent writes these around a value
_OUT_OF_THE_WAY = str.maketrans(_PUT_IN, "\ue068\ue069")
_BACK = str.maketrans("\ue068\ue069", _PUT_IN)
_EDGE = re.compile(rf"([^{_PUT_IN}]?)[{_PUT_IN}]+(?=([^{_PUT_IN}]?))")


class _Whole(int, FluentType):
    def format(self, locale: Any) -> str:
        return numerals.integer(int(self))


class _Measured(float, FluentType):
    def format(self, locale: Any) -> str:
        return numerals.number(float(self))


class Messages:
    """The messages of one area in a language; what it lacks is said in the ``first``."""

    def __init__(self, spoken: Language, first: Language, area: str) -> None:
        self._bundles = [_bundle(spoken, area, *spoken.folders, *first.folders), _bundle(first, area, *first.folders)]

    def __call__(self, name: str, attribute: str = "", /, **values: Any) -> str:
        """A message with values put in: texts, numbers, and yes and no. Raises KeyError if there is none.

        ``PERCENT($share)`` in a message writes a share as the language has it. Raises ValueError for a message that
        asks for other values.
        """
        given = {key: _value(value) for key, value in values.items()}
        wrong: list[Exception] = []
        for bundle, pattern in self._patterns(name, attribute):
            text, errors = _said(bundle, pattern, given)
            if not errors:
                return _spaced(text) if bundle.use_isolating else text
            wrong += errors
        if wrong:
            raise ValueError(f"the message {name!r}: {'; '.join(map(str, wrong))}")
        raise KeyError(f"{name}.{attribute}" if attribute else name)

    def has(self, name: str, attribute: str = "") -> bool:
        """Whether there is such a message."""
        return any(True for _ in self._patterns(name, attribute))

    def _patterns(self, name: str, attribute: str) -> Iterator[tuple[FluentBundle, Any]]:
        for bundle in self._bundles:
            if bundle.has_message(name):
                message = bundle.get_message(name)
                pattern = message.attributes.get(attribute) if attribute else message.value
                if pattern is not None:
                    yield bundle, pattern


def messages(code: str, area: str) -> Messages:
    """The messages of an area in a language. Raises ValueError for a language that there is not."""
    return _messages(language(code), language(FIRST), area)


_messages = cache(Messages)


def _bundle(spoken: Language, area: str, *folders: Path) -> FluentBundle:
    """The messages in folders, of which the first that has one counts, said as a language says them."""

    def percent(share: Any) -> Any:
        return numerals.percent(float(share), spoken.percent)

    bundle = FluentBundle(
        [spoken.tag.partition("-")[0], FIRST],  # a language that Babel doesn't know counts as English does
        functions={"PERCENT": percent},
        use_isolating=spoken.spaced,
    )
    for folder in folders:
        path = folder / MESSAGES.replace("*", area)
        if path.is_file():
            bundle.add_resource(_parsed(path.read_text("utf-8")))
    return bundle


_parsed = cache(FluentResource)


def _said(bundle: FluentBundle, pattern: Callable[[Any], Any], given: dict[str, Any]) -> tuple[str, list[Exception]]:
    """A message in words, and what is wrong: as ``bundle.format_pattern``, which would take our numbers for others."""
    errors: list[Exception] = []
    environment = ResolverEnvironment(context=bundle, errors=errors, current=CurrentEnvironment(args=given))
    try:
        return str(pattern(environment)), errors
    except ValueError as error:
        return "", [*errors, error]


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _Whole(value)
    if isinstance(value, float):
        return _Measured(value)
    text = str(value).translate(_OUT_OF_THE_WAY)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _spaced(text: str) -> str:
    """A space wherever a value begins or ends between a letter of Latin script and one of another."""

    def edge(match: re.Match[str]) -> str:
        before, after = match[1], match[2] or ""
        meet = before.isalnum() and after.isalnum() and before.isascii() != after.isascii()
        return f"{before} " if meet else before

    return _EDGE.sub(edge, text).translate(_BACK)

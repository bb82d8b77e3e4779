"""What expressions may speak of: plain data, facts that our own small classes declare, and functions from a list.

Nothing else is a value, so nothing has a method, and Python itself is out of reach.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import FunctionType, MappingProxyType, MethodType
from typing import Any

from markupsafe import Markup

from netviz.mistakes import nearest

PLAIN = {type(None), bool, int, float, str}
CONTAINERS = {list, tuple, dict, MappingProxyType}
LONGEST_SHOWN = 60  # characters of a value in a message
_UNWRITABLE = re.compile("[\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


class Facts:
    """A value whose fields and properties expressions may name, and nothing else that Python knows of it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function that expressions may call, with plain data. It raises ValueError for what it can't give.

    What it gives is plain data too, or Markup: a piece of the page, which can only be printed where it is called.
    """

    call: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.call(*arguments)

    def check(self, *arguments: Any) -> None:
        """Raises TypeError if it takes fewer or more."""
        match self.call:  # each page has its own, of the same few functions
            case partial(func=FunctionType() as function, args=given) if not self.call.keywords:
                _signature(function).bind(*given, *arguments)
            case MethodType(__func__=FunctionType() as function, __self__=owner):
                _signature(function).bind(owner, *arguments)
            case _:
                inspect.signature(self.call).bind(*arguments)


_signature = cache(inspect.signature)


class ExpressionError(ValueError):
    """An expression that is not allowed, or that failed; ``line`` counts from 1 in what was parsed.

    ``word`` is what to point at in that line.
    """

    def __init__(self, message: str, line: int | None = None, word: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.word, self.hint = message, line, word, hint


def hint_of(error: ValueError) -> str:
    """What would be right, if an error says so."""
    return error.hint if isinstance(error, ExpressionError) else ""


class Missing(ExpressionError):
    """An expression that speaks of what is not there."""


def is_data(value: Any) -> bool:
    """Whether expressions may work with a value: of exactly these types, for a class derived from one may do more."""
    return type(value) in PLAIN or type(value) in CONTAINERS or isinstance(value, Facts)


@cache
def facts_of(kind: type) -> frozenset[str]:
    """The names that expressions may ask of a value of this class: its fields and properties, never a method."""
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    return frozenset(fields | {name for name, one in vars(kind).items() if isinstance(one, property)})


def attribute(owner: Any, name: str, written: object) -> Any:
    """``owner.name``; ``written`` tells, as text, how the expression has the owner. Raises ExpressionError."""
    if isinstance(owner, Facts):
        kind: type = type(owner)
        if name not in facts_of(kind):
            raise Missing(f"{written} has no {name!r}", word=name, hint=nearest(name, sorted(facts_of(kind))))
        return getattr(owner, name)
    if isinstance(owner, Mapping):
        return look_up(owner, name, written)
    raise Missing(f"{written} is {described(owner)}, which has no {name!r}", word=name)


def item(owner: Any, key: Any, written: object) -> Any:
    """``owner[key]``; ``written`` tells, as text, how the expression has the owner. Raises ExpressionError."""
    if isinstance(owner, Mapping):
        return look_up(owner, key, written)
    if not isinstance(owner, (list, tuple)):
        raise Missing(f"{written} is {described(owner)}, which has no items")
    if type(key) is not int:
        raise ExpressionError(f"an item of {written} is asked for by its number from 0, not by {described(key)}")
    if not -len(owner) <= key < len(owner):
        raise Missing(f"{written} has {len(owner)} items, counted from 0, so none of number {key}")
    return owner[key]


def look_up(names: Mapping[Any, Any], name: Any, written: object) -> Any:
    """What stands under a name. Raises Missing with the nearest."""
    if type(name) not in PLAIN:
        raise ExpressionError(f"{written} is asked by a name, and here is {described(name)}")
    if name not in names:
        hint = nearest(name, sorted(map(str, names))) if isinstance(name, str) and names else ""
        raise Missing(f"{written} has no {shown(name)}", word=str(name) if isinstance(name, str) else "", hint=hint)
    return names[name]


def reading(value: Any, written: str) -> Any:
    """A value as a claim tells it: texts, numbers, lists of them, and the names of facts. Raises Missing for others."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        return [reading(one, written) for one in value]
    kind: type = type(value)
    if isinstance(value, Facts) and "name" in facts_of(kind):
        return attribute(value, "name", written)
    raise Missing(f"{written} is {described(value)}, which has no name")


def truth_of(value: Any) -> bool:
    """What a claim gives. Raises ExpressionError for all but true and false."""
    if type(value) is not bool:
        hint = "compare it with another one" if type(value) in (int, float) else ""
        raise ExpressionError(f"a claim is true or false, and this gives {described(value)}", hint=hint)
    return value


def described(value: Any) -> str:
    """What a value is, in words for an author."""
    if type(value) is str or type(value) in (int, float):
        return f"the {'text' if isinstance(value, str) else 'number'} {shown(value)}"
    match value:
        case None:
            return "nothing (none)"
        case bool():
            return str(value).lower()
        case Markup():
            return "a piece of the page, which can only be printed as it is"
        case Function():
            return "a function, which must be called"
        case _ if type(value) in (list, tuple):
            return "a list"
    return "a set of facts" if is_data(value) else "no value of a lesson"


def shown(value: Any) -> str:
    """A plain value as Python writes it, cut short; of another, what it is."""
    if type(value) not in PLAIN:
        return described(value)
    text = repr(value[:LONGEST_SHOWN] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def is_writable(text: str) -> bool:
    """Whether text can be written into a page: no halves of characters, and none that stand for something of ours."""
    return not _UNWRITABLE.search(text)

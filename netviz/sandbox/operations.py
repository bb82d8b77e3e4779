"""What expressions can do with values: operators, filters and tests, each bounded in what it makes.

Numbers are calculated with, texts are joined, and nothing else: no text or list is multiplied or formatted.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes

from netviz.sandbox.plain_data import PLAIN, ExpressionError, described, is_data, is_writable, shown

LONGEST = 10_000  # characters of a text that an expression makes
LARGEST = 1e100  # of numbers
TOO_LARGE = f"this is no number between {-LARGEST:g} and {LARGEST:g}"


def checked(value: Any) -> Any:
    """A value that an expression made or holds, if it is plain data and not too much of it. Raises ExpressionError."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ExpressionError(f"a text of more than {LONGEST} characters")
        if not is_writable(value):
            raise ExpressionError(f"the text {value!a} holds what is no character")
    elif isinstance(value, (int, float)) and not -LARGEST < value < LARGEST:
        raise ExpressionError(TOO_LARGE)
    if not is_data(value):
        raise ExpressionError("this gives no number, text or list")
    return value


def number_of(value: Any) -> int | float:
    """A value that is calculated with. Raises ExpressionError for all but numbers."""
    if not _is_number(value):
        raise ExpressionError(f"only numbers can be calculated with, and here is {described(value)}")
    return value


def text_of(value: Any) -> str:
    """A value as it is printed. Raises ExpressionError for what has no words."""
    if value is None or type(value) not in PLAIN:
        raise ExpressionError(f"only texts and numbers can be printed, and here is {described(value)}")
    return str(value)


def size_of(value: Any) -> int:
    """How much of it there is: characters, items, or one."""
    return len(value) if isinstance(value, (str, list, tuple, Mapping)) else 1


def joined(values: Iterable[Any], separator: Any = "") -> str:
    """Texts and numbers as one text."""
    texts, between = [text_of(value) for value in values], text_of(separator)
    if sum(map(len, texts)) + len(between) * len(texts) > LONGEST:
        raise ExpressionError(f"a text of more than {LONGEST} characters")
    return between.join(texts)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return joined((left, right))
    return number_of(left) + number_of(right)


def _power(base: Any, exponent: Any) -> Any:
    base, exponent = number_of(base), number_of(exponent)
    if abs(float(base)) ** exponent >= LARGEST:  # known before whole numbers are multiplied out
        raise OverflowError
    return base**exponent


def _calculating(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: function(number_of(left), number_of(right))


ARITHMETIC: dict[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: _plus,
    nodes.Sub: _calculating(operator.sub),
    nodes.Mul: _calculating(operator.mul),
    nodes.Div: _calculating(operator.truediv),
    nodes.FloorDiv: _calculating(operator.floordiv),
    nodes.Mod: _calculating(operator.mod),
    nodes.Pow: _power,
}


def _ordering(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if not (_is_number(left) and _is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
            raise ExpressionError(f"{described(left)} and {described(right)} can't be compared")
        return function(left, right)

    return compare


def _is_in(one: Any, others: Any) -> bool:
    if not isinstance(others, (list, tuple, Mapping)) and not (isinstance(others, str) and isinstance(one, str)):
        raise ExpressionError(f"{described(one)} can't be looked for in {described(others)}")
    return one in others


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": _ordering(operator.lt),
    "lteq": _ordering(operator.le),
    "gt": _ordering(operator.gt),
    "gteq": _ordering(operator.ge),
    "in": _is_in,
    "notin": lambda one, others: not _is_in(one, others),
}


def _is_number(value: Any) -> bool:
    return type(value) in (bool, int, float)


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(number_of(value)),
    "first": lambda values: values[0],
    "join": joined,
    "last": lambda values: values[-1],
    "length": len,
    "max": lambda values: max(values),  # of one list, and not of several values
    "min": lambda values: min(values),
    "round": lambda value, digits=0: round(float(number_of(value)), digits),
    "sum": lambda values: sum(map(number_of, values)),
}
SPECIAL_FILTERS = ("default", "map")  # the first takes what is not there, the second another filter

TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda value: True,  # of what is not there, the evaluation knows
    "undefined": lambda value: False,
    "none": lambda value: value is None,
    "number": _is_number,
    "string": lambda value: isinstance(value, str),
    "even": lambda value: number_of(value) % 2 == 0,
    "odd": lambda value: number_of(value) % 2 == 1,
}


def applied(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of these gives. Raises ExpressionError for all that can't be worked out."""
    try:
        return function(*arguments)
    except ExpressionError:
        raise
    except OverflowError:
        raise ExpressionError(TOO_LARGE) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        given = ", ".join(map(shown, arguments))
        raise ExpressionError(f"{name} can't be worked out for {given}: {error or type(error).__name__}") from None

"""Aggregates: ``share(EXPR)`` and the like work out an expression once for each of many, and sum up what it gives.

Of what stands for one after the other under a name of its own, ``.each``, a claim tells all values.

What is nothing (none) of one of them, such as a number that is not finite, is passed over.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from netviz.sandbox.grammar import nodes_of
from netviz.sandbox.operations import number_of
from netviz.sandbox.plain_data import ExpressionError, described


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One of `AGGREGATES` over somebody's many: ``scopes`` gives for an expression the names that stand for each."""

    summary: Callable[[Sequence[Any]], Any]
    scopes: Callable[[nodes.Node], Iterable[Mapping[str, Any]]]


def _truths(values: Sequence[Any]) -> list[bool]:
    for value in values:
        if type(value) is not bool:
            raise ExpressionError(f"a condition is wanted, true or false, and here is {described(value)}")
    return list(values)


def _numbers(values: Sequence[Any]) -> list[float]:
    return [float(number_of(value)) for value in values]


def _share(values: Sequence[Any]) -> float:
    return sum(_truths(values)) / len(values)


def _spread(values: Sequence[Any]) -> float | None:
    """The standard deviation of a sample, of n - 1; a single value has none."""
    return statistics.stdev(_numbers(values)) if len(values) > 1 else None


EACH = "each"  # the attribute that stands for one of several values after the other
OF_CONDITIONS = ("all", "count", "share")  # those of AGGREGATES that speak of what is true or false; others of numbers
AGGREGATES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "all": lambda values: all(_truths(values)),
    "count": lambda values: sum(_truths(values)),
    "max": lambda values: max(map(number_of, values)),
    "mean": lambda values: statistics.fmean(_numbers(values)),
    "median": lambda values: statistics.median(_numbers(values)),
    "min": lambda values: min(map(number_of, values)),
    "share": _share,
    "spread": _spread,
}


def summed_up(aggregate: Aggregate, values: Iterable[Any]) -> Any:
    """What an aggregate gives for the values of all. Raises ExpressionError where none has one."""
    there = [value for value in values if value is not None]
    if not there:
        raise ExpressionError("there is nothing to sum up: of none of them is this known")
    return aggregate.summary(there)


def aggregates_in(tree: nodes.Node) -> Iterator[nodes.Call]:
    """The calls of aggregates in a tree, those within one another included."""
    calls = nodes_of(tree, nodes.Call)
    return (call for call in calls if isinstance(call.node, nodes.Name) and call.node.name in AGGREGATES)


def asked_of_each(tree: nodes.Node) -> Iterator[nodes.Getattr]:
    """Where a tree speaks of one value after the other, ``….each``."""
    return (one for one in nodes_of(tree, nodes.Getattr) if one.attr == EACH)


def as_share(operand: nodes.Expr) -> nodes.Expr:
    """``share(CONDITION)`` for ``all(CONDITION)``, which is but true or false; other operands as they are."""
    match operand:
        case nodes.Call(node=nodes.Name(name="all")):
            return nodes.Call(
                nodes.Name("share", "load", lineno=operand.lineno),
                operand.args,
                operand.kwargs,
                operand.dyn_args,
                operand.dyn_kwargs,
                lineno=operand.lineno,
            )
    return operand

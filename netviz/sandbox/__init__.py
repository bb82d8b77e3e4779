"""The sandbox: what authors write between double braces, read and worked out without any of it becoming Python.

The language is a small part of Jinja2's (`netviz.sandbox.grammar`), over plain data (`netviz.sandbox.plain_data`), with
operators, filters and tests from a list (`netviz.sandbox.operations`), in bounded time (`netviz.sandbox.evaluation`).

It may know Jinja2's parser. It must not know lessons, results or pages: to it a lesson is text and what text may name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import nodes
from markupsafe import Markup

from netviz.sandbox.aggregates import AGGREGATES, EACH, OF_CONDITIONS, Aggregate, aggregates_in, as_share, asked_of_each
from netviz.sandbox.evaluation import WORK, Evaluation, Observer
from netviz.sandbox.grammar import (
    CLAIM,
    ConditionNode,
    conditions,
    is_whole,
    names_used,
    nodes_of,
    operands,
    parse,
    parse_expression,
    test_of,
    violations,
    written,
)
from netviz.sandbox.kinds import no_truth, unfit_kinds, unknown_facts
from netviz.sandbox.operations import FILTERS, SPECIAL_FILTERS
from netviz.sandbox.plain_data import ExpressionError, Facts, Function, Missing, hint_of, look_up, truth_of

__all__ = [
    "AGGREGATES",
    "CLAIM",
    "EACH",
    "OF_CONDITIONS",
    "Aggregate",
    "ConditionNode",
    "ExpressionError",
    "Facts",
    "Function",
    "Missing",
    "Observer",
    "Sandbox",
    "aggregates_in",
    "as_share",
    "asked_of_each",
    "conditions",
    "hint_of",
    "is_whole",
    "look_up",
    "names_used",
    "no_truth",
    "nodes_of",
    "operands",
    "parse",
    "test_of",
    "truth_of",
    "unfit_kinds",
    "unknown_facts",
    "written",
]


@dataclass(frozen=True, eq=False)
class Sandbox:
    """The language with ``filters`` beside its own. All methods raise ExpressionError, with its line in the source."""

    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    @property
    def all_filters(self) -> set[str]:
        """The names of its filters."""
        return {*FILTERS, *SPECIAL_FILTERS, *self.filters}

    def violations(self, source: str) -> Iterator[ExpressionError]:
        """Everything that is not allowed in a template that can be parsed."""
        return violations(parse(source), self.filters)

    def template(self, source: str) -> nodes.Template:
        """The tree of a template."""
        return _allowed(self, parse, source)

    def expression(self, source: str) -> nodes.Expr:
        """The tree of a single expression."""
        return _allowed(self, parse_expression, source)

    def render(
        self,
        source: str,
        values: Mapping[str, Any],
        text: Callable[[str], str] = str,
        observe: Observer = lambda node, met: None,
    ) -> Markup:
        """A template filled in, what expressions give escaped; ``text`` is what becomes of the words between them.

        ``observe`` is told of every condition of the template's tree that is tested, and whether it was met.
        """
        evaluation = Evaluation(self.filters, text, WORK + len(source), observe)
        evaluation.run(self.template(source).body, dict(values))
        return Markup("".join(evaluation.pieces))

    def evaluate(self, expression: nodes.Expr, values: Mapping[str, Any]) -> Any:
        """What an expression gives, as plain data."""
        return Evaluation(self.filters).value(expression, dict(values))

    def readings(self, expression: nodes.Expr, values: Mapping[str, Any]) -> dict[str, Any]:
        """What can be told of the values that a claim speaks of, by the names it gave them.

        Of a condition that all of a gallery's photos are to meet it is the share of those that do.
        """
        told = map(as_share, operands(expression))
        return Evaluation(self.filters).readings(told, dict(values))


@cache
def _allowed(sandbox: Sandbox, read: Callable[[str], Any], source: str) -> Any:
    """Parsed once, for a text is woven for many pictures."""
    tree = read(source)
    for error in violations(tree, sandbox.filters):
        raise error
    return tree

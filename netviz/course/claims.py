"""Claims: what a lesson states as a fact, checked against the result at every build.

A claim is an expression over the result of its experiment, `numbers.error < 0.01` or `'tabby' in top.names`, in
Jinja2's expression language and its sandbox. A claim can turn out broken; that is shown, not hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
_RESULT = re.compile(r"""\bresults\s*\[\s*(["'])(.*?)\1\s*\]""")  # to parse every lesson would take a second


@dataclass(frozen=True, slots=True)
class Claim:
    """An author's claim as written, and its line in the lesson."""

    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with the verdict; ``measured`` are the values it spoke of, by the names it gave them."""

    source: str
    kept: bool
    measured: Mapping[str, Any]


def read_claim(source: str) -> Claim:
    """Raises ValueError if it is no expression, or states nothing that a result could break."""
    if not any(_operands(_parse(source))):
        raise ValueError(f"{source!r} names no result, so no result could break it")
    return Claim(source)


def results_in(source: str) -> frozenset[str]:
    """The experiments of whose results expressions speak, ``results['ID']``, in a claim or between other words."""
    return frozenset(name for _, name in _RESULT.findall(source))


def check_claim(claim: Claim, scope: Mapping[str, Any]) -> CheckedClaim:
    """Hold a claim against a result. Raises ValueError if it speaks of something that the result does not have."""
    try:
        expression = _parse(claim.source)
        operands = tuple(_operands(expression))
        kept, *values = _evaluated((expression, *operands), scope)
    except (UndefinedError, SecurityError) as error:
        raise ValueError(str(error)) from None
    except (TypeError, ZeroDivisionError, KeyError) as error:
        raise ValueError(f"{claim.source!r} can't be evaluated: {error}") from None
    return CheckedClaim(claim.source, bool(kept), dict(zip(map(_text, operands), values, strict=True)))


@cache
def _parse(source: str) -> nodes.Expr:
    try:
        template = _environment.parse("{{ " + source + "\n}}")
    except TemplateSyntaxError as error:
        raise ValueError(error.message) from None
    match template.body:
        case [nodes.Output(nodes=[nodes.Expr() as expression])] if not isinstance(expression, nodes.TemplateData):
            return expression
    raise ValueError(f"{source!r} is not a single expression")


def _evaluated(expressions: tuple[nodes.Expr, ...], scope: Mapping[str, Any]) -> tuple[Any, ...]:
    values: tuple[Any, ...] = _program(expressions).make_module(dict(scope)).values  # type: ignore[attr-defined]
    for value in values:
        str(value)  # a strict undefined value speaks up when it is used, not when it is made
    return values


@cache
def _program(expressions: tuple[nodes.Expr, ...]) -> Template:
    """Compiled once, for a claim is held against many pictures."""
    assignment = nodes.Assign(nodes.Name("values", "store"), nodes.Tuple(list(expressions), "load"), lineno=1)
    return _environment.from_string(nodes.Template([assignment], lineno=1))


def _operands(node: nodes.Node) -> Iterator[nodes.Expr]:
    """The results that an expression speaks of: the longest chains of names, attributes and items."""
    if isinstance(node, (nodes.Getattr, nodes.Getitem, nodes.Name)):
        yield node
    else:
        for child in node.iter_child_nodes():
            yield from _operands(child)


def _text(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{_text(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const() as argument):
            return f"{_text(node.node)}[{argument.value!r}]"
        case nodes.Call(args=[nodes.Const() as argument]):
            return f"{_text(node.node)}({argument.value!r})"
    return "…"

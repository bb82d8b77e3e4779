"""The language of expressions: a small part of Jinja2's, named here piece by piece. What is not named is refused.

Jinja2 reads it, and no more: it compiles and runs nothing that authors write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from netviz.mistakes import nearest
from netviz.sandbox.operations import FILTERS, SPECIAL_FILTERS, TESTS, checked
from netviz.sandbox.plain_data import ExpressionError
from netviz.sandbox.syntax_words import PREFIX, in_words
from netviz.sandbox.syntax_words import STATEMENTS as MAY_STAND

DEEPEST = 100  # levels of brackets, operators and statements within each other
TOO_DEEP = f"this is nested too deeply: at most {DEEPEST} levels"

CLAIM = "claim"  # a statement, and the function that puts what it claims on the page

STATEMENTS = {
    *(nodes.Template, nodes.Output, nodes.TemplateData),
    *(nodes.If, nodes.For, nodes.Assign, nodes.Scope, nodes.CallBlock),
}
EXPRESSIONS = {
    *(nodes.Const, nodes.Name, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair),
    *(nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Filter, nodes.Test),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos),
    *(nodes.Concat, nodes.Keyword),  # what may hold a keyword says that it takes none
}

LANGUAGE = STATEMENTS | EXPRESSIONS

# Of a text, and what its checks ask of it one after the other: a tree is never changed.
_remembered = lru_cache(maxsize=4096)

ConditionNode = nodes.If | nodes.CondExpr | nodes.CallBlock
"""What is met or not: an ``if`` or ``elif``, an inline ``if``, or a claim."""

WRITTEN = {  # statements that are called otherwise than their nodes
    nodes.FromImport: "from",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "endset",
    nodes.ScopedEvalContextModifier: "autoescape",
}

SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}

Kind = TypeVar("Kind", bound=nodes.Node)

_RAW = re.compile(r"\{%[-+]?\s*raw\b")
_CLAIM = re.compile(r"(\{%[-+]?\s*claim\b)(.*?)(?=[-+]?%\})", re.DOTALL)


class _Claims(Extension):
    """Reads ``{% claim EXPR %}…{% endclaim %}`` like ``{% call claim('EXPR', EXPR) %}…{% endcall %}``."""

    tags = {CLAIM}  # noqa: RUF012 (it is Jinja2's)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Puts what a claim's expression is written as before it: a tree no longer knows."""

        def with_source(match: re.Match[str]) -> str:
            return f"{match[1]} {json.dumps(' '.join(match[2].split()))} {match[2]}"

        return _CLAIM.sub(with_source, source)

    def parse(self, parser: Parser) -> nodes.Node:
        """The tree of a claim and its sentence."""
        line = next(parser.stream).lineno
        source = nodes.Const(parser.stream.expect("string").value)
        claim = nodes.Call(nodes.Name(CLAIM, "load"), [source, parser.parse_expression()], [], None, None)
        sentence = parser.parse_statements((f"name:end{CLAIM}",), drop_needle=True)
        return nodes.CallBlock(claim, [], [], sentence).set_lineno(line)


_JINJA = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, extensions=[_Claims])


@_remembered
def parse(source: str) -> nodes.Template:
    """A template's tree. Raises ExpressionError where it is none, or too deep to be walked."""
    if raw := _RAW.search(source):  # what stands in one would be printed as it is
        raise ExpressionError(
            "`raw` is not for lessons; write `code` to show braces", source.count("\n", 0, raw.start()) + 1
        )
    try:
        tree = _JINJA.parse(source)
    except TemplateSyntaxError as error:
        raise in_words(error.message or "", error.lineno) from None
    except RecursionError:
        raise ExpressionError(TOO_DEEP) from None
    except ValueError as error:  # a number of thousands of digits
        raise ExpressionError(f"{PREFIX}{error}") from None
    for node, depth in _walk(tree):
        if depth > DEEPEST:
            raise ExpressionError(TOO_DEEP, node.lineno)
    return tree


def parse_expression(source: str) -> nodes.Expr:
    """The tree of a single expression. Raises ExpressionError."""
    match parse("{{ " + source + "\n}}").body:
        case [nodes.Output(nodes=[nodes.Expr() as expression])] if not isinstance(expression, nodes.TemplateData):
            return expression
    raise ExpressionError(f"{source!r} is not a single expression")


def is_whole(source: str) -> bool:
    """Whether ``{{ … }}`` or ``{% … %}`` ends where it seems to, and not within quotes."""
    try:
        return [kind for _, kind, _ in _JINJA.lex(source)][-1] in ("variable_end", "block_end")
    except TemplateSyntaxError:
        return False


def violations(tree: nodes.Node, filters: Collection[str]) -> Iterator[ExpressionError]:
    """Everything in a tree that is not of the language, with its line; ``filters`` are those beside our own."""
    for node, _ in _walk(tree):
        if isinstance(node, nodes.Stmt) and (type(node) not in STATEMENTS or _is_call(node)):
            kind = WRITTEN.get(type(node), type(node).__name__.lower())
            yield ExpressionError(f"{MAY_STAND}, here is `{kind}`", node.lineno, kind)
        elif type(node) not in LANGUAGE:
            yield ExpressionError(f"not for lessons: {type(node).__name__.lower()}", node.lineno)
        else:
            yield from _violation(node, filters)


def nodes_of(tree: nodes.Node, kind: type[Kind]) -> Iterator[Kind]:
    """Every node of a kind in a tree, itself among them, in its author's order."""
    return (node for node, _ in _walk(tree) if isinstance(node, kind))


def conditions(tree: nodes.Node) -> list[ConditionNode]:
    """Every condition of a tree, in its author's order."""
    return [node for node, _ in _walk(tree) if isinstance(node, ConditionNode)]


def test_of(condition: ConditionNode) -> nodes.Node:
    """The expression that decides it."""
    if isinstance(condition, nodes.CallBlock):
        return condition.call.args[1]
    assert condition.test is not None
    return condition.test


def operands(node: nodes.Node) -> Iterator[nodes.Expr]:
    """The results that an expression speaks of: the longest chains of names, attributes and items."""
    if isinstance(node, (nodes.Getattr, nodes.Getitem, nodes.Name, nodes.Call)):
        yield node
    else:
        for child in node.iter_child_nodes():
            yield from operands(child)


@_remembered
def names_used(tree: nodes.Node) -> Mapping[str, int]:
    """The names that a tree needs from outside, each with its first line."""
    found: dict[str, int] = {}
    names = [*nodes_of(tree, nodes.Name)]
    given = {name.name for name in names if name.ctx == "store"}
    if any(nodes_of(tree, nodes.For)):
        given.add("loop")
    for name in names:
        if name.name not in given:
            found.setdefault(name.name, name.lineno)
    return found


def written(node: nodes.Node) -> str:
    """What is asked of results, as its author wrote it: names, attributes, items and what is given to a function."""
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{written(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const() as argument):
            return f"{written(node.node)}[{argument.value!r}]"
        case nodes.Call(args=[argument]):
            return f"{written(node.node)}({_part(argument)})"
        case nodes.Compare():
            others = (f"{SIGNS[one.op]} {_part(one.expr)}" for one in node.ops)
            return " ".join([_part(node.expr), *others])
        case nodes.Not():
            return f"not {written(node.node)}"
        case nodes.And() | nodes.Or():
            return f"{written(node.left)} {type(node).__name__.lower()} {written(node.right)}"
    return "…"


def _part(node: nodes.Node) -> str:
    """A part of what is asked, which may be a text or a number."""
    return repr(node.value) if isinstance(node, nodes.Const) else written(node)


def _violation(node: nodes.Node, filters: Collection[str]) -> Iterator[ExpressionError]:
    """What is wrong with one node of a kind that is allowed."""
    line = node.lineno
    match node:
        case nodes.Const():
            try:
                checked(node.value)
            except ExpressionError as error:
                yield ExpressionError(error.message, line)
        case nodes.Getattr() if node.attr.startswith("_"):
            yield ExpressionError(f"no name may begin with a line, as in {node.attr!r}", line, node.attr)
        case nodes.Call() if not isinstance(node.node, (nodes.Name, nodes.Getattr)) or _has_named_arguments(node):
            yield ExpressionError("a function is called by its name, as in layer('input')", line)
        case nodes.CallBlock() if not any(operands(test_of(node))):
            yield ExpressionError("what is claimed names no result, so no result could break it", line, CLAIM)
        case nodes.Filter():
            yield from _unknown(node.name, "filter", {*FILTERS, *SPECIAL_FILTERS, *filters}, line)
            if node.name == "map":
                yield from _wrong_map(node, filters)
            if node.name == "default" and len(node.args) != 1:
                yield ExpressionError("`default` takes the value to be used instead, as in default(0)", line, "default")
            if _has_named_arguments(node):
                yield ExpressionError(f"the filter {node.name!r} takes values without names", line, node.name)
        case nodes.Test():
            yield from _unknown(node.name, "test", TESTS, line)
            if node.args or _has_named_arguments(node):
                yield ExpressionError(f"the test {node.name!r} takes no values", line, node.name)
        case nodes.CondExpr(expr2=None):
            yield ExpressionError("an inline `if` needs its `else`", line)
        case nodes.For(recursive=True):
            yield ExpressionError("a loop can't call itself", line)
        case nodes.For() | nodes.Assign() if not _takes_names(node.target):
            yield ExpressionError("only names can be given values", line)


def _is_call(node: nodes.Node) -> bool:
    """Whether a node is a ``{% call … %}`` of authors."""
    if not isinstance(node, nodes.CallBlock):
        return False
    named = node.call.node
    return not (isinstance(named, nodes.Name) and named.name == CLAIM and len(node.call.args) == 2 and not node.args)


def _wrong_map(node: nodes.Filter, filters: Collection[str]) -> Iterator[ExpressionError]:
    match node.args:
        case [nodes.Const(value=name)]:
            yield from _unknown(str(name), "filter", {*FILTERS, *filters}, node.lineno)
        case _:
            yield ExpressionError("`map` takes a filter's name, as in map('number')", node.lineno, "map")


def _has_named_arguments(node: nodes.Call | nodes.Filter | nodes.Test) -> bool:
    return bool(node.kwargs or node.dyn_args or node.dyn_kwargs)


def _takes_names(target: nodes.Node) -> bool:
    names = target.items if isinstance(target, nodes.Tuple) else [target]
    return all(isinstance(name, nodes.Name) for name in names)


def _unknown(name: str, kind: str, allowed: Collection[str], line: int) -> Iterator[ExpressionError]:
    if name not in allowed:
        yield ExpressionError(f"there is no {kind} {name!r}", line, name, nearest(name, sorted(allowed)))


@_remembered
def _walk(tree: nodes.Node) -> Sequence[tuple[nodes.Node, int]]:
    """Every node in its author's order with its depth, without recursion: a tree may be deeper than Python's stack."""
    found, waiting = [], [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        found.append((node, depth))
        waiting += [(child, depth + 1) for child in reversed(list(node.iter_child_nodes()))]
    return found

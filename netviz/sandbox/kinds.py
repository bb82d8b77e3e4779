"""What expressions ask in vain of values whose kind is known before they are there: ``target.nme``, ``top[0].nme``.

And what can't be claimed or summed up for its kind: ``median(top[0].name)`` of texts, ``share(numbers.norm + 1)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import nodes

from netviz.mistakes import nearest
from netviz.sandbox.aggregates import AGGREGATES, OF_CONDITIONS, aggregates_in
from netviz.sandbox.grammar import conditions, names_used, nodes_of, test_of, written
from netviz.sandbox.plain_data import ExpressionError, Facts, Missing, facts_of

NUMBERS = (bool, int, float)  # what can be calculated with
TO_NUMBERS = ("abs", "length", "round", "sum")  # filters
WORDS = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
CALCULATING = (nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos)

_hints = cache(get_type_hints)  # of a handful of types, each asked for at every name in a text


def unknown_facts(tree: nodes.Node, kinds: Mapping[str, Any]) -> Iterator[Missing]:
    """Each fact that a value can't have, with its line and the nearest name.

    ``kinds`` are the types of names, of `Facts`, tuples and mappings. What the types don't tell is passed over.
    """
    known = _not_set(tree, kinds)
    for node in nodes_of(tree, nodes.Getattr):
        kind = _kind(node.node, known)
        if _is_facts(kind) and node.attr not in facts_of(kind):
            hint = nearest(node.attr, sorted(facts_of(kind)))
            yield Missing(f"{written(node.node)} has no {node.attr!r}", node.lineno, node.attr, hint)


def unfit_kinds(tree: nodes.Node, kinds: Mapping[str, Any]) -> Iterator[ExpressionError]:
    """Sentences that claim what is neither true nor false, and aggregates of what they can't sum up.

    What the types don't tell is passed over.
    """
    known = _not_set(tree, kinds)
    for claim in (one for one in conditions(tree) if isinstance(one, nodes.CallBlock)):
        yield from no_truth(test_of(claim), known)
    for call in (one for one in aggregates_in(tree) if len(one.args) == 1):
        name, kind = written(call.node), _kind(call.args[0], known)
        if name in OF_CONDITIONS and _is_known(kind) and kind is not bool:
            message = f"{name}(…) asks for a condition, true or false, and {_described(call.args[0], kind)}"
            yield ExpressionError(message, call.lineno, name, f"{name}(… > 0.5)" if kind in NUMBERS else "")
        elif name not in OF_CONDITIONS and _is_known(kind) and kind not in NUMBERS:
            message = f"{name}(…) asks for numbers, and {_described(call.args[0], kind)}"
            yield ExpressionError(message, call.lineno, name)


def no_truth(claim: nodes.Node, kinds: Mapping[str, Any]) -> Iterator[ExpressionError]:
    """That a claim can be neither kept nor broken, where its kind is known to be another."""
    kind = _kind(claim, kinds)
    if _is_known(kind) and kind is not bool:
        word = next((name.name for name in nodes_of(claim, nodes.Name)), "")
        hint = f"compare it: {written(claim)} > 0.5" if kind in NUMBERS and "…" not in written(claim) else ""
        yield ExpressionError(f"a claim is true or false, and {_described(claim, kind)}", claim.lineno, word, hint)


def _not_set(tree: nodes.Node, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The types of the names that a tree needs from outside: what a text sets itself may be anything."""
    used = names_used(tree)
    return {name: kind for name, kind in kinds.items() if name in used}


def _is_known(kind: Any) -> bool:
    return kind not in (None, Any)


def _described(node: nodes.Node, kind: Any) -> str:
    return f"{written(node)} is {WORDS.get(kind, 'no single value')}"


def _kind(node: nodes.Node, kinds: Mapping[str, Any]) -> Any:
    """The type of what an expression gives; None if that isn't known."""
    match node:
        case nodes.Name():
            return kinds.get(node.name)
        case nodes.Getattr():
            return _fact(_kind(node.node, kinds), node.attr)
        case nodes.Getitem() | nodes.Filter(name="first" | "last"):
            return _item(_kind(node.node, kinds)) if node.node else None
        case nodes.Const():
            return type(node.value) if node.value is not None else None
        case nodes.Compare() | nodes.Not() | nodes.Test():
            return bool
        case nodes.And() | nodes.Or():
            return _common(_kind(node.left, kinds), _kind(node.right, kinds))
        case nodes.CondExpr():
            return _common(_kind(node.expr1, kinds), _kind(node.expr2, kinds) if node.expr2 else None)
        case nodes.Call() if written(node.node) in AGGREGATES:
            return bool if written(node.node) == "all" else float
        case nodes.Filter() if node.name in TO_NUMBERS:
            return float
    return float if isinstance(node, CALCULATING) else None


def _common(left: Any, right: Any) -> Any:
    """The type of what is one value or the other."""
    return left if left is right else None


def _fact(kind: Any, name: str) -> Any:
    """The type of a field, there or not; None for what is declared without one."""
    if not _is_facts(kind):
        return None
    declared = getattr(kind, name, None)
    hint = _hints(declared.fget).get("return") if isinstance(declared, property) else _hints(kind).get(name)
    [*ours] = [one for one in get_args(hint) if one is not NoneType] if NoneType in get_args(hint) else [hint]
    return ours[0] if len(ours) == 1 else None


def _item(kind: Any) -> Any:
    """The type of an item of a mapping, or of a tuple of any length."""
    for one in (kind, *getattr(kind, "__orig_bases__", ())):
        if len(get_args(one)) == 2:
            return get_args(one)[0 if get_origin(one) is tuple else 1]
    return None


def _is_facts(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Facts)

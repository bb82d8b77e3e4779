"""What expressions ask in vain of values whose kind is known before they are there: ``target.nme``, ``top[0].nme``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import nodes

from netviz.mistakes import nearest
from netviz.sandbox.grammar import names_used, written
from netviz.sandbox.plain_data import Facts, Missing, facts_of

_hints = cache(get_type_hints)  # of a handful of types, each asked for at every name in a text


def unknown_facts(tree: nodes.Node, kinds: Mapping[str, Any]) -> Iterator[Missing]:
    """Each fact that a value can't have, with its line and the nearest name.

    ``kinds`` are the types of names, of `Facts`, tuples and mappings. What the types don't tell is passed over.
    """
    used = names_used(tree)  # not what the text sets itself
    known = {name: kind for name, kind in kinds.items() if name in used}
    for node in (tree, *tree.find_all(nodes.Getattr)):  # which finds what is within a tree, and not itself
        if not isinstance(node, nodes.Getattr):
            continue
        kind = _kind(node.node, known)
        if _is_facts(kind) and node.attr not in facts_of(kind):
            hint = nearest(node.attr, sorted(facts_of(kind)))
            yield Missing(f"{written(node.node)} has no {node.attr!r}", node.lineno, node.attr, hint)


def _kind(node: nodes.Node, kinds: Mapping[str, Any]) -> Any:
    """The type of what an expression gives; None if that isn't known."""
    match node:
        case nodes.Name():
            return kinds.get(node.name)
        case nodes.Getattr():
            return _fact(_kind(node.node, kinds), node.attr)
        case nodes.Getitem() | nodes.Filter(name="first" | "last"):
            return _item(_kind(node.node, kinds)) if node.node else None
    return None


def _fact(kind: Any, name: str) -> Any:
    """The type of a field, there or not; None for what is declared without one."""
    if not _is_facts(kind):
        return None
    hint = _hints(kind).get(name)
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

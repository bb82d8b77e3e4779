"""What may be asked of a gallery: its results are of many photos, and are asked for in ``share(…)`` and the like alone.

Within these ``results['ID']`` is what the experiment has found for one photo after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jinja2 import nodes

from netviz.sandbox import AGGREGATES, ExpressionError, aggregates_in, nodes_of, written

OWN = ("correct", "label", "numbers", "picture", "target", "top")  # of one photo, where its experiment speaks of itself


def results_named(tree: nodes.Node) -> Iterator[nodes.Getitem]:
    """Where a tree asks for the results of an experiment by its name, ``results['ID']``."""
    for one in nodes_of(tree, nodes.Getitem):
        if isinstance(one.node, nodes.Name) and one.node.name == "results" and isinstance(one.arg, nodes.Const):
            yield one


def galleries_of(expression: nodes.Node, over: Mapping[str, str]) -> set[str]:
    """The galleries whose photos an expression speaks of; ``over`` are those of experiments, by their ids."""
    names = (one.arg.value for one in results_named(expression) if isinstance(one.arg, nodes.Const))
    return {over[name] for name in names if name in over}


def gallery_errors(tree: nodes.Node, over: Mapping[str, str], own: str = "") -> Iterator[ExpressionError]:
    """Aggregates of nothing, or of two galleries, and what is asked of many photos as if they were one.

    ``own`` is the gallery of the experiment whose claim or caption it is, if it has one.
    """
    ways = ", ".join(f"{name}(…)" for name in AGGREGATES)
    within: set[int] = set()
    for call in aggregates_in(tree):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        within |= {id(one) for argument in call.args for one in nodes_of(argument, nodes.Node)}
        galleries = {gallery for one in call.args for gallery in galleries_of(one, over)} | ({own} if own else set())
        if len(call.args) != 1:
            yield ExpressionError(f"{name}(…) takes one expression, here are {len(call.args)}", call.lineno, name)
        elif any(aggregates_in(call.args[0])):
            yield ExpressionError(f"none of {ways} can stand within another", call.lineno, name)
        elif not galleries:
            message = f"{name}(…) speaks of no experiment with `over: gallery`"
            yield ExpressionError(message, call.lineno, name, f"{name}(results['ID'].correct)")
        elif len(galleries) > 1:
            message = f"{name}(…) speaks of two galleries: {', '.join(sorted(galleries))}"
            yield ExpressionError(message, call.lineno, name)
    for one in results_named(tree):
        asked = one.arg.value if isinstance(one.arg, nodes.Const) else ""
        if asked in over and id(one) not in within:
            message = f"{written(one)} is of many photos, so it is asked for in one of {ways}"
            yield ExpressionError(message, one.lineno, str(asked), f"share({written(one)}.correct)")
    for name_used in nodes_of(tree, nodes.Name) if own else ():
        if name_used.name in OWN and id(name_used) not in within:
            message = f"{name_used.name!r} is of many photos, so it is asked for in one of {ways}"
            yield ExpressionError(message, name_used.lineno, name_used.name, "median(numbers.norm)")

"""What may be asked of many results at once, in ``share(…)`` and the like alone: those of a gallery, and of a slider.

Within these ``results['ID']`` is what an experiment over a gallery has found for one photo after the other, and
``results['ID'].each`` what one with a slider has found at one of its values after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from jinja2 import nodes

from netviz.sandbox import (
    AGGREGATES,
    EACH,
    OF_CONDITIONS,
    ExpressionError,
    aggregates_in,
    asked_of_each,
    nodes_of,
    written,
)

OWN = ("correct", "label", "numbers", "picture", "target", "top")  # of one photo, where its experiment speaks of itself

_WAYS = ", ".join(f"{name}(…)" for name in AGGREGATES)


def results_named(tree: nodes.Node) -> Iterator[nodes.Getitem]:
    """Where a tree asks for the results of an experiment by its name, ``results['ID']``."""
    for one in nodes_of(tree, nodes.Getitem):
        if isinstance(one.node, nodes.Name) and one.node.name == "results" and isinstance(one.arg, nodes.Const):
            yield one


def galleries_of(expression: nodes.Node, over: Mapping[str, str]) -> set[str]:
    """The galleries whose photos an expression speaks of; ``over`` are those of experiments, by their ids."""
    names = (one.arg.value for one in results_named(expression) if isinstance(one.arg, nodes.Const))
    return {over[name] for name in names if name in over}


def sliders_of(expression: nodes.Node) -> Iterator[tuple[str, int]]:
    """The experiments of which an expression speaks at each value of their slider, with the line of each."""
    for one in asked_of_each(expression):
        match one.node:
            case nodes.Getitem(node=nodes.Name(name="results"), arg=nodes.Const(value=name)):
                yield str(name), one.lineno


def aggregate_errors(
    tree: nodes.Node, over: Mapping[str, str], states: Mapping[str, Collection[str] | None], own: str = ""
) -> Iterator[ExpressionError]:
    """Aggregates of nothing or of what does not go together, and what is asked of many results as if they were one.

    ``over`` are the galleries of experiments, and ``states`` the names of the values of their sliders, by their ids.
    ``own`` is the gallery of the experiment whose claim or caption it is, if it has one.
    """
    within: set[int] = set()
    for call in aggregates_in(tree):
        within |= {id(one) for argument in call.args for one in nodes_of(argument, nodes.Node)}
        yield from _wrong_aggregate(call, over, states, own)
    for one in results_named(tree):
        asked = one.arg.value if isinstance(one.arg, nodes.Const) else ""
        if asked in over and id(one) not in within:
            message = f"{written(one)} is of many photos, so it is asked for in one of {_WAYS}"
            yield ExpressionError(message, one.lineno, str(asked), f"share({written(one)}.correct)")
    for each in asked_of_each(tree):
        if id(each) not in within:
            message = f"{written(each)} is of several values, so it is asked for in one of {_WAYS}"
            yield ExpressionError(message, each.lineno, EACH, f"max({written(each)}.numbers.norm)")
    for name, line in sliders_of(tree):
        if name in states and not (states[name] or name in over):
            message = f"{name}: it has no slider (`vary:`), so there is no value after the other"
            yield ExpressionError(message, line, EACH, f"results[{name!r}] is its only result")
    for name_used in nodes_of(tree, nodes.Name) if own else ():
        if name_used.name in OWN and id(name_used) not in within:
            message = f"{name_used.name!r} is of many photos, so it is asked for in one of {_WAYS}"
            yield ExpressionError(message, name_used.lineno, name_used.name, "median(numbers.norm)")


def _wrong_aggregate(
    call: nodes.Call, over: Mapping[str, str], states: Mapping[str, Collection[str] | None], own: str
) -> Iterator[ExpressionError]:
    """What is wrong with one call of an aggregate: the first thing of all that can be."""
    name = written(call.node)
    galleries = {gallery for one in call.args for gallery in galleries_of(one, over)} | ({own} if own else set())
    sliders = sorted({slider for one in call.args for slider, _ in sliders_of(one)})
    if len(call.args) != 1:
        yield ExpressionError(f"{name}(…) takes one expression, here are {len(call.args)}", call.lineno, name)
    elif any(aggregates_in(call.args[0])):
        yield ExpressionError(f"none of {_WAYS} can stand within another", call.lineno, name)
    elif not galleries and not any(asked_of_each(call.args[0])):
        message = f"{name}(…) speaks of no experiment with `over: gallery`, and of no values of a slider"
        photo, value = ("correct", "numbers.norm > 0") if name in OF_CONDITIONS else ("numbers.norm", "numbers.norm")
        hint = f"{name}(results['ID'].{photo}) or {name}(results['ID'].{EACH}.{value})"
        yield ExpressionError(message, call.lineno, name, hint)
    elif len(galleries) > 1:
        message = f"{name}(…) speaks of two galleries: {', '.join(sorted(galleries))}"
        yield ExpressionError(message, call.lineno, name)
    elif galleries and sliders:
        message = f"{name}(…) speaks of the photos of a gallery and of the values of a slider at once"
        yield ExpressionError(message, call.lineno, name)
    elif len({frozenset(states.get(one) or ()) for one in sliders}) > 1:
        message = f"{name}(…) speaks of sliders that don't stop at the same values: {', '.join(sliders)}"
        yield ExpressionError(message, call.lineno, name)

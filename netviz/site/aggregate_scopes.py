"""What ``share(…)`` and the like speak of on a page: the results of a gallery's photos or a slider's values in turn."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from jinja2 import nodes

from netviz.course.aggregate_claims import OWN, galleries_of, results_named, sliders_of
from netviz.engine.result_views import ResultView
from netviz.sandbox import AGGREGATES, Aggregate, ExpressionError
from netviz.site.results import Results


def aggregates(results: Results, language: str, known: Mapping[str, ResultView], own: str = "") -> dict[str, Aggregate]:
    """The aggregates by name; ``known`` are the results that are of one photo.

    ``own`` is the experiment over a gallery in whose claim or caption they stand, if it is one.
    """
    scopes = partial(_scopes, results, language, known, own)
    return {name: Aggregate(summary, scopes) for name, summary in AGGREGATES.items()}


def _scopes(
    results: Results, language: str, known: Mapping[str, ResultView], own: str, expression: nodes.Node
) -> Iterator[dict[str, Any]]:
    """The names that stand for each photo, or for each value, that an expression speaks of."""
    over = results.course.over_gallery
    named = {str(one.arg.value) for one in results_named(expression) if isinstance(one.arg, nodes.Const)}
    asked = {*([own] if own else []), *(named & over.keys())}
    galleries = galleries_of(expression, over) | ({over[own]} if own else set())
    sliders = {name for name, _ in sliders_of(expression)}
    if len(galleries) + bool(sliders) != 1:
        raise ExpressionError("this speaks of no gallery and no slider, or of two")
    if sliders:
        yield from value_scopes(known, sliders)
        return
    for number in range(len(results.course.galleries[galleries.pop()].photos)):
        views = {name: results.photo_view(name, number, language) for name in asked}
        both = ChainMap(views, known)  # type: ignore[arg-type]  # it only reads them
        each: dict[str, Any] = {"results": MappingProxyType(both)}
        yield each | ({name: getattr(views[own], name) for name in OWN} if own else {})


def value_scopes(known: Mapping[str, ResultView], sliders: set[str]) -> Iterator[dict[str, Any]]:
    """The results, in which those of ``sliders`` have in ``each`` what was found at one of their values, in turn."""
    values = {name: known[name].others for name in sorted(sliders)}
    if len({frozenset(one) for one in values.values()}) > 1 or not all(values.values()):
        raise ExpressionError("this speaks of no slider, or of two that don't stop at the same values")
    for stop in next(iter(values.values())):
        views = {name: dataclasses.replace(known[name], each=others[stop]) for name, others in values.items()}
        both = ChainMap(views, known)  # type: ignore[arg-type]  # it only reads them
        yield {"results": MappingProxyType(both)}

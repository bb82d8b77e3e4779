"""What the expressions of a lesson speak of: checked before anything runs, and found again when one fails.

Everything works on a lesson's skeleton, its expressions alone on the lines where they stand, so that Jinja2's line
numbers are the author's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import nodes
from markupsafe import Markup

from netviz.course.claims import results_in, unnamed_results
from netviz.course.lessons import LessonText
from netviz.course.sliders import no_value, value_name
from netviz.mistakes import Mistake, nearest
from netviz.sandbox import ExpressionError, Sandbox, is_whole, names_used, parse
from netviz.site.text.markup import skeleton

_LINK = re.compile(r'href="([\w./-]+)\.html(#[^"]*)?"')


def expression_mistakes(
    text: LessonText,
    sandbox: Sandbox,
    names: Collection[str],
    experiments: Mapping[str, Collection[str] | None],
) -> list[Mistake]:
    """Syntax errors, what is not allowed, unknown names and unknown results, each at its place.

    ``experiments`` are the ids with the names of their sliders' values; None where these are not known.
    """
    source = skeleton(text)
    try:
        tree = parse(source)
    except ExpressionError as error:
        return [_mistake(text, error)]
    for span in text.spans:
        if span.kind in ("expression", "statement") and not is_whole(span.source):
            message = "the expression is cut off: braces that close it can't stand within quotes"
            return [text.mistake(message, span.line, span.column)]
    mistakes = [_mistake(text, error) for error in (*sandbox.violations(source), *unnamed_results(tree))]
    for name, line in names_used(tree).items():
        if name not in names:
            hint = nearest(name, sorted(names))
            mistakes.append(_mistake(text, ExpressionError(f"unknown name {name!r}", line, name, hint)))
    for name, line in _results(tree):
        if name not in experiments:
            hint = nearest(name, experiments)
            mistakes.append(_mistake(text, ExpressionError(f"there is no experiment {name!r}", line, name, hint)))
    for name, value, line in _values_used(tree):
        known = experiments.get(name)
        if known is not None and value_name(value) not in known:
            message = f"{name}: {no_value(value, known)}"
            mistakes.append(_mistake(text, ExpressionError(message, line, f".at({value!r}")))
    return mistakes


def measurement_mistakes(text: LessonText, known: Collection[str]) -> list[Mistake]:
    """Every `measured('…')` and `measurement_table('…', …)` that names no measurement, at its place.

    Says nothing of a lesson that can't be parsed: `expression_mistakes` does.
    """
    try:
        tree = parse(skeleton(text))
    except ExpressionError:
        return []
    return [
        _mistake(text, ExpressionError(f"there is no measurement {name!r}", line, f"'{name}'", nearest(name, known)))
        for name, line in _named_in_calls(tree, "measured", "measurement_table")
        if name not in known
    ]


def unknown_names(source: str, sandbox: Sandbox, names: Collection[str]) -> Iterator[ExpressionError]:
    """The names of a template's source that there are not. Raises ExpressionError for what is not allowed."""
    tree = sandbox.template(source)
    yield from unnamed_results(tree)
    for name, line in names_used(tree).items():
        if name not in names:
            yield ExpressionError(f"unknown name {name!r}", line, name, nearest(name, sorted(names)))


def render(sandbox: Sandbox, source: str, values: Mapping[str, Any], link: Callable[[str], str]) -> Markup:
    """An author's words, as the source of a template, on a page. Raises ExpressionError, or ValueError of ``link``.

    Authors write links as if all pages lay in one folder: ``five-steps.html#step-1``. Where a page really is, is asked
    of ``link``, see `netviz.site.pages.links_from`.
    """

    def linked(html: str) -> str:
        return _LINK.sub(lambda match: f'href="{link(match[1])}{match[2] or ""}"', html)

    return sandbox.render(source, values, linked)


@cache
def results_used(text: LessonText) -> frozenset[str]:
    """The experiments whose results a lesson speaks of."""
    return results_in(skeleton(text))


def failure(text: LessonText, sandbox: Sandbox, values: Mapping[str, Any], error: ValueError) -> Mistake:
    """Where in the lesson an expression failed: the skeleton fails at the same one, at a line of the file."""
    try:
        sandbox.render(skeleton(text), values)
    except ExpressionError as again:
        return _mistake(text, again, "the expression failed: ")
    return Mistake(text.path, f"the expression failed: {error}")


def _results(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """The experiments whose results or figures a lesson names: id, line."""
    yield from _named_in_calls(tree, "experiment")
    for node in tree.find_all(nodes.Getitem):
        if isinstance(node.node, nodes.Name) and node.node.name == "results" and isinstance(node.arg, nodes.Const):
            yield str(node.arg.value), node.lineno


def _values_used(tree: nodes.Template) -> Iterator[tuple[str, Any, int]]:
    """Where a lesson speaks of a result at a value of its slider, ``results['a'].at(5)``: id, value, line."""
    for node in tree.find_all(nodes.Call):
        match node:
            case nodes.Call(
                node=nodes.Getattr(
                    attr="at", node=nodes.Getitem(node=nodes.Name(name="results"), arg=nodes.Const(value=name))
                ),
                args=[nodes.Const(value=value)],
            ):
                yield str(name), value, node.lineno


def _named_in_calls(tree: nodes.Template, *functions: str) -> Iterator[tuple[str, int]]:
    """What is named where these functions are called: name, line."""
    for call in tree.find_all(nodes.Call):
        match call:
            case nodes.Call(node=nodes.Name(name=function), args=[nodes.Const(value=name), *_]) if (
                function in functions
            ):
                yield str(name), call.lineno


def _mistake(text: LessonText, error: ExpressionError, prefix: str = "") -> Mistake:
    message, word = prefix + error.message, error.word
    if error.line is None:
        return Mistake(text.path, message, hint=error.hint)
    lines = text.source.splitlines()
    shown = lines[error.line - 1] if error.line <= len(lines) else ""
    at = shown.find(word) if word and word in shown else max(shown.find("{{"), shown.find("{%"), 0)
    return text.mistake(message, error.line, at + 1, error.hint)

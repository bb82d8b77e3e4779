"""What the expressions of a lesson speak of: checked before anything runs, and found again when one fails.

Everything works on a lesson's skeleton, its expressions alone on the lines where they stand, so that Jinja2's line
numbers are the author's.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Template, TemplateAssertionError, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from netviz.course.claims import results_in
from netviz.course.lessons import LessonText
from netviz.course.sliders import no_value, value_name
from netviz.mistakes import Mistake, nearest
from netviz.site.text.markup import skeleton

FILE = "<lesson>"
_LINK = re.compile(r'href="([\w./-]+)\.html(#[^"]*)?"')
UNSAFE_FILTERS = {"safe", "tojson", "urlize", "xmlattr"}  # they make markup, and a result must never become any
PLAIN_STATEMENTS = (nodes.If, nodes.For, nodes.Assign, nodes.Output, nodes.Scope)


def expression_mistakes(
    text: LessonText,
    environment: ImmutableSandboxedEnvironment,
    names: Collection[str],
    experiments: Mapping[str, Collection[str] | None],
) -> list[Mistake]:
    """Syntax errors, unknown filters, unknown names and unknown results, each at its place.

    ``experiments`` are the ids with the names of their sliders' values; None where these are not known.
    """
    source = skeleton(text)
    try:
        tree = environment.parse(source)
        environment.compile(source)
    except TemplateAssertionError as error:
        filters = re.findall(r"No filter named '(\w+)'", error.message or "")
        hint = nearest(filters[0], sorted(environment.filters)) if filters else ""
        return [_mistake(text, error.lineno, error.message or "not an expression", filters[0] if filters else "", hint)]
    except TemplateSyntaxError as error:
        return [_mistake(text, error.lineno, f"not an expression: {error.message}")]
    mistakes = [_mistake(text, line, message, word) for message, word, line in _forbidden(tree)]
    for name in sorted(meta.find_undeclared_variables(tree) - set(names)):
        line = next(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
        mistakes.append(_mistake(text, line, f"unknown name {name!r}", name, nearest(name, sorted(names))))
    for name, line in _results(tree):
        if name not in experiments:
            mistakes.append(_mistake(text, line, f"there is no experiment {name!r}", name, nearest(name, experiments)))
    for name, value, line in _values_used(tree):
        known = experiments.get(name)
        if known is not None and value_name(value) not in known:
            mistakes.append(_mistake(text, line, f"{name}: {no_value(value, known)}", f".at({value!r}"))
    return mistakes


def measurement_mistakes(
    text: LessonText, environment: ImmutableSandboxedEnvironment, known: Collection[str]
) -> list[Mistake]:
    """Every `measured('…')` and `measurement_table('…', …)` that names no measurement, at its place.

    Says nothing of a lesson that can't be compiled: `expression_mistakes` does.
    """
    try:
        tree = environment.parse(skeleton(text))
    except TemplateSyntaxError:
        return []
    named = [
        (str(call.args[0].value), call.lineno)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("measured", "measurement_table")
        if call.args and isinstance(call.args[0], nodes.Const)
    ]
    return [
        _mistake(text, line, f"there is no measurement {name!r}", f"'{name}'", nearest(name, known))
        for name, line in named
        if name not in known
    ]


def undeclared(source: str, environment: ImmutableSandboxedEnvironment) -> set[str]:
    """The names that a template's source needs from outside. Raises jinja2.TemplateError if it can't be compiled."""
    compiled(environment, source)
    tree = environment.parse(source)
    for message, _, _ in _forbidden(tree):
        raise TemplateSyntaxError(message, 1)
    return meta.find_undeclared_variables(tree)


@cache
def compiled(environment: ImmutableSandboxedEnvironment, source: str) -> Template:
    """A template from an author's words; it serves for every picture and page.

    Authors write links as if all pages lay in one folder: ``five-steps.html#step-1``. Where a page really is, is asked
    of ``link`` when the template is rendered, see `netviz.site.pages.links_from`.
    """
    return environment.from_string(_LINK.sub(r'''href="{{ link('\1') }}\2"''', source))


@cache
def results_used(text: LessonText) -> frozenset[str]:
    """The experiments whose results a lesson speaks of."""
    return results_in(skeleton(text))


def failure(
    text: LessonText, environment: ImmutableSandboxedEnvironment, values: dict[str, Any], error: Exception
) -> Mistake:
    """Where in the lesson an expression failed: the skeleton fails at the same one, at a line of the file."""
    try:
        code = environment.compile(skeleton(text), filename=FILE)
        environment.template_class.from_code(environment, code, environment.make_globals(None)).render(values)
    except Exception as again:
        lines = [frame.lineno for frame in traceback.extract_tb(again.__traceback__) if frame.filename == FILE]
        return _mistake(text, lines[-1] if lines else None, _reason(again))
    return _mistake(text, None, _reason(error))


def _reason(error: Exception) -> str:
    message = (error.message if isinstance(error, TemplateError) else str(error)) or type(error).__name__
    return f"the expression failed: {message.replace('types.SimpleNamespace object', 'the result')}"


def _forbidden(tree: nodes.Template) -> Iterator[tuple[str, str, int]]:
    """What could turn a result into markup, or reach beyond the lesson: message, word, line."""
    for one in tree.find_all(nodes.Filter):
        if one.name in UNSAFE_FILTERS:
            yield f"the filter {one.name!r} is not for lessons: results are always escaped", one.name, one.lineno
    for statement in tree.find_all(nodes.Stmt):
        if not isinstance(statement, PLAIN_STATEMENTS):
            kind = type(statement).__name__
            yield f"only if, for and set may stand in a lesson, here is {kind!r}", "", statement.lineno


def _results(tree: nodes.Template) -> Iterator[tuple[str, int]]:
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


def _mistake(text: LessonText, line: int | None, message: str, word: str = "", hint: str = "") -> Mistake:
    if line is None:
        return Mistake(text.path, message, hint=hint)
    lines = text.source.splitlines()
    shown = lines[line - 1] if line <= len(lines) else ""
    at = shown.find(word) if word and word in shown else max(shown.find("{{"), shown.find("{%"), 0)
    return text.mistake(message, line, at + 1, hint)

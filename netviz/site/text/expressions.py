"""What the expressions of a lesson speak of: checked before anything runs, and found again when one fails.

Everything works on a lesson's skeleton, its expressions alone on the lines where they stand, so that Jinja2's line
numbers are the author's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import nodes
from markupsafe import Markup

from netviz.course.claims import results_in, unnamed_results
from netviz.course.lessons import LessonText, Span, scan
from netviz.course.sliders import no_value, value_name
from netviz.mistakes import Mistake, nearest
from netviz.sandbox import ExpressionError, Sandbox, is_whole, names_used, nodes_of, parse
from netviz.site.text.markup import Place, Unreadable, skeleton
from netviz.yaml_places import Passage, position_of

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
    errors = [*sandbox.violations(source), *unnamed_results(tree), *_unknown(tree, sandbox, names)]
    for name, line in _results(tree):
        if name not in experiments:
            hint = nearest(name, experiments)
            errors.append(ExpressionError(f"there is no experiment {name!r}", line, name, hint))
    for name, value, line in _values_used(tree):
        known = experiments.get(name)
        if known is not None and value_name(value) not in known:
            message = f"{name}: {no_value(value, known)}"
            errors.append(ExpressionError(message, line, f".at({value!r}"))
    return [*each_at_its_place(text, errors)]


def measurement_mistakes(text: LessonText, known: Collection[str]) -> list[Mistake]:
    """Every `measured('…')`, `measurement_table('…', …)` and the like that names no measurement, at its place.

    Says nothing of a lesson that can't be parsed: `expression_mistakes` does.
    """
    try:
        tree = parse(skeleton(text))
    except ExpressionError:
        return []
    errors = (
        ExpressionError(f"there is no measurement {name!r}", line, f"'{name}'", nearest(name, known))
        for name, line in _named_in_calls(tree, "measured", "measurement_table", "measurement_command")
        if name not in known
    )
    return [*each_at_its_place(text, errors)]


def unknown_names(source: str, sandbox: Sandbox, names: Collection[str]) -> Iterator[ExpressionError]:
    """The names of a template's source that there are not. Raises ExpressionError for what is not allowed."""
    tree = sandbox.template(source)
    yield from unnamed_results(tree)
    yield from _unknown(tree, sandbox, names)


def _unknown(tree: nodes.Template, sandbox: Sandbox, names: Collection[str]) -> Iterator[ExpressionError]:
    for name, line in names_used(tree).items():
        if name in names:
            continue
        if name in sandbox.all_filters:
            yield ExpressionError(f"{name!r} is a filter, which follows its value", line, name, f"VALUE | {name}")
        else:
            yield ExpressionError(f"unknown name {name!r}", line, name, nearest(name, sorted(names)))


def render(sandbox: Sandbox, source: str, values: Mapping[str, Any], link: Callable[[str], str]) -> Markup:
    """An author's words, as the source of a template, on a page. Raises ExpressionError, or ValueError of ``link``.

    Authors write links as if all pages lay in one folder: ``five-steps.html#step-1``. Where a page really is, is asked
    of ``link``, see `netviz.site.site_map.links_from`.
    """

    def linked(html: str) -> str:
        return _LINK.sub(lambda match: f'href="{link(match[1])}{match[2] or ""}"', html)

    return sandbox.render(source, values, linked)


def place_of_error(passage: Passage, error: ValueError, errors_in: Callable[[str], Iterable[ExpressionError]]) -> Place:
    """Where in a passage something is wrong; ``errors_in`` finds it again in a part of it, taken for a template."""
    if isinstance(error, Unreadable):
        return passage.place_in(error.line, error.column)
    if not isinstance(error, ExpressionError):
        return passage.place
    spans = [span for span in scan(passage.source).spans if span.kind in ("expression", "statement")]
    wrong = [span for span in spans if error.message in _messages(errors_in, span.source)] or spans
    for span in wrong:
        if (position := position_of(error.word, span.source)) >= 0:
            before = span.source[:position].split("\n")
            return passage.place_in(
                span.line + len(before) - 1, len(before[-1]) + (span.column if not before[1:] else 1)
            )
    return passage.place_in(wrong[0].line, wrong[0].column) if wrong else passage.place


def failures(sandbox: Sandbox, source: str, values: Mapping[str, Any]) -> Iterator[ExpressionError]:
    """How a template fails with some values, if it does."""
    try:
        sandbox.render(source, values)
    except ExpressionError as error:
        yield error


def _messages(errors_in: Callable[[str], Iterable[ExpressionError]], source: str) -> set[str]:
    try:
        return {error.message for error in errors_in(source)}
    except ExpressionError as error:
        return {error.message}


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
    for node in nodes_of(tree, nodes.Getitem):
        if isinstance(node.node, nodes.Name) and node.node.name == "results" and isinstance(node.arg, nodes.Const):
            yield str(node.arg.value), node.lineno


def _values_used(tree: nodes.Template) -> Iterator[tuple[str, Any, int]]:
    """Where a lesson speaks of a result at a value of its slider, ``results['a'].at(5)``: id, value, line."""
    for node in nodes_of(tree, nodes.Call):
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
    for call in nodes_of(tree, nodes.Call):
        match call:
            case nodes.Call(node=nodes.Name(name=function), args=[nodes.Const(value=name), *_]) if (
                function in functions
            ):
                yield str(name), call.lineno


def each_at_its_place(text: LessonText, errors: Iterable[ExpressionError]) -> Iterator[Mistake]:
    """What is wrong in a lesson's expressions: the same wrong word twice in one line is told at each of its places."""
    for error, number in numbered(errors):
        yield _mistake(text, error, number=number)


def numbered(errors: Iterable[ExpressionError]) -> Iterator[tuple[ExpressionError, int]]:
    """Errors, each with how many before it are at the same word of the same line for the same kind of reason."""
    seen: Counter[tuple[type[ExpressionError], int | None, str]] = Counter()
    for error in errors:
        key = type(error), error.line, error.word
        yield error, seen[key]
        seen[key] += 1


def _mistake(text: LessonText, error: ExpressionError, prefix: str = "", number: int = 0) -> Mistake:
    message, word = prefix + error.message, error.word
    if error.line is None:
        return Mistake(text.path, message, hint=error.hint)
    return text.mistake(message, error.line, column_of(text, error.line, word, number), error.hint)


def column_of(text: LessonText, line: int, word: str, number: int = 0) -> int:
    """The column at which a word stands in the expressions of a line; else that of the first one, or of the line.

    ``number`` asks for a later place of it there, counted from 0.
    """
    pieces, columns = list[str](), list[int]()
    for span in text.spans:
        parts = span.source.split("\n")
        if span.kind in ("expression", "statement") and span.line <= line < span.line + len(parts):
            part, begin = parts[line - span.line], sum(len(part) + 1 for part in parts[: line - span.line])
            first = place_in_span(text, span, begin)[1]
            pieces.append(part)
            columns += range(first, first + len(part))
    position = position_of(word, "".join(pieces), number)
    return columns[position] if position >= 0 else min(columns, default=1)


def place_in_span(text: LessonText, span: Span, offset: int) -> Place:
    """Where in a lesson's file a character of an expression stands; its later lines may be in lists and quotes."""
    before = span.source[:offset].split("\n")
    if len(before) == 1:
        return span.line, span.column + offset
    line, part = span.line + len(before) - 1, span.source.split("\n")[len(before) - 1]
    return line, max(text.source.split("\n")[line - 1].find(part), 0) + len(before[-1]) + 1

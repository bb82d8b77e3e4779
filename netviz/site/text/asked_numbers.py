"""What a course asks of results that no result can have: a number or a setting of another name, an experiment unknown.

Methods declare what they give, so this is known before anything runs. Numbers and settings are looked for in the
expressions as they are written: what is reached another way, through a variable say, shows when it has run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from netviz.course.claims import results_in
from netviz.course.experiments import Experiment
from netviz.course.lessons import Lesson, LessonText
from netviz.course.reading import Course
from netviz.mistakes import Mistake, nearest
from netviz.sandbox import ExpressionError, parse, unknown_facts
from netviz.sandbox.grammar import parse_expression
from netviz.site.text.markup import skeleton

_NAMED = re.compile(  # results['ID'].numbers.NAME, results['ID'].at(VALUE).settings.NAME, numbers.NAME, numbers['NAME']
    r"""(?:\bresults\s*\[\s*["'](?P<id>[^"']+)["']\s*\](?:\s*\.\s*at\s*\([^()]*\))?\s*\.\s*|(?<![\w.'"\])])(?<!\.\s))"""
    r"""(?P<kind>numbers|settings)\s*(?:\.\s*(?P<name>\w+)|\[\s*["'](?P<item>[^"']*)["']\s*\])"""
)
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class Asked(NamedTuple):
    """An expression, the line at which it or its field begins, and the experiment whose own ``numbers`` it may mean."""

    source: str
    line: int
    own: Experiment | None = None
    in_fence: bool = False


def asked_mistakes(course: Course, lesson: Lesson, language: str, kinds: Mapping[str, Any]) -> Iterator[Mistake]:
    """Everything that a lesson asks of results in vain, in its prose, captions, claims and questions.

    ``kinds`` are the types of the names that its expressions may use.
    """
    text = lesson.texts[language]
    with suppress(ExpressionError):  # told already
        for missing in unknown_facts(parse(skeleton(text)), kinds):
            yield _told(text, missing, missing.line or 1)
    for asked in [*_in_prose(lesson, language), *_in_fences(course, lesson, language)]:
        for name in sorted(results_in(asked.source)) if asked.own else ():  # elsewhere this is told already
            if name not in course.experiments and name not in course.broken:
                message, hint = f"there is no experiment {name!r}", nearest(name, course.experiments)
                yield text.mistake(message, *_place(text, asked.line, name), hint)
        if asked.in_fence:
            with suppress(ExpressionError):
                for missing in unknown_facts(parse_expression(asked.source.strip("{}")), kinds):
                    yield _told(text, missing, asked.line)
        for found in _NAMED.finditer(asked.source):
            experiment = course.experiments.get(found["id"]) if found["id"] else asked.own
            given, name = _given(experiment, found["kind"]), found["name"] or found["item"]
            if experiment and given is not None and name not in given:
                message = f"{experiment.method.name} gives no {found['kind']}.{name} ({experiment.id})"
                hint = nearest(name, given) if given else f"it has no {found['kind']}"
                yield text.mistake(message, *_place(text, asked.line, name), hint)


def _told(text: LessonText, missing: ExpressionError, line: int) -> Mistake:
    return text.mistake(missing.message, *_place(text, line, missing.word), missing.hint)


def _given(experiment: Experiment | None, kind: str) -> Collection[str] | None:
    """The numbers or the settings that a result has; None where that isn't known."""
    if experiment is None:
        return None
    return experiment.method.numbers if kind == "numbers" else experiment.settings.keys()


def _place(text: LessonText, line: int, word: str) -> tuple[int, int]:
    """Where a word first stands from a line on: line and column."""
    for number, content in enumerate(text.source.splitlines()[line - 1 :], start=line):
        if found := re.search(rf"\b{re.escape(word)}\b", content):
            return number, found.start() + 1
    return line, 1


def _in_prose(lesson: Lesson, language: str) -> Iterator[Asked]:
    for span in lesson.texts[language].spans:
        if span.kind in ("expression", "statement"):
            yield Asked(span.source, span.line)


def _in_fences(course: Course, lesson: Lesson, language: str) -> Iterator[Asked]:
    for experiment in course.experiments.values():
        if experiment.lesson != lesson.slug:
            continue
        if words := experiment.wording.get(language):
            for source in _EXPRESSION.findall(words.caption):
                yield Asked(source, words.line, experiment, in_fence=True)
        if language == lesson.first.language:
            for claim in experiment.claims:
                yield Asked(claim.source, claim.line, experiment, in_fence=True)
    for question in course.questions_of(lesson):
        for passage in question.passages(language):
            for source in _EXPRESSION.findall(passage.source):
                yield Asked(source, passage.line, in_fence=True)
        if language == lesson.first.language:
            yield from (Asked(right.source, right.line, in_fence=True) for right in question.places)

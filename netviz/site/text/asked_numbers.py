"""What a course asks of results that no result can have: a number or a setting of another name, an experiment unknown.

Methods declare what they give, so this is known before anything runs. Expressions are looked through and not parsed:
what is reached another way, through a variable say, shows when it has run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from netviz.course.claims import results_in
from netviz.course.experiments import Experiment
from netviz.course.lessons import Lesson, LessonText
from netviz.course.reading import Course
from netviz.mistakes import Mistake, nearest

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


def asked_mistakes(course: Course, lesson: Lesson, language: str) -> Iterator[Mistake]:
    """Everything that a lesson asks of results in vain, in its prose, captions, claims and questions."""
    text = lesson.texts[language]
    for asked in [*_in_prose(lesson, language), *_in_fences(course, lesson, language)]:
        for name in sorted(results_in(asked.source)) if asked.own else ():  # elsewhere this is told already
            if name not in course.experiments and name not in course.broken:
                message, hint = f"there is no experiment {name!r}", nearest(name, course.experiments)
                yield text.mistake(message, *_place(text, asked.line, name), hint)
        for found in _NAMED.finditer(asked.source):
            experiment = course.experiments.get(found["id"]) if found["id"] else asked.own
            given, name = _given(experiment, found["kind"]), found["name"] or found["item"]
            if experiment and given is not None and name not in given:
                message = f"{experiment.method.name} gives no {found['kind']}.{name} ({experiment.id})"
                hint = nearest(name, given) if given else f"it has no {found['kind']}"
                yield text.mistake(message, *_place(text, asked.line, name), hint)


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
                yield Asked(source, words.line, experiment)
        if language == lesson.first.language:
            yield from (Asked(claim.source, claim.line, experiment) for claim in experiment.claims)
    for question in course.questions_of(lesson):
        for passage in question.passages(language):
            yield from (Asked(source, passage.line) for source in _EXPRESSION.findall(passage.source))
        if language == lesson.first.language:
            yield from (Asked(right.source, right.line) for right in question.places)

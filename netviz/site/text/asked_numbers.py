"""What a course asks of results that no result can have: a number or a setting of another name, an experiment unknown.

Methods declare what they give, so this is known before anything runs. Numbers and settings are looked for in the
expressions as they are written: what is reached another way, through a variable say, shows when it has run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from netviz.course.aggregate_claims import aggregate_errors
from netviz.course.claims import results_in
from netviz.course.experiments import Experiment
from netviz.course.lessons import Lesson
from netviz.course.reading import Course
from netviz.engine.result_views import ClassFacts
from netviz.mistakes import Mistake, nearest
from netviz.sandbox import ExpressionError, no_truth, parse, unfit_kinds, unknown_facts
from netviz.sandbox.grammar import parse_expression
from netviz.site.text.expressions import each_at_its_place, numbered, place_in_span
from netviz.site.text.markup import Place, skeleton
from netviz.yaml_places import Passage, position_of

_NAMED = re.compile(  # results['ID'].numbers.NAME, numbers.NAME, numbers['NAME'], and behind .at(VALUE) or .each
    r"""(?:\bresults\s*\[\s*["'](?P<id>[^"']+)["']\s*\](?:\s*\.\s*(?:at\s*\([^()]*\)|each\b))?\s*\.\s*|(?<![\w.'"\])])(?<!\.\s))"""
    r"""(?P<kind>numbers|settings)\s*(?:\.\s*(?P<name>\w+)|\[\s*["'](?P<item>[^"']*)["']\s*\])"""
)
OF_PHOTOS = {"correct": bool, "label": ClassFacts}  # the types of names of a gallery's experiment
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class Asked(NamedTuple):
    """An expression, where each of its characters stands, and the experiment whose own ``numbers`` it may mean."""

    source: str
    place_at: Callable[[int], Place]
    own: Experiment | None = None
    in_fence: bool = False
    is_claim: bool = False


def asked_mistakes(course: Course, lesson: Lesson, language: str, kinds: Mapping[str, Any]) -> Iterator[Mistake]:
    """Everything that a lesson asks of results in vain, in its prose, captions, claims and questions.

    ``kinds`` are the types of the names that its expressions may use.
    """
    text, states = lesson.texts[language], {name: one.states for name, one in course.experiments.items()}
    with suppress(ExpressionError):  # told already
        template = parse(skeleton(text))
        errors = (
            *unknown_facts(template, kinds),
            *unfit_kinds(template, kinds),
            *aggregate_errors(template, course.over_gallery, states),
        )
        yield from each_at_its_place(text, errors)
    for asked in [*_in_prose(lesson, language), *_in_fences(course, lesson, language)]:
        for name in sorted(results_in(asked.source)) if asked.own else ():  # elsewhere this is told already
            if name not in course.experiments and name not in course.broken:
                message, hint = f"there is no experiment {name!r}", nearest(name, course.experiments)
                yield text.mistake(message, *asked.place_at(position_of(name, asked.source)), hint)
        if asked.in_fence:
            own = asked.own.lesson if asked.own and asked.own.over else ""
            with suppress(ExpressionError):
                tree = parse_expression(asked.source.strip("{}"))
                known = {**kinds, **OF_PHOTOS} if own else kinds
                errors = (
                    *unknown_facts(tree, known),
                    *unfit_kinds(tree, known),
                    *(no_truth(tree, known) if asked.is_claim else ()),
                    *aggregate_errors(tree, course.over_gallery, states, own),
                )
                for wrong, number in numbered(errors):
                    place = asked.place_at(max(position_of(wrong.word, asked.source, number), 0))
                    yield text.mistake(wrong.message, *place, wrong.hint)
        for found in _NAMED.finditer(asked.source):
            experiment = course.experiments.get(found["id"]) if found["id"] else asked.own
            given, group = _given(experiment, found["kind"]), "name" if found["name"] else "item"
            name = found[group]
            if experiment and given is not None and name not in given:
                message = f"{experiment.method.name} gives no {found['kind']}.{name} ({experiment.id})"
                hint = nearest(name, given) if given else f"it has no {found['kind']}"
                yield text.mistake(message, *asked.place_at(found.start(group)), hint)


def _given(experiment: Experiment | None, kind: str) -> Collection[str] | None:
    """The numbers or the settings that a result has; None where that isn't known."""
    if experiment is None:
        return None
    if kind == "settings":
        return experiment.settings.keys()
    method = experiment.method
    return method.numbers_with(method.settings(**experiment.settings))


def _in_prose(lesson: Lesson, language: str) -> Iterator[Asked]:
    text = lesson.texts[language]
    for span in text.spans:
        if span.kind in ("expression", "statement"):
            yield Asked(span.source, partial(place_in_span, text, span))


def _in_fences(course: Course, lesson: Lesson, language: str) -> Iterator[Asked]:
    for experiment in course.experiments.values():
        if experiment.lesson != lesson.slug:
            continue
        if words := experiment.wording.get(language):
            yield from _in_words(words.caption, experiment)
        if language == lesson.first.language:
            for claim in experiment.claims:
                yield Asked(claim.source, claim.passage.place_at, experiment, in_fence=True, is_claim=True)
    for question in course.questions_of(lesson):
        for passage in question.passages(language):
            yield from _in_words(passage)
        if language == lesson.first.language:
            for right in question.right:
                yield Asked(right.source, right.passage.place_at, in_fence=True, is_claim=True)


def _in_words(passage: Passage, own: Experiment | None = None) -> Iterator[Asked]:
    for found in _EXPRESSION.finditer(passage.source):
        yield Asked(found[0], partial(_place_behind, passage, found.start()), own, in_fence=True)


def _place_behind(passage: Passage, start: int, offset: int) -> Place:
    return passage.place_at(start + offset)

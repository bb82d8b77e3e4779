"""Proofreading: what can be known to be wrong with the lessons' texts before anything runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from netviz.bibliography import cited_works
from netviz.course import Course
from netviz.inputs import TEMPLATES
from netviz.lessons import LANGUAGES, Lesson
from netviz.methods import methods
from netviz.mistakes import Mistake, gathered
from netviz.site.edition import NAMES
from netviz.site.expressions import expression_mistakes, measurement_mistakes, undeclared
from netviz.site.markup import Body, inline_template, lesson_body, link_mistakes, phrase_mistakes
from netviz.site.pages import page_slug
from netviz.site.quiz import question_mistakes
from netviz.site.reference import glossary_mistakes
from netviz.site.weave import environment


def text_mistakes(course: Course, changed: Collection[str] | None = None) -> list[Mistake]:
    """Everything in the lessons' texts that can be known to be wrong before anything runs.

    ``changed`` are the slugs of the lessons to look at, with those that link to them; all lessons, if it is None.
    """
    lessons = [lesson for lesson in course.pages if changed is None or _concerns(lesson, changed)]
    mistakes: list[Mistake] = []
    known = dict.fromkeys(course.broken) | {name: one.states for name, one in course.experiments.items()}
    for language in LANGUAGES:
        env = environment(TEMPLATES, language)
        names = {*env.globals, *NAMES}
        bodies: dict[str, Body] = {}
        for lesson in lessons:
            text = lesson.texts[language]
            mistakes += expression_mistakes(text, env, names, known)
            mistakes += measurement_mistakes(text, env, course.measurements)
            with gathered(mistakes):
                bodies[lesson.slug] = lesson_body(text)
                mistakes += phrase_mistakes(text, bodies[lesson.slug], known)
            for question in course.questions_of(lesson):
                mistakes += question_mistakes(question, lesson.texts, language, env, names, known)
            mistakes += _caption_mistakes(course, lesson, env, language, {*names, "target", "top", "numbers"})
        sections = _sections(course, language, bodies | _linked(course, lessons, language))
        for lesson in lessons:
            if lesson.slug in bodies:
                text = lesson.texts[language]
                mistakes += link_mistakes(text, bodies[lesson.slug], page_slug(lesson.slug), sections)
        if len(lessons) == len(course.pages):
            mistakes += glossary_mistakes(course.glossary, language, env)
    return mistakes


def _concerns(lesson: Lesson, changed: Collection[str]) -> bool:
    """Whether a lesson has changed, or links into one that has."""
    text = "".join(text.source for text in lesson.texts.values())
    return lesson.slug in changed or any(f"{page_slug(slug)}.html#" in text for slug in changed)


def _linked(course: Course, lessons: Sequence[Lesson], language: str) -> dict[str, Body]:
    """The bodies of the other lessons that these link into."""
    text = "".join(lesson.texts[language].source for lesson in lessons)
    others = [one for one in course.pages if one not in lessons and f"{page_slug(one.slug)}.html#" in text]
    return {lesson.slug: lesson_body(lesson.texts[language]) for lesson in others}


def _sections(course: Course, language: str, bodies: Mapping[str, Body]) -> dict[str, set[str] | None]:
    """Every page's sections, figures and entries that links may name, by its slug; None where it can't be woven."""
    sections: dict[str, set[str] | None] = {"methods": set(methods()), "credits": {"photos", "weights", "software"}}
    chapters = course.glossary.chapters
    sections["glossary"] = {chapter.key for chapter in chapters} | {term.key for one in chapters for term in one.terms}
    sections["bibliography"] = {one.work.key for one in cited_works(course.bibliography, methods().values(), {})}
    for lesson in course.pages:
        body = bodies.get(lesson.slug)
        figures = {one.id for one in course.experiments.values() if one.lesson == lesson.slug}
        figures |= {one.id for one in course.questions_of(lesson)}
        known = figures | set(re.findall(r' id="([^"]+)"', body.template)) if body else None
        sections[page_slug(lesson.slug)] = known
    return sections


def _caption_mistakes(
    course: Course, lesson: Lesson, env: ImmutableSandboxedEnvironment, language: str, names: set[str]
) -> Iterator[Mistake]:
    text = lesson.texts[language]
    for experiment in course.experiments.values():
        words = experiment.wording.get(language)
        if words is None or experiment.lesson != lesson.slug:
            continue
        try:
            known = names | {"value", "stop"} if experiment.slider else names
            unknown = undeclared(inline_template(words.caption), env) - known
            if unknown:
                yield text.mistake(f"unknown name {min(unknown)!r} in the caption", words.line, words.column)
        except (ValueError, TemplateError) as error:
            yield text.mistake(f"the caption can't be read: {error}", words.line, words.column)

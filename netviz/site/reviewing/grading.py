"""Grading: every question of the course held against every picture, before a reader does it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from netviz.cache.store import key_of
from netviz.course.lessons import Lesson
from netviz.course.questions import Question
from netviz.mistakes import Mistake
from netviz.site.edition import Edition, edition_of
from netviz.site.expression_values import page_values
from netviz.site.files.takeover import Takeover
from netviz.site.quiz import grades
from netviz.site.results import Results


def grading_warnings(results: Results, taken: Takeover) -> Iterator[Mistake]:
    """A warning for each question of which no choice is right for some picture, or more than one.

    Those of a lesson whose pages are as before are graded as before. Raises Mistakes for claims that fail with the
    results.
    """
    edition = edition_of(results.course.languages[0], results)
    for lesson in edition.course.woven:
        if edition.course.questions_of(lesson):
            key = key_of([edition.key_of_page(lesson, page) for page in edition.pages_of(lesson)])
            told = taken.finding(f"questions of {lesson.slug}", key, partial(_graded, edition, lesson))
            yield from (lesson.first.mistake(*one) for one in told)


def _graded(edition: Edition, lesson: Lesson) -> list[tuple[str, int, int]]:
    """The warnings of a lesson: message, line and column of each."""
    told = []
    for question in edition.course.questions_of(lesson):
        right: dict[int, list[str]] = {}
        for picture in edition.course.offered:
            graded = grades(question, lesson.first, page_values(edition, picture))
            right.setdefault(sum(graded), []).append(picture)
        told += [
            (_told(question, count, pictures), *_place(question))
            for count, pictures in sorted(right.items())
            if count != 1
        ]
    return told


def _told(question: Question, count: int, pictures: list[str]) -> str:
    choices = f"{count} choices are right" if count else "no choice is right"
    return f"the question {question.id!r}: {choices} for the picture{'s' * (len(pictures) > 1)} {', '.join(pictures)}"


def _place(question: Question) -> tuple[int, int]:
    ask = question.wording[question.first].ask
    return ask.line, ask.column

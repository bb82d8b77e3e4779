"""Grading: every question of the course held against every picture, before a reader does it."""

from __future__ import annotations

from collections.abc import Iterator

from netviz.course.questions import Question
from netviz.mistakes import Mistake
from netviz.site.edition import Edition
from netviz.site.expression_values import page_values
from netviz.site.quiz import grades
from netviz.site.results import Results


def grading_warnings(results: Results) -> Iterator[Mistake]:
    """A warning for each question of which no choice is right for some picture, or more than one.

    Raises Mistakes for claims that fail with the results.
    """
    edition = Edition(results.course.languages[0], results)
    for lesson in edition.course.woven:
        text = lesson.first
        for question in edition.course.questions_of(lesson):
            right: dict[int, list[str]] = {}
            for picture in edition.course.offered:
                right.setdefault(sum(grades(question, text, page_values(edition, picture))), []).append(picture)
            for count, pictures in sorted(right.items()):
                if count != 1:
                    yield text.mistake(_told(question, count, pictures), *_place(question))


def _told(question: Question, count: int, pictures: list[str]) -> str:
    choices = f"{count} choices are right" if count else "no choice is right"
    return f"the question {question.id!r}: {choices} for the picture{'s' * (len(pictures) > 1)} {', '.join(pictures)}"


def _place(question: Question) -> tuple[int, int]:
    ask = question.wording[question.first].ask
    return ask.line, ask.column

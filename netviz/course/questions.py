"""Graded questions: a reader guesses before looking, and the results of the chosen picture say which choice is right.

An author writes what makes each choice right, as a claim over results, and never the answer itself. So an answer is
computed, and may be another one, several or none for another picture.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from netviz.course.claims import NAMES, Claim, read_claim
from netviz.course.fences import fence_values, read_fences, stated
from netviz.course.fields import Name
from netviz.course.lessons import Lesson, LessonText, Span, Words
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.sandbox import ExpressionError
from netviz.yaml_places import Key, Passage, Places

QUESTION_NAMES = (*NAMES, "layer", "measured", "weights")  # what the claims of a question may use


class Choice(BaseModel):
    """One choice as the first language states it: its words, and the claim that makes it right."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    text: Words
    right: str


class QuestionFence(BaseModel):
    """The fields of a question; its choices are `Choice`, or in other languages texts alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    ask: Words
    choices: list[Any] = Field(min_length=2)
    because: Words


@dataclass(frozen=True)
class QuestionWords:
    """A question in one language: captions, so with Markdown and expressions."""

    ask: Passage
    choices: tuple[Passage, ...]
    because: Passage


@dataclass(frozen=True, kw_only=True)
class Question:
    """A checked question of a lesson: what makes each choice right, and its words by language."""

    id: str
    lesson: str
    right: tuple[Claim, ...]
    wording: Mapping[str, QuestionWords]

    @property
    def first(self) -> str:
        """The course's first language, in which it is stated."""
        return next(iter(self.wording))

    def passages(self, language: str) -> tuple[Passage, ...]:
        """Its words in a language; none where nobody has translated it yet."""
        words = self.wording.get(language)
        return (words.ask, *words.choices, words.because) if words else ()


def read_questions(
    lessons: Sequence[Lesson], taken: Container[str]
) -> tuple[dict[str, Question], list[Mistake], set[str]]:
    """Every question of the course by id, all that is wrong in any, and the ids of those that can't be read.

    ``taken`` are ids that others have.
    """
    return read_fences(lessons, "question", partial(_read_question, taken), _add_words)


def _read_question(
    taken: Container[str],
    span: Span,
    text: LessonText,
    lesson: str,
    earlier: Mapping[str, Question],
    broken: Set[str],
) -> Question:
    fence, places = _read_fence(span, text)
    mistakes: list[Mistake] = []
    if fence.id in earlier:
        message = f"the id {fence.id!r} is taken by a question of the lesson {earlier[fence.id].lesson!r}"
        mistakes.append(places.mistake(("id",), message))
    elif fence.id in taken:
        mistakes.append(places.mistake(("id",), f"the id {fence.id!r} is taken by an experiment"))
    texts, claims = [], []
    for number, value in enumerate(fence.choices):
        with gathered(mistakes):
            choice, claim = _read_choice(value, number, places)
            texts.append(choice.text)
            claims.append(claim)
    if mistakes:
        raise Mistakes(mistakes)
    words = _words(fence, texts, places, "text")
    return Question(id=fence.id, lesson=lesson, right=tuple(claims), wording={text.language: words})


def _read_fence(span: Span, text: LessonText) -> tuple[QuestionFence, Places]:
    values, places = fence_values(span, text, "a question needs `id:`, `ask:`, `choices:` and `because:`")
    return places.checked(values, QuestionFence, list(QuestionFence.model_fields)), places


def _read_choice(value: Any, number: int, places: Places) -> tuple[Choice, Claim]:
    key: Key = ("choices", number)
    if not isinstance(value, dict):
        raise Mistakes([places.mistake(key, "a choice is `{text: …, right: …}`")])
    choice = places.checked(value, Choice, list(Choice.model_fields), key)
    right = places.passage((*key, "right"), choice.right)
    try:
        return choice, read_claim(right, QUESTION_NAMES)
    except ExpressionError as error:
        place = right.place_of(error.word)
        raise Mistakes([places.mistake_at(*place, f"not a claim: {error}", error.hint)]) from None


def _add_words(
    span: Span, text: LessonText, lesson: str, questions: dict[str, Question], broken: Container[str]
) -> None:
    fence, places = _read_fence(span, text)
    if fence.id in broken:
        return
    question = stated(fence.id, lesson, "question", questions, places, text.first)
    mistakes = [
        places.mistake(
            ("choices", number), f"a choice is its text alone; what makes it right stands in {text.first}.md"
        )
        for number, choice in enumerate(fence.choices)
        if not isinstance(choice, (str, int, float)) or isinstance(choice, bool)
    ]
    if len(fence.choices) != len(question.right):
        message = f"{text.first}.md has {len(question.right)} choices, here are {len(fence.choices)}"
        mistakes.append(places.mistake(("choices",), message))
    if mistakes:
        raise Mistakes(mistakes)
    words = _words(fence, [str(choice) for choice in fence.choices], places)
    questions[fence.id] = dataclasses.replace(question, wording={**question.wording, text.language: words})


def _words(fence: QuestionFence, choices: Sequence[str], places: Places, *field: str) -> QuestionWords:
    return QuestionWords(
        places.passage(("ask",), fence.ask),
        tuple(places.passage(("choices", number, *field), choice) for number, choice in enumerate(choices)),
        places.passage(("because",), fence.because),
    )

"""Questions on the page: their words checked, and graded by the results of the picture that the reader has chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from netviz.course.claims import check_claim, results_in
from netviz.course.lessons import LessonText
from netviz.course.questions import Passage, Question
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.sandbox import ExpressionError, Sandbox, hint_of
from netviz.site.text.expressions import render, unknown_names
from netviz.site.text.markup import inline_template


@dataclass(frozen=True)
class ChoiceView:
    """A choice in words, and whether it is right for the picture."""

    text: Markup
    right: bool


@dataclass(frozen=True)
class QuestionView:
    """A question as a page shows it. Several choices may be right, or none."""

    id: str
    ask: Markup
    choices: tuple[ChoiceView, ...]
    because: Markup

    @property
    def right(self) -> tuple[ChoiceView, ...]:
        """The choices that are right for the picture."""
        return tuple(choice for choice in self.choices if choice.right)


def question_mistakes(
    question: Question,
    texts: Mapping[str, LessonText],
    language: str,
    sandbox: Sandbox,
    names: Collection[str],
    experiments: Collection[str],
) -> Iterator[Mistake]:
    """What is wrong with a question's words in a language (with its claims too in the first), each at its place.

    ``names`` are what its expressions may use, ``experiments`` the results that there are.
    """
    for passage, source in _sources(question, language):
        try:
            template = source()
            missing = sorted(results_in(template) - set(experiments))
            found = [
                *unknown_names(template, sandbox, names),
                *(
                    ExpressionError(f"there is no experiment {name!r}", hint=nearest(name, experiments))
                    for name in missing
                ),
            ]
        except ExpressionError as error:
            found = [error]
        except ValueError as error:
            found = [ExpressionError(f"can't be read: {error}")]
        for one in found:
            message = f"the question {question.id!r}: {one.message}"
            yield texts[language].mistake(message, passage.line, passage.column, one.hint)


def results_asked(question: Question, language: str) -> set[str]:
    """The experiments whose results a question speaks of."""
    passages = [passage for one in {question.first, language} for passage in question.passages(one)]
    return {name for passage in (*question.places, *passages) for name in results_in(passage.source)}


def _sources(question: Question, language: str) -> Iterator[tuple[Passage, Any]]:
    """Every passage of a question in a language, with a function that gives it as the source of a template."""
    if language == question.first:
        for claim in question.places:
            yield claim, lambda claim=claim: "{{ " + claim.source + " }}"
    for passage in question.passages(language):
        yield passage, lambda passage=passage: inline_template(passage.source)


def question_view(
    question: Question,
    texts: Mapping[str, LessonText],
    language: str,
    sandbox: Sandbox,
    values: Mapping[str, Any],
    first_values: Mapping[str, Any],
    link: Callable[[str], str],
) -> QuestionView:
    """A question in a language, graded.

    ``values`` are what its words may use, ``first_values`` the same in the first language, in which the claims are
    written; ``link`` gives the link to a page. Raises Mistakes for what fails with these.
    """
    if language not in question.wording:
        language = question.first
    words, text = question.wording[language], texts[language]

    def woven(passage: Passage) -> Markup:
        try:
            return render(sandbox, inline_template(passage.source), values, link)
        except ValueError as error:
            raise Mistakes(
                [text.mistake(f"the question {question.id!r} fails: {error}", *passage.place, hint_of(error))]
            ) from None

    right = grades(question, texts[question.first], first_values)
    choices = tuple(ChoiceView(woven(choice), kept) for choice, kept in zip(words.choices, right, strict=True))
    return QuestionView(question.id, woven(words.ask), choices, woven(words.because))


def grades(question: Question, text: LessonText, values: Mapping[str, Any]) -> list[bool]:
    """Whether each choice is right, by the first language's ``values``. Raises Mistakes for a claim that fails."""
    kept = []
    for claim, place in zip(question.right, question.places, strict=True):
        try:
            kept.append(check_claim(claim, values).kept)
        except ValueError as error:
            message = f"what makes a choice right fails: {error}"
            raise Mistakes([text.mistake(message, place.line, place.column)]) from None
    return kept

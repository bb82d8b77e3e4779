"""Questions on the page: their words checked, and graded by the results of the picture that the reader has chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from netviz.course.claims import check_claim, results_in
from netviz.course.lessons import LessonText
from netviz.course.questions import Question
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.sandbox import ExpressionError, Sandbox, hint_of
from netviz.site.text.expressions import failures, place_of_error, render, unknown_names
from netviz.site.text.markup import Place, Unreadable, inline_template
from netviz.yaml_places import Passage


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

    def errors_in(template: str) -> Iterator[ExpressionError]:
        yield from unknown_names(template, sandbox, names)
        for name in sorted(results_in(template) - set(experiments)):
            yield ExpressionError(f"there is no experiment {name!r}", word=name, hint=nearest(name, experiments))

    def told(message: str, place: Place, hint: str = "") -> Mistake:
        return texts[language].mistake(f"the question {question.id!r}: {message}", *place, hint)

    for claim in question.right if language == question.first else ():
        for error in errors_in("{{ " + claim.source + " }}"):  # which has been read already
            yield told(error.message, claim.passage.place_of(error.word), error.hint)
    for passage in question.passages(language):
        try:
            for error in errors_in(inline_template(passage.source)):
                yield told(error.message, place_of_error(passage, error, errors_in), error.hint)
        except ExpressionError as error:
            yield told(error.message, place_of_error(passage, error, errors_in), error.hint)
        except Unreadable as error:
            yield told(f"can't be read: {error}", passage.place_in(error.line, error.column))


def results_asked(question: Question, language: str) -> set[str]:
    """The experiments whose results a question speaks of."""
    passages = [passage for one in {question.first, language} for passage in question.passages(one)]
    passages += [claim.passage for claim in question.right]
    return {name for passage in passages for name in results_in(passage.source)}


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
            place = place_of_error(passage, error, lambda source: failures(sandbox, source, values))
            raise Mistakes(
                [text.mistake(f"the question {question.id!r} fails: {error}", *place, hint_of(error))]
            ) from None

    right = grades(question, texts[question.first], first_values)
    choices = tuple(ChoiceView(woven(choice), kept) for choice, kept in zip(words.choices, right, strict=True))
    return QuestionView(question.id, woven(words.ask), choices, woven(words.because))


def grades(question: Question, text: LessonText, values: Mapping[str, Any]) -> list[bool]:
    """Whether each choice is right, by the first language's ``values``. Raises Mistakes for a claim that fails."""
    kept = []
    for claim in question.right:
        try:
            kept.append(check_claim(claim, values).kept)
        except ValueError as error:
            message = f"what makes a choice right fails: {error}"
            raise Mistakes([text.mistake(message, *claim.passage.place)]) from None
    return kept

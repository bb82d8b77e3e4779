"""Prose coverage: which conditions of a course's texts were met by some photo, and which were not met by some other.

A test suite that never takes a branch says nothing of it. A sentence under a condition that no photo of a proof set
meets was never read by anybody, and one under a condition that all of them meet is not known to go when it must.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from jinja2 import nodes

from netviz.cache.store import key_of
from netviz.course.experiments import CHOSEN
from netviz.course.lessons import Lesson, LessonText, Span, scan
from netviz.course.reading import Course
from netviz.mistakes import Mistake
from netviz.sandbox import CLAIM, ConditionNode, ExpressionError, Function, Sandbox, conditions, nodes_of, test_of
from netviz.site.edition import Edition, edition_of
from netviz.site.expression_values import caption_values, page_values
from netviz.site.files.takeover import Takeover
from netviz.site.quiz import grades
from netviz.site.results import Results
from netviz.yaml_places import Passage

Given = tuple[set[str], nodes.Node]
"""Names that are set in a text, and the expression that their values come from."""

OWN = ("picture", "target", "top", "numbers", "value", "stop")  # what captions may say of their own experiment


@dataclass(frozen=True)
class Prose:
    """Words with expressions among them, in one of a course's texts.

    ``passage`` is what they are in a fence; None where its spans know themselves where they stand. ``own`` is whether
    what it says of its own result follows the reader's photo.
    """

    text: LessonText
    spans: Sequence[Span]
    passage: Passage | None = None
    own: bool = True

    def place_of(self, span: Span) -> tuple[int, int]:
        """Where one of its expressions stands: line and column."""
        return self.passage.place_in(span.line, span.column) if self.passage else (span.line, span.column)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition on which words depend, a claim of words, or one that makes an answer right; and what decided it.

    ``follows`` is whether another photo of the reader's can decide it otherwise, ``kind`` what hangs on it: whether
    words are shown, whether a sentence is true, or whether an answer is right. ``photos`` are those that met it, and
    those that did not.
    """

    text: LessonText
    source: str
    line: int
    column: int
    follows: bool
    kind: Literal["words", "claim", "answer"] = "words"
    photos: Mapping[bool, set[str]] = field(default_factory=lambda: {True: set(), False: set()})

    def told(self, message: str) -> Mistake:
        """Something about it, at its place, with its source where the line itself does not show it."""
        told = self.text.mistake(message, self.line, self.column)
        return told if self.source in told.text else replace(told, hint=self.source)


def observed_conditions(results: Results) -> tuple[list[Condition], list[Mistake]]:
    """Every condition of a course's texts with the photos that decided it, and the texts that fail on some photo."""
    observed: list[Condition] = []
    failing: list[Mistake] = []
    for language in results.course.languages:
        edition = edition_of(language, results)
        for lesson in (one for one in edition.course.pages if one.texts[language].language == language):
            for prose, scopes in _passages(edition, lesson):
                found, failures = observe(prose, scopes, edition.sandbox, _chosen(edition.course))
                observed += found
                failing += failures
    return [*observed, *_answers(edition_of(results.course.languages[0], results))], list(dict.fromkeys(failing))


def claim_warnings(results: Results, taken: Takeover) -> Iterator[Mistake]:
    """A warning for each sentence that claims what some photo breaks; a text whose pages are as before is as true."""
    for language in results.course.languages:
        edition = edition_of(language, results)
        for lesson in (one for one in edition.course.woven if one.texts[language].language == language):
            text = lesson.texts[language]
            if any(re.match(rf"\{{%[-+]?\s*{CLAIM}\b", span.source) for span in text.spans_of("statement")):
                key = key_of([edition.key_of_page(lesson, page) for page in edition.pages_of(lesson)])
                name = f"broken claims of {lesson.slug} in {language}"
                broken = taken.finding(name, key, partial(_broken_in, edition, lesson))
                yield from (text.mistake(*one) for one in broken)


def _broken_in(edition: Edition, lesson: Lesson) -> list[tuple[Any, ...]]:
    """The warnings of a lesson's text: message, line, column and hint of each."""
    if _all_kept(edition, lesson):
        return []
    prose, scopes = next(_passages(edition, lesson))
    found, _ = observe(prose, scopes, edition.sandbox, _chosen(edition.course))
    return [(one.message, one.line, one.column, one.hint) for one in broken_claims(found)]


def _all_kept(edition: Edition, lesson: Lesson) -> bool:
    """Whether pages of a lesson for all photos were woven just now, and no sentence of any of them was broken."""
    known = [edition.results.sentences_kept.get(page.path, False) for page in edition.pages_of(lesson)]
    return len(known) == len(edition.course.offered) and all(known)


def broken_claims(conditions: Iterable[Condition]) -> Iterator[Mistake]:
    """Those of sentences that some photo breaks; all of them, if none of the reader's can change it."""
    for one in conditions:
        if one.kind == "claim" and one.photos[False]:
            on_photos = f" for {', '.join(sorted(one.photos[False]))}" if one.follows else ""
            yield one.told(f"what the sentence claims is broken{on_photos}")


def observe(
    prose: Prose, scopes: Iterable[tuple[str, Mapping[str, Any]]], sandbox: Sandbox, chosen: Collection[str]
) -> tuple[list[Condition], list[Mistake]]:
    """Its conditions with what decided them in each of its ``scopes``, values with the photo that they are of.

    ``chosen`` are the experiments on the photo that a reader chooses. What fails is told of as well.
    """
    source = _numbered(prose.spans)
    tree = sandbox.template(source)
    given = [(_names(one.target), one.node if isinstance(one, nodes.Assign) else one.iter) for one in _settings(tree)]
    found = {node: _condition(node, given, prose, chosen) for node in conditions(tree)}
    failures = []
    for photo, values in scopes if found else ():
        try:
            sandbox.render(source, values, observe=partial(_note, found, photo))
        except ExpressionError as error:
            place = prose.place_of(prose.spans[(error.line or 1) - 1])
            failures.append(prose.text.mistake(f"fails for the photo {photo}: {error.message}", *place, error.hint))
    return list(found.values()), failures


def _note(found: Mapping[ConditionNode, Condition], photo: str, node: ConditionNode, met: bool) -> None:
    found[node].photos[met].add(photo)


def _numbered(spans: Sequence[Span]) -> str:
    """The expressions and statements of a text alone, each on the line of its number."""
    asking = ("expression", "statement")
    return "\n".join(span.source.replace("\n", " ") if span.kind in asking else "" for span in spans)


def _condition(node: ConditionNode, given: Sequence[Given], prose: Prose, chosen: Collection[str]) -> Condition:
    span = prose.spans[node.lineno - 1]
    follows = any(_follows(one, chosen, prose.own) for one in _behind(test_of(node), given))
    line, column = prose.place_of(span)
    kind: Literal["words", "claim"] = "claim" if isinstance(node, nodes.CallBlock) else "words"
    return Condition(text=prose.text, source=span.source, line=line, column=column, follows=follows, kind=kind)


def _behind(condition: nodes.Node, given: Sequence[Given]) -> list[nodes.Node]:
    """The expressions that decide a condition: its own, and those whose values it knows by a name that was set."""
    found = [condition]
    names: set[str] = set()
    for expression in found:
        fresh = _names(expression) - names
        names |= fresh
        found += [value for targets, value in given if fresh & targets]
    return found


def _settings(tree: nodes.Template) -> list[nodes.Assign | nodes.For]:
    """What gives values to names in a tree."""
    return [*nodes_of(tree, nodes.Assign), *nodes_of(tree, nodes.For)]


def _names(node: nodes.Node) -> set[str]:
    return {one.name for one in nodes_of(node, nodes.Name)}


def _follows(expression: nodes.Node, chosen: Collection[str], own: bool) -> bool:
    """Whether an expression speaks of the reader's photo, or of what was measured on it."""
    asked_of = {id(one.node): one.arg for one in nodes_of(expression, nodes.Getitem)}
    for name in nodes_of(expression, nodes.Name):
        match asked_of.get(id(name)):
            case nodes.Const(value=asked) if name.name == "results":
                follows = asked in chosen
            case _:
                follows = name.name == "results" or (name.name in OWN and own)
        if follows:
            return True
    return False


def _chosen(course: Course) -> set[str]:
    """The experiments on the photo that a reader chooses, by their ids."""
    return {name for name, one in course.experiments.items() if one.picture == CHOSEN}


def _passages(edition: Edition, lesson: Lesson) -> Iterator[tuple[Prose, Iterator[tuple[str, Mapping[str, Any]]]]]:
    """A lesson's text, its captions and the words of its questions, each with what it may speak of, photo by photo."""
    text, offered = lesson.texts[edition.language], edition.course.offered
    pages = {photo: {**page_values(edition, photo), "experiment": Function(lambda name: "")} for photo in offered}
    yield Prose(text, text.spans), iter(pages.items())
    for experiment in edition.course.experiments.values():
        if experiment.lesson == lesson.slug and (words := experiment.wording.get(edition.language)):
            states = [*experiment.slider.values] if experiment.slider else [""]
            scopes = (
                (photo, caption_values(edition, photo, experiment, state)) for photo in offered for state in states
            )
            own = experiment.picture == CHOSEN
            yield Prose(text, scan(words.caption.source).spans, words.caption, own), scopes
    for question in edition.course.questions_of(lesson):
        for one in question.passages(edition.language):
            yield Prose(text, scan(one.source).spans, one), iter(pages.items())


def _answers(edition: Edition) -> Iterator[Condition]:
    """What makes each choice of each question right."""
    offered, chosen = edition.course.offered, _chosen(edition.course)
    for lesson in edition.course.pages:
        text = lesson.texts[edition.language]
        for question in edition.course.questions_of(lesson):
            graded = {photo: grades(question, text, page_values(edition, photo)) for photo in offered}
            for number, claim in enumerate(question.right):
                tree = edition.sandbox.expression(claim.source)
                photos: dict[bool, set[str]] = {True: set(), False: set()}
                for photo in offered:
                    photos[graded[photo][number]].add(photo)
                follows = _follows(tree, chosen, True)
                yield Condition(
                    text=text,
                    source=claim.source,
                    line=claim.passage.line,
                    column=claim.passage.column,
                    follows=follows,
                    kind="answer",
                    photos=photos,
                )

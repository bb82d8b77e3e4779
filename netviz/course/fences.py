"""Fences that a lesson states once, in its first language, and words in each: experiments, questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Protocol, TypeVar

from netviz.course.lessons import Lesson, LessonText, Span, SpanKind, called
from netviz.limits import INDENTATION
from netviz.mistakes import Mistake, Mistakes, gathered, nearest
from netviz.yaml_places import Places, read_yaml


class Worded(Protocol):
    """What a lesson states in a fence and each language words."""

    @property
    def id(self) -> str: ...
    @property
    def lesson(self) -> str: ...
    @property
    def wording(self) -> Mapping[str, Any]: ...


def fence_values(span: Span, text: LessonText, needed: str) -> tuple[dict[str, Any], Places]:
    """What a fence holds by name, with its places. Raises Mistakes if it is no mapping, with what is ``needed``."""
    values, places = read_yaml(span.source, text.path, span.line, INDENTATION)
    if not isinstance(values, dict):
        raise Mistakes([places.mistake((), needed)])
    return values, places


Fenced = TypeVar("Fenced", bound=Worded)
State = Callable[[Span, LessonText, str, Mapping[str, Fenced], Set[str]], Fenced]
AddWords = Callable[[Span, LessonText, str, dict[str, Fenced], set[str]], None]


def read_fences(
    lessons: Sequence[Lesson], kind: SpanKind, state: State[Fenced], add_words: AddWords[Fenced]
) -> tuple[dict[str, Fenced], list[Mistake], set[str]]:
    """Every fence of a kind by id, in the order of the lessons.

    And all that is wrong in any of them, in any language, with the ids of those that could not be read: a mistake is
    told once, and who refers to such a fence is not wrong as well. ``state`` takes the span, its text, the lesson's
    slug, the fences before it, and the ids of those that could not be read; it raises Mistakes, of which there are none
    where it can't be read for want of such a one. ``add_words`` a span of another language and the fences it may word.
    """
    found: dict[str, Fenced] = {}
    mistakes: list[Mistake] = []
    broken: set[str] = set()
    for lesson in lessons:
        text = lesson.first
        for span in text.spans_of(kind):
            before = len(found)
            with gathered(mistakes):
                one = state(span, text, lesson.slug, found, broken)
                found[one.id] = one
            if len(found) == before:
                broken.add(called(span.source))
    for lesson in lessons:
        for text in lesson.written[1:]:
            for span in text.spans_of(kind):
                with gathered(mistakes):
                    add_words(span, text, lesson.slug, found, broken)
    return found, mistakes, broken


def stated(name: str, lesson: str, kind: SpanKind, found: Mapping[str, Fenced], places: Places, first: str) -> Fenced:
    """What a lesson's first language states under a name. Raises Mistakes if it doesn't."""
    if name in found and found[name].lesson == lesson:
        return found[name]
    known = [one.id for one in found.values() if one.lesson == lesson]
    message = f"the lesson's {first}.md has no {kind} {name!r}"
    raise Mistakes([places.mistake(("id",), message, nearest(name, known) if known else "")])

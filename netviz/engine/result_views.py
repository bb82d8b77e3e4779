"""Results as lessons and claims see them: names in the page's language, numbers by name, nothing that can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netviz.course.sliders import no_value, value_name
from netviz.engine.record import RankedClass, Record
from netviz.languages.class_names import class_name
from netviz.sandbox import Facts, Function


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassScore(Facts):
    """One class's score: ``rank`` counts from 1, ``probability`` is from 0 to 1."""

    index: int
    name: str
    probability: float
    logit: float
    rank: int


@dataclass(frozen=True, slots=True)
class ClassFacts(Facts):
    """A class by itself, whatever its score."""

    index: int
    name: str


class Top(tuple[ClassScore, ...], Facts):
    """The most likely classes, best first."""

    __slots__ = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(score.name for score in self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultView(Facts):
    """One experiment's result for one picture; ``numbers.norm`` and the like are what the method measured.

    ``settings.samples`` and the like are what was asked for. One on data has no target, no likeliest classes and no
    picture.
    ``others`` are its results at every value of its slider, by the value's name; ``each`` is one of them after the
    other within ``all(…)`` and the like, and nothing elsewhere.
    ``label`` is the class of what a photo of a gallery shows, if that is known; ``correct`` whether it is
    the likeliest one.
    """

    target: ClassScore | None
    top: Top
    numbers: Mapping[str, Any]
    picture: Any
    settings: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, ResultView] = field(default_factory=dict)
    each: ResultView | None = None
    label: ClassFacts | None = None

    @property
    def correct(self) -> bool | None:
        return self.top[0].index == self.label.index if self.label else None

    @property
    def at(self) -> Function:
        """Gives the result at another value of the experiment's slider; ValueError if it does not stop there."""
        return Function(self._at)

    def _at(self, value: Any) -> ResultView:
        if value_name(value) not in self.others:
            raise ValueError(no_value(value, self.others))
        return self.others[value_name(value)]


def result_view(record: Record, picture: Any, language: str, label: int | None = None) -> ResultView:
    """A stored result's facts, with class names in ``language``; ``label`` is the index of what the photo shows."""
    return ResultView(
        target=_class_score(record.target, language) if record.target else None,
        top=Top(_class_score(one, language) for one in record.top),
        numbers=record.numbers,
        picture=picture,
        settings=record.settings,
        label=None if label is None else ClassFacts(label, class_name(label, language)),
    )


def _class_score(one: RankedClass, language: str) -> ClassScore:
    name = class_name(one.index, language)
    return ClassScore(index=one.index, name=name, probability=one.probability, logit=one.logit, rank=one.rank)

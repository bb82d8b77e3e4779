"""Results as lessons and claims see them: names in the page's language, numbers by name, nothing that can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from netviz.course.sliders import no_value, value_name
from netviz.networks.classes import classes


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class's score: ``rank`` counts from 1, ``probability`` is from 0 to 1."""

    index: int
    name: str
    probability: float
    logit: float
    rank: int


class Top(tuple[ClassScore, ...]):
    """The most likely classes, best first."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(score.name for score in self)


@dataclass(frozen=True, slots=True)
class ResultView:
    """One experiment's result for one picture; ``numbers.norm`` and the like are what the method measured.

    ``settings.samples`` and the like are what was asked for. One on data has no target, no likeliest classes and no
    picture.
    ``others`` are its results at every value of its slider, by the value's name.
    """

    target: ClassScore | None
    top: Top
    numbers: SimpleNamespace
    picture: Any
    settings: SimpleNamespace = field(default_factory=SimpleNamespace)
    others: Mapping[str, ResultView] = field(default_factory=dict)

    def at(self, value: Any) -> ResultView:
        """The result at another value of the experiment's slider. Raises ValueError if it does not stop there."""
        if value_name(value) not in self.others:
            raise ValueError(no_value(value, self.others))
        return self.others[value_name(value)]


def result_view(record: Mapping[str, Any], picture: Any, language: str) -> ResultView:
    """A stored result's facts, with class names in ``language``."""
    return ResultView(
        _class_score(record["target"], language) if "target" in record else None,
        Top(_class_score(score, language) for score in record.get("top", ())),
        SimpleNamespace(**record["numbers"]),
        picture,
        SimpleNamespace(**record["settings"]),
    )


def _class_score(score: Mapping[str, Any], language: str) -> ClassScore:
    name = classes()[score["index"]].name(language)
    return ClassScore(score["index"], name, score["probability"], score["logit"], score["rank"])

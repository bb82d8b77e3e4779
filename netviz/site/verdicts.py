"""Verdicts: every claim of the course, held against every picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from netviz.cache.store import key_of
from netviz.course.claims import CheckedClaim, check_claim
from netviz.course.experiments import NO_PICTURE, Experiment
from netviz.languages.known import FIRST, language
from netviz.mistakes import Mistake, Mistakes
from netviz.site.aggregate_scopes import aggregates
from netviz.site.files.takeover import Takeover, code_key
from netviz.site.results import Results, scope


@dataclass(frozen=True)
class Verdict:
    """A claim of an experiment on a picture, and whether it is kept."""

    experiment: Experiment
    picture: str
    claim: CheckedClaim


def verdicts(results: Results) -> list[Verdict]:
    """Every claim of the course held against every picture.

    Raises Mistakes for one that speaks of what is not there.
    """
    course = results.course
    checked: list[Verdict] = []
    mistakes: list[Mistake] = []
    texts = {lesson.slug: lesson.first for lesson in course.pages}
    for experiment, picture, names in _claiming(results):
        for claim in experiment.claims:
            try:
                checked.append(Verdict(experiment, picture, check_claim(claim, names)))
            except ValueError as error:
                text = texts[experiment.lesson]
                mistakes.append(text.mistake(f"the claim fails: {error}", *claim.passage.place))
    if mistakes:
        raise Mistakes(set(mistakes))
    return checked


def _claiming(results: Results) -> Iterator[tuple[Experiment, str, dict[str, Any]]]:
    """Every experiment that claims something, on each picture or over its gallery, with the names of what it speaks."""
    course = results.course
    first = course.languages[0]
    for (name, picture), task in results.plan.items():
        if task.experiment.claims:
            views = results.views(picture or course.default_picture, first)
            names = scope(views[name], views) | aggregates(results, first, views)
            yield task.experiment, picture, names
    for name in results.gallery_plan:
        if course.experiments[name].claims:
            views = results.views(course.default_picture, first)
            names = {"results": views, **aggregates(results, first, views, name)}
            yield course.experiments[name], NO_PICTURE, names


def known_verdicts(results: Results, taken: Takeover) -> list[Verdict]:
    """The same; as they were for the old site, if they were given on the same claims and results."""
    experiments = results.course.experiments
    known = taken.finding("verdicts", _key(results), partial(_as_plain, results))
    return [
        Verdict(experiments[name], picture, CheckedClaim(source, kept, dict(measured)))
        for name, picture, source, kept, measured in known
    ]


def _as_plain(results: Results) -> list[Any]:
    """The verdicts as JSON holds them, in the same form whether they are given now or were before.

    What was measured is in pairs: names of an object would come back in the order of the alphabet.
    """
    given = [
        (one.experiment.id, one.picture, one.claim.source, one.claim.kept, [*one.claim.measured.items()])
        for one in verdicts(results)
    ]
    plain: list[Any] = json.loads(json.dumps(given))
    return plain


def _key(results: Results) -> str:
    """A key of all that claims speak of."""
    course = results.course
    spoken = [language(one).digest for one in (course.languages[0], FIRST)]
    pictures = [(one.name, dict(one.titles), one.digest) for one in course.pictures.values()]
    asked = [
        (name, picture, task.key, [claim.source for claim in task.experiment.claims])
        for (name, picture), task in results.plan.items()
    ]
    galleries = [
        (results.gallery_key(name), [claim.source for claim in course.experiments[name].claims])
        for name in results.gallery_plan
    ]
    return key_of([code_key(), spoken, course.default_picture, pictures, asked, galleries])

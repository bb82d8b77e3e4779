"""Verdicts: every claim of the course, held against every picture."""

from __future__ import annotations

from dataclasses import dataclass

from netviz.course.claims import CheckedClaim, check_claim
from netviz.course.experiments import Experiment
from netviz.mistakes import Mistake, Mistakes
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
    for (name, picture), task in results.plan.items():
        if not task.experiment.claims:
            continue
        views = results.views(picture or course.default_picture, course.languages[0])
        names = scope(views[name], views)
        for claim in task.experiment.claims:
            try:
                checked.append(Verdict(task.experiment, picture, check_claim(claim, names)))
            except ValueError as error:
                text = texts[task.experiment.lesson]
                mistakes.append(text.mistake(f"the claim fails: {error}", *claim.passage.place))
    if mistakes:
        raise Mistakes(set(mistakes))
    return checked

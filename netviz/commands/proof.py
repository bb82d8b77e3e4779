"""The proof of a course: its sentences held against more photos than its readers are offered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netviz.cache.store import Store
from netviz.cluster.executors import executor_of
from netviz.course.reading import Course
from netviz.course.samples import read_photos
from netviz.engine.execution import ExperimentsFailed, run_missing
from netviz.engine.gallery_failures import without_failed
from netviz.engine.plan import Plan, joined, make_gallery_plan, make_plan
from netviz.engine.record import RESULTS
from netviz.mistakes import Mistake, Mistakes, as_plain
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.pipeline import all_mistakes, read, with_whole_entries
from netviz.progress import Reporter
from netviz.refusals import naming
from netviz.site.files.gallery_photos import with_readable_photos
from netviz.site.files.takeover import Takeover
from netviz.site.results import Results
from netviz.site.reviewing.coverage import Condition, broken_claims, observed_conditions
from netviz.site.reviewing.generalities import unbound_sentences
from netviz.site.reviewing.grading import grading_warnings
from netviz.site.verdicts import Verdict, verdicts


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was found. ``failing`` are experiments and texts that fail for a photo, ``unbound`` sentences to look at."""

    photos: Sequence[str]
    conditions: Sequence[Condition]
    verdicts: Sequence[Verdict]
    questions: Sequence[Mistake]
    failing: Sequence[Mistake]
    unbound: Sequence[Mistake]

    def lines(self) -> Iterator[str]:
        """The report in words."""
        words = [one for one in self.conditions if one.kind == "words"]
        yield f"{len(self.photos)} photos: {', '.join(self.photos)}"
        yield f"{len(words)} conditions in texts, {sum(one.follows for one in words)} of them follow the reader's photo"
        for title, found in self._sections().items():
            yield f"{len(found)} {title}{':' if found else ''}"
            yield from (f"  {line}" for one in found for line in str(one).splitlines())

    def plain(self) -> dict[str, Any]:
        """The report as JSON can hold it: what was found by its title, as mistakes are told."""
        found = {title: [as_plain(one) for one in places] for title, places in self._sections().items()}
        return {"photos": [*self.photos], "found": found}

    def _sections(self) -> dict[str, Sequence[Mistake]]:
        return {
            "fail for a photo": self.failing,
            "are never met: no photo shows these words": _never(True, self._of("words", True)),
            "are always met: no photo hides these words": _never(False, self._of("words", True)),
            "answers are right for no photo": _never(True, self._of("answer", True)),
            "answers are right for every photo": _never(False, self._of("answer", True)),
            "claims are broken by a photo": _broken(self.verdicts),
            "sentences claim what is broken": [*broken_claims(self.conditions)],
            "questions have no right choice for a photo, or several": self.questions,
            "are not met, and hang on no photo of the reader's": _never(True, self._of("words", False)),
            "are met, and hang on none: a claim would tell more": _never(False, self._of("words", False)),
            "sentences generalise and are bound to nothing (a hint)": self.unbound,
        }

    def _of(self, kind: str, follows: bool) -> list[Condition]:
        return [one for one in self.conditions if (one.kind, one.follows) == (kind, follows)]


def prove(options: Options, folder: Path, reporter: Reporter) -> Proof:
    """Run the experiments on the reader's photo for every photo of a folder, and see what the texts make of it.

    Raises Mistakes, WeightsUnavailable or UnreadablePicture. Results are kept in the store as those of any build.
    """
    store = Store(options.store)
    return with_whole_entries(store, reporter, lambda: _prove(options, folder, store, reporter))


def _prove(options: Options, folder: Path, store: Store, reporter: Reporter) -> Proof:
    course = read(options)
    if mistakes := all_mistakes(course, Takeover(options.to)):
        raise Mistakes(mistakes)
    photos = read_photos(folder, course.pictures)
    course = with_readable_photos(course, store, reporter)
    course = replace(course, pictures={**course.pictures, **photos}, offered=(*course.offered, *photos))
    weights = describe(options.weights)
    plan = make_plan(course, weights, options.precision)
    galleries = make_gallery_plan(course, weights, options.precision)
    failing: list[Mistake] = []
    with naming(options.store), closing(executor_of(options, reporter)) as executor:
        try:
            run_missing(joined([[*plan.values()], *galleries.values()]), executor, store, reporter)
        except ExperimentsFailed as failed:
            failing += failed.mistakes
            course = without_failed(course, galleries, failed.failures, reporter)
    course = _with_results(course, plan, store, failing)
    results = Results(course, plan, weights, store, options)
    conditions, failures = observed_conditions(results)
    return Proof(
        photos=course.offered,
        conditions=conditions,
        verdicts=verdicts(results),
        questions=[*grading_warnings(results, Takeover(results.options.to))],
        failing=[*failing, *failures],
        unbound=[*unbound_sentences(course)],
    )


def _with_results(course: Course, plan: Plan, store: Store, failing: Sequence[Mistake]) -> Course:
    """The course without the photos for which an experiment failed. Raises Mistakes if the other results lack some."""
    missing = {picture for (_, picture), task in plan.items() if not store.has(RESULTS, task.key)}
    offered = tuple(name for name in course.offered if name not in missing)
    if not offered or missing - {*course.offered}:
        raise Mistakes(failing)
    return replace(course, offered=offered)


def _never(met: bool, conditions: Sequence[Condition]) -> list[Mistake]:
    """The conditions that no photo decided so; what no photo even asked is never met."""
    asked = [one for one in conditions if met or one.photos[True]]
    return [one.told("never met" if met else "always met") for one in asked if not one.photos[met]]


def _broken(verdicts: Sequence[Verdict]) -> list[Mistake]:
    """A claim with the photos that break it; it stands where its experiment does."""
    of_claims: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        of_claims.setdefault((one.experiment.id, one.claim.source), []).append(one)
    found = []
    for (name, claim), checked in of_claims.items():
        if by := [one.picture for one in checked if not one.claim.kept]:
            message = f"{name}: {claim} is broken by {len(by)} of {len(checked)}: {', '.join(by)}"
            found.append(checked[0].experiment.mistake(message))
    return found

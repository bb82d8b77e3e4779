"""`--verify`: stored results are made again and compared, with a report and an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from netviz.cache.store import Store
from netviz.cluster.executors import executor_of
from netviz.engine.plan import all_tasks
from netviz.engine.verification import TOLERANCES, Verified, a_part, stored_results, verified
from netviz.mistakes import Mistake, Mistakes
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.pipeline import read
from netviz.progress import Reporter

DIFFERENT = 3  # the exit code where a result is another one


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was made again, of how many stored results, chosen by which seed."""

    found: Sequence[Verified]
    stored: int
    seed: int

    @property
    def code(self) -> int:
        """The exit code."""
        return DIFFERENT if self._of("different") else 0

    def lines(self) -> Iterator[str]:
        """In words."""
        yield f"{len(self.found)} of {self.stored} stored results were made again (seed {self.seed})"
        yield f"{len(self._of('identical'))} are the same to the last byte"
        limits = ", ".join(f"{limit:g} in {precision}" for precision, limit in TOLERANCES.items())
        near = self._of("near")
        yield f"{len(near)} made on another machine, or nobody knows where, are as near as they may be ({limits})"
        yield from map(_told, near)
        yield f"{len(self._of('different'))} are different"
        yield from map(_told, self._of("different"))

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        results = [
            {
                "experiment": one.stored.task.experiment.id,
                "lesson": one.stored.task.experiment.lesson,
                "picture": one.stored.task.picture_name,
                "same_machine": one.stored.here,
                "agreement": one.agreement,
                "distance": one.distance,
                "part": one.part,
            }
            for one in self.found
        ]
        return {"stored": self.stored, "seed": self.seed, "tolerances": dict(TOLERANCES), "results": results}

    def _of(self, agreement: str) -> list[Verified]:
        return [one for one in self.found if one.agreement == agreement]


def verify(options: Options, part: float, seed: int, reporter: Reporter) -> Verification:
    """Make stored results of a course again: so many if ``part`` is whole, else that share of them.

    Raises Mistakes for a course that can't be read, of which nothing is stored, or with an experiment that fails;
    WeightsUnavailable or UnreadablePicture. The store stays as it is.
    """
    course = read(options)
    if course.mistakes:
        raise Mistakes(course.mistakes)
    store = Store(options.store)
    stored = stored_results(all_tasks(course, describe(options.weights), options.precision), store)
    if not stored:
        raise Mistakes([Mistake(options.store, "holds no result of this course", hint="build it first")])
    chosen = a_part(stored, part, seed)
    with closing(executor_of(options, reporter)) as executor:
        return Verification(found=verified(chosen, executor, store, reporter), stored=len(stored), seed=seed)


def _told(one: Verified) -> str:
    return f"  {one.stored.task.label}: {one.part}, by {one.distance:.2g} of its greatest value"

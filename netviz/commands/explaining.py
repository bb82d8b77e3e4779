"""`--explain`: what a build would run, and which part of each result's key has changed; nothing is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from netviz.cache.store import Store
from netviz.engine.explanations import Change, Explanation, explained
from netviz.engine.plan import all_tasks
from netviz.mistakes import Mistakes
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.pipeline import read, with_whole_entries
from netviz.progress import Reporter
from netviz.site.files.gallery_photos import with_readable_photos

NOT_THERE = "-"
AS_BEFORE = "all it depends on is as it was, but its result is not in the store, or is damaged"


@dataclass(frozen=True)
class Explained:
    """What would be done for every experiment and picture, in the order of the lessons."""

    found: Sequence[Explanation]

    def lines(self) -> Iterator[str]:
        """In words: what experiments have in common is said once, and of photos of a gallery how many they are."""
        for (state, _), alike in groupby((one for one in self.found if not one.task.experiment.over), key=_alike):
            tasks = [*alike]
            for one in tasks:
                yield f"{one.task.label}: {state}{_besides(one)}"
            yield from (f"    {line}" for line in _reasons(tasks[0]))
        galleries: dict[tuple[str, ...], list[Explanation]] = {}
        for one in (one for one in self.found if one.task.experiment.over):
            galleries.setdefault((one.task.experiment.id, *_alike(one), _besides(one)), []).append(one)
        for photos in galleries.values():
            first, count = photos[0], len(photos)
            label = first.task.label if count == 1 else f"{first.task.experiment.id} · {count} photos"
            yield f"{label}: {first.state}{_besides(first)}"
            yield from (f"    {line}" for line in _reasons(first))
        counts = {state: sum(one.state == state for one in self.found) for state in ("fresh", "stale", "new")}
        yield f"{len(self.found)} results: " + ", ".join(f"{count} {state}" for state, count in counts.items())

    def plain(self) -> list[dict[str, Any]]:
        """As JSON can hold it."""
        return [
            {
                "experiment": one.task.experiment.id,
                "lesson": one.task.experiment.lesson,
                "picture": one.task.picture_name,
                "state": one.state,
                "drawn": one.drawn,
                "compared": one.compared,
                "changes": [asdict(change) for change in one.changes],
            }
            for one in self.found
        ]


def explain(options: Options, reporter: Reporter) -> Explained:
    """What a build would do: nothing with photos of galleries that can't be opened, as it leaves them out.

    Raises Mistakes, WeightsUnavailable or UnreadablePicture.
    """
    store = Store(options.store)
    return with_whole_entries(store, reporter, lambda: _explain(options, store, reporter))


def _explain(options: Options, store: Store, reporter: Reporter) -> Explained:
    course = read(options)
    if course.mistakes:
        raise Mistakes(course.mistakes)
    course = with_readable_photos(course, store, reporter)
    tasks = all_tasks(course, describe(options.weights), options.precision)
    return Explained(explained(tasks, store))


def _alike(one: Explanation) -> tuple[str, str]:
    """What tasks that follow each other share, if they are told together: of stale ones the reasons."""
    return one.state, "\n".join(_reasons(one))


def _besides(one: Explanation) -> str:
    if one.state == "fresh" and not one.drawn:
        return ", its figure is drawn anew"
    if one.compared and one.compared != one.task.experiment.id:
        return f", compared with {one.compared}"
    return ""


def _reasons(one: Explanation) -> list[str]:
    if one.state != "stale":
        return []
    return [f"{change.part}: {_value(change.before)} -> {_value(change.after)}" for change in _told(one)] or [AS_BEFORE]


def _told(one: Explanation) -> Sequence[Change]:
    return sorted(one.changes, key=lambda change: change.part.startswith(("code.", "data.", "packages.")))


def _value(value: Any) -> str:
    return NOT_THERE if value is None else str(value)

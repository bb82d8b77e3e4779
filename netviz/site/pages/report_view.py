"""The report of a build as a page shows it: what ran and what was known, how long it took, claims, warnings, photos.

It tells times, which differ from build to build. So it is no part of the site, of which the same inputs give the same
bytes: it lies in the store's folder, and seconds of what was reused are those that the store keeps of when it was made.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from netviz.cache.sources import code_digest
from netviz.cache.store import Store
from netviz.engine.origins import ORIGINS, origin_of
from netviz.engine.plan import Task
from netviz.languages.class_names import class_name
from netviz.languages.known import in_language
from netviz.progress import Report, peak_memory
from netviz.remembered import remembered
from netviz.site.results import Results
from netviz.site.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class ExperimentRow:
    """An experiment on a picture: whether it ran in this build, its seconds and bytes of memory when it did."""

    label: str
    lesson: str
    method: str
    precision: str
    ran: bool
    seconds: float | None
    memory: int | None


@dataclass(frozen=True, kw_only=True)
class PhotoRow:
    """A photo with what the network says of it: classes by name with their probabilities, the likeliest first."""

    name: str
    title: str
    classes: Sequence[tuple[str, float]]


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """All that the page shows; experiments with the slowest first."""

    title: str
    draft: bool
    only: Sequence[str]
    report: Report
    memory: int | None
    experiments: Sequence[ExperimentRow]
    broken: Sequence[Verdict]
    kept: Sequence[Verdict]
    photos: Sequence[PhotoRow]


def report_view(report: Report, results: Results, ran: Collection[str]) -> ReportView:
    """The report of a build; ``ran`` is what the tasks whose results it has made are counted as."""
    language = results.course.languages[0]
    tasks = [*results.plan.values()]
    costs = _costs(tasks, results.store)
    rows = [_experiment(task, costs.get(task.key, UNKNOWN), task.counted_as in ran) for task in tasks]
    rows += [_over_gallery(tasks, ran, report) for tasks in results.gallery_plan.values()]
    return ReportView(
        title=in_language(results.course.site.title, language),
        draft=results.options.draft,
        only=results.options.only,
        report=report,
        memory=peak_memory(),
        experiments=sorted(rows, key=lambda row: -(row.seconds or 0.0)),
        broken=[one for one in report.verdicts if not one.claim.kept],
        kept=[one for one in report.verdicts if one.claim.kept],
        photos=_photos(results, language),
    )


def _experiment(task: Task, cost: Cost, ran: bool) -> ExperimentRow:
    seconds, memory = cost
    return ExperimentRow(
        label=task.label,
        lesson=task.experiment.lesson,
        method=task.experiment.method.name,
        precision=task.precision,
        ran=ran,
        seconds=seconds,
        memory=memory,
    )


def _over_gallery(tasks: Sequence[Task], ran: Collection[str], report: Report) -> ExperimentRow:
    """An experiment on all photos of a gallery: the seconds are those of this build."""
    experiment = tasks[0].experiment
    return ExperimentRow(
        label=f"{experiment.id} · {len(tasks)} photos",
        lesson=experiment.lesson,
        method=experiment.method.name,
        precision=tasks[0].precision,
        ran=tasks[0].counted_as in ran,
        seconds=report.longest.get(experiment.id),
        memory=None,
    )


Cost = tuple[float | None, int | None]
"""The seconds that a result took, and the bytes of memory; None where that isn't known."""
UNKNOWN: Cost = (None, None)


def _from_plain(plain: dict[str, Any]) -> dict[str, Cost]:
    return {key: (seconds, memory) for key, (seconds, memory) in plain.items()}


def _entries(tasks: Sequence[Task], store: Store) -> tuple[Any, ...]:
    """The entries that tell where results come from, and the code that reads them: what one tells never changes."""
    return (code_digest(__name__), *(_entry(task.key, store) for task in tasks))


def _entry(key: str, store: Store) -> tuple[Any, ...]:
    try:
        folder = os.stat(f"{store.folder}/{ORIGINS}/{key[:2]}/{key}")  # noqa: PTH116 (a Path takes ten times as long)
    except OSError:
        return (key,)
    return key, folder.st_ino, folder.st_mtime_ns


@remembered(dict, _from_plain, of=_entries)
def _costs(tasks: Sequence[Task], store: Store) -> dict[str, Cost]:
    """What results took, by key; to read a thousand small files anew takes longer than all else of a report."""
    unasked = Store(store.folder)  # no site is made of them
    origins = {task.key: origin_of(task, unasked) for task in tasks}
    return {key: (one.seconds, one.memory) for key, one in origins.items() if one}


def _photos(results: Results, language: str) -> list[PhotoRow]:
    """Every photo that something was asked of, as it is cut out."""
    found: dict[str, PhotoRow] = {}
    for task in results.plan.values():
        if task.picture and task.picture_name not in found and task.experiment.framing == "crop":
            top = [(class_name(one.index, language), one.probability) for one in results.record(task).top]
            title = in_language(task.picture.titles, language)
            found[task.picture_name] = PhotoRow(name=task.picture_name, title=title, classes=top)
    return [found[name] for name in results.course.pictures if name in found]

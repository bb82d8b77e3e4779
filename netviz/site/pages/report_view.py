"""The report of a build as a page shows it: what ran and what was known, how long it took, claims, warnings, photos.

It tells times, which differ from build to build. So it is no part of the site, of which the same inputs give the same
bytes: it lies in the store's folder, and seconds of what was reused are those that the store keeps of when it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from netviz.cache.store import Store
from netviz.engine.origins import Origin, origin_of
from netviz.engine.plan import Task
from netviz.languages.class_names import class_name
from netviz.languages.known import in_language
from netviz.progress import Report, peak_memory
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
    rows = [_experiment(task, results.store, task.counted_as in ran) for task in results.plan.values()]
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


def _experiment(task: Task, store: Store, ran: bool) -> ExperimentRow:
    origin = _origin(task, store.folder)
    return ExperimentRow(
        label=task.label,
        lesson=task.experiment.lesson,
        method=task.experiment.method.name,
        precision=task.precision,
        ran=ran,
        seconds=origin.seconds if origin else None,
        memory=origin.memory if origin else None,
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


@cache
def _origin(task: Task, folder: Path) -> Origin | None:
    return origin_of(task, Store(folder))


def _photos(results: Results, language: str) -> list[PhotoRow]:
    """Every photo that something was asked of, as it is cut out."""
    found: dict[str, PhotoRow] = {}
    for task in results.plan.values():
        if task.picture and task.picture_name not in found and task.experiment.framing == "crop":
            top = [(class_name(one.index, language), one.probability) for one in results.record(task).top]
            title = in_language(task.picture.titles, language)
            found[task.picture_name] = PhotoRow(name=task.picture_name, title=title, classes=top)
    return [found[name] for name in results.course.pictures if name in found]

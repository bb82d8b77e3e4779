"""The build, in six words: read, plan, run, draw, weave, publish."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from netviz.cache.built import SUMMARY
from netviz.cache.inputs import inputs_key
from netviz.cache.manifest import Damaged
from netviz.cache.store import Cleaned, Store
from netviz.course.reading import Course, read_course
from netviz.course.translations import shorter, untranslated, unworded
from netviz.engine.declarations import declaration_mistakes
from netviz.engine.draw import FIGURES, Drawing
from netviz.engine.estimates import announce_long, cost, seconds_of_a_pass
from netviz.engine.export import export_tasks
from netviz.engine.plan import Task, make_plan
from netviz.engine.run import RESULTS, Laboratory, run_data_task
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes, as_plain, nearest
from netviz.networks import open_network
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.pictures import picture_mistakes, picture_warnings
from netviz.progress import Report, Reporter, Stage
from netviz.refusals import check_writable, naming
from netviz.site.files.places import check_places
from netviz.site.files.publish import check_destination, publish
from netviz.site.files.static import clashes, static_files
from netviz.site.files.takeover import Takeover
from netviz.site.grading import grading_warnings
from netviz.site.proofreading import text_mistakes, text_warnings
from netviz.site.results import Results
from netviz.site.verdicts import verdicts
from netviz.site.weave import changed_texts, known_paths, site_files

ATTEMPTS = 3  # of a build that meets damaged entries in its store

Done = TypeVar("Done")


def build(options: Options, reporter: Reporter) -> Report:
    """Read the course, run and draw what is missing, weave the pages and put the site in its place.

    Raises Mistakes, WeightsUnavailable, UnreadablePicture or CannotPublish; then the old site stands as it was.
    """
    check_places(options)
    store = Store(options.store)
    return with_whole_entries(store, reporter, lambda: _build(options, store, reporter))


def with_whole_entries(store: Store, reporter: Reporter, work: Callable[[], Done]) -> Done:
    """What a work gives. Should it meet a damaged entry of the store, all of these go, and the work makes them anew.

    Raises OSError if that doesn't help.
    """
    for _ in range(ATTEMPTS):
        try:
            return work()
        except Damaged as damaged:
            reporter.say(f"{damaged}: {store.remove_damaged()} damaged entries are removed, and made again")
    raise OSError(errno.EIO, "what is written there can't be read again", str(store.folder))


def read(options: Options) -> Course:
    """The course, once the methods that it may name are known to be declared rightly. Raises Mistakes."""
    if faulty := list(declaration_mistakes(methods().values())):
        raise Mistakes(faulty)
    return read_course(options.content, options.weights, options.picture, options.offer, options.focus, options.credit)


def _build(options: Options, store: Store, reporter: Reporter) -> Report:
    inputs = inputs_key(options)
    course = read(options)
    if course.mistakes:
        raise Mistakes(all_mistakes(course))
    weights = describe(options.weights)
    plan = make_plan(course, weights, options.precision)
    records = Results(course, plan, weights, store, options)
    own, known = static_files(options.content), known_paths(records)
    check_destination(options.to.resolve(), {*own, *known})
    taken = Takeover(options.to)
    if mistakes := [*all_mistakes(course, changed_texts(records, taken)), *clashes(own, known, options.content)]:
        raise Mistakes(mistakes)
    store.clear_drafts()
    with naming(options.store), closing(Drawing(plan.values(), store)) as drawing:
        ran = run_missing(list(plan.values()), options.weights, store, reporter, drawing.result_is_known)
        finish(drawing, reporter)
    with reporter.stage("weave"):
        checked = verdicts(records)
        files = site_files(records, checked, taken)
    if mistakes := clashes(own, files, options.content):
        raise Mistakes(mistakes)
    files |= own
    woven = sum(name.endswith(".html") and isinstance(content, str) for name, content in files.items())
    warnings = [*all_warnings(course), *grading_warnings(records)]
    if options.strict and warnings:
        raise Mistakes(warnings)
    summary = {
        "inputs": inputs,
        "experiments": len(plan),
        "files": sorted(files),
        "made": taken.keys,
        "warnings": [as_plain(replace(one, path=options.shown_file(one.path))) for one in warnings],
    }
    files[SUMMARY] = json.dumps(summary, indent=1, sort_keys=True)
    with naming(options.store):
        store.remember(options.content, options.to)
    with naming(options.to), reporter.stage("publish"):
        gone = publish(files, options.to)
    return Report(
        options.to,
        len(plan),
        ran,
        len(drawing),
        pages=sum(name.endswith(".html") for name in files),
        woven=woven,
        size=sum((options.to / name).stat().st_size for name in files),
        gone=gone,
        stored=store.size(),
        verdicts=checked,
        warnings=warnings,
        seconds=reporter.seconds,
        lessons=_seconds_by(reporter, {task.label: task.experiment.lesson for task in plan.values()}),
        longest=_seconds_by(reporter, {task.label: task.experiment.id for task in plan.values()}),
    )


def _seconds_by(reporter: Reporter, names: Mapping[str, str]) -> dict[str, float]:
    """The seconds that items took to run and to draw, summed by their ``names``, the longest first."""
    sums: dict[str, float] = {}
    for stage in reporter.stages.values():
        for label, taken in stage.seconds.items():
            sums[names[label]] = sums.get(names[label], 0.0) + taken
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def export(options: Options, experiment: str, folder: Path, reporter: Reporter) -> list[Path]:
    """Run an experiment if it must be, and write its raw numbers (`netviz.engine.export`). Returns the `.npz` files."""
    store = Store(options.store)
    return with_whole_entries(store, reporter, lambda: _export(options, experiment, folder, store, reporter))


def _export(options: Options, experiment: str, folder: Path, store: Store, reporter: Reporter) -> list[Path]:
    course = read(options)
    if course.mistakes:
        raise Mistakes(course.mistakes)
    if experiment not in course.experiments:
        hint = nearest(experiment, course.experiments)
        raise Mistakes([Mistake(options.content, f"has no experiment {experiment!r}", hint=hint)])
    plan = make_plan(course, describe(options.weights), options.precision)
    variants = {variant.id for variant in course.experiments[experiment].variants.values()}
    tasks = [task for task in plan.values() if task.experiment.id in variants]
    with naming(options.store):
        run_missing([*(other for task in tasks for other in task.of), *tasks], options.weights, store, reporter)
    with naming(folder):
        return export_tasks(tasks, lambda: open_network(options.weights), store, folder)


def clean(options: Options) -> Cleaned:
    """Remove from the store what is neither needed by the course as it stands nor by a site that was built with it."""
    course = read(options)
    if course.mistakes:
        raise Mistakes(course.mistakes)
    tasks = make_plan(course, describe(options.weights), options.precision).values()
    needed = {(RESULTS, task.key) for task in tasks} | {(FIGURES, task.figure_key) for task in tasks}
    return Store(options.store).clean(needed)


def all_mistakes(course: Course, changed: Collection[tuple[str, str]] | None = None) -> list[Mistake]:
    """All that is wrong with a course before anything runs; of its texts, with those ``changed`` if they are known."""
    return [*course.mistakes, *text_mistakes(course, changed), *picture_mistakes(course.pictures.values())]


def all_warnings(course: Course) -> list[Mistake]:
    """What need not end a build, and is told in its report, as far as it is known before anything runs."""
    return [
        *course.warnings,
        *text_warnings(course),
        *picture_warnings(course.pictures.values()),
        *untranslated(course.pages, "experiment", course.experiments.values()),
        *shorter(course.pages),
        *unworded(course.pages, course.experiments.values()),
        *untranslated(course.pages, "question", course.questions.values()),
    ]


def run_missing(
    tasks: Sequence[Task],
    weights: str,
    store: Store,
    reporter: Reporter,
    done: Callable[[Task], None] = lambda task: None,
) -> int:
    """Run what the store does not know, first on pictures and then on data; ``done`` is told of each.

    Raises Mistakes for experiments that fail, when all others have run and are kept.
    """
    missing = {task.key: task for task in tasks if not store.has(RESULTS, task.key)}
    if missing:
        check_writable(store.folder)
    on_pictures = [task for task in missing.values() if task.picture]
    on_data = [task for task in missing.values() if not task.picture]
    failed: list[Mistake] = []
    if on_pictures:
        failed += _run_on_pictures(on_pictures, weights, store, reporter, done)
    if on_data:
        with reporter.stage("train", sum(map(cost, on_data))) as stage:
            failed += _run_each(on_data, lambda task: run_data_task(task, store), store, stage, done)
    if failed:
        raise Mistakes(failed)
    return len(missing)


def _run_each(
    tasks: Sequence[Task], run: Callable[[Task], None], store: Store, stage: Stage, done: Callable[[Task], None]
) -> list[Mistake]:
    """Run tasks one by one, whatever becomes of the others; gives what went wrong.

    One that takes a map which could not be made is left out: it has no fault of its own.
    """
    failed: list[Mistake] = []
    for task in tasks:
        if all(store.has(RESULTS, other.key) for other in task.of):
            with stage.item(task.label, cost(task)):
                try:
                    run(task)
                    done(task)
                except Mistakes as mistakes:
                    failed += mistakes.mistakes
    return failed


def _run_on_pictures(
    tasks: Sequence[Task], weights: str, store: Store, reporter: Reporter, done: Callable[[Task], None]
) -> list[Mistake]:
    """A task's passes through the network are its share of the bar."""
    with reporter.stage("open"):
        network = open_network(weights)
    announce_long(tasks, seconds_of_a_pass(network), reporter)
    laboratory = Laboratory(network)
    with reporter.stage("run", sum(map(cost, tasks))) as stage:
        network.listeners.append(lambda forward, backward: stage.advance(forward + backward))
        return _run_each(tasks, lambda task: laboratory.run(task, store), store, stage, done)


def finish(drawing: Drawing, reporter: Reporter) -> None:
    """Wait for what is still being drawn when the network has nothing more to do.

    Raises Mistakes for all that can't be drawn.
    """
    failed: list[Mistake] = []
    with reporter.stage("draw", len(drawing)) as stage:
        for task, drawn in drawing:
            with stage.item(task.label):
                try:
                    drawn.result()
                except Mistakes as mistakes:
                    failed += mistakes.mistakes
    if failed:
        raise Mistakes(failed)

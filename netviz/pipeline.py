"""The build, in six words: read, plan, run, draw, weave, publish."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from netviz.cache.built import SUMMARY, is_site
from netviz.cache.inputs import inputs_key
from netviz.cache.manifest import Damaged, written
from netviz.cache.notes import forget_notes, keep, recall
from netviz.cache.store import Cleaned, Store, key_of
from netviz.cluster.executors import executor_of
from netviz.course.drafting import drafted
from netviz.course.lessons import Lesson
from netviz.course.line_order import line_by_line
from netviz.course.own_photos import own_photo_files
from netviz.course.reading import Course, read_course
from netviz.course.samples import know_facts
from netviz.course.translations import shorter, untranslated, unworded
from netviz.engine.browser_network import entry_of, has_network, missing, write_network
from netviz.engine.declarations import declaration_mistakes, of_netviz, own_declaration_mistakes
from netviz.engine.draw import FIGURES, Drawing
from netviz.engine.execution import Executor, ExperimentsFailed, draw_small_figures, finish, run_missing
from netviz.engine.export import export_tasks
from netviz.engine.gallery_failures import without_failed
from netviz.engine.origins import ORIGINS
from netviz.engine.plan import all_tasks, make_gallery_plan, make_plan
from netviz.engine.record import RESULTS
from netviz.engine.small_figures import small_entry
from netviz.figures.views import views
from netviz.languages.known import FIRST, language
from netviz.languages.lacking import language_warnings
from netviz.languages.messages import say_also
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes, as_plain, from_plain, nearest
from netviz.networks import open_network
from netviz.networks.architecture import vgg16_layers
from netviz.networks.weights import describe
from netviz.options import BOOKS, Options
from netviz.pictures import picture_mistakes, picture_warnings
from netviz.progress import Reader, Report, Reporter
from netviz.refusals import naming
from netviz.site.books.printing import browser
from netviz.site.files.file_lists import Files, SiteFiles
from netviz.site.files.gallery_photos import with_readable_photos
from netviz.site.files.places import check_places, check_rest
from netviz.site.files.publish import Published, check_destination, publish
from netviz.site.files.static import clashes, static_files
from netviz.site.files.takeover import Takeover, code_key
from netviz.site.method_words import wanted_messages
from netviz.site.pages.report_page import with_page
from netviz.site.results import Results
from netviz.site.reviewing.coverage import claim_warnings
from netviz.site.reviewing.grading import grading_warnings
from netviz.site.reviewing.proofreading import text_mistakes, text_warnings
from netviz.site.site_map import BOOK
from netviz.site.verdicts import known_verdicts
from netviz.site.weave import known_paths, rehearse_pages, site_files

UNFINISHED = ""  # in the place of the key of all that a site is built from: the next build has something to do
ATTEMPTS = 3  # of a build that meets damaged entries in its store
LEFT = "a file in it may be immutable (chattr -i), or another user's: remove it yourself, it is no part of the site"

Done = TypeVar("Done")


def build(options: Options, reporter: Reporter, inputs: str = "") -> Report:
    """Read the course, run and draw what is missing, weave the pages and put the site in its place.

    ``inputs`` is the key of all that is read (`netviz.cache.inputs`), where whoever asks has found it out already.
    Raises Mistakes, WeightsUnavailable, UnreadablePicture, CannotPrint or CannotPublish; then the old site stands as it
    was.
    """
    check_places(options)
    if options.pdf:
        browser()
    store = Store(options.store)
    with closing(executor_of(options, reporter)) as executor:
        report = with_whole_entries(store, reporter, lambda: _build(options, inputs, store, executor, reporter))
    keep(options.store, options.content, code_key())
    return report


def rehearse(options: Options) -> None:
    """Read and check all that a build does, and weave a page in each language, which nobody sees.

    So what takes long the first time is in memory when the next build of the same process needs it.
    """
    results, taken = _planned(options, Store(options.store)), Takeover(options.to)
    _check(results, taken)
    all_warnings(results.course, options, taken)
    results.checked = known_verdicts(results, taken)
    rehearse_pages(results)


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
    _check_declarations(options)
    say_also(one.words for one in methods().values())
    course = read_course(options.content, options.weights, options.picture, options.offer)
    know_facts(course.pictures.values())
    slugs = [one.slug for one in course.pages]
    if wrong := [one for one in options.only if one not in slugs]:
        hints = ((f"has no lesson {one!r}", nearest(one, slugs)) for one in wrong)
        raise Mistakes(Mistake(options.content, message, hint=hint) for message, hint in hints)
    course = replace(course, only=options.only)
    return drafted(course, vgg16_layers(options.weights)) if options.draft else course


def _check_declarations(options: Options) -> None:
    """Raises Mistakes for methods and views that are declared wrongly; with what is known of netviz's own."""
    other_methods = [one for one in methods().values() if not of_netviz(one)]
    other_views = [one for one in views().values() if not of_netviz(one)]
    if faulty := list(declaration_mistakes(other_methods, other_views)):
        raise Mistakes(faulty)
    recall(options.store, options.content, code_key())
    own_methods = [one for one in methods().values() if of_netviz(one)]
    own_views = [one for one in views().values() if of_netviz(one)]
    if known_faulty := own_declaration_mistakes(own_methods, own_views):
        raise Mistakes(known_faulty)


def _build(options: Options, inputs: str, store: Store, executor: Executor, reporter: Reporter) -> Report:
    inputs = inputs or inputs_key(options, own_photo_files(options.content))
    results, taken = _planned(options, store), Takeover(options.to)
    _check(results, taken)
    results = _with_readable_photos(results, reporter)
    if (first := _with_default_photo_alone(results)) is None:
        return with_page(*_made(results, inputs, taken, executor, reporter), reporter)
    begun, _ = _made(first, UNFINISHED, taken, executor, reporter)
    reporter.say(f"{options.to} stands for the photo {first.course.default_picture}; now for all that are offered")
    taken = Takeover(options.to, found={**taken.found})
    report, results = _made(results, inputs, taken, executor, reporter)
    whole = replace(report, ran=begun.ran + report.ran, drawn=begun.drawn + report.drawn)
    return with_page(whole, results, reporter)


def _with_readable_photos(results: Results, reporter: Reporter) -> Results:
    """The same without the photos of galleries that can't be opened; with ``--strict`` these raise Mistakes."""
    options, course = results.options, with_readable_photos(results.course, results.store, reporter)
    if course is results.course:
        return results  # with all that is known of it: the keys of ten thousand photos take megabytes
    if options.strict and course.warnings != results.course.warnings:
        raise Mistakes(course.warnings)
    return Results(course, results.plan, results.weights, results.store, options)


def _with_default_photo_alone(results: Results) -> Results | None:
    """What can be shown long before all is done; None where a site stands already, or where little is to be done.

    With ``--strict`` no site is published of which it is not known that nothing is wrong with it.
    """
    course, options, store = results.course, results.options, results.store
    others = {*course.offered} - {course.default_picture}
    if options.strict or is_site(options.to) or not others:
        return None
    missing = {picture for (_, picture), task in results.plan.items() if not store.has(RESULTS, task.key)}
    if others.isdisjoint(missing):
        return None
    alone = course.offering([course.default_picture])
    return Results(alone, make_plan(alone, results.weights, options.precision), results.weights, store, options)


def _made(
    planned: Results, inputs: str, taken: Takeover, executor: Executor, reporter: Reporter
) -> tuple[Report, Results]:
    """Run and draw what is missing, weave the pages and put the site in its place.

    Photos of galleries on which an experiment fails are left out of the results, and tried again by the next build.
    """
    options = planned.options
    results, ran, drawn = _run_and_drawn(planned, executor, reporter)
    inputs = inputs if results is planned else UNFINISHED
    if ran or drawn:
        taken.look_again()
    _write_network(results, reporter)
    with reporter.stage("weave"):
        results.checked = known_verdicts(results, taken)
        files = _woven(results, taken, reporter.reader)
    warnings = line_by_line(
        [
            *all_warnings(results.course, options, taken),
            *grading_warnings(results, taken),
            *claim_warnings(results, taken),
            *_network_warnings(results),
        ]
    )
    if options.strict and warnings:
        raise Mistakes(warnings)
    files |= {SUMMARY: _summary(inputs, results, files, taken, warnings)}
    published = _published(files, results, reporter)
    first = (*planned.plan.values(), *(tasks[0] for tasks in planned.gallery_plan.values()))
    counted = {task.counted_as: task.experiment for task in first}
    warnings += [Mistake(one, "could not be removed", hint=LEFT) for one in published.left]
    report = Report(
        site=options.to,
        experiments=len(results.tasks),
        ran=ran,
        drawn=drawn,
        pages=sum(name.endswith(".html") for name in files),
        woven=sum(name.endswith(".html") and isinstance(content, str) for name, content in files.items()),
        size=sum(os.stat(f"{options.to}/{name}").st_size for name in files),  # noqa: PTH116 (a Path takes ten times as long)
        gone=published.gone,
        books_gone=_books_among(published.gone, options),
        stored=results.store.size() if ran or drawn else None,
        verdicts=results.checked,
        warnings=warnings,
        seconds=reporter.seconds,
        lessons=_seconds_by(reporter, {name: one.lesson for name, one in counted.items()}),
        longest=_seconds_by(reporter, {name: one.id for name, one in counted.items()}),
    )
    return report, results


def _planned(options: Options, store: Store) -> Results:
    """The course as it was read, with all that is to be done for it."""
    course = read(options)
    if course.mistakes:
        raise Mistakes(all_mistakes(course, Takeover(options.to)))
    weights = describe(options.weights)
    return Results(course, make_plan(course, weights, options.precision), weights, store, options)


def _check(results: Results, taken: Takeover) -> None:
    """Raises Mistakes for all that can be known to be wrong before anything runs."""
    options = results.options
    own, known = static_files(options.content), known_paths(results)
    check_destination(options.to.resolve(), {*own, *known})
    check_rest(options)
    if mistakes := [*all_mistakes(results.course, taken, results.course.woven), *clashes(own, known, options.content)]:
        raise Mistakes(mistakes)


def _run_and_drawn(results: Results, executor: Executor, reporter: Reporter) -> tuple[Results, int, int]:
    """The results, without the photos of galleries that fail; how many experiments were run, and figures drawn."""
    store = results.store
    store.clear_drafts()
    with naming(results.options.store), closing(Drawing(results.plan.values(), store)) as drawing:
        try:
            ran = run_missing(results.tasks, executor, store, reporter, drawing.result_is_known)
        except ExperimentsFailed as failed:
            results, ran = _without_failed(results, failed, reporter), failed.ran
        finish(drawing, reporter)
        try:
            small = draw_small_figures(results.gallery_tasks, store, reporter)
        except ExperimentsFailed as failed:
            results, small = _without_failed(results, failed, reporter), failed.ran
        return results, ran, len(drawing) + small


def _without_failed(results: Results, failed: ExperimentsFailed, reporter: Reporter) -> Results:
    """Raises the failure itself if it is not of galleries' photos alone."""
    failing = {task.key for task in results.gallery_tasks if task.key in failed.failures}
    if failed.failures.keys() - failing or any(task.key in failing for task in results.plan.values()):
        raise failed
    course = without_failed(results.course, results.gallery_plan, failed.failures, reporter)
    return Results(course, results.plan, results.weights, results.store, results.options)


def _write_network(results: Results, reporter: Reporter) -> None:
    """Make what readers' browsers load of the network, if they are to have it and it isn't there yet."""
    if results.offers_network and not has_network(results.weights, results.store):
        with naming(results.options.store), reporter.stage("network"):
            write_network(results.options.weights, results.weights, results.store)


def _network_warnings(results: Results) -> Iterator[Mistake]:
    """One if readers are to have the network in their browsers, and can't."""
    if results.asks_for_network and (reason := missing(results.weights)):
        hint = "until then the page Your photo is left out, and the rest of the site is whole"
        yield Mistake(results.options.content / "site.yaml", f"your_photo: {reason}", hint=hint)


def _woven(results: Results, taken: Takeover, reader: Reader) -> SiteFiles:
    """Every file of the site by its path, those of ``content/static/`` among them."""
    content = results.options.content
    own, files = static_files(content), site_files(results, taken, reader)
    if mistakes := list(clashes(own, files, content)):
        raise Mistakes(mistakes)
    woven = files | own
    return woven | taken.rest(woven) if results.course.only else woven


def _summary(inputs: str, results: Results, files: Files, taken: Takeover, warnings: Sequence[Mistake]) -> bytes:
    """What the next build needs to know of this one."""
    shown = [as_plain(replace(one, path=results.options.shown_file(one.path))) for one in warnings]
    summary = {
        "inputs": inputs,
        "command": results.options.command,
        "draft": results.options.draft,
        "only": [*results.options.only],
        "experiments": len(results.tasks),
        "files": iter(files),
        "made": taken.keys,
        "found": taken.found,
        "warnings": shown,
    }
    content = bytearray()
    for piece in written(sorted(summary.items())):
        content += piece.encode()
    return bytes(content)


def _published(files: Files, results: Results, reporter: Reporter) -> Published:
    options = results.options
    with naming(options.store):
        results.store.remember(options.content, options.to)
    with naming(options.to), reporter.stage("publish"):
        return publish(files, options.to)


def _books_among(gone: Sequence[str], options: Options) -> dict[str, list[str]]:
    """The files of the whole course among those that are gone for want of an option, by that."""
    missing = [kind for kind in BOOKS if kind not in options.books]  # a language that is left out takes its book along
    found = {f"--{kind}": [one for one in gone if one.rpartition("/")[2] == f"{BOOK}.{kind}"] for kind in missing}
    return {option: books for option, books in found.items() if books}


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
    over = course.experiments[experiment].over
    if over:
        course = with_readable_photos(course, store, reporter)
    variants = {variant.id for variant in course.experiments[experiment].variants.values()}
    weights = describe(options.weights)
    planned = all_tasks(course, weights, options.precision)
    tasks = [task for task in planned if task.experiment.id in variants]
    with naming(options.store), closing(executor_of(options, reporter)) as executor:
        try:
            run_missing([*(other for task in tasks for other in task.of), *tasks], executor, store, reporter)
        except ExperimentsFailed as failed:
            if not over:
                raise
            galleries = make_gallery_plan(course, weights, options.precision)
            course = without_failed(course, galleries, failed.failures, reporter)
            tasks = [task for task in tasks if store.has(RESULTS, task.key)]
    refused = course.galleries[course.experiments[experiment].lesson].refused if over else ()
    if refused and options.strict:
        raise Mistakes(refused)
    for mistake in refused:
        reporter.say(f"{mistake}")
    with naming(folder):
        return export_tasks(tasks, lambda: open_network(options.weights), store, folder)


def clean(options: Options) -> Cleaned:
    """Remove from the store what is neither needed by the course as it stands nor by a site that was built with it."""
    course = read(options)
    if course.mistakes:
        raise Mistakes(course.mistakes)
    weights = describe(options.weights)
    tasks = all_tasks(course, weights, options.precision)
    needed = {(kind, task.key) for task in tasks for kind in (RESULTS, ORIGINS)}
    needed |= {small_entry(task) if task.experiment.over else (FIGURES, task.figure_key) for task in tasks}
    forget_notes(options.store)
    return Store(options.store).clean(needed | {entry_of(weights)})


def all_mistakes(course: Course, taken: Takeover, asked: Collection[Lesson] | None = None) -> list[Mistake]:
    """All that is wrong with a course before anything runs; of the texts of lessons, with those ``asked`` for."""
    return [*course.mistakes, *text_mistakes(course, taken, asked), *picture_mistakes(course.pictures.values())]


def all_warnings(course: Course, options: Options, taken: Takeover) -> list[Mistake]:
    """What need not end a build, and is told in its report, as far as it is known before anything runs."""
    return [
        *course.warnings,
        *text_warnings(course),
        *picture_warnings(course.pictures.values()),
        *(warning for one in course.languages for warning in _language_warnings(one, options, taken)),
        *untranslated(course.pages, "experiment", course.experiments.values()),
        *shorter(course.pages),
        *unworded(course.pages, course.experiments.values()),
        *untranslated(course.pages, "question", course.questions.values()),
    ]


def _language_warnings(code: str, options: Options, taken: Takeover) -> Iterator[Mistake]:
    """What a language lacks; that takes long to find out, and stays so while its words and the program are the same."""

    def find() -> list[dict[str, Any]]:
        found = language_warnings(code, {*wanted_messages(code)})
        return [as_plain(replace(one, path=options.shown_file(one.path))) for one in found]

    key = key_of([code_key(), *(language(one).digest for one in (code, FIRST))])
    known = map(from_plain, taken.finding(f"warnings of the language {code}", key, find))
    return (replace(one, path=options.file_shown_as(one.path)) for one in known)

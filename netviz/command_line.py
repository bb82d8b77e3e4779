"""The command line: what to do and where, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from netviz.cache.built import is_current, summary_of
from netviz.cache.inputs import inputs_key
from netviz.commands.arguments import NAME, NEW, SCHEDULER, WORKER, parsed
from netviz.commands.failures import MENDABLE, failure_of
from netviz.commands.replies import Ending, Reply, Said
from netviz.mistakes import Mistakes, from_plain
from netviz.options import BUILD, OWN, Options
from netviz.progress import Report, Reporter
from netviz.refusals import check_no_circle, naming, stands

if TYPE_CHECKING:
    from netviz.serving import Outcome

GARBAGE = 50_000  # new objects until garbage is looked for: nearly nothing is any that counting references leaves
ASKED_TO_KNOW = ("explain", "list", "verify")  # whose words go to standard output; reports stand with the progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked. Returns the exit code that ``--help`` explains; SystemExit for arguments that can't be read."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if given and given[0] in WORDS:
        return _tell(_ending(lambda: WORDS[given[0]](given[1:]), Options.store))
    options = parsed(given, WORDS)
    ending = _ending(lambda: _reply(options), options.store)
    if options.json:
        print(ending.as_json(options.asked_for))
        return ending.code
    return _tell(ending, options.asked_for in ASKED_TO_KNOW)


def _ending(work: Callable[[], Reply | None], store: Path) -> Ending:
    """How a work ends, whatever comes of it."""
    try:
        reply = work()
        return Ending(reply=reply, code=getattr(reply, "code", 0))
    except Mistakes as mistakes:
        return Ending(code=MENDABLE, mistakes=mistakes.mistakes)
    except Exception as error:
        failure = failure_of(error, store)
        return Ending(code=failure.code, failure=failure.sentence)


def _tell(ending: Ending, to_output: bool = False) -> int:
    """Tell people how it ended; gives the exit code."""
    say = print if to_output else Reporter().say
    for line in ending.reply.lines() if ending.reply else ():
        say(line)
    for mistake in ending.mistakes:
        print(mistake, file=sys.stderr)
    if ending.mistakes:
        print(f"{len(ending.mistakes)} to mend; nothing was changed.", file=sys.stderr)
    if ending.failure:
        print(f"{NAME}: {ending.failure}", file=sys.stderr)
    return ending.code


def _reply(options: Options) -> Reply | None:
    """Do what is asked for, once the places that it names can be used and methods of one's own are known."""
    _check_places(options)
    _import_own(options)
    return COMMANDS[options.asked_for](options, Reporter())


def _check_places(options: Options) -> None:
    """Raises OSError or UnreadablePicture where nothing can be read, or written, before any is."""
    with naming(Path("the folder in which you are")):
        Path.cwd()
    for place in (options.content, options.to, options.store):
        check_no_circle(place)
    if options.picture:
        from netviz.pictures.opening import check_file  # which imports what opens pictures

        for photo in options.picture:
            check_file(photo.path)


def _import_own(options: Options) -> None:
    """Let methods and views of one's own be known. Raises Mistakes, see `netviz.commands.own_code`."""
    if options.methods:
        from netviz.commands.own_code import import_own  # which imports all methods and views of netviz

        import_own(options.methods)


def _new(arguments: Sequence[str]) -> None:
    from netviz.commands.new import main as write_new

    write_new(arguments)


def _worker(arguments: Sequence[str]) -> None:
    from netviz.commands.cluster_processes import run_worker

    run_worker(arguments)


def _scheduler(arguments: Sequence[str]) -> None:
    from netviz.commands.cluster_processes import run_scheduler

    run_scheduler(arguments)


WORDS: Mapping[str, Callable[[Sequence[str]], None]] = {NEW: _new, WORKER: _worker, SCHEDULER: _scheduler}


def _build(options: Options, reporter: Reporter) -> Reply:
    return bring_up_to_date(options, reporter)


def _export(options: Options, reporter: Reporter) -> Reply:
    from netviz.pipeline import export

    return _written(export(options, options.export, options.to, reporter))


def _proof(options: Options, reporter: Reporter) -> Reply:
    from netviz.commands.proof import prove

    assert options.proof, "for whoever asks for a proof names a folder"
    return prove(options, options.proof, reporter)


def _clean(options: Options, reporter: Reporter) -> Reply:
    from netviz.pipeline import clean

    cleaned = clean(options)
    return Said(
        [f"{cleaned} in {options.store}"],
        {"removed": cleaned.entries, "bytes_removed": cleaned.size, "bytes_left": cleaned.left},
    )


def _list(options: Options, reporter: Reporter) -> Reply:
    from netviz.commands.listing import listed

    return listed(options.list[0], " ".join(options.list[1:]), options)


def _explain(options: Options, reporter: Reporter) -> Reply:
    from netviz.commands.explaining import explain

    return explain(options, reporter)


def _schema(options: Options, reporter: Reporter) -> Reply:
    from netviz.commands.schemas import write_schemas

    assert options.schema, "for whoever asks for schemas names a folder"
    return _written(write_schemas(options, options.schema))


def _written(files: Sequence[Path]) -> Reply:
    return Said([f"wrote {file}" for file in files], {"files": [str(file) for file in files]})


def _verify(options: Options, reporter: Reporter) -> Reply:
    from netviz.commands.verifying import verify

    return verify(options, options.verify, options.seed, reporter)


def _serve(options: Options, reporter: Reporter) -> None:
    from netviz.serving import serve

    serve(attempt, rehearse, options, options.port, reporter)


COMMANDS: Mapping[str, Callable[[Options, Reporter], Reply | None]] = {
    BUILD: _build,
    "export": _export,
    "proof": _proof,
    "clean": _clean,
    "list": _list,
    "explain": _explain,
    "schema": _schema,
    "verify": _verify,
    "serve": _serve,
}


def bring_up_to_date(options: Options, reporter: Reporter) -> Report:
    """Build the site, unless one stands there that was built from the same."""
    inputs = inputs_key(options, _own_photo_files(options))
    if is_current(options.to, inputs, options.store):
        summary = summary_of(options.to)
        known = map(from_plain, summary["warnings"])
        warnings = [replace(one, path=options.file_shown_as(one.path)) for one in known]
        if options.strict and warnings:
            raise Mistakes(warnings)
        return Report(site=options.to, experiments=summary["experiments"], warnings=warnings)
    gc.disable()
    from netviz.pipeline import build  # what it imports takes longer than to find out that it isn't needed

    gc.freeze()  # what was imported is no garbage: to look through it again and again takes a tenth of a short build
    gc.set_threshold(GARBAGE)
    gc.enable()
    try:
        return build(options, reporter, inputs)
    finally:
        gc.unfreeze()


def _own_photo_files(options: Options) -> list[Path]:
    """The photos that the course's folder names elsewhere; that is looked up only where there may be some."""
    if not stands(options.content / OWN):
        return []
    from netviz.course.own_photos import own_photo_files

    return own_photo_files(options.content)


def attempt(options: Options, reporter: Reporter) -> Outcome:
    """Bring a site up to date, whatever comes of it; in a process of its own, which has imported nothing yet."""
    from netviz.serving import Outcome

    def built() -> Report:
        _import_own(options)
        return bring_up_to_date(options, reporter)

    ending = _ending(built, options.store)
    _tell(ending)
    report = ending.reply if isinstance(ending.reply, Report) else None
    return Outcome(
        is_new=bool(report and report.pages),
        warnings=tuple(report.warnings) if report else (),
        mistakes=tuple(ending.mistakes),
        failure=ending.failure,
    )


def rehearse(options: Options) -> None:
    """Let what the next build needs be in memory already."""
    from netviz import pipeline

    pipeline.rehearse(options)

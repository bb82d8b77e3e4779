"""The command line: what to build and where, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netviz.cache.built import is_current, summary_of
from netviz.cache.inputs import inputs_key
from netviz.failures import failure_of
from netviz.installation import COMMAND
from netviz.mistakes import Mistakes, from_plain
from netviz.modules import import_file
from netviz.options import OWN, Argument, Options, OwnPhoto, arguments_of, filled, filled_path
from netviz.photo_arguments import PICTURE, OneMorePhoto, ToldOfPhoto
from netviz.pictures.opening import check_file
from netviz.progress import Report, Reporter
from netviz.refusals import check_no_circle, naming, stands

if TYPE_CHECKING:
    from netviz.serving import Outcome

EXAMPLES = f"""\
examples:
  {COMMAND}                                build site/ from content/; what is known already is not run again
  {COMMAND} --picture cat.jpg              the same course around your own photo (it comes first, the samples stay)
  {COMMAND} --picture cat.jpg --title "My cat" --picture dog.heic --focus 0.2 0.5
                                           around two; what follows a photo is told of it. In own.yaml it need be
                                           written but once (README.md)
  {COMMAND} --weights imagenet             with Keras' full VGG16 (a download of 553 MB, once)
  {COMMAND} --weights vgg16.h5             with a file in the layout of Keras' own
  {COMMAND} --to ~/public/netviz           into another folder
  {COMMAND} --offer chelsea dog            a quicker build: readers may choose only these sample pictures
  {COMMAND} --list classes dog             how the classes are called that have "dog" in their names
  {COMMAND} --explain                      what a build would run, and why
  {COMMAND} --export region-dog --to out   the raw numbers of an experiment, as .npz
  {COMMAND} new my-course                  a course of two short lessons to begin with, in a new folder
  {COMMAND} new lesson "Cats"              another lesson of the course in content/
  {COMMAND} serve                          the same in a browser, built anew whenever a file is saved
  {COMMAND} --proof tests/proof            which sentences no photo of a folder shows, or hides

A lesson is a folder of content/lessons with en.md and zh.md; README.md shows how to write one.

exit codes:
  0    all went well
  1    something is to be mended, as told; nothing was changed
  2    these arguments can't be read
  70   a fault of netviz itself; the file with its details is named
  130  stopped by Ctrl-C (143 by SIGTERM); the old site stands as it was
"""
NAME = COMMAND.split()[-1]  # before what is told on a line of its own
PORT = 8000
NEW = "new"
SERVE = "serve"  # is an option, and a word as well


class Once(argparse.Action):
    """Keeps an option's value, and refuses a second: that the last one wins would be told to nobody."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Raises argparse.ArgumentError if the option was given before."""
        given = namespace.__dict__.setdefault("given", set())
        if self.dest in given:
            raise argparse.ArgumentError(self, "is given twice; give it once")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


def parser() -> argparse.ArgumentParser:
    """The arguments that the command takes."""
    arguments = argparse.ArgumentParser(
        prog=NAME,
        description="Read the lessons of a course, run their experiments on VGG16, draw the figures, weave the pages.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.register("action", None, Once)
    for option, one in arguments_of(Options).items():
        _add(arguments, option, one, {"action": OneMorePhoto} if option == PICTURE else {})
    of_photos = arguments.add_argument_group(f"of a photo of your own, each after its --{PICTURE}")
    for option, one in arguments_of(OwnPhoto).items():
        _add(of_photos, option, one, {"action": ToldOfPhoto})
    instead = arguments.add_mutually_exclusive_group()
    instead.add_argument(
        "--export", type=filled, metavar="ID", help="write an experiment's raw numbers instead of building the site"
    )
    instead.add_argument(
        "--proof",
        type=filled_path,
        metavar="DIR",
        help="instead of building, hold the course's sentences against every photo of a folder, beside those that it "
        "offers, and tell which were never shown, never hidden, or broken",
    )
    instead.add_argument(
        "--clean",
        action="store_true",
        help="instead of building, remove from the store what this course does not need any more, nor any site that "
        "was built with that store and still stands",
    )
    instead.add_argument(
        "--serve",
        action="store_true",
        help="build, show the site to browsers on this machine, and build it anew whenever a file is saved",
    )
    instead.add_argument(
        "--list",
        type=filled,
        nargs="+",
        metavar=("WHAT", "WORD"),
        help="list what a lesson may name, and has the word in its name: methods, classes, layers or photos",
    )
    instead.add_argument(
        "--explain",
        action="store_true",
        help="instead of building, tell for every experiment whether its result is known, and else what has changed",
    )
    arguments.add_argument(
        "--port",
        type=_port,
        metavar="N",
        default=argparse.SUPPRESS,
        help=f"where --serve answers browsers ({PORT}; 0: any)",
    )
    return arguments


def _add(group: argparse._ActionsContainer, option: str, one: Argument, more: Mapping[str, Any]) -> None:
    reading: dict[str, Any] = {"type": one.read} if one.read else {}
    group.add_argument(f"--{option}", help=one.help, default=argparse.SUPPRESS, **reading, **one.more, **more)


def _port(word: str) -> int:
    """A port's number. Raises argparse.ArgumentTypeError."""
    if not (word.isascii() and word.isdigit() and int(word) < 2**16):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to 65535")
    return int(word)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a build. Returns the exit code that ``--help`` explains; SystemExit for arguments that can't be read."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if given[:1] == [NEW]:
        return _told(lambda: _new(given[1:]), Options.store)
    asked = _parsed(given)
    chosen = _chosen(asked)
    return _told(lambda: _done(asked, chosen, Reporter()), chosen.store)


def _told(work: Callable[[], None], store: Path) -> int:
    """Do a work and tell what ends it, if anything does; returns the exit code."""
    try:
        work()
    except Mistakes as mistakes:
        return _stop("\n".join(map(str, mistakes.mistakes)), f"{len(mistakes.mistakes)} to mend; nothing was changed.")
    except Exception as error:
        failure = failure_of(error, store)
        _stop(f"{NAME}: {failure.sentence}")
        return failure.code
    return 0


def _new(arguments: Sequence[str]) -> None:
    from netviz.new import main as write_new

    write_new(arguments)


def _check_places(chosen: Options) -> None:
    """Raises OSError or UnreadablePicture where nothing can be read, or written, before any is."""
    with naming(Path("the folder in which you are")):
        Path.cwd()
    for place in (chosen.content, chosen.to, chosen.store):
        check_no_circle(place)
    for photo in chosen.picture:
        check_file(photo.path)


def _done(asked: argparse.Namespace, chosen: Options, reporter: Reporter) -> None:
    """Do what is asked for instead of a build, or build."""
    _check_places(chosen)
    _import_own(chosen)
    if asked.export:
        from netviz.pipeline import export

        for file in export(chosen, asked.export, getattr(asked, "to", Path("export")), reporter):
            reporter.say(f"wrote {file}")
    elif asked.proof:
        from netviz.proof import prove

        prove(chosen, asked.proof, reporter).show(reporter)
    elif asked.clean:
        from netviz.pipeline import clean

        reporter.say(f"{clean(chosen)} in {chosen.store}")
    elif asked.list:
        from netviz.listing import listed

        print(*listed(asked.list[0], " ".join(asked.list[1:]), chosen), sep="\n")
    elif asked.explain:
        from netviz.explaining import explain

        print(*explain(chosen).lines(), sep="\n")
    elif asked.serve:
        from netviz.serving import serve

        serve(attempt, chosen, getattr(asked, "port", PORT), reporter)
    else:
        bring_up_to_date(chosen, reporter).show(reporter)


def _import_own(chosen: Options) -> None:
    """Let methods and views of one's own be known. Raises Mistakes for a file that can't be imported."""
    for file in chosen.methods:
        import_file(file)


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    """What was given: options that were not are missing."""
    reader = parser()
    asked = reader.parse_args([f"--{SERVE}", *given[1:]] if given[:1] == [SERVE] else given)
    if "port" in asked and not asked.serve:
        reader.error("--port is where --serve answers browsers: give both")
    return asked


def _chosen(asked: argparse.Namespace) -> Options:
    given = {name: value for name, value in vars(asked).items() if name in arguments_of(Options)}
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Options(**values)


def bring_up_to_date(options: Options, reporter: Reporter) -> Report:
    """Build the site, unless one stands there that was built from the same."""
    if is_current(options.to, inputs_key(options, _own_photo_files(options))):
        summary = summary_of(options.to)
        warnings = [from_plain(warning) for warning in summary["warnings"]]
        if options.strict and warnings:
            raise Mistakes(warnings)
        return Report(site=options.to, experiments=summary["experiments"], warnings=warnings)
    from netviz.pipeline import build  # what it imports takes longer than to find out that it isn't needed

    gc.freeze()  # what was imported is no garbage: to look through it again and again takes a tenth of a short build
    try:
        return build(options, reporter)
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

    try:
        _import_own(options)
        report = bring_up_to_date(options, reporter)
    except Mistakes as mistakes:
        for one in mistakes.mistakes:
            reporter.say(str(one))
        return Outcome(mistakes=mistakes.mistakes)
    except Exception as error:
        failure = failure_of(error, options.store)
        reporter.say(f"{NAME}: {failure.sentence}")
        return Outcome(failure=failure.sentence)
    report.show(reporter)
    return Outcome(is_new=report.pages > 0, warnings=tuple(report.warnings))


def _stop(*lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1

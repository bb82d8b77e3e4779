"""The command line: what to build and where, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netviz.cache.built import is_current, summary_of
from netviz.cache.inputs import inputs_key
from netviz.cache.manifest import Damaged
from netviz.installation import COMMAND
from netviz.mistakes import Mistakes, from_plain
from netviz.networks.weights import WeightsUnavailable
from netviz.options import Options, arguments_of, filled, filled_path
from netviz.pictures.opening import UnreadablePicture, check_file
from netviz.progress import Report, Reporter
from netviz.refusals import check_no_circle, naming, refusal, write_details
from netviz.site.files.publish import CannotPublish

EXAMPLES = f"""\
examples:
  {COMMAND}                                build site/ from content/; what is known already is not run again
  {COMMAND} --picture cat.jpg              the same course around your own photo (it comes first, the samples stay)
  {COMMAND} --weights imagenet             with Keras' full VGG16 (a download of 553 MB, once)
  {COMMAND} --weights vgg16.h5             with a file in the layout of Keras' own
  {COMMAND} --to ~/public/netviz           into another folder
  {COMMAND} --offer chelsea dog            a quicker build: readers may choose only these sample pictures
  {COMMAND} --export region-dog --to out   the raw numbers of an experiment, as .npz
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
FAULT = 70  # what <sysexits.h> calls an internal software error


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
        reading: dict[str, Any] = {"type": one.read} if one.read else {}
        arguments.add_argument(f"--{option}", help=one.help, default=argparse.SUPPRESS, **reading, **one.more)
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
    return arguments


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a build. Returns the exit code that ``--help`` explains; SystemExit for arguments that can't be read."""
    asked = _parsed(arguments)
    chosen = _chosen(asked)
    reporter = Reporter()
    try:
        with naming(Path("the folder in which you are")):
            Path.cwd()
        for place in (chosen.content, chosen.to, chosen.store):
            check_no_circle(place)
        if chosen.picture:
            check_file(chosen.picture)
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
        else:
            bring_up_to_date(chosen, reporter).show(reporter)
    except Mistakes as mistakes:
        return _stop("\n".join(map(str, mistakes.mistakes)), f"{len(mistakes.mistakes)} to mend; nothing was changed.")
    except (WeightsUnavailable, UnreadablePicture, CannotPublish) as problem:
        return _stop(f"{NAME}: {problem}")
    except Damaged as damaged:
        return _stop(f"{NAME}: {damaged}; remove that file, and build the sites that share its store again")
    except OSError as error:
        return _stop(f"{NAME}: {refusal(error)}")
    except MemoryError:
        return _stop(f"{NAME}: there is too little memory; close other programs, or give this one more (`ulimit -v`)")
    except Exception as error:
        details = write_details(error, chosen.store)
        _stop(
            f"{NAME}: a fault of netviz itself, for which we are sorry ({type(error).__name__}); the site was not "
            f"changed. Its details are in {details}: please send them to the authors."
        )
        return FAULT
    return 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was given: options that were not are missing."""
    reader = parser()
    asked = reader.parse_args(arguments)
    if "picture" not in asked and ("focus" in asked or "credit" in asked):
        reader.error("--focus and --credit are of your own photo: name it with --picture")
    return asked


def _chosen(asked: argparse.Namespace) -> Options:
    given = {name: value for name, value in vars(asked).items() if name in arguments_of(Options)}
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Options(**values)


def bring_up_to_date(options: Options, reporter: Reporter) -> Report:
    """Build the site, unless one stands there that was built from the same."""
    if is_current(options.to, inputs_key(options)):
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


def _stop(*lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1

"""The command line: what to build and where, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import gc
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from netviz.cache.built import is_current, summary_of
from netviz.cache.inputs import inputs_key
from netviz.cache.manifest import Damaged
from netviz.installation import COMMAND
from netviz.mistakes import Mistakes, from_plain
from netviz.networks import Precision
from netviz.networks.weights import WeightsUnavailable
from netviz.options import CONTENT, WEIGHTS, Options
from netviz.pictures.opening import UnreadablePicture, check_file
from netviz.progress import Report, Reporter
from netviz.refusals import refusal, write_details
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
    arguments.add_argument("--content", type=_path, default=CONTENT, metavar="DIR", help="the course (content)")
    arguments.add_argument("--to", type=_path, metavar="DIR", help="where the site goes (site)")
    arguments.add_argument(
        "--store",
        type=_path,
        default=Path(".netviz"),
        metavar="DIR",
        help="where results are kept between builds (.netviz)",
    )
    arguments.add_argument(
        "--weights",
        type=_text,
        default=WEIGHTS,
        metavar="FORM",
        help="compact (default, installed with the project), imagenet (Keras' own), or a file in its layout",
    )
    arguments.add_argument(
        "--picture",
        type=_path,
        metavar="FILE",
        help="your own photo: the course is built around it (./-x.jpg, if its name begins with a dash)",
    )
    arguments.add_argument(
        "--focus",
        type=_share,
        nargs=2,
        metavar=("X", "Y"),
        help="where in your photo the square that the network sees is laid: 0 0 is the upper left corner, 1 1 the "
        "lower right one (0.5 0.5)",
    )
    arguments.add_argument("--credit", type=_text, default="", metavar="TEXT", help="whose photo yours is")
    arguments.add_argument(
        "--offer",
        type=_text,
        nargs="+",
        default=(),
        metavar="NAME",
        help="offer only these sample pictures to choose from (all)",
    )
    arguments.add_argument(
        "--precision",
        choices=get_args(Precision),
        help="compute in this precision (bfloat16 where a method is fit for it), whatever lessons say; without it, "
        "bfloat16 where method and processor are fit for it, else float32",
    )
    arguments.add_argument(
        "--strict", action="store_true", help="end with what the report would warn of, as if it were a mistake"
    )
    arguments.add_argument(
        "--export", type=_text, metavar="ID", help="write an experiment's raw numbers instead of building the site"
    )
    arguments.add_argument(
        "--clean",
        action="store_true",
        help="instead of building, remove from the store what this course does not need any more, nor any site that "
        "was built with that store and still stands",
    )
    return arguments


def _text(argument: str) -> str:
    """An argument that can stand on a page. Raises argparse.ArgumentTypeError if it isn't text."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{argument!r} is not UTF-8; give the file or folder another name") from None
    return argument


def _share(argument: str) -> float:
    """A number from 0 to 1. Raises argparse.ArgumentTypeError for anything else."""
    try:
        share = float(argument)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is no number from 0 to 1")
    return share


def _path(argument: str) -> Path:
    """A path, likewise."""
    return Path(_text(argument))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a build. Returns the exit code that ``--help`` explains; SystemExit for arguments that can't be read."""
    options = _parsed(arguments)
    reporter = Reporter()
    try:
        chosen = Options(
            options.content,
            options.to or Path("site"),
            options.store,
            options.weights,
            options.picture,
            tuple(options.offer),
            options.precision,
            options.strict,
            tuple(options.focus) if options.focus else None,
            options.credit,
        )
        if chosen.picture:
            check_file(chosen.picture)
        if options.export:
            from netviz.pipeline import export

            for file in export(chosen, options.export, options.to or Path("export"), reporter):
                reporter.say(f"wrote {file}")
        elif options.clean:
            from netviz.pipeline import clean

            reporter.say(f"{clean(chosen)} in {options.store}")
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
    except Exception as error:
        details = write_details(error, options.store)
        _stop(
            f"{NAME}: a fault of netviz itself, for which we are sorry ({type(error).__name__}); the site was not "
            f"changed. Its details are in {details}: please send them to the authors."
        )
        return FAULT
    return 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    asked = parser()
    options = asked.parse_args(arguments)
    if not options.picture and (options.focus or options.credit):
        asked.error("--focus and --credit are of your own photo: name it with --picture")
    return options


def bring_up_to_date(options: Options, reporter: Reporter) -> Report:
    """Build the site, unless one stands there that was built from the same."""
    if is_current(options.to, inputs_key(options)):
        summary = summary_of(options.to)
        warnings = [from_plain(warning) for warning in summary["warnings"]]
        if options.strict and warnings:
            raise Mistakes(warnings)
        return Report(options.to, summary["experiments"], warnings=warnings)
    from netviz.pipeline import build  # what it imports takes longer than to find out that it isn't needed

    gc.freeze()  # what was imported is no garbage: to look through it again and again takes a tenth of a short build
    try:
        return build(options, reporter)
    finally:
        gc.unfreeze()


def _stop(*lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1

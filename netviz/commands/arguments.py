"""The arguments that the command takes: options of a build, and what may be asked for instead of one."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netviz.commands.photo_arguments import PICTURE, OneMorePhoto, ToldOfPhoto
from netviz.installation import COMMAND
from netviz.options import Argument, Options, OwnPhoto, arguments_of, filled, filled_path

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
  {COMMAND} --draft                        a quick look in draft/, with fewer samples and steps
  {COMMAND} --only first-look              this lesson alone; the rest of the site stays as it is
  {COMMAND} --list classes dog             how the classes are called that have "dog" in their names
  {COMMAND} --explain                      what a build would run, and why
  {COMMAND} --verify 20                    make 20 stored results again, and compare
  {COMMAND} --export region-dog --to out   the raw numbers of an experiment, as .npz
  {COMMAND} new my-course                  a course of two short lessons to begin with, in a new folder
  {COMMAND} new lesson "Cats"              another lesson of the course in content/
  {COMMAND} serve                          the same in a browser, built anew whenever a file is saved
  {COMMAND} --cluster local:4              the experiments in four processes of this machine
  {COMMAND} --cluster tcp://192.168.0.10:8786
                                           on all workers of the scheduler there; these two start them:
  {COMMAND} scheduler tcp://192.168.0.10:8786
  {COMMAND} worker tcp://192.168.0.10:8786
  {COMMAND} --json                         the report for programs: one JSON object on standard output
  {COMMAND} --proof tests/proof            which sentences no photo of a folder shows, or hides

A lesson is a folder of content/lessons with en.md and zh.md; README.md shows how to write one.

exit codes:
  0    all went well
  1    something is to be mended, as told; nothing was changed
  2    these arguments can't be read
  3    --verify has found a result that is another one
  70   a fault of netviz itself; the file with its details is named
  130  stopped by Ctrl-C (143 by SIGTERM); the old site stands as it was
"""
NAME = COMMAND.split()[-1]  # before what is told on a line of its own
PORT = 8000
NEW = "new"
WORKER, SCHEDULER = "worker", "scheduler"  # commands, like the one before
SERVE = "serve"  # is an option, and a word as well
BUILD = "build"
DRAFT = Path("draft")  # where a draft goes, if nothing else is said: not in the site's place
_BUILDING = (BUILD, SERVE, "explain", "verify")
OF_BUILDS = {"only": _BUILDING, "draft": (*_BUILDING, "proof")}  # options with what they are for
RUN_NOTHING = ("clean", "list", "explain", "schema")
INSTEAD = ("export", "proof", "clean", "serve", "list", "explain", "schema", "verify")  # of a build


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
        "--schema",
        type=filled_path,
        metavar="DIR",
        help="write JSON Schemas of fences and YAML files, by which editors help while one types (README.md says how)",
    )
    instead.add_argument(
        "--explain",
        action="store_true",
        help="instead of building, tell for every experiment whether its result is known, and else what has changed",
    )
    instead.add_argument(
        "--verify",
        type=_part,
        nargs="?",
        const=1.0,
        metavar="PART",
        help="make stored results again, and compare: all, so many (20), or a share (0.1), chosen by chance",
    )
    arguments.add_argument(
        "--seed",
        type=_seed,
        metavar="N",
        default=argparse.SUPPRESS,
        help="another number chooses other results for --verify (0)",
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


def _part(word: str) -> float:
    """A count from 1, or a share above 0 and below 1. Raises argparse.ArgumentTypeError."""
    if word.isascii() and word.isdigit() and int(word):
        return int(word)
    with contextlib.suppress(ValueError):
        if 0 < (share := float(word)) < 1:
            return share
    raise argparse.ArgumentTypeError(f"{word!r} is no count of results, such as 20, and no share of them, such as 0.1")


def _seed(word: str) -> int:
    """The start of random numbers. Raises argparse.ArgumentTypeError."""
    if not (word.isascii() and word.isdigit() and int(word) < 2**32):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to {2**32 - 1}")
    return int(word)


def _port(word: str) -> int:
    """A port's number. Raises argparse.ArgumentTypeError."""
    if not (word.isascii() and word.isdigit() and int(word) < 2**16):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to 65535")
    return int(word)


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """What was given: options that were not are missing."""
    reader = parser()
    asked = reader.parse_args([f"--{SERVE}", *given[1:]] if given[:1] == [SERVE] else given)
    if "port" in asked and not asked.serve:
        reader.error("--port is where --serve answers browsers: give both")
    if "seed" in asked and not asked.verify:
        reader.error("--seed chooses what --verify makes again: give both")
    if "json" in asked and asked.serve:
        reader.error("--serve answers browsers, not programs: leave --json out")
    if "cluster" in asked and command_of(asked) in RUN_NOTHING:
        reader.error(f"--cluster runs experiments, and --{command_of(asked)} runs none: leave it out")
    for option, commands in OF_BUILDS.items():
        if option in asked and command_of(asked) not in commands:
            reader.error(f"--{option} is not for --{command_of(asked)}, which is of the whole course: leave it out")
    return asked


def command_of(asked: argparse.Namespace) -> str:
    """What is asked for: one of `INSTEAD`, or ``build``."""
    return next((name for name in INSTEAD if getattr(asked, name)), BUILD)


def chosen(asked: argparse.Namespace) -> Options:
    """The options of a build, as they were given."""
    given = {name: value for name, value in vars(asked).items() if name in arguments_of(Options)}
    if given.get("draft"):
        given.setdefault("to", DRAFT)
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Options(**values)

"""The arguments that the command takes, in words for people, and what is made of those that were given."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netviz.commands.photo_arguments import PICTURE, OneMorePhoto, ToldOfPhoto
from netviz.installation import COMMAND
from netviz.mistakes import nearest
from netviz.options import Argument, Options, OwnPhoto, arguments_of

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
  {COMMAND} --draft                        a quick look in draft/, with fewer samples, steps and photos
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
NEW = "new"
WORKER, SCHEDULER = "worker", "scheduler"  # commands, like the one before
SERVE = "serve"  # is an option, and a word as well
USUALLY_TO = {"draft": Path("draft"), "export": Path("export")}  # not in the site's place


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
    instead = arguments.add_mutually_exclusive_group()
    for option, one in arguments_of(Options).items():
        group = instead if one.instead else arguments
        _add(group, option, one, {"action": OneMorePhoto} if option == PICTURE else {})
    of_photos = arguments.add_argument_group(f"of a photo of your own, each after its --{PICTURE}")
    for option, one in arguments_of(OwnPhoto).items():
        _add(of_photos, option, one, {"action": ToldOfPhoto})
    return arguments


def _add(group: argparse._ActionsContainer, option: str, one: Argument, more: Mapping[str, Any]) -> None:
    reading: dict[str, Any] = {"type": one.read} if one.read else {}
    group.add_argument(f"--{option}", help=one.help, default=argparse.SUPPRESS, **reading, **one.more, **more)


def parsed(given: Sequence[str], words: Iterable[str] = ()) -> Options:
    """What was asked for. Raises SystemExit for arguments that can't be read, or don't go together.

    ``words`` are what may stand first beside `SERVE`, and is read elsewhere.
    """
    reader = parser()
    if given and not given[0].startswith("-") and given[0] != SERVE:
        reader.error(f"there is no command {given[0]!r}: {nearest(given[0], [SERVE, *words])}")
    asked = reader.parse_args([f"--{SERVE}", *given[1:]] if given[:1] == [SERVE] else given)
    options = _chosen({name: value for name, value in vars(asked).items() if name in arguments_of(Options)})
    if options.only and options.books:
        reader.error(
            f"--{options.books[0]} makes one file of the whole course, and --only some lessons: give one of both"
        )
    command = options.asked_for
    for option, one in arguments_of(Options).items():
        if option in asked and one.only_for and command not in one.only_for:
            reader.error(f"--{option} {one.otherwise.format(command=command)}")
    return options


def _chosen(given: Mapping[str, Any]) -> Options:
    """The options of which some were given; where a draft or an export goes, if nothing else is said."""
    usual: dict[str, Any] = next(({"to": folder} for option, folder in USUALLY_TO.items() if given.get(option)), {})
    values = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Options(**(usual | values))

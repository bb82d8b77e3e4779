"""What a user asks of a build."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netviz.installation import COMMAND
from netviz.networks import Precision

CONTENT = Path("content")
FORMS = ("compact", "imagenet")  # of weights; any other is a file
WEIGHTS = FORMS[0]


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    content: Path
    to: Path
    store: Path
    weights: str = WEIGHTS
    picture: Path | None = None
    offer: tuple[str, ...] = ()
    precision: Precision | None = None
    strict: bool = False  # warnings end a build as mistakes do
    focus: tuple[float, float] | None = None  # of the photo: what the network's square is laid around
    credit: str = ""  # whose photo it is

    @property
    def command(self) -> str:
        """The command line that asks for the same course, in the words of a POSIX shell: ``netviz …``."""
        return " ".join([COMMAND, *map(_quoted, self._arguments())])

    def _arguments(self) -> Iterator[str]:
        if shown(self.content) != CONTENT:
            yield from ("--content", _not_an_option(shown(self.content)))
        if self.weights != WEIGHTS:
            yield from ("--weights", _not_an_option(self.shown_weights))
        if self.picture:
            yield from ("--picture", _not_an_option(shown(self.picture)))
        if self.focus:
            yield from ("--focus", *map(str, self.focus))
        if self.offer:
            yield from ("--offer", *self.offer)
        if self.precision:
            yield from ("--precision", self.precision)

    @property
    def shown_weights(self) -> str:
        """The weights as pages may name them."""
        return self.weights if self.weights in FORMS else str(shown(Path(self.weights)))

    def shown_file(self, path: Path) -> Path:
        """The path of a file of the course, or of the photo, as pages may name it."""
        within = path.is_relative_to(self.content) and path != self.picture
        return shown(self.content) / path.relative_to(self.content) if within else shown(path)


def shown(path: Path) -> Path:
    """A path as pages may name it, so that they tell nobody how that computer's folders are called.

    It is as it was given. An absolute one is told from the folder where the build runs; if it lies elsewhere by its
    name alone, as if it lay there.
    """
    if not path.is_absolute():
        return path
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else Path(path.name)


def _not_an_option(path: Path | str) -> str:
    return f"./{path}" if str(path).startswith("-") else str(path)


def _quoted(word: str) -> str:
    """A word of a command; what can't be seen or is lost on a page (two spaces) is written by its bytes."""
    if word.isprintable() and "  " not in word:
        return shlex.quote(word)
    plain = {*range(33, 127)} - {*b"'\\"}
    return "$'" + "".join(chr(one) if one in plain else f"\\x{one:02x}" for one in os.fsencode(word)) + "'"

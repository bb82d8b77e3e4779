"""What a user asks of a build: each option is one field, which gives its argument, its help and its part in keys."""

from __future__ import annotations

import argparse
import math
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from netviz.cluster import cluster_addresses
from netviz.installation import COMMAND
from netviz.networks import Precision

CONTENT = Path("content")
OWN = "own.yaml"  # in the course's folder: photos of the user's own, as --picture gives them
FORMS = ("compact", "imagenet")  # of weights; any other is a file
WEIGHTS = FORMS[0]
Part = Literal["your-photo"]  # of a site that can be left out
WEB_ADDRESS = re.compile(r"https?://[^\s/][^\s]*")


@dataclass(frozen=True, kw_only=True)
class Argument:
    """How an option is given on the command line; ``changes_site`` is whether another value may give another site.

    ``of_course`` is whether it is of the course as a whole: then the commands on its pages repeat it.

    ``read`` makes a value of a word, and raises argparse.ArgumentTypeError for one that it can't be made of; ``write``
    is the reverse, as pages may say it. ``more`` is for argparse.
    """

    help: str
    changes_site: bool = True
    of_course: bool = True
    read: Callable[[str], Any] | None = None
    write: Callable[[Any], str] = str
    more: Mapping[str, Any] = field(default_factory=dict)

    def words(self, value: Any) -> list[str]:
        """A value as it is given on the command line; no words where it is not given."""
        values = value if isinstance(value, tuple) else () if value is None or isinstance(value, bool) else (value,)
        return [self.write(one) for one in values]


def _text(word: str) -> str:
    """A word that can stand on a page."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{word!r} is not UTF-8; give the file or folder another name") from None
    return word


def filled(word: str) -> str:
    """A text that isn't empty, as a script gives it whose variable was not set. Raises argparse.ArgumentTypeError."""
    if not word.strip():
        raise argparse.ArgumentTypeError("is empty")
    return _text(word)


def filled_path(word: str) -> Path:
    """The file or folder that a text names. Raises argparse.ArgumentTypeError."""
    return Path(filled(word))


def _web_address(word: str) -> str:
    """An address on the web. Raises argparse.ArgumentTypeError."""
    if not WEB_ADDRESS.fullmatch(_text(word)):
        raise argparse.ArgumentTypeError(f"{word!r} is no address on the web, https://…")
    return word


def _share(word: str) -> float:
    """A number from 0 to 1."""
    try:
        share = float(word)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to 1")
    return share


def shown(path: Path) -> Path:
    """A path as pages may name it, so that they tell nobody how that computer's folders are called.

    It is as it was given. An absolute one is told from the folder where the build runs; if it lies elsewhere by its
    name alone, as if it lay there.
    """
    if not path.is_absolute():
        return path
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else Path(path.name)


def _shown_path(path: Path) -> str:
    return _not_an_option(str(shown(path)))


def _shown_weights(weights: str) -> str:
    return weights if weights in FORMS else _shown_path(Path(weights))


def _book(help: str) -> Argument:
    return Argument(help=help, of_course=False, more={"action": "store_true"})


def _folder(help: str, *, changes_site: bool = True) -> Argument:
    more = {"metavar": "DIR"}
    return Argument(help=help, changes_site=changes_site, read=filled_path, write=_shown_path, more=more)


@dataclass(frozen=True, kw_only=True)
class OwnPhoto:
    """A photo of the user's own, and what is told of it: each field but ``path`` is an option after its --picture."""

    path: Path
    title: Annotated[
        str, Argument(help="what the photo shows (its file's name)", read=filled, more={"metavar": "TEXT"})
    ] = ""
    credit: Annotated[str, Argument(help="whose photo it is", read=_text, more={"metavar": "TEXT"})] = ""
    licence: Annotated[
        str, Argument(help="under which licence it may be shown", read=_text, more={"metavar": "TEXT"})
    ] = ""
    source: Annotated[
        str,
        Argument(help="where on the web it comes from, if it does", read=_web_address, more={"metavar": "ADDRESS"}),
    ] = ""
    focus: Annotated[
        tuple[float, float] | None,
        Argument(
            help="where in the photo the square that the network sees is laid: 0 0 is the upper left corner, 1 1 the "
            "lower right one (0.5 0.5)",
            read=_share,
            more={"nargs": 2, "metavar": ("X", "Y")},
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line asks for."""

    content: Annotated[Path, _folder("the course (content)")] = CONTENT
    to: Annotated[Path, _folder("where the site goes (site)", changes_site=False)] = Path("site")
    store: Annotated[Path, _folder("where results are kept between builds (.netviz)", changes_site=False)] = Path(
        ".netviz"
    )
    weights: Annotated[
        str,
        Argument(
            help="compact (default, installed with the project), imagenet (Keras' own), or a file in its layout",
            read=filled,
            write=_shown_weights,
            more={"metavar": "FORM"},
        ),
    ] = WEIGHTS
    picture: Annotated[
        tuple[OwnPhoto, ...],
        Argument(
            help="your own photo: the course is built around it (./-x.jpg, if its name begins with a dash); may be "
            "given several times, the first photo is the one that readers see first",
            read=filled_path,
            more={"metavar": "FILE"},
        ),
    ] = ()
    offer: Annotated[
        tuple[str, ...],
        Argument(
            help="offer only these of the course's pictures to choose from, beside your own (all)",
            read=_text,
            more={"nargs": "+", "metavar": "NAME"},
        ),
    ] = ()
    methods: Annotated[
        tuple[Path, ...],
        Argument(
            help="files of Python that declare methods or views of your own (README.md says how); they are run",
            read=filled_path,
            write=_shown_path,
            more={"nargs": "+", "metavar": "FILE"},
        ),
    ] = ()
    without: Annotated[
        tuple[Part, ...],
        Argument(
            help="leave this out: your-photo is the page on which readers look at photos of their own, and its network",
            more={"nargs": "+", "choices": get_args(Part)},
        ),
    ] = ()
    precision: Annotated[
        Precision | None,
        Argument(
            help="compute in this precision (bfloat16 where a method is fit for it), whatever lessons say; without it, "
            "bfloat16 where method and processor are fit for it, else float32",
            more={"choices": get_args(Precision)},
        ),
    ] = None
    draft: Annotated[
        bool,
        Argument(
            help="a quick look, with fewer samples and steps: marked as a draft on every page (in draft/ without --to)",
            more={"action": "store_true"},
        ),
    ] = False
    only: Annotated[
        tuple[str, ...],
        Argument(
            help="run and weave only these lessons, by their folders' names without number; the rest of the site stays "
            "as it is",
            read=_text,
            of_course=False,
            more={"nargs": "+", "action": "extend", "metavar": "LESSON"},
        ),
    ] = ()
    pdf: Annotated[
        bool, _book("print the whole course as one PDF for each language, with a Chromium of this machine")
    ] = False
    epub: Annotated[bool, _book("write the whole course as one EPUB for each language")] = False
    cluster: Annotated[
        str,
        Argument(
            help="run the experiments on workers: local:4 are four of this machine, tcp://HOST:8786 those of a "
            "scheduler there (README.md says how)",
            changes_site=False,
            of_course=False,
            read=cluster_addresses.cluster,
            more={"metavar": "ADDRESS"},
        ),
    ] = ""
    strict: Annotated[
        bool,
        Argument(
            help="end with what the report would warn of, as if it were a mistake",
            changes_site=False,
            more={"action": "store_true"},
        ),
    ] = False
    json: Annotated[
        bool,
        Argument(
            help="tell how it ended as JSON on standard output, for programs (README.md has the form)",
            changes_site=False,
            more={"action": "store_true"},
        ),
    ] = False

    @property
    def command(self) -> str:
        """The command line that asks for the same course, in the words of a POSIX shell: ``netviz …``."""
        return " ".join([COMMAND, *map(_quoted, _given(self))])

    @property
    def books(self) -> tuple[str, ...]:
        """The kinds of files of the whole course that are asked for."""
        return tuple(kind for kind in ("pdf", "epub") if getattr(self, kind))

    @property
    def shown_weights(self) -> str:
        """The weights as pages may name them."""
        return self.weights if self.weights in FORMS else str(shown(Path(self.weights)))

    def shown_file(self, path: Path) -> Path:
        """The path of a file of the course, or of the photo, as pages may name it."""
        own = path in (photo.path for photo in self.picture)
        within = path.is_relative_to(self.content) and not own
        return shown(self.content) / path.relative_to(self.content) if within else shown(path)

    def file_shown_as(self, path: Path) -> Path:
        """The file of the course that pages name so; another path as it is."""
        here = shown(self.content)
        return self.content / path.relative_to(here) if path.is_relative_to(here) else path


_hints: Callable[[Any], dict[str, Any]] = cache(partial(get_type_hints, include_extras=True))  # asked for every figure


def arguments_of(options: type[Options | OwnPhoto]) -> Mapping[str, Argument]:
    """How each option is given, by its name."""
    hints = _hints(options)
    return {
        one.name: hints[one.name].__metadata__[0] for one in fields(options) if hasattr(hints[one.name], "__metadata__")
    }


def _given(asked: Options | OwnPhoto) -> Iterator[str]:
    """What is said on the command line to ask for this, as far as it changes the site."""
    for name, argument in arguments_of(type(asked)).items():
        value = getattr(asked, name)
        if name == "picture":
            for photo in value:
                yield from (f"--{name}", _shown_path(photo.path), *_given(photo))
        elif argument.changes_site and argument.of_course:
            words = argument.words(value)
            if value is True or words != argument.words(getattr(type(asked), name)):
                yield from (f"--{name}", *words)


def _not_an_option(path: Path | str) -> str:
    return f"./{path}" if str(path).startswith("-") else str(path)


def _quoted(word: str) -> str:
    """A word of a command; what can't be seen or is lost on a page (two spaces) is written by its bytes."""
    if word.isprintable() and "  " not in word:
        return shlex.quote(word)
    plain = {*range(33, 127)} - {*b"'\\"}
    return "$'" + "".join(chr(one) if one in plain else f"\\x{one:02x}" for one in os.fsencode(word)) + "'"

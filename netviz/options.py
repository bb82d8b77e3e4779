"""What a user asks of a build: each option is one field, which gives its argument, its help and its part in keys."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from netviz import cluster_addresses, option_words
from netviz.installation import COMMAND
from netviz.networks import Precision

CONTENT = Path("content")
OWN = "own.yaml"  # in the course's folder: photos of the user's own, as --picture gives them
FORMS = ("compact", "imagenet")  # of weights; any other is a file
WEIGHTS = FORMS[0]
Part = Literal["your-photo"]  # of a site that can be left out
PORT = 8000
BOOKS = ("pdf", "epub")  # the kinds of files of the whole course, each an option
BUILD = "build"  # what is done if nothing else is asked for
_OF_THE_WHOLE = "is not for --{command}, which is of the whole course: leave it out"
_BUILDING = (BUILD, "serve", "explain", "verify")
_RUNNING = (BUILD, "export", "proof", "serve", "verify")
_REPLYING = (BUILD, "export", "proof", "clean", "list", "schema", "explain", "verify")


@dataclass(frozen=True, kw_only=True)
class Argument:
    """How an option is given on the command line; ``changes_site`` is whether another value may give another site.

    ``of_course`` is whether it is of the course as a whole: then the commands on its pages repeat it.

    ``read`` makes a value of a word, and raises argparse.ArgumentTypeError for one that it can't be made of; ``write``
    is the reverse, as pages may say it. ``more`` is for argparse.

    ``instead`` is whether it asks for something else than a build; of these at most one is given. ``only_for`` are the
    commands, ``build`` or one of these, that it may be given with, all if there are none; ``otherwise`` is what is said
    with another.
    """

    help: str
    changes_site: bool = True
    of_course: bool = True
    instead: bool = False
    only_for: tuple[str, ...] = ()
    otherwise: str = ""
    read: Callable[[str], Any] | None = None
    write: Callable[[Any], str] = str
    more: Mapping[str, Any] = field(default_factory=dict)

    def words(self, value: Any) -> list[str]:
        """A value as it is given on the command line; no words where it is not given."""
        values = value if isinstance(value, tuple) else () if value is None or isinstance(value, bool) else (value,)
        return [self.write(one) for one in values]


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
    return Argument(help=help, changes_site=changes_site, read=option_words.filled_path, write=_shown_path, more=more)


def _instead(help: str, read: Callable[[str], Any] | None = None, **more: Any) -> Argument:
    return Argument(
        help=help,
        changes_site=False,
        of_course=False,
        instead=True,
        read=read,
        more=more if read else {"action": "store_true"},
    )


def _detail(help: str, command: str, otherwise: str, read: Callable[[str], Any]) -> Argument:
    """How one of the commands is done."""
    return Argument(
        help=help,
        changes_site=False,
        of_course=False,
        only_for=(command,),
        otherwise=otherwise,
        read=read,
        more={"metavar": "N"},
    )


@dataclass(frozen=True, kw_only=True)
class OwnPhoto:
    """A photo of the user's own, and what is told of it: each field but ``path`` is an option after its --picture."""

    path: Path
    title: Annotated[
        str, Argument(help="what the photo shows (its file's name)", read=option_words.filled, more={"metavar": "TEXT"})
    ] = ""
    credit: Annotated[str, Argument(help="whose photo it is", read=option_words.text, more={"metavar": "TEXT"})] = ""
    licence: Annotated[
        str, Argument(help="under which licence it may be shown", read=option_words.text, more={"metavar": "TEXT"})
    ] = ""
    source: Annotated[
        str,
        Argument(
            help="where on the web it comes from, if it does",
            read=option_words.web_address,
            more={"metavar": "ADDRESS"},
        ),
    ] = ""
    focus: Annotated[
        tuple[float, float] | None,
        Argument(
            help="where in the photo the square that the network sees is laid: 0 0 is the upper left corner, 1 1 the "
            "lower right one (0.5 0.5)",
            read=option_words.share,
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
            read=option_words.filled,
            write=_shown_weights,
            more={"metavar": "FORM"},
        ),
    ] = WEIGHTS
    picture: Annotated[
        tuple[OwnPhoto, ...],
        Argument(
            help="your own photo: the course is built around it (./-x.jpg, if its name begins with a dash); may be "
            "given several times, the first photo is the one that readers see first",
            read=option_words.filled_path,
            more={"metavar": "FILE"},
        ),
    ] = ()
    offer: Annotated[
        tuple[str, ...],
        Argument(
            help="offer only these of the course's pictures to choose from, beside your own (all)",
            read=option_words.text,
            more={"nargs": "+", "metavar": "NAME"},
        ),
    ] = ()
    methods: Annotated[
        tuple[Path, ...],
        Argument(
            help="files of Python that declare methods or views of your own (README.md says how); they are run",
            read=option_words.filled_path,
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
            help="a quick look, with fewer samples, steps and photos: marked as a draft on every page (in draft/)",
            only_for=(*_BUILDING, "proof"),
            otherwise=_OF_THE_WHOLE,
            more={"action": "store_true"},
        ),
    ] = False
    only: Annotated[
        tuple[str, ...],
        Argument(
            help="run and weave only these lessons, by their folders' names without number; the rest of the site stays "
            "as it is",
            read=option_words.text,
            of_course=False,
            only_for=_BUILDING,
            otherwise=_OF_THE_WHOLE,
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
            only_for=_RUNNING,
            otherwise="runs experiments, and --{command} runs none: leave it out",
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
            only_for=_REPLYING,
            otherwise="is for programs, and --{command} answers browsers: leave it out",
            more={"action": "store_true"},
        ),
    ] = False
    export: Annotated[
        str,
        _instead("write an experiment's raw numbers instead of building the site", option_words.filled, metavar="ID"),
    ] = ""
    proof: Annotated[
        Path | None,
        _instead(
            "instead of building, hold the course's sentences against every photo of a folder, beside those that it "
            "offers, and tell which were never shown, never hidden, or broken",
            option_words.filled_path,
            metavar="DIR",
        ),
    ] = None
    clean: Annotated[
        bool,
        _instead(
            "instead of building, remove from the store what this course does not need any more, nor any site that "
            "was built with that store and still stands"
        ),
    ] = False
    serve: Annotated[
        bool,
        _instead("build, show the site to browsers on this machine, and build it anew whenever a file is saved"),
    ] = False
    list: Annotated[
        tuple[str, ...],
        _instead(
            "list what a lesson may name, and has the word in its name: methods, classes, layers or photos",
            option_words.filled,
            nargs="+",
            metavar=("WHAT", "WORD"),
        ),
    ] = ()
    schema: Annotated[
        Path | None,
        _instead(
            "write JSON Schemas of fences and YAML files, by which editors help while one types (README.md says how)",
            option_words.filled_path,
            metavar="DIR",
        ),
    ] = None
    explain: Annotated[
        bool,
        _instead(
            "instead of building, tell for every experiment whether its result is known, and else what has changed"
        ),
    ] = False
    verify: Annotated[
        float,
        _instead(
            "make stored results again, and compare: all, so many (20), or a share (0.1), chosen by chance",
            option_words.part,
            nargs="?",
            const=1.0,
            metavar="PART",
        ),
    ] = 0
    seed: Annotated[
        int,
        _detail(
            "another number chooses other results for --verify (0)",
            "verify",
            "chooses what --verify makes again: give both",
            option_words.seed,
        ),
    ] = 0
    port: Annotated[
        int,
        _detail(
            f"where --serve answers browsers ({PORT}; 0: any)",
            "serve",
            "is where --serve answers browsers: give both",
            option_words.port,
        ),
    ] = PORT

    @property
    def asked_for(self) -> str:
        """The command: ``build``, or the option that asks for something else."""
        others = (name for name, argument in arguments_of(Options).items() if argument.instead)
        return next((name for name in others if getattr(self, name)), BUILD)

    @property
    def command(self) -> str:
        """The command line that asks for the same course, in the words of a POSIX shell: ``netviz …``."""
        return " ".join([COMMAND, *map(_quoted, _given(self))])

    @property
    def books(self) -> tuple[str, ...]:
        """The kinds of files of the whole course that are asked for."""
        return tuple(kind for kind in BOOKS if getattr(self, kind))

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

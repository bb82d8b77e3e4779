"""What an author may name: methods, classes, layers and photos, a line each."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netviz.course.own_photos import read_own_photos
from netviz.course.reading import languages_of
from netviz.course.samples import read_samples
from netviz.languages.known import in_language
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.networks.architecture import vgg16_layers
from netviz.networks.classes import classes
from netviz.options import Options

Row = tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Things of one kind: a row for each, and what its columns are called."""

    columns: Row
    rows: Sequence[Row]

    def lines(self) -> Iterator[str]:
        """A line for each thing; its columns stand below each other."""
        widths = [max(map(_width, column)) for column in zip(*self.rows, strict=True)]
        return ("  ".join(map(_padded, row, widths)).rstrip() for row in self.rows)

    def plain(self) -> list[dict[str, str]]:
        """As JSON can hold it: texts by their columns' names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def listed(what: str, word: str, options: Options) -> Listing:
    """The things of a kind in which ``word`` occurs, whatever its case.

    Raises Mistakes for a kind that isn't one of `KINDS`, where nothing has the word, and for a course without photos.
    """
    if what not in KINDS:
        raise Mistakes([Mistake(options.content, f"has no list of {what!r}", hint=nearest(what, KINDS))])
    columns, rows_of = KINDS[what]
    rows = [*rows_of(options)]
    found = [row for row in rows if word.casefold() in "\t".join(row).casefold()]
    if not found:
        raise Mistakes([Mistake(options.content, f"none of the {len(rows)} {what} has {word!r} in its name")])
    return Listing(columns, found)


def _methods(options: Options) -> Iterator[Row]:
    language = languages_of(options.content / "site.yaml")[0]
    for name, one in sorted(methods().items()):
        settings = (f"{setting}: {_stated(field.default)}" for setting, field in one.settings.model_fields.items())
        yield name, one.gives, in_language(one.title, language), ", ".join(settings)


def _classes(options: Options) -> Iterator[Row]:
    for one in classes():
        yield str(one.index), one.english, one.chinese, "; ".join(one.aliases)


def _layers(options: Options) -> Iterator[Row]:
    for one in vgg16_layers(options.weights):
        yield one.name, one.kind, " x ".join(map(str, one.shape))


def _photos(options: Options) -> Iterator[Row]:
    spoken = languages_of(options.content / "site.yaml")
    samples = read_samples(options.content / "pictures", spoken)
    own = read_own_photos(options.content, options.picture, samples, spoken)
    for name, one in {**own, **samples}.items():
        yield name, one.path.name, in_language(one.titles, spoken[0]), one.licence


KINDS: Mapping[str, tuple[Row, Callable[[Options], Iterator[Row]]]] = {
    "methods": (("name", "gives", "title", "settings"), _methods),
    "classes": (("index", "english", "chinese", "aliases"), _classes),
    "layers": (("name", "kind", "shape"), _layers),
    "photos": (("name", "file", "title", "licence"), _photos),
}


def _stated(default: Any) -> str:
    """A setting's plain value, as a fence would say it."""
    return json.dumps(default) if not isinstance(default, str) else default


def _width(text: str) -> int:
    """The columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

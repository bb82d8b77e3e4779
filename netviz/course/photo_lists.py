"""Lists of photos: CSV files of a course, a line for each photo with its path, its class, a title, and whose it is."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from netviz.course.class_indices import class_index
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.option_words import WEB_ADDRESS
from netviz.packing import Packed
from netviz.text_files import read_text_file
from netviz.yaml_places import Places

PATH, LABEL = "path", "label"
COLUMNS = (PATH, LABEL, "title", "credit", "licence", "source")  # and title_zh and the like, for each language
LARGEST = 50_000_000  # bytes: five hundred for each of as many photos as a gallery may have
SEPARATORS = (",", ";", "\t")  # programs for tables write the second where a comma stands within numbers
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\s]*', re.IGNORECASE)  # before all others, by which Excel tells it


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPhoto:
    """A photo as a folder or a list has it; ``file`` is its path from there, ``place`` its line and column in a list.

    ``label`` is the index of the class of what it shows, ``titles`` are by language, ``""`` for all.
    """

    path: str
    file: str
    label: int | None = None
    titles: dict[str, str] = field(default_factory=dict)
    credit: str = ""
    licence: str = ""
    source: str = ""
    place: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Row:
    """A line of a list: its cells by the names of their columns, and where each of them stands."""

    cells: Mapping[str, str]
    line: int
    columns: Mapping[str, int]

    def place(self, name: str) -> tuple[int, int]:
        return self.line, self.columns.get(name, 1)


def listed_photos(path: Path, languages: Sequence[str]) -> tuple[Iterator[ListedPhoto], Places]:
    """The photos that a CSV file lists, one after the other, their paths being from its folder; and its lines' places.

    Commas separate the columns, or semicolons or tabs if the line that names them has no commas; or what a line before
    that says, ``sep=;``. The column ``path`` is needed. Raises Mistakes, with line and column, for what can't be read,
    a column that there is not, a class that there is not, and a photo that is named twice. Whether a photo is there is
    not looked at.
    """
    text = read_text_file(path, LARGEST)
    places = Places(path=path, lines=Packed(text.split("\n")))
    allowed = [*COLUMNS, *(f"title_{language}" for language in languages)]
    mistakes: list[Mistake] = []
    first: dict[str, int] = {}
    for row in _rows(places, allowed):
        file = _file(row, path.parent)
        mistakes += _wrong(row, places)
        if row.cells[PATH] and first.setdefault(file, row.line) != row.line:
            mistakes.append(places.mistake_at(*row.place(PATH), f"{file!r} is named in line {first[file]} already"))
    if mistakes:
        raise Mistakes(mistakes)
    return (_photo(row, path.parent, languages) for row in _rows(places, allowed)), places


def _photo(row: _Row, folder: Path, languages: Sequence[str]) -> ListedPhoto:
    cells, file = row.cells, _file(row, folder)
    titles = {"": cells.get("title", ""), **{one: cells.get(f"title_{one}", "") for one in languages}}
    return ListedPhoto(
        path=str(folder / file),
        file=Path(file).as_posix(),
        label=class_index(cells[LABEL]) if cells.get(LABEL) else None,
        titles={language: title for language, title in titles.items() if title},
        **{name: cells.get(name, "") for name in ("credit", "licence", "source")},
        place=row.place(PATH),
    )


def _file(row: _Row, folder: Path) -> str:
    """Its path from the list's folder, however it is written: pages show it, and nobody else's disk is as this one."""
    return os.path.relpath(folder / row.cells[PATH], folder)


def _wrong(row: _Row, places: Places) -> Iterator[Mistake]:
    if not row.cells[PATH]:
        yield places.mistake_at(row.line, 1, "the path of the photo is missing")
    if (label := row.cells.get(LABEL, "")) and (why := _unknown(label)):
        yield places.mistake_at(*row.place(LABEL), why, "`netviz --list classes WORD` tells the classes of a word")
    source = row.cells.get("source", "")
    if source and not WEB_ADDRESS.fullmatch(source):
        yield places.mistake_at(*row.place("source"), "an address on the web is wanted, https://…")


@cache
def _unknown(label: str) -> str:
    """Why a label names no class; empty if it does."""
    try:
        class_index(label)
    except ValueError as error:
        return str(error)
    return ""


def _rows(places: Places, allowed: Sequence[str]) -> Iterator[_Row]:
    """The lines beneath the head, but for blank ones. Raises Mistakes."""
    head, separator = _head(places.lines)
    reader = csv.reader((f"{one}\n" for one in places.lines[head - 1 :]), strict=True, delimiter=separator)
    names: list[str] = []
    line = head
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and not names:
                names = stripped
                _check_head(names, head, places, allowed)
            elif any(stripped):
                if len(stripped) != len(names):
                    message = f"here are {len(stripped)} cells, and line {head} names {len(names)} columns"
                    hint = f'a cell with "{separator}" in it stands in quotes' if separator != "\t" else ""
                    raise Mistakes([places.mistake_at(line, 1, message, hint)])
                columns = _columns(places.lines[line - 1], stripped)
                yield _Row(dict(zip(names, stripped, strict=True)), line, dict(zip(names, columns, strict=True)))
            line = head + reader.line_num
    except csv.Error as error:
        raise Mistakes([places.mistake_at(line, 1, f"can't be read as CSV: {error}")]) from None
    if not names:
        raise Mistakes([places.mistake_at(1, 1, "is empty; its first line names the columns", ",".join(COLUMNS))])


def _head(lines: Sequence[str]) -> tuple[int, str]:
    """The line that names the columns, from 1, and what separates these: blank lines may stand before it."""
    told = ""
    for number, line in enumerate(lines, start=1):
        if separator := SEPARATOR_LINE.fullmatch(line):
            told = separator[1]
        elif any(cell.strip(' "') for cell in re.split(r"[,;\s]", line)):
            return number, told or next((one for one in SEPARATORS if one in line), SEPARATORS[0])
    return len(lines) + 1, SEPARATORS[0]


def _check_head(names: Sequence[str], line: int, places: Places, allowed: Sequence[str]) -> None:
    columns = _columns(places.lines[line - 1], names)
    mistakes = [
        places.mistake_at(line, column, f"unknown column {name!r}", nearest(name, allowed))
        for name, column in zip(names, columns, strict=True)
        if name not in allowed
    ]
    mistakes += [
        places.mistake_at(line, column, f"the column {name!r} is given twice")
        for number, (name, column) in enumerate(zip(names, columns, strict=True))
        if name in names[:number]
    ]
    if PATH not in names:
        mistakes.append(places.mistake_at(line, 1, f"the column {PATH!r} is missing", f"{PATH},{LABEL},title,credit"))
    if mistakes:
        raise Mistakes(mistakes)


def _columns(line: str, cells: Sequence[str]) -> list[int]:
    """Where the cells of a line begin, from 1."""
    found, end = [], 0
    for cell in cells:
        start = max(line.find(cell, end), end)
        found.append(start + 1)
        end = start + len(cell)
    return found

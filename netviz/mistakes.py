"""What a user got wrong, said so that it can be put right: where, what, and what would be right."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

from netviz.refusals import reason, refused_path

WIDTH = 160  # characters shown of a line
EASILY_READ = 60  # words in a hint: all methods, or all settings of one; but not a course's every experiment


@dataclass(frozen=True)
class Mistake:
    """One mistake at a place: ``line`` and ``column`` count from 1, ``text`` is the line itself.

    What is only to be told, and need not end a build, has the same shape: a warning.
    """

    path: Path
    message: str
    _: KW_ONLY
    line: int | None = None
    column: int | None = None
    text: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        lines = [f"{place}: {self.message}"]
        if self.text:
            shown, column = _window(self.text, self.column or 1)
            lines.append(f"    {shown}")
            if self.column:
                lines.append("    " + "".join(map(_blank, shown[: column - 1])) + "^")
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)


def _window(line: str, column: int) -> tuple[str, int]:
    """What is shown of a line, and the column in it: all, or some words around the place."""
    start = max(0, column - 1 - WIDTH // 2) if len(line) > WIDTH else 0
    before, after = "…" if start else "", "…" if start + WIDTH < len(line) else ""
    return f"{before}{line[start : start + WIDTH]}{after}", column - start + len(before)


def _blank(character: str) -> str:
    """A blank as wide as a character."""
    if character == "\t":
        return character
    return "\u3000" if unicodedata.east_asian_width(character) in "WF" else " "


def as_plain(mistake: Mistake) -> dict[str, Any]:
    """A mistake as JSON can hold it."""
    return {**dataclasses.asdict(mistake), "path": str(mistake.path)}


def from_plain(values: Mapping[str, Any]) -> Mistake:
    """The mistake that `as_plain` made these of."""
    return Mistake(**{**values, "path": Path(values["path"])})


class Mistakes(Exception):
    """Everything wrong in what was read, all at once."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (str(m.path), m.line or 0, m.column or 0)))
        super().__init__("\n".join(map(str, self.mistakes)))


@contextlib.contextmanager
def gathered(into: list[Mistake]) -> Iterator[None]:
    """Add what is wrong within the block to a list and go on, so that a user is told everything at once.

    A file that the system won't let be read is wrong too.
    """
    try:
        yield
    except Mistakes as error:
        into += error.mistakes
    except OSError as error:
        into.append(Mistake(Path(refused_path(error)), reason(error)))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A hint: the allowed word most like this one, in capitals or not, and the others, as many as are easily read."""
    allowed = list(allowed)
    if not allowed:
        return ""
    folded = {one.casefold(): one for one in reversed(allowed)}
    close = [folded[one] for one in difflib.get_close_matches(word.casefold(), folded, 1)]
    more = len(allowed) - EASILY_READ
    others = "allowed: " + ", ".join(allowed[:EASILY_READ]) + (f" and {more} more" if more > 0 else "")
    return f"did you mean {close[0]!r}? {others}" if close else others

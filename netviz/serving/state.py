"""What an open page is told: how far the build is, or what is wrong and where; and whether there is something new."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from netviz.mistakes import Mistake

AROUND = 3  # lines shown before and after the one with the mistake


@dataclass(frozen=True)
class UnderWay:
    """What a build is doing: its stage, the share of that which is done (0 to 1), and the item under way."""

    stage: str
    share: float
    item: str


@dataclass(frozen=True)
class WovenPage:
    """A page of the site that is being built: where it stands, and its HTML."""

    path: str
    html: str


@dataclass(frozen=True, kw_only=True)
class NumberedLine:
    """A line of a file, as it stands there; ``wrong`` is the one with the mistake."""

    number: int
    text: str
    wrong: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """A mistake or a warning as a page shows it: ``place`` is FILE:LINE:COLUMN, ``column`` counts from 1 (0: none)."""

    place: str
    message: str
    hint: str
    column: int
    lines: tuple[NumberedLine, ...]


@dataclass(frozen=True, kw_only=True)
class State:
    """How things stand. ``built`` counts the builds that changed the site, ``step`` is None while none is under way.

    ``failure`` is the sentence that a build ended with, if it was no mistake in a file.
    """

    built: int = 0
    step: UnderWay | None = None
    mistakes: tuple[Told, ...] = ()
    warnings: tuple[Told, ...] = ()
    failure: str = ""

    def as_json(self, version: str = "") -> str:
        """The state as JSON, in one line, with the ``version`` of the page that is told."""
        return json.dumps({**asdict(self), "version": version})


def told(mistakes: Sequence[Mistake]) -> tuple[Told, ...]:
    """Mistakes with the lines around them, as their files are just now."""
    return tuple(
        Told(
            place=":".join(str(part) for part in (one.path, one.line, one.column) if part is not None),
            message=one.message,
            hint=one.hint,
            column=one.column or 0,
            lines=_lines_around(one.path, one.line),
        )
        for one in mistakes
    )


def _lines_around(path: Path, line: int | None) -> tuple[NumberedLine, ...]:
    """Some lines of a file; none if no line is known, or if the file can't be read."""
    if line is None:
        return ()
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = [*itertools.islice(enumerate(file, 1), max(0, line - 1 - AROUND), line + AROUND)]
    except OSError:
        return ()
    return tuple(NumberedLine(number=number, text=text.rstrip("\r\n"), wrong=number == line) for number, text in found)

"""What a command replies: in words for people, and in one form of JSON for programs (`--json`).

The form is an object with these fields, always all of them:

============= ==========================================================================================================
``form``      1; a later form that a program might misread would be 2
``command``   ``build``, ``explain``, ``list``, ``verify``, ``schema``, ``clean``, ``export``, ``proof``
``exit_code`` the command's own
``reply``     what it found, null if it did not come to that: each command's own, see `Reply.plain`
``warnings``  of a build: what is told and need not be mended, as mistakes are
``mistakes``  what is to be mended: ``path``, ``line`` and ``column`` (from 1, or null), ``text`` (the line itself),
              ``message``, ``hint``
``failure``   in a sentence, what has ended the command though no file of the course is at fault; else empty
============= ==========================================================================================================
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from netviz.mistakes import Mistake, as_plain

FORM = 1


class Reply(Protocol):
    """What a command found."""

    def lines(self) -> Iterator[str]:
        """In words."""
        ...

    def plain(self) -> Any:
        """As JSON can hold it."""
        ...


@dataclass(frozen=True)
class Said:
    """A reply of a few words, and what they are made of."""

    words: Sequence[str]
    values: Any

    def lines(self) -> Iterator[str]:
        """The words."""
        yield from self.words

    def plain(self) -> Any:
        """What they are made of."""
        return self.values


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a command ended: with a reply, with mistakes to be mended, or with a failure in a sentence."""

    code: int = 0
    reply: Reply | None = None
    mistakes: Sequence[Mistake] = ()
    failure: str = ""

    def as_json(self, command: str) -> str:
        """All of it in the form that programs read."""
        values = {
            "form": FORM,
            "command": command,
            "exit_code": self.code,
            "reply": self.reply.plain() if self.reply else None,
            "warnings": [as_plain(one) for one in getattr(self.reply, "warnings", ())],
            "mistakes": [as_plain(one) for one in self.mistakes],
            "failure": self.failure,
        }
        return json.dumps(finite(values), ensure_ascii=True, indent=1, allow_nan=False, default=str)


def finite(value: Any) -> Any:
    """A value with texts for the numbers that JSON doesn't have."""
    if isinstance(value, Mapping):
        return {str(name): finite(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value

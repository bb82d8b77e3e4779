"""What was found out about texts is remembered: by a process while it lives, and by builds from one to the next.

A function can be `remembered` if its answer depends on its arguments alone, which are texts and whole numbers, and on
the program. Who builds begins with what an earlier build noted by the same program (`begin`), and takes along what was
asked for since (`noted`). Notes are JSON: nothing in them is ever run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

NOT_NOTED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)  # met in a note that no build wrote
MOST = 4096  # answers of one function that a process keeps beside notes

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_earlier: dict[str, str] = {}  # answers in JSON by key, as earlier builds have noted them
_asked: dict[str, str] = {}  # those that were asked for since
_kept: list[dict[Any, tuple[str, str, Any]]] = []  # by function and arguments: key, note, answer


def remembered(
    to_plain: Callable[[Answer], Any], from_plain: Callable[[Any], Answer], of: Callable[Asked, Any] | None = None
) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Let a function's answers be remembered, which must not be changed; what it raises is raised anew each time.

    ``to_plain`` makes of one what JSON can hold, and ``from_plain`` makes an equal one of that; None is not noted.
    ``of`` tells all that an answer depends on, where that is not the arguments themselves.
    """

    def decorate(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        kept: dict[Any, tuple[str, str, Any]] = {}
        _kept.append(kept)
        name = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def ask(*arguments: Asked.args, **named: Asked.kwargs) -> Answer:
            asked = of(*arguments, **named) if of else (arguments, *named.items())
            if asked not in kept:
                key = _key_of([name, asked])
                note = _earlier.get(key, "")
                try:
                    answer = from_plain(json.loads(note)) if note else function(*arguments, **named)
                except NOT_NOTED:
                    if not note:
                        raise
                    note, answer = "", function(*arguments, **named)
                if not note and (plain := to_plain(answer)) is not None:
                    note = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
                if len(kept) == MOST:
                    kept.clear()
                kept[asked] = key, note, answer
            key, note, known = kept[asked]
            if note:
                _asked[key] = note
            return known

        return ask

    return decorate


def _key_of(asked: Any) -> str:
    return sha256(json.dumps(asked).encode()).hexdigest()


def begin(notes: Mapping[str, str]) -> None:
    """Know what an earlier build noted, of functions that are still the same, and nothing of what was asked before."""
    _earlier.clear()
    _earlier.update(notes)
    _asked.clear()


def is_new() -> bool:
    """Whether anything else was asked for since than an earlier build has noted."""
    return _asked != _earlier


def noted() -> Mapping[str, str]:
    """All that was asked for since; a process forgets the rest."""
    for kept in _kept:
        for asked in [asked for asked, (key, _, _) in kept.items() if key not in _asked]:
            del kept[asked]
    return dict(_asked)


def forget() -> None:
    """Know nothing, as a process does that has just begun."""
    begin({})
    for kept in _kept:
        kept.clear()

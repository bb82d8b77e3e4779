"""The order in which it is told what is wrong, or to be looked at, where it is found in another one."""

from __future__ import annotations

from collections.abc import Iterable

from netviz.mistakes import Mistake


def line_by_line(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Those of a file together, in the order of its lines; files stay in the order in which they are first told of."""
    told = list(mistakes)
    files = {path: number for number, path in enumerate(dict.fromkeys(one.path for one in told))}
    return sorted(told, key=lambda one: (files[one.path], one.line or 0, one.column or 0))

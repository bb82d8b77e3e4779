"""Methods and views of one's own, declared in files that are imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netviz.figures.views import View, views
from netviz.installation import PACKAGE
from netviz.methods import Method, methods
from netviz.mistakes import Mistake, Mistakes
from netviz.modules import import_file


def import_own(files: Sequence[Path]) -> None:
    """Let the methods and views that these files declare be known.

    Raises Mistakes for a file that can't be imported, and for what is declared of netviz's own functions.
    """
    for file in files:
        before = [*_declared()]
        import_file(file)
        if borrowed := [one for one in _declared() if one not in before and _is_of_netviz(one)]:
            raise Mistakes([_borrowed(one, file) for one in borrowed])


def _declared() -> Iterator[Method | View]:
    yield from methods().values()
    yield from views().values()


def _function(one: Method | View) -> object:
    return one.function if isinstance(one, Method) else one.draw


def _is_of_netviz(one: Method | View) -> bool:
    """Whether a declaration says that its code is netviz's: results would be taken to depend on that alone."""
    return str(getattr(_function(one), "__module__", "")).partition(".")[0] == PACKAGE.name


def _borrowed(one: Method | View, file: Path) -> Mistake:
    thing, module = type(one).__name__.lower(), getattr(_function(one), "__module__", "")
    hint = "write a function that calls it; where functools.wraps copies names, set `__module__ = __name__` on it"
    return Mistake(file, f"the {thing} {one.name!r} is declared of a function of {module}", hint=hint)

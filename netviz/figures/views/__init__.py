"""The views: each one a function that draws, with a declaration that says what it needs.

A view is a function of a `netviz.figures.figure.Request` that gives a `netviz.figures.figure.Figure`, decorated with
`view`; the words that stand in for it may be declared with it. Reading this imports no view.

    @view(
        "histogram",
        needs=("attribution",),
        alt={"en": "Most of { $count } values are near { $middle }.", "zh": "{ $count } 个数值多接近 { $middle }。"},
    )
    def draw_histogram(request):
        '''How often each value of the map occurs.'''
        …

Importing a module that holds such a function is all it takes to add a view: methods may name it from then on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netviz.figures.figure import Figure, Request
from netviz.modules import import_all

Draw = Callable[[Request], Figure]
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class View:
    """A view's declaration. ``needs`` are the names of arrays that must be there."""

    name: str
    draw: Draw
    needs: tuple[str, ...]
    needs_picture: bool
    takes_lists: bool
    alt: Mapping[str, str] | None

    @property
    def module(self) -> str:
        """Where its code begins: what draws it is this module, and all that it imports."""
        return self.draw.__module__


_registry: dict[str, View] = {}


def view(
    name: str,
    *,
    needs: tuple[str, ...] = (),
    needs_picture: bool = False,
    takes_lists: bool = True,
    alt: Mapping[str, str] | None = None,
) -> Callable[[Draw], Draw]:
    """Declare a function as the view of a name.

    ``takes_lists`` says that short lists among a result's numbers are arrays to it: a curve of three points is drawn
    like one of thirty. ``alt`` is what stands in for the figure when it is not seen: a sentence in each language, as
    Project Fluent writes messages. It may put in facts of the figure and of the panel that it is about, and the names
    ``method``, ``target`` and ``picture``, with ``has_method`` and so on, which are yes or no. Not given, the words go
    by what the roles of the panels are called.
    Raises ValueError for a name that lessons and style sheets can't use, or that another module has taken.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"a view can't be called {name!r}: small letters and digits, parted by hyphens")

    def declare(draw: Draw) -> Draw:
        taken = _registry.get(name)
        if taken and taken.draw.__module__ != draw.__module__:
            raise ValueError(f"two views are called {name!r}: {taken.draw.__module__} has one already")
        _registry[name] = View(
            name=name, draw=draw, needs=needs, needs_picture=needs_picture, takes_lists=takes_lists, alt=alt
        )
        return draw

    return declare


def views() -> Mapping[str, View]:
    """Every view by name: those of this package and those declared elsewhere before the call.

    Raises Mistakes for a module of this package that can't be imported.
    """
    import_all(__path__[0], __name__, "views")
    return dict(sorted(_registry.items()))


def modules_declaring() -> set[str]:
    """The modules that have declared views so far: this package's own only if `views` was called before."""
    return {one.module for one in _registry.values()}


def wording_modules() -> set[str]:
    """Those with words for views: what `netviz.figures.describe` has is not among them."""
    return {one.module for one in views().values() if one.alt}

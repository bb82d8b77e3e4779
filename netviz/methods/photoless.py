"""Methods that look at no photo, though they are run beside one: what they find is the same whatever it shows.

They stand beside the methods and not in their modules, for these are in the keys of results. A method that brings its
own data is none of them: it says ``subject="data"``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PHOTOLESS: dict[str, Callable[[Any], bool]] = {
    "activation-maximisation": lambda settings: settings.objective != "class",  # which may be the photo's likeliest
    "first-layer-filters": lambda settings: True,
}


def declare_photoless(method: str, looks_at_none: Callable[[Any], bool] = lambda settings: True) -> None:
    """Say that a method looks at no photo, with all of its checked settings or some: ``declare_photoless("mine")``."""
    _PHOTOLESS[method] = looks_at_none


def looks_at_no_photo(method: str, settings: Any) -> bool:
    """Whether a method by name, with its checked settings, finds the same on every photo."""
    return method in _PHOTOLESS and _PHOTOLESS[method](settings)

"""The methods that give a map and need no other experiment's: what a setting may name, and what one map costs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from netviz.methods import Method, Passes, methods


def _known_explanation(name: str) -> str:
    if name not in (known := explanations()):
        message = "no method of this name gives a map on its own; these do: {names}"
        raise PydanticCustomError("unknown_method", message, {"names": ", ".join(known)})
    return name


def explanations() -> dict[str, Method]:
    """The methods that give a map and need no other experiment's, by name."""
    return {name: one for name, one in methods().items() if one.gives == "attribution" and not one.maps[1]}


Explanation = Annotated[
    str, AfterValidator(_known_explanation), Field(description="the method that makes the maps, by its name")
]


def explanation_passes(name: str, **settings: Any) -> Passes:
    """What one map of the method costs, with its default settings but for these."""
    one = explanations()[name]
    return one.passes(one.settings(**settings))


def times(count: int, passes: Passes) -> Passes:
    """The cost of doing something so many times."""
    return Passes(count * passes.forward, count * passes.backward)

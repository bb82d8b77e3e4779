"""What a method's answer must be. Whoever adds a method is told in a sentence where its answer is something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from netviz.methods import Method

NAME = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = {  # names of what is kept of a result beside its method's answer: in its record, and in an export
    "file",
    "input_scale",
    "network_input",
    "settings",
    "target",
    "top",
}


class UnusableAnswer(ValueError):
    """An answer that isn't what `netviz.methods.Result` says; the message says in what."""


def check_answer(method: Method, answer: Any, pictures: int | None, settings: Any) -> None:
    """Raises UnusableAnswer unless this is a method's answer to so many pictures, or to data (None), with settings."""
    if not isinstance(answer, dict) or not answer:
        raise UnusableAnswer(f"it gives {_kind(answer)}, where a dict of arrays by name is needed")
    for name, values in answer.items():
        if wrong := _wrong_name(name) or _wrong_array(values, pictures) or _not_finite(values, pictures):
            raise UnusableAnswer(f"its {name!r} {wrong}")
    if ("attribution" in answer) != (method.gives == "attribution"):
        given = "gives" if "attribution" in answer else "lacks"
        raise UnusableAnswer(f"it is declared as gives={method.gives!r}, but {given} an array called 'attribution'")
    if "attribution" in answer:
        shape = answer["attribution"].shape
        if 0 in shape or len(shape) not in (3, 4) or shape[3:] not in ((), (3,)):
            raise UnusableAnswer(
                f"its 'attribution' has the shape {shape}, not (n, height, width) or (n, height, width, 3)"
            )
    declared = method.numbers_with(settings)
    if declared is not None:
        single = [name for name, values in answer.items() if values.ndim == (0 if pictures is None else 1)]
        if more := [name for name in single if name not in declared]:
            raise UnusableAnswer(f"it gives the number {more[0]!r}, which its declaration (numbers=…) doesn't name")
        if less := [name for name in declared if name not in answer]:
            raise UnusableAnswer(f"it lacks the number {less[0]!r}, which its declaration (numbers=…) names")


def _wrong_name(name: Any) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return "is no name that a lesson could use: small letters, digits and underscores, a letter first"
    return "has a name that every result uses for something else" if name in TAKEN else ""


def _wrong_array(values: Any, pictures: int | None) -> str:
    if not isinstance(values, (np.ndarray, np.generic)):
        return f"is {_kind(values)}, where an array is needed"
    allowed = "fiub" if pictures is not None else "fiubU"
    if values.dtype.kind not in allowed or (values.dtype.kind == "f" and values.dtype.itemsize > 8):
        return f"holds values of the type {values.dtype}, where numbers{' or words' * (pictures is None)} are needed"
    if pictures is not None and values.shape[:1] != (pictures,):
        return f"has the shape {values.shape}, but its first axis must have an entry for each of {pictures} pictures"
    return ""


def _not_finite(values: Any, pictures: int | None) -> str:
    """A single number, or a point of a chart, may be unknown (NaN); a map or a picture may not."""
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return ""
    axes = values.ndim - (pictures is not None)
    if axes >= 2:
        return f"holds {np.count_nonzero(~np.isfinite(values))} values that are not finite (NaN or infinity)"
    return "holds infinity" if axes == 1 and np.isinf(values).any() else ""


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"

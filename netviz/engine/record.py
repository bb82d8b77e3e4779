"""What is kept of a result: the classes' scores, and a method's answer as numbers and arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array, softmax

READABLE = 4  # values a picture up to which a method's answer is a number and no array


def class_scores(logits: Array) -> list[dict[str, Any]]:
    """Every class with index, logit, probability and rank (from 1), the likeliest first."""
    probabilities = softmax(logits.astype(np.float64))
    order = np.argsort(-logits, kind="stable")
    return [
        {"index": int(i), "logit": float(logits[i]), "probability": float(probabilities[i]), "rank": rank}
        for rank, i in enumerate(order, start=1)
    ]


def target_place(target: str | int, scores: Sequence[Mapping[str, Any]]) -> int:
    """Where in the scores a target stands: a rank (``top1``) or the class of an index."""
    if isinstance(target, str):
        return int(target.removeprefix("top")) - 1
    return next(place for place, score in enumerate(scores) if score["index"] == target)


def split(answer: Mapping[str, NDArray[Any]]) -> tuple[dict[str, Any], dict[str, Array]]:
    """A method's answer, without batch axis, as numbers and arrays: what has few values is a number."""
    numbers: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    for name, value in answer.items():
        if value.ndim == 0:
            numbers[name] = _number(value)
        elif value.ndim == 1 and value.size <= READABLE:
            numbers[name] = [_number(one) for one in value]
        else:
            arrays[name] = value
    return numbers, arrays


def _number(value: Any) -> int | float | str | None:
    """JSON knows no NaN: what is not finite is None. A word stays a word."""
    number: int | float | str = value.item()
    return number if isinstance(number, (int, str)) or np.isfinite(number) else None

"""What is kept of a result: a record of what was asked, what it cost, what was said and measured; and its arrays."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.methods import Passes
from netviz.networks import Array, Precision, softmax
from netviz.networks.weights import Weights

RESULTS = "results"
RECORD, ARRAYS = "record.json", "arrays.npz"  # the files of an entry
READABLE = 4  # values a picture up to which a method's answer is a number and no array


@dataclass(frozen=True, kw_only=True, slots=True)
class RankedClass:
    """A class by its index, with its score for a picture; ``rank`` counts from 1, ``probability`` is from 0 to 1."""

    index: int
    logit: float
    probability: float
    rank: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known of a result beside its arrays; ``numbers`` are what the method measured, None if not finite.

    An experiment on data has no target, no ``top`` (the likeliest classes, best first) and no weights.
    """

    method: str
    settings: Mapping[str, Any]
    precision: Precision
    target: RankedClass | None = None
    top: tuple[RankedClass, ...] = ()
    weights: Weights | None = None
    passes: Passes
    numbers: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Dicts, lists, texts, finite numbers and None; of one on a picture without training, of one on data with."""
        values = dataclasses.asdict(self)
        if self.target:
            del values["passes"]["training"]
        else:
            del values["target"], values["top"], values["weights"]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Record:
        """The record that `to_json` made these of."""
        said = {}
        if "target" in values:
            said = {
                "target": RankedClass(**values["target"]),
                "top": tuple(RankedClass(**one) for one in values["top"]),
                "weights": Weights(**values["weights"]),
            }
        return cls(**{**values, **said, "passes": Passes(**values["passes"])})


def save(task: Task, record: Record, arrays: Mapping[str, Array], store: Store) -> None:
    """Keep a task's result; `load_record` and `load_arrays` give it back."""
    with store.writing(RESULTS, task.key) as folder:
        (folder / RECORD).write_text(json.dumps(record.to_json(), ensure_ascii=False, indent=1), "utf-8")
        np.savez(folder / ARRAYS, **arrays)  # type: ignore[arg-type]


def load_record(task: Task, store: Store) -> Record:
    """What is known of a stored result. Raises Damaged."""
    return Record.from_json(json.loads(store.read(RESULTS, task.key, RECORD)))


def load_arrays(task: Task, store: Store) -> dict[str, Array]:
    """A stored result's arrays. Raises Damaged."""
    with np.load(io.BytesIO(store.read(RESULTS, task.key, ARRAYS)), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def ranked_classes(logits: Array) -> list[RankedClass]:
    """Every class, the likeliest first, by the scores (classes,) before the softmax."""
    probabilities = softmax(logits.astype(np.float64))
    order = np.argsort(-logits, kind="stable")
    return [
        RankedClass(index=int(i), logit=float(logits[i]), probability=float(probabilities[i]), rank=rank)
        for rank, i in enumerate(order, start=1)
    ]


def target_among(classes: Sequence[RankedClass], target: str | int) -> RankedClass:
    """The class that is explained: by its rank (``top1``) or its index."""
    if isinstance(target, str):
        return classes[int(target.removeprefix("top")) - 1]
    return next(one for one in classes if one.index == target)


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

"""Verification: results that are stored are made again, and held against what is stored.

Where the machine is the same, as far as it can be told, the bytes must be: same key, same name of the processor. What
another machine or another version of a package has made may differ by `TOLERANCES`, shares of an array's greatest
value: sums are added up in another order there. A class that is explained must be the same one everywhere.
"""

from __future__ import annotations

import io
import json
import math
import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from netviz.cache.store import Store
from netviz.engine.execution import Executor, run_missing
from netviz.engine.origins import Origin, known_origins, processor
from netviz.engine.plan import Task, key_by_part
from netviz.engine.record import ARRAYS, RECORD, RESULTS
from netviz.networks import Precision
from netviz.progress import Reporter

TOLERANCES: Mapping[Precision, float] = {"float64": 1e-3, "float32": 1e-3, "bfloat16": 5e-2}
LEAST = 1e-6  # what is smaller than this is compared with it
OF_A_MACHINE = ("machine", "packages", "code", "data", "of")  # parts of a key that tell how, and not what is asked

Agreement = Literal["identical", "near", "different"]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A result to be verified: of which task, under which key it is stored, and whether on the same machine."""

    task: Task
    key: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How a result that was made again agrees with the stored one.

    ``distance`` is the greatest difference of a value as a share of its array's greatest, infinite where that is no
    number, and ``part`` the array or number that it is of.
    """

    stored: Stored
    agreement: Agreement
    distance: float = 0.0
    part: str = ""


def stored_results(tasks: Iterable[Task], store: Store) -> list[Stored]:
    """The results that can be verified, each once: those that a build would use, else those of another machine."""
    origins = dict(known_origins(store))
    found: dict[str, Stored] = {}
    for task in tasks:
        if task.key in found:
            continue
        if store.has(RESULTS, task.key):
            origin = origins.get(task.key)
            here = bool(origin and origin.processor == processor())
            found[task.key] = Stored(task=task, key=task.key, here=here)
        elif key := _made_elsewhere(task, origins, store):
            found[task.key] = Stored(task=task, key=key, here=False)
    return list(found.values())


def _made_elsewhere(task: Task, origins: Mapping[str, Origin], store: Store) -> str | None:
    asked = _asked(key_by_part(task))
    return next((key for key, one in origins.items() if _asked(one.parts) == asked and store.has(RESULTS, key)), None)


def _asked(parts: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked, as JSON would give it back."""
    told: dict[str, Any] = json.loads(json.dumps(parts))
    return {name: value for name, value in told.items() if name not in OF_A_MACHINE}


def a_part(stored: Sequence[Stored], part: float, seed: int) -> list[Stored]:
    """So many of the results if ``part`` is whole, else that share of them, at least one; the same for a seed."""
    count = part if isinstance(part, int) else max(1, round(part * len(stored)))
    chosen = random.Random(seed).sample(range(len(stored)), min(int(count), len(stored)))
    return [stored[number] for number in sorted(chosen)]


def verified(chosen: Sequence[Stored], executor: Executor, store: Store, reporter: Reporter) -> list[Verified]:
    """Make results again in a store of their own, and compare them with those that are stored.

    The maps of other experiments that they take are the stored ones, but for those that are verified as well. Raises
    Mistakes for an experiment that fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        again = Store(Path(folder))
        takes = [task for one in chosen for task in one.task.of]
        for key in {task.key for task in takes} - {one.task.key for one in chosen}:
            if store.has(RESULTS, key):
                _copy(key, store, again)
        run_missing([*takes, *(one.task for one in chosen)], executor, again, reporter)
        return [_compared(one, store, again) for one in chosen]


def _copy(key: str, store: Store, to: Store) -> None:
    with to.writing(RESULTS, key) as folder:
        for name, file in store.files(RESULTS, key).items():
            (folder / name).write_bytes(file.read())


def _compared(stored: Stored, store: Store, again: Store) -> Verified:
    before, after = _values(stored.key, store), _values(stored.task.key, again)
    if before.keys() != after.keys():
        return Verified(stored=stored, agreement="different", part="has other arrays or numbers")
    distances = {name: distance(before[name], after[name]) for name in before}
    part, greatest = max(distances.items(), key=lambda one: one[1], default=("", 0.0))
    if all(_bytes(before[name]) == _bytes(after[name]) for name in before):
        return Verified(stored=stored, agreement="identical")
    near = not stored.here and greatest <= TOLERANCES[stored.task.precision]
    return Verified(stored=stored, agreement="near" if near else "different", distance=greatest, part=part)


def _values(key: str, store: Store) -> dict[str, NDArray[Any]]:
    """A result's arrays and numbers, and what the network said, by their names."""
    record = json.loads(store.read(RESULTS, key, RECORD))
    with np.load(io.BytesIO(store.read(RESULTS, key, ARRAYS)), allow_pickle=False) as arrays:
        values = {name: arrays[name] for name in arrays.files}
    values |= {f"numbers.{name}": np.asarray(value) for name, value in record["numbers"].items()}
    if target := record.get("target"):
        values["class"] = np.asarray(str(target["index"]))
        values["target"] = np.asarray([target["logit"], target["probability"]])
        values["top"] = np.asarray([one["probability"] for one in record["top"]])
    return values


def _bytes(values: NDArray[Any]) -> tuple[str, tuple[int, ...], bytes]:
    content = repr(values.tolist()).encode() if values.dtype == object else values.tobytes()
    return str(values.dtype), values.shape, content


def distance(before: NDArray[Any], after: NDArray[Any]) -> float:
    """The greatest difference of a value, as a share of the greatest before; infinite for what is no number."""
    if before.shape != after.shape:
        return math.inf
    numbers = all(np.issubdtype(one.dtype, np.number) or one.dtype == bool for one in (before, after))
    if not numbers or not before.size:
        return 0.0 if np.array_equal(before, after) else math.inf
    one, other = before.astype(np.float64), after.astype(np.float64)
    finite = np.isfinite(one)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True) or not np.isfinite(other[finite]).all():
        return math.inf
    greatest = max(float(np.abs(one[finite]).max(initial=0.0)), LEAST)
    return float(np.abs(one[finite] - other[finite]).max(initial=0.0)) / greatest

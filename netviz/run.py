"""Running an experiment: a task in, its numbers and arrays into the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from netviz.methods import run
from netviz.networks import Array, Network
from netviz.networks.memory import Memory
from netviz.plan import Task
from netviz.record import class_scores, split, target_place
from netviz.store import Store

RESULTS = "results"
TOP = 5
REMEMBERED = 256 * 2**20  # bytes of the network's answers: VGG16's gradients of 400 pictures, or all its logits


class Laboratory:
    """A network with what it has said of each picture, so that no two experiments ask it the same."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._logits: dict[str, Array] = {}
        self._passes = [0, 0]
        network.memory = Memory(REMEMBERED)
        network.listeners.append(self._count)

    def run(self, task: Task, store: Store) -> None:
        """Run one experiment, unless it is known, and keep its result."""
        if store.has(RESULTS, task.key):
            return
        pictures = task.picture.framed()[None].astype(np.float32)
        scores = class_scores(self._logits_of(task, pictures))
        target = scores[target_place(task.experiment.target, scores)]
        self._passes = [0, 0]
        result = run(
            task.experiment.method,
            self.network,
            pictures,
            np.array([target["index"]]),
            task.experiment.settings,
            [load_arrays(other, store)["attribution"][None] for other in task.of],
        )
        numbers, arrays = split(result)
        record = {
            "method": task.experiment.method.name,
            "settings": dict(task.experiment.settings),
            "target": target,
            "top": scores[:TOP],
            "numbers": numbers,
            "weights": asdict(task.weights),
            "precision": task.precision,
            "passes": {"forward": self._passes[0], "backward": self._passes[1]},
        }
        with store.writing(RESULTS, task.key) as folder:
            (folder / "record.json").write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
            np.savez(folder / "arrays.npz", **arrays)  # type: ignore[arg-type]

    def _logits_of(self, task: Task, pictures: Array) -> Array:
        digest = task.picture.digest
        if digest not in self._logits:
            self._logits[digest] = self.network.logits(pictures)[0]
        return self._logits[digest]

    def _count(self, forward: int, backward: int) -> None:
        self._passes[0] += forward
        self._passes[1] += backward


def load_record(task: Task, store: Store) -> dict[str, Any]:
    """A stored result's facts: target, top five, numbers, weights, passes."""
    record: dict[str, Any] = json.loads((store.path(RESULTS, task.key) / "record.json").read_text("utf-8"))
    return record


def load_arrays(task: Task, store: Store) -> dict[str, Array]:
    """A stored result's arrays."""
    with np.load(store.path(RESULTS, task.key) / "arrays.npz", allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}

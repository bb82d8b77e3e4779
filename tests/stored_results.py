"""Results put into a store by hand: what is shown of them is real, what was measured is made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from netviz.cache.store import Store
from netviz.course.reading import Course, read_course
from netviz.engine.plan import Task, make_gallery_plan, make_plan
from netviz.engine.record import RESULTS, RankedClass, Record, save, split
from netviz.methods import Passes
from netviz.networks.weights import describe
from netviz.options import OwnPhoto


def known(
    content: Path,
    store: Store,
    answer: Callable[[Task], Mapping[str, Any]] = lambda task: {},
    own: Sequence[OwnPhoto] = (),
    change: Callable[[Course], Course] = lambda course: course,
) -> None:
    """Put a result into the store for every task of the course: one class for each photo and target.

    The first is the tabby cat, the next ones follow it in ImageNet's order. ``own`` are photos beside the course's;
    ``answer`` says what a method gives of a task, without batch axis; where it says nothing, that is noise.
    ``change`` makes of the course that is read the one that is built, such as a draft.
    """
    course, weights = change(read_course(content, "compact", own)), describe("compact")
    galleries = make_gallery_plan(course, weights).values()
    tasks = [*make_plan(course, weights).values(), *(task for tasks in galleries for task in tasks)]
    asked = list(dict.fromkeys((task.picture_name, task.experiment.target) for task in tasks))
    for task in tasks:
        if not store.has(RESULTS, task.key):
            keep(task, asked.index((task.picture_name, task.experiment.target)), answer(task), store)


def keep(task: Task, number: int, answer: Mapping[str, Any], store: Store) -> None:
    """Put one result into the store: ``number`` says which class the network sees, counted from the tabby cat."""
    probabilities = np.exp(-np.abs(np.arange(1000) - 281.0 - number)) / 2.2
    top = tuple(
        RankedClass(index=int(i), logit=float(9 - rank), probability=float(probabilities[i]), rank=rank)
        for rank, i in enumerate(np.argsort(-probabilities, kind="stable")[:5], start=1)
    )
    size = 14 if "cam" in task.experiment.id else 224
    noise = {
        "attribution": np.random.default_rng(number).normal(size=(size, size)),
        "logits": np.log(probabilities),
        "probabilities": probabilities,
        "norm": 1.5,
        "largest": 0.5,
        "peak": [0.5, 0.5],
    }
    numbers, arrays = split({name: np.asarray(values) for name, values in (answer or noise).items()})
    record = Record(
        method=task.experiment.method.name,
        settings=dict(task.experiment.settings),
        precision=task.precision,
        target=top[0],
        top=top,
        weights=task.weights,
        passes=Passes(forward=1, backward=1),
        numbers=numbers,
    )
    save(task, record, arrays, store)

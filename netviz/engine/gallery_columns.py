"""What an experiment has found for all photos of a gallery, column by column: ten thousand records take megabytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.cache.store import Store
from netviz.course.galleries import GalleryPhoto
from netviz.engine.plan import Task
from netviz.engine.record import RankedClass, Record, load_record

Column = NDArray[Any] | Sequence[Any]
"""Whole numbers, or floats with NaN where one is not finite; or words, and lists of numbers, as they are."""


@dataclass(frozen=True, kw_only=True)
class GalleryColumns:
    """The results of an experiment for the photos of a gallery, in their order: n photos.

    ``likeliest`` are class indices (n, 5), best first, ``probabilities`` and ``logits`` theirs (n, 5); ``targets`` are
    the classes that are explained: index, logit, probability and rank (n, 4). ``numbers`` are what the method measured,
    by their names. ``record`` is the first photo's, which tells what all have in common.
    """

    photos: Sequence[GalleryPhoto]
    likeliest: NDArray[np.int16]
    probabilities: NDArray[np.float64]
    logits: NDArray[np.float64]
    targets: NDArray[np.float64]
    numbers: Mapping[str, Column]
    record: Record

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def first(self) -> NDArray[np.int16]:
        """The likeliest class of each photo: (n,)."""
        return self.likeliest[:, 0]

    @property
    def probability(self) -> NDArray[np.float64]:
        """Its probability, 0 to 1: (n,)."""
        return self.probabilities[:, 0]

    def correct(self, number: int) -> bool | None:
        """Whether a photo's likeliest class is its label; None where it has none."""
        label = self.photos[number].label
        return None if label is None else bool(self.first[number] == label)

    @property
    def scalars(self) -> dict[str, NDArray[Any]]:
        """The numbers of which every photo has one: (n,)."""
        return {name: column for name, column in self.numbers.items() if isinstance(column, np.ndarray)}

    def record_of(self, number: int) -> Record:
        """What is known of one photo's result."""
        index, logit, probability, rank = self.targets[number].tolist()
        columns = (self.likeliest[number], self.logits[number], self.probabilities[number])
        top = [
            RankedClass(index=int(i), logit=float(score), probability=float(share), rank=place)
            for place, (i, score, share) in enumerate(zip(*columns, strict=True), start=1)
        ]
        return Record(
            method=self.record.method,
            settings=self.record.settings,
            precision=self.record.precision,
            target=RankedClass(index=int(index), logit=logit, probability=probability, rank=int(rank)),
            top=tuple(top),
            weights=self.record.weights,
            passes=self.record.passes,
            numbers={name: _plain(column[number]) for name, column in self.numbers.items()},
        )


def gallery_columns(photos: Sequence[GalleryPhoto], tasks: Sequence[Task], store: Store) -> GalleryColumns:
    """The stored results of an experiment's tasks, one for each photo. Raises Damaged."""
    n = len(tasks)
    first = load_record(tasks[0], store)
    kept = len(first.top)
    likeliest, targets = np.zeros((n, kept), np.int16), np.zeros((n, 4))
    probabilities, logits = np.zeros((n, kept)), np.zeros((n, kept))
    numbers: dict[str, list[Any]] = {name: [] for name in first.numbers}
    for row, task in enumerate(tasks):
        record = load_record(task, store)
        likeliest[row] = [one.index for one in record.top]
        probabilities[row] = [one.probability for one in record.top]
        logits[row] = [one.logit for one in record.top]
        target = record.target
        assert target  # as every task on a picture has one
        targets[row] = [target.index, target.logit, target.probability, target.rank]
        for name, column in numbers.items():
            column.append(record.numbers.get(name))
    return GalleryColumns(
        photos=photos,
        likeliest=likeliest,
        probabilities=probabilities,
        logits=logits,
        targets=targets,
        numbers={name: _column(values) for name, values in numbers.items()},
        record=first,
    )


def _column(values: list[Any]) -> Column:
    if all(isinstance(value, int) for value in values):
        return np.array(values, np.int64)
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return values


def _plain(value: Any) -> Any:
    """A number of a column as a record has it."""
    if isinstance(value, np.generic):
        return None if np.isnan(value) else value.item()
    return value

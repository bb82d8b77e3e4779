"""What the photos of a gallery have in common: averages with their spread, of all and of each class, and confusions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netviz.engine.gallery_columns import GalleryColumns
from netviz.site.gallery_layout import GalleryLayout, Group
from netviz.site.page_figures.gallery_views import Average

PROBABILITY = "first probability"  # of the likeliest class: every photo has it, and no number of a method is called so
NAMING = {"answer_after", "answer_before", "channel"}  # numbers that say which one: their mean would be of nothing


@dataclass(frozen=True, kw_only=True)
class ClassAverages:
    """The photos of one class: how many, the share that the network is right on if it is known, and their averages."""

    group: Group
    count: int
    right: float | None
    averages: Sequence[Average | None]


@dataclass(frozen=True, kw_only=True)
class Confusions:
    """How often photos of which class are seen as which: ``counts[row][column]``; ``others`` are seen as none of them.

    ``left_out`` is how many classes of photos are not among them.
    """

    classes: Sequence[int]
    counts: Sequence[Sequence[int]]
    others: Sequence[int]
    left_out: int


def numbers_of(columns: GalleryColumns) -> dict[str, NDArray[np.float64]]:
    """All numbers that every photo has one of: (n,), NaN where one is not finite."""
    found = {PROBABILITY: columns.probability, **columns.scalars}
    return {name: column.astype(np.float64) for name, column in found.items()}


def averaged_numbers(columns: GalleryColumns) -> dict[str, NDArray[np.float64]]:
    """Those of which an average tells something: not the ones that only name a class or a channel."""
    return {name: column for name, column in numbers_of(columns).items() if name not in NAMING}


def averages(columns: GalleryColumns, among: Sequence[int] | None = None) -> list[Average | None]:
    """Of each number its average over all photos, or those ``among`` them; None where it is finite on none."""
    rows = slice(None) if among is None else [*among]
    return [_average(name, column[rows]) for name, column in averaged_numbers(columns).items()]


def _average(name: str, column: NDArray[np.float64]) -> Average | None:
    values = column[np.isfinite(column)]
    if not values.size:
        return None
    return Average(
        name=name,
        count=int(values.size),
        mean=float(values.mean()),
        spread=float(values.std(ddof=1)) if values.size > 1 else None,
        least=float(values.min()),
        median=float(np.median(values)),
        greatest=float(values.max()),
    )


def right_share(columns: GalleryColumns, among: Sequence[int]) -> float | None:
    """On which share of photos the network's likeliest class is their label; None where no label is known."""
    known = [right for number in among if (right := columns.correct(number)) is not None]
    return sum(known) / len(known) if known else None


def class_averages(layout: GalleryLayout) -> Iterator[ClassAverages]:
    """Those of each class."""
    for group, pages in layout.groups.items():
        among = [number for page in pages for number in page]
        yield ClassAverages(
            group=group,
            count=len(among),
            right=right_share(layout.columns, among),
            averages=averages(layout.columns, among),
        )


def confusions(layout: GalleryLayout, most: int) -> Confusions | None:
    """Those of the classes with most photos, in the order of their indices; None where no label is known."""
    sizes = {group: sum(map(len, pages)) for group, pages in layout.groups.items() if group is not None}
    if not layout.labelled or not sizes:
        return None
    classes = sorted(sorted(sizes, key=lambda one: (-sizes[one], one))[:most])
    counts = [[layout.counts.get((label, said), 0) for said in classes] for label in classes]
    others = [sizes[label] - sum(row) for label, row in zip(classes, counts, strict=True)]
    return Confusions(classes=classes, counts=counts, others=others, left_out=len(sizes) - len(classes))

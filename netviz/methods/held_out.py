"""Networks that learn from a table, and what they answer for rows that they have not seen.

The networks are trained once in a process for a table and a seed. Their one output is the log-odds of label 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.tables import Dataset, TableName
from netviz.data.tables import table as read_table
from netviz.networks import Array
from netviz.networks.small import SmallNetwork, train_table_network

STEPS = 400  # of training, 32 rows each
FOLDS = 5
Learned = Callable[[Array], Array]
"""A model that has learned: the probability of label 1 for each of some rows, (n, columns) to (n,)."""
TableSetting = Annotated[TableName, Field(description="tumours (scikit-learn's breast cancer), or credit card clients")]
ShownColumns = Annotated[int, Field(ge=1, le=30, description="how many columns are shown")]


@cache
def table_network(name: TableName, seed: int) -> SmallNetwork:
    """A network that learned from the rows of a table that are not held out."""
    return trained(read_table(name), seed)


@cache
def unseen_probabilities(name: TableName, seed: int) -> NDArray[np.float64]:
    """The probability of label 1 for every row, from a network that did not learn from it: (n,)."""
    return unseen(read_table(name), seed, lambda rows, labels: _network_answer(rows, labels, seed))


def _network_answer(rows: Array, labels: NDArray[np.int64], seed: int) -> Learned:
    network = train_table_network(rows, labels, STEPS, seed)
    return lambda others: network.probabilities(others)[:, 0]


def unseen(data: Dataset, seed: int, learn: Callable[[Array, NDArray[np.int64]], Learned]) -> NDArray[np.float64]:
    """Five-fold: each row's probability from a model of the other folds, which also give mean and deviation."""
    probabilities = np.empty(len(data.labels))
    for split in splits(data, seed):
        rows, own = split.standardised, split.held_out
        probabilities[own] = learn(rows[~own], data.labels[~own])(rows[own])
    return probabilities


def splits(data: Dataset, seed: int) -> Iterator[Dataset]:
    """The table five times, each time with another fifth held out, alike in both classes."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(data.labels), int)
    for label in (0, 1):
        members = random.permutation(np.flatnonzero(data.labels == label))
        fold[members] = np.arange(len(members)) % FOLDS
    for one in range(FOLDS):
        yield replace(data, held_out=fold == one)


def trained(data: Dataset, seed: int) -> SmallNetwork:
    """A network that learned from the rows that are not held out."""
    learned = ~data.held_out
    return train_table_network(data.standardised[learned], data.labels[learned], STEPS, seed)

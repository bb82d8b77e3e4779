"""Handwritten digits: small pictures that small networks can read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array

SIDE = 8
INK = 16  # the value of a pixel that is all ink
HELD_OUT = 5  # one digit in so many of each kind is kept for testing


@dataclass(frozen=True)
class Digits:
    """``pictures`` (n, 8, 8) float64, 0 for paper to 16 for ink; ``labels`` (n,) 0 to 9; ``held_out`` (n,)."""

    pictures: Array
    labels: NDArray[np.int64]
    held_out: NDArray[np.bool_]


@cache
def digits() -> Digits:
    """The 1,797 test digits of UCI's optical recognition table, as scikit-learn carries them."""
    from sklearn.datasets import load_digits

    loaded = load_digits()
    labels = loaded.target.astype(np.int64)
    held_out = np.zeros(len(labels), bool)
    for label in range(10):
        members = np.random.default_rng(label).permutation(np.flatnonzero(labels == label))
        held_out[members[: round(len(members) / HELD_OUT)]] = True
    return Digits(loaded.images.astype(np.float64), labels, held_out)

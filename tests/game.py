"""A game whose sets of players have a worth each: Shapley values by what they mean, for few players."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray


def mean_gains(worth: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """What each player adds to those before, averaged over all orders; ``worth`` is by the bits of a set's number."""
    players = len(worth).bit_length() - 1
    orders = list(permutations(range(players)))
    gains = np.zeros(players)
    for order in orders:
        for place, player in enumerate(order):
            before = sum(1 << other for other in order[:place])
            gains[player] += (worth[before | 1 << player] - worth[before]) / len(orders)
    return gains

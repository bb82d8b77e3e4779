"""Do maps agree? Rank correlations of every two."""

from __future__ import annotations

import numpy as np

from netviz.methods import Passes, Result, method
from netviz.methods.arrays import flat_maps, flattened, on_one_grid
from netviz.methods.correlations import rank_correlation_matrix
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "Agreement of maps", "zh": "解释图的一致性"},
    summary={
        "en": "The rank correlation of every two of several maps of the same picture.",
        "zh": "同一张图片的多张解释图，两两之间的秩相关系数。",
    },
    gives="check",
    maps=(2, 40),
    views=("matrix",),
    numbers=("least", "mean_off_diagonal"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def agreement_matrix(network: Network, pictures: Array, targets: Targets, maps: list[Array]) -> Result:
    """Spearman's correlations by value, on the finest map's grid: ``matrix`` (n, k, k), in the order of the maps.

    RGB values are summed, signs are kept; a constant map's correlations are 0. ``least`` and ``mean_off_diagonal``
    (n,) are over the pairs.
    """
    return agreement(np.stack(on_one_grid([flat_maps(one) for one in maps]), axis=1))


def agreement(stacks: Array) -> Result:
    """Rank correlations of k maps of each picture, (n, k, h, w): ``matrix`` (n, k, k) and its ``least`` and mean."""
    matrices = np.stack([rank_correlation_matrix(flattened(stack)) for stack in stacks])
    pairs = matrices[:, *np.triu_indices(stacks.shape[1], 1)]
    return {"matrix": matrices, "least": pairs.min(axis=1), "mean_off_diagonal": pairs.mean(axis=1)}

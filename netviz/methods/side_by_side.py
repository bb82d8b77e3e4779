"""Several maps of one picture, made by other experiments, side by side in one figure."""

from __future__ import annotations

import numpy as np

from netviz.methods import Passes, Result, method
from netviz.methods.agreement import agreement
from netviz.methods.arrays import flat_maps, on_one_grid
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "Maps side by side", "zh": "解释图并排"},
    summary={
        "en": "Several maps of the same picture side by side, with their mean rank correlation.",
        "zh": "同一张图片的多张解释图并排，附秩相关系数的平均值。",
    },
    gives="check",
    maps=(2, 12),
    views=("panels-own", "panels"),
    numbers=("least", "mean_off_diagonal", "mean_of_sizes"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def maps_side_by_side(network: Network, pictures: Array, targets: Targets, maps: list[Array]) -> Result:
    """``maps`` (n, k, height, width), RGB summed, all on the finest one's grid, as the agreement matrix has them.

    ``least`` and ``mean_off_diagonal`` (n,) are Spearman's correlations over the pairs, ``mean_of_sizes`` (n,) is the
    latter for the values' sizes, without their signs.
    """
    stacks = np.stack(on_one_grid([flat_maps(one) for one in maps]), axis=1)
    account = agreement(stacks)
    return {
        "maps": stacks,
        **{name: account[name] for name in ("least", "mean_off_diagonal")},
        "mean_of_sizes": agreement(np.abs(stacks))["mean_off_diagonal"],
    }

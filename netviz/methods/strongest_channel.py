"""Which of a layer's channels speaks for a class in a picture, and where it is active."""

from __future__ import annotations

import numpy as np

from netviz.methods import Passes, Result, SpatialLayer, method
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "The strongest channel", "zh": "贡献最大的通道"},
    summary={
        "en": "Of a layer's channels, the one whose places together add most to the class's score; and its map.",
        "zh": "在某一层的各个通道里，找出所有位置合计对类别得分贡献最大的一个，并画出它的特征图。",
    },
    gives="attribution",
    signed=False,
    views=("overlay", "raw", "map"),
    numbers=("channel", "added", "added_by_second", "added_by_all"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def strongest_channel(
    network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block5_conv3"
) -> Result:
    """The activations of one channel of a layer: ``attribution`` (n, h, w) on the layer's own grid.

    What a channel adds is the sum over its places of A d f_c / d A. Numbers, each (n,): the ``channel`` that adds most,
    from 0, and the first of equals; what it ``added``; what was ``added_by_second``, the next after it; and
    ``added_by_all`` that add, those whose sums are above zero.
    """
    activations, gradients = network.layer_gradient(pictures, targets, layer)
    added = (activations * gradients).astype(np.float64).sum(axis=(1, 2))
    chosen = added.argmax(axis=1)
    every = np.arange(len(pictures))
    return {
        "attribution": activations[every, :, :, chosen],
        "channel": chosen,
        "added": added[every, chosen],
        "added_by_second": np.sort(added, axis=1)[:, -2],
        "added_by_all": np.maximum(added, 0).sum(axis=1),
    }

"""Which of a layer's channels speaks for a class in a picture, and where it is active."""

from __future__ import annotations

import numpy as np

from netviz.methods import Passes, Result, SpatialLayer, method
from netviz.methods.arrays import flattened
from netviz.networks import Array, Network, Targets


@method(
    title={"en": "The strongest channel", "zh": "贡献最大的通道"},
    summary={
        "en": "Of all values of a layer, the one that adds most to the class's score; and the map of the channel to "
        "which it belongs.",
        "zh": "在某一层的全部数值里找出对类别得分贡献最大的一个，并画出它所在的那张特征图。",
    },
    gives="attribution",
    signed=False,
    views=("overlay", "raw", "map"),
    numbers=("channel", "place", "value", "added"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def strongest_channel(
    network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block5_conv3"
) -> Result:
    """The activations of one channel of a layer: ``attribution`` (n, h, w) on the layer's own grid.

    It is the channel of the value whose product with the class's derivative by it, A d f_c / d A, is the greatest in
    the layer. Numbers, each (n,) but for ``place`` (n, 2), that value's centre as fractions of height and width: its
    ``channel``, from 0; the ``value``; and that product, ``added``.
    """
    activations, gradients = network.layer_gradient(pictures, targets, layer)
    products = flattened(activations * gradients)
    chosen = products.argmax(axis=1)
    rows, columns, channels = np.unravel_index(chosen, activations.shape[1:])
    every = np.arange(len(pictures))
    return {
        "attribution": activations[every, :, :, channels],
        "channel": channels,
        "place": np.stack([(rows + 0.5) / activations.shape[1], (columns + 0.5) / activations.shape[2]], axis=1),
        "value": activations[every, rows, columns, channels],
        "added": products[every, chosen],
    }

"""A gradient may ask for any number that a network computes on its way, not only for a class's score."""

from __future__ import annotations

from typing import Any

import numpy as np

from netviz.methods import Passes, Result, SpatialLayer, method
from netviz.methods.arrays import flattened, largest, lengths
from netviz.methods.keras_layers import with_layers
from netviz.methods.looking import extent
from netviz.networks import Array, Network, Targets

NUDGE = 0.01  # RGB steps, root mean square


@method(
    title={"en": "Gradient of a unit", "zh": "一个单元的梯度"},
    summary={
        "en": "The derivative of a single value of a layer, the one that adds most to the class's score, by every "
        "value of the picture.",
        "zh": "取某一层里对类别得分贡献最大的一个数值，求它对图片中每个数值的导数。",
    },
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("channel", "place", "value", "nudged", "predicted", "reach", "field", "largest"),
    passes=lambda settings: Passes(forward=3, backward=2),
    is_derivative=True,
)
def unit_gradient(
    network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block4_conv3"
) -> Result:
    """The derivative of one value A_ijk of a layer by x: ``attribution`` (n, height, width, 3).

    The value is that whose product with the class's derivative by it, A d f_c / d A, is the greatest in the layer. The
    derivative is in activation per RGB step.

    Numbers, each (n,) but for ``place`` (n, 2), its centre as fractions of height and width: its ``channel``, from 0;
    its ``value``, and what it is, ``nudged``, when the picture is moved along the derivative by `NUDGE` RGB steps (root
    mean square), and ``predicted``, what it would be if the derivative were the same all the way; ``reach``, the longer
    side in pixels of the rectangle around all derivatives that are not zero, and ``field``, the side of the square that
    the place can depend on by the sizes of the layers, as far as it lies in the picture; the ``largest`` derivative's
    size.
    """
    from netviz.networks import optimise

    opened = with_layers(network, "asking a unit")
    values, slopes = opened.layer_gradient(pictures, targets, layer)
    chosen = flattened(values * slopes).argmax(axis=1)
    asked = optimise.Objective(network=opened, layer=layer, score=one_value, others=(chosen,))
    value, attribution = asked.scores_and_gradients(pictures)
    rows, columns, channels = np.unravel_index(chosen, values.shape[1:])
    sizes = lengths(attribution) / np.sqrt(attribution[0].size)
    directions = attribution / np.where(sizes > 0, sizes, 1)[:, None, None, None]
    known = next(one for one in network.layers if one.name == layer)
    return {
        "attribution": attribution,
        "channel": channels,
        "place": np.stack([(rows + 0.5) / values.shape[1], (columns + 0.5) / values.shape[2]], axis=1),
        "value": value,
        "nudged": asked.scores(pictures + NUDGE * directions),
        "predicted": value + NUDGE * (attribution * directions).sum(axis=(1, 2, 3)),
        "reach": np.array([extent((one != 0).any(axis=-1)) for one in attribution]),
        "field": np.full(len(pictures), min(known.receptive_field or 0, max(pictures.shape[1:3]))),
        "largest": largest(attribution),
    }


def one_value(output: Any, index: Any) -> Any:
    """A single value of a layer's whole output, tensors (n, ...), by its place when all of it is laid out in a row."""
    from netviz.networks.quiet import import_tensorflow

    tf = import_tensorflow()
    return tf.gather(tf.reshape(output, (tf.shape(output)[0], -1)), index, axis=1, batch_dims=1)

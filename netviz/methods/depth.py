"""From layer to layer: what the depth at which a map is made does to it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from netviz.methods import Passes, Result, method
from netviz.methods.activation_maps import JIANG, SELVARAJU, WEIGHTINGS, supported
from netviz.methods.arrays import flattened, resized
from netviz.methods.correlations import correlations
from netviz.methods.pointing import Box, share_inside
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer
from netviz.networks.classes import find

BLOCKS = 5  # of VGG16: what a declaration can know of the cost
ENDS = (("first", 0), ("last", -1))  # of the blocks, and where they stand


@method(
    title={"en": "Class activation maps through the blocks", "zh": "逐块的类激活图"},
    summary={
        "en": "Grad-CAM, HiResCAM and LayerCAM after every block of convolutions: how much of each lies on the object, "
        "and how much it resembles the map of another class.",
        "zh": "每个卷积块之后的 Grad-CAM、HiResCAM 和 LayerCAM：有多少落在物体的框内，与另一个类别的解释图有多相似。",
    },
    papers=(SELVARAJU.at("section 3"), JIANG),
    gives="check",
    views=("curve",),
    numbers=(
        *(f"{name}{what}" for name in WEIGHTINGS for what in ("_first", "_last", "_first_likeness", "_last_likeness")),
        *(f"averaged_{end}" for end, _ in ENDS),
        "box_share",
    ),
    passes=lambda settings: Passes(forward=2 * BLOCKS, backward=2 * BLOCKS),
)
def cams_through_blocks(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    rival: Annotated[int, BeforeValidator(find), Field(description="the other class: a name or an index")] = 0,
    box: Box = (0.0, 0.0, 1.0, 1.0),
) -> Result:
    """Three maps of the last convolution of every block: ``x`` (n, blocks) is the block's number, from 1.

    They are made of the same activations and gradients. ``grad_cam``, ``hirescam`` and ``layercam`` (n, blocks) are the
    box's share of the target's map, ``grad_cam_first`` and ``grad_cam_last`` (n,) and the like that at the first and at
    the last block; ``box_share`` (n,) is the box's share of the picture: what a map without any knowledge would have
    inside. ``grad_cam_first_likeness`` and the like (n,) are Pearson's correlation between the maps of the target and
    of the rival, 0 where one is empty. Maps are brought to the picture's size bilinearly. ``averaged_first`` and
    ``averaged_last`` (n,) are what averaging over places leaves of the target's derivatives: the sizes of the channels'
    means to the means of the sizes: 1 where those of no channel differ in sign, near 0 where they cancel.
    """
    height, width = pictures.shape[1:3]
    shares: dict[str, list[Array]] = {name: [] for name in WEIGHTINGS}
    likeness: dict[str, list[Array]] = {name: [] for name in WEIGHTINGS}
    averaged = []
    for layer in last_of_blocks(network.layers):
        asked = (np.repeat(pictures, 2, axis=0), np.stack([targets, np.full_like(targets, rival)], axis=1).ravel())
        activations, gradients = network.layer_gradient(*asked, layer)
        averaged.append(_left_by_averaging(gradients[::2]))
        for name, weighting in WEIGHTINGS.items():
            maps = resized(supported(weighting(gradients) * activations), height, width)
            shares[name].append(share_inside(maps[::2], box))
            likeness[name].append(correlations(flattened(maps[::2]), flattened(maps[1::2])))
    blocks = len(shares["grad_cam"])
    return {
        "x": np.tile(np.arange(1, blocks + 1), (len(pictures), 1)),
        **{name: np.stack(curve, axis=1) for name, curve in shares.items()},
        **{f"{name}_{end}": curve[at] for name, curve in shares.items() for end, at in ENDS},
        **{f"{name}_{end}_likeness": curve[at] for name, curve in likeness.items() for end, at in ENDS},
        **{f"averaged_{end}": averaged[at] for end, at in ENDS},
        "box_share": share_inside(np.ones((len(pictures), height, width)), box),
    }


def _left_by_averaging(gradients: Array) -> Array:
    """Sizes of the means over places to means of the sizes, all channels together: (n, h, w, channels) to (n,).

    0 where there is no slope anywhere.
    """
    means = np.abs(gradients.mean(axis=(1, 2), dtype=np.float64)).sum(axis=-1)
    sizes = np.abs(gradients).mean(axis=(1, 2), dtype=np.float64).sum(axis=-1)
    return np.divide(means, sizes, out=np.zeros_like(means), where=sizes > 0)


def last_of_blocks(layers: Sequence[Layer]) -> list[str]:
    """The last convolution of each block; a block's layers share the beginning of their names."""
    convolutions = [layer.name for layer in layers if layer.kind == "convolution"]
    return [list(block)[-1] for _, block in groupby(convolutions, key=lambda name: name.split("_")[0])]

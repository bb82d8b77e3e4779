"""From layer to layer: what the depth at which a map is made does to it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from netviz.methods import Paper, Passes, Result, method
from netviz.methods.activation_maps import grad_cam
from netviz.methods.arrays import resized
from netviz.methods.correlations import correlation_matrix
from netviz.methods.faithfulness import Box, share_inside
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer
from netviz.networks.classes import find

BLOCKS = 5  # of VGG16: what a declaration can know of the cost


@method(
    title={"en": "Grad-CAM through the blocks", "zh": "逐块的 Grad-CAM"},
    summary={
        "en": "Grad-CAM after every block of convolutions: how much of it lies on the object, and how much it "
        "resembles the map of another class.",
        "zh": "在每个卷积块之后各做一次 Grad-CAM：有多少落在物体的框内，又与另一个类别的解释图有多相似。",
    },
    papers=(
        Paper(
            "Selvaraju et al.",
            2017,
            "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
            "https://arxiv.org/abs/1610.02391",
            "section 3",
        ),
    ),
    gives="check",
    views=("curve",),
    numbers=("first_inside_share", "last_inside_share", "first_correlation", "last_correlation", "box_share"),
    passes=lambda settings: Passes(forward=2 * BLOCKS, backward=2 * BLOCKS),
)
def grad_cam_through_blocks(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    rival: Annotated[int, BeforeValidator(find), Field(description="the other class: a name or an index")] = 0,
    box: Box = (0.0, 0.0, 1.0, 1.0),
) -> Result:
    """Grad-CAM of the last convolution of every block: ``x`` (n, blocks) is the block's number, from 1.

    ``inside_share`` (n, blocks) is the box's share of the target's map, ``correlation`` (n, blocks) Pearson's between
    the maps of the target and of the rival, 0 where one is empty. ``box_share`` (n,) is the box's share of the
    picture: what a map without any knowledge would have inside. ``first_correlation`` and the like (n,) are the values
    at the first and at the last block. Maps are brought to the picture's size bilinearly.
    """
    height, width = pictures.shape[1:3]
    inside_share, correlation = [], []
    for layer in last_of_blocks(network.layers):
        asked = (np.repeat(pictures, 2, axis=0), np.stack([targets, np.full_like(targets, rival)], axis=1).ravel())
        maps = resized(grad_cam(network, *asked, layer=layer)["attribution"], height, width)
        inside_share.append(share_inside(maps[::2], box))
        correlation.append([correlation_matrix(pair.reshape(2, -1))[0, 1] for pair in np.split(maps, len(pictures))])
    curves = {"inside_share": np.stack(inside_share, axis=1), "correlation": np.array(correlation).T}
    return {
        "x": np.tile(np.arange(1, len(correlation) + 1), (len(pictures), 1)),
        **curves,
        **{f"{end}_{name}": curve[:, at] for name, curve in curves.items() for end, at in (("first", 0), ("last", -1))},
        "box_share": share_inside(np.ones((len(pictures), height, width)), box),
    }


def last_of_blocks(layers: Sequence[Layer]) -> list[str]:
    """The last convolution of each block; a block's layers share the beginning of their names."""
    convolutions = [layer.name for layer in layers if layer.kind == "convolution"]
    return [list(block)[-1] for _, block in groupby(convolutions, key=lambda name: name.split("_")[0])]

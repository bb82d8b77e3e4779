"""Inversion: a picture made from what a layer holds of a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, SpatialLayer, method
from netviz.methods.arrays import flattened
from netviz.methods.correlations import correlations
from netviz.methods.keras_layers import with_layers
from netviz.networks import Array, Network, Targets

if TYPE_CHECKING:
    pass
from netviz.methods.made_pictures import FIT_FOR_HALF, Steps, light_and_colour, score_and_gradient

BLUR = 4.0  # pixels, the deviation of the Gaussian after which outlines are compared coarsely


@method(
    title={"en": "Inversion", "zh": "特征反演"},
    summary={
        "en": "A picture made from noise whose values at a layer come as near to the photo's as they can: what it "
        "lacks of the photo the layer has lost, or the search has not found.",
        "zh": "从噪声开始生成一张图片，使某一层的取值尽量接近照片的取值；"
        "照片里有而它没有的，可能是这一层没有保留，也可能是没有找到。",
    },
    papers=(
        Paper(
            authors="Mahendran and Vedaldi",
            year=2015,
            title="Understanding Deep Image Representations by Inverting Them",
            url="https://arxiv.org/abs/1412.0035",
            place="equations 1 and 4",
        ),
    ),
    gives="picture",
    views=("before-after",),
    numbers=(
        *("x", "loss", "loss_start", "loss_end", "relative_error"),
        *("brightness_likeness", "edge_likeness", "coarse_edge_likeness", "colour_likeness"),
    ),
    passes=lambda settings: Passes(forward=settings.steps + 2, backward=settings.steps),
    half=lambda settings: settings.layer.startswith(FIT_FOR_HALF),
    asks_for_class=lambda settings: False,
)
def inversion(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block4_conv3",
    steps: Steps = 128,
    rate: Annotated[float, Field(gt=0, le=100, description="length of the first step, in RGB steps (Adam's)")] = 8.0,
    smoothness: Annotated[
        float, Field(ge=0, le=1000, description="weight of the total variation, against the relative loss")
    ] = 10.0,
    seed: Seed = 0,
) -> Result:
    """argmin_x |A(x) - A(x0)|^2 / |A(x0)|^2 + smoothness * V(x / 255): ``before``, ``after`` (n, height, width, 3).

    V is the total variation with exponent 2, as a mean over all pixels. Unlike the paper's, the steps are Adam's, ever
    shorter until nothing is left of them, and values are cut off at 0 and 255 in place of a penalty (its alpha-norm).

    ``loss`` (n, steps + 1) over ``x``, the steps done, is the whole of it, ``loss_start`` and ``loss_end`` (n,) its
    ends; ``relative_error`` (n,) is |A(x) - A(x0)| / |A(x0)| of the picture made, and 1 would be that of a picture
    that leaves the layer silent. ``brightness_likeness`` (n,) is how the brightness of its pixels correlates with that
    of the photo's, ``edge_likeness`` (n,) how the steps of brightness to the next pixel right and below do,
    ``coarse_edge_likeness`` (n,) how these do once both are blurred by a Gaussian of `BLUR` pixels' deviation, and
    ``colour_likeness`` (n,) how what is left of their RGB without the brightness does.
    """
    from netviz.networks import optimise

    asked = with_layers(network, "making pictures")
    before = pictures.astype(np.float32)
    made, losses, errors = [], [], []
    for photo in before:
        wanted = optimise.in_full(asked).activations(photo[None], [layer])[layer]
        question = optimise.Objective(network=asked, layer=layer, score=optimise.relative_distance, others=(wanted,))
        random, adam = np.random.default_rng(seed), optimise.Adam(rate)
        picture = np.clip(random.normal(network.mean_colour, 10, photo.shape), 0, 255)
        curve = []
        for done in range(steps):
            adam.rate = rate * (1 - done / steps)
            distance, gradient = score_and_gradient(question, picture)
            variation, by_variation = optimise.total_variation(picture / 255)
            curve.append(distance + smoothness * variation)
            picture = np.clip(picture + adam.step(gradient + smoothness * by_variation / 255), 0, 255)
        distance = float(question.in_full.scores(picture[None])[0])
        curve.append(distance + smoothness * optimise.total_variation(picture / 255)[0])
        made.append(picture.astype(np.float32))
        losses.append(curve)
        errors.append(np.sqrt(distance))
    loss, after = np.array(losses), np.stack(made)
    (light, colour), (light_made, colour_made) = (light_and_colour(batch) for batch in (before, after))
    return {
        "before": before,
        "after": after,
        "x": np.tile(np.arange(steps + 1), (len(made), 1)),
        "loss": loss,
        "loss_start": loss[:, 0],
        "loss_end": loss[:, -1],
        "relative_error": np.array(errors),
        "brightness_likeness": correlations(flattened(light), flattened(light_made)),
        "edge_likeness": correlations(_edges(light), _edges(light_made)),
        "coarse_edge_likeness": correlations(_edges(_blurred(light)), _edges(_blurred(light_made))),
        "colour_likeness": correlations(flattened(colour), flattened(colour_made)),
    }


def _edges(brightness: Array) -> Array:
    """The steps to the next pixel right and below: (n, h, w) to (n, values)."""
    return np.concatenate([flattened(np.diff(brightness, axis=axis)) for axis in (1, 2)], axis=1)


def _blurred(brightness: Array) -> Array:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(brightness, (0, BLUR, BLUR)))

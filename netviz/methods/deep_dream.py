"""DeepDream: a photo changed until a layer responds more strongly to what it sees in it already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, SpatialLayer, method
from netviz.methods.arrays import resized
from netviz.methods.keras_layers import with_layers
from netviz.networks import Array, Network, Targets

if TYPE_CHECKING:
    from netviz.networks.optimise import Objective
from netviz.methods.made_pictures import FIT_FOR_HALF, Jitter, score_and_gradient


@method(
    title={"en": "DeepDream", "zh": "DeepDream 深度梦境"},
    summary={
        "en": "The photo changed step by step so that a layer responds more strongly to what it already sees in it.",
        "zh": "逐步改变照片，使某一层对照片已有的响应更强。",
    },
    papers=(
        Paper(
            authors="Mordvintsev, Olah and Tyka",
            year=2015,
            title="Inceptionism: Going Deeper into Neural Networks",
            url="https://research.google/blog/inceptionism-going-deeper-into-neural-networks/",
        ),
    ),
    gives="picture",
    views=("before-after",),
    numbers=("start", "end", "change"),
    passes=lambda settings: Passes(
        forward=settings.octaves * settings.steps + 2, backward=settings.octaves * settings.steps
    ),
    half=lambda settings: settings.layer.startswith(FIT_FOR_HALF),
    asks_for_class=lambda settings: False,
)
def deep_dream(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block4_conv3",
    octaves: Annotated[int, Field(ge=1, le=10, description="sizes of the picture, from small to its own")] = 4,
    octave_scale: Annotated[float, Field(gt=1, le=2, description="the next size is so many times larger")] = 1.4,
    steps: Annotated[int, Field(ge=1, le=1000, description="steps at each size, each one pass and back")] = 10,
    step: Annotated[float, Field(gt=0, le=100, description="mean change of a value in one step, in RGB steps")] = 1.5,
    jitter: Jitter = 0.1,
    seed: Seed = 0,
) -> Result:
    """Steps of g / mean |g|, g the gradient of the layer's L2 norm: ``before`` and ``after`` (n, height, width, 3).

    Begins with a small copy of the photo and passes what was added on to the next larger one, so that details of
    every size appear. Before each step the picture is rolled by a random number of pixels, and afterwards back; values
    stay between 0 and 255. A size at which the layer would have no output is replaced by the least that has one.

    ``start`` and ``end`` (n,) are the layer's root mean square for the photo and for the dream, ``change`` (n,) the
    mean absolute change of a value.
    """
    from netviz.networks import optimise

    asked = with_layers(network, "making pictures")
    question = optimise.Objective(network=asked, layer=layer, score=optimise.mean_square, any_size=True)
    least = asked.smallest_side(layer)
    height, width = pictures.shape[1:3]
    sizes = octave_sizes(height, width, octaves, octave_scale, least)
    before = pictures.astype(np.float32)
    dreams = []
    for photo in before:
        random = np.random.default_rng(seed)
        added: Array = np.zeros((*sizes[0], 3))
        for size in sizes:
            octave = _resized(photo, *size)
            picture: Array = octave + _resized(added, *size)
            for _ in range(steps):
                picture = _dreamt_on(question, picture, step, _rolls(size, jitter, random))
            added = picture - octave
        dreams.append(picture)
    after = np.stack(dreams).astype(np.float32)
    start, end = (np.sqrt([question.in_full.scores(one[None])[0] for one in batch]) for batch in (before, after))
    return {
        "before": before,
        "after": after,
        "start": start,
        "end": end,
        "change": np.abs(after - before).mean(axis=(1, 2, 3)),
    }


def octave_sizes(height: int, width: int, octaves: int, scale: float, least: int) -> list[tuple[int, int]]:
    """Height and width of each octave, from the smallest to the picture's own, none below ``least``."""
    return [
        (max(least, round(height / scale**octave)), max(least, round(width / scale**octave)))
        for octave in reversed(range(octaves))
    ]


def _rolls(size: tuple[int, int], jitter: float, random: np.random.Generator) -> tuple[int, int]:
    """Rows and columns to roll a picture by, each way at most by this share of its side."""
    row, column = (random.integers(-most, most + 1) for most in np.rint(np.multiply(size, jitter)).astype(int))
    return int(row), int(column)


def _dreamt_on(question: Objective, picture: Array, step: float, rolls: tuple[int, int]) -> Array:
    """One step of the dream; none where there is no direction to go in."""
    rolled = np.roll(picture, rolls, axis=(0, 1))
    gradient = score_and_gradient(question, rolled)[1]
    scale = np.abs(gradient).mean()
    if scale:
        rolled = rolled + step * gradient / scale
    return np.clip(np.roll(rolled, np.negative(rolls), axis=(0, 1)), 0, 255)


def _resized(picture: Array, height: int, width: int) -> Array:
    """Bilinear interpolation, (h, w, 3) to (height, width, 3); unchanged if it has that size."""
    if picture.shape[:2] == (height, width):
        return picture.astype(np.float64)
    return np.moveaxis(resized(np.moveaxis(picture, -1, 0), height, width), 0, -1).astype(np.float64)

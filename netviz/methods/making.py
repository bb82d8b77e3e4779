"""Activation maximisation: instead of asking what a network makes of a picture, which picture makes it respond."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, SpatialLayer, method
from netviz.methods.keras_layers import with_layers
from netviz.methods.looking import missing_channel
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer

if TYPE_CHECKING:
    from netviz.networks.keras_network import KerasNetwork
    from netviz.networks.optimise import Canvas, Objective
from netviz.methods.made_pictures import FIT_FOR_HALF, Jitter, Steps, neighbour_correlation

Rate = Annotated[float, Field(gt=0, le=1, description="length of a step in the spectrum (Adam's)")]
TRIALS = 8  # random movements that a finished picture is held against
OLAH = Paper(
    authors="Olah, Mordvintsev and Schubert",
    year=2017,
    title="Feature Visualization",
    url="https://doi.org/10.23915/distill.00007",
)


@dataclass(frozen=True)
class Shaking:
    """How far a picture may be moved at random: shifted by a share of its side, magnified by one, turned by degrees."""

    jitter: float = 0.05
    scaling: float = 0.1
    rotation: float = 5.0

    def movement(self, height: int, width: int, random: np.random.Generator) -> Any:
        """One such movement, as `optimise.movement` gives it."""
        from netviz.networks import optimise

        shift = random.uniform(-self.jitter, self.jitter, 2) * (height, width)
        zoom = random.uniform(1 - self.scaling, 1 + self.scaling)
        return optimise.movement(height, width, shift, zoom, random.uniform(-self.rotation, self.rotation))


@dataclass(frozen=True)
class Climb:
    """Pictures made together: the ``last`` (k, height, width, 3), what the network says to each first and last one.

    ``start`` and ``end`` are (k,); ``scores`` (steps,) is what it said before each step, a mean over the k.
    """

    last: Array
    scores: Array
    start: Array
    end: Array


@method(
    title={"en": "Activation maximisation", "zh": "激活最大化"},
    summary={
        "en": "A picture made from noise, step by step, so that a channel, a layer or a class responds as strongly as "
        "possible.",
        "zh": "从噪声开始逐步生成一张图片，使某个通道、某一层或某个类别的响应尽可能强。",
    },
    papers=(OLAH,),
    gives="picture",
    views=("picture", "curve"),
    numbers=("x", "score", "start", "end", "neighbours"),
    wrong=lambda settings, layers: _wrong_for_layer(
        layers, settings.objective, settings.layer, settings.channels, settings.side, "channels"
    ),
    passes=lambda settings: Passes(
        forward=_made(settings) * (settings.steps + 2), backward=_made(settings) * settings.steps
    ),
    half=lambda settings: settings.objective != "class" and settings.layer.startswith(FIT_FOR_HALF),
    asks_for_class=lambda settings: settings.objective == "class",
    side=lambda settings: settings.side,
    map_values=lambda settings: settings.channels if settings.objective == "channel" else (),
)
def activation_maximisation(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    objective: Annotated[
        Literal["channel", "layer", "class"],
        Field(description="what should respond: a channel of the layer, all of the layer, or the target's logit"),
    ] = "channel",
    layer: SpatialLayer = "block5_conv3",
    channels: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...],
        Field(min_length=1, max_length=4, description="for `channel`: which ones, counted from 0; a picture for each"),
    ] = (0,),
    side: Annotated[
        int | None,
        Field(
            ge=1, le=1024, description="side of the picture made, in pixels; by default, and for `class`, the input's"
        ),
    ] = None,
    steps: Steps = 128,
    rate: Rate = 0.05,
    jitter: Jitter = 0.05,
    scaling: Annotated[
        float, Field(ge=0, le=0.5, description="magnified or shrunk at random in every step, at most by this share")
    ] = 0.1,
    rotation: Annotated[
        float, Field(ge=0, le=180, description="turned at random in every step, at most by so many degrees")
    ] = 5.0,
    seed: Seed = 0,
) -> Result:
    """argmax_x of E[s(T x)] over small movements T: ``pictures`` (n, k, height, width, 3) RGB, 0 to 255.

    The score s is a channel's mean over all places, and k the number of channels; or the mean square of a layer; or a
    class's logit: then k is 1. The picture is written as a spectrum in decorrelated colours and seen through a random
    shift, magnification and rotation in every step, so that what only works pixel by pixel is not rewarded. Of the
    explained pictures nothing but the size is used; each starts the random numbers anew, and the k begin alike.

    ``score`` (n, steps) over ``x``, the steps done before, is what the network said to the moved picture, a mean over
    the k; ``start`` and ``end`` (n, k) what it says to the first and the last picture themselves. ``neighbours`` (n, k)
    is how the brightness of a last picture's pixels correlates with that of the next one right and below.

    A smaller ``side`` costs less: units of low layers see no more than a few pixels. Raises ValueError if the layer
    has no such channel, or no output at this side.
    """
    from netviz.networks import optimise

    asked = with_layers(network, "making pictures")
    height, width = (side, side) if side and objective != "class" else pictures.shape[1:3]
    shaking = Shaking(jitter, scaling, rotation)
    climbs = []
    for target in targets:
        question, count = _question(asked, objective, layer, channels, int(target), side)
        canvases = [optimise.Canvas(height, width)] * count
        climbs.append(_climbed(question, canvases, [shaking] * count, steps, rate, seed))
    return {
        "pictures": np.stack([climb.last for climb in climbs]).astype(np.float32),
        "x": np.tile(np.arange(steps), (len(climbs), 1)),
        "score": np.array([climb.scores for climb in climbs]),
        "start": np.array([climb.start for climb in climbs]),
        "end": np.array([climb.end for climb in climbs]),
        "neighbours": np.array([[neighbour_correlation(made) for made in climb.last] for climb in climbs]),
    }


@method(
    title={"en": "Regularisers one by one", "zh": "逐项加入正则化"},
    summary={
        "en": "One channel's picture made four times: pixel by pixel, as waves, as waves in independent colours, and "
        "with random movements as well.",
        "zh": "为同一个通道生成四张图片：逐像素改动；改用波；再用互不相关的颜色；最后加上随机移动。",
    },
    papers=(OLAH,),
    gives="picture",
    views=("picture",),
    numbers=("start", "end", "moved", "kept", "neighbours", "photo_neighbours"),
    wrong=lambda settings, layers: _wrong_for_layer(
        layers, "channel", settings.layer, [settings.channel], settings.side, "channel"
    ),
    passes=lambda settings: Passes(forward=4 * (settings.steps + 2 + TRIALS), backward=4 * settings.steps),
    half=lambda settings: settings.layer.startswith(FIT_FOR_HALF),
    asks_for_class=lambda settings: False,
    side=lambda settings: settings.side,
)
def regularisers_one_by_one(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    channel: Annotated[int, Field(ge=0, description="which one, counted from 0")] = 0,
    side: Annotated[int, Field(ge=1, le=1024, description="side of the pictures made, in pixels")] = 96,
    steps: Steps = 48,
    rate: Rate = 0.1,
    seed: Seed = 0,
) -> Result:
    """`activation_maximisation` of a channel with ever more of its aids: ``pictures`` (n, 4, side, side, 3) RGB.

    The first is changed pixel by pixel in RGB, the second as waves, the third as waves in independent colours, the
    fourth is moved at random before every step besides. All four take as many steps.

    Each (n, 4): ``start`` and ``end``, what the channel's mean is for the first and the last picture; ``moved``, what
    it is on average when the last one is moved at random, `TRIALS` times, as far as the fourth was; ``kept``, that as
    a share of ``end``; ``neighbours`` as there. ``photo_neighbours`` (n,) is the explained picture's.
    Raises ValueError as `activation_maximisation` does.
    """
    from netviz.networks import optimise

    question, _ = _question(with_layers(network, "making pictures"), "channel", layer, [channel] * 4, 0, side)
    canvases = [
        optimise.Canvas(side, side, waves=False, independent=False),
        optimise.Canvas(side, side, independent=False),
        *[optimise.Canvas(side, side)] * 2,
    ]
    shaking = Shaking()
    climb = _climbed(question, canvases, [None, None, None, shaking], steps, rate, seed)
    random = np.random.default_rng(seed)
    movements = [shaking.movement(side, side, random) for _ in range(TRIALS)]
    trials = [
        question.in_full.scores(np.stack([optimise.moved(one, made) for made in climb.last])) for one in movements
    ]
    moved = np.mean(trials, axis=0)
    account = {
        "pictures": climb.last.astype(np.float32),
        "start": climb.start,
        "end": climb.end,
        "moved": moved,
        "kept": np.divide(moved, climb.end, out=np.zeros(4), where=climb.end > 0),
        "neighbours": np.array([neighbour_correlation(made) for made in climb.last]),
    }
    return {
        **{name: np.stack([values] * len(pictures)) for name, values in account.items()},
        "photo_neighbours": np.array([neighbour_correlation(one) for one in pictures]),
    }


def _wrong_for_layer(
    layers: Sequence[Layer], objective: str, layer: str, channels: Sequence[int], side: int | None, name: str
) -> Iterator[tuple[str, str]]:
    """Settings that a layer can't answer to, each with why; for the side what VGG16's kind of layers need.

    ``name`` is that of the setting with the channels.
    """
    if objective == "channel":
        yield from ((name, message) for message in missing_channel(layers, layer, channels))
    [asked] = [one for one in layers if one.name == layer]
    if objective != "class" and side and asked.stride and side < asked.stride:
        yield "side", _too_small(layer, side, asked.stride)


def _too_small(layer: str, side: int, least: int) -> str:
    return f"layer {layer!r} has no output at a side of {side}; it needs {least} pixels at least"


def _made(settings: Any) -> int:
    """How many pictures activation maximisation makes."""
    return len(settings.channels) if settings.objective == "channel" else 1


def _question(
    network: KerasNetwork, objective: str, layer: str, channels: Sequence[int], target: int, side: int | None
) -> tuple[Objective, int]:
    """What to ask, and of how many pictures at once."""
    from netviz.networks import optimise

    if objective == "class":
        return optimise.class_logit(network, target), 1
    if side is not None and side < (least := network.smallest_side(layer)):
        raise ValueError(_too_small(layer, side, least))
    for _, wrong in _wrong_for_layer(network.layers, objective, layer, channels, None, "channels"):
        raise ValueError(wrong)
    sized = functools.partial(
        optimise.Objective, network=network, layer=layer, relu="redirected", any_size=side is not None
    )
    if objective == "layer":
        return sized(score=optimise.mean_square), 1
    return sized(score=optimise.channel_mean, others=(np.array(channels),)), len(channels)


def _climbed(
    question: Objective,
    canvases: Sequence[Canvas],
    shakings: Sequence[Shaking | None],
    steps: int,
    rate: float,
    seed: int,
) -> Climb:
    """Pictures of one size, a canvas for each, after so many steps of Adam's up the slope of what is asked.

    Equal canvases begin alike, and those that are moved at all are moved alike.
    """
    from netviz.networks import optimise

    values, climbers = [], [optimise.Adam(rate) for _ in canvases]
    for canvas in canvases:
        random = np.random.default_rng(seed)
        values.append(canvas.noise(random))
    first = now = np.stack([canvas.picture(one) for canvas, one in zip(canvases, values, strict=True)])
    scores = []
    for _ in range(steps):
        moving = {one: one.movement(now.shape[1], now.shape[2], random) for one in dict.fromkeys(shakings) if one}
        movements = [moving[one] if one else None for one in shakings]
        seen = [one if by is None else optimise.moved(by, one) for by, one in zip(movements, now, strict=True)]
        score, by_seen = question.scores_and_gradients(np.stack(seen))
        for number, (canvas, by) in enumerate(zip(canvases, movements, strict=True)):
            gradient = by_seen[number].astype(np.float64)
            slope = canvas.slope(now[number], gradient if by is None else optimise.moved(by.T, gradient))
            step = climbers[number].step(-slope.view(np.float64)).view(slope.dtype)
            values[number] = values[number] + step
        now = np.stack([canvas.picture(one) for canvas, one in zip(canvases, values, strict=True)])
        scores.append(float(score.mean()))
    return Climb(now, np.array(scores), question.in_full.scores(first), question.in_full.scores(now))

"""Making pictures: instead of asking what a network makes of a picture, asking which picture makes it do something."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, SpatialLayer, method
from netviz.methods.arrays import flattened, resized
from netviz.methods.correlations import correlations
from netviz.methods.looking import missing_channel
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer

if TYPE_CHECKING:
    from netviz.networks.keras_network import KerasNetwork
    from netviz.networks.optimise import Canvas, Objective

Steps = Annotated[int, Field(ge=1, le=4096, description="steps, each one pass forward and one back")]
Jitter = Annotated[
    float, Field(ge=0, le=0.5, description="shifts at random in every step, at most by this share of the side")
]
Rate = Annotated[float, Field(gt=0, le=1, description="length of a step in the spectrum (Adam's)")]

BLUR = 4.0  # pixels, the deviation of the Gaussian after which outlines are compared coarsely
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

    asked = _keras(network)
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

    question, _ = _question(_keras(network), "channel", layer, [channel] * 4, 0, side)
    canvases = [
        optimise.Canvas(side, side, waves=False, independent=False),
        optimise.Canvas(side, side, independent=False),
        *[optimise.Canvas(side, side)] * 2,
    ]
    shaking = Shaking()
    climb = _climbed(question, canvases, [None, None, None, shaking], steps, rate, seed)
    random = np.random.default_rng(seed)
    movements = [shaking.movement(side, side, random) for _ in range(TRIALS)]
    trials = [question.scores(np.stack([optimise.moved(one, made) for made in climb.last])) for one in movements]
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

    asked = _keras(network)
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
    start, end = (np.sqrt([question.scores(one[None])[0] for one in batch]) for batch in (before, after))
    return {
        "before": before,
        "after": after,
        "start": start,
        "end": end,
        "change": np.abs(after - before).mean(axis=(1, 2, 3)),
    }


@method(
    title={"en": "Inversion", "zh": "特征反演"},
    summary={
        "en": "A picture made from noise whose values at a layer come as near to the photo's as they can: where the "
        "two pictures differ, the layer holds little of the photo.",
        "zh": "从噪声开始生成一张图片，使某一层的取值尽量接近照片的取值；两张图片不同的地方，这一层保留的信息就不多。",
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

    asked = _keras(network)
    before = pictures.astype(np.float32)
    made, losses, errors = [], [], []
    for photo in before:
        wanted = asked.activations(photo[None], [layer])[layer]
        question = optimise.Objective(network=asked, layer=layer, score=optimise.relative_distance, others=(wanted,))
        random, adam = np.random.default_rng(seed), optimise.Adam(rate)
        picture = np.clip(random.normal(network.mean_colour, 10, photo.shape), 0, 255)
        curve = []
        for done in range(steps):
            adam.rate = rate * (1 - done / steps)
            distance, gradient = _score_and_gradient(question, picture)
            variation, by_variation = optimise.total_variation(picture / 255)
            curve.append(distance + smoothness * variation)
            picture = np.clip(picture + adam.step(gradient + smoothness * by_variation / 255), 0, 255)
        distance = float(question.scores(picture[None])[0])
        curve.append(distance + smoothness * optimise.total_variation(picture / 255)[0])
        made.append(picture.astype(np.float32))
        losses.append(curve)
        errors.append(np.sqrt(distance))
    loss, after = np.array(losses), np.stack(made)
    (light, colour), (light_made, colour_made) = (_light_and_colour(batch) for batch in (before, after))
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


def octave_sizes(height: int, width: int, octaves: int, scale: float, least: int) -> list[tuple[int, int]]:
    """Height and width of each octave, from the smallest to the picture's own, none below ``least``."""
    return [
        (max(least, round(height / scale**octave)), max(least, round(width / scale**octave)))
        for octave in reversed(range(octaves))
    ]


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
    return Climb(now, np.array(scores), question.scores(first), question.scores(now))


def neighbour_correlation(picture: Array) -> float:
    """How the brightness of pixels correlates with that of the next one right and below: 0 for a plain picture."""
    brightness = _light_and_colour(picture)[0]
    pairs = [(brightness[1:], brightness[:-1]), (brightness[:, 1:], brightness[:, :-1])]
    here, there = (np.concatenate([one.ravel() for one in ends])[None] for ends in zip(*pairs, strict=True))
    return float(correlations(here, there)[0])


def _light_and_colour(pictures: Array) -> tuple[Array, Array]:
    """The brightness of RGB values (luma of ITU-R 601), and what is left without it: (..., 3) to (...) and (..., 3)."""
    values = pictures.astype(np.float64)
    brightness = values @ np.array([0.299, 0.587, 0.114])
    return brightness, np.round(values - brightness[..., None], 6)  # of a grey picture nothing at all is left


def _edges(brightness: Array) -> Array:
    """The steps to the next pixel right and below: (n, h, w) to (n, values)."""
    return np.concatenate([flattened(np.diff(brightness, axis=axis)) for axis in (1, 2)], axis=1)


def _blurred(brightness: Array) -> Array:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(brightness, (0, BLUR, BLUR)))


def _score_and_gradient(question: Objective, picture: Array) -> tuple[float, Array]:
    scores, gradients = question.scores_and_gradients(picture[None])
    return float(scores[0]), gradients[0].astype(np.float64)


def _rolls(size: tuple[int, int], jitter: float, random: np.random.Generator) -> tuple[int, int]:
    """Rows and columns to roll a picture by, each way at most by this share of its side."""
    row, column = (random.integers(-most, most + 1) for most in np.rint(np.multiply(size, jitter)).astype(int))
    return int(row), int(column)


def _dreamt_on(question: Objective, picture: Array, step: float, rolls: tuple[int, int]) -> Array:
    """One step of the dream; none where there is no direction to go in."""
    rolled = np.roll(picture, rolls, axis=(0, 1))
    gradient = _score_and_gradient(question, rolled)[1]
    scale = np.abs(gradient).mean()
    if scale:
        rolled = rolled + step * gradient / scale
    return np.clip(np.roll(rolled, np.negative(rolls), axis=(0, 1)), 0, 255)


def _resized(picture: Array, height: int, width: int) -> Array:
    """Bilinear interpolation, (h, w, 3) to (height, width, 3); unchanged if it has that size."""
    if picture.shape[:2] == (height, width):
        return picture.astype(np.float64)
    return np.moveaxis(resized(np.moveaxis(picture, -1, 0), height, width), 0, -1).astype(np.float64)


def _keras(network: Network) -> Any:
    """The network, if its layers can be differentiated."""
    from netviz.networks.keras_network import KerasNetwork

    if not isinstance(network, KerasNetwork):
        raise TypeError(f"making pictures needs a KerasNetwork, not a {type(network).__name__}")
    return network

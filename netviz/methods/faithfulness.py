"""Is a map faithful? What it ranks high should matter to the score, and what it promises should come true.

Maps come in two units: slopes in score per RGB step, as gradients, or shares of the score, as integrated gradients or
occlusion. Every check here says which it takes them for. RGB values of a map are summed, and coarse maps are enlarged
to the picture bilinearly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Result, Seed, method
from netviz.methods.arrays import flat_maps, largest, resized, target_output
from netviz.methods.correlations import correlation_matrix
from netviz.methods.hiding import PETSIUK, Fill, filled, mixed_scores
from netviz.methods.regions import Labels
from netviz.networks import Array, Network, Output, Targets

CHUNK = 32  # changed pictures that are in memory at a time
Masks = NDArray[np.bool_]
CurveSteps = Annotated[int, Field(ge=4, le=1000, description="equal steps from no pixels to all of them")]
_PETSIUK = PETSIUK.at("the deletion and insertion metrics")


@method(
    title={"en": "Deletion", "zh": "删除曲线"},
    summary={
        "en": "The score while pixels are taken away, the highest in the map first: of a good map it falls soon.",
        "zh": "按解释图从高到低逐步删去像素，看得分如何变化：解释图越好，得分下降得越早。",
    },
    papers=(_PETSIUK,),
    gives="check",
    maps=(1, 1),
    views=("curve",),
    numbers=("area", "first", "last"),
    passes=lambda settings: Passes(forward=settings.steps + 1),
)
def deletion(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    steps: CurveSteps = 28,
    fill: Fill = "mean",
    output: OutputSetting = "probability",
) -> Result:
    """``score`` (n, steps + 1) over the share ``x`` of pixels deleted; ``area`` (n,) under it, the lower the better.

    The score is the probability, as in the paper. Pixels go by the map's value, highest first (so those that speak
    against the class last), equals row by row; a step is height * width / steps of them: 1792, or eight rows' worth,
    at a side of 224. Deleted pixels become the mean colour, which the first convolution sees as zero. ``first`` and
    ``last`` (n,) are the scores of the whole picture and of nothing but filling.
    """
    return _curves(network, pictures, targets, maps[0], steps, fill, output, lambda ranks, count: ranks >= count)


@method(
    title={"en": "Insertion", "zh": "插入曲线"},
    summary={
        "en": "The score while pixels are put into a blurred picture, the highest in the map first: of a good map it "
        "rises soon.",
        "zh": "从模糊的图片开始，按解释图从高到低逐步还原像素：解释图越好，得分上升得越早。",
    },
    papers=(_PETSIUK,),
    gives="check",
    maps=(1, 1),
    views=("curve",),
    numbers=("area", "first", "last"),
    passes=lambda settings: Passes(forward=settings.steps + 1),
)
def insertion(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    steps: CurveSteps = 28,
    start: Fill = "blurred",
    output: OutputSetting = "probability",
) -> Result:
    """``score`` (n, steps + 1) over the share ``x`` of pixels shown; ``area`` (n,) under it, the higher the better.

    The score is the probability, as in the paper; order and steps are those of `deletion`. The blur's deviation is 10
    pixels at a side of 224 (`netviz.methods.hiding.filled`), twice the authors'. ``first`` and ``last`` (n,) are the
    scores of the start and of the whole picture.
    """
    return _curves(network, pictures, targets, maps[0], steps, start, output, lambda ranks, count: ranks < count)


@method(
    title={"en": "Random map", "zh": "随机图"},
    summary={
        "en": "A control that knows nothing: every pixel has a value at random.",
        "zh": "什么都不知道的对照：每个像素的值都是随机的。",
    },
    gives="attribution",
    signed=False,
    views=("map", "overlay"),
    numbers=("largest",),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def random_map(network: Network, pictures: Array, targets: Targets, *, seed: Seed = 0) -> Result:
    """Values from 0 to 1, the same for every picture: ``attribution`` (n, height, width), ``largest`` (n,)."""
    values = np.random.default_rng(seed).random(pictures.shape[1:3], np.float32)
    attribution = np.repeat(values[None], len(pictures), axis=0)
    return {"attribution": attribution, "largest": largest(attribution)}


YEH = Paper(
    authors="Yeh, Hsieh, Suggala, Inouye and Ravikumar",
    year=2019,
    title="On the (In)fidelity and Sensitivity of Explanations",
    url="https://arxiv.org/abs/1901.09392",
)


@method(
    title={"en": "Infidelity", "zh": "不忠实度"},
    summary={
        "en": "How far the score's change is from what the map promises, when the picture is disturbed at random.",
        "zh": "随机扰动图片，看得分的实际变化与解释图所预测的相差多少。",
    },
    papers=(YEH,),
    gives="check",
    maps=(1, 1),
    views=("scatter",),
    numbers=("infidelity", "scale", "scaled_infidelity", "empty_infidelity"),
    passes=lambda settings: Passes(forward=settings.samples + 1),
)
def infidelity(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    samples: Annotated[int, Field(ge=5, le=10_000, description="random disturbances")] = 50,
    disturbance: Annotated[
        Literal["squares", "noise"],
        Field(description="hide a random square (maps in score), or add noise (maps in score per RGB step)"),
    ] = "squares",
    square: Annotated[float, Field(gt=0, le=1, description="the square's side, as a share of the picture's")] = 0.25,
    deviation: Annotated[float, Field(gt=0, le=128, description="the noise's standard deviation, RGB steps")] = 1.0,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
    seed: Seed = 0,
) -> Result:
    """E[(I . map - (f(x) - f(x - I)))^2] over random I: ``infidelity`` (n,), equation 1; 0 is best.

    ``x`` (n, samples) are the promises I . map, ``y`` the changes f(x) - f(x - I). With ``squares``, I takes a square
    of the picture to the filling and the map holds shares of the score, so that I . map is its sum over the square;
    with ``noise``, I is normal noise and the map holds slopes, one for each RGB value or one for all three. So that
    maps of any unit can be compared, ``scaled_infidelity`` is that of the map times the ``scale`` that suits it best,
    mean(xy) / mean(x^2), as in the authors' code; ``empty_infidelity``, mean(y^2), that of a map of zeros. All (n,).
    """
    promised = np.empty((len(pictures), samples))
    measured = np.empty_like(promised)
    height, width = pictures.shape[1:3]
    scores = target_output(network, pictures, targets, output).astype(np.float64)
    fillings = filled(network, pictures, fill)
    for i, (picture, filling) in enumerate(zip(pictures, fillings, strict=True)):
        random = np.random.default_rng(seed)
        slopes, shares = _slopes(maps[0][i], height, width), fitted(maps[0][i : i + 1], height, width)[0]
        for first in range(0, samples, CHUNK):
            piece = slice(first, min(first + CHUNK, samples))
            count = piece.stop - piece.start
            if disturbance == "noise":
                changes = deviation * random.standard_normal((count, *picture.shape))
                promised[i, piece] = (changes * slopes).sum(axis=(1, 2, 3))
                disturbed = (picture - changes).astype(picture.dtype)
                after = target_output(network, disturbed, np.full(count, targets[i]), output)
            else:
                hidden = random_squares(random, count, square, height, width)
                promised[i, piece] = (hidden * shares).sum(axis=(1, 2))
                masks = (~hidden).astype(picture.dtype)
                after = mixed_scores(network, picture, filling, int(targets[i]), masks, output)
            measured[i, piece] = scores[i] - after
    squares = (promised**2).mean(axis=1)
    scale = np.divide((promised * measured).mean(axis=1), squares, out=np.zeros_like(squares), where=squares > 0)
    return {
        "x": promised,
        "y": measured,
        "infidelity": ((promised - measured) ** 2).mean(axis=1),
        "scale": scale,
        "scaled_infidelity": ((scale[:, None] * promised - measured) ** 2).mean(axis=1),
        "empty_infidelity": (measured**2).mean(axis=1),
    }


@method(
    name="mu-fidelity",
    title={"en": "μ-fidelity", "zh": "μ 忠实度"},
    summary={
        "en": "Random sets of cells are hidden, to see whether the score loses more where the map holds more.",
        "zh": "随机遮住若干格，看解释图在这些格上的总和与得分的下降是否相关。",
    },
    papers=(
        Paper(
            authors="Bhatt, Weller and Moura",
            year=2020,
            title="Evaluating and Aggregating Feature-based Model Explanations",
            url="https://arxiv.org/abs/2005.00631",
            place="definition 3",
        ),
    ),
    gives="check",
    maps=(1, 1),
    views=("scatter",),
    numbers=("fidelity",),
    passes=lambda settings: Passes(forward=settings.samples + 1),
)
def mu_fidelity(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    samples: Annotated[int, Field(ge=5, le=10_000, description="random sets of cells")] = 200,
    cells: Annotated[int, Field(ge=2, le=64, description="cells along a side of the picture")] = 9,
    share: Annotated[float, Field(gt=0, lt=1, description="share of the cells that a set holds")] = 0.2,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
    seed: Seed = 0,
) -> Result:
    """Correlation, over sets S, of sum_S map with f(x) - f(x with S hidden): ``fidelity`` (n,), from -1 to 1.

    Pearson's, as in the paper; 0 where one of the two does not vary. Sets are drawn from a grid of cells, all of the
    same size (``share``). ``x`` (n, samples) are the sums of the map, ``y`` what the score loses.
    """
    height, width = pictures.shape[1:3]
    labels = _cells(cells, height, width)
    count = int(labels.max()) + 1
    size = min(max(1, round(share * count)), count - 1)
    scores = target_output(network, pictures, targets, output).astype(np.float64)
    sums = np.empty((len(pictures), samples))
    losses = np.empty_like(sums)
    shares = fitted(maps[0], height, width)
    for i, (picture, filling) in enumerate(zip(pictures, filled(network, pictures, fill), strict=True)):
        random = np.random.default_rng(seed)
        weights = np.bincount(labels.ravel(), shares[i].ravel())
        for first in range(0, samples, CHUNK):
            piece = slice(first, min(first + CHUNK, samples))
            hidden = np.argsort(random.random((piece.stop - first, count)), axis=1) < size
            sums[i, piece] = hidden @ weights
            masks = (~hidden[:, labels]).astype(picture.dtype)
            losses[i, piece] = scores[i] - mixed_scores(network, picture, filling, int(targets[i]), masks, output)
    pairs = (correlation_matrix(np.stack(pair)) for pair in zip(sums, losses, strict=True))
    return {"x": sums, "y": losses, "fidelity": np.array([matrix[0, 1] for matrix in pairs])}


def random_squares(random: np.random.Generator, count: int, share: float, height: int, width: int) -> Masks:
    """Places in random squares that lie within the picture: (count, height, width), True inside."""
    rows, columns = max(1, round(share * height)), max(1, round(share * width))
    tops = random.integers(0, height - rows + 1, count)[:, None]
    lefts = random.integers(0, width - columns + 1, count)[:, None]
    down, right = np.arange(height), np.arange(width)
    across_rows = (down >= tops) & (down < tops + rows)
    across_columns = (right >= lefts) & (right < lefts + columns)
    return across_rows[:, :, None] & across_columns[:, None, :]


def ranking(values: Array) -> Labels:
    """Each place's rank from 0, the greatest value first, equals in the order of reading: of the values' shape."""
    order = np.argsort(-values.ravel(), kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return ranks.reshape(values.shape)


def _curves(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: Array,
    steps: int,
    fill: str,
    output: Output,
    shown: Callable[[Labels, Labels], Any],
) -> Result:
    """Scores of pictures of which only some pixels are ``shown``, told by their ranks and a count of pixels."""
    height, width = pictures.shape[1:3]
    counts = np.linspace(0, height * width, steps + 1).round().astype(int)
    scores = np.empty((len(pictures), steps + 1))
    fillings = filled(network, pictures, fill)
    for i, one in enumerate(fitted(maps, height, width)):
        ranks = ranking(one)
        for first in range(0, steps + 1, CHUNK):
            piece = slice(first, first + CHUNK)
            masks = np.asarray(shown(ranks, counts[piece, None, None]), pictures.dtype)
            scores[i, piece] = mixed_scores(network, pictures[i], fillings[i], int(targets[i]), masks, output)
    x = counts / (height * width)
    return {
        "x": np.tile(x, (len(pictures), 1)),
        "score": scores,
        "area": np.trapezoid(scores, x, axis=1),
        "first": scores[:, 0],
        "last": scores[:, -1],
    }


def fitted(maps: Array, height: int, width: int) -> Array:
    """One value for each pixel: (n, h, w) or (n, h, w, 3) to (n, height, width)."""
    return resized(flat_maps(maps), height, width)


def _slopes(one: Array, height: int, width: int) -> Array:
    """One value for each RGB value, or one for all three: (h, w, 3) or (h, w) to (height, width, 3 or 1)."""
    channels = one if one.ndim == 3 else one[..., None]
    return np.moveaxis(resized(np.moveaxis(channels, -1, 0), height, width), 0, -1)


def _cells(cells: int, height: int, width: int) -> Labels:
    """Each pixel's cell in a grid of at most cells by cells, counted from 0: (height, width)."""
    rows, columns = (np.arange(side) * min(cells, side) // side for side in (height, width))
    return rows[:, None] * min(cells, width) + columns

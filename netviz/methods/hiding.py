"""Asking by hiding: parts of the picture are covered, and the change of the score says what they were worth.

No derivative is needed, only many forward passes. Masks are (height, width), 1 where the picture is shown and 0 where
it is hidden; what is hidden takes the colours of a filling picture.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Patches, Result, Seed, method
from netviz.methods.arrays import flat_maps, largest, output_of, resized, target_output
from netviz.methods.regions import Labels, Segments, centres_of_greatest, region_means, region_result, superpixels
from netviz.networks import Array, Network, Output, Targets, Window

CHUNK = 32  # masked pictures that are in memory at a time
RIVALS = 5  # of a class: the likeliest of the others
SIDE = 224  # of the picture for which occlusion's passes are told beforehand

# From these on half precision was measured (tests/bench/precision.py): ranks agree to 0.99 on all sample pictures.
FIT_PATCH = 16  # side in pixels
FIT_SAMPLES = 80  # of LIME and Kernel SHAP

Fill = Annotated[
    Literal["mean", "black", "blurred"],
    Field(description="what hidden parts become: the network's mean colour, black, or the picture blurred"),
]
KernelWidth = Annotated[
    float, Field(gt=0, le=10, description="how far from the whole picture a sample counts, in cosine distance")
]
LegacySeed = Annotated[  # NumPy's older random numbers, which lime and shap draw, know no larger seeds
    int, Field(ge=0, le=2**32 - 1, description="start of the random numbers; the same seed gives the same bytes")
]

PETSIUK = Paper(
    authors="Petsiuk, Das and Saenko",
    year=2018,
    title="RISE: Randomized Input Sampling for Explanation of Black-box Models",
    url="https://arxiv.org/abs/1806.07421",
)
LUNDBERG = Paper(
    authors="Lundberg and Lee",
    year=2017,
    title="A Unified Approach to Interpreting Model Predictions",
    url="https://arxiv.org/abs/1705.07874",
)


@method(
    title={"en": "Occlusion", "zh": "遮挡法"},
    summary={
        "en": "A patch slides over the picture; the more the class's score falls where it hides something, the more "
        "the network depends on that place.",
        "zh": "用一块遮挡在图片上滑动；遮住后类别得分下降得越多，说明网络越依赖该处。",
    },
    papers=(
        Paper(
            authors="Zeiler and Fergus",
            year=2013,
            title="Visualizing and Understanding Convolutional Networks",
            url="https://arxiv.org/abs/1311.2901",
            place="section 4.2",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("overlay", "signed", "bars"),
    numbers=(
        "score",
        "positions",
        "largest_drop",
        "largest",
        "peak",
        "edge",
        "against",
        "rivals_fell",
        "segments",
    ),
    passes=lambda settings: Passes(forward=len(_starts(SIDE, settings.patch, settings.stride)) ** 2 + 1),
    half=lambda settings: settings.patch >= FIT_PATCH,
    patches=lambda settings: Patches(settings.patch, settings.stride),
)
def occlusion(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    patch: Annotated[int, Field(ge=1, le=1024, description="side of the hidden square in pixels")] = 32,
    stride: Annotated[
        int, Field(ge=1, le=1024, description="pixels from one patch to the next; at most the patch, to leave no gaps")
    ] = 16,
    fill: Fill = "mean",
    segments: Segments = 40,
    output: OutputSetting = "logit",
) -> Result:
    """f(x) - f(x with a patch hidden), of each pixel the mean over the patches that hide it.

    A patch's pass costs less than a picture's: only what the patch reaches is computed anew
    (`netviz.networks.incremental`).

    Patches start at multiples of ``stride`` until the far edge is covered, which cuts the last ones short (as captum
    does). Overlapping patches are averaged, as in captum; PAIR's saliency and xplique add them up. Gives
    ``attribution`` (n, height, width) and the ``drops`` (n, rows, columns) it is made of, both in score, positive
    where hiding hurts; ``score`` (n,) of the whole picture, ``positions`` (n,) tried, ``largest_drop`` (n,) of one
    patch, ``largest`` (n,) absolute value of the map and its ``peak`` (n, 2); the map's means over superpixels
    (`netviz.methods.regions.region_result`). The passes told beforehand are those of a picture of 224 by 224.

    ``against`` (n,) counts the patches whose hiding raised the score, and ``rivals_fell`` (n,) those of them that also
    lowered the mean logit of the `RIVALS` likeliest other classes: only there did hiding take away what had spoken
    for these. ``edge`` (n,) is the
    mean step, in RGB steps, from the picture to the filling along the patches' outlines.
    """
    rows, columns = (_starts(side, patch, stride) for side in pictures.shape[1:3])
    windows = [(slice(row, row + patch), slice(column, column + patch)) for row in rows for column in columns]
    fillings = filled(network, pictures, fill)
    logits = np.stack(
        [
            network.windowed_logits(picture, filling, windows)
            for picture, filling in zip(pictures, fillings, strict=True)
        ]
    )
    answers = np.stack(
        [output_of(one, np.full(len(one), target), output) for one, target in zip(logits, targets, strict=True)]
    )
    scores, drops = answers[:, 0], answers[:, :1] - answers[:, 1:]
    raised = drops < 0
    attribution = _averaged(drops, windows, pictures.shape[1:3]).astype(scores.dtype)
    return {
        "attribution": attribution,
        "drops": drops.reshape(len(pictures), len(rows), len(columns)),
        "score": scores,
        "positions": np.full(len(pictures), len(windows)),
        "largest_drop": drops.max(axis=1),
        "largest": largest(attribution),
        "peak": centres_of_greatest(attribution),
        "edge": np.array([outlined(*pair, windows) for pair in zip(pictures, fillings, strict=True)]),
        "against": raised.sum(axis=1),
        "rivals_fell": (raised & (_rivals(logits, targets) < 0)).sum(axis=1),
        **region_means(attribution, pictures, segments),
    }


@method(
    title={"en": "The whole and its parts", "zh": "整块与部分"},
    summary={
        "en": "A square is hidden as a whole, and then part by part: what its parts cost together, one at a time.",
        "zh": "先整个遮住一块方块，再逐格遮住它的各部分：各部分单独遮住时，总共让得分掉多少。",
    },
    gives="check",
    maps=(1, 1),
    views=("pointing",),
    numbers=("whole", "parts", "greatest_part", "count", "box", "peak"),
    passes=lambda settings: Passes(forward=settings.count**2 + 2),
)
def whole_and_parts(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    side: Annotated[float, Field(gt=0, le=1, description="the square's side, as a share of the picture's")] = 2 / 7,
    count: Annotated[int, Field(ge=2, le=16, description="parts along a side of the square")] = 4,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
) -> Result:
    """f(x) - f(x with a square hidden), and the same for each of its parts alone.

    The square lies around the map's peak, wholly within the picture. ``whole`` (n,) is what hiding it costs, ``parts``
    (n,) the sum over its ``count`` by ``count`` parts, each hidden alone, and ``greatest_part`` (n,) the most that one
    of them costs. Where parts cost less together than the whole does, some of them say the same: what one of them
    hides, another still shows. ``maps`` (n, 1, height, width), ``box`` (n, 4) and ``peak`` (n, 2) are for the drawing.
    """
    height, width = pictures.shape[1:3]
    large = resized(flat_maps(maps[0]), height, width)
    found = centres_of_greatest(large)
    corners = np.clip(found - side / 2, 0, 1 - side)
    drops = []
    for picture, filling, target, corner in zip(
        pictures, filled(network, pictures, fill), targets, corners, strict=True
    ):
        cuts = [_cuts(first, side, count, length) for first, length in zip(corner, (height, width), strict=True)]
        parts = [(slice(*row), slice(*column)) for row in pairwise(cuts[0]) for column in pairwise(cuts[1])]
        square = (slice(cuts[0][0], cuts[0][-1]), slice(cuts[1][0], cuts[1][-1]))
        logits = network.windowed_logits(picture, filling, [square, *parts])
        answers = output_of(logits, np.full(len(logits), target), output)
        drops.append(answers[0] - answers[1:])
    return {
        "maps": large[:, None],
        "box": np.concatenate([corners, corners + side], axis=1),
        "peak": found,
        "whole": np.array([one[0] for one in drops]),
        "parts": np.array([one[1:].sum() for one in drops]),
        "greatest_part": np.array([one[1:].max() for one in drops]),
        "count": np.array([len(one) - 1 for one in drops]),
    }


def _cuts(first: float, side: float, count: int, length: int) -> list[int]:
    """Where a square begins, is cut into parts of a pixel or more and ends, in pixels: up to count + 1 places."""
    places = sorted({round((first + side * part / count) * length) for part in range(count + 1)})
    return places if len(places) > 1 else [min(places[0], length - 1), min(places[0], length - 1) + 1]


@method(
    title={"en": "RISE", "zh": "RISE 随机遮挡"},
    summary={
        "en": "Hundreds of soft random masks; each pixel gets the mean score of the masks that showed it.",
        "zh": "生成数百个柔和的随机掩膜；每个像素的值，是显示该像素的那些掩膜的平均得分。",
    },
    papers=(PETSIUK.at("equation 6"),),
    gives="attribution",
    signed=False,
    views=("overlay", "around-mean", "map", "bars"),
    numbers=("score", "mean_score", "largest", "peak", "segments"),
    passes=lambda settings: Passes(forward=settings.samples + 1),
    half=lambda settings: True,
)
def rise(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Annotated[int, Field(ge=1, le=10_000, description="random masks")] = 500,
    cells: Annotated[int, Field(ge=2, le=64, description="cells along a side of the random grids")] = 7,
    keep: Annotated[float, Field(gt=0, lt=1, description="probability that a cell shows the picture")] = 0.5,
    fill: Fill = "mean",
    segments: Segments = 40,
    output: OutputSetting = "probability",
    seed: Seed = 0,
) -> Result:
    """sum_k f(x under M_k) M_k / (N E[M]): of each pixel, the mean score when it is shown.

    The score is the probability, as in the paper: the map is an expected probability and never negative, as one of
    logits may be. What all scores have in common is part of it, with the noise of how often each pixel was shown.
    Hidden parts become the mean colour, which is what the authors' multiplication after preprocessing comes to.
    Gives ``attribution`` (n, height, width) in score, its ``peak`` (n, 2) and ``largest`` (n,), the whole picture's
    ``score`` and the masked ones' ``mean_score``, both (n,); the map's means over superpixels
    (`netviz.methods.regions.region_result`).
    """
    scores = target_output(network, pictures, targets, output)
    attribution = np.zeros(pictures.shape[:3])
    mean_score = np.zeros(len(pictures))
    for i, (picture, filling) in enumerate(zip(pictures, filled(network, pictures, fill), strict=True)):
        for masks in random_masks(samples, cells, keep, picture.shape[:2], seed):
            values = mixed_scores(network, picture, filling, int(targets[i]), masks, output).astype(np.float64)
            attribution[i] += np.tensordot(values, masks, axes=1) / (samples * keep)
            mean_score[i] += values.sum() / samples
    attribution = attribution.astype(scores.dtype)
    return {
        "attribution": attribution,
        "score": scores,
        "mean_score": mean_score,
        "largest": largest(attribution),
        "peak": centres_of_greatest(attribution),
        **region_means(attribution, pictures, segments),
    }


@method(
    title={"en": "LIME", "zh": "LIME 局部线性解释"},
    summary={
        "en": "Superpixels are hidden at random; a linear model of which are shown imitates the score near the "
        "picture, and its coefficients are their weights.",
        "zh": "随机遮住一部分超像素，再用线性模型在原图附近拟合得分；每个超像素的系数就是它的权重。",
    },
    papers=(
        Paper(
            authors="Ribeiro, Singh and Guestrin",
            year=2016,
            title='"Why Should I Trust You?": Explaining the Predictions of Any Classifier',
            url="https://arxiv.org/abs/1602.04938",
            place="section 3.4",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("overlay", "signed", "bars"),
    numbers=("score", "intercept", "fit", "largest", "least_weight", "peak", "segments"),
    passes=lambda settings: Passes(forward=settings.samples),
    half=lambda settings: settings.samples >= FIT_SAMPLES,
)
def lime(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Annotated[int, Field(ge=2, le=10_000, description="pictures to fit, the whole one among them")] = 500,
    segments: Segments = 40,
    kernel_width: KernelWidth = 0.25,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
    seed: LegacySeed = 0,
) -> Result:
    """Weights of the superpixels in a ridge regression of the score on which of them are shown.

    Samples, cosine distances, kernel and regression are those of the `lime` library, whose regression is used; its
    image explainer would hold a copy of the network's whole answer, print a progress bar and know no blurred filling.
    Same seed and superpixels, same weights as `lime.lime_image.LimeImageExplainer`. Gives ``attribution``
    (n, height, width), each pixel its superpixel's weight in score, the ``peak`` (n, 2) and ``largest`` (n,) of it,
    the ``least_weight`` (n,) of a superpixel, ``score``, the model's ``intercept``, and ``fit`` (n,): R^2, 1 where the
    model is right of all samples; the weights themselves (`netviz.methods.regions.region_result`).
    """
    regions = [superpixels(picture, segments) for picture in pictures]
    weights: list[Array] = []
    account: dict[str, list[float]] = {name: [] for name in ("score", "intercept", "fit")}
    for i, (picture, filling) in enumerate(zip(pictures, filled(network, pictures, fill), strict=True)):
        shown = lime_samples(samples, int(regions[i].max()) + 1, seed)
        scores = region_scores(network, picture, filling, int(targets[i]), regions[i], output, shown)
        found, intercept, fit = lime_model(shown, scores, kernel_width)
        weights.append(found)
        for name, value in (("score", scores[0]), ("intercept", intercept), ("fit", fit)):
            account[name].append(float(value))
    return _by_superpixel(regions, weights, segments, account)


@method(
    name="kernel-shap",
    title={"en": "Kernel SHAP", "zh": "Kernel SHAP 沙普利值"},
    summary={
        "en": "Each superpixel's Shapley value: its fair share of the change of the score from all hidden to all "
        "shown.",
        "zh": "每个超像素的沙普利值：从全部遮住到全部显示，得分的变化中它应得的公平份额。",
    },
    papers=(LUNDBERG.at("theorem 2"),),
    gives="attribution",
    signed=True,
    views=("overlay", "signed", "bars"),
    numbers=("sum", "score", "baseline_score", "delta", "largest", "least_weight", "peak", "segments"),
    passes=lambda settings: Passes(forward=settings.samples + 2),
    half=lambda settings: settings.samples >= FIT_SAMPLES,
)
def kernel_shap(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Annotated[
        int, Field(ge=2, le=10_000, description="sets of superpixels to show, besides none and all")
    ] = 500,
    segments: Segments = 40,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
    seed: LegacySeed = 0,
) -> Result:
    """Shapley values of the superpixels, estimated by the `shap` library's weighted regression.

    Exact where ``samples`` are enough for all sets of superpixels but none and all, 2^k - 2; then no more are taken,
    and fewer passes than told. Hardly more samples than superpixels leave the values undetermined, and shap warns of
    it. No superpixel is left out of the regression (shap alone would keep ten). Gives ``attribution``
    (n, height, width), each pixel its superpixel's value in score, the ``peak`` (n, 2) and ``largest`` (n,) of it, the
    ``least_weight`` (n,) of a superpixel; the account ``sum``, ``score``, ``baseline_score`` with all hidden, and
    ``delta`` = sum - (score - baseline_score), each (n,); the values themselves
    (`netviz.methods.regions.region_result`).
    """
    kernel_explainer = import_kernel_explainer()
    regions = [superpixels(picture, segments) for picture in pictures]
    weights: list[Array] = []
    account: dict[str, list[float]] = {name: [] for name in ("sum", "score", "baseline_score", "delta")}
    for i, (picture, filling) in enumerate(zip(pictures, filled(network, pictures, fill), strict=True)):
        count = int(regions[i].max()) + 1
        answer = partial(region_scores, network, picture, filling, int(targets[i]), regions[i], output)
        with legacy_seeded(seed):
            explainer = kernel_explainer(answer, np.zeros((1, count)))
            values = explainer.shap_values(np.ones(count), nsamples=samples, l1_reg=False)
        weights.append(values)
        total, score, baseline_score = values.sum(), explainer.fx[0], explainer.expected_value
        delta = total - (score - baseline_score)
        for name, value in zip(account, (total, score, baseline_score, delta), strict=True):
            account[name].append(float(value))
    return _by_superpixel(regions, weights, segments, account)


def lime_samples(samples: int, count: int, seed: int) -> Labels:
    """Which of ``count`` superpixels LIME shows, at random; in the first sample all: (samples, count), 0 or 1."""
    shown = np.random.RandomState(seed).randint(0, 2, (samples, count))
    shown[0] = 1
    return shown


def lime_model(shown: Labels, scores: Array, kernel_width: float) -> tuple[Array, float, float]:
    """LIME's regression of scores (samples,) on what is shown (samples, k): weights (k,), intercept and R^2."""
    from lime.lime_base import LimeBase

    distances = 1 - np.sqrt(shown.mean(axis=1))  # cosine distance from the row of ones
    model = LimeBase(lambda d: np.sqrt(np.exp(-((d / kernel_width) ** 2))))
    intercept, pairs, fit, _ = model.explain_instance_with_data(
        shown, scores[:, None], distances, 0, shown.shape[1], feature_selection="none"
    )
    return np.array([weight for _, weight in sorted(pairs)]), float(intercept), float(fit)


def outlined(picture: Array, filling: Array, windows: Sequence[Window]) -> float:
    """The mean step from picture to filling on the pixels along the windows' outlines, in the picture's units."""
    steps = np.abs(filling.astype(np.float64) - picture).mean(axis=-1)
    inside = [steps[window] for window in windows]
    return float(np.mean([np.concatenate([one[0], one[-1], one[:, 0], one[:, -1]]).mean() for one in inside]))


def _rivals(logits: Array, targets: Targets) -> Array:
    """How far the mean logit of the likeliest other classes, if any, rises with each window hidden: (n, windows)."""
    changes = []
    for one, target in zip(logits, targets, strict=True):
        nearest = [index for index in np.argsort(-one[0], kind="stable") if index != target][:RIVALS]
        changes.append((one[1:, nearest] - one[0, nearest]).sum(axis=1) / max(len(nearest), 1))
    return np.stack(changes)


def region_scores(
    network: Network,
    picture: Array,
    filling: Array,
    target: int,
    regions: Labels,
    output: Output,
    shown: Array | Labels,
) -> Array:
    """The target's score when only the regions marked 1 are shown: ``shown`` (m, regions) to (m,) float64."""
    scores = []
    for first in range(0, len(shown), CHUNK):
        masks = shown[first : first + CHUNK, regions].astype(picture.dtype)
        scores.append(mixed_scores(network, picture, filling, target, masks, output))
    return np.concatenate(scores).astype(np.float64)


def mixed_scores(network: Network, picture: Array, filling: Array, target: int, masks: Array, output: Output) -> Array:
    """The target's score for mask * picture + (1 - mask) * filling: masks (m, height, width) to (m,)."""
    shown = masks[..., None]
    mixed = shown * picture + (1 - shown) * filling
    return target_output(network, mixed, np.full(len(masks), target), output)


def random_masks(samples: int, cells: int, keep: float, shape: tuple[int, ...], seed: int) -> Iterator[Array]:
    """RISE's masks (section 3.2), in pieces of up to 32: (m, height, width) float32 from 0 to 1.

    Grids of ``cells`` by ``cells``, each 1 with probability ``keep``, are enlarged bilinearly to a cell more
    than the picture has, and cut to its ``shape`` (height, width) at a random place up to a cell from the corner.
    """
    height, width = shape
    random = np.random.default_rng(seed)
    grids = (random.random((samples, cells, cells)) < keep).astype(np.float32)
    cell = -(-height // cells), -(-width // cells)  # rounded up, so that the cut fits
    corners = random.integers(0, cell, (samples, 2))
    for first in range(0, samples, CHUNK):
        piece = slice(first, first + CHUNK)
        large = resized(grids[piece], (cells + 1) * cell[0], (cells + 1) * cell[1])
        cuts = zip(large, corners[piece], strict=True)
        yield np.stack([one[row : row + height, column : column + width] for one, (row, column) in cuts])


def filled(network: Network, pictures: Array, fill: str) -> Array:
    """What stands in for the hidden parts of each picture: (n, height, width, 3).

    Blurring is by a Gaussian whose deviation is 10 pixels at a side of 224, as in Fong and Vedaldi 2017.
    """
    if fill == "blurred":
        from scipy.ndimage import gaussian_filter

        deviations = (0, *(10 / 224 * side for side in pictures.shape[1:3]), 0)
        blurred: Array = gaussian_filter(pictures, deviations)
        return blurred
    colour = np.zeros(3) if fill == "black" else network.mean_colour
    return np.broadcast_to(np.asarray(colour, pictures.dtype), pictures.shape)


def _starts(side: int, patch: int, stride: int) -> range:
    """Where patches begin along one side."""
    step = min(stride, patch)
    return range(0, max(side - patch, 0) + step, step)


def _averaged(drops: Array, windows: Sequence[Window], shape: tuple[int, ...]) -> Array:
    """The mean, at each pixel, of the drops of the windows that hold it: (n, windows) to (n, height, width)."""
    total = np.zeros((len(drops), *shape))
    times = np.zeros(shape)
    for drop, (rows, columns) in zip(drops.T, windows, strict=True):
        total[:, rows, columns] += drop[:, None, None]
        times[rows, columns] += 1
    return total / times


def _by_superpixel(
    regions: Sequence[Labels], weights: Sequence[Array], segments: int, account: dict[str, list[float]]
) -> Result:
    """Weights laid over the pixels of their regions, with the numbers that belong to them."""
    attribution = np.stack([one[labels] for one, labels in zip(weights, regions, strict=True)]).astype(np.float32)
    return {
        "attribution": attribution,
        **{name: np.array(values) for name, values in account.items()},
        "largest": largest(attribution),
        "least_weight": np.array([one.min() for one in weights]),
        "peak": centres_of_greatest(attribution),
        **region_result(regions, weights, segments),
    }


def import_kernel_explainer() -> Callable[..., Any]:
    """The shap library's, without the warnings that its import draws from Matplotlib."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from shap import KernelExplainer
    explainer: Callable[..., Any] = KernelExplainer
    return explainer


@contextmanager
def legacy_seeded(seed: int) -> Iterator[None]:
    """NumPy's global random numbers, which shap draws from, started at a seed and put back afterwards."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)

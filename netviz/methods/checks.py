"""Checks: is a map what it claims to be? Each holds a derivative or a map against something measured otherwise."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Passes, Result, Seed, method
from netviz.methods.arrays import flat_maps, flattened, lengths, on_one_grid, peaks, relative_error, target_output
from netviz.methods.correlations import correlations, rank_correlations
from netviz.networks import Array, Network, Output, Targets, softmax

HAIR = 1e-3  # RGB steps


@method(
    title={"en": "Finite differences", "zh": "有限差分"},
    summary={
        "en": "The gradient's prediction along random directions, against the change measured by taking a step.",
        "zh": "沿随机方向比较：梯度预测的变化，与真正走一小步所测得的变化。",
    },
    gives="check",
    views=("scatter",),
    numbers=("x", "y", "error", "directions"),
    passes=lambda settings: Passes(forward=2 * settings.directions + 1, backward=1),
)
def finite_differences(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    directions: Annotated[int, Field(ge=1, le=1000, description="random directions to try")] = 20,
    step: Annotated[
        float, Field(gt=0, le=10, description="length of a step: root mean square over the RGB values")
    ] = 1e-5,
    output: OutputSetting = "logit",
    seed: Seed = 0,
) -> Result:
    """Central differences in float64 along random directions: ``x`` predicted and ``y`` measured slopes.

    Both (n, directions), in score per RGB step; ``error`` (n,) is the length of their difference over that of ``y``.
    In float32 the difference of two scores would have too few digits left. Where a photo has flat areas, the values
    that a max-pooling compares are equal to the last bit and the network has no derivative; so both sides are taken
    a hair (`HAIR` RGB steps) beside the photo.
    """
    precise = network.at("float64")
    predicted = np.empty((len(pictures), directions))
    measured = np.empty_like(predicted)
    for i, picture in enumerate(pictures):
        random = np.random.default_rng(seed)
        point = picture + HAIR * random.standard_normal(picture.shape)
        slope = precise.gradient(point[None], targets[i : i + 1], output=output)
        for j in range(directions):
            direction = random.standard_normal(point.shape)
            direction /= np.sqrt((direction**2).mean())
            pair = np.stack([point + step * direction, point - step * direction])
            ahead, behind = target_output(precise, pair, np.full(2, targets[i]), output)
            predicted[i, j] = (slope[0] * direction).sum()
            measured[i, j] = (ahead - behind) / (2 * step)
    return {
        "x": predicted,
        "y": measured,
        "error": relative_error(predicted, measured),
        "directions": np.full(len(pictures), directions),
    }


@method(
    title={"en": "Nudging the picture", "zh": "微调像素值"},
    summary={
        "en": "The score when the picture is moved along its gradient and against it, beside the straight line that "
        "the gradient predicts.",
        "zh": "让图片顺着、逆着梯度移动时的得分，与梯度所预测的直线对照。",
    },
    gives="check",
    views=("curve",),
    numbers=("x", "measured", "predicted", "rise", "fall", "predicted_rise", "linear_error"),
    passes=lambda settings: Passes(forward=2 * settings.steps + 2, backward=1),
)
def nudge(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    largest: Annotated[
        float, Field(gt=0, le=100, description="greatest nudge: root mean square over the RGB values")
    ] = 0.5,
    steps: Annotated[int, Field(ge=1, le=500, description="nudges to try each way")] = 10,
    output: OutputSetting = "logit",
) -> Result:
    """Scores along the gradient's direction: ``x`` nudges, ``measured`` and ``predicted`` scores, (n, 2 steps + 1).

    ``rise`` and ``fall`` (n,) are the changes of the score at the greatest nudge along and against the gradient,
    ``predicted_rise`` what the gradient says of the former; ``linear_error`` is the relative error of the prediction
    at the smallest nudge. Nudged values may leave 0 to 255: the network has no such bounds.
    """
    nudges = np.linspace(-largest, largest, 2 * steps + 1, dtype=np.float32)
    slopes = network.gradient(pictures, targets, output=output).astype(np.float64)
    sizes = np.sqrt((slopes**2).mean(axis=(1, 2, 3), keepdims=True))
    directions = np.divide(slopes, sizes, out=np.zeros_like(slopes), where=sizes > 0)
    measured = np.stack(
        [
            target_output(
                network,
                picture + nudges[:, None, None, None] * direction.astype(np.float32),
                np.full(len(nudges), target),
                output,
            )
            for picture, direction, target in zip(pictures, directions, targets, strict=True)
        ]
    ).astype(np.float64)
    change = measured - measured[:, [steps]]
    expected = (slopes * directions).sum(axis=(1, 2, 3))[:, None] * nudges
    first = steps + 1
    return {
        "x": np.tile(nudges, (len(pictures), 1)),
        "measured": measured,
        "predicted": measured[:, [steps]] + expected,
        "rise": change[:, -1],
        "fall": change[:, 0],
        "predicted_rise": expected[:, -1],
        "linear_error": relative_error(change[:, first], expected[:, first]),
    }


@method(
    title={"en": "Gradient sizes over classes", "zh": "各类别的梯度大小"},
    summary={
        "en": "How long the gradient is for likely and unlikely classes: of the logit, and of the probability.",
        "zh": "可能与不可能的类别的梯度有多长：分别针对 logit 与概率。",
    },
    gives="check",
    views=("scatter",),
    numbers=(
        "x",
        "logit",
        "probability",
        "logit_smallest",
        "logit_largest",
        "probability_smallest",
        "probability_largest",
        "rank_correlation",
    ),
    passes=lambda settings: Passes(forward=settings.classes + 2, backward=settings.classes + 1),
    asks_for_class=lambda settings: False,
)
def gradient_norms(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    classes: Annotated[int, Field(ge=2, le=1000, description="classes to try, spread over the powers of ten")] = 24,
) -> Result:
    """Lengths of the gradients of many classes' outputs: ``x`` probabilities, ``logit`` and ``probability`` lengths.

    All (n, classes), from the likeliest class to the least likely, as evenly over the logarithm as there are classes.
    ``logit_smallest`` and the like (n,) are their extremes, ``rank_correlation`` (n,) Spearman's between a class's
    probability and its logit's gradient's length.

    Since grad p_c = p_c (grad z_c - m) with the same m for all classes, the probabilities' gradients follow from the
    logits' as soon as one of them is known: that of the likeliest class is computed, the rest are not.
    """
    probabilities = softmax(network.logits(pictures).astype(np.float64))
    count = min(classes, probabilities.shape[1])
    likelihoods = np.empty((len(pictures), count))
    norms: dict[Output, Array] = {"logit": np.empty_like(likelihoods), "probability": np.empty_like(likelihoods)}
    for i, picture in enumerate(pictures):
        order = np.argsort(-probabilities[i], kind="stable")
        chosen = order[_spread_ranks(np.log(probabilities[i, order]), count)]
        likelihoods[i] = probabilities[i, chosen]
        slopes = flattened(network.gradient(np.broadcast_to(picture, (count, *picture.shape)), chosen))
        first = flattened(network.gradient(picture[None], chosen[:1], output="probability"))
        rivals = slopes[:1] - first / likelihoods[i, 0]
        norms["logit"][i] = lengths(slopes)
        norms["probability"][i] = likelihoods[i] * lengths(slopes - rivals)
        norms["probability"][i, 0] = lengths(first)[0]
    extremes = {
        f"{output}_{word}": pick(values, axis=1)
        for output, values in norms.items()
        for word, pick in (("smallest", np.min), ("largest", np.max))
    }
    return {
        "x": likelihoods,
        **{str(output): values for output, values in norms.items()},
        **extremes,
        "rank_correlation": rank_correlations(likelihoods, norms["logit"]),
    }


def _spread_ranks(falling: Array, count: int) -> list[int]:
    """So many places of values in falling order, the first and the last among them, near evenly spaced values."""
    ranks: list[int] = []
    for number, wanted in enumerate(np.linspace(falling[0], falling[-1], count)):
        nearest = int(np.abs(falling - wanted).argmin())
        ranks.append(min(max(nearest, ranks[-1] + 1 if ranks else 0), len(falling) - count + number))
    return ranks


@method(
    title={"en": "Two maps compared", "zh": "两张解释图的比较"},
    summary={
        "en": "Two maps of the same picture side by side, with their correlation and the distance between their peaks.",
        "zh": "同一张图片的两张解释图并排，附相关系数与峰值间的距离。",
    },
    gives="check",
    maps=(2, 2),
    views=("panels", "panels-own"),
    numbers=("correlation", "rank_correlation", "peak_distance"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def compare_maps(network: Network, pictures: Array, targets: Targets, maps: list[Array]) -> Result:
    """Pearson's ``correlation``, Spearman's ``rank_correlation`` and ``peak_distance`` (share of the width), each (n,).

    ``maps`` (n, 2, height, width) are the two on one grid, as fine as the finer. A constant map's correlations are 0.
    """
    first, second = on_one_grid([flat_maps(one) for one in maps])
    rows = flattened(first), flattened(second)
    return {
        "maps": np.stack([first, second], axis=1),
        "correlation": correlations(*rows),
        "rank_correlation": rank_correlations(*rows),
        "peak_distance": lengths(peaks(first) - peaks(second)),
    }

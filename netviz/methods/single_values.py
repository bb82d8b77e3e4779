"""Single values of a picture: what a derivative says of one of them, and what happens when it changes by one level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.arrays import flattened, relative_error
from netviz.networks import Array, Network, Targets, softmax

FAINTEST = 0.1  # of all values are at least as strong as the weakest that is tried
KINDS = ("same", "opposite")
COLOURS = 3  # of a pixel

Places = NDArray[np.integer[Any]]
"""Values of a picture, by their number when all of it is laid out in a row."""


@method(
    title={"en": "One value by one level", "zh": "一个数值变动一级"},
    summary={
        "en": "Single colour values of the picture changed by one of 255 levels: the change of the score, against what "
        "the gradient predicts; and values whose derivatives have other signs for the logit and for the probability.",
        "zh": "把图片里的单个颜色值变动一级（共 255 级），得分的变化与梯度的预测对照；另外列出 logit 与概率的导数"
        "符号相反的数值。",
    },
    gives="check",
    views=("scatter",),
    numbers=(
        "x",
        "y",
        *(
            f"{kind}_{what}"
            for kind in KINDS
            for what in ("row", "column", "channel", "logit_slope", "logit_change", "probability_slope")
        ),
        *(f"{kind}_probability_change" for kind in KINDS),
        "opposite_share",
        "signs_right",
        "error",
    ),
    passes=lambda settings: Passes(forward=settings.values + len(KINDS) + COLOURS + 2, backward=2),
)
def single_values(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    values: Annotated[int, Field(ge=1, le=200, description="values to try, from the one with the strongest slope")] = 8,
) -> Result:
    """Predicted and measured changes of the logit, ``x`` and ``y`` (n, values), when a value grows by one level.

    One that is above 254 is made smaller by a level instead, and the change turned round. The values are those whose
    derivative of the logit has the rank 1, and so on in equal factors down to that which a tenth of all surpass.
    ``error`` (n,) is the length of y - x over that of y, ``signs_right`` (n,) the share of equal signs.

    Numbers, each (n,): of the value where the derivatives of logit and probability have the greatest product
    (``same_``), and of that where it is furthest below zero, their signs being opposite (``opposite_``): ``row``,
    ``column`` and ``channel`` (0 red, 1 green, 2 blue), ``logit_slope`` and ``probability_slope``, ``logit_change``
    and ``probability_change`` as measured. ``opposite_share`` is how many values have opposite signs.
    """
    slopes = flattened(network.gradient(pictures, targets))
    probability_slopes = flattened(network.gradient(pictures, targets, output="probability"))
    products = slopes * probability_slopes
    count = slopes.shape[1]
    ranks = np.unique(np.geomspace(1, max(1, FAINTEST * count), values).round().astype(int)) - 1
    ranks = np.pad(ranks, (0, values - len(ranks)), mode="edge")  # few values have few ranks
    found = []
    for i, picture in enumerate(pictures):
        order = np.argsort(-np.abs(slopes[i]), kind="stable")
        places = np.array([*order[ranks], products[i].argmax(), products[i].argmin()])
        logits, probabilities = _changes(network, picture, int(targets[i]), places)
        row, column, channel = np.unravel_index(places, picture.shape)
        found.append(
            {
                "x": slopes[i, places[:values]],
                "y": logits[:values],
                **{
                    f"{kind}_{name}": array[at]
                    for kind, at in zip(KINDS, (-2, -1), strict=True)
                    for name, array in (
                        ("row", row),
                        ("column", column),
                        ("channel", channel),
                        ("logit_slope", slopes[i, places]),
                        ("logit_change", logits),
                        ("probability_slope", probability_slopes[i, places]),
                        ("probability_change", probabilities),
                    )
                },
                "opposite_share": (products[i] < 0).mean(),
                "signs_right": (np.sign(logits[:values]) == np.sign(slopes[i, places[:values]])).mean(),
            }
        )
    together = {name: np.array([one[name] for one in found]) for name in found[0]}
    return {**together, "error": relative_error(together["x"], together["y"])}


def _changes(network: Network, picture: Array, target: int, places: Places) -> tuple[Array, Array]:
    """By how much logit and probability of the target change, (places,), when a value alone grows by one level.

    What a pixel reaches is computed anew and nothing else: quicker, and no rounding elsewhere blurs so small a change.
    """
    values, place = np.unique(places, return_inverse=True)
    steps = np.where(picture.ravel()[values] > 254, -1, 1)
    scores, probabilities = np.empty(len(values)), np.empty(len(values))
    for group in _of_different_pixels(values):
        changed = picture.copy()
        changed.ravel()[values[group]] += steps[group]
        rows, columns, _ = np.unravel_index(values[group], picture.shape)
        windows = [(slice(row, row + 1), slice(column, column + 1)) for row, column in zip(rows, columns, strict=True)]
        logits = network.windowed_logits(picture, changed, windows).astype(np.float64)
        chances = softmax(logits)[:, target]
        scores[group] = (logits[1:, target] - logits[0, target]) * steps[group]
        probabilities[group] = (chances[1:] - chances[0]) * steps[group]
    return scores[place], probabilities[place]


def _of_different_pixels(values: Places) -> Iterator[Places]:
    """Groups of the values of which no two are colours of one pixel: each as numbers of the values."""
    left = np.arange(len(values))
    while len(left):
        _, first = np.unique(values[left] // COLOURS, return_index=True)
        yield left[first]
        left = np.delete(left, first)

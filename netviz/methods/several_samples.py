"""Several samples of one class beside each other: what their explanations share, and what is each one's own."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from netviz.data.digits import INK, SIDE, digits
from netviz.methods import Passes, Result, Seed, method
from netviz.methods.correlations import correlation_matrix, correlations, rank_correlations
from netviz.methods.dense import DenseNetworks, train_dense, with_one_thread
from netviz.methods.examples import STEPS, WIDTH, examples, integrated_gradients
from netviz.methods.gradient_descent import Floats

LAYERS = 3
NETWORKS = 10  # that differ in their random start alone; the first one explains what is shown


@method(
    subject="data",
    title={"en": "Several samples of one class", "zh": "同一类别的多个样本"},
    summary={
        "en": "The same map for several handwritten digits of one kind, with their mean: how much alike the maps are, "
        "and how much like those of other kinds, and of networks before and after their training.",
        "zh": "同一个数字的多份手写样本，用同一种方法画解释图并求平均：彼此有多相似，与别的数字又有多相似；"
        "训练之前的网络与训练之后的相比又如何。",
    },
    gives="check",
    views=("strip",),
    numbers=(
        "alike",
        "alike_others",
        "untrained_alike",
        "untrained_alike_others",
        "trained_alike",
        "more_alike",
        "with_mean",
        "with_other_means",
        "pictures_alike",
        "pictures_rank_correlation",
        "accuracy",
        "right",
    ),
    passes=lambda settings: Passes(0, training=NETWORKS * STEPS),
    map_values=lambda settings: (*range(1, settings.count + 1), "mean"),
)
@with_one_thread
def several_samples(
    *,
    digit: Annotated[int, Field(ge=0, le=9, description="which digit")] = 3,
    count: Annotated[int, Field(ge=2, le=20, description="how many of the held-out digits of each kind")] = 10,
    by: Annotated[
        Literal["gradient", "integrated-gradients"], Field(description="gradient × input, or integrated gradients")
    ] = "integrated-gradients",
    seed: Seed = 1,
) -> Result:
    """The first held-out digits of a kind, and their mean: ``pictures`` (count + 1, 8, 8, 3), ``maps`` (…, 8, 8).

    A map tells what each pixel adds to the log-odds of the true digit, compared with the mean of all digits.

    Numbers: mean correlations of two maps of the kind, ``alike``, and of one of them and one of another kind,
    ``alike_others``; the means of both over `NETWORKS` before their training (``untrained_alike``,
    ``untrained_alike_others``) and of the former after it (``trained_alike``), and in how many of them it rose
    (``more_alike``); of each map with the mean of the others of its kind, ``with_mean``, and with the means of the nine
    other kinds, ``with_other_means``; ``pictures_alike``, of two pictures less the mean of all, and over the ten kinds
    Spearman's correlation of this with ``alike``, ``pictures_rank_correlation``; ``accuracy`` on all held-out digits,
    and how many of those shown are ``right``.
    """
    data, source = examples("digits"), digits()
    labels = data.held_out_labels
    shown = [np.flatnonzero(labels == kind)[:count] for kind in range(10)]
    inputs, kinds = data.held_out[np.concatenate(shown)], np.repeat(np.arange(10), count)

    def maps_by_kind(networks: DenseNetworks) -> Floats:
        """(networks, 10, count, values)."""
        classes, given = np.tile(kinds, (NETWORKS, 1)), np.tile(inputs, (NETWORKS, 1, 1))
        if by == "gradient":
            every = given * networks.gradient(given, classes)
        else:
            every = integrated_gradients(networks.gradient, given, classes)
        return every.reshape(NETWORKS, 10, count, -1)

    untrained, trained = (maps_by_kind(networks(seed, steps)) for steps in (0, STEPS))
    before, after = (np.array([pairwise_likeness(one[digit]) for one in every]) for every in (untrained, trained))
    maps = trained[0]
    own, others = maps[digit], np.delete(maps, digit, axis=0)
    rest = np.array([np.delete(own, place, axis=0).mean(axis=0) for place in range(len(own))])
    pictures_alike = [pairwise_likeness(data.held_out[places]) for places in shown]
    alike = [pairwise_likeness(one) for one in maps]
    answers = networks(seed, STEPS).answers(data.held_out)[0]
    ink = source.pictures[source.held_out][shown[digit]]
    paper = 255 * (1 - np.concatenate([ink, ink.mean(axis=0)[None]]) / INK)
    return {
        "maps": np.concatenate([own, own.mean(axis=0)[None]]).reshape(-1, SIDE, SIDE),
        "pictures": np.repeat(paper[..., None], 3, axis=-1),
        "alike": alike[digit],
        "alike_others": likeness_to_others(maps, digit),
        "untrained_alike": before.mean(),
        "untrained_alike_others": np.mean([likeness_to_others(one, digit) for one in untrained]),
        "trained_alike": after.mean(),
        "more_alike": (after > before).sum(),
        "with_mean": correlations(own, rest).mean(),
        "with_other_means": np.mean(
            [correlations(own, np.repeat(kind.mean(axis=0)[None], len(own), 0)).mean() for kind in others]
        ),
        "pictures_alike": pictures_alike[digit],
        "pictures_rank_correlation": rank_correlations(np.array([alike]), np.array([pictures_alike]))[0],
        "accuracy": (answers == labels).mean(),
        "right": (answers[shown[digit]] == digit).sum(),
    }


@cache
def networks(seed: int, steps: int) -> DenseNetworks:
    """After so many steps of training, which are the same for all of them."""
    data, seeds = examples("digits"), list(range(seed, seed + NETWORKS))
    return train_dense(data.learned, data.targets, depth=LAYERS, width=WIDTH, seeds=seeds, steps=steps)


def likeness_to_others(maps: Floats, digit: int) -> Floats:
    """The mean correlation of one of a digit's maps and one of another digit's: (10, k, values)."""
    own, others = maps[digit], np.delete(maps, digit, axis=0)
    return np.asarray(
        np.mean([correlations(np.repeat([one], len(own), 0), own).mean() for kind in others for one in kind])
    )


def pairwise_likeness(rows: Floats) -> Floats:
    """The mean correlation of two of them: (k, values)."""
    matrix = correlation_matrix(rows)
    return np.asarray(np.mean([matrix[one, other] for one, other in combinations(range(len(rows)), 2)]))

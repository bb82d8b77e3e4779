"""Several samples of one class beside each other: what their explanations share, and what is each one's own."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from netviz.data.digits import INK, SIDE, digits
from netviz.methods import Passes, Result, Seed, method
from netviz.methods.correlations import correlation_matrix, correlations
from netviz.methods.dense import train_dense, with_one_thread
from netviz.methods.examples import STEPS, WIDTH, examples, integrated_gradients
from netviz.methods.gradient_descent import Floats

LAYERS = 3


@method(
    subject="data",
    title={"en": "Several samples of one class", "zh": "同一类别的多个样本"},
    summary={
        "en": "The same map for several handwritten digits of one kind, with their mean: how much alike the maps are, "
        "and how much like those of other kinds.",
        "zh": "同一个数字的多份手写样本，用同一种方法画解释图并求平均：彼此有多相似，与别的数字又有多相似。",
    },
    gives="check",
    views=("strip",),
    numbers=("alike", "alike_others", "with_mean", "with_other_means", "pictures_alike", "accuracy", "right"),
    passes=lambda settings: Passes(0, training=STEPS),
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
    ``alike_others``; of each map with the mean of the others of its kind, ``with_mean``, and with the means of the nine
    other kinds, ``with_other_means``; ``pictures_alike``, of two pictures less the mean of all; ``accuracy`` on all
    held-out digits, and how many of those shown are ``right``.
    """
    data, source = examples("digits"), digits()
    network = train_dense(data.learned, data.targets, depth=LAYERS, width=WIDTH, seeds=[seed], steps=STEPS)
    labels = data.held_out_labels
    shown = {kind: np.flatnonzero(labels == kind)[:count] for kind in range(10)}
    classes = labels[None]
    if by == "gradient":
        every = (data.held_out * network.gradient(data.held_out, classes))[0]
    else:
        every = integrated_gradients(network, data.held_out[None], classes)[0]
    maps = {kind: every[places] for kind, places in shown.items()}
    own, others = maps[digit], [maps[kind] for kind in maps if kind != digit]
    rest = np.array([np.delete(own, place, axis=0).mean(axis=0) for place in range(len(own))])
    answers = network.answers(data.held_out)[0]
    ink = source.pictures[source.held_out][shown[digit]]
    paper = 255 * (1 - np.concatenate([ink, ink.mean(axis=0)[None]]) / INK)
    return {
        "maps": np.concatenate([own, own.mean(axis=0)[None]]).reshape(-1, SIDE, SIDE),
        "pictures": np.repeat(paper[..., None], 3, axis=-1),
        "alike": pairwise_likeness(own),
        "alike_others": np.mean(
            [correlations(np.repeat([one], len(own), 0), own).mean() for kind in others for one in kind]
        ),
        "with_mean": correlations(own, rest).mean(),
        "with_other_means": np.mean(
            [correlations(own, np.repeat(kind.mean(axis=0)[None], len(own), 0)).mean() for kind in others]
        ),
        "pictures_alike": pairwise_likeness(data.held_out[shown[digit]]),
        "accuracy": (answers == labels).mean(),
        "right": (answers[shown[digit]] == digit).sum(),
    }


def pairwise_likeness(rows: Floats) -> Floats:
    """The mean correlation of two of them: (k, values)."""
    matrix = correlation_matrix(rows)
    return np.asarray(np.mean([matrix[one, other] for one, other in combinations(range(len(rows)), 2)]))

"""How sure the compact network's head is, and how often it is right: answers that were written down, not asked anew."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.calibration import DRAWS, GUO, Bins, equal_groups, expected_error, group_means
from netviz.networks.head.test_set import shipped_answers


@method(
    subject="data",
    title={"en": "Calibration of the head", "zh": "分类头的校准"},
    summary={
        "en": "Of the test photos to which the head gives about this probability, how many does it name rightly?",
        "zh": "测试照片里，分类头给出某个概率的那些，说对了多少？",
    },
    papers=(GUO,),
    gives="check",
    views=("scatter",),
    numbers=(
        *("x", "y", "photos", "top1", "top5", "error", "confidence", "sure", "sure_photos", "sure_right"),
        *("chance", "chance_as_far", "draws", "draws_right_so_rarely"),
    ),
    passes=lambda settings: Passes(0),
)
def head_calibration(
    *,
    bins: Bins = 10,
    surer_than: Annotated[
        float, Field(gt=0, lt=1, description="from this probability on an answer counts as sure")
    ] = 0.8,
) -> Result:
    """Groups of test photos by the probability of the first answer: ``x``, its mean, ``y``, the share right: (bins,).

    Numbers: how many ``photos``; the shares ``top1`` and ``top5`` of those whose class is the first, or one of the
    first five, answers; ``confidence``, the mean probability of the first answer; ``error`` the mean of |x - y|, every
    group counting by its size (ECE), and ``chance``, the mean that it would have if every answer were right with just
    its probability, with the share of such ``draws`` that are as far off (``chance_as_far``); for the answers above
    ``surer_than``: how many (``sure_photos``), their mean probability (``sure``), the share right (``sure_right``), and
    in how many draws they are right so rarely (``draws_right_so_rarely``). The photos are no part of this project, the
    answers are (`netviz.networks.head.test_set`).
    """
    answers = shipped_answers()
    confidence, right = answers.confidence.astype(np.float64), answers.rank == 1
    groups = equal_groups(confidence, bins)
    honest = np.random.default_rng(0).random((DRAWS, len(confidence))) < confidence
    sure = confidence > surer_than
    error = expected_error(confidence, right, groups)
    by_chance = [expected_error(confidence, draw, groups) for draw in honest]
    return {
        "x": group_means(confidence, groups),
        "y": group_means(right, groups),
        "photos": np.array(len(confidence)),
        "top1": right.mean(),
        "top5": (answers.rank <= 5).mean(),
        "confidence": confidence.mean(),
        "error": np.array(error),
        "chance": np.mean(by_chance),
        "chance_as_far": np.mean(np.array(by_chance) >= error),
        "draws": np.array(DRAWS),
        "draws_right_so_rarely": (honest[:, sure].mean(axis=1) <= right[sure].mean()).sum(),
        "sure": confidence[sure].mean(),
        "sure_photos": sure.sum(),
        "sure_right": right[sure].mean(),
    }

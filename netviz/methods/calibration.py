"""Calibration: whether what is thought so likely is so, as often. What the methods for tables and for photos share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Paper
from netviz.networks.head.training import calibration_error

DRAWS = 1000  # of labels, for what chance alone makes of the error
Bins = Annotated[int, Field(ge=2, le=50, description="groups of about equal size")]

GUO = Paper(
    authors="Guo, Pleiss, Sun and Weinberger",
    year=2017,
    title="On Calibration of Modern Neural Networks",
    url="https://arxiv.org/abs/1706.04599",
    place="section 2",
)


def equal_groups(probabilities: NDArray[np.float64], bins: int) -> list[NDArray[np.intp]]:
    """The places of probabilities (n,) in groups of about equal size, from the least likely to the likeliest."""
    return np.array_split(np.argsort(probabilities, kind="stable"), bins)


def expected_error(
    probabilities: NDArray[np.float64], labels: NDArray[np.generic], groups: Sequence[NDArray[np.intp]]
) -> float:
    """How far a group's mean probability is from its share of label 1, every group counting by its size (ECE)."""
    return calibration_error([(len(group), probabilities[group].mean(), labels[group].mean()) for group in groups])


def group_means(values: NDArray[np.generic], groups: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
    """The mean of some values (n,) in each group: of what was right or not, the share."""
    return np.array([values[group].mean() for group in groups])

"""What each input of a small network contributes to its answer: one number for a word or a feature.

Units are the entries of the input's first axis: the features of a row, or the words of a text with their vectors.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from netviz.methods import Paper
from netviz.methods.hiding import import_kernel_explainer, legacy_seeded
from netviz.methods.integration import midpoints
from netviz.networks import Array
from netviz.networks.small import SmallNetwork

By = Annotated[
    Literal["gradient", "integrated-gradients", "occlusion", "kernel-shap"],
    Field(description="gradient × input, the same integrated along a path, hiding one at a time, or Shapley values"),
]
STEPS = 128  # points on the path of integrated gradients
COALITIONS = 1000  # sets of units that Kernel SHAP asks for

SUNDARARAJAN = Paper(
    authors="Sundararajan et al.",
    year=2017,
    title="Axiomatic Attribution for Deep Networks",
    url="https://arxiv.org/abs/1703.01365",
)


def contributions(network: SmallNetwork, inputs: Array, baseline: Array, target: int, by: str) -> Array:
    """What each unit adds to the target's log-odds, compared with the baseline: (units,) float64.

    ``inputs`` and ``baseline`` are (units, ...). Of ``gradient`` and ``occlusion`` the sum promises nothing; that of
    ``integrated-gradients`` approaches f(inputs) - f(baseline), that of ``kernel-shap`` equals it, which asks any two
    networks for the same sets of as many units.
    """
    change = (inputs - baseline).astype(np.float64)
    if by == "gradient":
        return _by_unit(change * network.gradient(inputs[None], target)[0])
    if by == "integrated-gradients":
        points = baseline + midpoints(STEPS).reshape(-1, *[1] * inputs.ndim) * change
        return _by_unit(change * network.gradient(points, target).mean(axis=0, dtype=np.float64))
    if by == "occlusion":
        hidden = np.repeat(inputs[None], len(inputs), axis=0)
        hidden[np.arange(len(inputs)), np.arange(len(inputs))] = baseline
        scores = network.log_odds(np.concatenate([inputs[None], hidden]))[:, target].astype(np.float64)
        return np.asarray(scores[0] - scores[1:])
    return _shapley_values(network, inputs, baseline, target)


def _shapley_values(network: SmallNetwork, inputs: Array, baseline: Array, target: int) -> Array:
    def answer(shown: Array) -> Array:
        mask = shown.reshape(*shown.shape, *[1] * (inputs.ndim - 1))
        return network.log_odds(np.where(mask > 0, inputs, baseline))[:, target].astype(np.float64)

    with legacy_seeded(0):
        explainer = import_kernel_explainer()(answer, np.zeros((1, len(inputs))))
        values: Array = explainer.shap_values(np.ones(len(inputs)), nsamples=COALITIONS, l1_reg=False, silent=True)
    return np.asarray(values, np.float64)


def _by_unit(values: Array) -> Array:
    """Summed over all axes but the first: (units,)."""
    return np.asarray(values.reshape(len(values), -1).sum(axis=1))

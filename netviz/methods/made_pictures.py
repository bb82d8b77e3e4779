"""What all methods share that make pictures: their settings, what is asked of the network, and looks in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from netviz.methods.correlations import correlations
from netviz.networks import Array

if TYPE_CHECKING:
    from netviz.networks.optimise import Objective

FIT_FOR_HALF = ("block1", "block2", "block3", "block4")
"""Where VGG16's layers begin of which searches in half precision come as far as in float32 (tests/bench/precision.py).

From block 5 on they don't: the inversion of its last layer ends a tenth further off.
"""

Steps = Annotated[int, Field(ge=1, le=4096, description="steps, each one pass forward and one back")]
Jitter = Annotated[
    float, Field(ge=0, le=0.5, description="shifts at random in every step, at most by this share of the side")
]


def neighbour_correlation(picture: Array) -> float:
    """How the brightness of pixels correlates with that of the next one right and below: 0 for a plain picture."""
    brightness = light_and_colour(picture)[0]
    pairs = [(brightness[1:], brightness[:-1]), (brightness[:, 1:], brightness[:, :-1])]
    here, there = (np.concatenate([one.ravel() for one in ends])[None] for ends in zip(*pairs, strict=True))
    return float(correlations(here, there)[0])


def light_and_colour(pictures: Array) -> tuple[Array, Array]:
    """The brightness of RGB values (luma of ITU-R 601), and what is left without it: (..., 3) to (...) and (..., 3)."""
    values = pictures.astype(np.float64)
    brightness = values @ np.array([0.299, 0.587, 0.114])
    return brightness, np.round(values - brightness[..., None], 6)  # of a grey picture nothing at all is left


def score_and_gradient(question: Objective, picture: Array) -> tuple[float, Array]:
    """What is said to one picture (h, w, 3), and its gradient by RGB value, in double precision."""
    scores, gradients = question.scores_and_gradients(picture[None])
    return float(scores[0]), gradients[0].astype(np.float64)

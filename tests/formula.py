"""A network that is a formula: what a method should say of it is known by hand, and without TensorFlow it is quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from tiny import in_whole_passes

from netviz.networks import Network

Floats = NDArray[np.floating[Any]]


class Formula:
    """A network of one class that is nothing but a function of a batch of pictures."""

    def __init__(self, score: Callable[[Floats], Floats], mean_colour: Sequence[float]) -> None:
        self.score, self.mean_colour = score, np.array(mean_colour, np.float32)

    def logits(self, pictures: Floats) -> Floats:
        return self.score(pictures.astype(np.float64))[:, None]

    windowed_logits = in_whole_passes


def formula(score: Callable[[Floats], Floats], mean_colour: Sequence[float] = (0, 0, 0)) -> Network:
    """The network whose only logit is a score of each picture: (n, height, width, 3) to (n,)."""
    return cast(Network, Formula(score, mean_colour))

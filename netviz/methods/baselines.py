"""Baselines: the picture without information that a picture is compared with."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from netviz.networks import Array, Network

Baseline = Literal["black", "mean", "white", "blurred", "noise"]


def baseline_pictures(network: Network, pictures: Array, baseline: Baseline, blur: float = 0.1, seed: int = 0) -> Array:
    """The picture without information that each picture is compared with: (n, height, width, 3)."""
    if baseline == "blurred":
        from scipy.ndimage import gaussian_filter

        deviation = blur * pictures.shape[2]
        return gaussian_filter(pictures, (0, deviation, deviation, 0), mode="nearest")
    values: Any
    if baseline == "noise":
        values = np.random.default_rng(seed).uniform(0, 255, pictures.shape[1:])
    else:
        values = {"black": 0.0, "white": 255.0, "mean": network.mean_colour}[baseline]
    return np.broadcast_to(np.asarray(values, pictures.dtype), pictures.shape)

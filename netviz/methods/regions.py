"""Regions of a picture that belong together, and what each of them weighs: for maps by the piece and for bar charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Result
from netviz.networks import Array

Labels = NDArray[np.integer[Any]]

Segments = Annotated[int, Field(ge=5, le=500, description="superpixels to cut the picture into, at most")]


def superpixels(picture: Array, segments: int) -> Labels:
    """Cut a picture (height, width, 3) into at most ``segments`` pieces of like colour: (height, width) from 0 up.

    SLIC (Achanta et al. 2012), which knows no chance: the same picture, the same pieces. The number is only a guide
    to it: where it makes more, it is asked for fewer. It is set to make rounder pieces than by default; pieces that
    follow every hair become few and large.
    """
    from skimage.segmentation import slic

    colours = np.asarray(picture, np.float64) / 255
    for wanted in range(segments, 0, -1):
        labels: Labels = slic(colours, n_segments=wanted, compactness=20, sigma=1, start_label=0)
        if labels.max() < segments:
            break
    return labels


def region_means(attribution: Array, pictures: Array, segments: int) -> Result:
    """The mean of a map (n, height, width) in each superpixel of its picture, as `region_result` gives it."""
    regions = [superpixels(picture, segments) for picture in pictures]
    means = [
        np.bincount(labels.ravel(), one.ravel()) / np.bincount(labels.ravel())
        for labels, one in zip(regions, attribution, strict=True)
    ]
    return region_result(regions, means, segments)


def region_result(regions: Sequence[Labels], weights: Sequence[Array], segments: int) -> Result:
    """What a bar chart of regions needs.

    ``regions`` (n, height, width) holds each pixel's region, counted from 0; ``weights`` (n, segments) the weight of
    each region, zeros after the last one; ``segments`` (n,) how many regions there are.
    """
    padded = np.zeros((len(weights), segments))
    for row, one in zip(padded, weights, strict=True):
        row[: len(one)] = one
    return {
        "regions": np.stack(regions),
        "weights": padded,
        "segments": np.array([len(one) for one in weights]),
    }


def centres_of_greatest(maps: Array) -> Array:
    """Centre of all places that share a map's greatest value, as fractions of height and width: (n, h, w) to (n, 2).

    For maps that are constant over pieces of the picture, whose first greatest value would be a piece's corner.
    """
    centres = [np.argwhere(one == one.max()).mean(axis=0) for one in maps]
    return (np.array(centres) + 0.5) / maps.shape[1:]

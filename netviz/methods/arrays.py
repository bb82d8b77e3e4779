"""What several methods do with arrays: batches of maps in, batches of maps or numbers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from netviz.networks import Array, Network, Targets, softmax


def target_output(network: Network, pictures: Array, targets: Targets, output: str) -> Array:
    """Logit or probability of each picture's target: (n,)."""
    return output_of(network.logits(pictures), targets, output)


def output_of(logits: Array, targets: Targets, output: str) -> Array:
    """The targets' logits, or their probabilities: (n, classes) to (n,)."""
    values = logits if output == "logit" else softmax(logits)
    return values[np.arange(len(targets)), targets]


def flattened(arrays: Array) -> Array:
    """Each entry along the first axis as one row of float64: (n, ...) to (n, values)."""
    return arrays.reshape(len(arrays), -1).astype(np.float64)


def lengths(arrays: Array) -> Array:
    """Euclidean length of each entry along the first axis: (n, ...) to (n,)."""
    return np.linalg.norm(flattened(arrays), axis=1)


def relative_error(found: Array, expected: Array) -> Array:
    """Length of the difference over the length of what was expected, entry by entry: (n, ...) to (n,).

    0 where both are zero, infinite where only ``expected`` is.
    """
    difference, size = lengths(found - expected), lengths(expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / size)


def largest(arrays: Array) -> Array:
    """Greatest absolute value of each entry along the first axis: (n, ...) to (n,)."""
    return np.abs(flattened(arrays)).max(axis=1)


def flat_maps(attribution: Array) -> Array:
    """One value for each place: RGB values are summed; (n, h, w, 3) or (n, h, w) to (n, h, w)."""
    return attribution.sum(axis=-1) if attribution.ndim == 4 else attribution


def resized(maps: Array, height: int, width: int) -> Array:
    """Bilinear interpolation of each map, never beyond its own values: (n, h, w) to (n, height, width) float32."""
    pictures = (Image.fromarray(np.asarray(one, np.float32), mode="F") for one in maps)
    return np.stack([np.asarray(one.resize((width, height), Image.Resampling.BILINEAR)) for one in pictures])


def on_one_grid(maps: Sequence[Array]) -> list[Array]:
    """Maps (n, h, w) of several sizes, each brought to the greatest height and the greatest width among them."""
    height, width = (max(one.shape[axis] for one in maps) for axis in (1, 2))
    return [resized(one, height, width) for one in maps]


def peaks(maps: Array) -> Array:
    """Centre of each map's greatest value as fractions of its height and width: (n, h, w) to (n, 2)."""
    height, width = maps.shape[1:]
    rows, columns = np.unravel_index(maps.reshape(len(maps), -1).argmax(axis=1), (height, width))
    return np.stack([(rows + 0.5) / height, (columns + 0.5) / width], axis=1)

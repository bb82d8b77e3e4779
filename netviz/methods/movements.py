"""One photo moved in several ways, to see whether a map moves along with what it explains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from netviz.methods import Passes, Result, SpatialLayer, method, run
from netviz.methods.arrays import flat_maps, resized
from netviz.methods.correlations import correlations
from netviz.methods.map_methods import Explanation, explanation_passes, explanations
from netviz.networks import Array, Network, Targets

SHIFT = 0.1  # of the picture's side
TURN = 10.0  # degrees
ZOOM = 1.25
COARSE = 1 / 28  # of the picture's side, by which maps are blurred: half a cell of VGG16's last convolution


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What is done to a picture about its middle; ``down`` and ``right`` are shares of its sides, ``angle`` degrees."""

    mirrored: bool = False
    down: float = 0.0
    right: float = 0.0
    angle: float = 0.0
    zoom: float = 1.0

    def places(self, height: int, width: int) -> tuple[Array, Array]:
        """A (2, 2) and b (2,): what is seen at row and column p after the movement was at A p + b before."""
        turn = np.deg2rad(self.angle)
        rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / self.zoom
        matrix = np.diag([1, -1 if self.mirrored else 1]) @ rotation
        middle = np.array([height - 1, width - 1]) / 2
        return matrix, middle - matrix @ (middle + np.array([self.down * height, self.right * width]))


MOVEMENTS = {
    "original": Movement(),
    "mirrored": Movement(mirrored=True),
    "up": Movement(down=-SHIFT),
    "down": Movement(down=SHIFT),
    "left": Movement(right=-SHIFT),
    "right": Movement(right=SHIFT),
    "turned-left": Movement(angle=TURN),
    "turned-right": Movement(angle=-TURN),
    "nearer": Movement(zoom=ZOOM),
    "farther": Movement(zoom=1 / ZOOM),
}
"""Ten views of one photo, by name."""


@method(
    title={"en": "Ten views of one photo", "zh": "一张照片的十种样子"},
    summary={
        "en": "The map of a photo that is mirrored, shifted, turned or magnified, each brought back and compared with "
        "that of the photo as it is.",
        "zh": "把照片左右翻转、平移、旋转或缩放，分别画出解释图，再移回原位，与原照片的解释图比较。",
    },
    gives="check",
    views=("strip",),
    numbers=("likeness", "least", "still", "along", "coarse", "still_coarse", "named"),
    passes=lambda settings: _ten_times(explanation_passes(settings.of_method)),
    map_values=lambda settings: (*MOVEMENTS, "mean"),
)
def ten_views(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    of_method: Explanation = "grad-cam",
    layer: SpatialLayer = "block5_conv3",
) -> Result:
    """``pictures`` (n, 11, h, w, 3) and their ``maps`` (n, 11, h, w), RGB summed, in the order of `MOVEMENTS`.

    The eleventh is the photo as it is, with the mean of all maps brought back to it. What a movement brings in from
    beyond the photo's rim is the photo mirrored there. Numbers, each (n,): ``likeness`` and ``least``, the mean and the
    least of Pearson's correlations of a map that was brought back with the photo's own, where both see the photo;
    ``still``, the mean that a map would have which stays as it is while the photo moves, such as a blob in the middle;
    ``along``, that of a map that is moved just as the photo is, below 1 where moving and bringing back blur it;
    ``coarse`` and ``still_coarse``, as ``likeness`` and ``still`` for the sizes of the maps' values, without their
    signs, blurred by `COARSE`; ``named``, for how many of the ten the network's first answer is that for the photo as
    it is.

    ``layer`` is for methods that explain a layer's maps; their other settings are their defaults.
    """
    explained = explanations()[of_method]
    settings = {"layer": layer} if "layer" in explained.settings.model_fields else {}
    found: list[dict[str, Any]] = []
    for picture, target in zip(pictures, targets, strict=True):
        views = np.stack([moved(picture, movement) for movement in MOVEMENTS.values()])
        attribution = run(explained, network, views, np.full(len(views), target), settings)["attribution"]
        maps = resized(flat_maps(attribution), *picture.shape[:2])
        back = _all_back(maps)
        alike = _likenesses(maps[0], back)
        coarse = _coarse(maps)
        answers = network.logits(views).argmax(axis=1)
        found.append(
            {
                "pictures": np.concatenate([views, picture[None]]).astype(np.float32),
                "maps": np.concatenate([maps, np.nanmean(back, axis=0)[None]]),
                "likeness": np.mean(alike),
                "least": np.min(alike),
                "still": _still(maps[0]),
                "along": _along(maps[0]),
                "coarse": np.mean(_likenesses(coarse[0], _all_back(coarse))),
                "still_coarse": _still(coarse[0]),
                "named": (answers == answers[0]).sum(),
            }
        )
    return {name: np.stack([one[name] for one in found]) for name in found[0]}


def _ten_times(passes: Passes) -> Passes:
    """What ten maps cost, and one more forward pass for each view's answer."""
    return Passes(len(MOVEMENTS) * (passes.forward + 1), len(MOVEMENTS) * passes.backward)


def moved(picture: Array, movement: Movement) -> Array:
    """A picture (h, w, 3) after a movement, interpolated between pixels, mirrored beyond its rim."""
    from scipy.ndimage import affine_transform

    matrix, offset = movement.places(*picture.shape[:2])
    channels = [affine_transform(one, matrix, offset, order=1, mode="mirror") for one in np.moveaxis(picture, -1, 0)]
    return np.stack(channels, axis=-1)


def brought_back(one: Array, movement: Movement) -> Array:
    """A map (h, w) of the moved picture, laid on the picture as it was: NaN where the moved one did not show it."""
    from scipy.ndimage import affine_transform

    matrix, offset = movement.places(*one.shape)
    inverse = np.linalg.inv(matrix)
    places = affine_transform(one.astype(np.float64), inverse, -inverse @ offset, order=1, mode="constant", cval=np.nan)
    return np.asarray(places)


def _all_back(maps: Iterable[Array]) -> Array:
    """The maps of all `MOVEMENTS`, each brought back: (10, h, w)."""
    return np.stack([brought_back(one, each) for one, each in zip(maps, MOVEMENTS.values(), strict=True)])


def _coarse(maps: Array) -> Array:
    """Where maps (10, h, w) have great values, of whichever sign, without their fine lines."""
    from scipy.ndimage import gaussian_filter

    return np.stack([gaussian_filter(np.abs(one), [COARSE * side for side in one.shape]) for one in maps])


def _likenesses(own: Array, back: Array) -> list[float]:
    """How like the photo's own map (h, w) those of the nine other movements are."""
    return [_likeness(own, one) for one in back[1:]]


def _still(own: Array) -> float:
    """How like itself (h, w) a map would be on average that stays where it is while the photo moves."""
    return float(np.mean(_likenesses(own, _all_back([own] * len(MOVEMENTS)))))


def _along(own: Array) -> float:
    """How like itself (h, w) a map would be on average that moves just as the photo does."""
    there = (moved(own[..., None], movement)[..., 0] for movement in MOVEMENTS.values())
    return float(np.mean(_likenesses(own, _all_back(there))))


def _likeness(one: Array, other: Array) -> float:
    """Pearson's correlation of two maps where neither is NaN."""
    both = np.isfinite(other)
    return float(correlations(one[both][None].astype(np.float64), other[both][None])[0])

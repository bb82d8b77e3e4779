"""Does a map point at the object? Its peak, and the share of it inside a box."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from netviz.methods import Paper, Passes, Result, method
from netviz.methods.arrays import lengths
from netviz.methods.faithfulness import fitted
from netviz.methods.regions import centres_of_greatest
from netviz.networks import Array, Network, Targets

TOLERANCE_SIDE = 224  # of the picture in whose pixels the pointing game's tolerance is told
Fraction = Annotated[float, Field(ge=0, le=1)]


def _box_with_area(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    top, left, bottom, right = box
    if top >= bottom or left >= right:
        raise PydanticCustomError("empty_box", "a box is [top, left, bottom, right], top above bottom, left of right")
    return box


Box = Annotated[
    tuple[Fraction, Fraction, Fraction, Fraction],
    AfterValidator(_box_with_area),
    Field(description="where the object is: top, left, bottom and right as shares of the height and width"),
]


@method(
    title={"en": "Pointing game", "zh": "指向游戏"},
    summary={
        "en": "Whether the highest point of the map lies on the object, and how much of its weight does.",
        "zh": "看解释图的最高点是否落在物体上，又有多大份额落在物体的框内。",
    },
    papers=(
        Paper(
            authors="Zhang, Lin, Brandt, Shen and Sclaroff",
            year=2016,
            title="Top-down Neural Attention by Excitation Backprop",
            url="https://arxiv.org/abs/1608.00507",
            place="section 4.1",
        ),
    ),
    gives="check",
    maps=(1, 1),
    views=("pointing", "panels"),
    numbers=("hit", "box", "peak", "distance", "inside_share", "box_share"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def pointing_game(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    box: Box = (0.0, 0.0, 1.0, 1.0),
    tolerance: Annotated[
        float, Field(ge=0, le=224, description="how far beside the box still counts, in pixels at a side of 224")
    ] = 15.0,
) -> Result:
    """Whether the peak lies in the box or within the tolerance of it: ``hit`` (n,), 1 or 0.

    ``peak`` (n, 2) is the centre of the greatest value, or of all that share it, as fractions of height and width,
    ``distance`` (n,) how far it is from the box in pixels at a side of 224, ``inside_share`` (n,) the box's share of
    all positive values (a pixel belongs to the box if its centre does; 0 where nothing is positive), ``box_share``
    (n,) the box's share of the picture. ``maps`` (n, 1, height, width); ``box`` (n, 4) is the box again, for the
    drawing.
    """
    top, left, bottom, right = box
    shares = fitted(maps[0], *pictures.shape[1:3])
    peak = centres_of_greatest(shares)
    nearest = np.clip(peak, (top, left), (bottom, right))
    distance = TOLERANCE_SIDE * lengths(peak - nearest)
    return {
        "maps": shares[:, None],
        "hit": (distance <= tolerance).astype(int),
        "box": np.tile(box, (len(pictures), 1)),
        "peak": peak,
        "distance": distance,
        "inside_share": share_inside(shares, box),
        "box_share": share_inside(np.ones_like(shares), box),
    }


def share_inside(maps: Array, box: tuple[float, float, float, float]) -> Array:
    """The box's share of all positive values of each map, 0 where nothing is positive: (n, h, w) to (n,).

    A pixel belongs to the box if its centre does.
    """
    top, left, bottom, right = box
    rows, columns = ((np.arange(side) + 0.5) / side for side in maps.shape[1:])
    inside = ((rows >= top) & (rows <= bottom))[:, None] & ((columns >= left) & (columns <= right))
    positive = np.maximum(maps, 0).astype(np.float64)
    total = positive.sum(axis=(1, 2))
    return np.divide(positive[:, inside].sum(axis=1), total, out=np.zeros(len(maps)), where=total > 0)

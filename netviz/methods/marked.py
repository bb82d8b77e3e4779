"""What a map marks, hidden: what that costs a class, beside what the middle costs, and the same shape elsewhere."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Passes, Result, method
from netviz.methods.arrays import output_of
from netviz.methods.faithfulness import Masks, fitted, ranking
from netviz.methods.hiding import Fill, filled
from netviz.networks import Array, Network, Targets

WAYS = ("marked", "rival_1", "rival_2", "middle", "elsewhere")
MAPS = 3  # what the first three of these are of

Share = Annotated[float, Field(gt=0, lt=1)]
Shares = Annotated[
    tuple[Share, ...],
    Field(min_length=1, max_length=4, description="shares of the picture's pixels that are hidden, each by itself"),
]


@method(
    title={"en": "Hiding what is marked", "zh": "遮住标出的部分"},
    summary={
        "en": "The part of the photo that a map marks is hidden; then, for comparison, what two others mark, as much "
        "of its middle, and a part of the very same shape elsewhere.",
        "zh": "遮住解释图标得最高的部分；再遮住另外两张解释图标出的部分、画面正中同样大小的一块，以及挪到别处的同一个"
        "形状，与之对照。",
    },
    gives="check",
    maps=(MAPS, MAPS),
    views=("picture",),
    numbers=(
        *(f"drop_{way}" for way in WAYS),
        "marked_in_middle",
        "first_answer",
        *(f"first_without_{way}" for way in WAYS),
    ),
    passes=lambda settings: Passes(forward=1 + len(settings.shares) * len(WAYS)),
)
def hide_marked(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    shares: Shares = (0.2,),
    fill: Fill = "mean",
    output: OutputSetting = "logit",
) -> Result:
    """f(x) - f(x with a share hidden) for each of the ``shares``: all (n, shares) but ``picture`` and ``first_answer``.

    ``drop_marked`` is that of the pixels where the first map is greatest, equals in the order of reading;
    ``drop_rival_1`` and ``drop_rival_2`` the same of the second map and the third. ``drop_middle`` is that of a square
    of as many pixels around the picture's middle, as nearly as whole pixels allow, ``drop_elsewhere`` that of the first
    map's pixels carried half the height down and half the width to the right; what leaves the picture comes in again at
    the other side.

    ``marked_in_middle`` is the share of the first map's pixels that lies in that square; of a map that is the same
    everywhere it would be about the square's share of the picture. ``first_answer`` (n,) is 1 where the target is the
    network's first answer for the whole picture, else 0, ``first_without_marked`` and the like the same with a part
    hidden. ``picture`` (n, height, width, 3) is the one without what the first map marks, by the first of the shares.
    """
    height, width = pictures.shape[1:3]
    fillings = filled(network, pictures, fill)
    rankings = np.stack([[ranking(one) for one in fitted(each, height, width)] for each in maps], axis=1)
    scores, first, hidden, inside = [], [], [], []
    for picture, target, filling, ranks in zip(pictures, targets, fillings, rankings, strict=True):
        masks = np.stack([_masks(ranks, share) for share in shares])
        without = np.where(masks[..., None], filling, picture).astype(pictures.dtype).reshape(-1, *picture.shape)
        logits = network.logits(np.concatenate([picture[None], without]))
        scores.append(output_of(logits, np.full(len(logits), target), output))
        first.append(logits.argmax(axis=1) == target)
        hidden.append(without[0])
        inside.append([each[0][each[WAYS.index("middle")]].sum() / each[0].sum() for each in masks])
    after = np.array(scores, np.float64)[:, 1:].reshape(len(pictures), len(shares), len(WAYS))
    drops = np.array(scores, np.float64)[:, :1, None] - after
    kept = np.array(first, int)[:, 1:].reshape(after.shape)
    return {
        "picture": np.stack(hidden),
        **{f"drop_{way}": drops[..., at] for at, way in enumerate(WAYS)},
        **{f"first_without_{way}": kept[..., at] for at, way in enumerate(WAYS)},
        "marked_in_middle": np.array(inside),
        "first_answer": np.array(first, int)[:, 0],
    }


def _masks(ranks: Array, share: float) -> Masks:
    """What is hidden, way by way, of rankings (maps, height, width) of a picture's pixels: (ways, height, width)."""
    height, width = ranks.shape[1:]
    marked = ranks < max(1, round(share * height * width))
    elsewhere = np.roll(marked[0], (height // 2, width // 2), axis=(0, 1))
    return np.stack([*marked, middle_square(share, height, width), elsewhere])


def middle_square(share: float, height: int, width: int) -> Masks:
    """A square around the middle with that share of the pixels, as nearly as whole pixels allow: (height, width).

    It has a pixel at least, and is cut where the picture is narrower.
    """
    side = max(1, round(np.sqrt(share * height * width)))
    rows, columns = (np.arange(length) - (length - side) // 2 for length in (height, width))
    return ((rows >= 0) & (rows < side))[:, None] & ((columns >= 0) & (columns < side))

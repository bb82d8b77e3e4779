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

WAYS = ("marked", "middle", "elsewhere")


@method(
    title={"en": "Hiding what is marked", "zh": "遮住标出的部分"},
    summary={
        "en": "The part of the photo that a map marks is hidden; then, for comparison, as much of its middle, and a "
        "part of the very same shape elsewhere.",
        "zh": "遮住解释图标得最高的部分；再遮住画面正中同样大小的一块，以及挪到别处的同一个形状，与之对照。",
    },
    gives="check",
    maps=(1, 1),
    views=("picture",),
    numbers=(
        *(f"drop_{way}" for way in WAYS),
        "marked_in_middle",
        "first_answer",
        *(f"first_without_{way}" for way in WAYS),
    ),
    passes=lambda settings: Passes(forward=1 + len(WAYS)),
)
def hide_marked(
    network: Network,
    pictures: Array,
    targets: Targets,
    maps: list[Array],
    *,
    share: Annotated[float, Field(gt=0, lt=1, description="share of the picture's pixels that is hidden")] = 0.2,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
) -> Result:
    """f(x) - f(x with a ``share`` hidden): ``drop_marked``, ``drop_middle`` and ``drop_elsewhere``, each (n,).

    Marked are the pixels where the map is greatest, equals in the order of reading. The middle is a square of as many
    pixels around the picture's middle, as nearly as whole pixels allow. Elsewhere are the marked ones carried half the
    height down and half the width to the right; what leaves the picture comes in again at the other side.

    ``marked_in_middle`` (n,) is the share of the marked pixels that lies in that square; of a map that knew nothing it
    would be the square's share of the picture. ``first_answer`` (n,) is 1 where the target is the network's first
    answer for the whole picture, else 0, ``first_without_marked`` and the like the same with a part hidden. ``picture``
    (n, height, width, 3) is the one with the marked part hidden.
    """
    height, width = pictures.shape[1:3]
    middle = middle_square(share, height, width)
    fillings = filled(network, pictures, fill)
    logits, hidden, inside = [], [], []
    for picture, filling, one in zip(pictures, fillings, fitted(maps[0], height, width), strict=True):
        marked = ranking(one) < max(1, round(share * one.size))
        masks = (marked, middle, np.roll(marked, (height // 2, width // 2), axis=(0, 1)))
        without = np.stack([np.where(mask[..., None], filling, picture) for mask in masks]).astype(pictures.dtype)
        logits.append(np.concatenate([network.logits(picture[None]), network.logits(without)]))
        hidden.append(without[0])
        inside.append(middle[marked].mean())
    scores = np.stack(
        [output_of(one, np.full(len(one), target), output) for one, target in zip(logits, targets, strict=True)]
    ).astype(np.float64)
    first = np.stack([one.argmax(axis=1) == target for one, target in zip(logits, targets, strict=True)]).astype(int)
    return {
        "picture": np.stack(hidden),
        **{f"drop_{way}": scores[:, 0] - scores[:, place] for place, way in enumerate(WAYS, start=1)},
        "marked_in_middle": np.array(inside),
        "first_answer": first[:, 0],
        **{f"first_without_{way}": first[:, place] for place, way in enumerate(WAYS, start=1)},
    }


def middle_square(share: float, height: int, width: int) -> Masks:
    """A square around the middle with that share of the pixels, as nearly as whole pixels allow: (height, width).

    It has a pixel at least, and is cut where the picture is narrower.
    """
    side = max(1, round(np.sqrt(share * height * width)))
    rows, columns = (np.arange(length) - (length - side) // 2 for length in (height, width))
    return ((rows >= 0) & (rows < side))[:, None] & ((columns >= 0) & (columns < side))

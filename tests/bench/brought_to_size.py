"""Why a photo gets another name when it is brought to the network's size as the old recipe does it.

    python tests/bench/brought_to_size.py content/measurements/brought-to-size.json

From the cut square to the recipe's picture in three steps, of which each changes one thing: the rim of the middle
square comes in, the whole photo is squashed, and each pixel is the nearest one instead of a mean.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import open_network  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402
from netviz.pictures.framing import squash  # noqa: E402

PHOTOS = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")


def smoothly(pixels: Any, side: int) -> Any:
    """The whole as a square, each pixel a mean of those that lie in it."""
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR))


def middle(pixels: Any) -> Any:
    """The largest square around the centre."""
    side = min(pixels.shape[:2])
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


network = open_network("compact")
found: dict[str, list[int]] = {name: [] for name in ("cut", "with_its_rim", "squashed", "nearest")}
for name in PHOTOS:
    photo = np.asarray(open_upright(ROOT / "content" / "pictures" / name))
    cut = frame(photo)
    ways = (cut, smoothly(middle(photo), len(cut)), smoothly(photo, len(cut)), squash(photo, len(cut)))
    first = network.logits(np.stack(ways).astype(np.float32)).argmax(axis=1)
    for way, index in zip(found, first, strict=True):
        found[way].append(int(index))

measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/brought_to_size.py content/measurements/brought-to-size.json",
    "how": "The network's first class, by its index, for the six photos in their order: the square that this site cuts "
    "out; the whole of the middle square; the whole photo squashed; and squashed with the nearest pixel.",
    "versions": {package: importlib.metadata.version(package) for package in ("tensorflow", "numpy", "pillow")},
    "lists": found,
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

"""Why a photo gets another name when it is brought to the network's size as the old recipe does it.

    python tests/bench/brought_to_size.py content/measurements/brought-to-size.json

From the cut square to the recipe's picture in four steps, of which each changes one thing: the rim of the middle
square comes in, then what lies beside that square, then the photo is squashed, and at last each pixel is the nearest
one instead of a mean. Between the second and the third the photo is no square; the network's head takes the average and
the maximum of each channel, so that its layers answer to any shape.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import open_network  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402
from netviz.pictures.framing import squash  # noqa: E402

PHOTOS = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")


def smoothly(pixels: Any, height: int, width: int) -> Any:
    """The whole at another size, each pixel a mean of those that lie in it."""
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))


def middle(pixels: Any) -> Any:
    """The largest square around the centre."""
    side = min(pixels.shape[:2])
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


def of_any_shape(model: Any) -> Any:
    """The same layers with the same weights, for pictures of any height and width."""
    clone = keras.models.clone_model(model, input_tensors=[keras.Input((None, None, 3))])
    clone.set_weights(model.get_weights())
    return clone


def first_class(pixels: Any) -> int:
    """The class to which the network gives most."""
    answers = layers(network.preprocessing(np.asarray(pixels, np.float32)[None]), training=False)
    return int(np.argmax(answers[0] if isinstance(answers, list) else answers))


network = open_network("compact")
layers = of_any_shape(network.model)
found: dict[str, list[int]] = {name: [] for name in ("cut", "with_its_rim", "with_its_sides", "squashed", "nearest")}
for name in PHOTOS:
    photo = np.asarray(open_upright(ROOT / "content" / "pictures" / name))
    cut = frame(photo)
    side = len(cut)
    whole = (round(length * side / min(photo.shape[:2])) for length in photo.shape[:2])
    ways = (
        cut,
        smoothly(middle(photo), side, side),
        smoothly(photo, *whole),
        smoothly(photo, side, side),
        squash(photo, side),
    )
    for way, pixels in zip(found, ways, strict=True):
        found[way].append(first_class(pixels))

measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/brought_to_size.py content/measurements/brought-to-size.json",
    "how": "The network's first class, by its index, for the six photos in their order: the square that this site cuts "
    "out; the whole of the middle square; the whole photo in its own shape; squashed; and squashed with the nearest "
    "pixel.",
    "versions": {package: importlib.metadata.version(package) for package in ("tensorflow", "numpy", "pillow")},
    "lists": found,
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

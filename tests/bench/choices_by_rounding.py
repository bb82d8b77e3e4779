"""Why gradients in single precision may differ by more than their last digits: something chooses otherwise.

    python tests/bench/choices_by_rounding.py content/measurements/choices-by-rounding.json

The network is written out line by line, so that what its ReLUs let pass and its poolings pick can be noted in one
precision and handed to the other. If these choices are the reason, the two gradients agree as soon as they share them.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import open_network  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402

PHOTOS = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")

network = open_network("compact")


@dataclass
class Choices:
    """What passes through each ReLU, and which value each max pooling picks: 0 or 1, in the order of the layers."""

    passed: list[Any] = field(default_factory=list)
    picked: list[Any] = field(default_factory=list)


def gradient(
    picture: Any, precision: str, target: int | None = None, picked: Sequence[Any] = (), passed: Sequence[Any] = ()
) -> tuple[Any, int, Choices]:
    """The derivative of a class's score, the class (the first, if none is given), and the choices on the way.

    With ``picked`` the poolings take those choices, with ``passed`` the ReLUs.
    """
    picks, passes, made = iter(picked), iter(passed), Choices()
    x = tf.constant(picture[None], precision)

    def relu(values: Any) -> Any:
        made.passed.append(tf.cast(next(passes, values > 0), precision))
        return values * tf.stop_gradient(made.passed[-1])

    def largest(values: Any) -> Any:
        """The value of the last axis that is picked."""
        first = tf.one_hot(tf.argmax(values, -1), values.shape[-1], dtype=precision)
        made.picked.append(tf.cast(next(picks, first), precision))
        return tf.reduce_sum(values * tf.stop_gradient(made.picked[-1]), -1)

    with tf.GradientTape() as tape:
        tape.watch(x)
        values = network.at(precision).preprocessing(x)
        for layer in network.model.layers:
            if "conv" in layer.name:
                kernel, bias = (tf.constant(one, precision) for one in layer.get_weights())
                values = relu(tf.nn.conv2d(values, kernel, 1, "SAME") + bias)
            elif layer.name.endswith("pool") and layer.name != "block5_pool":
                _, height, width, channels = values.shape
                blocks = tf.reshape(values, (height // 2, 2, width // 2, 2, channels))
                blocks = tf.reshape(tf.transpose(blocks, (0, 2, 4, 1, 3)), (1, height // 2, width // 2, channels, 4))
                values = largest(blocks)
        places = tf.reshape(values, (1, -1, values.shape[-1]))
        features = tf.concat([tf.reduce_mean(places, 1), largest(tf.transpose(places, (0, 2, 1)))], 1)
        for name in ("hidden", "predictions"):
            kernel, bias = (tf.constant(one, precision) for one in network.model.get_layer(name).get_weights())
            sums = features @ kernel + bias
            features = relu(sums) if name == "hidden" else sums
        target = int(tf.argmax(sums[0])) if target is None else target
        score = sums[0, target]
    return tape.gradient(score, x).numpy(), target, made


def distance(one: Any, other: Any) -> float:
    """The length of the difference over that of the other, to three digits."""
    return float(f"{np.linalg.norm(one - other) / np.linalg.norm(other):.3g}")


def others(some: list[Any], more: list[Any]) -> list[int]:
    """At how many places each of two lists' choices differ."""
    return [int((one.numpy() != other.numpy()).sum()) for one, other in zip(some, more, strict=True)]


found: dict[str, list[float]] = {
    name: []
    for name in ("difference", "picked_otherwise", "passed_otherwise", "with_the_same_picks", "with_the_same_both")
}
for name in PHOTOS:
    picture = frame(open_upright(ROOT / "content" / "pictures" / name))
    single, target, choices = gradient(picture, "float32")
    double, _, precise = gradient(picture, "float64", target)
    found["difference"].append(distance(single, double))
    found["picked_otherwise"].append(sum(others(choices.picked, precise.picked)) // 2)  # the one, and the other
    found["passed_otherwise"].append(sum(others(choices.passed, precise.passed)))
    found["with_the_same_picks"].append(distance(single, gradient(picture, "float64", target, choices.picked)[0]))
    shared = choices.picked, choices.passed
    found["with_the_same_both"].append(distance(single, gradient(picture, "float64", target, *shared)[0]))
    print(name, {kind: values[-1] for kind, values in found.items()}, flush=True)

measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/choices_by_rounding.py content/measurements/choices-by-rounding.json",
    "how": "The gradient in single precision against that in double, for the six photos in their order: the length of "
    "the difference over that of the gradient; how many poolings pick another value, and how many ReLUs choose "
    "otherwise whether to let one pass; and the difference that is left when the gradient in double precision is given "
    "the picks of the single one, and when it is given both.",
    "versions": {package: importlib.metadata.version(package) for package in ("tensorflow", "keras", "numpy")},
    "values": {"poolings": sum(int(np.prod(one.shape[:-1])) for one in choices.picked)},
    "lists": found,
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

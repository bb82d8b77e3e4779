"""Why PyTorch's gradients in single precision differ by more than their last digits: as in `choices_by_rounding`.

    python tests/bench/choices_in_pytorch.py content/measurements/choices-in-pytorch.json    # with torch

PyTorch is no part of the project. The network is written out layer by layer, so that what its ReLUs let pass and its
poolings pick in single precision can be handed to it in double.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import open_network  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402

PHOTOS = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")

network = open_network("compact")

import torch  # noqa: E402  (after TensorFlow)
from torch.nn import functional  # noqa: E402


def gradient(picture: Any, precision: Any, target: int | None = None, choices: Sequence[Any] = ()) -> Any:
    """The derivative of a class's score, the class (the first, if none is given), and all choices on the way, in order.

    With ``choices`` the ReLUs and the poolings take those.
    """
    given, made = iter(choices), []
    x = torch.tensor(np.moveaxis(picture, -1, 0)[None].copy(), dtype=precision, requires_grad=True)
    mean, deviation = (
        torch.tensor(values, dtype=precision)[:, None, None]
        for values in (network.preprocessing.mean, network.preprocessing.deviation)
    )

    def relu(values: Any) -> Any:
        made.append(next(given, values > 0))
        return values * made[-1]

    def picked(values: Any, places: Any) -> Any:
        """The values (1, channels, …) at places of each channel, which count row by row."""
        made.append(next(given, places))
        return values.flatten(2).gather(2, made[-1].flatten(2)).view(made[-1].shape)

    def weights(layer: Any, *order: int) -> Any:
        kernel, bias = layer.get_weights()
        return torch.tensor(kernel.transpose(order), dtype=precision), torch.tensor(bias, dtype=precision)

    values = (x - mean) / deviation
    for layer in network.model.layers:
        if "conv" in layer.name:
            values = relu(functional.conv2d(values, *weights(layer, 3, 2, 0, 1), padding=1))
        elif layer.name.endswith("pool") and layer.name != "block5_pool":
            values = picked(values, functional.max_pool2d(values, 2, return_indices=True)[1])
    largest = picked(values, values.flatten(2).argmax(2, keepdim=True))[:, :, 0]
    features = torch.cat([values.mean((2, 3)), largest], 1)
    hidden, last = (network.model.get_layer(name) for name in ("hidden", "predictions"))
    scores = functional.linear(relu(functional.linear(features, *weights(hidden, 1, 0))), *weights(last, 1, 0))[0]
    target = int(scores.argmax()) if target is None else target
    scores[target].backward()
    return np.moveaxis(x.grad[0].numpy(), 0, -1), target, made


def choices_of_ours(picture: Any) -> list[Any]:
    """The same choices, as this project's own network makes them in single precision, from what its layers give."""
    names = [layer.name for layer in network.layers if layer.name in ("hidden", *convolutions())]
    values = {name: torch.tensor(one) for name, one in network.activations(picture[None], names).items()}
    made = []
    for layer in network.model.layers:
        if layer.name in convolutions():
            last = values[layer.name].permute(0, 3, 1, 2)
            made.append(last > 0)
        elif layer.name.endswith("pool") and layer.name != "block5_pool":
            made.append(functional.max_pool2d(last, 2, return_indices=True)[1])
    return [*made, last.flatten(2).argmax(2, keepdim=True), values["hidden"] > 0]


def convolutions() -> list[str]:
    """The names of the convolutions, in order."""
    return [layer.name for layer in network.model.layers if "conv" in layer.name]


def distance(one: Any, other: Any) -> float:
    """The length of the difference over that of the other, to three digits."""
    return float(f"{np.linalg.norm(one - other) / np.linalg.norm(other):.3g}")


def others(some: Sequence[Any], more: Sequence[Any]) -> int:
    """In how many places two lists' choices differ."""
    return sum(int((one != other).sum()) for one, other in zip(some, more, strict=True))


found: dict[str, list[float]] = {
    name: []
    for name in (
        *("difference", "chosen_otherwise", "with_the_same_choices"),
        *("ours", "ours_chosen_otherwise", "ours_with_the_same_choices"),
    )
}
for name in PHOTOS:
    picture = frame(open_upright(ROOT / "content" / "pictures" / name))
    single, target, choices = gradient(picture, torch.float32)
    double, _, precise = gradient(picture, torch.float64, target)
    found["difference"].append(distance(single, double))
    found["chosen_otherwise"].append(others(choices, precise))
    found["with_the_same_choices"].append(distance(single, gradient(picture, torch.float64, target, choices)[0]))
    ours = network.gradient(picture[None].astype(np.float32), np.array([target]))[0]
    our_choices = choices_of_ours(picture.astype(np.float32))
    found["ours"].append(distance(ours, double))
    found["ours_chosen_otherwise"].append(others(our_choices, precise))
    found["ours_with_the_same_choices"].append(distance(ours, gradient(picture, torch.float64, target, our_choices)[0]))
    print(name, {kind: values[-1] for kind, values in found.items()}, flush=True)

measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/choices_in_pytorch.py content/measurements/choices-in-pytorch.json",
    "how": "PyTorch's gradient in single precision against its own in double, for the six photos in their order: the "
    "length of the difference over that of the gradient; at how many places a pooling picks another value or a ReLU "
    "chooses otherwise whether to let one pass; and the difference that is left when the gradient in double precision "
    "is given the choices of the single one. The same of this project's own gradient in single precision (ours).",
    "versions": {package: importlib.metadata.version(package) for package in ("torch", "numpy")},
    "lists": found,
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

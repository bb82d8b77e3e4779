"""The five steps in PyTorch, on the compact network's own weights, and how far its gradient is from this project's.

    python tests/bench/five_steps.py content/measurements/five-steps.json    # with torch: see requirements.txt

PyTorch is no part of the project. What is between the lines of dashes is the code that lesson 5 shows.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods.correlations import rank_correlations  # noqa: E402
from netviz.networks import open_network  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402

PICTURES = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")
PRECISIONS: Any = ("float32", "float64")
REPEATS = 3

network = open_network("compact")

# ---
import torch  # noqa: E402  (after TensorFlow)
from torch import nn  # noqa: E402


# 1. the model: the weights of this site's network, laid out as PyTorch has them
class Compact(nn.Module):
    def __init__(self, layers):
        super().__init__()
        steps = []
        for layer in layers:
            if "conv" in layer.name:  # (3, 3, in, out) becomes (out, in, 3, 3)
                kernel, bias = layer.get_weights()
                convolution = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
                convolution.weight.data = torch.tensor(kernel.transpose(3, 2, 0, 1))
                convolution.bias.data = torch.tensor(bias)
                steps += [convolution, nn.ReLU()]
            elif layer.name.endswith("pool") and layer.name != "block5_pool":
                steps.append(nn.MaxPool2d(2))
        self.maps = nn.Sequential(*steps)

    def forward(self, x):
        maps = self.maps(x)
        features = torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)  # of each channel: mean and maximum
        return self.predictions(torch.relu(self.hidden(features)))


def dense(layer):
    kernel, bias = layer.get_weights()
    linear = nn.Linear(*kernel.shape)
    linear.weight.data, linear.bias.data = torch.tensor(kernel.T), torch.tensor(bias)
    return linear


model = Compact(network.model.layers)
model.hidden, model.predictions = (dense(network.model.get_layer(name)) for name in ("hidden", "predictions"))


def five_steps(picture):
    # 2. the sample: PyTorch wants the colours first; what the gradient is taken by is marked
    x = torch.tensor(np.moveaxis(picture, -1, 0)[None].copy(), requires_grad=True)
    mean, deviation = (
        torch.tensor(values, dtype=x.dtype)[:, None, None]
        for values in (network.preprocessing.mean, network.preprocessing.deviation)
    )

    # 3. the forward pass, which PyTorch records without being asked
    logits = model((x - mean) / deviation)
    target = int(logits[0].argmax())

    # 4. the gradient: back from one score
    logits[0, target].backward()
    return target, np.moveaxis(x.grad[0].numpy(), 0, -1)  # for 5., the picture: as above


# ---


def rows(name: str, picture: NDArray[np.uint8]) -> list[dict[str, Any]]:
    """What one photo gives in each precision: time, and how near its gradient is to ours."""
    found = []
    for precision in PRECISIONS:
        given = picture.astype(precision)
        model.to(getattr(torch, precision))
        seconds = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            target, gradient = five_steps(given)
            seconds.append(round(time.perf_counter() - begun, 4))
        ours = network.at(precision).gradient(given[None], np.array([target]))[0]
        assert target == network.at(precision).logits(given[None])[0].argmax()
        agreement = {
            "rank_correlation": round(float(rank_correlations(gradient.reshape(1, -1), ours.reshape(1, -1))[0]), 6),
            "distance": float(f"{np.linalg.norm(gradient - ours) / np.linalg.norm(ours):.3g}"),
            "greatest": float(f"{np.abs(gradient - ours).max() / np.abs(ours).max():.3g}"),
        }
        library = f"PyTorch, {precision}"
        found.append(
            {"task": name, "library": library, "median": median(seconds), "seconds": seconds} | {"agreement": agreement}
        )
    return found


def processor() -> str:
    """What the machine calls its processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Measure all photos, print the rows, and write them where the argument says."""
    measured = [
        row for file in PICTURES for row in rows(Path(file).stem, frame(open_upright(ROOT / "content/pictures" / file)))
    ]
    for row in measured:
        print(row["task"], row["library"], row["median"], row["agreement"])
    packages = ("torch", "tensorflow", "keras", "numpy")
    report = {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": torch.get_num_threads(),
        "command": "python tests/bench/five_steps.py content/measurements/five-steps.json",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "rows": measured,
    }
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

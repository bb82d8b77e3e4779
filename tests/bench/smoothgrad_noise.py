"""SmoothGrad from several seeds, and with the noise that the same share gives in the network's own input.

    python tests/bench/smoothgrad_noise.py content/measurements/smoothgrad-noise.json

A control of `methods.py`: there the other libraries' noise is a share of the range of what enters the network, over its
three colours, each in a unit of its own, as tf-keras-vis takes it; ours is one of the photo's range. The photo, the
class, the settings and the comparison are the same.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
from contestants import NOISE, SAMPLES, Map
from methods import agreement, deviation, question

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods import methods, run  # noqa: E402
from netviz.networks import open_network  # noqa: E402

asked = question()
network = open_network("compact")
entered = network.network_input(asked.picture[None])
times = float(np.ptp(entered) * deviation().mean() / np.ptp(asked.picture))
half = network.at("bfloat16")  # 0.99 of float32's maps, says methods.py


def ours(noise: float, seed: int) -> Map:
    """A map of ours for the photo and the class of the benchmark."""
    settings = {"samples": SAMPLES, "noise": noise, "seed": seed}
    return run(methods()["smoothgrad"], half, asked.picture[None], np.array([asked.target]), settings)["attribution"][0]


same = [ours(NOISE, seed) for seed in range(4)]
stronger = [ours(NOISE * times, seed) for seed in (4, 5)]
measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/smoothgrad_noise.py content/measurements/smoothgrad-noise.json",
    "how": "Spearman's correlation of two maps by our SmoothGrad for one photo and class: every two of four seeds, and "
    "these with two more whose noise is so many times as strong.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
    "values": {"times": round(times, 3)},
    "lists": {
        "same": [round(agreement(one, other)[0], 4) for one, other in combinations(same, 2)],
        "stronger": [round(agreement(one, other)[0], 4) for one, other in product(same, stronger)],
    },
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

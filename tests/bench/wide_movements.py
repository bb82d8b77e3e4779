"""Does a larger canvas make a made picture coarser, or do the wider movements on it? Lesson 9's, from eight noises.

    python tests/bench/wide_movements.py content/measurements/wide-movements.json

A large canvas is moved by more pixels than a small one, for movements grow with the side. So the small one is made
twice from each noise: moved as it is, and as widely as the large one. Each noise is its own control. The large canvas
is made from eight noises as well; having more values, they are others.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

NOISES = range(8)
LAYER, CHANNEL = "block5_conv3", 3  # of lesson 9's `looks-wide`
SMALL, LARGE = 96, 208  # sides, in pixels
STEPS, RATE = 40, 0.1
USUAL = {"jitter": 0.05, "scaling": 0.1, "rotation": 5.0}  # the method's own


def wider(movements: Mapping[str, float]) -> dict[str, float]:
    """Movements of the small canvas that reach as many pixels as these do on the large one."""
    return {name: value * LARGE / SMALL for name, value in movements.items()}


def paired(before: Sequence[float], after: Sequence[float]) -> dict[str, float]:
    """How many of the pairs rise; the mean change, and its standard error."""
    changes = np.subtract(after, before)
    return {
        "rise": float((changes > 0).sum()),
        "change": float(changes.mean()),
        "error": float(changes.std(ddof=1) / len(changes) ** 0.5),
    }


def compared(lists: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """What wider movements change, and the same for the ``large`` canvas, of both numbers."""
    return {
        f"{before}{number}_{name}": value
        for before, way in (("", "wide"), ("large_", "large"))
        for number in ("neighbours", "end")
        for name, value in paired(lists[f"usual_{number}"], lists[f"{way}_{number}"]).items()
    }


def main() -> None:
    """Make the pictures, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods.making import activation_maximisation
    from netviz.networks import open_network

    network: Any = open_network("compact")
    pictures, targets = np.zeros((1, 224, 224, 3), np.float32), np.zeros(1, int)
    lists: dict[str, list[float]] = {}
    for way, side, movements in (("usual", SMALL, USUAL), ("wide", SMALL, wider(USUAL)), ("large", LARGE, USUAL)):
        made = [
            activation_maximisation(
                network,
                pictures,
                targets,
                layer=LAYER,
                channels=(CHANNEL,),
                side=side,
                steps=STEPS,
                rate=RATE,
                seed=noise,
                **movements,
            )
            for noise in NOISES
        ]
        for number in ("neighbours", "end"):
            lists[f"{way}_{number}"] = [float(one[number][0, 0]) for one in made]
    values = compared(lists)
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/wide_movements.py content/measurements/wide-movements.json",
        "how": "A picture for a channel on a small canvas, from each of eight noises moved as usual and as widely as a "
        "large canvas, and on the large canvas from eight others: the correlation of neighbouring pixels and the "
        "response; how many of the eight rise, the mean change and its standard error, against the small one moved as "
        "usual.",
        "versions": {"weights": network.weights.label}
        | {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        "values": {"noises": float(len(NOISES)), "steps": float(STEPS), **values},
        "lists": lists,
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

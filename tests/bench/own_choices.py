"""How much our own maps differ from our own when one choice is made as other libraries make it.

    python tests/bench/own_choices.py content/measurements/own-choices.json

It is the control of `methods.py`: where another library's map agrees with ours no better than ours with itself, it is
that choice which parts them, and not the method. The photo, the class, the settings and the comparison are the same.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Iterable
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from contestants import LAYER, MASKS, Map
from methods import agreement, question

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods import methods, run  # noqa: E402
from netviz.methods.hiding import random_masks  # noqa: E402
from netviz.networks import open_network  # noqa: E402

PRECISION: Any = "bfloat16"  # of what takes a hundred passes and more; 0.99 or more of float32's maps, says methods.py
CELLS, KEEP = 7, 0.5  # of RISE
SEEDS = range(4)  # of RISE

asked = question()
network = open_network("compact")


def ours(name: str, precision: Any = PRECISION, **settings: Any) -> Map:
    """A map of ours for the photo and the class of the benchmark."""
    targets = np.array([asked.target])
    return run(methods()[name], network.at(precision), asked.picture[None], targets, settings)["attribution"][0]


def likeness(one: Map, other: Map) -> float:
    """The rank correlation, as the benchmark compares."""
    return round(agreement(one, other)[0], 4)


def enlarged() -> float:
    """Grad-CAM, and the same map enlarged to the photo's size by cubic interpolation, as Xplique gives it."""
    cells = ours("grad-cam", "float32", layer=LAYER)
    return likeness(cells, tf.image.resize(cells[..., None], asked.picture.shape[:2], "bicubic").numpy()[..., 0])


def other_masks() -> dict[str, list[float]]:
    """RISE from several seeds, divided by how often a pixel should be shown, and, as Xplique does, by how often it was.

    Of every two seeds: both in the first way, both in the second, and one in each.
    """
    maps, corrected = [], []
    for seed in SEEDS:
        maps.append(ours("rise", samples=MASKS, cells=CELLS, keep=KEEP, output="logit", seed=seed))
        shown = sum(masks.sum(axis=0) for masks in random_masks(MASKS, CELLS, KEEP, asked.picture.shape[:2], seed))
        corrected.append(maps[-1] * (MASKS * KEEP) / shown)
    return {
        "rise_other_seed": all_alike(combinations(maps, 2)),
        "rise_as_shown_other_seed": all_alike(combinations(corrected, 2)),
        "rise_other_seed_as_shown": all_alike((maps[one], corrected[other]) for one, other in permutations(SEEDS, 2)),
    }


def all_alike(pairs: Iterable[tuple[Map, Map]]) -> list[float]:
    """The likeness of each pair."""
    return [likeness(one, other) for one, other in pairs]


measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/own_choices.py content/measurements/own-choices.json",
    "how": "Spearman's rank correlation of two maps of this project for one photo and class, with one choice changed.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
    "values": {"grad_cam_enlarged": enlarged(), "masks": MASKS},
    "lists": other_masks(),
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

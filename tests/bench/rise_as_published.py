"""RISE with as many masks as its paper takes for VGG16, from four seeds, and how near few masks come to that.

    python tests/bench/rise_as_published.py /tmp/masks content/measurements/rise-as-published.json

The paper (Petsiuk, Das and Saenko 2018, section 4) takes 4,000 masks of 7 by 7 cells for VGG16, each cell shown with
probability 1/2. Of two runs the one is the other's control: no map of fewer masks can be asked to come nearer than
they come to each other. One pair may be lucky, so every pair of the seeds is compared. What is known is kept in the
first folder, so whoever stops it can go on later.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import os
import sys
import time
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

PICTURE, TARGET = "dog.jpg", "Siberian husky"
MASKS, CELLS, KEEP = 4000, 7, 0.5
COUNTS = (240, 500, 1000, 2000, MASKS)  # masks after which a map is looked at; the lesson takes the first
SEEDS = (1, 2, 3, 4)
PRECISION: Any = "bfloat16"  # as the course has RISE where the processor is fit for it; tests/bench/precision.py

Map = NDArray[np.float64]


def scores(folder: Path, seed: int) -> NDArray[np.float64]:
    """The class's probability under each of a seed's masks, from the folder as far as they are known."""
    from netviz.methods.hiding import filled, mixed_scores, random_masks
    from netviz.networks import open_network
    from netviz.networks.classes import find
    from netviz.pictures import frame, open_upright

    picture = frame(open_upright(ROOT / "content/pictures" / PICTURE)).astype(np.float32)
    network: Any = open_network("compact").at(PRECISION)
    filling = filled(network, picture[None], "mean")[0]
    asked = hashlib.sha256(network.weights.digest.encode() + picture.tobytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for number, masks in enumerate(random_masks(MASKS, CELLS, KEEP, picture.shape[:2], seed)):
        file = folder / f"{asked}-{seed}-{number:03}.npy"
        if not file.exists():
            before = time.process_time()
            found = mixed_scores(network, picture, filling, find(TARGET), masks, "probability")
            np.save(folder / "draft.npy", found.astype(np.float64))
            (folder / "draft.npy").replace(file)
            print(file.name, f"{time.process_time() - before:.1f} s of a processor", flush=True)
        parts.append(np.load(file))
    return np.concatenate(parts)


def maps(found: NDArray[np.float64], seed: int, shape: tuple[int, int]) -> dict[str, list[Map]]:
    """The maps of the first so many masks, `COUNTS`: as published, and divided by how often a pixel was shown."""
    from netviz.methods.hiding import random_masks

    total, shown, done = np.zeros(shape), np.zeros(shape), 0
    wanted: dict[str, list[Map]] = {"as_published": [], "as_shown": []}
    for masks in random_masks(MASKS, CELLS, KEEP, shape, seed):
        for mask in masks:
            total += found[done] * mask
            shown += mask
            done += 1
            if done in COUNTS:
                wanted["as_published"].append(total / (done * KEEP))
                wanted["as_shown"].append(total / shown)
    return wanted


def likeness(one: Map, other: Map) -> float:
    """The rank correlation of two maps."""
    from netviz.methods.correlations import rank_correlations

    return float(rank_correlations(one.reshape(1, -1), other.reshape(1, -1))[0])


def main() -> None:
    """Ask for what is not known yet, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    found = [maps(scores(Path(sys.argv[1]), seed), seed, (224, 224)) for seed in SEEDS]
    lists: dict[str, list[float]] = {"masks": [*COUNTS]}
    for kind in found[0]:
        runs = [one[kind] for one in found]
        places = range(len(COUNTS))
        pairs = [[likeness(one[at], other[at]) for one, other in combinations(runs, 2)] for at in places]
        full = [[likeness(one[at], other[-1]) for one, other in permutations(runs, 2)] for at in places]
        lists[f"{kind}_two"] = [float(np.mean(of)) for of in pairs]
        lists[f"{kind}_two_least"] = [min(of) for of in pairs]
        lists[f"{kind}_two_greatest"] = [max(of) for of in pairs]
        lists[f"{kind}_to_full"] = [float(np.mean(of)) for of in full]
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/rise_as_published.py /tmp/masks content/measurements/rise-as-published.json",
        "how": "Spearman's correlation of maps of RISE for one photo and class: of two seeds, from as many masks "
        "each, and with the other seed's from all; as published, and divided by how often a pixel was shown. Means "
        "over all pairs of four seeds, and their least and greatest.",
        "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        "picture": PICTURE,
        "target": TARGET,
        "lists": {name: [round(float(value), 4) for value in values] for name, values in lists.items()},
    }
    Path(sys.argv[2]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

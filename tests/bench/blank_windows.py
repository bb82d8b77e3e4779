"""Why is structural similarity high where rank correlation is low? How much of it two empty windows are.

    python tests/bench/blank_windows.py content/measurements/blank-windows.json

Lesson 10's Grad-CAM of the trained network and of one whose weights are all random.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WINDOW = 7  # pixels, as in `netviz.methods.randomisation`


def by_windows(one: NDArray[Any], other: NDArray[Any]) -> dict[str, float]:
    """Structural similarity of two maps (h, w) from 0 to 1, and where it comes from.

    ``empty`` is the share of the windows in which both are zero, ``in_empty`` its mean over these, ``elsewhere`` over
    the others. Windows that reach beyond the maps' edges do not count, as in the whole.
    """
    from scipy.ndimage import maximum_filter
    from skimage.metrics import structural_similarity

    whole, places = structural_similarity(one, other, win_size=WINDOW, data_range=1.0, full=True)
    empty = maximum_filter(np.maximum(one, other), WINDOW) == 0
    edge = WINDOW // 2
    places, empty = (each[edge:-edge, edge:-edge] for each in (places, empty))
    return {
        "similarity": float(whole),
        "empty": float(empty.mean()),
        "in_empty": float(places[empty].mean()),
        "elsewhere": float(places[~empty].mean()),
    }


def main() -> None:
    """Draw both maps, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods import methods, run
    from netviz.methods.arrays import resized
    from netviz.methods.randomisation import PERCENTILE, stages
    from netviz.networks import open_network
    from netviz.pictures import frame, open_upright

    network: Any = open_network("compact")
    picture = frame(open_upright(ROOT / "content/pictures/dog.jpg"))[None].astype(np.float32)
    first = network.logits(picture).argmax(axis=1)
    weights = [name for stage in stages(network.layers) for name in stage]
    grids = [
        run(methods()["grad-cam"], one, picture, first)["attribution"]
        for one in (network, network.randomised(weights, 0))
    ]
    maps = [resized(grid, *picture.shape[1:3])[0].astype(np.float64) for grid in grids]
    found = by_windows(*(np.clip(one / np.percentile(one, PERCENTILE), 0, 1) for one in maps))
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/blank_windows.py content/measurements/blank-windows.json",
        "how": "Grad-CAM of the trained network and of one with random weights: which share of each grid is zero, "
        "their structural similarity, the share of windows in which both maps are zero, and its mean in the others.",
        "versions": {"weights": network.weights.label}
        | {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy", "scikit-image")},
        "values": {
            **found,
            **{f"zeros_{at}": float((one == 0).mean()) for at, one in zip(("first", "last"), grids, strict=True)},
        },
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

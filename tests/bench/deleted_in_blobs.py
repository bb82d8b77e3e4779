"""Does deletion reward scatter, and insertion blobs? Random orders of either kind, which know nothing, on six photos.

    python tests/bench/deleted_in_blobs.py content/measurements/deleted-in-blobs.json

Lesson 10 deletes in the order of maps, and in one random order of single pixels. That a map does badly because it is a
blob is only shown by blobs that know as little as the random pixels: random values on Grad-CAM's grid, blurred and
enlarged like a Grad-CAM.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]  # netviz and what stands beside this file

from six_photos import PICTURES, framed, write  # noqa: E402

STEPS = 28  # twice as fine as the lesson's
DRAWS = range(8)
GRID, BLUR = 14, 2.0  # cells a side of VGG16's last convolution; the blur's deviation, in cells
SAMPLES = 8  # SmoothGrad's noisy copies, as in the lesson
PRECISION: Any = "bfloat16"  # of the curves, thousands of passes whose areas are compared in tenths; maps: float32


def scattered(seed: int, side: int = 224) -> NDArray[np.float32]:
    """Every pixel by itself: (1, side, side)."""
    return np.random.default_rng(seed).random((1, side, side), np.float32)


def blob(seed: int) -> NDArray[np.float32]:
    """Cells that are like their neighbours: (1, GRID, GRID), to be enlarged like any coarse map."""
    from scipy.ndimage import gaussian_filter

    cells = np.random.default_rng(seed).normal(size=(GRID, GRID))
    return gaussian_filter(cells, BLUR, mode="reflect")[None].astype(np.float32)


def main() -> None:
    """Delete and insert, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods import methods, run
    from netviz.networks import open_network

    network: Any = open_network("compact")
    lists: dict[str, list[float]] = {}
    for file in PICTURES:
        picture = framed(file)
        first = network.logits(picture).argmax(axis=1)

        def made(name: str, **settings: Any) -> Any:
            return run(methods()[name], network, picture, first, settings)["attribution"]  # noqa: B023

        orders = {
            "grad_cam": [made("grad-cam")],
            "smoothgrad": [made("smoothgrad", samples=SAMPLES)],
            "scattered": [scattered(seed) for seed in DRAWS],
            "blobs": [blob(seed) for seed in DRAWS],
        }
        for check in ("deletion", "insertion"):
            whole = "first" if check == "deletion" else "last"
            for order, maps in orders.items():
                curves = [
                    run(methods()[check], network.at(PRECISION), picture, first, {"steps": STEPS}, [one])
                    for one in maps
                ]
                areas = [float(one["area"][0] / one[whole][0]) for one in curves]
                lists.setdefault(f"{check}_{order}", []).append(float(np.mean(areas)))
                if len(areas) > 1:
                    lists.setdefault(f"{check}_{order}_least", []).append(min(areas))
                    lists.setdefault(f"{check}_{order}_most", []).append(max(areas))
    how = (
        "Of six photos, in their order, and the first answer to each: areas under the deletion and "
        "the insertion curve, as a share of the whole photo's probability, by Grad-CAM, SmoothGrad, single "
        "pixels drawn at random and of random blobs; of the last two the mean, the least and the most of eight draws."
    )
    write(network, how, lists, {"steps": float(STEPS), "draws": float(len(DRAWS)), "samples": float(SAMPLES)})


if __name__ == "__main__":
    main()

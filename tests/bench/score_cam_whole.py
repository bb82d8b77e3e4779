"""Whether lesson 7's Score-CAM, with the most active maps alone, stands for that with all of the layer's.

    python tests/bench/score_cam_whole.py content/measurements/score-cam-whole.json

For the dog and for the bicycle of one photo: how like the two maps are, how like each is to Eigen-CAM, which knows no
class, and to its own short version. The short version for each of the other photos' first answers, too.
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

DOG, BICYCLE = "Siberian husky", "tandem bicycle"
SHORT, WHOLE = 64, 512  # channels; VGG16's last convolution has 512
PRECISION: Any = "bfloat16"  # as the course has Score-CAM where the processor is fit for it; tests/bench/precision.py


def alike(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Pearson's correlation of two maps, as lesson 7 has it."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def main() -> None:
    """Make the maps, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods import methods, run
    from netviz.networks import open_network
    from netviz.networks.classes import find

    network: Any = open_network("compact").at(PRECISION)

    def maps_of(file: str, target: int | None) -> dict[str, Any]:
        """Eigen-CAM, and Score-CAM short and whole, with what they counted."""
        picture = framed(file)
        asked = network.logits(picture).argmax(axis=1) if target is None else np.array([target])
        made = {str(n): run(methods()["score-cam"], network, picture, asked, {"channels": n}) for n in (SHORT, WHOLE)}
        eigen = run(methods()["eigen-cam"], network, picture, asked)["attribution"]
        maps = {name: one["attribution"] for name, one in made.items()} | {"eigen": eigen}
        counts = {name: float(made[str(WHOLE)][name][0]) for name in ("tried", "raised")}
        return {"map": maps[str(WHOLE)], "short_map": maps[str(SHORT)]} | {
            "short_eigen": alike(maps[str(SHORT)], maps["eigen"]),
            "eigen": alike(maps[str(WHOLE)], maps["eigen"]),
            "short": alike(maps[str(SHORT)], maps[str(WHOLE)]),
            **counts,
        }

    dog, bicycle = (maps_of("dog.jpg", find(name)) for name in (DOG, BICYCLE))
    first = [maps_of(file, None) for file in PICTURES]
    numbers = ("tried", "raised", "short", "eigen", "short_eigen")
    how = (
        "Score-CAM with 512 maps and with the 64 most active: correlations of the maps for the dog and for the "
        "bicycle, of each with Eigen-CAM and with its short version; and in lists the same for the first answers to "
        "six photos, in their order."
    )
    write(
        network,
        how,
        {name: [one[name] for one in first] for name in numbers},
        {
            "two": alike(dog["map"], bicycle["map"]),
            "short_two": alike(dog["short_map"], bicycle["short_map"]),
            **{f"dog_{name}": dog[name] for name in numbers},
            **{f"bicycle_{name}": bicycle[name] for name in numbers},
        },
    )


if __name__ == "__main__":
    main()

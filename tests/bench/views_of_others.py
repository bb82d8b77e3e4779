"""Lesson 7's ten views, of all six photos, to see whether what it says of one photo's maps holds for the others.

python tests/bench/views_of_others.py content/measurements/views-of-others.json

Each is asked for its first answer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]  # netviz and what stands beside this file

from six_photos import PICTURES, framed, write  # noqa: E402

METHODS = {"cam": "grad-cam", "slope": "gradient", "guided": "guided-backprop"}
NUMBERS = ("likeness", "still", "along", "coarse", "still_coarse")


def main() -> None:
    """Ask for each photo's first answer, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods import methods, run
    from netviz.networks import open_network

    network: Any = open_network("compact")
    lists: dict[str, list[float]] = {}
    for file in PICTURES:
        picture = framed(file)
        first = network.logits(picture).argmax(axis=1)
        for name, method in METHODS.items():
            found = run(methods()["ten-views"], network, picture, first, {"of_method": method})
            for number in NUMBERS:
                lists.setdefault(f"{name}_{number}", []).append(float(found[number][0]))
    how = (
        "Of six photos, in their order, and the first answer to each: how the maps of nine moved views, brought "
        "back, correlate with that of the photo as it is, and how they would had they stayed, or moved just as it did."
    )
    write(network, how, lists)


if __name__ == "__main__":
    main()

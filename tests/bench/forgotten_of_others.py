"""Lesson 10's randomisation test, of all six photos and two draws of random weights.

    python tests/bench/forgotten_of_others.py content/measurements/forgotten-of-others.json

One photo and one draw show what can happen; this is how often it does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]  # netviz and what stands beside this file

from six_photos import PICTURES, framed, write  # noqa: E402

DRAWS = range(2)  # the lesson's two
METHODS = {
    "gradient": "gradient",
    "times_input": "gradient-x-input",
    "guided": "guided-backprop",
    "deconvnet": "deconvnet",
    "epsilon": "lrp-epsilon",
    "z_plus": "lrp-z-plus",
}
UNMOVED = ("guided", "deconvnet", "z_plus")  # by a random head, says the lesson of one photo


def summed_up(lists: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Of all photos and draws: what a random head leaves, what random weights leave, and who beats whom."""
    ends = {
        (name, stage): np.concatenate([lists[f"{name}_{stage}_{draw}"] for draw in DRAWS])
        for name in METHODS
        for stage in ("head", "final")
    }
    guided = ends["guided", "final"]
    return {
        "cascades": float(guided.size),
        "unmoved_least": float(min(ends[name, "head"].min() for name in UNMOVED)),
        "gradient_most": float(ends["gradient", "head"].max()),
        "guided_least": float(guided.min()),
        "guided_most": float(guided.max()),
        **{f"{name}_above_guided": float((ends[name, "final"] > guided).sum()) for name in METHODS if name != "guided"},
    }


def main() -> None:
    """Ask for each photo's first answer, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.methods import methods, run
    from netviz.networks import open_network

    network: Any = open_network("compact")
    pictures = np.concatenate([framed(file) for file in PICTURES])
    first = network.logits(pictures).argmax(axis=1)
    lists: dict[str, list[float]] = {}
    for name, method in METHODS.items():
        for draw in DRAWS:
            found = run(
                methods()["cascading-randomisation"], network, pictures, first, {"of_method": method, "seed": draw}
            )
            for stage in ("head", "final"):
                lists[f"{name}_{stage}_{draw}"] = found[f"{stage}_rank_correlation"].astype(float).tolist()
    how = (
        "Of six photos, in their order, and the first answer to each: rank correlations of the sizes of a map's "
        "values with those for the same network with a random head, and with all weights random, in two draws."
    )
    write(network, how, lists, summed_up(lists))


if __name__ == "__main__":
    main()

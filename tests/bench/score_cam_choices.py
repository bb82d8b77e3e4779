"""Our Score-CAM when two choices are made as tf-keras-vis makes them: what hides, and what the maps are weighed by.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/score_cam_choices.py content/measurements/score-cam-choices.json

A control of `methods.py`: tf-keras-vis multiplies what enters the network, so that what is hidden becomes the mean
colour, and weighs each map by the class's probability; ours hides with black and weighs by how far the logit rises from
a black picture's. The photo, the class, the layer and the comparison are the same.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
from contestants import LAYER, Map, tf_keras_vis
from methods import agreement, question

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods.activation_maps import _masks, supported  # noqa: E402
from netviz.networks import open_network  # noqa: E402

CHUNK = 32  # pictures at a time

asked = question()
network = open_network("compact").at("bfloat16")  # 0.9999 of float32's map, says methods.py
activations = network.activations(asked.picture[None], [LAYER])[LAYER][0]
channels = np.flatnonzero(np.ptp(activations, axis=(0, 1)))
hiders = {"black": np.zeros(3, np.float32), "mean": np.asarray(network.mean_colour, np.float32)}


def logits(hider: Map) -> Map:
    """What the network says to the photo behind every map's mask: (channels, classes)."""
    found = []
    for first in range(0, len(channels), CHUNK):
        masks = _masks(activations[..., channels[first : first + CHUNK]], *asked.picture.shape[:2])[..., None]
        found.append(network.logits((asked.picture * masks + hider * (1 - masks)).astype(np.float32)))
    return np.concatenate(found).astype(np.float64)


def probabilities(scores: Map) -> Map:
    """Of the class."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised[:, asked.target] / raised.sum(axis=-1))


said = {name: logits(hider) for name, hider in hiders.items()}
black = float(network.logits(np.zeros_like(asked.picture)[None])[0, asked.target])
weights = {
    "ours": said["black"][:, asked.target] - black,
    "mean_colour": said["mean"][:, asked.target] - black,
    "probability": probabilities(said["black"]),
    "both": probabilities(said["mean"]),
}
theirs = np.asarray(tf_keras_vis(asked)["Score-CAM"]())
maps = {name: supported(one * activations[None, ..., channels])[0] for name, one in weights.items()}
measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/score_cam_choices.py content/measurements/score-cam-choices.json",
    "how": "Spearman's correlation of our Score-CAM for one photo and class with the same when it hides with the mean "
    "colour, when it weighs by probabilities, and when it does both; and of each of these with tf-keras-vis'.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy", "tf-keras-vis")},
    "values": {
        **{name: round(agreement(maps["ours"], one)[0], 4) for name, one in maps.items() if name != "ours"},
        **{f"{name} theirs": round(agreement(one, theirs)[0], 4) for name, one in maps.items()},
    },
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

"""Whether Xplique's Grad-CAM is ours, enlarged: the two, side by side, on the benchmark's photo and class.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/grad_cam_enlarged.py content/measurements/grad-cam-enlarged.json

`methods.py` compares maps as libraries give them, and Xplique gives this one at the photo's size: there the two differ.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path

import tensorflow as tf
from contestants import netviz, xplique
from methods import agreement, question

asked = question()
cells = netviz(asked)["Grad-CAM"]()
large = tf.image.resize(cells[..., None], asked.picture.shape[:2], "bicubic").numpy()[..., 0]
rank_correlation, distance = agreement(large, xplique(asked)["Grad-CAM"]())
assert distance is not None, "both maps have the photo's size"
measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/grad_cam_enlarged.py content/measurements/grad-cam-enlarged.json",
    "how": "Our Grad-CAM, enlarged by cubic interpolation, and Xplique's for one photo and class.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy", "xplique")},
    "values": {"rank_correlation": round(rank_correlation, 6), "distance": float(f"{distance:.3g}")},
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

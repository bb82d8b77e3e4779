"""Integrated gradients by two rules from as many points: at the ends of equal steps, and in the middle of each.

    python tests/bench/path_rules.py content/measurements/path-rules.json

Ours and Xplique's take the ends, as does Captum's trapezoid rule, which `methods.py` asks for.
The photo, the class, the number of points and the comparison are the same.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
from contestants import SAMPLES
from methods import agreement, question

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods.integration import along, even_stops, integrated  # noqa: E402
from netviz.networks import open_network  # noqa: E402

asked = question()
network = open_network("compact")
start = np.broadcast_to(network.mean_colour, asked.picture.shape)
look = along(network, start, asked.picture, asked.target, "logit")
ends = integrated(even_stops(look, SAMPLES - 1))
middles = np.mean([stop.rates for stop in look((np.arange(SAMPLES) + 0.5) / SAMPLES)], axis=0)
rank_correlation, distance = agreement(middles, ends)
assert distance is not None, "both maps have the photo's size"
measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/path_rules.py content/measurements/path-rules.json",
    "how": "Our integrated gradients from points in the middle of equal steps, and from as many at the ends of steps.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
    "values": {"points": SAMPLES, "rank_correlation": round(rank_correlation, 4), "distance": float(f"{distance:.3g}")},
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

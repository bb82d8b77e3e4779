"""Do the rivals fall where hiding a patch raises the score? Control: those patches that do not raise it.

    python tests/bench/rivals_hidden.py content/measurements/rivals-hidden.json

Of the course's six photos and the network's first answer to each. If what is hidden had spoken for the rivals, they
would fall there; that they do says something only if they fall less often elsewhere. So both are counted.
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

PICTURES = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")
PATCH, STRIDE = 32, 16  # of lesson 8's occlusion
RIVALS = 5  # as in `netviz.methods.hiding`
PRECISION: Any = "bfloat16"  # as the course has occlusion where the processor is fit for it; tests/bench/precision.py


def counted(logits: NDArray[Any]) -> dict[str, int]:
    """Of logits (1 + n, classes), of a photo and of it with each of n patches hidden: how many raise the first answer.

    ``raised`` patches do, ``others`` do not; ``…_fell`` of them lower the mean of the likeliest other classes.
    """
    order = np.argsort(-logits[0], kind="stable")
    changes = logits[1:].astype(np.float64) - logits[0]
    raised = changes[:, order[0]] > 0
    fell = changes[:, order[1 : RIVALS + 1]].mean(axis=1) < 0
    groups = {"raised": raised, "others": ~raised}
    return {
        **{name: int(group.sum()) for name, group in groups.items()},
        **{f"{name}_fell": int((group & fell).sum()) for name, group in groups.items()},
    }


def of_photo(network: Any, file: str) -> dict[str, int]:
    """What `counted` says of one of the course's photos."""
    from netviz.methods.hiding import filled
    from netviz.pictures import frame, open_upright

    picture = frame(open_upright(ROOT / "content/pictures" / file)).astype(np.float32)
    starts = range(0, len(picture) - PATCH + STRIDE, STRIDE)
    windows = [(slice(row, row + PATCH), slice(column, column + PATCH)) for row in starts for column in starts]
    return counted(network.windowed_logits(picture, filled(network, picture[None], "mean")[0], windows))


def main() -> None:
    """Ask, and write the measurement."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.networks import open_network

    network: Any = open_network("compact").at(PRECISION)
    found = [of_photo(network, file) for file in PICTURES]
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/rivals_hidden.py content/measurements/rivals-hidden.json",
        "how": "Of six photos, in their order: patches that raise the score of the first answer when hidden, the other "
        "patches, and of both how many lower the mean logit of the five likeliest other classes.",
        "versions": {"weights": network.weights.label}
        | {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        "lists": {name: [float(one[name]) for one in found] for name in found[0]},
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

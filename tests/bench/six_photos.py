"""The six photos that the course offers, and the file in which a script keeps what it measured of them."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ("chelsea.png", "dog.jpg", "coffee.png", "eagle.jpg", "rocket.jpg", "giraffe.jpg")


def framed(file: str) -> NDArray[np.float32]:
    """One of them as the network gets it: (1, 224, 224, 3), RGB from 0 to 255."""
    from netviz.pictures import frame, open_upright

    return frame(open_upright(ROOT / "content/pictures" / file))[None].astype(np.float32)


def write(
    network: Any, how: str, lists: Mapping[str, Sequence[float]], values: Mapping[str, float] | None = None
) -> None:
    """Write a measurement by the running script into the file that its command line names."""
    script = Path(sys.argv[0]).stem
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": f"python tests/bench/{script}.py content/measurements/{script.replace('_', '-')}.json",
        "how": how,
        "versions": {"weights": network.weights.label}
        | {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        **({} if values is None else {"values": values}),
        "lists": lists,
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

"""Raw numbers of an experiment for other programs: one `.npz` file a picture, one JSON file beside it.

Each ``ID-PICTURE.npz`` holds

=================== ================== ==================================================================
``picture``         (224, 224, 3)      what the network was shown: float32 RGB, 0 to 255
``network_input``   (224, 224, 3)      the same as it entered the first convolution, channels in its order
``input_scale``     (3,)               RGB steps in one unit of the network's input: a gradient per RGB step times
                                       this is the gradient per unit of the input (RGB order)
``logits``          (classes,)         scores before the softmax
``target``          ()                 index of the explained class
``attribution``     (h, w[, 3])        the map, if the method gives one: RGB order, not clipped, not scaled
and every other array of the result under its own name
=================== ================== ==================================================================

and ``ID-PICTURE.json`` the method, all settings, target, top five, measured numbers, weights with their digest,
precision and passes. An experiment on data has files named ``ID`` alone, with the arrays of its result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.engine.record import load_arrays, load_record
from netviz.networks import Array, Network
from netviz.pictures import Picture


def export_tasks(tasks: Iterable[Task], open_network: Callable[[], Network], store: Store, folder: Path) -> list[Path]:
    """Write the files of tasks that have run; returns the `.npz` files. The network is opened if one needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    network = cache(open_network)
    files = []
    for task in tasks:
        record = load_record(task, store)
        name = "-".join([task.experiment.id, *([task.picture.name] if task.picture else [])])
        files.append(folder / f"{name}.npz")
        arrays = load_arrays(task, store)
        if task.picture and record.target:
            arrays |= _seen(network(), task.picture) | {"target": np.array(record.target.index)}
        np.savez(files[-1], **arrays)  # type: ignore[arg-type]
        content = json.dumps(record.to_json(), ensure_ascii=False, indent=1)
        files[-1].with_suffix(".json").write_text(f"{content}\n", "utf-8")
    return files


def _seen(network: Network, picture: Picture) -> dict[str, Array]:
    """What the network was shown, and what it said."""
    pictures = picture.framed()[None].astype(np.float32)
    return {
        "picture": pictures[0],
        "network_input": network.network_input(pictures)[0],
        "input_scale": network.to_input_units(np.ones((1, 1, 1, 3), np.float32))[0, 0, 0],
        "logits": network.logits(pictures)[0],
    }

"""What the build found for a sample photo, as a script: readers' browsers hold what they find themselves against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from netviz.cache.store import Store, key_of
from netviz.engine.plan import Plan, Task
from netviz.engine.record import load_arrays, load_record
from netviz.pictures import Picture
from netviz.site.files.takeover import Made, code_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUICK = ("gradient", "gradient-x-input", "guided-backprop", "grad-cam")  # methods of a pass or two
SIDE = 28  # cells along a side of a map that is compared; finer ones are summed up
DIGITS = 5


def built_path(picture: str) -> str:
    """Where it stands, from the site's root."""
    return f"assets/your-photo/built/{picture}.js"


def built_files(plan: Plan, store: Store, pictures: Iterable[Picture]) -> Iterator[tuple[str, Made]]:
    """One for each picture, to be made."""
    for picture in pictures:
        tasks = tasks_of(plan, picture.name)
        key = key_of([code_key(), picture.name, [task.key for task in tasks.values()]])
        yield built_path(picture.name), Made(key, partial(_script, picture.name, tasks, store))


def tasks_of(plan: Plan, picture: str) -> dict[str, Task]:
    """For each of the quick methods the first task with such a picture, as a reader's browser can repeat it."""
    found: dict[str, Task] = {}
    for task in plan.values():
        one = task.experiment
        repeatable = one.framing == "crop" and one.settings.get("output") == "logit"
        if task.picture_name == picture and one.method.name in QUICK and repeatable:
            found.setdefault(one.method.name, task)
    return found


def _script(picture: str, tasks: Mapping[str, Task], store: Store) -> str:
    maps = [_told(task, store) for task in tasks.values()]
    return f"netvizBuilt(...{json.dumps([picture, maps], separators=(',', ':'))});\n"


def _told(task: Task, store: Store) -> dict[str, Any]:
    target, one = load_record(task, store).target, task.experiment
    assert target  # as every task on a picture has one
    return {
        "method": one.method.name,
        "layer": one.settings.get("layer"),
        "target": target.index,
        "probability": target.probability,
        "values": [float(f"{value:.{DIGITS}g}") for value in coarse(load_arrays(task, store)["attribution"]).ravel()],
    }


def coarse(attribution: NDArray[Any]) -> NDArray[Any]:
    """A map's sums over RGB and over squares: (h, w) or (h, w, 3) to (SIDE, SIDE), if it is finer."""
    values = attribution.sum(axis=-1) if attribution.ndim == 3 else attribution
    block = max(1, len(values) // SIDE)
    side = len(values) // block
    summed: NDArray[Any] = values[: side * block, : side * block].reshape(side, block, side, block).sum(axis=(1, 3))
    return summed

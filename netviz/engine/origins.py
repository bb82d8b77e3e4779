"""Where a result comes from, kept beside it: its key part by part, and what it took to make it.

A key tells that something has changed, and this what. Nothing depends on it: a result without an origin is as good.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from netviz.cache.manifest import Damaged
from netviz.cache.store import Store
from netviz.engine.plan import Task, key_by_part
from netviz.engine.record import RESULTS
from netviz.networks.precision import CPU_INFO

ORIGINS = "origins"
ORIGIN = "origin.json"  # the file of an entry, which has the key of the result


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What is kept: the experiment that first asked for the result, the picture's name, and the key's ``parts``.

    Of a result that this version of netviz saw being made ``seconds``, the greatest ``memory`` of the process up to
    then, in bytes, and the ``processor`` by its name; of others None.
    """

    experiment: str
    picture: str
    parts: Mapping[str, Any]
    seconds: float | None = None
    memory: int | None = None
    processor: str | None = None


def keep_origin(
    task: Task, store: Store, seconds: float | None = None, memory: int | None = None, processor: str | None = None
) -> None:
    """Keep where a task's result comes from, unless that is known; what it took, and on what, if it was made just now.

    Where it can't be written it is not kept: what needs the store more will tell why.
    """
    if store.has(ORIGINS, task.key):
        return
    origin = Origin(
        experiment=task.experiment.id,
        picture=task.picture_name,
        parts=key_by_part(task),
        seconds=seconds,
        memory=memory,
        processor=processor,
    )
    with suppress(OSError), store.writing(ORIGINS, task.key) as folder:
        content = json.dumps(vars(origin), ensure_ascii=False)
        (folder / ORIGIN).write_text(content, "utf-8", "surrogateescape")


def keep_origins(tasks: Iterable[Task], store: Store) -> None:
    """The same for results of which nobody knows any more how long they took."""
    for task in tasks:
        if not store.path(ORIGINS, task.key).is_dir() and store.has(RESULTS, task.key):
            keep_origin(task, store)


def origin_of(task: Task, store: Store) -> Origin | None:
    """Where a task's result comes from, if that is known."""
    return _origin(task.key, store)


def known_origins(store: Store) -> Iterator[tuple[str, Origin]]:
    """All that a store knows, by the results' keys; those that are damaged are passed over."""
    for place in sorted((store.folder / ORIGINS).glob("??/*")):
        if origin := _origin(place.name, store):
            yield place.name, origin


def _origin(key: str, store: Store) -> Origin | None:
    with suppress(Damaged, TypeError, ValueError):
        return Origin(**json.loads(store.read(ORIGINS, key, ORIGIN)))
    return None


@cache
def processor() -> str:
    """The processor's name, as far as the system tells it."""
    with suppress(OSError):
        for line in CPU_INFO.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()

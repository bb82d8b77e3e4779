"""Why an experiment will run: which parts of its result's key are others than in the nearest result that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from netviz.cache.store import Store
from netviz.engine.draw import FIGURES
from netviz.engine.origins import Origin, known_origins
from netviz.engine.plan import Task, key_by_part
from netviz.engine.record import RESULTS
from netviz.engine.small_figures import is_drawn_small

State = Literal["fresh", "stale", "new"]


@dataclass(frozen=True)
class Change:
    """A part of a key, such as ``settings.samples``, and its values; None where a result has no such part."""

    part: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What a build would do for a task.

    Its result is ``fresh`` and will be used; or ``stale``: then ``changes`` tell what differs from the result of the
    experiment ``compared``. Or it is ``new``: no result is known that could be compared. ``drawn`` is whether its
    figure is known.
    """

    task: Task
    state: State
    drawn: bool
    compared: str = ""
    changes: tuple[Change, ...] = ()


def explained(tasks: Iterable[Task], store: Store) -> list[Explanation]:
    """What would be run, and why; nothing is."""
    known: dict[str, list[Origin]] | None = None  # by their pictures
    found = []
    for task in tasks:
        if store.has(RESULTS, task.key):
            over = task.experiment.over
            drawn = is_drawn_small(task, store) if over else store.has(FIGURES, task.figure_key)
            found.append(Explanation(task=task, state="fresh", drawn=drawn))
        else:
            if known is None:
                known = {}
                for _, origin in known_origins(store):
                    known.setdefault(origin.picture, []).append(origin)
            found.append(_of_stale(task, known.get(task.picture_name, ())))
    return found


def _of_stale(task: Task, known: Iterable[Origin]) -> Explanation:
    """What a task is whose result is not there; ``known`` are those of pictures that are called as its own is."""
    parts = key_by_part(task)
    near = [
        (one.experiment != task.experiment.id, len(changes), one.experiment, changes)
        for one in known
        if one.parts.get("method") == parts["method"] or one.experiment == task.experiment.id
        if (changes := differences(one.parts, parts)) is not None
    ]
    if not near:
        return Explanation(task=task, state="new", drawn=False)
    _, _, compared, changes = min(near, key=lambda one: one[:3])
    return Explanation(task=task, state="stale", drawn=False, compared=compared, changes=tuple(changes))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The parts in which two keys differ, however deep."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [Change(name, old.get(name), new.get(name)) for name in old | new if old.get(name) != new.get(name)]


def _flat(parts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value by its names joined with dots; tuples are lists, as in JSON."""
    for name, value in parts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", list(value) if isinstance(value, tuple) else value

"""Drawing: a stored result becomes a figure in the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.engine.record import RESULTS, load_arrays, load_record
from netviz.engine.run import blamed
from netviz.figures import Figure, draw

FIGURES = "figures"
DETAIL = 448  # pixels of the side of a picture that is shown: twice what the network sees


def draw_task(task: Task, store: Store) -> None:
    """Draw a task's figure, unless it is drawn already. Raises Mistakes if its view can't draw such a result."""
    if store.has(FIGURES, task.figure_key):
        return
    record, arrays = load_record(task, store), load_arrays(task, store)
    beside = [load_arrays(other, store)["attribution"] for other in task.beside]
    pixels, method = task.picture.framed(DETAIL) if task.picture else None, task.experiment.method
    with store.writing(FIGURES, task.figure_key) as folder:
        with blamed(task, store, f"be drawn as {task.experiment.view!r}", but=OSError):
            figure = draw(
                task.experiment.view,
                arrays,
                record.numbers,
                signed=method.signed,
                picture_pixels=pixels,
                folder=folder,
                beside=beside,
                signs=[other.experiment.method.signed for other in task.of],
                patches=_patches(task),
                logarithmic=method.logarithmic,
            )
            content = json.dumps(figure.to_json(), ensure_ascii=False, indent=1, allow_nan=False)
        (folder / "figure.json").write_text(content, "utf-8")


def _patches(task: Task) -> tuple[int, int] | None:
    method = task.experiment.method
    return astuple(method.patches(task.checked_settings)) if method.patches else None


def load_figure(task: Task, store: Store) -> Figure:
    """A drawn figure's panels, legend, facts and table."""
    return Figure.from_json(json.loads(store.read(FIGURES, task.figure_key, "figure.json")))


class Drawing:
    """Draws what the store does not hold in a thread beside the network, each figure once all it shows is known."""

    def __init__(self, tasks: Iterable[Task], store: Store) -> None:
        self._store = store
        self._waiting = {task.figure_key: task for task in tasks if not store.has(FIGURES, task.figure_key)}
        shown = {one.key for task in self._waiting.values() for one in _shown_by(task)}
        self._known = {key for key in shown if store.has(RESULTS, key)}
        self._begun: list[tuple[Task, Future[None]]] = []
        self._thread = ThreadPoolExecutor(1)
        self._begin()

    def close(self) -> None:
        """Draw no more than what is under way."""
        self._thread.shutdown(cancel_futures=True)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._begun)

    def result_is_known(self, task: Task) -> None:
        """Draw whatever has waited for this one."""
        self._known.add(task.key)
        self._begin()

    def __iter__(self) -> Iterator[tuple[Task, Future[None]]]:
        """Every figure that was begun, in order; its future raises what drawing it raised."""
        return iter(self._begun)

    def _begin(self) -> None:
        for key, task in list(self._waiting.items()):
            if all(one.key in self._known for one in _shown_by(task)):
                self._begun.append((self._waiting.pop(key), self._thread.submit(draw_task, task, self._store)))


def _shown_by(task: Task) -> Iterable[Task]:
    return (task, *task.beside)

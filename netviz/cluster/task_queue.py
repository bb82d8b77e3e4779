"""Which tasks can be sent next, and how many of them together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter

from netviz.engine.estimates import cost
from netviz.engine.plan import Task

PASSES = 64  # through the network are worth a message, which takes some thousandths of a second
PHOTO_BYTES = 16_000_000  # of photos that one message takes along, more where one photo is larger
SHARES = 4  # for each worker, at least, of what is left: none waits long for the last


class TaskQueue:
    """Tasks that wait, those ready first whose maps are known; those of a precision and of a photo come together."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = {task.key: task for task in tasks}
        self._sorter: TopologicalSorter[str] = TopologicalSorter(
            {key: [one.key for one in task.of if one.key in self._tasks] for key, task in self._tasks.items()}
        )
        self._sorter.prepare()
        self._ready: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._left = sum(map(cost, self._tasks.values()))  # passes of those that wait
        self._add_ready()

    def __bool__(self) -> bool:
        """Whether one is ready."""
        return bool(self._ready or self._alone)

    def take(self, workers: int) -> Sequence[Task]:
        """The next ones, to be run one after the other by one of so many workers. There must be one."""
        if self._alone:
            return self._counted([self._alone.popleft()])
        taken = [self._ready.popleft()]
        passes, size = cost(taken[0]), _photo_bytes(taken[0])
        most = min(PASSES, self._left // (SHARES * workers))
        while self._ready and self._ready[0].precision == taken[0].precision:
            passes += cost(self._ready[0])
            size += _photo_bytes(self._ready[0]) if self._ready[0].picture != taken[-1].picture else 0
            if passes > most or size > PHOTO_BYTES:
                break
            taken.append(self._ready.popleft())
        return self._counted(taken)

    def done(self, task: Task) -> None:
        """A task's result is known: those that waited for it alone are ready."""
        self._sorter.done(task.key)
        self._add_ready()

    def put_back(self, tasks: Sequence[Task], *, alone: bool = False) -> None:
        """Tasks that were taken are ready again; ``alone`` are those that are sent one by one from now on."""
        (self._alone if alone else self._ready).extend(tasks)
        self._left += sum(map(cost, tasks))

    def _counted(self, taken: Sequence[Task]) -> Sequence[Task]:
        self._left -= sum(map(cost, taken))
        return taken

    def _add_ready(self) -> None:
        ready = [self._tasks[key] for key in self._sorter.get_ready()]
        self._ready += sorted(ready, key=lambda task: (task.precision, task.picture.digest if task.picture else ""))


def _photo_bytes(task: Task) -> int:
    try:
        return task.picture.path.stat().st_size if task.picture else 0
    except OSError:  # told of when it is to be sent
        return 0

"""Which tasks can be sent next, and how many of them together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from netviz.engine.estimates import cost
from netviz.engine.plan import Task, by_picture, those

PASSES = 64  # through the network are worth a message, which takes some thousandths of a second
PHOTO_BYTES = 16_000_000  # of photos that one message takes along, more where one photo is larger
SHARES = 4  # for each worker, at least, of what is left: none waits long for the last


class TaskQueue:
    """Tasks that wait, those ready first whose maps are known; those of a precision and of a photo come together.

    They are made when they are taken: until then it is their numbers that wait.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = by_picture(tasks)
        self._followers, self._lacking = _followers(self._tasks)
        self._left = sum(map(cost, self._tasks))  # passes of those that wait
        self._ready: deque[int] = deque()
        self._again: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._add_ready(number for number in range(len(self._tasks)) if number not in self._lacking)

    def __bool__(self) -> bool:
        """Whether one is ready."""
        return bool(self._ready or self._again or self._alone)

    def take(self, workers: int) -> Sequence[Task]:
        """The next ones, to be run one after the other by one of so many workers. There must be one."""
        if self._alone:
            return self._counted([self._alone.popleft()])
        taken = [self._pop()]
        passes, size = cost(taken[0]), _photo_bytes(taken[0])
        most = min(PASSES, self._left // (SHARES * workers))
        while (task := self._next()) and task.precision == taken[0].precision:
            passes += cost(task)
            size += _photo_bytes(task) if task.picture != taken[-1].picture else 0
            if passes > most or size > PHOTO_BYTES:
                break
            taken.append(self._pop())
        return self._counted(taken)

    def done(self, task: Task) -> None:
        """A task's result is known: those that waited for it alone are ready."""
        followers = self._followers.pop(task.key, [])
        for number in followers:
            self._lacking[number] -= 1
        self._add_ready(number for number in followers if not self._lacking[number])

    def put_back(self, tasks: Sequence[Task], *, alone: bool = False) -> None:
        """Tasks that were taken are ready again; ``alone`` are those that are sent one by one from now on."""
        (self._alone if alone else self._again).extend(tasks)
        self._left += sum(map(cost, tasks))

    def _next(self) -> Task | None:
        """The one that is taken next, but for those that go alone."""
        if self._again:
            return self._again[0]
        return self._tasks[self._ready[0]] if self._ready else None

    def _pop(self) -> Task:
        return self._again.popleft() if self._again else self._tasks[self._ready.popleft()]

    def _counted(self, taken: Sequence[Task]) -> Sequence[Task]:
        self._left -= sum(map(cost, taken))
        return taken

    def _add_ready(self, numbers: Iterable[int]) -> None:
        self._ready += sorted(numbers, key=lambda number: self._tasks[number].precision)


def _followers(tasks: Sequence[Task]) -> tuple[dict[str, list[int]], dict[int, int]]:
    """The numbers of the tasks that take a task's map, by its key; and of how many maps each of them lacks.

    Maps of tasks that are not among these are known.
    """
    takers = those(tasks, lambda task: task.of)
    wanted = {other.key for task in takers for other in task.of}
    made = {task.key for task in tasks if task.key in wanted} if wanted else set()
    followers: dict[str, list[int]] = {}
    lacking: dict[int, int] = {}
    for number, task in enumerate(tasks) if made else ():
        for key in {other.key for other in task.of} & made:
            followers.setdefault(key, []).append(number)
            lacking[number] = lacking.get(number, 0) + 1
    return followers, lacking


def _photo_bytes(task: Task) -> int:
    try:
        return task.picture.path.stat().st_size if task.picture else 0
    except OSError:  # told of when it is to be sent
        return 0

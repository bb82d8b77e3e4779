"""Running a build's experiments on a cluster: bundles out, results into the store."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from netviz.cache.store import Store
from netviz.cluster.bundles import TaskResult, bundle, keep, packed
from netviz.cluster.connection import Connection
from netviz.cluster.dask_library import FAILURES, import_distributed
from netviz.cluster.identity import identity
from netviz.cluster.task_queue import TaskQueue
from netviz.cluster.worker import worker_options
from netviz.engine.estimates import cost
from netviz.engine.execution import Done, Failures, unreadable
from netviz.engine.origins import keep_origin
from netviz.engine.plan import Task
from netviz.mistakes import Mistake
from netviz.networks import Network
from netviz.networks.weights import Weights
from netviz.pictures import UnreadablePicture
from netviz.progress import Reporter, Stage
from netviz.refusals import write_details

distributed: Any = import_distributed()

AHEAD = 2  # bundles of a worker: while one runs, the next is on its way


class ClusterExecutor:
    """Runs experiments on the workers of a scheduler, or on some of its own.

    ``open_network`` and ``methods`` are for these: what gives the network, and files of methods of one's own.
    """

    def __init__(
        self, address: str, weights: Weights, open_network: Callable[[], Network], methods: Sequence[Path] = ()
    ) -> None:
        self._address, self._weights = address, weights
        self._open_network, self._methods = open_network, methods
        self._connection: Connection | None = None

    def run(self, tasks: Sequence[Task], store: Store, reporter: Reporter, done: Done) -> Failures:
        """See `netviz.engine.execution.Executor`. Raises ClusterUnavailable; what has come back by then is kept."""
        connection = self._connected(reporter)
        with reporter.stage("run", sum(map(cost, tasks))) as stage:
            return _Run(tasks, connection, store, stage, done).to_the_end()

    def close(self) -> None:
        """End the connection, and workers that were started for it."""
        if self._connection:
            self._connection.close()

    def _connected(self, reporter: Reporter) -> Connection:
        if not self._connection:
            with reporter.stage("open"):
                ours = identity(self._weights)
                options = worker_options(ours, self._open_network, self._methods)
                self._connection = Connection(self._address, ours, options, reporter)
        return self._connection


class _Run:
    """Tasks being run: those that wait, and those under way by Dask's future of their bundle."""

    def __init__(self, tasks: Sequence[Task], connection: Connection, store: Store, stage: Stage, done: Done) -> None:
        self._connection, self._store, self._stage, self._done = connection, store, stage, done
        self._waiting = TaskQueue(tasks)
        self._under_way: dict[Any, Sequence[Task]] = {}
        self._failures: dict[str, Sequence[Mistake]] = {}

    def to_the_end(self) -> Failures:
        """Run all that can be run."""
        while self._waiting or self._under_way:
            self._connection.look()
            self._send()
            for future in self._connection.finished(self._under_way):
                self._receive(future, self._under_way.pop(future))
        return self._failures

    def _send(self) -> None:
        """As much as keeps all workers busy, and no more: what waits takes no memory."""
        workers = self._connection.workers
        while self._waiting and len(self._under_way) < AHEAD * workers:
            tasks = self._waiting.take(workers)
            try:
                content = packed(bundle(tasks, self._store))
            except UnreadablePicture as error:
                self._without_one(tasks, unreadable(tasks[0], error))
            else:
                self._under_way[self._connection.submit(content)] = tasks

    def _receive(self, future: Any, tasks: Sequence[Task]) -> None:
        try:
            results = self._connection.results_of(future)
        except distributed.KilledWorker:
            self._without_one(tasks, _deadly(tasks[0]))
            return
        if results is None:
            self._waiting.put_back(tasks)
            return
        for task, result in zip(tasks, pickle.loads(results), strict=True):
            self._keep(task, result)

    def _without_one(self, tasks: Sequence[Task], mistake: Mistake) -> None:
        """One of these keeps them all from being run: which one is found out by sending each alone."""
        if len(tasks) > 1:
            self._waiting.put_back(tasks, alone=True)
        else:
            self._failures[tasks[0].key] = [mistake]

    def _keep(self, task: Task, result: TaskResult) -> None:
        self._stage.show(f"{task.label} ({self._connection.workers} workers)")
        if result.mistakes:
            self._failures[task.key] = _with_details(result, self._store)
        else:
            keep(task.key, result.files, self._store)
            keep_origin(task, self._store, result.seconds, result.memory, result.processor)
            self._done(task)
            self._waiting.done(task)
        self._stage.finished(task.label, cost(task), result.seconds, task.counted_as)


def _deadly(task: Task) -> Mistake:
    """What is told of a task over which one worker after the other has ended."""
    whose = f"{task.experiment.method.name} can't run ({task.label})"
    return task.experiment.mistake(f"{whose}: more than {FAILURES} workers ended over it", "is their memory too small?")


def _with_details(result: TaskResult, store: Store) -> list[Mistake]:
    """What went wrong, with the worker's traceback in a file of this machine."""
    if not result.details:
        return [*result.mistakes]
    details = f"its traceback is in {write_details(_OnWorker(result.details), store.folder)}"
    return [replace(one, hint=details) for one in result.mistakes]


class _OnWorker(Exception):
    """An exception of another process, by its traceback."""

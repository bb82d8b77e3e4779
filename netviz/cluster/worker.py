"""A worker: a process that runs the tasks it is sent, on a network that it opens once and keeps."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from netviz.cache.store import Store
from netviz.cluster.bundles import Bundle, TaskResult, files_of, keep, packed, tasks_of
from netviz.cluster.dask_library import (
    LOOPBACK,
    PATIENCE,
    ClusterUnavailable,
    import_distributed,
    security,
    unreachable,
)
from netviz.cluster.identity import Identity, resource
from netviz.cluster_addresses import bracketed
from netviz.engine.execution import unreadable
from netviz.engine.origins import processor
from netviz.engine.plan import Task
from netviz.engine.run import PictureRunner, run_data_task
from netviz.mistakes import Mistake, Mistakes
from netviz.modules import import_as_written
from netviz.networks import Network
from netviz.pictures import UnreadablePicture
from netviz.progress import Reporter, peak_memory
from netviz.refusals import refusal

distributed: Any = import_distributed()

PLUGIN = "netviz"


class TaskRunner(distributed.WorkerPlugin):  # type: ignore[misc]
    """What of netviz stands in a worker's process: methods of one's own, and the network once it is needed."""

    name = PLUGIN

    def __init__(self, open_network: Callable[[], Network], methods: Sequence[Path]) -> None:
        self._open_network = open_network
        self._methods = [path.resolve() for path in methods]

    def setup(self, worker: Any) -> None:
        """Called by Dask in the worker's process, which finds modules where the one that started it has found them."""
        for path in self._methods:
            import_as_written(path.parent)
            importlib.import_module(path.stem)

    @cached_property
    def _pictures(self) -> PictureRunner:
        return PictureRunner(self._open_network())

    def run(self, received: Bundle, folder: Path) -> list[TaskResult]:
        """Run a bundle's tasks, whatever becomes of the others; ``folder`` is empty and goes when all are run.

        Raises ClusterUnavailable if this process has another key for one of them than the build has.
        """
        store = Store(folder / "store")
        for key, files in received.maps.items():
            keep(key, files, store)
        tasks = tasks_of(received, folder)
        if changed := [task.label for key, task in tasks.items() if task.key != key]:
            why = "its code, or its processors, have changed since it was started: start it again"
            raise ClusterUnavailable(f"a worker would make another result of {changed[0]}: {why}")
        return [self._result_of(task, store) for task in tasks.values()]

    def _result_of(self, task: Task, store: Store) -> TaskResult:
        start = time.perf_counter()
        mistakes: tuple[Mistake, ...] = ()
        details = ""
        try:
            if task.picture:
                self._pictures.run(task, store)
            else:
                run_data_task(task, store)
        except Mistakes as failed:
            mistakes = failed.mistakes
            details = "".join(traceback.format_exception(failed.__cause__)) if failed.__cause__ else ""
        except UnreadablePicture as error:
            mistakes = (unreadable(task, error),)
        return TaskResult(
            files={} if mistakes else files_of(task.key, store),
            mistakes=mistakes,
            details=details,
            seconds=time.perf_counter() - start,
            memory=peak_memory(),
            processor=processor(),
        )


def run_bundle(content: bytes) -> bytes:
    """A bundle's results, as bytes from bytes, within a worker.

    Raises ClusterUnavailable where this machine fails, not a task.
    """
    worker = distributed.get_worker()
    try:
        with tempfile.TemporaryDirectory(dir=worker.local_directory) as folder:
            return packed(worker.plugins[PLUGIN].run(pickle.loads(content), Path(folder)))
    except OSError as error:
        raise ClusterUnavailable(f"the worker {worker.address} can't go on: {refusal(error)}") from None


def hear_refusal(reason: str) -> None:
    """Say on a worker's own terminal, where it says that it works, why a build gives it nothing to do."""
    Reporter().say(f"a build refuses this worker: {reason}")


def worker_options(of: Identity, open_network: Callable[[], Network], methods: Sequence[Path]) -> dict[str, Any]:
    """What Dask is told of a worker that runs tasks of builds of this identity."""
    return {
        "nthreads": 1,  # one task at a time: the network uses all processors for it
        "memory_limit": 0,  # the network needs what it needs; a worker that Dask pauses would wait for ever
        "resources": {resource(of): 1},
        "startup_information": {PLUGIN: partial(_introduced, of)},
        "plugins": (TaskRunner(open_network, methods),),
    }


def _introduced(of: Identity, worker: Any) -> Identity:
    return of


def work(
    address: str, of: Identity, open_network: Callable[[], Network], methods: Sequence[Path], reporter: Reporter
) -> None:
    """Run what the scheduler of an address sends, as long as that is there.

    Raises ClusterUnavailable when it is not, or no longer.
    """
    asyncio.run(_work(address, worker_options(of, open_network, methods), reporter))


async def _work(address: str, options: Mapping[str, Any], reporter: Reporter) -> None:
    try:
        # Heard by the scheduler and by other workers of its network, and by nobody else.
        here_alone = {"host": _own_host(address), "dashboard_address": LOOPBACK}
        worker = await distributed.Worker(address, death_timeout=PATIENCE, security=security(), **here_alone, **options)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise ClusterUnavailable(unreachable(address, error)) from None
    reporter.say(f"{worker.address} works for {address}; Ctrl-C ends it")
    await worker.finished()
    raise ClusterUnavailable(
        f"the scheduler {address} is gone, or needs this worker no more; start it again when it is"
    )


def _own_host(address: str) -> str:
    """What others of the network by which an address is reached call this machine; its own name where none is."""
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # of that, which Dask's worker tells again
        return bracketed(distributed.utils.get_ip(urlsplit(address).hostname))

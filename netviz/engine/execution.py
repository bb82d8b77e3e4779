"""Carrying out a plan: what the store does not hold is run, on pictures and on data, and drawn beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache
from typing import Protocol

from netviz.cache.store import Store
from netviz.engine.data_process import DataProcess
from netviz.engine.draw import Drawing
from netviz.engine.estimates import announce_long, cost, seconds_of_a_pass
from netviz.engine.origins import keep_origin, keep_origins, processor
from netviz.engine.plan import Task
from netviz.engine.record import RESULTS
from netviz.engine.run import PictureRunner, run_data_task
from netviz.mistakes import Mistake, Mistakes
from netviz.networks import open_network
from netviz.networks.weights import first_line
from netviz.pictures import UnreadablePicture
from netviz.progress import Reporter, Stage, peak_memory
from netviz.refusals import check_writable

WORTH_A_PROCESS = 5000  # training steps of experiments on data: to import TensorFlow once more takes as long

Opened = Callable[[], PictureRunner]
"""What runs experiments on pictures, opened when it is first asked for."""

Done = Callable[[Task], None]
"""Is told of each task when its result is kept."""


class Executor(Protocol):
    """Where experiments are run: in this process (`LocalExecutor`), or elsewhere."""

    def run(self, tasks: Sequence[Task], store: Store, reporter: Reporter, done: Done) -> list[Mistake]:
        """Run tasks that the store does not hold, each after those whose maps it takes, and keep their results there.

        One that fails keeps no other from being run, but for those that take its map. Gives what went wrong.
        """
        ...

    def close(self) -> None:
        """Let go of whatever was opened for it."""
        ...


def opening(weights: str, reporter: Reporter) -> Opened:
    """The network with these weights: opened once, however often it is asked for."""

    @cache
    def opened() -> PictureRunner:
        with reporter.stage("open"):
            return PictureRunner(open_network(weights))

    return opened


def run_missing(
    tasks: Sequence[Task], executor: Executor, store: Store, reporter: Reporter, done: Done = lambda task: None
) -> int:
    """Run what the store does not know; ``done`` is told of each.

    Raises Mistakes for experiments that fail, when all others have run and are kept.
    """
    missing = {task.key: task for task in tasks if not store.has(RESULTS, task.key)}
    failed: list[Mistake] = []
    if missing:
        check_writable(store.folder)
        failed = executor.run([*missing.values()], store, reporter, done)
    keep_origins(tasks, store)
    if failed:
        raise Mistakes(failed)
    return len(missing)


class LocalExecutor:
    """Runs experiments on this machine: on pictures in this process, with one network, and then those on data.

    Where there is much to do of both kinds, those on data run beside the network, in a process of their own.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def run(self, tasks: Sequence[Task], store: Store, reporter: Reporter, done: Done) -> list[Mistake]:
        """See `Executor`."""
        on_pictures = [task for task in tasks if task.picture]
        on_data = [task for task in tasks if not task.picture]
        failed: list[Mistake] = []
        with _beside_the_network(on_data, store) if on_pictures else nullcontext() as beside:
            if on_pictures:
                failed += _run_on_pictures(on_pictures, self._opened(), store, reporter, done)
            if on_data:
                with reporter.stage("train", sum(map(cost, on_data))) as stage:
                    mistakes, left = _collected(on_data, beside, stage, done)
                    failed += mistakes
                    failed += _run_each(left, lambda task: run_data_task(task, store), store, stage, done)
        return failed

    def close(self) -> None:
        """A network is kept as long as this process."""


def _beside_the_network(tasks: Sequence[Task], store: Store) -> AbstractContextManager[DataProcess | None]:
    """A process that runs tasks on data, if they are worth one."""
    if sum(map(cost, tasks)) < WORTH_A_PROCESS:
        return nullcontext()
    return closing(DataProcess(tasks, store))


def _collected(
    tasks: Sequence[Task], beside: DataProcess | None, stage: Stage, done: Done
) -> tuple[list[Mistake], list[Task]]:
    """What went wrong with tasks that a process has run, and those that it has not: all, if there is none."""
    failed: list[Mistake] = []
    left: list[Task] = []
    for task in tasks:
        stage.show(task.label)
        if answer := beside and beside.answer_to(task):
            failed += answer.mistakes
            if not answer.mistakes:
                done(task)
            stage.finished(task.label, cost(task), answer.seconds)
        else:
            left.append(task)
    return failed, left


def _run_each(
    tasks: Sequence[Task], run: Callable[[Task], None], store: Store, stage: Stage, done: Done
) -> list[Mistake]:
    """Run tasks one by one, whatever becomes of the others; gives what went wrong.

    One that takes a map which could not be made is left out: it has no fault of its own.
    """
    failed: list[Mistake] = []
    for task in tasks:
        if all(store.has(RESULTS, other.key) for other in task.of):
            with stage.item(task.label, cost(task)):
                start = time.perf_counter()
                try:
                    run(task)
                    keep_origin(task, store, time.perf_counter() - start, peak_memory(), processor())
                    done(task)
                except Mistakes as mistakes:
                    failed += mistakes.mistakes
                except UnreadablePicture as error:
                    failed.append(unreadable(task, error))
    return failed


def unreadable(task: Task, error: UnreadablePicture) -> Mistake:
    """That an experiment can't be run on a photo, which is no reason not to run the others."""
    return task.experiment.mistake(f"the photo {task.picture_name} can't be read: {first_line(error)}")


def _run_on_pictures(
    tasks: Sequence[Task], runner: PictureRunner, store: Store, reporter: Reporter, done: Done
) -> list[Mistake]:
    """A task's passes through the network are its share of the bar."""
    network = runner.network
    announce_long(tasks, seconds_of_a_pass(network), reporter)
    with reporter.stage("run", sum(map(cost, tasks))) as stage:

        def advance(forward: int, backward: int) -> None:
            stage.advance(forward + backward)

        network.listeners.append(advance)
        try:
            return _run_each(tasks, lambda task: runner.run(task, store), store, stage, done)
        finally:
            network.listeners.remove(advance)


def finish(drawing: Drawing, reporter: Reporter) -> None:
    """Wait for what is still being drawn when the network has nothing more to do.

    Raises Mistakes for all that can't be drawn.
    """
    failed: list[Mistake] = []
    with reporter.stage("draw", len(drawing)) as stage:
        for task, drawn in drawing:
            with stage.item(task.label):
                try:
                    drawn.result()
                except Mistakes as mistakes:
                    failed += mistakes.mistakes
    if failed:
        raise Mistakes(failed)

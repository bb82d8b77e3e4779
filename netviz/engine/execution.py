"""Carrying out a plan: what the store does not hold is run, on pictures and on data, and drawn beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache
from itertools import chain
from typing import Protocol

from netviz.cache.compiled import keeping_compiled, seal_compiled
from netviz.cache.store import Store
from netviz.engine.data_process import DataProcess
from netviz.engine.draw import Drawing
from netviz.engine.estimates import announce_long, cost, seconds_of_a_pass
from netviz.engine.origins import keep_origin, keep_origins, processor
from netviz.engine.plan import Task, by_picture, those
from netviz.engine.record import RESULTS
from netviz.engine.run import PictureRunner, run_data_task
from netviz.engine.small_figures import draw_small, is_drawn_small
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


Failures = Mapping[str, Sequence[Mistake]]
"""What went wrong, by the key of the task with which it did."""


class ExperimentsFailed(Mistakes):
    """Experiments that failed, when all others are run and kept, or drawn: ``ran`` is how many of them are new."""

    def __init__(self, failures: Failures, ran: int) -> None:
        super().__init__(chain.from_iterable(failures.values()))
        self.failures, self.ran = failures, ran


class Executor(Protocol):
    """Where experiments are run: in this process (`LocalExecutor`), or elsewhere."""

    def run(self, tasks: Sequence[Task], store: Store, reporter: Reporter, done: Done) -> Failures:
        """Run tasks that the store does not hold, each after those whose maps it takes, and keep their results there.

        One that fails keeps no other from being run, but for those that take its map.
        """
        ...

    def close(self) -> None:
        """Let go of whatever was opened for it."""
        ...


def opening(weights: str, reporter: Reporter) -> Opened:
    """The network with these weights: opened once, however often it is asked for."""

    @cache
    def opened() -> PictureRunner:
        with reporter.stage("open"), keeping_compiled():
            return PictureRunner(open_network(weights))

    return opened


def run_missing(
    tasks: Sequence[Task], executor: Executor, store: Store, reporter: Reporter, done: Done = lambda task: None
) -> int:
    """Run what the store does not know; ``done`` is told of each.

    Raises ExperimentsFailed when all others have run and are kept.
    """
    seen: set[str] = set()  # photos may be the same
    missing = those(tasks, lambda task: not store.has(RESULTS, task.key) and _is_new(task.key, seen))
    failures: Failures = {}
    if missing:
        check_writable(store.folder)
        failures = executor.run(missing, store, reporter, done)
    keep_origins(tasks, store)
    if failures:
        raise ExperimentsFailed(failures, len(missing) - len(failures))
    return len(missing)


def _is_new(key: str, seen: set[str]) -> bool:
    """Whether a key was not seen yet; from now on it was."""
    if key in seen:
        return False
    seen.add(key)
    return True


class LocalExecutor:
    """Runs experiments on this machine: on pictures in this process, with one network, and then those on data.

    Where there is much to do of both kinds, those on data run beside the network, in a process of their own.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def run(self, tasks: Sequence[Task], store: Store, reporter: Reporter, done: Done) -> Failures:
        """See `Executor`."""
        on_pictures = by_picture(those(tasks, lambda task: task.picture))
        on_data = [task for task in tasks if not task.picture]
        failures: dict[str, Sequence[Mistake]] = {}
        with _beside_the_network(on_data, store) if on_pictures else nullcontext() as beside:
            if on_pictures:
                failures |= _run_on_pictures(on_pictures, self._opened(), store, reporter, done)
            if on_data:
                with reporter.stage("train", sum(map(cost, on_data))) as stage:
                    failed, left = _collected(on_data, beside, stage, done)
                    failures |= failed
                    failures |= _run_each(left, lambda task: run_data_task(task, store), store, stage, done)
        return failures

    def close(self) -> None:
        """A network is kept as long as this process; what was compiled for it, for the next ones."""
        seal_compiled()


def _beside_the_network(tasks: Sequence[Task], store: Store) -> AbstractContextManager[DataProcess | None]:
    """A process that runs tasks on data, if they are worth one."""
    if sum(map(cost, tasks)) < WORTH_A_PROCESS:
        return nullcontext()
    return closing(DataProcess(tasks, store))


def _collected(
    tasks: Sequence[Task], beside: DataProcess | None, stage: Stage, done: Done
) -> tuple[Failures, list[Task]]:
    """What went wrong with tasks that a process has run, and those that it has not: all, if there is none."""
    failures: dict[str, Sequence[Mistake]] = {}
    left: list[Task] = []
    for task in tasks:
        stage.show(task.label)
        if answer := beside and beside.answer_to(task):
            if answer.mistakes:
                failures[task.key] = answer.mistakes
            else:
                done(task)
            stage.finished(task.label, cost(task), answer.seconds, task.counted_as)
        else:
            left.append(task)
    return failures, left


def _run_each(tasks: Sequence[Task], run: Callable[[Task], None], store: Store, stage: Stage, done: Done) -> Failures:
    """Run tasks one by one, whatever becomes of the others.

    One that takes a map which could not be made is left out: it has no fault of its own.
    """
    failures: dict[str, Sequence[Mistake]] = {}
    for task in tasks:
        if all(store.has(RESULTS, other.key) for other in task.of):
            with stage.item(task.label, cost(task), task.counted_as):
                start = time.perf_counter()
                try:
                    run(task)
                    keep_origin(task, store, time.perf_counter() - start, peak_memory(), processor())
                    done(task)
                except Mistakes as failed:
                    failures[task.key] = failed.mistakes
                except UnreadablePicture as error:
                    failures[task.key] = [unreadable(task, error)]
    return failures


def unreadable(task: Task, error: UnreadablePicture) -> Mistake:
    """That an experiment can't be run on a photo, which is no reason not to run the others."""
    why = first_line(error).removeprefix(f"{task.picture.path}: " if task.picture else "")  # a worker's is its own
    return task.experiment.mistake(f"the photo {task.picture_name} can't be read: {why}")


def _run_on_pictures(
    tasks: Sequence[Task], runner: PictureRunner, store: Store, reporter: Reporter, done: Done
) -> Failures:
    """A task's passes through the network are its share of the bar."""
    network = runner.network
    announce_long(tasks, cache(lambda: seconds_of_a_pass(network)), reporter)
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


def draw_small_figures(tasks: Sequence[Task], store: Store, reporter: Reporter) -> int:
    """Draw those of galleries that are not known; how many. Raises ExperimentsFailed when all others are drawn."""
    missing = by_picture(those(tasks, lambda task: not is_drawn_small(task, store)))
    failures: dict[str, Sequence[Mistake]] = {}
    if missing:
        with reporter.stage("draw", len(missing)) as stage:
            for task in missing:
                with stage.item(task.label, counted_as=task.counted_as):
                    try:
                        draw_small(task, store)
                    except Mistakes as failed:
                        failures[task.key] = failed.mistakes
                    except UnreadablePicture as error:
                        failures[task.key] = [unreadable(task, error)]
    if failures:
        raise ExperimentsFailed(failures, len(missing) - len(failures))
    return len(missing)

"""Experiments on data in a process of their own, while this one is busy with the network.

A network's passes leave a second processor idle for a part of the time, and what learns from data takes little memory.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from netviz.cache.store import Store
from netviz.engine.origins import keep_origin, processor
from netviz.engine.plan import Task
from netviz.engine.run import run_data_task
from netviz.methods import modules_declaring
from netviz.mistakes import Mistake, Mistakes
from netviz.progress import peak_memory

PROGRAM = f"from {__name__} import serve; serve()"
SIZE = 8  # bytes that tell how long what follows them is


@dataclass(frozen=True)
class Answer:
    """What became of the task with a key: it is kept in the store, or there are mistakes; after so many seconds."""

    key: str
    mistakes: tuple[Mistake, ...]
    seconds: float


class DataProcess:
    """Runs tasks on data, one after the other, and keeps their results in a store. It ends with who began it."""

    def __init__(self, tasks: Sequence[Task], store: Store) -> None:
        sent = pickle.dumps((sorted(modules_declaring()), pickle.dumps((tasks, store))))
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            start_new_session=True,  # Ctrl-C is for who began it
        )
        assert self._process.stdin
        assert self._process.stdout
        self._answers: IO[bytes] = self._process.stdout
        with suppress(OSError):  # it has ended already
            self._process.stdin.write(len(sent).to_bytes(SIZE) + sent)
            self._process.stdin.flush()

    def answer_to(self, task: Task) -> Answer | None:
        """What became of a task, once it has been run; None if the process has ended without it.

        To be asked in the order in which the tasks were given.
        """
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                answer: Answer = pickle.load(self._answers)
                if answer.key == task.key:
                    return answer
        return None

    def close(self) -> None:
        """End it, whatever it is doing; what it leaves half written is removed by the next build."""
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """What the process does: it reads its tasks from standard input and answers each on standard output."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what methods print is no answer
    modules, sent = pickle.loads(requests.read(int.from_bytes(requests.read(SIZE))))
    threading.Thread(target=_end_with, args=(requests,), daemon=True).start()
    for name in modules:  # before tasks name their methods
        importlib.import_module(name)
    tasks, store = pickle.loads(sent)
    for task in tasks:
        pickle.dump(_answer(task, store), answers)
        answers.flush()


def _end_with(requests: IO[bytes]) -> None:
    """End with the process that began this one: its end of the pipe is closed, however it came to an end."""
    requests.read()
    os._exit(0)


def _answer(task: Task, store: Store) -> Answer:
    start = time.perf_counter()
    mistakes: tuple[Mistake, ...] = ()
    try:
        run_data_task(task, store)
        keep_origin(task, store, time.perf_counter() - start, peak_memory(), processor())
    except Mistakes as failed:
        mistakes = failed.mistakes
    return Answer(task.key, mistakes, time.perf_counter() - start)

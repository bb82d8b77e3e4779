"""Experiments on data in a process of their own, while this one is busy with the network.

A network's passes leave a second processor idle for a part of the time, and what learns from data takes little memory.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from netviz.cache.store import Store
from netviz.engine.origins import keep_origin, processor
from netviz.engine.plan import Task
from netviz.engine.run import run_data_task
from netviz.methods import modules_declaring
from netviz.mistakes import Mistake, Mistakes
from netviz.modules import import_as_written
from netviz.progress import peak_memory

PROGRAM = f"import sys; sys.path[:] = sys.argv[1:]; del sys.argv[1:]; from {__name__} import serve; serve()"
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
        modules = sorted(modules_declaring())
        sent = pickle.dumps((modules, _folders_of_own(modules), pickle.dumps((tasks, store))))
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *map(os.path.abspath, sys.path)],  # PYTHONPATH can't name what has a colon
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
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
        _kill_with_all_it_began(self._process.pid)
        self._answers.close()
        with suppress(OSError):  # what it has never read
            self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()


def _folders_of_own(modules: Iterable[str]) -> set[Path]:
    """The folders of an author's own modules."""
    own = (sys.modules[name].__file__ for name in modules if not name.startswith("netviz."))
    return {Path(file).parent for file in own if file}


def serve() -> None:
    """What the process does: it reads its tasks from standard input and answers each on standard output.

    Should it fail, it says so and ends: who began it does what is left.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what methods read is no request
    os.dup2(2, 1)  # what they print is no answer
    try:
        _serve(requests, answers)
    except BaseException as error:  # a method's sys.exit() or KeyboardInterrupt, too
        print(f"experiments on data go on in the build's own process: {type(error).__name__}: {error}", file=sys.stderr)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    modules, folders, sent = pickle.loads(requests.read(int.from_bytes(requests.read(SIZE))))
    threading.Thread(target=_end_with, args=(requests,), daemon=True).start()
    for folder in folders:
        import_as_written(folder)
    for name in modules:  # before tasks name their methods
        importlib.import_module(name)
    tasks, store = pickle.loads(sent)
    for task in tasks:
        pickle.dump(_answer(task, store), answers)
        answers.flush()


def _end_with(requests: IO[bytes]) -> None:
    """End with the process that began this one: its end of the pipe is closed, however it came to an end."""
    os.read(requests.fileno(), 1)  # no lock is held meanwhile, for which the interpreter's end would wait
    _kill_with_all_it_began(os.getpid())


def _kill_with_all_it_began(process: int) -> None:
    """Methods may have begun processes, too: all are of its session's group."""
    with suppress(OSError):  # it has ended already
        if sys.platform == "win32":
            os.kill(process, signal.SIGTERM)
        else:
            os.killpg(process, signal.SIGKILL)


def _answer(task: Task, store: Store) -> Answer:
    start = time.perf_counter()
    mistakes: tuple[Mistake, ...] = ()
    try:
        run_data_task(task, store)
        keep_origin(task, store, time.perf_counter() - start, peak_memory(), processor())
    except Mistakes as failed:
        mistakes = failed.mistakes
    return Answer(task.key, mistakes, time.perf_counter() - start)

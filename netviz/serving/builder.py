"""A process that builds whenever it is asked to.

It keeps what takes long to import, so that a changed sentence is woven in less than a second. Whatever a build does to
it, be it that the system ends it for want of memory, the process that answers browsers goes on and starts another.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait

from netviz.mistakes import Mistake
from netviz.options import Options
from netviz.progress import Reader, Reporter
from netviz.serving.state import UnderWay, WovenPage

EVERY = 0.1  # seconds between two steps that are told
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a build ended: whether it changed the site, and what is wrong; in a sentence, if no file is at fault."""

    is_new: bool = False
    warnings: tuple[Mistake, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    failure: str = ""


Attempt = Callable[[Options, Reporter], Outcome]
"""Builds a site; found in its module by name, since another process calls it."""

Rehearsal = Callable[[Options], None]
"""Reads what builds read and changes nothing, so that the next build finds it in memory; likewise found by name."""


class Builder:
    """The process, and the pipe to it."""

    def __init__(self, attempt: Attempt, rehearse: Rehearsal, options: Options) -> None:
        processes = multiprocessing.get_context("spawn")  # a fork would take locks along that other threads hold
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=_work, args=(theirs, attempt, rehearse, options), daemon=True)
        with _signals_held_back():
            self._process.start()
        theirs.close()

    def build(self, pages: Collection[str] = ()) -> Iterator[UnderWay | WovenPage | Outcome]:
        """Build, ``pages`` first: its steps while they are made, pages once they are woven, then its outcome."""
        try:
            self._pipe.send([*pages])
            while not isinstance(news := self._pipe.recv(), Outcome):
                yield news
        except (EOFError, OSError):
            self._process.join()
            ended = f"the process that builds was ended (exit code {self._process.exitcode})"
            news = Outcome(failure=f"{ended}; it may be that memory was short. The next change starts it anew.")
        yield news

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked to build."""
        return self._process.is_alive()

    def end(self) -> None:
        """End it at once, whatever it does: what a killed build leaves is tidied up by the next."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let signals wait for a process that is started meanwhile until it asks for them: Python would tell of them."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # it is started before the first process, and lets signals through itself
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, attempt: Attempt, rehearse: Rehearsal, options: Options) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def build() -> None:
        reader = Reader(pages=pipe.recv(), show=lambda path, html: pipe.send(WovenPage(path, html)))
        pipe.send(attempt(options, Reporter(listener=_Telling(pipe), reader=reader)))

    build()
    with contextlib.suppress(Exception):  # what is wrong is told by builds
        rehearse(options)
    while True:
        build()


def _end_with_parent() -> None:
    """Nobody waits for a build whose server is gone, however it went."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


class _Telling:
    """Sends steps through a pipe, a new stage at once and others now and then."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._last, self._stage = pipe, 0.0, ""

    def __call__(self, stage: str, share: float, item: str) -> None:
        now = time.monotonic()
        if stage != self._stage or now - self._last > EVERY:
            self._last, self._stage = now, stage
            self._pipe.send(UnderWay(stage, share, item))

"""How the program starts and stops: streams that may be closed, and signals that may come at any moment.

Needs nothing but the standard library, so that Ctrl-C is heard before anything else is imported.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import TextIO

PATIENCE = 0.5  # seconds in which a build that was told to stop may tidy up
_told = threading.Event()  # that the user has been told that the build stops
_stopped_by: list[int] = []  # the number of the signal that has interrupted the main thread


def start() -> int:
    """Run the command line as a program of its own; returns its exit code: after a signal, 128 and its number.

    Nothing else counts then, for out of a library the interrupt may come as another exception, or not at all.
    """
    code = 1
    try:
        try:
            _keep_streams_open()
            _listen_for_signals()
            from netviz.command_line import main

            code = main()
        finally:
            _listen_no_more()
            gc.freeze()  # or it looks through all that TensorFlow has made, two seconds long, while Python ends
    except KeyboardInterrupt:  # be it that no signal was listened for yet
        code = 128 + signal.SIGINT
    except MemoryError:  # already while modules are imported
        print("there is too little memory to start", file=sys.stderr)
    except BaseException:
        if not _stopped_by:
            raise
    return 128 + _stopped_by[0] if _stopped_by else code


def _listen_for_signals() -> None:
    """Ctrl-C and SIGTERM stop the build, and end the process should it not have stopped after `PATIENCE`.

    The interpreter hears a signal only between two steps of its main thread, of which one may be a minute in
    TensorFlow; the wake-up pipe is written to at once, and read by a thread of its own.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    terminal = os.dup(2)  # which is silenced for a while, see `netviz.networks.quiet`
    threading.Thread(target=_end_after_patience, args=(heard, terminal), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _listen_no_more() -> None:
    """Nothing is left to stop, and Python would tell of it at length."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    """Interrupt the main thread, once: its way out isn't interrupted again."""
    if not _stopped_by:
        _stopped_by.append(number)
        _told.wait(PATIENCE)
        raise KeyboardInterrupt


def _end_after_patience(heard: int, terminal: int) -> None:
    """All that a killed build leaves is tidied up by the next, so to end it here does no harm."""
    while (number := os.read(heard, 1)[0]) not in (signal.SIGINT, signal.SIGTERM):
        pass  # other signals are written here too
    with contextlib.suppress(OSError):
        os.write(terminal, b"\nstopped; what was computed is kept, and the next build goes on from there.\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries say of being interrupted is no news
    _told.set()
    time.sleep(PATIENCE)
    os._exit(128 + number)


def _keep_streams_open() -> None:
    """Standard output and error take whatever is written to them, though nobody may be reading."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file to be opened would take its place, and get what is printed
            os.open(os.devnull, os.O_RDWR)
    sys.stdout, sys.stderr = _unfailing(1, sys.stdout), _unfailing(2, sys.stderr)


def _unfailing(number: int, stream: TextIO | None) -> io.TextIOWrapper:
    encoding = stream.encoding if stream else "utf-8"
    raw = io.BufferedWriter(_Unfailing(number, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding, errors="backslashreplace", line_buffering=True)


class _Unfailing(io.FileIO):
    """A stream that drops what it can't write: whether anybody reads the report is nothing to the build."""

    def write(self, data: object) -> int:
        written = None
        with contextlib.suppress(OSError):
            written = super().write(data)  # type: ignore[arg-type]
        return memoryview(data).nbytes if written is None else written  # type: ignore[arg-type]

"""A scheduler and workers in processes of their own, which begin in a moment, for the network that costs nothing."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from cheap_network import WEIGHTS, open_cheap

from netviz.cluster.dask_library import ClusterUnavailable
from netviz.progress import Reporter

NEEDED = ("cluster_apart", "netviz.cluster.worker", "netviz.cluster.scheduler", "netviz.methods.gradients")

NOWHERE = Path(os.devnull)
PATIENCE = 120  # seconds; no test waits as long unless something is broken

_context = get_context("forkserver")
_context.set_forkserver_preload([*NEEDED])


def free_address() -> str:
    """Where a scheduler of this machine can listen."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{found.getsockname()[1]}"


def start_scheduler(address: str, settings: Mapping[str, str] | None = None) -> ForkServerProcess:
    """`netviz scheduler ADDRESS`, which listens; ``settings`` are of Dask's configuration.

    Builds and workers give up after ten seconds, in which a busy machine may not have begun it.
    """
    process = _start("", settings, NOWHERE, _schedule, address)
    host, _, port = address.partition("://")[2].rpartition(":")
    until = time.monotonic() + PATIENCE
    while not _listens(host.strip("[]"), int(port)):
        assert process.is_alive() and time.monotonic() < until
        time.sleep(0.05)
    return process


def _listens(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port)):
        return True
    return False


def start_worker(
    address: str,
    seconds: float = 0.0,
    weights: str = WEIGHTS.digest,
    namespace: str = "",
    settings: Mapping[str, str] | None = None,
    said: Path = NOWHERE,
) -> ForkServerProcess:
    """`netviz worker ADDRESS`, begun: with a network that takes so many seconds for a pass, and weights of a digest.

    ``namespace`` is the network that it sees, as `ip netns` names it; without one it is this machine's. What it says
    stands in a file.
    """
    return _start(namespace, settings, said, _work, address, seconds, weights)


def _start(*what: object) -> ForkServerProcess:
    process = _context.Process(target=_run, args=what, daemon=True)
    process.start()
    return process


def _run(namespace: str, settings: Mapping[str, str] | None, said: Path, command: object, *arguments: object) -> None:
    import dask

    dask.config.set(settings or {})
    if namespace:
        with Path("/run/netns", namespace).open("rb") as file:
            ctypes.CDLL(None).setns(file.fileno(), 0)
    with said.open("w", encoding="utf-8", buffering=1) as file, redirect_stderr(file):
        try:
            command(*arguments)  # type: ignore[operator]
        except ClusterUnavailable:
            sys.exit(1)


def _schedule(address: str) -> None:
    from netviz.cluster.scheduler import schedule

    schedule(address, Reporter())


def _work(address: str, seconds: float, weights: str) -> None:
    from dataclasses import replace

    from netviz.cluster.identity import identity
    from netviz.cluster.worker import work

    work(address, identity(replace(WEIGHTS, digest=weights)), partial(open_cheap, seconds), (), Reporter())

"""Workers may die at any moment, and their scheduler: every result arrives, once, and is that of a single machine.

Some dozens of experiments and a few deaths. ``NETVIZ_CLUSTER_KILLS=500 pytest tests/test_cluster_kills.py`` runs more,
and as root, with ``NETVIZ_NAMESPACES=1``, each worker sees a network of its own.
"""

from __future__ import annotations

import io
import itertools
import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from cheap_network import WEIGHTS, cheap_tasks, open_cheap
from cluster_apart import free_address, start_scheduler, start_worker
from rich.console import Console
from test_cluster import on_this_machine, results

from netviz.cache.store import Store
from netviz.cluster import connection
from netviz.cluster.dask_library import ClusterUnavailable
from netviz.cluster.executor import ClusterExecutor
from netviz.engine.execution import run_missing
from netviz.engine.plan import Task
from netviz.progress import Reporter

EXPERIMENTS = int(os.environ.get("NETVIZ_CLUSTER_KILLS", "60"))
NIGHTLY = "NETVIZ_CLUSTER_KILLS" in os.environ
NAMESPACES = bool(os.environ.get("NETVIZ_NAMESPACES"))
PASS, SLOW_PASS = 0.02, 0.2  # seconds that a network takes for a pass
NETWORK = "10.213.77"  # of the namespaces, of which the first address is this process'


class Machines:
    """A scheduler and workers, of which one is slow, at an address; whoever dies is replaced by one like it."""

    def __init__(self, address: str, namespaces: Sequence[str]) -> None:
        self.address = address
        self._namespaces = itertools.cycle(namespaces)
        self.scheduler = start_scheduler(address)
        self.workers = [self._worker(seconds) for seconds in (SLOW_PASS, PASS, PASS)]
        self.deaths = 0

    def _worker(self, seconds: float) -> tuple[ForkServerProcess, float]:
        """A worker, and how long a pass takes it."""
        return start_worker(self.address, seconds, namespace=next(self._namespaces)), seconds

    def another(self, seconds: float = PASS) -> None:
        """One more worker comes."""
        self.workers.append(self._worker(seconds))

    def kill_one(self, chance: random.Random) -> None:
        """A worker dies, and another comes."""
        worker, seconds = self.workers.pop(chance.randrange(len(self.workers)))
        worker.kill()
        self.deaths += 1
        self.another(seconds)

    def kill_the_scheduler(self) -> None:
        """It dies, and its workers with it; all are started again."""
        self.kill()
        self.scheduler = start_scheduler(self.address)
        self.workers = [self._worker(seconds) for _, seconds in self.workers]

    def kill(self) -> None:
        """All die."""
        for process in (self.scheduler, *(worker for worker, _ in self.workers)):
            process.kill()
            process.join()


@contextmanager
def networks() -> Iterator[tuple[str, list[str]]]:
    """A scheduler's address, and the namespaces of the networks that can reach it; the names are empty without any."""
    if not NAMESPACES:
        yield free_address(), [""]
        return
    names = [f"netviz{number}" for number in range(4)]

    def ip(words: str) -> None:
        subprocess.run(["ip", *words.split()], check=True)

    try:
        ip("link add netviz type bridge")
        ip(f"addr add {NETWORK}.1/24 dev netviz")
        ip("link set netviz up")
        for number, name in enumerate(names):
            ip(f"netns add {name}")
            ip(f"link add {name} type veth peer name inside netns {name}")
            ip(f"link set {name} master netviz up")
            ip(f"-n {name} addr add {NETWORK}.{10 + number}/24 dev inside")
            ip(f"-n {name} link set inside up")
            ip(f"-n {name} link set lo up")
        yield f"tcp://{NETWORK}.1:{free_address().rpartition(':')[2]}", names
    finally:
        for name in names:
            subprocess.run(["ip", "link", "del", name], check=False)  # else it goes some time after its namespace
            subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", "netviz"], check=False)


@pytest.fixture
def machines() -> Iterator[Machines]:
    with networks() as (address, namespaces):
        running = Machines(address, namespaces)
        yield running
        running.kill()


def run(tasks: Sequence[Task], address: str, store: Store, arrived: list[str]) -> None:
    executor = ClusterExecutor(address, WEIGHTS, open_cheap)
    reporter = Reporter(Console(file=io.StringIO()))
    try:
        run_missing(tasks, executor, store, reporter, lambda task: arrived.append(task.label))
    finally:
        executor.close()


@pytest.mark.slow
def test_every_result_arrives_once_and_right_whoever_dies(tmp_path: Path, machines: Machines) -> None:
    tasks = cheap_tasks(tmp_path, EXPERIMENTS // 2, ["says", "slope"])
    chance, over = random.Random(EXPERIMENTS), threading.Event()
    arrived: list[str] = []
    here, there = Store(tmp_path / "here"), Store(tmp_path / "there")

    def torment() -> None:
        machines.another()  # comes late
        thirds = [len(tasks) // 3, 2 * len(tasks) // 3]
        while not over.wait(chance.uniform(1, 3) if NIGHTLY else 0.5):
            if thirds and len(arrived) > thirds[0]:
                thirds.pop(0)
                machines.kill_the_scheduler() if len(thirds) == 0 else machines.kill_one(chance)
            elif NIGHTLY and arrived:
                machines.kill_one(chance)

    tormentor = threading.Thread(target=torment, daemon=True)
    tormentor.start()
    try:
        run(tasks, machines.address, there, arrived)
    finally:
        over.set()
        tormentor.join()
    assert Counter(arrived) == Counter(task.label for task in tasks)
    on_this_machine(tasks, here)
    assert results(there) == results(here)
    assert machines.deaths
    print(f"{len(tasks)} results, {machines.deaths} workers died, and the scheduler once")


@pytest.mark.slow
def test_a_build_whose_scheduler_is_gone_goes_on_where_it_stopped(
    tmp_path: Path, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 5)
    tasks, store = cheap_tasks(tmp_path, EXPERIMENTS // 2, ["says", "slope"]), Store(tmp_path / "store")
    arrived: list[str] = []

    def kill() -> None:
        while len(arrived) < len(tasks) // 3:
            time.sleep(0.05)
        machines.kill()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(ClusterUnavailable, match="is gone; what has come back is kept: start it again"):
        run(tasks, machines.address, store, arrived)
    killer.join()
    assert 0 < len(arrived) < len(tasks)
    machines.kill_the_scheduler()
    run(tasks, machines.address, store, arrived)
    assert Counter(arrived) == Counter(task.label for task in tasks), "what had come back is not run again"

"""What a cluster costs: seconds of a processor for each task beside its passes, and memory over many photos.

    python tests/bench/cluster.py --workers 0 1 2 4 --photos 400    # 0: in one process
    python tests/bench/cluster.py --workers 2 --photos 10000

The network costs nothing, so that all that is measured is the way there and back. Seconds are of processors, as the
system counts them for each process: other work on the machine changes them little.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cheap_network import WEIGHTS, cheap_tasks, open_cheap  # noqa: E402
from cluster_apart import free_address, start_scheduler, start_worker  # noqa: E402

from netviz.cache.store import Store  # noqa: E402
from netviz.cluster.executor import ClusterExecutor  # noqa: E402
from netviz.engine.execution import Executor, LocalExecutor, run_missing  # noqa: E402
from netviz.engine.plan import Task  # noqa: E402
from netviz.engine.run import PictureRunner  # noqa: E402
from netviz.progress import Reporter  # noqa: E402

EVERY = 0.25  # seconds between two looks
TENTHS = np.linspace(0.1, 1.0, 10)


@dataclass
class Seen:
    """What a process had used when so many tasks were done: seconds of a processor, and bytes of memory."""

    done: list[int]
    seconds: list[float]
    memory: list[int]


class Watch:
    """Looks at processes now and then, as long as its block lasts."""

    def __init__(self, processes: dict[str, psutil.Process]) -> None:
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.done = 0
        self.seen = {name: Seen([], [], []) for name in processes}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def count(self, task: Task) -> None:
        """One more is done."""
        self.done += 1

    def _look(self) -> None:
        while True:
            over = self._over.wait(EVERY)
            for name, process in self._processes.items():
                used = process.cpu_times()
                self.seen[name].done.append(self.done)
                self.seen[name].seconds.append(used.user + used.system)
                self.seen[name].memory.append(process.memory_info().rss)
            if over:
                return


def measured(tasks: Sequence[Task], executor: Executor, processes: dict[str, psutil.Process], folder: Path) -> Watch:
    """All tasks, run once into a store of their own, and what was seen meanwhile."""
    with Watch({"build": psutil.Process(), **processes}) as watch:
        run_missing(tasks, executor, Store(folder), Reporter(Console(file=io.StringIO())), watch.count)
    executor.close()
    return watch


def tell(title: str, watch: Watch, tasks: int, took: float) -> None:
    """A line for each process."""
    print(f"\n{title}: {took:.1f} s, {1000 * took / tasks:.1f} ms a task")
    for name, seen in watch.seen.items():
        done, seconds = np.array(seen.done), np.array(seen.seconds)
        warm = (done >= tasks / 10) & (done < tasks)  # without what is imported and compiled first
        slope = np.polyfit(done[warm], seconds[warm], 1)[0] if warm.sum() > 2 else float("nan")
        memory = [
            seen.memory[int(np.searchsorted(done, share * tasks))] / 1e6
            for share in TENTHS
            if share * tasks <= done[-1]
        ]
        shown = " ".join(f"{one:.0f}" for one in memory)
        print(f"  {name:9} {1000 * slope:6.2f} ms of a processor a task; MB at each tenth of the tasks: {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2, 4])
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=0.0, help="that a pass takes, asleep")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tasks = cheap_tasks(folder, asked.photos, ["says"])
        _ = [task.key for task in tasks]
        for count in asked.workers:
            address = free_address()
            others = (
                [start_scheduler(address), *(start_worker(address, asked.seconds) for _ in range(count))]
                if count
                else []
            )
            names = ["scheduler", *(f"worker {number}" for number in range(1, count + 1))]
            processes = {name: psutil.Process(one.pid) for name, one in zip(names, others, strict=False)}
            here = LocalExecutor(lambda: PictureRunner(open_cheap(asked.seconds)))
            executor = ClusterExecutor(address, WEIGHTS, open_cheap) if count else here
            start = time.perf_counter()
            watch = measured(tasks, executor, processes, folder / str(count))
            tell(f"{count} workers" if count else "this process alone", watch, len(tasks), time.perf_counter() - start)
            for one in others:
                one.kill()


if __name__ == "__main__":
    main()

"""A build's connection to a scheduler and to those of its workers that can do its work."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from netviz.cluster.dask_library import (
    LOOPBACK,
    PATIENCE,
    ClusterUnavailable,
    import_distributed,
    security,
    unreachable,
)
from netviz.cluster.identity import Identity, difference, resource
from netviz.cluster.worker import PLUGIN, hear_refusal, run_bundle
from netviz.cluster_addresses import local_workers
from netviz.installation import COMMAND
from netviz.progress import Reporter

distributed: Any = import_distributed()

EVERY = 1.0  # seconds between two looks at the workers
WAITING = 300  # seconds for a worker that fits
BROKEN = (OSError, distributed.comm.CommClosedError, distributed.TimeoutError)


class Connection:
    """Sends bundles and gives what comes back; ``workers`` is how many there are that fit."""

    def __init__(self, address: str, ours: Identity, options: Mapping[str, Any], reporter: Reporter) -> None:
        """Raises ClusterUnavailable where no scheduler answers."""
        self.workers = 0
        self._address, self._ours, self._reporter = address, ours, reporter
        self._refused: dict[str, str] = {}
        self._seen = -EVERY
        self._alone_since: float | None = None
        self._cluster = _local_cluster(count, options) if (count := local_workers(address)) else None
        try:
            self._client = distributed.Client(self._cluster or address, timeout=PATIENCE, security=security())
        except (*BROKEN, RuntimeError, TypeError, ValueError) as error:
            raise ClusterUnavailable(unreachable(address, error)) from None

    def look(self) -> None:
        """See which workers are there, and tell if that has changed.

        Raises ClusterUnavailable when the scheduler is gone, or if there has been no worker that fits for too long.
        """
        self._check_scheduler()
        if time.monotonic() - self._seen >= EVERY:
            self._seen = time.monotonic()
            fitting = sum(not reason for reason in self._reasons().values())
            if fitting != self.workers:
                self._reporter.say(f"{fitting} worker{'s'[: fitting != 1]} at {self._address}")
            self.workers = fitting
            self._wait_for_one()

    def _wait_for_one(self) -> None:
        if self.workers:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = self._seen
            if not self._cluster:  # whose workers are started again by themselves
                self._reporter.say(f"waits for a worker that fits: `{COMMAND} worker {self._address}` starts one")
        elif self._seen - self._alone_since > WAITING:
            raise ClusterUnavailable(f"no worker that fits has come to {self._address} for {WAITING} seconds")

    def submit(self, content: bytes) -> Any:
        """Dask's future of a bundle's results."""
        with self._told_if_gone():
            return self._client.submit(run_bundle, content, pure=False, resources={resource(self._ours): 1})

    def finished(self, under_way: Collection[Any]) -> Iterable[Any]:
        """Those futures that are done, whatever came of them; waits a while if there are none."""
        if not under_way:
            time.sleep(EVERY / 10)
            return ()
        with self._told_if_gone():
            try:
                return distributed.wait(list(under_way), timeout=EVERY, return_when="FIRST_COMPLETED").done
            except distributed.TimeoutError:
                return ()
            except distributed.CancelledError:
                return [one for one in under_way if one.done()]

    def results_of(self, future: Any) -> bytes | None:
        """What has come of a bundle; None if it was lost with the scheduler. Raises what running it raised."""
        with self._told_if_gone():
            try:
                return future.result()
            except (*BROKEN, distributed.CancelledError):
                return None

    @contextlib.contextmanager
    def _told_if_gone(self) -> Iterator[None]:
        """Whatever Dask raises in the block, if only because the connection has ended, is told as that."""
        try:
            yield
        except Exception:
            self._check_scheduler()
            raise

    def _check_scheduler(self) -> None:
        if self._client.status not in ("running", "connecting"):
            raise ClusterUnavailable(
                f"the scheduler {self._address} is gone; what has come back is kept: start it again, and its workers, "
                "then build again, and it goes on from there"
            ) from None

    def close(self) -> None:
        """End it, and with it workers that were started for it."""
        self._client.close(timeout=PATIENCE)
        if self._cluster:
            self._cluster.close(timeout=PATIENCE)

    def _reasons(self) -> Mapping[str, str]:
        """Why each worker is refused; empty for those that fit. New refusals are told."""
        try:
            with self._told_if_gone():
                found = self._client.scheduler_info().get("workers", {})
        except BROKEN:
            return {}
        reasons = {address: difference(one.get(PLUGIN), self._ours) for address, one in found.items()}
        refused = {address: reason for address, reason in reasons.items() if reason}
        for address in refused.keys() - self._refused.keys():
            self._reporter.say(f"the worker {address} is refused: {refused[address]}")
            self._tell(address, refused[address])
        self._refused = refused
        return reasons

    def _tell(self, address: str, reason: str) -> None:
        """Let a worker say itself that it is refused; one that does not answer holds up nobody."""

        def tell() -> None:
            with contextlib.suppress(Exception):
                self._client.run(hear_refusal, reason, workers=[address], on_error="ignore")

        threading.Thread(target=tell, daemon=True).start()


def _local_cluster(workers: int, options: Mapping[str, Any]) -> Any:
    """A scheduler in this process, and processes of workers on this machine, which are started again if they end."""
    sys.warnoptions.append("ignore:resource_tracker")  # it would tell of semaphores when Ctrl-C ends all of them
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=options["nthreads"],
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": LOOPBACK},
        **{name: value for name, value in options.items() if name != "nthreads"},
    )

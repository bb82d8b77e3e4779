"""Dask's ``distributed`` as netviz uses it: quiet, with processors' threads as results' keys have them.

It is an optional extra: only what needs it imports it, by `import_distributed`.
"""

from __future__ import annotations

import socket
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from netviz.installation import COMMAND, INSTALLED
from netviz.networks.weights import first_line

INSTALL = (
    "pip install '.[cluster]'" if INSTALLED else "pip install --no-deps --require-hashes -r requirements/cluster.txt"
)
LOOPBACK = "127.0.0.1:0"  # what a server for dashboards listens at, which Dask opens whether one is asked for or not
PATIENCE = 10  # seconds for a scheduler to answer, or to come back
FAILURES = 8  # workers that may die over a task before it is held to be the cause
LOGGERS = (
    "distributed",
    "distributed.client",
    "distributed.gc",
    "tornado",
    "tornado.application",
    "asyncio",
)  # speak of what netviz tells in its own words
SETTINGS = {
    "distributed.scheduler.allowed-failures": FAILURES,
    "distributed.worker.profile.enabled": False,  # would look at what runs a hundred times a second
    "distributed.admin.large-graph-warning-threshold": "1TiB",  # photos go along with the tasks that look at them
    "distributed.admin.low-level-log-length": 1,  # else the last thousand messages are kept, with their photos
    "distributed.diagnostics.nvml": False,
    # Before a process of a worker begins. Dask would give it one thread for its sums, and a result's last digits hang
    # on their number: see `netviz.networks.machine`.
    "distributed.nanny.pre-spawn-environ": {"DASK_LOGGING__DISTRIBUTED": "critical"},
}


class ClusterUnavailable(Exception):
    """A cluster can't be used, or no longer; the message says what to do."""


def import_distributed() -> ModuleType:
    """Dask's ``distributed``. Raises ClusterUnavailable where it is not installed."""
    try:
        import dask
    except ImportError:
        raise ClusterUnavailable(f"many machines need Dask, which is not installed: `{INSTALL}`") from None
    settings: Any = dask.config
    settings.set({"logging": dict.fromkeys(LOGGERS, "critical")})  # is looked up when the next is imported
    import distributed

    settings.set(SETTINGS)  # in the place of its defaults, which come with it
    return distributed


def security() -> Any:
    """Certificates and keys for ``tls://``, as Dask's own configuration names them."""
    return import_distributed().Security()


def _unknown_host(address: str) -> str:
    """Why the name of an address's host leads to no machine: Dask tries it until its time is out; empty if it does."""
    try:
        socket.getaddrinfo(urlsplit(address).hostname, None)
    except socket.gaierror as error:
        return error.strerror or str(error)
    except ValueError:  # it is no name at all, which is told in Dask's words
        pass
    return ""


def unreachable(address: str, error: BaseException) -> str:
    """That nobody who could be understood listens at an address, in a sentence."""
    if why := _unknown_host(address):
        return f"no scheduler can be found at {address}: no host of that name is known here ({why}); is it misspelt?"
    words = f"within {PATIENCE} seconds" if isinstance(error, TimeoutError) else f"({first_line(error)})"
    return f"no scheduler answers at {address} {words}: `{COMMAND} scheduler {address}` starts one on that machine"

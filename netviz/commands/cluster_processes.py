"""``netviz scheduler`` and ``netviz worker``: what runs on other machines, so that a build there has many."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from netviz.cluster_addresses import LOOPBACK, scheduler
from netviz.commands.arguments import SCHEDULER, WORKER
from netviz.installation import COMMAND
from netviz.networks import open_network
from netviz.networks.weights import describe
from netviz.options import Options, arguments_of
from netviz.progress import Reporter

OF_WORKERS = ("weights", "methods")  # options of a build that its workers must be given too


def run_worker(arguments: Sequence[str]) -> None:
    """The command ``worker``, which ends with its scheduler.

    Raises ClusterUnavailable, WeightsUnavailable, Mistakes for methods of one's own that can't be imported, and
    SystemExit for arguments that can't be read.
    """
    parser = _parser(WORKER, "Run experiments for builds with --cluster ADDRESS, one at a time on all processors.")
    parser.add_argument("address", type=scheduler, metavar="ADDRESS", help="of the scheduler, tcp://HOST:8786")
    for name in OF_WORKERS:
        one = arguments_of(Options)[name]
        more = {**one.more, "type": one.read, "default": getattr(Options, name)}
        parser.add_argument(f"--{name}", help=one.help, **more)
    asked = parser.parse_args(arguments)
    from netviz.cluster.identity import identity
    from netviz.cluster.worker import work  # imports Dask
    from netviz.commands.own_code import import_own

    import_own(asked.methods)
    ours = identity(describe(asked.weights))
    work(asked.address, ours, partial(open_network, asked.weights), asked.methods, Reporter())


def run_scheduler(arguments: Sequence[str]) -> None:
    """The command ``scheduler``, until it is stopped. Raises ClusterUnavailable, SystemExit as `run_worker`."""
    parser = _parser(SCHEDULER, "Hand the experiments of builds to workers. It listens at this address alone.")
    parser.add_argument(
        "address", type=scheduler, nargs="?", default=LOOPBACK, metavar="ADDRESS", help=f"where it listens ({LOOPBACK})"
    )
    asked = parser.parse_args(arguments)
    from netviz.cluster.scheduler import schedule  # imports Dask

    schedule(asked.address, Reporter())


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"{COMMAND} {command}", description=description)

"""A scheduler: Dask's, which hands the tasks of builds to workers, and knows of both by their connections alone."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from netviz.cluster.dask_library import LOOPBACK, ClusterUnavailable, import_distributed, security
from netviz.cluster_addresses import bracketed
from netviz.installation import COMMAND
from netviz.networks.weights import first_line
from netviz.progress import Reporter

distributed: Any = import_distributed()


def schedule(address: str, reporter: Reporter) -> None:
    """Listen at an address, and nowhere else, until the process is stopped. Raises ClusterUnavailable if it can't."""
    asyncio.run(_schedule(address, reporter))


async def _schedule(address: str, reporter: Reporter) -> None:
    try:
        asked = urlsplit(address)
        place = {"protocol": asked.scheme, "host": bracketed(asked.hostname or ""), "port": asked.port}
        scheduler = await distributed.Scheduler(
            **place, security=security(), dashboard=False, dashboard_address=LOOPBACK
        )
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise ClusterUnavailable(f"can't listen at {address} ({first_line(error.__cause__ or error)})") from None
    reporter.say(f"listens at {scheduler.address}; Ctrl-C ends it. `{COMMAND} worker {address}` starts a worker,")
    reporter.say(f"`{COMMAND} --cluster {address}` builds. Whoever reaches it can run code here and on its workers.")
    await scheduler.finished()

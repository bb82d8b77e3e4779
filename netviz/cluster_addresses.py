"""Where a cluster is: ``local:4``, or the address of a scheduler, ``tcp://HOST:8786`` or ``tls://HOST:8786``."""

from __future__ import annotations

import argparse
import re

PORT = 8786  # of Dask's schedulers
LOOPBACK = f"tcp://127.0.0.1:{PORT}"
MOST_WORKERS = 256  # of one machine
_LOCAL = re.compile(r"local:([1-9][0-9]{0,3})")
_SCHEDULER = re.compile(r"(?:tcp|tls)://(?:\[[0-9a-fA-F:.]+\]|[^\s/?#:\[\]@]+):([0-9]{1,5})")


def cluster(word: str) -> str:
    """Either kind of address. Raises argparse.ArgumentTypeError."""
    if _LOCAL.fullmatch(word) and local_workers(word) <= MOST_WORKERS:
        return word
    if word.startswith("local"):
        raise argparse.ArgumentTypeError(f"{word!r} is no cluster of this machine: local:N, N from 1 to {MOST_WORKERS}")
    return scheduler(word)


def scheduler(word: str) -> str:
    """The address of a scheduler. Raises argparse.ArgumentTypeError."""
    found = _SCHEDULER.fullmatch(word)
    if not found or not 0 < int(found[1]) < 2**16:
        raise argparse.ArgumentTypeError(f"{word!r} is no address of a scheduler, such as tcp://192.168.0.10:{PORT}")
    return word


def local_workers(address: str) -> int:
    """How many workers of this machine are asked for; 0 where it is the address of a scheduler."""
    found = _LOCAL.fullmatch(address)
    return int(found[1]) if found else 0


def bracketed(host: str) -> str:
    """A host as it stands in addresses: one of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host

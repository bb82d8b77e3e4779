"""What a user asks of a build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netviz.networks import Precision


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    content: Path
    to: Path
    store: Path
    weights: str = "compact"
    picture: Path | None = None
    offer: tuple[str, ...] = ()
    precision: Precision | None = None
    strict: bool = False  # warnings end a build as mistakes do

"""The build, in six words: read, plan, run, draw, weave, publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netviz.course import Course, read_course
from netviz.experiments import untranslated
from netviz.networks.weights import describe
from netviz.plan import Plan, Task, make_plan
from netviz.progress import Reporter
from netviz.run import RESULTS
from netviz.store import Store


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    content: Path
    to: Path
    store: Path
    weights: str = "compact"
    picture: Path | None = None

"""What is being done, how far it is, how long it takes: a bar on a terminal, a line for each item elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@dataclass
class Stage:
    """One stage under way; work is counted in whatever unit its ``total`` has."""

    name: str
    total: float
    console: Console
    bar: Progress | None = None
    done: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)

    def advance(self, work: float) -> None:
        """Some of the total is done."""
        self.done += work
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=min(self.done, self.total))

    @contextlib.contextmanager
    def item(self, name: str, work: float = 1.0) -> Iterator[None]:
        """One item worth ``work``; what was not advanced within it is when it ends."""
        start, before = time.perf_counter(), self.done
        if self.bar:
            self.bar.update(self.bar.task_ids[0], description=f"{self.name} · {name}")
        yield
        taken = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + taken
        self.advance(before + work - self.done)
        if not self.bar:
            share = self.done / self.total if self.total else 1.0
            self.console.print(f"{self.name:>5} {share:4.0%}  {name}  {taken:.1f} s", highlight=False)


@dataclass
class Reporter:
    """Opens stages, and keeps how long each took."""

    console: Console = field(default_factory=lambda: Console(stderr=True))
    stages: dict[str, Stage] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def stage(self, name: str, total: float = 0.0) -> Iterator[Stage]:
        """A stage of ``total`` work; a bar is shown while it lasts if there is a terminal to show it on."""
        stage = self.stages[name] = Stage(name, total, self.console)
        start = time.perf_counter()
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        with contextlib.ExitStack() as stack:
            if self.console.is_terminal and total:
                stage.bar = stack.enter_context(Progress(*columns, *times, console=self.console, transient=True))
                stage.bar.add_task(name, total=total)
            yield stage
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

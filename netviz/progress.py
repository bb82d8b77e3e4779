"""What is being done, how far it is, how long it takes: a bar on a terminal, a line for each item elsewhere.

And at the end a report: what was done, where the time went, which claims are broken.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netviz.mistakes import Mistake

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))  # characters that Rich leaves out of what it prints
LONGEST = 8  # experiments whose seconds are reported

Listener = Callable[[str, float, str], None]
"""Is told of each step: the stage, how much of it is done (0 to 1), and the item under way."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who has pages of the site open while it is built: ``pages`` are their paths; these are woven first.

    ``show`` is told of each page, its path and its HTML, as soon as it is woven: long before the whole site stands.
    """

    pages: Collection[str] = ()
    show: Callable[[str, str], None] = lambda path, html: None


@dataclass(kw_only=True)
class Stage:
    """One stage under way; work is counted in whatever unit its ``total`` has."""

    name: str
    total: float
    console: Console
    listener: Listener
    bar: Progress | None = None
    done: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    under_way: str = ""

    def advance(self, work: float) -> None:
        """Some of the total is done."""
        self.done += work
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=min(self.done, self.total))
        self.tell()

    def tell(self) -> None:
        """Let who listens know how far it is."""
        self.listener(self.name, min(self.done / self.total, 1.0) if self.total else 0.0, self.under_way)

    @contextlib.contextmanager
    def item(self, name: str, work: float = 1.0, counted_as: str = "") -> Iterator[None]:
        """One item worth ``work``; what was not advanced within it is when it ends.

        Its seconds are summed up under its name, or what it is ``counted_as``.
        """
        start, before = time.perf_counter(), self.done
        self.show(name)
        yield
        self.finished(name, before + work - self.done, time.perf_counter() - start, counted_as)

    def show(self, name: str) -> None:
        """What is under way."""
        self.under_way = name
        self.tell()
        if self.bar:
            self.bar.update(self.bar.task_ids[0], description=f"{self.name} · {name}")

    def finished(self, name: str, work: float, taken: float, counted_as: str = "") -> None:
        """An item has been done, here or elsewhere, of which so much was not advanced yet; it took so many seconds."""
        self.seconds[counted_as or name] = self.seconds.get(counted_as or name, 0.0) + taken
        self.advance(work)
        if not self.bar:
            share = self.done / self.total if self.total else 1.0
            self.console.print(f"{self.name:>5} {share:4.0%}  {name}  {taken:.1f} s", highlight=False)


class Reporter:
    """Opens stages, keeps how long each took, and tells who listens how far they are, and the ``reader`` of pages."""

    def __init__(
        self,
        console: Console | None = None,
        listener: Listener = lambda stage, share, item: None,
        reader: Reader | None = None,
    ) -> None:
        self.listener, self.reader = listener, reader or Reader()
        self.stages: dict[str, Stage] = {}
        self.seconds: dict[str, float] = {}
        if console:
            self.console = console

    @cached_property
    def console(self) -> Console:
        """Where stages are shown; a build with nothing to do doesn't import it."""
        from rich.console import Console

        return Console(stderr=True, emoji=False)  # :100: is a line

    def say(self, line: str) -> None:
        """One line, whatever is in it."""
        if "console" not in vars(self):
            print(line.translate(CONTROLS), file=sys.stderr)
            return
        from rich.markup import escape

        self.console.print(escape(line), highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def stage(self, name: str, total: float = 0.0) -> Iterator[Stage]:
        """A stage of ``total`` work; a bar is shown while it lasts if there is a terminal to show it on.

        What its items took counts together with what those took of an earlier one of the same name.
        """
        taken = self.stages[name].seconds if name in self.stages else {}
        stage = Stage(name=name, total=total, console=self.console, listener=self.listener, seconds=taken)
        self.stages[name] = stage
        stage.tell()
        start = time.perf_counter()
        with contextlib.ExitStack() as stack:
            if self.console.is_terminal and total:
                stage.bar = stack.enter_context(_bar(self.console))
                stage.bar.add_task(name, total=total)
            yield stage
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def _bar(console: Console) -> Progress:
    """A bar on a terminal, gone when its stage ends; a build with nothing to show does not import it."""
    from rich import progress

    columns = (progress.TextColumn("{task.description}"), progress.BarColumn(), progress.TaskProgressColumn())
    times = (progress.TimeElapsedColumn(), progress.TextColumn("left"), progress.TimeRemainingColumn())
    return progress.Progress(*columns, *times, console=console, transient=True)


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a build ended. With no pages there was nothing to do: the site stood already.

    ``seconds`` are those of the stages; ``lessons`` and ``longest`` (by experiment) those of what was run and drawn.
    ``gone`` are the files of the old site that are not in the new one, ``books_gone`` those that an option would have
    made again, by its name. ``stored`` are the bytes of the store, of a build that has added to it; ``page`` is
    where all of this stands as a page.
    """

    site: Path
    experiments: int
    ran: int = 0
    drawn: int = 0
    pages: int = 0
    woven: int = 0
    size: int = 0
    gone: Sequence[str] = ()
    books_gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stored: int | None = None
    verdicts: Sequence[Any] = ()
    warnings: Sequence[Mistake] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    lessons: Mapping[str, float] = field(default_factory=dict)
    longest: Mapping[str, float] = field(default_factory=dict)
    page: Path | None = None

    def lines(self) -> Iterator[str]:
        """The report in words."""
        if not self.pages:
            yield f"nothing to do: {self.site} is up to date ({self.experiments} experiments known)"
            yield from self._told()
            return
        yield f"{self.experiments} experiments: {self.ran} run, {self.drawn} drawn, the others known already"
        yield f"{self.pages} pages, {self.woven} woven anew, {self.size / 1e6:.1f} MB in {self.site}"
        if self.gone:
            yield f"{len(self.gone)} files of the old site are not in the new one"
        for option, books in self.books_gone.items():
            yield f"  without {option} there is no {' and no '.join(books)} any more"
        if self.stored is not None:
            yield f"the store holds {self.stored / 1e6:.1f} MB; --clean removes what is not needed any more"
        if self.seconds:
            other = 1 - self.seconds.get("run", 0.0) / (sum(self.seconds.values()) or 1.0)
            yield f"seconds: {_listed(self.seconds)}; {other:.0%} of them not the network's"
        if self.ran:
            yield f"seconds by lesson: {_listed(self.lessons)}"
            yield f"longest experiments: {_listed(dict(list(self.longest.items())[:LONGEST]))}"
        if peak := peak_memory():
            yield f"peak memory: {peak / 1e9:.2f} GB"
        broken = [verdict for verdict in self.verdicts if not verdict.claim.kept]
        yield f"claims: {len(self.verdicts) - len(broken)} kept, {len(broken)} broken"
        for verdict in broken:
            claim, on_picture = verdict.claim, f" on {verdict.picture}" if verdict.picture else ""
            measured = ", ".join(f"{name} = {value}" for name, value in claim.measured.items())
            told = f" ({measured})" if measured else ""
            yield f"  broken in {verdict.experiment.id}{on_picture}: {claim.source}{told}"
        yield from self._told()
        if self.page:
            yield f"all of this as a page: {self.page}"

    def _told(self) -> Iterator[str]:
        if self.warnings:
            yield f"{len(self.warnings)} to look at (--strict makes a mistake of each):"
            yield from (f"  {line}" for warning in self.warnings for line in str(warning).splitlines())

    def plain(self) -> dict[str, Any]:
        """The report as JSON can hold it, sizes and memory in bytes; the warnings stand beside it."""
        told = ("experiments", "ran", "drawn", "pages", "woven", "size", "stored")
        return {
            "site": str(self.site),
            "page": str(self.page) if self.page else None,
            **{name: getattr(self, name) for name in told},
            "gone": len(self.gone),
            "memory": peak_memory(),
            **{name: dict(getattr(self, name)) for name in ("seconds", "lessons", "longest")},
            "claims": self._plain_claims() if self.pages else None,  # with nothing to do none is looked at
        }

    def _plain_claims(self) -> dict[str, Any]:
        broken = [verdict for verdict in self.verdicts if not verdict.claim.kept]
        return {
            "kept": len(self.verdicts) - len(broken),
            "broken": [
                {
                    "experiment": one.experiment.id,
                    "picture": one.picture,
                    "claim": one.claim.source,
                    "measured": dict(one.claim.measured),
                }
                for one in broken
            ],
        }


def _listed(seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {taken:.1f}" for name, taken in seconds.items())


def peak_memory() -> int | None:
    """The greatest resident size of this process so far, in bytes; None where the system doesn't tell."""
    try:
        import resource
    except ImportError:  # on Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

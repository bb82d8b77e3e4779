"""How long it takes to see a change: with this checkout of netviz and with another, in turn, and the ratios.

    git worktree add ../before COMMIT
    python tests/bench/edits.py --against ../before --store .netviz --repeat 5

A sentence as a process of its own, the same in a process that has built already (as `netviz serve` keeps one), and
until a page that is open in `netviz serve` shows it, the first time and later; a colour of the pages and one of the
figures, nothing to do, and nothing to do with a hundred lessons, which are copies of the course's. Wall seconds and
processor seconds, those of `serve` by Linux alone; medians. The store must hold the results of both checkouts, or they
are run first; with `--draft` those of a draft. Works on copies of the course and of both checkouts; sites stand in a
folder of their own.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from signal import SIGINT
from statistics import median
from threading import Thread

import yaml

ROOT = Path(__file__).resolve().parents[2]
LESSONS = 100
IDLE = 5.0  # seconds before a first sentence is saved: somebody has to write it
LOOK = 0.01  # seconds after which a page is looked at again
MADE_OF = ("netviz", "templates")  # what a checkout builds with, beside build.py
PAGES_COLOUR = ("templates/style.css", r"(?<=light-dark\(#)\d+")  # where the digits end is a colour, too
FIGURES_COLOUR = ("netviz/figures/colours.py", r"(?<=UNDERLAY_GREY = )\d+")
WITHIN = """
import sys, time
from pathlib import Path
from {attempt} import attempt
from netviz.options import Options
from netviz.progress import Reporter
content, store, site, lesson, number, draft = map(Path, sys.argv[1:])
options = Options(content=content, store=store, to=site, draft=str(draft) == "True")
for turn in range(1 + int(str(number))):
    lesson.write_text(lesson.read_text("utf-8") + f"\\nSentence {{turn}}.\\n", "utf-8")
    wall, processor = time.perf_counter(), time.process_time()
    outcome = attempt(options, Reporter())
    assert outcome.is_new, outcome
    print(time.perf_counter() - wall, time.process_time() - processor, flush=True)
"""


@dataclass(frozen=True)
class Seconds:
    """What something took: on the clock, and of processors."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Checkout:
    """A copy of a version of netviz, with a copy of the course and a site of its own beside it."""

    folder: Path
    store: Path
    draft: bool = False

    @classmethod
    def of(cls, root: Path, content: Path, folder: Path, store: Path, draft: bool) -> Checkout:
        """A copy of what stands at ``root``."""
        for name in MADE_OF:
            copytree(root / name, folder / name, ignore=ignore_patterns("__pycache__"))
        copy(root / "build.py", folder)
        copytree(content, folder / "course")
        return cls(folder, store, draft)

    @property
    def lesson(self) -> Path:
        """The text that is changed: the first with an experiment."""
        lessons = sorted(self.folder.glob("course/lessons/*/en.md"))
        return next(path for path in lessons if "```experiment" in path.read_text("utf-8"))

    def build(self, course: str = "course", site: str = "site") -> Seconds:
        """Build as a process of its own."""
        return self._timed([sys.executable, "build.py", *self._given(course, site)])

    def _given(self, course: str = "course", site: str = "site") -> list[str]:
        places = {"content": self.folder / course, "store": self.store, "to": self.folder / site}
        given = [word for name, place in places.items() for word in (f"--{name}", str(place))]
        return [*given, *(["--draft"] if self.draft else [])]

    def sentence(self) -> Seconds:
        """The build after a sentence was added."""
        self.lesson.write_text(self.lesson.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
        return self.build()

    def other_number(self, file: str, pattern: str) -> Seconds:
        """The build after a number in a file of netviz has become larger by one, the first that fits the pattern."""
        path = self.folder / file
        text, count = re.subn(pattern, lambda found: str(int(found[0]) + 1), path.read_text("utf-8"), count=1)
        assert count, f"{file} has nothing like {pattern}"
        path.write_text(text, "utf-8")
        return self.build()

    def within(self, repeat: int) -> list[Seconds]:
        """The builds after a sentence each, in one process that has built before."""
        code = WITHIN.format(attempt="netviz.command_line")
        places = [self.folder / "course", self.store, self.folder / "site", self.lesson, repeat, self.draft]
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, places)],
            cwd=self.folder,
            env=_environment(self.folder),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return [Seconds(*map(float, line.split())) for line in done.stdout.splitlines()[1:]]

    def shown(self, repeat: int) -> list[Seconds]:
        """From saving a sentence until the page has it that is open in `serve`, which had nothing to do at first."""
        self.build()
        with served([sys.executable, "build.py", "serve", "--port", "0", *self._given()], self.folder) as serve:
            page = f"{re.sub(r'^[0-9]+-', '', self.lesson.parent.name)}.html"
            with serve.opened(page) as states:
                while '"step": null' not in next(states):
                    pass
                time.sleep(IDLE)
                return [serve.saved(self.lesson, f"Sentence {turn} of {repeat}.", page) for turn in range(1 + repeat)]

    def multiply(self, course: str, count: int) -> None:
        """Make a course of ``count`` lessons, copies of those there are, under a name beside it."""
        multiplied(self.folder / "course", self.folder / course, count)

    def _timed(self, command: Sequence[str]) -> Seconds:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=self.folder, env=_environment(self.folder), stderr=subprocess.PIPE)
        assert process.stderr is not None
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(command)} failed:\n{told.decode()}")
        return Seconds(time.perf_counter() - start, usage.ru_utime + usage.ru_stime)


@dataclass(frozen=True)
class Served:
    """`serve` under way."""

    process: subprocess.Popen[str]
    port: int

    @contextmanager
    def opened(self, page: str) -> Iterator[Iterator[str]]:
        """The states that an open page is told."""
        with closing(HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", f"/.live/states?page={page}")
            with connection.getresponse() as answer:
                yield (line.decode() for line in answer)

    def saved(self, lesson: Path, sentence: str, page: str) -> Seconds:
        """Save a lesson with one more sentence, and wait for it on the page; then for the end of the build."""
        start, before = time.perf_counter(), self._processor()
        new = lesson.with_name("en.md~")
        new.write_text(f"{lesson.read_text('utf-8')}\n{sentence}\n", "utf-8")
        new.replace(lesson)
        while sentence not in self._content(page):
            time.sleep(LOOK)
        taken = Seconds(time.perf_counter() - start, self._processor() - before)
        with self.opened(page) as states:
            while '"step": null' not in next(states):
                pass
        return taken

    def _content(self, page: str) -> str:
        with closing(HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", f"/{page}")
            return connection.getresponse().read().decode()

    def _processor(self) -> float:
        """The seconds of its processes so far."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
        told = (Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split() for one in children)
        return sum(int(fields[11]) + int(fields[12]) for fields in told) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(command: Sequence[str], folder: Path) -> Iterator[Served]:
    """A course in `serve`, until the block ends."""
    environment = _environment(folder)
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
        assert found
        Thread(target=process.stderr.read, daemon=True).start()
        yield Served(process, int(found[1]))
    finally:
        process.send_signal(SIGINT)
        process.wait()


def multiplied(content: Path, to: Path, count: int) -> None:
    """Copy a course with its lessons again and again until there are ``count``.

    The experiments of a copy have ids of their own, and ask the same: a store that knows the course knows its results.
    """
    copytree(content, to, ignore=lambda folder, names: names if Path(folder) == content / "lessons" else [])
    lessons = sorted(path for path in (content / "lessons").iterdir() if path.is_dir())
    for number in range(count):
        turn, lesson = number // len(lessons), lessons[number % len(lessons)]
        slug = re.sub(r"^\d+-", "", lesson.name)
        copied = to / "lessons" / f"{number:03}-{slug}{f'-copy-{turn}' * bool(turn)}"
        copytree(lesson, copied)
        for text in copied.glob("*.md") if turn else ():
            text.write_text(_renamed(text.read_text("utf-8"), _ids(lesson), turn), "utf-8")
    site = yaml.safe_load((to / "site.yaml").read_text("utf-8"))
    site.pop("parts", None)
    (to / "site.yaml").write_text(yaml.safe_dump(site, allow_unicode=True), "utf-8")


def _ids(lesson: Path) -> set[str]:
    """The ids of a lesson's fences."""
    return {
        one for path in lesson.glob("*.md") for one in re.findall(r"^ *id: *([\w-]+)", path.read_text("utf-8"), re.M)
    }


def _renamed(text: str, ids: set[str], turn: int) -> str:
    """A text with other ids; a method that is called like one stays what it is."""
    longest_first = "|".join(sorted(map(re.escape, ids), key=len, reverse=True)) or "(?!)"
    return re.sub(rf"(?<![\w-])(?<!method: )({longest_first})(?![\w-])", rf"\1-{turn}", text)


def _environment(root: Path) -> dict[str, str]:
    """As users have it: with compiled modules, which a workplace may have switched off."""
    return {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": ""}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        before, after = (
            Checkout.of(root.resolve(), options.content, Path(folder) / name, options.store.resolve(), options.draft)
            for name, root in (("before", options.against), ("after", ROOT))
        )
        print("| | before: wall, processor | after: wall, processor | ratio: wall, processor |\n|---|---|---|---|")
        for name, told in _measured(before, after, options):
            print(_row(name, *told), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, required=True, help="another checkout of netviz")
    parser.add_argument("--content", type=Path, default=ROOT / "content", help="the course (content)")
    parser.add_argument("--store", type=Path, default=ROOT / ".netviz", help="results that are known (.netviz)")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each (5)")
    parser.add_argument("--draft", action="store_true", help="build drafts")
    parser.add_argument("--skip-colours", action="store_true", help="leave out what weaves and draws all anew")
    parser.add_argument("--skip-serve", action="store_true", help="leave out what is built within one process")
    parser.add_argument("--skip-lessons", action="store_true", help=f"leave out the course of {LESSONS} lessons")
    return parser


def _measured(
    before: Checkout, after: Checkout, options: argparse.Namespace
) -> Iterator[tuple[str, tuple[list[Seconds], list[Seconds]]]]:
    def in_turn(measure: Callable[[Checkout], Seconds]) -> tuple[list[Seconds], list[Seconds]]:
        pairs = [(measure(before), measure(after)) for _ in range(options.repeat)]
        return [one for one, _ in pairs], [one for _, one in pairs]

    for one in (before, after):
        one.build()
        one.sentence()  # the first may compile what later ones find
    yield "nothing to do", in_turn(Checkout.build)
    yield "one sentence, a process", in_turn(Checkout.sentence)
    if not options.skip_serve:
        yield "one sentence, within `serve`", (before.within(options.repeat), after.within(options.repeat))
        shown = (before.shown(options.repeat), after.shown(options.repeat))
        yield "… until an open page shows it, the first time", (shown[0][:1], shown[1][:1])
        yield "… later", (shown[0][1:], shown[1][1:])
    if not options.skip_colours:
        yield "a colour of the pages", in_turn(lambda one: one.other_number(*PAGES_COLOUR))
        yield "a colour of the figures", in_turn(lambda one: one.other_number(*FIGURES_COLOUR))
    if not options.skip_lessons:
        for one in (before, after):
            one.multiply("many", LESSONS)
            one.build("many", "many-site")
        yield f"nothing to do, {LESSONS} lessons", in_turn(lambda one: one.build("many", "many-site"))


def _row(name: str, before: list[Seconds], after: list[Seconds]) -> str:
    one, other = (Seconds(median(s.wall for s in all), median(s.processor for s in all)) for all in (before, after))
    cells = [f"{each.wall:.2f}, {each.processor:.2f}" for each in (one, other)]
    ratios = f"{other.wall / one.wall:.2f}, {other.processor / one.processor:.2f}"
    return f"| {name} | {' | '.join(cells)} | {ratios} |"


if __name__ == "__main__":
    main()

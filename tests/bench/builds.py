"""How long builds take: cold, with nothing to do, after one change, with a hundred lessons, with ever more pictures.

    python tests/bench/builds.py --to bench-report                  # everything, the cold build of the course too
    python tests/bench/builds.py --store .netviz --to bench-report  # with what is known already: no cold build

Every figure is a whole process, ``python build.py``, from its start to its end: wall seconds and peak resident memory
as the operating system counts them. Works on copies; the project's own site and store stay as they are. Prints a
Markdown report and writes it as ``builds.md`` into the folder of ``--to``, with a chart of growth, ``growth.svg``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml
from methods import machine
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
COUNTS = (1, 10, 100)  # pictures
LESSONS = 100
LESSON = """---
title: A lesson about {number}
summary: The same three experiments as in every other.
---

```experiment
id: says-{number}
method: predict
caption: What the network says of {{{{ picture.title }}}}.
```

```experiment
id: slope-{number}
method: gradient
view: signed
caption: The gradient of *{{{{ target.name }}}}*.
```

```experiment
id: smooth-{number}
method: smoothgrad
samples: 4
caption: Four noisy copies.
```

The network says **{{{{ results['says-{number}'].top[0].name }}}}**.
"""


@dataclass(frozen=True)
class Run:
    """One build: wall seconds, peak resident bytes, and what it printed."""

    seconds: float
    memory: int
    output: str

    @property
    def ran(self) -> int:
        """How many experiments it ran."""
        found = re.search(r"(\d+) run,", self.output)
        return int(found[1]) if found else 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.store, options.repeat)
        lines = list(report(bench, options.content, options.to, options.skip_growth))
    (options.to / "builds.md").write_text("\n".join(lines) + "\n", "utf-8")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--content", type=Path, default=ROOT / "content", help="the course (content)")
    arguments.add_argument("--store", type=Path, help="results that are known already; leaves out the cold build")
    arguments.add_argument("--repeat", type=int, default=5, help="runs of each short build (5)")
    arguments.add_argument("--skip-growth", action="store_true", help="leave out the builds with 1, 10, 100 pictures")
    arguments.add_argument("--to", type=Path, default=Path("bench-report"), help="folder of the report (bench-report)")
    return arguments


def report(bench: Bench, content: Path, to: Path, skip_growth: bool) -> Iterator[str]:
    """The report, line by line, each printed as soon as it is known."""
    to.mkdir(parents=True, exist_ok=True)
    facts = machine()

    def line(text: str) -> str:
        print(text, flush=True)
        return text

    yield line("# How long builds take")
    yield line("")
    yield line(f"{facts['date']}, {facts['cores']} cores of {facts['processor']} ({', '.join(facts['flags'])}).")
    yield line("")
    yield line("| build | seconds | peak memory | experiments run |")
    yield line("|---|---|---|---|")
    for name, runs in bench.changes(content):
        yield line(row(name, runs))
    yield line(row(f"nothing to do, {LESSONS} lessons", bench.many_lessons()))
    if skip_growth:
        return
    growth = {count: bench.pictures(count) for count in COUNTS}
    for count, run in growth.items():
        yield line(row(f"cold, one lesson, {count} pictures", [run]))
    each = {count: run.seconds / count for count, run in growth.items()}
    yield line("")
    ratio, memory = each[100] / each[10], growth[100].memory / growth[10].memory
    yield line(f"Seconds a picture at 100 pictures over those at 10: {ratio:.2f}; peak memory likewise: {memory:.2f}.")
    chart(growth, to / "growth.svg")


def row(name: str, runs: Sequence[Run]) -> str:
    """A line of the table: medians, with the range where there are several."""
    times = [run.seconds for run in runs]
    spread = f" ({min(times):.2f}–{max(times):.2f})" if len(times) > 1 else ""
    memory = median(run.memory for run in runs) / 1e9
    return (
        f"| {name} | {median(times):.2f}{spread} | {memory:.2f} GB | {', '.join(sorted({str(r.ran) for r in runs}))} |"
    )


@dataclass
class Bench:
    """A folder to work in; ``known`` is a store with results, if there is one."""

    folder: Path
    known: Path | None
    repeat: int

    def changes(self, content: Path) -> Iterator[tuple[str, list[Run]]]:
        """The course built cold, again, and after one change of each kind."""
        course, store = self.folder / "course", self.known or self.folder / "store"
        shutil.copytree(content, course)
        first = self.build(course, store, "site")
        if not self.known:
            yield "cold", [first]
        yield "nothing to do", [self.build(course, store, "site") for _ in range(self.repeat)]
        lesson = next(
            path for path in sorted(course.glob("lessons/*/en.md")) if "view: signed" in path.read_text("utf-8")
        )
        yield (
            "one sentence changed",
            [self.after(lesson, f"\nSentence {n}.\n", course, store) for n in range(self.repeat)],
        )
        text = lesson.read_text("utf-8")
        lesson.write_text(text.replace("view: signed", "view: magnitude", 1), "utf-8")
        yield "one way of drawing changed", [self.build(course, store, "site")]
        spec = "\n```experiment\nid: bench-smooth\nmethod: smoothgrad\npicture: {}\nsamples: 3\nseed: {}\n```\n"
        picture = next(iter(yaml.safe_load((course / "pictures/credits.yaml").read_text("utf-8"))))
        seed = int(time.time())  # one that no store knows
        self.after(lesson, spec.format(picture, seed), course, store)
        lesson.write_text(lesson.read_text("utf-8").replace(f"seed: {seed}", f"seed: {seed + 1}"), "utf-8")
        yield "one spec changed", [self.build(course, store, "site")]

    def after(self, lesson: Path, addition: str, course: Path, store: Path) -> Run:
        """The build after something was added to a lesson."""
        lesson.write_text(lesson.read_text("utf-8") + addition, "utf-8")
        return self.build(course, store, "site")

    def many_lessons(self) -> list[Run]:
        """Nothing to do, with many lessons."""
        course = self.course("many", LESSONS, 1)
        self.build(course, self.folder / "many-store", "many-site")
        return [self.build(course, self.folder / "many-store", "many-site") for _ in range(self.repeat)]

    def pictures(self, count: int) -> Run:
        """A cold build of one lesson with so many pictures."""
        course = self.course(f"pictures-{count}", 1, count)
        return self.build(course, self.folder / f"pictures-store-{count}", f"pictures-site-{count}")

    def course(self, name: str, lessons: int, pictures: int) -> Path:
        """A course of equal lessons, around different crops of the sample photos."""
        course = self.folder / name
        shutil.copytree(ROOT / "tests/course", course, ignore=shutil.ignore_patterns("lessons", "pictures"))
        for number in range(lessons):
            folder = course / f"lessons/{number:03}-lesson-{number}"
            folder.mkdir(parents=True)
            (folder / "en.md").write_text(LESSON.format(number=number), "utf-8")
            (folder / "zh.md").write_text(
                f"---\ntitle: 第 {number} 课\nsummary: 每一课都一样。\n---\n\n同样的实验。\n", "utf-8"
            )
        (course / "pictures").mkdir()
        samples = sorted(path for path in (ROOT / "content/pictures").iterdir() if path.suffix in (".png", ".jpg"))
        credits = {}
        for number in range(pictures):
            with Image.open(samples[number % len(samples)]) as sample:
                margin = number // len(samples)
                crop = sample.convert("RGB").crop((margin, margin, sample.width - margin, sample.height - margin))
            crop.save(course / f"pictures/crop-{number}.png")
            title = {"en": f"Crop {number}", "zh": f"裁剪 {number}"}
            origin = {
                "credit": "see content/pictures/credits.yaml",
                "licence": "as there",
                "source": "https://example.org",
            }
            credits[f"crop-{number}"] = {"title": title, **origin}
        (course / "pictures/credits.yaml").write_text(yaml.safe_dump(credits, allow_unicode=True), "utf-8")
        return course

    def build(self, course: Path, store: Path, site: str) -> Run:
        """One build, watched from outside."""
        command = [sys.executable, str(ROOT / "build.py"), "--content", str(course), "--store", str(store)]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--to", str(self.folder / site)], stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stderr is not None
        output = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"{' '.join(command)} failed:\n{output}")
        return Run(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), output)


def chart(growth: dict[int, Run], file: Path) -> None:
    """Seconds a picture, and memory, over the number of pictures."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.plot(growth.keys(), [run.seconds / count for count, run in growth.items()], marker="o")
    left.set(xscale="log", xlabel="pictures", ylabel="seconds a picture", ylim=(0, None))
    right.plot(growth.keys(), [run.memory / 1e9 for run in growth.values()], marker="o")
    right.set(xscale="log", xlabel="pictures", ylabel="peak memory, GB", ylim=(0, None))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()

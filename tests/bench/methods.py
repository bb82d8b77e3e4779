"""How fast the methods are: ours and three other libraries', interleaved, on the same weights and the same photo.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/methods.py --repeat 3 --to bench-report

Each library works in a process of its own; a round runs every task once in each of them, in turn, so that a machine
whose speed drifts treats all alike. Prints a table of medians and writes, into the folder of ``--to``:

- ``methods.md``: medians with their ranges, ratios, the machine's matrix-multiply limit in the same run, agreement;
- ``methods.svg``: the same as a chart;
- ``methods.json``: all of it for other programs.

A library that is not installed, or can't do a task, is left out and named with the reason.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import multiprocessing
import os
import platform
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from contestants import BATCH, CONTESTANTS, MASKS, PATCH, SAMPLES, Map, Question, serve
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

PICTURE = ROOT / "content/pictures/dog.jpg"
TARGET = "Siberian husky"
OURS = "netviz"
HALF = "netviz bfloat16"  # takes part by itself only where the processor computes in bfloat16
PEERS = ("captum", "xplique", "tf-keras-vis")
PACKAGES = ("tensorflow", "keras", "numpy", "torch", *PEERS)
POSITIONS = (224 // PATCH) ** 2
# Pictures that go through the network for one map: (forward, backward). A way back to the picture costs a forward's.
PASSES = {
    "gradient": (1, 1),
    "gradient x input": (1, 1),
    "guided backprop": (1, 1),
    "Grad-CAM": (1, 0),
    "SmoothGrad": (SAMPLES, SAMPLES),
    "integrated gradients": (SAMPLES, SAMPLES),
    "occlusion": (POSITIONS, 0),
    "RISE": (MASKS, 0),
    "Score-CAM": (512, 0),
}

LONG = 50  # passes: a task that needs no warming up
LONGEST = 150  # passes: a task that may be run less often
BY_COLOUR = ("gradient", "guided backprop", "SmoothGrad")  # maps in score per unit of the input, which differ


@dataclass
class Timing:
    """Seconds of one task by one contestant in the rounds that count, and the map that it gave."""

    seconds: list[float] = field(default_factory=list)
    answer: Map | None = None
    failure: str = ""

    @property
    def median(self) -> float:
        return median(self.seconds) if self.seconds else float("nan")


Timings = Mapping[tuple[str, str], Timing]
"""By task and contestant."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = parser().parse_args(arguments)
    names = [name for name in CONTESTANTS if name in options.only]
    tasks = [task for task in PASSES if task in options.tasks]
    contestants = start(names, question())
    timings = measure(contestants, tasks, options.repeat, options.repeat_longest or options.repeat)
    limits = {precision: contestants[OURS].ask(f"limit {precision}")[1].item() for precision in ("float32", "bfloat16")}
    for contestant in contestants.values():
        contestant.stop()
    facts = machine() | {"limits": limits, "command": shlex.join(["python", "tests/bench/methods.py", *sys.argv[1:]])}
    report = "\n".join(markdown(timings, tasks, [name for name in names if name in contestants], facts))
    print(report)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "methods.md").write_text(report + "\n", "utf-8")
    (options.to / "methods.json").write_text(json.dumps(results(timings, facts), indent=1) + "\n", "utf-8")
    chart(timings, tasks, names, options.to / "methods.svg")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--repeat", type=int, default=3, help="rounds that count; short tasks warm up before (3)")
    arguments.add_argument("--repeat-longest", type=int, help="rounds of tasks of 150 passes and more (as many)")
    arguments.add_argument("--to", type=Path, default=Path("bench-report"), help="folder of the report (bench-report)")
    usual = [name for name in CONTESTANTS if name != HALF or {"amx_bf16", "avx512_bf16"} & set(machine()["flags"])]
    arguments.add_argument("--only", nargs="+", choices=CONTESTANTS, default=usual, metavar="NAME")
    arguments.add_argument("--tasks", nargs="+", choices=PASSES, default=list(PASSES), metavar="TASK")
    return arguments


def question() -> Question:
    """The photo and the class of the benchmark."""
    from netviz.networks.classes import find
    from netviz.pictures import frame, open_upright

    return Question(frame(open_upright(PICTURE)).astype(np.float32), find(TARGET))


# Processes


@dataclass
class Contestant:
    """A library in a process of its own."""

    process: multiprocessing.process.BaseProcess
    connection: Any
    tasks: Sequence[str]

    def ask(self, task: str) -> Any:
        self.connection.send(task)
        return self.connection.recv()

    def stop(self) -> None:
        self.connection.send(None)
        self.process.join()


def start(names: Sequence[str], asked: Question) -> dict[str, Contestant]:
    """Every library that can be started, by name."""
    context = multiprocessing.get_context("spawn")
    contestants = {}
    for name in names:
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(name, asked, there), daemon=True)
        process.start()
        tasks = here.recv()
        if isinstance(tasks, str):
            print(f"{name} is left out: {tasks}", file=sys.stderr)
        else:
            contestants[name] = Contestant(process, here, tasks)
    return contestants


def measure(contestants: Mapping[str, Contestant], tasks: Sequence[str], repeat: int, repeat_longest: int) -> Timings:
    """Every task by every contestant that has it, in turn, so many times; short ones after one not counted."""
    timings: dict[tuple[str, str], Timing] = {}
    for task in tasks:
        passes = sum(PASSES[task])
        warm_up = passes < LONG  # a long task warms up within itself
        for number in range(0 if warm_up else 1, (repeat if passes < LONGEST else repeat_longest) + 1):
            for name, contestant in contestants.items():
                timing = timings.setdefault((task, name), Timing())
                if task not in contestant.tasks or timing.failure:
                    continue
                reply = contestant.ask(task)
                if isinstance(reply, str):
                    timing.failure = reply
                    print(f"{name} can't do {task}: {reply}", file=sys.stderr)
                    continue
                seconds, timing.answer = reply
                if number:
                    timing.seconds.append(seconds)
                print(f"{task} {number} {name} {seconds:.2f} s", file=sys.stderr)
    return timings


# Reckoning


def gigaflops(task: str) -> float:
    """Multiplications and additions of a task, 10^9, in the convolutions and dense layers, counted from the model."""
    from netviz.networks.architecture import vgg16_layers

    layers = vgg16_layers("compact")
    per_pass = sum(
        2 * layer.parameters * (layer.shape[0] * layer.shape[1] if layer.is_spatial else 1)
        for layer in layers
        if layer.parameters
    )
    return sum(PASSES[task]) * per_pass / 1e9


def deviation() -> NDArray[np.float32]:
    """RGB steps in one unit of the network's own input: turns our gradients into the others' unit."""
    from netviz.networks.keras_network import TORCH

    return np.asarray(TORCH.deviation, np.float32)


def agreement(ours: Map, theirs: Map) -> tuple[float, float | None]:
    """Spearman's correlation of two maps, and their distance relative to ours where they are on the same grid.

    Where one library gives sizes without signs, sizes are compared.
    """
    from netviz.methods.arrays import resized
    from netviz.methods.correlations import rank_correlation_matrix

    if (theirs < 0).any() != (ours < 0).any():
        ours, theirs = np.abs(ours), np.abs(theirs)
    if ours.shape == theirs.shape:
        rows, distance = [ours, theirs], float(np.linalg.norm(ours - theirs) / np.linalg.norm(ours))
    else:
        flat = [one.sum(-1) if one.ndim == 3 else one for one in (ours, theirs)]
        height, width = min(one.shape for one in flat)
        rows, distance = [resized(one[None], height, width)[0] for one in flat], None
    return float(rank_correlation_matrix(np.stack([one.ravel() for one in rows]))[0, 1]), distance


def machine() -> dict[str, Any]:
    """What ran this, and when."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.is_file() else ""
    model = next((line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name")), "")
    flags = next((line.partition(": ")[2].split() for line in text.splitlines() if line.startswith("flags")), [])
    known = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "flags": known,
        "versions": versions,
        "date": datetime.date.today().isoformat(),
    }


def results(timings: Timings, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All that was measured, fit for JSON."""
    rows = [
        {
            "task": task,
            "library": name,
            "median": round(timing.median, 4),
            "seconds": [round(one, 4) for one in timing.seconds],
            "agreement": _agreement(timings, task, name),
        }
        for (task, name), timing in timings.items()
        if timing.seconds
    ]
    return {**facts, "picture": PICTURE.name, "target": TARGET, "rows": rows}


def _agreement(timings: Timings, task: str, name: str) -> dict[str, float | None] | None:
    ours, theirs = timings[task, OURS].answer, timings[task, name].answer
    if name == OURS or ours is None or theirs is None:
        return None
    unit = 1 if name.startswith(OURS) else deviation()
    rank, distance = agreement(ours * unit if task in BY_COLOUR else ours, theirs)
    return {"rank_correlation": round(rank, 6), "distance": None if distance is None else float(f"{distance:.3g}")}


# Writing


def markdown(timings: Timings, tasks: Sequence[str], names: Sequence[str], facts: Mapping[str, Any]) -> Iterator[str]:
    """The report."""
    limits, versions = facts["limits"], ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    yield "# How fast the methods are"
    yield ""
    yield f"{facts['date']}, {facts['cores']} cores of {facts['processor']} ({', '.join(facts['flags'])}); {versions}."
    yield f"One 224 × 224 photo ({PICTURE.name}, *{TARGET}*), the compact weights, batches of {BATCH}."
    yield f"SmoothGrad and integrated gradients with {SAMPLES}, occlusion with {POSITIONS} patches, RISE with {MASKS}."
    rates = " and ".join(f"{rate:.0f} GFLOP/s in {precision}" for precision, rate in limits.items())
    yield f"Matrix multiplication in the same run: {rates}."
    yield ""
    yield f"    {facts['command']}"
    yield ""
    yield "Seconds, the median of all rounds (and their range):"
    yield ""
    yield f"| | {' | '.join(names)} | fastest peer / {OURS} | {OURS} / limit |"
    yield "|---" * (len(names) + 3) + "|"
    for task in tasks:
        cells = [seconds(timings[task, name]) for name in names]
        ours = timings[task, OURS].median
        peers = [timings[task, name].median for name in names if name in PEERS and timings[task, name].seconds]
        ratio = f"{min(peers) / ours:.2f}" if peers else ""
        bound = gigaflops(task) / limits["float32"]
        yield f"| {task} | {' | '.join(cells)} | {ratio} | {ours / bound:.2f} |"
    yield ""
    yield "Agreement with our map (float32): Spearman's rank correlation, and the distance relative to our map's length"
    yield "where both are on one grid."
    yield ""
    yield f"| | {' | '.join(name for name in names if name != OURS)} |"
    yield "|---" * len(names) + "|"
    for task in tasks:
        cells = []
        for name in names:
            found = _agreement(timings, task, name)
            if name != OURS:
                cells.append("" if found is None else told(found))
        yield f"| {task} | {' | '.join(cells)} |"


def seconds(timing: Timing) -> str:
    """A cell of the table."""
    if not timing.seconds:
        return "fails" if timing.failure else ""
    return f"{timing.median:.2f} ({min(timing.seconds):.2f}–{max(timing.seconds):.2f})"


def told(found: Mapping[str, float | None]) -> str:
    """Agreement in a cell of the table."""
    distance = "" if found["distance"] is None else f", {found['distance']:.1e}"
    return f"{found['rank_correlation']:.4f}{distance}"


def chart(timings: Timings, tasks: Sequence[str], names: Sequence[str], file: Path) -> None:
    """Seconds of every task as bars, on a logarithmic axis."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 0.55 * len(tasks) + 1.6), layout="constrained")
    height = 0.8 / len(names)
    for place, name in enumerate(names):
        positions = [row + place * height for row in range(len(tasks))]
        axes.barh(positions, [timings[task, name].median for task in tasks], height, label=name)
    axes.set_yticks([row + 0.4 - height / 2 for row in range(len(tasks))], tasks)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("seconds (median)")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()

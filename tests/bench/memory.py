"""Which experiments a build's peak memory belongs to: of each, the greatest resident size and what it left.

    python tests/bench/memory.py                             # the whole course, nothing known
    python tests/bench/memory.py --only five-steps           # one lesson; what follows is given to build.py

It builds into a folder that is thrown away, as a process of its own, and after each line that this prints sets the
kernel's record of its greatest size back (`/proc/PID/clear_refs`, so Linux alone has it). Prints the experiments with
the greatest sizes, and at the end the peak of the process, that of both together while experiments on data run beside
it, and processor seconds; with ``--every`` each line as it comes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 20
RESET = "5"  # what makes the kernel take the present resident size for the greatest so far
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Item:
    """A line of the build: bytes at the most while it was under way, and when it was done; processor seconds."""

    line: str
    greatest: int
    left: int
    processor: float


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--every", action="store_true", help="print each line as it comes")
    options, others = arguments.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "build.py"), "--store", f"{folder}/store", "--to", f"{folder}/site"]
        process = subprocess.Popen(
            [*command, *others], stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "COLUMNS": "200"}
        )
        together: list[int] = []
        threading.Thread(target=watch, args=(process.pid, together), daemon=True).start()
        items = []
        for item in followed(process):
            items.append(item)
            if options.every:
                print(told(item), flush=True)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("\n".join([*(item.line for item in items), f"{' '.join(command)} failed"]))
    print("| GB at the most | left | processor seconds | while |\n|---|---|---|---|")
    for item in sorted(items, key=lambda item: -item.greatest)[:SHOWN]:
        print(told(item))
    print(
        f"\nAt the most {max(item.greatest for item in items) / 1e9:.2f} GB, {max(together) / 1e9:.2f} GB with what it "
        f"began; {usage.ru_utime + usage.ru_stime:.0f} processor seconds."
    )


def followed(process: subprocess.Popen[str]) -> Iterator[Item]:
    """Each line of a build, as long as it runs."""
    assert process.stderr
    before = 0.0
    for line in process.stderr:
        try:
            resident, seconds = sizes(process.pid), processor(process.pid)
            Path(f"/proc/{process.pid}/clear_refs").write_text(RESET, "ascii")
        except OSError:  # it has ended
            continue
        yield Item(line.strip(), resident["VmHWM"], resident["VmRSS"], seconds - before)
        before = seconds


def sizes(process: int) -> dict[str, int]:
    """A process's greatest resident size since that was set back, ``VmHWM``, and the present one, ``VmRSS``: bytes."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return {name: int(size) * 1024 for name, size in re.findall(r"(VmHWM|VmRSS):\s+(\d+) kB", status)}


def processor(process: int) -> float:
    """Seconds of processors that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def watch(process: int, together: list[int]) -> None:
    """Note the resident size of a process and of those that it began, as long as it runs."""
    while True:
        try:
            children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
            together.append(sum(sizes(int(one)).get("VmRSS", 0) for one in (process, *children)))
        except OSError:  # one of them has just ended
            if not Path(f"/proc/{process}").exists():
                return
        time.sleep(0.2)


def told(item: Item) -> str:
    """A row of the table."""
    return f"| {item.greatest / 1e9:.2f} | {item.left / 1e9:.2f} | {item.processor:.1f} | {item.line} |"


if __name__ == "__main__":
    main()

"""How the pages of a gallery grow with its photos: seconds by stage, peak memory, and the largest page.

    python tests/bench/galleries.py 1000 2000 10000

For each count a course is made with as many small photos of noise, labelled with a hundred classes, and with results
made up: what is measured is all that a build does but for the network's passes. Each build is a process of its own;
it begins with an empty site and a store that holds the results alone. Prints a line of Markdown for each.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
CLASSES = 100
LESSON = """---
title: Many photos
summary: What the network says to each of them.
pictures: photos.csv
---

```experiment
id: {id}
method: predict
over: gallery
caption: The network is right on {{{{ share(correct) | percent }}}}.
expect:
  - all(top[0].probability > 0)
```
"""


def make_course(content: Path, count: int) -> None:
    """A course of one lesson with so many photos, each another one."""
    shutil.copytree(ROOT / "tests" / "course", content)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, content / "pictures")
    shutil.rmtree(content / "lessons" / "01-first")
    lesson = content / "lessons" / "01-many"
    (lesson / "photos").mkdir(parents=True)
    generator = np.random.default_rng(0)
    with (lesson / "photos.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "title", "credit"])
        for number in range(count):
            pixels = generator.integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).resize((48, 48)).save(lesson / "photos" / f"{number:05}.jpg", quality=70)
            rows.writerow([f"photos/{number:05}.jpg", number % CLASSES, f"Photo {number}", "made by a program"])
    for language in ("en", "zh"):
        words = LESSON.format(id="many")
        if language == "zh":
            words = words.replace("pictures: photos.csv\n", "").replace("method: predict\nover: gallery\n", "")
            words = words.partition("expect:")[0] + "```\n"
        (lesson / f"{language}.md").write_text(words, "utf-8")


def make_results(content: Path, folder: Path) -> None:
    """A store with a result for every photo: three of four are seen as what they are labelled."""
    from stored_results import keep

    from netviz.cache.store import Store
    from netviz.course.reading import read_course
    from netviz.engine.plan import all_tasks
    from netviz.networks.weights import describe

    store = Store(folder)
    for number, task in enumerate(all_tasks(read_course(content, "compact"), describe("compact"))):
        answer = {"logits": np.zeros(1000, np.float32), "entropy": number % 97 / 10}
        keep(task, number % CLASSES if number % 4 else 200, answer, store)


def built(folder: Path) -> dict[str, float]:
    """One build, in this process: seconds by stage, peak memory in MB, pages, and the largest of them in kB."""
    from netviz.options import Options
    from netviz.pipeline import build
    from netviz.progress import Reporter, peak_memory

    before, start = time.process_time(), time.perf_counter()
    options = Options(content=folder / "content", to=folder / "site", store=folder / "store")
    with (folder / "log").open("w", encoding="utf-8") as log:
        from rich.console import Console

        report = build(options, Reporter(Console(file=log)))
    pages = [path.stat().st_size for path in (folder / "site").rglob("*.html")]
    return {
        **{stage: round(seconds, 1) for stage, seconds in report.seconds.items()},
        "wall": round(time.perf_counter() - start, 1),
        "processor": round(time.process_time() - before, 1),
        "memory": round((peak_memory() or 0) / 1e6),
        "pages": len(pages),
        "largest page": round(max(pages) / 1e3),
    }


def main(counts: list[int]) -> None:
    """Measure each count in a process of its own."""
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            make_course(folder / "content", count)
            make_results(folder / "content", folder / "store")
            told = subprocess.run([sys.executable, __file__, place], capture_output=True, text=True, check=True)
            print(f"| {count} |", " | ".join(f"{k} {v:g}" for k, v in json.loads(told.stdout).items()), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] and not sys.argv[1].isdigit():
        print(json.dumps(built(Path(sys.argv[1]))))
    else:
        main([int(count) for count in sys.argv[1:]] or [1000, 2000, 10_000])

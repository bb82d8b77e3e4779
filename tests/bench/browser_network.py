"""The network in a reader's browser beside the one in Python: seconds, memory, and how far apart their answers are.

    python tests/bench/browser_network.py

Chromium without a window, one WASM thread, from a folder. For each sample photo the likeliest class, the greatest
difference of a probability, Pearson's correlation of the gradients and Spearman's of Grad-CAM's maps with what Keras'
network gives; then the medians of the seconds, and the most memory that the page's process ever had.

    python tests/bench/browser_network.py --methods [NAME ...]

The page Your photo itself, on one photo: of each of its methods, or of those named, the seconds on the clock, those of
a processor, and the most memory that the page's process had meanwhile, beside those of Python in turn. Seconds of a
processor tell more where others use the machine, too; Python's are of all its threads. The memory is Linux' own
account, set back before each method.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browser as browser_module  # noqa: E402
from browser import chromium  # noqa: E402
from gallery_site import build_gallery  # noqa: E402
from real_network import NetworkInBrowser, network_folder  # noqa: E402
from test_your_photo_network import with_network  # noqa: E402

from netviz.cache.store import Store  # noqa: E402
from netviz.engine.browser_network import network_files, write_network  # noqa: E402
from netviz.methods import methods  # noqa: E402
from netviz.methods.correlations import correlations, rank_correlations  # noqa: E402
from netviz.networks import open_network, softmax  # noqa: E402
from netviz.networks.weights import describe  # noqa: E402
from netviz.options import Options  # noqa: E402
from netviz.pipeline import read  # noqa: E402
from netviz.site.pages.your_photo import offered_methods  # noqa: E402

LAYER = "block5_conv3"
browser_module.PATIENCE = 3600  # seconds for a method


def main() -> None:
    """Prints all of it."""
    photos = read(Options(content=ROOT / "content")).pictures
    network = open_network()
    with tempfile.TemporaryDirectory() as place:
        folder = network_folder(Path(place), Store(Path(place) / "store"))
        with chromium(folder / "profile") as browser:
            there = NetworkInBrowser(browser, folder / "index.html")
            print(f"session {there.opened:.1f} s")
            seconds: dict[str, list[float]] = {}
            print(
                "| photo | class | probability off by | gradient, Pearson | Grad-CAM, Spearman |\n|---|---|---|---|---|"
            )
            for name, photo in photos.items():
                print(f"| {name} | {' | '.join(_compared(network, there, photo.framed(224), seconds))} |", flush=True)
            for what, all_seconds in seconds.items():
                print(f"{what}: {statistics.median(all_seconds):.2f} s")
            print(f"most memory of a page's process: {_most_memory(folder / 'profile') / 1e6:.0f} MB")


def _compared(network: Any, there: NetworkInBrowser, pixels: Any, seconds: dict[str, list[float]]) -> list[str]:
    """What is told of a photo; ``seconds`` grow by what each question took."""

    def timed(what: str, ask: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        answer = ask()
        seconds.setdefault(what, []).append(time.perf_counter() - start)
        return answer

    pictures = pixels[None].astype(np.float32)
    logits = timed("forward, Python", lambda: network.logits(pictures))
    targets = logits.argmax(axis=1)
    gradient = timed("gradient, Python", lambda: network.gradient(pictures, targets))
    maps, by_maps = network.layer_gradient(pictures, targets, LAYER)
    logits_there = there.run(pictures[0])["logits"]
    seconds.setdefault("forward, browser", []).append(there.seconds)
    found = there.run(pictures[0], int(targets[0]), names=("gradient", LAYER, f"gradient:{LAYER}"))
    seconds.setdefault("gradient, browser", []).append(there.seconds)
    maps_there, by_maps_there = (np.moveaxis(found[one], 1, -1) for one in (LAYER, f"gradient:{LAYER}"))
    return [
        "the same" if logits_there.argmax() == targets[0] else f"{logits_there.argmax()} for {targets[0]}",
        f"{np.abs(softmax(logits_there) - softmax(logits)).max():.4f}",
        f"{correlations(found['gradient'].reshape(1, -1), gradient.reshape(1, -1))[0]:.4f}",
        f"{rank_correlations(_grad_cam(maps_there, by_maps_there), _grad_cam(maps, by_maps))[0]:.4f}",
    ]


def _grad_cam(maps: Any, derivatives: Any) -> Any:
    return np.maximum((maps * derivatives.mean(axis=(1, 2), keepdims=True)).sum(axis=-1), 0).reshape(len(maps), -1)


def compare_methods(names: Sequence[str]) -> None:
    """Prints a table of the page's methods, with the settings that they have on the page."""
    pixels = read(Options(content=ROOT / "content")).pictures["dog"].framed(224)
    network = open_network()
    target = np.array([int(network.logits(pixels[None].astype(np.float32))[0].argmax())])
    with tempfile.TemporaryDirectory() as place, chromium(Path(place) / "profile") as browser:
        weights, store = describe("compact"), Store(Path(place) / "store")
        write_network("compact", weights, store)
        site = with_network(build_gallery(Path(place)), Path(place) / "with", network_files(weights, store))
        browser.open(site / "your-photo.html")
        browser.follow("[data-sample=dog]")
        browser.expect("return document.getElementById('draw').disabled", False)
        print("| method | passes | browser, s | Python, s | browser, CPU s | Python, CPU s | there, MB | here, MB |")
        print("|---|---|---|---|---|---|---|---|")
        for name in names or offered_methods((ROOT / "templates",)):
            _forget_most(page := _page_process(Path(place) / "profile"))
            before = _processor_seconds(page)
            browser.do(EXPLAIN, name, int(target[0]))
            browser.expect("return window.explained !== null")
            passes, seconds, settings = json.loads(browser.run("return explained"))
            there, worked = _most_of(page), _processor_seconds(page) - before
            _forget_most(own := Path("/proc/self"))
            method = methods()[name]
            start, before = time.perf_counter(), time.process_time()
            method.function(network, pixels[None].astype(np.float32), target, **dict(method.settings(**settings)))
            taken, own_worked = time.perf_counter() - start, time.process_time() - before
            clock, processor = f"{seconds:.1f} | {taken:.1f}", f"{worked:.1f} | {own_worked:.1f}"
            row = f"{clock} | {processor} | {there / 1e6:.0f} | {_most_of(own) / 1e6:.0f}"
            print(f"| {name} | {passes} | {row} |", flush=True)


EXPLAIN = """const [name, target] = arguments, { settings } = methods[name];
window.explained = null;
(async () => {
    const asked = Object.fromEntries(Object.entries(settings).map(([one, { initial }]) => [one, initial]));
    const pixels = photo.current().pixels, logits = answering.logits(), begun = performance.now();
    const question = await asking.question(network.asker(() => true), pixels, logits);
    let last = null;
    for await (const map of methods[name].explain({ ...question, target, settings: asked })) last = map;
    window.explained = JSON.stringify([last.of, (performance.now() - begun) / 1000, asked]);
})().catch((error) => { window.explained = String(error); })"""


def _page_process(profile: Path) -> Path:
    """The process of the page, which is the largest of the browser's renderers."""
    return max(_renderers(profile), key=_most_of)


def _renderers(profile: Path) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text(errors="replace")
        except OSError:  # it has ended
            continue
        if "--type=renderer" in command and str(profile) in command:
            yield process


def _processor_seconds(process: Path) -> float:
    """What a process has had of processors."""
    user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _most_of(process: Path) -> int:
    """The most bytes that a process had in memory, as Linux tells, since it was last set back."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if "VmHWM" in line)


def _forget_most(process: Path) -> None:
    (process / "clear_refs").write_text("5")


def _most_memory(profile: Path) -> int:
    """The most bytes that one of the browser's processes ever had in memory."""
    return max((_most_of(process) for process in _renderers(profile)), default=0)


if __name__ == "__main__":
    compare_methods(sys.argv[2:]) if sys.argv[1:2] == ["--methods"] else main()

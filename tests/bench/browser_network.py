"""The network in a reader's browser beside the one in Python: seconds, memory, and how far apart their answers are.

    python tests/bench/browser_network.py

Chromium without a window, one WASM thread, from a folder. For each sample photo the likeliest class, the greatest
difference of a probability, Pearson's correlation of the gradients and Spearman's of Grad-CAM's maps with what Keras'
network gives; then the medians of the seconds, and the most memory that the page's process ever had.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import chromium  # noqa: E402
from real_network import NetworkInBrowser, network_folder  # noqa: E402

from netviz.cache.store import Store  # noqa: E402
from netviz.methods.correlations import correlations, rank_correlations  # noqa: E402
from netviz.networks import open_network, softmax  # noqa: E402
from netviz.options import Options  # noqa: E402
from netviz.pipeline import read  # noqa: E402

LAYER = "block5_conv3"


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


def _most_memory(profile: Path) -> int:
    """The most bytes that one of the browser's processes ever had in memory, as Linux tells."""
    most = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes() and str(profile) in (
                process / "cmdline"
            ).read_text(errors="replace"):
                most += [
                    int(line.split()[1]) * 1024
                    for line in (process / "status").read_text().splitlines()
                    if "VmHWM" in line
                ]
        except OSError:  # it has ended
            continue
    return max(most)


if __name__ == "__main__":
    main()

"""What Winograd's convolutions save: full batches through the network, with them and without, in turn.

    python tests/bench/winograd.py
    ONEDNN_MAX_CPU_ISA=AVX2 XLA_FLAGS=--xla_cpu_max_isa=AVX2 python tests/bench/winograd.py    # as with AVX2 alone

Prints the medians of wall and of processor seconds (the latter mean something beside other work too), what the first
batch took, compiling included, and how far the answers of the two are apart, by norm.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import keras_network, open_network, winograd  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402

ROUNDS = 3


def main() -> None:
    """Measure and print."""
    photo = frame(open_upright(ROOT / "content/pictures/dog.jpg")).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal((winograd.BATCH, *photo.shape)).astype(np.float32)
    pictures = photo + 25 * noise
    networks = {"with": open_network("compact")}
    keras_network.filter_by_winograd = lambda model: False
    networks["without"] = open_network("compact")
    targets = networks["without"].logits(pictures).argmax(axis=1)
    questions: dict[str, Callable[[Any], NDArray[Any]]] = {
        "scores": lambda network: network.logits(pictures),
        "gradients": lambda network: network.gradient(pictures, targets),
    }
    print("| batch of 8 | without: wall, processor | with | as fast: wall, processor | first with | distance |")
    print("|---|---|---|---|---|---|")
    for name, ask in questions.items():
        first = {kind: timed(ask, network) for kind, network in networks.items()}
        rounds = [{kind: timed(ask, network)[1:] for kind, network in networks.items()} for _ in range(ROUNDS)]
        taken = {kind: [median(one[kind][place] for one in rounds) for place in (0, 1)] for kind in networks}
        ratios = [without / with_ for without, with_ in zip(taken["without"], taken["with"], strict=True)]
        expected = first["without"][0]
        distance = np.linalg.norm(first["with"][0] - expected) / np.linalg.norm(expected)
        cells = [taken["without"], taken["with"], ratios, first["with"][1:]]
        told = " | ".join(", ".join(f"{value:.2f}" for value in cell) for cell in cells)
        print(f"| {name} | {told} | {distance:.1e} |", flush=True)


def timed(ask: Callable[[Any], NDArray[Any]], network: Any) -> tuple[NDArray[Any], float, float]:
    """An answer, and the wall and processor seconds that it took."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = ask(network)
    return answer, time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()

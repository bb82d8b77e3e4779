"""What the quick ways of convolutions save: a full batch and one picture through the network, with and without them.

    python tests/bench/convolutions.py
    ONEDNN_MAX_CPU_ISA=AVX2 XLA_FLAGS=--xla_cpu_max_isa=AVX2 python tests/bench/convolutions.py    # as with AVX2 alone

Prints the medians of wall and of processor seconds (the latter mean something beside other work too), what the first
batch took, compiling included, and how far the answers of the two are apart, by norm.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.networks import keras_network, open_network  # noqa: E402
from netviz.networks.convolutions import BATCH  # noqa: E402
from netviz.pictures import frame, open_upright  # noqa: E402

ROUNDS = {BATCH: 3, 1: 15}  # of each count of pictures


def main() -> None:
    """Measure and print."""
    photo = frame(open_upright(ROOT / "content/pictures/dog.jpg")).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal((BATCH, *photo.shape)).astype(np.float32)
    networks = {"with": open_network("compact")}
    keras_network.choose_ways = lambda model: False
    networks["without"] = open_network("compact")
    print("| pictures | without: wall, processor | with | as fast: wall, processor | first with | distance |")
    print("|---|---|---|---|---|---|")
    for count, rounds in ROUNDS.items():
        pictures = photo + 25 * noise[:count]
        targets = networks["without"].logits(pictures).argmax(axis=1)
        questions = {
            f"{count}, scores": partial(asked, "logits", pictures),
            f"{count}, gradients": partial(asked, "gradient", pictures, targets),
        }
        for name, ask in questions.items():
            print(row(name, ask, networks, rounds), flush=True)


def asked(question: str, *inputs: NDArray[Any], network: Any) -> NDArray[Any]:
    """What a network answers to one of its questions."""
    answer: NDArray[Any] = getattr(network, question)(*inputs)
    return answer


def row(name: str, ask: Callable[..., NDArray[Any]], networks: dict[str, Any], rounds: int) -> str:
    """A row of the table: the networks are asked in turn."""
    first = {kind: timed(ask, network) for kind, network in networks.items()}
    later = [{kind: timed(ask, network)[1:] for kind, network in networks.items()} for _ in range(rounds)]
    taken = {kind: [median(one[kind][place] for one in later) for place in (0, 1)] for kind in networks}
    ratios = [without / with_ for without, with_ in zip(taken["without"], taken["with"], strict=True)]
    expected = first["without"][0]
    distance = np.linalg.norm(first["with"][0] - expected) / np.linalg.norm(expected)
    cells = [taken["without"], taken["with"], ratios, first["with"][1:]]
    told = " | ".join(", ".join(f"{value:.2f}" for value in cell) for cell in cells)
    return f"| {name} | {told} | {distance:.1e} |"


def timed(ask: Callable[..., NDArray[Any]], network: Any) -> tuple[NDArray[Any], float, float]:
    """An answer, and the wall and processor seconds that it took."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = ask(network=network)
    return answer, time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()

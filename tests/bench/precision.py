"""How much half precision changes the maps: every method of many passes, on every sample picture.

    python tests/bench/precision.py --to bench-report

For each, Spearman's correlation of all the map's values in bfloat16 with those in float32, and how many times as fast
it was. A method's declaration lets half precision in (``half``) only if the lowest correlation is 0.99 or more. Of a
search for a picture, which small differences lead elsewhere, it is how far it comes, both measured in float32, as a
share of how far it does in float32: at the lowest 0.95. Writes ``precision.md`` into the folder of ``--to``.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

ASKED: Mapping[str, Mapping[str, Any]] = {
    "smoothgrad": {"samples": 50},
    "smoothgrad-squared": {"samples": 50},
    "vargrad": {"samples": 50},
    "integrated-gradients": {"steps": 49, "max_steps": 49},
    "occlusion": {"patch": 16, "stride": 16},
    "rise": {"samples": 200},
    "score-cam": {"channels": 128},
    "lime": {"samples": 80},
    "kernel-shap": {"samples": 80},
    "activation-maximisation": {"layer": "block4_conv3", "channels": (1, 2, 3), "side": 80, "steps": 40, "rate": 0.1},
    "deep-dream": {"octaves": 3, "steps": 6},
    "inversion": {"layer": "block4_conv1", "steps": 40},
}
ENOUGH = 0.99
FAR: Mapping[str, Callable[[Any], float]] = {  # how far a search has come
    "activation-maximisation": lambda result: float(result["end"].mean()),
    "deep-dream": lambda result: float(result["end"].mean()),
    "inversion": lambda result: 1 / float(result["relative_error"].mean()),
}
FAR_ENOUGH = 0.95


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = parser().parse_args(arguments)
    pictures = sample_pictures(options.pictures)
    report = "\n".join(markdown(options.methods, pictures))
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "precision.md").write_text(report + "\n", "utf-8")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--methods", nargs="+", choices=ASKED, default=list(ASKED), metavar="NAME")
    arguments.add_argument("--pictures", nargs="+", metavar="NAME", help="some of the sample pictures (all)")
    arguments.add_argument("--to", type=Path, default=Path("bench-report"), help="folder of the report (bench-report)")
    return arguments


def sample_pictures(names: Sequence[str] | None) -> dict[str, NDArray[np.float32]]:
    """The course's sample pictures as the network sees them, by name: (1, 224, 224, 3), RGB, 0 to 255."""
    from netviz.course.samples import read_samples
    from netviz.pictures import frame, open_upright

    known = read_samples(ROOT / "content" / "pictures")
    return {
        name: frame(open_upright(picture.path))[None].astype(np.float32)
        for name, picture in known.items()
        if not names or name in names
    }


def markdown(names: Sequence[str], pictures: Mapping[str, NDArray[np.float32]]) -> Iterator[str]:
    """The report, each line printed as soon as it is known."""
    head = (
        "# How much half precision changes the maps",
        "",
        "Spearman's correlation of bfloat16 with float32, the class being the picture's first; of a search its share.",
        "",
        f"| | {' | '.join(pictures)} | lowest | times as fast |",
        "|---" * (len(pictures) + 3) + "|",
    )
    for line in itertools.chain(head, rows(names, pictures)):
        print(line, flush=True)
        yield line


def rows(names: Sequence[str], pictures: Mapping[str, NDArray[np.float32]]) -> Iterator[str]:
    """A row of the table for each method."""
    from netviz.methods import methods, run
    from netviz.networks import open_network

    full = open_network("compact")
    full.memory = None  # each pays for its own passes
    half = full.at("bfloat16")
    for name in names:
        correlations, seconds = [], {"float32": 0.0, "bfloat16": 0.0}
        for picture in pictures.values():
            targets = full.logits(picture).argmax(axis=1)
            results = []
            for network in (full, half):
                start = time.perf_counter()
                results.append(run(methods()[name], network, picture, targets, ASKED[name]))
                seconds[network.precision] += time.perf_counter() - start
            if name in FAR:
                correlations.append(FAR[name](results[1]) / FAR[name](results[0]))
            else:
                maps = (one["attribution"].ravel() for one in results)
                correlations.append(float(spearmanr(*maps).statistic))
        faster = seconds["float32"] / seconds["bfloat16"]
        verdict = "" if min(correlations) >= (FAR_ENOUGH if name in FAR else ENOUGH) else " (too low)"
        cells = " | ".join(f"{one:.4f}" for one in correlations)
        yield f"| {name} {settings(name)} | {cells} | {min(correlations):.4f}{verdict} | {faster:.2f} |"


def settings(name: str) -> str:
    """What a method was asked for, in words."""
    return ", ".join(f"{key} {value}" for key, value in ASKED[name].items())


if __name__ == "__main__":
    main()

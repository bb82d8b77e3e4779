"""What integrated gradients take, and what they are worth: passes, the account's error and the map's, photo by photo.

    python tests/bench/path_steps.py --keep /tmp/gradients --even 2048 --to bench-report

For each sample picture and each photo of ``tests/proof``, from black, for the network's first answer:

- as it is: `integrated-gradients` with their default settings;
- doubled: even steps, 16, 32 and so on up to 512, until the account is off by less than 1 %, which was the rule before;
- the map's rank correlation (Spearman, RGB summed) with a reference: that of ``--even`` many equal steps, or, without
  it, of the rule itself, bisected until half of its steps change the ranks by less than ``--settled``.

``--keep`` names a folder for gradients, 600 kB each: what another run has asked before costs nothing. Writes
``path-steps.md`` into the folder of ``--to``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

Array = NDArray[np.floating[Any]]
FIRST, MOST, TOLERANCE = 16, 512, 0.01  # of the doubling


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = parser().parse_args(arguments)
    lines = []
    for line in markdown(options):
        print(line, flush=True)
        lines.append(line)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "path-steps.md").write_text("\n".join(lines) + "\n", "utf-8")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pictures", nargs="+", metavar="NAME", help="some of the pictures (all)")
    arguments.add_argument("--even", type=int, metavar="STEPS", help="equal steps of the reference")
    arguments.add_argument(
        "--settled", type=float, default=3e-4, metavar="SHARE", help="the reference's rank tolerance"
    )
    arguments.add_argument("--keep", type=Path, required=True, metavar="FOLDER", help="for gradients, to be asked once")
    arguments.add_argument("--to", type=Path, default=Path("bench-report"), help="folder of the report (bench-report)")
    return arguments


class Kept:
    """A network as a path asks it, with whatever it has answered in a folder."""

    def __init__(self, network: Any, folder: Path) -> None:
        self.network, self.folder, self.mean_colour = network, folder, network.mean_colour
        folder.mkdir(parents=True, exist_ok=True)

    def value_and_gradient(
        self, pictures: Array, targets: NDArray[np.int64], *, output: str = "logit"
    ) -> tuple[Array, Array]:
        """As the network's own: (n,) and (n, height, width, 3)."""
        pictures = pictures.astype(np.float32)
        files = [
            self.folder / f"{hashlib.sha256(picture.tobytes()).hexdigest()[:32]}-{target}.npy"
            for picture, target in zip(pictures, targets, strict=True)
        ]
        missing = [place for place, file in enumerate(files) if not file.exists()]
        if missing:
            asked = self.network.value_and_gradient(pictures[missing], targets[missing], output=output)
            for place, score, gradient in zip(missing, *asked, strict=True):
                np.save(files[place], np.append(gradient.ravel(), score))
        found = np.stack([np.load(file) for file in files])
        return found[:, -1], found[:, :-1].reshape(pictures.shape)


def pictures(names: Sequence[str] | None) -> dict[str, Array]:
    """What the network sees of the offered sample pictures and of the photos of the proof, by name."""
    from netviz.course.samples import read_samples

    samples = {name: one for name, one in read_samples(ROOT / "content" / "pictures").items() if one.offered}
    proof = {f"proof/{name}": one for name, one in read_samples(ROOT / "tests" / "proof").items()}
    return {
        name: one.framed().astype(np.float32)
        for name, one in {**samples, **proof}.items()
        if not names or name in names
    }


def markdown(options: argparse.Namespace) -> Iterator[str]:
    """The report, a row for each picture as soon as it is known."""
    from netviz.networks import open_network

    network = open_network("compact")
    kept = Kept(network, options.keep)
    reference = f"{options.even} equal steps" if options.even else f"the same, settled to {options.settled}"
    yield "# Integrated gradients: passes and errors"
    yield ""
    yield f"From black, the network's first answer, float32. The rank correlation is with {reference}."
    yield ""
    yield "| picture | passes, as it is | account | rank correlation | passes, doubled | account | rank correlation |"
    yield "|---|---|---|---|---|---|---|"
    measured = []
    for name, picture in pictures(options.pictures).items():
        target = int(network.logits(picture[None])[0].argmax())
        measured.append(measure(kept, picture, target, options))
        yield f"| {name} | {cells(measured[-1])} |"
    passes, errors, ranks = (np.array(one) for one in zip(*measured, strict=True))
    at_worst = list(zip(passes.sum(axis=0), errors.max(axis=0), ranks.min(axis=0), strict=True))
    yield f"| **in all, and at worst** | {cells(zip(*at_worst, strict=True))} |"
    yield ""
    yield "{:.2f} of the passes.".format(*np.divide(*passes.sum(axis=0), dtype=np.float64).reshape(1))


def cells(measured: Any) -> str:
    """Passes, errors of the account and rank correlations, of the rule as it is and of the doubling: a row's cells."""
    by_rule = zip(*measured, strict=True)
    return " | ".join(f"{passes} | {100 * error:.2f} % | {rank:.5f}" for passes, error, rank in by_rule)


def measure(network: Kept, picture: Array, target: int, options: argparse.Namespace) -> tuple[list[Any], ...]:
    """Passes, errors of the account and rank correlations: each of the rule as it is and of the doubling."""
    from netviz.methods import methods, run
    from netviz.methods.correlations import rank_correlations
    from netviz.methods.integration import along, bisected, coarser_rank_correlation, even_stops, integrated, turns

    asked: Any = network
    look = along(asked, np.zeros_like(picture), picture, target, "logit")
    found = run(methods()["integrated-gradients"], asked, picture[None], np.array([target]))
    steps, even = doubled(look)
    if options.even:
        finest = even_stops(look, options.even)
    else:
        settled = 1 - options.settled
        finest = bisected(even, look, 1024, turns, lambda stops: coarser_rank_correlation(stops) >= settled)
    maps = [one.sum(axis=-1).ravel() for one in (found["attribution"][0], integrated(even), integrated(finest))]
    ranks = rank_correlations(np.stack(maps[:2]), np.stack([maps[2]] * 2))
    return [int(found["steps"][0]) + 1, steps + 1], [float(found["error"][0]), account_error(even)], list(ranks)


def doubled(look: Any) -> tuple[int, list[Any]]:
    """Even steps, twice as many again and again until the account closes, and their stops."""
    from netviz.methods.integration import even_stops

    steps = FIRST
    while account_error(stops := even_stops(look, steps)) > TOLERANCE and steps < MOST:
        steps *= 2
    return steps, stops


def account_error(stops: Sequence[Any]) -> float:
    """By how much the map's sum misses the change of the score, as a share of it."""
    from netviz.methods.integration import integrated

    change = stops[-1].score - stops[0].score
    return float(abs(integrated(stops).sum() - change) / abs(change)) if change else 0.0


if __name__ == "__main__":
    main()

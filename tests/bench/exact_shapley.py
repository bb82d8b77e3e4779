"""Exact Shapley values of the dog's 15 pieces, by all 32,768 sets of them, and how near lesson 8's estimate comes.

    taskset -c 1 nice python tests/bench/exact_shapley.py /tmp/sets content/measurements/exact-shapley.json

What is known is kept in the first folder, so whoever stops it can go on later. Once every set has its score, no
estimate costs a pass: the same table answers Kernel SHAP of any number of sets and of any seed.

Low layers see little of the photo at once: what stands at a place there is decided by the few pieces within reach, and
the same for all sets that show the same ones of these. So the layers up to `LOW` run for some of the sets, which
show every place all that it can see, and those above it for every set. The first sets are asked for whole, too.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

PICTURE, TARGET, SEGMENTS = "dog.jpg", "Siberian husky", 16  # of lesson 8's Kernel SHAP
OTHER = "coffee.png"  # a second photo, in short: is the dog alone with what is found? It has 12 pieces, so 4,096 sets
PART = 512  # sets whose answers are written at once
CHECKED = 16  # sets shown next to nothing, and as many shown next to all, that go through the whole network too
SAMPLES = (80, 160, 320, 640, 1280, 2560)  # sets of an estimate; the lesson takes the first
SEEDS = 100
BATCH = 8
LOW = "block4_pool"  # a value of it sees 100 by 100 pixels, some five of the pieces

KERNEL_WIDTH = 0.25  # of LIME, as in the course
HOW = (
    "Of one photo and class: what the network scores with each set of the 15 superpixels shown, and what follows from "
    "that by the definitions. Estimates are Kernel SHAP's of the shap library, from so many sets and 100 seeds each."
)

Scores = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]
Asked = Callable[[NDArray[np.int64]], NDArray[Any]]


def shown(count: int) -> NDArray[np.int64]:
    """Every set of ``count`` pieces: (2^count, count), 1 where a piece is in it; in row s those of the bits of s."""
    return np.arange(2**count)[:, None] >> np.arange(count) & 1


def shapley_values(scores: Scores) -> Scores:
    """Of each piece, by the definition: what it adds to a set S of others, times |S|! (k - |S| - 1)! / k!.

    ``scores`` (2^k,) holds what each set of the k pieces scores, in the order of `shown`.
    """
    count = len(scores).bit_length() - 1
    sets = np.arange(len(scores))
    sizes = shown(count).sum(axis=1)
    weights = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    values = []
    for piece in range(count):
        without = sets[sets >> piece & 1 == 0]
        values.append(np.sum(weights[sizes[without]] * (scores[without | 1 << piece] - scores[without])))
    return np.array(values)


def shown_mask(regions: Labels, sets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Where each of some sets, by their bits, shows the photo: (n, height, width, 1), 1 or 0."""
    return (sets[:, None, None] >> regions & 1)[..., None].astype(np.float32)


def within_reach(regions: Labels, field: int, stride: int) -> NDArray[np.int64]:
    """Which pieces each value of a layer sees, as bits: (height, width) pixels' pieces to (rows * columns,)."""
    reach = []
    margin = (field - stride) // 2
    for row in range(0, regions.shape[0], stride):
        for column in range(0, regions.shape[1], stride):
            window = regions[
                max(row - margin, 0) : row - margin + field, max(column - margin, 0) : column - margin + field
            ]
            reach.append(np.bitwise_or.reduce(1 << np.unique(window)))
    return np.array(reach)


def covering(reach: NDArray[np.int64], count: int, seed: int = 0) -> list[int]:
    """Sets of ``count`` pieces, by their bits, that show every place all that it can see: found by trying at random."""
    kinds = np.unique(reach)
    wanted = {(kind, seen) for kind in kinds for seen in np.unique(np.arange(2**count) & kind)}
    chosen = []
    for one in np.random.default_rng(seed).permutation(2**count):
        if new := wanted.intersection((kind, one & kind) for kind in kinds):
            chosen.append(int(one))
            wanted -= new
    assert not wanted
    return chosen


def quick_logits(
    network: Any, picture: Any, filling: Any, regions: Labels
) -> Callable[[NDArray[np.int64]], NDArray[Any]]:
    """A function from sets, by their bits, to logits (m, 1000), by way of what the low layers say of few of them."""
    import keras
    import tensorflow as tf

    low = next(layer for layer in network.layers if layer.name == LOW)
    count = int(regions.max()) + 1
    reach = within_reach(regions, low.receptive_field, low.stride)
    sets = np.arange(2**count)
    chosen = np.array(covering(reach, count))
    rows, starts = [], [0]
    for kind in reach:  # rows of the table: for each place one for every sight that it can have
        rows.append(np.searchsorted(np.unique(sets & kind), sets & kind) + starts[-1])
        starts.append(int(rows[-1].max()) + 1)
    places = np.array(rows).T  # (sets, places): the row of the table
    table = np.full((starts[-1], low.shape[-1]), np.nan, np.float32)
    for first in range(0, len(chosen), BATCH):
        some = chosen[first : first + BATCH]
        mask = shown_mask(regions, some)
        found = network.activations(mask * picture + (1 - mask) * filling, [LOW])[LOW]
        table[places[some]] = found.reshape(len(some), len(reach), -1)
    assert not np.isnan(table).any()
    print(f"{LOW}: {len(chosen)} sets, {len(table)} rows for {len(reach)} places", flush=True)
    high = keras.Model(network.model.get_layer(LOW).output, network.model.outputs[0])
    signature = [tf.TensorSpec((BATCH, *low.shape), tf.float32)]
    ask = tf.function(lambda values: high(values, training=False), input_signature=signature)

    def logits(some: NDArray[np.int64]) -> NDArray[Any]:
        batches = [table[places[some[first : first + BATCH]]] for first in range(0, len(some), BATCH)]
        return np.concatenate([ask(tf.constant(one.reshape(-1, *low.shape))).numpy() for one in batches])

    return logits


def all_logits(folder: Path, network: Any, file: str) -> tuple[NDArray[Any], float]:
    """What the network says of a photo with each set of its pieces shown, (2^k, 1000), and how long that took.

    That is in seconds of a processor.
    """
    from netviz.methods.hiding import filled
    from netviz.methods.regions import superpixels
    from netviz.pictures import frame, open_upright

    picture = frame(open_upright(ROOT / "content/pictures" / file)).astype(np.float32)
    regions = superpixels(picture, SEGMENTS)
    filling = filled(network, picture[None], "mean")[0]
    sets = np.arange(2 ** (int(regions.max()) + 1))
    asked = hashlib.sha256(network.weights.digest.encode() + picture.tobytes() + regions.tobytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    parts = {first: folder / f"{Path(file).stem}-{asked}-{first:05}.npz" for first in sets[::PART]}
    if missing := [first for first, part in parts.items() if not part.exists()]:
        before = time.process_time()
        ask = quick_logits(network, picture, filling, regions)
        some = np.r_[sets[:CHECKED], sets[-CHECKED:]]
        mask = shown_mask(regions, some)
        difference = np.abs(network.logits(mask * picture + (1 - mask) * filling) - ask(some)).max()
        assert difference < 1e-3, f"the quick way and whole passes differ by {difference}"
        low = time.process_time() - before
        print(f"the low layers: {low:.0f} s of a processor; whole passes differ by {difference:.1e}", flush=True)
        for first in missing:
            before = time.process_time()
            logits = ask(sets[first : first + PART])
            np.savez(folder / "draft.npz", logits=logits, seconds=time.process_time() - before + low * (not first))
            (folder / "draft.npz").replace(parts[first])
            print(parts[first].name, f"{time.process_time() - before:.0f} s of a processor", flush=True)
    kept = [np.load(part) for part in parts.values()]
    return np.concatenate([one["logits"] for one in kept]), float(sum(one["seconds"] for one in kept))


def estimate(scores: Scores, samples: int, seed: int) -> Scores:
    """Kernel SHAP by the shap library, as the course asks it, of scores that are known: (2^k,) to (k,)."""
    from netviz.methods.hiding import import_kernel_explainer, legacy_seeded

    count = len(scores).bit_length() - 1
    with legacy_seeded(seed):
        explainer = import_kernel_explainer()(
            lambda rows: scores[(rows.astype(int) << np.arange(count)).sum(axis=1)], np.zeros((1, count))
        )
        values: Scores = explainer.shap_values(np.ones(count), nsamples=samples, l1_reg=False, silent=True)
    return values


def near(scores: Scores, samples: int) -> dict[str, float]:
    """How near estimates of so many sets come to the exact values, to each other and to LIME, over `SEEDS` seeds."""
    from netviz.methods.correlations import rank_correlation_matrix, rank_correlations
    from netviz.methods.hiding import lime_model, lime_samples

    exact = shapley_values(scores)
    found = np.array([estimate(scores, samples, seed) for seed in range(SEEDS)])
    ranks = rank_correlation_matrix(np.vstack([exact, found]))
    errors = np.abs(found - exact)
    sets = [lime_samples(samples, len(exact), seed) for seed in range(SEEDS)]
    models = [lime_model(one, scores[one @ (1 << np.arange(len(exact)))], KERNEL_WIDTH) for one in sets]
    lines = np.array([weights for weights, _, _ in models])
    pairs = np.triu_indices(SEEDS, 1)
    return {
        "rank_correlation": float(ranks[0, 1:].mean()),
        "least_rank_correlation": float(ranks[0, 1:].min()),
        "of_two": float(ranks[1:, 1:][pairs].mean()),
        "lime": float(rank_correlations(found, lines).mean()),
        "lime_two": float(rank_correlation_matrix(lines)[pairs].mean()),
        "lime_fit": float(np.mean([fit for _, _, fit in models])),
        "lime_fit_all": float(np.mean([fit_of_all(scores, weights, start) for weights, start, _ in models])),
        "error": float(np.sqrt((errors**2).mean())),
        "largest_error": float(errors.max(axis=1).mean()),
        "wrong_signs": float(np.mean((found * exact < 0).sum(axis=1))),
        "heaviest": float(np.mean(found.argmax(axis=1) == exact.argmax())),
    }


def fit_of_all(scores: Scores, weights: Scores, start: float) -> float:
    """R^2 of a line of LIME's over all sets, not only over those that it was fitted to: each counts as in its fit."""
    sets = shown(len(weights))
    counts = np.exp(-(((1 - np.sqrt(sets.mean(axis=1))) / KERNEL_WIDTH) ** 2) / 2)
    mean = np.average(scores, weights=counts)
    missed = np.average((scores - start - sets @ weights) ** 2, weights=counts)
    return float(1 - missed / np.average((scores - mean) ** 2, weights=counts))


def reckoned(scores: Scores) -> tuple[dict[str, float], dict[str, list[float]]]:
    """The single numbers and the lists of numbers that are told of the scores of all sets."""
    from netviz.methods.correlations import rank_correlations
    from netviz.methods.hiding import lime_model

    count = len(scores).bit_length() - 1
    bits = 1 << np.arange(count)
    pieces = {
        "weights": shapley_values(scores),
        "hidden_alone": scores[-1] - scores[len(scores) - 1 - bits],
        "shown_alone": scores[bits] - scores[0],
        "line": lime_model(shown(count), scores, KERNEL_WIDTH)[0],
    }
    estimates = [near(scores, samples) for samples in SAMPLES]
    values = {
        "sets": len(scores),
        "seeds": SEEDS,
        "score": scores[-1],
        "baseline_score": scores[0],
        **{f"{name}_sum": one.sum() for name, one in pieces.items()},
        **{
            f"{name}_rank_correlation": rank_correlations(pieces["weights"][None], one[None])[0]
            for name, one in pieces.items()
            if name != "weights"
        },
    }
    lists: dict[str, Any] = (
        pieces | {"samples": SAMPLES} | {name: [one[name] for one in estimates] for name in estimates[0]}
    )
    return (
        {name: round(float(value), 4) for name, value in values.items()},
        {name: [round(float(value), 4) for value in one] for name, one in lists.items()},
    )


def in_short(logits: NDArray[Any]) -> dict[str, float]:
    """Of another photo and the network's first answer what can be held against the dog: estimates by few sets."""
    target = int(logits[-1].argmax())
    values, lists = reckoned(logits[:, target].astype(np.float64))
    return {
        "class": target,
        "pieces": len(lists["weights"]),
        "least": min(lists["weights"]),
        **{name: values[name] for name in ("sets", "weights_sum", "hidden_alone_sum", "shown_alone_sum")},
        **{name: lists[name][0] for name in ("rank_correlation", "of_two", "lime", "wrong_signs", "heaviest")},
    }


def main() -> None:
    """Ask for what is not known yet, and write the measurement once all is."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from netviz.networks import open_network
    from netviz.networks.classes import find

    network = open_network("compact")
    logits, seconds = all_logits(Path(sys.argv[1]), network, PICTURE)
    values, lists = reckoned(logits[:, find(TARGET)].astype(np.float64))
    other = in_short(all_logits(Path(sys.argv[1]), network, OTHER)[0])
    values |= {f"other_{name}": value for name, value in other.items()}
    packages = ("tensorflow", "keras", "numpy", "scikit-image", "shap", "lime")
    measured = {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "command": "python tests/bench/exact_shapley.py /tmp/sets content/measurements/exact-shapley.json",
        "how": HOW,
        "versions": {"weights": network.weights.label} | {name: importlib.metadata.version(name) for name in packages},
        "picture": PICTURE,
        "target": TARGET,
        "values": values | {"seconds": round(seconds)},
        "lists": lists,
    }
    Path(sys.argv[2]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def processor() -> str:
    """What the machine calls its processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()

"""Train the head again, from a pack of features or from photographs of one's own.

    python -m netviz.networks.head.training --pack PACK --to head.npz
    python -m netviz.networks.head.training --photos PHOTOS --pack PACK --to head.npz

A teacher, EfficientNet-Lite2, has said of every photograph how likely each of the 1000 classes is; the head
learns to say the same from VGG16's features (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
Network", 2015). The network is small enough for plain NumPy, so that each step can be read here: forward,
backward, AdamW.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks.head import Head, unpack
from netviz.networks.head.pack import (
    UNKNOWN,
    Floats,
    Pack,
    PackError,
    Rows,
    file_content,
    read_pack,
    split_by_photo,
    write_whole,
)
from netviz.networks.weights import WeightsUnavailable

Say = Callable[[str], None]

BINS = 15  # of confidence, for the calibration error


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Every choice of the training; the values here were chosen on held-out photographs of the pack."""

    hidden_units: int = 1280
    epochs: int = 16
    batch_size: int = 256
    learning_rate: float = 1e-3  # at the top of the cycle
    weight_decay: float = 0.01
    input_dropout: float = 0.15
    mixup: float = 0.4  # both parameters of the beta distribution that mixes two rows
    label_share: float = 0.23  # what a known label weighs in the target; the teacher weighs the rest
    held_out: float = 0.2  # share of the photographs that choose and calibrate
    seed: int = 2026


# The network: forward, backward, and the optimiser


def softmax(logits: Floats) -> Floats:
    """Probabilities from logits: (n, classes)."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


def loss_and_gradient(head: Head, features: Floats, targets: Floats) -> tuple[float, Head]:
    """Mean cross-entropy of the head's softmax with targets (n, classes), and its derivative by every weight.

    But for the entropy of the targets, which no weight changes, this is the Kullback-Leibler divergence.
    """
    hidden = np.maximum(features @ head.hidden_kernel + head.hidden_bias, 0)
    probabilities = softmax(hidden @ head.logit_kernel + head.logit_bias)
    loss = -np.mean(np.sum(targets * np.log(probabilities + np.float32(1e-20)), axis=1))
    to_logits = (probabilities - targets) / np.float32(len(features))
    to_hidden = (to_logits @ head.logit_kernel.T) * (hidden > 0)
    gradient = Head(features.T @ to_hidden, to_hidden.sum(axis=0), hidden.T @ to_logits, to_logits.sum(axis=0))
    return float(loss), gradient


def arrays_of(head: Head) -> tuple[Floats, Floats, Floats, Floats]:
    """The weights of a head in their order."""
    return head.hidden_kernel, head.hidden_bias, head.logit_kernel, head.logit_bias


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019); changes the head's arrays in place."""

    def __init__(self, head: Head, weight_decay: float) -> None:
        self.weights = arrays_of(head)
        self.weight_decay = weight_decay
        self.means = [np.zeros_like(array) for array in self.weights]
        self.squares = [np.zeros_like(array) for array in self.weights]
        self.steps = 0

    def step(self, gradient: Head, learning_rate: float) -> None:
        """One step down the gradient."""
        self.steps += 1
        rate = np.float32(learning_rate)
        mean_share, square_share = np.float32(1 - 0.9**self.steps), np.float32(1 - 0.999**self.steps)
        for weight, slope, mean, square in zip(
            self.weights, arrays_of(gradient), self.means, self.squares, strict=True
        ):
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            if weight.ndim == 2:  # biases don't decay
                weight *= 1 - rate * np.float32(self.weight_decay)
            weight -= rate * (mean / mean_share) / (np.sqrt(square / square_share) + np.float32(1e-8))


def one_cycle(progress: float, highest: float) -> float:
    """The learning rate at ``progress`` from 0 to 1: up for three tenths of the way, then down to nothing."""
    warm_up = 0.3
    if progress < warm_up:
        return highest * (0.04 + 0.96 * (1 - math.cos(math.pi * progress / warm_up)) / 2)
    return highest * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2


# The training


def train(pack: Pack, rows: Rows, recipe: Recipe, say: Say) -> Head:
    """A head for features as they are in the pack, trained on some of its rows."""
    random = np.random.default_rng(recipe.seed)
    mean, deviation = mean_and_deviation(pack.features[rows])
    head = starting_head(pack, rows, recipe, random)
    optimiser = AdamW(head, recipe.weight_decay)
    batches_each = max(1, len(rows) // recipe.batch_size)
    for epoch in range(recipe.epochs):
        loss = 0.0
        for number, batch in enumerate(np.array_split(random.permutation(rows), batches_each)):
            features = (pack.features[batch] - mean) / deviation
            features, targets = mix_up(features, targets_of(pack, batch, recipe.label_share), recipe.mixup, random)
            batch_loss, gradient = loss_and_gradient(head, drop_out(features, recipe.input_dropout, random), targets)
            progress = (epoch + (number + 1) / batches_each) / recipe.epochs
            optimiser.step(gradient, one_cycle(progress, recipe.learning_rate))
            loss += batch_loss / batches_each
        say(f"  epoch {epoch + 1:2d} of {recipe.epochs}: loss {loss:.3f}")
    return fold_standardisation(head, mean, deviation)


def mean_and_deviation(features: NDArray[np.float16]) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every feature: (1024,) each."""
    values = features.astype(np.float32)
    return values.mean(axis=0), values.std(axis=0) + np.float32(1e-3)


def starting_head(pack: Pack, rows: Rows, recipe: Recipe, random: np.random.Generator) -> Head:
    """Small random weights below; above, random ones that already vary together as the teacher's logits do.

    Random hidden units then give logits of the teacher's mean and covariance: related classes start out
    together. In trials that was better than plain random weights, and no worse than the teacher's own classifier.
    """
    inputs, units = pack.features.shape[1], recipe.hidden_units
    hidden_kernel = random.standard_normal((inputs, units), np.float32) * np.float32(np.sqrt(0.5 / inputs))
    logits = pack.teacher_logits(rows)
    variances, directions = np.linalg.eigh(np.cov(logits, rowvar=False))
    root = directions * np.sqrt(np.maximum(variances, 0)) @ directions.T
    logit_kernel = random.standard_normal((units, len(root)), np.float32) @ root.astype(np.float32)
    return Head(
        hidden_kernel,
        np.zeros(units, np.float32),
        logit_kernel / np.float32(np.sqrt(units)),
        logits.mean(axis=0, dtype=np.float64).astype(np.float32),
    )


def targets_of(pack: Pack, rows: Rows, label_share: float) -> Floats:
    """What the head should say: the teacher's probabilities, partly replaced by the label where known."""
    targets = softmax(pack.teacher_logits(rows))
    known = np.flatnonzero(pack.label[rows] != UNKNOWN)
    targets[known] *= np.float32(1 - label_share)
    targets[known, pack.label[rows][known]] += np.float32(label_share)
    return targets


def mix_up(
    features: Floats, targets: Floats, concentration: float, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Each row mixed with another, features and targets alike (Zhang and others, "mixup", 2018)."""
    share = random.beta(concentration, concentration, (len(features), 1)).astype(np.float32)
    other = random.permutation(len(features))
    return share * features + (1 - share) * features[other], share * targets + (1 - share) * targets[other]


def drop_out(features: Floats, share: float, random: np.random.Generator) -> Floats:
    """A share of the values set to zero, the others raised to make up for it."""
    kept = random.random(features.shape, np.float32) >= share
    return features * kept / np.float32(1 - share)


def fold_standardisation(head: Head, mean: Floats, deviation: Floats) -> Head:
    """The same head for features that are not standardised."""
    kernel = head.hidden_kernel / deviation[:, None]
    return Head(kernel, head.hidden_bias - mean @ kernel, head.logit_kernel, head.logit_bias)


# Correction and calibration


def class_shares(head: Head, pack: Pack, rows: Rows) -> Floats:
    """How much of the pack the head thinks belongs to each class: (classes,), summing to 1."""
    total = np.zeros(len(head.logit_bias), np.float64)
    for piece in np.array_split(rows, max(1, len(rows) // 4096)):
        total += softmax(head.logits(pack.features[piece])).sum(axis=0, dtype=np.float64)
    shares: Floats = (total / len(rows)).astype(np.float32)
    return shares


def without_prior(head: Head, shares: Floats, strength: float) -> Head:
    """The head with what it learned of the classes' frequencies taken back, by a strength from 0 to 1.

    Public photographs show dogs and kitchens by the hundred and some classes hardly at all, whereas ImageNet has
    as many of each. So the logarithm of each class's share leaves its logit (Menon and others, "Long-tail learning
    via logit adjustment", 2021, equation 9).
    """
    bias = (head.logit_bias - np.float32(strength) * np.log(shares)).astype(np.float32)
    return Head(head.hidden_kernel, head.hidden_bias, head.logit_kernel, bias)


def best_strength(head: Head, shares: Floats, pack: Pack, held_out: Rows) -> float:
    """The strength, of tenths from 0 to 1, with which the head agrees best with the teacher, classes alike."""
    teacher = pack.teacher_logits(held_out)
    strengths = [tenths / 10 for tenths in range(11)]
    corrected = (without_prior(head, shares, strength) for strength in strengths)
    agreements = [sure_agreement(one.logits(pack.features[held_out]), teacher) for one in corrected]
    return strengths[int(np.argmax(agreements))]


def fit_temperature(logits: Floats, label: NDArray[np.integer[Any]]) -> float:
    """The temperature under which the labels are likeliest, each class counting the same.

    Guo and others, "On Calibration of Modern Neural Networks", 2017. The loss is convex in the inverse of the
    temperature, so its slope is followed to zero by halving.
    """
    _, position, count = np.unique(label, return_inverse=True, return_counts=True)
    weight = 1 / count[position] / len(count)
    own = logits[np.arange(len(label)), label]
    low, high = 0.01, 100.0  # of the inverse
    for _ in range(60):
        inverse = np.sqrt(low * high)
        expected = np.sum(softmax(logits * np.float32(inverse)) * logits, axis=1)
        low, high = (inverse, high) if np.sum(weight * (expected - own)) < 0 else (low, inverse)
    return float(1 / np.sqrt(low * high))


def divide_logits(head: Head, temperature: float) -> Head:
    """The same head with its logits divided by a temperature."""
    by = np.float32(temperature)
    return Head(head.hidden_kernel, head.hidden_bias, head.logit_kernel / by, head.logit_bias / by)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How good a head is on labelled rows: shares from 0 to 1, and the reliability table behind the error.

    A line of ``reliability`` is (rows, mean confidence, share right) of one bin of confidence that has rows.
    """

    rows: int
    top1: float
    top5: float
    calibration_error: float
    reliability: tuple[tuple[int, float, float], ...]

    def __str__(self) -> str:
        accuracy = f"top-1 {self.top1:.3f}, top-5 {self.top5:.3f}"
        return f"{accuracy}, ECE {self.calibration_error:.3f} ({self.rows} rows)"


def score(logits: Floats, label: NDArray[np.integer[Any]]) -> Score:
    """Accuracy and expected calibration error of logits (n, classes) against labels (n,)."""
    better = np.sum(logits > logits[np.arange(len(label)), label][:, None], axis=1)
    confidence = softmax(logits).max(axis=1)
    table = reliability(confidence, better == 0)
    error = calibration_error(table)
    return Score(
        rows=len(label),
        top1=float(np.mean(better < 1)),
        top5=float(np.mean(better < 5)),
        calibration_error=error,
        reliability=table,
    )


def reliability(confidence: Floats, right: NDArray[np.bool_]) -> tuple[tuple[int, float, float], ...]:
    """For every bin of confidence that has rows: how many, their mean confidence, the share that is right."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    members = [bins == number for number in np.unique(bins)]
    return tuple((int(m.sum()), float(confidence[m].mean()), float(right[m].mean())) for m in members)


def calibration_error(table: Sequence[tuple[int, float, float]]) -> float:
    """Expected calibration error: how far confidence is from the share right, averaged over all rows."""
    return sum(rows * abs(sure - right) for rows, sure, right in table) / sum(rows for rows, _, _ in table)


# The file


def pack_head(head: Head) -> dict[str, NDArray[Any]]:
    """The arrays that are stored, kernels with half the bits: see `netviz.networks.head.unpack`."""
    return {
        "hidden_kernel": head.hidden_kernel.astype(np.float16),
        "hidden_bias": head.hidden_bias,
        "logit_kernel": head.logit_kernel.astype(np.float16),
        "logit_bias": head.logit_bias,
    }


# All of it


def make_head(pack: Pack, recipe: Recipe, say: Say) -> tuple[dict[str, NDArray[Any]], str]:
    """From a pack to the arrays that are shipped, and the closing report.

    A first training leaves a share of the photographs out, to measure with and to fit the temperature; a
    second one on all of them gives the head, with that temperature. Last comes the test set.
    """
    began = time.monotonic()
    everything = np.arange(len(pack.photo))
    rows, held_out = split_by_photo(pack.photo, recipe.held_out, recipe.seed)
    if np.all(pack.label[held_out] == UNKNOWN):
        raise PackError("No held-out photograph has a label, so that no temperature can be fitted.")
    say(f"training on {len(rows)} rows, to measure on {len(held_out)} held-out ones")
    trial = train(pack, rows, recipe, say)
    shares = class_shares(trial, pack, rows)
    strength = best_strength(trial, shares, pack, held_out)
    temperature, measured = calibrate(without_prior(trial, shares, strength), pack, held_out)
    say(f"training on all {len(everything)} rows")
    final = train(pack, everything, recipe, say)
    final = without_prior(final, class_shares(final, pack, everything), strength)
    head = divide_logits(final, temperature)
    arrays = pack_head(head)
    report = [
        f"all: {describe_rows(pack, everything)}",
        f"held out: {describe_rows(pack, held_out)}, seed {recipe.seed}",
        f"epochs {recipe.epochs}, twice; {time.monotonic() - began:.0f} seconds",
        f"strength of the correction for the classes' frequencies: {strength:.1f}",
        *measured,
        *test(head, unpack(arrays), pack, temperature),
    ]
    return arrays, "\n".join(report)


def describe_rows(pack: Pack, rows: Rows) -> str:
    """How many rows, photographs and labels."""
    labelled = np.sum(pack.label[rows] != UNKNOWN)
    return f"rows {len(rows)}, photographs {len(np.unique(pack.photo[rows]))}, rows with a label {labelled}"


def calibrate(head: Head, pack: Pack, held_out: Rows) -> tuple[float, list[str]]:
    """The temperature that suits held-out rows, and lines about how good the head is on them."""
    logits = head.logits(pack.features[held_out])
    teacher = pack.teacher_logits(held_out)
    agrees = logits.argmax(axis=1) == teacher.argmax(axis=1)
    known = pack.label[held_out] != UNKNOWN
    known_logits, label = logits[known], pack.label[held_out][known]
    temperature = fit_temperature(known_logits, label)
    return temperature, [
        f"held out, first choice is the teacher's: {np.mean(agrees):.3f}",
        f"  where the teacher is sure, each class counting the same: {sure_agreement(logits, teacher):.4f}",
        f"held out, as trained: {score(known_logits, label)}",
        f"held out, temperature {temperature:.3f}: {score(known_logits / np.float32(temperature), label)}",
    ]


def sure_agreement(logits: Floats, teacher: Floats) -> float:
    """Share of rows with the teacher's first choice, of those where it gives that choice more than 0.3.

    Each class counts the same, as in ImageNet's validation set, which such rows resemble most. This figure
    chose the recipe: few photographs have labels, but the teacher has seen them all.
    """
    sure = softmax(teacher).max(axis=1) > 0.3
    favourite = teacher[sure].argmax(axis=1)
    agrees = np.bincount(favourite, weights=logits[sure].argmax(axis=1) == favourite)
    rows = np.bincount(favourite)
    return float(np.mean(agrees[rows > 0] / rows[rows > 0]))


def test(exact: Head, stored: Head, pack: Pack, temperature: float) -> Iterator[str]:
    """Lines about the finished head on the test set, with the reliability table."""
    if len(pack.test_label) == 0:
        yield "no test set in this pack"
        return
    logits, final = (
        exact.logits(pack.test_features),
        score(stored.logits(pack.test_features), pack.test_label),
    )
    yield f"test, as trained: {score(logits * np.float32(temperature), pack.test_label)}"
    yield f"test, temperature {temperature:.3f}: {score(logits, pack.test_label)}"
    yield f"test, as stored in float16: {final}"
    yield "  rows  confidence  right"
    for rows, confidence, right in final.reliability:
        yield f"  {rows:4d}  {confidence:10.3f}  {right:5.3f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m netviz.networks.head.training", description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, required=True, help="folder of features (train-*.npz, test.npz)")
    parser.add_argument("--to", type=Path, help="file for the trained head, such as head.npz")
    parser.add_argument(
        "--photos",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="add the photographs of this folder to the pack first; may be repeated. A sub-folder named "
        "after a class labels what is in it. Needs requirements/head-training.in",
    )
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    options = parser.parse_args(arguments)
    if not (options.photos or options.to):
        parser.error("nothing to do: give --to FILE to train, or --photos FOLDER to add to the pack")
    try:
        if options.photos:
            from netviz.networks.head.photos import add_photos  # brings Pillow and TensorFlow along

            add_photos(options.photos, options.pack, options.seed, say)
        if options.to:
            arrays, report = make_head(read_pack(options.pack), Recipe(seed=options.seed), say)
            content = file_content(arrays)
            write_whole(options.to, content)
            say(f"\n{report}\n{options.to}: {len(content):,} bytes")
            say(f'DIGEST = "{hashlib.sha256(content).hexdigest()}"')
    except (PackError, WeightsUnavailable, OSError) as error:
        sys.exit(str(error))


def say(line: str) -> None:
    """Progress, line by line as it happens."""
    print(line, flush=True)


if __name__ == "__main__":
    main()

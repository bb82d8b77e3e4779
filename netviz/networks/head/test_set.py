"""What the shipped head says of the test set: one photograph for nearly every class, never trained on.

The features of those photographs aren't part of this project. Their answers are, in ``test_set.tsv``, as written by

    python -m netviz.networks.head.test_set PACK > test_set.tsv

A line is a photograph: the probability of the head's first answer, and the rank of the right class, from 1.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netviz.networks import head
from netviz.networks.head.pack import Floats, read_pack
from netviz.networks.head.training import softmax


@dataclass(frozen=True)
class Answers:
    """Of every photograph the ``confidence`` of the first answer and the ``rank`` of the right class, both (n,)."""

    confidence: Floats
    rank: NDArray[np.int64]


def shipped_answers() -> Answers:
    """The answers that are shipped with the head.

    Raises ValueError if another head gave them.
    """
    text = resources.files(head).joinpath("test_set.tsv").read_text(encoding="utf-8")
    if head.DIGEST not in text:
        raise ValueError(
            "test_set.tsv was written for another head.npz: write it again (netviz.networks.head.test_set)"
        )
    confidence, rank = np.loadtxt(io.StringIO(text)).T
    return Answers(confidence.astype(np.float32), rank.astype(np.int64))


def answers_to(features: NDArray[np.float16], label: NDArray[np.int16]) -> Answers:
    """What the shipped head says of photographs by their features (n, 1024), held against their labels (n,)."""
    logits = head.load().logits(features)
    right = logits[np.arange(len(label)), label]
    return Answers(softmax(logits).max(axis=1), 1 + np.sum(logits > right[:, None], axis=1))


def main() -> None:
    """Write the answers to the pack that the command line names."""
    pack = read_pack(Path(sys.argv[1]))
    answers = answers_to(pack.test_features, pack.test_label)
    print(f"# head.npz {head.DIGEST}\n# confidence\trank of the right class")
    for confidence, rank in zip(answers.confidence, answers.rank, strict=True):
        print(f"{confidence:.6f}\t{rank}")


if __name__ == "__main__":
    main()

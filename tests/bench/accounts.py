"""Accounts of lesson 11's small networks over all that they have not learned from: how far sums of parts are off.

    nice python tests/bench/accounts.py content/measurements/accounts.json

The lesson shows one tumour and one sentence. Here are all held-out ones, for several random starts. Of each the change
of the log-odds is known, from the average row or from no words; held against it is the sum of the parts.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.data.tables import table  # noqa: E402
from netviz.methods.contributions import contributions  # noqa: E402
from netviz.methods.held_out import table_network  # noqa: E402
from netviz.methods.words import READERS, encoded, text_network  # noqa: E402
from netviz.networks.small import Reader  # noqa: E402

SEEDS = (1, 2, 3)
WAYS = ("gradient", "integrated-gradients", "occlusion")  # the sum of Shapley values is right by their computation
CLOSED = 0.05  # log-odds, as the lesson asks
SURE = 0.99
EVERY = 20  # so many sentences apart are those of which integrated gradients are measured, too
HOW = (
    "Of lesson 11's networks, from three random starts: sums of the parts of an answer, held against the change of its "
    "log-odds, over all held-out tumours and sentences."
)

Values = NDArray[np.float64]


def shares(sums: Values, changes: Values) -> Values:
    """Which share of a change each sum accounts for: (n,)."""
    return sums / changes


def below_half(sums: Values, changes: Values) -> float:
    """Of how many the sum is less than half of the change, as a share of all."""
    return float((shares(sums, changes) < 0.5).mean())


def closed(sums: Values, changes: Values) -> float:
    """Of how many the sum is the change but for `CLOSED`, as a share of all."""
    return float((np.abs(sums - changes) <= CLOSED).mean())


def tumours(seed: int) -> tuple[dict[str, Values], Values]:
    """The sum of the bars of each held-out tumour, way by way, and what they should add up to."""
    data, network = table("tumours"), table_network("tumours", seed)
    rows = data.standardised[data.held_out].astype(np.float32)
    average = np.zeros_like(rows[0])
    odds = network.log_odds(np.concatenate([rows, average[None]]))[:, 0].astype(np.float64)
    sums = {way: np.array([contributions(network, row, average, 0, way).sum() for row in rows]) for way in WAYS}
    return sums, odds[:-1] - odds[-1]


def sentences(reader: Reader, seed: int) -> tuple[Values, Values, Values, Values]:
    """Of each held-out sentence and its answer: the sum of gradient times vector, the change, the probability.

    And the sums of integrated gradients of every one of `EVERY` sentences.
    """
    network, (numbers, _) = text_network(reader, seed), encoded().unseen
    embedded = network.embed(numbers)
    odds = network.body.log_odds(embedded).astype(np.float64)
    answers = odds.argmax(axis=1)
    own, nothing = odds[np.arange(len(odds)), answers], np.zeros_like(embedded[0])
    sums = np.empty(len(odds))
    for answer in set(answers.tolist()):
        asked = answers == answer
        sums[asked] = (embedded[asked] * network.body.gradient(embedded[asked], answer)).sum(axis=(1, 2))
    some = zip(embedded[::EVERY], answers[::EVERY].tolist(), strict=True)
    integrated = [
        contributions(network.body, one, nothing, answer, "integrated-gradients").sum() for one, answer in some
    ]
    changes = own - network.body.log_odds(nothing[None]).astype(np.float64)[0, answers]
    return sums, changes, 1 / (1 + np.exp(-own)), np.array(integrated)


def main(file: Path) -> None:
    """Measure all of it, and write it down."""
    lists: dict[str, list[float]] = {"seeds": [*SEEDS]}
    counts: dict[str, float] = {}

    def note(name: str, value: float) -> None:
        lists.setdefault(name, []).append(round(value, 4))

    for seed in SEEDS:
        by_way, changes = tumours(seed)
        counts["tumours"] = len(changes)
        for way, sums in by_way.items():
            name = way.replace("-", "_")
            note(f"{name}_closed", closed(sums, changes))
            note(f"{name}_off", float(np.median(np.abs(sums - changes))))
        for reader in READERS:
            sums, changes, probabilities, integrated = sentences(reader, seed)
            sure = probabilities > SURE
            counts |= {"sentences": len(changes), "integrated_sentences": len(integrated)}
            note(f"{reader}_below_half", below_half(sums, changes))
            note(f"{reader}_share", float(np.median(shares(sums, changes))))
            note(f"{reader}_sure", float(sure.mean()))
            note(f"{reader}_sure_below_half", below_half(sums[sure], changes[sure]))
            note(f"{reader}_integrated_closed", closed(integrated, changes[::EVERY]))
            print(seed, reader, {name: values[-1] for name, values in lists.items()}, flush=True)
    found = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "command": f"python tests/bench/{Path(__file__).name} {file}",
        "how": HOW,
        "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        "values": counts,
        "lists": lists,
    }
    file.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What is kept of a result: whatever is written is read as the same, and said to those who take the numbers along."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from netviz.engine.record import Record, ranked_classes, target_among
from netviz.methods import Passes
from netviz.networks.weights import Weights

CLASSES = ranked_classes(np.array([0.5, 3.0, -1.0, 3.0], np.float32))
ON_DATA = Record(
    method="tree",
    settings={"depth": 3, "columns": ["a", "b"]},
    precision="float32",
    passes=Passes(forward=0, training=4),
    numbers={"accuracy": 0.5, "unknown": None},
)
ON_A_PICTURE = replace(
    ON_DATA,
    target=CLASSES[1],
    top=tuple(CLASSES[:2]),
    weights=Weights("compact", "0" * 64, "a package"),
    passes=Passes(forward=2, backward=1),
)


@pytest.mark.parametrize("record", [ON_DATA, ON_A_PICTURE], ids=["data", "picture"])
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record


def test_a_record_of_data_tells_of_training_and_one_of_a_picture_of_a_class() -> None:
    shared = {"method", "settings", "precision", "passes", "numbers"}
    data, picture = ON_DATA.to_json(), ON_A_PICTURE.to_json()
    assert data.keys() == shared and data["passes"] == {"forward": 0, "backward": 0, "training": 4}
    assert picture.keys() == shared | {"target", "top", "weights"}
    assert picture["passes"] == {"forward": 2, "backward": 1}


def test_classes_are_ranked_by_their_logits_and_of_equal_ones_the_first_stays_first() -> None:
    assert [(one.rank, one.index, one.logit) for one in CLASSES] == [
        (1, 1, 3.0),
        (2, 3, 3.0),
        (3, 0, 0.5),
        (4, 2, -1.0),
    ]
    assert sum(one.probability for one in CLASSES) == pytest.approx(1)


def test_a_target_is_a_rank_or_the_index_of_a_class() -> None:
    assert [target_among(CLASSES, target).index for target in ("top1", "top3", 2, 1)] == [1, 0, 2, 1]

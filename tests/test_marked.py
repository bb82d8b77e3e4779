"""What a map marks, hidden, and what is hidden for comparison: by a network in NumPy, and by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny import TORCH_LIKE, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.marked import middle_square
from netviz.networks import Array

TINY = make_tiny(4)
PICTURES, TARGETS = random_pictures(2, seed=3), np.array([2, 0])


def rows(first: int, last: int) -> Array:
    """A map of 8 by 8 that holds most in these rows."""
    one = np.zeros((8, 8), np.float32)
    one[first : last + 1] = 1
    return one


def test_each_part_is_hidden_alone() -> None:
    """A quarter: rows 0 and 1 of one map, rows 5 and 6 of the other; four rows on they come in again above.

    An eighth: row 0 alone, row 5 alone. The rivals mark rows 3 and 4, or 2 and 3, of both.
    """
    network = TINY.to_keras()
    maps = [np.stack([rows(0, 1), rows(5, 6)]), *(np.stack([rows(*one)] * 2) for one in [(3, 4), (2, 3)])]
    found = run(methods()["hide-marked"], network, PICTURES, TARGETS, {"shares": [0.25, 0.125]}, maps)
    for i, first in enumerate([0, 5]):
        whole = TINY.logits(PICTURES[i])
        assert found["first_answer"][i] == (whole.argmax() == TARGETS[i])
        for at, (count, middle) in enumerate([(2, range(2, 6)), (1, range(2, 5))]):
            marked, *rivals = ([top + row for row in range(count)] for top in (first, 3, 2))
            elsewhere = [(row + 4) % 8 for row in marked]
            places = {"marked": marked, "rival_1": rivals[0], "rival_2": rivals[1], "elsewhere": elsewhere}
            squares = {"middle": np.ix_(middle, middle)}
            for way, place in ({way: np.ix_(one, range(8)) for way, one in places.items()} | squares).items():
                hidden = PICTURES[i].copy()
                hidden[place] = TORCH_LIKE.mean
                after = TINY.logits(hidden)
                assert found[f"drop_{way}"][i, at] == pytest.approx((whole - after)[TARGETS[i]], abs=1e-4), (way, at)
                assert found[f"first_without_{way}"][i, at] == (after.argmax() == TARGETS[i])
                if (way, at) == ("marked", 0):
                    np.testing.assert_allclose(found["picture"][i], hidden, rtol=1e-6)
            within = len({*marked} & {*middle}) * len(middle)
            assert found["marked_in_middle"][i, at] == pytest.approx(within / (8 * count))


def test_by_hand_the_answer_goes_with_the_rows_that_it_hangs_on() -> None:
    """Class 0 is as sure as rows 0 and 1 are bright, class 1 always the same: 0 loses only where these are hidden."""

    def logits(pictures: Array) -> Array:
        bright = pictures[:, :2].mean(axis=(1, 2, 3)) / 10
        return np.stack([bright, np.full(len(pictures), 3.0)], axis=1)

    network: Any = SimpleNamespace(logits=logits, mean_colour=np.zeros(3))
    pictures = np.full((1, 8, 8, 3), 50, np.float32)
    maps = [rows(0, 1)[None]] * 3
    found = run(methods()["hide-marked"], network, pictures, np.array([0]), {"shares": [0.25]}, maps)
    assert (found["drop_marked"], found["drop_middle"], found["drop_elsewhere"]) == (5, 0, 0)
    first = [found[name].item() for name in ("first_answer", "first_without_marked", "first_without_middle")]
    assert first == [1, 0, 1]


def test_squares_in_the_middle() -> None:
    assert np.argwhere(middle_square(1 / 4, 4, 4)).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert np.argwhere(middle_square(0.01, 3, 3)).tolist() == [[1, 1]]
    assert middle_square(0.5, 2, 8).all(axis=0).sum() == 3, "cut above and below"
    assert middle_square(0.2, 224, 224).mean() == pytest.approx(0.2, abs=0.001)

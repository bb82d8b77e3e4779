"""Weights that were found elsewhere: where they lie, and whether they still add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.answers import UnusableAnswer
from netviz.methods.regions import superpixels

PICTURES = random_pictures(1, seed=21)
TARGETS = np.array([1])


def ask(name: str, pictures: Any = PICTURES, **settings: Any) -> Any:
    return run(methods()[name], make_tiny(8, head="pooled").to_keras(), pictures, TARGETS, {"segments": 6} | settings)


def test_each_lies_over_its_superpixel() -> None:
    regions = superpixels(PICTURES[0], 6)
    count = int(regions.max()) + 1
    weights = [float(number) - 1.5 for number in range(count)]
    result = ask("recorded-weights", weights=weights)
    np.testing.assert_array_equal(result["attribution"][0], np.array(weights)[regions])
    assert result["weights"][0, :count].tolist() == weights and result["segments"][0] == count
    assert ask("recorded-weights", weights=weights[:2])["sum"][0] == pytest.approx(sum(weights[:2]))


def test_the_account_tells_whether_they_are_of_this_network_and_picture() -> None:
    found = ask("kernel-shap", samples=60)
    weights = found["weights"][0, : int(found["segments"][0])].tolist()
    result = ask("recorded-weights", weights=weights)
    for name in ("sum", "score", "baseline_score", "peak", "largest"):
        np.testing.assert_allclose(result[name], found[name], atol=1e-5)
    assert result["delta"][0] == pytest.approx(0, abs=1e-5)
    assert abs(ask("recorded-weights", 255 - PICTURES, weights=weights)["delta"][0]) > 1e-3


def test_more_than_there_are_superpixels_are_refused() -> None:
    with pytest.raises(UnusableAnswer, match="7 weights are given, and there are"):
        ask("recorded-weights", weights=[0.5] * 7)

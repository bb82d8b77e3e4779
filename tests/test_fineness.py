"""How fine a map is: by counting, on maps whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import make_tiny, random_pictures

from netviz.methods import Result, methods, run

NETWORK = make_tiny(seed=1).to_keras()


def fineness(attribution: NDArray[np.float64], **settings: float) -> Result:
    count = len(attribution)
    pictures, classes = random_pictures(count, seed=5), np.zeros(count, int)
    return run(methods()["fineness"], NETWORK, pictures, classes, settings, maps=[attribution])


def test_a_chessboard_is_its_own_opposite_one_pixel_on() -> None:
    board = np.indices((16, 16)).sum(axis=0) % 2 * 2.0 - 1
    found = fineness(board[None])
    assert found["opposite"] == pytest.approx([1])
    assert found["nearest"] == pytest.approx([-1])
    assert found["autocorrelation"][0] == pytest.approx([1, -1] * 4 + [1])
    assert abs(found["kept"][0]) < 0.05


def test_a_slope_agrees_with_its_neighbours_and_survives_smoothing() -> None:
    slope = np.linspace(1, 2, 16)[:, None, None] * np.ones((16, 16, 3))
    found = fineness(np.stack([slope, -slope]))
    assert found["opposite"] == pytest.approx([0, 0])
    assert (found["kept"] > 0.99).all()


def test_in_noise_half_of_the_neighbours_have_opposite_signs() -> None:
    noise = np.random.default_rng(0).standard_normal((1, 200, 200))
    found = fineness(noise, smoothing=4.0)
    assert found["opposite"] == pytest.approx([0.5], abs=0.02)
    assert abs(found["nearest"][0]) < 0.02
    assert found["kept"][0] < 0.2


def test_a_map_of_zeros_has_no_grain() -> None:
    found = fineness(np.zeros((1, 8, 8)))
    assert [found[name][0] for name in ("nearest", "opposite", "kept")] == [0, 0, 0]

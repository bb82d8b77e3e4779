"""Small networks for text and tables: derivatives and Shapley values by definition, accounts that close."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
import pytest
from tiny import UNCONCERNED

from netviz.methods.contributions import contributions
from netviz.methods.words import shuffled
from netviz.networks.small import (
    Reader,
    TextNetwork,
    numbered,
    train_table_network,
    train_text_network,
)

RANDOM = np.random.default_rng(5)
ROWS = RANDOM.standard_normal((60, 5))
LABELS = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0).astype(np.int64)
WORDS = {
    word: row for row, word in enumerate(["a", "cat", "sat", "on", "the", "mat", "dogs", "bark", "loudly"], start=2)
}
TEXTS = RANDOM.integers(0, len(WORDS) + 2, (80, 6)).astype(np.int32)
KINDS = (TEXTS.sum(axis=1) % 3).astype(np.int64)


pytestmark = pytest.mark.filterwarnings(UNCONCERNED)


@pytest.fixture(params=["bag", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("rnn", "gru"))])
def reader(request: pytest.FixtureRequest, uncompiled: None) -> TextNetwork:
    return text_network(request.param)


@cache
def text_network(kind: Reader, seed: int = 3) -> TextNetwork:
    return train_text_network(kind, TEXTS, KINDS, WORDS, steps=3, seed=seed, width=4)


def test_log_odds_are_those_of_the_softmax(reader: TextNetwork) -> None:
    inputs = reader.embed(TEXTS[:7])
    logits = reader.body.model(inputs).numpy().astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(reader.body.log_odds(inputs), np.log(shares / (1 - shares)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(reader.body.probabilities(inputs), shares, rtol=1e-4)


def test_the_gradient_by_word_vectors_is_that_of_finite_differences(reader: TextNetwork) -> None:
    inputs = reader.embed(TEXTS[:1]) + 0.1
    for target in range(3):
        gradient = reader.body.gradient(inputs, target)[0]
        for place in [(0, 0), (3, 2), (5, 3)]:
            ends = np.repeat(inputs, 2, axis=0)
            ends[0][place] += 1e-2
            ends[1][place] -= 1e-2
            above, below = reader.body.log_odds(ends)[:, target].astype(np.float64)
            assert gradient[place] == pytest.approx((above - below) / 2e-2, abs=2e-4)


def test_integrated_gradients_over_words_close_their_account(reader: TextNetwork) -> None:
    inputs = reader.embed(TEXTS[1:2])[0]
    nothing = np.zeros_like(inputs)
    weights = contributions(reader.body, inputs, nothing, 1, "integrated-gradients")
    odds = reader.body.log_odds(np.stack([inputs, nothing]))[:, 1]
    assert weights.sum() == pytest.approx(odds[0] - odds[1], abs=2e-3)
    assert (weights[TEXTS[1] == 0] == 0).all()


def test_occlusion_leaves_out_one_word_at_a_time(reader: TextNetwork) -> None:
    inputs = reader.embed(TEXTS[2:3])[0]
    weights = contributions(reader.body, inputs, np.zeros_like(inputs), 0, "occlusion")
    for place in range(6):
        without = inputs.copy()
        without[place] = 0
        full, less = reader.body.log_odds(np.stack([inputs, without]))[:, 0]
        assert weights[place] == pytest.approx(full - less, abs=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_kernel_shap_gives_the_shapley_values_by_definition() -> None:
    table_network = train_table_network(ROWS, LABELS, steps=3, seed=3)
    inputs, average = ROWS[4].astype(np.float32), np.zeros(5, np.float32)

    def score(shown: tuple[int, ...]) -> float:
        row = average.copy()
        row[list(shown)] = inputs[list(shown)]
        return float(table_network.log_odds(row[None])[0, 0])

    expected = np.zeros(5)
    for one in range(5):
        others = [other for other in range(5) if other != one]
        for size in range(5):
            share = factorial(size) * factorial(4 - size) / factorial(5)
            expected[one] += share * sum(score((*group, one)) - score(group) for group in combinations(others, size))
    measured = contributions(table_network, inputs, average, 0, "kernel-shap")
    np.testing.assert_allclose(measured, expected, atol=1e-4)


def test_of_a_linear_network_every_method_gives_weight_times_input() -> None:
    class Linear:
        def log_odds(self, inputs: np.ndarray) -> np.ndarray:
            return inputs @ np.array([[2.0], [-1.0], [0.5]])

        def gradient(self, inputs: np.ndarray, target: int) -> np.ndarray:
            return np.broadcast_to([2.0, -1.0, 0.5], inputs.shape)

    row = np.array([1.0, 2.0, 4.0])
    for by in ("gradient", "integrated-gradients", "occlusion", "kernel-shap"):
        weights = contributions(Linear(), row, np.zeros(3), 0, by)  # type: ignore[arg-type]
        np.testing.assert_allclose(weights, [2, -2, 2], atol=1e-9, err_msg=by)


@pytest.mark.usefixtures("uncompiled")
def test_a_bag_does_not_see_the_order_and_a_gru_does() -> None:
    bag, gru = text_network("bag"), text_network("gru")
    text = np.array([[2, 3, 4, 5, 6, 7]], np.int32)
    backwards = text[:, ::-1]
    np.testing.assert_allclose(bag.body.log_odds(bag.embed(text)), bag.body.log_odds(bag.embed(backwards)), atol=1e-6)
    assert np.abs(gru.body.log_odds(gru.embed(text)) - gru.body.log_odds(gru.embed(backwards))).max() > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bag", "gru"])
def test_the_same_seed_trains_the_same_bytes_and_another_seed_others(kind: Reader) -> None:
    first, again, other = (text_network.__wrapped__(kind, seed) for seed in (3, 3, 4))
    inputs = TEXTS[:9]
    assert first.body.log_odds(first.embed(inputs)).tobytes() == again.body.log_odds(again.embed(inputs)).tobytes()
    assert not np.array_equal(first.vectors, other.vectors)


@pytest.mark.slow
def test_a_table_network_learns_what_is_there() -> None:
    table_network = train_table_network(ROWS, LABELS, steps=40, seed=3)
    assert ((table_network.log_odds(ROWS)[:, 0] > 0) == LABELS).mean() > 0.8


def test_a_text_becomes_numbers_from_the_right_and_unknown_words_are_one() -> None:
    assert numbered(("the", "cat", "flies"), WORDS, 5).tolist() == [0, 0, WORDS["the"], WORDS["cat"], 1]
    assert numbered(("a",) * 9, WORDS, 3).tolist() == [2, 2, 2]


def test_shuffling_keeps_the_words_and_where_there_is_none() -> None:
    mixed = shuffled(TEXTS, seed=1)
    assert ((mixed == 0) == (TEXTS == 0)).all()
    assert (np.sort(mixed, axis=1) == np.sort(TEXTS, axis=1)).all()
    assert (mixed != TEXTS).any()

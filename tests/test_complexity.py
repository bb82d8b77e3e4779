"""Dense networks in NumPy against a twin in Keras, and what is measured on them against slow, literal counts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from netviz.data.digits import digits
from netviz.methods import methods, run_on_data
from netviz.methods.complexity import width_of
from netviz.methods.contributions import contributions
from netviz.methods.dense import BATCH, RATE, DenseNetworks, train_dense, train_dense_until
from netviz.methods.examples import NOISE, cosines, examples, integrated_gradients, parameters
from netviz.methods.simpler_models import NAMES, hiding_effects, moving_effects, needed
from netviz.networks.quiet import import_keras, import_tensorflow
from netviz.networks.small import SmallNetwork

RANDOM = np.random.default_rng(4)
SIZES = (5, 7, 6, 3)
NETWORKS = DenseNetworks(
    [(RANDOM.standard_normal((2, one, other)), RANDOM.standard_normal((2, 1, other))) for one, other in pairwise(SIZES)]
)
INPUTS = RANDOM.standard_normal((9, SIZES[0]))
CLASSES = RANDOM.integers(0, SIZES[-1], (2, 9))


def twin(networks: DenseNetworks, number: int) -> SmallNetwork:
    """One of the networks in Keras."""
    keras = import_keras()
    last = len(networks.layers) - 1
    model = keras.Sequential([keras.Input((networks.layers[0][0].shape[1],))])
    for at, (weights, biases) in enumerate(networks.layers):
        dense = keras.layers.Dense(weights.shape[-1], None if at == last else "relu")
        model.add(dense)
        dense.set_weights([weights[number], biases[number, 0]])
    return SmallNetwork(model)


@pytest.mark.parametrize("number", [0, 1])
def test_log_odds_and_gradients_are_those_of_a_twin_in_keras(number: int) -> None:
    other = twin(NETWORKS, number)
    odds, slopes = NETWORKS.log_odds(INPUTS, CLASSES)[number], NETWORKS.gradient(INPUTS, CLASSES)[number]
    for row, target in enumerate(CLASSES[number]):
        one = INPUTS[row : row + 1].astype(np.float32)
        assert odds[row] == pytest.approx(other.log_odds(one)[0, target], rel=1e-4, abs=1e-5)
        np.testing.assert_allclose(slopes[row], other.gradient(one, int(target))[0], rtol=1e-3, atol=1e-5)
        assert NETWORKS.answers(INPUTS)[number, row] == other.log_odds(one)[0].argmax()
        assert NETWORKS.probabilities(INPUTS)[number, row] == pytest.approx(other.probabilities(one)[0], rel=1e-3)


@pytest.mark.parametrize("by", ["occlusion", "integrated-gradients"])
def test_what_inputs_contribute_is_what_lesson_11_computes(by: str) -> None:
    if by == "occlusion":
        found = hiding_effects(NETWORKS.log_odds, INPUTS, CLASSES)
    else:
        found = integrated_gradients(NETWORKS.gradient, np.broadcast_to(INPUTS, (2, *INPUTS.shape)), CLASSES)
    for row, target in enumerate(CLASSES[1]):
        one = INPUTS[row].astype(np.float32)
        expected = contributions(twin(NETWORKS, 1), one, one * 0, int(target), by)
        np.testing.assert_allclose(found[1, row], expected, rtol=0.1, atol=0.1 if by != "occlusion" else 1e-4)


def test_training_goes_the_steps_of_adam_on_the_cross_entropy() -> None:
    tf, keras = import_tensorflow(), import_keras()
    inputs, labels = RANDOM.standard_normal((BATCH, 5)), RANDOM.integers(0, 3, BATCH)
    trained, steps = train_dense(inputs, np.eye(3)[labels], depth=2, width=4, seeds=[3, 8], steps=3), 3
    begun = train_dense(inputs, np.eye(3)[labels], depth=2, width=4, seeds=[3, 8], steps=0)
    model = twin(begun, 1).model
    optimizer = keras.optimizers.Adam(RATE, epsilon=1e-8)
    for step in range(1, steps + 1):  # every batch holds all examples: their order doesn't matter
        optimizer.learning_rate = RATE * (1 - 0.9 * step / steps)
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(labels, model(inputs), from_logits=True)
            mean = tf.reduce_mean(loss)
        optimizer.apply(tape.gradient(mean, model.trainable_variables), model.trainable_variables)
    for (weights, biases), dense in zip(trained.layers, model.layers, strict=True):
        np.testing.assert_allclose(weights[1], dense.get_weights()[0], atol=1e-5)
        np.testing.assert_allclose(biases[1, 0], dense.get_weights()[1], atol=1e-5)


def test_networks_of_one_training_differ_in_their_start_alone() -> None:
    inputs, targets = RANDOM.standard_normal((100, 5)), np.eye(3)[RANDOM.integers(0, 3, 100)]
    alone = train_dense(inputs, targets, depth=3, width=4, seeds=[2], steps=20)
    same, other = (train_dense(inputs, targets, depth=3, width=4, seeds=[2, seed], steps=20) for seed in (2, 5))
    for (one, _), (two, _), (three, _) in zip(alone.layers, same.layers, other.layers, strict=True):
        np.testing.assert_allclose(two[0], one[0])
        np.testing.assert_allclose(two[1], one[0])
        assert not np.allclose(three[1], one[0])


def test_each_network_stops_where_its_loss_first_is_no_more_than_its_goal() -> None:
    inputs, targets = RANDOM.standard_normal((100, 5)), np.eye(3)[RANDOM.integers(0, 3, 100)]
    shape: Any = {"depth": 2, "width": 8, "seeds": [2, 5, 7]}
    first, last = (train_dense(inputs, targets, steps=steps, **shape) for steps in (0, 60))
    logits, truths = last.logits(inputs), np.broadcast_to(targets.argmax(axis=1)[:, None], (3, 100, 1))
    expected = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, truths, axis=-1)[..., 0]
    np.testing.assert_allclose(last.loss(inputs, targets), expected.mean(axis=-1))
    goals = (first.loss(inputs, targets) + last.loss(inputs, targets)) / 2
    goals[2] = 0  # out of reach
    found = train_dense_until(inputs, targets, goals=goals, steps=60, **shape)
    assert (found.loss(inputs, targets)[:2] == pytest.approx(goals[:2], rel=0.1)) and (
        found.loss(inputs, targets)[:2] <= goals[:2]
    ).all()
    np.testing.assert_allclose(found.layers[0][0][2], last.layers[0][0][2])


def test_few_entries_are_needed_where_few_are_large() -> None:
    assert needed(np.array([[5.0, -4, 1, 0], [1, 1, 1, 1], [0, 0, -9, 0]])).tolist() == [2, 4, 1]
    assert needed(np.array([4.0, 4, 1, 1]), 0.8).tolist() == 2


def test_cosines_are_of_the_angle() -> None:
    first, second = np.array([[1.0, 0], [0, 0], [1, 1]]), np.array([[1.0, 1], [1, 2], [-2, -2]])
    np.testing.assert_allclose(cosines(first, second), [np.sqrt(0.5), 0, -1])


def test_a_wider_network_has_as_many_numbers_as_the_deeper_one() -> None:
    data = examples("digits")
    assert parameters(data, 2, 32) == 64 * 32 + 32 + 32 * 10 + 10 and parameters(data, 1, 32) == 650
    for depth in range(1, 9):
        size = parameters(data, depth, 32)
        assert abs(parameters(data, 2, width_of(data, size)) - size) <= (64 + 1 + 10) / 2


@pytest.mark.parametrize("source", ["digits", "tumours"])
def test_examples_are_held_out_as_they_are_elsewhere_and_centred(source: Any) -> None:
    data = examples(source)
    np.testing.assert_allclose(data.learned.mean(axis=0), 0, atol=1e-12)
    share = len(data.held_out) / (len(data.held_out) + len(data.learned))
    assert share == pytest.approx(0.2, abs=0.005) and data.targets.sum(axis=1).tolist() == [1] * len(data.learned)
    noise = data.noisy(data.learned, NOISE, 1) - data.learned
    assert noise.std() == pytest.approx(NOISE * np.sqrt((data.learned**2).mean()), rel=0.02)


def test_a_fifth_of_each_digit_is_held_out() -> None:
    data = digits()
    for label in range(10):
        share = data.held_out[data.labels == label].mean()
        assert share == pytest.approx(0.2, abs=0.01)
    assert data.pictures.shape == (1797, 8, 8) and data.pictures.min() == 0 and data.pictures.max() == 16


@pytest.mark.slow
@pytest.mark.parametrize("student", ["linear", "tree"])
def test_a_simple_model_is_compared_with_its_own_teacher(student: str) -> None:
    """With the smallest number of networks; what is told of the taught and of the others is in its bounds."""
    found = run_on_data(methods()["simpler-model"], {"source": "tumours", "student": student, "networks": 2})
    assert found["names"].tolist() == list(NAMES.values())
    assert (found["lowest"] <= found["correlations"]).all() and (found["correlations"] <= found["highest"]).all()
    assert found["correlations"][1] == found["taught_likeness"] and found["taught_parameters"] > 2
    assert np.isnan(found["taught_steadiness"]) == (student == "tree")
    if student == "linear":  # whose gradient is the same everywhere
        assert found["taught_steadiness"] == pytest.approx(1) and found["taught_parameters"] == 62
    else:
        assert found["taught_parameters"] <= 32 and found["taught_needed"] < found["teacher_needed"]


@pytest.mark.slow
def test_measures_by_depth_are_counted_on_held_out_rows() -> None:
    found = run_on_data(methods()["explanations-by-depth"], {"source": "tumours", "networks": 2})
    data = examples("tumours")
    linear = train_dense(data.learned, data.targets, depth=1, width=32, seeds=[1, 2], steps=600)
    said = linear.answers(data.held_out)
    for number in (0, 1):
        right = sum(one == other for one, other in zip(said[number], data.held_out_labels, strict=True))
        assert found["accuracy"][0, number] == pytest.approx(right / len(data.held_out_labels))
    assert found["steadiness"][0] == pytest.approx(1) and found["methods_agreement"][0] == pytest.approx(1)
    slopes = [linear.layers[0][0][number] for number in (0, 1)]
    likeness = []
    for row, one, other in zip(data.held_out, *said, strict=True):  # of a linear model, input times weight
        if one == other:
            weights = [(slope[:, one] - slope[:, 1 - one]) * row for slope in slopes]
            likeness.append(np.corrcoef(weights)[0, 1])
    assert found["networks_agreement"][0] == pytest.approx(np.mean(likeness))
    assert found["x"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8] and found["parameters"].tolist() == [62, 7394]
    assert found["steadiness_last_range"].tolist() == [found["steadiness"][-1].min(), found["steadiness"][-1].max()]


@pytest.mark.slow
def test_networks_may_be_compared_where_all_are_as_wrong_about_what_they_learned() -> None:
    found = run_on_data(methods()["explanations-by-depth"], {"source": "tumours", "networks": 2, "until": "loss"})
    plain = run_on_data(methods()["explanations-by-depth"], {"source": "tumours", "networks": 2})
    np.testing.assert_allclose(found["steadiness"][0], plain["steadiness"][0])
    assert (
        found["loss_last"] == pytest.approx(found["loss_first"], rel=0.2)
        and found["loss_last"] > 10 * plain["loss_last"]
    )


def test_a_tree_has_no_slope_and_a_network_has() -> None:
    found = run_on_data(methods()["steps-that-count"], {"source": "tumours"})
    assert found["tree_smallest"] == 0 < found["tree_largest"] and found["network_smallest"] > 0.9
    assert (np.diff(found["tree"]) >= 0).all() and found["x"][[0, -1]].tolist() == [0.001, 1]


def test_each_input_moves_alone_by_its_own_step() -> None:
    steps = np.array([0.5, -1, 2, 0, 1])
    found = moving_effects(NETWORKS.log_odds, INPUTS, CLASSES, steps)
    for number in range(5):
        moved = INPUTS.copy()
        moved[:, number] += steps[number]
        expected = NETWORKS.log_odds(moved, CLASSES) - NETWORKS.log_odds(INPUTS, CLASSES)
        np.testing.assert_allclose(found[..., number], expected, atol=1e-12)
    assert not found[..., 3].any()

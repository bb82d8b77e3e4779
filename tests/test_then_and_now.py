"""Old code, tried today: what fails, what is drawn, what is called by a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny import CAFFE_LIKE, TORCH_LIKE, make_tiny, random_pictures, shared_network

from netviz.methods import methods, run, run_on_data
from netviz.methods.then_and_now import LINES, imshow, lightest_place

PICTURES, TARGETS = random_pictures(2, seed=3), np.array([1, 3])


def ask(name: str, **settings: Any) -> dict[str, Any]:
    network = shared_network(5, head="pooled", preprocessing=TORCH_LIKE)
    return run(methods()[name], network, PICTURES, TARGETS, settings)


# The old lines


@pytest.fixture(scope="module")
def tried() -> dict[str, Any]:
    return run_on_data(methods()["old-lines"])


def test_three_of_the_old_lines_fail(tried: dict[str, Any]) -> None:
    """Whoever moves to another TensorFlow and finds another answer here has a sentence of the lesson to change."""
    answers = dict(zip(tried["code"].tolist(), tried["answer"].tolist(), strict=True))
    failed = [line.partition(" =")[0] for line, answer in answers.items() if answer != "ok"]
    assert list(answers) == list(LINES) and failed == ["output", "grads", "grads_val"]
    assert tried["failed"] == 3
    assert tried["grads_error"].item().startswith("RuntimeError: tf.gradients is not supported when eager execution")
    assert "has no attribute 'function'" in tried["grads_val_error"].item()
    assert "int64" in tried["output_error"].item()
    assert tried["overwritten"] == 3  # the three values of a pixel that was handed over


def test_errors_are_told_as_they_are(tried: dict[str, Any]) -> None:
    import tensorflow as tf

    x = tf.constant([1.0])
    with pytest.raises(RuntimeError) as found:
        tf.gradients(x, x)
    assert tried["grads_error"].item() == f"RuntimeError: {found.value}"


# The old picture


def test_values_of_an_rgb_picture_ignore_the_colour_map() -> None:
    values = np.random.default_rng(0).random((5, 7, 3))
    jet, grey = imshow(values, "jet"), imshow(values, "gray")
    assert (jet == grey).all()
    np.testing.assert_allclose(jet, 255 * values, atol=1)


def test_one_channel_does_obey_the_colour_map() -> None:
    values = np.linspace(0, 1, 12).reshape(3, 4)
    assert imshow(values, "gray")[..., 0].ravel() == pytest.approx(np.linspace(0, 255, 12), abs=1.5)
    red, green, blue = imshow(values, "jet")[0, 0].tolist()  # jet begins in a dark blue
    assert red == green == 0 < blue


def test_the_lightest_colour_of_jet_is_its_yellow_and_of_the_others_the_last() -> None:
    assert 0.6 < lightest_place("jet") < 0.67 < lightest_place("viridis") == lightest_place("gray") == 1


def test_the_old_picture_is_the_clipped_gradient_blue_first() -> None:
    network = shared_network(5, head="pooled", preprocessing=TORCH_LIKE)
    gradient = network.gradient(PICTURES, TARGETS, output="probability")
    times = float(0.9 / np.abs(gradient).max())
    result = ask("old-picture", times=times)
    np.testing.assert_allclose(result["picture"], 255 * np.clip(times * gradient[..., ::-1], 0, 1), atol=1)
    assert result["negative_share"] == pytest.approx((gradient < 0).mean(axis=(1, 2, 3)))
    assert result["largest"].max() == pytest.approx(0.9)
    assert (result["changed_by_cmap"] == 0).all() and (result["changed_with_one_channel"] > 0).all()


def test_small_derivatives_are_drawn_black() -> None:
    """Less than 1 / 510 rounds to a brightness of 0."""
    network = shared_network(5, head="pooled", preprocessing=TORCH_LIKE)
    gradient = network.gradient(PICTURES, TARGETS, output="probability")
    assert np.abs(gradient).max() < 1 / 510
    assert (ask("old-picture")["brightest"] == 0).all()


# Names


def test_names_are_counted_by_word_and_by_letters() -> None:
    """The first four classes are fish: tench, goldfish, great white shark, tiger shark."""
    result = ask("classes-by-word", word="Shark")
    assert result["called"].tolist() == [0, 0] and result["whole_word"].tolist() == [2, 2]
    assert result["together"] == pytest.approx(result["probabilities"][:, 2:4].sum(axis=1))
    assert ask("classes-by-word", word="goldfish")["called"].tolist() == [1, 1]
    fish = ask("classes-by-word", word="fish")
    assert (fish["whole_word"][0], fish["letters"][0]) == (0, 1)


# The tape


@pytest.mark.parametrize("preprocessing", [TORCH_LIKE, CAFFE_LIKE], ids=["RGB", "BGR"])
def test_a_plain_tape_finds_the_derivative_of_the_literal_twin(preprocessing: Any) -> None:
    tiny = make_tiny(5, head="pooled", preprocessing=preprocessing)
    result = run(methods()["plain-tape"], tiny.to_keras(), PICTURES[:1], TARGETS[:1])
    twin = tiny.backward(PICTURES[0], target=1)["picture"]
    np.testing.assert_allclose(result["y"][0], twin.ravel()[np.linspace(0, 191, 192).astype(int)], rtol=1e-3, atol=1e-7)
    assert result["precise_error"] < 1e-13 < result["error"] < 1e-5
    assert result["reversed_error"] > 0.1


def test_a_tape_needs_a_keras_model() -> None:
    with pytest.raises(TypeError, match="Keras"):
        run(methods()["plain-tape"], object(), PICTURES, TARGETS)  # type: ignore[arg-type]

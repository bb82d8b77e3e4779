"""Made pictures: every step of the way against literal NumPy, then what the pictures must be like."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter
from tiny import CAFFE_LIKE, Tiny, make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.arrays import resized
from netviz.methods.deep_dream import octave_sizes
from netviz.methods.made_pictures import neighbour_correlation
from netviz.networks import optimise
from netviz.networks.keras_network import KerasNetwork, keras
from netviz.networks.optimise import COLOURS, Objective

Array = NDArray[np.float64]

sizes = st.tuples(st.integers(1, 7), st.integers(1, 7))
seeds = st.integers(0, 2**32 - 1)


@cache
def network(**form: Any) -> tuple[Tiny, KerasNetwork]:
    tiny = make_tiny(5, **form)
    return tiny, tiny.to_keras().at("float64")


def make(name: str, keras_network: KerasNetwork, pictures: Array, target: int = 1, **chosen: Any) -> dict[str, Array]:
    return run(methods()[name], keras_network, pictures, np.full(len(pictures), target), chosen)


def derivative(function: Any, values: Array, step: float = 1e-4) -> Array:
    """Central differences of a function of an array, value by value."""
    gradient = np.zeros_like(values)
    for place in np.ndindex(values.shape):
        change = np.zeros_like(values)
        change[place] = step
        gradient[place] = (function(values + change) - function(values - change)) / (2 * step)
    return gradient


# The spectrum


def waves_by_hand(spectrum: Array, height: int, width: int) -> Array:
    """Olah et al. 2017, one wave after the other: what the half spectrum holds, and for the rest its conjugates."""
    waves = np.zeros((height, width, 3))
    for row in range(height):
        for column in range(width):
            in_half = column <= width // 2
            mirrored = (-row % height, -column % width)
            held = spectrum[row, column] if in_half else np.conj(spectrum[mirrored])
            vertical, horizontal = min(row, height - row) / height, min(column, width - column) / width
            frequency = max((vertical**2 + horizontal**2) ** 0.5, 1 / max(height, width))
            for i in range(height):
                for j in range(width):
                    turn = cmath.exp(2j * cmath.pi * (row * i / height + column * j / width))
                    waves[i, j] += (held * turn).real / frequency / (height * width) ** 0.5
    return waves


def picture_by_hand(spectrum: Array, height: int, width: int) -> Array:
    colours = waves_by_hand(spectrum, height, width) @ (COLOURS.T / 4)
    return 255 / (1 + np.exp(-colours))


@pytest.mark.parametrize(("height", "width"), [(4, 6), (5, 5), (6, 3), (1, 4)])
def test_a_spectrum_is_a_sum_of_waves(height: int, width: int) -> None:
    spectrum = 100 * optimise.random_spectrum(height, width, np.random.default_rng(1))
    for row in range(height):  # waves that are their own mirror images are real: an imaginary part means nothing
        for column in {0, width // 2} if width % 2 == 0 else {0}:
            mirrored = (-row % height, -column % width)
            if mirrored == (row, column):
                spectrum[mirrored] = spectrum[mirrored].real
            elif row < mirrored[0]:
                spectrum[mirrored] = np.conj(spectrum[row, column])
    picture = optimise.picture_of(spectrum, height, width)
    np.testing.assert_allclose(picture, picture_by_hand(spectrum, height, width), rtol=1e-10)


@given(sizes, seeds)
@settings(max_examples=30, deadline=None)
def test_every_picture_has_a_spectrum(size: tuple[int, int], seed: int) -> None:
    """There and back: colours decorrelated, transformed, energies undone; so nothing is out of reach."""
    height, width = size
    picture = np.random.default_rng(seed).uniform(1, 254, (height, width, 3))
    waves = 4 * np.log(picture / (255 - picture)) @ np.linalg.inv(COLOURS).T
    energies = optimise._energies(height, width)
    spectrum = np.fft.rfft2(waves, axes=(0, 1), norm="ortho") / energies
    np.testing.assert_allclose(optimise.picture_of(spectrum, height, width), picture, rtol=1e-8)


@given(sizes, seeds)
@settings(max_examples=15, deadline=None)
def test_gradients_by_the_spectrum_are_those_of_finite_differences(size: tuple[int, int], seed: int) -> None:
    height, width = size
    random = np.random.default_rng(seed)
    spectrum = 50 * optimise.random_spectrum(height, width, random)
    direction = random.standard_normal((height, width, 3))

    def score(values: Array) -> float:
        return float((direction * optimise.picture_of(values.view(complex), height, width)).sum())

    expected = derivative(score, spectrum.view(np.float64))
    found = optimise.spectrum_gradient(optimise.picture_of(spectrum, height, width), direction).view(np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_colours_are_correlated_as_in_photos_and_brightness_varies_most() -> None:
    independent = np.random.default_rng(0).standard_normal((100_000, 3))
    correlation = np.corrcoef((independent @ COLOURS.T).T)
    published = np.array([[0.0761, 0.0692, 0.0627], [0.0692, 0.0754, 0.0714], [0.0627, 0.0714, 0.0819]])
    scale = np.sqrt(np.diag(published))
    np.testing.assert_allclose(correlation, published / np.outer(scale, scale), atol=0.01)
    strengths = np.linalg.norm(COLOURS, axis=0)
    assert strengths[0] == pytest.approx(1) and (np.diff(strengths) < 0).all()


# Movements


def test_no_movement_changes_nothing_and_whole_shifts_roll() -> None:
    picture = random_pictures(1, side=6)[0].astype(float)
    still = optimise.movement(6, 6, np.zeros(2), 1, 0)
    np.testing.assert_allclose(optimise.moved(still, picture), picture)
    shifted = optimise.movement(6, 6, np.array([2, -1]), 1, 0)
    np.testing.assert_allclose(optimise.moved(shifted, picture), np.roll(picture, (2, -1), axis=(0, 1)))
    turned = optimise.movement(6, 6, np.zeros(2), 1, 90)
    quarter = optimise.moved(turned, picture)
    assert any(np.allclose(quarter, np.rot90(picture, times)) for times in (1, 3))


@given(sizes, st.floats(-3, 3), st.floats(-3, 3), st.floats(0.5, 2), st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_movements_are_those_of_scipy(
    size: tuple[int, int], down: float, right: float, zoom: float, angle: float
) -> None:
    height, width = size
    picture = np.random.default_rng(3).uniform(0, 255, (height, width, 3))
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / zoom
    centre = (np.array(size) - 1) / 2
    offset = centre - matrix @ centre - (down, right)
    expected = [
        affine_transform(picture[..., colour], matrix, offset, order=1, mode="grid-wrap") for colour in range(3)
    ]
    found = optimise.moved(optimise.movement(height, width, np.array([down, right]), zoom, angle), picture)
    np.testing.assert_allclose(found, np.stack(expected, axis=-1), atol=1e-8)


# Steps


def test_adam_is_that_of_keras() -> None:
    random = np.random.default_rng(2)
    values = random.standard_normal(4)
    variable, theirs, ours = keras.Variable(values, dtype="float64"), keras.optimizers.Adam(0.05), optimise.Adam(0.05)
    theirs.epsilon = 1e-8
    theirs.build([variable])
    for _ in range(5):
        gradient = random.standard_normal(4)
        theirs.apply([keras.ops.convert_to_tensor(gradient)])
        values = values + ours.step(gradient)
        np.testing.assert_allclose(values, variable.numpy(), atol=1e-5)  # Keras' rate is a float32


def test_total_variation_sums_squared_steps() -> None:
    picture = random_pictures(1, side=4)[0].astype(float) / 255
    total = 0.0
    for i in range(4):
        for j in range(4):
            for colour in range(3):
                total += (picture[i + 1, j, colour] - picture[i, j, colour]) ** 2 if i < 3 else 0
                total += (picture[i, j + 1, colour] - picture[i, j, colour]) ** 2 if j < 3 else 0
    variation, gradient = optimise.total_variation(picture)
    assert variation == pytest.approx(total / 16)
    expected = derivative(lambda values: optimise.total_variation(values)[0], picture)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


# Objectives, and what the tiny network says to them


def pull_back(tiny: Tiny, picture: Array, layer: str, upstream: Array) -> Array:
    """The chain rule from a layer's output to the picture: the literal one of `Tiny`, begun further down."""
    outputs = tiny.forward(picture)
    gradients = {name: np.zeros_like(output) for name, output in outputs.items()}
    gradients[layer] = upstream
    for name, (part, sources) in reversed(tiny.parts.items()):
        if gradients[name].any():
            shares = part.backward(tuple(outputs[source] for source in sources), gradients[name], "plain")
            for source, share in zip(sources, shares, strict=True):
                gradients[source] = gradients[source] + share
    by_input = gradients["input"][..., ::-1] if tiny.preprocessing.reverse_channels else gradients["input"]
    return by_input / tiny.preprocessing.deviation


def objective_by_hand(tiny: Tiny, picture: Array, objective: str, layer: str, channel: int) -> tuple[float, Array]:
    """The score of a picture and its gradient."""
    output = tiny.forward(picture)[layer]
    upstream = np.zeros_like(output)
    if objective == "layer":
        return float((output**2).mean()), pull_back(tiny, picture, layer, 2 * output / output.size)
    upstream[..., channel] = 1 / (output.size / output.shape[-1])
    return float(output[..., channel].mean()), pull_back(tiny, picture, layer, upstream)


FORMS: dict[str, dict[str, Any]] = {
    "flatten": {},
    "compact": {"head": "pooled"},
    "ReLU apart": {"fused": False},
    "average pooling, BGR": {"pooling": "average", "preprocessing": CAFFE_LIKE},
}


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("objective", ["channel", "layer", "class"])
def test_objectives_and_gradients_are_those_of_the_chain_rule(form: str, objective: str) -> None:
    tiny, keras_network = network(**FORMS[form])
    for picture in random_pictures(3, seed=4).astype(float):
        if objective == "class":
            question, expected = (
                optimise.class_logit(keras_network, 2),
                objective_by_hand(tiny, picture, "class", tiny.logits_layer, 2),
            )
        elif objective == "layer":
            question = Objective(network=keras_network, layer="conv3", score=optimise.mean_square, relu="redirected")
            expected = objective_by_hand(tiny, picture, "layer", "conv3", 0)
        else:
            question = Objective(
                network=keras_network, layer="conv3", score=optimise.channel_mean, others=(np.array([3]),)
            )
            expected = objective_by_hand(tiny, picture, "channel", "conv3", 3)
        scores, gradients = question.scores_and_gradients(picture[None])
        np.testing.assert_allclose(scores, expected[0], rtol=1e-6)
        np.testing.assert_allclose(gradients[0], expected[1], atol=1e-6 * np.abs(expected[1]).max())
        assert question.scores(picture[None]) == scores


@pytest.mark.usefixtures("uncompiled")
def test_a_layer_without_its_own_size_gives_the_same_answers() -> None:
    """What DeepDream asks small pictures; and the network itself answers as before."""
    tiny, keras_network = network(head="pooled")
    logits = keras_network.logits(random_pictures(1))
    question = Objective(network=keras_network, layer="conv3", score=optimise.mean_square, any_size=True)
    for side in (3, 8, 11):
        picture = random_pictures(1, side=side)[0].astype(float)
        score, gradient = objective_by_hand(tiny, picture[:, : side - 1], "layer", "conv3", 0)
        scores, gradients = question.scores_and_gradients(picture[None, :, : side - 1])
        np.testing.assert_allclose(scores, score, rtol=1e-6)
        np.testing.assert_allclose(gradients[0], gradient, atol=1e-6 * np.abs(gradient).max())
    np.testing.assert_array_equal(keras_network.logits(random_pictures(1)), logits)
    assert keras_network.gradient(random_pictures(1), np.array([1])).any()


def test_two_scores_of_one_name_do_not_share_what_is_compiled() -> None:
    network_, picture = network()[1], random_pictures(1)
    scores: list[Callable[[Any], Any]] = [lambda output: 0 * output[:, 0, 0, 0] + 1, lambda output: output[:, 0, 0, 0]]
    asked = [Objective(network=network_, layer="conv3", score=score).scores(picture)[0] for score in scores]
    assert asked == [1, network_.activations(picture, ["conv3"])["conv3"][0, 0, 0, 0]]


def test_the_smallest_picture_that_a_layer_takes() -> None:
    assert network()[1].smallest_side("conv3") == 6  # valid: 3 after pooling by 2
    assert network(head="pooled")[1].smallest_side("conv3") == 2
    assert network(head="pooled")[1].smallest_side("conv1") == 1


@pytest.mark.usefixtures("uncompiled")
def test_a_channel_that_sleeps_is_woken() -> None:
    """The plain gradient of a unit that is zero everywhere is zero; the redirected one leads out."""
    tiny = make_tiny(5)
    tiny.parts["conv3"][0].bias[2] = (
        -0.5 - tiny.parts["conv3"][0].linear(tiny.forward(random_pictures(1)[0])["pool1"])[..., 2].max()
    )
    keras_network = tiny.to_keras()
    channel = (np.array([2]),)
    plain, redirected = (
        Objective(
            network=keras_network, layer="conv3", score=optimise.channel_mean, others=channel, relu=rule
        ).scores_and_gradients(random_pictures(1))
        for rule in ("plain", "redirected")
    )
    assert plain[0] == redirected[0] == 0
    assert not plain[1].any()
    awake = make_tiny(5)
    awake.parts["conv3"][0].activation = "linear"
    expected = objective_by_hand(awake, random_pictures(1)[0], "channel", "conv3", 2)[1]
    np.testing.assert_allclose(redirected[1][0], expected, atol=1e-5 * np.abs(expected).max())


# Activation maximisation


@pytest.mark.parametrize("objective", ["channel", "layer", "class"])
def test_activation_maximisation_step_by_step(objective: str) -> None:
    """Five steps by hand: movement, chain rule, Adam. The random numbers are those of the same generator."""
    tiny, keras_network = network(bias=False)  # awake from the start, all the way up
    layer, channel = (tiny.logits_layer, 1) if objective == "class" else ("conv3", 1)
    random = np.random.default_rng(7)
    real, imaginary = random.normal(0, 0.01, (2, 8, 5, 3))
    values = (real + 1j * imaginary).view(np.float64)
    mean, square, scores = 0.0, 0.0, []

    def seen(values: Array, movement: Any) -> Array:
        return optimise.moved(movement, optimise.picture_of(values.view(complex), 8, 8))

    for done in range(5):
        shift, zoom = random.uniform(-0.2, 0.2, 2) * 8, random.uniform(0.9, 1.1)
        movement = optimise.movement(8, 8, shift, zoom, random.uniform(-10, 10))
        score, by_picture = objective_by_hand(tiny, seen(values, movement), objective, layer, channel)
        scores.append(score)
        gradient = derivative(lambda values: float((by_picture * seen(values, movement)).sum()), values, 1e-3)  # noqa: B023
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        values = values + 0.1 * (mean / (1 - 0.9 ** (done + 1))) / (np.sqrt(square / (1 - 0.999 ** (done + 1))) + 1e-8)

    chosen = {"layer": "conv3", "objective": objective, "channels": [1], "steps": 5, "rate": 0.1, "seed": 7}
    moving = {"jitter": 0.2, "scaling": 0.1, "rotation": 10.0}
    result = make("activation-maximisation", keras_network, random_pictures(1), **chosen, **moving)
    np.testing.assert_allclose(result["score"][0], scores, rtol=1e-5)
    expected = optimise.picture_of(values.view(complex), 8, 8)
    np.testing.assert_allclose(result["pictures"][0, 0], expected, rtol=1e-5)
    np.testing.assert_allclose(
        result["end"][0, 0], objective_by_hand(tiny, expected, objective, layer, channel)[0], rtol=1e-5
    )


@pytest.mark.parametrize("objective", ["channel", "layer", "class"])
@pytest.mark.parametrize("layer", ["conv1", pytest.param("conv3", marks=pytest.mark.slow)])
def test_what_is_asked_for_rises_and_values_stay_values_of_pictures(objective: str, layer: str) -> None:
    _, keras_network = network(head="pooled")
    for channel in range(4):
        chosen = {"objective": objective, "layer": layer, "channels": [channel], "steps": 20, "rate": 0.2}
        result = make("activation-maximisation", keras_network, random_pictures(1), **chosen)
        assert result["end"] > result["start"]
        assert result["pictures"].dtype == np.float32
        assert result["pictures"].min() >= 0 and result["pictures"].max() <= 255


def test_channels_side_by_side_are_those_made_alone() -> None:
    _, keras_network = network(bias=False)
    alone, other, both = (
        make("activation-maximisation", keras_network, random_pictures(1), layer="conv3", steps=4, channels=channels)
        for channels in ([1], [3], [1, 3])
    )
    np.testing.assert_allclose(both["pictures"][0, 0], alone["pictures"][0, 0], atol=1e-6)
    np.testing.assert_allclose(both["pictures"][0, 1], other["pictures"][0, 0], atol=1e-6)
    np.testing.assert_allclose(both["end"][0], [alone["end"][0, 0], other["end"][0, 0]])
    np.testing.assert_allclose(both["score"], (alone["score"] + other["score"]) / 2)


def test_a_picture_may_have_a_side_of_its_own_that_changes_nothing_else() -> None:
    """At the network's own size it is the same picture; a class keeps that size, as its head may know no other."""
    _, keras_network = network(bias=False)

    def made(**chosen: Any) -> Array:
        return make("activation-maximisation", keras_network, random_pictures(1), layer="conv3", steps=3, **chosen)[
            "pictures"
        ]

    np.testing.assert_allclose(made(side=8), made(), atol=1e-4)
    assert made(side=6).shape == made(side=6, objective="layer").shape == (1, 1, 6, 6, 3)
    assert made(side=6, objective="class").shape == (1, 1, 8, 8, 3)
    with pytest.raises(ValueError, match="'conv3' has no output at a side of 5; it needs 6 pixels"):
        made(side=5)


def test_the_picture_made_knows_nothing_of_the_picture_explained() -> None:
    _, keras_network = network()
    first, other = (
        make("activation-maximisation", keras_network, random_pictures(1, seed=seed), layer="conv3", steps=3)
        for seed in (1, 2)
    )
    np.testing.assert_array_equal(first["pictures"], other["pictures"])


def test_a_class_is_asked_for_whatever_the_layer_and_channel() -> None:
    _, keras_network = network()
    pictures = [
        make("activation-maximisation", keras_network, random_pictures(1), target, objective="class", steps=3, **other)
        for target, other in (
            (1, {"layer": "conv1"}),
            (1, {"layer": "conv3", "channels": [4]}),
            (2, {"layer": "conv1"}),
        )
    ]
    np.testing.assert_array_equal(pictures[0]["pictures"], pictures[1]["pictures"])
    assert (pictures[0]["pictures"] != pictures[2]["pictures"]).any()


def test_a_channel_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="'conv3' has 5 channels, 0 to 4: there is no channel 5"):
        make("activation-maximisation", network()[1], random_pictures(1), layer="conv3", channels=[0, 5])


# Ways to write a picture, and what each of them gives


@pytest.mark.parametrize("waves", [True, False])
@pytest.mark.parametrize("independent", [True, False])
def test_slopes_by_what_a_canvas_is_written_in_are_those_of_finite_differences(waves: bool, independent: bool) -> None:
    canvas, random = optimise.Canvas(4, 5, waves, independent), np.random.default_rng(1)
    values = 50 * canvas.noise(random)
    direction = random.standard_normal((4, 5, 3))

    def score(numbers: Array) -> float:
        return float((direction * canvas.picture(numbers.view(values.dtype))).sum())

    expected = derivative(score, values.view(np.float64))
    found = canvas.slope(canvas.picture(values), direction).view(np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_the_last_of_the_pictures_with_ever_more_aids_is_that_of_activation_maximisation() -> None:
    _, keras_network = network(bias=False)
    chosen = {"layer": "conv3", "side": 8, "steps": 4, "rate": 0.1, "seed": 3}
    without = {"jitter": 0, "scaling": 0, "rotation": 0}
    all_aids, still = (
        make("activation-maximisation", keras_network, random_pictures(1), channels=[1], **chosen, **moving)
        for moving in ({}, without)
    )
    result = make("regularisers-one-by-one", keras_network, random_pictures(1), channel=1, **chosen)
    assert result["pictures"].shape == (1, 4, 8, 8, 3)
    for number, alone in ((2, still), (3, all_aids)):
        np.testing.assert_allclose(result["pictures"][0, number], alone["pictures"][0, 0], rtol=1e-4)
        np.testing.assert_allclose(result["end"][0, number], alone["end"][0, 0], rtol=1e-5)
    assert (result["end"] > result["start"]).all()
    np.testing.assert_allclose(result["kept"], result["moved"] / result["end"])
    for number in range(4):
        for other in range(number):
            assert (result["pictures"][0, number] != result["pictures"][0, other]).any()


def test_what_is_moved_keeps_its_response_if_it_is_the_same_everywhere() -> None:
    """Of pictures that were changed by no step there is nothing but faint noise, and that doesn't mind movements."""
    _, keras_network = network(bias=False)
    chosen = {"layer": "conv1", "channel": 1, "side": 8, "steps": 1, "rate": 1e-9}
    result = make("regularisers-one-by-one", keras_network, random_pictures(1), **chosen)
    np.testing.assert_allclose(result["end"], result["start"], rtol=1e-4)
    np.testing.assert_allclose(result["kept"], 1, atol=0.05)
    with pytest.raises(ValueError, match="there is no channel 5"):
        make("regularisers-one-by-one", keras_network, random_pictures(1), layer="conv3", channel=5)


def test_an_inversion_tells_how_much_of_brightness_and_colour_came_back() -> None:
    """A grey photo has no colour to come back; of what was found, brightness correlates as its pixels do."""
    grey = np.repeat(random_pictures(1)[..., :1], 3, axis=-1)
    result = make("inversion", network(head="pooled")[1], grey, layer="conv1", steps=20)
    weights = np.array([0.299, 0.587, 0.114])
    before, after = (result[name][0] @ weights for name in ("before", "after"))
    assert result["brightness_likeness"][0] == pytest.approx(np.corrcoef(before.ravel(), after.ravel())[0, 1], abs=1e-5)
    steps = [np.concatenate([np.diff(one, axis=axis).ravel() for axis in (0, 1)]) for one in (before, after)]
    assert result["edge_likeness"][0] == pytest.approx(np.corrcoef(*steps)[0, 1], abs=1e-5)
    blurred = [gaussian_filter(one, 4) for one in (before, after)]
    steps = [np.concatenate([np.diff(one, axis=axis).ravel() for axis in (0, 1)]) for one in blurred]
    assert result["coarse_edge_likeness"][0] == pytest.approx(np.corrcoef(*steps)[0, 1], abs=1e-4)
    assert abs(result["colour_likeness"][0]) < 1e-6


def test_neighbouring_pixels_of_noise_have_nothing_in_common_and_those_of_a_slope_all() -> None:
    noise = np.random.default_rng(0).uniform(0, 255, (64, 64, 3))
    slope = np.tile(np.linspace(0, 255, 64)[:, None, None], (1, 64, 3))
    assert abs(neighbour_correlation(noise)) < 0.05 and neighbour_correlation(slope) > 0.99
    assert neighbour_correlation(np.full((8, 8, 3), 7.0)) == 0
    assert neighbour_correlation(np.indices((8, 8)).sum(0)[..., None] % 2 * np.full(3, 255.0)) == pytest.approx(-1)


# DeepDream


def dream_by_hand(tiny: Tiny, photo: Array, layer: str, sides: list[int], steps: int, jitter: float) -> Array:
    """Mordvintsev et al. 2015, with the deviation of `resized`: what was added is passed on from size to size."""

    def at(picture: Array, side: int) -> Array:
        if len(picture) == side:
            return picture
        return np.moveaxis(resized(np.moveaxis(picture, -1, 0), side, side), 0, -1)

    random = np.random.default_rng(3)
    added = np.zeros((sides[0], sides[0], 3))
    for side in sides:
        base = at(photo, side).astype(float)
        picture = base + at(added, side)
        most = round(side * jitter)
        for _ in range(steps):
            down, right = (random.integers(-most, most + 1) for _ in range(2))
            rolled = np.roll(np.roll(picture, down, axis=0), right, axis=1)
            output = tiny.forward(rolled)[layer]
            gradient = pull_back(tiny, rolled, layer, output)
            rolled = rolled + 2.0 * gradient / np.abs(gradient).mean()
            picture = np.clip(np.roll(np.roll(rolled, -down, axis=0), -right, axis=1), 0, 255)
        added = picture - base
    return picture


@pytest.mark.parametrize(
    ("form", "octaves", "sides", "jitter"),
    [("flatten", 1, [8], 0.0), ("flatten", 2, [6, 8], 0.0), ("compact", 3, [4, 6, 8], 0.2)],
)
def test_deep_dream_step_by_step(form: str, octaves: int, sides: list[int], jitter: float) -> None:
    tiny, keras_network = network(**FORMS[form])
    convolutions = {name: tiny.parts[name] for name in ("conv1", "conv2", "pool1", "conv3")}
    tiny = Tiny(convolutions, tiny.input_shape, tiny.preprocessing)  # they take pictures of any size, a head does not
    photo = random_pictures(1, seed=9)
    chosen = {"layer": "conv3", "octaves": octaves, "steps": 3, "step": 2.0, "jitter": jitter, "seed": 3}
    result = make("deep-dream", keras_network, photo, **chosen)
    expected = dream_by_hand(tiny, photo[0], "conv3", sides, 3, jitter)
    np.testing.assert_allclose(result["after"][0], expected, atol=1e-3)  # of 255, through float32 resizing
    np.testing.assert_array_equal(result["before"], photo)
    ends = [np.sqrt(objective_by_hand(tiny, one, "layer", "conv3", 0)[0]) for one in (photo[0], expected)]
    np.testing.assert_allclose([result["start"][0], result["end"][0]], ends, rtol=1e-5)
    assert result["change"][0] == pytest.approx(np.abs(expected - photo[0]).mean(), rel=1e-4)


@pytest.mark.parametrize("layer", ["conv1", "conv2", "pool1", "conv3"])
def test_a_dream_excites_the_layer_within_the_range_of_pictures(layer: str) -> None:
    _, keras_network = network(head="pooled")
    result = make("deep-dream", keras_network, random_pictures(3), layer=layer, octaves=2, steps=6)
    assert (result["end"] > result["start"]).all()
    assert result["after"].min() >= 0 and result["after"].max() <= 255


def test_octaves_grow_to_the_size_of_the_picture() -> None:
    assert octave_sizes(224, 224, 4, 1.4, 16) == [(82, 82), (114, 114), (160, 160), (224, 224)]
    assert octave_sizes(8, 8, 3, 2.0, 6) == [(6, 6), (6, 6), (8, 8)]
    assert octave_sizes(20, 10, 2, 2.0, 1) == [(10, 5), (20, 10)]


# Inversion


def test_inversion_step_by_step() -> None:
    """Mahendran and Vedaldi 2015: relative distance and total variation, both from their definitions."""
    tiny, keras_network = network()
    photo = random_pictures(1, seed=12)
    wanted = tiny.forward(photo[0])["conv3"]

    def loss(picture: Array) -> float:
        difference = tiny.forward(picture)["conv3"] - wanted
        steps = [np.diff(picture / 255, axis=axis) ** 2 for axis in (0, 1)]
        return float((difference**2).sum() / (wanted**2).sum() + 0.5 * (steps[0].sum() + steps[1].sum()) / 64)

    random = np.random.default_rng(1)
    picture = np.clip(random.normal(tiny.preprocessing.mean, 10, (8, 8, 3)), 0, 255)
    losses, mean, square = [loss(picture)], 0.0, 0.0
    for done in range(3):
        gradient = derivative(loss, picture, 1e-3)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        direction = mean / (1 - 0.9 ** (done + 1)) / (np.sqrt(square / (1 - 0.999 ** (done + 1))) + 1e-8)
        picture = np.clip(picture - 6 * (1 - done / 3) * direction, 0, 255)
        losses.append(loss(picture))

    chosen = {"layer": "conv3", "steps": 3, "rate": 6.0, "smoothness": 0.5, "seed": 1}
    result = make("inversion", keras_network, photo, **chosen)
    np.testing.assert_allclose(result["loss"][0], losses, rtol=1e-5)
    np.testing.assert_allclose(result["after"][0], picture, atol=1e-3)
    assert (result["loss_start"][0], result["loss_end"][0]) == (result["loss"][0, 0], result["loss"][0, -1])
    error = np.linalg.norm(tiny.forward(picture)["conv3"] - wanted) / np.linalg.norm(wanted)
    assert result["relative_error"][0] == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize("layer", ["conv1", "conv3"])
def test_an_inversion_comes_close_to_what_the_layer_saw(layer: str) -> None:
    _, keras_network = network()
    chosen = {"layer": layer, "steps": 60, "smoothness": 0.0, "rate": 12.0}
    result = make("inversion", keras_network, random_pictures(2, seed=3), **chosen)
    assert (result["relative_error"] < 0.2).all()
    assert (result["loss_end"] < 0.05 * result["loss_start"]).all()
    assert result["after"].min() >= 0 and result["after"].max() <= 255


def test_smoothness_makes_it_smoother() -> None:
    _, keras_network = network()
    rough, smooth = (
        make("inversion", keras_network, random_pictures(1), layer="conv3", steps=40, smoothness=weight)["after"][0]
        for weight in (0.0, 100.0)
    )
    assert optimise.total_variation(smooth)[0] < optimise.total_variation(rough)[0]


@pytest.mark.usefixtures("uncompiled")
def test_a_silent_layer_is_matched_by_silence() -> None:
    """Nothing to compare with: the distance is then not divided by anything."""
    tiny = make_tiny(5)
    tiny.parts["conv3"][0].bias[:] = -1000
    result = make("inversion", tiny.to_keras(), random_pictures(1), layer="conv3", steps=2)
    assert result["relative_error"] == 0 and np.isfinite(result["after"]).all()


# All of them


@pytest.mark.slow
@pytest.mark.parametrize("name", ["activation-maximisation", "deep-dream", "inversion"])
def test_a_batch_is_its_pictures_one_by_one_to_the_last_bit(name: str) -> None:
    """Small differences grow with every step: so each picture is made alone, whatever else is asked for."""
    keras_network = make_tiny(5, head="pooled").to_keras()
    pictures = random_pictures(3)
    batch = make(name, keras_network, pictures, layer="conv3", steps=12)
    for i in range(3):
        single = make(name, keras_network, pictures[i : i + 1], layer="conv3", steps=12)
        assert all(np.array_equal(batch[key][i], values[0]) for key, values in single.items())


def test_each_question_is_compiled_once() -> None:
    keras_network = make_tiny(5, head="pooled").to_keras()

    def ask_all() -> None:
        for channel in (1, 2):
            make(
                "activation-maximisation", keras_network, random_pictures(1), layer="conv3", channels=[channel], steps=2
            )
        make("deep-dream", keras_network, random_pictures(1), layer="conv3", steps=2)
        make("inversion", keras_network, random_pictures(1), layer="conv3", steps=2)

    ask_all()
    traces = keras_network.traces
    ask_all()
    assert keras_network.traces == traces == 7  # score, and score with gradient, of each; activations

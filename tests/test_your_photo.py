"""Your photo: the arithmetic of the page, value for value that of the build, and the page as a reader drives it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import ROOT
from numpy.typing import NDArray
from scipy.stats import spearmanr

from netviz.figures.colours import Scale, scale_of
from netviz.figures.facts import state_of
from netviz.figures.picture_files import smooth
from netviz.figures.views.maps import _nearest
from netviz.methods.activation_maps import WEIGHTINGS, supported
from netviz.methods.gradients import quadrature
from netviz.methods.hiding import _averaged, _starts
from netviz.networks import softmax
from netviz.pictures import Picture, frame

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

SCRIPTS = ROOT / "templates" / "your-photo"
ARITHMETIC = ("resampling", "framing", "colours", "explaining")


def random(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def said(browser: Browser, expression: str, *values: Any) -> Any:
    """What an expression of the scripts gives, with ``values`` in it as ``v[0]``, ``v[1]`` …; typed arrays as lists."""
    source = "\n".join((SCRIPTS / f"{name}.js").read_text("utf-8") for name in ARITHMETIC)
    plain = "(key, one) => ArrayBuffer.isView(one) ? Array.from(one) : one"
    script = f"{source}\nconst v = arguments; return JSON.parse(JSON.stringify({expression}, {plain}))"
    return browser.run(script, *(one.tolist() if isinstance(one, np.ndarray) else one for one in values))


# Framing


@pytest.mark.parametrize(
    ("height", "width", "focus"),
    [
        (100, 151, (0.5, 0.5)),
        (151, 100, (0.1, 0.9)),
        (56, 56, (0.5, 0.5)),
        (64, 80, (1.0, 0.0)),
        (31, 27, (0.3, 0.6)),  # enlarged
        (3, 40, (0.8, 0.5)),  # longer than eight times its width
        (40, 3, (0.5, 0.2)),
        (1, 1, (0.5, 0.5)),
        (128, 129, (0.5, 0.5)),  # becomes 64.5 wide, which is rounded to the even number
    ],
)
def test_a_photo_is_framed_to_the_pixel_as_the_course_frames(
    browser: Browser, height: int, width: int, focus: tuple[float, float]
) -> None:
    pixels = np.random.default_rng(height).integers(0, 256, (height, width, 3)).astype(np.uint8)
    rows = "(top, count) => v[0].slice(top, top + count).flatMap((row) => row.flatMap((one) => [...one, 255]))"
    found = said(browser, f"framing.framed({rows}, v[1], v[2], v[3], 56, 50)", pixels, width, height, focus)
    np.testing.assert_array_equal(np.reshape(found, (56, 56, 3)), frame(pixels, 56, focus))


def test_the_square_on_the_photo_is_the_one_that_the_credits_show(browser: Browser, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (500, 300)).save(tmp_path / "a.png")
    for focus in ((0.5, 0.5), (0.1, 0.9), (0.4, 1.0)):
        texts = {"titles": {"en": "A"}, "credit": "", "licence": "", "source": ""}
        picture = Picture(name="a", path=tmp_path / "a.png", focus=focus, **texts)  # type: ignore[arg-type]
        found = said(browser, "framing.square(500, 300, v[0])", focus)
        assert (found["left"], found["top"], found["side"]) == pytest.approx(picture.square)
        again = said(browser, "framing.square(500, 300, framing.focusOf(500, 300, v[0], v[1]))", *picture.square[:2])
        assert again == pytest.approx(found)


def test_maps_are_enlarged_as_the_figures_enlarge_them(browser: Browser) -> None:
    values = random(14, 11).astype(np.float32)
    large = said(browser, "resampling.resized(v[0], 14, 11, 50, 60)", values.ravel())
    np.testing.assert_allclose(np.reshape(large, (50, 60)), smooth(values, 50, 60), atol=1e-6)
    cells = said(browser, "resampling.nearest(v[0], 14, 11, 50, 60)", values.ravel())
    np.testing.assert_array_equal(np.reshape(cells, (50, 60)), _nearest(values, 50, 60))


# Colours


def palette(signed: bool) -> str:
    return Scale(signed, 1, 1).palette.tobytes().hex()


@pytest.mark.parametrize("signed", [True, False])
def test_colours_are_those_of_the_figures(browser: Browser, signed: bool) -> None:
    values = random(20, 30) if signed else np.abs(random(20, 30))
    values[0, 0] = 0
    photo = np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    scale = scale_of([values], signed)
    assert scale
    found = said(browser, f"colours.scaleOf(v[0], {str(signed).lower()})", values.ravel())
    assert (found["limit"], found["rawMax"]) == pytest.approx((scale.limit, scale.raw_max), rel=1e-12)
    for script, expected in (
        ("colours.alone(v[0], v[1], colours.palette(v[2]))", scale.colours(values)),
        ("colours.over(v[0], v[1], colours.palette(v[2]), v[3])", scale.over(values, photo)),
    ):
        pixels = said(browser, script, values.ravel(), found, palette(signed), photo.ravel())
        np.testing.assert_array_equal(np.reshape(pixels, (20, 30, 4))[..., :3], expected)
    for overlay in (True, False):
        stops = said(browser, "colours.bar(v[0], colours.palette(v[1]), v[2])", signed, palette(signed), overlay)
        assert tuple("#{:02x}{:02x}{:02x}".format(*one) for one in stops) == scale.legend(overlay).stops


@pytest.mark.parametrize("values", [[0.0, 0.0], [1.0, 1.0], [1e-7, 0.0], [1.0, 2.0], [1e-31, 0.0]])
def test_a_map_with_nothing_to_show_is_known_as_such(browser: Browser, values: list[float]) -> None:
    assert said(browser, "colours.stateOf(v[0])", values) == state_of(np.array(values))
    drawable = state_of(np.array(values)) in ("ok", "near zero")
    assert (said(browser, "colours.scaleOf(v[0], true)", values) is not None) == drawable
    assert said(browser, "colours.stateOf([1, NaN])") == said(browser, "colours.stateOf([Infinity, 0])") == "not finite"


def test_rgb_is_summed_for_a_signed_map(browser: Browser) -> None:
    values = random(4, 5, 3)
    np.testing.assert_allclose(said(browser, "colours.flat(v[0])", values.ravel()), values.sum(axis=-1).ravel())


# Methods


def test_probabilities_and_ranks(browser: Browser) -> None:
    logits = random(1000) * 5
    np.testing.assert_allclose(said(browser, "explaining.softmax(v[0])", logits), softmax(logits))
    assert said(browser, "explaining.ranked(v[0], 5)", logits) == np.argsort(-logits)[:5].tolist()
    assert said(browser, "explaining.softmax([1000, 0])") == [1, 0]


def test_grad_cam_is_that_of_the_course_in_either_order_of_channels(browser: Browser) -> None:
    activations, gradients = np.abs(random(1, 7, 6, 5)), random(1, 7, 6, 5, seed=1)
    expected = supported(WEIGHTINGS["grad_cam"](gradients) * activations)[0].ravel()
    for last, (one, other) in {
        "true": (activations, gradients),
        "false": (np.moveaxis(activations, -1, 1), np.moveaxis(gradients, -1, 1)),
    }.items():
        found = said(browser, f"explaining.gradCam(v[0], v[1], 5, {last})", one.ravel(), other.ravel())
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_gradient_times_input_counts_from_the_mean_colour(browser: Browser) -> None:
    gradient, picture, mean = random(4, 4, 3), random(4, 4, 3, seed=1), np.array([3.0, 2.0, 1.0])
    found = said(browser, "explaining.timesInput(v[0], v[1], v[2])", gradient.ravel(), picture.ravel(), mean)
    np.testing.assert_allclose(found, ((picture - mean) * gradient).ravel())


def mulberry(seed: int, count: int) -> list[float]:
    """Marsaglia and Vigna's way to mix a counter, in Python's whole numbers."""
    most, state, values = 2**32 - 1, seed & (2**32 - 1), []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & most
        mixed = ((state ^ (state >> 15)) * (state | 1)) & most
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61))) & most
        values.append(((mixed ^ (mixed >> 14)) + 0.5) / 2**32)
    return values


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**31 + 7])
def test_noise_hangs_on_the_seed_alone_and_is_normal(browser: Browser, seed: int) -> None:
    uniform = np.array(mulberry(seed, 3000)).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log(uniform[:, 0])), 2 * np.pi * uniform[:, 1]
    expected = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()
    found = said(browser, "explaining.normal(v[0], 2999)", seed)
    np.testing.assert_allclose(found, expected[:2999], atol=1e-5)
    assert np.mean(found) == pytest.approx(0, abs=5 / math.sqrt(2999))
    assert np.std(found) == pytest.approx(1, abs=0.07)


def test_noisy_copies_differ_and_their_noise_is_a_share_of_the_range(browser: Browser) -> None:
    picture = np.random.default_rng(0).uniform(10, 210, 1200)
    deviation = said(browser, "explaining.deviation(v[0], 0.15)", picture)
    assert deviation == pytest.approx(0.15 * np.ptp(picture))
    one, other, again = (
        np.array(said(browser, "explaining.noisyCopy(v[0], 30, 7, v[1])", picture, sample)) for sample in (0, 1, 0)
    )
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one - picture, other - picture)[0, 1]) < 0.15
    assert np.std(one - picture) == pytest.approx(30, rel=0.1)


def test_a_mean_grows_with_each_sample(browser: Browser) -> None:
    found = said(browser, "(() => { const all = explaining.mean(); return v[0].map(all.add) })()", random(3, 4))
    np.testing.assert_allclose(found, [random(3, 4)[: count + 1].mean(axis=0) for count in range(3)])


def test_the_path_is_that_of_the_trapezoid_rule_and_its_account_closes_for_a_square(browser: Browser) -> None:
    positions, weights = quadrature(8, "trapezoid")
    found = said(browser, "explaining.positions(8)")
    assert [one["position"] for one in found] == positions.tolist()
    assert [one["weight"] for one in found] == pytest.approx(weights)
    start, picture = random(12), random(12, seed=1)
    points = [said(browser, "explaining.onTheWay(v[0], v[1], v[2])", start, picture, at) for at in positions]
    average = weights @ (2 * np.array(points))  # of the gradient of the sum of squares
    change = float((picture**2).sum() - (start**2).sum())
    account = said(
        browser, "explaining.account(Float64Array.from(v[0]), v[1], v[2], v[3])", average, start, picture, change
    )
    assert account["error"] < 1e-5
    np.testing.assert_allclose(account["map"], average * (picture - start))


@pytest.mark.parametrize(("patch", "stride"), [(32, 16), (50, 50), (7, 3), (224, 10), (300, 300), (5, 9)])
def test_patches_lie_and_are_averaged_as_in_the_course(browser: Browser, patch: int, stride: int) -> None:
    assert said(browser, "explaining.starts(60, v[0], v[1])", patch, stride) == [*_starts(60, patch, stride)]
    windows = said(browser, "explaining.windows(60, v[0], v[1])", patch, stride)
    drops = random(len(windows))
    starts = _starts(60, patch, stride)
    slices = [(slice(row, row + patch), slice(column, column + patch)) for row in starts for column in starts]
    found = said(browser, "explaining.averaged(v[0], v[1], 60)", drops, windows)
    np.testing.assert_allclose(np.reshape(found, (60, 60)), _averaged(drops[None], slices, (60, 60))[0], atol=1e-12)
    picture = random(60, 60, 3).astype(np.float32)
    expected = picture.copy()
    expected[slices[-1]] = (1, 2, 3)
    hidden = said(browser, "explaining.hidden(v[0], 60, v[1], [1, 2, 3])", picture.ravel(), windows[-1])
    np.testing.assert_array_equal(hidden, expected.ravel())


def test_what_is_painted_over_takes_the_filling(browser: Browser) -> None:
    picture, mask = random(4, 5, 3).astype(np.float32), random(4, 5) > 0
    expected = np.where(mask[..., None], np.array([1, 2, 3], np.float32), picture)
    found = said(browser, "explaining.masked(v[0], v[1], [1, 2, 3])", picture.ravel(), mask.ravel().astype(int))
    np.testing.assert_array_equal(found, expected.ravel())


def test_maps_are_compared_by_values_and_by_ranks(browser: Browser) -> None:
    one = np.round(random(200), 1)
    other = one + random(200, seed=1)
    assert said(browser, "explaining.correlation(v[0], v[1])", one, other) == pytest.approx(
        np.corrcoef(one, other)[0, 1]
    )
    assert said(browser, "explaining.rankCorrelation(v[0], v[1])", one, other) == pytest.approx(
        spearmanr(one, other).statistic
    )
    assert said(browser, "explaining.correlation([1, 1], [1, 2])") == 0

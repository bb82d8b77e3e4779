"""Your photo: the arithmetic of the page, value for value that of the build, and the page as a reader drives it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import http.server
import io
import json
import math
import re
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import ROOT
from fake_network import FAKE_NETWORK, network_files, onnx_file
from numpy.typing import NDArray
from PIL import Image
from plain_figure import figure_of
from scipy.stats import spearmanr

from netviz import numerals
from netviz.course.experiments import CHOSEN, Experiment
from netviz.course.samples import read_samples
from netviz.figures.colours import Scale, scale_of
from netviz.figures.facts import state_of
from netviz.figures.picture_files import smooth
from netviz.figures.views.maps import _nearest
from netviz.languages.messages import messages
from netviz.methods import methods
from netviz.methods.activation_maps import WEIGHTINGS, supported
from netviz.methods.hiding import _averaged, _starts
from netviz.methods.integration import Stop, integrated, misses
from netviz.networks import softmax
from netviz.networks.classes import classes
from netviz.pictures import Picture, frame, open_upright
from netviz.site import rendering
from netviz.site.browser_methods import offered_methods
from netviz.site.files.built_maps import coarse
from netviz.site.pages.your_photo import AREA, your_photo_link
from netviz.site.site_map import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser import Browser

TEMPLATES = (ROOT / "templates",)
SCRIPTS = TEMPLATES[0] / "your-photo"
ARITHMETIC = ("resampling", "framing", "colours", "explaining", "headers")


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
    rows = """(top, height, left, width) => v[0].slice(top, top + height).flatMap((row) =>
        row.slice(left, left + width).flatMap((one) => [...one, 255]))"""
    found = said(browser, f"framing.framed({rows}, v[1], v[2], v[3], 56, 50)", pixels, width, height, focus)
    np.testing.assert_array_equal(np.reshape(found, (56, 56, 3)), frame(pixels, 56, focus))


def test_the_square_on_the_photo_is_the_one_that_the_credits_show(browser: Browser, tmp_path: Path) -> None:
    Image.new("RGB", (500, 300)).save(tmp_path / "a.png")
    for focus in ((0.5, 0.5), (0.1, 0.9), (0.4, 1.0)):
        texts = {"titles": {"en": "A"}, "credit": "", "licence": "", "source": ""}
        picture = Picture(name="a", file=str(tmp_path / "a.png"), focus=focus, **texts)  # type: ignore[arg-type]
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


# How large a picture is, before it is decoded


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"exif": b"Exif\0\0" + bytes(60_000), "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 50}),
        ("WEBP", {"exif": b"Exif\0\0"}),
        ("GIF", {}),
        ("BMP", {}),
        ("AVIF", {}),
    ],
)
def test_the_first_bytes_of_a_file_tell_how_large_its_picture_is(
    browser: Browser, kind: str, options: dict[str, Any]
) -> None:
    content = io.BytesIO()
    Image.new("RGB", (321, 123), "red").save(content, kind, **options)
    told = said(browser, "headers.sizeOf(Uint8Array.from(v[0]))", [*content.getvalue()])
    assert told == {"width": 321, "height": 123}
    ends = [*range(40), len(content.getvalue()) // 2]
    early = said(
        browser, "v[1].map((end) => headers.sizeOf(Uint8Array.from(v[0].slice(0, end))))", [*content.getvalue()], ends
    )
    assert all(one in (None, told) for one in early)


def test_what_is_no_picture_tells_no_size(browser: Browser) -> None:
    random_bytes = [np.random.default_rng(seed).integers(0, 256, 300).tolist() for seed in range(50)]
    starts = [[*b"\xff\xd8"], [*b"RIFF0000WEBPVP8 "], [*b"BM"], [*b"0000ftyp"], [*b"%PDF-1.7"], []]
    files = [start + one for one in random_bytes for start in starts]
    found = said(browser, "v[0].map((one) => headers.sizeOf(Uint8Array.from(one)))", files)
    assert all(one is None or one.keys() == {"width", "height"} for one in found)
    assert found[5::6] == [None] * 50


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


def test_a_way_is_added_up_and_halved_where_the_courses_steps_miss_most(browser: Browser) -> None:
    """For the sum of the values' cubes."""
    start, picture = random(2, 2, 3), random(2, 2, 3, seed=1)
    positions = np.array([0, 0.25, 0.5, 1])
    script = "explaining.onTheWay(v[0], v[1], v[2])"
    points = np.array([said(browser, script, start.ravel(), picture.ravel(), at) for at in positions])
    np.testing.assert_allclose(points, start.ravel() + positions[:, None] * (picture - start).ravel(), atol=1e-6)
    gradients, scores = 3 * np.square(points), np.power(points, 3).sum(axis=1)
    rates = (picture - start) * gradients.reshape(-1, 2, 2, 3)
    course = [Stop(*one) for one in zip(positions, scores, rates, strict=True)]
    told = zip(positions, gradients.tolist(), rates.sum(axis=(1, 2, 3)), scores, strict=True)
    stops = [dict(zip(("position", "gradient", "slope", "score"), one, strict=True)) for one in told]
    script = "explaining.account(explaining.trapezoids(v[0]), v[1], v[2], v[3])"
    account = said(browser, script, stops, start.ravel(), picture.ravel(), scores[-1] - scores[0])
    np.testing.assert_allclose(account["map"], integrated(course).ravel())
    change = scores[-1] - scores[0]
    assert account["error"] == pytest.approx(abs(integrated(course).sum() - change) / abs(change))
    worst = misses(course).argmax()
    assert said(browser, "explaining.worstMiddle(v[0])", stops) == positions[worst : worst + 2].mean()


@pytest.mark.parametrize(("patch", "stride"), [(32, 16), (50, 50), (7, 3), (224, 10), (300, 300), (5, 9)])
def test_patches_lie_and_are_averaged_as_in_the_course(browser: Browser, patch: int, stride: int) -> None:
    assert said(browser, "explaining.starts(60, v[0], v[1])", patch, stride) == [*_starts(60, patch, stride)]
    windows = said(browser, "explaining.windows(60, v[0], v[1])", patch, stride)
    drops = random(len(windows))
    starts = _starts(60, patch, stride)
    slices = [(slice(row, row + patch), slice(column, column + patch)) for row in starts for column in starts]
    found = said(browser, "explaining.averaged(v[0], v[1], 60)", drops, windows)
    np.testing.assert_allclose(np.reshape(found, (60, 60)), _averaged(drops[None], slices, (60, 60))[0], atol=1e-12)
    order = said(browser, "explaining.coarseFirst(v[0])", windows)
    assert sorted(map(str, order)) == sorted(map(str, windows))
    far = {one["top"] for one in order[:4]}  # the first four: at the corner, and half the way to the others
    assert len(windows) < 4 or len(far) == 2
    picture = random(60, 60, 3).astype(np.float32)
    expected = picture.copy()
    expected[slices[-1]] = (1, 2, 3)
    hidden = said(browser, "explaining.hidden(v[0], 60, v[1], [1, 2, 3])", picture.ravel(), windows[-1])
    np.testing.assert_array_equal(hidden, expected.ravel())


def test_a_patch_around_a_place_is_whole_and_inside(browser: Browser) -> None:
    def around(row: float, column: float) -> list[int]:
        found = said(browser, "explaining.windowAround(60, 20, v[0], v[1])", row, column)
        return [found[side] for side in ("top", "left", "bottom", "right")]

    assert around(30, 31) == [20, 21, 40, 41]
    assert around(0, 60) == [0, 40, 20, 60]


def test_the_strongest_place_is_the_middle_of_equals_and_the_weakest_is_far_from_it(browser: Browser) -> None:
    values = np.zeros((7, 9))
    values[1:4, 5:8] = 2
    assert said(browser, "explaining.extremes(v[0], 9)", values.ravel()) == {
        "strongest": {"row": 2, "column": 6},
        "weakest": {"row": 6, "column": 0},
    }


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


def test_a_cell_of_a_convolution_is_the_sum_of_what_its_channels_add(browser: Browser) -> None:
    values, kernel = random(4, 6, 5).astype(np.float32), random(4, 3, 3, seed=1).astype(np.float32)
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1)))
    own = "{kernel: Float32Array.from(v[3]), shape: [4, 3, 3], bias: 0.25}"
    for row, column in ((0, 0), (3, 2), (5, 4)):
        script = f"explaining.convolved(v[0], 6, 5, v[1], v[2], {own})"
        found = said(browser, script, values.ravel(), row, column, kernel.ravel())
        patch = padded[:, row : row + 3, column : column + 3]
        sums = (patch * kernel).sum(axis=(1, 2))
        assert found["total"] == pytest.approx(sums.sum() + 0.25, rel=1e-5)
        assert found["output"] == max(found["total"], 0)
        assert [one["channel"] for one in found["terms"]] == np.argsort(-np.abs(sums)).tolist()
        np.testing.assert_allclose(found["terms"][0]["patch"], patch[np.abs(sums).argmax()].ravel())
    assert said(browser, "explaining.pooled(v[0], 2, 6, 5, 1, 1)", values.ravel()) == pytest.approx(
        values[2, 2:4, 2:4].ravel()
    )


def test_kernels_are_read_from_the_model_in_each_way_that_they_are_kept(browser: Browser) -> None:
    plain, half = random(2, 3, 3, 3).astype(np.float32), random(2, 3, 3, 3, seed=1).astype(np.float16)
    numbers = np.random.default_rng(2).integers(-127, 128, (2, 64, 3, 3)).astype(np.int8)
    scales = np.abs(random(2, 2, 3, 3, seed=3)).astype(np.float16) / 100
    constants = {
        "a/kernel": plain, "a/bias": np.array([1.5, -2], np.float32), "b/kernel/half": half,
        "c/kernel/numbers": numbers, "c/kernel/scales": scales,
    }  # fmt: skip
    kernels = {"a": plain, "b": half, "c": numbers * scales.astype(np.float32).repeat(32, axis=1)}
    source = (SCRIPTS / "weights.js").read_text("utf-8")
    script = f"""{source}
    const one = weights(Uint8Array.from(arguments[0]))(arguments[1], arguments[2]);
    return [Array.from(one.kernel), one.shape, one.bias]"""
    for layer, kernel in kernels.items():
        for channel in range(2):
            found = browser.run(script, [*onnx_file(constants)], layer, channel)
            np.testing.assert_allclose(found[0], kernel[channel].astype(np.float32).ravel(), rtol=1e-6)
            assert found[1] == [*kernel.shape[1:]]
            assert found[2] == ((1.5, -2)[channel] if layer == "a" else 0)


# What the page says


def test_every_message_of_the_page_is_used_and_every_one_used_is_there() -> None:
    sources = "".join(path.read_text("utf-8") for path in (*SCRIPTS.glob("*.js"), SCRIPTS.parent / "your-photo.html"))
    named = set(re.findall(r"""words(?:\.|\[["'])([\w-]+)\b(?!' ~|-[$'])""", sources))
    named |= set(re.findall(r'(?:new Failure\(|message: |said\()"([\w-]+)"', sources)) - {"too-large"}  # an example
    names = set(messages("en", AREA).names)
    quoted = {*re.findall(r'"([\w-]+)"', sources)}  # one of several, chosen by a condition
    words = {*re.findall(r"[\w-]+", sources), "not-finite"}
    put_together = {"number", "setting", "map", "class", "compared", "softmax", "machine", "worked"}
    unused = {
        name
        for name in names - named - quoted
        if name.partition("-")[0] not in put_together
        or not words & {rest := name.partition("-")[2], rest.replace("-", "_")}
    }
    titles = {"choose", "answer", "method", "paint", "layers"}
    assert (unused - titles, named - names - set(messages("en", "interface").names)) == (set(), set())


def test_a_figure_leads_to_ones_own_photo_with_its_method_class_and_settings() -> None:
    page = Page(language="zh", slug="a", title="", summary="", picture="dog", default_picture="chelsea", varies=True)
    method = methods()["grad-cam"]
    settings = {"layer": "block4_conv3", "output": "logit"}
    empty = {"lesson": "", "view": "raw", "of": (), "claims": (), "wording": {}, "spec": ""}
    one = Experiment(id="a", method=method, picture=CHOSEN, target="top1", settings=settings, **empty)  # type: ignore[arg-type]
    link = "../your-photo.html#method@grad-cam&settings@layer:block4_conv3"
    offered = offered_methods(TEMPLATES)
    assert your_photo_link(page, one, offered) == link
    assert your_photo_link(page, dataclasses.replace(one, target=207), offered) == f"{link}&class@207"
    assert your_photo_link(page, dataclasses.replace(one, method=methods()["rise"]), offered) == "../your-photo.html"
    other = dataclasses.replace(one, settings={**settings, "output": "probability"})  # which the page doesn't explain
    assert your_photo_link(page, other, offered) == "../your-photo.html"
    path = dict(
        methods()["integrated-gradients"].settings(steps=8, tolerance=0.05)
    )  # how finely, the page knows itself
    finely = dataclasses.replace(one, method=methods()["integrated-gradients"], settings=path)
    assert "#method@integrated-gradients&settings@steps:8" in your_photo_link(page, finely, offered)
    assert your_photo_link(page, dataclasses.replace(one, picture="dog"), offered) == ""
    env = rendering.environment((SCRIPTS.parent,), "en")
    assert f'href="{link.replace("&", "&amp;")}"' in rendering.render_figure(env, figure_of(your_photo=link))


# The page, with a network that is a formula (fake_network.py)

ANSWERED = "return document.querySelector('#draw:disabled') ? '' : document.getElementById('news').textContent"
NEWS = "return document.getElementById('news').textContent"
SEEN = """const canvas = document.querySelector('canvas.framed');
return Array.from(canvas.getContext('2d').getImageData(0, 0, 224, 224).data)"""
DRAWN = f"{NEWS}.startsWith('Drawn') && document.getElementById('stop').hidden"
READOUT = "return document.querySelector('#maps .readout').textContent"
CHOOSE = """const one = document.getElementById('method');
one.value = arguments[0];
one.dispatchEvent(new Event('change'))"""
DOWN, ENTER, RIGHT = "\ue015", "\ue007", "\ue014"


@pytest.fixture
def page(site: Path) -> Path:
    return site / "your-photo.html"


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The same page over http."""
    with serving(site) as root:
        yield f"{root}/your-photo.html"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A folder over http while the block lasts: its address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def with_sample(browser: Browser, page: Path | str) -> Browser:
    browser.open(page)
    browser.follow("[data-sample=dog]")
    browser.expect("return document.getElementById('draw').disabled", False)
    return browser


def with_file(browser: Browser, page: Path | str, file: Path) -> Browser:
    browser.open(page)
    browser.press(str(file), on="#choose input[type=file]")
    return browser


def seen(browser: Browser) -> NDArray[np.uint8]:
    return np.reshape(browser.run(SEEN), (224, 224, 4))[..., :3].astype(np.uint8)


def expected_answer(pixels: NDArray[np.uint8]) -> tuple[int, float]:
    """The likeliest class of the formula, and its probability."""
    weights = (np.arange(224)[:, None, None] + 1) / 224 / 224**2
    red, green, blue = (pixels * weights).sum(axis=(0, 1))
    logits = red * np.sin(np.arange(1000)) + green * np.cos(np.arange(1000)) + blue * 0.1
    return int(logits.argmax()), float(softmax(logits).max())


@pytest.mark.parametrize("over_http", [False, True])
def test_a_sample_is_answered_and_explained_from_a_folder_and_over_http(
    browser: Browser, page: Path, address: str, over_http: bool
) -> None:
    with_sample(browser, address if over_http else page)
    sample = read_samples(ROOT / "content/pictures")["dog"]
    np.testing.assert_array_equal(seen(browser), sample.framed())
    index, probability = expected_answer(sample.framed())
    assert browser.text("#answers tbody tr th") == classes()[index].english
    browser.expect(NEWS, lambda text: text.startswith(f"{classes()[index].english}, {numerals.percent(probability)}"))
    told = {"gradient": "The check holds", "grad-cam": "Strongest cell", "guided-backprop": "Length"}
    for method, words in told.items():
        browser.do(CHOOSE, method)
        browser.expect("return document.getElementById('method').value", method)
        browser.follow("#draw")
        browser.expect(DRAWN)
        assert words in browser.text("#maps"), method
    assert browser.console_errors() == []


def test_nothing_is_shown_of_a_photo_before_one_is_chosen(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.expect("return document.querySelectorAll('.samples img').length > 0")
    hidden = "[...document.querySelectorAll('#lab [hidden]')]"
    assert browser.run(f"return {hidden}.length > 3 && {hidden}.every(one => !one.checkVisibility())")


def test_over_http_the_network_is_kept_for_the_next_visit(browser: Browser, address: str) -> None:
    loads = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('/network/')).length"
    with_sample(browser, address)
    assert browser.run(loads) == 9
    with_sample(browser, address)
    assert browser.run(loads) == 1  # the manifest


def test_a_photo_of_ones_own_is_framed_as_the_course_frames(browser: Browser, page: Path) -> None:
    file = ROOT / "content/pictures/chelsea.png"
    with_file(browser, page, file).expect(ANSWERED, lambda text: "took" in text)
    np.testing.assert_array_equal(seen(browser), frame(open_upright(file)))
    browser.press(*[RIGHT] * 3, on=".frame-of")
    browser.expect(lambda: not np.array_equal(seen(browser), frame(open_upright(file))))
    assert browser.console_errors() == []


def test_a_photo_is_turned_upright_and_what_is_transparent_is_white(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    pixels = np.zeros((256, 300, 3), np.uint8)
    pixels[:, :150] = (200, 40, 40)
    turned = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    turned.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    with_file(browser, page, tmp_path / "turned.jpg").expect(ANSWERED, lambda text: "took" in text)
    difference = seen(browser).astype(int) - frame(open_upright(tmp_path / "turned.jpg"))
    assert np.abs(difference).max() <= 4
    Image.new("RGBA", (256, 256), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    with_file(browser, page, tmp_path / "clear.png").expect(ANSWERED, lambda text: "took" in text)
    assert (seen(browser) == 255).all()


def test_the_address_says_what_is_explained_and_how_and_a_link_sets_it(browser: Browser, page: Path) -> None:
    state = "#method@smoothgrad&settings@samples:2,seed:5&class@207&against@281"
    with_sample(browser, page.resolve().as_uri() + state)
    browser.expect(DRAWN)
    assert browser.run("return document.getElementById('setting-samples').value") == "2"
    assert browser.run("return document.getElementById('class').value") == "golden retriever"
    labels = "return Array.from(document.querySelectorAll('#maps .plate-label'), (one) => one.textContent)"
    assert browser.run(labels) == ["golden retriever", "tabby"]
    ends = "return Array.from(document.querySelectorAll('#maps .ends span'), (one) => one.textContent)"
    assert browser.run(ends) == ["darker would help", "brighter would help"] * 2  # it is a derivative
    filters = "return Array.from(document.querySelectorAll('#maps .exact'), (one) => getComputedStyle(one).filter)"
    assert browser.run(filters) == ["none"] * 2
    browser.colours("dark")
    browser.expect(filters, lambda found: all("invert" in one for one in found))  # else it is white on a dark page
    assert "dog" not in browser.address()


def test_a_class_is_found_by_typing_in_either_language(browser: Browser, page: Path) -> None:
    with_sample(browser, page)
    for typed, name in (("golden ret", "golden retriever"), ("金毛", "golden retriever")):
        browser.do("document.getElementById('class').value = ''")
        browser.expect("return document.getElementById('class').value", "")
        browser.press(typed, on="#class")
        browser.expect("return document.querySelector('#class-list [aria-selected=true]')?.textContent", name)
        browser.press(ENTER)
        browser.expect("return document.querySelector('#answers [aria-pressed=true]').textContent", name)
    assert browser.address().endswith("#class@207")


def test_integrated_gradients_halve_steps_until_the_account_closes(browser: Browser, page: Path) -> None:
    """On a network whose gradient jumps from 0 to 1 at 0.3 of the way: that step alone is halved, from 1 to 1/128."""
    source = """window.told = [];
    const picture = new Float32Array(3 * 224 * 224).fill(1), count = picture.length;
    const network = { ask: async ([at]) => {
        told.push(at);
        return { gradient: new Float32Array(count).fill(Number(at > 0.3)), logits: [count * Math.max(0, at - 0.3)] };
    } };
    (async () => {
        let last = null;
        const question = { network, picture, target: 0, settings: { steps: 1 } };
        for await (last of methods["integrated-gradients"].explain(question));
        told.push([last.done, last.of, last.numbers.error]);
    })()"""
    browser.open(page)
    browser.do(source)
    browser.expect("return Array.isArray(told.at(-1))")
    *positions, (done, of, error) = browser.run("return told")
    steps, expected = (0.0, 1.0), [0, 1]
    while abs(1 - sum(steps) / 2 - 0.7) / 0.7 > 0.01:  # the trapezoid of the step with the jump is half of it
        middle = sum(steps) / 2
        expected.append(middle)
        steps = (steps[0], middle) if middle > 0.3 else (middle, steps[1])
    assert positions == pytest.approx(expected)
    assert (done, of) == (len(expected), None)
    assert error == pytest.approx(abs(1 - sum(steps) / 2 - 0.7) / 0.7, rel=1e-3)


def test_long_work_says_how_far_it_is_and_can_be_stopped(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#method@occlusion&settings@patch:16,stride:4")
    browser.expect(NEWS, lambda text: re.match(r"\d+ of 2810 passes; about .* s left", text) is not None)
    browser.follow("#stop")
    browser.expect(NEWS, "Stopped. The map shows what was done until then.")
    browser.press(RIGHT, on="#maps .cells")
    browser.expect(READOUT, lambda text: "Without this patch" in text)


def test_a_layer_is_shown_and_a_cell_of_it_worked_through(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#layer@block1_conv1:40")
    browser.follow("#open-layer")
    browser.expect(
        "return document.querySelector('#layer-map .plate-label')?.textContent", "block1_conv1, channel 40 of 64"
    )
    browser.press(RIGHT, on="#layer-map .cells")
    browser.expect(
        "return document.querySelector('#layer-map .readout').textContent", lambda text: "of 224 × 224" in text
    )
    browser.follow("#work-through")
    browser.expect("return document.querySelectorAll('#worked tbody > tr').length > 3")
    rows = browser.run(
        "return Array.from(document.querySelectorAll('#worked > table > tbody > tr'),"
        "(one) => [one.children[0].textContent, one.children[1].textContent])"
    )
    told = dict(rows)
    assert told["Bias"] == "0.5"
    assert told["What the network gave"] == told["After the ReLU, which cuts off what is below zero"] != "0"
    channel = "document.getElementById('channel')"
    browser.do(f"{channel}.value = 7; {channel}.dispatchEvent(new Event('change'))")
    browser.expect(browser.address, lambda address: "layer@block1_conv1:7" in address)
    assert browser.console_errors() == []


def test_what_is_painted_over_moves_the_scores_with_the_keyboard_too(browser: Browser, page: Path) -> None:
    with_sample(browser, page)
    browser.press(RIGHT, " ", on="#painted")
    scores = "return document.getElementById('painted-scores').textContent"
    browser.expect(scores, lambda text: "the score went from" in text)
    assert not re.search(r"from (\S+) to \1\.", browser.run(scores))
    browser.follow("#unpaint")
    browser.expect(scores, lambda text: re.search(r"from (\S+) to \1\.", text) is not None)


def test_a_sample_is_held_against_what_the_build_found(browser: Browser, page: Path) -> None:
    with_sample(browser, page)
    browser.follow("#compare")
    browser.expect(NEWS, lambda text: text.startswith("Compared with what the build found"))
    line = browser.run(
        "return Array.from(document.querySelector('#compared tbody tr').children, (one) => one.textContent)"
    )
    assert line[:3] == ["Gradient", classes()[7].english, "25.0\u00a0%"]
    assert line[4:] == ["1.000", "1.000"]


def test_maps_are_summed_up_for_the_comparison_as_the_build_does(browser: Browser) -> None:
    source = (SCRIPTS / "comparing.js").read_text("utf-8").replace("window.netvizBuilt", "globalThis.netvizBuilt")
    for side in (14, 28, 56, 112, 224):
        values = random(side, side)
        found = browser.run(
            f"{source}\nreturn Array.from(comparing.coarse(arguments[0], {side}))", values.ravel().tolist()
        )
        np.testing.assert_allclose(found, coarse(values).ravel(), atol=1e-9)


def test_what_is_kept_tells_its_class_and_settings_and_never_the_photo(browser: Browser, page: Path) -> None:
    watch = """window.kept = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { kept.push(blob); return make(blob); };
    HTMLAnchorElement.prototype.click = function () { kept.push(this.download); };"""
    with browser.running_first(watch):
        with_sample(browser, page.resolve().as_uri() + "#method@grad-cam&class@207")
        browser.expect(DRAWN)
        browser.follow("#keep-numbers")
        browser.expect("return kept.at(-1)", "grad-cam-207.json")
        browser.do("kept.at(-2).text().then((text) => { window.told = text; })")
        browser.expect("return Boolean(window.told)")
        told = json.loads(browser.run("return told"))
        browser.follow("#keep-picture")
        browser.expect("return kept.at(-1)", "grad-cam-207.png")
        assert browser.run("return kept.at(-2).size") > 10_000
    assert (told["method"], told["settings"], told["sample"]) == ("grad-cam", {"layer": "block5_conv3"}, "dog")
    assert told["maps"][0]["class"]["name"] == "golden retriever"
    assert len(told["maps"][0]["values"]) == 14 * 14
    assert not {"photo", "pixels", "picture"} & told.keys()


# What goes wrong is said in a sentence


def test_what_is_no_picture_is_said_to_be_none(browser: Browser, page: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7")
    with_file(browser, page, tmp_path / "letter.pdf")
    browser.expect(NEWS, lambda text: text.startswith("letter.pdf is no picture"))
    assert browser.console_errors() == []


def failing(browser: Browser, page: Path | str, script: str, sentence: str) -> None:
    """What the page says of a browser in which a script has run first."""
    with browser.running_first(script):
        browser.open(page)
        browser.press(str(ROOT / "content/pictures/chelsea.png"), on="#choose input[type=file]")
        browser.expect(NEWS, lambda text: sentence in text)


def test_a_photo_that_is_too_large_is_refused_before_it_is_decoded(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    content = io.BytesIO()
    Image.new("L", (8, 8)).save(content, "PNG")
    head = content.getvalue()[:16] + (12000).to_bytes(4, "big") + (10000).to_bytes(4, "big") + content.getvalue()[24:]
    (tmp_path / "large.png").write_bytes(head)
    with browser.running_first("window.decoded = 0; createImageBitmap = async () => { decoded += 1; }"):
        with_file(browser, page, tmp_path / "large.png")
        browser.expect(NEWS, lambda text: "has 120 megapixels, and at most 100" in text)
        assert browser.run("return decoded") == 0


def test_a_size_that_no_header_told_is_looked_at_once_it_is_known(browser: Browser, page: Path) -> None:
    script = """createImageBitmap = async () => ({ width: 12000, height: 10000, close() {} });
    addEventListener("DOMContentLoaded", () => { headers.sizeOf = () => null; })"""
    failing(browser, page, script, "has 120 megapixels, and at most 100")


def test_a_damaged_picture_is_told_from_what_is_none(browser: Browser, page: Path, tmp_path: Path) -> None:
    (tmp_path / "half.png").write_bytes((ROOT / "content/pictures/chelsea.png").read_bytes()[:3000])
    with_file(browser, page, tmp_path / "half.png")
    browser.expect(NEWS, lambda text: text.startswith("half.png begins like a picture but can't be decoded"))


def test_a_browser_without_webassembly_or_memory_is_told_so(browser: Browser, page: Path) -> None:
    failing(browser, page, "delete globalThis.WebAssembly", "runs no WebAssembly")
    failing(browser, page, "delete globalThis.DecompressionStream", "can't unpack")
    script = "window.Worker = class { constructor() { throw new RangeError('Out of memory') } }"
    failing(browser, page, script, "too little memory")


@pytest.fixture
def copied(site: Path, tmp_path: Path) -> Path:
    return shutil.copytree(site, tmp_path / "site")


@pytest.mark.parametrize("name", ["model.onnx", "runtime.js"])
def test_a_file_that_was_changed_on_its_way_is_not_used(browser: Browser, copied: Path, name: str) -> None:
    """One that is whole, and known by its digest alone to be another; then one that ends early."""
    parts = sorted(copied.glob(f"network/{name.replace('.', '-')}-*.js"))
    *others, _ = network_files({name: FAKE_NETWORK[name] + b" "}, {}).values()
    for texts in (others, [others[0], others[1][:60] + '");']):
        for part, text in zip(parts, texts, strict=True):
            part.write_text(text)
        browser.open(copied / "your-photo.html")
        browser.follow("[data-sample=dog]")
        browser.expect(NEWS, lambda told: f"The file {name} is not the one" in told)


def test_a_lost_connection_is_told_and_loading_goes_on_where_it_stopped(browser: Browser, copied: Path) -> None:
    [part] = copied.glob("network/runtime-wasm-*-1.js")
    part.rename(part.with_suffix(".gone"))
    browser.open(copied / "your-photo.html")
    browser.follow("[data-sample=dog]")
    browser.expect(NEWS, lambda told: "connection was lost" in told)
    part.with_suffix(".gone").rename(part)
    browser.follow("[data-sample=chelsea]")
    browser.expect(ANSWERED, lambda text: "took" in text)
    (copied / "assets" / "your-photo" / "built" / "chelsea.js").unlink()
    browser.follow("#compare")
    browser.expect(NEWS, lambda told: told.startswith("A file of this page could not be loaded"))


def test_ten_photos_in_a_row_leave_one_in_memory(browser: Browser, page: Path) -> None:
    count = """const make = createImageBitmap, close = ImageBitmap.prototype.close;
    window.held = 0;
    createImageBitmap = async (...all) => { const one = await make(...all); held += 1; return one; };
    ImageBitmap.prototype.close = function () { held -= 1; close.call(this); };"""
    with browser.running_first(count):
        browser.open(page)
        held = []
        for _ in range(10):
            browser.do("document.getElementById('news').textContent = ''")
            browser.expect(NEWS, "")
            browser.press(str(ROOT / "content/pictures/chelsea.png"), on="#choose input[type=file]")
            browser.expect(NEWS, lambda text: "took" in text)
            browser.expect("return held", 1)
            held.append(browser.held())
    assert held[-1] < held[2] + 1_000_000, held  # a photo's square alone takes 600,000 as the network gets it


def test_sha256_is_that_of_the_standard_with_or_without_the_browsers_own(browser: Browser) -> None:
    source = (SCRIPTS / "sha256.js").read_text("utf-8")
    for length in (0, 1, 55, 56, 63, 64, 65, 1000):
        content = np.random.default_rng(length).integers(0, 256, length).astype(np.uint8)
        script = f"{source}\nreturn sha256.stepwise(Uint8Array.from(arguments[0]))"
        assert browser.run(script, content.tolist()) == hashlib.sha256(content.tobytes()).hexdigest()

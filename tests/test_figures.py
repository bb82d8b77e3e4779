"""Drawing: every view from arrays to files, held against colours and places worked out by hand."""

import hashlib
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from netviz.figures import Figure, Panel, draw
from netviz.figures.colours import Scale, grey, scale_of
from netviz.figures.describe import alt_text
from netviz.figures.facts import area_means, concentration, map_facts, map_table, state_of
from netviz.figures.views import views
from netviz.figures.views.charts import linear_ticks, log_ticks
from netviz.figures.views.grids import layer_scale, paint, sheet_for
from netviz.site.text.filters import cell

Arrays = Mapping[str, NDArray[Any]]

RANDOM = np.random.default_rng(7)
PICTURE = RANDOM.integers(0, 256, (14, 14, 3), dtype=np.uint8).repeat(32, axis=0).repeat(32, axis=1)
GRADIENT = RANDOM.normal(size=(224, 224, 3)).astype(np.float32)
SMALL = GRADIENT[:28, :28]
CAM = RANDOM.random((14, 14)).astype(np.float32)
X = np.linspace(-1, 1, 21)
COUNTING = np.arange(16.0).reshape(4, 4)

EXAMPLES: dict[str, Arrays] = {
    "picture": {"picture": RANDOM.random((64, 64, 3)) * 255},
    "signed": {"attribution": SMALL},
    "magnitude": {"attribution": SMALL},
    "map": {"attribution": CAM},
    "overlay": {"attribution": CAM},
    "around-mean": {"attribution": CAM},
    "raw": {"attribution": CAM},
    "panels": {"maps": np.stack([SMALL, 0.5 * SMALL])},
    "panels-own": {"maps": np.stack([CAM, 100 * CAM - 20])},
    "strip": {"maps": np.stack([CAM, CAM / 2, CAM / 4])},
    "pointing": {"maps": CAM[None]},
    "before-after": {"before": SMALL * 0 + 100, "after": SMALL * 0 + 103},
    "grid": {"input": SMALL, "conv": RANDOM.random((28, 28, 32)), "dense": RANDOM.random(40)},
    "bars": {"logits": np.arange(10.0), "probabilities": np.arange(10.0) / 45},
    "curve": {"x": X, "measured": X**2, "predicted": X},
    "scatter": {"x": X, "y": X + 0.01},
    "plane": {"flowers": RANDOM.random((9, 2)), "line": np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])},
    "table": {"code": np.array(["x = 1", "y ="]), "answer": np.array(["ok", "SyntaxError"])},
    "text": {"words": np.array(["draw", "a", "graph"]), "weights": np.array([-0.5, 0.0, 2.0])},
    "cloud": {"words": np.array(["graph", "edge"]), "weights": np.array([2.0, 1.0])},
    "tree": {
        "column": np.array(["worst area", "", ""]),
        "threshold": np.array([957.45, 0, 0]),
        "below": np.array([1, -1, -1]),
        "above": np.array([2, -1, -1]),
        "rows": np.array([100, 60, 40]),
        "shares": np.array([0.4, 0.05, 0.9]),
        "answers": np.array(["benign", "benign", "malignant"]),
    },
    "number-grid": {"maps": np.array([[[0.0, 4.0], [28.0, 32.5]]])},
    "window-steps": {"inputs": COUNTING, "outputs": np.ones((2, 2, 2)), "biases": np.array([-50.0, 3.0])},
    "matrix": {"matrix": np.array([[1.0, 0.5, -0.2], [0.5, 1.0, 0.1], [-0.2, 0.1, 1.0]])},
}
NUMBERS: dict[str, dict[str, Any]] = {
    "pointing": {"box": [0.25, 0.5, 0.75, 1.0], "peak": [0.125, 0.25]},
    "window-steps": {"window": 2},
}
UNSIGNED = {"map", "overlay", "raw", "strip", "pointing"}
WORDS = {
    "en": {"method": "Grad-CAM", "target": "Siberian husky", "picture": "a dog"},
    "zh": {"method": "Grad-CAM", "target": "西伯利亚雪橇犬", "picture": "一只狗"},
}


def drawn(
    view: str,
    folder: Path,
    arrays: Arrays | None = None,
    signed: bool | None = None,
    logarithmic: str = "",
    signs: Sequence[bool | None] = (),
    **numbers: Any,
) -> Figure:
    """The view's example, or these arrays, drawn into the folder."""
    if arrays is None:
        arrays, signed = EXAMPLES[view], False if view in UNSIGNED else None
        numbers = NUMBERS.get(view, {}) | numbers
    return draw(
        view,
        arrays,
        numbers,
        signed=signed,
        picture_pixels=PICTURE,
        folder=folder,
        signs=signs,
        logarithmic=logarithmic,
    )


def pixels(folder: Path, panel: Panel) -> NDArray[np.uint8]:
    with Image.open(folder / panel.file) as image:
        return np.asarray(image.convert("RGB"))


def hexadecimal(colour: NDArray[np.uint8]) -> str:
    return "#" + bytes(colour.tolist()).hex()


# Colours


def test_zero_is_the_neutral_colour_and_both_signs_are_equally_far_from_it() -> None:
    scale = Scale(signed=True, limit=2.0, raw_max=5.0)
    assert hexadecimal(scale.colours(np.zeros((1, 1)))[0, 0]) == "#f7f7f7"  # the middle of ColorBrewer's RdBu
    values = RANDOM.normal(size=(50, 50))
    assert np.array_equal(scale.levels(values).astype(int) + scale.levels(-values), np.full((50, 50), 254))


def test_values_at_and_beyond_the_limit_have_the_end_colours() -> None:
    scale = Scale(signed=True, limit=2.0, raw_max=5.0)
    low, beyond_low, high, beyond_high = scale.colours(np.array([[-2.0, -9.0, 2.0, 9.0]]))[0]
    assert hexadecimal(low) == hexadecimal(beyond_low) == "#2166ac"  # blue and red of ColorBrewer's RdBu
    assert hexadecimal(high) == hexadecimal(beyond_high) == "#b2182b"
    unsigned = Scale(signed=False, limit=2.0, raw_max=5.0)
    assert [hexadecimal(colour) for colour in unsigned.colours(np.array([[0.0, 2.0, 9.0, -1.0]]))[0]] == [
        "#000004",
        "#fcffa4",
        "#fcffa4",
        "#000004",
    ]  # inferno's first and last colour


def test_the_limit_is_the_99th_percentile_of_the_pooled_sizes() -> None:
    maps = [RANDOM.normal(size=(9, 9)), 3 * RANDOM.normal(size=(9, 9))]
    sizes = sorted(abs(float(value)) for one in maps for value in one.ravel())
    place = 0.99 * (len(sizes) - 1)
    below, share = int(place), place - int(place)
    scale = scale_of(maps, signed=True)
    assert scale is not None
    assert scale.limit == pytest.approx(sizes[below] * (1 - share) + sizes[below + 1] * share)
    assert scale.raw_max == sizes[-1]


def test_a_map_with_one_value_that_is_not_zero_is_still_seen() -> None:
    values = np.zeros((20, 20))
    values[3, 4] = 8
    scale = scale_of([values], signed=False)
    assert scale is not None
    assert scale.limit == 8


def test_an_overlay_leaves_the_grey_picture_where_the_map_is_zero() -> None:
    values = np.zeros((448, 448))
    values[:10] = 1
    for signed in (True, False):
        over = Scale(signed, 1.0, 1.0).over(values, PICTURE)
        assert np.array_equal(over[10:], grey(PICTURE)[10:])
        assert not np.array_equal(over[:10], grey(PICTURE)[:10])


def test_an_overlay_hides_more_of_the_picture_the_stronger_the_value() -> None:
    values = np.linspace(0, 1, 11)[None]
    black, white = (np.full((1, 11, 3), level, np.uint8) for level in (0, 255))
    scale = Scale(True, 1.0, 1.0)
    shining_through = (scale.over(values, white).astype(int) - scale.over(values, black))[0, :, 0]
    assert shining_through[0] == 255
    assert (np.diff(shining_through) < 0).all()


def test_a_legend_runs_through_the_colours_that_the_map_has() -> None:
    scale = Scale(signed=True, limit=2.0, raw_max=5.0)
    legend = scale.legend()
    assert (legend.low, legend.high, legend.zero, legend.clip, legend.raw_max) == (-2.0, 2.0, 0.5, 2.0, 5.0)
    values = np.array([[-2.0, 0.0, 2.0]])
    assert [legend.stops[0], legend.stops[8], legend.stops[16]] == [hexadecimal(c) for c in scale.colours(values)[0]]
    on_grey = scale.over(values, np.full((1, 3, 3), 128, np.uint8))[0]
    overlaid = scale.legend(overlay=True).stops
    assert [overlaid[0], overlaid[8], overlaid[16]] == [hexadecimal(c) for c in on_grey]


# Maps


def test_a_signed_map_sums_the_colours_and_shows_every_value_as_a_block_of_pixels(tmp_path: Path) -> None:
    figure = drawn("signed", tmp_path, {"attribution": GRADIENT})
    summed = GRADIENT.astype(float)[:, :, 0] + GRADIENT[:, :, 1] + GRADIENT[:, :, 2]
    assert figure.legend is not None
    limit = np.percentile(np.abs(summed), 99)
    assert figure.legend.high == pytest.approx(limit, rel=1e-5)
    image = pixels(tmp_path, figure.panels[0])
    assert image.shape == (448, 448, 3)
    assert np.array_equal(image[0::2, 0::2], Scale(True, limit, 1.0).colours(summed))
    assert np.array_equal(image[0::2, 0::2], image[1::2, 1::2])


def test_a_magnitude_is_the_greatest_size_among_the_colours(tmp_path: Path) -> None:
    figure = drawn("magnitude", tmp_path, {"attribution": GRADIENT})
    largest = np.maximum(np.maximum(abs(GRADIENT[:, :, 0]), abs(GRADIENT[:, :, 1])), abs(GRADIENT[:, :, 2])).astype(
        float
    )
    expected = Scale(False, np.percentile(largest, 99), 1.0).colours(largest)
    assert np.array_equal(pixels(tmp_path, figure.panels[0])[::2, ::2], expected)


def test_raw_and_smooth_share_one_scale_and_the_table_is_the_grid_itself(tmp_path: Path) -> None:
    figure = drawn("raw", tmp_path)
    assert [panel.role for panel in figure.panels] == ["raw", "overlay"]
    assert [panel.facts["upsampling"] for panel in figure.panels] == ["nearest", "bilinear"]
    assert figure.panels[0].facts["clip"] == figure.panels[1].facts["clip"]
    assert figure.table is not None
    assert np.allclose(np.array([row[1:] for row in figure.table.rows], float), CAM, rtol=1e-5)


def test_a_map_around_its_mean_is_neutral_there_and_tells_what_lies_above_and_below(tmp_path: Path) -> None:
    """Of a map that is large everywhere only the differences are drawn: adding to all of it changes nothing."""
    plain, raised = (drawn("around-mean", tmp_path, {"attribution": CAM + more}) for more in (0, 1000))
    assert plain.legend and raised.legend
    assert plain.legend.low == -plain.legend.high
    assert plain.legend.high == pytest.approx(np.percentile(abs(CAM - CAM.mean()), 99), rel=1e-5)
    assert raised.legend.high == pytest.approx(plain.legend.high, rel=1e-4)


def test_panels_share_limits_and_say_which_of_them_look_empty(tmp_path: Path) -> None:
    figure = drawn("panels", tmp_path, {"maps": np.stack([CAM, CAM / 1000, CAM * 0])}, signed=False)
    assert [panel.facts["faint"] for panel in figure.panels] == [False, True, False]
    assert [panel.facts["state"] for panel in figure.panels] == ["ok", "ok", "zero"]
    assert len({panel.facts["clip"] for panel in figure.panels}) == 1
    assert [panel.legend for panel in figure.panels] == [None] * 3


@pytest.mark.parametrize(("view", "signed"), [("signed", True), ("magnitude", True), ("overlay", False)])
def test_a_map_that_is_compared_with_others_is_drawn_in_the_scale_of_all(
    view: str, signed: bool, tmp_path: Path
) -> None:
    values, strong = (np.abs(CAM), np.abs(9 * CAM))
    alone, beside = (
        draw(
            view, {"attribution": values}, {}, signed=signed, picture_pixels=PICTURE, folder=tmp_path, beside=others
        ).legend
        for others in ([], [strong])
    )
    assert alone and beside
    assert alone.clip == pytest.approx(np.percentile(values, 99), rel=1e-5)
    assert beside.clip == pytest.approx(np.percentile([values, strong], 99), rel=1e-5)


def test_a_broken_panel_does_not_disturb_the_others(tmp_path: Path) -> None:
    whole = drawn("panels", tmp_path, {"maps": CAM[None]}, signed=False)
    figure = drawn("panels", tmp_path, {"maps": np.stack([CAM, CAM * np.nan])}, signed=False)
    assert figure.legend == whole.legend
    assert figure.panels[1].facts["state"] == "not finite"


def test_maps_in_units_of_their_own_have_limits_and_signs_of_their_own(tmp_path: Path) -> None:
    first, second = drawn("panels-own", tmp_path).panels
    assert first.legend is not None and second.legend is not None
    assert first.legend.low == 0
    assert second.legend.low == -second.legend.high
    assert second.legend.high == pytest.approx(np.percentile(abs(100 * CAM - 20), 99), rel=1e-5)


@pytest.mark.parametrize("view", ["panels", "panels-own"])
def test_a_map_without_negative_values_keeps_the_scale_that_it_has_where_it_comes_from(
    view: str, tmp_path: Path
) -> None:
    def lowest(signs: tuple[bool | None, ...]) -> list[float]:
        figure = drawn(view, tmp_path, {"maps": np.stack([CAM, 2 * CAM])}, signs=signs)
        bars = [figure.legend] if figure.legend else [panel.legend for panel in figure.panels]
        return [bar.low / bar.high for bar in bars if bar]

    assert set(lowest((True, True))) == {-1}
    assert set(lowest((False, False))) == set(lowest((None, None))) == set(lowest(())) == {0}
    assert lowest((True, False)) == ([-1] if view == "panels" else [-1, 0])


def test_a_map_stands_below_its_own_picture_and_the_page_shows_between_them(tmp_path: Path) -> None:
    colours = np.full((2, 8, 8, 3), [200.0, 100.0, 0.0])
    maps = np.stack([GRADIENT.sum(axis=-1)[:8, :8]] * 2)
    panel, _ = drawn("strip", tmp_path, {"maps": maps, "pictures": colours}).panels
    with Image.open(tmp_path / panel.file) as image:
        opacity = np.asarray(image.convert("RGBA"))[..., 3]
    starts = np.flatnonzero(np.diff(opacity[:, 0])) + 1
    assert len(starts) == 2 and not opacity[starts[0] : starts[1]].any()
    assert opacity[: starts[0]].all() and opacity[starts[1] :].all()
    assert (pixels(tmp_path, panel)[: starts[0]] == [200, 100, 0]).all()
    assert starts[0] < panel.height / 2 < starts[1]  # where pages cut it: a photo isn't turned with its map
    assert panel.facts["below_photo"]
    without_colours = drawn("strip", tmp_path, {"maps": maps, "pictures": 0 * colours}).panels[0]
    unsigned = drawn("strip", tmp_path, {"maps": abs(maps), "pictures": colours}).panels[0]
    assert "below_photo" not in {**without_colours.facts, **unsigned.facts}


def test_before_and_after_say_how_much_changed(tmp_path: Path) -> None:
    before = np.full((4, 4, 3), 100.0)
    after = before.copy()
    after[0, 0] = [100, 102, 96]
    figure = drawn("before-after", tmp_path, {"before": before, "after": after})
    assert figure.facts["max_change"] == 4
    assert figure.facts["mean_change"] == 6 / 48
    assert figure.table is not None
    assert [cell(row[0], figure.table.columns[0].kind, "zh") for row in figure.table.rows] == ["平均变化", "最大变化"]
    assert figure.facts["changed_share"] == 1 / 16
    difference = pixels(tmp_path, figure.panels[2])
    assert difference[0, 0].tolist() == [128, 192, 1]  # 128 + 127 / 4 * (0, 2, -4), rounded
    assert (difference[112:, 112:] == 128).all()


def test_a_nudge_of_one_level_is_in_the_files(tmp_path: Path) -> None:
    before = RANDOM.integers(1, 255, (56, 56, 3)).astype(np.float64)
    nudge = RANDOM.choice([-1, 1], before.shape)
    figure = drawn("before-after", tmp_path, {"before": before, "after": before + nudge})
    first, second = (pixels(tmp_path, panel).astype(int) for panel in figure.panels[:2])
    assert ((second - first)[::8, ::8] == nudge).all()
    assert (first[7::8, 7::8] == before).all()


@pytest.mark.parametrize("view", ["signed", "map", "overlay", "raw"])
@pytest.mark.parametrize(
    ("values", "state"),
    [(0.0, "zero"), (1e-35, "zero"), (3.0, "constant"), (np.nan, "not finite"), (np.inf, "not finite")],
)
def test_maps_with_nothing_to_show_say_so(view: str, values: float, state: str, tmp_path: Path) -> None:
    figure = drawn(view, tmp_path, {"attribution": np.full((7, 7), values)}, signed=view == "signed")
    panel = figure.panels[0]
    assert panel.facts["state"] == state
    assert figure.legend is None
    json.dumps(figure.to_json(), allow_nan=False)
    image = pixels(tmp_path, panel)
    if not panel.facts["underlay"]:
        assert len(np.unique(image.reshape(-1, 3), axis=0)) == 1
    words = {"zero": "zero everywhere", "constant": "same value", "not finite": "not finite"}[state]
    assert words in alt_text(figure, panel, "en", WORDS["en"])


def test_a_map_close_to_zero_is_drawn_and_says_so(tmp_path: Path) -> None:
    figure = drawn("signed", tmp_path, {"attribution": SMALL * 1e-9}, signed=True)
    assert figure.panels[0].facts["state"] == "near zero"
    assert figure.legend is not None
    assert "close to zero (at most " in alt_text(figure, figure.panels[0], "en", {})
    assert "接近零" in alt_text(figure, figure.panels[0], "zh", {})


# Facts


def test_a_hot_corner_is_found() -> None:
    values = np.zeros((30, 30))
    values[2:5, 2:5] = -4.0
    values[20, 20] = 4.0
    facts = map_facts(values, signed=True)
    assert facts["place"] == "upper-left"
    assert facts["peak"] == {"row": 0.0833333, "column": 0.0833333, "place": "upper-left"}
    assert facts["place_share"] == facts["regions"]["upper-left"] == 0.9
    assert facts["regions"]["lower-right"] == 0.1
    assert facts["positive_share"] == 0.1
    assert facts["concentration"] == 1
    assert (facts["raw_max"], facts["raw_min"]) == (4, -4)


def test_concentration_of_hundred_different_pixels() -> None:
    values = np.arange(100.0).reshape(10, 10)
    assert concentration(values) == sum(range(90, 100)) / sum(range(100))


def test_area_means_count_parts_of_pixels() -> None:
    assert np.allclose(area_means(np.array([[1.0, 2.0, 4.0]]), 1, 2), [[(1 + 2 / 2) / 1.5, (2 / 2 + 4) / 1.5]])
    values = RANDOM.random((6, 4, 5))
    assert np.allclose(area_means(values, 3, 2), values.reshape(3, 2, 2, 2, 5).mean(axis=(1, 3)))


def test_a_fine_map_is_told_by_49_means() -> None:
    values = RANDOM.random((224, 224))
    rows = np.array([row[1:] for row in map_table(values).rows], float)
    assert np.allclose(rows, values.reshape(7, 32, 7, 32).mean(axis=(1, 3)), rtol=1e-5)


def test_one_value_is_constant_and_tiny_values_are_near_zero() -> None:
    assert state_of(np.ones((1, 1))) == "constant"
    assert state_of(np.array([[0.0, 1e-7]])) == "near zero"
    assert state_of(np.array([[0.0, 1e-5]])) == "ok"


# Sheets of feature maps


@pytest.mark.parametrize(
    ("shape", "tile", "columns", "width"),
    [
        ((224, 224, 64), 64, 16, 1039),
        ((112, 112, 128), 64, 16, 1039),
        ((56, 56, 256), 56, 16, 911),
        ((28, 28, 512), 28, 32, 927),
        ((14, 14, 512), 28, 32, 927),
        ((7, 7, 512), 28, 32, 927),
        ((224, 224, 3), 224, 3, 674),
        ((1, 1, 1000), 15, 64, 1023),
    ],
)
def test_sheets_have_the_planned_size(shape: tuple[int, int, int], tile: int, columns: int, width: int) -> None:
    sheet = sheet_for(*shape)
    assert (sheet.tile_height, sheet.tile_width, sheet.columns, sheet.width) == (tile, tile, columns, width)
    assert sheet.rows == -(-shape[2] // columns)


@pytest.mark.parametrize("side", [14, 28, 112, 224])
def test_every_channel_lies_where_the_facts_say(side: int, tmp_path: Path) -> None:
    values = RANDOM.random((side, side, 40)).astype(np.float32)
    values[:, :, 33] = 0
    panel = drawn("grid", tmp_path, {"conv": values}).panels[0]
    facts, image = panel.facts, pixels(tmp_path, panel)
    scale = layer_scale(values)
    assert scale is not None
    for channel in (0, 17, 33, 39):
        row, column = channel // facts["columns"], channel % facts["columns"]
        top, left = (n * (facts[key] + facts["gap"]) for n, key in ((row, "tile_height"), (column, "tile_width")))
        tile = image[top : top + facts["tile_height"], left : left + facts["tile_width"]]
        if side <= 28:
            size = 28 // side
            expected = scale.colours(np.kron(values[:, :, channel], np.ones((size, size))))
        else:  # with 112 and 224 to 64, a part covers 7/4 or 7/2 pixels: repeat each pixel 4 or 2 times, then average 7
            finer = np.kron(values[:, :, channel].astype(float), np.ones((448 // side, 448 // side)))
            expected = scale.colours(finer.reshape(64, 7, 64, 7).mean(axis=(1, 3)))
        assert np.abs(tile.astype(int) - expected).max() <= (
            0 if side <= 28 else 6
        )  # float32 may round to the next level
    assert facts["dead"] == 1
    assert facts["channel_max"][33] == 0


def test_a_layer_has_one_limit_from_its_values_that_are_not_zero(tmp_path: Path) -> None:
    values = np.maximum(RANDOM.normal(size=(28, 28, 16)), 0)
    panel = drawn("grid", tmp_path, {"conv": values}).panels[0]
    assert panel.facts["clip"] == pytest.approx(np.percentile(values[values > 0], 99), rel=1e-5)
    assert panel.facts["raw_max"] == pytest.approx(values.max(), rel=1e-5)
    assert panel.legend is not None
    assert panel.legend.low == 0


def test_the_input_and_logits_are_drawn_with_their_signs(tmp_path: Path) -> None:
    figure = drawn("grid", tmp_path, {"input": SMALL, "predictions": np.array([-1.0, 3.0, 2.0])})
    assert [panel.facts["signed"] for panel in figure.panels[:2]] == [True, True]
    assert figure.panels[1].facts["strongest"] == 1


@pytest.mark.parametrize(("value", "state"), [(0.0, "zero"), (np.nan, "not finite")])
def test_layers_with_nothing_to_show_say_so(value: float, state: str, tmp_path: Path) -> None:
    figure = drawn("grid", tmp_path, {"conv": np.full((7, 7, 4), value)})
    assert figure.panels[0].facts["state"] == state
    assert figure.panels[0].legend is None
    json.dumps(figure.to_json(), allow_nan=False)


def test_the_gap_between_channels_belongs_to_none_of_them() -> None:
    sheet = sheet_for(28, 28, 5)
    painted = paint(np.ones((28, 28, 5)), sheet, Scale(False, 1.0, 1.0))
    grey_pixels = (painted == 128).all(axis=-1).sum()
    assert grey_pixels == sheet.width * sheet.height - 5 * 28 * 28


# Charts


def svg_of(folder: Path, figure: Figure) -> ET.Element:
    return ET.fromstring((folder / figure.panels[0].file).read_text("utf-8"))


@pytest.mark.parametrize("view", ["curve", "scatter", "matrix", "window-steps"])
def test_charts_can_stand_inside_a_page(view: str, tmp_path: Path) -> None:
    figure = drawn(view, tmp_path)
    text = (tmp_path / figure.panels[0].file).read_text("utf-8")
    root = ET.fromstring(text)
    assert text.startswith("<svg ")
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {"svg", "g", "path", "rect", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on")} & attributes
    assert not attributes & {"id", "href", "style", "{http://www.w3.org/1999/xlink}href"}
    assert not re.search(r"20\d\d-\d\d", text)
    labels = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    assert labels
    assert not re.search(r"[A-Za-z]", "".join(labels))


def test_a_line_goes_through_its_values(tmp_path: Path) -> None:
    y = np.array([0.0, 10.0, np.nan, 5.0, 5.0])
    figure = drawn("curve", tmp_path, {"x": np.arange(5.0), "y": y})
    (line,) = [element for element in svg_of(tmp_path, figure).iter() if "line-0" in element.get("class", "").split()][
        :1
    ]
    path = line.get("d", "")
    assert path.count("M") == 2  # broken at the value that is missing
    places = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]
    (x0, y0), (x1, y1), (x3, y3), (x4, _) = places
    assert (x3 - x0) / (x4 - x0) == pytest.approx(3 / 4, abs=1e-3)
    assert (y0 - y3) / (y0 - y1) == pytest.approx(1 / 2, abs=1e-3)
    assert x0 < x1
    assert y1 < y0  # upwards on the page


def test_a_legend_knows_the_dashes_and_marks_that_are_drawn(tmp_path: Path) -> None:
    lines = drawn("curve", tmp_path)
    for entry in lines.facts["series"]:
        (line,) = [e for e in svg_of(tmp_path, lines).iter() if e.get("class") == f"line {entry['class']}"]
        assert line.get("stroke-dasharray", "") == entry["dash"]
    points = drawn("scatter", tmp_path, {"x": X, "one": X, "other": 2 * X})
    for entry in points.facts["series"]:
        (drawing,) = [e for e in svg_of(tmp_path, points).iter() if e.get("class") == f"points {entry['class']}"]
        outlines = {_from_its_start(outline) for outline in drawing.get("d", "").split("M")[1:]}
        assert outlines == {_from_its_start(entry["mark"].removeprefix("M"))}


def _from_its_start(outline: str) -> str:
    """An outline without the place where it begins: the commands that follow are relative."""
    return re.sub(r"^-?[\d.]+ -?[\d.]+", "", outline)


def test_points_at_one_place_are_drawn_once_and_counted_all(tmp_path: Path) -> None:
    figure = drawn("scatter", tmp_path, {"x": np.array([1.0, 1, 2]), "one": np.array([3.0, 3, 5])})
    (drawing,) = [e for e in svg_of(tmp_path, figure).iter() if (e.get("class") or "").startswith("points")]
    assert drawing.get("d", "").count("M") == 2
    assert figure.table is not None and len(figure.table.rows) == 3


def test_the_diagonal_is_drawn_where_x_should_equal_y_and_nowhere_else(tmp_path: Path) -> None:
    alone = drawn("scatter", tmp_path)
    assert alone.facts["identity"] is True
    (diagonal,) = [e for e in svg_of(tmp_path, alone).iter() if e.get("class") == "identity"]
    (x0, y0), (x1, y1) = re.findall(r"([\d.]+) ([\d.]+)", diagonal.get("d", ""))
    assert float(x1) - float(x0) == pytest.approx(float(y0) - float(y1), abs=1)
    assert drawn("scatter", tmp_path, {"x": X, "logit": X, "probability": X}).facts["identity"] is False


def test_axes_are_logarithmic_where_values_span_decades(tmp_path: Path) -> None:
    x = np.logspace(-9, 0, 10)
    figure = drawn("scatter", tmp_path, {"x": x, "logit": np.arange(10.0) + 1, "probability": np.arange(10.0) + 1})
    assert figure.facts["axes"] == {"x": "log", "y": "linear"}
    with_zero = np.r_[0, x]
    figure = drawn("scatter", tmp_path, {"x": with_zero, "a": with_zero + 1, "b": with_zero + 1}, logarithmic="xy")
    assert figure.facts["axes"] == {"x": "linear", "y": "log"}


def test_ticks_are_round_numbers_with_as_many_decimals_as_they_need() -> None:
    assert [label for _, label in linear_ticks(-0.52, 0.52)] == ["−0.4", "−0.2", "0", "0.2", "0.4"]
    assert [label for _, label in linear_ticks(0, 50)] == ["0", "10", "20", "30", "40", "50"]
    assert [label for _, label in linear_ticks(1e-7, 3e-7)] == [
        "1.0\u00a0×\u00a010⁻⁷",
        "1.5\u00a0×\u00a010⁻⁷",
        "2.0\u00a0×\u00a010⁻⁷",
        "2.5\u00a0×\u00a010⁻⁷",
        "3.0\u00a0×\u00a010⁻⁷",
    ]
    assert [label for _, label in log_ticks(0.5e-3, 2)] == ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]
    assert [label for _, label in log_ticks(1.5, 7)] == ["2", "5"]


def test_a_plane_has_every_point_and_every_line_where_it_belongs(tmp_path: Path) -> None:
    """Corners of a square: the upper right point lies right of the lower left one, and higher."""
    corners = np.array([[0.0, 0.0], [2.0, 1.0]])
    several = np.array([[0, 0.0, 0.0], [0, 2.0, 1.0], [1, 0.0, 1.0], [1, 2.0, 0.0]])
    figure = drawn("plane", tmp_path, {"corners": corners, "edges": several, "x": X})
    root = ET.parse(tmp_path / figure.panels[0].file).getroot()
    (marks,) = [one.get("d", "") for one in root.iter() if (one.get("class") or "").startswith("points ")]
    (left, low), (right, high) = (
        (float(x) + 4.5, float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)a", marks)
    )  # a circle's outline begins at its leftmost point, 4.5 from its centre
    assert left < right and low > high
    lines = [one.get("d") for one in root.iter() if (one.get("class") or "").startswith("line ")]
    assert lines[0] == f"M{left:g} {low:g}L{right:g} {high:g}" and lines[1] == f"M{left:g} {high:g}L{right:g} {low:g}"
    assert [(one["name"], one["count"]) for one in figure.facts["series"]] == [("corners", 2), ("edges", 2)]
    assert alt_text(figure, None, "en", {}) == "Scatter chart with 2 points of corners, 2 lines of edges."


def test_a_plane_needs_points(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"points \(k, 2\)"):
        drawn("plane", tmp_path, {"x": X})


def test_a_table_has_a_column_for_every_array(tmp_path: Path) -> None:
    figure = drawn("table", tmp_path, {"code": np.array(["a", "b"]), "count": np.array([1, 2])})
    assert figure.table and [column.kind for column in figure.table.columns] == ["code", "number"]
    assert figure.table.rows == (("a", 1), ("b", 2))
    assert cell("x < 1", "code") == "<code>x &lt; 1</code>"
    with pytest.raises(ValueError, match="of one length"):
        drawn("table", tmp_path, {"code": np.array(["a", "b"]), "count": np.array([1])})


def test_short_lists_among_the_numbers_make_a_curve(tmp_path: Path) -> None:
    numbers = {"x": [1, 2, 3], "y": [4.0, 5.0, 7.0], "top": [{"index": 1}] * 3}
    figure = draw("curve", {}, numbers, signed=None, picture_pixels=None, folder=tmp_path)
    assert figure.table is not None
    assert figure.table.rows == ((1.0, 4.0), (2.0, 5.0), (3.0, 7.0))


def test_a_small_strong_place_is_not_faint(tmp_path: Path) -> None:
    spot = np.zeros((40, 40))
    spot[3, 4] = CAM.max()
    maps = np.stack([np.full((40, 40), CAM.max()), spot, spot / 1000])
    figure = drawn("strip", tmp_path, {"maps": maps}, signed=False)
    assert [panel.facts["faint"] for panel in figure.panels] == [False, False, True]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    def luminance(colour: tuple[int, ...]) -> float:
        linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def turned(colour: tuple[int, ...]) -> tuple[int, ...]:
    """As ``invert(1) hue-rotate(180deg)`` has it: what differs from grey changes its side."""
    red, green, blue = (255 - part for part in colour)
    grey_part = 0.213 * red + 0.715 * green + 0.072 * blue
    return tuple(round(min(max(2 * grey_part - part, 0), 255)) for part in (red, green, blue))


def test_the_numbers_of_a_matrix_can_be_read_on_light_pages_and_on_dark_ones(tmp_path: Path) -> None:
    for value in np.linspace(-1, 1, 81):
        figure = drawn("matrix", tmp_path, {"matrix": np.array([[value]])})
        cell_drawn, label = next(one for one in svg_of(tmp_path, figure) if one.tag.endswith("}g"))
        colour, ink = (tuple(bytes.fromhex(one.get("fill", "")[1:])) for one in (cell_drawn, label))
        assert contrast(colour, ink) > 4, value
        kept = label.get("class") == "kept"  # turned twice
        assert contrast(turned(colour), ink if kept else turned(ink)) > 4, value


def test_a_matrix_writes_no_negative_zero(tmp_path: Path) -> None:
    figure = drawn("matrix", tmp_path, {"matrix": np.array([[1.0, -0.001], [-0.006, 1.0]])}, names=["one", "other"])
    texts = [element.text for element in svg_of(tmp_path, figure).iter() if element.tag.endswith("text")]
    assert "0.00" in texts
    assert "−0.01" in texts
    assert "−0.00" not in texts


def test_a_matrix_shows_its_values_in_the_colours_of_the_bar(tmp_path: Path) -> None:
    matrix = np.array([[1.0, -1.0], [np.nan, 0.0]])
    figure = drawn("matrix", tmp_path, {"matrix": matrix}, names=["one", "other"])
    cells = [element for element in svg_of(tmp_path, figure).iter() if element.tag.endswith("rect")]
    assert figure.legend is not None
    assert [cell.get("fill") for cell in cells] == [
        figure.legend.stops[16],
        figure.legend.stops[0],
        "#9e9e9e",
        "#f7f7f7",
    ]
    assert figure.table is not None
    assert figure.table.rows == (("one", 1.0, -1.0), ("other", None, 0.0))
    assert figure.facts["highest"] == {"row": 0, "column": 1, "value": -1.0}


def test_bars_are_the_five_likeliest_classes_best_first(tmp_path: Path) -> None:
    figure = drawn("bars", tmp_path)
    assert figure.panels == ()
    assert figure.table is not None
    assert [column.kind for column in figure.table.columns] == ["class", "share", "number"]
    assert [row[0] for row in figure.table.rows] == [9, 8, 7, 6, 5]
    assert figure.table.rows[0] == (9, 0.2, 9.0)


# The pointing game


def test_the_box_is_outlined_and_the_peak_ringed_and_nothing_else_is_changed(tmp_path: Path) -> None:
    """White lines with black beside them; the file is a photograph with small losses."""
    (panel,) = drawn("pointing", tmp_path).panels
    assert (panel.width, panel.height) == (448, 448)
    found = pixels(tmp_path, panel).astype(int)
    plain = pixels(tmp_path, drawn("overlay", tmp_path, {"attribution": CAM}, signed=False).panels[0]).astype(int)
    top, left, bottom = 112, 224, 335  # of the box, in pixels; its right side is the picture's own
    for row, column in [(top + 2, 300), (bottom - 3, 300), (200, left + 2), (200, 444)]:
        assert found[row - 3 : row + 4, column - 3 : column + 4].max() > 200, "the white line"
        assert found[row - 3 : row + 4, column - 3 : column + 4].min() < 60, "and the black one"
    ring = found[56 - 12 : 56 + 13, 112 - 12 : 112 + 13]
    assert ring.max() > 200 and ring.min() < 60
    assert np.abs(found - plain)[380:].max() < 60 and np.abs(found - plain)[150:300, 250:420].mean() < 3


# Every view


@pytest.mark.parametrize("view", list(views()))
def test_a_figure_survives_the_way_through_a_file(view: str, tmp_path: Path) -> None:
    figure = drawn(view, tmp_path)
    assert Figure.from_json(json.loads(json.dumps(figure.to_json(), allow_nan=False))) == figure
    for panel in figure.panels:
        if panel.file.endswith(".webp"):
            assert pixels(tmp_path, panel).shape == (panel.height, panel.width, 3)
    assert {path.name for path in tmp_path.iterdir()} == {panel.file for panel in figure.panels}


@pytest.mark.parametrize("view", list(views()))
def test_drawing_leaves_the_arrays_as_they_are(view: str, tmp_path: Path) -> None:
    copies = {name: values.copy() for name, values in EXAMPLES[view].items()}
    drawn(view, tmp_path)
    assert all(np.array_equal(values, copies[name]) for name, values in EXAMPLES[view].items())


def test_an_unknown_view_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'jet'.*magnitude, map"):
        drawn("jet", tmp_path, {})


@pytest.mark.parametrize(
    ("view", "arrays", "message"),
    [
        ("signed", {"maps": CAM}, "needs the array 'attribution'; the result's arrays: maps"),
        ("signed", {"attribution": np.zeros((2, 2, 4))}, r"not \(2, 2, 4\)"),
        ("curve", {"x": X, "y": X[1:]}, "another array of the shape"),
        ("matrix", {"matrix": np.zeros((2, 3))}, "square"),
        ("before-after", {"before": np.zeros((2, 2, 3)), "after": np.zeros((3, 2, 3))}, "same size"),
        ("grid", {}, "one a layer"),
        ("bars", {}, "'weights'"),
    ],
)
def test_what_a_view_cannot_draw_is_said(view: str, arrays: Arrays, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(view, tmp_path, arrays)


def test_an_overlay_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs the picture"):
        draw("overlay", {"attribution": CAM}, {}, signed=False, picture_pixels=None, folder=tmp_path)


def digests(folder: Path) -> dict[str, str]:
    """Every view's files and facts, each view in a folder of its own, as one digest a view."""
    found = {}
    for view in views():
        place = folder / view
        place.mkdir()
        content = json.dumps(drawn(view, place).to_json()).encode()
        content += b"".join(path.read_bytes() for path in sorted(place.iterdir()))
        found[view] = hashlib.sha256(content).hexdigest()
    return found


def answer_of(code: str) -> Any:
    """What a process of its own, with another hash seed, prints as JSON."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1]), *sys.path]
    surroundings = {**os.environ, "PYTHONHASHSEED": "4321", "PYTHONPATH": os.pathsep.join(paths)}
    answer = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


@pytest.mark.slow
def test_the_same_bytes_in_every_process_and_no_pyplot(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    code = f"""
import json, pathlib, sys, test_figures
found = test_figures.digests(pathlib.Path({str(there)!r}))
print(json.dumps([found, "matplotlib.pyplot" in sys.modules, "tensorflow" in sys.modules]))
"""
    assert answer_of(code) == [digests(here), False, False]


def test_words_need_neither_numpy_nor_matplotlib() -> None:
    code = """
import json, sys
import netviz.figures
heavy = ("numpy", "matplotlib", "tensorflow", "PIL", "netviz.networks")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""
    assert answer_of(code) == []

"""Values that readers can point at, and regions that can be found: held against loops and cases worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from netviz.figures import draw
from netviz.figures.readings import map_readings, patch_readings
from netviz.figures.views.region_bars import middle, outline

RANDOM = np.random.default_rng(11)


def test_a_coarse_map_is_read_value_by_value() -> None:
    values = RANDOM.normal(size=(14, 9))
    readings = map_readings(values)
    assert readings is not None
    assert (readings.kind, readings.rows, readings.columns) == ("each", 14, 9)
    assert readings.step == readings.size == pytest.approx((1 / 14, 1 / 9), rel=1e-5)
    read = np.array(readings.values).reshape(14, 9) * 10.0**readings.power
    assert np.abs(read - values).max() <= 0.5 * 10.0**readings.power
    assert 100 <= max(map(abs, readings.values)) <= 1000  # three digits of the greatest


@pytest.mark.parametrize("side", [29, 56, 100, 224])
def test_a_fine_map_is_read_by_the_strongest_value_of_each_cell(side: int) -> None:
    values = RANDOM.normal(size=(side, side))
    readings = map_readings(values)
    assert readings is not None and readings.kind == "strongest"
    for row, column in ((0, 0), (3, 17), (27, 27)):
        rows, columns = (
            slice(int(n * side / 28), int(np.ceil((n + 1) * side / 28 - 1e-9))) for n in (row, column)
        )  # every pixel that the cell touches
        part = values[rows, columns].ravel()
        strongest = max(part, key=abs)
        assert readings.values[28 * row + column] == round(strongest / 10.0**readings.power)


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.full((4, 4), 2.5), np.array([[1.0, np.nan]])])
def test_a_map_that_shows_nothing_has_nothing_to_read(values: NDArray[np.float64]) -> None:
    assert map_readings(values) is None


def test_patches_are_read_with_their_true_size_and_the_score_that_remains() -> None:
    drops = np.array([[0.5, -0.25, 0.125], [4.0, 1.0, 0.0]])
    readings = patch_readings(drops, 32, 16, 10.5, (48, 64))
    assert readings is not None and readings.kind == "patch"
    assert readings.step == pytest.approx((16 / 48, 16 / 64), rel=1e-5)
    assert readings.size == pytest.approx((32 / 48, 32 / 64), rel=1e-5)
    assert [value * 10.0**readings.power for value in readings.values] == pytest.approx([0.5, -0.25, 0.12, 4, 1, 0])
    assert readings.score == 10.5


def test_a_map_of_hidden_patches_is_read_patch_by_patch(tmp_path: Path) -> None:
    arrays = {"attribution": RANDOM.random((64, 64)), "drops": RANDOM.random((3, 3))}
    picture = np.zeros((448, 448, 3), np.uint8)
    figure = draw(
        "overlay", arrays, {"score": 7.0}, signed=True, picture_pixels=picture, folder=tmp_path, patches=(32, 16)
    )
    readings = figure.panels[0].readings
    assert readings is not None
    assert (readings.kind, readings.rows, readings.score) == ("patch", 3, 7.0)


# Regions


def filled(path: str, height: int, width: int) -> NDArray[np.bool_]:
    """The pixels inside an SVG path of horizontal and vertical lines, by counting crossings to their left."""
    vertical = []
    for loop in re.findall(r"M[^Z]*Z", path):
        corners = []
        for command, text in re.findall(r"([MHV])([\d ]+)", loop):
            x, y = corners[-1] if corners else (0, 0)
            numbers = list(map(int, text.split()))
            corners.append(tuple(numbers) if command == "M" else (numbers[0], y) if command == "H" else (x, numbers[0]))
        for (x, y), (_, below) in zip(corners, [*corners[1:], corners[0]], strict=True):
            vertical.append((x, min(y, below), max(y, below)))
    mask = np.zeros((height, width), bool)
    for row in range(height):
        for column in range(width):
            mask[row, column] = sum(x <= column and top <= row < bottom for x, top, bottom in vertical) % 2
    return mask


@pytest.mark.parametrize("seed", range(5))
def test_an_outline_goes_around_exactly_the_pixels_of_its_region(seed: int) -> None:
    mask = np.random.default_rng(seed).random((9, 12)) < 0.5  # parts, holes, and pixels that touch at corners only
    assert np.array_equal(filled(outline(mask), 9, 12), mask)


def test_the_number_of_a_region_stands_inside_it() -> None:
    ring = np.ones((9, 9), bool)
    ring[2:7, 2:7] = False
    row, column = middle(ring)
    assert ring[int(row), int(column)]
    square = np.zeros((9, 9), bool)
    square[1:6, 2:7] = True
    assert middle(square) == (3.5, 4.5)


def test_regions_are_numbered_like_their_bars_and_outlined_on_the_photo(tmp_path: Path) -> None:
    regions = np.repeat(np.arange(3), 4)[None].repeat(6, axis=0)  # three upright stripes
    arrays = {"regions": regions, "weights": np.array([0.5, -2.0, 0.0, 0.0])}
    picture = np.zeros((448, 448, 3), np.uint8)
    figure = draw("bars", arrays, {}, signed=True, picture_pixels=picture, folder=tmp_path)
    assert figure.table is not None
    assert figure.table.rows == ((1, -2.0, "centre"), (2, 0.5, "centre-left"))
    first, second = figure.panels[0].facts["outlines"]
    assert (first["sign"], second["sign"]) == ("against", "for")
    assert (first["strength"], second["strength"]) == (1.0, 0.25)  # the heavier, the stronger the tint
    assert np.array_equal(filled(first["path"], 6, 12), regions == 1)

"""The explorer of layers: its geometry against derivatives, and the page as a reader drives it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny import make_tiny, random_pictures

from netviz.languages.class_names import class_name
from netviz.networks.architecture import vgg16_layers
from netviz.site.page_figures.explorer import field, margin, solid

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

VGG16 = {layer.name: layer for layer in vgg16_layers("compact")}


def test_the_field_of_a_cell_holds_exactly_the_pixels_that_it_answers_to() -> None:
    """Every pixel of some pictures is changed, one at a time, to see which cells of which layer change with it."""
    side = 8
    network = make_tiny(seed=3, head="pooled").to_keras()
    layers = [one for one in network.layers if one.is_spatial]
    pictures = random_pictures(12, side, seed=2)
    changed = np.repeat(pictures[:, None], side * side, axis=1).reshape(12, side, side, side, side, 3)
    for row in range(side):
        for column in range(side):
            changed[:, row, column, row, column] = 255 - changed[:, row, column, row, column]
    names = [layer.name for layer in layers]
    before = network.activations(pictures, names)
    after = network.activations(changed.reshape(-1, side, side, 3), names)
    for layer in layers:
        height, width, channels = layer.shape
        answers = after[layer.name].reshape(12, side, side, height, width, channels)
        moved = np.abs(answers - before[layer.name][:, None, None]) > 1e-4 * np.abs(answers).max()  # not by rounding
        reaches = moved.any(axis=(0, 5))  # pixels, then cells
        for row in range(height):
            for column in range(width):
                top, left, bottom, right = field(layer, row, column, side, side) or (0, 0, 0, 0)
                expected = np.zeros((side, side), bool)
                expected[top:bottom, left:right] = True
                assert np.array_equal(reaches[:, :, row, column], expected), (layer.name, row, column)


def test_fields_of_vgg16_are_as_wide_as_its_layers_say_and_cut_at_the_edges() -> None:
    assert field(VGG16["block1_conv1"], 0, 100, 224, 224) == (0, 99, 2, 102)
    assert field(VGG16["block2_pool"], 10, 20, 224, 224) == (34, 74, 50, 90)  # 4 * 10 - 6, and 16 wide
    assert field(VGG16["block5_conv3"], 7, 7, 224, 224) == (22, 22, 218, 218)
    assert field(VGG16["block5_conv3"], 0, 13, 224, 224) == (0, 118, 106, 224)
    assert field(VGG16["predictions"], 0, 0, 224, 224) is None
    for layer in VGG16.values():
        reach = margin(layer)
        if reach is not None and layer.stride and layer.receptive_field:
            assert layer.stride + 2 * reach == layer.receptive_field


def test_solids_have_the_proportions_of_the_layers() -> None:
    tall, wide = solid(VGG16["block1_conv1"]), solid(VGG16["block4_conv1"])
    assert tall.height == pytest.approx(8 * wide.height, rel=1e-3)  # 224 and 28 places
    depth = {one: 0.3 * 0.36 * one for one in (224, 28)}
    assert (wide.width - depth[28]) == pytest.approx(8 * (tall.width - depth[224]), rel=1e-3)  # 512 and 64 channels


# In a browser

LESSON = "what-a-gradient-says.html"
TEXT = "return document.querySelector('#says-grid {}').textContent"
CANVAS = "#says-grid canvas"
CHANNELS = "return document.getElementById('says-grid@block3_conv2').dataset.channels"
LEFT, UP, RIGHT, DOWN, PAGE_DOWN, END, ENTER = "\ue012", "\ue013", "\ue014", "\ue015", "\ue00f", "\ue010", "\ue007"


def share(browser: Browser, selector: str) -> list[float]:
    """Top, left, bottom and right of an element, in shares of what it lies in."""
    return [
        float(one)
        for one in browser.run(
            "const one = document.querySelector(arguments[0]);"
            "const [a, b] = [one.getBoundingClientRect(), one.parentElement.getBoundingClientRect()];"
            "return [(a.top - b.top) / b.height, (a.left - b.left) / b.width,"
            "(a.bottom - b.top) / b.height, (a.right - b.left) / b.width]",
            f"#says-grid {selector}",
        )
    ]


@pytest.fixture
def opened(browser: Browser, site: Path) -> Browser:
    browser.open((site / LESSON).resolve().as_uri() + "#says-grid@block3_conv2:5")
    return browser


def test_the_address_names_the_layer_and_the_channel(opened: Browser) -> None:
    assert opened.run(TEXT.format(".which")).startswith("block3_conv2, channel 5 of")
    opened.click("#says-grid .next")
    opened.expect(opened.address, lambda address: address.endswith("#says-grid@block3_conv2:6"))
    opened.click("#says-grid .network a[href$=block2_pool]")
    opened.expect(opened.address, lambda address: "#says-grid@block2_pool:" in address)
    assert opened.console_errors() == []


def test_the_field_on_the_photo_is_the_one_that_the_layer_has(opened: Browser) -> None:
    opened.press(*[LEFT] * 70, *[UP] * 70, DOWN, RIGHT, on=CANVAS)  # far to the upper left, then one back
    expected = np.array(field(VGG16["block3_conv2"], 1, 1, 224, 224)) / 224
    opened.expect(lambda: share(opened, ".field"), pytest.approx(list(expected), abs=0.005))
    assert share(opened, ".tile .cell")[:2] == pytest.approx([1 / 56, 1 / 56], abs=0.005)
    top, left, bottom, right = field(VGG16["block3_conv2"], 1, 1, 224, 224) or (0, 0, 0, 0)
    words = f"Row 2, column 2 sees the photo's pixels {left + 1} to {right} across and {top + 1} to {bottom} down."
    assert opened.run(TEXT.format(".controls .readout")) == words


def test_on_a_dark_page_only_a_layer_whose_zero_is_white_is_turned(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    html = (site / LESSON).read_text("utf-8")
    assert html.count('class="layer" id="says-grid@input"') == 1  # none of the layers here has negative values
    page = tmp_path / LESSON
    page.write_text(
        html.replace('class="layer" id="says-grid@input"', 'class="layer signed" id="says-grid@input"'), "utf-8"
    )
    for folder in ("assets", "figures"):
        (tmp_path / folder).symlink_to(site.resolve() / folder)
    browser.open(page.as_uri() + "#says-grid@block3_conv2:5")
    browser.colours("dark")
    turned = (
        "return ['.tile canvas', '.channels img', '[id$=input] img', '[id$=block3_conv2] img'].map((one) =>"
        " getComputedStyle(document.querySelector(`#says-grid ${one}`)).filter.includes('invert'))"
    )
    browser.expect(turned, [False, False, True, False])
    browser.click("#says-grid .network a[href$=input]")
    browser.expect(turned, [True, True, True, False])


def test_channels_are_walked_with_the_keyboard_and_say_their_numbers(opened: Browser) -> None:
    data = json.loads(opened.run(CHANNELS))
    opened.press(PAGE_DOWN, on=CANVAS)
    opened.expect(TEXT.format(".which"), lambda text: text.startswith("block3_conv2, channel 6 of"))
    assert float(opened.run(TEXT.format(".max"))) == data["max"][6] > 0
    assert float(opened.run(TEXT.format(".mean"))) == data["mean"][6]
    opened.press(END, on=CANVAS)
    opened.expect("return document.querySelector('#says-grid input').value", str(data["channels"] - 1))


def test_the_channel_is_enlarged_from_its_place_on_the_sheet(opened: Browser) -> None:
    """Reading a canvas is not allowed from file://, so the place that is marked on the sheet has to do."""
    data = json.loads(opened.run(CHANNELS))
    opened.click("#says-grid .channels")
    opened.expect(TEXT.format(".which"), lambda text: "channel 5 of" not in text)
    number = int(opened.run("return document.querySelector('#says-grid input').value"))
    left = (number % data["columns"]) * (data["tile"][1] + data["gap"])
    width = data["columns"] * (data["tile"][1] + data["gap"]) - data["gap"]
    assert share(opened, ".channels .cell")[1] == pytest.approx(left / width, abs=0.01)


def test_a_unit_of_the_last_layer_says_which_class_it_stands_for(opened: Browser) -> None:
    opened.click("#says-grid .network a[href$=predictions]")
    opened.expect(TEXT.format(".which"), lambda text: text.startswith("predictions, channel"))
    strongest = int(opened.run("return document.querySelector('#says-grid input').value"))
    said = f"Unit {strongest} ({class_name(strongest, 'en')}) sees the whole photo."
    opened.expect(TEXT.format(".controls .readout"), said)
    opened.click("#says-grid .network a[href$=hidden]")
    opened.expect(TEXT.format(".controls .readout"), lambda text: "(" not in text)


def test_without_scripts_the_drawing_leads_to_the_sheets(browser: Browser, site: Path) -> None:
    browser.scripts(False)
    browser.open(site / LESSON)
    browser.press(ENTER, on="#says-grid .network a[href$=block4_conv1]")
    browser.expect("return document.querySelector(':target')?.id", "says-grid@block4_conv1")
    assert browser.shown("[id='says-grid@block4_conv1'] img")
    assert not browser.shown(".explorer")

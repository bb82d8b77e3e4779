"""Figures that answer to the pointer and the keyboard, in a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from selenium.webdriver import ActionChains

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

LESSON = "what-a-gradient-says.html"
LEFT, UP, RIGHT, DOWN = "\ue012", "\ue013", "\ue014", "\ue015"
READOUT = "return document.querySelector('#says-{} .plates > .readout').textContent"


def written(browser: Browser, figure: str, row: int, column: int) -> str:
    """The value that the page's data hold for a cell of a figure's first map, as the read-out writes it."""
    data = json.loads(browser.run(f"return document.querySelector('#says-{figure} [data-readings]').dataset.readings"))
    value = data["values"][row * data["columns"] + column] * 10.0 ** data["power"]
    sign = "-+"[value > 0] if value and min(data["values"]) < 0 else ""
    return f"{sign}{abs(value):.{-data['power']}f}".replace("-", "−")


def test_a_map_is_read_with_the_arrow_keys(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    cells = browser.driver.find_element("css selector", "#says-raw .cells")
    cells.send_keys(*[LEFT] * 20, *[UP] * 20)
    assert browser.run(READOUT.format("raw")).endswith(f"Row 1, column 1 of 14 × 14: {written(browser, 'raw', 0, 0)}")
    cells.send_keys(DOWN, RIGHT, RIGHT)
    assert browser.run(READOUT.format("raw")).endswith(f"Row 2, column 3 of 14 × 14: {written(browser, 'raw', 1, 2)}")


def test_a_map_is_read_with_the_pointer_and_marks_the_cell_on_every_map(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    cells = browser.driver.find_element("css selector", "#says-raw .cells")
    browser.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", cells)
    size = cells.size
    ActionChains(browser.driver).move_to_element_with_offset(
        cells, -size["width"] * 0.25, size["height"] * 0.1
    ).perform()
    row, column = int(14 * 0.6), int(14 * 0.25)
    text = f"Row {row + 1}, column {column + 1} of 14 × 14: {written(browser, 'raw', row, column)}"
    assert browser.run(READOUT.format("raw")).endswith(text)
    marks = browser.driver.find_elements("css selector", "#says-raw .mark")
    assert len(marks) == 2 and all(mark.is_displayed() for mark in marks)


def test_the_read_out_keeps_its_place(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    height = "return document.documentElement.scrollHeight"
    before = browser.run(height)
    browser.driver.find_element("css selector", "#says-signed .cells").send_keys(DOWN)
    assert browser.run(READOUT.format("signed")).startswith("Strongest value in cell 16, 15 of 28 × 28")
    assert browser.run(height) == before


def test_the_divider_moves_with_the_keyboard_and_uncovers_the_picture_before(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    divider = browser.driver.find_element("css selector", "#says-before-after .divider input")
    clip = "return getComputedStyle(document.querySelector('#says-before-after .after .frame')).clipPath"
    before = browser.run(clip)
    assert "50%" in before
    divider.send_keys(RIGHT, RIGHT)
    assert "52%" in browser.run(clip)
    boxes = [
        browser.driver.find_element("css selector", f"#says-before-after .{one} img").rect
        for one in ("before", "after")
    ]
    assert boxes[0] == boxes[1]


def test_without_scripts_before_and_after_stand_side_by_side(browser: Browser, site: Path) -> None:
    browser.scripts(False)
    browser.open(site / LESSON)
    boxes = [
        browser.driver.find_element("css selector", f"#says-before-after .{one} img").rect
        for one in ("before", "after")
    ]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    assert not browser.driver.find_element("css selector", "#says-before-after .divider").is_displayed()
    assert not browser.driver.find_element("css selector", "#says-raw .readout").is_displayed()


def test_a_region_and_its_bar_light_up_together(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    row = browser.driver.find_element("css selector", "#says-regions tr[data-region='3']")
    browser.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", row)
    ActionChains(browser.driver).move_to_element(row).perform()
    lit = "return Array.from(document.querySelectorAll('.lit'), (one) => [one.tagName, one.dataset.region])"
    assert sorted(browser.run(lit)) == [["TR", "3"], ["g", "3"]]
    region = browser.driver.find_element("css selector", "#says-regions g[data-region='7'] text")
    ActionChains(browser.driver).move_to_element(region).perform()
    assert sorted(browser.run(lit)) == [["TR", "7"], ["g", "7"]]

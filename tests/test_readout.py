"""Figures that answer to the pointer and the keyboard, in a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

LESSON = "what-a-gradient-says.html"
LEFT, UP, RIGHT, DOWN = "\ue012", "\ue013", "\ue014", "\ue015"
READOUT = "return document.querySelector('#says-{} .plates > .readout').textContent"
BOXES = """return ['.before img', '.after img'].map((one) => {
    const {left, right, top, bottom} = document.querySelector('#says-before-after ' + one).getBoundingClientRect();
    return {left, right, top, bottom};
})"""  # both by one question: the page may still be scrolling


def written(browser: Browser, figure: str, row: int, column: int) -> str:
    """The value that the page's data hold for a cell of a figure's first map, as the read-out writes it."""
    data = json.loads(browser.run(f"return document.querySelector('#says-{figure} [data-readings]').dataset.readings"))
    value = data["values"][row * data["columns"] + column] * 10.0 ** data["power"]
    sign = "-+"[value > 0] if value and min(data["values"]) < 0 else ""
    return f"{sign}{abs(value):.{-data['power']}f}".replace("-", "−")


def test_a_map_is_read_with_the_arrow_keys(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    first, other = written(browser, "raw", 0, 0), written(browser, "raw", 1, 2)
    browser.press(*[LEFT] * 20, *[UP] * 20, on="#says-raw .cells")
    browser.expect(READOUT.format("raw"), lambda text: text.endswith(f"Row 1, column 1 of 14 × 14: {first}"))
    browser.press(DOWN, RIGHT, RIGHT, on="#says-raw .cells")
    browser.expect(READOUT.format("raw"), lambda text: text.endswith(f"Row 2, column 3 of 14 × 14: {other}"))


def test_a_map_is_read_with_the_pointer_and_marks_the_cell_on_every_map(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    row, column = int(14 * 0.6), int(14 * 0.25)
    value = written(browser, "raw", row, column)
    browser.point("#says-raw .cells", right=-0.25, down=0.1)
    text = f"Row {row + 1}, column {column + 1} of 14 × 14: {value}"
    browser.expect(READOUT.format("raw"), lambda shown: shown.endswith(text))
    marks = "return Array.from(document.querySelectorAll('#says-raw .mark'), (one) => one.checkVisibility())"
    browser.expect(marks, [True, True])


def test_the_read_out_keeps_its_place(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    height = "return document.documentElement.scrollHeight"
    before = browser.run(height)
    browser.press(DOWN, on="#says-signed .cells")
    browser.expect(READOUT.format("signed"), lambda text: text.startswith("Strongest value in cell 16, 15 of 28 × 28"))
    assert browser.run(height) == before


def test_the_divider_moves_with_the_keyboard_and_uncovers_the_picture_before(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    clip = "return getComputedStyle(document.querySelector('#says-before-after .after .frame')).clipPath"
    assert "50%" in browser.run(clip)
    browser.press(RIGHT, RIGHT, on="#says-before-after .divider input")
    browser.expect(clip, lambda shape: "52%" in shape)
    before, after = browser.run(BOXES)
    assert before == after


def test_without_scripts_before_and_after_stand_side_by_side(browser: Browser, site: Path) -> None:
    browser.scripts(False)
    browser.open(site / LESSON)
    before, after = browser.run(BOXES)
    assert before["right"] <= after["left"]
    assert not browser.shown("#says-before-after .divider")
    assert not browser.shown("#says-raw .readout")


def test_a_region_and_its_bar_light_up_together(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    lit = "return Array.from(document.querySelectorAll('.lit'), (one) => [one.tagName, one.dataset.region]).sort()"
    browser.point("#says-regions tr[data-region='3']")
    browser.expect(lit, [["TR", "3"], ["g", "3"]])
    browser.point("#says-regions g[data-region='7'] text")
    browser.expect(lit, [["TR", "7"], ["g", "7"]])


def test_a_bar_has_the_colour_of_the_sign_of_its_region(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    colours: list[tuple[str, str]] = browser.run(
        """return Array.from(document.querySelectorAll('#says-regions tr[data-region]'), (row) => [
            document.querySelector(`#says-regions g[data-region='${row.dataset.region}']`).getAttribute('class'),
            getComputedStyle(row.querySelector('.bar span'), '::before').backgroundColor])"""
    )
    assert {sign for sign, _ in colours} == {"for", "against"}
    assert len(set(map(tuple, colours))) == 2

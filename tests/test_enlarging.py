"""Figures that fill the window: reached and left with the keyboard, a click or a finger, and whole on both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

LESSON = "what-a-gradient-says.html"
ENTER, SPACE, ESCAPE, LEFT = "\ue007", " ", "\ue00c", "\ue012"
OPEN = "return document.querySelector('.enlarged').open"
FOCUS = "return document.activeElement.className"
SHOWN = "return document.querySelector('.enlarged .experiment')?.id ?? ''"
WIDTH = "return document.querySelector('#{} .plate img').getBoundingClientRect().width"
WHERE = """const figure = document.getElementById('says-signed');
    return [figure.previousElementSibling.textContent, figure.nextElementSibling.textContent, Math.round(scrollY),
        document.documentElement.scrollHeight]"""


def click(browser: Browser, selector: str) -> None:
    """A click on what may be anywhere on the page, and on pictures that come late."""
    browser.do("document.querySelector(arguments[0]).scrollIntoView({behavior: 'instant', block: 'center'})", selector)
    browser.expect("return document.readyState", "complete")
    browser.click(selector)


def test_the_button_enlarges_and_escape_gives_all_back(browser: Browser, site: Path) -> None:
    browser.viewport(1440, 1000)
    browser.open(site / LESSON)
    assert browser.name("#says-signed .enlarge") == "Enlarge Figure 1 Gradient your photo"
    width, alt = browser.run(WIDTH.format("says-signed")), browser.name("#says-signed .plate img")
    browser.press(ENTER, on="#says-signed .enlarge")
    browser.expect(SHOWN, "says-signed")
    assert browser.run(WIDTH.format("says-signed")) > 1.5 * width
    assert (browser.name(".enlarged .plate img"), browser.name(".enlarged")) == (alt, "Figure 1 Gradient your photo")
    assert browser.run(FOCUS) == "close"
    browser.press(ESCAPE)
    browser.expect(OPEN, False)
    browser.expect(FOCUS, "enlarge")
    assert browser.run(WIDTH.format("says-signed")) == width


@pytest.mark.parametrize("key", [ENTER, SPACE])
def test_a_map_is_enlarged_with_the_keyboard_and_has_the_focus_again(browser: Browser, site: Path, key: str) -> None:
    browser.open(site / LESSON)
    browser.do("document.querySelector('#says-signed .cells').scrollIntoView({behavior: 'instant', block: 'center'})")
    browser.expect("return scrollY > 0")
    before = browser.run(WHERE)
    browser.press(key, on="#says-signed .cells")
    browser.expect(SHOWN, "says-signed")
    browser.press(ENTER, on=".enlarged .close")
    browser.expect(FOCUS, "cells")
    assert browser.run(WHERE) == before


def test_a_click_enlarges_pictures_and_charts_but_not_what_is_dragged(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    for figure, shown in (("says-signed .cells", "says-signed"), ("says-curve .chart", "says-curve")):
        click(browser, f"#{figure}")
        browser.expect(SHOWN, shown)
        browser.click(".enlarged .close")
        browser.expect(OPEN, False)
    browser.follow("#says-before-after .after img")
    browser.expect("return document.querySelector('#says-before-after .divider input').value", "50")
    assert not browser.run(OPEN)


def test_a_finger_reads_values_and_enlarges_with_the_button(browser: Browser, site: Path) -> None:
    browser.viewport(390, 844)
    browser.open(site / LESSON)
    tap = """document.querySelector('#says-signed .cells').dispatchEvent(
        new PointerEvent('click', {bubbles: true, pointerType: 'touch'}))"""
    browser.do(tap)
    browser.expect(OPEN, False)
    click(browser, "#says-panels .enlarge")
    browser.expect(SHOWN, "says-panels")
    assert browser.run(WIDTH.format("says-panels")) > 360  # they stand one below the other
    assert browser.overflow() == 0


def test_two_fingers_make_an_enlarged_map_larger_still(browser: Browser, site: Path) -> None:
    browser.viewport(390, 844)
    browser.open(site / LESSON)
    click(browser, "#says-signed .enlarge")
    browser.expect(OPEN)
    browser.pinch(195, 200, 2)
    browser.expect("return visualViewport.scale", lambda scale: scale > 1.5)


def test_a_slider_moves_in_the_dialog_and_stays_there_afterwards(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    click(browser, "#says-slider .enlarge")
    browser.expect(SHOWN, "says-slider")
    browser.press(LEFT, on=".enlarged .slider input")
    browser.expect("return location.hash", "#says-slider@5")
    browser.press(ESCAPE)
    browser.expect(OPEN, False)
    assert browser.run("return document.querySelector('#says-slider output').textContent") == "5"
    assert browser.console_errors() == []


def test_a_phrase_that_leads_to_another_figure_closes_the_dialog(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    click(browser, "#says-signed .enlarge")
    browser.expect(SHOWN, "says-signed")
    browser.do("document.querySelector('.enlarged .caption').innerHTML = '<a href=\"#says-slider@1\">one sample</a>'")
    browser.expect(OPEN)
    browser.follow(".enlarged .caption a")
    browser.expect("return location.hash", "#says-slider@1")
    browser.expect(OPEN, False)


def test_paper_gets_the_figure_in_its_place(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    click(browser, "#says-signed .enlarge")
    browser.expect(OPEN)
    browser.do("dispatchEvent(new Event('beforeprint'))")
    browser.expect(OPEN, False)
    assert browser.run("return document.querySelectorAll('article .experiment').length") == 13


def test_axe_finds_nothing_in_the_dialog(browser: Browser, site: Path) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    browser.viewport(390, 844)
    browser.colours("dark")
    browser.open(site / f"zh/{LESSON}")
    click(browser, "#says-signed .enlarge")
    browser.expect(OPEN)
    assert browser.violations() == []

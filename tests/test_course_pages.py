"""The real course as readers meet it: every page in both languages, in a real browser and from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from real_course import COURSE, SLUGS, built

from netviz.languages.known import DEFAULT
from netviz.site.site_map import page_path

if TYPE_CHECKING:
    from browser import Browser

pytestmark = pytest.mark.course

NARROW, WIDE = 320, 2560  # CSS pixels of the windows in which nothing must be scrolled sideways either
MODES: list[tuple[int, Literal["light", "dark"]]] = [(1440, "light"), (360, "dark"), (1440, "dark"), (360, "light")]
# Two of the four ways for each page, one for each language; over the pages every way is met in both.
SEEN = [
    (page_path(language, slug), *MODES[(number + shift) % 4])
    for number, slug in enumerate(SLUGS)
    for language, shift in (("en", 0), ("zh", 1))
]

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
LOAD_ALL = "document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })"
LOADED = "return Array.from(document.images).every((one) => one.complete)"
MISSING = "return Array.from(document.images).filter((one) => !one.naturalWidth).map((one) => one.src)"


@built
@pytest.mark.parametrize(("page", "width", "colours"), SEEN)
def test_a_page_is_whole_and_open_to_everyone(
    browser: Browser, course_site: Path, page: str, width: int, colours: Literal["light", "dark"]
) -> None:
    browser.colours(colours)
    browser.viewport(NARROW, 900)
    browser.open(course_site / page)
    for wide in (NARROW, WIDE, width):
        browser.viewport(wide, 900)
        browser.expect("return window.innerWidth", wide)
        assert browser.overflow() == 0, wide  # with what can be opened still closed
    browser.do(f"{OPEN_ALL}; {LOAD_ALL}")
    browser.expect(LOADED)
    assert browser.run(MISSING) == []
    assert browser.overflow() == 0
    assert browser.console_errors() == []  # before axe, which asks for what the page forbids
    assert browser.violations() == []


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_every_lesson_reads_without_scripts(browser: Browser, course_site: Path, language: str) -> None:
    browser.scripts(False)
    for lesson in COURSE.lessons:
        browser.open(course_site / page_path(language, lesson.slug))
        shown = browser.run("return document.querySelector('article').innerText")
        assert lesson.texts[language].front.title in browser.run("return document.querySelector('h1').innerText")
        for question in COURSE.questions_of(lesson):
            answer = f"#{question.id} details"
            browser.do(f"document.querySelector('{answer}').open = true")
            browser.expect(f"return document.querySelector('{answer} p').innerText", lambda text: text != "")
        assert "{{" not in shown and "{%" not in shown
        buttons = "document.querySelectorAll('button:not([popovertarget])')"  # what opens a popover needs no script
        visible = f"return Array.from({buttons}).filter((one) => one.checkVisibility()).length"
        assert browser.run(visible) == 0, lesson.slug


@built
@pytest.mark.parametrize(("page", "query"), [("zh/index.html", "积分梯度"), ("regions.html", "integrated gradients")])
def test_the_search_answers_from_a_folder(browser: Browser, course_site: Path, page: str, query: str) -> None:
    browser.open(course_site / page)
    browser.press("/", on="body")
    browser.expect("return document.activeElement.type", "search")
    browser.press(query)
    browser.expect(
        "return document.querySelector('.finder li b').textContent", lambda found: found.lower().startswith(query)
    )

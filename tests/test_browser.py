"""What the other tests ask a browser with: it waits for what comes of an act, and finds what is wrong with a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser import Browser

PAGE = """<!doctype html><html lang="en"><title>A page</title><style>p {{ color: #222 }} {style}</style>
<main><h1>A page</h1>{paragraphs}<button onclick="setTimeout(() => {{ document.title = 'Late' }}, 300)">Later</button>
</main></html>"""
PARAGRAPHS = "".join(f"<p>Paragraph {number}, <em>the same</em>.</p>" for number in range(100))
LINKS = "".join(f"<p><a href='{n}'>Alone</a></p><p>Among words, <a href='{n}'>a link</a>.</p>" for n in range(50))


def opened(browser: Browser, folder: Path, style: str = "", paragraphs: str = PARAGRAPHS) -> Browser:
    page = folder / "page.html"
    page.write_text(PAGE.format(style=style, paragraphs=paragraphs), "utf-8")
    browser.open(page)
    return browser


def test_what_comes_late_is_waited_for_and_may_not_be_asked_for_before(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path).click("button")
    for hasty in (lambda: browser.run("return document.title"), browser.violations, lambda: browser.press("a")):
        with pytest.raises(AssertionError, match="may not have come yet"):
            hasty()
    browser.expect("return document.title", "Late")
    assert browser.run("return document.title") == "Late"


def test_a_script_that_does_something_is_an_act(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path)
    with pytest.raises(AssertionError, match="one to `do`"):
        browser.run("document.title = 'New'")
    browser.do("document.title = 'New'")
    with pytest.raises(AssertionError, match="may not have come yet"):
        browser.run("return document.title")
    browser.expect("return document.title", "New")


def test_what_never_comes_is_told_with_what_came_instead(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("browser.PATIENCE", 0.2)
    with pytest.raises(AssertionError, match=r"document\.title: 'A page', not 'Never'"):
        opened(browser, tmp_path).expect("return document.title", "Never")


@pytest.mark.parametrize(
    ("style", "paragraphs", "rule"),
    [
        ("p:nth-of-type(70) { color: #aaa }", PARAGRAPHS, "color-contrast"),
        ("p:nth-of-type(70) em { opacity: 0.4 }", PARAGRAPHS, "color-contrast"),
        ("p:nth-of-type(70) { background: #555 }", PARAGRAPHS, "color-contrast"),
        ("input { color: #aaa }", PARAGRAPHS + "<label>A field <input value='Ann'></label>", "color-contrast"),
        ("", PARAGRAPHS + "<img src='data:,'>", "image-alt"),
        ("p:nth-of-type(70) a { text-decoration: none }", LINKS, "link-in-text-block"),
        ("a { text-decoration: none }", LINKS, "link-in-text-block"),
    ],
)
def test_one_fault_among_much_that_is_alike_is_found(
    browser: Browser, tmp_path: Path, style: str, paragraphs: str, rule: str
) -> None:
    assert opened(browser, tmp_path, "", PARAGRAPHS + LINKS).violations() == []
    [found] = opened(browser, tmp_path, style, paragraphs).violations()
    assert found.startswith(rule)

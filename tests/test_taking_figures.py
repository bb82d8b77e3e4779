"""What readers take along of one figure: a picture for slides, and a frame for a page of theirs."""

from __future__ import annotations

import base64
import functools
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from browser import Browser

LESSON = "what-a-gradient-says.html"
KEEP = """window.kept = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { kept.push(blob); return make(blob); };
    HTMLAnchorElement.prototype.click = function () { kept.push(this.download); };"""
READ = """kept.at(-2).arrayBuffer().then((bytes) => {
    window.told = btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(''));
})"""
STATUS = "return document.querySelector('.enlarged [role=status]').textContent"
SNIPPET = "return document.querySelector('.snippet textarea').value"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where a server shows the site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def enlarge(browser: Browser, figure: str) -> None:
    browser.follow(f"#{figure} .enlarge")
    browser.expect("return document.querySelector('.enlarged').open")


def close(browser: Browser) -> None:
    browser.follow(".enlarged .close")
    browser.expect("return document.querySelector('.enlarged').open", False)


def test_a_figure_is_saved_as_a_picture_in_the_light(browser: Browser, address: str) -> None:
    browser.colours("dark")
    with browser.running_first(KEEP):
        browser.open(f"{address}/{LESSON}")
        for figure in ("says-signed", "says-bars", "says-before-after"):
            enlarge(browser, figure)
            browser.follow(".keep")
            browser.expect(f"return kept.at(-1) || ({STATUS[7:]})", f"{figure}.png")
            browser.do(f"window.told = ''; {READ}")
            browser.expect("return Boolean(told)")
            picture = Image.open(io.BytesIO(base64.b64decode(browser.run("return told")))).convert("RGB")
            close(browser)
            assert (picture.format or "PNG", picture.width) == ("PNG", 1920)
            assert picture.getpixel((0, 0)) == picture.getpixel((0, picture.height - 1)) == (252, 252, 250)
            assert len(picture.resize((96, 96)).getcolors(96 * 96) or ()) > (20 if figure == "says-bars" else 1000)
    assert browser.console_errors() == []


def test_a_page_from_a_folder_says_why_it_makes_no_picture(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    enlarge(browser, "says-signed")
    browser.follow(".keep")
    browser.expect(STATUS, lambda said: said.startswith("This page was opened from a folder"))
    close(browser)
    assert browser.run(STATUS) == ""


def snippet(browser: Browser, page: Path | str, figure: str) -> str:
    """The line that puts a figure into another page."""
    browser.open(page)
    enlarge(browser, figure)
    browser.do("document.querySelector('.snippet').open = true")
    browser.expect(SNIPPET, lambda line: line != "")
    return str(browser.run(SNIPPET))


def test_a_frame_shows_one_figure_with_its_credit_and_a_link_back(
    browser: Browser, site: Path, address: str, tmp_path: Path
) -> None:
    line = snippet(browser, f"{address}/{LESSON}#says-slider@5", "says-slider")
    assert line.startswith(f'<iframe src="{address}/{LESSON}?embed=says-slider#says-slider%405" title="Figure 13 ')
    (tmp_path / "slides.html").write_text(f"<!doctype html><title>slides</title>{line}", "utf-8")
    browser.viewport(390, 800)
    browser.open(line.split('"')[1])
    browser.expect("return document.querySelector('.slider output').textContent", "5")
    assert browser.overflow() == 0
    assert not browser.shown(".masthead") and not browser.shown(".opening")
    assert browser.run("return Array.from(document.querySelectorAll('article > *'), (one) => one.id)") == [
        "says-slider",
        "",
    ]
    assert browser.text("article > .remark").startswith(
        "What a gradient says · Inside a neural network · Chelsea the cat"
    )
    back = "const {href, target} = document.querySelector('article > .remark a'); return [href, target]"
    assert browser.run(back) == [f"{address}/{LESSON}#says-slider", "_blank"]
    browser.press("\ue012", on=".slider input")
    browser.expect("return location.href", f"{address}/{LESSON}?embed=says-slider#says-slider@1")
    browser.open(tmp_path / "slides.html")
    browser.expect("return document.querySelector('iframe').getBoundingClientRect().width", lambda width: width > 350)
    assert browser.console_errors() == []


def test_from_a_folder_the_frame_lacks_the_sites_address_and_says_so(browser: Browser, site: Path) -> None:
    line = snippet(browser, site / f"zh/{LESSON}", "says-signed")
    assert line.startswith(f'<iframe src="{LESSON}?embed=says-signed" title="图 1 ')
    assert browser.text(".snippet .remark").endswith("请在页面名前补上。")


def test_a_frame_of_a_figure_that_is_not_there_shows_the_page(browser: Browser, site: Path) -> None:
    browser.open((site / LESSON).resolve().as_uri() + "?embed=gone")
    browser.expect("return document.documentElement.classList.contains('embedded')", False)
    assert browser.shown(".masthead")

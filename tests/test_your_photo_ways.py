"""Your photo as a stranger uses it: the ways to a photo, odd addresses, changes of mind."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import ROOT
from test_your_photo import ANSWERED, CHOOSE, DRAWN, ENTER, NEWS, RIGHT, seen, with_file, with_sample

from netviz.course.samples import read_samples
from netviz.site.pages.your_photo import class_script, offered_methods

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

ESCAPE, TAB = "\ue00c", "\ue004"
READOUT = "return document.querySelector('#layer-map .readout').textContent"


@pytest.fixture
def page(site: Path) -> Path:
    return site / "your-photo.html"


# The camera: Chromium plays one that shows a green field


def test_the_camera_is_asked_for_upon_a_click_and_let_go_with_the_photo(browser: Browser, page: Path) -> None:
    watch = """const own = MediaDevices.prototype.getUserMedia;
    window.streams = [];
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        streams.push(await own.call(this, wanted));
        return streams.at(-1);
    };"""
    with browser.running_first(watch):
        browser.open(page)
        assert browser.run("return streams.length") == 0
        browser.click("#camera-open")
        browser.expect("return document.getElementById('camera-view').videoWidth > 0")
        assert browser.run("return document.activeElement.id") == "camera-take"
        browser.press(ENTER)
        browser.expect(ANSWERED, lambda text: "took" in text)
        red, green, blue = np.median(seen(browser).reshape(-1, 3), axis=0)
        assert green > max(red, blue)
        browser.expect("return streams[0].getTracks().every((track) => track.readyState === 'ended')")
        assert not browser.shown("#camera") and browser.console_errors() == []


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ("NotAllowedError", "The camera was refused"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "The camera gives no picture"),
        (None, "gives pages no camera unless"),
    ],
)
def test_why_there_is_no_camera_is_said(browser: Browser, page: Path, machine: str | None, sentence: str) -> None:
    refusing = f"MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException('', '{machine}'); }}"
    missing = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
    with browser.running_first(refusing if machine else missing):
        browser.open(page)
        browser.click("#camera-open")
        browser.expect(NEWS, lambda text: sentence in text)
        assert not browser.shown("#camera")


# Drops and the clipboard

GIVEN = """const [kind, files] = arguments, data = new DataTransfer();
if (files) data.items.add(new File([Uint8Array.from(files)], "given.png", { type: "image/png" }));
else data.setData("text/plain", "a word");
const event = kind === "drop" ? new DragEvent(kind, { dataTransfer: data, cancelable: true, bubbles: true })
    : new ClipboardEvent(kind, { clipboardData: data, cancelable: true, bubbles: true });
document.body.dispatchEvent(event);"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_what_is_dropped_or_pasted_is_taken_or_said_to_be_no_file(browser: Browser, page: Path, kind: str) -> None:
    browser.open(page)
    browser.do(GIVEN, kind, None)
    browser.expect(NEWS, lambda text: text.startswith("There is no picture file"))
    browser.do(GIVEN, kind, [*(ROOT / "content/pictures/chelsea.png").read_bytes()])
    browser.expect(ANSWERED, lambda text: "took" in text)


# Changes of mind


def test_the_photo_that_was_chosen_last_is_the_one_that_is_shown(browser: Browser, page: Path) -> None:
    slow = """const make = createImageBitmap;
    createImageBitmap = async (file, ...rest) => {
        if (file instanceof File) await new Promise((resolve) => { window.decoded = resolve; });
        return make(file, ...rest);
    };"""
    with browser.running_first(slow):
        with_file(browser, page, ROOT / "content/pictures/chelsea.png")
        browser.expect("return Boolean(window.decoded)")
        browser.follow("[data-sample=dog]")
        browser.expect(ANSWERED, lambda text: "took" in text)
        browser.do("decoded(); setTimeout(() => { window.later = true; }, 300)")
        browser.expect("return later")
        np.testing.assert_array_equal(seen(browser), read_samples(ROOT / "content/pictures")["dog"].framed())


def test_a_file_that_fails_late_says_nothing_of_the_photo_chosen_since(browser: Browser, page: Path) -> None:
    slow = """const make = createImageBitmap;
    createImageBitmap = (file, ...rest) => {
        if (!(file instanceof File)) return make(file, ...rest);
        return new Promise((_, reject) => { window.fail = () => reject(new DOMException("")); });
    };"""
    with browser.running_first(slow):
        with_file(browser, page, ROOT / "content/pictures/chelsea.png")
        browser.expect("return Boolean(window.fail)")
        browser.follow("[data-sample=dog]")
        browser.expect(ANSWERED, lambda text: "took" in text)
        browser.do("fail(); setTimeout(() => { window.later = true; }, 100)")
        browser.expect("return later")
        assert "took" in browser.run(NEWS)


def test_on_paper_there_are_the_photo_and_what_was_found_and_nothing_to_press(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#method@gradient")
    browser.expect(DRAWN)
    browser.colours("light", "print")
    pressed = "Array.from(document.querySelectorAll('#lab .way, .samples button, .news'))"
    browser.expect(f"return {pressed}.some((one) => one.checkVisibility())", False)
    assert browser.shown("canvas.framed") and browser.shown("#answers") and browser.shown("#maps canvas")


def test_another_photo_leaves_nothing_of_the_last_ones_maps(browser: Browser, page: Path) -> None:
    with_file(browser, page, ROOT / "content/pictures/chelsea.png")
    browser.expect(ANSWERED, lambda text: "took" in text)
    browser.follow("#draw")
    browser.expect(DRAWN)
    browser.press(RIGHT, on=".frame-of")  # the square is cut out anew after a moment, but a sample is chosen before
    browser.expect("return document.querySelectorAll('#maps .plate').length", 1)
    browser.follow("[data-sample=dog]")
    dogs = "return document.querySelector('#maps .plate-label')?.textContent === 'football helmet'"
    browser.expect(dogs)  # drawn anew, as the address says a method
    browser.expect(DRAWN)
    assert browser.console_errors() == []


COUNT = """const own = Worker.prototype.postMessage;
window.runs = 0;
Worker.prototype.postMessage = function (data, handed) {
    runs += Number(data.task === "run");
    own.call(this, data, handed);
};"""


def test_hiding_asks_once_for_both_classes(browser: Browser, page: Path) -> None:
    with browser.running_first(COUNT):
        state = "#method@occlusion&settings@patch:112,stride:112&class@207&against@281"
        with_sample(browser, page.resolve().as_uri() + state)
        browser.expect(DRAWN)
        answer, whole, patches, checks = 1, 1, 4, 2
        assert browser.run("return runs") == answer + whole + patches + 2 * checks


def test_questions_that_nobody_waits_for_are_not_asked(browser: Browser, page: Path) -> None:
    with browser.running_first(COUNT):
        with_sample(browser, page)
        before = browser.run("return runs")
        browser.do("for (let time = 0; time < 9; time += 1) document.getElementById('unpaint').click()")
        browser.expect("return document.getElementById('painted-scores').textContent", lambda text: "went from" in text)
        assert browser.run("return runs") - before <= 2


def test_stop_gives_the_focus_back_to_what_draws(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#method@occlusion&settings@stride:4")
    browser.expect("return document.getElementById('stop').hidden", False)
    browser.press(ENTER, on="#stop")
    browser.expect("return document.activeElement.id", "draw")


def test_a_cell_that_was_clicked_stays_chosen_on_the_way_to_the_button(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#layer@block1_conv1:40")
    browser.follow("#open-layer")
    browser.expect("return document.querySelector('#layer-map .readout')?.textContent.startsWith('Row')")
    browser.point("#layer-map .cells")
    browser.expect(READOUT, lambda text: text.startswith("Row 11"))  # scrolled to
    browser.click("#layer-map .cells")
    browser.expect("return document.activeElement.className", "cells")
    row, column = re.findall(r"\d+", browser.run(READOUT))[:2]
    browser.point("#layer-map .cells", 0.3, 0.45)
    browser.expect(READOUT, lambda text: not text.startswith(f"Row {row}, column {column} "))
    browser.click("#work-through")
    told = "return document.querySelector('#worked p')?.textContent"
    browser.expect(told, lambda text: str(text).endswith(f"row {row}, column {column}"))
    browser.do(
        "document.querySelector('#work-through').click(); document.querySelector('[data-sample=chelsea]').click()"
    )
    browser.expect("return document.getElementById('layer-shown').hidden")  # another photo came before the kernel did
    browser.expect(ANSWERED, lambda text: "took" in text)
    assert browser.console_errors() == []


# The field for classes


def test_what_names_no_class_is_said_and_the_field_shows_what_is_chosen(browser: Browser, page: Path) -> None:
    with_sample(browser, page.resolve().as_uri() + "#class@207")
    value = "return document.getElementById('class').value"
    browser.press("xyz", on="#class")
    browser.expect(value, lambda text: text.endswith("xyz"))
    browser.press(TAB, on="#class")
    browser.expect(value, "golden retriever")
    browser.expect(NEWS, lambda text: "No class is called" in text)


def test_a_name_that_is_typed_in_full_and_left_is_taken(browser: Browser, page: Path) -> None:
    with_sample(browser, page)
    browser.press("金毛寻回犬", on="#class")
    browser.expect("return document.getElementById('class-list').hidden", False)
    browser.press(TAB, on="#class")
    browser.expect("return document.getElementById('class').value", "golden retriever")
    browser.expect(browser.address, lambda address: address.endswith("#class@207"))


# Addresses


@pytest.mark.parametrize(
    ("state", "settings"),
    [
        ("method@constructor", {}),
        ("method@__proto__&settings@a:b,,:", {}),
        ("method@grad-cam&settings@layer:zzz", {"layer": "block5_conv3"}),
        ("method@smoothgrad&settings@samples:2.6,noise:NaN,seed:-5", {"samples": "3", "noise": "0.15", "seed": "0"}),
        ("method@occlusion&settings@patch:1e9,stride:", {"patch": "112", "stride": "16"}),
        ("class@9999&against@-1&layer@__proto__:1&%E0%A4%A", {}),
    ],
)
def test_an_address_that_is_garbage_asks_for_what_there_is(
    browser: Browser, page: Path, state: str, settings: dict[str, Any]
) -> None:
    browser.open(f"{page.resolve().as_uri()}#{state}")
    browser.expect("return document.getElementById('method').value !== ''")
    found = browser.run(
        "return Object.fromEntries(Array.from(document.querySelectorAll('#settings input, #settings select'),"
        "(one) => [one.id.slice(8), one.value]))"
    )
    assert found == settings
    assert browser.console_errors() == []


# One place for a method


def test_the_page_offers_the_methods_that_its_registry_declares(browser: Browser, page: Path) -> None:
    browser.open(page)
    declared = browser.run("return Object.keys(methods)")
    assert declared == [*offered_methods((ROOT / "templates",))]
    assert declared == browser.run("return Array.from(document.getElementById('method').options, (one) => one.value)")


# What must hold of a map


def test_every_method_is_checked(browser: Browser, page: Path) -> None:
    """On a network whose score is a weighted sum, where every gradient is the same: averaging them gains nothing."""
    with_sample(browser, page)
    told = {
        "gradient": [True], "gradient-x-input": [True], "smoothgrad": [False, False], "integrated-gradients": [True],
        "guided-backprop": [True], "grad-cam": [True], "occlusion": [True],
    }  # fmt: skip
    for method, kept in told.items():
        browser.do(CHOOSE, method)
        browser.expect("return document.getElementById('method').value", method)
        if method == "occlusion":
            browser.do(
                "document.getElementById('setting-patch').value = document.getElementById('setting-stride').value = 112"
            )
            browser.expect("return document.getElementById('setting-patch').value", "112")
        browser.follow("#draw")
        browser.expect(DRAWN)
        marks = "return Array.from(document.querySelectorAll('#maps .claims li'), (one) => one.className === 'holds')"
        assert browser.run(marks) == kept, method


# The names of all classes


def test_the_names_of_classes_are_loaded_once_the_page_stands(browser: Browser, page: Path, tmp_path: Path) -> None:
    """They are a quarter of what it loads. Without them a sentence says why there is no answer; the next asks again."""
    script = f"assets/{class_script('en')}"
    assert script not in re.findall(r'<script src="([^"]+)"', page.read_text("utf-8"))
    without = shutil.copytree(page.parent, tmp_path / "site")
    (without / script).unlink()
    browser.open(without / page.name)
    browser.expect(NEWS, lambda text: "could not be loaded" in text)
    browser.follow("[data-sample=dog]")
    browser.expect(NEWS, lambda text: "could not be loaded" in text)
    assert browser.run("return document.getElementById('draw').disabled")
    shutil.copy(page.parent / script, without / script)
    browser.follow("[data-sample=chelsea]")
    browser.expect(ANSWERED, lambda text: "took" in text)


LATE = """const insert = Element.prototype.append;
Element.prototype.append = function (...all) {
    if (!all.some((one) => one.src?.includes("/classes-"))) return insert.apply(this, all);
    window.nameClasses = () => insert.apply(this, all);
};"""


def test_what_is_typed_before_the_names_are_there_is_not_lost(browser: Browser, page: Path) -> None:
    with browser.running_first(LATE):
        browser.open(page.resolve().as_uri() + "#class@281")
        browser.expect("return Boolean(window.nameClasses)")
        browser.press("golden ret", on="#class")
        browser.expect("return document.getElementById('class').value", "golden ret")
        browser.do("nameClasses()")
        marked = "return document.querySelector('#class-list [aria-selected=true]')?.textContent"
        browser.expect(marked, "golden retriever")
        browser.press(ESCAPE, TAB)
        browser.expect("return document.getElementById('class').value", "tabby")
        browser.open("about:blank")
        browser.open(page)
        browser.expect("return Boolean(window.nameClasses)")
        browser.press("golden retriever", TAB, on="#class")
        browser.expect("return document.activeElement.id", "against")
        browser.do("nameClasses()")
        browser.expect(browser.address, lambda address: address.endswith("#class@207"))
        browser.follow("[data-sample=dog]")
        browser.expect("return document.querySelector('#answers [aria-pressed=true]')?.textContent", "golden retriever")


def test_a_photo_waits_for_its_names_and_not_for_the_whole_page(browser: Browser, page: Path) -> None:
    """Whatever else of the page is slow: a photo that was chosen asks for the names itself."""
    early = """const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (kind, ...rest) {
        if (this !== window || kind !== "load") add.call(this, kind, ...rest);
    };"""
    with browser.running_first(early):
        with_sample(browser, page)

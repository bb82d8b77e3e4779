"""Your photo on a graphics processor: tried once in a visit, kept if it is quicker and right, left when it is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fake_network import FAKE_MANIFEST, FAKE_NETWORK, RUNTIME, network_files
from test_your_photo import DRAWN, NEWS, serving

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Browser

# An adapter, and workers of which those of one provider are slow; what they were asked is written down.
MACHINE = """Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => (%s) } });
const [slow, own] = ["%s", Worker.prototype.postMessage];
window.asked = [];
Worker.prototype.postMessage = function (data, handed) {
    if (data.task === "open") this.provider = data.values.provider;
    asked.push(`${data.task} ${this.provider}`);
    if (data.task === "run" && this.provider === slow) setTimeout(() => own.call(this, data, handed), 700);
    else own.call(this, data, handed);
};"""
GPU, NONE, PLAYED = "{ info: {} }", "null", "{ info: { isFallbackAdapter: true } }"
MACHINE_TOLD = "return document.getElementById('machine').textContent"


@contextmanager
def answered(browser: Browser, address: str, adapter: str = GPU, slow: str = "wasm") -> Iterator[None]:
    """The page on such a machine, a sample's answer being there."""
    with browser.running_first(MACHINE % (adapter, slow)):
        browser.open(address)
        browser.follow("[data-sample=dog]")
        browser.expect("return document.getElementById('draw').disabled", False)
        yield


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    with serving(site) as root:
        yield f"{root}/your-photo.html"


def asked(browser: Browser) -> list[str]:
    return list(browser.run("return asked"))


def test_a_quicker_graphics_processor_is_kept_for_the_visit(browser: Browser, address: str) -> None:
    with answered(browser, address):
        browser.expect(MACHINE_TOLD, lambda text: "Measured on your photo" in text)
        assert "It runs on your graphics processor" in browser.run(MACHINE_TOLD)
        browser.follow("#draw")
        browser.expect(DRAWN)
        assert asked(browser)[-1] == "run webgpu"
    with answered(browser, address):
        browser.expect(MACHINE_TOLD, lambda text: "It runs on your graphics processor" in text)
        assert not [one for one in asked(browser) if one.endswith("wasm")]


def test_a_slower_one_is_left_and_not_tried_again(browser: Browser, address: str) -> None:
    with answered(browser, address, slow="webgpu"):
        browser.expect(MACHINE_TOLD, lambda text: "Measured on your photo" in text)
        assert "It runs on your processor" in browser.run(MACHINE_TOLD)
    with answered(browser, address, slow="webgpu"):
        browser.expect(MACHINE_TOLD, lambda text: "It runs on your processor" in text)
        assert not [one for one in asked(browser) if one.endswith("webgpu")]


@pytest.mark.parametrize("adapter", [NONE, PLAYED])
def test_without_one_nothing_of_it_is_loaded(browser: Browser, address: str, adapter: str) -> None:
    with answered(browser, address, adapter):
        browser.expect(MACHINE_TOLD, lambda text: "It runs on your processor" in text)
        loaded = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('gpu-')).length"
        assert browser.run(loaded) == 0


def test_one_that_answers_wrongly_is_not_used(browser: Browser, site: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(site, tmp_path / "site")
    wrong = RUNTIME.replace(
        b"logits: ({ picture }) => logits(picture.data)", b"logits: ({ picture }) => logits(picture.data).reverse()"
    )
    assert wrong != RUNTIME
    for name, text in network_files({**FAKE_NETWORK, "gpu-runtime.js": wrong}, FAKE_MANIFEST).items():
        (copied / name).write_text(text, "utf-8")
    with serving(copied) as root, answered(browser, f"{root}/your-photo.html"):
        browser.expect(MACHINE_TOLD, lambda text: "Measured on your photo" in text)
        assert "It runs on your processor" in browser.run(MACHINE_TOLD)


def test_when_it_is_lost_the_processor_goes_on_and_a_sentence_says_so(browser: Browser, address: str) -> None:
    with answered(browser, address + "#method@smoothgrad&settings@samples:200"):
        browser.expect(MACHINE_TOLD, lambda text: "It runs on your graphics processor" in text)
        browser.do("new BroadcastChannel('gpu').postMessage('unplugged')")
        browser.expect("return document.getElementById('machine').textContent", lambda text: "taken away" in text)
        browser.expect("return asked.at(-1)", "run wasm")
        browser.follow("#stop")
        browser.expect(NEWS, lambda text: text.startswith("Stopped"))
        assert browser.console_errors() == []

"""Your photo with the network itself: what a browser finds, of files and over http, beside what the build finds."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import ROOT
from numpy.typing import NDArray
from scipy.stats import spearmanr
from test_your_photo import serving

from netviz.engine.browser_network import missing, network_files
from netviz.methods import methods
from netviz.methods.arrays import flat_maps
from netviz.networks import Network, open_network, softmax
from netviz.networks.weights import describe
from netviz.pictures import frame, open_upright

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from browser import Browser

    from netviz.cache.manifest import Kept

pytestmark = pytest.mark.vgg16

PATIENCE = 300  # seconds for a method, on a busy machine
EXPLAIN = """const [name, target, settings] = arguments;
const { layers } = JSON.parse(document.getElementById('lab').dataset.lab);
const question = { picture: Float32Array.from(photo.current().pixels), target, settings, layers };
window.explained = null;
(async () => {
    const { mean_colour: mean } = await files.described();
    const asker = network.asker(() => true);
    let last = null;
    for await (const map of methods[name].explain({ ...question, network: asker, mean })) last = map;
    window.explained = JSON.stringify(Array.from(last.values));
})().catch((error) => { window.explained = JSON.stringify(String(error)); })"""


@pytest.fixture(scope="module")
def network() -> Network:
    return open_network("compact")


@pytest.fixture(scope="module")
def folder(site: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery with the files of the real network."""
    weights = describe("compact")
    if reason := missing(weights):
        pytest.skip(reason)
    files = network_files(weights, request.getfixturevalue("network_store"))
    return with_network(site, tmp_path_factory.mktemp("real") / "site", files)


def with_network(site: Path, to: Path, files: Mapping[str, Kept]) -> Path:
    """A copy of a site whose page for photos has the network that such files are."""
    copied = shutil.copytree(site, to, ignore=shutil.ignore_patterns("network"))
    (copied / "network").mkdir()
    for name, file in files.items():
        shutil.copy(file.path, copied / name)
    return copied


def explained(browser: Browser, method: str, target: int, **settings: Any) -> list[float]:
    """The page's map of the photo that is chosen."""
    browser.do(EXPLAIN, method, target, settings)
    browser.expect("return window.explained !== null")
    found = json.loads(browser.run("return explained"))
    assert isinstance(found, list), found
    return found


def ours(network: Network, method: str, pixels: NDArray[np.uint8], target: int, **settings: Any) -> NDArray[Any]:
    """The build's map of it, RGB summed."""
    declared = methods()[method]
    asked = dict(declared.settings(**settings))
    found = declared.function(network, pixels[None].astype(np.float32), np.array([target]), **asked)
    return flat_maps(found["attribution"])[0].ravel()


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "dog.jpg", "eagle.jpg", "giraffe.jpg", "rocket.jpg"])
def test_a_readers_browser_finds_what_the_build_finds(
    browser: Browser, folder: Path, network: Network, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("browser.PATIENCE", PATIENCE)
    file = ROOT / "content" / "pictures" / name
    with serving(folder) as address:
        browser.open(f"{address}/your-photo.html" if name in ("coffee.png", "dog.jpg") else folder / "your-photo.html")
        browser.press(str(file), on="#choose input[type=file]")
        browser.expect("return document.getElementById('draw').disabled", False)
        pixels = frame(open_upright(file))
        logits = network.logits(pixels[None].astype(np.float32))[0]
        target = int(logits.argmax())
        found = np.array(browser.run("return Array.from(answering.logits())"))
        assert found.argmax() == target
        assert np.abs(softmax(found) - softmax(logits)).max() < 0.02
        gradient = explained(browser, "gradient", target)
        assert np.corrcoef(gradient, ours(network, "gradient", pixels, target))[0, 1] > 0.95
        cam = explained(browser, "grad-cam", target, layer="block5_conv3")
        assert spearmanr(cam, ours(network, "grad-cam", pixels, target)).statistic > 0.98
        if name == "dog.jpg":  # the longest of all
            hidden = {"patch": 96, "stride": 64}
            drops = explained(browser, "occlusion", target, **hidden)
            assert spearmanr(drops, ours(network, "occlusion", pixels, target, **hidden)).statistic > 0.98
        assert browser.console_errors() == []

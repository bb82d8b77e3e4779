"""Your photo with the network itself: what a browser finds, of files and over http, beside what the build finds."""

from __future__ import annotations

import json
import os
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

pytestmark = [pytest.mark.vgg16, pytest.mark.slow(15)]

NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))
PATIENCE = 300  # seconds for a method, on a busy machine
LAYER = "block5_conv3"
HIDDEN = {"patch": 96, "stride": 64}  # as large as a patch of occlusion may be and still tell much
PHOTOS = {  # of the course; those of a folder are looked at from file://
    "http": ["dog.jpg", "coffee.png", "eagle.jpg", "ct.png"],
    "folder": ["chelsea.png", "giraffe.jpg", "rocket.jpg", "street.jpg"],
}
LONG = [name for names in PHOTOS.values() for name in names] if NIGHTLY else ["dog.jpg"]
QUESTION = """const [target, settings] = arguments, pixels = photo.current().pixels, asker = network.asker(() => true);
window.found = null;
const question = async (asked) => ({ ...await asking.question(asked, pixels, answering.logits()), target, settings });
const last = async (name, asked) => {
    let found = null;
    for await (const map of methods[name].explain(await question(asked))) found = map;
    return { values: Array.from(found.values), numbers: found.numbers };
};
const tell = (found) => { window.found = JSON.stringify(found); };
const answer = (promise) => promise.then(tell, (error) => tell(String(error)));
"""
# Two methods of one pass.
QUICK = f"""{QUESTION}
answer((async () => {{
    const all = await asker.ask(pixels, target, ["gradient", settings.layer, `gradient:${{settings.layer}}`]);
    const asked = {{ ask: async () => all }};
    return {{ gradient: await last("gradient", asked), "grad-cam": await last("grad-cam", asked) }};
}})());"""
ONE = f"{QUESTION}\nanswer(last(settings.method, asker));"


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


def found_there(browser: Browser, script: str, target: int, **settings: Any) -> Any:
    """What a script finds of the photo that is chosen."""
    browser.do(script, target, settings)
    browser.expect("return window.found !== null")
    found = json.loads(browser.run("return found"))
    assert not isinstance(found, str), found
    return found


def ours(network: Network, method: str, pixels: NDArray[np.uint8], target: int, **settings: Any) -> NDArray[Any]:
    """The build's map of it, RGB summed."""
    declared = methods()[method]
    asked = dict(declared.settings(**settings))
    found = declared.function(network, pixels[None].astype(np.float32), np.array([target]), **asked)
    return flat_maps(found["attribution"])[0].ravel()


@pytest.mark.parametrize("way", ["http", "folder"])
def test_a_readers_browser_finds_what_the_build_finds(
    browser: Browser, folder: Path, network: Network, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page is shown all of its photos, so that the network is opened once."""
    monkeypatch.setattr("browser.PATIENCE", PATIENCE)
    with serving(folder) as address:
        browser.open(f"{address}/your-photo.html" if way == "http" else folder / "your-photo.html")
        for name in PHOTOS[way]:
            file = ROOT / "content" / "pictures" / name
            browser.press(str(file), on="#choose input[type=file]")
            browser.expect("return document.getElementById('draw').disabled", True)
            browser.expect("return document.getElementById('draw').disabled", False)
            agree(browser, network, name, frame(open_upright(file)))
        assert browser.console_errors() == []


def agree(browser: Browser, network: Network, name: str, pixels: NDArray[np.uint8]) -> None:
    """The page's answer to a photo and its maps are those of the build."""
    logits = network.logits(pixels[None].astype(np.float32))[0]
    target = int(logits.argmax())
    found = np.array(browser.run("return Array.from(answering.logits())"))
    assert found.argmax() == target, name
    assert np.abs(softmax(found) - softmax(logits)).max() < 0.02, name
    maps = found_there(browser, QUICK, target, layer=LAYER)
    assert np.corrcoef(maps["gradient"]["values"], ours(network, "gradient", pixels, target))[0, 1] > 0.95, name
    cam = ours(network, "grad-cam", pixels, target, layer=LAYER)
    assert spearmanr(maps["grad-cam"]["values"], cam).statistic > 0.98, name
    if name in LONG:
        drops = found_there(browser, ONE, target, method="occlusion", **HIDDEN)["values"]
        assert spearmanr(drops, ours(network, "occlusion", pixels, target, **HIDDEN)).statistic > 0.98, name
    if NIGHTLY:
        account = found_there(browser, ONE, target, method="integrated-gradients", steps=16)["numbers"]
        assert account["error"] <= 0.01, name  # as the page says

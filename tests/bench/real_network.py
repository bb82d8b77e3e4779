"""The network that goes along with a site, run in a browser by the runtime that goes along: without any page of ours.

folder = network_folder(tmp_path, store)                     # manifest and parts, and a page that loads them
network = NetworkInBrowser(browser, folder / "index.html")   # from file://, or from an address
network.run(picture, target=281)["gradient"]
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from browser import Browser
from numpy.typing import NDArray

from netviz.cache.store import Store
from netviz.engine.browser_network import has_network, network_files, write_network
from netviz.networks.weights import describe

Floats = NDArray[np.float32]

PAGE = """<!doctype html>
<title>Network</title>
<script>
const parts = {};
let manifest;
function netvizManifest(told) { manifest = told; }
function netvizFile(name, part, text) { (parts[name] ??= [])[part] = text; }

function load(path) {
    return new Promise((onload, onerror) => {
        document.head.append(Object.assign(document.createElement('script'), {src: path, onload, onerror}));
    });
}
async function file(name) {
    for (const path of manifest.files[name].parts) await load(path);
    const packed = parts[name].map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    delete parts[name];
    const unpacked = new Blob(packed).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
async function open() {
    await load('network/manifest.js');
    const address = async (name) => URL.createObjectURL(new Blob([await file(name)], {type: 'text/javascript'}));
    await load(await address('runtime.js'));
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = {mjs: await address('runtime.mjs')};
    ort.env.wasm.wasmBinary = await file('runtime.wasm');
    const model = await file('model.onnx');
    const start = performance.now();
    globalThis.session = await ort.InferenceSession.create(model, {executionProviders: ['wasm']});
    return (performance.now() - start) / 1000;
}
async function run(picture, target, guided, names) {
    const values = new Float32Array(Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0)).buffer);
    const targets = BigInt64Array.from(target === null ? [] : [BigInt(target)]);
    const inputs = {
        picture: new ort.Tensor('float32', values, [1, 224, 224, 3]),
        target: new ort.Tensor('int64', targets, [targets.length]),
        guided: new ort.Tensor('bool', [guided], []),
    };
    const start = performance.now(), found = await session.run(inputs, names);
    const seconds = (performance.now() - start) / 1000;
    const answers = {};
    for (const name of names) {
        const bytes = new Uint8Array(found[name].data.buffer, found[name].data.byteOffset, found[name].data.byteLength);
        let text = '';
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        answers[name] = [found[name].dims, btoa(text)];
    }
    return [seconds, answers];
}
</script>
"""


def network_folder(folder: Path, store: Store) -> Path:
    """A folder with the real network's files as a site has them, out of a store, and a page that runs them."""
    weights = describe("compact")
    if not has_network(weights, store):
        write_network("compact", weights, store)
    for path, file in network_files(weights, store).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(file.read())
    (folder / "index.html").write_text(PAGE, "utf-8")
    return folder


class NetworkInBrowser:
    """A session of the runtime in a browser's page: ``opened`` is how many seconds it took to open it."""

    def __init__(self, browser: Browser, page: Path | str) -> None:
        browser.open(page)
        self.browser = browser
        self.opened: float = browser.run("return open()")
        self.seconds = 0.0  # of the last run

    def run(
        self, picture: Floats, target: int | None = None, guided: bool = False, names: Iterable[str] = ("logits",)
    ) -> Mapping[str, Floats]:
        """Outputs by name, for one picture (height, width, 3)."""
        sent = base64.b64encode(np.ascontiguousarray(picture, np.float32).tobytes()).decode()
        answer: Any = self.browser.run("return run(...arguments)", sent, target, guided, [*names])
        self.seconds, found = answer
        return {
            name: np.frombuffer(base64.b64decode(values), np.float32).reshape([int(side) for side in shape])
            for name, (shape, values) in found.items()
        }

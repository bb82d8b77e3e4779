"""A network for the tests of the page "Your photo": files as the build writes them, of a runtime that is a formula.

So all of the page runs, its worker and the digests of its files too, in a moment and without the packages that write
and run a real one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netviz.networks.architecture import vgg16_layers

RUNTIME = Path(__file__).with_name("fake_runtime.js").read_bytes()
FAKE_NETWORK: Mapping[str, bytes] = {
    "model.onnx": b"a model " * 1000,
    "runtime.js": RUNTIME,
    "runtime.mjs": b"export default 1;",
    "runtime.wasm": b"wasm",
}
FAKE_MANIFEST: Mapping[str, Any] = {
    "layers": [{"name": one.name, "kind": one.kind, "shape": one.shape} for one in vgg16_layers("compact")],
    "classes": 1000,
    "mean_colour": [124, 116, 104],
}


def network_files(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> dict[str, str]:
    """A site's folder ``network/``, each file in two parts."""
    written, told = {}, {}
    for name, content in files.items():
        packed, digest = gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest()
        half = len(packed) // 2
        paths = [f"network/{name.replace('.', '-')}-{digest[:12]}-{part}.js" for part in range(2)]
        for part, piece in enumerate((packed[:half], packed[half:])):
            written[paths[part]] = f'netvizFile("{name}", {part}, "{base64.b64encode(piece).decode()}");\n'
        told[name] = {"bytes": len(content), "sha256": digest, "parts": paths}
    return {**written, "network/manifest.js": f"netvizManifest({json.dumps({**manifest, 'files': told})});\n"}

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

import numpy as np
from numpy.typing import NDArray

from netviz.networks.architecture import vgg16_layers

KERNEL = np.zeros((64, 3, 3, 3), np.float32)  # of the first convolution: only the middle counts
KERNEL[:, :, 1, 1] = (np.arange(64)[:, None] - 20) / 64 * np.arange(1, 4)
BIAS = np.full(64, 0.5, np.float32)


def field(number: int, content: bytes) -> bytes:
    """A field of a protobuf message."""
    size, length = b"", len(content)
    while length > 127:
        size, length = size + bytes([length % 128 + 128]), length // 128
    return bytes([number * 8 + 2]) + size + bytes([length]) + content


def onnx_file(constants: Mapping[str, NDArray[Any]]) -> bytes:
    """As much of an ONNX file as tells of constants: an array by its name, whatever its type."""
    tensors = b""
    for name, values in constants.items():
        shape = b"".join(bytes([8, side % 128 + 128, side // 128]) for side in values.shape)
        tensors += field(5, shape + field(8, name.encode()) + field(9, values.tobytes()))
    return field(2, b"producer") + field(7, field(2, b"graph") + tensors)


RUNTIME = Path(__file__).with_name("fake_runtime.js").read_bytes()
FAKE_NETWORK: Mapping[str, bytes] = {
    "model.onnx": onnx_file({"block1_conv1/kernel": KERNEL, "block1_conv1/bias": BIAS}),
    "runtime.js": RUNTIME,
    "runtime.mjs": b"export default 1;",
    "runtime.wasm": b"wasm",
    "gpu-runtime.js": RUNTIME,
    "gpu-runtime.mjs": b"export default 2;",
    "gpu-runtime.wasm": b"wasm of another kind",
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

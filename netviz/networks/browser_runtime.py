"""ONNX Runtime Web, which runs a network's graph in a browser: the files of it that are wanted, as npm installs them.

`make site` has npm put it into the environment, from the list `requirements/package-lock.json`. Wherever the files come
from, only those that this project was tested with are used.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "onnxruntime-web"
VERSION = "1.30.0"
FOLDER = Path(sys.prefix) / "node_modules" / PACKAGE / "dist"
INSTALL = f"npm install --ignore-scripts --prefix {sys.prefix} {PACKAGE}@{VERSION}"

GPU = "gpu-"  # what the names of files begin with that only browsers load which have a graphics processor
FILES = {  # by the name that pages have for them: the package's own, and its SHA-256
    "runtime.js": ("ort.wasm.min.js", "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81"),
    "runtime.mjs": ("ort-wasm-simd-threaded.mjs", "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b"),
    "runtime.wasm": ("ort-wasm-simd-threaded.wasm", "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"),
    f"{GPU}runtime.js": (
        "ort.webgpu.min.js",
        "7d65dad7eb4564ad98db9924a259af2e2c68ebfbdbf254fa5d728f1c5736e07a",
    ),
    f"{GPU}runtime.mjs": (
        "ort-wasm-simd-threaded.asyncify.mjs",
        "3d1c85995364bb643302fc6fd877a0c3ba5ae72401815e0f24828a53d9191e28",
    ),
    f"{GPU}runtime.wasm": (
        "ort-wasm-simd-threaded.asyncify.wasm",
        "39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da",
    ),
}


class RuntimeUnavailable(Exception):
    """The runtime isn't there, or isn't the one expected; the message says what to do."""


def is_installed() -> bool:
    """Whether its files are there. What they hold is looked at when they are read."""
    return all((FOLDER / name).is_file() for name, _ in FILES.values())


def runtime_files() -> Mapping[str, bytes]:
    """What the files hold, by the name that pages have for them. Raises RuntimeUnavailable."""
    return {name: _read(FOLDER / file, digest) for name, (file, digest) in FILES.items()}


def _read(file: Path, digest: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RuntimeUnavailable(f"{file} can't be read ({error.strerror}): `{INSTALL}`") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise RuntimeUnavailable(f"{file} is not what {PACKAGE} {VERSION} holds: `{INSTALL}`")
    return content

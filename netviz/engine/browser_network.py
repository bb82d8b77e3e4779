"""The network as readers' browsers load it: its graph and what runs it, packed into scripts that are kept in the store.

A page opened from a folder may load scripts and nothing else. So every file, the network's graph of 19 MB too, is
compressed, written as text, and cut into parts: ``network/NAME-DIGEST-PART.js`` holds

    netvizFile("NAME", PART, "the part in base64");

The parts, one after the other, are what gzip has made of the file. ``network/manifest.js``, which is small, tells what
there is, ``netvizManifest({…})``: ``files`` with their size, SHA-256 and parts, the network's ``layers``, how many
``classes``, its ``mean_colour`` and its ``weights``. Over the web the same scripts are loaded: servers compress them
again, and the text costs next to nothing.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import EntryName, Store, key_of
from netviz.networks import Network, open_network
from netviz.networks.architecture import vgg16_layers
from netviz.networks.browser_runtime import GPU, INSTALL, PACKAGE, is_installed, runtime_files
from netviz.networks.weights import Weights

NETWORK = "network"  # the kind of entry in a store, and the folder in a site
MODEL, MANIFEST = "model.onnx", "manifest.js"
PART = 4_000_000  # bytes of a part, before they become text
LARGEST = 22_000_000  # bytes of a graph that readers may be asked to load


def missing(weights: Weights) -> str:
    """Why readers can't have the network in their browsers, as a sentence; empty if they can."""
    values = sum(layer.parameters for layer in vgg16_layers(weights.form))
    if values > LARGEST:  # each takes a byte at least
        return f"the network has {values:,} weights, and readers would have to load a byte for each"
    return "" if is_installed() else f"{PACKAGE} is not installed, which runs the network there: `{INSTALL}`"


def entry_of(weights: Weights) -> EntryName:
    """What it is in a store."""
    return NETWORK, key_of([weights.digest, code_digest(__name__)])


def has_network(weights: Weights, store: Store) -> bool:
    """Whether the store holds what browsers load."""
    return store.has(*entry_of(weights))


def network_files(weights: Weights, store: Store) -> Mapping[str, Kept]:
    """What browsers load, by its path in the site."""
    return {f"{NETWORK}/{name}": file for name, file in store.files(*entry_of(weights)).items()}


def network_megabytes(files: Mapping[str, Kept]) -> tuple[float, float]:
    """How much readers load of such files: all do, and again those of whom a graphics processor is tried."""
    sizes = {path: file.path.stat().st_size / 1e6 for path, file in files.items()}
    gpu = sum(size for path, size in sizes.items() if path.startswith(f"{NETWORK}/{GPU}"))
    return sum(sizes.values()) - gpu, gpu


def write_network(form: str, weights: Weights, store: Store) -> None:
    """Make what browsers load of the network of a form, and keep it.

    Raises RuntimeUnavailable if what runs it is not the one that this project was tested with.
    """
    from netviz.networks.graph import onnx_graph  # these two need TensorFlow
    from netviz.networks.graph.kernels import compactly

    runtime = runtime_files()
    network: Any = open_network(form)
    with store.writing(*entry_of(weights)) as folder:
        for name, text in packed({MODEL: onnx_graph(network, compactly), **runtime}, description(network)):
            (folder / name).write_text(text, "ascii")


def packed(files: Mapping[str, bytes], described: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The scripts of files, by name, and the one that tells of them and of what else is ``described``."""
    told = {}
    for name, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        names = []
        for number, part in enumerate(_parts(gzip.compress(content, mtime=0))):
            names.append(f"{name.replace('.', '-')}-{digest[:12]}-{number}.js")
            yield names[-1], f'netvizFile("{name}", {number}, "{base64.b64encode(part).decode()}");\n'
        paths = [f"{NETWORK}/{one}" for one in names]
        told[name] = {"bytes": len(content), "sha256": digest, "parts": paths}
    yield MANIFEST, f"netvizManifest({json.dumps({'files': told, **described})});\n"


def _parts(content: bytes) -> Iterator[bytes]:
    return (content[start : start + PART] for start in range(0, len(content), PART))


def description(network: Network) -> dict[str, Any]:
    """What pages need to know of the network."""
    layers = [
        {"name": one.name, "kind": one.kind, "shape": one.shape, "feeds_output": one.feeds_output}
        for one in network.layers
    ]
    return {
        "layers": layers,
        "classes": network.layers[-1].shape[0],
        "mean_colour": network.mean_colour.tolist(),
        "weights": {"label": network.weights.label, "digest": network.weights.digest},
    }

"""The site of tests/gallery, a course with a figure of every kind: two photos, two languages, results made up.

The page for photos of one's own is in it, with a network that is a formula.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_network import FAKE_MANIFEST, FAKE_NETWORK, network_files
from numpy.typing import NDArray
from stored_results import known

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.networks.architecture import vgg16_layers
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Reporter
from netviz.site.edition import Edition
from netviz.site.files.built_maps import built_path

ROOT = Path(__file__).parents[1]
FOUND = {  # what a build would have found for that formula
    "method": "gradient",
    "layer": None,
    "target": 7,
    "probability": 0.25,
    "values": (np.arange(28).repeat(28) + 0.5).tolist(),
}


def build_gallery(folder: Path, **books: bool) -> Path:
    """Build the site in an empty folder, with the books that are asked for; gives the site's."""
    content, store = folder / "content", Store(folder / "store")
    shutil.copytree(ROOT / "tests" / "gallery", content)
    shutil.copytree(ROOT / "tests" / "course" / "pictures", content / "pictures")
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, content / "pictures")
    known(content, store, answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Edition, "offers_your_photo", True)
        build(Options(content=content, to=folder / "site", store=store.folder, **books), Reporter())
    built = {built_path(one): f'netvizBuilt("{one}", [{json.dumps(FOUND)}]);' for one in ("chelsea", "dog")}
    for name, text in {**network_files(FAKE_NETWORK, FAKE_MANIFEST), **built}.items():
        (folder / "site" / name).parent.mkdir(exist_ok=True)
        (folder / "site" / name).write_text(text, "utf-8")
    return folder / "site"


def answer(task: Task) -> dict[str, Any]:
    """Edges in the place of gradients, brightness in that of feature maps; the cat's gradient is the longer one."""
    assert task.picture is not None
    pixels = task.picture.framed(224).astype(np.float32)
    edges = (pixels - np.roll(pixels, 1, axis=1)) / 500
    x = np.linspace(-2, 2, 21)
    answers: dict[str, dict[str, Any]] = {
        "activations": {layer.name: _activation(pixels, layer.shape) for layer in vgg16_layers("compact")},
        "cascading-randomisation": {"maps": np.stack([edges, edges[::-1], 0 * edges])},
        "deep-dream": {"before": pixels, "after": np.clip(pixels + 200 * edges, 0, 255)},
        "finite-differences": {"x": x, "y": x + 0.01 * np.sin(99 * x)},
        "grad-cam": {"attribution": np.abs(edges).sum(-1).reshape(14, 16, 14, 16).mean((1, 3))},
        "gradient": {"attribution": edges, "norm": 2.5 if task.picture_name == "chelsea" else 1.5},
        "lime": {"regions": np.arange(224)[:, None] // 32 * 7 + np.arange(224) // 32, "weights": np.sin(np.arange(49))},
        "nudge": {"x": x, "measured": 10 + np.tanh(x), "predicted": 10 + x},
        "smoothgrad": {"attribution": edges, "norm": 1 / task.experiment.settings.get("samples", 1)},
        "spread-over-seeds": {
            "maps": np.stack([edges, edges[::-1], 0 * edges]),
            "matrix": np.array([[1, 0.4, -0.2], [0.4, 1, 0.7], [-0.2, 0.7, 1]]),
        },
    }
    return answers.get(task.experiment.method.name, {})


def _activation(pixels: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[Any]:
    if len(shape) == 1:
        return np.linspace(0, 1, shape[0])
    channels = 8 if shape[0] <= 56 else 2  # large sheets take long to draw
    return pixels[:: 224 // shape[0], :: 224 // shape[1], :1] * np.linspace(0, 1, channels)

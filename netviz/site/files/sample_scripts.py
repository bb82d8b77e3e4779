"""Samples as scripts: what the network sees of each, to the pixel, for scripts that can't read pictures from ``file://``."""

from __future__ import annotations

import base64
import io
import json

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import Store, key_of
from netviz.pictures import Picture

SAMPLES = "samples"


def sample_path(picture: Picture) -> str:
    """Where a sample is that scripts can read, from the site's root: pictures can't be read from ``file://``."""
    return f"pictures/{picture.name}.js"


def sample_script(picture: Picture, store: Store) -> Kept:
    """A sample as the network sees it, every pixel as it is: kept in the store."""
    key = key_of([picture.digest, code_digest(__name__, type(picture).__module__)])
    if not store.has(SAMPLES, key):
        from PIL import Image

        content = io.BytesIO()
        Image.fromarray(picture.framed()).save(content, "webp", lossless=True)
        text = json.dumps([picture.name, {"picture": base64.b64encode(content.getvalue()).decode()}])
        with store.writing(SAMPLES, key) as folder:
            (folder / "sample.js").write_text(f"netvizSample(...{text});\n", "utf-8")
    return store.files(SAMPLES, key)["sample.js"]

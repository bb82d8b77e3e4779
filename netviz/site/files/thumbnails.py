"""Thumbnails: the sample pictures, small, as the picker shows them, and larger ones for the page of all photos."""

from __future__ import annotations

import io

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import Store, key_of
from netviz.pictures import Picture

SIDE = 112  # pixels, shown at half of it
LARGE = 448  # likewise
OF_GALLERY = 224  # of photos that stand beside many others
THUMBNAILS = "thumbnails"


def thumbnail_path(picture: Picture) -> str:
    """Where a picture's thumbnail stands, from the site's root."""
    return f"pictures/{picture.name}.webp"


def large_path(picture: Picture) -> str:
    """Where its larger one stands."""
    return f"pictures/large/{picture.name}.webp"


def thumbnail(picture: Picture, store: Store, side: int = SIDE) -> Kept:
    """The thumbnail of a picture, a square: kept in the store."""
    key = key_of([picture.digest, side, code_digest(__name__, type(picture).__module__)])
    if not store.has(THUMBNAILS, key):
        from PIL import Image

        content = io.BytesIO()
        Image.fromarray(picture.framed(side)).save(content, "webp", quality=85)
        with store.writing(THUMBNAILS, key) as folder:
            (folder / "thumbnail.webp").write_bytes(content.getvalue())
    return store.files(THUMBNAILS, key)["thumbnail.webp"]

"""EPUB 3.3 (https://www.w3.org/TR/epub-33/): a ZIP file of XHTML, the same bytes for the same chapters."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping
from hashlib import sha256

MIMETYPE = "application/epub+zip"
FOLDER = "book"
MODIFIED = "2000-01-01T00:00:00Z"  # one date for all: the identifier tells editions apart
DATE = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP file can hold
KINDS = {  # by the file name's ending
    "css": "text/css",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "xhtml": "application/xhtml+xml",
}
CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="{FOLDER}/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


def kind_of(name: str) -> str:
    """The media type of a file of a book, by its name. Raises KeyError for one that no book holds."""
    return KINDS[name.rpartition(".")[2]]


def properties_of(name: str, content: str | bytes) -> str:
    """What a manifest must say of a file: that it is the contents, or that there are formulas or charts in it."""
    if not isinstance(content, str) or not name.endswith(".xhtml"):
        return ""
    found = [word for word, sign in (("mathml", "<math"), ("svg", "<svg")) if sign in content]
    return " ".join(["nav", *found] if name == "contents.xhtml" else found)


def identifier_of(files: Mapping[str, str | bytes]) -> str:
    """An identifier that other contents do not have."""
    digest = sha256()
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + (content.encode() if isinstance(content, str) else content) + b"\0")
    return uuid.uuid5(uuid.NAMESPACE_URL, digest.hexdigest()).urn


def packed(files: Mapping[str, str | bytes], package: str) -> bytes:
    """The book of ``files`` by name, of which ``package`` tells as its package document."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        _add(book, "mimetype", MIMETYPE, stored=True)
        _add(book, "META-INF/container.xml", CONTAINER)
        _add(book, f"{FOLDER}/package.opf", package)
        for name, one in files.items():
            _add(book, f"{FOLDER}/{name}", one, stored=kind_of(name) in ("image/webp", "image/jpeg", "image/png"))
    return content.getvalue()


def _add(book: zipfile.ZipFile, name: str, content: str | bytes, *, stored: bool = False) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    book.writestr(entry, content)

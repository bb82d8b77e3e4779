"""A PDF: a page with all chapters, as a Chromium of this machine prints it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PATIENCE = 600  # seconds
PAGE = "book.xhtml"
LOSSY = b"VP8 "  # how the first chunk of such a WebP file is called
DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


class CannotPrint(Exception):
    """There is no browser that prints, or it failed; the message says what to do."""


def browser() -> str:
    """The Chromium that prints. Raises CannotPrint if there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise CannotPrint(
            "--pdf needs a Chromium or Chrome to print with, and there is none on this machine: install one "
            "(Debian: apt-get install chromium), or leave --pdf out"
        )
    return found


def printed(files: Mapping[str, str | bytes]) -> bytes:
    """The PDF of `PAGE` and the files that it shows, by their names. Raises CannotPrint."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
        target = folder / "book.pdf"
        root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # which Chromium refuses to root
        command = [
            *(browser(), "--headless=new", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
            *("--disable-background-networking", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
            *(*root, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", (folder / PAGE).as_uri()),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotPrint(f"{command[0]} could not print the course: {error}; leave --pdf out") from None
        if done.returncode or not target.is_file():
            why = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it wrote nothing"]
            raise CannotPrint(f"{command[0]} could not print the course: {why[0]}; leave --pdf out")
        return undated(target.read_bytes())


def for_paper(picture: bytes) -> bytes:
    """A picture file as it is to be printed: a PDF can hold JPEG as it is, and of a lossy WebP all that it was made of.

    That is eight times as much. Its name may stay: browsers look at what a picture holds.
    """
    if picture[12:16] != LOSSY:
        return picture
    from PIL import Image

    content = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").save(content, "jpeg", quality=90)
    return content.getvalue()


def undated(pdf: bytes) -> bytes:
    """A PDF without the time at which it was printed, so that the same pages give the same bytes."""
    return DATES.sub(lambda found: b"/%s (D:20000101000000" % found[1], pdf)

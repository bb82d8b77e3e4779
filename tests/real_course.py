"""The real course's site as tests look at it: where its pages are, and how it is built once for all of them.

It is built with one photo to choose, out of the project's own store: what it runs, the next time need not run again.
By day it is a draft, of the fewest passes (least_drafts.py): what these tests look at is how pages are made. With
``NETVIZ_NIGHTLY=1`` it is the course itself, all of whose claims must hold, out of the store of `make site`.
NETVIZ_SITE names a site that is built already, NETVIZ_STORE another store.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netviz.course.reading import read_course
from netviz.languages.known import DEFAULT
from netviz.networks.browser_runtime import is_installed
from netviz.site.site_map import HOME, NOT_FOUND, PAGES, YOUR_PHOTO, page_path

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT / "content", "compact")
LESSONS = [lesson.slug for lesson in COURSE.lessons]
STORE = Path(os.environ.get("NETVIZ_STORE") or ROOT / ".netviz")
NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))
HAS_NETWORK = is_installed()  # npm's registry may be out of reach
SIDE_PAGES = [*(page.slug for page in COURSE.side_pages), *([YOUR_PHOTO] if HAS_NETWORK else [])]
SLUGS = [HOME, *LESSONS, *SIDE_PAGES, *PAGES, NOT_FOUND]
PATHS = [page_path(language, slug) for slug in SLUGS for language in DEFAULT]

built = pytest.mark.vgg16  # what needs the site needs the network that made it


def build_course(folder: Path) -> None:
    """Build the site in a folder, as a reader would: Python's warnings are no errors, ours are."""
    where = ["--content", str(ROOT / "content"), "--to", str(folder / "site")]
    where += ["--store", str(STORE)]
    command = [sys.executable, str(ROOT / "build.py"), *where, "--offer", COURSE.default_picture]
    command += [] if HAS_NETWORK else ["--without", YOUR_PHOTO]
    command += ["--strict"] if NIGHTLY else ["--draft", "--methods", str(ROOT / "tests" / "least_drafts.py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

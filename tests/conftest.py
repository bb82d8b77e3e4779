"""What all tests share."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from PIL import Image, WebPImagePlugin

if TYPE_CHECKING:
    from browser import Browser

    from netviz.cache.store import Store
    from netviz.networks.keras_network import KerasNetwork

ROOT = Path(__file__).resolve().parents[1]

SECONDS = {"course": 3, "vgg16": 3, "slow": 2, "browser": 1}  # of a processor that a test takes, by marker: roughly
LATER = "test_course_pages.py"  # looks at what test_course.py builds, so it comes when half of all is done

WITH_VGG16 = set[Path]()  # files of which tests run it, this time

gc.set_threshold(50_000)  # nearly nothing is garbage that counting references leaves: to look for it took a twentieth

settings.register_profile("ci", max_examples=100, deadline=60_000, derandomize=True, database=None)
settings.register_profile("nightly", max_examples=10_000, deadline=60_000)
settings.load_profile(os.environ.get("NETVIZ_HYPOTHESIS", "ci"))


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what looks at pages in a browser, and begin with the files that take longest, or two workers end apart."""
    seconds: dict[Path, float] = {}
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        taken = max((_seconds(marker) for marker in item.iter_markers()), default=0)
        seconds[item.path] = seconds.get(item.path, 0) + (taken or 0.05)
    turns = sorted((path for path in seconds if path.name != LATER), key=lambda path: -seconds[path])
    turns[len(turns) // 4 : len(turns) // 4] = (path for path in seconds if path.name == LATER)
    items.sort(key=lambda item: turns.index(item.path))


def _seconds(marker: pytest.Mark) -> float:
    """What a marker says of a test's time, by itself or with a number."""
    return marker.args[0] if marker.name == "slow" and marker.args else SECONDS.get(marker.name, 0)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: whoever looks for garbage need not look through it."""
    WITH_VGG16.update(item.path for item in session.items if item.get_closest_marker("vgg16"))
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Garbage is looked for once, so that pytest tells of what was left open; it would look five times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _networks_gone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Networks that a file's tests have opened go before the next file opens others.

    They refer to themselves, so they stay until garbage is looked for; and the memory of their numbers is never given
    back to the system (TensorFlow with oneDNN keeps it for whatever comes next), so the most at once is what stays.
    """
    yield
    if request.path in WITH_VGG16:
        gc.collect()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the small course, free to be changed."""
    return copied(tmp_path)


def copied(place: Path) -> Path:
    """The small course, as ``content`` in a folder."""
    folder = place / "content"
    shutil.copytree(ROOT / "tests" / "course", folder)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, folder / "pictures")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _opened_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """The compact VGG16 is opened once for the whole run: that, and compiling what is asked of it, takes seconds.

    Whoever opens it finds it as if just opened, but for what is compiled. Processes of their own open their own.
    """
    if not any(item.get_closest_marker("vgg16") for item in request.session.items):
        yield  # and TensorFlow is imported by those who need it
        return
    from netviz.networks import vgg16

    open_anew, once = vgg16.open_vgg16, cache(vgg16.open_vgg16)

    def open_vgg16(form: str | Path = "compact") -> KerasNetwork:
        if form != "compact":
            return open_anew(form)
        network = once()
        network.listeners.clear()
        for twin in network._precisions.values():
            twin.memory = None
        return network

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vgg16, "open_vgg16", open_vgg16)
        yield


@pytest.fixture(scope="session", autouse=True)
def _found_once() -> Iterator[None]:
    """Hundreds of builds show the same pictures and pages: what becomes of their pixels and texts is found but once.

    Nor does anyone wait until a file is safe from a power failure.
    """
    from netviz.site.files import search

    webp = WebPImagePlugin.WebPImageFile.format
    compress, known = Image.SAVE[webp], dict[Any, bytes]()

    def save(picture: Image.Image, file: IO[bytes], name: str | bytes) -> None:
        options = sorted((key, repr(value)) for key, value in getattr(picture, "encoderinfo", {}).items())
        pixels = hashlib.sha256(picture.tobytes()).digest()
        asked = picture.mode, picture.size, pixels, repr(picture.getpalette()), repr(picture.info), *options
        if asked not in known:
            if len(known) == 1000:
                known.clear()
            buffer = io.BytesIO()
            compress(picture, buffer, name)
            known[asked] = buffer.getvalue()
        file.write(known[asked])

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Image.SAVE, webp, save)
        patch.setattr(search, "sections", lru_cache(50)(search.sections))
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture
def uncompiled() -> Iterator[None]:
    """TensorFlow runs functions as they are written: of what is asked but once, compiling it takes longest.

    That what is compiled gives the same answers is shown in test_keras_network.py. Whoever trains something must not
    mind that TensorFlow says of its data that they are not concerned: see UNCONCERNED in tiny.py.
    """
    from netviz.networks.quiet import import_tensorflow

    config = import_tensorflow().config
    config.run_functions_eagerly(True)
    yield
    config.run_functions_eagerly(False)


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for the whole run: starting it takes longer than most tests."""
    from browser import chromium, missing

    if reason := missing():
        pytest.skip(reason)
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def browser(_chromium: Browser) -> Browser:
    """A Chromium window as if just opened. Skipped where Chromium isn't installed."""
    _chromium.reset()
    return _chromium


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made by the first of xdist's workers that needs it, and looked at by all."""
    from netviz.cache.locks import locked

    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with locked(folder.with_suffix(".lock"), seconds=1800):
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            make(begun)
            begun.rename(folder)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a course with a figure of every kind, for all who only look at it."""
    from gallery_site import build_gallery

    return made_once(tmp_path_factory, "gallery", partial(build_gallery, epub=True)) / "site"


@pytest.fixture(scope="session")
def course_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real course's site, with one photo to choose unless it is built already (real_course.py)."""
    from real_course import build_course

    if ready := os.environ.get("NETVIZ_SITE"):
        return Path(ready)
    return made_once(tmp_path_factory, "real course", build_course) / "site"


@pytest.fixture(scope="session")
def network_store() -> Store:
    """A store that holds what readers' browsers load of the real network: that of the real course's site."""
    from real_course import STORE

    from netviz.cache.store import Store
    from netviz.engine.browser_network import has_network, write_network
    from netviz.networks.weights import describe

    store, weights = Store(STORE), describe("compact")
    if not has_network(weights, store):
        write_network("compact", weights, store)
    return store

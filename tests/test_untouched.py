"""A site that nobody has touched is not read again; whatever is done to it is noticed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netviz.cache import untouched
from netviz.cache.manifest import Kept
from netviz.cache.untouched import all_intact
from netviz.site.files.publish import publish

FILES = {"index.html": "home", "a/b/page.html": "page", "a/empty.txt": ""}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read. What was changed just now counts as being at rest."""
    names: list[str] = []
    is_intact = Kept.is_intact

    def noting(self: Kept) -> bool:
        names.append(self.name)
        return is_intact(self)

    monkeypatch.setattr(Kept, "is_intact", noting)
    monkeypatch.setattr(untouched, "AT_REST", 0)
    return names


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(FILES, tmp_path / "site")
    return tmp_path / "site"


def digests(site: Path) -> dict[str, str]:
    return {name: Kept.of(site / name).digest for name in FILES}


def overwrite(site: Path) -> None:
    """As many other bytes, with the same times."""
    path, status = site / "a/b/page.html", (site / "a/b/page.html").stat()
    path.write_text("egap", "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_by_another(site: Path) -> None:
    other = site.parent / "other"
    other.write_text("emoh", "utf-8")
    status = (site / "index.html").stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(site / "index.html")


def move_a_folder_and_link_to_it(site: Path) -> None:
    (site / "a").rename(site.parent / "a")
    (site / "a").symlink_to(site.parent / "a")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell when a file was changed")
@pytest.mark.parametrize(
    "change",
    [overwrite, replace_by_another, move_a_folder_and_link_to_it, lambda site: (site / "a/empty.txt").unlink()],
)
def test_what_was_at_rest_is_read_once_and_whatever_is_done_to_it_is_noticed(
    change: Callable[[Path], object], site: Path, tmp_path: Path, read: list[str]
) -> None:
    known = digests(site)
    assert all_intact(site, known, tmp_path / "store") and sorted(read) == sorted(FILES)
    read.clear()
    assert all_intact(site, known, tmp_path / "store") and not read
    change(site)
    assert not all_intact(site, known, tmp_path / "store")


def test_what_was_changed_just_now_is_read_again_and_again(
    site: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untouched, "AT_REST", 3600 * 10**9)
    known = digests(site)
    for _ in range(2):
        assert all_intact(site, known, tmp_path / "store")
    assert len(read) == 2 * len(FILES)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none here")
def test_nobody_waits_for_a_named_pipe_in_the_place_of_the_note(site: Path, tmp_path: Path, read: list[str]) -> None:
    known = digests(site)
    assert all_intact(site, known, tmp_path / "store")
    (note,) = (tmp_path / "store" / untouched.NOTES).iterdir()
    note.unlink()
    os.mkfifo(note)
    for _ in range(2):
        assert all_intact(site, known, tmp_path / "store")
    assert len(read) == 2 * len(FILES)  # the first time, and once more until there is a note again


def test_a_store_that_cannot_be_written_is_no_obstacle(site: Path, tmp_path: Path, read: list[str]) -> None:
    (tmp_path / "store").write_text("a file", "utf-8")
    assert all_intact(site, digests(site), tmp_path / "store")

"""Publishing: the site is the old one or the new one, and whatever somebody keeps in its folder stays."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from netviz.cache.built import MARKER, SUMMARY, digests_of, is_current
from netviz.cache.locks import Busy, locked
from netviz.cache.manifest import Damaged, Kept, sealed, unsealed
from netviz.options import Options, OwnPhoto
from netviz.site.files import publish
from netviz.site.files.places import check_places
from netviz.site.files.publish import CannotPublish

ROOT = Path(__file__).resolve().parents[1]
CHILD = """
from pathlib import Path
import os
from netviz.cache.manifest import Kept
from netviz.site.files import publish
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "out" / "site"


@pytest.fixture
def figure(tmp_path: Path) -> Kept:
    (tmp_path / "figure.webp").write_bytes(b"pixels")
    return Kept.of(tmp_path / "figure.webp")


def contents(folder: Path) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name != MARKER}


def beside(site: Path) -> list[str]:
    return sorted(path.name for path in site.parent.iterdir())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# What a build writes


def test_a_site_is_exactly_its_files(site: Path) -> None:
    publish.publish({"index.html": "<p>é", "a/b.css": b"\x00"}, site)
    assert contents(site) == {"a/b.css": b"\x00", "index.html": "<p>é".encode()}
    assert digests_of(site).keys() == {"a/b.css", "index.html"}
    assert len(publish.publish({"other.html": "new"}, site).gone) == 2, "files that are gone are told of"
    assert contents(site) == {"other.html": b"new"}
    assert not (site / "a").exists()
    assert beside(site) == ["site"]


@pytest.mark.parametrize("name", ["../out.html", "/out.html", "a/../../out.html", "", MARKER])
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotPublish):
        publish.publish({name: "x"}, tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_kept_elsewhere_is_copied_and_shares_nothing(site: Path, figure: Kept) -> None:
    publish.publish({"f.webp": figure}, site)
    (site / "f.webp").write_bytes(b"")
    assert figure.read() == b"pixels"


def test_a_file_that_is_damaged_or_a_link_is_not_published(site: Path, figure: Kept, tmp_path: Path) -> None:
    publish.publish({"f.webp": figure}, site)
    (tmp_path / "alias.webp").symlink_to(figure.path)
    for kept in (Kept(str(tmp_path), "alias.webp", figure.digest), Kept(str(tmp_path), "missing.webp", figure.digest)):
        with pytest.raises(Damaged):
            publish.publish({"g.webp": kept}, site)
    figure.path.write_bytes(b"pixelz")
    with pytest.raises(Damaged):
        publish.publish({"g.webp": figure}, site)
    assert contents(site) == {"f.webp": b"pixels"} and beside(site) == ["site"]


def test_what_stands_unharmed_stays_the_same_file_and_what_does_not_is_made_again(site: Path, figure: Kept) -> None:
    files = {"a.webp": figure, "b.webp": figure, "c.webp": figure, "in/d.webp": figure}
    publish.publish(files, site)
    before = (site / "a.webp").stat()
    (site / "b.webp").write_bytes(b"")
    (site / "c.webp").unlink()
    (site / "c.webp").symlink_to(figure.path)
    shutil.rmtree(site / "in")
    (site / "in").symlink_to(figure.folder)
    publish.publish(files, site)
    assert contents(site) == dict.fromkeys(files, b"pixels")
    assert (site / "a.webp").stat().st_ino == before.st_ino
    assert not (site / "c.webp").is_symlink() and not (site / "in").is_symlink()


# What somebody keeps in the site's folder


@pytest.fixture
def kept(site: Path, tmp_path: Path) -> Path:
    """A site with all kinds of things in it that no build wrote."""
    publish.publish({"index.html": "old", "figures/a.webp": b"a"}, site)
    for name in (".git/objects/ab/cdef", ".git/HEAD", "CNAME", ".nojekyll", "figures/mine.txt", "名 字\n'\"<b>.txt"):
        write(site / name, f"my {name}")
    (site / ".git/objects/ab/cdef").chmod(0o444)
    (site / "run.sh").write_text("#!/bin/sh")
    (site / "run.sh").chmod(0o755)
    (site / "empty" / "folder").mkdir(parents=True)
    (site / ".git").chmod(0o700)
    (site / "link").symlink_to("/nowhere/at all")
    (site / "folder-link").symlink_to(tmp_path)
    os.mkfifo(site / "pipe")
    for path in [*site.rglob("*")]:
        os.utime(path, (10**9, 10**9), follow_symlinks=False)
    return site


def own(site: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, time and inode of everything but what builds write; a folder may be another one."""
    found = {}
    for path in site.rglob("*"):
        name, status = path.relative_to(site).as_posix(), path.lstat()
        if name not in (MARKER, "index.html", "other.html", "figures", "figures/a.webp"):
            inode = 0 if stat.S_ISDIR(status.st_mode) else status.st_ino
            found[name] = (status.st_mode, status.st_mtime_ns, inode)
    return found


def test_what_no_build_wrote_survives_every_build_as_it_is(kept: Path) -> None:
    kept.chmod(0o751)
    before = own(kept)
    assert len(before) == 15
    assert len(publish.publish({"index.html": "new", "figures/a.webp": b"b"}, kept).gone) == 0
    assert own(kept) == before and (kept / "index.html").read_text() == "new"
    assert len(publish.publish({"other.html": "newer"}, kept).gone) == 2
    assert own(kept) == before and (kept / "figures/mine.txt").is_file() and not (kept / "figures/a.webp").exists()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o751
    assert beside(kept) == ["site"]


def test_folders_keep_their_owner_and_attributes(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {}
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.update({path.name: (user, group)}))
    try:
        os.setxattr(kept, "user.tag", b"mine")
        os.setxattr(kept / ".git", "user.tag", b"mine")
        tagged = [kept, kept / ".git"]
    except (AttributeError, OSError):  # not on every system
        tagged = []
    publish.publish({"index.html": "new"}, kept)
    owner = (kept.stat().st_uid, kept.stat().st_gid)
    assert given.pop(".git") == owner and all(one == owner for one in given.values()) and len(given) >= 5
    assert [os.getxattr(place, "user.tag") for place in tagged] == [b"mine"] * len(tagged)
    assert kept.stat().st_mtime > 10**9


@pytest.mark.parametrize("place", ["", "my disk", ".git/objects"])
def test_a_site_with_another_disk_in_it_is_refused_for_that_would_be_emptied(
    kept: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = kept.parent / "mountinfo"
    mounts.write_text(
        f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {str(kept / place).replace(' ', chr(92) + '040')} rw - x\n"
    )
    monkeypatch.setattr(publish, "MOUNTS", mounts)
    before = own(kept)
    with pytest.raises(CannotPublish, match="another disk or folder is mounted at") as refused:
        publish.publish({"index.html": "new"}, kept)
    assert str(kept / place) in str(refused.value) and own(kept) == before
    monkeypatch.setattr(publish, "MOUNTS", kept / "nowhere")
    publish.publish({"index.html": "new"}, kept)


def test_folders_without_end_are_refused(kept: Path) -> None:
    (kept / "/".join("d" * 150)).mkdir(parents=True)
    with pytest.raises(CannotPublish, match="more than 100 folders inside one another"):
        publish.publish({"index.html": "new"}, kept)


def test_it_survives_where_nothing_can_be_linked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    (kept / "pipe").unlink()
    before = {name: rest[:2] for name, rest in own(kept).items()}
    monkeypatch.setattr(os, "link", refuse)
    publish.publish({"index.html": "new"}, kept)
    assert {name: rest[:2] for name, rest in own(kept).items()} == before
    assert (kept / ".git/HEAD").read_text() == "my .git/HEAD"


@pytest.mark.parametrize(
    "name", ["CNAME", "CNAME/index.html", "empty", ".git", "figures/mine.txt", "link", "folder-link/x.html", "pipe"]
)
def test_a_build_that_would_write_over_it_is_refused_and_names_it(kept: Path, name: str) -> None:
    before, files = own(kept), contents(kept)
    with pytest.raises(CannotPublish, match="was not made by netviz") as refused:
        publish.publish({"index.html": "new", name: "theirs no more"}, kept)
    assert str(kept / name.partition("/")[0]) in str(refused.value)
    assert own(kept) == before and contents(kept) == files


def test_what_a_build_wrote_and_somebody_edited_is_made_again(site: Path) -> None:
    publish.publish({"index.html": "old", "gone.html": "old"}, site)
    (site / "index.html").write_text("edited")
    (site / "gone.html").unlink()
    write(site / "gone.html" / "notes.txt", "a folder of that name is somebody's own")
    assert len(publish.publish({"index.html": "new"}, site).gone) == 1
    assert contents(site) == {"index.html": b"new", "gone.html/notes.txt": b"a folder of that name is somebody's own"}


def test_what_somebody_writes_while_a_site_is_published_is_kept(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish.publish({"index.html": "old"}, site)
    write(site / "notes.txt", "first")
    swap = publish._swap

    def and_meanwhile(draft: Path, destination: Path) -> None:
        write(destination / "later" / "letter.txt", "written meanwhile")
        write(destination / "notes.new", "second").replace(destination / "notes.txt")
        swap(draft, destination)

    monkeypatch.setattr(publish, "_swap", and_meanwhile)
    publish.publish({"index.html": "new"}, site)
    assert contents(site) == {"index.html": b"new", "later/letter.txt": b"written meanwhile", "notes.txt": b"second"}
    assert beside(site) == ["site"]


def test_a_folder_of_the_user_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(CannotPublish, match="was not made by netviz"):
        publish.publish({"index.html": ""}, tmp_path)
    assert contents(tmp_path) == {"thesis.txt": b"ten years of work"}


def test_a_file_is_refused_and_an_empty_folder_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotPublish):
        publish.publish({"index.html": ""}, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    publish.publish({"index.html": "here"}, tmp_path / "empty")
    assert (tmp_path / "empty/index.html").read_text() == "here"


def test_an_old_site_that_cannot_be_removed_is_told_of_until_it_can(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish.publish({"index.html": "old"}, site)
    with monkeypatch.context() as patch:
        patch.setattr(publish.shutil, "rmtree", lambda *_, **__: None)  # as if a file in it were immutable
        for text in ("new", "newer"):
            left = publish.publish({"index.html": text}, site).left
            assert [one.name for one in left] == [name for name in beside(site) if name != "site"] != []
    assert publish.publish({"index.html": "newest"}, site).left == ()
    assert beside(site) == ["site"]


@pytest.mark.parametrize("place", ["/proc/x", "/proc/x/y", "/sys/x", "/dev/fd/x"])
def test_a_place_in_which_no_folder_can_be_made_is_refused_at_once(place: str) -> None:
    with pytest.raises(CannotPublish, match="nothing can be written in /"):
        publish.check_destination(Path(place))


@pytest.mark.parametrize("place", ["", "content", "store", "photo.jpg", "vgg.h5"])
def test_a_site_around_what_it_is_built_from_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "site" / place).mkdir(parents=True)
    here = {name: tmp_path / "site" / name for name in ("content", "store", "photo.jpg", "vgg.h5")}
    away = {name: tmp_path / "elsewhere" / name for name in here}
    places = here if not place else {**away, place: here[place]}
    options = Options(
        content=places["content"],
        to=tmp_path / "site",
        store=places["store"],
        weights=str(places["vgg.h5"]),
        picture=(OwnPhoto(path=places["photo.jpg"]),),
    )
    if not place:
        (tmp_path / "site" / "content").mkdir()
    with pytest.raises(CannotPublish, match="where the site would stand"):
        check_places(options)


@pytest.mark.parametrize("place", ["content/lessons/site", "content/static", "store/site", "store"])
def test_a_site_among_what_a_build_reads_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(CannotPublish, match="no site can stand"):
        check_places(Options(content=tmp_path / "content", to=tmp_path / place, store=tmp_path / "store"))


@pytest.mark.parametrize("place", ["content", "content/lessons", "content/lessons/01-first/store"])
def test_a_store_among_a_courses_texts_is_refused_for_these_would_not_be_looked_at(tmp_path: Path, place: str) -> None:
    with pytest.raises(CannotPublish, match="is among the course's texts"):
        check_places(Options(content=tmp_path / "content", to=tmp_path / "site", store=tmp_path / place))


def test_a_site_and_a_store_may_stand_beside_a_courses_files(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    check_places(Options(content=tmp_path, to=tmp_path / "site", store=tmp_path / ".netviz"))


# Never half a site


def died(script: str) -> bool:
    """Whether a child process that runs this died on the way, as if the power had failed."""
    code = subprocess.run([sys.executable, "-c", CHILD + script], cwd=ROOT).returncode
    assert code in (0, 9)
    return code == 9


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("moment", ["rename", "link"])
def test_a_killed_build_leaves_a_site_and_the_next_one_clears_up(
    site: Path, figure: Kept, moment: str, exchange: bool
) -> None:
    publish.publish({"index.html": "old"}, site)
    write(site / "CNAME", "example.org")
    die = "def die(*_, **__): os._exit(9)\n"
    die += "publish._link = die\n" if moment == "link" else "real = Path.rename\n"
    if moment == "rename":  # after the old site was moved away, before the new one has moved in
        die += "Path.rename = lambda self, to: real(self, to) if '.draft-' in str(self) else real(self, to) and die()\n"
    if not exchange:
        die += "publish._exchange = lambda one, other: False\n"
    survived = exchange and moment == "rename" and sys.platform == "linux"
    assert died(f"{die}publish.publish({{'index.html': 'new'}}, Path({str(site)!r}))\n") != survived
    if moment == "rename" and not survived:
        assert not site.exists(), "this is the moment without a site that the exchange is there to avoid"
    else:
        assert (site / "index.html").read_text() == ("new" if survived else "old")
    with pytest.raises(Damaged):  # the next build fails too: what it finds must be whole
        publish.publish({"index.html": "newer", "f": Kept(figure.folder, "missing", figure.digest)}, site)
    assert contents(site) == {"index.html": b"new" if survived else b"old", "CNAME": b"example.org"}
    assert beside(site) == ["site"]


def test_a_build_that_is_killed_after_the_swap_has_published_and_the_next_one_clears_up(site: Path) -> None:
    publish.publish({"index.html": "old", "gone.html": "old"}, site)
    write(site / "CNAME", "example.org")
    assert died(
        f"publish._clear_away = lambda *_: os._exit(9)\npublish.publish({{'index.html': 'new'}}, Path({str(site)!r}))\n"
    )
    assert contents(site) == {"index.html": b"new", "CNAME": b"example.org"}
    (site / "CNAME").unlink()
    write(site / "CNAME", "example.com")
    publish.publish({"index.html": "newer"}, site)
    assert contents(site) == {"index.html": b"newer", "CNAME": b"example.com"}
    assert beside(site) == ["site"]


def test_what_only_looks_like_a_draft_is_not_deleted(tmp_path: Path) -> None:
    write(tmp_path / ".site.draft-mine" / "letter.txt", "")
    (tmp_path / ".site.notes-1").mkdir()
    publish.publish({"index.html": ""}, tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.draft-mine", ".site.notes-1", "site"]


def test_two_builds_at_once_do_not_meet(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "WAIT", 0.0)
    site.parent.mkdir()
    with publish._alone_at(site), pytest.raises(CannotPublish, match="another build"):
        publish.publish({"index.html": ""}, site)
    publish.publish({"index.html": ""}, site)
    assert beside(site) == ["site"]


def test_a_lock_is_free_again_when_its_holder_has_died(tmp_path: Path) -> None:
    lock = str(tmp_path / "lock")
    assert died(f"from netviz.cache.locks import locked\nwith locked(Path({lock!r})): os._exit(9)\n")
    with locked(tmp_path / "lock"), pytest.raises(Busy), locked(tmp_path / "lock"):
        pass


# Whether a site is still what was written


def test_a_change_of_any_byte_of_a_site_is_noticed_and_made_again(site: Path) -> None:
    files = {"index.html": "<p>Text", "a/b.webp": b"pixels", SUMMARY: '{"inputs": "k", "files": [], "experiments": 1}'}
    publish.publish(files, site)
    whole = contents(site) | {MARKER: (site / MARKER).read_bytes()}
    for name, content in whole.items():
        status = (site / name).stat()
        for place in range(len(content)):
            flipped = content[:place] + bytes([content[place] ^ (1 + place % 255)]) + content[place + 1 :]
            (site / name).write_bytes(flipped)
            os.utime(site / name, ns=(status.st_atime_ns, status.st_mtime_ns))
            assert not is_current(site, "k", site.parent / "store"), (name, place)
        (site / name).write_bytes(content)
        assert is_current(site, "k", site.parent / "store") and not is_current(site, "other", site.parent / "store")
    for name in (SUMMARY, "index.html"):
        (site / name).write_bytes(b"")
        publish.publish(files, site)
        assert contents(site) | {MARKER: (site / MARKER).read_bytes()} == whole


def test_a_site_whose_manifest_is_damaged_is_known_by_its_summary(site: Path) -> None:
    summary = '{"inputs": "k", "experiments": 1, "made": {}, "files": ["index.html"]}'
    publish.publish({"index.html": "old", SUMMARY: summary}, site)
    for damage in (lambda path: path.write_bytes(b"{"), Path.unlink):
        damage(site / MARKER)
        assert not is_current(site, "k", site.parent / "store")
        publish.publish({"index.html": "old", SUMMARY: summary}, site)
        assert is_current(site, "k", site.parent / "store")


def test_what_is_sealed_holds_under_its_name_alone() -> None:
    value = {"a": "b", "c": "\udc80\n"}
    assert unsealed(sealed(value, "name"), "name") == value
    assert unsealed(sealed(value, "name"), "other") is None
    assert unsealed(b"", "name") is None

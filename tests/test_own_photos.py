"""Photos of the user's own: several on the command line, or in ``own.yaml`` so that nothing is typed twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from stored_results import known

from netviz.cache.store import Store
from netviz.command_line import main
from netviz.commands.arguments import parsed
from netviz.course.own_photos import own_photo_files, read_own_photos
from netviz.course.reading import read_course
from netviz.mistakes import Mistakes
from netviz.options import OwnPhoto
from netviz.pictures import Picture, UnreadablePicture


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos beside a course, which is empty unless somebody has made one."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("cat.png", "dog.png", "猫.png", "鸟.png"):
        Image.fromarray(np.full((30, 40, 3), len(name), np.uint8)).save(folder / name)
    (tmp_path / "content").mkdir(exist_ok=True)
    return folder


def own(folder: Path, text: str, *asked: OwnPhoto, taken: tuple[str, ...] = ()) -> dict[str, Picture]:
    (folder.parent / "content" / "own.yaml").write_text(text, "utf-8")
    return read_own_photos(folder.parent / "content", asked, taken)


def asked(*words: str) -> tuple[OwnPhoto, ...]:
    return parsed(words).picture


def test_what_follows_a_photo_is_told_of_it() -> None:
    first = ("--picture", "a.jpg", "--title", "A cat", "--credit", "Ann", "--focus", "0.2", "0.5")
    second = ("--picture", "b.jpg", "--title", "B", "--licence", "CC0", "--source", "https://b.org")
    assert asked(*first, *second) == (
        OwnPhoto(path=Path("a.jpg"), title="A cat", credit="Ann", focus=(0.2, 0.5)),
        OwnPhoto(path=Path("b.jpg"), title="B", licence="CC0", source="https://b.org"),
    )
    assert asked() == ()


def test_a_file_says_the_same_as_the_command_line(photos: Path) -> None:
    text = """
- picture: ../photos/cat.png
  title: My cat
  credit: Ann
  licence: CC BY 4.0
  source: https://example.org
  focus: [0.2, 0.5]
- picture: ../photos/dog.png
"""
    told: dict[str, Any] = {"credit": "Ann", "licence": "CC BY 4.0", "source": "https://example.org"}
    same = (
        OwnPhoto(path=photos / "cat.png", title="My cat", focus=(0.2, 0.5), **told),
        OwnPhoto(path=photos / "dog.png"),
    )
    assert own(photos, "", *same) == own(photos, text)
    assert own_photo_files(photos.parent / "content") == [photos / "cat.png", photos / "dog.png"]


def test_photos_of_the_command_line_come_first_and_are_as_it_says(photos: Path) -> None:
    text = "- {picture: ../photos/cat.png, title: In the file}\n- picture: ../photos/dog.png\n"
    found = own(photos, text, OwnPhoto(path=photos / "dog.png", title="Asked for"))
    assert [(name, one.titles) for name, one in found.items()] == [
        ("dog", {"": "Asked for"}),
        ("cat", {"": "In the file"}),
    ]


def test_every_photo_has_a_name_of_its_own(photos: Path) -> None:
    (photos / "chosen.png").write_bytes((photos / "cat.png").read_bytes())
    text = "".join(f"- picture: ../photos/{name}.png\n" for name in ("cat", "dog", "猫", "鸟", "chosen"))
    found = own(photos, text, taken=("cat", "my-cat", "photo"))
    assert [*found] == ["my-cat-2", "dog", "my-photo", "my-photo-2", "my-chosen"]
    assert [one.titles[""] for one in found.values()] == ["cat", "dog", "猫", "鸟", "chosen"]


def test_a_title_may_be_given_for_each_language(photos: Path) -> None:
    found = own(photos, "- {picture: ../photos/cat.png, title: {en: My cat, zh: 我的猫}}\n")
    assert found["cat"].titles == {"en": "My cat", "zh": "我的猫"}
    found = own(photos, "- {picture: ../photos/cat.png, title: {zh: 我的猫}}\n")
    assert [*found["cat"].titles.items()] == [("en", "cat"), ("zh", "我的猫")], "no Chinese on an English page"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "- picture: ../photos/cta.png\n",
            "own.yaml:1:12: ../photos/cta.png: there is no such file".replace("../", ""),
        ),
        ("- title: A cat\n", "own.yaml:1:3: the field 'picture' is missing"),
        ("- {picture: ../photos/cat.png, credits: Ann}\n", "own.yaml:1:32: unknown field 'credits'"),
        ("- {picture: ../photos/cat.png, focus: [2, 0]}\n", "own.yaml:1:40: focus"),
        ("- {picture: ../photos/cat.png, title: {fr: Chat}}\n", "own.yaml:1:39: title: a text is wanted, or one for"),
        ("- picture: ../photos/cat.png\n- picture: ../photos/../photos/cat.png\n", "own.yaml:2:12: the photo is named"),
        ("cat: {credit: Ann}\n", "own.yaml:1:1: a list is wanted"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_at_its_place(text: str, told: str, photos: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        own(photos, text)
    assert told in str(caught.value).replace(str(photos.parent) + "/", "").replace("content/", "")


def test_a_photo_of_the_command_line_that_is_none_is_told(photos: Path) -> None:
    (photos / "notes.jpg").write_text("no picture")
    with pytest.raises(UnreadablePicture, match="not a picture"):
        own(photos, "# nothing yet", OwnPhoto(path=photos / "notes.jpg"))


def test_a_phones_photo_is_read(photos: Path) -> None:
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 20, 20))).save(photos / "IMG_1.HEIC")
    (found,) = own(photos, "- picture: ../photos/IMG_1.HEIC\n").values()
    assert found.name == "img-1" and found.framed().shape == (224, 224, 3)
    np.testing.assert_allclose(found.framed()[100, 100], (200, 20, 20), atol=6)


# The gallery


ASKED = ("--picture", "photos/dog.png", "--title", "Rex", "--credit", "Ann Smith")


@pytest.fixture
def built(course: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the small course, built around two photos more, of which one is in ``own.yaml``."""
    own_file = "- {picture: ../photos/猫.png, title: {en: A cat, zh: 一只猫}}\n"
    (course / "own.yaml").write_text(own_file, "utf-8")
    monkeypatch.chdir(course.parent)
    known(Path("content"), Store(Path(".netviz")), own=asked(*ASKED))
    assert main([*ASKED]) == 0
    return course.parent


def gallery(page: Path) -> list[tuple[str, str, str, str]]:
    """The photos of a gallery: where each leads, its title, what the network says, whose it is."""
    item = r'<li><a href="(.*?)"><img [^>]*>\s*<b>(.*?)</b></a>\s*<p>(.*?)</p>\s*<p class="remark">(.*?)</p></li>'
    return re.findall(item, page.read_text("utf-8"))


def test_the_gallery_shows_every_photo_with_the_answer_and_leads_into_its_course(built: Path) -> None:
    assert gallery(built / "site" / "photos.html") == [
        ("first.html", "Rex", "The network says: tabby, 45.5\u00a0%", "Ann Smith"),
        (
            "first/photo.html",
            "A cat",
            "The network says: tiger cat, 45.5\u00a0%",
            "Provided by the reader who built this site.",
        ),
        ("first/chelsea.html", "Chelsea the cat", "The network says: Persian cat, 45.5\u00a0%", "Stéfan van der Walt"),
        ("first/dog.html", "A dog", "The network says: Siamese cat, 45.5\u00a0%", "Joseph Redmon"),
    ]
    chinese = gallery(built / "site" / "zh" / "photos.html")
    assert [(link, title) for link, title, *_ in chinese[:2]] == [("first.html", "Rex"), ("first/photo.html", "一只猫")]
    assert chinese[0][2] == "网络的回答：虎斑猫，45.5%"
    for link, *_ in chinese:
        assert (built / "site" / "zh" / link).is_file()
    assert len([*(built / "site" / "pictures" / "large").iterdir()]) == 4


@pytest.mark.slow
def test_a_photo_that_own_yaml_names_is_built_anew_when_it_changes(built: Path) -> None:
    before = (built / "site" / "pictures" / "photo.webp").read_bytes()
    Image.new("RGB", (50, 50), "red").save(built / "photos" / "猫.png")
    known(Path("content"), Store(Path(".netviz")), own=asked(*ASKED))
    assert main([*ASKED]) == 0
    assert (built / "site" / "pictures" / "photo.webp").read_bytes() != before


@pytest.mark.slow
def test_readers_may_be_offered_ones_own_photos_alone(built: Path) -> None:
    assert main([*ASKED, "--offer", "my-dog"]) == 0
    assert [title for _, title, *_ in gallery(built / "site" / "photos.html")] == ["Rex", "A cat"]


def test_a_course_without_experiments_on_readers_photos_shows_them_all_the_same(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.parent)
    for language in ("en", "zh"):
        lesson = "---\ntitle: Words\nsummary: A sentence.\n---\n\nWords.\n"
        (course / "lessons" / "01-first" / f"{language}.md").write_text(lesson, "utf-8")
    assert main([]) == 0
    page = (course.parent / "site" / "photos.html").read_text("utf-8")
    assert "A dog" in page and "The network says" not in page and "Follow one" not in page


@pytest.mark.parametrize("called", ["猫 1.JPG", "猫 1", "dog"])
def test_a_photo_may_be_offered_by_its_file(called: str, course: Path, tmp_path: Path) -> None:
    Image.new("RGB", (300, 260)).save(tmp_path / "猫 1.JPG")
    offered = read_course(course, "compact", [OwnPhoto(path=tmp_path / "猫 1.JPG")], ["dog"]).offered
    mine = offered[0]
    assert (mine.isascii(), offered[1:]) == (True, ("dog",))
    meant = read_course(course, "compact", [OwnPhoto(path=tmp_path / "猫 1.JPG")], [called]).offered
    assert meant == ((mine,) if called != "dog" else (mine, "dog"))

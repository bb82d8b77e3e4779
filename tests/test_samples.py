"""Sample pictures: each file has a credit, each credit a file; what is wrong is told at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netviz.course.reading import read_course
from netviz.course.samples import read_credits, read_samples
from netviz.languages.known import in_language
from netviz.mistakes import Mistakes

CAT = "title: {en: A cat, zh: 一只猫}, credit: Ann, licence: CC0 1.0, source: 'https://example.org'"
CREDITS = f"cat: {{{CAT}}}\n"


def pictures(folder: Path, credits: str, *names: str) -> Path:
    (folder / "credits.yaml").write_text(credits, "utf-8")
    for name in names:
        (folder / name).touch()
    return folder


def test_pictures_come_in_the_order_of_their_credits(tmp_path: Path) -> None:
    samples = read_samples(pictures(tmp_path, f"dog: {{{CAT}}}\ncat: {{{CAT}}}\n", "cat.png", "dog.JPG", "notes.txt"))
    assert [(one.name, one.path.name, one.titles["zh"]) for one in samples.values()] == [
        ("dog", "dog.JPG", "一只猫"),
        ("cat", "cat.png", "一只猫"),
    ]


def test_who_shows_a_photo_of_their_own_need_not_name_a_licence(tmp_path: Path) -> None:
    samples = read_samples(pictures(tmp_path, CREDITS.replace("licence: CC0 1.0, ", ""), "cat.png"))
    assert (samples["cat"].credit, samples["cat"].licence) == ("Ann", "")


@pytest.mark.parametrize(
    ("credits", "told"),
    [
        (CREDITS.replace("credit: Ann, ", ""), "credits.yaml:1:6: the field 'credit' is missing"),
        (CREDITS.replace("licence", "license"), "unknown field 'license'"),
        (
            CREDITS.replace("en: A cat, ", ""),
            "credits.yaml:1:14: title: a text in each language is wanted, {en: …, zh: …}",
        ),
        (CREDITS.replace("https:", "ftp:"), "credits.yaml:1:"),
        (CREDITS.replace("}\n", ", focus: [0.5]}\n"), "focus: 2 values are wanted, […, …]; found [0.5]"),
        (CREDITS.replace("}\n", ", focus: []}\n"), "focus: 2 values are wanted, […, …]; found []"),
        (CREDITS.replace("}\n", ", focus: [0, 1, 1]}\n"), "focus: no more than 2 may stand here; found [0, 1, 1]"),
        (CREDITS.replace("}\n", ", focus: 0.5}\n"), "focus: a list is wanted"),
        (CREDITS + f"dog: {{{CAT}}}\n", "credits.yaml:2:1: credits 'dog', but there is no such picture"),
        ("cat: [", "credits.yaml:1:7: a value is missing"),
        ("- cat\n", "credits.yaml:1:1: {name: value, …} is wanted; found ['cat']"),
        ("", "credits.yaml:1:1: {name: value, …} is wanted; found nothing"),
        (f"lion: {{{CAT}}}\n", "cat.png: has no entry in credits.yaml\n    write there: cat: {title: …, credit: …}"),
    ],
)
def test_a_mistake_is_told_at_its_place(credits: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        read_samples(pictures(tmp_path, credits, "cat.png"))
    assert told in str(caught.value)


def test_a_credit_is_one_text_or_one_in_each_language(tmp_path: Path) -> None:
    told = "title: {en: A cat, zh: 猫}, credit: {en: Ann (from Bob), zh: Ann（由 Bob 提供）}, "
    told += "licence: {en: MIT or BSD, zh: MIT 或 BSD}"
    folder = pictures(tmp_path, f"cat: {{{told}}}\ndog: {{{CAT}}}\n", "cat.png", "dog.png")
    cat, dog = read_samples(folder).values()
    assert (cat.credit, cat.licence, dog.licence) == ("Ann (from Bob)", "MIT or BSD", "CC0 1.0")
    credits = read_credits(folder)
    assert in_language(credits["cat"].credit, "zh") == "Ann（由 Bob 提供）"
    assert [credits[name].licence_in("zh") for name in ("cat", "dog")] == ["MIT 或 BSD", "CC0 1.0"]


def test_a_licence_may_be_left_empty(tmp_path: Path) -> None:
    empty = CREDITS.replace("licence: CC0 1.0", "licence: ''")
    assert read_samples(pictures(tmp_path, empty, "cat.png"))["cat"].licence == ""


def test_what_a_chinese_page_says_of_photos_is_chinese_but_for_names() -> None:
    course = read_course(Path(__file__).parents[1] / "content", "compact")
    for picture in course.pictures.values():
        told = " ".join(course.credit_of(picture, "zh"))
        assert not re.search(r"\b(or|from|by|of|the|made|courtesy|package)\b", told), told
        assert course.credit_of(picture, "en") == (picture.credit, picture.licence)


def test_pictures_without_credits_are_no_course(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"credits\.yaml: is missing"):
        read_samples(tmp_path)


@pytest.mark.parametrize("other", ["cat.jpg", "Cat.jpg", "CAT.webp"])
def test_two_pictures_have_two_names(other: str, tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"its name is that of \w+\.\w+"):
        read_samples(pictures(tmp_path, CREDITS, "cat.png", other))


def test_no_picture_is_called_what_the_chosen_one_is(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"chosen\.png: its name is that of what lessons call"):
        read_samples(pictures(tmp_path, CREDITS.replace("cat:", "chosen:"), "chosen.png"))


FREE = ("Apache 2.0", "BSD 3-Clause", "CC BY 2.0", "CC0 1.0", "MIT", "public domain")  # none forbids a use or a change


def test_the_photos_of_the_proof_are_many_small_and_free() -> None:
    photos = read_samples(Path(__file__).parent / "proof")
    assert len(photos) >= 24 and {photo.licence for photo in photos.values()} <= {*FREE}
    assert all(photo.source or photo.credit == "the authors of netviz" for photo in photos.values())
    sizes = [photo.path.stat().st_size for photo in photos.values()]
    assert max(sizes) <= 60_000 and sum(sizes) <= 2_000_000


def test_a_picture_may_be_for_lessons_alone(tmp_path: Path) -> None:
    credits = f"cat: {{{CAT}}}\ndog: {{{CAT}, offered: false}}\n"
    samples = read_samples(pictures(tmp_path, credits, "cat.png", "dog.png"))
    assert [one.offered for one in samples.values()] == [True, False]


def test_the_six_photos_of_a_lesson_are_the_samples_that_readers_are_offered() -> None:
    content = Path(__file__).parents[1] / "content"
    gallery = read_course(content, "compact").galleries["better-gradients"]
    listed = [(one.picture.path.resolve(), one.title("en"), one.title("zh")) for one in gallery.photos]
    offered = [one for one in read_samples(content / "pictures").values() if one.offered]
    assert listed == [(one.path.resolve(), one.titles["en"], one.titles["zh"]) for one in offered]

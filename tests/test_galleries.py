"""Galleries: an experiment on every photo of a folder or of a list, and what a site shows of all of them."""

from __future__ import annotations

import csv
import gc
import os
import re
import shutil
import statistics
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from browser import Browser
from conftest import ROOT, made_once
from gallery_lesson import BEGINNING, add_photos
from PIL import Image
from stored_results import keep

from netviz.cache.store import Store
from netviz.cluster.bundles import bundle, tasks_of
from netviz.cluster.task_queue import TaskQueue
from netviz.command_line import main
from netviz.course.galleries import GalleryPhoto
from netviz.course.line_order import line_by_line
from netviz.course.photo_lists import listed_photos
from netviz.course.reading import Course, read_course
from netviz.engine.gallery_columns import GalleryColumns
from netviz.engine.plan import Task, by_picture, joined, make_gallery_plan, those
from netviz.engine.record import Record
from netviz.limits import FILE_BYTES
from netviz.mistakes import Mistake, Mistakes
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Reporter
from netviz.sandbox import AGGREGATES
from netviz.site.attached_files import credited_photos
from netviz.site.files.gallery_photos import with_readable_photos
from netviz.site.gallery_layout import GalleryLayout
from netviz.site.pages.gallery_statistics import averages

LABELS = ("tabby", "tiger cat", "Persian cat", "")  # of the photos, one after the other
PHOTOS = 66  # more than a page of the wall
FEW, MANY = 200, 1000
LESSON = (
    BEGINNING
    + """method: grad-cam
over: gallery
caption: The median is {{ median(numbers.largest) | number }}.
expect:
  - all(numbers.largest > 0)
  - share(correct) > 0.9
```

{% claim count(results['many'].correct) == 18 %}Some are right.{% endclaim %}
"""
)
WORDS = "---\ntitle: 许多照片\nsummary: 网络怎么看。\n---\n\n```experiment\nid: many\ncaption: 说明。\n```\n"


def write(content: Path, lesson: str = LESSON, photos: str = "") -> Path:
    """A lesson with a gallery for a course; gives its folder."""
    folder = content / "lessons" / "02-many"
    folder.mkdir(exist_ok=True)
    (folder / "en.md").write_text(lesson, "utf-8")
    (folder / "zh.md").write_text(WORDS, "utf-8")
    if photos:
        (folder / "photos.csv").write_text(photos, "utf-8")
    return folder


def read(content: Path) -> Course:
    return read_course(content, "compact")


def told(content: Path) -> list[str]:
    """The mistakes of a course, as they are told."""
    try:
        course = read(content)
    except Mistakes as wrong:
        return [str(one) for one in wrong.mistakes]
    return [str(one) for one in course.mistakes]


# Reading


def test_a_list_tells_of_each_photo(course: Path) -> None:
    head, second = "path,label,title,title_zh,credit,licence", "photos/a.png,,,,,"
    rows = [head, 'photos/b.png,虎斑猫,"A cat, asleep",睡猫,Ann,CC0', "", second]
    folder = write(course, photos="\n".join(rows))
    add_photos(folder / "photos", 2, "{}.png")
    for number, name in enumerate("ab"):
        (folder / "photos" / f"{number}.png").rename(folder / "photos" / f"{name}.png")
    gallery = read(course).galleries["many"]
    first, other = gallery.photos
    assert (first.file, first.label, first.title("en"), first.title("zh")) == (
        "photos/b.png",
        281,
        "A cat, asleep",
        "睡猫",
    )
    assert (first.picture.credit, first.picture.licence, first.picture.name) == ("Ann", "CC0", "photos-b")
    assert (other.label, other.title("en")) == (None, "a") and gallery.is_labelled
    assert not read(course).attachments["many"], "the photos are the gallery's"
    assert not [one for one in read(course).warnings if "nobody" in one.message and "many" in str(one.path)]


def test_a_title_in_one_language_alone_is_told_and_stands_in_no_other_than_the_first(course: Path) -> None:
    rows = ["a.jpg,,睡猫,", "b.jpg,,醒猫,", "c.jpg,,,One more", "d.jpg,For all,,", "e.jpg,,,"]
    folder = write(course, photos="\n".join(["path,title,title_zh,title_en", *rows]))
    for name in "abcde":
        add_photos(folder, 1, f"{name}.jpg")
    found = read(course)
    assert [(one.title("en"), one.title("zh")) for one in found.galleries["many"].photos] == [
        ("a", "睡猫"),
        ("b", "醒猫"),
        ("One more", "One more"),
        ("For all", "For all"),
        ("e", "e"),
    ]
    told = [(one.line, one.message) for one in found.warnings if one.path.name == "photos.csv"]
    assert told == [
        (2, "2 photos have no title in 'en', and one in another language; there stands the name of the file"),
        (4, "one photo has no title in 'zh', and one in another language; there stands that in 'en'"),
    ]


def test_the_folders_of_a_folder_are_classes(course: Path) -> None:
    folder = write(course, LESSON.replace("photos.csv", "photos"))
    add_photos(folder / "photos", 1)
    add_photos(folder / "photos" / "Siberian_husky", 1)
    (folder / "photos" / "notes.txt").write_text("of the trip")
    gallery = read(course).galleries["many"]
    assert [(one.file, one.label) for one in gallery.photos] == [("p00.jpg", None), ("Siberian_husky/p00.jpg", 250)]
    assert len({one.picture.name for one in gallery.photos}) == 2
    assert [str(one) for one in gallery.refused] == [
        f"{folder / 'photos' / 'notes.txt'}: notes.txt: is no photo by its name"
    ]


def test_photos_that_a_list_names_elsewhere_in_the_course_are_read_by_somebody(course: Path) -> None:
    folder = write(course, LESSON.replace("photos.csv", "lists/photos.csv"))
    add_photos(folder / "lists", 1, "a.jpg")
    add_photos(folder, 1, "b.jpg")
    add_photos(course / "lessons" / "01-first", 2, "c{}.jpg")
    (folder / "lists" / "photos.csv").write_text("path\na.jpg\n../b.jpg\n../../01-first/c0.jpg\n", "utf-8")
    found = read(course)
    assert [one.picture.name for one in found.galleries["many"].photos] == ["a", "b", "01-first-c0"]
    assert [one.path.name for one in found.warnings if "by nobody" in one.message] == ["c1.jpg"]


def test_photos_that_no_experiment_looks_at_are_told_of_where_they_are_named(course: Path) -> None:
    add_photos(
        write(
            course,
            LESSON.replace("over: gallery\n", "").partition("caption:")[0] + "caption: x\n```\n",
            "path\np00.jpg\n",
        ),
        1,
    )
    (one,) = [str(one) for one in read(course).warnings if "shown nowhere" in one.message]
    assert "en.md:4:1: no experiment is `over: gallery`" in one


def test_files_whose_names_are_not_utf_8_are_told_of_as_a_page_can_hold_it(course: Path) -> None:
    folder = write(course, LESSON.replace("photos.csv", "photos"))
    (photo,) = add_photos(folder / "photos", 1)
    for name, place in (
        (b"caf\xe9.jpg", folder / "photos"),
        (b"caf\xe9.txt", folder / "photos"),
        (b"caf\xe9.txt", folder),
    ):
        Path(os.fsdecode(os.fsencode(place) + b"/" + name)).write_bytes((folder / "photos" / photo).read_bytes())
    found = read(course)
    assert [one.file for one in found.galleries["many"].photos] == [photo]
    assert {one.message for one in found.galleries["many"].refused} == {
        r"caf\xe9.jpg: the name is not UTF-8; give the file another one",
        r"caf\xe9.txt: is no photo by its name",
    }
    assert any(one.path == folder / "caf\udce9.txt" for one in found.warnings)


HEAD = "path,label\n"


@pytest.mark.parametrize(
    ("photos", "place", "words"),
    [
        ("", "en.md:4:11", "no folder of photos and no CSV file 'photos.csv'"),
        ("label\ntabby\n", "photos.csv:1:1", "the column 'path' is missing"),
        ("path,lable\np00.jpg,tabby\n", "photos.csv:1:6", "did you mean 'label'"),
        (HEAD + "p00.jpg,tabyb\n", "photos.csv:2:9", "there is no class 'tabyb'"),
        (HEAD + "p00.jpg,crane\n", "photos.csv:2:9", "crane (bird)"),
        (HEAD + "p00.jpg,tabby\n./p00.jpg,\n", "photos.csv:3:1", "named in line 2 already"),
        (HEAD + "p00.jpg\n", "photos.csv:2:1", "1 cells, and line 1 names 2"),
        ("\n \n", "photos.csv:1:1", "is empty; its first line names the columns"),
        ("sep=;\n", "photos.csv:1:1", "is empty; its first line names the columns"),
        ("\u3000\npath;lable\n", "photos.csv:2:6", "did you mean 'label'"),
        ("\nsep=;\npath;lable\np00.jpg;tabby\n", "photos.csv:3:6", "did you mean 'label'"),
        ("\n;;\n\npath;label\np00.jpg;tabyb\n", "photos.csv:5:9", "there is no class 'tabyb'"),
        (HEAD + ",tabby\n", "photos.csv:2:1", "the path of the photo is missing"),
        ('path,label\n"p00.jpg,tabby\n', "photos.csv:2:1", "can't be read as CSV"),
        (HEAD + ".,tabby\n", "en.md:4:11", "holds no photo; photos.csv: .: a folder, where a file is needed"),
        (HEAD + "p99.jpg,tabby\n", "en.md:4:11", "holds no photo; photos.csv: p99.jpg: there is no such file"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_at_its_place(course: Path, photos: str, place: str, words: str) -> None:
    add_photos(write(course, photos=photos), 1)
    (mistake,) = told(course)
    assert place in mistake and words in mistake


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("before", [[], [""], ["sep={}"], ["", "SEP={0}{0}", "{0}{0}"], ['"sep={}"', '""{}""']])
def test_a_list_is_read_as_programs_for_tables_write_it(
    tmp_path: Path, separator: str, mark: str, end: str, before: list[str]
) -> None:
    rows = [["path", "label", "title"], ["p00.jpg", "tabby", '"a, b; ""c"""'], ["p01.jpg", "", "d"]]
    lines = [*(one.format(separator) for one in before), *(separator.join(row) for row in rows)]
    (tmp_path / "photos.csv").write_bytes((mark + end.join(lines) + end).encode())
    listed, _ = listed_photos(tmp_path / "photos.csv", ("en", "zh"))
    assert [(one.file, one.label, one.titles, one.place) for one in listed] == [
        ("p00.jpg", 281, {"": 'a, b; "c"'}, (len(before) + 2, 1)),
        ("p01.jpg", None, {"": "d"}, (len(before) + 3, 1)),
    ]


def test_a_list_may_be_longer_than_other_texts(tmp_path: Path) -> None:
    told = "made by a program" * 60  # so few rows are long enough
    rows = "".join(f"photos/{number:06}.jpg,tabby,Photo {number},{told}\n" for number in range(2_000))
    (tmp_path / "photos.csv").write_text(f"path,label,title,credit\n{rows}", "utf-8")
    listed, _ = listed_photos(tmp_path / "photos.csv", ("en",))
    photos = [*listed]
    assert len(rows) > FILE_BYTES
    assert len(photos) == 2_000 and photos[-1].place == (2_001, 1)


ODD = [
    "two words.jpg",
    "🐈‍⬛.jpg",
    "'quoted' \"twice\".jpg",
    "<b>&amp;.jpg",
    "Größe.jpg",
    "GRÖSSE.jpg",
    "a%20b#c?.jpg",
    "虎.jpg",
]


def test_photos_may_be_called_anything(course: Path) -> None:
    folder = write(course, LESSON.replace("photos.csv", "photos"))
    add_photos(folder / "photos", len(ODD), "{}.jpg")
    for number, name in enumerate(ODD):
        (folder / "photos" / f"{number}.jpg").rename(folder / "photos" / name)
    gallery = read(course).galleries["many"]
    assert {one.file for one in gallery.photos} == {*ODD}
    names = [one.picture.name for one in gallery.photos]
    assert len({name.casefold() for name in names}) == len(ODD)
    assert all(re.fullmatch(r"[\w-]+", name) for name in names), names


def test_names_that_begin_alike_are_numbered_past_those_that_are_taken(course: Path) -> None:
    long = "x" * 72
    files = [f"{long}-3.jpg", *(f"{long}{number}.jpg" for number in range(3)), f"{long[:-2]}-2.jpg"]
    folder = write(course, photos="path\n" + "".join(f"{one}\n" for one in files))
    for number, name in enumerate(add_photos(folder, len(files))):
        (folder / name).rename(folder / files[number])
    names = [one.picture.name for one in read(course).galleries["many"].photos]
    assert names == [long, f"{long}-2", f"{long}-3", f"{long}-4", f"{long[:-2]}-2"]


def test_what_lies_elsewhere_or_leads_there_is_left_out(course: Path, tmp_path: Path) -> None:
    folder = write(course)
    add_photos(folder, 2)
    add_photos(tmp_path / "outside", 2)
    (folder / "link.jpg").symlink_to(tmp_path / "outside" / "p00.jpg")
    (folder / "nowhere.jpg").symlink_to("gone.jpg")
    (folder / "inside.jpg").symlink_to("p00.jpg")
    (folder / "folder.jpg").mkdir()
    absolute = tmp_path / "outside" / "p01.jpg"
    files = ["p01.jpg", "inside.jpg", "link.jpg", "nowhere.jpg", "folder.jpg", "../../../outside/p00.jpg", absolute]
    write(course, photos="path\n" + "".join(f"{one}\n" for one in files))
    gallery = read(course).galleries["many"]
    assert [one.file for one in gallery.photos] == ["p01.jpg", "inside.jpg"]
    told = {one.line: one.message for one in gallery.refused}
    assert told == {
        4: "link.jpg: lies outside the course's folder: copy it",
        5: "nowhere.jpg: a link that leads nowhere",
        6: "folder.jpg: a folder, where a file is needed",
        7: "../../../outside/p00.jpg: lies outside the course's folder: copy it",
        8: "../../../outside/p01.jpg: lies outside the course's folder: copy it",
    }


def test_a_photo_is_one_however_its_path_is_written_and_nobody_is_told_where_the_course_lies(course: Path) -> None:
    folder = write(course)
    (name,) = add_photos(folder, 1)
    for path in (folder / name, f"../{folder.name}/{name}"):
        write(course, photos=f"path\n{path}\n")
        assert [one.file for one in read(course).galleries["many"].photos] == [name]
    write(course, photos=f"path\n{name}\n../{folder.name}/{name}\n{folder / name}\n")
    second, third = told(course)
    assert f"photos.csv:3:1: '{name}' is named in line 2 already" in second
    assert f"photos.csv:4:1: '{name}' is named in line 2 already" in third


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("pictures: photos.csv\n", ""), "en.md:9:7", "the lesson has no gallery"),
        (("over: gallery", "over: galery"), "en.md:10:7", "'gallery'"),
        (("over: gallery", "over: gallery\npicture: dog"), "en.md:11:1", "can't be together"),
        (("over: gallery", "over: gallery\nvary: {layer: [block4_conv3, block5_conv3]}"), "en.md:11:1", "no slider"),
        (("method: grad-cam", "method: smoothgrad-noise"), "en.md:9:9", "unknown method"),
        (("method: grad-cam", "method: on-paper"), "en.md:10:7", "brings its own data and looks at no photo"),
        (("method: grad-cam", "method: first-layer-filters"), "en.md:10:7", "it finds the same for each"),
        (("method: grad-cam", "method: activation-maximisation"), "en.md:10:7", "it finds the same for each"),
    ],
)
def test_a_fence_asks_for_what_a_gallery_has(course: Path, change: tuple[str, str], place: str, words: str) -> None:
    add_photos(write(course, LESSON.replace(*change), "path\np00.jpg\n"), 1)
    mistakes = told(course)
    assert any(place in one and words in one for one in mistakes), mistakes


def test_what_may_differ_from_photo_to_photo_may_be_run_on_each(course: Path) -> None:
    asked = "method: activation-maximisation\nobjective: class"
    add_photos(write(course, LESSON.replace("method: grad-cam", asked), "path\np00.jpg\n"), 1)
    assert not [one for one in told(course) if "en.md:10:" in one or "en.md:11:" in one]


def test_what_is_left_out_of_a_list_is_told_line_by_line(course: Path, tmp_path: Path) -> None:
    files = ["broken.jpg", "missing.jpg", "p00.jpg", "empty.jpg", "gone.jpg"]
    folder = write(course, photos="path\n" + "".join(f"{one}\n" for one in files))
    add_photos(folder, 1)
    (folder / "broken.jpg").write_text("a text")
    (folder / "empty.jpg").write_bytes(b"")
    found = with_readable_photos(read(course), Store(tmp_path / "store"), Reporter())
    assert [one.line for one in found.galleries["many"].refused] == [2, 3, 5, 6]


def test_warnings_of_a_file_stand_together_line_by_line() -> None:
    said = [("b", 3), ("a", 1), ("b", None), ("b", 2), ("a", 0)]
    told = line_by_line(Mistake(Path(name), "…", line=line) for name, line in said)
    assert [(one.path.name, one.line) for one in told] == [("b", None), ("b", 2), ("b", 3), ("a", 0), ("a", 1)]


def test_each_line_without_a_path_is_told_of_once(course: Path) -> None:
    write(course, photos=HEAD + ",tabby\n,tabby\n")
    first, second = told(course)
    assert "photos.csv:2:1: the path of the photo is missing" in first
    assert "photos.csv:3:1: the path of the photo is missing" in second


def test_the_root_of_the_disk_is_no_gallery(course: Path) -> None:
    add_photos(write(course, LESSON.replace("photos.csv", "/")), 1)
    [outside] = told(course)
    assert "en.md:4:11: photos of a gallery lie in the course's folder" in outside


def test_what_lies_outside_the_course_is_not_told_of(course: Path, tmp_path: Path) -> None:
    write(course, LESSON.replace("photos.csv", "../../../elsewhere"))
    (tmp_path / "private").mkdir()
    [outside] = told(course)
    assert "lie in the course's folder" in outside and "private" not in outside


def test_a_gallery_is_named_in_the_first_language_and_holds_photos_of_the_course(course: Path, tmp_path: Path) -> None:
    folder = write(course, LESSON.replace("photos.csv", "../../../elsewhere"))
    (folder / "zh.md").write_text(WORDS.replace("summary", "pictures: photos\nsummary"), "utf-8")
    add_photos(tmp_path / "elsewhere", 1)
    outside, again = told(course)
    assert "en.md:4:11" in outside and "lie in the course's folder" in outside
    assert "zh.md:3:1" in again and "in en.md alone" in again


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ results['many'].numbers.largest }}", "is of many photos, so it is asked for in one of all(…)"),
        ("{{ share(results['says'].top) }}", "speaks of no experiment with `over: gallery`"),
        ("{{ share(median(results['many'].numbers.largest) > 1) }}", "can stand within another"),
        ("{{ share() }}", "takes one expression, here are 0"),
        ("{{ share(results['many'].correct and results['dog-cam'].each.numbers.largest > 1) }}", "of a slider at once"),
        ("{{ share(results['many'].corect) }}", "did you mean 'correct'"),
        ("{{ median(results['many'].numbers.larges) }}", "did you mean 'largest'"),
        ("{{ median(results['many'].top[0].name) }}", "asks for numbers, and results['many'].top[0].name is a text"),
        ("{{ share(results['many'].target.rank + 1 - 1) }}", "asks for a condition, true or false, and … is a number"),
        (
            "{% claim median(results['many'].numbers.largest) %}So.{% endclaim %}",
            "a claim is true or false, and median(",
        ),
    ],
)
def test_what_is_asked_of_many_photos_as_if_of_one_is_told(
    course: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    add_photos(write(course, f"{LESSON}\n{text}\n", "path\np00.jpg\n"), 1)
    site = course.parent / "site"
    assert main(["--content", str(course), "--to", str(site), "--store", str(course.parent / "store")]) == 1
    message = capsys.readouterr().err
    assert "en.md:19:" in message and words in " ".join(message.split())


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("share(correct)", "a claim is true or false, and share(correct) is a number"),
        ("share(correct) if all(correct) else 2.0", "a claim is true or false, and … is a number"),
        ("all(label)", "all(…) asks for a condition, true or false, and label is no single value"),
        ("mean(label.name) > 1", "mean(…) asks for numbers, and label.name is a text"),
        ("all(label.nme == 'tabby')", "label has no 'nme'"),
    ],
)
def test_a_claim_of_another_kind_is_told_before_anything_runs(
    course: Path, capsys: pytest.CaptureFixture[str], claim: str, words: str
) -> None:
    add_photos(write(course, LESSON.replace("all(numbers.largest > 0)", claim), "path\np00.jpg\n"), 1)
    site = course.parent / "site"
    assert main(["--content", str(course), "--to", str(site), "--store", str(course.parent / "store")]) == 1
    message = " ".join(capsys.readouterr().err.replace("^", "").split())
    assert "en.md:13:" in message and words in message


# Whose photos they are


def test_the_credits_name_whose_photos_a_small_gallery_has(course: Path) -> None:
    source = "https://example.org/b"
    folder = write(
        course, photos=f"path,title,title_zh,credit,licence,source\nb.png,Bee,蜂,Ann,CC0,{source}\na.png,,,,,\n"
    )
    for name in "ab":
        Image.new("RGB", (32, 32), "navy").save(folder / f"{name}.png")
    for language, title in (("en", "Bee"), ("zh", "蜂")):
        [(lesson, name, credit)] = credited_photos(read(course), language)
        assert (lesson, name) == ("many", title)
        assert (credit.credit, credit.licence, credit.source) == ("Ann", "CC0", source)


@pytest.mark.parametrize(("count", "told"), [(60, 60), (61, 0)])
def test_of_a_large_gallery_they_stand_beside_the_photos_alone(course: Path, count: int, told: int) -> None:
    names = [f"{number}.png" for number in range(count)]
    folder = write(course, photos="path,credit\n" + "".join(f"{name},Ann\n" for name in names))
    for name in names:
        Image.new("RGB", (8, 8)).save(folder / name)
    assert len([*credited_photos(read(course), "en")]) == told


# The plan


def test_a_photo_is_known_by_its_content(course: Path) -> None:
    folder = write(course, photos="path,label\na.png,tabby\nb.png,\nc.png,\n")
    for name in ("a.png", "b.png"):
        Image.new("RGB", (32, 32), "navy").save(folder / name)
    Image.new("RGB", (32, 32), "red").save(folder / "c.png")
    a, b, c = make_gallery_plan(read(course), describe("compact"))["many"]
    assert a.key == b.key != c.key and a.picture_name != b.picture_name
    assert replace(a, picture=read(course).galleries["many"].photos[0].picture).key == a.key, "as a sample's"


@pytest.mark.slow
def test_of_each_photo_only_some_hundred_bytes_stay_in_memory(course: Path, tmp_path: Path) -> None:
    """An object of Python's for each of ten thousand, with its texts, would take kilobytes."""
    folder = write(course)
    (folder / "photos").mkdir()
    for number in range(MANY):
        (folder / "photos" / f"{number:05}.jpg").write_text(f"{number}")

    def kept(count: int) -> tuple[Any, ...]:
        rows = "".join(f"photos/{number:05}.jpg,tabby,Photo {number},by me\n" for number in range(count))
        (folder / "photos.csv").write_text(f"path,label,title,credit\n{rows}", "utf-8")
        return planned(course, tmp_path)

    kept(FEW)  # what is found out of all courses counts for none
    held = []
    tracemalloc.start()
    try:
        for count in (FEW, MANY):
            found = kept(count)
            gc.collect()
            traces = tracemalloc.take_snapshot().traces
            held.append(sum(one.size for one in traces if one.size < 1_000_000))  # but Python's table of words
            assert len(found) == 6 and len(found[0].photos) == count
            del found
    finally:
        tracemalloc.stop()
    assert (held[1] - held[0]) / (MANY - FEW) < 500


def planned(content: Path, folder: Path) -> tuple[Any, ...]:
    """A gallery, its tasks, those of all experiments, those in the order they are run in, a cluster's, and a store."""
    course, store = read(content), Store(folder / "store")
    plan = make_gallery_plan(course, describe("compact"))
    tasks = joined([*plan.values()])
    missing = by_picture(those(tasks, lambda task: not store.has("results", task.key)))
    assert not any(store.has("thumbnails", photo.picture.digest) for photo in course.galleries["many"].photos)
    return course.galleries["many"], plan, tasks, missing, TaskQueue(missing), store


@pytest.mark.parametrize("framing", ["crop", "squash"])
def test_a_worker_of_a_cluster_has_the_same_keys(course: Path, tmp_path: Path, framing: str) -> None:
    lesson = LESSON.replace("over: gallery", f"over: gallery\nframing: {framing}")
    add_photos(write(course, lesson, "path\np00.jpg\np01.jpg\n"), 2)
    tasks = make_gallery_plan(read(course), describe("compact"))["many"]
    sent = tasks_of(bundle(tasks, Store(tmp_path)), tmp_path)
    assert [task.key for task in sent.values()] == [task.key for task in tasks] == list(sent)


# The site


def largest(number: int) -> float:
    """What was measured on a photo, made up."""
    return 1 + number % 10 / 4


def make_site(folder: Path) -> None:
    """A course with a gallery, the results of which are made up; one of its files is no photo."""
    content, store = folder / "content", Store(folder / "store")
    shutil.copytree(ROOT / "tests" / "course", content)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, content / "pictures")
    shutil.rmtree(content / "lessons" / "01-first")
    lesson = write(content)
    names = [f"photos/{name}" for name in add_photos(lesson / "photos", PHOTOS)]
    (lesson / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff and no more")
    rows = [f"{name},{LABELS[number % 4]},Photo <{number}>\n" for number, name in enumerate(names)]
    write(content, photos="path,label,title\n" + "".join(rows) + "photos/broken.jpg,tabby,Broken\n")
    for number, task in enumerate(make_gallery_plan(read(content), describe("compact"))["many"]):
        answer = {"attribution": np.eye(14), "largest": largest(number), "peak": [0.5, 0.5]}
        keep(task, number % 3, answer, store)  # the tabby, the tiger cat, or the next
    build(Options(content=content, to=folder / "site", store=store.folder), Reporter())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "many-photos", make_site)


@pytest.fixture(scope="module")
def gallery(made: Path) -> Callable[[str], str]:
    return lambda name: (made / "site" / name).read_text("utf-8")


def seen(number: int) -> tuple[int | None, int]:
    """The label and the first class of a photo."""
    return ((281, 282, 283, None)[number % 4], 281 + number % 3)


@pytest.mark.slow
def test_the_wall_has_sixty_photos_to_a_page_with_what_the_network_says(gallery: Callable[[str], str]) -> None:
    pages = [re.findall(r"<li><a.*?</li>", gallery(f"galleries/many/{page}.html"), re.DOTALL) for page in (1, 2)]
    assert [len(photos) for photos in pages] == [60, PHOTOS - 60]
    first, second, third, fourth = pages[0][:4]
    assert 'src="../../galleries/many/photos/photos-p00.webp"' in first and "Photo &lt;0&gt;" in first
    assert "tabby" in first and ">right<" in first and "loading=" in first
    assert ">right<" in second and ">right<" not in fourth and ">wrong<" not in fourth
    assert ">right<" in third
    fifth = pages[0][4]  # a tabby, seen as a tiger cat
    assert ">wrong<" in fifth and "shows: tabby" in fifth and "tiger cat" in fifth
    assert "第 61 至 66 张" in gallery("zh/galleries/many/2.html")


@pytest.mark.slow
def test_the_figure_shows_the_first_photos_with_their_maps(gallery: Callable[[str], str]) -> None:
    photos = re.findall(r"<li><a[^>]*><img.*?</li>", gallery("many.html"), re.DOTALL)
    assert len(photos) == 12
    for number, photo in enumerate(photos):
        files = re.findall(r'src="galleries/many/(photos|maps)/photos-p(\d+)\.webp"', photo)
        assert files == [("photos", f"{number:02}"), ("maps", f"{number:02}")]
        assert re.search(r'alt="Grad-CAM[^"]+"', photo), "the map has words, the photo its title"
    assert "Each map has a scale of its own." in gallery("many.html")


@pytest.mark.slow
def test_a_class_shows_its_photos_with_their_maps_by_what_they_are_seen_as(gallery: Callable[[str], str]) -> None:
    page = gallery("galleries/many/class-281.html")
    names = re.findall(r'<li id="photos-p(\d+)"', page)
    tabbies = [number for number in range(PHOTOS) if seen(number)[0] == 281]
    assert sorted(map(int, names)) == tabbies
    assert re.findall(r"<h2>(.*?)</h2>", page)[0] == "Seen as tabby"
    right = [number for number in tabbies if seen(number)[1] == 281]
    assert sorted(map(int, names[: len(right)])) == right
    assert page.count("maps/photos-p") == len(tabbies) and "Grad-CAM" in page


class Counting(Sequence[GalleryPhoto]):
    """Photos without labels, of which is known how often one was asked for."""

    def __init__(self, photos: Sequence[GalleryPhoto]) -> None:
        self.photos, self.asked = photos, 0

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, place: Any) -> Any:
        self.asked += 1
        return self.photos[place]


def test_photos_without_labels_are_laid_out_without_looking_at_each_for_each_other_one(course: Path) -> None:
    (write(course) / "photos.csv").write_text("path\n" + "".join(f"{number}.jpg\n" for number in range(300)), "utf-8")
    for number in range(300):
        (course / "lessons" / "02-many" / f"{number}.jpg").touch()
    photos = Counting(read(course).galleries["many"].photos)
    columns = GalleryColumns(
        photos=photos,
        likeliest=np.repeat(np.arange(300, dtype=np.int16)[:, None] % 7, 5, axis=1),
        probabilities=np.ones((300, 5)),
        logits=np.ones((300, 5)),
        targets=np.ones((300, 4)),
        numbers={},
        record=cast(Record, None),
    )
    layout = GalleryLayout("many", columns)
    assert {*layout.groups} == {*range(7)} and len(layout.page_of) == 300 and not layout.labelled
    assert photos.asked < 4 * 300


@pytest.mark.slow
def test_the_table_of_confusions_counts_and_opens_its_photos(gallery: Callable[[str], str], made: Path) -> None:
    page = gallery("galleries/many/classes.html")
    row = re.search(r"<tr><th scope=\"row\"><a[^>]*>tabby</a>.*?</tr>", page, re.DOTALL)
    assert row
    counts = [int(one) for one in re.findall(r">(\d+)</a>", row[0])]
    expected = [sum(seen(number) == (281, said) for number in range(PHOTOS)) for said in (281, 282, 283)]
    assert counts == expected
    for link in re.findall(r'<td class="figures[^"]*"><a href="([^"]+)"', row[0]):
        file, _, photo = link.partition("#")
        assert f'id="{photo}"' in gallery(f"galleries/many/{file}")


@pytest.mark.slow
def test_averages_have_their_spread(gallery: Callable[[str], str]) -> None:
    page = gallery("many.html")
    values = [largest(number) for number in range(PHOTOS)]
    numbers = re.search(r"largest size of a value</th>(.*?)</tr>", page, re.DOTALL)
    assert numbers
    cells = [float(one) for one in re.findall(r">([\d.]+)<", numbers[1])]
    summary = (statistics.fmean(values), statistics.stdev(values), min(values), statistics.median(values), max(values))
    assert cells == [float(f"{one:.3g}") for one in summary]
    assert f"The median is {statistics.median(values):.3g}." in page


def test_what_names_a_channel_or_a_class_is_not_averaged() -> None:
    scalars = {"channel": np.array([509, 13]), "answer_before": np.array([1, 2]), "value": np.array([1.0, 3.0])}
    columns: Any = SimpleNamespace(probability=np.array([0.5, 1.0]), scalars=scalars)
    assert [(one.name, one.mean) for one in averages(columns) if one] == [("first probability", 0.75), ("value", 2.0)]


def test_one_photo_alone_has_no_spread() -> None:
    columns: Any = SimpleNamespace(probability=np.array([0.5, 1.0]), scalars={"value": np.array([2.0, np.nan])})
    assert [(one.count, one.spread is None) for one in averages(columns) if one] == [(2, False), (1, True)]
    assert [(one.mean, one.spread) for one in averages(columns, [0]) if one] == [(0.5, None), (2.0, None)]
    assert AGGREGATES["spread"]([2.0]) is None and AGGREGATES["spread"]([2.0, 2.0]) == 0


def test_a_number_of_a_method_takes_no_place_of_the_first_probability() -> None:
    columns: Any = SimpleNamespace(probability=np.array([0.5, 1.0]), scalars={"probability": np.array([10.0, 30.0])})
    assert [one.mean for one in averages(columns) if one] == [0.75, 20.0]


@pytest.mark.slow
def test_claims_speak_of_all_photos(gallery: Callable[[str], str]) -> None:
    page = gallery("many.html")
    labelled = [number for number in range(PHOTOS) if seen(number)[0] is not None]
    right = [number for number in labelled if seen(number)[0] == seen(number)[1]]
    assert "share(correct) &gt; 0.9" in page and "does not hold" in page
    assert f"{len(right) / len(labelled):.3g}" in page
    assert len(right) == 18 and "unkept" not in page


@pytest.mark.slow
def test_photos_that_can_all_be_read_leave_a_course_as_it_is(course: Path, tmp_path: Path) -> None:
    add_photos(write(course, photos="path\np00.jpg\np01.jpg\n"), 2)
    whole = read(course)
    assert with_readable_photos(whole, Store(tmp_path), Reporter()) is whole, "with the keys of all its tasks"


@pytest.mark.slow
def test_a_photo_that_cannot_be_read_is_listed(made: Path, gallery: Callable[[str], str]) -> None:
    page = gallery("many.html")
    assert "One file is left out" in page and "photos/broken.jpg: a JPEG that is broken" in page
    options = Options(content=made / "content", to=made / "other", store=made / "store", strict=True)
    with pytest.raises(Mistakes, match=r"photos\.csv:68:1: photos/broken\.jpg"):
        build(options, Reporter())


@pytest.mark.slow
def test_the_numbers_are_there_as_csv_and_as_parquet(made: Path) -> None:
    fastparquet = pytest.importorskip("fastparquet")
    with (made / "site" / "numbers" / "many.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (made / "site" / "numbers" / "many.parquet").open("rb") as file:
        frame = fastparquet.ParquetFile(file).to_pandas()
    assert len(rows) == len(frame) == PHOTOS and list(frame.columns) == list(rows[0])
    assert [row["photo"] for row in rows] == list(frame["photo"])
    assert [float(row["numbers.largest"]) for row in rows] == [largest(one) for one in range(PHOTOS)]
    assert list(frame["numbers.largest"]) == [largest(one) for one in range(PHOTOS)]
    assert [row["correct"] for row in rows[:5]] == ["True", "True", "True", "", "False"]
    assert frame["label"].isna().sum() == sum(seen(one)[0] is None for one in range(PHOTOS))
    assert frame["top1"].tolist() == [seen(one)[1] for one in range(PHOTOS)]


@pytest.mark.slow
def test_every_page_stays_small(made: Path) -> None:
    pages = [*(made / "site").rglob("galleries/**/*.html"), *(made / "site").rglob("galleries/**/*.js")]
    assert len(pages) > 10 and max(page.stat().st_size for page in pages) < 300_000


@pytest.mark.slow
def test_a_second_build_makes_the_same_bytes_and_weaves_nothing_anew(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "store", tmp_path / "store")
    shutil.rmtree(tmp_path / "store" / "gallery-pages")
    build(Options(content=made / "content", to=tmp_path / "site", store=tmp_path / "store"), Reporter())
    for path in (made / "site" / "galleries").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "site" / path.relative_to(made / "site")).read_bytes()


# In a browser


def titles(browser: Browser) -> list[str]:
    return list(browser.run("return Array.from(document.querySelectorAll('.wall b'), (one) => one.textContent)"))


def choose(browser: Browser, **values: Any) -> None:
    browser.do(
        """for (const [name, value] of Object.entries(arguments[0])) {
            const one = document.querySelector(`.sorting [name=${name}]`);
            if (one.type === 'checkbox') one.checked = value; else one.value = value;
            one.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        values,
    )


def test_the_wall_is_sorted_and_filtered(browser: Browser, made: Path) -> None:
    browser.open(made / "site" / "galleries" / "many" / "1.html")
    browser.do("document.querySelector('.sorting summary').click()")
    browser.expect(lambda: len(browser.run("return document.querySelector('[name=said]').options")) == 4)
    choose(browser, right="wrong", sort="1", descending=True)
    wrong = [number for number in range(PHOTOS) if seen(number)[0] not in (None, seen(number)[1])]
    expected = sorted(wrong, key=lambda number: -largest(number))
    browser.expect(lambda: titles(browser) == [f"Photo <{number}>" for number in expected])
    assert "right:wrong" in browser.address() and f"of {len(wrong)}" in browser.text(".sorting [role=status]")
    choose(browser, right="", said="282", number="1", least="2")
    found = [number for number in range(PHOTOS) if seen(number)[1] == 282 and largest(number) >= 2]
    browser.expect(lambda: sorted(titles(browser)) == sorted(f"Photo <{number}>" for number in found))
    address = browser.address()
    browser.open("about:blank")
    browser.open(address)
    browser.expect(lambda: sorted(titles(browser)) == sorted(f"Photo <{number}>" for number in found))
    browser.do("document.querySelector('.sorting [type=reset]').click()")
    browser.expect(lambda: len(titles(browser)) == 60)
    assert browser.console_errors() == []


def test_without_scripts_the_wall_has_its_pages(browser: Browser, made: Path) -> None:
    browser.scripts(False)
    browser.open(made / "site" / "galleries" / "many" / "1.html")
    assert (
        not browser.shown(".sorting") and browser.shown(".wall li:last-child") and browser.shown("nav.pages [rel=next]")
    )


@pytest.mark.parametrize("name", ["many.html", "zh/many.html", "galleries/many/classes.html"])
def test_on_a_phone_words_and_numbers_of_a_table_stay_whole(browser: Browser, made: Path, name: str) -> None:
    browser.viewport(390, 800)
    browser.open(made / "site" / name)
    broken = browser.run(
        """const broken = [];
        for (const cell of document.querySelectorAll('.sheet :is(th, td)')) {
            const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
            while (words.nextNode()) for (const word of words.currentNode.data.matchAll(/[^\\s-]+/g)) {
                if (/^[\u4e00-\u9fff]{6,}$/.test(word[0])) continue; // several words
                const range = document.createRange();
                range.setStart(words.currentNode, word.index);
                range.setEnd(words.currentNode, word.index + word[0].length);
                if (new Set(Array.from(range.getClientRects(), (one) => one.top)).size > 1) broken.push(word[0]);
            }
        }
        return broken;"""
    )
    assert broken == [] and browser.overflow() == 0


@pytest.mark.parametrize("name", ["many.html", "zh/galleries/many/1.html", "galleries/many/class-281.html"])
def test_the_pages_of_a_gallery_are_accessible(browser: Browser, made: Path, name: str) -> None:
    browser.viewport(390, 800)
    browser.open(made / "site" / name)
    assert browser.violations() == [] and browser.overflow() == 0


def test_what_a_task_is_called_tells_its_photo(course: Path) -> None:
    add_photos(write(course, photos="path\np00.jpg\n"), 1)
    task: Task = make_gallery_plan(read(course), describe("compact"))["many"][0]
    assert task.label == "many · p00"

"""Whatever may be asked for in a terminal, of a course with a gallery; its network costs nothing."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from cheap_network import open_cheap
from gallery_lesson import BEGINNING, add_photos
from PIL import Image
from stored_results import known
from test_serving import serving

import netviz.methods
from netviz.cache.store import Store
from netviz.cluster import executors
from netviz.command_line import main
from netviz.engine import execution
from netviz.engine.record import RESULTS

PHOTOS = 7
DARK = 3  # the photo on which the method fails
METHOD = """
import numpy as np

from netviz.methods import Passes, method


@method(title={"en": "Light", "zh": "亮度"}, summary={"en": "How light each pixel is.", "zh": "每个像素有多亮。"},
        gives="attribution", signed=False, views=("map",), numbers=("mean",), passes=lambda settings: Passes(forward=1),
        asks_for_class=lambda settings: False)
def light(network, pictures, targets):
    '''The mean over the colours: ``attribution`` (n, height, width).'''
    network.logits(pictures)
    if pictures.max() < 20:
        raise ValueError("there is no <light> at all")
    return {"attribution": pictures.mean(-1), "mean": pictures.mean((1, 2, 3))}
"""
LESSON = (
    BEGINNING
    + """method: light
over: gallery
caption: The median is {{ median(numbers.mean) | number }}.
expect:
  - all(numbers.mean > 0)
```

```experiment
id: says
method: predict
over: gallery
caption: "{{ count(correct) }} are right."
```
"""
)
WORDS = """---
title: 许多照片
summary: 网络怎么看。
---

```experiment
id: many
caption: 说明。
```

```experiment
id: says
caption: 说明。
```
"""
PROSE = "---\ntitle: {}\nsummary: {}\n---\n\n{}\n"


@pytest.fixture
def gallery(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a lesson with photos, of which one is broken, and one too dark; we are in that of its course."""
    monkeypatch.setattr(netviz.methods, "_registry", dict(netviz.methods.methods()))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "light", raising=False)
    monkeypatch.setattr(execution, "open_network", lambda weights: open_cheap())
    monkeypatch.setattr(executors, "open_network", opened)
    monkeypatch.chdir(course.parent)
    Path("light.py").write_text(METHOD, "utf-8")
    for language, words in (("en", "Words."), ("zh", "文字。")):
        (course / "lessons" / "01-first" / f"{language}.md").write_text(PROSE.format(words, words, words), "utf-8")
    lesson = course / "lessons" / "02-many"
    names = [f"photos/{name}" for name in add_photos(lesson / "photos", PHOTOS)]
    for number, name in enumerate(names):
        rows = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
        Image.fromarray(rows // (16 if number == DARK else 1)).resize((40, 40)).save(lesson / name)
    (lesson / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff and no more")
    listed = "".join(f"{name},tabby\n" for name in [*names, "photos/broken.jpg", "photos/missing.jpg"])
    (lesson / "photos.csv").write_text(f"path,label\n{listed}", "utf-8")
    (lesson / "en.md").write_text(LESSON, "utf-8")
    (lesson / "zh.md").write_text(WORDS, "utf-8")
    return lesson


def opened(weights: str) -> object:
    """What a worker opens in the place of VGG16."""
    return open_cheap()


def run(*words: str) -> int:
    return main(["--store", "store", "--methods", "light.py", *words])


def contents(folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
    }


def leave_out(gallery: Path, *names: str) -> None:
    """Take photos off the list, and out of their folder."""
    listed = (gallery / "photos.csv").read_text("utf-8").splitlines(keepends=True)
    (gallery / "photos.csv").write_text("".join(one for one in listed if not any(map(one.count, names))), "utf-8")
    for name in names:
        (gallery / "photos" / f"{name}.jpg").unlink(missing_ok=True)


@pytest.mark.slow
def test_a_photo_on_which_a_method_fails_is_listed_and_left_out(
    gallery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    told = capsys.readouterr().err
    assert "photos.csv:5:1: photos/p03.jpg: light can't run (many · photos-p03): ValueError there is no <light>" in told
    lines = [int(line) for line in re.findall(r"photos\.csv:(\d+):1: ", told.partition("3 to look at")[2])]
    assert len(lines) == 3 and lines == sorted(lines)
    assert "its traceback is in " in told and "store/error-" in told and "3 to look at" in told
    page = Path("site/many.html").read_text("utf-8")
    assert "3 files are left out" in page
    assert 'alt="Light, ' in page and "Light for " not in page, "it knows no class"
    assert (
        "photos/p03.jpg: light can&#39;t run (many · photos-p03): ValueError there is no &lt;light&gt; at all" in page
    )
    rows = Path("site/numbers/says.csv").read_text("utf-8").splitlines()
    assert len(rows) == PHOTOS and not any("p03" in row for row in rows), (
        "of no experiment, so that all are of the same"
    )
    before = contents("site")
    assert run() == 0 and "1 run" not in capsys.readouterr().err, "it is tried again"
    assert contents("site") == before
    leave_out(gallery, "broken", "missing")
    assert run("--strict", "--to", "other") == 1
    assert "photos.csv:5:1: photos/p03.jpg: light can't run" in capsys.readouterr().err
    assert not Path("other").exists()
    leave_out(gallery, f"p{DARK:02}")
    assert run("--strict") == 0


def test_a_method_that_fails_on_every_photo_ends_the_build(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("light.py").write_text(METHOD.replace("pictures.max() < 20", "True"), "utf-8")
    assert run() == 1
    told = capsys.readouterr().err
    assert "light can't run (many · photos-p00)" in told and "no photo of the gallery is left" in told
    assert "1 to mend" in told and not Path("site").exists()


def test_a_failure_on_a_photo_of_the_readers_ends_the_build(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = gallery.parent / "01-first" / "en.md"
    lesson.write_text(
        lesson.read_text("utf-8") + "\n```experiment\nid: one\nmethod: grad-cam\ncaption: x\n```\n", "utf-8"
    )
    zh = lesson.with_name("zh.md")
    zh.write_text(zh.read_text("utf-8") + "\n```experiment\nid: one\ncaption: 说明\n```\n", "utf-8")
    assert run() == 1
    told = capsys.readouterr().err
    assert "grad-cam can't run (one · chelsea)" in told and not Path("site").exists()


@pytest.mark.slow
def test_workers_of_a_cluster_give_the_same_site_to_the_last_byte(
    gallery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--to", "here") == 0
    assert main(["--store", "other", "--methods", "light.py", "--to", "there", "--cluster", "local:2"]) == 0
    told = capsys.readouterr().err
    assert "workers at local:2" in told and "photos/p03.jpg: light can't run (many · photos-p03)" in told
    here, there = contents("here"), contents("there")
    assert here.keys() == there.keys() and [name for name in here if here[name] != there[name]] == []
    strict = ["--store", "third", "--methods", "light.py", "--to", "strict", "--strict", "--cluster", "local:1"]
    assert main(strict) == 1
    told = capsys.readouterr().err
    assert "photos.csv:9:1: photos/broken.jpg" in told and "missing.jpg: there is no such file" in told
    leave_out(gallery, "broken", "missing")
    assert main(strict) == 1
    assert "photos.csv:5:1: photos/p03.jpg: light can't run" in capsys.readouterr().err
    assert not Path("strict").exists()


def test_stored_results_of_a_gallery_are_verified(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    capsys.readouterr()
    assert run("--verify") == 0
    told = capsys.readouterr().out
    assert "13 of 13 stored results were made again" in told and "13 are the same to the last byte" in told


def test_the_raw_numbers_of_a_gallery_are_exported(
    gallery: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netviz.pipeline.open_network", opened)
    monkeypatch.setattr(type(open_cheap()), "network_input", lambda self, pictures: pictures, raising=False)
    monkeypatch.setattr(type(open_cheap()), "to_input_units", lambda self, values: values, raising=False)
    assert run("--export", "many", "--to", "out") == 0
    told = capsys.readouterr().err
    assert "photos/broken.jpg: a JPEG that is broken" in told and "photos/p03.jpg: light can't run" in told
    names = {path.stem for path in Path("out").glob("*.npz")}
    assert names == {f"many-photos-p{number:02}" for number in range(PHOTOS) if number != DARK}
    with np.load("out/many-photos-p00.npz") as arrays:
        assert arrays["attribution"].shape == (224, 224)
        assert float(arrays["attribution"].mean()) == pytest.approx(float(arrays["picture"].mean()), rel=1e-4)
    assert run("--export", "many", "--to", "out", "--strict") == 1


def test_what_a_gallery_no_longer_needs_is_cleaned(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert run("--clean") == 0
    assert "0 entries removed" in capsys.readouterr().err
    leave_out(gallery, "p00")
    assert run() == 0
    before = len([*Path("store", RESULTS).glob("*/*")])
    assert run("--clean") == 0
    assert len([*Path("store", RESULTS).glob("*/*")]) == before - 2
    capsys.readouterr()
    assert run() == 0 and "10 experiments: 0 run" in capsys.readouterr().err


def test_why_photos_of_a_gallery_will_run_is_explained(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leave_out(gallery, f"p{DARK:02}")
    assert run("--explain") == 0
    assert "many · 6 photos: new" in capsys.readouterr().out, "without those that can't be read, which no build runs"
    assert run() == 0
    Image.new("RGB", (40, 40), "teal").save(gallery / "photos" / "p01.jpg")
    capsys.readouterr()
    assert run("--explain") == 0
    told = capsys.readouterr().out
    assert "many · photos-p01: stale" in told and "picture: " in told
    assert "many · 5 photos: fresh" in told and "12 results: 10 fresh, 2 stale, 0 new" in told
    assert run("--explain", "--json") == 0
    found = json.loads(capsys.readouterr().out)["reply"]
    assert sum(one["experiment"] == "many" for one in found) == 6


def test_a_lesson_with_a_gallery_can_be_built_alone_and_another_one_beside_it(gallery: Path) -> None:
    with (gallery / "photos.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"photos/gone{number}.jpg,tabby\n" for number in range(230))
    assert run("--only", "many") == 0
    pages = contents("site")
    for name, figures in (("many.html", 2), ("galleries/many/1.html", 1)):
        told = pages[name]
        gone = told.count(b".jpg: there is no such file")
        assert gone == (200 - 2) * figures, "above these stand one that is broken and one on which a method fails"
        assert b"and 33 more, which" in told
    assert "galleries/many/1.html" in pages and "galleries/many/photos/photos-p00.webp" in pages
    assert run() == 0
    whole = contents("site")
    lesson = gallery.parent / "01-first" / "en.md"
    lesson.write_text(lesson.read_text("utf-8") + "\nMore.\n", "utf-8")
    assert run("--only", "first") == 0
    after = contents("site")
    changed = {name for name in whole if not name.startswith(".") and after.get(name) != whole[name]}
    assert "first.html" in changed and not any("galleries/" in name or "numbers/" in name for name in changed)


def test_a_gallery_has_a_draft_and_a_proof(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--draft") == 0
    assert Path("draft/galleries/many/1.html").is_file()
    capsys.readouterr()
    shutil.copytree(
        gallery / "photos", "proof", ignore=lambda folder, names: [one for one in names if one != "p01.jpg"]
    )
    assert run("--proof", "proof") == 0
    told = capsys.readouterr().err
    assert "3 photos: chelsea, dog, p01" in told
    assert "light can't run (many · photos-p03)" in told.split("fail for a photo:")[1]
    assert Store(Path("store")).size()


def test_a_gallery_of_one_photo_is_one_and_stands_in_a_book(gallery: Path) -> None:
    leave_out(gallery, "broken", "missing", *(f"p{number:02}" for number in range(1, PHOTOS)))
    assert run("--strict", "--epub") == 0
    page = Path("site/many.html").read_text("utf-8")
    assert "on one photo" in page and ">The photo</a>" in page
    assert '<td class="figures">0</td>' not in page, "a spread of nothing"
    classes = Path("site/galleries/many/classes.html").read_text("utf-8")
    assert classes.count("±") == 1, "it is told what the sign would mean"
    with ZipFile("site/course.epub") as book:
        names = book.namelist()
        [chapter] = [name for name in names if name.endswith("many.xhtml")]
        shown = re.findall(r'src="([^"]+)"', book.read(chapter).decode())
    assert shown and all(any(name.endswith(one.lstrip("./")) for name in names) for one in shown)


@pytest.mark.slow
def test_a_gallery_is_served_while_its_list_is_written(gallery: Path) -> None:
    (gallery / "en.md").write_text(LESSON.replace("method: light", "method: gradient").replace("mean", "norm"), "utf-8")
    leave_out(gallery, "missing", "p05")
    known(gallery.parents[1], Store(Path("store")))
    with serving(Path.cwd(), "--store", "store") as served:
        served.await_state(lambda state: state["built"] > 0 and state["step"] is None)
        assert 'id="photos-p00"' in served.get("/galleries/many/class-281.html")[1]
        assert "photos/broken.jpg: a JPEG that is broken" in served.get("/many.html")[1]
        leave_out(gallery, "broken", "p00")
        served.await_state(lambda state: 'id="photos-p00"' not in served.get("/galleries/many/class-281.html")[1])
        listed = (gallery / "photos.csv").read_text("utf-8")
        (gallery / "photos.csv").write_text(listed.replace("p01.jpg,tabby", "p01.jpg,taby"), "utf-8")
        [mistake] = served.await_state(lambda state: bool(state["mistakes"]))["mistakes"]
        assert mistake["place"] == "content/lessons/02-many/photos.csv:2:16" and "'taby'" in mistake["message"]

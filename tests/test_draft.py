"""`--draft`: a quick look that nobody can take for the course. The results are made up."""

from __future__ import annotations

import json
import runpy
import shutil
from functools import partial
from pathlib import Path

import pytest
from stored_results import known

from netviz.cache.store import Store
from netviz.command_line import main
from netviz.course import drafting
from netviz.course.drafting import drafted
from netviz.course.reading import Course, read_course
from netviz.methods import drafts, methods
from netviz.networks.architecture import vgg16_layers

LAYERS = vgg16_layers("compact")
NOISY = """
```experiment
id: noisy
method: smoothgrad
vary: {samples: [2, 20, 50]}
```

{{ results['noisy'].at(20).settings.samples }} samples, {{ results['noisy'].settings.samples }} samples.
"""
READING = "netviz.pipeline.read_course"


@pytest.fixture
def noisy(course: Path) -> Path:
    """The small course with a slider over samples, and what a draft of it would give."""
    with (course / "lessons" / "01-first" / "en.md").open("a", encoding="utf-8") as text:
        text.write(NOISY)
    known(course, Store(course.parent / "store"), change=partial(drafted, layers=LAYERS))
    return course


def test_a_setting_counts_where_it_is_cheaper_and_stops_keep_their_names(noisy: Path) -> None:
    one = drafted(read_course(noisy, "compact"), LAYERS).experiments["noisy"]
    assert {name: variant.settings["samples"] for name, variant in one.variants.items()} == {"2": 2, "20": 5, "50": 5}
    assert one.settings["noise"] == 0.15


@pytest.mark.parametrize(
    ("fence", "settings"),
    [
        ("method: class-test\nvary: {of_method: [gradient, smoothgrad]}", {"samples": 4}),
        ("method: smoothgrad\nsamples: 7\nvary: {samples: [5, 7]}", {"samples": 5}),
        ("method: integrated-gradients\nsteps: 20\nmax_steps: 20", {"steps": 8, "max_steps": 16}),
        ("method: integrated-gradients\nsteps: 4\nmax_steps: 64", {"steps": 4, "max_steps": 16}),
    ],
)
def test_a_setting_may_be_cheaper_at_another_stop_or_with_another_setting_only(
    course: Path, fence: str, settings: dict[str, int]
) -> None:
    with (course / "lessons" / "01-first" / "en.md").open("a", encoding="utf-8") as text:
        text.write(f"\n```experiment\nid: one\n{fence}\n```\n")
    one = drafted(read_course(course, "compact"), LAYERS).experiments["one"]
    for variant in one.variants.values():
        assert variant.settings | settings == variant.settings


def test_values_that_cost_alike_are_cheaper_as_one(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment without a slider keeps its seed: another would cost the same."""
    monkeypatch.setattr(drafts, "_DRAFTS", {"smoothgrad": {"seed": 2}})
    with (course / "lessons" / "01-first" / "en.md").open("a", encoding="utf-8") as text:
        text.write("\n```experiment\nid: seeds\nmethod: smoothgrad\nseed: 1\nvary: {seed: [1, 2, 3]}\n```\n")
        text.write("\n```experiment\nid: classes\nmethod: smoothgrad\nvary: {target: [top1, top2]}\n```\n")
        text.write("\n```experiment\nid: one\nmethod: smoothgrad\nseed: 1\n```\n")
    found = drafted(read_course(course, "compact"), LAYERS).experiments
    assert {name: one.settings["seed"] for name, one in found["seeds"].variants.items()} == {"1": 2, "2": 2, "3": 2}
    assert [one.target for one in found["classes"].variants.values()] == ["top1", "top2"]
    assert found["one"].settings["seed"] == 1 and found["classes"].settings["seed"] == 0


@pytest.mark.parametrize(
    ("photos", "shown"), [(1, [0]), (4, [0, 1, 2, 3]), (5, [0, 2, 4]), (8, [0, 2, 4, 6]), (10, [0, 3, 6, 9])]
)
def test_a_gallery_holds_at_most_four_photos_from_all_over_it(course: Path, photos: int, shown: list[int]) -> None:
    lesson = course / "lessons" / "01-first"
    text = (lesson / "en.md").read_text("utf-8").replace("---\n", "---\npictures: photos\n", 1)
    fence = "\n```experiment\nid: several\nmethod: gradient\nover: gallery\n```\n"
    (lesson / "en.md").write_text(text + fence, "utf-8")
    (lesson / "photos").mkdir()
    for number in range(photos):
        shutil.copy(course / "pictures" / "dog.jpg", lesson / "photos" / f"{number}.jpg")
    gallery = drafted(read_course(course, "compact"), LAYERS).galleries["first"]
    assert [photo.file for photo in gallery.photos] == [f"{number}.jpg" for number in shown]


def test_what_a_draft_can_not_make_cheaper_stays(course: Path) -> None:
    plain = read_course(course, "compact")
    assert drafted(plain, LAYERS).experiments == plain.experiments


@pytest.mark.parametrize("name", drafts._DRAFTS)
def test_every_draft_is_of_a_method_and_its_settings(name: str) -> None:
    settings = drafts.draft_settings(name)
    assert settings.keys() <= methods()[name].settings.model_fields.keys()
    required = {key for key, one in methods()[name].settings.model_fields.items() if one.is_required()}
    assert not required and methods()[name].settings(**settings)


def test_the_least_drafts_of_these_tests_are_of_methods_and_their_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_DRAFTS", {})
    monkeypatch.setattr(drafting, "PHOTOS", drafting.PHOTOS)  # which it lowers, too
    runpy.run_path(str(Path(__file__).with_name("least_drafts.py")))
    for name, settings in drafts._DRAFTS.items():
        assert settings.keys() <= methods()[name].settings.model_fields.keys() and methods()[name].settings(**settings)


def test_a_method_of_ones_own_declares_its_draft(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_DRAFTS", {})
    drafts.declare_draft("smoothgrad", samples=3)
    assert drafts.draft_settings("smoothgrad") == {"samples": 3}


@pytest.mark.parametrize("settings", [{"samples": 0}, {"nothing": 1}, {"samples": "many"}])
def test_a_draft_that_can_not_be_leaves_the_experiment_as_it_is(
    noisy: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object]
) -> None:
    monkeypatch.setattr(drafts, "_DRAFTS", {"smoothgrad": settings})
    plain: Course = read_course(noisy, "compact")
    assert drafted(plain, LAYERS).experiments == plain.experiments


def test_every_page_says_that_it_is_a_draft_and_the_site_knows(noisy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = noisy / "site.yaml"
    site.write_text(site.read_text("utf-8") + "address: https://example.org/x\n", "utf-8")
    monkeypatch.chdir(noisy.parent)
    assert main(["--store", "store", "--draft"]) == 0
    pages = {path.relative_to("draft").as_posix(): path.read_text("utf-8") for path in Path("draft").rglob("*.html")}
    assert len(pages) > 10 and not Path("site").exists()
    for name, page in pages.items():
        mark = "草稿" if name.startswith("zh/") else "Draft"
        assert (
            f'<aside class="draft" aria-label="{mark}"><strong>{mark}</strong> ·' in page
            and f"<title>{mark} · " in page
        ), name
        assert '<meta name="robots" content="noindex">' in page
    assert "5 samples, 5 samples." in pages["first.html"]
    assert "--draft" in pages["first.html"]  # among what exports a figure's numbers
    assert json.loads(Path("draft", "build.json").read_text("utf-8"))["draft"] is True
    assert not Path("draft", "sitemap.xml").exists() and not Path("draft", "robots.txt").exists()


@pytest.mark.slow
def test_a_draft_is_not_the_site(noisy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built into one folder, the one takes the other's place, page by page."""
    monkeypatch.chdir(noisy.parent)
    known(Path("content"), Store(Path("store")))
    assert main(["--store", "store", "--draft", "--to", "site"]) == 0
    assert main(["--store", "store"]) == 0
    page = Path("site", "first.html").read_text("utf-8")
    assert "Draft" not in page and "20 samples, 50 samples." in page
    assert json.loads(Path("site", "build.json").read_text("utf-8"))["draft"] is False


@pytest.mark.parametrize("command", [["--clean"], ["--export", "noisy"]])
def test_what_is_of_the_whole_course_takes_no_draft(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--draft", *command])
    assert "--draft is not for " in capsys.readouterr().err


def test_a_proof_can_be_a_draft(
    noisy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results that are known are those of the draft: nothing need be run."""
    monkeypatch.chdir(noisy.parent)
    monkeypatch.setattr("netviz.commands.proof.read_photos", lambda folder, pictures: {})
    assert main(["--store", "store", "--proof", ".", "--draft"]) == 0
    assert capsys.readouterr().err.startswith("2 photos: ")

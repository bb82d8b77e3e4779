"""The whole path with the real network: a small course becomes a site, and becomes it again after a change.

The course stands in tests/course; each test reads as one thing that an author or a reader does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from netviz.command_line import main

pytestmark = pytest.mark.vgg16  # whose results are in the store that all these builds share
ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "content" / "pictures"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results are kept for the whole module, so the network runs each experiment once."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def build(course: Path, store: Path, site: Path, *more: str) -> int:
    return main(["--content", str(course), "--store", str(store), "--to", str(site), *more])


def results(store: Path) -> set[str]:
    return {path.name for path in (store / "results").glob("*/*")}


def english(course: Path) -> Path:
    return course / "lessons" / "01-first" / "en.md"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_course_becomes_pages_in_every_language_and_for_every_picture(course: Path, store: Path, site: Path) -> None:
    assert build(course, store, site) == 0
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    plain = {
        "index.html",
        "methods.html",
        "photos.html",
        "glossary.html",
        "bibliography.html",
        "credits.html",
        "404.html",
        "first.html",
        "first/dog.html",
    }
    assert pages == plain | {f"zh/{name}" for name in plain}


QUESTION = """
```question
id: {id}
ask: Is it so?
choices:
  - {{text: "yes", right: "results['says'].top[0].probability {yes}"}}
  - {{text: "no", right: "results['says'].top[0].probability {no}"}}
because: It is.
```
"""


def test_a_page_beside_the_lessons_is_woven_and_linked_everywhere(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = course / "pages" / "about"
    about.mkdir()
    for language, title in (("en", "About this"), ("zh", "关于")):
        said = "The network says {{ results['says'].top[0].name }}, see [the lesson](first.html#says)."
        front = f"---\ntitle: {title}\nsummary: What it is.\n---\n"
        (about / f"{language}.md").write_text(f"{front}\n## Why\n\n{said}\n", "utf-8")
    with (about / "en.md").open("a", encoding="utf-8") as text:
        text.write(QUESTION.format(id="none", yes="> 2", no="< 0") + QUESTION.format(id="one", yes="> 2", no="> 0"))
        text.write(QUESTION.format(id="both", yes="< 2", no="> 0"))
    edit(course / "site.yaml", "title:", "address: https://example.org/course\ntitle:")
    edit(english(course), "## What it says", "## What it says\n\nMore is told [elsewhere](about.html#why).")
    assert build(course, store, site) == 0
    page = (site / "about" / "dog.html").read_text("utf-8")
    assert "Siberian husky" in page or "malamute" in page
    assert 'href="../first/dog.html#says"' in page and "lesson 1 of 1" not in page.lower()
    assert '<a href="about.html">About this</a>' in (site / "glossary.html").read_text("utf-8")
    assert '<a href="about.html" aria-current="page">关于</a>' in (site / "zh" / "about.html").read_text("utf-8")
    assert "https://example.org/course/about.html" in (site / "sitemap.xml").read_text("utf-8")
    assert '"about.html#why"' in (site / "assets" / "search-en.js").read_text("utf-8")
    assert not (site / "about.ipynb").exists()
    told = capsys.readouterr().err
    assert "en.md:12:6: the question 'none': no choice is right for the pictures chelsea, dog" in told
    assert "the question 'both': 2 choices are right for the pictures chelsea, dog" in told
    assert "question 'one':" not in told


def test_a_known_address_gives_a_sitemap_and_pictures_for_links(course: Path, store: Path, site: Path) -> None:
    edit(course / "site.yaml", "title:", "address: https://example.org/course\ntitle:")
    build(course, store, site)
    listed = re.findall(r"<loc>https://example\.org/course/(.*)</loc>", (site / "sitemap.xml").read_text("utf-8"))
    assert "zh/first.html" in listed and all((site / name).is_file() for name in listed)
    assert "first/dog.html" not in listed and "404.html" not in listed
    assert "https://example.org/course/sitemap.xml" in (site / "robots.txt").read_text("utf-8")
    image = re.findall(
        r'og:image" content="https://example\.org/course/(.*)"', (site / "first.html").read_text("utf-8")
    )
    with Image.open(site / image[0]) as preview:
        assert (preview.format, preview.size) == ("JPEG", (1200, 630))
        left, right = np.asarray(preview)[300, 300].astype(int), np.asarray(preview)[300, 900].astype(int)
        assert abs(left - right).max() > 8  # the photo, and beside it a map


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("[{title: {en: A, zh: 甲}, lessons: [frist]}]", "there is no lesson 'frist'"),
        (
            "[{title: {en: A, zh: 甲}, lessons: []}, {title: {zh: 甲}, lessons: [first]}]",
            "a text in each language is wanted",
        ),
    ],
)
def test_parts_must_be_the_lessons(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str], parts: str, message: str
) -> None:
    edit(course / "site.yaml", "title:", f"parts: {parts}\ntitle:")
    assert build(course, store, site) == 1
    assert message in capsys.readouterr().err


def test_lessons_and_numbers_can_be_taken_along(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    for name in ("first.ipynb", "zh/first.ipynb"):
        cells = json.loads((site / name).read_text("utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        assert sum('methods()["gradient"]' in source for source in code) == 1
    numbers = json.loads((site / "numbers" / "slope" / "dog.json").read_text("utf-8"))
    assert numbers["method"] == "gradient" and numbers["numbers"]["norm"] > 0
    shown = (site / "first" / "dog.html").read_text("utf-8")
    assert 'href="../numbers/slope/dog.json"' in shown and 'href="../first.ipynb"' in shown


def test_names_and_numbers_follow_the_picture_and_the_language(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    text = {name: (site / name).read_text("utf-8") for name in ("first.html", "first/dog.html", "zh/first/dog.html")}
    assert "<strong>tiger cat</strong>" in text["first.html"]
    assert "There is a bicycle in it" not in text["first.html"]
    assert "<strong>Alaskan malamute</strong>" in text["first/dog.html"]
    assert "There is a bicycle in it" in text["first/dog.html"]
    assert "<strong>阿拉斯加雪橇犬</strong>" in text["zh/first/dog.html"]


def test_the_page_says_which_weights_made_it(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    for page in site.rglob("*.html"):
        assert re.search(r"compact [0-9a-f]{12}", page.read_text("utf-8")), page


def test_every_link_picture_and_anchor_leads_somewhere(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src)="([^"]*)"', text):
            if re.match(r"https?:|mailto:|data:", link):
                continue
            address, _, anchor = link.partition("#")
            target = (page.parent / unquote(address)).resolve() if address else page
            assert target.is_file(), f"{page}: {link}"
            if anchor and target.suffix == ".html":
                assert f'id="{anchor}"' in target.read_text("utf-8"), f"{page}: {link}"


def test_a_broken_claim_is_shown_on_the_page_and_in_the_report(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(course, store, site)
    report = capsys.readouterr().err
    assert "2 broken" in report
    assert "broken in slope on dog: numbers.norm > 1000 (numbers.norm = 0.1" in report
    page = (site / "first.html").read_text("utf-8")
    assert "A claim of this lesson does not hold for this photo" in page
    assert "numbers.norm &gt; 1000" in page


def test_a_sentence_that_claims_what_a_photo_breaks_is_marked_there_and_told_of(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = "{% claim 'tandem bicycle' in results['says'].top.names %}It sees a *bicycle*.{% endclaim %}"
    edit(english(course), "## Where it looks", f"{claim}\n\n## Where it looks")
    assert build(course, store, site) == 0
    assert "en.md:26:1: what the sentence claims is broken for chelsea" in capsys.readouterr().err
    broken, kept = ((site / name).read_text("utf-8") for name in ("first.html", "first/dog.html"))
    assert '<span class="claim"><' not in broken and '<span class="claim unkept"><b>✗ Not so here: </b>It' in broken
    assert '<span class="claim">It sees a <em>bicycle</em>.<span class="held">&NoBreak;<button' in kept
    assert "<code>results[&#39;says&#39;].top.names</code> = " in kept
    assert build(course, store, site, "--strict") == 1
    notebook = (site / "first.ipynb").read_text("utf-8")
    assert "✗ Not so here: It sees a *bicycle*. (&#39;tandem bicycle&#39; in results[&#39;says" in notebook


def test_a_language_that_has_fallen_behind_is_reported(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(course, store, site)
    assert "zh.md: has no fence for the experiment 'dog-cam'" in capsys.readouterr().err


def test_a_second_build_does_nothing_and_imports_nothing_large(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    script = (
        "import sys; from netviz.command_line import main; code = main(sys.argv[1:]);"
        "print(code, *{'numpy', 'PIL', 'pydantic', 'rich', 'tensorflow', 'netviz.pipeline'} & sys.modules.keys())"
    )
    arguments = ["--content", str(course), "--store", str(store), "--to", str(site)]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["0"]
    assert "nothing to do" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_a_slider_shows_its_experiment_at_every_value(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    text = (site / "first.html").read_text("utf-8")
    assert "is found in block5_conv3" in text and "is found in block4_conv3" in text
    assert (
        main(["--content", str(course), "--store", str(store), "--export", "dog-cam", "--to", str(site / "out")]) == 0
    )
    assert {path.name for path in (site / "out").glob("*.npz")} == {"dog-cam-dog.npz", "dog-cam@block4_conv3-dog.npz"}


def test_a_missing_page_is_woven_again(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    (site / "first.html").unlink()
    build(course, store, site)
    assert (site / "first.html").is_file()


def test_a_changed_sentence_runs_no_experiment(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    known = results(store)
    edit(english(course), "There is a bicycle in it", "Somebody left a bicycle")
    build(course, store, site)
    assert "Somebody left a bicycle" in (site / "first" / "dog.html").read_text("utf-8")
    assert results(store) == known


def test_a_changed_spec_runs_just_that_experiment(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    known = results(store)
    edit(english(course), "target: Siberian husky", "target: tandem bicycle")
    build(course, store, site)
    assert len(results(store) - known) == 2  # at both values of its slider
    edit(english(course), "[block4_conv3, block5_conv3]", "[block3_conv3, block4_conv3, block5_conv3]")
    build(course, store, site)
    assert len(results(store) - known) == 3


def test_another_view_of_a_known_result_runs_nothing(course: Path, store: Path, site: Path) -> None:
    build(course, store, site)
    known = results(store)
    edit(english(course), "view: signed", "view: magnitude")
    build(course, store, site)
    assert results(store) == known


def test_a_readers_own_photo_comes_first_and_changes_every_page(course: Path, store: Path, site: Path) -> None:
    photo = course.parent / "My Coffee.PNG"
    shutil.copy(SAMPLES / "coffee.png", photo)
    assert build(course, store, site, "--picture", str(photo)) == 0
    assert "<strong>espresso</strong>" in (site / "first.html").read_text("utf-8")
    assert "<strong>意式浓缩咖啡</strong>" in (site / "zh" / "first.html").read_text("utf-8")
    assert {path.name for path in (site / "first").iterdir()} == {"chelsea.html", "dog.html"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("method: gradient\n", "method: gradeint\n"), "en.md:30:9: unknown method 'gradeint'"),
        (("results['says'].top[0].name", "results['sayz'].top[0].name"), "there is no experiment 'sayz'"),
        (("$p > 0$", "$\\foo$"), "unknown command \\foo"),
        (("## What it says", "What it says <br>"), "raw HTML is not allowed"),
        (("| percent", "| prozent"), "there is no filter 'prozent'"),
        (("| percent", "| percent +"), "not an expression"),
        (("{{ picture.title }}.", "{{ pictur.title }}."), "unknown name 'pictur' in the caption"),
        (("methods.html#gradient", "method.html#gradient"), "en.md:32:25: there is no page method.html"),
        (("methods.html#gradient", "#where"), "en.md:32:25: the page first.html has no section 'where'"),
        (("methods.html#gradient", "#dog-cam@block6"), "en.md:32:25: dog-cam: no value 'block6' to show"),
    ],
)
def test_a_mistake_is_told_and_leaves_the_old_site_as_it_was(
    course: Path, store: Path, finished: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], message: str
) -> None:
    site = finished
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    edit(english(course), *change)
    assert build(course, store, site) == 1
    shown = capsys.readouterr().err
    assert message in shown
    assert "1 to mend; nothing was changed" in shown
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_who_links_to_a_figure_that_cannot_be_read_is_not_wrong_as_well(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(english(course), "## What it says", "[Where](#slope)\n\n## What it says")
    edit(english(course), "method: gradient\n", "method: gradeint\n")
    assert build(course, store, site) == 1
    assert "1 to mend; nothing was changed" in capsys.readouterr().err


def test_mistakes_of_every_kind_are_told_at_once(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(english(course), "method: gradient\n", "method: gradeint\n")
    edit(english(course), "| percent", "| prozent")
    edit(course / "lessons" / "01-first" / "zh.md", "## 它看哪里", "<b>它看哪里</b>")
    assert build(course, store, site) == 1
    shown = capsys.readouterr().err
    assert all(message in shown for message in ("'gradeint'", "'prozent'", "zh.md:15:1: raw HTML"))


def test_a_mistake_that_only_a_result_shows_is_told_at_its_line(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(english(course), "results['says'].top[0].probability", "results['says'].top[9].probability")
    edit(english(course), "numbers.norm > 1000", "numbers.norm > 'much'")
    assert build(course, store, site) == 1
    assert re.search(r"en\.md:\d+:\d+: the claim fails: .*can't be compared", capsys.readouterr().err)
    edit(english(course), "numbers.norm > 'much'", "numbers.norm > 1000")
    assert build(course, store, site) == 1
    assert re.search(r"en\.md:18:\d+: the expression failed", capsys.readouterr().err)


def test_a_broken_sample_picture_is_told_once(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = course / "pictures" / "dog.jpg"
    picture.write_bytes(picture.read_bytes()[:20_000])
    assert build(course, store, site) == 1
    shown = capsys.readouterr().err
    assert "the picture is broken" in shown
    assert shown.count("dog.jpg") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--picture", "nowhere.jpg"], "there is no such file"),
        (["--picture", str(Path(__file__))], "not a picture, or of no kind that can be read"),
        (["--weights", "resnet"], "no weights called 'resnet'"),
        (["--export", "sayz"], "did you mean 'says'?"),
    ],
)
def test_wrong_arguments_are_one_clear_sentence(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert build(course, store, site, *arguments) == 1
    assert message in capsys.readouterr().err
    assert not site.exists()


def test_a_folder_that_is_not_ours_is_left_alone(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.mkdir()
    (site / "thesis.txt").write_text("years of work")
    assert build(course, store, site) == 1
    assert "was not made by netviz" in capsys.readouterr().err
    assert (site / "thesis.txt").read_text() == "years of work"


def test_a_course_is_held_against_a_folder_of_photos(
    course: Path, store: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(SAMPLES / "coffee.png", photos)
    Image.new("RGB", (300, 260), "grey").save(photos / "dog.png")
    edit(english(course), "numbers.norm > 1000", "numbers.norm > 0.001")
    edit(
        english(course),
        "{% if 'tandem",
        "{% if results['says'].top[0].probability > 2 %}Never.{% endif %}\n\n{% if 'tandem",
    )
    assert build(course, store, site, "--proof", str(photos)) == 0
    told = capsys.readouterr().err
    assert "4 photos: chelsea, dog, coffee, my-dog" in told
    assert "1 are never met" in told and "en.md:20:1: never met" in told
    assert (
        "0 are always met" in told and "0 are met, and hang on none" in told
    )  # the dog's bicycle is shown, and hidden from the others
    assert not site.exists()
    known = results(store)
    assert build(course, store, site, "--proof", str(photos)) == 0
    assert results(store) == known


def test_raw_numbers_can_be_exported(course: Path, store: Path, tmp_path: Path) -> None:
    assert (
        main(["--content", str(course), "--store", str(store), "--export", "slope", "--to", str(tmp_path / "out")]) == 0
    )
    with np.load(tmp_path / "out" / "slope-dog.npz") as arrays:
        assert arrays["attribution"].shape == arrays["network_input"].shape == arrays["picture"].shape == (224, 224, 3)
        mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        np.testing.assert_allclose(arrays["network_input"], (arrays["picture"] / 255 - mean) / deviation, atol=1e-5)
        np.testing.assert_allclose(arrays["input_scale"], 255 * deviation, rtol=1e-6)
        assert arrays["logits"].argmax() == arrays["target"] == 249
    record = json.loads((tmp_path / "out" / "slope-dog.json").read_text("utf-8"))
    assert (record["method"], record["settings"]) == ("gradient", {"output": "logit"})


@pytest.fixture(scope="module")
def finished(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course's site, for reading."""
    folder = tmp_path_factory.mktemp("finished")
    shutil.copytree(ROOT / "tests" / "course", folder / "content")
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(SAMPLES / name, folder / "content" / "pictures")
    build(folder / "content", store, folder / "site")
    return folder / "site"


@pytest.mark.parametrize("page", ["index.html", "first.html", "zh/first/dog.html", "zh/credits.html"])
def test_pages_open_from_a_file_without_an_error_in_any_light_and_width(browser, finished: Path, page: str) -> None:
    for colours, width in (("light", 320), ("dark", 1280)):
        browser.colours(colours)
        browser.viewport(width, 800)
        browser.open(finished / page)
        assert browser.console_errors() == []
        assert browser.overflow() == 0
        assert browser.violations() == []


def test_every_picture_of_a_page_is_there(browser, finished: Path) -> None:
    browser.open(finished / "first.html")
    browser.do(
        "document.querySelectorAll('details').forEach(one => one.open = true);"
        "document.querySelectorAll('img').forEach(one => one.loading = 'eager')"
    )
    browser.expect("return document.images.length > 0 && [...document.images].every(one => one.complete)")
    assert browser.run("return [...document.images].filter(one => !one.naturalWidth).map(one => one.src)") == []
    lacking = "return [...document.images].filter(one => {}).map(one => one.src)"
    for attribute in ("alt", "width", "height"):
        assert browser.run(lacking.format(f"!one.hasAttribute('{attribute}')")) == [], attribute


def test_a_lesson_reads_without_scripts(browser, finished: Path) -> None:
    browser.scripts(False)
    browser.open(finished / "first.html")
    text = browser.run("return document.body.innerText")
    assert "The network says tiger cat" in text


def test_a_warning_is_told_of_again_by_a_build_with_nothing_to_do_and_ends_a_strict_one(
    course: Path, store: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(course, store, site, "--strict") == 1
    assert not site.exists()
    assert build(course, store, site) == 0
    capsys.readouterr()
    assert build(course, store, site) == 0
    told = capsys.readouterr().err
    assert "nothing to do" in told and "zh.md: has no fence for the experiment 'dog-cam'" in told
    assert build(course, store, site, "--strict") == 1

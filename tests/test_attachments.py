"""Files beside a lesson's texts: pictures that no experiment made, and what a lesson links to."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import copied
from PIL import Image

from netviz.command_line import main

FRONT = "---\ntitle: Words\nsummary: A sentence.\n---\n\n"
PLAN = '![A plan of the "house"](plan.png "The house & its garden.")'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20"/></svg>'


@pytest.fixture
def lesson(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the only lesson of a course without experiments, beside which some files lie."""
    monkeypatch.chdir(course.parent)
    return with_files(course)


def with_files(course: Path) -> Path:
    folder = course / "lessons" / "01-first"
    Image.new("RGB", (40, 20), "navy").save(folder / "plan.png")
    photo = Image.effect_noise((300, 150), 60).convert("RGB").resize((1800, 900))  # sharper, WebP takes seconds
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    photo.save(folder / "Our house (1).jpg", exif=exif, quality=30)
    (folder / "drawing.svg").write_text(SVG, "utf-8")
    (folder / "讲义.pdf").write_bytes(b"%PDF-1.4")
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("a,b\n1,2\n", "utf-8")
    return folder


def write(lesson: Path, text: str) -> None:
    for language in ("en", "zh"):
        (lesson / f"{language}.md").write_text(FRONT + text, "utf-8")


@pytest.fixture
def told(lesson: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a build says of a text."""

    def build(text: str, *arguments: str) -> str:
        write(lesson, text)
        capsys.readouterr()
        code = main([*arguments])
        return f"{code} {capsys.readouterr().err}"

    return build


def page(name: str = "first.html") -> str:
    return Path("site", name).read_text("utf-8")


def opened(name: str) -> Image.Image:
    return Image.open(io.BytesIO(Path("site", name).read_bytes()))


ALL = f"""{PLAN}

A ![drawing](drawing.svg) within words.

![Our house](<Our house (1).jpg>)

- [the handout](讲义.pdf#page=2), and [again](%E8%AE%B2%E4%B9%89.pdf)
- [numbers](data/numbers.csv)
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all of that was built."""
    course = copied(tmp_path_factory.mktemp("once"))
    lesson = with_files(course)
    (lesson / "credits.yaml").write_text("plan.png: {credit: Ann <Lee>, licence: CC BY 4.0, source: https://a.org}\n")
    write(lesson, ALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.parent)
        assert main(["--strict"]) == 0
    return course.parent


@pytest.fixture
def shown(once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In that folder."""
    monkeypatch.chdir(once)


@pytest.mark.usefixtures("shown")
def test_what_a_text_shows_and_links_to_goes_along() -> None:
    for name, root in (("first.html", ""), ("zh/first.html", "../")):
        plan, drawing, house = re.findall(r"<img [^>]*>", page(name))[-3:]
        assert f'src="{root}illustrations/first/plan-png.webp" width="40" height="20"' in plan
        assert 'alt="A plan of the &#34;house&#34;"' in plan
        assert f'src="{root}illustrations/first/drawing.svg" width="40" height="20" alt="drawing"' in drawing
        assert 'width="1600" height="800" alt="Our house"' in house
        assert "<figcaption>The house &amp; its garden. " in page(name)
        assert re.search(r'<a href="https://a\.org">Ann &lt;Lee&gt;</a>[,，、] ?CC BY 4\.0', page(name))
        links = re.findall(rf'href="({root}files/[^"]*)"', page(name))
        assert [one.rpartition(".")[2] for one in links] == ["pdf#page=2", "pdf", "csv"]
        assert links[0].partition("#")[0] == links[1]
        assert all((Path("site", name).parent / one.partition("#")[0]).is_file() for one in links)
    assert len([*Path("site/files/first").iterdir()]) == 2  # each once, in whatever language it is named
    assert "Ann &lt;Lee&gt; · CC BY 4.0" in page("credits.html")
    notebook = page("first.ipynb")
    assert "](illustrations/first/plan-png.webp" in notebook and "](files/first/data-numbers-" in notebook


@pytest.mark.usefixtures("shown")
def test_a_picture_is_made_smaller_and_holds_nothing_but_pixels() -> None:
    (path,) = Path("site/illustrations/first").glob("Our-house-1*")
    house = opened(str(path.relative_to("site")))
    assert house.size == (1600, 800) and not house.getexif() and b"at home" not in path.read_bytes()
    plan = opened("illustrations/first/plan-png.webp").convert("RGB")
    assert plan.getcolors() == [(800, (0, 0, 128))]  # few colours are kept as they are


def test_a_changed_file_makes_its_page_anew_and_no_other(lesson: Path, told: Callable[..., str]) -> None:
    assert told(ALL).startswith("0 ")
    assert "nothing to do" in told(ALL)
    Image.new("RGB", (60, 20), "navy").save(lesson / "plan.png")
    assert " 2 woven anew" in told(ALL)
    assert 'plan-png.webp" width="60"' in page()
    (lesson / "data" / "numbers.csv").write_text("new", "utf-8")
    assert told(ALL).startswith("0 ")
    (numbers,) = Path("site/files/first").glob("data-numbers*")
    assert numbers.read_text() == "new"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("![A plan](plam.png)", "en.md:6:1", "there is no file 'plam.png' beside the text"),
        ("![A plan](plam.png)", "did you mean", "'plan.png'"),
        ("The [numbers](data/number.csv).", "en.md:6:", "there is no file 'data/number.csv' beside the text"),
        ("The [words](one.html two).", "en.md:6:", "no link to the web (https://), to a page (.html)"),
        ("[A](page.xhtml)", "en.md:6:", "browsers run such files, and a lesson runs nothing"),
        ("[A](leads-out.txt)", "en.md:6:", "a link to a file elsewhere"),
        ("![A](words.png)", "words.png: ", "not a picture"),
        ("![A](run.svg)", "run.svg:2:1", "<script> can't stand in a drawing here"),
        ("![A](plan.png)", "credits.yaml:1:1", "there is no such file beside the text"),
    ],
)
def test_what_cannot_be_shown_is_told_before_anything_is_built(
    lesson: Path, told: Callable[..., str], text: str, place: str, message: str
) -> None:
    (lesson / "page.xhtml").touch()
    (lesson / "words.png").write_text("words")
    (lesson / "run.svg").write_text(SVG.replace("><", ">\n<script>alert(1)</script><", 1), "utf-8")
    (lesson / "leads-out.txt").symlink_to(Path(__file__))
    if place.startswith("credits"):
        (lesson / "credits.yaml").write_text("plam.png: {credit: Ann}\n", "utf-8")
    said = told(text)
    assert said.startswith("1 ") and place in said and message in said
    assert not Path("site").exists()


def test_pictures_stand_in_a_lessons_own_text(course: Path, told: Callable[..., str]) -> None:
    glossary = "- key: a\n  title: {en: A, zh: 甲}\n  terms:\n"
    glossary += "    - {key: b, name: {en: B, zh: 乙}, means: {en: '![A](a.png)', zh: 乙}}\n"
    (course / "glossary.yaml").write_text(glossary, "utf-8")
    assert "pictures and links to files stand in a lesson's own text" in told("[b](glossary.html#b)")


def test_what_no_text_names_is_told_of(told: Callable[..., str]) -> None:
    said = told(PLAN)
    for name in ("Our house (1).jpg", "drawing.svg", "讲义.pdf", "data"):
        assert f"01-first/{name}: is read by nobody" in said
    assert "plan.png: is read" not in said


def test_whatever_is_wrong_with_links_is_told_at_once(told: Callable[..., str]) -> None:
    """What Markdown must not hold, such as a way out of the folder, and what can't go along."""
    said = told("[Out](../plan.pdf), [gone](gone.pdf), ![A plan](plam.png).")
    assert "'../plan.pdf'" in said and "there is no file 'gone.pdf'" in said and "there is no file 'plam.png'" in said


def test_two_files_that_some_systems_take_for_one_are_told_of(lesson: Path, told: Callable[..., str]) -> None:
    (lesson / "PLAN.png").write_bytes((lesson / "plan.png").read_bytes())
    assert "plan.png: differs from PLAN.png by capitals alone" in told(f"{PLAN}\n\n![It again](PLAN.png)")

"""A course's folder: what is read of it, what is told of, and what is passed over in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netviz.course.folders import alike, entries, unread
from netviz.course.reading import Course, read_course
from netviz.course.samples import is_picture
from netviz.course.translations import shorter, unworded
from netviz.mistakes import Mistakes
from netviz.site.files.takeover import Takeover
from netviz.site.reviewing.addresses import address_mistakes
from netviz.site.reviewing.proofreading import text_mistakes

NO_SITE = Takeover(Path("nowhere"))
DROPPED = ("._en.md", ".DS_Store", "Thumbs.db", "desktop.ini", "en.md~", "#en.md#", ".en.md.swp")


def read(content: Path) -> Course:
    return read_course(content, "compact")


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def page(folder: Path, title: str = "A page") -> Path:
    for name in ("en.md", "zh.md"):
        write(folder / name, f"---\ntitle: {title}\nsummary: A sentence.\n---\n\nWords.\n")
    return folder


def told(content: Path) -> list[tuple[str, str]]:
    return [
        (one.path.relative_to(content).as_posix(), one.message) for one in unread(content, ["en", "zh"], is_picture)
    ]


def test_what_systems_and_editors_leave_behind_is_passed_over(course: Path) -> None:
    before = read(course)
    for folder in (course, *(path for path in course.rglob("*") if path.is_dir())):
        for name in DROPPED:
            write(folder / name, "\0")
        for name in (".git", "__MACOSX"):
            write(folder / name / "config", "\0")
    for name in ("._dog.jpg", "._credits.yaml"):
        write(course / "pictures" / name, "\0")
    write(course / "measurements" / "._tools.json", "\0")
    after = read(course)
    assert after.warnings == ()
    assert [lesson.slug for lesson in after.pages] == [lesson.slug for lesson in before.pages]
    assert after.pictures.keys() == before.pictures.keys()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("lesson/01-a/en.md", "did you mean 'lessons'?"),
        ("sites.yaml", "did you mean 'site.yaml'?"),
        ("glossary.yml", "did you mean 'glossary.yaml'?"),
        ("lessons/02-b.md", "a text is a folder"),
        ("lessons/01-first/fr.md", "allowed: en.md, zh.md"),
        ("lessons/01-first/en.txt", "allowed: en.md, zh.md"),
        ("lessons/01-first/dog.jpg", "allowed: en.md, zh.md"),
        ("pages/about.md", "a text is a folder"),
        ("languages/fr/interface.ftl", "`languages:` in site.yaml names those of the course"),
        ("languages/zh/interface.po", "allowed: language.yaml, *.ftl, classes.tsv"),
        ("pages/home/more/en.md", "allowed: en.md, zh.md"),
        ("pictures/cat.svg", "no file of a picture"),
        ("pictures/more/cat.jpg", "no file of a picture"),
        ("measurements/tools.yaml", "a measurement is a file NAME.json"),
    ],
)
def test_what_nobody_reads_is_told_of(course: Path, name: str, hint: str) -> None:
    write(course / name)
    (warning,) = read(course).warnings
    assert name.startswith(warning.path.relative_to(course).as_posix())
    assert warning.message == "is read by nobody"
    assert hint in warning.hint


def test_words_to_people_are_for_people(course: Path) -> None:
    for name in ("README.md", "pictures/LICENSE-darknet.txt", "lessons/readme", "measurements/NOTICE"):
        write(course / name)
    assert told(course) == []


def test_a_text_without_words_is_told_of(course: Path) -> None:
    write(page(course / "pages" / "about") / "zh.md", "---\ntitle: 甲\nsummary: 乙。\n---\n\n")
    assert [str(warning.path.name) for warning in read(course).warnings] == ["zh.md"]


def test_folders_come_by_their_numbers(tmp_path: Path) -> None:
    for name in ("10-ten", "2-two", "01-one", "about"):
        (tmp_path / name).mkdir()
    assert [path.name for path in entries(tmp_path)] == ["01-one", "2-two", "10-ten", "about"]


def test_a_folder_that_is_not_there_is_asked_about(course: Path) -> None:
    (course / "lessons").rename(course / "Lessons")
    with pytest.raises(Mistakes, match="lessons: there is no such folder") as caught:
        read(course)
    assert "did you mean 'Lessons'?" in str(caught.value)


def test_names_are_alike_where_a_system_does_not_tell_them_apart() -> None:
    assert alike("Caf\u00e9") == alike("CAFE\u0301") != alike("cafe")


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("lessons/02-first", "the name 'first' is that of lessons/01-first"),
        ("lessons/02-First", "the name 'First' is that of lessons/01-first"),
        ("pages/first", "the name 'first' is that of lessons/01-first"),
        ("lessons/02-index", "a page of every site"),
        ("lessons/02-methods", "a page of every site"),
        ("lessons/02-404", "a page of every site"),
        ("lessons/02-home", "a page of every site"),
        ("pages/Glossary", "a page of every site"),
        ("lessons/02-zh", "the folder of a language"),
        ("pages/assets", "a folder of every site"),
        ("lessons/02-a b", "can't be an address"),
        ("lessons/01-javascript:alert(1)", "can't be an address"),
        ("pages/a.b", "can't be an address"),
    ],
)
def test_every_page_has_an_address_of_its_own(course: Path, folder: str, message: str) -> None:
    page(course / folder)
    (mistake,) = address_mistakes(read(course))
    assert mistake.path == course / folder
    assert message in mistake.message


def test_a_folder_of_pages_is_a_page_beside_the_lessons(course: Path) -> None:
    page(course / "pages" / "2-for-teachers")
    page(course / "pages" / "1-关于")
    read_again = read(course)
    assert [one.slug for one in read_again.side_pages] == ["关于", "for-teachers"]
    assert [one.slug for one in read_again.lessons] == ["first"]
    assert list(address_mistakes(read_again)) == []


def test_a_page_that_lacks_the_first_language_is_a_mistake(course: Path) -> None:
    (page(course / "pages" / "about") / "en.md").unlink()
    with pytest.raises(Mistakes, match=r"about/en\.md"):
        read(course)


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("lessons/01-first/en.md", "title: A first", "title: A {{ first }}", (2, 10)),
        ("lessons/01-first/zh.md", "summary: ", "summary: 看 $x^2$ ", (3, 12)),
        ("lessons/01-first/en.md", "how a lesson", "how **a** lesson", (5, 9)),
        ("lessons/01-first/en.md", "method: gradient\n", "method: gradient\nalt: The `map`.\n", (31, 10)),
        ("site.yaml", "en: A small", "en: A **small**", (1, 15)),
        ("pictures/credits.yaml", "credit: ", "credit: see [^1] ", None),
    ],
)
def test_signs_of_markdown_in_plain_text_are_told_of(
    course: Path, file: str, old: str, new: str, place: tuple[int, int] | None
) -> None:
    path = course / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    (warning,) = read(course).warnings
    assert warning.path == path
    assert "would be shown as it stands" in warning.message
    assert place in (None, (warning.line, warning.column))


def test_a_caption_that_a_language_lacks_is_told_of(course: Path) -> None:
    path = course / "lessons" / "01-first" / "zh.md"
    path.write_text(re.sub("^caption: .*\n", "", path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    again = read(course)
    told = list(unworded(again.pages, again.experiments.values()))
    assert (told[0].path, told[0].message) == (path, "the experiment 'says' has no caption here")


def test_labels_that_a_language_lacks_are_told_of(course: Path) -> None:
    path = course / "lessons" / "01-first" / "en.md"
    path.write_text(
        path.read_text("utf-8").replace("method: gradient\n", "method: gradient\nlabels: [a]\n", 1), "utf-8"
    )
    again = read(course)
    (told,) = unworded(again.pages, again.experiments.values())
    assert told.path == path.with_name("zh.md") and told.message.endswith("has no labels here")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("glossary.yaml", "- {key: text, title: {en: A, zh: 甲}, terms: []}\n"),
        ("bibliography.yaml", "- {key: text, authors: A, year: 2000, title: T, url: 'https://x.org'}\n"),
    ],
)
def test_a_key_is_no_id_that_every_page_has(course: Path, file: str, text: str) -> None:
    write(course / file, text)
    told = [str(mistake) for mistake in text_mistakes(read(course), NO_SITE)]
    assert [file in one and "every page has a part with the id 'text'" in one for one in told] == [True]


def test_a_text_that_is_shorter_than_the_first_is_told_of(course: Path) -> None:
    path = course / "lessons" / "01-first" / "zh.md"
    write(path, path.read_text("utf-8").replace("## 它看哪里", "它看哪里") + "\n```python\n1\n```\n")
    assert [f"{one.path.name} {one.message}" for one in shorter(read(course).pages)] == [
        "zh.md has 1 headings, en.md 2",
        "zh.md has 0 lines of `learn:`, en.md 1",
        "zh.md has 1 blocks of code, en.md 0",
    ]


def test_a_lesson_is_in_one_part(course: Path) -> None:
    path = course / "site.yaml"
    write(path, path.read_text("utf-8") + "parts: [{title: {en: A, zh: 甲}, lessons: [first, first]}]\n")
    assert ["the lesson 'first' is in a part already" in str(mistake) for mistake in read(course).mistakes] == [True]


def test_what_has_no_place_on_any_page_is_told_of(course: Path) -> None:
    home = course / "pages" / "home" / "en.md"
    write(home, home.read_text("utf-8").replace("summary:", "learn: [much]\nsummary:"))
    write(course / "measurements" / "speed.json", "{}")
    assert [(one.path.name, one.message) for one in read(course).warnings] == [
        ("en.md", "the home page shows no `learn:`"),
        ("speed.json", "no lesson shows it"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "message"),
    [
        ("lessons/01-first/en.md", "title: A first lesson", "title: ' '", ":2:8", "title: a text is wanted, not"),
        ("lessons/01-first/en.md", "- how a", "- ''\n  - how a", ":5:5", "learn: a text is wanted, not an empty one"),
        ("site.yaml", "zh: 一门小课", "zh: ' '", ":1:8", "title: a text in each language is wanted"),
        ("site.yaml", "title:", "address: https://a.org/\ntitle:", ":1:10", "an address on the web is wanted"),
        ("site.yaml", "title:", "address: https://a b\ntitle:", ":1:10", "an address on the web is wanted"),
        ("site.yaml", "title:", "address: https://a.org?b\ntitle:", ":1:10", "an address on the web is wanted"),
        ("pictures/credits.yaml", "credit: Joseph Redmon", "credit: ' '", ":9:11", "a text is wanted, not an"),
        ("site.yaml", "title: {", "title: - {", ":1:8", "a text can't begin with -"),
        ("lessons/01-first/en.md", "numbers.norm > 1000", "numbers.norm | bout > 1", ":34:20", "no filter 'bout'"),
    ],
)  # fmt: skip
def test_what_readers_would_not_see_is_told(
    course: Path, file: str, old: str, new: str, place: str, message: str
) -> None:
    text = (course / file).read_text("utf-8")
    assert old in text
    write(course / file, text.replace(old, new, 1))
    with pytest.raises(Mistakes) as caught:
        raise Mistakes(read(course).mistakes)
    (mistake,) = caught.value.mistakes
    assert f"{file}{place}: " in str(mistake) and message in str(mistake)

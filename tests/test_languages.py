"""Languages: a folder of files each. A third one, invented here and brought by a course, stands beside the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import ast
from hypothesis import given
from hypothesis import strategies as st
from stored_results import known

from netviz.cache.store import Store
from netviz.languages import known as known_languages
from netviz.languages.class_names import class_name
from netviz.languages.known import DEFAULT, FIRST, HERE, language, languages, look_in
from netviz.languages.lacking import language_warnings
from netviz.languages.messages import MessageBundle, messages, parsed
from netviz.mistakes import Mistakes
from netviz.networks.classes import classes
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Report, Reporter
from netviz.site.method_words import wanted_messages
from netviz.site.text.filters import percent

SEEN = classes()[281].wordnet_id  # of the class that `stored_results` sees first
INTERFACE = """
search = Sucha
found = { $count } fonda
figure = Figo { $number }
methods = Metodas
"""
FIGURES = """
map-where = { $spread_out ->
    [yes] ubi, plu en { place }
   *[no] forta en { place }
 }
points = { $points ->
    [one] un punta
   *[other] { $points } puntas
 }
"""
METHODS = """
gradient = .
    .title = La gradienta
    .unit = { $score } per pasa
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Whatever a course brings is gone with it."""
    yield
    look_in()


@pytest.fixture
def content(course: Path) -> Path:
    """The small course in a third language, of which there is a little of everything."""
    folder = course / "languages" / "qx"
    folder.mkdir(parents=True)
    for name, text in (
        ("language.yaml", 'tag: qx-Latn\nname: Quexa\npercent: " pc"\n'),
        ("interface.ftl", INTERFACE),
        ("figures.ftl", FIGURES),
        ("methods.ftl", METHODS),
        ("classes.tsv", f"{SEEN}\thundo siberia\n"),
    ):
        (folder / name).write_text(text, "utf-8")
    titles = "title: {en: A small course, zh: 一门小课, qx: Un kursa}\ntagline: {en: Two., zh: 二。}\n"
    (course / "site.yaml").write_text(f"languages: [en, zh, qx]\n{titles}", "utf-8")
    home = "---\ntitle: Bonvena\nsummary: Pagina.\n---\n\nUn kursa.\n"
    (course / "pages" / "home" / "qx.md").write_text(home, "utf-8")
    return course


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


def built(content: Path, store: Store, site: Path) -> Report:
    known(content, store)
    return build(Options(content=content, to=site, store=store.folder), Reporter())


def test_a_third_language_is_files_and_stands_beside_the_others(content: Path, store: Store, tmp_path: Path) -> None:
    report = built(content, store, tmp_path / "site")
    home, lesson = ((tmp_path / "site" / "qx" / name).read_text("utf-8") for name in ("index.html", "first.html"))
    assert '<html lang="qx-Latn">' in home and "Bonvena" in home and "Un kursa" in home and "Sucha" in home
    for page in ("index.html", "zh/index.html"):
        other = (tmp_path / "site" / page).read_text("utf-8")
        assert re.search(r'href="[./]*qx/index.html" lang="qx-Latn"[^>]*>Quexa</a>', other)
    assert "Figo 1" in lesson and "La gradienta" in lesson and re.search("(ubi, plu|forta) en ", lesson)
    assert "hundo siberia" in lesson
    assert "logit per pasa" in lesson and re.search(r"\d pc\b", lesson)
    assert '<article class="text" lang="en">' in lesson  # what it lacks is told in the first language, and said to be
    assert "What it says" in lesson and "Skip to the text" in lesson
    told = [str(warning) for warning in report.warnings if "/qx" in str(warning) or "'qx'" in str(warning)]
    assert any("01-first/qx.md: the lesson has no text in 'qx'; there stands that of en.md" in one for one in told)
    assert any("site.yaml:3:10: has no text in 'qx'; there stands that in 'en'" in one for one in told)
    assert any(
        re.search(r"qx/interface\.ftl: lacks \d+ of \d+ messages, which are told in English: ", one) for one in told
    )
    assert any("qx/classes.tsv: lacks the names of 999 of 1000 classes" in one for one in told)


def test_an_edited_message_weaves_pages_and_runs_nothing(content: Path, store: Store, tmp_path: Path) -> None:
    built(content, store, tmp_path / "site")
    path = content / "languages" / "qx" / "interface.ftl"
    path.write_text(INTERFACE.replace("Sucha", "Trova"), "utf-8")
    report = build(Options(content=content, to=tmp_path / "site", store=store.folder), Reporter())
    assert (report.ran, report.drawn) == (0, 0)
    assert "Trova" in (tmp_path / "site" / "qx" / "index.html").read_text("utf-8")
    assert report.woven == report.pages // 3  # those of the other languages are taken over


@pytest.mark.parametrize(("language", "others"), [("en", "zh"), ("zh", "en")])
def test_a_course_may_have_one_language(language: str, others: str, course: Path, store: Store, tmp_path: Path) -> None:
    lesson = course / "lessons" / "01-first"
    first = (lesson / "en.md").read_text("utf-8")
    for folder in (lesson, course / "pages" / "home"):
        (folder / f"{others}.md").unlink()
    (lesson / f"{language}.md").write_text(first, "utf-8")
    titles = f"title: {{{language}: A}}\ntagline: {{{language}: B}}\n"
    (course / "site.yaml").write_text(f"languages: [{language}]\n{titles}", "utf-8")
    credits = (course / "pictures" / "credits.yaml").read_text("utf-8")
    credits = re.sub(r"title: \{en: ([^,]+), zh: ([^}]+)\}", rf"title: {{{language}: \1}}", credits)
    (course / "pictures" / "credits.yaml").write_text(credits, "utf-8")
    report = built(course, store, tmp_path / "site")
    pages = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert "first.html" in pages and not any(page.startswith(("en/", "zh/")) for page in pages)
    home = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert f'<html lang="{known_languages.language(language).tag}">' in home and "hreflang" not in home
    assert not report.warnings


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("languages: [en, qq]", "site.yaml:1:12: languages: neither netviz nor the course's folder languages/ has a"),
        ("languages: []", "site.yaml:1:12: languages:"),
        ("languages: [en, en]", "site.yaml:1:12: languages: a language is named twice"),
        ("languages: [en, zh]", "site.yaml:2:8: title: a text in each language is wanted, {en: …, zh: …}"),
        ("languages: [qx, en]", "site.yaml:2:8: title"),
    ],
)
def test_languages_that_do_not_fit_are_told(line: str, message: str, content: Path) -> None:
    path = content / "site.yaml"
    path.write_text("\n".join([line, "title: {zh: 甲, qx: B}", "tagline: {en: A, qx: B}"]), "utf-8")
    with pytest.raises(Mistakes) as caught:
        build(Options(content=content, to=content.parent / "site", store=content.parent / "store"), Reporter())
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("interface.ftl", "search = Sucha\nfound { $count }\n", ":2:1: can't be read"),
        ("interface.ftl", "search = Sucha\nfound = { $counts } fonda\n", ":2:1: the message 'found' asks for $counts"),
        ("interfaces.ftl", "search = Sucha\n", ": is read by nobody"),
        ("classes.tsv", f"{SEEN}\thundo\nn99999999\tkato\n", ":2:1: there is no class 'n99999999'"),
    ],
)
def test_what_is_wrong_with_a_languages_files_is_told(file: str, text: str, message: str, content: Path) -> None:
    path = content / "languages" / "qx" / file
    path.write_text(text, "utf-8")
    look_in(content / "languages")
    told = [str(one) for one in language_warnings("qx")]
    assert any(one.startswith(f"{path}{message}") for one in told)
    assert messages("qx", "interface")("found", count=3) in ("3 found", "3 fonda")  # a broken one is told in the first


def test_a_language_without_its_name_is_a_mistake(content: Path) -> None:
    (content / "languages" / "qx" / "language.yaml").write_text("tag: qx\n", "utf-8")
    with pytest.raises(Mistakes, match=r"qx/language\.yaml:.*the field 'name' is missing"):
        build(Options(content=content, to=content.parent / "site", store=content.parent / "store"), Reporter())


def test_a_course_can_word_a_message_anew(content: Path) -> None:
    """Of a language that netviz has: the other messages stay."""
    folder = content / "languages" / "zh"
    folder.mkdir()
    (folder / "interface.ftl").write_text("search = 找\n", "utf-8")
    look_in(content / "languages")
    say = messages("zh", "interface")
    assert (say("search"), say("close")) == ("找", "关闭")


def test_a_message_is_by_itself_what_it_is_in_its_file() -> None:
    """Each is parsed when it is said, without the others; whatever its file holds, and of other forms than ours."""
    odd = "# b = c\n\na = {\nb ->\n[one] c\n*[other] { -d }\n}\n  e = f\njunk {\n"
    odd += "b = x\n    .c =\n y\n-d = z\n b\nb = again\n"
    texts = [path.read_text("utf-8") for path in sorted(HERE.glob("*/*.ftl"))]
    for text in (odd, *texts):
        whole = {one.id.name: one for one in reversed(parsed(text).body) if isinstance(one, ast.Message)}
        book = MessageBundle(language(FIRST), [text])
        for name, message in whole.items():
            alone = book.entry(name)
            assert alone is not None and alone.equals(message, ignored_fields=["span", "comment"]), name
        assert {name for name in book.pieces if isinstance(book.entry(name), ast.Message)} == {*whole}


def test_plurals_follow_the_language_and_numbers_are_written_as_everywhere() -> None:
    say = messages("en", "figures")
    assert [say("points", points=count) for count in (0, 1, 2, 12345)] == [
        "0 points",
        "1 point",
        "2 points",
        "12\u202f345 points",
    ]
    assert "correlation −0.988" in say("series", kind="correlated", name="y", points=9, correlation=-0.98765)
    assert percent(0.5, "zh") == "50.0%"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_value_stands_in_its_message_as_it_is(text: str) -> None:
    """Whatever signs of Fluent's or of Unicode's it has; only one that is longer than a page is cut."""
    for code in DEFAULT:
        shown = messages(code, "interface")("begin", title=text)
        assert text[:1000] in shown


@pytest.mark.parametrize("code", sorted(path.name for path in HERE.iterdir() if (path / "language.yaml").is_file()))
def test_the_languages_of_netviz_lack_nothing(code: str) -> None:
    assert list(map(str, language_warnings(code, {*wanted_messages(code)}))) == []
    assert class_name(0, code) and language(code).tag


def test_the_first_language_comes_first_and_unknown_ones_are_refused() -> None:
    assert next(iter(languages())) == FIRST
    with pytest.raises(ValueError, match="no language 'fr'; there is en, zh"):
        language("fr")

"""After a change only what it concerns is made again, and the site is just what a whole build would give.

A network's results are put into the store by hand here: what pages show of them is real, what was measured is made up.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stored_results import known

from netviz.cache.notes import forget_notes
from netviz.cache.store import Store
from netviz.course.experiments import CHOSEN
from netviz.course.lessons import Lesson
from netviz.course.reading import Course, read_course
from netviz.engine.plan import make_plan
from netviz.engine.record import RESULTS
from netviz.mistakes import Mistake, Mistakes
from netviz.networks.weights import WeightsUnavailable, describe
from netviz.options import Options
from netviz.pipeline import build, rehearse
from netviz.progress import Reader, Report, Reporter
from netviz.remembered import begin, forget, noted
from netviz.site import rendering
from netviz.site.files.takeover import Takeover
from netviz.site.results import Results
from netviz.site.reviewing import coverage, proofreading
from netviz.site.reviewing.coverage import observe
from netviz.site.reviewing.proofreading import text_mistakes
from netviz.site.site_map import Page

ROOT = Path(__file__).resolve().parents[1]
SECOND = "---\ntitle: {}\nsummary: The same cat.\n---\n\nSee [the first](first.html#{}): {{{{ {} }}}}.\n"
PROBABILITY = "results['says'].top[0].probability | percent"


@pytest.fixture
def content(course: Path) -> Path:
    """The small course with a second lesson that links to the first, and speaks of one of its results."""
    (course / "lessons" / "02-second").mkdir()
    for language, anchor in (("en", "where-it-looks"), ("zh", "它看哪里")):
        path = course / "lessons" / "02-second" / f"{language}.md"
        path.write_text(SECOND.format("Second", anchor, PROBABILITY), "utf-8")
    return course


@pytest.fixture
def without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(form: str) -> None:
        raise WeightsUnavailable("the network is gone")

    monkeypatch.setattr("netviz.engine.execution.open_network", refuse)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Figures are drawn once for the whole module."""
    return Store(tmp_path_factory.mktemp("store"))


def built(content: Path, store: Store, site: Path) -> Report:
    known(content, store)
    return build(Options(content=content, to=site, store=store.folder), Reporter())


@pytest.fixture
def site(content: Path, store: Store, tmp_path: Path) -> Path:
    """The site of the course as it is: built once for the whole module, and a copy of it for each test."""
    whole = store.folder.with_name(f"{store.folder.name}-site")
    if not whole.exists():
        built(content, store, whole)
    return Path(shutil.copytree(whole, tmp_path / "site"))


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def files(site: Path) -> dict[str, int]:
    """Which file stands where: one that is taken over stays the same file."""
    return {path.relative_to(site).as_posix(): path.stat().st_ino for path in site.rglob("*.html")}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "woven"),
    [
        ("lessons/02-second/en.md", "See", "Look at", {"second.html", "second/dog.html"}),
        ("lessons/02-second/en.md", "See", "[Read](https://arxiv.org/abs/1312.6034)", {"bibliography.html"}),
        ("lessons/01-first/zh.md", "网络说", "网络认为", {"zh/first.html", "zh/first/dog.html"}),
        ("lessons/01-first/en.md", "target: Siberian husky", "target: malamute", {"first.html", "first/dog.html"}),
        (
            "lessons/01-first/en.md",
            "id: says\nmethod: predict",
            "id: says\nmethod: predict\nview: bars",
            {"first.html"},
        ),
        ("lessons/01-first/en.md", "title: A first lesson", "title: The first lesson", {"index.html", "second.html"}),
        ("site.yaml", "A small course", "A little course", {"index.html", "methods.html", "zh/second.html"}),
    ],
)
def test_a_change_makes_what_it_concerns_and_the_site_is_that_of_a_whole_build(
    content: Path, store: Store, site: Path, tmp_path: Path, file: str, old: str, new: str, woven: set[str]
) -> None:
    before = files(site)
    edit(content / file, old, new)
    report = built(content, store, site)
    after = files(site)
    made = {path for path, number in after.items() if before.get(path) != number}
    assert woven <= made
    assert len(made) == report.woven
    built(content, store, tmp_path / "whole")
    assert contents(site) == contents(tmp_path / "whole")


GLOSSARY = """- key: ours
  title: {{en: Ours, zh: 我们的}}
  terms:
    - {{key: cat, name: {{en: cat, zh: 猫}}, means: {{en: {}, zh: 一种动物。}}, lessons: [first]}}
"""
WORK = '- {{key: ours-2020, authors: Ours, year: 2020, title: {}, url: "https://example.org/ours"}}\n'


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def one_lesson_more(content: Path) -> None:
    for language in ("en", "zh"):
        write(content / "lessons/03-third" / f"{language}.md", "---\ntitle: Third\nsummary: One more.\n---\n\nWords.\n")


EDITS: dict[str, Callable[[Path], object]] = {
    "a glossary": lambda content: write(content / "glossary.yaml", GLOSSARY.format("An animal.")),
    "an entry of it": lambda content: write(content / "glossary.yaml", GLOSSARY.format("A small animal.")),
    "a bibliography": lambda content: write(content / "bibliography.yaml", WORK.format("One")),
    "a work in it": lambda content: write(content / "bibliography.yaml", WORK.format("Two")),
    "a link to it": lambda content: edit(
        content / "lessons/02-second/en.md", "See", "[As others say](https://example.org/ours), see"
    ),
    "a template": lambda content: write(content / "templates/illustration.html", "<p>{{ it.alt }}</p>"),
    "a style": lambda content: write(content / "templates/style.css", "body { color: teal }"),
    "another colour": lambda content: write(content / "templates/style.css", "body { color: navy }"),
    "words of a language": lambda content: write(content / "languages/en/interface.ftl", "credits = Whose it is\n"),
    "a file beside a lesson": lambda content: (
        write(content / "lessons/02-second/numbers.csv", "a,b\n1,2\n"),
        edit(content / "lessons/02-second/en.md", "[the first]", "[numbers](numbers.csv) and [the first]"),
    ),
    "another one in its place": lambda content: write(content / "lessons/02-second/numbers.csv", "a,b\n3,4\n"),
    "words before a figure": lambda content: edit(
        content / "lessons/01-first/en.md",
        "## Where it looks\n",
        "## Where it looks\n\nAt two parts:\n\n- one\n- two\n",
    ),
    "words in a caption": lambda content: edit(
        content / "lessons/01-first/en.md", "caption: Where", "caption: See [how](#slope) and where"
    ),
    "another claim": lambda content: edit(
        content / "lessons/01-first/en.md", "numbers.norm > 1000", "numbers.norm > 0 and numbers.norm < 1000"
    ),
    "the class by its number": lambda content: edit(
        content / "lessons/01-first/en.md", "target: Siberian husky", "target: 250"
    ),
    "a setting": lambda content: edit(
        content / "lessons/01-first/en.md", ": gradient\n", ": gradient\noutput: probability\n"
    ),
    "a lesson more": one_lesson_more,
    "a lesson less": lambda content: shutil.rmtree(content / "lessons/03-third"),
}


@pytest.mark.slow(25)
def test_edits_of_every_kind_one_after_the_other_give_the_site_of_a_whole_build(
    content: Path, store: Store, tmp_path: Path
) -> None:
    site, whole = tmp_path / "site", tmp_path / "whole"

    def books(to: Path) -> Report:
        known(content, store)
        forget()  # as a process does that has just begun: all that it remembers are the last build's notes
        return build(Options(content=content, to=to, store=store.folder, epub=True), Reporter())

    books(site)
    woven = {}
    for name, change in EDITS.items():
        change(content)
        woven[name] = books(site).woven
        shutil.rmtree(whole, ignore_errors=True)
        forget_notes(store.folder)
        books(whole)
        assert contents(site) == contents(whole), name
    assert woven["another colour"] == 0
    assert woven["a link to it"] == len({"second.html", "second/dog.html", "bibliography.html"})


def test_a_sentence_leaves_the_pages_of_other_lessons_and_of_the_other_language_alone(
    content: Path, store: Store, site: Path
) -> None:
    before = files(site)
    edit(content / "lessons" / "02-second" / "en.md", "See", "Look at")
    built(content, store, site)
    after = files(site)
    for page in (
        "zh/second.html",
        "index.html",
        "first.html",
        "first/dog.html",
        "zh/first.html",
        "methods.html",
        "zh/methods.html",
        "glossary.html",
        "bibliography.html",
    ):
        assert after[page] == before[page], page


def test_a_class_is_told_of_beside_the_first_of_the_figures_that_explain_it(
    content: Path, store: Store, tmp_path: Path
) -> None:
    more = "```experiment\nid: {}\nmethod: gradient\nview: magnitude\ncaption: Its size.\n{}```\n\n"
    fences = more.format("size", "") + more.format("of-a-lynx", "target: lynx\n") + more.format("size-again", "")
    edit(
        content / "lessons" / "01-first" / "en.md", "```experiment\nid: dog-cam", f"{fences}```experiment\nid: dog-cam"
    )
    built(content, store, tmp_path / "site")
    page = (tmp_path / "site" / "first.html").read_text("utf-8")
    figures = dict(re.findall(r'<figure class="experiment[^"]*" id="([^"]+)">(.*?)</figure>', page, re.DOTALL))
    told = [name for name, figure in figures.items() if '<dl class="readings">' in figure]
    assert told == ["slope", "of-a-lynx", "size-again", "dog-cam"]
    assert "<dt>Class explained</dt>" in figures["size"], "who opens the drawer finds it there"


def test_a_heading_that_another_lesson_links_to_is_missed(content: Path, store: Store, site: Path) -> None:
    edit(content / "lessons" / "01-first" / "en.md", "## Where it looks", "## Where it looks first")
    with pytest.raises(
        Exception, match=r"02-second/en\.md:6:\d+: the page first\.html has no section 'where-it-looks'"
    ):
        built(content, store, site)


def test_a_figure_that_another_lesson_links_to_is_missed(content: Path, store: Store, site: Path) -> None:
    edit(content / "lessons" / "02-second" / "en.md", "See", "[It](first.html#slope)")
    built(content, store, site)
    for language in ("en", "zh"):
        edit(content / "lessons" / "01-first" / f"{language}.md", "id: slope", "id: steepness")
    with pytest.raises(Exception, match=r"02-second/en\.md:6:\d+: the page first\.html has no section 'slope'"):
        built(content, store, site)


def test_a_text_is_read_again_only_when_something_is_another_that_it_is_held_against(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[tuple[str, str]] = []
    look = proofreading._read

    def counted(course: Course, lesson: Lesson, language: str, mistakes: list[Mistake]) -> Any:
        looked_at.append((lesson.slug, language))
        return look(course, lesson, language, mistakes)

    def read(offer: Sequence[str] = ()) -> list[Mistake]:
        begin(noted())  # as by another process, which has the notes of this one
        looked_at.clear()
        return text_mistakes(read_course(content, "compact", offer=offer), Takeover(tmp_path))

    forget()
    monkeypatch.setattr(proofreading, "_read", counted)
    assert read() == [] and {("first", "en"), ("second", "zh")} <= {*looked_at}
    assert read() == read(["dog"]) == [] and looked_at == []
    first, second = (content / "lessons" / one / "en.md" for one in ("01-first", "02-second"))
    edit(second, "See", "Look at")
    assert read() == [] and looked_at == [("second", "en")]
    edit(first, ": gradient\n", ": gradient\noutput: probability\n")
    assert read() == [] and looked_at == [("first", "en"), ("first", "zh")]
    edit(first, "## Where it looks", "## Where it looks first")
    told = read()
    assert len(told) == 1 and read() == told and looked_at == [("second", "en")], "what is wrong is told each time"
    edit(second, "first.html#where-it-looks", "first.html#where-it-looks-first")
    assert read() == [] and looked_at == [("second", "en")]
    forget()


def test_claims_are_held_anew_against_other_results_and_in_other_words(
    content: Path, store: Store, site: Path, tmp_path: Path
) -> None:
    lesson, broken = content / "lessons" / "01-first" / "en.md", []
    for old, new in (
        ("numbers.norm > 1000", "numbers.norm > 1"),
        (": gradient\n", ": gradient\noutput: probability\n"),
    ):
        edit(lesson, old, new)
        known = [one.claim for one in built(content, store, site).verdicts]
        broken.append(sum(not one.kept for one in known))
    assert broken == [0, 0], "two were broken"
    assert known == [one.claim for one in built(content, store, tmp_path / "whole").verdicts]


def test_a_broken_sentence_is_told_again_until_it_is_mended(content: Path, store: Store, tmp_path: Path) -> None:
    first, second = (content / "lessons" / name / "en.md" for name in ("01-first", "02-second"))
    sentence = "{% claim results['says'].top[0].probability > 2 %}Surely.{% endclaim %}"
    first.write_text(first.read_text("utf-8") + f"\n{sentence}\n", "utf-8")
    told = [built(content, store, tmp_path / "site").warnings]
    edit(second, "See", "Look at")
    told.append(built(content, store, tmp_path / "site").warnings)
    edit(first, "> 2", "< 2")
    told.append(built(content, store, tmp_path / "site").warnings)
    broken = [[one.line for one in warnings if "claims is broken" in one.message] for warnings in told]
    line = first.read_text("utf-8").count("\n")
    assert broken == [[line], [line], []]


def test_sentences_whose_pages_were_woven_are_told_as_if_each_text_was_looked_at_again(
    content: Path, store: Store, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (content / "lessons" / name / "en.md" for name in ("01-first", "02-second"))
    edit(second, "See", "{% claim results['says'].top[0].probability <= 1 %}Surely.{% endclaim %} See")
    claims = [f"{{% claim picture.name == 'dog' or results['says'].top[0].probability > {one} %}}" for one in (0, 2)]
    texts = "".join(f"\n{claim}Perhaps.{{% endclaim %}}\n" for claim in claims)
    first.write_text(first.read_text("utf-8") + texts, "utf-8")
    looked_at: list[Path] = []

    def observed(prose: coverage.Prose, *others: Any) -> Any:
        looked_at.append(prose.text.path)
        return observe(prose, *others)

    monkeypatch.setattr(coverage, "observe", observed)
    told = [one for one in built(content, store, site).warnings if "claims is broken" in one.message]
    assert looked_at == [first], "in no other text is one broken"
    course = read_course(content, "compact")
    results = Results(
        course, make_plan(course, describe("compact")), describe("compact"), store, Options(content=content)
    )
    assert told == [*coverage.broken_claims(coverage.observed_conditions(results)[0])]
    assert [(one.line, one.message.partition(" for ")[2]) for one in told] == [
        (first.read_text("utf-8").count("\n"), "chelsea")
    ]


def test_the_default_photos_site_stands_before_the_others_have_run(
    content: Path, tmp_path: Path, without_network: None, capsys: pytest.CaptureFixture[str]
) -> None:
    store, site = Store(tmp_path / "store"), tmp_path / "site"
    known(content, store)
    for task in make_plan(read_course(content, "compact"), describe("compact")).values():
        if task.picture_name == "dog" and task.experiment.picture == CHOSEN:
            shutil.rmtree(store.path(RESULTS, task.key))
    options = Options(content=content, to=site, store=store.folder)
    with pytest.raises(WeightsUnavailable, match="the network is gone"):
        build(options, Reporter())
    assert f"{site} stands for the photo chelsea" in " ".join(capsys.readouterr().err.split())
    assert (site / "first.html").is_file()
    assert not (site / "first" / "dog.html").exists()
    assert "first/dog.html" not in (site / "first.html").read_text("utf-8")
    built(content, store, site)
    built(content, store, tmp_path / "whole")
    assert contents(site) == contents(tmp_path / "whole")


def test_what_nothing_may_be_wrong_with_is_not_published_in_part(
    content: Path, tmp_path: Path, without_network: None
) -> None:
    options = Options(content=content, to=tmp_path / "site", store=tmp_path / "store", strict=True)
    with pytest.raises(WeightsUnavailable):
        build(options, Reporter())
    assert not (tmp_path / "site").exists()


def test_the_file_of_the_whole_course_that_is_left_out_is_told_of_with_the_option_that_makes_it(
    content: Path, store: Store, site: Path
) -> None:
    options = Options(content=content, to=site, store=store.folder)
    build(replace(options, epub=True), Reporter())
    report = build(options, Reporter())
    told = "\n".join(report.lines())
    assert set(report.gone) == {"course.epub", "zh/course.epub"} and report.plain()["gone"] == 2
    assert "without --epub there is no course.epub and no zh/course.epub any more" in told


def test_no_option_is_told_of_that_was_given(content: Path, store: Store, site: Path) -> None:
    own = content / "static" / "old" / "course.epub"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"once")
    options = Options(content=content, to=site, store=store.folder, epub=True)
    build(options, Reporter())
    own.unlink()
    report = build(options, Reporter())
    assert report.gone == ("old/course.epub",) and not report.books_gone


def shown(content: Path, store: Store, site: Path, *open_pages: str) -> dict[str, str]:
    """The pages that a reader is shown while the site is built, in their order."""
    told: dict[str, str] = {}
    known(content, store)
    reader = Reader(pages=open_pages, show=lambda path, html: told.update({path: html}))
    with suppress(Mistakes):
        build(Options(content=content, to=site, store=store.folder), Reporter(reader=reader))
    return told


def test_a_reader_is_shown_what_is_woven_before_the_site_stands_the_open_page_first(
    content: Path, store: Store, site: Path
) -> None:
    first, second = (content / "lessons" / name / "en.md" for name in ("01-first", "02-second"))
    edit(first, "The network", "Our network")
    edit(second, "See", "Look at")
    told = shown(content, store, site, "second/dog.html")
    assert next(iter(told)) == "second/dog.html"
    assert told.keys() == {"first.html", "first/dog.html", "second.html", "second/dog.html"}
    assert all((site / path).read_text("utf-8") == html for path, html in told.items())


def test_a_reader_is_shown_no_page_before_the_site_has_what_it_loads(content: Path, store: Store, site: Path) -> None:
    lesson = content / "lessons" / "01-first" / "en.md"
    shutil.copy(content / "pictures" / "chelsea.png", lesson.with_name("cat.png"))
    with lesson.open("a", encoding="utf-8") as file:
        file.write("\n![A cat](cat.png)\n")
    assert not shown(content, store, site) and "cat" in (site / "first.html").read_text("utf-8")
    edit(lesson, "![A cat]", "![Our cat]")
    assert shown(content, store, site).keys() == {"first.html", "first/dog.html"}


def test_a_reader_is_shown_no_page_after_one_that_fails(content: Path, store: Store, site: Path) -> None:
    first, second = (content / "lessons" / name / "en.md" for name in ("01-first", "02-second"))
    edit(first, "The network", "The {{ 1 / (results['says'].top[0].rank - 1) }} network")
    edit(second, "See", "Look at")
    assert not shown(content, store, site)


def test_a_rehearsal_reads_the_course_weaves_a_page_of_each_language_and_changes_nothing(
    content: Path, store: Store, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woven: list[str] = []

    def render_page(env: object, kind: str, site: object, page: Page, **values: object) -> str:
        woven.append(page.path)
        return ""

    monkeypatch.setattr(rendering, "render_page", render_page)
    before = contents(site)
    rehearse(Options(content=content, to=site, store=store.folder))
    assert woven == ["index.html", "zh/index.html"] and contents(site) == before
    edit(content / "lessons" / "01-first" / "en.md", "method: gradient", "method: gradiant")
    with pytest.raises(Mistakes, match="gradiant"):
        rehearse(Options(content=content, to=site, store=store.folder))

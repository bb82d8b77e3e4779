"""The real course as readers meet it, every page in both languages, in a real browser and from a folder.

The site is built once, with one photo to choose, out of the project's own store: what it runs, the next time need not
run again. By day it is a draft, of the fewest passes (least_drafts.py): what these tests look at is how pages are made.
With ``NETVIZ_NIGHTLY=1`` it is the course itself, all of whose claims must hold, out of the store of `make site`.
NETVIZ_SITE names a site that is built already, NETVIZ_STORE another store.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from test_downloads import assert_is_a_notebook

from netviz.course.bibliography import addresses_linked, cited_works
from netviz.course.reading import read_course
from netviz.languages.known import DEFAULT
from netviz.methods import methods
from netviz.networks.browser_runtime import is_installed
from netviz.options import Options
from netviz.pipeline import all_warnings
from netviz.site.files.takeover import Takeover
from netviz.site.site_map import HOME, NOT_FOUND, PAGES, YOUR_PHOTO, page_path, search_index

if TYPE_CHECKING:
    from browser import Browser

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT / "content", "compact")
LESSONS = [lesson.slug for lesson in COURSE.lessons]
NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))
HAS_NETWORK = is_installed()  # npm's registry may be out of reach
SIDE_PAGES = [*(page.slug for page in COURSE.side_pages), *([YOUR_PHOTO] if HAS_NETWORK else [])]
SLUGS = [HOME, *LESSONS, *SIDE_PAGES, *PAGES, NOT_FOUND]
PATHS = [page_path(language, slug) for slug in SLUGS for language in DEFAULT]
NARROW, WIDE = 320, 2560  # CSS pixels of the windows in which nothing must be scrolled sideways either
MODES: list[tuple[int, Literal["light", "dark"]]] = [(1440, "light"), (360, "dark"), (1440, "dark"), (360, "light")]
# Two of the four ways for each page, one for each language; over the pages every way is met in both.
SEEN = [
    (page_path(language, slug), *MODES[(number + shift) % 4])
    for number, slug in enumerate(SLUGS)
    for language, shift in (("en", 0), ("zh", 1))
]
PUBLISHERS = ("arxiv.org", "doi.org", "distill.pub", "openaccess.thecvf.com", "jmlr.org", "openreview.net")
PUBLISHERS += ("proceedings.mlr.press", "papers.nips.cc", "proceedings.neurips.cc", "aclanthology.org", "nature.com")
MEGABYTE = 1_000_000

pytestmark = pytest.mark.course
built = pytest.mark.vgg16  # what needs the site needs the network that made it


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's site, built with one photo to choose unless there is one already."""
    if ready := os.environ.get("NETVIZ_SITE"):
        return Path(ready)
    folder, store = tmp_path_factory.mktemp("course"), os.environ.get("NETVIZ_STORE") or ROOT / ".netviz"
    where = ["--content", str(ROOT / "content"), "--store", str(store), "--to", str(folder / "site")]
    command = [sys.executable, str(ROOT / "build.py"), *where, "--offer", COURSE.default_picture]
    command += [] if HAS_NETWORK else ["--without", YOUR_PHOTO]
    command += ["--strict"] if NIGHTLY else ["--draft", "--methods", str(ROOT / "tests" / "least_drafts.py")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True
    )  # as a reader would: Python's warnings are no errors, ours are
    assert done.returncode == 0, done.stderr
    return folder / "site"


class Elements(HTMLParser):
    """Every element of a page with its attributes, and whether it stands in a figure after the first."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], int]] = []
        self.figures = 0
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.figures += tag == "figure"
        self.found.append((tag, dict(attrs), self.figures))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes, _ in self.found if tag in tags]

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes, _ in self.found if "id" in attributes]


elements = cache(Elements)  # many ask for the same page's


def test_nothing_in_the_course_is_warned_of() -> None:
    assert list(map(str, all_warnings(COURSE, Options(), Takeover(Path("nowhere"))))) == []


# The files


@built
def test_every_page_is_there_in_both_languages(site: Path) -> None:
    assert [page for page in PATHS if not (site / page).is_file()] == []


@built
@pytest.mark.parametrize("page", PATHS)
def test_a_page_is_valid_html_with_ids_of_its_own(site: Path, page: str) -> None:
    html5lib.HTMLParser(strict=True).parse((site / page).read_text("utf-8"))  # raises at the first mistake
    ids = elements(site / page).ids
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


@built
def test_every_link_and_file_leads_somewhere(site: Path) -> None:
    ids = {(site / page).resolve(): set(elements(site / page).ids) for page in PATHS}
    dead = []
    for page in PATHS:
        for attributes in elements(site / page).of("a", "img", "link", "script", "source"):
            address = urlsplit(attributes.get("href") or attributes.get("src") or "")
            if address.scheme:
                assert (address.scheme in ("https", "http"), "href" in attributes) == (True, True), address.geturl()
                continue
            target = (
                ((site / page).parent / unquote(address.path)).resolve() if address.path else (site / page).resolve()
            )
            anchor = unquote(address.fragment).partition("@")[0]
            if not target.is_file() or (anchor and target in ids and anchor not in ids[target]):
                dead.append(f"{page}: {address.geturl()}")
    assert dead == []


@built
@pytest.mark.parametrize("page", PATHS)
def test_pictures_have_size_and_words_and_late_ones_wait(site: Path, page: str) -> None:
    for tag, attributes, figure in elements(site / page).found:
        if tag == "img":
            assert attributes.get("width") and attributes.get("height") and "alt" in attributes, attributes
            assert figure < 2 or attributes.get("loading") == "lazy", attributes


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_the_first_page_moves_at_most_a_megabyte(site: Path, language: str) -> None:
    page = site / page_path(language, HOME)
    parts = {page, *(page.parent / str(one["src"]) for one in elements(page).of("img", "script") if one.get("src"))}
    parts |= {
        page.parent / str(one["href"]) for one in elements(page).of("link") if one.get("rel") in ("stylesheet", "icon")
    }
    assert sum(part.stat().st_size for part in parts) <= MEGABYTE


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_the_search_finds_only_what_is_there_and_is_small(site: Path, language: str) -> None:
    index = site / search_index(language)
    assert index.stat().st_size < MEGABYTE / 2
    entries = json.loads(index.read_text("utf-8").partition(" = ")[2].rstrip(";\n"))
    pages = [page_path(language, slug) for slug in SLUGS if slug != NOT_FOUND]
    anchors = {page: {"", *elements(site / page).ids} for page in pages}
    assert {entry[0].partition("#")[0] for entry in entries} == set(pages)
    assert [
        entry[0] for entry in entries if entry[0].partition("#")[2] not in anchors[entry[0].partition("#")[0]]
    ] == []


@built
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_notebook_is_one(site: Path, lesson: str) -> None:
    for language in DEFAULT:
        path = page_path(language, lesson).replace(".html", ".ipynb")
        assert_is_a_notebook(json.loads((site / path).read_text("utf-8")))


@built
def test_a_lessons_script_runs_by_itself(site: Path, tmp_path: Path) -> None:
    """As in the project's folder: beside ``content`` and the package; what it writes stays in a folder of its own."""
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "netviz").symlink_to(ROOT / "netviz")
    script = shutil.copy(site / "five-steps.py", tmp_path)
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout != "") == (0, True), done.stderr


def test_every_paper_that_a_lesson_links_is_in_the_bibliography() -> None:
    sources = {
        f"{lesson.slug}/{text.language}": text.source for lesson in COURSE.lessons for text in lesson.texts.values()
    }
    linking = {name: addresses_linked(source) for name, source in sources.items()}
    works = COURSE.bibliography.works
    known = {slug for one in cited_works(works, methods().values(), linking) for slug in one.lessons}
    assert known, "no lesson cites anything"
    lacking = []
    for name, source in sources.items():
        for url in re.findall(r"\]\((https?://[^)\s]+)\)", source):
            if urlsplit(url).netloc.removeprefix("www.") in PUBLISHERS:
                cited = cited_works(works, methods().values(), {name: addresses_linked(url)})
                lacking += [] if any(one.lessons for one in cited) else [f"{name}: {url}"]
    assert lacking == []


# In a browser

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
LOAD_ALL = "document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })"
LOADED = "return Array.from(document.images).every((one) => one.complete)"
MISSING = "return Array.from(document.images).filter((one) => !one.naturalWidth).map((one) => one.src)"


@built
@pytest.mark.parametrize(("page", "width", "colours"), SEEN)
def test_a_page_is_whole_and_open_to_everyone(
    browser: Browser, site: Path, page: str, width: int, colours: Literal["light", "dark"]
) -> None:
    browser.colours(colours)
    browser.viewport(NARROW, 900)
    browser.open(site / page)
    for wide in (NARROW, WIDE, width):
        browser.viewport(wide, 900)
        browser.expect("return window.innerWidth", wide)
        assert browser.overflow() == 0, wide  # with what can be opened still closed
    browser.do(f"{OPEN_ALL}; {LOAD_ALL}")
    browser.expect(LOADED)
    assert browser.run(MISSING) == []
    assert browser.overflow() == 0
    assert browser.console_errors() == []  # before axe, which asks for what the page forbids
    assert browser.violations() == []


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_every_lesson_reads_without_scripts(browser: Browser, site: Path, language: str) -> None:
    browser.scripts(False)
    for lesson in COURSE.lessons:
        browser.open(site / page_path(language, lesson.slug))
        shown = browser.run("return document.querySelector('article').innerText")
        assert lesson.texts[language].front.title in browser.run("return document.querySelector('h1').innerText")
        for question in COURSE.questions_of(lesson):
            answer = f"#{question.id} details"
            browser.do(f"document.querySelector('{answer}').open = true")
            browser.expect(f"return document.querySelector('{answer} p').innerText", lambda text: text != "")
        assert "{{" not in shown and "{%" not in shown
        buttons = "document.querySelectorAll('button:not([popovertarget])')"  # what opens a popover needs no script
        visible = f"return Array.from({buttons}).filter((one) => one.checkVisibility()).length"
        assert browser.run(visible) == 0, lesson.slug


@built
@pytest.mark.parametrize(("page", "query"), [("zh/index.html", "积分梯度"), ("regions.html", "integrated gradients")])
def test_the_search_answers_from_a_folder(browser: Browser, site: Path, page: str, query: str) -> None:
    browser.open(site / page)
    browser.press("/", on="body")
    browser.expect("return document.activeElement.type", "search")
    browser.press(query)
    browser.expect(
        "return document.querySelector('.finder li b').textContent", lambda found: found.lower().startswith(query)
    )

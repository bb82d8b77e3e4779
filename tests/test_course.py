"""The real course's site as files: whether pages, links, notebooks and the search index are whole."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from real_course import COURSE, LESSONS, PATHS, ROOT, SLUGS, built
from test_downloads import assert_is_a_notebook

from netviz.course.bibliography import addresses_linked, cited_works
from netviz.languages.known import DEFAULT
from netviz.methods import methods
from netviz.options import Options
from netviz.pipeline import all_warnings
from netviz.site.files.takeover import Takeover
from netviz.site.site_map import HOME, NOT_FOUND, page_path, search_index

PUBLISHERS = ("arxiv.org", "doi.org", "distill.pub", "openaccess.thecvf.com", "jmlr.org", "openreview.net")
PUBLISHERS += ("proceedings.mlr.press", "papers.nips.cc", "proceedings.neurips.cc", "aclanthology.org", "nature.com")
MEGABYTE = 1_000_000

pytestmark = pytest.mark.course


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


@built
def test_every_page_is_there_in_both_languages(course_site: Path) -> None:
    assert [page for page in PATHS if not (course_site / page).is_file()] == []


@built
@pytest.mark.parametrize("page", PATHS)
def test_a_page_is_valid_html_with_ids_of_its_own(course_site: Path, page: str) -> None:
    html5lib.HTMLParser(strict=True).parse((course_site / page).read_text("utf-8"))  # raises at the first mistake
    ids = elements(course_site / page).ids
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


@built
def test_every_link_and_file_leads_somewhere(course_site: Path) -> None:
    ids = {(course_site / page).resolve(): set(elements(course_site / page).ids) for page in PATHS}
    dead = []
    for page in PATHS:
        for attributes in elements(course_site / page).of("a", "img", "link", "script", "source"):
            address = urlsplit(attributes.get("href") or attributes.get("src") or "")
            if address.scheme:
                assert (address.scheme in ("https", "http"), "href" in attributes) == (True, True), address.geturl()
                continue
            target = (
                ((course_site / page).parent / unquote(address.path)).resolve()
                if address.path
                else (course_site / page).resolve()
            )
            anchor = unquote(address.fragment).partition("@")[0]
            if not target.is_file() or (anchor and target in ids and anchor not in ids[target]):
                dead.append(f"{page}: {address.geturl()}")
    assert dead == []


@built
@pytest.mark.parametrize("page", PATHS)
def test_pictures_have_size_and_words_and_late_ones_wait(course_site: Path, page: str) -> None:
    for tag, attributes, figure in elements(course_site / page).found:
        if tag == "img":
            assert attributes.get("width") and attributes.get("height") and "alt" in attributes, attributes
            assert figure < 2 or attributes.get("loading") == "lazy", attributes


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_the_first_page_moves_at_most_a_megabyte(course_site: Path, language: str) -> None:
    page = course_site / page_path(language, HOME)
    parts = {page, *(page.parent / str(one["src"]) for one in elements(page).of("img", "script") if one.get("src"))}
    parts |= {
        page.parent / str(one["href"]) for one in elements(page).of("link") if one.get("rel") in ("stylesheet", "icon")
    }
    assert sum(part.stat().st_size for part in parts) <= MEGABYTE


@built
@pytest.mark.parametrize("language", DEFAULT)
def test_the_search_finds_only_what_is_there_and_is_small(course_site: Path, language: str) -> None:
    index = course_site / search_index(language)
    assert index.stat().st_size < MEGABYTE / 2
    entries = json.loads(index.read_text("utf-8").partition(" = ")[2].rstrip(";\n"))
    pages = [page_path(language, slug) for slug in SLUGS if slug != NOT_FOUND]
    anchors = {page: {"", *elements(course_site / page).ids} for page in pages}
    assert {entry[0].partition("#")[0] for entry in entries} == set(pages)
    assert [
        entry[0] for entry in entries if entry[0].partition("#")[2] not in anchors[entry[0].partition("#")[0]]
    ] == []


@built
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_notebook_is_one(course_site: Path, lesson: str) -> None:
    for language in DEFAULT:
        path = page_path(language, lesson).replace(".html", ".ipynb")
        assert_is_a_notebook(json.loads((course_site / path).read_text("utf-8")))


@built
def test_a_lessons_script_runs_by_itself(course_site: Path, tmp_path: Path) -> None:
    """As in the project's folder: beside ``content`` and the package; what it writes stays in a folder of its own."""
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "netviz").symlink_to(ROOT / "netviz")
    script = shutil.copy(course_site / "five-steps.py", tmp_path)
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

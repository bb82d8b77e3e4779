"""The whole course as one file: the EPUB held against the standard's rules, the PDF printed by a real Chromium."""

from __future__ import annotations

import posixpath
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from netviz.command_line import main
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Reporter
from netviz.site.books.chapters import link, read_chapter, xml
from netviz.site.books.printing import BROWSERS, undated

OPF, DC, HTML = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/xhtml}"
CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
MATHML, SVG = "{http://www.w3.org/1998/Math/MathML}math", "{http://www.w3.org/2000/svg}svg"
CORE = {"application/xhtml+xml", "text/css", "image/webp", "image/png", "image/jpeg", "image/svg+xml"}


class Book:
    """An EPUB, opened as a reading system does: from its container to its package, and to what that lists."""

    def __init__(self, file: Path) -> None:
        self.archive = zipfile.ZipFile(file)
        self.names = self.archive.namelist()
        container = ET.fromstring(self.archive.read("META-INF/container.xml"))
        root = container.find(f".//{CONTAINER}rootfile")
        assert root is not None
        self.folder = posixpath.dirname(root.attrib["full-path"])
        self.package = ET.fromstring(self.archive.read(root.attrib["full-path"]))
        self.items = {one.attrib["href"]: one.attrib for one in self.package.iter(f"{OPF}item")}
        pages = [name for name, item in self.items.items() if item["media-type"] == "application/xhtml+xml"]
        self.pages = {name: ET.fromstring(self.archive.read(f"{self.folder}/{name}")) for name in pages}

    def ids(self, page: str) -> list[str]:
        return [one.attrib["id"] for one in self.pages[page].iter() if "id" in one.attrib]

    def text(self, page: str) -> str:
        return re.sub(r"\s+", " ", "".join(self.pages[page].itertext()))


@pytest.fixture(scope="module", params=["course.epub", "zh/course.epub"])
def book(request: pytest.FixtureRequest, site: Path) -> Book:
    return Book(site / request.param)


def test_the_archive_begins_with_its_kind_and_has_no_dates(book: Book) -> None:
    first, *_ = entries = book.archive.infolist()
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert book.archive.read("mimetype") == b"application/epub+zip"
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert len(set(book.names)) == len(book.names)


def test_the_package_lists_just_what_is_there(book: Book) -> None:
    listed = {f"{book.folder}/{name}" for name in book.items}
    assert listed == {*book.names} - {"mimetype", "META-INF/container.xml", f"{book.folder}/package.opf"}
    assert {one["media-type"] for one in book.items.values()} <= CORE
    ids = [one["id"] for one in book.items.values()]
    spine = [one.attrib["idref"] for one in book.package.iter(f"{OPF}itemref")]
    assert len(set(ids)) == len(ids) and len(set(spine)) == len(spine)
    assert {*spine} == {one["id"] for name, one in book.items.items() if name in book.pages}


def test_the_package_has_the_metadata_that_the_standard_asks_for(book: Book) -> None:
    said = {tag: [one.text for one in book.package.iter(f"{DC}{tag}")] for tag in ("identifier", "title", "language")}
    assert all(len(values) == 1 and values[0] for values in said.values())
    identified = book.package.find(f".//{DC}identifier")
    assert identified is not None and identified.attrib["id"] == book.package.attrib["unique-identifier"]
    modified = [one.text for one in book.package.iter(f"{OPF}meta") if one.attrib["property"] == "dcterms:modified"]
    assert modified == ["2000-01-01T00:00:00Z"]
    languages = {page.attrib["lang"] for page in book.pages.values()}
    assert languages == {*said["language"]} and languages <= {"en", "zh-Hans"}


def test_a_manifest_tells_what_is_special_of_a_page(book: Book) -> None:
    for name, page in book.pages.items():
        tags = {one.tag for one in page.iter()}
        special = {word for word, tag in (("mathml", MATHML), ("svg", SVG)) if tag in tags}
        special |= {"nav"} if name == "contents.xhtml" else set()
        assert {*book.items[name].get("properties", "").split()} == special, name
        assert not tags & {f"{HTML}{tag}" for tag in ("script", "button", "input", "iframe", "details", "dialog")}


def test_links_and_pictures_lead_somewhere_in_the_book_and_nothing_is_loaded_from_elsewhere(book: Book) -> None:
    for name, page in book.pages.items():
        assert len(set(book.ids(name))) == len(book.ids(name)), name
        for one in page.iter():
            for attribute in ("src", "href"):
                if attribute not in one.attrib:
                    continue
                parts = urlsplit(one.attrib[attribute])
                if parts.scheme:
                    assert (one.tag, parts.scheme in ("http", "https", "mailto")) == (f"{HTML}a", True)
                    continue
                target = unquote(parts.path) or name
                assert target in book.items, (name, one.attrib)
                assert not parts.fragment or unquote(parts.fragment) in book.ids(target), (name, one.attrib)
            for named in (one.attrib.get("aria-labelledby") or "").split():
                assert named in book.ids(name), (name, named)
    style = book.archive.read(f"{book.folder}/book.css").decode()
    assert "url(" not in style and "@import" not in style


def test_the_contents_name_every_chapter(book: Book) -> None:
    nav = book.pages["contents.xhtml"].find(f".//{HTML}nav")
    assert nav is not None
    assert nav.attrib["{http://www.idpf.org/2007/ops}type"] == "toc"
    linked = {one.attrib["href"].partition("#")[0] for one in nav.iter(f"{HTML}a")}
    assert linked == {*book.pages} - {"contents.xhtml"}
    assert all("".join(one.itertext()).strip() for one in nav.iter(f"{HTML}a"))


def test_nothing_is_folded_away_and_pictures_keep_their_words(site: Path) -> None:
    book = Book(site / "course.epub")
    text = book.text("what-a-gradient-says.xhtml")
    assert "By two thirds of a logit." in text and "One sample." in text
    assert "Look at a photo of yours" not in text and "Enlarge" not in text and "netviz --export" not in text
    pictures = list(book.pages["what-a-gradient-says.xhtml"].iter(f"{HTML}img"))
    assert len(pictures) > 20 and all(one.attrib["alt"] for one in pictures)


def test_links_out_of_a_book_need_the_sites_address() -> None:
    html = """<header class="opening"><h1>One</h1></header><article class="text"><p><a href="other.html#x">there</a>
        <a href="#fn:1">note</a> <a href="https://example.org/">web</a></p><p id="fn:1">A<br>note &amp; more</p>
        </article>"""
    for address, there in (
        ("", "<span>there</span>"),
        ("https://me.example", '<a href="https://me.example/other.html#x">'),
    ):
        chapter = read_chapter("one.html", "one", "One", html)
        link([chapter], lambda name, inside: f"{name}.xhtml#{inside}", str, address)
        text = xml(chapter.text)
        assert (
            there in text and '<a href="one.xhtml#fn_1">note</a>' in text and '<a href="https://example.org/">' in text
        )
        assert '<p id="fn_1">A<br />note &amp; more</p>' in text


def test_the_home_page_links_the_books_that_there_are(site: Path) -> None:
    assert '<a href="course.epub" download>EPUB</a>' in (site / "index.html").read_text("utf-8")
    assert '<a href="course.epub" download>EPUB</a>' in (site / "zh/index.html").read_text("utf-8")
    assert "course.pdf" not in (site / "index.html").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="there is no Chromium")
def test_the_course_is_printed_with_bookmarks_and_links_and_its_bytes_depend_on_nothing_else(
    site: Path, tmp_path: Path
) -> None:
    options = Options(
        content=site.parent / "content", to=tmp_path / "site", store=site.parent / "store", pdf=True, epub=True
    )
    build(options, Reporter())
    for name in ("course.pdf", "zh/course.pdf"):
        pdf = (tmp_path / "site" / name).read_bytes()
        assert pdf.startswith(b"%PDF-") and pdf == undated(pdf)
        assert pdf.count(b"/Type /Page\n") > 10
        assert b"/Outlines" in pdf and b"/Subtype /Link" in pdf and b"/StructTreeRoot" in pdf
        assert b"file:///" not in pdf
    build(replace(options, to=tmp_path / "again", pdf=False), Reporter())
    assert (tmp_path / "site/zh/course.epub").read_bytes() == (tmp_path / "again/zh/course.epub").read_bytes()
    assert '<a href="course.pdf" download>PDF</a>, <a href="course.epub"' in (tmp_path / "site/index.html").read_text(
        "utf-8"
    )


def test_without_a_chromium_a_pdf_is_refused_in_one_sentence_before_anything_runs(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("netviz.site.books.printing.BROWSERS", BROWSERS[:2])
    asked = ["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store"), "--pdf"]
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert "--pdf needs a Chromium or Chrome to print with, and there is none on this machine" in said
    assert said.count("\n") == 1 and not (tmp_path / "site").exists() and not (tmp_path / "store").exists()

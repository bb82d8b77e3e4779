"""The whole course as one file for each language, where it is asked for: which pages become chapters, and the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from netviz.cache.manifest import Kept
from netviz.cache.store import key_of
from netviz.site.books.chapters import BookChapter, link, read_chapter, xml
from netviz.site.books.epub import MODIFIED, identifier_of, kind_of, packed, properties_of
from netviz.site.books.printing import PAGE, for_paper, printed
from netviz.site.edition import Edition
from netviz.site.overrides import template_file
from netviz.site.rendering import render_book
from netviz.site.site_map import HOME, Page, book_path

STYLES = {"pdf": ("style.css", "paper.css"), "epub": ("book.css",)}
PLAIN_CHAPTERS = ("glossary", "bibliography", "credits")  # after the lessons
Woven = Sequence[tuple[Page, str | Kept]]
Files = Mapping[str, str | bytes | Kept]


@dataclass(frozen=True)
class Book:
    """A file that is yet to be made: where it stands in the site, a key of all that it depends on, and how."""

    path: str
    key: str
    make: Callable[[], bytes]


def course_books(edition: Edition, pages: Woven, files: Files, keys: Mapping[str, str]) -> Iterator[Book]:
    """A language's books, to be made of its ``pages``, of which ``keys`` tell, and of the site's ``files``."""
    chosen = _chapter_pages(edition, pages)
    key = key_of([keys[page.path] for page, _ in chosen])
    for kind in edition.options.books:
        make = {"pdf": _pdf, "epub": _epub}[kind]
        path = book_path(edition.language, kind, edition.course.languages[0])
        styles = [template_file(edition.course.templates, name).read_text("utf-8") for name in STYLES[kind]]
        yield Book(path, key_of([kind, key, styles]), partial(make, edition, chosen, files))


def _chapter_pages(edition: Edition, pages: Woven) -> Woven:
    """Those of the photo that is shown by default, in the order of the course."""
    order = [HOME, *(one.slug for one in edition.site.lessons), *PLAIN_CHAPTERS]
    found = {
        page.slug: (page, content)
        for page, content in pages
        if page.language == edition.language and page.picture == page.default_picture
    }
    return [found[slug] for slug in order]


def _chapters(pages: Woven) -> list[BookChapter]:
    texts = ((page, content.read().decode() if isinstance(content, Kept) else content) for page, content in pages)
    return [read_chapter(page.path, page.slug, page.title, text) for page, text in texts]


def _pictures(chapters: Sequence[BookChapter], files: Files) -> dict[str, bytes]:
    """The picture files of chapters by their path in the site."""
    names = dict.fromkeys(name for chapter in chapters for name in chapter.pictures)
    return {name: _bytes(files[name]) for name in names}


def _bytes(content: str | bytes | Kept) -> bytes:
    return content.read() if isinstance(content, Kept) else content if isinstance(content, bytes) else content.encode()


def _pdf(edition: Edition, pages: Woven, files: Files) -> bytes:
    chapters = _chapters(pages)
    pictures = {path: for_paper(content) for path, content in _pictures(chapters, files).items()}
    link(chapters, lambda name, inside: f"#{name}{'--' * bool(inside)}{inside}", str, edition.site.address)
    styles = {name: template_file(edition.course.templates, name).read_bytes() for name in STYLES["pdf"]}
    page = render_book(edition.templates, "paper.html", edition.site, **_told(chapters))
    return printed({PAGE: page, **styles, **pictures})


def _epub(edition: Edition, pages: Woven, files: Files) -> bytes:
    chapters = _chapters(pages)
    pictures = {_file_name(path): content for path, content in _pictures(chapters, files).items()}
    link(chapters, lambda name, inside: f"{name}.xhtml{'#' * bool(inside)}{inside}", _file_name, edition.site.address)
    told = _told(chapters)

    def render(template: str, **values: Any) -> str:
        return render_book(edition.templates, template, edition.site, **values)

    texts = {f"{one['name']}.xhtml": render("book-chapter.html", chapter=one) for one in told["chapters"]}
    style = template_file(edition.course.templates, "book.css").read_text("utf-8")
    contents: dict[str, str | bytes] = {
        "contents.xhtml": render("book-contents.html", **told),
        **texts,
        "book.css": style,
        **pictures,
    }
    manifest = [
        {"name": name, "kind": kind_of(name), "properties": properties_of(name, content)}
        for name, content in contents.items()
    ]
    identity = {"identifier": identifier_of(contents), "modified": MODIFIED}
    return packed(contents, render("book-package.xml", manifest=manifest, **identity, **told))


def _file_name(path: str) -> str:
    """A picture's name in a book, where all files stand in one folder."""
    return path.replace("/", "-")


def _told(chapters: Sequence[BookChapter]) -> dict[str, Any]:
    return {
        "chapters": [
            {
                "name": one.name,
                "title": one.title,
                "opening": Markup(xml(one.opening)),
                "text": Markup(xml(one.text)),
                "sections": one.sections,
            }
            for one in chapters
        ]
    }

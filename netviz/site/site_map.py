"""The map of a site: which pages there are, where each stands and how it links to the others.

A page knows where it stands, so every link between pages is relative, names a file, and works from ``file://``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from netviz.course.reading import HOME_FOLDER
from netviz.languages.known import FIRST
from netviz.networks.weights import Weights
from netviz.site.text.markup import Section

HOME = "index"
NOT_FOUND = "404"
PHOTOS = "photos"  # those that readers may choose
PAGES = (PHOTOS, "methods", "glossary", "bibliography", "credits")  # beside the home page and the lessons
BOOK = "course"  # without its kind
YOUR_PHOTO = "your-photo"  # another one, where the network goes along with the site


@dataclass(frozen=True)
class Entry:
    """A lesson, or the home page, as links need it; ``varies``: whether every sample picture has a page of it."""

    slug: str
    title: str
    summary: str
    varies: bool = True


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample picture as the credits and, if it is offered, the picker show it; ``thumbnail`` is a square file.

    ``script`` is one that carries what the network sees of it, ``built`` one with what the build found for it.
    """

    name: str
    title: str
    thumbnail: str
    script: str = ""
    built: str = ""
    credit: str = ""
    licence: str = ""
    source: str = ""
    offered: bool = True


@dataclass(frozen=True, kw_only=True)
class Site:
    """What all pages of one language share. ``address`` is where the site will stand on the web, if that is known.

    ``parts`` are their titles with the lessons' slugs; all lessons under no title where there are none.
    ``side_pages`` are written like lessons and stand beside them. ``your_photo`` is whether there is that page,
    ``draft`` whether its experiments are those of a draft.
    ``books`` are the kinds of files that hold the whole course, ``pdf`` and ``epub``.
    """

    title: str
    tagline: str
    home: Entry
    lessons: tuple[Entry, ...]
    pictures: tuple[Sample, ...]
    weights: Weights
    version: str
    address: str = ""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    side_pages: tuple[Entry, ...] = ()
    your_photo: bool = False
    draft: bool = False
    books: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its language, slug (``index``, a lesson's, or one of `PAGES`) and words for the head.

    ``picture`` is the reader's choice, ``default_picture`` the one whose pages have the plain address. ``varies`` says
    whether the page depends on the choice. ``image`` is a picture file from the site's root, for link previews.
    ``base`` stands before all links of a page that may be shown at any address: the site's own. ``first`` is the
    language whose pages have the plain addresses, ``text_language`` that of the lesson's text, if it is not the page's.
    """

    language: str
    slug: str
    title: str
    summary: str
    picture: str
    default_picture: str
    varies: bool = False
    sections: tuple[Section, ...] = ()
    image: str = ""
    base: str = ""
    first: str = FIRST
    text_language: str = ""

    @property
    def path(self) -> str:
        """Where the page stands, from the site's root."""
        return self.path_in(self.language)

    @property
    def root(self) -> str:
        """The prefix of links to files of the site: empty, ``../``, ``../../``."""
        return self.base or "../" * self.path.count("/")

    @property
    def root_of_language(self) -> str:
        """The prefix of links to pages of its language: with ``zh/`` where it is not the first."""
        return self.root + ("" if self.language == self.first else f"{self.language}/")

    def to(self, entry: Entry) -> str:
        """The link to a lesson, for the picture that the reader has chosen."""
        return self._link(self._path(self.language, entry.slug, entry.varies))

    def to_page(self, slug: str) -> str:
        """The link to one of `PAGES`."""
        return self._link(self._path(self.language, slug, False))

    def with_picture(self, picture: str) -> str:
        """The link to this page woven for another picture."""
        return self._link(page_path(self.language, self.slug, picture, self.default_picture, self.first))

    def in_language(self, language: str) -> str:
        """The link to this page in another language."""
        return self._link(self.path_in(language))

    def beside(self, suffix: str) -> str:
        """The link to the lesson's file of another kind, which is the same for every photo: ``../five-steps.ipynb``."""
        return self._link(page_path(self.language, self.slug, first=self.first).removesuffix("html") + suffix)

    def to_book(self, kind: str) -> str:
        """The link to the whole course as one file."""
        return self._link(book_path(self.language, kind, self.first))

    def path_in(self, language: str) -> str:
        """Where this page stands in another language, from the site's root."""
        return self._path(language, self.slug, self.varies)

    def _path(self, language: str, slug: str, varies: bool) -> str:
        picture = self.picture if varies else self.default_picture
        return page_path(language, slug, picture, self.default_picture, self.first)

    def _link(self, path: str) -> str:
        if self.base:
            return self.base + as_address(path)
        return as_address(posixpath.relpath(path, posixpath.dirname(self.path) or "."))


def as_address(path: str) -> str:
    """A path as links name it: signs that mean something in an address, as a photo's name may hold, by their bytes."""
    return re.sub(r"[^\w./-]", lambda sign: quote(sign[0], safe=""), path)


def page_slug(lesson: str) -> str:
    """What a lesson's page is called in addresses; the course's opening becomes the home page."""
    return HOME if lesson == HOME_FOLDER else lesson


def search_index(language: str) -> str:
    """Where the index of a language's pages stands, from the site's root."""
    return f"assets/search-{language}.js"


def book_path(language: str, kind: str, first: str = FIRST) -> str:
    """Where the whole course stands as one file, ``pdf`` or ``epub``, from the site's root: ``zh/course.epub``."""
    return page_path(language, BOOK, first=first).removesuffix("html") + kind


def page_path(language: str, slug: str, picture: str = "", default_picture: str = "", first: str = FIRST) -> str:
    """Where a page stands, from the site's root: ``zh/five-steps/dog.html``; without a folder in the first language."""
    folder = "" if language == first else f"{language}/"
    return f"{folder}{slug}.html" if picture == default_picture else f"{folder}{slug}/{picture}.html"


def links_from(page: Page, site: Site) -> Callable[[str], str]:
    """The links from a page to the others by their slugs; the function raises ValueError for one that there is not."""
    entries = {entry.slug: entry for entry in (site.home, *site.lessons, *site.side_pages)}

    def link(slug: str) -> str:
        if slug not in entries and slug not in PAGES:
            raise ValueError(f"there is no page {slug}.html; there are {', '.join([*entries, *PAGES])}")
        return page.to(entries[slug]) if slug in entries else page.to_page(slug)

    return link

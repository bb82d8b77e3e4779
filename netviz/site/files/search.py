"""The search index: what every page says, section by section, as a script file that a page loads when it is asked.

A script, since a page that was opened from a folder may load scripts and nothing else.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

IndexEntry = list[str]
"""An entry of the index: address, page's title, section's title, text."""

BEFORE = "window.searchIndex = "
SKIPPED = {
    "pre",
    "svg",
    "math",
    "script",
    "style",
    "button",
    "nav",
    "details",
}  # also answers, which are not to be found
SKIPPED_CLASSES = {"question", "facts", "sheet", "evidence"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class PageSection:
    """What one section of a page says: its anchor (empty for the page's beginning), title and text."""

    anchor: str
    title: str = ""
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _plain(" ".join(self.pieces))


def sections(html: str, title: str) -> list[PageSection]:
    """A page's text by section: a heading of the second rank or a term, each with an id, begins another.

    Only the prose of the page's ``article`` is read: no code, formulas, tables, questions, nor what must be opened.
    """
    reader = _Reader(title)
    reader.feed(html)
    return [section for section in reader.sections if section.text or section.anchor]


def entries_of(path: str, title: str, html: str) -> list[IndexEntry]:
    """What the index says of a page, given as path from the site's root, title and HTML."""
    return [
        [f"{path}#{section.anchor}" if section.anchor else path, _plain(title), _plain(section.title), section.text]
        for section in sections(html, title)
    ]


def index_script(entries: Iterable[IndexEntry]) -> str:
    """The index: a script that sets ``searchIndex``."""
    return f"{BEFORE}{json.dumps(list(entries), ensure_ascii=False, separators=(',', ':'))};\n"


def old_entries(index: str) -> dict[str, list[IndexEntry]]:
    """The entries of an index that was written before, by the path of their page."""
    entries: dict[str, list[IndexEntry]] = {}
    for entry in json.loads(index.removeprefix(BEFORE).removesuffix(";\n")):
        entries.setdefault(entry[0].partition("#")[0], []).append(entry)
    return entries


def _plain(text: str) -> str:
    """Text with one space for every gap, and one form for every letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class _Reader(HTMLParser):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.sections = [PageSection("", title)]
        self._open: list[str] = []
        self._skipped_at = self._article_at = self._title_at = 0  # depths; 0 where not inside of one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self._open.append(tag)
        attributes = dict(attrs)
        depth = len(self._open)
        if tag == "article":
            self._article_at = depth
        if not self._article_at or self._skipped_at:
            return
        if tag in SKIPPED or SKIPPED_CLASSES & set((attributes.get("class") or "").split()):
            self._skipped_at = depth
        elif tag in ("h2", "dt") and attributes.get("id"):
            self.sections.append(PageSection(attributes["id"] or ""))
            self._title_at = depth

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:  # what may be left open in HTML, such as a list's items
            pass
        depth = len(self._open)
        self._skipped_at = self._skipped_at if depth >= self._skipped_at else 0
        self._article_at = self._article_at if depth >= self._article_at else 0
        self._title_at = self._title_at if depth >= self._title_at else 0

    def handle_data(self, data: str) -> None:
        if not self._article_at or self._skipped_at:
            return
        if self._title_at:
            self.sections[-1].title += data
        else:
            self.sections[-1].pieces.append(data)

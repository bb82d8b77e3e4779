"""The search index: what every page says, section by section, as a script file that a page loads when it is asked.

A script, since a page that was opened from a folder may load scripts and nothing else.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

IndexEntry = list[str]
"""An entry of the index: address, page's title, section's title, text."""

BEFORE = "window.searchIndex = "
SKIPPED = {"pre", "svg", "math", "button", "nav", "details"}  # also answers, which are not to be found
SKIPPED_CLASSES = {"question", "facts", "sheet", "evidence"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_MARKUP = re.compile(  # what is no text: tags, comments, and scripts and styles as a whole
    r"""<(?:(/?)((?!(?:script|style)\b)[a-z][^\s/>]*)([^"'>]*+(?:"[^"]*"[^"'>]*+|'[^']*'[^"'>]*+)*+)>"""
    r"""|!--.*?(?:-->|\Z)|!\w[^>]*>|(script|style)\b.*?(?:</\4\s*>|\Z))""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?:\A|(?<=[\s"'/]))([^\s"'/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_UNQUOTED = re.compile(r"""=\s*[^\s"']+\Z""")  # a value at a tag's end, which may end in a stroke


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
    reader, end = _Reader(title), 0
    for markup in _MARKUP.finditer(html):
        if not reader.skips:
            reader.read(unescape(html[end : markup.start()]))
        end = markup.end()
        closing, tag, attributes, _ = markup.groups()
        if closing:
            reader.close(tag.lower())
        elif tag:
            reader.open(tag.lower(), attributes)
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


def _attributes(written: str) -> dict[str, str]:
    return {name.lower(): unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(written)}


class _Reader:
    """Gathers the text of a page's sections: it is told of a tag, or of the text between two, one after the other.

    Half a million of them in a course: Python's HTMLParser takes seconds, most of them within what is skipped.
    """

    def __init__(self, title: str) -> None:
        self.sections = [PageSection("", title)]
        self._open: list[str] = []
        self.skips = True  # what stands here
        self._skipped_at = self._article_at = self._title_at = 0  # depths; 0 where not inside of one

    def open(self, tag: str, attributes: str) -> None:
        if tag in VOID or (attributes.endswith("/") and not _UNQUOTED.search(attributes)):
            return
        self._open.append(tag)
        if tag == "article":
            self._article_at = len(self._open)
            self.skips = bool(self._skipped_at)
        if self.skips:
            return
        known = _attributes(attributes)
        if tag in SKIPPED or not SKIPPED_CLASSES.isdisjoint(known.get("class", "").split()):
            self._skipped_at = len(self._open)
            self.skips = True
        elif tag in ("h2", "dt") and known.get("id"):
            self.sections.append(PageSection(known["id"]))
            self._title_at = len(self._open)

    def close(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:  # what may be left open in HTML, such as a list's items
            pass
        depth = len(self._open)
        if depth < max(self._skipped_at, self._article_at, self._title_at):
            self._skipped_at = self._skipped_at if depth >= self._skipped_at else 0
            self._article_at = self._article_at if depth >= self._article_at else 0
            self._title_at = self._title_at if depth >= self._title_at else 0
            self.skips = not self._article_at or bool(self._skipped_at)

    def read(self, text: str) -> None:
        if self._title_at:
            self.sections[-1].title += text
        else:
            self.sections[-1].pieces.append(text)

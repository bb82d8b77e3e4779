"""Pages become chapters: their text and figures as XML, without what only a screen and a hand make sense of."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

XHTML = "http://www.w3.org/1999/xhtml"
NAMESPACES = {"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
CASES = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}  # attributes of SVG; HTML minds no case
TAGS_LEFT_OUT = {"button", "datalist", "dialog", "input", "noscript", "output", "script", "template"}
CLASSES_LEFT_OUT = {
    "divider",
    "drawer",
    "evidence",
    "explorer",
    "follows",
    "held",
    "look",
    "readout",
    "slider",
    "turned",
}
RENAMED = {"details": "div", "summary": "p", "fieldset": "div", "legend": "p", "label": "p"}
ATTRIBUTES_LEFT_OUT = {"data-", "decoding", "focusable", "hidden", "loading", "open", "popover", "tabindex"}
ROLES_LEFT_OUT = {"application", "region", "status"}
POINTING = ("aria-labelledby", "aria-describedby", "for", "headers")  # attributes that name ids


@dataclass(frozen=True, kw_only=True)
class BookChapter:
    """A page of the site: its ``path`` there, a name, its ``opening`` and ``text``, with links as on the page."""

    path: str
    name: str
    title: str
    opening: ET.Element
    text: ET.Element

    @property
    def parts(self) -> Iterator[ET.Element]:
        """Every element, in order."""
        yield from self.opening.iter()
        yield from self.text.iter()

    @property
    def ids(self) -> set[str]:
        """What can be linked to."""
        return {one.attrib["id"] for one in self.parts if "id" in one.attrib}

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Ids and titles of its sections."""
        return [
            (one.attrib["id"], "".join(one.itertext()).strip()) for one in self.text.iter("h2") if "id" in one.attrib
        ]

    @property
    def pictures(self) -> list[str]:
        """The picture files that it shows, from the site's root, each once."""
        return [*dict.fromkeys(_resolved(self.path, one.attrib["src"])[0] for one in self.parts if one.tag == "img")]


def read_chapter(path: str, name: str, title: str, html: str) -> BookChapter:
    """A page as a chapter; ``path`` is where it stands in the site."""
    page = _Reader.read(html)
    opening = next(one for one in page.iter("header") if _classes(one) & {"opening"})
    text = next(one for one in page.iter("article") if _classes(one) & {"text"})
    kept = ET.Element("header"), ET.Element("div")
    for part, copy in zip((opening, text), kept, strict=True):
        copy.attrib.update({key: value for key, value in part.attrib.items() if key in ("class", "lang")})
        _copy_into(copy, part)
    for scale in [*kept[0].findall("nav")]:
        kept[0].remove(scale)
    return BookChapter(path=path, name=name, title=title, opening=kept[0], text=kept[1])


def link(
    chapters: Sequence[BookChapter],
    place: Callable[[str, str], str],
    picture: Callable[[str], str],
    address: str,
) -> None:
    """Let links, ids and pictures of chapters be those of one book.

    ``place`` gives the link to a chapter by its name, and to an id in it or to none; what the book doesn't hold is
    linked to at the site's ``address``, or not at all where that isn't known. ``picture`` gives the link to a file of
    the site.
    """
    known = {one.path: (one.name, one.ids) for one in chapters}

    def target(path: str, href: str) -> str:
        if urlsplit(href).scheme:
            return href
        file, fragment = _resolved(path, href)
        if file in known:
            name, ids = known[file]
            return place(name, _id(fragment) if fragment in ids else "")
        return f"{address}/{file}{'#' + urlsplit(href).fragment if fragment else ''}" if address else ""

    for chapter in chapters:
        for one in chapter.parts:
            if "href" in one.attrib and not (found := target(chapter.path, one.attrib["href"])):
                one.tag = "span"
                del one.attrib["href"]
            elif "href" in one.attrib:
                one.attrib["href"] = found
            if one.tag == "img":
                one.attrib["src"] = picture(_resolved(chapter.path, one.attrib["src"])[0])
            if "id" in one.attrib:
                one.attrib["id"] = place(chapter.name, _id(one.attrib["id"])).partition("#")[2]
            for attribute in POINTING:
                if attribute in one.attrib:
                    ids = [place(chapter.name, _id(name)).partition("#")[2] for name in one.attrib[attribute].split()]
                    one.attrib[attribute] = " ".join(ids)


def xml(element: ET.Element) -> str:
    """An element as XML, to stand within XHTML."""
    return ET.tostring(element, encoding="unicode")


def _id(name: str) -> str:
    """A name as XML allows it for an id; pages have more signs in them."""
    plain = re.sub(r"[^\w.-]", "_", name)
    return plain if re.match(r"[^\W\d]|_", plain) else f"_{plain}"


def _resolved(path: str, href: str) -> tuple[str, str]:
    """The file that a page's link leads to, from the site's root, and the id in it."""
    parts = urlsplit(href)
    file = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
    return file, unquote(parts.fragment)


def _classes(element: ET.Element) -> set[str]:
    return set(element.attrib.get("class", "").split())


def _is_left_out(element: ET.Element) -> bool:
    if element.tag in TAGS_LEFT_OUT or _classes(element) & CLASSES_LEFT_OUT or "hidden" in element.attrib:
        return True
    leads_to_the_lab = any("your-photo.html" in one.attrib.get("href", "") for one in element.findall("a"))
    return "remark" in _classes(element) and leads_to_the_lab


def _copy_into(copy: ET.Element, element: ET.Element) -> None:
    """What is within an element, but for what is left out; nothing is folded away."""
    copy.text, last = element.text, None
    for child in element:
        left_out = _is_left_out(child) or (child.tag == "summary" and "answering" in _classes(element))
        if not left_out:
            last = ET.SubElement(copy, RENAMED.get(child.tag, child.tag), _attributes(child))
            _copy_into(last, child)
            last.tail = child.tail
        elif last is not None:
            last.tail = (last.tail or "") + (child.tail or "")
        else:
            copy.text = (copy.text or "") + (child.tail or "")


def _attributes(element: ET.Element) -> dict[str, str]:
    kept = {
        name: value
        for name, value in element.attrib.items()
        if not any(name == one or (one.endswith("-") and name.startswith(one)) for one in ATTRIBUTES_LEFT_OUT)
        and not (name == "role" and value in ROLES_LEFT_OUT)
    }
    if element.tag == "label":
        kept.pop("for", None)
    if element.tag in ("summary", "legend"):
        kept["class"] = "summary"  # a line that stands out
    return kept


class _Reader(HTMLParser):
    """HTML as netviz writes it, every element closed, as a tree; foreign elements have their namespace, as in XML."""

    @classmethod
    def read(cls, html: str) -> ET.Element:
        reader = cls(convert_charrefs=True)
        reader.feed(html)
        reader.close()
        return reader.root

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.root = ET.Element("page")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {CASES.get(name, name): value or "" for name, value in attrs}
        if tag in NAMESPACES:
            attributes["xmlns"] = NAMESPACES[tag]
        element = ET.SubElement(self.open[-1], tag, attributes)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data

"""SVG files, which are programs as much as pictures: what is left of one is a drawing that asks for nothing.

Expat reads them. A document type that declares entities, scripts, what reacts to events, pages within the drawing, and
whatever is fetched from elsewhere are refused, each at its line; elements come from a list. Comments, what editors
remember, and all that is not SVG's own go without a word.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from netviz.refusals import unfit

SVG, XLINK, XML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {"": "", XLINK: "xlink:", XML: "xml:"}
LARGEST = 5_000_000  # bytes
NESTING = 100  # elements inside one another
DRAWN = 100_000  # elements, each as often as it is drawn: `use` in `use` makes many of few

_ELEMENTS = frozenset(
    """
    svg g defs symbol use switch title desc style image path rect circle ellipse line polyline polygon text tspan
    textPath marker linearGradient radialGradient stop pattern clipPath mask filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence
    """.split()  # noqa: SIM905
)
_DROPPED = frozenset({"metadata"})
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0}
_LENGTH = re.compile(r"\s*(\d*\.?\d+(?:[eE][-+]?\d+)?)\s*([a-z]*)\s*")
_INNER_PICTURE = re.compile(r"data:image/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]*")
_ASKS = re.compile(
    r"url\((?!\s*['\"]?\s*#)|@import|@font-face|image-set\(|image\(|src\(|cross-fade\(|\\", re.IGNORECASE
)
_RUNS = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data)\s*:", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*['\"]?\s*#([^'\")\s]+)")


class UnfitDrawing(ValueError):
    """An SVG file that can't be shown: why, and where in it (line and column from 1)."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True)
class SvgDrawing:
    """What is left of an SVG file, and its width and height in CSS' pixels."""

    content: bytes
    size: tuple[int, int]


def read_drawing(path: Path) -> SvgDrawing:
    """An SVG file, cleaned. Raises UnfitDrawing and OSError."""
    if reason := unfit(path):
        raise UnfitDrawing(reason)
    if path.stat().st_size > LARGEST:
        raise UnfitDrawing(f"is larger than the {LARGEST // 10**6} MB that a drawing may have")
    return cleaned(path.read_bytes())


@lru_cache(maxsize=64)
def cleaned(content: bytes) -> SvgDrawing:
    """A drawing made of the bytes of an SVG file. Raises UnfitDrawing."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        message = f"is no SVG that can be read: {expat.errors.messages.get(error.code, str(error))}"
        raise UnfitDrawing(message, error.lineno, error.offset + 1) from None
    root = reader.builder.close()
    _check_how_often(root)
    return SvgDrawing(ElementTree.tostring(root, "utf-8", xml_declaration=True), _size(root))


class _Reader:
    """Builds the tree of what may stay, and raises at the first thing that may not be there."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.builder = ElementTree.TreeBuilder()
        self.opened: list[str] = []
        self.dropped = 0  # how many elements deep the reader is in something that is left out
        self.style: tuple[list[str], int, int] | None = None

    def _refuse(self, message: str) -> None:
        raise UnfitDrawing(message, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _entity(self, *_: Any) -> None:
        self._refuse("declares entities, which are not read here: save the drawing without a document type")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if not self.opened and (space, tag) != (SVG, "svg"):
            self._refuse(f'<{tag}> is no SVG: it begins with <svg xmlns="{SVG}">')
        if len(self.opened) == NESTING:
            self._refuse(f"is nested too deeply: {NESTING} elements in one another are the limit")
        self.opened.append(tag)
        if self.dropped or space != SVG or tag in _DROPPED:
            self.dropped += 1
            if space in ("", "http://www.w3.org/1999/xhtml"):
                self._refuse(f"<{tag}> is no part of a drawing: take it out")
            return
        if tag not in _ELEMENTS:
            self._refuse(f"<{tag}> can't stand in a drawing here: it may run, ask or move; take it out")
        spaces = {} if self.opened[1:] else {"xmlns": SVG, "xmlns:xlink": XLINK}
        self.builder.start(tag, {**spaces, **self._kept(tag, attributes)})
        if tag == "style":
            self.style = ([], self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _kept(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """The attributes of an element that may stay; those that editors have added go."""
        kept = {}
        for full, value in attributes.items():
            space, _, name = full.rpartition(" ")
            if name.lower().startswith("on"):
                self._refuse(f"{name} reacts to events, and would run: take it out")
            if (space, name) == (XML, "base"):
                self._refuse("xml:base moves all references elsewhere: take it out")
            if name == "href" and space in ("", XLINK):
                self._check_reference(tag, value)
            elif _ASKS.search(value) or _RUNS.match(value):
                self._refuse(f"{name} asks for something elsewhere: only url(#…) within the drawing is allowed")
            if space in _PREFIXES:
                kept[_PREFIXES[space] + name] = value
        return kept

    def _check_reference(self, tag: str, value: str) -> None:
        if not value.strip().startswith("#") and not (tag == "image" and _INNER_PICTURE.fullmatch(value.strip())):
            self._refuse(f"href asks for {value.strip()[:60]!r}: only parts of the drawing, #…, may be named")

    def _end(self, name: str) -> None:
        tag = self.opened.pop()
        if self.dropped:
            self.dropped -= 1
            return
        if self.style and tag == "style":
            rules, line, column = self.style
            without_comments = re.sub(r"/\*.*?\*/", "", "".join(rules), flags=re.DOTALL)
            if found := _ASKS.search(without_comments):
                what = f"the style asks for something elsewhere, or hides what it says: {found[0].strip()}"
                raise UnfitDrawing(what, line, column)
            self.style = None
        self.builder.end(tag)

    def _text(self, text: str) -> None:
        if not self.dropped:
            self.builder.data(text)
            if self.style:
                self.style[0].append(text)


def _check_how_often(root: ElementTree.Element) -> None:
    """Raises UnfitDrawing where parts that name each other would be drawn very often, or for ever."""
    named = {one.get("id"): one for one in root.iter() if one.get("id")}
    known: dict[int, int] = {}

    def drawn(element: ElementTree.Element, within: frozenset[int]) -> int:
        if id(element) in within:
            raise UnfitDrawing("a part of the drawing refers to itself")
        if id(element) not in known:
            inner, around = 1, within | {id(element)}
            for one in (*element, *(named[name] for name in _references(element) if name in named)):
                inner += drawn(one, around)
                if inner > DRAWN:
                    raise UnfitDrawing(f"parts that use each other would be drawn more than {DRAWN:,} times")
            known[id(element)] = inner
        return known[id(element)]

    try:
        drawn(root, frozenset())
    except RecursionError:
        raise UnfitDrawing("parts of the drawing refer to each other in too long a chain") from None


def _references(element: ElementTree.Element) -> list[str]:
    """The parts that an element names."""
    links = [value.strip()[1:] for name, value in element.items() if name.endswith("href") and value.strip()[:1] == "#"]
    return links + [name for value in element.attrib.values() for name in _REFERENCE.findall(value)]


def _size(root: ElementTree.Element) -> tuple[int, int]:
    lengths = [_pixels(root.get(name, "")) for name in ("width", "height")]
    box = [float(one) for one in re.findall(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))]
    width, height = box[2:] if len(box) == 4 and min(box[2:]) > 0 else (0.0, 0.0)
    if lengths[0] and lengths[1]:
        width, height = lengths[0], lengths[1]
    elif width and (lengths[0] or lengths[1]):
        scale = lengths[0] / width if lengths[0] else lengths[1] / height
        width, height = width * scale, height * scale
    if not width or not max(width, height) < 1e5:
        raise UnfitDrawing('does not say how large it is: <svg> needs width and height, or viewBox="0 0 WIDTH HEIGHT"')
    return max(1, round(width)), max(1, round(height))


def _pixels(length: str) -> float:
    """A length in pixels; 0 for one that depends on what is around."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _PIXELS.get(found[2], 0.0) if found else 0.0

"""SVG that can stand inside a page: no ids, no scripts, text as text, colours that the page may change.

A line or point has the `color` of its class (``line-0``, ``line-1``, …), all else that of the page's text.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

WIDTH = 640
FONT = 17  # readable still at half the width, on a phone
NARROW = 21  # what a page sets on a phone in place of FONT: ten pixels in a chart that is half as wide
CHARACTER = 0.56 * FONT
COLOURS = ("#2b7bba", "#cf5f2c", "#1a8f6d", "#9a63c9", "#a87c00", "#c2548d")  # 3 to 1 on white and on black
PLAIN = "currentColor"  # that of the page's text, or of a line's class


def empty_chart(width: int, height: int) -> ET.Element:
    """An empty chart of so many pixels, which a page shows as wide as it has room for."""
    return ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart",
            "viewBox": f"0 0 {width} {height}",
            "fill": "none",
            "stroke": PLAIN,
            "font-size": str(FONT),
            "aria-hidden": "true",
            "focusable": "false",
        },
    )


def add_text(svg: ET.Element, x: float, y: float, text: str, anchor: str, colour: str = PLAIN) -> ET.Element:
    """Text on a base line at ``y``, which starts, ends or has its middle at ``x``."""
    attributes = {"x": short(x), "y": short(y), "text-anchor": anchor, "fill": colour, "stroke": "none"}
    element = ET.SubElement(svg, "text", attributes)
    element.text = text
    return element


def text_length(label: str) -> float:
    """Characters of a label, raised ones at half their width."""
    return sum(0.6 if character in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹·" else 1 for character in label)


def short(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def write_svg(svg: ET.Element, folder: Path, name: str) -> str:
    """Gives the file's name."""
    file = f"{name}.svg"
    (folder / file).write_text(ET.tostring(svg, encoding="unicode") + "\n", "utf-8")
    return file

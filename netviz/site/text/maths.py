"""Formulas: LaTeX to MathML while the site is built, with nothing let through that is not on the list."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from functools import cache
from types import ModuleType

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "menclose"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mtable", "mtr", "mtd"),
}
ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "accent", "accentunder", "linethickness", "notation"),
    *("stretchy", "fence", "form", "separator", "movablelimits", "largeop", "symmetric", "minsize", "maxsize"),
    *("lspace", "rspace", "width", "height", "depth", "columnalign", "columnspacing", "rowspacing"),
}
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3}


@cache
def to_mathml(latex: str, display: bool = False) -> str:
    """One formula as a `<math>` element, with its LaTeX as the text alternative.

    Raises ValueError for LaTeX that is malformed, names an unknown command, or asks for anything but mathematics.
    """
    from latex2mathml import exceptions
    from latex2mathml.converter import convert

    _check_braces(latex)
    try:
        source = convert(latex, display="block" if display else "inline")
        root = ElementTree.fromstring(source)
    except Exception as error:  # its errors have nothing in common but their module, and some are Python's own
        if not isinstance(error, (ElementTree.ParseError, IndexError, StopIteration, *_own_errors(exceptions))):
            raise
        reason = str(error) or type(error).__name__.removesuffix("Error")
        raise ValueError(f"the formula can't be read ({reason})") from None
    _check(root)
    root.set("alttext", latex)
    ElementTree.register_namespace("", NAMESPACE)
    return ElementTree.tostring(root, encoding="unicode")


def _own_errors(module: ModuleType) -> tuple[type[Exception], ...]:
    return tuple(one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Exception))


def _check_braces(latex: str) -> None:
    """latex2mathml closes what was left open; an author would rather be told."""
    depth = 0
    bare = latex.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            break
    if depth:
        raise ValueError("the formula's braces { } do not match")


def _check(root: ElementTree.Element) -> None:
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if name not in ELEMENTS:
            raise ValueError(f"<{name}> has no place in a formula")
        for attribute in element.attrib:
            if attribute not in ATTRIBUTES:
                raise ValueError(f"the attribute {attribute!r} has no place in a formula")
        if len(element) != CHILDREN.get(name, len(element)):
            raise ValueError(
                f"the formula can't be read (a <{name}> needs {CHILDREN[name]} parts, it has {len(element)})"
            )
        text = (element.text or "").strip()
        if text.startswith("\\") and len(text) > 1:
            raise ValueError(f"unknown command {text}")

"""Formulas: LaTeX to MathML while the site is built, with nothing let through that is not on the list.

latex2mathml converts; before it, what LaTeX has and it lacks is written in other words, and after it, what browsers
need is put right: limits below their operators, brackets of a given size, references as links.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import cache
from html import unescape

from netviz.course.equations import LABEL, REFERENCE
from netviz.limits import FORMULA_CHARACTERS, NESTING
from netviz.mistakes import nearest

ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "menclose", "a"),
    *("mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mtable", "mtr", "mtd"),
}
ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "accent", "accentunder", "linethickness", "notation"),
    *("stretchy", "fence", "form", "separator", "movablelimits", "largeop", "symmetric", "minsize", "maxsize"),
    *("lspace", "rspace", "voffset", "width", "height", "depth", "columnalign", "columnspacing", "rowspacing"),
    *("xmlns", "alttext"),
}
REFUSED = {  # attributes, by what asks for them
    "linebreak": r"the end of a line, \\, stands only within aligned, gathered, cases or a matrix",
    "columnlines": "lines between the columns of an array can't be drawn",
    "rowlines": r"lines between rows, \hline, can't be drawn",
    "mathcolor": r"colours, \color, have no place in a formula",
    "mathbackground": "colours have no place in a formula",
    "mathsize": "sizes of letters have no place in a formula",
}
REASONS = {  # latex2mathml's errors
    "MissingEndError": r"a \begin has no \end",
    "DoubleSubscriptsError": "two subscripts, _, at one place",
    "DoubleSuperscriptsError": "two superscripts, ^, at one place",
    "MissingSuperScriptOrSubscriptError": "after _ or ^ something is missing",
    "ExtraLeftOrMissingRightError": r"a \left has no \right, or a \right no \left",
    "NumeratorNotFoundError": "the numerator is missing",
    "DenominatorNotFoundError": "the denominator is missing",
    "LimitsMustFollowMathOperatorError": r"\limits follows no operator",
    "RecursionError": "it is nested too deeply",
}
ENVIRONMENTS = {  # each in the words of latex2mathml
    **{name: name for kind in ("", "p", "b", "B", "v", "V", "small") for name in (f"{kind}matrix", f"{kind}matrix*")},
    **dict.fromkeys(("aligned", "align", "align*", "split"), "align*"),
    **dict.fromkeys(("gathered", "gather", "gather*"), "displaylines"),
    **dict.fromkeys(("equation", "equation*"), ""),
    **{name: name for name in ("cases", "array")},
}
MACROS = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|def|let|newenvironment|DeclareMathOperator|unicode|verb|tag)(?![a-zA-Z])\*?"
)
DELIMITERS = {r"\{": "{", r"\}": "}", r"\|": "‖", r"\lbrace": "{", r"\rbrace": "}", r"\lbrack": "[", r"\rbrack": "]"}
DELIMITERS |= {r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖"}
DELIMITERS |= {r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉"}
LIMITS = {"lim", "max", "min", "sup", "inf"}  # beneath which a subscript stands in a line of their own
BELOW = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3}
DEEPEST = 50  # elements in one another; each level of LaTeX makes two or three
NOTED = "\ue003"  # before the name of a formula that is referred to: no text of a lesson holds it

Numbers = tuple[tuple[str, int], ...]
"""Formulas that can be referred to: their names and numbers."""


@cache
def to_mathml(latex: str, display: bool = False, numbers: Numbers = ()) -> str:
    r"""One formula as a `<math>` element, with its LaTeX as the text alternative.

    ``\label`` leaves nothing in it, ``\eqref`` becomes a link that shows one of the ``numbers``.

    Raises ValueError for LaTeX that is malformed, names an unknown command, or asks for anything but mathematics.
    """
    from latex2mathml.converter import Converter

    _check_source(latex)
    source = _in_known_words(LABEL.sub("", latex), dict(numbers))
    try:
        root = Converter(display="block" if display else "inline").convert_to_element(source)
        _put_right(root, dict(numbers))
    except Exception as error:  # what it raises has nothing in common, and is about the formula
        reason = REASONS.get(type(error).__name__, "something is missing in it")
        raise ValueError(f"the formula can't be read: {reason}") from None
    _check(root)
    root.set("alttext", latex)
    return ElementTree.tostring(root, encoding="unicode")


def _check_source(latex: str) -> None:
    if len(latex) > FORMULA_CHARACTERS:
        raise ValueError(f"the formula is too long: {FORMULA_CHARACTERS:,} characters are the limit")
    bare = re.sub(r"\\[\\{}%&]", "", latex)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            break
        if depth > NESTING:
            raise ValueError(f"the formula is nested too deeply: {NESTING} braces in one another are the limit")
    if depth:  # latex2mathml closes what was left open; an author would rather be told
        raise ValueError("the formula's braces { } do not match")
    if "%" in bare:
        raise ValueError(r"% begins a comment in LaTeX, and the rest would be lost; the sign itself is \%")
    if macro := MACROS.search(latex):
        hint = r"a \label numbers it" if macro[0].startswith(r"\tag") else "write it out"
        raise ValueError(f"{macro[0]} has no place in a formula; {hint}")


def _in_known_words(latex: str, numbers: dict[str, int]) -> str:
    """The same formula without what latex2mathml doesn't know."""

    def environment(match: re.Match[str]) -> str:
        if match[2] not in ENVIRONMENTS:
            raise ValueError(f"unknown environment {match[2]!r}; {nearest(match[2], ENVIRONMENTS)}")
        known = ENVIRONMENTS[match[2]]
        return f"\\{match[1]}{{{known}}}" if known else ""

    def operator(match: re.Match[str]) -> str:
        name = re.sub(r"\\[,;:! ]|~", "\u2009", match[2])
        if not re.fullmatch(r"[A-Za-z\s]+", name):
            raise ValueError(f"{match[0]}: the name of an operator is of letters and spaces, \\,")
        return f"\\operatorname{match[1]}{{{name}}}"

    def reference(match: re.Match[str]) -> str:
        if match[1] not in numbers:
            raise ValueError(f"no formula has the label {match[1]!r}")
        return f"\\text{{{NOTED}{match[1]}}}"

    latex = re.sub(r"\\(begin|end)\s*\{([^{}]*)\}", environment, latex)
    latex = re.sub(r"\\operatorname(\*?)\s*\{([^{}]*)\}", operator, latex)
    return REFERENCE.sub(reference, latex)


def _put_right(root: ElementTree.Element, numbers: dict[str, int]) -> None:
    for element in [*root.iter()]:
        element.text = unescape(element.text or "") or None
        text = element.text or ""
        if element.tag == "mo" and "minsize" in element.attrib:
            element.text = DELIMITERS.get(text, text)
            element.set("stretchy", "true")
        elif element.tag == "mo" and text in LIMITS:
            element.set("movablelimits", "true")
        elif element.tag == "mpadded" and element.get("width", "").startswith("+"):  # the words above an arrow
            element.tag = "mrow"
            element.attrib.clear()
            element[-1].attrib = {"width": "0.5em"}
            element.insert(0, ElementTree.Element("mspace", width="0.5em"))
        elif element.tag == "mtext":
            element.text = re.sub(r"\\([%&_#$ ])", r"\1", text)
        if text.startswith(NOTED):
            name = text.removeprefix(NOTED)
            link = ElementTree.SubElement(element, "a", href=f"#{name}")
            element.text, link.text = None, f"({numbers[name]})"
    for element in root.iter():
        if element.tag in BELOW and len(element) and element[0].get("movablelimits") == "true":
            element.tag = BELOW[element.tag]
        elif element.tag in BELOW and len(element) and "minsize" in element[0].attrib:  # which grows only in a row
            bracket = element[0]
            element[0] = ElementTree.Element("mrow")
            element[0].append(bracket)


def _check(root: ElementTree.Element) -> None:
    rows = [root]
    for _ in range(DEEPEST):
        rows = [child for element in rows for child in element]
    if rows:
        raise ValueError("the formula is nested too deeply")
    for element in root.iter():
        name = element.tag
        if name not in ELEMENTS:
            raise ValueError(f"<{name}> has no place in a formula")
        for attribute in element.attrib:
            if attribute not in ATTRIBUTES and (name, attribute) != ("a", "href"):
                raise ValueError(REFUSED.get(attribute, f"the attribute {attribute!r} has no place in a formula"))
        if len(element) != CHILDREN.get(name, len(element)):
            raise ValueError(
                f"the formula can't be read (a <{name}> needs {CHILDREN[name]} parts, it has {len(element)})"
            )
        text = (element.text or "").strip()
        if text == "&" and name != "mtext":
            raise ValueError(r"& stands only within aligned, cases, an array or a matrix; the sign itself is \&")
        if name == "mtext" and ("\\" in text or NOTED in text):
            raise ValueError(r"within \text stand plain words, and no commands")
        if text.startswith("\\") and len(text) > 1:
            raise ValueError(f"unknown command {text}")

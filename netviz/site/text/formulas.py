"""Formulas as a page shows them: MathML, numbered where they have a label, with links to them."""

from __future__ import annotations

from netviz.course.equations import REFERENCE, labels_of, unknown_label
from netviz.course.lessons import Span
from netviz.site.text.maths import to_mathml


def formula(span: Span, numbers: dict[str, int]) -> str:
    """A formula as HTML: MathML, with its number where it has one. Raises ValueError."""
    used = [*labels_of(span), *REFERENCE.findall(span.source)]
    known = tuple((name, numbers[name]) for name in dict.fromkeys(used) if name in numbers)
    displayed = span.kind == "display formula"
    if unknown := next((name for name in REFERENCE.findall(span.source) if name not in numbers), None):
        raise ValueError(unknown_label(unknown, numbers))
    math = to_mathml(span.source, displayed, known)
    label = next(iter(labels_of(span)), None) if displayed else None
    return f'<span class="equation" id="{label}">{math}<span>({numbers[label]})</span></span>' if label else math


def reference(span: Span, numbers: dict[str, int]) -> str:
    """A link to a numbered formula. Raises ValueError if there is none of that name."""
    if span.source not in numbers:
        raise ValueError(unknown_label(span.source, numbers))
    return f'<a href="#{span.source}">({numbers[span.source]})</a>'

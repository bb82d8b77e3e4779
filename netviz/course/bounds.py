"""Bounds of Markdown: what Python-Markdown would take minutes for, or fall over, is refused before it is asked.

It looks for the partner of every sign anew, and calls itself for every level of a list; so its time grows with the
square of a paragraph and its stack with the nesting. Within the limits of `netviz.limits` both stay small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netviz import limits

_SIGNS = re.compile(r"[*_\[\]()`<&!\\{$]")
_MARKERS = re.compile(r"(?:[ \t]*(?:>|(?:[-*+:]|\d+[.)]|\[\^[^\]\n]*\]:)(?=[ \t]|$)))*")  # > - 1. : [^1]:
_MARKER = re.compile(r">|[^\s>]+")
_HEADING = re.compile(r"^[ >]*(?:#|=+ *$|-+ *$)", re.MULTILINE)

Place = tuple[int, int, str]
"""The number of a line, a column in it (both from 0), and what is too much there."""


def excess_of_text(text: str) -> str:
    """What is too much in a whole text, before anything is looked for in it; empty if nothing."""
    if len(text) > limits.LESSON_CHARACTERS:
        return f"the text is too long: {limits.LESSON_CHARACTERS:,} characters are the limit"
    if text.count("\n") > limits.LESSON_LINES:
        return f"the text is too long: {limits.LESSON_LINES:,} lines are the limit"
    return ""


def excess_of_sections(markdown: str) -> str:
    """What there is too much of in a text without its fences; empty if nothing."""
    if len(_HEADING.findall(markdown)) > limits.HEADINGS:
        return f"too many headings: {limits.HEADINGS} are the limit"
    if markdown.count("[^") > limits.FOOTNOTES:
        return f"too many footnotes: {limits.FOOTNOTES} references are the limit"
    return ""


def excesses_of_paragraph(lines: Sequence[str]) -> Iterator[Place]:
    """Where a paragraph, a list or a table, from one blank line to the next, goes beyond the limits."""
    paragraph = "\n".join(lines)
    if len(paragraph) > limits.PARAGRAPH_CHARACTERS:
        yield 0, 0, f"the paragraph is too long: {limits.PARAGRAPH_CHARACTERS:,} characters are the limit"
    if len(lines) > limits.PARAGRAPH_LINES:
        yield 0, 0, f"too many lines without an empty one: {limits.PARAGRAPH_LINES} are the limit"
    if len(_SIGNS.findall(paragraph)) > limits.PARAGRAPH_SIGNS:
        yield 0, 0, f"the paragraph has too many signs like * [ ` <: {limits.PARAGRAPH_SIGNS:,} are the limit"
    opened = 0
    for number, line in enumerate(lines):
        if _depth(line) > limits.NESTING:
            yield number, 0, f"nested too deeply: {limits.NESTING} lists and quotations in one another are the limit"
        if line.count("|") > limits.TABLE_COLUMNS:
            yield number, 0, f"the table is too wide: {limits.TABLE_COLUMNS} columns are the limit"
        for bracket in re.finditer(r"[\[\]()]", line):
            opened = max(0, opened + (1 if bracket[0] in "[(" else -1))
            if opened == limits.OPEN_BRACKETS + 1:
                yield number, bracket.start(), f"too many brackets are open: {limits.OPEN_BRACKETS} are the limit"
                return


def _depth(line: str) -> int:
    """How many lists and quotations begin with a line, or stand around it by its indentation."""
    start = str(_MARKERS.match(line)[0])  # type: ignore[index]  # it matches nothing, too
    indentation = len(line) - len(line.lstrip(" "))
    return max(indentation // limits.INDENTATION, len(_MARKER.findall(start)))

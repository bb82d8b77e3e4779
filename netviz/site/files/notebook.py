"""What readers may take along: a lesson as a notebook and as a script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from netviz.course.equations import numbered_source, numbers_of
from netviz.course.lessons import TOKEN, TOKEN_PATTERN, LessonText, Span, fence_id, scan
from netviz.sandbox import Function, Sandbox

CELL = re.compile("\ue002(.*?)\ue002")  # stands where an experiment's cell comes, around its id
CODE = re.compile("\ue003(\\d+)\ue003")  # stands where a cell of code comes, around its span's number
HEADING_OR_TOKEN = re.compile(rf"^#+ +(?P<heading>.*)$|{TOKEN.format('(?P<number>[0-9]+)')}", re.MULTILINE)
ADMONITION = re.compile(r'^(?:!!!|\?\?\?)\+? \w+(?: "(.*)")?\n((?:(?: {4}.*)?\n)+)', re.MULTILINE)


def code_blocks(text: LessonText) -> list[tuple[str, str]]:
    """The Python code of a lesson, block by block, each with the heading that it stands under."""
    found = []
    heading = ""
    for match in HEADING_OR_TOKEN.finditer(text.markdown):
        if match["heading"] is not None:
            heading = match["heading"]
        elif is_python(span := text.spans[int(match["number"])]):
            found.append((heading, span.source))
    return found


def is_python(span: Span) -> bool:
    """Whether readers can run it: it becomes a cell of the notebook and a part of the script."""
    return span.kind == "code" and span.syntax == "python"


def script(text: LessonText, intro: str) -> str:
    """A lesson's code as one script: ``intro`` tells what it is, the lesson's headings stand as comments."""
    about = f"{text.front.title}: {text.front.summary}\n\n{intro}".replace("\\", "\\\\").replace('"', '\\"')
    pieces = [f"# {_writable(heading)}\n\n{code}" for heading, code in code_blocks(text)]
    return "\n".join([f'"""{_writable(about)}\n"""\n', *pieces])


def _writable(text: str) -> str:
    """Text as it can stand in Python's source: control characters and halves of characters by their numbers."""
    return re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", lambda match: ascii(match[0])[1:-1], text)


def notebook(
    text: LessonText,
    sandbox: Sandbox,
    values: Mapping[str, Any],
    cell_of: Callable[[str], tuple[str, str]],
    question_of: Callable[[str], Markup],
) -> str:
    """A lesson as a Jupyter notebook (format 4.5, JSON): prose with its formulas as Markdown, code as cells.

    ``values`` are what the prose's expressions may use, ``cell_of`` gives an experiment's heading (Markdown) and the
    code that repeats it, ``question_of`` a question in Markdown. What an expression gives is escaped as on the page.
    """
    prose = _rendered(text.markdown, text.spans, sandbox, {**values, "question": Function(question_of)})
    cells = [_cell("markdown", f"# {text.front.title}\n\n{text.front.summary}")]
    for position, piece in enumerate(CELL.split(prose)):
        if position % 2:
            heading, code = cell_of(piece)
            cells += [_cell("markdown", heading), _cell("code", code)]
        else:
            cells += _prose_cells(piece, text.spans)
    content = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(filter(None, cells), start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def markdown_text(source: str, sandbox: Sandbox, values: Mapping[str, Any]) -> str:
    """A caption or a line of a question as Markdown for a notebook, its expressions filled in."""
    found = scan(source)
    return _rendered(found.markdown, found.spans, sandbox, values).strip()


def _rendered(markdown: str, spans: Sequence[Span], sandbox: Sandbox, values: Mapping[str, Any]) -> str:
    numbers = numbers_of(spans)
    formula = Function(lambda number: Markup(_dollars(spans[number], numbers)))
    return str(sandbox.render(_source(markdown, spans), {**values, "formula": formula}))


def _source(markdown: str, spans: Sequence[Span]) -> str:
    """Markdown with its tokens put back, as the source of a template; braces of its own are kept as they are."""

    def replacement(match: re.Match[str]) -> str:
        span = spans[int(match[1])]
        if span.kind == "experiment":
            return f"\ue002{fence_id(span.source)}\ue002"
        if span.kind == "question":
            return f"{{{{ question('{fence_id(span.source)}') }}}}"
        if "formula" in span.kind or span.kind == "reference":
            return f"{{{{ formula({match[1]}) }}}}"
        if is_python(span):
            return f"\ue003{match[1]}\ue003"
        if span.kind == "code":
            return _kept(_fenced(span, before=markdown[markdown.rfind("\n", 0, match.start()) + 1 : match.start()]))
        return span.source

    markdown = ADMONITION.sub(_quoted, markdown)
    pieces = []
    end = 0
    for token in TOKEN_PATTERN.finditer(markdown):
        pieces += [_kept(markdown[end : token.start()]), replacement(token)]
        end = token.end()
    return "".join([*pieces, _kept(markdown[end:])])


def _kept(text: str) -> str:
    return re.sub(r"\{(?=[{%#])", "{{ '{' }}", text)


def _dollars(span: Span, numbers: dict[str, int]) -> str:
    if span.kind == "reference":
        return f"$\\eqref{{{span.source}}}$"
    source = numbered_source(span, numbers)
    return f"\n$$\n{source}\n$$\n" if span.kind == "display formula" else f"${source}$"


def _fenced(span: Span, before: str) -> str:
    """Code in its fence again, each line behind what stands before the first."""
    mark = max(["```", *(f"{ticks}`" for ticks in re.findall("`{3,}", span.source))], key=len)
    return f"\n{before}".join([mark + span.syntax, *span.source.removesuffix("\n").split("\n"), mark])


def _prose_cells(text: str, spans: Sequence[Span]) -> list[dict[str, Any] | None]:
    pieces = CODE.split(text)
    return [
        _cell("code", spans[int(piece)].source) if position % 2 else _cell("markdown", piece)
        for position, piece in enumerate(pieces)
    ]


def _quoted(match: re.Match[str]) -> str:
    """A box of the page, as a quotation: notebooks have no boxes."""
    lines = [f"**{match[1]}**", ""] if match[1] else []
    lines += [line[4:] for line in match[2].rstrip("\n").split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _cell(kind: str, source: str) -> dict[str, Any] | None:
    """A cell of a notebook; none for nothing but gaps."""
    source = re.sub(r"\n{3,}", "\n\n", source).strip("\n")
    if not source.strip():
        return None
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})

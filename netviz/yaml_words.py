"""What YAML's parser and pydantic find wrong, in an author's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic_core import ErrorDetails

SHOWN = 60  # characters of what was found
LOOKED_AT = 500  # characters of a line, for a sign of another script
WANTED = {  # by pydantic's kinds of errors
    **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), "a text is wanted"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "{name: value, …} is wanted"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list is wanted, […, …]"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number is wanted"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "a number is wanted"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false is wanted"),
    "none_required": "nothing is wanted",
    "string_too_short": "a text is wanted, not an empty one",
}
IS_WANTED = " is wanted"
NOTHING = "'' is wanted"
COUNTED = {
    "too_short": "{min_length} or more entries are wanted",
    "too_long": "no more than {max_length} may stand here",
    "greater_than": "a number above {gt:g} is wanted",
    "greater_than_equal": "a number of {ge:g} or more is wanted",
    "less_than": "a number below {lt:g} is wanted",
    "less_than_equal": "a number of {le:g} or less is wanted",
    "literal_error": "{expected} is wanted",
}


def wanted(details: Sequence[ErrorDetails]) -> str:
    """What pydantic misses in a value, one reason or several of which any would do, and what it found."""
    value = details[0]["input"]
    reasons = [*dict.fromkeys(_reason(detail) for detail in details)]
    reasons = [one for one in reasons if one != NOTHING] or reasons  # nobody needs to be told that all may be left out
    if len(reasons) > 1 and all(one.endswith(IS_WANTED) for one in reasons):
        reasons = [*(one.removesuffix(IS_WANTED) for one in reasons[:-1]), reasons[-1]]
    texts = any(detail["type"] == "string_type" for detail in details)
    hint = ", in quotes" if texts and isinstance(value, (bool, int, float)) else ""
    return f"{' or '.join(reasons)}{hint}; found {found(value)}"


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return f"{int(detail['loc'][-1]) + 1} values are wanted, [{', '.join('…' * (int(detail['loc'][-1]) + 1))}]"
    known = WANTED.get(detail["type"]) or COUNTED.get(detail["type"], "").format_map(detail.get("ctx", {}))
    reason = known or detail["msg"].removeprefix("Value error, ")
    return f"{reason[:1].lower()}{reason[1:]}"


def found(value: Any) -> str:
    """A value as an author could have written it, cut to a line."""
    shown = {"None": "nothing", "True": "true", "False": "false"}.get(repr(value)) or repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def wide_sign(line: str, column: int) -> str:
    """A hint if a Chinese sign stands in a line where YAML has one of its own; ``column``, from 1, is what is wrong."""
    line = line[:LOOKED_AT]
    if colon := wide_colon(line):
        return colon
    if match := _WIDE_COMMA.search(line):
        return f"{match[1]} is a Chinese comma: YAML parts entries by , with a blank behind it"
    if line[column - 1 : column] in ("“", "”", "‘", "’", "「", "＂", "＇"):
        return f"{line[column - 1]} is no quote to YAML: it reads \" and '"
    return ""


def wide_colon(line: str) -> str:
    """A hint if a line begins with a name and a Chinese colon."""
    match = _WIDE_COLON.match(line)
    return f"the colon behind {match[1]!r} is a Chinese one: YAML reads : with a blank behind it" if match else ""


_WIDE_COLON = re.compile(r"\s*(?:- +)*['\"]?([A-Za-z][\w-]*)['\"]?[：﹕]")
_WIDE_COMMA = re.compile(r"[\[{][^\]}'\"]*([，、﹐])")


def explained(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, int, str, str]:
    """Where a text stops being YAML (line and column from 0), why, and what would be right."""
    problem, context = str(error.problem), str(error.context or "")
    mark = error.problem_mark or error.context_mark
    line, column = _within(lines, mark.line if mark else 0, mark.column if mark else 0)
    began = error.context_mark or mark
    opened = _within(lines, began.line if began else 0, began.column if began else 0)
    sign, first = _character(lines, line, column), _character(lines, *opened)
    quote = f"a text that begins with {first} needs quotes"
    if "mapping values" in problem:
        if _TWO_COLONS.match(lines[line][: column + 1]):
            return line, column, "a second colon in one line", 'put the text in quotes: "…: …"'
        return line, column, "a value can't begin here", "every `name: value` of a mapping begins in the same column"
    if "tab" in problem or sign == "\t":
        return line, column, "a tab can't indent a line", "use spaces"
    if "cannot start any token" in problem:
        return line, column, f"a text can't begin with {sign}", quote
    if "quoted scalar" in context and "end of stream" in problem:
        return *opened, f"the quote {first} that opens here is never closed", ""
    if "quoted scalar" in context:
        hint = "in a path write /; or use single quotes, or \\\\ for each backslash"
        return line, column, "a backslash that YAML doesn't know", hint
    if "not allowed in this context" in problem:
        return line, column, f"a text can't begin with {sign}", quote
    if "node content" in problem:
        return line, column, "a value is missing, or a closing ] or }", ""
    if "flow" in context:
        closing = {"[": "]", "{": "}"}.get(first, "}")
        hint = f"entries stand between commas; {quote}"
        return *opened, f"the {first} that opens here has no {closing}", hint
    if "alias" in context or "anchor" in context or "tag" in context:
        return *opened, f"a text can't begin with {first}", quote
    if "block scalar" in context:
        return line, column, f"after {first} the text begins in the next line", quote
    if "expected key" in problem and re.search(r"['\"]", lines[line][:column]):
        hint = 'put the whole text in quotes; inside \'…\' a quote is written twice, inside "…" as \\"'
        return line, column, "the text goes on after its closing quote", hint
    if "expected key" in problem or "could not find expected ':'" in problem:
        return line, column, "here `name: value` is wanted", "a text of several lines is indented below its name"
    if "'-' indicator" in problem:
        return line, column, "an entry of the list above is wanted, `- …`", "or another indentation"
    if "document start" in problem:
        return line, column, "nothing can follow after the end of the value", 'put the text in quotes: "…"'
    return line, column, f"not YAML: {problem}", ""


_TWO_COLONS = re.compile(r"\s*(?:- +)*[^:]+: +[^'\"\[{|>\s].*:$|\s*(?:- +)*[^:]+:.*: *$")


def _within(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """A mark at the very end is shown at the end of the last line that says something."""
    last = max((number for number, text in enumerate(lines) if text.strip()), default=0)
    return (line, column) if line <= last else (last, len(lines[last]))


def _character(lines: Sequence[str], line: int, column: int) -> str:
    return lines[line][column : column + 1]

"""What Jinja2's parser misses in an expression, in an author's words: itself speaks of tokens and print statements."""

from __future__ import annotations

import re

from netviz.sandbox.plain_data import ExpressionError

PREFIX = "not an expression: "
ENDS = {"end of print statement": "}}", "end of statement block": "%}"}
KINDS = {"integer": "a number", "float": "a number", "string": "a text in quotes", "name": "a name"}
MEANT = {"&": "write `and`", "|": "write `or`, or after one | a filter's name", "!": "write `not`, or != to compare"}
STATEMENTS = "only if, for, set and claim may stand in a lesson"
OPEN = re.compile(r"innermost block that needs to be closed is '(\w+)'")
UNKNOWN = re.compile(r"Encountered unknown tag '(\w+)'")
CHARACTER = re.compile(r"""unexpected char ['"](.+)['"] at \d+""", re.DOTALL)
BRACKET = re.compile(r"unexpected '(.+)', expected '(.)'")
WANTED = re.compile(r"expected token '(.+)', got '(.+)'", re.DOTALL)
FOUND = re.compile(r"(?:unexpected|Expected an expression, got) '(.+)'", re.DOTALL)
CLOSING = ("endif", "endfor", "endset", "endclaim", "else", "elif")


def in_words(message: str, line: int | None) -> ExpressionError:
    """What Jinja2 says of a line, said otherwise; what it says of nothing that is known here stays as it is."""
    opened, unknown = OPEN.search(message), UNKNOWN.match(message)
    if unknown and not opened and unknown[1] in CLOSING:
        told = f"`{unknown[1]}` stands alone here: no statement that it belongs to was opened before it"
        return ExpressionError(told, line, unknown[1])
    if unknown and opened and unknown[1] in CLOSING:
        told = f"`{unknown[1]}` can't stand here: `{opened[1]}` is open, and ends with {{% end{opened[1]} %}}"
        return ExpressionError(told, line, unknown[1])
    if unknown:
        hint = f"`{opened[1]}` is open here, and ends with {{% end{opened[1]} %}}" if opened else ""
        return ExpressionError(f"there is no statement `{unknown[1]}`: {STATEMENTS}", line, unknown[1], hint)
    if opened:
        hint = "or write {% set NAME = VALUE %}" if opened[1] == "set" else ""
        return ExpressionError(f"`{opened[1]}` is never closed: end it with {{% end{opened[1]} %}}", line, "", hint)
    if "got '='" in message:
        return ExpressionError(f"{PREFIX}to compare, write ==", line, "=")
    if message.startswith("can't assign"):
        return ExpressionError(f"{PREFIX}a name is wanted for what is set", line)
    if match := CHARACTER.search(message):
        if match[1] in "\"'":
            return ExpressionError(f"{PREFIX}a quote {match[1]} is never closed", line, match[1])
        return ExpressionError(f"{PREFIX}{match[1]} has no meaning here", line, match[1], MEANT.get(match[1], ""))
    if match := BRACKET.search(message):
        return ExpressionError(f"{PREFIX}{match[2]} is wanted before {match[1]}", line, match[1])
    if match := WANTED.search(message):
        return _instead(match[1], match[2], line)
    if (match := FOUND.search(message)) or message == "expected name or number":
        found = match[1] if match else ""
        if found in ENDS or not found:
            return ExpressionError(f"{PREFIX}something is missing before its end", line)
        return ExpressionError(f"{PREFIX}{found} can't stand here", line, found)
    return ExpressionError(f"{PREFIX}{message}", line)


def _instead(wanted: str, found: str, line: int | None) -> ExpressionError:
    """One thing stands in the place of another."""
    word = "" if found in ENDS or found in KINDS else found
    here = "its end" if found in ENDS else KINDS.get(found, found)
    hint = "for another condition write `elif`" if (wanted, found) == ("end of statement block", "if") else ""
    hint = hint or MEANT.get(found, "")
    if wanted in ENDS:
        told = f"{PREFIX}{here} can't stand here; before it {ENDS[wanted]} would be right"
    else:
        told = f"{PREFIX}{KINDS.get(wanted, wanted)} is wanted before {here}"
    return ExpressionError(told, line, word, hint)

"""CSV files for readers, which spreadsheets open: there a text that begins with ``=`` would be a formula, and be run.

So such a text has an apostrophe before it, as is usual. Numbers stay as they are, negative ones too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO

_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\n]")  # the wide ones are the same to a spreadsheet in Chinese or Japanese
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def write_rows(file: TextIO, rows: Iterable[Iterable[Any]]) -> None:
    """Write rows of texts, numbers, truths and None, which is an empty cell."""
    csv.writer(file, lineterminator="\n").writerows(map(_cell, row) for row in rows)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")  # which Python's writer would not quote, and end a row
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text

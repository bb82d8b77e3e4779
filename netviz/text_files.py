"""Text files of a course: read in one way by all, so that what follows meets clean Unicode text and nothing else."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from netviz.limits import FILE_BYTES
from netviz.mistakes import Mistake, Mistakes
from netviz.refusals import unfit

_MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
SAVE_AS_UTF8 = "save the file as UTF-8: editors offer it beside the name, under Encoding"
UNREADABLE = (
    re.compile(  # all but tab and line feed of C0; C1; two breaks of lines that editors don't show; marks of order
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]"
    )
)


def read_text_file(path: Path, most: int = FILE_BYTES) -> str:
    """A text file of so many bytes at most, without its byte order mark, every line ended by a line feed alone.

    Raises Mistakes, at the line and column, for what is no UTF-8 or holds characters that no reader could see, and for
    files that are too large or can't be read.
    """
    content = _bytes(path, most)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            raise Mistakes([Mistake(path, f"is {encoding} text, not UTF-8", line=1, column=1, hint=SAVE_AS_UTF8)])
    if content[:1000].count(0) > len(content[:1000]) // 4:
        raise Mistakes(
            [Mistake(path, "is UTF-16 text, or no text at all, not UTF-8", line=1, column=1, hint=SAVE_AS_UTF8)]
        )
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Mistakes([_not_utf8(path, content, error)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if wrong := UNREADABLE.search(text):
        raise Mistakes([_at(path, text, wrong.start(), f"{named(wrong[0])} has no place in a text", hint="delete it")])
    return text


def named(character: str) -> str:
    """A character that can't be shown, in words."""
    return f"the invisible character U+{ord(character):04X}"


def _bytes(path: Path, most: int) -> bytes:
    if why := unfit(path):
        raise Mistakes([Mistake(path, why)])
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise Mistakes([Mistake(path, f"can't be read: {error.strerror or error}")]) from None
    if len(content) > most:
        message = f"is too large: texts may have {most / 1e6:g} MB"
        raise Mistakes([Mistake(path, message, hint="make several files of it")])
    return content


def _not_utf8(path: Path, content: bytes, error: UnicodeDecodeError) -> Mistake:
    before = content[: error.start].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    rest = re.split(r"[\r\n]", content[error.start : error.start + 200].decode("utf-8", "replace"))[0]
    message = f"is not UTF-8 text: the byte 0x{content[error.start]:02X} can't stand here"
    return _at(path, before + rest, len(before), message, SAVE_AS_UTF8)


def _at(path: Path, text: str, position: int, message: str, hint: str) -> Mistake:
    start = text.rfind("\n", 0, position) + 1
    line = UNREADABLE.sub("\ufffd", text[start:].partition("\n")[0])
    return Mistake(
        path, message, line=text.count("\n", 0, position) + 1, column=position - start + 1, text=line, hint=hint
    )

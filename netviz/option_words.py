"""What an option's words mean: each function makes a value of a word, or raises argparse.ArgumentTypeError."""

from __future__ import annotations

import argparse
import contextlib
import math
import re
from pathlib import Path

WEB_ADDRESS = re.compile(r"https?://[^\s/][^\s]*")


def text(word: str) -> str:
    """A word that can stand on a page."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{word!r} is not UTF-8; give the file or folder another name") from None
    return word


def filled(word: str) -> str:
    """A text that isn't empty, as a script gives it whose variable was not set."""
    if not word.strip():
        raise argparse.ArgumentTypeError("is empty")
    return text(word)


def filled_path(word: str) -> Path:
    """The file or folder that a text names."""
    return Path(filled(word))


def web_address(word: str) -> str:
    """An address on the web."""
    if not WEB_ADDRESS.fullmatch(text(word)):
        raise argparse.ArgumentTypeError(f"{word!r} is no address on the web, https://…")
    return word


def share(word: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to 1")
    return number


def part(word: str) -> float:
    """A count from 1, or a share above 0 and below 1."""
    if word.isascii() and word.isdigit() and int(word):
        return int(word)
    with contextlib.suppress(ValueError):
        if 0 < (number := float(word)) < 1:
            return number
    raise argparse.ArgumentTypeError(f"{word!r} is no count of results, such as 20, and no share of them, such as 0.1")


def seed(word: str) -> int:
    """The start of random numbers."""
    if not (word.isascii() and word.isdigit() and int(word) < 2**32):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to {2**32 - 1}")
    return int(word)


def port(word: str) -> int:
    """A port's number."""
    if not (word.isascii() and word.isdigit() and int(word) < 2**16):
        raise argparse.ArgumentTypeError(f"{word!r} is no number from 0 to 65535")
    return int(word)

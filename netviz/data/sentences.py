"""Sentences that describe Python functions and classes, and the library that each comes from.

They are the first sentences of the docstrings of four libraries, read from the installed source files as text, without
importing them. The libraries' own names are left out, or the task would be solved by them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARIES = {"matplotlib": "matplotlib", "networkx": "networkx", "pandas": "pandas", "scikit-learn": "sklearn"}
"""Each library's name, and the folder that its source stands in."""

SHORTEST, LONGEST = 4, 20  # words in a sentence
HELD_OUT = 5  # one file in so many is kept for testing
NAMES = frozenset({"matplotlib", "pyplot", "plt", "networkx", "nx", "pandas", "pd", "sklearn", "scikit", "np"})
_DOCSTRING = re.compile(r':[ \t]*\n[ \t]+[rR]?"""(.*?)"""', re.DOTALL)  # what follows a line that opens a block
_FIRST_SENTENCE = re.compile(r"\n\s*\n|(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Its words, the library it comes from, as an index into `LIBRARIES`, and whether it is kept for testing."""

    words: tuple[str, ...]
    library: int
    held_out: bool


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every sentence once, in alphabetical order. One that several libraries share belongs to none and is left out.

    All sentences of a file are on the same side, so that neighbours that were copied from each other are too.
    """
    sources: dict[tuple[str, ...], set[tuple[int, str]]] = {}
    for index, folder in enumerate(LIBRARIES.values()):
        for path, text in _source_files(list(LIBRARIES)[index], folder):
            for docstring in _DOCSTRING.findall(text):
                words = words_of(_FIRST_SENTENCE.split(docstring.strip())[0])
                if SHORTEST <= len(words) <= LONGEST:
                    sources.setdefault(words, set()).add((index, path))
    found = []
    for words, places in sorted(sources.items()):
        library, path = min(places)
        if {index for index, _ in places} == {library}:
            found.append(Sentence(words, library, _is_held_out(path)))
    return tuple(found)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without numbers, signs and the libraries' names."""
    return tuple(word for word in re.findall(r"[a-z]+", text.lower()) if word not in NAMES)


def _source_files(library: str, folder: str) -> Iterator[tuple[str, str]]:
    """A library's source files as (path, text), without its tests, in order."""
    distribution = importlib.metadata.distribution(library)
    for file in sorted(distribution.files or (), key=str):
        if file.suffix == ".py" and file.parts[0] == folder and "tests" not in file.parts:
            yield file.as_posix(), Path(str(distribution.locate_file(file))).read_text("utf-8")


def _is_held_out(path: str) -> bool:
    return int(hashlib.sha256(path.encode()).hexdigest(), 16) % HELD_OUT == 0

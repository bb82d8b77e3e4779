"""What classes are called: in English and Chinese by `netviz.networks.classes`, in others by their ``classes.tsv``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from netviz.languages.known import CLASSES, FIRST, Language, language
from netviz.networks.classes import classes

NAMED_THERE = (FIRST, "zh")


def class_name(index: int, code: str) -> str:
    """A class's name in a language, in the first one where it has none; ``index`` counts from 0."""
    return _names(language(code))[index] or classes()[index].name(FIRST)


def unnamed(spoken: Language) -> int:
    """How many classes have no name in a language."""
    return sum(not name for name in _names(spoken))


def class_file(folder: Path) -> Path:
    """Where a language names classes: a line each, WordNet's id of the class, a tab, the name."""
    return folder / CLASSES


def names_in(path: Path) -> dict[str, str]:
    """The names in such a file by WordNet's ids."""
    rows = (line.partition("\t") for line in path.read_text("utf-8").splitlines() if line.strip())
    return {wordnet_id.strip(): name.strip() for wordnet_id, _, name in rows}


@cache
def _names(spoken: Language) -> tuple[str, ...]:
    """Of every class, empty where it has none."""
    own: dict[str, str] = {}
    for path in map(class_file, reversed(spoken.folders)):
        own |= names_in(path) if path.is_file() else {}
    there = spoken.code if spoken.code in NAMED_THERE else ""
    return tuple(own.get(one.wordnet_id, one.name(there) if there else "") for one in classes())

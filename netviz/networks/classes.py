"""The 1000 ImageNet (ILSVRC-2012) classes in their published order, named in English and in Chinese.

Which index stands for which WordNet synset is ImageNet's; the names are this project's own, unique in each
language, with a parenthesis wherever the bare word would mean several things: ``crane (bird)``.
"""

import difflib
import functools
import importlib.resources
import re
import unicodedata
from dataclasses import dataclass


class UnknownClass(ValueError):
    """The text names none of the classes; the message offers the nearest names."""


class AmbiguousClass(ValueError):
    """The text names several classes; the message lists them as they can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassName:
    """One class: its place in the network's output, its WordNet synset, and what people call it."""

    index: int
    wordnet_id: str
    english: str
    chinese: str
    aliases: tuple[str, ...]
    note: str

    def name(self, language: str) -> str:
        """The name in English ('en') or Chinese ('zh')."""
        names = {"en": self.english, "zh": self.chinese}
        if language not in names:
            raise ValueError(f"classes are named in 'en' and 'zh', not in {language!r}")
        return names[language]

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that may be typed for this class."""
        return (self.english, self.chinese, *self.aliases)


@functools.cache
def classes() -> tuple[ClassName, ...]:
    """All classes; the place in the tuple is the class index."""
    table = importlib.resources.files("netviz.networks").joinpath("classes.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return tuple(
        ClassName(
            index=int(index),
            wordnet_id=wordnet_id,
            english=english,
            chinese=chinese,
            aliases=tuple(filter(None, aliases.split(";"))),
            note=note,
        )
        for index, wordnet_id, english, chinese, aliases, note in rows
    )


def find(text: str | int) -> int:
    """The index of the class that ``text`` names in English, in Chinese, by an alias, or by the index itself.

    Case, hyphens and underscores do not matter, and a parenthesis may be left out where nothing else shares
    the bare word. Raises ``AmbiguousClass`` where something does, ``UnknownClass`` where nothing matches.
    """
    word = str(text).strip()
    if re.fullmatch(r"-?\d+", word):
        if 0 <= int(word) < len(classes()):
            return int(word)
        raise UnknownClass(f"there is no class {word}: the indices run from 0 to {len(classes()) - 1}")
    found = _index().get(_key(word), ())
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousClass(f"{word!r} means several classes: {_listed(found, word)}")
    nearest = _nearest(_key(word))
    hint = f"; nearest: {_listed(nearest, word)}" if nearest else ""
    raise UnknownClass(f"there is no class {word!r} among the {len(classes())}{hint}")


def _key(text: str) -> str:
    """One form for all ways to type a name; NFKC also turns full-width parentheses into plain ones."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("(", " (")
    return re.sub(r"[\s_-]+", " ", plain).strip()


@functools.cache
def _index() -> dict[str, tuple[int, ...]]:
    """From each spelling's key, with and without its parenthesis, to the classes it may mean."""
    found: dict[str, tuple[int, ...]] = {}
    for entry in classes():
        keys = [_key(spelling) for spelling in entry.spellings]
        for key in dict.fromkeys(keys + [re.sub(r" \(.*\)$", "", key) for key in keys]):
            found[key] = (*found.get(key, ()), entry.index)
    return found


def _nearest(key: str, limit: int = 5) -> list[int]:
    """Classes with the key inside a name ('cat' in 'tiger cat'), best fits first, or else similar names."""
    whole_word = re.compile(rf"(?<![a-z]){re.escape(key)}(?![a-z])")
    containing = [spelling for spelling in _index() if key and key in spelling]
    # Chinese writes no spaces; there the kind of thing shows in where it stands: 虎斑猫 ends in 猫.
    containing.sort(key=lambda spelling: (not whole_word.search(spelling), not spelling.endswith(key)))
    names = containing or difflib.get_close_matches(key, _index(), n=limit, cutoff=0.7)
    return list(dict.fromkeys(index for name in names for index in _index()[name]))[:limit]


def _listed(indices: tuple[int, ...] | list[int], word: str) -> str:
    """The classes' names, in the language of the word that was asked for."""
    language = "zh" if re.search(r"[㐀-鿿]", word) else "en"
    return ", ".join(repr(classes()[index].name(language)) for index in indices)

"""The languages that pages can be in: those of this folder, and those that a course brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from netviz import numerals
from netviz.yaml_places import read_checked

HERE = Path(__file__).parent
FIRST = "en"  # has every message; what another lacks is told in it
DEFAULT = (FIRST, "zh")  # of a course that does not say otherwise
NAMED = "language.yaml"
MESSAGES = "*.ftl"
CLASSES = "classes.tsv"


class LanguageFile(BaseModel):
    """``language.yaml``: what the web calls the language (BCP 47), what its speakers do, and how it writes.

    ``generalising`` are words of sentences that say more than one number can.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: str = Field(pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    name: str = Field(min_length=1)
    percent: str = numerals.PERCENT_SIGN
    spaced: bool = False
    generalising: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language by the name of its folder, ``code``.

    ``percent`` follows the number of a percentage. Where ``spaced`` is true, a Latin word that is put into a text of
    another script gets spaces around it. ``generalising`` are words of sentences that say more than one number can. Of
    a message that several ``folders`` have the first one's counts; ``digest`` is of all that they hold.
    """

    code: str
    tag: str
    name: str
    percent: str
    spaced: bool
    generalising: tuple[str, ...]
    folders: tuple[Path, ...]
    digest: str

    def __hash__(self) -> int:
        """Of what differs between any two: messages are asked for by their language ten thousand times in a build."""
        return hash((self.code, self.digest))


_elsewhere: list[Path] = []


def look_in(*folders: Path) -> None:
    """From now on these folders are looked into too, before this one: ``FOLDER/xx/language.yaml``, ``*.ftl``."""
    _elsewhere[:] = folders
    languages.cache_clear()


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code, the first one first. Raises Mistakes for a ``language.yaml`` that can't be read."""
    places = [folder for folder in (*_elsewhere, HERE) if folder.is_dir()]
    codes = {path.parent.name for place in places for path in place.glob(f"*/{NAMED}")}
    return {code: _read(code, places) for code in sorted(codes, key=lambda code: (code != FIRST, code))}


def language(code: str) -> Language:
    """One of them. Raises ValueError for another."""
    if code not in languages():
        raise ValueError(f"no language {code!r}; there is {', '.join(languages())}")
    return languages()[code]


def in_language(texts: Mapping[str, str], code: str) -> str:
    """A text in a language: in the one that comes first, where it is not translated."""
    return texts.get(code) or next(iter(texts.values()))


def _read(code: str, places: list[Path]) -> Language:
    folders = tuple(place / code for place in places if (place / code).is_dir())
    named = next(folder / NAMED for folder in folders if (folder / NAMED).is_file())
    file, _ = read_checked(named, LanguageFile, [*LanguageFile.model_fields])
    return Language(
        code=code,
        tag=file.tag,
        name=file.name,
        percent=file.percent,
        spaced=file.spaced,
        generalising=file.generalising,
        folders=folders,
        digest=_digest(folders),
    )


def _digest(folders: Iterable[Path]) -> str:
    patterns = (NAMED, MESSAGES, CLASSES)
    files = [path for folder in folders for pattern in patterns for path in sorted(folder.glob(pattern))]
    return sha256(b"\0".join(part for path in files for part in (path.name.encode(), path.read_bytes()))).hexdigest()

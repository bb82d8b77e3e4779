"""The sample pictures of a course: files with a credit each, in the order in which readers are offered them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from netviz.course.experiments import CHOSEN
from netviz.course.fields import ForAllOrEach, InEveryLanguage, Share, SomeForAllOrEach, WebAddress
from netviz.course.folders import alike, entries
from netviz.languages.known import DEFAULT, in_language
from netviz.limits import NAME_CHARACTERS
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.pictures import Picture, own_picture
from netviz.pictures.opening import SUFFIXES, PictureFacts, check_file
from netviz.refusals import UnreadablePicture, stands, unfit
from netviz.remembered import remembered
from netviz.yaml_places import Places, read_checked

CREDITS = "credits.yaml"


class Credit(BaseModel):
    """What is on record of a picture: what it shows, whose it is, its licence and where it comes from.

    ``focus`` is the point that the network's square is laid around: [x, y] from 0 to 1. What an author took has no
    ``source``, and need have no ``licence``. Credit and licence are of one text, or of one in each language. A picture
    that is not ``offered`` is for the lessons that name it; readers can't choose it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: InEveryLanguage
    credit: SomeForAllOrEach
    licence: ForAllOrEach = {}
    source: WebAddress | None = None
    focus: tuple[Share, Share] | None = None
    offered: bool = True

    def licence_in(self, language: str) -> str:
        """Its licence in a language; empty if it has none."""
        return in_language(self.licence, language) if self.licence else ""


def read_samples(folder: Path, languages: Sequence[str] = DEFAULT) -> dict[str, Picture]:
    """The pictures of a folder, in the order of its ``credits.yaml``, by name (the file's, without suffix).

    Raises Mistakes for a picture without a credit, a credit without a picture, or one that lacks something. The
    pictures themselves are not opened.
    """
    credits_file = folder / CREDITS
    if not stands(credits_file):
        raise Mistakes([Mistake(credits_file, "is missing; it says of each picture what it shows and whose it is")])
    credits, places = _read(credits_file, languages)
    found = [path for path in entries(folder) if is_picture(path)]
    files = {path.stem: path for path in found}
    mistakes = [*_names_of_none(found)]
    mistakes += [Mistake(file, reason) for file in files.values() if (reason := unfit(file))]
    mistakes += [
        Mistake(file, f"has no entry in {CREDITS}", hint=f"write there: {name}: {{title: …, credit: …}}")
        for name, file in files.items()
        if name not in credits
    ]
    mistakes += [
        places.mistake((name,), f"credits {name!r}, but there is no such picture", nearest(name, files), at_key=True)
        for name in credits
        if name not in files
    ]
    if mistakes:
        raise Mistakes(mistakes)
    return {
        name: Picture(
            name=name,
            file=str(files[name]),
            titles=one.title,
            credit=in_language(one.credit, languages[0]),
            licence=one.licence_in(languages[0]),
            source=one.source or "",
            focus=one.focus,
            offered=one.offered,
        )
        for name, one in credits.items()
    }


def read_credits(folder: Path, languages: Sequence[str] = DEFAULT) -> Mapping[str, Credit]:
    """What is on record of the pictures of a folder, by their names. Raises Mistakes."""
    return _read(folder / CREDITS, languages)[0]


def _read(file: Path, languages: Sequence[str]) -> tuple[dict[str, Credit], Places]:
    return read_checked(file, dict[str, Credit], list(Credit.model_fields), {"languages": languages})


def know_facts(pictures: Iterable[Picture]) -> None:
    """Let pictures that can be read know what they are; those that an earlier build has opened aren't opened again."""
    for picture in pictures:
        with suppress(UnreadablePicture):
            check_file(picture.path)
            object.__setattr__(picture, "_known_facts", _facts(picture))


def _from_plain(plain: list[Any]) -> PictureFacts:
    (width, height), doubts = plain
    if min(width, height) < 1:
        raise ValueError("no picture is of that size")
    return PictureFacts((width, height), tuple(doubts))


@remembered(astuple, _from_plain, of=lambda picture: picture.digest)
def _facts(picture: Picture) -> PictureFacts:
    facts = picture.facts
    if replace(picture).digest != picture.digest:  # else what one photo is would be kept as what another is
        raise UnreadablePicture(f"{picture.path}: it has changed since this build began; build again")
    return facts


def read_photos(folder: Path, taken: Container[str]) -> dict[str, Picture]:
    """Every photo of a folder by a name that is not ``taken``; nothing need be on record of them.

    Raises Mistakes if it holds none, and UnreadablePicture.
    """
    files = [path for path in entries(folder) if is_picture(path)]
    if not files:
        raise Mistakes([Mistake(folder, "holds no photo")])
    photos: dict[str, Picture] = {}
    for file in files:
        photo = own_picture(file, taken)
        if photo.name in photos:
            message = f"would be called {photo.name!r} like {photos[photo.name].path.name}"
            raise Mistakes([Mistake(file, message, hint="rename one of them")])
        photos[photo.name] = photo
    return photos


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its name."""
    return path.suffix.lower() in SUFFIXES


def _names_of_none(files: Iterable[Path]) -> Iterator[Mistake]:
    """Pictures that lessons could not tell apart: ``dog.jpg``, ``dog.png`` and ``Dog.jpg``, or from the chosen one.

    Or whose names would be too long for those of the files that are made of them.
    """
    owners = {CHOSEN: f"what lessons call the picture that a reader has chosen, {CHOSEN!r}"}
    for file in files:
        name = alike(file.stem)
        if len(file.stem.encode()) > NAME_CHARACTERS:
            yield Mistake(file, f"its name is too long: at most {NAME_CHARACTERS} bytes", hint="rename it")
        if name in owners:
            yield Mistake(file, f"its name is that of {owners[name]}", hint="rename one of them")
        owners.setdefault(name, file.name)

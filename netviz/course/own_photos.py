"""Photos of the user's own: those of the command line, and those of ``own.yaml`` in the course's folder.

What stands in the file need not be typed for every build. It is no part of the course, so that a course may be somebody
else's: ``git`` need not know of it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from netviz.course.experiments import CHOSEN
from netviz.course.fields import Share, WebAddress
from netviz.course.lessons import Words
from netviz.course.windows_paths import slashes
from netviz.languages.known import DEFAULT
from netviz.mistakes import Mistakes, gathered
from netviz.options import OWN, OwnPhoto
from netviz.pictures import Picture, UnreadablePicture, own_picture
from netviz.refusals import real, stands
from netviz.yaml_places import Places, read_checked


def _titles(words: Any, info: ValidationInfo) -> Any:
    """One text for all languages, or a text for each of some."""
    languages = (info.context or {}).get("languages", DEFAULT)
    titles = {"": words} if isinstance(words, str) else words
    fits = isinstance(titles, dict) and titles and set(titles) <= {"", *languages}
    if not fits or not all(isinstance(text, str) and text.strip() for text in titles.values()):
        each = ", ".join(f"{one}: …" for one in languages)
        raise ValueError(f"a text is wanted, or one for each language, {{{each}}}")
    return {language: titles[language] for language in ("", *languages) if language in titles}


def _with_first(titles: dict[str, str] | None, first: str, file: Path) -> dict[str, str] | None:
    """Titles with one in the first language, by the file's name where others alone have one."""
    return titles if not titles or {"", first} & titles.keys() else {first: file.stem, **titles}


class OwnPhotoEntry(BaseModel):
    """A photo in ``own.yaml``: ``picture`` is its file, from the folder of ``own.yaml``; the rest is as for options."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    picture: Words
    title: Annotated[dict[str, str], BeforeValidator(_titles)] | None = None
    credit: str = ""
    licence: str = ""
    source: WebAddress | Literal[""] = ""
    focus: tuple[Share, Share] | None = None


def read_own_photos(
    content: Path, asked: Sequence[OwnPhoto], taken: Collection[str], languages: Sequence[str] = DEFAULT
) -> dict[str, Picture]:
    """The user's own photos by names that are not ``taken``: those ``asked`` for, then those of ``own.yaml``.

    A photo in both is as it is asked for. Raises Mistakes for what is wrong in the file, and UnreadablePicture for a
    photo that is asked for and can't be opened.
    """
    photos: dict[str, Picture] = {}

    def add(path: Path, titles: Mapping[str, str] | None, told: OwnPhoto | OwnPhotoEntry) -> None:
        photo = own_picture(
            path,
            {CHOSEN, *taken, *photos},
            titles=titles,
            credit=told.credit,
            licence=told.licence,
            source=told.source,
            focus=told.focus,
        )
        photos[photo.name] = photo

    for one in asked:
        add(one.path, {"": one.title} if one.title else None, one)
    entries, places = _read(content, languages)
    files = [_place(content, entry) for entry in entries]
    mistakes = []
    for number, (entry, file) in enumerate(zip(entries, files, strict=True)):
        if file in files[:number]:
            mistakes.append(places.mistake((number, "picture"), "the photo is named twice"))
        elif real(file) not in {real(one.path) for one in asked}:
            try:
                add(file, _with_first(entry.title, languages[0], file), entry)
            except UnreadablePicture as error:
                mistakes.append(places.mistake((number, "picture"), str(error), slashes(entry.picture)))
    if mistakes:
        raise Mistakes(mistakes)
    return photos


def own_photo_files(content: Path) -> list[Path]:
    """The files that ``own.yaml`` names; none where it can't be read, which is told when the course is."""
    found: list[Path] = []
    with gathered([]):
        found += [_place(content, entry) for entry in _read(content)[0]]
    return found


def _read(content: Path, languages: Sequence[str] = DEFAULT) -> tuple[tuple[OwnPhotoEntry, ...], Places]:
    file = content / OWN
    if not stands(file):
        return (), Places(path=file)
    kind: Any = tuple[OwnPhotoEntry, ...] | None  # nothing but comments may stand there
    entries, places = read_checked(file, kind, [*OwnPhotoEntry.model_fields], {"languages": languages})
    return entries or (), places


def _place(content: Path, entry: OwnPhotoEntry) -> Path:
    """Where a photo lies; ``~`` is the user's own folder."""
    return Path(os.path.normpath(content / Path(entry.picture).expanduser()))

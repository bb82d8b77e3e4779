"""Galleries: the photos of a lesson on each of which its experiments with ``over: gallery`` are run.

A lesson's front matter names them, ``pictures: photos``: a folder, whose own folders name the classes of what they
hold, or a CSV file (`netviz.course.photo_lists`). They lie within the course's folder, so that whoever has the course
has them. A photo that can't be read is told of and left out; the others are a gallery as well.
"""

from __future__ import annotations

import math
import os
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, overload

from netviz.course.class_indices import class_index
from netviz.course.folders import DROPPED, TO_PEOPLE, alike, entries
from netviz.course.lessons import Lesson, LessonText, front_matter_places
from netviz.course.line_order import line_by_line
from netviz.course.photo_lists import ListedPhoto, listed_photos
from netviz.course.windows_paths import slashes
from netviz.languages.known import in_language
from netviz.limits import GALLERY_PHOTOS, NAME_CHARACTERS
from netviz.mistakes import Mistake, Mistakes, gathered, nearest
from netviz.packing import Digests, Packed
from netviz.pictures import OneOfMany, Picture
from netviz.pictures.opening import SUFFIXES
from netviz.refusals import unfit
from netviz.yaml_places import Places

LIST = ".csv"
_WORDS = ("credit", "licence", "source")
NO_SUCH = "there is no folder of photos and no CSV file {!r} beside the text"


@dataclass(frozen=True, kw_only=True, slots=True)
class GalleryPhoto:
    """A photo of a gallery; ``label`` is the class of what it shows, if that is known, by its index.

    ``file`` is what the gallery calls it: its path from the gallery's folder. ``place`` is where a list names it.
    """

    picture: Picture
    file: str
    label: int | None = None
    place: tuple[int, int] | None = None

    def title(self, language: str) -> str:
        """What it is called in a language."""
        return in_language(self.picture.titles, language)


class Photos(Sequence[GalleryPhoto]):
    """The photos of a gallery, in their order: each is made anew whenever it is asked for (`netviz.packing`)."""

    def __init__(self, folder: Path, photos: Iterable[GalleryPhoto]) -> None:
        """``folder`` is the gallery's own, in which most of their files stand."""
        self._beginning = f"{folder}{os.sep}"
        self._told = Packed(self._packed(photo) for photo in photos)
        self._digests = Digests(len(self._told))
        self._numbers: Sequence[int] = range(len(self._told))

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> GalleryPhoto: ...
    @overload
    def __getitem__(self, place: slice) -> Photos: ...
    def __getitem__(self, place: int | slice) -> GalleryPhoto | Photos:
        if isinstance(place, slice):
            return self._chosen(self._numbers[place])
        number = self._numbers[place]
        name, path, file, label, place_in_list, titles, *words = self._told[number]
        picture = OneOfMany(
            name=name,
            file=path or self._beginning + file,
            titles=titles,
            **dict(zip(_WORDS, words, strict=True)),
            digests=self._digests,
            number=number,
        )
        return GalleryPhoto(picture=picture, file=file, label=label, place=place_in_list)

    def _packed(self, photo: GalleryPhoto) -> tuple[Any, ...]:
        """All that it is made of again; its path only if its name in the gallery doesn't tell it."""
        picture, path = photo.picture, photo.picture.file
        path = "" if path == self._beginning + photo.file else path
        words = (getattr(picture, name) for name in _WORDS)
        return (picture.name, path, photo.file, photo.label, photo.place, picture.titles, *words)

    def without(self, names: Collection[str]) -> Photos:
        """Those whose pictures have other names."""
        return self._chosen(array("L", (one for one in self._numbers if self._told[one][0] not in names)))

    def _chosen(self, numbers: Sequence[int]) -> Photos:
        """Some of them, of which is known whatever is known of all."""
        chosen = copy(self)
        chosen._numbers = numbers
        return chosen


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """The photos of a lesson in their order; ``path`` is their folder or their list, ``refused`` what is left out.

    ``untitled`` tells of the languages in which photos of a list have no title that have one in another.
    """

    lesson: str
    path: Path
    photos: Photos
    refused: tuple[Mistake, ...] = ()
    untitled: tuple[Mistake, ...] = ()
    places: Places

    @cached_property
    def is_labelled(self) -> bool:
        """Whether it is known of any photo what it shows."""
        return any(photo.label is not None for photo in self.photos)

    def holding(self) -> Callable[[Path], bool]:
        """Tells of files whether they are the gallery's own: its list, a photo of it, or anything in its folder."""
        files = {os.path.normpath(self.path), *(os.path.normpath(photo.picture.file) for photo in self.photos)}
        return lambda path: os.path.normpath(path) in files or path.is_relative_to(self.path)

    def mistake(self, photo: GalleryPhoto, message: str) -> Mistake:
        """What is wrong with a photo, at its place in the list or, where there is none, of its file."""
        if photo.place:
            return self.places.mistake_at(*photo.place, message, slashes(photo.file))
        return Mistake(photo.picture.path, message)

    def without(self, refused: Mapping[str, Mistake]) -> Gallery:
        """The gallery without the photos of these names, which are told of."""
        told = line_by_line([*self.refused, *refused.values()])
        return replace(self, photos=self.photos.without(refused), refused=tuple(told))

    def of_at_most(self, count: int) -> Gallery:
        """The gallery with no more than ``count`` of its photos, evenly strewn over it."""
        return replace(self, photos=self.photos[:: math.ceil(len(self.photos) / count)])


def read_galleries(lessons: Iterable[Lesson], content: Path, languages: Sequence[str]) -> dict[str, Gallery]:
    """The gallery of each lesson that has one, by the lesson's slug.

    Raises Mistakes for what keeps one from being read: no such folder or list, a list that is none, an unknown class,
    a photo that is named twice, no photo at all. The photos are not opened.
    """
    found: dict[str, Gallery] = {}
    mistakes: list[Mistake] = []
    for lesson in lessons:
        for text in lesson.written[1:]:
            if text.front.pictures:
                message = f"the photos are named in {text.first}.md alone, for all languages"
                mistakes.append(_places(text).mistake(("pictures",), message, "leave the line out", at_key=True))
        if lesson.first.front.pictures:
            with gathered(mistakes):
                found[lesson.slug] = _read(lesson, content, languages)
    if mistakes:
        raise Mistakes(mistakes)
    return found


def _read(lesson: Lesson, content: Path, languages: Sequence[str]) -> Gallery:
    text = lesson.first
    path = lesson.folder / text.front.pictures
    if wrong := _misplaced(path, content, text):
        raise Mistakes([_places(text).mistake(("pictures",), *wrong)])
    refused: list[Mistake] = []
    if path.is_dir():
        folder, places = path, Places(path=path)
        listed = _in_folder(path, refused)
    else:
        folder = path.parent
        listed, places = listed_photos(path, languages)
    lacking: dict[str, list[tuple[int, int]]] = {}
    photos = Photos(folder, _named(_looked_at(listed, languages, lacking), languages[0]))
    untitled = tuple(_untitled(lacking, languages[0], places))
    gallery = Gallery(lesson=lesson.slug, path=path, photos=photos, untitled=untitled, places=places)
    unfit_ones = ((one, why) for one in gallery.photos if (why := _unfit(one, content)))
    unreadable = {one.picture.name: gallery.mistake(one, why) for one, why in unfit_ones}
    gallery = replace(gallery, refused=tuple(refused)).without(unreadable)
    if not gallery.photos:
        reasons = "".join(f"; {one.path.name}: {one.message}" for one in gallery.refused[:3])
        message, hint = f"{text.front.pictures!r} holds no photo{reasons}", slashes(reasons)
        raise Mistakes([_places(text).mistake(("pictures",), message, hint)])
    if len(gallery.photos) > GALLERY_PHOTOS:
        raise Mistakes([_places(text).mistake(("pictures",), f"too many photos: {GALLERY_PHOTOS:,} are the limit")])
    return gallery


def _places(text: LessonText) -> Places:
    return front_matter_places(text.path, text.source)


def _misplaced(path: Path, content: Path, text: LessonText) -> tuple[str, str] | None:
    """Why there can't be a gallery, and what would be right."""
    if not path.resolve().is_relative_to(content.resolve()):
        return "photos of a gallery lie in the course's folder", "copy them: whoever has the course needs them"
    if not path.is_dir() and not (path.suffix.lower() == LIST and path.is_file()):
        there = path.parent.iterdir() if path.parent.is_dir() else ()
        fit = [one.name for one in there if one.is_dir() or one.suffix.lower() == LIST]
        return NO_SUCH.format(text.front.pictures), slashes(text.front.pictures, nearest(path.name, fit))
    return None


def _in_folder(folder: Path, refused: list[Mistake]) -> Iterator[ListedPhoto]:
    """The photos of a folder, then those of its own folders, whose names are their classes.

    What else lies there is added to ``refused``. Raises Mistakes for folders that name no class.
    """
    mistakes: list[Mistake] = []
    labels: dict[Path, int | None] = {folder: None}
    for path in entries(folder):
        if path.is_dir():
            try:
                labels[path] = class_index(path.name)
            except ValueError as error:
                mistakes.append(Mistake(path, f"a folder of photos has the name of their class: {error}"))
    if mistakes:
        raise Mistakes(mistakes)
    for within, label in labels.items():
        for path in entries(within):
            if path.suffix.lower() in SUFFIXES and not path.is_dir():
                yield ListedPhoto(path=str(path), file=path.relative_to(folder).as_posix(), label=label)
            elif path not in labels and not TO_PEOPLE.fullmatch(path.name) and not DROPPED.fullmatch(path.name):
                refused.append(
                    Mistake(path, f"{_legible(path.relative_to(folder).as_posix())}: is no photo by its name")
                )


def _looked_at(
    listed: Iterable[ListedPhoto], languages: Sequence[str], lacking: dict[str, list[tuple[int, int]]]
) -> Iterator[ListedPhoto]:
    """The same; where they stand that have titles in some languages alone is added to those ``lacking`` in others."""
    for one in listed:
        for language in languages:
            if one.titles and one.place and not {"", language} & one.titles.keys():
                lacking.setdefault(language, []).append(one.place)
        yield one


def _untitled(lacking: Mapping[str, Sequence[tuple[int, int]]], first: str, places: Places) -> Iterator[Mistake]:
    for language, found in lacking.items():
        count = "one photo has" if len(found) == 1 else f"{len(found)} photos have"
        instead = "the name of the file" if language == first else f"that in {first!r}"
        message = f"{count} no title in {language!r}, and one in another language; there stands {instead}"
        yield places.mistake_at(*found[0], message, f"write title_{language}, or title for all languages")


def _titles(one: ListedPhoto, first: str) -> dict[str, str]:
    """Its titles; by the name of its file where it has none, and in the first language if others alone have one."""
    name = Path(one.file).stem
    return one.titles if {"", first} & one.titles.keys() else {first: name, **one.titles} if one.titles else {"": name}


def _named(listed: Iterable[ListedPhoto], first: str) -> Iterator[GalleryPhoto]:
    """The photos under names of their own, as addresses can hold them, made of their files'.

    ``first`` is the course's first language.
    """
    taken: dict[str, int] = {}  # with the number of the name that was made last of theirs, so that none is tried twice
    for one in listed:
        slug = name = _slug(one.file.removesuffix(Path(one.file).suffix))
        if slug in taken:
            number, name = next(free for free in _numbered(slug, taken[slug] + 1) if free[1] not in taken)
            taken[slug] = number
        taken[name] = 1
        picture = Picture(
            name=name,
            file=one.path,
            titles=_titles(one, first),
            credit=one.credit,
            licence=one.licence,
            source=one.source,
        )
        yield GalleryPhoto(picture=picture, file=one.file, label=one.label, place=one.place)


def _slug(file: str) -> str:
    words = re.sub(r"[\W_]+", "-", alike(file)).strip("-")
    return words.encode()[: NAME_CHARACTERS - 8].decode(errors="ignore") or "photo"


def _numbered(slug: str, start: int) -> Iterator[tuple[int, str]]:
    return ((number, f"{slug}-{number}") for number in count(start))


def _unfit(photo: GalleryPhoto, content: Path) -> str:
    """Why a photo's file can't be read, in words; empty if it can."""
    path = photo.picture.path
    if (legible := _legible(photo.file)) != photo.file:
        return f"{legible}: the name is not UTF-8; give the file another one"
    if reason := unfit(path):
        return f"{photo.file}: {reason}"
    if path.suffix.lower() not in SUFFIXES:
        return f"{photo.file}: is no photo by its name"
    if not path.resolve().is_relative_to(content.resolve()):
        return f"{photo.file}: lies outside the course's folder: copy it"
    return ""


def _legible(file: str) -> str:
    """A file's name as a page can hold it: bytes that are no UTF-8 by their numbers."""
    return os.fsencode(file).decode("utf-8", "backslashreplace")

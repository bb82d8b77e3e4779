"""The glossary: the course's terms by chapter, each in every language with what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from netviz.course.fields import InEveryLanguage, Name
from netviz.languages.known import DEFAULT
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.refusals import stands
from netviz.yaml_places import Key, Places, read_checked


class Term(BaseModel):
    """A term: its name and its meaning by language, a sentence or two of Markdown; the lessons that treat it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Name
    name: InEveryLanguage
    means: InEveryLanguage
    lessons: tuple[str, ...] = ()


class Chapter(BaseModel):
    """Terms that belong together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Name
    title: InEveryLanguage
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Glossary:
    """All chapters, and where everything stands in the file."""

    chapters: tuple[Chapter, ...]
    places: Places

    def terms(self) -> Iterator[tuple[Key, Term]]:
        """Every term with its place in the file."""
        for number, chapter in enumerate(self.chapters):
            for position, term in enumerate(chapter.terms):
                yield (number, "terms", position), term

    def unknown_lessons(self, slugs: Sequence[str]) -> Iterator[Mistake]:
        """Where a term names a lesson that there is not."""
        for key, term in self.terms():
            for number, slug in enumerate(term.lessons):
                if slug not in slugs:
                    place = (*key, "lessons", number)
                    yield self.places.mistake(place, f"there is no lesson {slug!r}", nearest(slug, slugs))

    def unlinked(self, linked: Collection[str]) -> Iterator[Mistake]:
        """A warning for each term that names no lessons, and is not among those ``linked``."""
        for key, term in self.terms():
            if not term.lessons and term.key not in linked:
                yield self.places.mistake((*key, "key"), f"no lesson links to the term {term.key!r}")


def read_glossary(path: Path, languages: Sequence[str] = DEFAULT) -> Glossary:
    """The glossary of a course; empty if it has none. Raises Mistakes."""
    if not stands(path):
        return Glossary((), Places(path=path))
    context = {"languages": languages}
    chapters, places = read_checked(path, tuple[Chapter, ...], [*Chapter.model_fields], context)
    glossary = Glossary(chapters, places)
    taken = {chapter.key for chapter in chapters}
    mistakes = []
    for key, term in glossary.terms():
        if term.key in taken:
            mistakes.append(places.mistake((*key, "key"), f"the key {term.key!r} is taken"))
        taken.add(term.key)
    if mistakes:
        raise Mistakes(mistakes)
    return glossary

"""Attachments: files beside a lesson's texts, which these show as pictures or link to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict

from netviz.course.fields import WebAddress
from netviz.course.folders import DROPPED, TO_PEOPLE, files_in, text_names
from netviz.course.galleries import Gallery
from netviz.course.lessons import Lesson, Words
from netviz.course.windows_paths import slashes
from netviz.languages.known import languages as known_languages
from netviz.mistakes import Mistake, Mistakes, gathered, nearest
from netviz.refusals import stands, unfit
from netviz.yaml_places import read_checked

CREDITS = "credits.yaml"  # beside a lesson's texts, as beside the course's photos
RUN = (".htm", ".html", ".js", ".mht", ".mjs", ".shtml", ".svgz", ".xht", ".xhtml", ".xml", ".xsl")  # by browsers


class FileCredit(BaseModel):
    """Whose a picture is that a lesson shows; ``source`` is its address on the web, if it is from there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    credit: Words
    licence: str = ""
    source: WebAddress | Literal[""] = ""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file beside a lesson's texts, by its path from there."""

    name: str
    folder: Path
    credit: FileCredit | None = None

    @property
    def path(self) -> Path:
        """Where it stands."""
        return self.folder / self.name

    @property
    def is_drawing(self) -> bool:
        """Whether it is an SVG file by its name."""
        return self.path.suffix.lower() == ".svg"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal; empty if it can't be read."""
        if self.unfit:
            return ""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def unfit(self) -> str:
        """Why it can't go into a site, in words; empty if it can."""
        if reason := unfit(self.path):
            return reason
        if not self.path.resolve().is_relative_to(self.folder.resolve()):
            return "a link to a file elsewhere, which readers must not get by mistake: copy the file"
        return ""


def read_attachments(
    lessons: Iterable[Lesson], languages: Sequence[str], galleries: Mapping[str, Gallery]
) -> dict[str, Mapping[str, Attachment]]:
    """The files beside each lesson's texts, by its slug and by their paths from there, but for those of galleries.

    Raises Mistakes for every ``credits.yaml`` that can't be read, or credits what there is not.
    """
    found: dict[str, Mapping[str, Attachment]] = {}
    mistakes: list[Mistake] = []
    for lesson in lessons:
        with gathered(mistakes):
            own = [*text_names(languages), CREDITS]
            found[lesson.slug] = _beside(lesson.folder, own, galleries.get(lesson.slug))
    if mistakes:
        raise Mistakes(mistakes)
    return found


def _beside(folder: Path, own: Collection[str], gallery: Gallery | None) -> dict[str, Attachment]:
    """The files in a lesson's folder that are neither its ``own`` nor its gallery's."""
    holds = _holding(gallery)
    names = [path.relative_to(folder) for path in sorted(one for one in files_in(folder) if not holds(one))]
    kept = [name for name in names if not any(map(DROPPED.fullmatch, name.parts)) and str(name) not in own]
    found = {_alike(name.as_posix()): name.as_posix() for name in kept}
    credits = _credits(folder, found)
    return {key: Attachment(name=name, folder=folder, credit=credits.get(key)) for key, name in found.items()}


def _credits(folder: Path, found: Collection[str]) -> Mapping[str, FileCredit]:
    file = folder / CREDITS
    if not stands(file):
        return {}
    credits, places = read_checked(file, dict[str, FileCredit], [*FileCredit.model_fields])
    wrong = [name for name in credits if _alike(name) not in found]
    if wrong:
        message = "there is no such file beside the text"
        hints = {name: slashes(name, nearest(name, found)) for name in wrong}
        raise Mistakes(places.mistake((name,), message, hint, at_key=True) for name, hint in hints.items())
    return {_alike(name): one for name, one in credits.items()}


def attachment_named(address: str, files: Mapping[str, Attachment]) -> Attachment | None:
    """The file that an address in a text names: as it stands there, or with its signs by their bytes."""
    names = (_alike(re.sub(r"^(\./)+", "", one)) for one in (address, unquote(address)))
    return next((files[name] for name in names if name in files), None)


def unused(lessons: Iterable[Lesson], languages: Sequence[str], galleries: Mapping[str, Gallery]) -> Iterator[Mistake]:
    """A warning for each file or folder beside lessons' texts that no link in these names, and no gallery holds."""
    texts = text_names(languages)
    holders = [gallery.holding() for gallery in galleries.values()]

    def is_held(file: Path) -> bool:
        return any(holds(file) for holds in holders)

    for lesson in lessons:
        words = _alike("\n".join(line for text in lesson.written for line in text.prose.values()))
        is_named = partial(_is_named, folder=lesson.folder, words=words)
        for path in _others(lesson.folder, [*texts, CREDITS]):
            for one in _unused_in(path, lambda file: is_held(file) or is_named(file)):  # noqa: B023 (asked at once)
                hint = f"{nearest(path.name, texts)}; and files that these show or link to"
                if one.name in text_names([*known_languages()]):
                    hint = f"`languages:` in site.yaml names those of the course: [{', '.join(languages)}]"
                yield Mistake(one, "is read by nobody", hint=hint)


def _unused_in(path: Path, is_used: Callable[[Path], bool]) -> list[Path]:
    """The files of a folder, or the file, that nobody uses; the folder itself if that is all of them."""
    files = 0
    unused = []
    for file in (one for one in files_in(path) if one.is_file()) if path.is_dir() else [path]:
        files += 1
        if not is_used(file):
            unused.append(file)
    return sorted(unused) if len(unused) < files else [path]


def alike_but_for_case(attachments: Iterable[Mapping[str, Attachment]]) -> Iterator[Mistake]:
    """A warning for each file whose name differs from another's by capitals alone."""
    for files in attachments:
        earlier: dict[str, str] = {}
        for file in files.values():
            other = earlier.setdefault(file.name.casefold(), file.name)
            if other != file.name:
                message = f"differs from {other} by capitals alone: of the two, macOS and Windows keep one"
                yield Mistake(file.path, message, hint="give one of them another name")


def _holding(gallery: Gallery | None) -> Callable[[Path], bool]:
    return gallery.holding() if gallery else lambda path: False


def _is_named(path: Path, folder: Path, words: str) -> bool:
    """Whether a link among the words of a text in this folder may name a file."""
    name = _alike(path.relative_to(folder).as_posix())
    spellings = "|".join(map(re.escape, {name, quote(name, errors="surrogateescape")}))
    return re.search(rf"(?:[(<]|\./|\]: ?)(?:{spellings})(?=[\s)>#]|$)", words) is not None


def _others(folder: Path, known: Collection[str]) -> list[Path]:
    """What stands beside a lesson's own files and words to people."""
    left_out = (DROPPED, TO_PEOPLE)
    found = [path for path in sorted(folder.iterdir()) if path.name not in known]
    return [path for path in found if not any(one.fullmatch(path.name) for one in left_out)]


def _alike(name: str) -> str:
    """A name as all ways to write its accents are compared: systems keep other ones than people type."""
    return unicodedata.normalize("NFC", name)

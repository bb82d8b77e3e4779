"""``netviz new``: a course that builds as it is, and another lesson of it."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from netviz.course.folders import alike, entries
from netviz.course.reading import languages_of
from netviz.installation import COMMAND, INSTALLED, PACKAGE, SAMPLE_COURSE, as_called
from netviz.mistakes import Mistake, Mistakes
from netviz.option_words import filled, filled_path
from netviz.options import CONTENT
from netviz.refusals import stands
from netviz.site.reviewing.addresses import addresses_of_every_site

LESSON = "lesson"
LONGEST = 60  # letters of a title in a name, which may have 80 with what is added
COURSE = PACKAGE / "new_course"
PHOTO = Path("content", "pictures", "chelsea.png")
ELSEWHERE = {  # where what is a hidden file, or in a hidden folder, is in a course's folder
    "gitignore": Path(".gitignore"),
    "publish.yml": Path(".github", "workflows", "publish.yml"),
}
LESSON_TEXT = """\
---
title: {title}
summary: One sentence for the list of contents.
---

Prose in Markdown.

```experiment
id: {name}-answer
{stated}caption: What the network says of *{{{{ picture.title }}}}*.
```
"""
STATED = """\
method: predict                # the page Methods lists all of them
picture: chosen                # the photo that the reader has chosen, or one by its name
"""


def files_of_a_course() -> Mapping[Path, Path]:
    """Every file of a new course by its path in the course's folder."""
    files = {path.relative_to(COURSE): path for path in sorted(COURSE.rglob("*")) if path.is_file()}
    found = {ELSEWHERE.get(str(name), name): path for name, path in files.items()}
    return found | {PHOTO: SAMPLE_COURSE / "pictures" / PHOTO.name}


def new_course(folder: Path) -> list[Path]:
    """Write a course into a folder, which is made; returns its files.

    Raises Mistakes for a folder that holds something already, but for a ``.git``.
    """
    if stands(folder) and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= {".git"}):
        raise Mistakes([Mistake(folder, "holds something already", hint="name a folder that is new, or empty")])
    files = files_of_a_course()
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    return [folder / name for name in files]


def new_lesson(title: str, content: Path) -> list[Path]:
    """Write a lesson of a title after the others of a course, in all its languages; returns its files.

    Raises Mistakes where no course is, and for a lesson that is there already.
    """
    lessons = entries(content / "lessons")
    numbers = [int(found[0]) for path in lessons if (found := re.match(r"\d{1,9}", path.name))]
    number = max(numbers, default=0) + 1
    languages = languages_of(content / "site.yaml")
    name = slug(title, number)
    if alike(name) in addresses_of_every_site(languages):
        name = f"lesson-{name}"
    others = [*lessons, *(entries(content / "pages") if stands(content / "pages") else [])]
    if there := [path for path in others if name in (path.name, path.name.partition("-")[2])]:
        raise Mistakes([Mistake(there[0], "is there already", hint="give the new lesson another title")])
    folder = content / "lessons" / f"{number:02}-{name}"
    folder.mkdir()
    return [*_written(folder, title, name, languages)]


def slug(title: str, number: int) -> str:
    """What a lesson is called in addresses: its title in small letters, digits and dashes, or its number."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or str(number)
    return name if name[0].isalpha() else f"lesson-{name}"


def _written(folder: Path, title: str, name: str, languages: Sequence[str]) -> Iterator[Path]:
    """The experiment is stated in the first language; the others have but its words."""
    for language in languages:
        path = folder / f"{language}.md"
        stated = STATED if language == languages[0] else ""
        path.write_text(
            LESSON_TEXT.format(title=json.dumps(title, ensure_ascii=False), name=name, stated=stated), "utf-8"
        )
        yield path


def main(arguments: Sequence[str]) -> None:
    """The command ``new``. Raises Mistakes, OSError, and SystemExit for arguments that can't be read."""
    parser = argparse.ArgumentParser(
        prog=f"{COMMAND} new",
        description="Write a course of two short lessons into a new folder, or another lesson of a course.",
        epilog=f"  {COMMAND} new FOLDER\n  {COMMAND} new {LESSON} TITLE",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", type=filled, metavar="FOLDER", help=f"the new course's folder, or the word {LESSON!r}")
    parser.add_argument("title", type=filled, nargs="?", metavar="TITLE", help="what the new lesson is called")
    parser.add_argument("--content", type=filled_path, default=CONTENT, metavar="DIR", help="the course (content)")
    asked = parser.parse_intermixed_args(arguments)
    if (asked.what == LESSON) != bool(asked.title):
        parser.error(f"a lesson needs a title, and only a lesson has one: new {LESSON} TITLE, or new FOLDER")
    if asked.title:
        files = new_lesson(asked.title, asked.content)
        where = "" if asked.content == CONTENT else f" --content {shlex.quote(str(asked.content))}"
        after = f"{as_called(sys.argv[0])} serve{where}, which shows the lesson while you write it"
    else:
        files = new_course(Path(asked.what))
        after = _how_to_serve(Path(asked.what), as_called(sys.argv[0]))
    print(*(f"wrote {file}" for file in files), f"next: {after}", sep="\n", file=sys.stderr)


def _how_to_serve(course: Path, command: str) -> str:
    """The command that shows a new course while it is written; what is called out of a checkout stays in it."""
    if INSTALLED or command == "netviz":
        return f"cd {shlex.quote(str(course))} && {command} serve"
    places = {"content": "content", "to": "site", "store": ".netviz"}
    return " ".join([command, "serve", *(f"--{one} {shlex.quote(str(course / name))}" for one, name in places.items())])

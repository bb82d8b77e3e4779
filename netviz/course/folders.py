"""What a course's folder holds: what its author put there, and not what systems and editors leave behind.

Passed over in silence are hidden files and folders (``.git``, ``.DS_Store``, ``._dog.jpg``, ``.en.md.swp``), editors'
copies (``en.md~``, ``#en.md#``), and ``Thumbs.db``, ``desktop.ini``, ``__MACOSX``, ``__pycache__``.
What else is read by nobody is told of; but for words to people: ``README``, ``LICENSE``, ``COPYING``, ``NOTICE``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from netviz.languages.known import CLASSES, MESSAGES, NAMED
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.options import OWN

DROPPED = re.compile(r"\..*|.*~|#.*#|thumbs\.db|desktop\.ini|__macosx|__pycache__", re.IGNORECASE | re.DOTALL)
TO_PEOPLE = re.compile(r"(readme|licen[cs]e|copying|notice)\b.*", re.IGNORECASE | re.DOTALL)
FILES = ("site.yaml", "glossary.yaml", "bibliography.yaml", OWN)
FOLDERS = ("lessons", "pages", "pictures", "measurements", "static", "templates", "languages")


def entries(folder: Path) -> list[Path]:
    """Files and folders in order: by the number before a name, then by the name. Raises Mistakes without a folder."""
    if not folder.is_dir():
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
        raise Mistakes(
            [Mistake(folder, "there is no such folder", hint=nearest(folder.name, beside) if beside else "")]
        )
    return sorted((path for path in folder.iterdir() if not DROPPED.fullmatch(path.name)), key=_order)


def files_in(folder: Path) -> Iterator[Path]:
    """The files in a folder and in all folders in it, in any order; a link is one of them, whatever it leads to.

    There may be ten thousand, of which no more than the names are in memory at once.
    """
    for inside, folders, files in os.walk(folder):
        yield from (Path(inside, name) for name in files)
        yield from (path for name in folders if (path := Path(inside, name)).is_symlink())


def _order(path: Path) -> tuple[float, str]:
    number = re.match(r"\d{1,9}", path.name)
    return (int(number[0]) if number else float("inf"), path.name)


def alike(name: str) -> str:
    """What names share that are one where case, or the ways to write an accent, are not told apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def unread(content: Path, languages: Sequence[str], is_picture: Callable[[Path], bool]) -> Iterator[Mistake]:
    """A warning for each file and folder of a course in some languages that nobody reads.

    Files beside a lesson's texts are the matter of `netviz.course.attachments`.
    """
    texts = text_names(languages)
    yield from _others(content, [*FILES, *FOLDERS])
    for folder in (content / "lessons", content / "pages"):
        for path in _present(folder):
            if not path.is_dir():
                yield _read_by_nobody(path, f"a text is a folder with {' and '.join(texts)}")
    for path in _present(content / "languages"):
        if path.name not in languages:
            yield _read_by_nobody(path, "`languages:` in site.yaml names those of the course")
        elif path.is_dir():
            others = (one for one in _present(path) if one.name not in (NAMED, CLASSES) and not one.match(MESSAGES))
            yield from (_read_by_nobody(one, f"allowed: {NAMED}, {MESSAGES}, {CLASSES}") for one in others)
    for path in _present(content / "pictures"):
        if path.name != "credits.yaml" and not is_picture(path):
            yield _read_by_nobody(path, "it is no file of a picture by its name")
    for path in _present(content / "measurements"):
        if path.suffix != ".json" or not path.is_file():
            yield _read_by_nobody(path, "a measurement is a file NAME.json")


def text_names(languages: Sequence[str]) -> list[str]:
    """What the texts of a lesson are called."""
    return [f"{language}.md" for language in languages]


def _present(folder: Path) -> list[Path]:
    found = entries(folder) if folder.is_dir() else []
    return [path for path in found if not TO_PEOPLE.fullmatch(path.name)]


def _others(folder: Path, known: list[str] | tuple[str, ...]) -> Iterator[Mistake]:
    for path in _present(folder):
        if path.name not in known:
            yield _read_by_nobody(path, nearest(path.name, known))


def _read_by_nobody(path: Path, hint: str) -> Mistake:
    return Mistake(path, "is read by nobody", hint=hint)

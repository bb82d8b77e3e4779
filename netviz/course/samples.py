"""The sample pictures of a course: files with a credit each, in the order in which readers are offered them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from netviz.course.fields import InEveryLanguage, WebAddress
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.pictures import Picture
from netviz.pictures.opening import SUFFIXES
from netviz.refusals import unfit
from netviz.yaml_places import read_checked

CREDITS = "credits.yaml"
Share = Annotated[float, Field(ge=0, le=1)]


class Credit(BaseModel):
    """What is on record of a picture: what it shows, whose it is, its licence and where it comes from.

    ``focus`` is the point that the network's square is laid around: [x, y] from 0 to 1. What an author took has no
    ``source``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: InEveryLanguage
    credit: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    source: WebAddress | None = None
    focus: tuple[Share, Share] | None = None


def read_samples(folder: Path) -> dict[str, Picture]:
    """The pictures of a folder, in the order of its ``credits.yaml``, by name (the file's, without suffix).

    Raises Mistakes for a picture without a credit, a credit without a picture, or one that lacks something. The
    pictures themselves are not opened. Hidden files (``._dog.jpg``) are what systems leave behind, and none of them.
    """
    credits_file = folder / CREDITS
    if not credits_file.is_file():
        raise Mistakes([Mistake(credits_file, "is missing; it names the sample pictures, with credit and licence")])
    credits, places = read_checked(credits_file, dict[str, Credit], list(Credit.model_fields))
    files = {path.stem: path for path in sorted(folder.iterdir()) if _is_picture(path)}
    mistakes = [Mistake(file, reason) for file in files.values() if (reason := unfit(file))]
    mistakes += [Mistake(file, f"has no entry in {CREDITS}") for name, file in files.items() if name not in credits]
    mistakes += [
        places.mistake((name,), f"credits {name!r}, but there is no such picture", nearest(name, files), at_key=True)
        for name in credits
        if name not in files
    ]
    if mistakes:
        raise Mistakes(mistakes)
    return {
        name: Picture(name, files[name], one.title, one.credit, one.licence, one.source or "", one.focus)
        for name, one in credits.items()
    }


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")

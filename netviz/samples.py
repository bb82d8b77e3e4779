"""The sample pictures of a course: files with a credit each, in the order in which readers are offered them."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from netviz.fields import InEveryLanguage, WebAddress
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.pictures import SUFFIXES, Picture
from netviz.yaml_places import read_checked

CREDITS = "credits.yaml"


class Credit(BaseModel):
    """What is on record of a picture: what it shows, whose it is, its licence and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: InEveryLanguage
    credit: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    source: WebAddress


def read_samples(folder: Path) -> dict[str, Picture]:
    """The pictures of a folder, in the order of its ``credits.yaml``, by name (the file's, without suffix).

    Raises Mistakes for a picture without a credit, a credit without a picture, or one that lacks something. The
    pictures themselves are not opened.
    """
    credits_file = folder / CREDITS
    if not credits_file.is_file():
        raise Mistakes([Mistake(credits_file, "is missing; it names the sample pictures, with credit and licence")])
    credits, places = read_checked(credits_file, dict[str, Credit], list(Credit.model_fields))
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES}
    mistakes = [Mistake(file, f"has no entry in {CREDITS}") for name, file in files.items() if name not in credits]
    mistakes += [
        places.mistake((name,), f"credits {name!r}, but there is no such picture", nearest(name, files), at_key=True)
        for name in credits
        if name not in files
    ]
    if mistakes:
        raise Mistakes(mistakes)
    return {
        name: Picture(name, files[name], one.title, one.credit, one.licence, one.source)
        for name, one in credits.items()
    }

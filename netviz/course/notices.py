"""What netviz carries and is made with: weights, data and software, with their licences, for every course's credits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from netviz.course.fields import InEveryLanguage, WebAddress
from netviz.course.lessons import Words
from netviz.yaml_places import read_values

ALWAYS, BROWSER = "always", "browser"
FILE = Path(__file__).with_name("notices.yaml")


class Notice(BaseModel):
    """Something that a site is made of, with its licence and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: InEveryLanguage
    licence: Words
    source: WebAddress


def carried(weights_form: str, in_browsers: bool = False) -> Sequence[Notice]:
    """What a site with these weights is made of; nothing is known of weights from a file.

    ``in_browsers`` is whether the network goes along, to run in readers' browsers.
    """
    notices = _notices()
    return [*notices.get(weights_form, ()), *(notices[BROWSER] if in_browsers else ()), *notices[ALWAYS]]


@cache
def _notices() -> dict[str, tuple[Notice, ...]]:
    return TypeAdapter(dict[str, tuple[Notice, ...]]).validate_python(read_values(FILE))

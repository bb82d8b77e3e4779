"""Reading a course: everything that authors wrote, checked, before any work begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from netviz.experiments import Experiment, Vocabulary, read_experiments
from netviz.lessons import Lesson, read_lesson, read_lessons
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes
from netviz.networks.architecture import vgg16_layers
from netviz.pictures import Picture, own_picture, read_pictures
from netviz.yaml_places import read_yaml

HOME = "home"


class Notice(BaseModel):
    """Something that the site is made of, with its licence and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: dict[str, str]
    licence: str
    source: str = Field(pattern="^https://")


class SiteText(BaseModel):
    """``content/site.yaml``: the site's name and its motto, by language, and what it is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[str, str]
    tagline: dict[str, str]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Course:
    """A course as read from its folder. The first picture is the one shown by default."""

    site: SiteText
    home: Lesson
    lessons: tuple[Lesson, ...]
    experiments: Mapping[str, Experiment]
    pictures: Mapping[str, Picture]

    @property
    def default_picture(self) -> str:
        return next(iter(self.pictures))


def read_course(content: Path, weights_form: str, own: Path | None = None) -> Course:
    """Read and check a content folder; ``own`` is a reader's photo, which then comes first.

    Raises Mistakes with everything that is wrong, and UnreadablePicture for ``own``.
    """
    if not content.is_dir():
        raise Mistakes(
            [Mistake(content, "there is no such folder; a course lives in content/, or name it with --content")]
        )
    samples = read_pictures(content / "pictures")
    mine = own_picture(own, taken=samples) if own else None
    pictures = {mine.name: mine, **samples} if mine else samples
    home, lessons = read_lesson(content / "pages" / HOME), read_lessons(content / "lessons")
    vocabulary = Vocabulary(methods(), tuple(pictures), vgg16_layers(weights_form))
    experiments = read_experiments((home, *lessons), vocabulary)
    return Course(_read_site_text(content / "site.yaml"), home, lessons, experiments, pictures)


def _read_site_text(path: Path) -> SiteText:
    if not path.is_file():
        raise Mistakes([Mistake(path, "is missing; it holds the site's title and tagline")])
    values, places = read_yaml(path.read_text("utf-8"), path)
    try:
        return SiteText.model_validate(values)
    except ValidationError as error:
        raise Mistakes(places.mistakes(error, list(SiteText.model_fields))) from None

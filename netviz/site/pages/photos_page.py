"""The page Photos: all that readers may choose, what the network says to each, and the way into its edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from netviz.engine.plan import Task
from netviz.languages.known import in_language
from netviz.site.edition import Edition
from netviz.site.files.thumbnails import large_path
from netviz.site.site_map import Page


@dataclass(frozen=True, kw_only=True)
class OfferedPhoto:
    """A photo as that page shows it.

    ``says`` is the likeliest class by its name, ``probability`` its own, from 0 to 1; ``link`` leads to the first page
    of the course that is about the photo. Both are missing where no experiment looks at readers' choices.
    """

    title: str
    file: str
    credit: str
    says: str = ""
    probability: float = 0.0
    link: str = ""


def asked_of_photos(edition: Edition) -> Mapping[str, Task]:
    """Of each photo a task that looks at it as the network usually does: its result holds the likeliest classes."""
    found: dict[str, Task] = {}
    for task in edition.plan.values():
        if task.picture and task.experiment.framing == "crop":
            found.setdefault(task.picture.name, task)
    return {name: found[name] for name in edition.course.offered if name in found}


def offered_photos(edition: Edition, page: Page, asked: Mapping[str, Task]) -> Iterator[OfferedPhoto]:
    """The photos in the order in which readers are offered them; ``asked`` are the tasks of `asked_of_photos`."""
    entries = [edition.site.home, *edition.site.lessons, *edition.site.side_pages]
    first = next((entry for entry in entries if entry.varies), None)
    for name in edition.course.offered:
        picture = edition.course.pictures[name]
        photo = OfferedPhoto(
            title=in_language(picture.titles, edition.language),
            file=large_path(picture),
            credit=edition.course.credit_of(picture, edition.language)[0],
            link=replace(page, picture=name).to(first) if first else "",
        )
        if name in asked:
            likeliest = edition.results.record(asked[name]).top[0]
            photo = replace(photo, says=edition.class_name(likeliest.index), probability=likeliest.probability)
        yield photo

"""Addresses: that each is one page's, and can be named in a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netviz.course.folders import alike
from netviz.course.reading import HOME_FOLDER, Course
from netviz.limits import NAME_CHARACTERS
from netviz.mistakes import Mistake
from netviz.site.site_map import HOME, NOT_FOUND, PAGES

FOLDERS = (
    "assets",
    "figures",
    "files",
    "illustrations",
    "numbers",
    "pictures",
    "previews",
)  # of the site, for what pages show
SLUG = re.compile(r"\w[\w-]*")


def addresses_of_every_site(languages: Iterable[str]) -> dict[str, str]:
    """What no lesson of a course in some languages can be called, as `alike` makes it, and whose each address is."""
    owners = {alike(name): "a page of every site" for name in (HOME, NOT_FOUND, *PAGES, HOME_FOLDER)}
    owners |= {alike(name): "a folder of every site" for name in FOLDERS}
    return owners | {alike(tongue): "the folder of a language" for tongue in languages}


def address_mistakes(course: Course) -> Iterator[Mistake]:
    """Lessons and pages whose addresses are taken, or would be none, each at its folder."""
    owners = addresses_of_every_site(course.languages)
    for lesson in (*course.lessons, *course.side_pages):
        hint = f"its address would be {lesson.slug}.html"
        if not SLUG.fullmatch(lesson.slug):
            message = f"{lesson.slug!r} can't be an address: it is made of letters, digits and hyphens"
            yield Mistake(lesson.folder, message, hint="rename the folder")
        elif len(lesson.slug.encode()) > NAME_CHARACTERS:
            message = f"the name is too long for an address: at most {NAME_CHARACTERS} bytes, here are %d"
            yield Mistake(lesson.folder, message % len(lesson.slug.encode()), hint="rename the folder")
        elif owner := owners.get(alike(lesson.slug)):
            yield Mistake(
                lesson.folder, f"the name {lesson.slug!r} is that of {owner}", hint=f"{hint}; rename the folder"
            )
        owners.setdefault(alike(lesson.slug), f"{lesson.folder.parent.name}/{lesson.folder.name}")

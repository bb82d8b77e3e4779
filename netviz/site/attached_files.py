"""What lessons show and link to of the files beside their texts: on their pages, in the site, and in the credits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from netviz.cache.manifest import Kept
from netviz.cache.store import Store
from netviz.course.attachments import Attachment, FileCredit, attachment_named
from netviz.course.lessons import Lesson
from netviz.course.reading import Course
from netviz.mistakes import Mistakes
from netviz.site.files.attached import illustration, illustration_path, linked_file, linked_path
from netviz.site.site_map import Page, as_address
from netviz.site.text.markup import BESIDE, Body, Illustration, lesson_body

CREDITED_PHOTOS = 60  # of a gallery: a page of its wall


@dataclass(frozen=True, kw_only=True)
class IllustrationView:
    """A picture that no experiment made, as a page shows it; ``alone`` is whether it is a figure."""

    file: str
    width: int
    height: int
    alt: str
    caption: str
    alone: bool
    credit: FileCredit | None


@dataclass(frozen=True)
class AttachedFiles:
    """The files beside a lesson's texts that these show, and those that they link to."""

    shown: Sequence[Attachment] = ()
    linked: Sequence[Attachment] = ()


def attached_files(course: Course, lesson: Lesson) -> AttachedFiles:
    """Those of a lesson, each once, whatever language it is named in; none of a text that can't be read."""
    files = course.attachments.get(lesson.slug, {})
    if not files:
        return AttachedFiles()
    shown: dict[str, Attachment] = {}
    linked: dict[str, Attachment] = {}
    for text in lesson.written:
        with suppress(Mistakes):
            body = lesson_body(text)
            shown |= _found((one.address for one in body.illustrations), files)
            linked |= _found(body.links, files)
    return AttachedFiles([shown[name] for name in sorted(shown)], [linked[name] for name in sorted(linked)])


def _found(addresses: Sequence[str] | Iterator[str], files: Mapping[str, Attachment]) -> dict[str, Attachment]:
    found = (attachment_named(address.partition("#")[0], files) for address in addresses)
    return {one.name: one for one in found if one and not one.unfit}


def attached_paths(course: Course) -> set[str]:
    """Where all of them stand, from the site's root."""
    found = ((lesson.slug, attached_files(course, lesson)) for lesson in course.pages)
    return {
        path
        for slug, files in found
        for path in (
            *(illustration_path(slug, one) for one in files.shown),
            *(linked_path(slug, one) for one in files.linked),
        )
    }


def attached_contents(course: Course, store: Store) -> dict[str, Kept]:
    """All of them, by where they stand."""
    contents: dict[str, Kept] = {}
    for lesson in course.pages:
        files = attached_files(course, lesson)
        contents |= {illustration_path(lesson.slug, one): illustration(one, store)[0] for one in files.shown}
        contents |= {linked_path(lesson.slug, one): linked_file(one) for one in files.linked}
    return contents


def illustration_view(
    one: Illustration, slug: str, files: Mapping[str, Attachment], page: Page, store: Store
) -> IllustrationView:
    """A picture of a lesson on one of its pages."""
    file = attachment_named(one.address, files)
    assert file
    _, (width, height) = illustration(file, store)
    return IllustrationView(
        file=page.root + as_address(illustration_path(slug, file)),
        width=width,
        height=height,
        alt=one.alt,
        caption=one.caption,
        alone=one.alone,
        credit=file.credit,
    )


def with_links_to_files(body: Body, slug: str, files: Mapping[str, Attachment], page: Page) -> str:
    """The template of a lesson's text with links to files as its page needs them."""
    template = body.template
    for address in body.links:
        name, sign, fragment = address.partition("#")
        file = attachment_named(name, files)
        assert file
        link = page.root + as_address(linked_path(slug, file)) + sign + quote(fragment, safe="=&,.~")
        template = template.replace(f'href="{BESIDE}{escape(address)}"', f'href="{escape(link)}"')
    return template


def links_beside(markdown: str, course: Course, lesson: Lesson, page: Page) -> str:
    """A lesson's Markdown with the files beside it named as they stand from its page."""
    files = attached_files(course, lesson)
    links = {one.name: page.root + linked_path(lesson.slug, one) for one in files.linked}
    links |= {one.name: page.root + illustration_path(lesson.slug, one) for one in files.shown}
    for name, link in links.items():
        spellings = "|".join(map(re.escape, {name, quote(name)}))
        pattern = rf"\]\(<?(?:\./)?(?:{spellings})>?(?=[\s)#])"
        markdown = re.sub(pattern, f"]({as_address(link)}".replace("\\", r"\\"), markdown)
    return markdown


def credited(course: Course) -> Iterator[tuple[str, str, FileCredit]]:
    """The pictures of lessons that are somebody's: lesson, file, credit."""
    for lesson in course.pages:
        for file in attached_files(course, lesson).shown:
            if file.credit:
                yield lesson.slug, file.name, file.credit


def credited_photos(course: Course, language: str) -> Iterator[tuple[str, str, FileCredit]]:
    """The photos of small galleries that are somebody's: lesson, title, credit.

    With a photo of a large one it stands beside the photo alone: nobody would read ten thousand lines.
    """
    for lesson in course.pages:
        gallery = course.galleries.get(lesson.slug)
        for photo in gallery.photos if gallery and len(gallery.photos) <= CREDITED_PHOTOS else ():
            picture = photo.picture
            if picture.credit:
                credit = FileCredit(credit=picture.credit, licence=picture.licence, source=picture.source)
                yield lesson.slug, photo.title(language), credit

"""Weaving: a course and its results become a site, every page in every language and for every picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from netviz.cache.built import SUMMARY
from netviz.cache.manifest import Kept
from netviz.cache.store import Store, key_of
from netviz.course.reading import Course
from netviz.engine.draw import FIGURES
from netviz.engine.plan import Plan
from netviz.mistakes import Mistake, Mistakes
from netviz.progress import Reader
from netviz.site.attached_files import attached_contents, attached_paths
from netviz.site.edition import Edition, editions_of
from netviz.site.files.built_maps import built_files
from netviz.site.files.file_lists import Files, SiteFiles
from netviz.site.files.previews import preview_file, previews
from netviz.site.files.raw_numbers import numbers_files, numbers_path
from netviz.site.files.sample_scripts import sample_path, sample_script
from netviz.site.files.search import IndexEntry, entries_of, index_script, old_entries
from netviz.site.files.takeover import Made, Takeover
from netviz.site.files.thumbnails import LARGE, large_path, thumbnail, thumbnail_path
from netviz.site.pages.course_books import course_books
from netviz.site.pages.downloads import lesson_downloads
from netviz.site.pages.gallery_pages import gallery_files, gallery_paths
from netviz.site.pages.lesson_figures import figure_path
from netviz.site.pages.lesson_pages import NOT_WOVEN, lesson_pages
from netviz.site.pages.plain_pages import plain_pages
from netviz.site.pages.your_photo import class_script, spellings_script, your_photo_assets, your_photo_paths
from netviz.site.rendering import read_assets, render_sitemap
from netviz.site.results import Results
from netviz.site.site_map import NOT_FOUND, Page, book_path, search_index

Named = TypeVar("Named")
Woven = Sequence[tuple[Page, str | Kept]]
"""Pages with their HTML, or with the old site's file that holds it."""


def known_paths(results: Results) -> set[str]:
    """Where files will stand, as far as that is known before anything has run: all but for what figures are made of."""
    course = results.course
    paths = {SUMMARY, *read_assets(course.templates), *map(thumbnail_path, course.pictures.values())}
    paths |= {large_path(course.pictures[name]) for name in course.offered} | attached_paths(course)
    for edition in editions_of(results):
        lessons = {page.path for lesson in edition.course.pages for page in edition.pages_of(lesson)}
        plain = {page.path for page, _ in plain_pages(edition)}
        paths |= lessons | plain | dict(lesson_downloads(edition)).keys() | {search_index(edition.language)}
        paths |= {book_path(edition.language, kind, results.course.languages[0]) for kind in results.options.books}
        paths |= {*gallery_paths(edition)}
    paths |= {numbers_path(task, "json") for task in results.plan.values()}
    return paths | (your_photo_paths(course) | results.network.keys() if results.offers_network else set())


def site_files(results: Results, taken: Takeover, reader: Reader | None = None) -> SiteFiles:
    """Every file of the site by its path; those that would be as they are in the old site are taken from there.

    A ``reader`` is shown pages as soon as they are woven, if all that they load stands in the old site already.
    Raises Mistakes if an expression of a lesson fails with these results.
    """
    course, plan, store = results.course, results.plan, results.store
    editions = editions_of(results)
    loaded = {
        **read_assets(course.templates),
        **_picture_files(course, store),
        **attached_contents(course, store),
        **(_your_photo_files(editions, plan, store, taken) if editions[0].offers_your_photo else {}),
        **results.network,
        **_figure_files(plan, store),
    }
    pages = _pages(editions, taken, reader if reader and taken.stand(loaded) else Reader())
    galleries = gallery_files({one.language: one for one in editions})
    few = {
        **loaded,
        **galleries.few,
        **{page.path: content for page, content in pages},
        **_search_indexes(pages, course.languages, taken),
        **_downloads(editions, plan, store, taken),
        **(_found_on_the_web(editions[0], _plain(pages, taken)) if course.site.address else {}),
    }
    files = SiteFiles(few, galleries.many)
    return files | _books(editions, pages, files, taken)


def rehearse_pages(results: Results) -> None:
    """Weave a page in each language, for whatever that leaves in memory."""
    for edition in editions_of(results):
        _, made = next(lesson_pages(edition, []))
        made.make()


def _pages(editions: Iterable[Edition], taken: Takeover, reader: Reader) -> Woven:
    """Every page there is, those that the reader has open made first. Raises Mistakes, all at once."""
    mistakes: list[Mistake] = []
    pages = [
        (page, made)
        for edition in editions
        for page, made in [*lesson_pages(edition, mistakes), *_as_they_are(plain_pages(edition), edition.course)]
    ]
    contents: dict[str, str | Kept] = {}
    for page, made in sorted(pages, key=lambda one: one[0].path not in reader.pages):
        contents[page.path] = content = taken.content(page.path, made)
        if isinstance(content, str) and not mistakes:
            reader.show(page.path, content)
    if mistakes:
        raise Mistakes(set(mistakes))
    return [(page, contents[page.path]) for page, _ in pages]


def _as_they_are(files: Iterable[tuple[Named, Made]], course: Course) -> Iterator[tuple[Named, Made]]:
    """What is of the whole course, and stays as it is while some lessons alone are woven."""
    return ((name, replace(made, lasting=bool(course.only))) for name, made in files)


def _plain(pages: Woven, taken: Takeover) -> Woven:
    """Those to be found: for the picture that is shown by default, and not the one for what is not found."""
    plain = [one for one in pages if one[0].picture == one[0].default_picture and one[0].slug != NOT_FOUND]
    return [one for one in plain if taken.keys[one[0].path] != NOT_WOVEN]


def _picture_files(course: Course, store: Store) -> Files:
    offered = [course.pictures[name] for name in course.offered]
    return {
        **{thumbnail_path(picture): thumbnail(picture, store) for picture in course.pictures.values()},
        **{large_path(picture): thumbnail(picture, store, LARGE) for picture in offered},
    }


def _your_photo_files(editions: Sequence[Edition], plan: Plan, store: Store, taken: Takeover) -> Files:
    """What the scripts of that page are, and what they load."""
    course = editions[0].course
    samples = [one for one in course.pictures.values() if one.name in course.offered]
    return {
        **your_photo_assets(course.templates),
        **{f"assets/{class_script(one.language)}": spellings_script(one.language) for one in editions},
        **{sample_path(one): sample_script(one, store) for one in samples},
        **{path: taken.content(path, made) for path, made in _as_they_are(built_files(plan, store, samples), course)},
    }


def _figure_files(plan: Plan, store: Store) -> Files:
    return {
        figure_path(task, name): file
        for task in plan.values()
        for name, file in store.files(FIGURES, task.figure_key).items()
        if name.endswith(".webp")  # charts stand inside their pages
    }


def _search_indexes(pages: Woven, languages: Iterable[str], taken: Takeover) -> Files:
    """One for each language."""
    files = {}
    for language in languages:
        own = [one for one in _plain(pages, taken) if one[0].language == language]
        path = search_index(language)
        files[path] = taken.content(path, _search_index(own, taken, taken.standing(path)))
    return files


def _search_index(pages: Woven, taken: Takeover, index: Kept | None) -> Made:
    """``index`` is the old one, which still holds for pages that are taken over."""

    def make() -> str:
        known = old_entries(index.read().decode()) if index else {}
        return index_script(entry for page, content in pages for entry in entries(page, content, known))

    def entries(page: Page, content: str | Kept, known: Mapping[str, list[IndexEntry]]) -> list[IndexEntry]:
        if isinstance(content, Kept) and page.path in known:
            return known[page.path]
        html = content.read().decode() if isinstance(content, Kept) else content
        return entries_of(page.path, page.title, html)

    return Made(key_of([[page.path, taken.keys[page.path]] for page, _ in pages]), make)


def _downloads(editions: Iterable[Edition], plan: Plan, store: Store, taken: Takeover) -> Files:
    """What readers may take along: lessons as notebooks and scripts, figures as numbers."""
    lessons = [one for edition in editions for one in lesson_downloads(edition)]
    return {path: taken.content(path, made) for path, made in [*lessons, *numbers_files(plan, store, taken)]}


def _books(editions: Sequence[Edition], pages: Woven, files: Files, taken: Takeover) -> Files:
    """The whole course as one file of each kind that was asked for, a language; not of some lessons alone."""
    if any(edition.options.only for edition in editions):
        return {}
    books = [one for edition in editions for one in course_books(edition, pages, files, taken.keys)]
    return {one.path: taken.taken_over(one.path, one.key) or one.make() for one in books}


def _found_on_the_web(edition: Edition, pages: Woven) -> Files:
    """What search engines and link previews ask for; only a site whose address is known can tell them.

    Of a draft nothing is to be found.
    """
    if edition.options.draft:
        return {}
    found = previews(edition.course, edition.plan, edition.store)
    return {
        "sitemap.xml": render_sitemap(edition.templates, edition.site, [page for page, _ in pages]),
        "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {edition.site.address}/sitemap.xml\n",
        **{path: preview_file(task, edition.store) for path, task in found.items()},
    }

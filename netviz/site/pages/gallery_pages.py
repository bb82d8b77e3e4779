"""The pages of galleries: the wall of all photos, those of each class, and a table of the classes.

There may be thousands, so each is put into the store as soon as it is woven, all those of a gallery in one language as
one entry; a build that has nothing new to show of it takes them from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netviz.cache.manifest import Kept
from netviz.cache.store import Store, key_of
from netviz.course.experiments import Experiment
from netviz.engine.plan import Tasks
from netviz.engine.small_figures import MAP, has_map, small_entry
from netviz.site.edition import Edition
from netviz.site.files.file_lists import FilesOfPhotos, SiteFiles
from netviz.site.files.gallery_numbers import KINDS, gallery_numbers, gallery_numbers_path
from netviz.site.files.gallery_photos import photo_files
from netviz.site.gallery_layout import Group
from netviz.site.method_words import method_title
from netviz.site.pages.gallery_shown import Shown, map_path
from netviz.site.pages.gallery_statistics import averaged_numbers, class_averages, numbers_of
from netviz.site.rendering import render_page
from netviz.site.site_map import Page, page_slug

GALLERY_PAGES = "gallery-pages"
CLASSES = "classes"  # the page with the table of them
IN_PART = 500  # photos whose facts readers' browsers load at once
MOST = 24  # classes of a table of confusions


def gallery_folder(experiment: str) -> str:
    """Where the pages of a gallery stand, from the root of a language's pages."""
    return f"galleries/{experiment}/"


def gallery_files(editions: Mapping[str, Edition]) -> SiteFiles:
    """Everything that the galleries of a course add to its site: pages in each language, photos, maps and numbers."""
    edition = next(iter(editions.values()))
    results, store = edition.results, edition.store
    few: dict[str, Kept] = {}
    for name in results.gallery_plan:
        numbers = gallery_numbers(results.gallery_columns(name), results.gallery_key(name), edition.language, store)
        few |= {gallery_numbers_path(name, kind): numbers[kind] for kind in KINDS}
        for one in editions.values():
            few |= _entry(one, one.course.experiments[name])
    photos = photo_files(edition.course, store) if results.gallery_plan else []
    return SiteFiles(few, [*photos, *(_maps(name, tasks, store) for name, tasks in results.gallery_plan.items())])


def _maps(experiment: str, tasks: Tasks, store: Store) -> FilesOfPhotos:
    """The pictures of an experiment's small figures."""
    return FilesOfPhotos(
        (number for number, task in enumerate(tasks) if has_map(task, store)),
        path=lambda number: map_path(experiment, tasks[number].picture_name),
        file=lambda number: store.files(*small_entry(tasks[number]))[MAP],
    )


def gallery_paths(edition: Edition) -> Iterator[str]:
    """Where files will stand, as far as that is known before anything has run."""
    for name in edition.results.gallery_plan:
        yield from (gallery_numbers_path(name, kind) for kind in KINDS)
        yield _page(edition, edition.course.experiments[name], "1", "").path


def _entry(edition: Edition, experiment: Experiment) -> Iterator[tuple[str, Kept]]:
    """The pages of an experiment's gallery in one language, by where they stand, and what their script loads."""
    store, key = edition.store, key_of([edition.shared_key, edition.language, edition.gallery_key(experiment)])
    if not store.has(GALLERY_PAGES, key):
        with store.writing(GALLERY_PAGES, key) as folder:
            for name, content in _contents(edition, experiment):
                (folder / name).write_text(content, "utf-8")
    place = _page(edition, experiment, "1", "").path.removesuffix("1.html")
    for name, file in store.files(GALLERY_PAGES, key).items():
        yield place + name, file


def _contents(edition: Edition, experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Every file of an entry, one after the other."""
    shown = Shown(edition, experiment.id, _page(edition, experiment, "1", "").root, "")
    yield from _wall_pages(edition, experiment, shown)
    yield from _class_pages(edition, experiment, shown)
    yield f"{CLASSES}.html", _classes_page(edition, experiment, shown)
    yield from _parts(shown)


def _page(edition: Edition, experiment: Experiment, name: str, title: str) -> Page:
    lesson = next(one for one in edition.course.pages if one.slug == experiment.lesson)
    front, picture = lesson.texts[edition.language].front, edition.course.default_picture
    return Page(
        language=edition.language,
        slug=gallery_folder(experiment.id) + name,
        title=f"{title} · {front.title}" if title else front.title,
        summary=front.summary,
        picture=picture,
        default_picture=picture,
        first=edition.course.languages[0],
    )


def _rendered(edition: Edition, experiment: Experiment, template: str, name: str, title: str, **values: Any) -> str:
    page = _page(edition, experiment, name, title)
    lesson = next(
        one
        for one in (edition.site.home, *edition.site.lessons, *edition.site.side_pages)
        if one.slug == page_slug(experiment.lesson)
    )
    method = method_title(experiment.method, edition.language)
    common = {"experiment": experiment.id, "title": title, "lesson": lesson, "method": method}
    return render_page(edition.templates, template, edition.site, page, **common, **values)


def _wall_pages(edition: Edition, experiment: Experiment, shown: Shown) -> Iterator[tuple[str, str]]:
    pages, count = shown.layout.wall, len(shown.columns)
    for number, photos in enumerate(pages, start=1):
        title = edition.words.photos_from_to(first=photos[0] + 1, last=photos[-1] + 1, count=count)
        wall = {
            "photos": [shown.photo(one) for one in photos],
            "number": number,
            "page_count": len(pages),
            "count": count,
            "labelled": shown.layout.labelled,
            "numbers": [*numbers_of(shown.columns)],
            "parts": -(-count // IN_PART),
            "refused": [one.message for one in shown.gallery.refused] if number == 1 else [],
        }
        yield f"{number}.html", _rendered(edition, experiment, "gallery-wall", str(number), title, **wall)


def _class_pages(edition: Edition, experiment: Experiment, shown: Shown) -> Iterator[tuple[str, str]]:
    for group, pages in shown.layout.groups.items():
        count = sum(map(len, pages))
        for place, photos in enumerate(pages, start=1):
            name, title = shown.layout.group_page(group, place), shown.group_name(group)
            sections = [
                (None if said is None else edition.class_name(said), [shown.detailed(one) for one in numbers])
                for said, numbers in shown.layout.sections(group, photos)
            ]
            values = {
                "sections": sections,
                "scaled": any(photo.map_scaled for _, shown_here in sections for photo in shown_here),
                "place": place,
                "names": [shown.layout.group_page(group, one) for one in range(1, len(pages) + 1)],
                "count": count,
                "labelled": shown.layout.labelled and group is not None,
            }
            yield f"{name}.html", _rendered(edition, experiment, "gallery-class", name, title, **values)


def _classes_page(edition: Edition, experiment: Experiment, shown: Shown) -> str:
    rows = [(shown.group_name(one.group), _link(shown, one.group), one) for one in class_averages(shown.layout)]
    values = {
        "rows": rows,
        "labelled": shown.layout.labelled,
        "numbers": [*averaged_numbers(shown.columns)],
        "confusion": shown.confusion(MOST),
    }
    title = edition.words.photos_by_class
    return _rendered(edition, experiment, "gallery-classes", CLASSES, title, **values)


def _link(shown: Shown, group: Group) -> str:
    return f"{shown.layout.group_page(group)}.html"


def _parts(shown: Shown) -> Iterator[tuple[str, str]]:
    """What the wall's script sorts and filters by, in scripts that a page loads from a folder, too."""
    columns, layout, edition = shown.columns, shown.layout, shown.edition
    numbers = [*numbers_of(columns).values()]
    for part, start in enumerate(range(0, len(columns), IN_PART), start=1):
        rows: list[list[Any]] = []
        named: set[int] = set()
        for number in range(start, min(start + IN_PART, len(columns))):
            photo, said = columns.photos[number], int(columns.first[number])
            label = -1 if photo.label is None else photo.label
            named |= {said, *([] if photo.label is None else [photo.label])}
            values = [_short(column[number]) for column in numbers]
            facts = [photo.picture.name, photo.title(edition.language), layout.page_of[number], label, said]
            rows.append(facts + values)
        classes = {index: edition.class_name(index) for index in sorted(named)}
        told = json.dumps({"classes": classes, "rows": rows}, ensure_ascii=False, separators=(",", ":"))
        yield f"part-{part}.js", f"netvizGallery({told});\n"


def _short(value: float) -> float | None:
    """A number with the digits that anybody sorts by; None where it is not finite."""
    return float(f"{value:.5g}") if value == value and abs(value) != float("inf") else None

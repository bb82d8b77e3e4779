"""The pages beside the lessons: photos, methods, glossary, bibliography, credits, and the one for what is not found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from netviz.cache.store import key_of
from netviz.course.attachments import FileCredit
from netviz.course.bibliography import addresses_linked, cited_works
from netviz.course.notices import carried
from netviz.engine.browser_network import network_megabytes
from netviz.languages.known import in_language
from netviz.methods import methods
from netviz.pictures import LITTLE
from netviz.site.attached_files import credited, credited_photos
from netviz.site.edition import Edition
from netviz.site.files.takeover import Made
from netviz.site.pages.method_views import method_view
from netviz.site.pages.photos_page import asked_of_photos, offered_photos
from netviz.site.pages.reference import bibliography_view, glossary_view, terms_linked
from netviz.site.pages.your_photo import your_photo_view
from netviz.site.rendering import render_page
from netviz.site.site_map import NOT_FOUND, PAGES, PHOTOS, YOUR_PHOTO, Page, links_from


def plain_pages(edition: Edition) -> Iterator[tuple[Page, Made]]:
    """All of them, to be made."""
    own = [YOUR_PHOTO] if edition.offers_your_photo else []
    for slug, word in [*((slug, slug.replace("-", "_")) for slug in (*PAGES, *own)), (NOT_FOUND, "not_found")]:
        page = _page(edition, slug, word)
        linking = _linking(edition, page)
        links = {lesson: sorted(linked) for lesson, linked in linking.items()}
        answers = [task.key for task in asked_of_photos(edition).values()] if slug == PHOTOS else []
        whose = _credited(edition) if slug == "credits" else []
        told = [(lesson, name, one.model_dump()) for lesson, name, one in whose]
        yield (
            page,
            Made(key_of([edition.shared_key, slug, links, answers, told]), partial(_woven, edition, page, linking)),
        )


def _page(edition: Edition, slug: str, word: str) -> Page:
    title, summary = getattr(edition.words, word), getattr(edition.words, f"{word}_summary")
    address, picture = edition.site.address, edition.course.default_picture
    base = f"{address}/" if slug == NOT_FOUND and address else ""
    first = edition.course.languages[0]
    return Page(
        language=edition.language,
        slug=slug,
        title=title,
        summary=summary,
        picture=picture,
        default_picture=picture,
        base=base,
        first=first,
    )


def _linking(edition: Edition, page: Page) -> dict[str, frozenset[str]]:
    """What lessons link to, by their slugs: all that such a page knows of them."""
    read = {"glossary": terms_linked, "bibliography": addresses_linked}.get(page.slug)
    return {one.slug: read(one.texts[edition.language].source) for one in edition.course.lessons} if read else {}


def _woven(edition: Edition, page: Page, linking: Mapping[str, frozenset[str]]) -> str:
    return render_page(edition.templates, page.slug, edition.site, page, **_contents(edition, page, linking))


def _contents(edition: Edition, page: Page, linking: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    course, language = edition.course, edition.language
    match page.slug:
        case "photos":
            return {"photos": [*offered_photos(edition, page, asked_of_photos(edition))]}
        case "methods":
            return {"methods": [method_view(method, language) for method in methods().values()]}
        case "glossary":
            link = links_from(page, edition.site)
            return {"chapters": glossary_view(course.glossary, language, edition.sandbox, link, linking)}
        case "bibliography":
            cited = cited_works(course.bibliography.works, methods().values(), linking)
            return {"works": bibliography_view(cited, methods(), language)}
        case "credits":
            notices = [*carried(edition.weights.form, edition.offers_your_photo), *course.site.notices]
            titles = {one.slug: one.texts[language].front.title for one in course.pages}
            return {
                "illustrations": [(titles[slug], name, one) for slug, name, one in _credited(edition)],
                "notices": [(in_language(one.name, language), one.licence, one.source) for one in notices],
                "seen": {one.name: one for one in course.pictures.values() if one.seen < LITTLE},
            }
        case "your-photo":
            layers, treated = edition.layers.values(), treated_in(edition, page)
            megabytes = network_megabytes(edition.results.network)
            return {"it": your_photo_view(language, course.templates, layers, treated, megabytes)}
    return {}


def _credited(edition: Edition) -> list[tuple[str, str, FileCredit]]:
    """The pictures and the galleries' photos that are somebody's: lesson, name, credit."""
    return [*credited(edition.course), *credited_photos(edition.course, edition.language)]


def treated_in(edition: Edition, page: Page) -> dict[str, dict[str, str]]:
    """The lesson with most experiments of a method, the first of several, by the method's name: title and link."""
    lessons = zip(edition.course.lessons, edition.site.lessons, strict=True)
    told = {lesson.slug: {"title": entry.title, "link": page.to(entry)} for lesson, entry in lessons}
    uses = Counter((one.method.name, one.lesson) for one in edition.course.experiments.values())
    return {method: told[max(told, key=lambda slug: uses[method, slug])] for method, lesson in uses if lesson in told}

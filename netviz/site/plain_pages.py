"""The pages beside the lessons: methods, glossary, bibliography, credits, and the one for what is not found."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from netviz.bibliography import cited_works
from netviz.methods import methods
from netviz.site.edition import Edition
from netviz.site.made import Made
from netviz.site.method_views import method_view
from netviz.site.pages import NOT_FOUND, PAGES, Page, relink
from netviz.site.reference import bibliography_view, glossary_view
from netviz.site.weave import weave_page
from netviz.store import key_of


def plain_pages(edition: Edition) -> Iterator[tuple[Page, Made]]:
    """All of them, to be made."""
    sources = [text.source for lesson in edition.course.lessons for text in lesson.texts.values()]
    for slug, word in [*((slug, slug) for slug in PAGES), (NOT_FOUND, "not_found")]:
        page = _page(edition, slug, word)
        read = sources if slug in ("glossary", "bibliography") else []
        yield page, Made(key_of([edition.shared_key, slug, read]), partial(_woven, edition, page))


def _page(edition: Edition, slug: str, word: str) -> Page:
    title, summary = getattr(edition.words, word), getattr(edition.words, f"{word}_summary")
    address, picture = edition.site.address, edition.course.default_picture
    base = f"{address}/" if slug == NOT_FOUND and address else ""
    return Page(edition.language, slug, title, summary, picture, picture, base=base)


def _woven(edition: Edition, page: Page) -> str:
    return weave_page(edition.env, page.slug, edition.site, page, **_contents(edition, page))


def _contents(edition: Edition, page: Page) -> dict[str, Any]:
    course, language = edition.course, edition.language
    sources = {lesson.slug: lesson.texts[language].source for lesson in course.lessons}
    match page.slug:
        case "methods":
            return {"methods": [method_view(method, language) for method in methods().values()]}
        case "glossary":
            held = partial(relink, site=edition.site, page=page)
            return {"chapters": glossary_view(course.glossary, language, edition.env, held, sources)}
        case "bibliography":
            cited = cited_works(course.bibliography, methods().values(), sources)
            return {"works": bibliography_view(cited, methods(), language)}
        case "credits":
            return {"notices": [(one.name[language], one.licence, one.source) for one in course.site.notices]}
    return {}

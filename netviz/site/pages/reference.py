"""The reference pages: a course's terms and the works it cites, with the way back to where they are treated."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from netviz.course.bibliography import CitedWork, Work
from netviz.course.glossary import Glossary, Term
from netviz.languages.known import in_language
from netviz.methods import Method
from netviz.mistakes import Mistake, Mistakes
from netviz.sandbox import ExpressionError, Sandbox, hint_of
from netviz.site.method_words import method_title
from netviz.site.text.expressions import place_of_error, render, unknown_names
from netviz.site.text.markup import Unreadable, dead_links, inline_template, place_of_words


@dataclass(frozen=True, kw_only=True)
class TermView:
    """A term as the glossary shows it: ``others`` are its names by the other languages, ``lessons`` are slugs."""

    key: str
    name: str
    others: Mapping[str, str]
    means: Markup
    lessons: tuple[str, ...]


@dataclass(frozen=True)
class ChapterView:
    """A chapter of the glossary."""

    key: str
    title: str
    terms: tuple[TermView, ...]


@dataclass(frozen=True)
class WorkView:
    """A work as the bibliography shows it: ``methods`` are titles by name, ``lessons`` are slugs."""

    work: Work
    methods: Mapping[str, str]
    lessons: tuple[str, ...]


def glossary_mistakes(
    glossary: Glossary, language: str, sandbox: Sandbox, pages: Mapping[str, Collection[str] | None]
) -> Iterator[Mistake]:
    """Meanings that can't be woven or link to what there is not, each at its place; ``pages`` as for `dead_links`."""
    for key, term in glossary.terms():
        if language not in term.means:
            continue
        passage = glossary.places.passage((*key, "means", language), term.means[language])
        errors_in, told = partial(unknown_names, sandbox=sandbox, names=()), glossary.places.mistake_at
        try:
            template = inline_template(passage.source)
            for unknown in errors_in(template):
                yield told(*place_of_error(passage, unknown, errors_in), f"{unknown}: a meaning speaks of no results")
            for dead in dead_links(template, "glossary", pages):
                yield told(*place_of_words(passage, dead.source), dead.reason, dead.hint)
        except ExpressionError as error:
            yield told(*place_of_error(passage, error, errors_in), f"the meaning: {error}", error.hint)
        except Unreadable as error:
            yield told(*passage.place_in(error.line, error.column), f"the meaning can't be read: {error}")


def terms_linked(source: str) -> frozenset[str]:
    """The terms of the glossary that a lesson links to, by their keys: so it treats them."""
    return frozenset(re.findall(r"\(glossary\.html#([\w-]+)\)", source))


def glossary_view(
    glossary: Glossary,
    language: str,
    sandbox: Sandbox,
    link: Callable[[str], str],
    linking: Mapping[str, Collection[str]],
) -> tuple[ChapterView, ...]:
    """The glossary in a language.

    ``link`` gives the link to a page by its slug. ``linking`` are the `terms_linked` by lessons, by their slugs: these
    treat a term, beside those that it names. Raises Mistakes for a meaning that fails.
    """
    keys = {term.key: key for key, term in glossary.terms()}

    def means(term: Term) -> Markup:
        try:
            return render(sandbox, inline_template(in_language(term.means, language)), {}, link)
        except ValueError as error:
            place = (*keys[term.key], "means", language)
            raise Mistakes([glossary.places.mistake(place, f"the meaning fails: {error}", hint_of(error))]) from None

    def view(term: Term) -> TermView:
        return TermView(
            key=term.key,
            name=in_language(term.name, language),
            others={other: name for other, name in term.name.items() if other != language},
            means=means(term),
            lessons=tuple(slug for slug, linked in linking.items() if slug in term.lessons or term.key in linked),
        )

    return tuple(
        ChapterView(chapter.key, in_language(chapter.title, language), tuple(map(view, chapter.terms)))
        for chapter in glossary.chapters
    )


def bibliography_view(cited: list[CitedWork], methods: Mapping[str, Method], language: str) -> tuple[WorkView, ...]:
    """The bibliography in a language."""
    return tuple(
        WorkView(one.work, {name: method_title(methods[name], language) for name in one.methods}, one.lessons)
        for one in cited
    )

"""Proofreading: what can be known to be wrong with the lessons' texts before anything runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from netviz.cache.store import key_of
from netviz.course.aggregate_claims import OWN
from netviz.course.bibliography import addresses_linked, cited_works
from netviz.course.experiments import Experiment
from netviz.course.glossary import Glossary
from netviz.course.lessons import FENCES, Lesson, LessonText
from netviz.course.reading import HOME_FOLDER, Course
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.remembered import remembered
from netviz.sandbox import ExpressionError, Sandbox
from netviz.site.attached_files import attached_files
from netviz.site.expression_values import KINDS, NAMES, TEXT_NAMES
from netviz.site.files.attached import illustration_mistakes
from netviz.site.files.page_templates import templates_key
from netviz.site.files.takeover import Takeover, code_key
from netviz.site.overrides import override_mistakes, override_warnings
from netviz.site.pages.reference import glossary_mistakes, terms_linked
from netviz.site.quiz import question_mistakes
from netviz.site.rendering import environment, ids_of
from netviz.site.reviewing.addresses import address_mistakes
from netviz.site.site_map import page_slug
from netviz.site.text.asked_numbers import asked_mistakes
from netviz.site.text.expressions import expression_mistakes, measurement_mistakes, place_of_error, unknown_names
from netviz.site.text.filters import sandbox
from netviz.site.text.leftovers import formula_warnings, unused_definitions
from netviz.site.text.markup import (
    Body,
    Unreadable,
    file_mistakes,
    inline_template,
    lesson_body,
    link_mistakes,
    phrase_mistakes,
)
from netviz.site.text.nesting import id_mistakes
from netviz.yaml_places import Passage

Sections = Mapping[str, set[str] | None]
"""Every page's sections, figures and entries that links may name, by its slug; None where it can't be woven."""


def text_mistakes(course: Course, taken: Takeover, asked: Collection[Lesson] | None = None) -> list[Mistake]:
    """All that can be known to be wrong with the lessons' texts, and the course's own templates, before anything runs.

    ``asked`` are the lessons to look at, with those that link to parts that some text has no more; all, if it is None.
    """
    templates = environment(course.templates, course.languages[0], course.languages)
    mistakes = [*address_mistakes(course), *_keys_taken(course), *override_mistakes(templates, course.templates)]
    around = _around(course)
    for language in course.languages:
        written = [one for one in course.pages if one.texts[language].language == language]
        before = {one.slug: taken.known(_parts_name(one, language))[1] for one in written}
        parts = {one.slug: _parts(course, one, language, taken) for one in course.pages}
        parted = [slug for slug, known in before.items() if known != parts[slug]]
        sections = _sections(course, parts)
        for lesson in written:
            if asked is None or lesson in asked or _links_to(lesson.texts[language], parted):
                with gathered(mistakes):
                    _is_right(course, lesson, language, sections, around)
        with gathered(mistakes):
            _glossary_is_right(course.glossary, language, sections)
    return mistakes


def _around(course: Course) -> str:
    """A key of what all texts are held against, beside what they show and link to; no photo is among it."""
    own = templates_key(course.templates[:-1])
    return key_of([course.languages, _states(course), sorted(course.broken), sorted(course.measurements), own])


def _held_against(course: Course, lesson: Lesson, language: str, sections: Sections, around: str) -> str:
    """A key of all that decides whether a text is right."""
    fences = [
        [span.source for span in text.spans if span.kind in FENCES]
        for text in lesson.written
        if text.language != language
    ]
    files = [(name, one.digest, one.unfit) for name, one in course.attachments[lesson.slug].items()]
    shown, source = [*map(_asked_of, course.shown_in(lesson))], lesson.texts[language].source
    linked = _linked([source], sections, page_slug(lesson.slug))
    return key_of([lesson.slug, language, source, fences, files, shown, linked, around])


def _asked_of(experiment: Experiment) -> list[Any]:
    """What texts may ask of an experiment's results."""
    numbers = experiment.method.numbers_with(experiment.checked_settings)
    known = [numbers if numbers is None else sorted(numbers), sorted(experiment.settings)]
    return [experiment.id, experiment.lesson, experiment.over, *known]


def _linked(sources: Collection[str], sections: Sections, own: str) -> list[tuple[str, list[str] | None]]:
    """The parts of the page itself, and of all that are named in texts, as far as there are such pages."""
    named = [slug for slug in sections if slug == own or any(f"{slug}.html" in source for source in sources)]
    return [(slug, None if (known := sections[slug]) is None else sorted(known)) for slug in named]


@remembered(bool, bool, of=_held_against)
def _is_right(course: Course, lesson: Lesson, language: str, sections: Sections, around: str) -> bool:
    """That nothing is wrong with a text, so long as all that it is held against is the same. Raises Mistakes."""
    mistakes: list[Mistake] = []
    body = _read(course, lesson, language, mistakes)
    mistakes += _link_mistakes(course, lesson, language, body, sections)
    if mistakes:
        raise Mistakes(mistakes)
    return True


def _meanings(glossary: Glossary, language: str, sections: Sections) -> str:
    """A key of all that decides whether what a glossary says is right."""
    meanings = {term.key: term.means[language] for _, term in glossary.terms() if language in term.means}
    return key_of([language, meanings, _linked([*meanings.values()], sections, "glossary")])


@remembered(bool, bool, of=_meanings)
def _glossary_is_right(glossary: Glossary, language: str, sections: Sections) -> bool:
    """Likewise with a glossary. Raises Mistakes."""
    if mistakes := [*glossary_mistakes(glossary, language, sandbox(language), sections)]:
        raise Mistakes(mistakes)
    return True


def _parts(course: Course, lesson: Lesson, language: str, taken: Takeover) -> list[str] | None:
    """The ids of sections, figures and questions that links to a lesson's page may name; None if it can't be read."""
    text = lesson.texts[language]
    figures = [one.id for one in course.experiments.values() if one.lesson == lesson.slug]
    figures += [one.id for one in course.questions_of(lesson)]

    def find() -> list[str] | None:
        with suppress(Mistakes):
            return sorted({*re.findall(r' id="([^"]+)"', lesson_body(text).template), *figures})
        return None

    key = key_of([code_key(), text.source, figures])
    found: list[str] | None = taken.finding(_parts_name(lesson, language), key, find)
    return found


def _parts_name(lesson: Lesson, language: str) -> str:
    return f"parts of {lesson.slug} in {language}"


def _read(course: Course, lesson: Lesson, language: str, mistakes: list[Mistake]) -> Body | None:
    """A lesson's text, unless it can't be read; all that is wrong with it, but for links, is added to ``mistakes``."""
    text, own, states, body = lesson.texts[language], sandbox(language), _states(course), None
    mistakes += expression_mistakes(text, own, TEXT_NAMES, states)
    mistakes += measurement_mistakes(text, course.measurements)
    mistakes += file_mistakes(text, course.attachments[lesson.slug])
    with gathered(mistakes):
        body = lesson_body(text)
        mistakes += id_mistakes(text, body.template, _ids_around(course, lesson))
        mistakes += phrase_mistakes(text, body.template, states)
        for file in attached_files(course, lesson).shown:
            mistakes += illustration_mistakes(file)
    for question in course.questions_of(lesson):
        mistakes += question_mistakes(question, lesson.texts, language, own, NAMES, states)
    mistakes += asked_mistakes(course, lesson, language, KINDS)
    mistakes += _caption_mistakes(course, lesson, own, language)
    return body


def _link_mistakes(
    course: Course, lesson: Lesson, language: str, body: Body | None, sections: Sections
) -> Iterator[Mistake]:
    """Links of a lesson's text, captions and questions to what there is not, and states that figures don't have."""
    text, page = lesson.texts[language], page_slug(lesson.slug)
    if body:
        yield from link_mistakes(text, body.template, page, sections)
    for template, passage in _templates_in_fences(course, lesson, language):
        yield from phrase_mistakes(text, template, _states(course), passage)
        yield from link_mistakes(text, template, page, sections, passage)


def _states(course: Course) -> dict[str, tuple[str, ...] | None]:
    """The names of the values at which each experiment can be shown, by its id; None where these are not known."""
    broken = [name for name in course.broken if name]  # one without an id is none that could be named
    return dict.fromkeys(broken) | {name: one.states for name, one in course.experiments.items()}


def text_warnings(course: Course) -> Iterator[Mistake]:
    """What authors define and nobody uses: readers would not see it, or find no way to it."""
    sources = [text.source for lesson in course.pages for text in lesson.written]
    meanings = [meaning for _, term in course.glossary.terms() for meaning in term.means.values()]
    yield from override_warnings(course.templates)
    for lesson in course.pages:
        for text in lesson.written:
            yield from unused_definitions(text)
            yield from formula_warnings(text, _passages(course, lesson, text.language))
    yield from course.glossary.unlinked(frozenset().union(*map(terms_linked, [*sources, *meanings])))
    linked = frozenset().union(*map(addresses_linked, [*sources, *meanings]))
    yield from course.bibliography.uncited(methods().values(), linked)


def _ids_around(course: Course, lesson: Lesson) -> frozenset[str]:
    """The ids on a lesson's page that are no lesson's."""
    return ids_of(course.templates, "base", "course", "opening", "home" if lesson.slug == HOME_FOLDER else "lesson")


def _keys_taken(course: Course) -> Iterator[Mistake]:
    """Keys of the glossary and the bibliography that would be ids which every page has already."""
    glossary, bibliography = course.glossary, course.bibliography
    chapters = [((number, "key"), chapter.key) for number, chapter in enumerate(glossary.chapters)]
    terms = [((*key, "key"), term.key) for key, term in glossary.terms()]
    works = [((number, "key"), work.key) for number, work in enumerate(bibliography.works)]
    for places, page, keys in (
        (glossary.places, "glossary", [*chapters, *terms]),
        (bibliography.places, "bibliography", works),
    ):
        for key, name in keys:
            if name in ids_of(course.templates, "base", page):
                yield places.mistake(key, f"every page has a part with the id {name!r}", "take another key")


def _links_to(text: LessonText, slugs: Collection[str]) -> bool:
    """Whether a text links into the page of one of these lessons."""
    return any(f"{page_slug(one)}.html#" in text.source for one in slugs)


def _sections(course: Course, parts: Mapping[str, Collection[str] | None]) -> Sections:
    """All that links may name.

    Links to fences that can't be read are right once these are: it isn't known on which page.
    """
    sections: dict[str, set[str] | None] = {
        "photos": set(),
        "methods": set(methods()),
        "credits": {"photos", "weights", "software"},
    }
    chapters = course.glossary.chapters
    sections["glossary"] = {chapter.key for chapter in chapters} | {term.key for one in chapters for term in one.terms}
    sections["bibliography"] = {one.work.key for one in cited_works(course.bibliography.works, methods().values(), {})}
    for slug, known in parts.items():
        sections[page_slug(slug)] = None if known is None else {*known, *course.broken}
    return sections


def _passages(course: Course, lesson: Lesson, language: str) -> list[Passage]:
    """The captions and the words of the questions of a lesson, as its text in a language has them."""
    captions = (one.wording.get(language) for one in course.experiments.values() if one.lesson == lesson.slug)
    found = [words.caption for words in captions if words]
    return found + [passage for one in course.questions_of(lesson) for passage in one.passages(language)]


def _templates_in_fences(course: Course, lesson: Lesson, language: str) -> Iterator[tuple[str, Passage]]:
    """Captions and questions. Those that can't be read are left out: they are told of already."""
    for passage in _passages(course, lesson, language):
        with suppress(ValueError):
            yield inline_template(passage.source), passage


def _caption_mistakes(course: Course, lesson: Lesson, own: Sandbox, language: str) -> Iterator[Mistake]:
    text = lesson.texts[language]
    for experiment in course.experiments.values():
        words = experiment.wording.get(language)
        if words is None or experiment.lesson != lesson.slug:
            continue
        known = {*NAMES, *(OWN if experiment.over else ("target", "top", "numbers"))}
        known |= {"value", "stop"} if experiment.slider else set()
        caption, errors_in = words.caption, partial(unknown_names, sandbox=own, names=known - {"experiment"})
        try:
            for unknown in errors_in(inline_template(caption.source)):
                place = place_of_error(caption, unknown, errors_in)
                yield text.mistake(f"{unknown} in the caption", *place, unknown.hint)
        except ExpressionError as error:
            yield text.mistake(f"the caption: {error}", *place_of_error(caption, error, errors_in), error.hint)
        except Unreadable as error:
            yield text.mistake(f"the caption can't be read: {error}", *caption.place_in(error.line, error.column))

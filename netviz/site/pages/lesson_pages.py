"""The lessons' pages: texts, figures and graded questions, once for each picture that makes a difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from netviz.course.claims import CheckedClaim
from netviz.course.experiments import CHOSEN
from netviz.course.lessons import Lesson
from netviz.course.reading import HOME_FOLDER
from netviz.mistakes import Mistake, gathered
from netviz.sandbox import CLAIM, Function, look_up
from netviz.site import rendering
from netviz.site.attached_files import illustration_view, with_links_to_files
from netviz.site.edition import Edition
from netviz.site.expression_values import page_values
from netviz.site.files.notebook import is_python
from netviz.site.files.previews import preview_path
from netviz.site.files.takeover import Made
from netviz.site.pages.gallery_figure import gallery_figure
from netviz.site.pages.lesson_figures import page_figure
from netviz.site.quiz import question_view
from netviz.site.results import picture_words
from netviz.site.site_map import Page, links_from
from netviz.site.text.expressions import failure, render
from netviz.site.text.markup import Body, lesson_body
from netviz.site.text.nesting import ids_given_twice

NOT_WOVEN = "not woven"  # the key of a page that a build leaves out


def lesson_pages(edition: Edition, mistakes: list[Mistake]) -> Iterator[tuple[Page, Made]]:
    """The pages of lessons and of what is written like them, to be made; what fails then is added to ``mistakes``."""
    for lesson in edition.course.pages:
        for page in edition.pages_of(lesson):
            if lesson in edition.course.woven:
                yield page, Made(edition.key_of_page(lesson, page), partial(_woven, edition, lesson, page, mistakes))
            else:
                yield page, Made(NOT_WOVEN, partial(_not_woven, edition, page), lasting=True)


def _not_woven(edition: Edition, page: Page) -> str:
    """A page in the place of one that nobody has asked for yet, so that links to it lead somewhere."""
    body = Markup("<p>{}</p>").format(edition.words.not_woven)
    return rendering.render_page(edition.templates, "page", edition.site, page, body=body, learn=())


def _woven(edition: Edition, lesson: Lesson, page: Page, mistakes: list[Mistake]) -> str:
    text = lesson.texts[edition.language]
    try:
        with gathered(mistakes):
            body = lesson_body(text)
            image = preview_path(lesson.slug) if lesson.slug in edition.previewed else ""
            page = dataclasses.replace(page, sections=body.sections, image=image)
            html = _page_around(edition, lesson, page, _content(edition, lesson, body, page))
            mistakes += ids_given_twice(text, html)
            return html
    except ValueError as error:
        values = page_values(edition, page.picture) | {"experiment": Function(lambda name: "")}
        mistakes.append(failure(text, edition.sandbox, values, error))
    return ""


def _content(edition: Edition, lesson: Lesson, body: Body, page: Page) -> Markup:
    """A lesson's text with its figures and questions."""
    values = page_values(edition, page.picture)
    claims = _Claims(edition)
    parts = {
        "experiment": Function(_Figures(edition, page, lesson.texts[edition.language].answering)),
        "question": Function(partial(_question, edition, lesson, page, values)),
        CLAIM: Function(claims),
        "illustration": Function(partial(_illustration, edition, lesson, body, page)),
    }
    template = with_links_to_files(body, lesson.slug, edition.course.attachments[lesson.slug], page)
    content = render(edition.sandbox, template, values | parts, links_from(page, edition.site))
    edition.results.sentences_kept[page.path] = claims.kept
    return content


def _page_around(edition: Edition, lesson: Lesson, page: Page, content: Markup) -> str:
    render = partial(rendering.render_page, edition.templates)
    text = lesson.texts[edition.language]
    if lesson.slug == HOME_FOLDER:
        return render("home", edition.site, page, body=content)
    if lesson in edition.course.side_pages:
        return render("page", edition.site, page, body=content, learn=text.front.learn)
    suffixes = ("ipynb", "py") if any(map(is_python, text.spans)) else ("ipynb",)
    downloads = {suffix: page.beside(suffix) for suffix in suffixes}
    return render("lesson", edition.site, page, body=content, learn=text.front.learn, downloads=downloads)


def _illustration(edition: Edition, lesson: Lesson, body: Body, page: Page, number: int) -> Markup:
    files = edition.course.attachments[lesson.slug]
    view = illustration_view(body.illustrations[number], lesson.slug, files, page, edition.store)
    return rendering.render_illustration(edition.templates, view)


def _question(edition: Edition, lesson: Lesson, page: Page, values: Mapping[str, Any], name: str) -> Markup:
    question = edition.course.questions[name]
    first = {
        **values,
        "results": edition.results.views(page.picture, question.first),
        "picture": picture_words(edition.course.pictures[page.picture], question.first),
    }
    link = links_from(page, edition.site)
    view = question_view(question, lesson.texts, edition.language, edition.sandbox, values, first, link)
    return rendering.render_question(edition.templates, view)


class _Claims:
    """Puts a page's sentences with what they claim in their places, counts them, and knows whether all are kept."""

    def __init__(self, edition: Edition) -> None:
        self.edition, self.count, self.kept = edition, 0, True

    def __call__(self, source: str, kept: bool, measured: Mapping[str, Any], sentence: Markup) -> Markup:
        self.count += 1
        self.kept = self.kept and kept
        claim = CheckedClaim(source, kept, measured)
        return rendering.render_claim(self.edition.templates, claim, sentence, self.count)


class _Figures:
    """Weaves a page's figures as its text calls for them, counts them, and tells of a class only when it is new."""

    def __init__(self, edition: Edition, page: Page, answering: Collection[str]) -> None:
        self.edition, self.page, self.answering, self.count = edition, page, answering, 0
        self.told: tuple[str, set[int]] | None = None

    def __call__(self, name: str) -> Markup:
        look_up(self.edition.course.experiments, name, "the course")
        self.count += 1
        experiment = self.edition.course.experiments[name]
        if experiment.over:
            shown = gallery_figure(self.edition, self.page, experiment, self.count, name in self.answering)
            return rendering.render_gallery(self.edition.templates, shown)
        figure = page_figure(self.edition, self.page, name, self.count)
        if figure.classes_told:
            telling = (self.edition.course.experiments[name].pictures(self.page.picture), figure.classes_told)
            if telling == self.told and len(figure.classes_told) == 1:
                figure = figure.with_class_known()
            self.told = telling
        follows = self.page.varies and self.edition.course.experiments[name].picture == CHOSEN
        figure = dataclasses.replace(figure, answers=name in self.answering, follows=follows)
        return rendering.render_figure(self.edition.templates, figure)

"""An edition: what all pages of the site in one language share, which pages there are, and what each depends on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Environment

from netviz import __version__
from netviz.cache.store import Store, key_of
from netviz.course.experiments import CHOSEN, Experiment
from netviz.course.lessons import FENCES, Lesson, LessonText
from netviz.course.reading import Course
from netviz.course.sliders import TARGET, Slider
from netviz.engine.plan import Plan
from netviz.engine.result_views import ClassScore, ResultView
from netviz.languages.class_names import class_name
from netviz.languages.known import FIRST, in_language, language
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.networks.weights import Weights
from netviz.options import Options
from netviz.sandbox import Sandbox
from netviz.site import rendering
from netviz.site.browser_methods import offered_methods
from netviz.site.compiled_templates import CompiledTemplates
from netviz.site.files.built_maps import built_path
from netviz.site.files.page_templates import templates_key
from netviz.site.files.previews import previews
from netviz.site.files.sample_scripts import sample_path
from netviz.site.files.takeover import code_key
from netviz.site.files.thumbnails import thumbnail_path
from netviz.site.method_words import value_words
from netviz.site.quiz import results_asked
from netviz.site.results import Results
from netviz.site.site_map import Entry, Page, Sample, Site, page_slug
from netviz.site.text.expressions import results_used
from netviz.site.text.filters import sandbox
from netviz.site.verdicts import Verdict


def edition_of(language: str, results: Results) -> Edition:
    """The site in a language: the same one, whoever asks for it, so that what it knows is found out once."""
    edition: Edition = results.editions.setdefault(language, Edition(language, results))
    return edition


def editions_of(results: Results) -> list[Edition]:
    """The site in each of its languages."""
    return [edition_of(language, results) for language in results.course.languages]


@dataclass(frozen=True)
class Edition:
    """The site in one language."""

    language: str
    results: Results

    @property
    def checked(self) -> Sequence[Verdict]:
        """The verdicts on all claims; none before they are known."""
        return self.results.checked

    @property
    def course(self) -> Course:
        """The course, in all languages."""
        return self.results.course

    @property
    def plan(self) -> Plan:
        """Its tasks."""
        return self.results.plan

    @property
    def options(self) -> Options:
        """How it was asked for."""
        return self.results.options

    @property
    def store(self) -> Store:
        """What they have given."""
        return self.results.store

    @property
    def weights(self) -> Weights:
        """The weights that all results are of."""
        return self.results.weights

    def pages_of(self, lesson: Lesson) -> Iterator[Page]:
        """A lesson's pages, one for each picture that makes a difference."""
        text, varies = lesson.texts[self.language], self._varies[lesson.slug]
        slug, plain, first = page_slug(lesson.slug), self.course.default_picture, self.course.languages[0]
        other = text.language if text.language != self.language else ""
        for picture in self.course.offered if varies else [plain]:
            yield Page(
                language=self.language,
                slug=slug,
                title=text.front.title,
                summary=text.front.summary,
                picture=picture,
                default_picture=plain,
                varies=varies,
                first=first,
                text_language=other,
            )

    def key_of_page(self, lesson: Lesson, page: Page) -> str:
        """A key of all that a lesson's page depends on."""
        if page.path not in self._page_keys:
            tasks = [
                self.plan.get((variant.id, experiment.pictures(page.picture)))
                for experiment in self.course.shown_in(lesson)
                for variant in experiment.variants.values()
            ]
            keys = [task and task.figure_key for task in tasks]
            self._page_keys[page.path] = key_of([self.shared_key, page.path, self._lesson_keys[lesson.slug], keys])
        return self._page_keys[page.path]

    @cached_property
    def _page_keys(self) -> dict[str, str]:
        """Those of lessons' pages that are known, by path."""
        return {}

    @cached_property
    def _lesson_keys(self) -> dict[str, str]:
        """By slug a key of what all pages of a woven lesson depend on: of other languages' texts, their fences."""
        return {lesson.slug: self._lesson_key(lesson) for lesson in self.course.woven}

    def _lesson_key(self, lesson: Lesson) -> str:
        fences = [
            span.source
            for text in lesson.texts.values()
            for span in text.spans
            if span.kind in FENCES and text.language != self.language
        ]
        files = [
            (one.name, one.digest, one.credit and one.credit.model_dump())
            for one in self.course.attachments[lesson.slug].values()
        ]
        galleries = [self.gallery_key(one) for one in self.course.shown_in(lesson) if one.over]
        return key_of([lesson.texts[self.language].source, fences, files, galleries])

    def gallery_key(self, experiment: Experiment) -> str:
        """A key of all that the pages of an experiment's gallery depend on, beside what all pages do."""
        front = next(one for one in self.course.pages if one.slug == experiment.lesson).texts[self.language].front
        refused = [one.message for one in self.course.galleries[experiment.lesson].refused]
        return key_of([self.results.gallery_key(experiment.id), front.title, front.summary, refused])

    @cached_property
    def shared_key(self) -> str:
        """A key of what all pages depend on."""
        course = self.course
        words = [course.site, *course.bibliography.works, *course.glossary.chapters, *course.measurements.values()]
        states = {name: one.states for name, one in course.experiments.items()}
        pictures = [(str(self.options.shown_file(one.path)), one.digest) for one in course.pictures.values()]
        site, asked = dataclasses.asdict(self.site), self.options.command
        told = [one.model_dump() for one in words]
        return key_of(
            [self._templates_key, self.language, site, told, states, pictures, asked, self.methods_of_your_photo]
        )

    @cached_property
    def _templates_key(self) -> str:
        """A key of what templates become code by: theirs, the program's, and the language."""
        spoken = [language(one).digest for one in (self.language, FIRST)]
        return key_of([code_key(), templates_key(self.course.templates[:-1]), spoken])

    @cached_property
    def templates(self) -> Environment:
        """Jinja2 for the pages."""
        netvizs_own = len(self.course.templates) == 1
        compiled = CompiledTemplates(self.language, self._templates_key) if netvizs_own else None
        return rendering.environment(self.course.templates, self.language, self.course.languages, compiled)

    @property
    def sandbox(self) -> Sandbox:
        """The language of what authors write."""
        return sandbox(self.language)

    @property
    def words(self) -> Any:
        """The interface's words in this language."""
        return self.templates.globals["words"]

    @cached_property
    def site(self) -> Site:
        """What the pages tell of each other."""
        samples = tuple(
            Sample(
                name=picture.name,
                title=in_language(picture.titles, self.language),
                thumbnail=thumbnail_path(picture),
                script=sample_path(picture),
                built=built_path(picture.name),
                credit=self.course.credit_of(picture, self.language)[0],
                licence=self.course.credit_of(picture, self.language)[1],
                source=picture.source,
                offered=picture.name in self.course.offered,
            )
            for picture in self.course.pictures.values()
        )
        course, words = self.course, self.course.site
        return Site(
            title=in_language(words.title, self.language),
            tagline=in_language(words.tagline, self.language),
            home=self._entry(course.home),
            lessons=tuple(map(self._entry, course.lessons)),
            pictures=samples,
            weights=self.weights,
            version=__version__,
            address=words.address,
            parts=tuple((in_language(part.title, self.language), part.lessons) for part in words.parts),
            side_pages=tuple(map(self._entry, course.side_pages)),
            your_photo=self.offers_your_photo,
            draft=self.options.draft,
            books=self.options.books,
        )

    @cached_property
    def offers_your_photo(self) -> bool:
        """Whether there is the page on which readers look at photos of theirs: where the network goes along."""
        return self.results.offers_network

    @cached_property
    def methods_of_your_photo(self) -> tuple[str, ...]:
        """The methods that this page has."""
        return offered_methods(self.course.templates) if self.offers_your_photo else ()

    def _entry(self, lesson: Lesson) -> Entry:
        front = lesson.texts[self.language].front
        return Entry(page_slug(lesson.slug), front.title, front.summary, self._varies[lesson.slug])

    @cached_property
    def views(self) -> dict[str, Mapping[str, ResultView]]:
        """Every experiment's result, by the picture that the reader has chosen."""
        return {picture: self.results.views(picture, self.language) for picture in self.course.offered}

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """VGG16's layers by name."""
        return {layer.name: layer for layer in vgg16_layers(self.weights.form)}

    @cached_property
    def previewed(self) -> frozenset[str]:
        """The lessons that have a preview, by their slugs: none if nobody knows where the site will stand."""
        if not self.site.address:
            return frozenset()
        return frozenset(task.experiment.lesson for task in previews(self.course, self.plan, self.store).values())

    @cached_property
    def _varies(self) -> dict[str, bool]:
        """Whether a lesson looks different for another choice of picture, by its slug."""
        varies = {}
        chosen = {name for name, one in self.course.experiments.items() if one.picture == CHOSEN}
        for lesson in self.course.pages:
            shown = {name for name, one in self.course.experiments.items() if one.lesson == lesson.slug}
            with suppress(ValueError):  # what can't be read shows nothing; proofreading says why
                shown |= results_used(lesson.texts[self.language])
                for question in self.course.questions_of(lesson):
                    shown |= results_asked(question, self.language)
            varies[lesson.slug] = not shown.isdisjoint(chosen)
        return varies

    def text_with_caption(self, experiment: Experiment) -> LessonText:
        """The text that words an experiment's caption in this language: the first's where it is not translated."""
        lesson = next(one for one in self.course.pages if one.slug == experiment.lesson)
        return lesson.texts[self.language if self.language in experiment.wording else lesson.first.language]

    def stop(self, slider: Slider, state: str, target: ClassScore | None) -> str:
        """Where a slider stands, in words: a class by its name."""
        return target.name if slider.setting == TARGET and target else value_words(slider.setting, state, self.language)

    def class_name(self, index: int) -> str:
        """A class by its index."""
        return class_name(index, self.language)

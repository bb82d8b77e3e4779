"""Composing: a course and its results become a site, every page in every language and for every picture."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from jinja2 import Template
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from netviz import __version__
from netviz.bibliography import cited_works
from netviz.claims import CheckedClaim, check_claim
from netviz.course import HOME, Course
from netviz.draw import FIGURES, load_figure
from netviz.experiments import CHOSEN, RANKS, Experiment
from netviz.figures import Figure, alt_text, term
from netviz.lessons import LANGUAGES, Lesson, LessonText
from netviz.methods import Passes, methods
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.networks.classes import classes
from netviz.networks.weights import Weights
from netviz.pictures import Picture
from netviz.plan import Plan, Task, versions
from netviz.run import load_record
from netviz.site import weave, wording
from netviz.site.downloads import code_blocks, markdown_text, notebook, numbers_csv, numbers_json, script
from netviz.site.expressions import expression_mistakes, failure, measurement_mistakes, results_used, undeclared
from netviz.site.made import Made, Takeover
from netviz.site.markup import Body, inline_template, lesson_body, link_mistakes, phrase_mistakes
from netviz.site.method_words import asks_for_class, axis_words, is_slope, map_words, unit_words, value_words
from netviz.site.preview import preview_file, preview_panel, preview_path
from netviz.site.quiz import question_mistakes, question_view, results_asked
from netviz.site.reference import bibliography_view, glossary_mistakes, glossary_view
from netviz.site.search import IndexEntry, entries_of, index_script, old_entries
from netviz.site.weave import Axes, Entry, FigureView, Page, Sample, Site, Slide
from netviz.sliders import TARGET, Slider
from netviz.sources import source_digest
from netviz.store import Store, key_of
from netviz.values import ResultView, result_view

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = (  # what a lesson's expressions may use
    *("results", "picture", "experiment", "layer", "layer_table", "weights"),
    *("measured", "measurement_table"),
)
THUMBNAIL = 112  # pixels of the side, shown at half of it
THUMBNAILS = "thumbnails"
PAGE_PACKAGES = ("jinja2", "markdown", "pygments", "pymdown-extensions")  # whose versions show in pages


@dataclass(frozen=True)
class Verdict:
    """A claim of an experiment on a picture, and whether it is kept."""

    experiment: Experiment
    picture: str
    claim: CheckedClaim


def text_mistakes(course: Course, changed: Collection[str] | None = None) -> list[Mistake]:
    """Everything in the lessons' texts that can be known to be wrong before anything runs.

    ``changed`` are the slugs of the lessons to look at, with those that link to them; all lessons, if it is None.
    """
    lessons = [lesson for lesson in course.pages if changed is None or _concerns(lesson, changed)]
    mistakes: list[Mistake] = []
    known = dict.fromkeys(course.broken) | {name: _states(one) for name, one in course.experiments.items()}
    for language in LANGUAGES:
        env = weave.environment(TEMPLATES, language)
        names = {*env.globals, *NAMES}
        bodies: dict[str, Body] = {}
        for lesson in lessons:
            text = lesson.texts[language]
            mistakes += expression_mistakes(text, env, names, known)
            mistakes += measurement_mistakes(text, env, course.measurements)
            with gathered(mistakes):
                bodies[lesson.slug] = lesson_body(text)
                mistakes += phrase_mistakes(text, bodies[lesson.slug], known)
            for question in course.questions_of(lesson):
                mistakes += question_mistakes(question, lesson.texts, language, env, names, known)
            mistakes += _caption_mistakes(course, lesson, env, language, {*names, "target", "top", "numbers"})
        sections = _sections(course, language, bodies | _linked(course, lessons, language))
        for lesson in lessons:
            if lesson.slug in bodies:
                text = lesson.texts[language]
                mistakes += link_mistakes(text, bodies[lesson.slug], _page_slug(lesson.slug), sections)
        if len(lessons) == len(course.pages):
            mistakes += glossary_mistakes(course.glossary, language, env)
    return mistakes


def _concerns(lesson: Lesson, changed: Collection[str]) -> bool:
    """Whether a lesson has changed, or links into one that has."""
    text = "".join(text.source for text in lesson.texts.values())
    return lesson.slug in changed or any(f"{_page_slug(slug)}.html#" in text for slug in changed)


def _linked(course: Course, lessons: Sequence[Lesson], language: str) -> dict[str, Body]:
    """The bodies of the other lessons that these link into."""
    text = "".join(lesson.texts[language].source for lesson in lessons)
    others = [one for one in course.pages if one not in lessons and f"{_page_slug(one.slug)}.html#" in text]
    return {lesson.slug: lesson_body(lesson.texts[language]) for lesson in others}


def _states(experiment: Experiment) -> tuple[str, ...] | None:
    """The names of a slider's values; None for a grid, whose states are its layers and channels."""
    if experiment.view == "grid":
        return None
    return tuple(experiment.slider.values) if experiment.slider else ()


def _sections(course: Course, language: str, bodies: Mapping[str, Body]) -> dict[str, set[str] | None]:
    """Every page's sections, figures and entries that links may name, by its slug; None where it can't be woven."""
    sections: dict[str, set[str] | None] = {"methods": set(methods()), "credits": {"photos", "weights", "software"}}
    chapters = course.glossary.chapters
    sections["glossary"] = {chapter.key for chapter in chapters} | {term.key for one in chapters for term in one.terms}
    sections["bibliography"] = {one.work.key for one in cited_works(course.bibliography, methods().values(), {})}
    for lesson in course.pages:
        body = bodies.get(lesson.slug)
        figures = {one.id for one in course.experiments.values() if one.lesson == lesson.slug}
        figures |= {one.id for one in course.questions_of(lesson)}
        known = figures | set(re.findall(r' id="([^"]+)"', body.template)) if body else None
        sections[_page_slug(lesson.slug)] = known
    return sections


def _page_slug(lesson: str) -> str:
    return weave.HOME if lesson == HOME else lesson


def _caption_mistakes(
    course: Course, lesson: Lesson, env: ImmutableSandboxedEnvironment, language: str, names: set[str]
) -> Iterator[Mistake]:
    text = lesson.texts[language]
    for experiment in course.experiments.values():
        words = experiment.wording.get(language)
        if words is None or experiment.lesson != lesson.slug:
            continue
        try:
            known = names | {"value"} if experiment.slider else names
            unknown = undeclared(inline_template(words.caption), env) - known
            if unknown:
                yield text.mistake(f"unknown name {min(unknown)!r} in the caption", words.line, words.column)
        except (ValueError, TemplateError) as error:
            yield text.mistake(f"the caption can't be read: {error}", words.line, words.column)


def verdicts(course: Course, plan: Plan, store: Store) -> list[Verdict]:
    """Every claim of the course held against every picture.

    Raises Mistakes for one that speaks of what is not there.
    """
    records = _Records(course, plan, store)
    checked: list[Verdict] = []
    mistakes: list[Mistake] = []
    texts = {lesson.slug: lesson.texts[LANGUAGES[0]] for lesson in course.pages}
    for (name, picture), task in plan.items():
        if not task.experiment.claims:
            continue
        results = records.views(picture or course.default_picture, LANGUAGES[0])
        scope = records.scope(results[name], results)
        for claim in task.experiment.claims:
            try:
                checked.append(Verdict(task.experiment, picture, check_claim(claim, scope)))
            except ValueError as error:
                mistakes.append(texts[task.experiment.lesson].mistake(f"the claim fails: {error}", claim.line))
    if mistakes:
        raise Mistakes(set(mistakes))
    return checked


def changed_lessons(course: Course, plan: Plan, store: Store, taken: Takeover) -> set[str]:
    """The slugs of the lessons that have a page to be woven."""
    editions = [Edition(language, course, plan, store) for language in LANGUAGES]
    return {
        lesson.slug
        for edition in editions
        for lesson in course.pages
        for page in edition.pages_of(lesson)
        if not taken.has(page.path, edition.key_of_page(lesson, page))
    }


def site_files(
    course: Course, plan: Plan, store: Store, checked: Sequence[Verdict], taken: Takeover
) -> dict[str, str | bytes | Path]:
    """Every file of the site by its path; those that would be as they are in the old site are taken from there.

    Raises Mistakes if an expression of a lesson fails with these results.
    """
    files: dict[str, str | bytes | Path] = dict(weave.read_assets(TEMPLATES))
    files |= {_thumbnail_path(picture): _thumbnail(picture, store) for picture in course.pictures.values()}
    files |= {f"figures/{key}/{file.name}": file for key, file in _figure_files(plan, store)}
    mistakes: list[Mistake] = []
    listed: list[Page] = []
    for language in LANGUAGES:
        edition = Edition(language, course, plan, store, checked)
        plain: list[tuple[Page, str | Path]] = []
        for page, made in edition.pages(mistakes):
            files[page.path] = content = taken.content(page.path, made)
            if page.picture == page.default_picture and page.slug != weave.NOT_FOUND:
                plain.append((page, content))
                listed.append(page)
        if mistakes:
            continue
        index = weave.search_index(language)
        files[index] = taken.content(index, _search_index(plain, taken, taken.site / index))
        files |= {path: taken.content(path, made) for path, made in edition.downloads()}
    if mistakes:
        raise Mistakes(set(mistakes))
    if address := course.site.address:
        files["sitemap.xml"] = weave.weave_sitemap(edition.env, edition.site, listed)
        files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {address}/sitemap.xml\n"
        files |= {path: preview_file(task, store) for path, task in _previews(course, plan, store).items()}
    return files | {path: taken.content(path, made) for path, made in _numbers(plan, store, taken)}


def _search_index(pages: Sequence[tuple[Page, str | Path]], taken: Takeover, index: Path) -> Made:
    """``index`` is the old one, which still holds for pages that are taken over."""

    def make() -> str:
        known = old_entries(index) if index.is_file() else {}
        return index_script(entry for page, content in pages for entry in entries(page, content, known))

    def entries(page: Page, content: str | Path, known: Mapping[str, list[IndexEntry]]) -> list[IndexEntry]:
        if isinstance(content, Path) and page.path in known:
            return known[page.path]
        html = content.read_text("utf-8") if isinstance(content, Path) else content
        return entries_of(page.path, page.title, html)

    return Made(key_of([[page.path, taken.keys[page.path]] for page, _ in pages]), make)


def _numbers(plan: Plan, store: Store, taken: Takeover) -> Iterator[tuple[str, Made]]:
    """The raw numbers of every figure, to be downloaded; not every figure has a table."""

    def as_json(task: Task) -> str:
        return numbers_json(load_record(task, store), load_figure(task, store).table)

    def as_csv(task: Task) -> str:
        table = load_figure(task, store).table
        return numbers_csv(table) if table else ""

    for task in plan.values():
        key = key_of([task.figure_key, code_key()])
        facts, table = _numbers_path(task, "json"), _numbers_path(task, "csv")
        yield facts, Made(key, partial(as_json, task))
        if taken.has(table, key) or (not taken.has(facts, key) and load_figure(task, store).table):
            yield table, Made(key, partial(as_csv, task))


@cache
def code_key() -> str:
    """A key of all that makes files of results: templates, words, modules, packages."""
    package = Path(__file__).resolve().parents[1]
    words = sorted([*package.rglob("*.yaml"), *package.rglob("*.tsv")])
    texts = [file.read_text("utf-8") for file in [*sorted(TEMPLATES.iterdir()), *words] if file.is_file()]
    declared = sorted({method.function.__module__ for method in methods().values()})
    return key_of([texts, source_digest("netviz.site.compose", *declared), versions(PAGE_PACKAGES)])


def _numbers_path(task: Task, suffix: str) -> str:
    picture = f"-{task.picture_name}" if task.picture else ""
    return f"numbers/{task.experiment.id}{picture}.{suffix}"


def _figure_files(plan: Plan, store: Store) -> Iterator[tuple[str, Path]]:
    for task in plan.values():
        for file in sorted(store.path(FIGURES, task.figure_key).glob("*.webp")):  # charts stand inside their pages
            yield _short(task.figure_key), file


def _short(key: str) -> str:
    return key[:16]


def _previews(course: Course, plan: Plan, store: Store) -> dict[str, Task]:
    """For each lesson's link preview the first of its experiments whose figure is a picture beside its photo."""
    found: dict[str, Task] = {}
    for experiment in course.experiments.values():
        task = plan[experiment.id, experiment.pictures(course.default_picture)]
        if preview_panel(load_figure(task, store)) and task.picture:
            found.setdefault(preview_path(experiment.lesson), task)
    return found


def _thumbnail_path(picture: Picture) -> str:
    return f"pictures/{picture.name}.webp"


def _thumbnail(picture: Picture, store: Store) -> Path:
    if not store.has(THUMBNAILS, picture.digest):
        from PIL import Image

        content = io.BytesIO()
        Image.fromarray(picture.framed(THUMBNAIL)).save(content, "webp", quality=85)
        with store.writing(THUMBNAILS, picture.digest) as folder:
            (folder / "thumbnail.webp").write_bytes(content.getvalue())
    return store.path(THUMBNAILS, picture.digest) / "thumbnail.webp"


class _Records:
    """Stored results as lessons see them, each read once."""

    def __init__(self, course: Course, plan: Plan, store: Store) -> None:
        self.course, self.plan, self.store = course, plan, store
        self._records: dict[str, dict[str, Any]] = {}
        self._views: dict[tuple[str, str], dict[str, ResultView]] = {}

    def record(self, task: Task) -> dict[str, Any]:
        if task.key not in self._records:
            self._records[task.key] = load_record(task, self.store)
        return self._records[task.key]

    def views(self, picture: str, language: str) -> dict[str, ResultView]:
        """Every experiment's result while the reader has chosen ``picture``."""
        if (picture, language) not in self._views:
            self._views[picture, language] = {
                name: self._view(one, picture, language)
                for name, one in self.course.experiments.items()
                if (name, one.pictures(picture)) in self.plan  # not for every picture that no reader can choose
            }
        return self._views[picture, language]

    def _view(self, experiment: Experiment, picture: str, language: str) -> ResultView:
        views = {}
        for value, variant in experiment.variants.items():
            task = self.plan[variant.id, experiment.pictures(picture)]
            views[value] = result_view(
                self.record(task), picture_words(task.picture, language) if task.picture else None, language
            )
        return dataclasses.replace(views[experiment.slider.plain], others=views) if experiment.slider else views[""]

    def scope(self, result: ResultView, results: Mapping[str, ResultView]) -> dict[str, Any]:
        """The names that claims and captions of one experiment may use."""
        own = {name: getattr(result, name) for name in ("target", "top", "numbers", "picture")}
        return {**own, "results": results}


@dataclass(frozen=True)
class PictureWords:
    """A picture as a lesson speaks of it, with the size of its file in pixels."""

    name: str
    title: str
    width: int
    height: int


def picture_words(picture: Picture, language: str) -> PictureWords:
    """A picture with its title in a language."""
    height, width = picture.pixels.shape[:2]
    return PictureWords(picture.name, picture.titles[language], width, height)


@cache
def _compiled(env: ImmutableSandboxedEnvironment, source: str) -> Template:
    """A caption's template, which serves for every picture."""
    return env.from_string(source)


def _shown_by(lesson: Lesson, course: Course) -> list[Experiment]:
    """The experiments that a lesson's pages may show: its own, and those that its expressions speak of.

    All of them, if an expression may choose one by something else than its name.
    """
    source = " ".join(span.source for text in lesson.texts.values() for span in text.spans)
    names = re.findall(r"\bresults\b(?:\[ *['\"]([a-z0-9-]+)['\"] *\])?", source)
    return [one for one in course.experiments.values() if one.lesson == lesson.slug or "" in names or one.id in names]


@dataclass(frozen=True)
class Edition:
    """The site in one language."""

    language: str
    course: Course
    plan: Plan
    store: Store
    checked: Sequence[Verdict] = ()

    def pages(self, mistakes: list[Mistake]) -> Iterator[tuple[Page, Made]]:
        """Every page, to be made; what fails in a lesson then is added to ``mistakes``."""
        for lesson in self.course.pages:
            for page in self.pages_of(lesson):
                yield page, Made(self.key_of_page(lesson, page), partial(self._lesson_page, lesson, page, mistakes))
        sources = [text.source for lesson in self.course.lessons for text in lesson.texts.values()]
        for slug, word in [*((slug, slug) for slug in weave.PAGES), (weave.NOT_FOUND, "not_found")]:
            page = self._plain_page(slug, word)
            read = sources if slug in ("glossary", "bibliography") else []
            yield page, Made(key_of([self._shared, slug, read]), partial(self._woven_plain_page, page))

    def pages_of(self, lesson: Lesson) -> Iterator[Page]:
        """A lesson's pages, one for each picture that makes a difference."""
        front, varies = lesson.texts[self.language].front, self._varies[lesson.slug]
        for picture in self.course.offered if varies else [self.course.default_picture]:
            yield Page(
                self.language,
                _page_slug(lesson.slug),
                front.title,
                front.summary,
                picture,
                self.course.default_picture,
                varies,
            )

    def key_of_page(self, lesson: Lesson, page: Page) -> str:
        """A key of all that a lesson's page depends on."""
        texts = [text.source for text in lesson.texts.values()]
        tasks = [
            self.plan.get((variant.id, experiment.pictures(page.picture)))
            for experiment in _shown_by(lesson, self.course)
            for variant in experiment.variants.values()
        ]
        return key_of([self._shared, page.path, texts, [task and task.figure_key for task in tasks]])

    @cached_property
    def _shared(self) -> str:
        """A key of what all pages depend on."""
        course = self.course
        words = [course.site, *course.bibliography, *course.glossary.chapters, *course.measurements.values()]
        states = {name: _states(one) for name, one in course.experiments.items()}
        digests = [picture.digest for picture in course.pictures.values()]
        site = dataclasses.asdict(self.site)
        return key_of([code_key(), self.language, site, [one.model_dump() for one in words], states, digests])

    @cached_property
    def weights(self) -> Weights:
        return next(iter(self.plan.values())).weights

    @cached_property
    def env(self) -> ImmutableSandboxedEnvironment:
        return weave.environment(TEMPLATES, self.language)

    @property
    def words(self) -> Any:
        """The interface's words in this language."""
        return self.env.globals["words"]

    @cached_property
    def site(self) -> Site:
        home, *entries = (
            Entry(_page_slug(lesson.slug), front.title, front.summary, self._varies[lesson.slug])
            for lesson in self.course.pages
            for front in [lesson.texts[self.language].front]
        )
        samples = tuple(
            Sample(
                picture.name,
                picture.titles[self.language],
                _thumbnail_path(picture),
                picture.credit,
                picture.licence,
                picture.source,
                picture.name in self.course.offered,
            )
            for picture in self.course.pictures.values()
        )
        words = self.course.site
        title, tagline = words.title[self.language], words.tagline[self.language]
        parts = tuple((part.title[self.language], part.lessons) for part in words.parts)
        return Site(title, tagline, home, tuple(entries), samples, self.weights, __version__, words.address, parts)

    @cached_property
    def _records(self) -> _Records:
        return _Records(self.course, self.plan, self.store)

    @cached_property
    def _results(self) -> dict[str, dict[str, ResultView]]:
        return {picture: self._records.views(picture, self.language) for picture in self.course.offered}

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in vgg16_layers(self.weights.form)}

    @cached_property
    def _varies(self) -> dict[str, bool]:
        """Whether a lesson looks different for another choice of picture, by its slug."""
        varies = {}
        for lesson in self.course.pages:
            shown = {name for name, one in self.course.experiments.items() if one.lesson == lesson.slug}
            shown |= results_used(lesson.texts[self.language], self.env)
            for question in self.course.questions_of(lesson):
                shown |= results_asked(question, self.language, self.env)
            varies[lesson.slug] = any(self.course.experiments[name].picture == CHOSEN for name in shown)
        return varies

    def _lesson_page(self, lesson: Lesson, page: Page, mistakes: list[Mistake]) -> str:
        text = lesson.texts[self.language]
        try:
            with gathered(mistakes):
                body = lesson_body(text)
                image = preview_path(lesson.slug) if lesson.slug in self._previewed else ""
                page = dataclasses.replace(page, sections=body.sections, image=image)
                return self._woven_lesson(lesson, text, body, page)
        except (TemplateError, SecurityError, TypeError, ValueError, KeyError) as error:
            mistakes.append(failure(text, self.env, self._values(page.picture) | {"experiment": str}, error))
        return ""

    def _woven_lesson(self, lesson: Lesson, text: LessonText, body: Body, page: Page) -> str:
        template = self.env.from_string(weave.relink(body.template, self.site, page))
        values = self._values(page.picture)
        values |= {"experiment": _Numbered(self, page), "question": partial(self._question, lesson, page, values)}
        content = Markup(template.render(values))
        if lesson.slug == HOME:
            return weave.weave_page(self.env, "home", self.site, page, body=content)
        suffixes = ("ipynb", "py") if code_blocks(text) else ("ipynb",)
        downloads = {suffix: page.beside(suffix) for suffix in suffixes}
        return weave.weave_page(
            self.env, "lesson", self.site, page, body=content, learn=text.front.learn, downloads=downloads
        )

    def downloads(self) -> Iterator[tuple[str, Made]]:
        """Every lesson as a notebook, and as a script where it has code, for the picture that is shown by default."""
        for lesson in self.course.lessons:
            text = lesson.texts[self.language]
            page = next(self.pages_of(lesson))
            key = self.key_of_page(lesson, page)
            path = page.path.removesuffix("html")
            yield f"{path}ipynb", Made(key, partial(self._notebook, text))
            if code_blocks(text):
                yield f"{path}py", Made(key, partial(script, text, self.words.script_intro))

    def _notebook(self, text: LessonText) -> str:
        values = self._values(self.course.default_picture)
        return notebook(text, self.env, values, self._notebook_cell, self._notebook_question)

    def _notebook_cell(self, name: str) -> tuple[str, str]:
        experiment = self.course.experiments[name]
        picture = self.course.default_picture
        task = self.plan[name, experiment.pictures(picture)]
        result = self._results[picture][name]
        scope = self._values(picture) | self._records.scope(result, self._results[picture])
        if experiment.slider:
            scope["value"] = _slider_value(experiment.slider, experiment.slider.plain, result)
        words = experiment.wording.get(self.language) or experiment.wording[LANGUAGES[0]]
        caption = markdown_text(words.caption, self.env, scope)
        return f"**{experiment.method.title[self.language]}.** {caption}", repeating_code(task, self.weights)

    def _notebook_question(self, name: str) -> Markup:
        question = self.course.questions[name]
        words = question.wording.get(self.language) or question.wording[LANGUAGES[0]]
        values = self._values(self.course.default_picture)
        ask, because, *choices = (
            markdown_text(passage.source, self.env, values) for passage in (words.ask, words.because, *words.choices)
        )
        answer = self.words.answer
        lines = [f"**{ask}**", "", *(f"- {choice}" for choice in choices), ""]
        return Markup("\n".join([*lines, "<details><summary>", answer, "</summary>", "", because, "", "</details>"]))

    def _plain_page(self, slug: str, word: str) -> Page:
        return Page(
            self.language,
            slug,
            getattr(self.words, word),
            getattr(self.words, f"{word}_summary"),
            self.course.default_picture,
            self.course.default_picture,
            base=f"{self.site.address}/" if slug == weave.NOT_FOUND and self.site.address else "",
        )

    def _woven_plain_page(self, page: Page) -> str:
        return weave.weave_page(self.env, page.slug, self.site, page, **self._contents(page.slug, page))

    def _contents(self, slug: str, page: Page) -> dict[str, Any]:
        """What a page beside the lessons shows."""
        sources = {lesson.slug: lesson.texts[self.language].source for lesson in self.course.lessons}
        match slug:
            case "methods":
                return {"methods": [weave.method_view(method, self.language) for method in methods().values()]}
            case "glossary":
                relink = partial(weave.relink, site=self.site, page=page)
                chapters = glossary_view(self.course.glossary, self.language, self.env, relink, sources)
                return {"chapters": chapters}
            case "bibliography":
                cited = cited_works(self.course.bibliography, methods().values(), sources)
                return {"works": bibliography_view(cited, methods(), self.language)}
            case weave.NOT_FOUND:
                return {}
        return {"notices": [(one.name[self.language], one.licence, one.source) for one in self.course.site.notices]}

    @cached_property
    def _previewed(self) -> set[str]:
        return {task.experiment.lesson for task in _previews(self.course, self.plan, self.store).values()}

    def _question(self, lesson: Lesson, page: Page, values: Mapping[str, Any], name: str) -> Markup:
        relink = partial(weave.relink, site=self.site, page=page)
        first = {
            **values,
            "results": self._records.views(page.picture, LANGUAGES[0]),
            "picture": picture_words(self.course.pictures[page.picture], LANGUAGES[0]),
        }
        question = self.course.questions[name]
        view = question_view(question, lesson.texts, self.language, self.env, values, first, relink)
        return weave.weave_question(self.env, view)

    def _values(self, picture: str) -> dict[str, Any]:
        return {
            "results": self._results[picture],
            "picture": picture_words(self.course.pictures[picture], self.language),
            "layer": self._layers.__getitem__,
            "layer_table": lambda: weave.weave_layer_table(self.env, self._layers.values()),
            "weights": self.weights,
            "measured": self.course.measurements.__getitem__,
            "measurement_table": lambda name, column: weave.weave_measurement(
                self.env, self.course.measurements[name], column, self._task_name
            ),
        }

    def _task_name(self, task: str) -> str:
        """A benchmark's task in this language, where it is one of our methods."""
        method = methods().get(task.replace(" ", "-").lower())
        return method.title[self.language] if method else task

    def figure_view(self, page: Page, name: str, number: int) -> FigureView:
        """One experiment's figure as a page shows it; ``number`` counts the page's figures from 1."""
        experiment = self.course.experiments[name]
        slider = experiment.slider
        if slider is None:
            return self._figure_at(page, experiment, "", number)
        variants = {value: self._figure_at(page, experiment, value, number) for value in slider.values}
        labels = {
            value: view.target.name if slider.setting == TARGET and view.target else value
            for value, view in variants.items()
        }
        slides = tuple(Slide(value, labels[value], view) for value, view in variants.items())
        return dataclasses.replace(
            variants[slider.plain], setting=term(slider.setting, self.language), slides=slides, plain=slider.plain
        )

    def _figure_at(self, page: Page, experiment: Experiment, value: str, number: int) -> FigureView:
        """An experiment's figure at one value of its slider."""
        name, slider, variant = experiment.id, experiment.slider, experiment.variants[value]
        task = self.plan[variant.id, experiment.pictures(page.picture)]
        record, figure = self._records.record(task), load_figure(task, self.store)
        results = self._results[page.picture]
        result = results[name].at(value) if slider else results[name]
        method, words = experiment.method, experiment.wording.get(self.language) or experiment.wording[LANGUAGES[0]]
        scope = self._values(page.picture) | self._records.scope(result, results)
        if slider:
            scope["value"] = _slider_value(slider, value, result)
        figure = weave.named_matrix(figure, self._panel_labels(task, figure))
        axes, explains_class = self._axes(task), asks_for_class(method.name, variant.settings)
        names = {"method": method.title[self.language]} | (dataclasses.asdict(axes) if axes else {})
        if result.target:
            names |= {"picture": result.picture.title} | ({"target": result.target.name} if explains_class else {})
        folder = self.store.path(FIGURES, task.figure_key)
        return FigureView(
            id=variant.id,
            number=number,
            method=method.title[self.language],
            summary=method.summary[self.language],
            papers=method.papers,
            view=experiment.view,
            plates=weave.plates(
                figure,
                f"{page.root}figures/{_short(task.figure_key)}/",
                self.language,
                names,
                lambda file: (folder / file).read_text("utf-8"),
                words.alt,
                self._panel_labels(task, figure),
            ),
            caption=Markup(_compiled(self.env, inline_template(words.caption)).render(scope)),
            target=result.target,
            top=result.top,
            numbers=record["numbers"],
            claims=tuple(
                verdict.claim
                for verdict in self.checked
                if (verdict.experiment.id, verdict.picture) == (name, task.picture_name)
            ),
            spec=experiment.spec,
            code=repeating_code(task, self.weights),
            passes=Passes(**record["passes"]),
            precision=record["precision"],
            weights=self.weights if task.picture else None,
            legend=figure.legend,
            table=weave.data_table(figure, self.language, self._class_name),
            bars=weave.bars(figure, self.language, self._class_name),
            series=weave.series(figure, self.language),
            alt=words.alt or alt_text(figure, None, self.language, names),
            words=wording.words(figure),
            tree=wording.tree(figure, self.language),
            layers=self._layers,
            compared=bool(task.beside),
            axes=axes,
            explains_class=explains_class,
            slope=all(is_slope(other.experiment.method.name) for other in task.of or (task,)),
            unit=unit_words(method.name, variant.settings, self.language),
            seed=None if task.picture else record["settings"].get("seed"),
            files=tuple(
                (suffix.upper(), f"{page.root}{_numbers_path(task, suffix)}")
                for suffix in (("json", "csv") if figure.table else ("json",))
            ),
        )

    def _axes(self, task: Task) -> Axes | None:
        one = task.experiment
        words = axis_words(one.method.name, one.view, one.settings, self.language)
        return Axes(*words) if words else None

    def _panel_labels(self, task: Task, figure: Figure) -> list[str]:
        """Names for a figure's maps: of those that a task takes, by method, class and what else tells them apart."""
        if not task.of:
            one = task.experiment
            count = figure.facts.get("side", len(figure.panels))
            return map_words(one.method.name, one.settings, count, self.language)
        settings = [other.experiment.settings for other in task.of]
        targets = [self._class_name(self._records.record(other)["target"]["index"]) for other in task.of]
        return [
            " · ".join(
                [
                    other.experiment.method.title[self.language],
                    *([target] if len(set(targets)) > 1 else []),
                    *(
                        value_words(value, self.language)
                        for name, value in own.items()
                        if any(one.get(name) != value for one in settings)
                    ),
                ]
            )
            for other, own, target in zip(task.of, settings, targets, strict=True)
        ]

    def _class_name(self, index: int) -> str:
        return classes()[index].name(self.language)


def _slider_value(slider: Slider, name: str, result: ResultView) -> Any:
    """A slider's value as a caption says it: a class by its name."""
    return result.target.name if slider.setting == TARGET and result.target else slider.values[name]


class _Numbered:
    """Weaves a page's figures as its text calls for them, and counts them."""

    def __init__(self, edition: Edition, page: Page) -> None:
        self.edition, self.page, self.count = edition, page, 0

    def __call__(self, name: str) -> Markup:
        self.count += 1
        return weave.weave_figure(self.edition.env, self.edition.figure_view(self.page, name, self.count))


def repeating_code(task: Task, weights: Weights) -> str:
    """A Python script that repeats an experiment with the project's own functions."""
    experiment = task.experiment
    if task.picture is None:
        run = f"result = run_on_data({_method_text(experiment)}{_settings_text(experiment)})"
        return f"from netviz.methods import methods, run_on_data\n\n{run}\n"
    framing = "frame" if experiment.framing == "crop" else "squash"
    imports = {
        "frame": ["from netviz.pictures import frame, open_upright"],
        "squash": ["from netviz.framing import squash", "from netviz.pictures import open_upright"],
    }[framing]
    lines = [
        "from pathlib import Path",
        "",
        "from netviz.methods import methods, run",
        "from netviz.networks import open_network",
        *imports,
        "",
        f"network = open_network({weights.form if weights.form in ('compact', 'imagenet') else weights.source!r})",
        f'picture = {framing}(open_upright(Path("content/pictures/{task.picture.path.name}")))',
        'pictures = picture[None].astype("float32")  # (1, 224, 224, 3), RGB, 0 to 255',
    ]
    if any(isinstance(one.experiment.target, str) for one in (task, *task.of)):
        lines.append("logits = network.logits(pictures)")
    for place, other in enumerate(task.of, start=1):
        lines.append(f'map_{place} = {_run_text(other)})["attribution"]')
    maps = f", maps=[{', '.join(f'map_{place}' for place, _ in enumerate(task.of, start=1))}]" if task.of else ""
    lines.append(f"result = {_run_text(task)}{maps})")
    return "\n".join(lines) + "\n"


def _run_text(task: Task) -> str:
    """The call that runs an experiment, but for its end."""
    experiment, target = task.experiment, task.experiment.target
    network = "network" if task.precision == "float32" else f'network.at("{task.precision}")'
    chosen = f"logits[0].argsort()[::-1][{RANKS.index(target)}]" if isinstance(target, str) else target
    return f"run({_method_text(experiment)}, {network}, pictures, [{chosen}]{_settings_text(experiment)}"


def _method_text(experiment: Experiment) -> str:
    return f'methods()["{experiment.method.name}"]'


def _settings_text(experiment: Experiment) -> str:
    """The settings that an author has chosen, as another argument of a call."""
    fields = experiment.method.settings.model_fields
    given = {name: value for name, value in experiment.settings.items() if value != fields[name].default}
    return f", {given!r}" if given else ""

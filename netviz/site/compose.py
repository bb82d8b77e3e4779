"""Composing: a course and its results become a site, every page in every language and for every picture."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from netviz import __version__
from netviz.bibliography import cited_works
from netviz.claims import CheckedClaim, check_claim
from netviz.course import HOME, Course
from netviz.draw import FIGURES, load_figure
from netviz.experiments import CHOSEN, RANKS, Experiment
from netviz.figures import alt_text, term
from netviz.lessons import LANGUAGES, Lesson, LessonText
from netviz.methods import Passes, methods
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.networks.classes import classes
from netviz.networks.weights import Weights
from netviz.pictures import Picture
from netviz.plan import Plan, Task
from netviz.run import load_record
from netviz.site import weave, wording
from netviz.site.downloads import code_blocks, markdown_text, notebook, numbers_csv, numbers_json, script
from netviz.site.expressions import expression_mistakes, failure, measurement_mistakes, results_used, undeclared
from netviz.site.markup import Body, inline_template, lesson_body, link_mistakes, phrase_mistakes
from netviz.site.method_words import axis_words, unit_words
from netviz.site.preview import preview_file, preview_panel, preview_path
from netviz.site.quiz import question_mistakes, question_view, results_asked
from netviz.site.reference import bibliography_view, glossary_mistakes, glossary_view
from netviz.site.search import index_script
from netviz.site.weave import Axes, Entry, FigureView, Page, Sample, Site, Slide
from netviz.sliders import TARGET, Slider
from netviz.store import Store
from netviz.values import ResultView, result_view

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = (  # what a lesson's expressions may use
    *("results", "picture", "experiment", "layer", "layer_table", "weights"),
    *("measured", "measurement_table"),
)
THUMBNAIL = 112  # pixels of the side, shown at half of it
THUMBNAILS = "thumbnails"


@dataclass(frozen=True)
class Verdict:
    """A claim of an experiment on a picture, and whether it is kept."""

    experiment: Experiment
    picture: str
    claim: CheckedClaim


def text_mistakes(course: Course) -> list[Mistake]:
    """Everything in the lessons' texts that can be known to be wrong before anything runs."""
    mistakes: list[Mistake] = []
    known = dict.fromkeys(course.broken) | {name: _states(one) for name, one in course.experiments.items()}
    for language in LANGUAGES:
        env = weave.environment(TEMPLATES, language)
        names = {*env.globals, *NAMES}
        bodies: dict[str, Body] = {}
        for lesson in course.pages:
            text = lesson.texts[language]
            mistakes += expression_mistakes(text, env, names, known)
            mistakes += measurement_mistakes(text, env, course.measurements)
            with gathered(mistakes):
                bodies[lesson.slug] = lesson_body(text)
                mistakes += phrase_mistakes(text, bodies[lesson.slug], known)
        sections = _sections(course, language, bodies)
        for slug, body in bodies.items():
            text = next(lesson.texts[language] for lesson in course.pages if lesson.slug == slug)
            mistakes += link_mistakes(text, body, _page_slug(slug), sections)
        mistakes += _caption_mistakes(course, env, language, {*names, "target", "top", "numbers"})
        mistakes += glossary_mistakes(course.glossary, language, env)
        for lesson in course.pages:
            for question in course.questions_of(lesson):
                mistakes += question_mistakes(question, lesson.texts, language, env, names, known)
    return mistakes


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
    course: Course, env: ImmutableSandboxedEnvironment, language: str, names: set[str]
) -> Iterator[Mistake]:
    texts = {lesson.slug: lesson.texts[language] for lesson in course.pages}
    for experiment in course.experiments.values():
        words = experiment.wording.get(language)
        if words is None:
            continue
        text = texts[experiment.lesson]
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


def site_files(course: Course, plan: Plan, store: Store, checked: Sequence[Verdict]) -> dict[str, str | bytes | Path]:
    """Every file of the site by its path. Raises Mistakes if an expression of a lesson fails with these results."""
    files: dict[str, str | bytes | Path] = dict(weave.read_assets(TEMPLATES))
    files |= {_thumbnail_path(picture): _thumbnail(picture, store) for picture in course.pictures.values()}
    files |= {f"figures/{key}/{file.name}": file for key, file in _figure_files(plan, store)}
    mistakes: list[Mistake] = []
    listed: list[Page] = []
    for language in LANGUAGES:
        edition = Edition(language, course, plan, store, checked)
        found: list[tuple[str, str, str]] = []
        for page, html in edition.pages(mistakes):
            files[page.path] = html
            if page.picture == page.default_picture and page.slug != weave.NOT_FOUND:
                found.append((page.path, page.title, html))
                listed.append(page)
        files[weave.search_index(language)] = index_script(found)
        if not mistakes:
            files |= edition.downloads()
    if address := course.site.address:
        files["sitemap.xml"] = weave.weave_sitemap(edition.env, edition.site, listed)
        files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {address}/sitemap.xml\n"
        files |= {path: preview_file(task, store) for path, task in _previews(course, plan, store).items()}
    if mistakes:
        raise Mistakes(set(mistakes))
    return files | dict(_numbers(plan, store))


def _numbers(plan: Plan, store: Store) -> Iterator[tuple[str, str]]:
    """The raw numbers of every figure, to be downloaded."""
    for task in plan.values():
        table = load_figure(task, store).table
        yield _numbers_path(task, "json"), numbers_json(load_record(task, store), table)
        if table:
            yield _numbers_path(task, "csv"), numbers_csv(table)


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


@dataclass(frozen=True)
class Edition:
    """The site in one language."""

    language: str
    course: Course
    plan: Plan
    store: Store
    checked: Sequence[Verdict]

    def pages(self, mistakes: list[Mistake]) -> Iterator[tuple[Page, str]]:
        """Every page with its HTML; what fails in a lesson is added to ``mistakes``."""
        for lesson in self.course.pages:
            text = lesson.texts[self.language]
            body = lesson_body(text)
            varies = self._varies(lesson)
            for picture in self.course.offered if varies else [self.course.default_picture]:
                try:
                    with gathered(mistakes):
                        yield self._lesson_page(lesson, text, body, picture, varies)
                except (TemplateError, SecurityError, TypeError, ValueError, KeyError) as error:
                    mistakes.append(failure(text, self.env, self._values(picture) | {"experiment": str}, error))
        for slug in weave.PAGES:
            yield self._plain_page(slug, slug)
        yield self._plain_page(weave.NOT_FOUND, "not_found")

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
            Entry(_page_slug(lesson.slug), front.title, front.summary, self._varies(lesson))
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

    def _varies(self, lesson: Lesson) -> bool:
        """Whether a lesson looks different for another choice of picture."""
        used = results_used(lesson.texts[self.language], self.env)
        for question in self.course.questions_of(lesson):
            used |= results_asked(question, self.language, self.env)
        own = {name for name, one in self.course.experiments.items() if one.lesson == lesson.slug}
        return any(self.course.experiments[name].picture == CHOSEN for name in own | used)

    def _lesson_page(
        self, lesson: Lesson, text: LessonText, body: Body, picture: str, varies: bool
    ) -> tuple[Page, str]:
        is_home = lesson.slug == HOME
        page = Page(
            self.language,
            _page_slug(lesson.slug),
            text.front.title,
            text.front.summary,
            picture,
            self.course.default_picture,
            varies,
            body.sections,
            preview_path(lesson.slug) if lesson.slug in self._previewed else "",
        )
        template = self.env.from_string(weave.relink(body.template, self.site, page))
        values = self._values(picture)
        values |= {"experiment": _Numbered(self, page), "question": partial(self._question, lesson, page, values)}
        content = Markup(template.render(values))
        if is_home:
            return page, weave.weave_page(self.env, "home", self.site, page, body=content)
        suffixes = ("ipynb", "py") if code_blocks(text) else ("ipynb",)
        downloads = {suffix: page.beside(suffix) for suffix in suffixes}
        return page, weave.weave_page(
            self.env, "lesson", self.site, page, body=content, learn=text.front.learn, downloads=downloads
        )

    def downloads(self) -> dict[str, str]:
        """Every lesson as a notebook, and as a script where it has code, for the picture that is shown by default."""
        files = {}
        values = self._values(self.course.default_picture)
        for lesson in self.course.lessons:
            text = lesson.texts[self.language]
            path = weave.page_path(self.language, lesson.slug).removesuffix("html")
            files[f"{path}ipynb"] = notebook(text, self.env, values, self._notebook_cell, self._notebook_question)
            if code_blocks(text):
                files[f"{path}py"] = script(text, self.words.script_intro)
        return files

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

    def _plain_page(self, slug: str, word: str) -> tuple[Page, str]:
        page = Page(
            self.language,
            slug,
            getattr(self.words, word),
            getattr(self.words, f"{word}_summary"),
            self.course.default_picture,
            self.course.default_picture,
            base=f"{self.site.address}/" if slug == weave.NOT_FOUND and self.site.address else "",
        )
        return page, weave.weave_page(self.env, slug, self.site, page, **self._contents(slug, page))

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
        names = {"method": method.title[self.language]}
        if result.target:
            names |= {"target": result.target.name, "picture": result.picture.title}
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
                self._panel_labels(task),
            ),
            caption=Markup(self.env.from_string(inline_template(words.caption)).render(scope)),
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
            axes=self._axes(task),
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

    def _panel_labels(self, task: Task) -> list[str]:
        """Names for the maps that a task takes: by method, class and whatever setting tells them apart."""
        settings = [other.experiment.settings for other in task.of]
        targets = [self._class_name(self._records.record(other)["target"]["index"]) for other in task.of]
        return [
            " · ".join(
                [
                    other.experiment.method.title[self.language],
                    *([target] if len(set(targets)) > 1 else []),
                    *(str(value) for name, value in own.items() if any(one.get(name) != value for one in settings)),
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
        lines.append(f'map_{place} = {_run_text(other.experiment)})["attribution"]')
    maps = f", maps=[{', '.join(f'map_{place}' for place, _ in enumerate(task.of, start=1))}]" if task.of else ""
    lines.append(f"result = {_run_text(experiment)}{maps})")
    return "\n".join(lines) + "\n"


def _run_text(experiment: Experiment) -> str:
    """The call that runs an experiment, but for its end."""
    target = experiment.target
    chosen = f"logits[0].argsort()[::-1][{RANKS.index(target)}]" if isinstance(target, str) else target
    return f"run({_method_text(experiment)}, network, pictures, [{chosen}]{_settings_text(experiment)}"


def _method_text(experiment: Experiment) -> str:
    return f'methods()["{experiment.method.name}"]'


def _settings_text(experiment: Experiment) -> str:
    """The settings that an author has chosen, as another argument of a call."""
    fields = experiment.method.settings.model_fields
    given = {name: value for name, value in experiment.settings.items() if value != fields[name].default}
    return f", {given!r}" if given else ""

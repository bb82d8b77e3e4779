"""Weaving: values and templates become pages. Nothing is read but the templates, and nothing is written.

A page knows where it stands, so every link between pages is relative, names a file, and works from ``file://``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from netviz.claims import CheckedClaim
from netviz.figures import Column, Figure, Legend, Table, alt_text, term
from netviz.lessons import LANGUAGES
from netviz.measurements import Measurement, Row
from netviz.methods import Method, Paper, Passes
from netviz.networks.architecture import Layer
from netviz.networks.weights import Weights
from netviz.site.explorer import channels, solid
from netviz.site.filters import cell, filters
from netviz.site.markup import Section
from netviz.site.method_words import setting_words
from netviz.site.quiz import QuestionView
from netviz.site.wording import Node, Word
from netviz.values import ClassScore
from netviz.yaml_places import LOADER

HOME = "index"
NOT_FOUND = "404"
PAGES = ("methods", "glossary", "bibliography", "credits")  # beside the home page and the lessons
ASSETS = (
    "explorer.js",
    "favicon.svg",
    "question.js",
    "readout.js",
    "search.js",
    "site.js",
    "slider.js",
    "state.js",
    "style.css",
    "theme.js",
)  # of the templates' folder, published in assets/


# What templates receive


@dataclass(frozen=True)
class Tongue:
    """A language as the web names it (BCP 47), and as its speakers do."""

    tag: str
    name: str


TONGUES = {"en": Tongue("en", "English"), "zh": Tongue("zh-Hans", "中文")}


@dataclass(frozen=True)
class Entry:
    """A lesson, or the home page, as links need it; ``varies``: whether every sample picture has a page of it."""

    slug: str
    title: str
    summary: str
    varies: bool = True


@dataclass(frozen=True)
class Sample:
    """A sample picture as the credits and, if it is offered, the picker show it; ``thumbnail`` is a square file."""

    name: str
    title: str
    thumbnail: str
    credit: str = ""
    licence: str = ""
    source: str = ""
    offered: bool = True


@dataclass(frozen=True)
class Site:
    """What all pages of one language share. ``address`` is where the site will stand on the web, if that is known.

    ``parts`` are their titles with the lessons' slugs; all lessons under no title where there are none.
    """

    title: str
    tagline: str
    home: Entry
    lessons: tuple[Entry, ...]
    pictures: tuple[Sample, ...]
    weights: Weights
    version: str
    address: str = ""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Page:
    """One page: its language, slug (``index``, a lesson's, or one of `PAGES`) and words for the head.

    ``picture`` is the reader's choice, ``default_picture`` the one whose pages have the plain address. ``varies`` says
    whether the page depends on the choice. ``image`` is a picture file from the site's root, for link previews.
    ``base`` stands before all links of a page that may be shown at any address: the site's own.
    """

    language: str
    slug: str
    title: str
    summary: str
    picture: str
    default_picture: str
    varies: bool = False
    sections: tuple[Section, ...] = ()
    image: str = ""
    base: str = ""

    @property
    def path(self) -> str:
        """Where the page stands, from the site's root."""
        return self.path_in(self.language)

    @property
    def root(self) -> str:
        """The prefix of links to files of the site: empty, ``../``, ``../../``."""
        return self.base or "../" * self.path.count("/")

    def to(self, entry: Entry) -> str:
        """The link to a lesson, for the picture that the reader has chosen."""
        return self._link(self._path(self.language, entry.slug, entry.varies))

    def to_page(self, slug: str) -> str:
        """The link to one of `PAGES`."""
        return self._link(self._path(self.language, slug, False))

    def with_picture(self, picture: str) -> str:
        """The link to this page woven for another picture."""
        return self._link(page_path(self.language, self.slug, picture, self.default_picture))

    def in_language(self, language: str) -> str:
        """The link to this page in another language."""
        return self._link(self.path_in(language))

    def beside(self, suffix: str) -> str:
        """The link to the lesson's file of another kind, which is the same for every photo: ``../five-steps.ipynb``."""
        return self._link(page_path(self.language, self.slug).removesuffix("html") + suffix)

    def path_in(self, language: str) -> str:
        """Where this page stands in another language, from the site's root."""
        return self._path(language, self.slug, self.varies)

    def _path(self, language: str, slug: str, varies: bool) -> str:
        return page_path(language, slug, self.picture if varies else self.default_picture, self.default_picture)

    def _link(self, path: str) -> str:
        if self.base:
            return self.base + path
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")


@dataclass(frozen=True)
class Plate:
    """One panel as a page shows it: a picture file (``src`` as a link from the page), or a chart that stands inside it.

    ``label`` tells it from its neighbours: a layer's name, a method's; where it has none, the page counts.
    """

    src: str
    width: int
    height: int
    alt: str
    role: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    legend: Legend | None = None
    svg: Markup | None = None
    label: str = ""
    readings: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Bar:
    """A bar of a chart that the page draws: from ``start`` over ``length``, both shares of the width from 0 to 1."""

    label: str
    value: str
    start: float
    length: float
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Axes:
    """What a chart's axes measure, with units."""

    x: str
    y: str


@dataclass(frozen=True)
class Line:
    """A series of a chart for its legend: how its ``dash`` is drawn, or the outline of its ``mark`` if it is points."""

    css: str
    name: str
    dash: str
    mark: str


@dataclass(frozen=True)
class DataTable:
    """Words, ready to be set: column heads, and rows whose first cell names them. ``numeric`` columns are set flush."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True)
class FigureView:
    """One experiment on one picture, as its figure tells it; ``number`` counts the figures of a page from 1.

    A figure made of ``words`` or a ``tree`` has no plates; ``alt`` says what it shows.

    One on data has no target; its network, if it has one, is trained by the build from ``seed``.

    ``code`` is the Python text that repeats the experiment, ``spec`` the author's YAML. ``layers`` are wanted for a
    grid of feature maps only, ``axes`` for charts; ``unit`` is that of a map's values, where it is known, and
    ``slope`` whether they are derivatives.

    ``files`` are the raw numbers to be downloaded, links by kind.

    A figure with a slider has ``slides``, itself among them under the name ``plain``; ``setting`` is what it varies.
    ``compared`` says whether its colours hold for all of them.
    """

    id: str
    number: int
    method: str
    summary: str
    papers: tuple[Paper, ...]
    view: str
    plates: tuple[Plate, ...]
    caption: Markup
    target: ClassScore | None
    top: tuple[ClassScore, ...]
    numbers: Mapping[str, Any]
    claims: tuple[CheckedClaim, ...]
    spec: str
    code: str
    passes: Passes
    precision: str
    weights: Weights | None
    legend: Legend | None = None
    table: DataTable | None = None
    bars: tuple[Bar, ...] = ()
    series: tuple[Line, ...] = ()
    layers: Mapping[str, Layer] = field(default_factory=dict)
    setting: str = ""
    slides: tuple[Slide, ...] = ()
    plain: str = ""
    compared: bool = False
    files: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    axes: Axes | None = None
    unit: str = ""
    slope: bool = False
    explains_class: bool = True
    alt: str = ""
    words: tuple[Word, ...] = ()
    tree: Node | None = None

    @property
    def export(self) -> str:
        """The command that writes all arrays of the experiment."""
        return f"python build.py --export {self.id}"

    @property
    def layout(self) -> str:
        """How it stands: ``single``, ``pair``, ``several``, or as its view is called, or what it is made of."""
        if self.view == "bars" and self.plates:
            return "regions"
        if self.words or self.tree:
            return "worded"
        if self.view in ("bars", "grid", "strip", "table"):
            return self.view
        if any(plate.svg for plate in self.plates):
            return "charted"
        return {1: "single", 2: "pair"}.get(len(self.plates), "several")

    @property
    def stop(self) -> str:
        """Where the slider stands at first: ``samples 50``; empty if there is none."""
        return next((f"{self.setting} {slide.label}" for slide in self.slides if slide.name == self.plain), "")

    @property
    def tells_target(self) -> bool:
        """Whether the explained class stands beside it: not beside lists of classes, nor beside the mere photo."""
        mere_photo = self.view == "picture" and all(not plate.facts.get("made") for plate in self.plates)
        return not mere_photo and self.layout not in ("bars", "grid", "regions")

    @property
    def broken(self) -> tuple[CheckedClaim, ...]:
        return tuple(claim for claim in self.claims if not claim.kept)

    @property
    def blocks(self) -> tuple[tuple[str, tuple[Plate, ...]], ...]:
        """The plates of a grid by block: ``block3`` with its layers; what belongs to no block stands under ``""``."""

        def block(plate: Plate) -> str:
            return plate.label.partition("_")[0] if plate.label.startswith("block") else ""

        layers = (plate for plate in self.plates if plate.label in self.layers)
        return tuple((name, tuple(plates)) for name, plates in groupby(layers, block))

    @property
    def photo(self) -> Plate | None:
        """The photo that a grid's layers were shown."""
        return next((plate for plate in self.plates if plate.role == "picture"), None)


@dataclass(frozen=True)
class Slide:
    """A figure at one value of its slider; ``name`` is the value in addresses, ``label`` as readers see it."""

    name: str
    label: str
    view: FigureView


@dataclass(frozen=True)
class SettingView:
    """A setting of a method as its declaration has it: what is allowed, and the default (empty where one is needed).

    ``translated`` is False where the description is English on a page that is not.
    """

    name: str
    allowed: str
    default: str
    description: str
    translated: bool


@dataclass(frozen=True)
class MethodView:
    """A method's declaration in words. ``passes`` is the cost at the default settings, where all have one."""

    name: str
    title: str
    summary: str
    papers: tuple[Paper, ...]
    subject: str
    gives: str
    signed: bool | None
    views: tuple[str, ...]
    settings: tuple[SettingView, ...]
    passes: Passes | None


# From what other rooms give


def search_index(language: str) -> str:
    """Where the index of a language's pages stands, from the site's root."""
    return f"assets/search-{language}.js"


def page_path(language: str, slug: str, picture: str = "", default_picture: str = "") -> str:
    """Where a page stands, from the site's root: ``zh/five-steps/dog.html``."""
    folder = "" if language == LANGUAGES[0] else f"{language}/"
    return f"{folder}{slug}.html" if picture == default_picture else f"{folder}{slug}/{picture}.html"


def plates(
    figure: Figure,
    prefix: str,
    language: str,
    names: Mapping[str, str],
    read: Callable[[str], str],
    alt: str = "",
    labels: Sequence[str] = (),
) -> tuple[Plate, ...]:
    """A drawn figure's panels. ``prefix`` is the link from the page to the figure's folder, with its last slash.

    ``read`` gives the text of one of the figure's own SVG files, which are trusted and stand inside the page. ``names``
    are the words for ``method``, ``target`` and ``picture``; ``alt`` is the author's own text for the first panel,
    ``labels`` are names for the panels in order.
    """
    return tuple(
        Plate(
            f"{prefix}{panel.file}",
            panel.width,
            panel.height,
            (alt if number == 0 else "") or alt_text(figure, panel, language, names),
            panel.role,
            panel.facts,
            panel.legend,
            Markup(read(panel.file)) if panel.file.endswith(".svg") else None,
            labels[number] if number < len(labels) else panel.role.partition(":")[2],
            asdict(panel.readings) if panel.readings else None,
        )
        for number, panel in enumerate(figure.panels)
    )


def data_table(figure: Figure, language: str, class_name: Callable[[int], str]) -> DataTable | None:
    """The numbers beneath a figure in words; ``class_name`` names a class by its index."""
    if figure.table is None:
        return None
    kinds = [column.kind for column in figure.table.columns]
    rows = (_named(row, kinds, class_name) for row in figure.table.rows)
    return DataTable(
        tuple(term(column.key, language) for column in figure.table.columns),
        tuple(tuple(cell(value, kind, language) for value, kind in zip(row, kinds, strict=True)) for row in rows),
        tuple(kind not in ("name", "term", "class", "place") for kind in kinds),
    )


def bars(figure: Figure, language: str, class_name: Callable[[int], str]) -> tuple[Bar, ...]:
    """The bars of a figure of view ``bars``: labels from its table's first column, lengths from the second.

    Shares are drawn on a scale from 0 to 1; other values on one that just holds them all, and zero.
    """
    table = data_table(figure, language, class_name)
    if figure.view != "bars" or figure.table is None or table is None:
        return ()
    values = [float(row[1] or 0) for row in figure.table.rows]
    is_share = figure.table.columns[1].kind == "share"
    low, high = (0.0, 1.0) if is_share else (min(0.0, *values), max(0.0, *values))
    span = (high - low) or 1.0
    return tuple(
        Bar(row[0], row[1], (min(value, 0.0) - low) / span, abs(value) / span, row[2:])
        for row, value in zip(table.rows, values, strict=True)
    )


def series(figure: Figure, language: str) -> tuple[Line, ...]:
    """The lines or sets of points of a chart for its legend, where there are several."""
    lines = figure.panels[0].facts.get("series", ()) if figure.panels else ()
    if len(lines) < 2:
        return ()
    return tuple(Line(line["class"], term(line["name"], language), line["dash"], line["mark"]) for line in lines)


def named_matrix(figure: Figure, names: Sequence[str]) -> Figure:
    """A matrix whose rows have names, in its facts and its table; any other figure as it is."""
    if figure.view != "matrix" or figure.table is None or len(names) != figure.facts["side"]:
        return figure
    (panel,), facts = figure.panels, {**figure.facts, "names": list(names)}
    columns = (Column("row", "name"), *figure.table.columns[1:])
    rows = tuple((name, *row[1:]) for name, row in zip(names, figure.table.rows, strict=True))
    return replace(figure, panels=(replace(panel, facts=facts),), facts=facts, table=Table(columns, rows))


def method_view(method: Method, language: str) -> MethodView:
    """A declaration as the page of methods shows it."""
    return MethodView(
        method.name,
        method.title[language],
        method.summary[language],
        method.papers,
        method.subject,
        method.gives,
        method.signed,
        method.views,
        _settings(method.settings, language),
        _default_passes(method),
    )


def _named(row: Sequence[Any], kinds: Sequence[str], class_name: Callable[[int], str]) -> list[Any]:
    return [class_name(int(value)) if kind == "class" else value for value, kind in zip(row, kinds, strict=True)]


def _settings(model: type[BaseModel], language: str) -> tuple[SettingView, ...]:
    views = []
    for name, schema in model.model_json_schema().get("properties", {}).items():
        english = schema.get("description", "")
        words = setting_words(english, language)
        default = str(schema.get("default", ""))
        views.append(SettingView(name, _allowed(schema), default, words or english, words is not None))
    return tuple(views)


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a setting may be, from its JSON schema: ``logit | probability``, ``1 … 1000``, ``> 0``; or empty."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_allowed(one) for one in schema["anyOf"])
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']:g} … {schema['maximum']:g}"
    limits = [f"{sign} {schema[bound]:g}" for bound, sign in bounds.items() if bound in schema]
    return ", ".join(limits) or str(schema.get("const", ""))


def _default_passes(method: Method) -> Passes | None:
    try:
        return method.passes(method.settings())
    except ValidationError:  # a setting has no default, so the cost depends on the author
        return None


# Weaving


def relink(body: str, site: Site, page: Page) -> str:
    """A lesson's HTML (or the template of it) with its links between pages made to hold from this page.

    Authors write them as if all pages lay in one folder: ``five-steps.html#step-1``. Raises ValueError
    for a page that there is not.
    """
    entries = {entry.slug: entry for entry in (site.home, *site.lessons)}

    def held(match: re.Match[str]) -> str:
        slug, section = match[1], match[2] or ""
        if slug not in entries and slug not in PAGES:
            raise ValueError(f"there is no page {slug}.html; there are {', '.join([*entries, *PAGES])}")
        link = page.to(entries[slug]) if slug in entries else page.to_page(slug)
        return f'href="{link}{section}"'

    return re.sub(r'href="([\w./-]+)\.html(#[^"]*)?"', held, body)


@cache
def environment(templates: Path, language: str) -> ImmutableSandboxedEnvironment:
    """Jinja2 for a language's pages, lessons and captions: sandboxed, everything escaped, undefined names are errors.

    Adds the filters of `netviz.site.filters`, and ``words``, the interface's words in that language.
    """
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update(filters(language), solid=solid, channels=channels, term=partial(term, language=language))
    env.globals.update(
        words=read_words(templates, language),
        language=language,
        languages=TONGUES,
        pages=PAGES,
        search_index=search_index,
    )
    return env


def read_words(templates: Path, language: str) -> SimpleNamespace:
    """The interface's words in one language, by name."""
    words = yaml.load((templates / "words.yaml").read_text("utf-8"), LOADER)
    return SimpleNamespace(**{name: versions[language] for name, versions in words.items()})


def read_assets(templates: Path) -> dict[str, bytes]:
    """What every page needs beside itself: contents by path from the site's root."""
    return {f"assets/{name}": (templates / name).read_bytes() for name in ASSETS}


def weave_page(env: ImmutableSandboxedEnvironment, template: str, site: Site, page: Page, **values: Any) -> str:
    """A whole page from one of the templates ``home``, ``lesson``, and `PAGES`.

    ``home`` and ``lesson`` take ``body`` (Markup), ``lesson`` also ``learn`` (lines of text) and ``downloads`` (links
    by suffix, ``ipynb`` and ``py``), ``methods`` the
    ``methods`` (`MethodView`), ``glossary`` the ``chapters`` (`ChapterView`), ``bibliography`` the ``works``
    (`WorkView`), ``credits`` the ``notices`` (name, licence, source) of what the site is made of.
    """
    return env.get_template(f"{template}.html").render(site=site, page=page, **values)


def weave_sitemap(env: ImmutableSandboxedEnvironment, site: Site, pages: Iterable[Page]) -> str:
    """Where all pages stand, for search engines; only for a site whose address is known."""
    return env.get_template("sitemap.xml").render(site=site, found=tuple(pages))


def weave_figure(env: ImmutableSandboxedEnvironment, figure: FigureView) -> Markup:
    """One experiment's figure, to stand in a page's body."""
    return Markup(env.get_template("figure.html").render(it=figure))


def weave_question(env: ImmutableSandboxedEnvironment, question: QuestionView) -> Markup:
    """A graded question, to stand in a page's body."""
    return Markup(env.get_template("question.html").render(it=question))


def weave_layer_table(env: ImmutableSandboxedEnvironment, layers: Iterable[Layer]) -> Markup:
    """A network's layers with shapes, parameters and receptive fields, to stand in a page's body."""
    return Markup(env.get_template("layers.html").render(layers=tuple(layers)))


def weave_measurement(
    env: ImmutableSandboxedEnvironment, measurement: Measurement, column: str, task_name: Callable[[str], str]
) -> Markup:
    """A benchmark's ``seconds`` or ``agreement``, a row a task and a column a library, to stand in a page's body.

    Raises ValueError for another column. Of ``agreement`` only the libraries that are not ours have one.
    """
    cells: dict[str, Callable[[Row], float | None]] = {
        "seconds": lambda row: row.median,
        "agreement": lambda row: row.agreement.rank_correlation if row.agreement else None,
    }
    if column not in cells:
        raise ValueError(f"a measurement has no column {column!r}; there are {', '.join(cells)}")
    found = {(row.task, row.library): cells[column](row) for row in measurement.rows}
    libraries = [
        one for one in measurement.libraries if any(found.get((task, one)) is not None for task in measurement.tasks)
    ]
    rows = [(task_name(task), [found.get((task, one)) for one in libraries]) for task in measurement.tasks]
    template = env.get_template("measurement.html")
    return Markup(template.render(column=column, libraries=libraries, rows=rows, measurement=measurement))

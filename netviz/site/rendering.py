"""Rendering: values and templates become HTML. Nothing is read but the templates, and nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from netviz.course.claims import CheckedClaim
from netviz.course.measurements import Measurement, Row
from netviz.figures.describe import term
from netviz.languages.known import DEFAULT, Language
from netviz.languages.known import language as language_of
from netviz.languages.messages import messages
from netviz.mistakes import Mistakes
from netviz.networks.architecture import Layer
from netviz.site.attached_files import IllustrationView
from netviz.site.field_tables import AggregateRow, FieldRow
from netviz.site.overrides import FAULTS, Templates, override_failure, template_file
from netviz.site.page_figures.explorer import channels, solid
from netviz.site.page_figures.figure_views import FigureView
from netviz.site.page_figures.gallery_views import GalleryFigure
from netviz.site.quiz import QuestionView
from netviz.site.site_map import PAGES, Page, Site, as_address, search_index
from netviz.site.text.filters import filters

ASSETS = (
    "embed.js",
    "enlarge.js",
    "explorer.js",
    "favicon.svg",
    "figure-picture.js",
    "messages.js",
    "numerals.js",
    "question.js",
    "readout.js",
    "saving.js",
    "search.js",
    "site.js",
    "slider.js",
    "state.js",
    "style.css",
    "take-along.js",
    "theme.js",
    "wall.js",
)  # of the templates' folder, published in assets/


def environment(
    templates: Templates,
    language: str,
    languages: tuple[str, ...] = DEFAULT,
    compiled: BytecodeCache | None = None,
) -> Environment:
    """Jinja2 for the templates in one of a site's languages: everything escaped, undefined names are errors.

    Adds the filters of `netviz.site.text.filters`; ``words``, the interface's words in that language, ``message`` for
    one whose name is put together, and ``to_fill`` for one that a script fills in. A course's own templates are filled
    in by Jinja2's sandbox. ``compiled`` are templates that need not be compiled again.
    """
    prepared = _environment if len(templates) == 1 else _prepared
    env = prepared(templates, language_of(language), tuple(map(language_of, languages)))
    env.bytecode_cache = compiled or env.bytecode_cache
    return env


def _prepared(templates: Templates, spoken: Language, languages: tuple[Language, ...]) -> Environment:
    language = spoken.code
    kind = ImmutableSandboxedEnvironment if len(templates) > 1 else Environment
    env = kind(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    env.filters.update(filters(language), solid=solid, channels=channels, term=partial(term, language=language))
    env.filters.update(as_address=as_address)
    env.globals.update(
        words=Words(language),
        message=messages(language, "interface"),
        to_fill=partial(to_fill, language),
        language=language,
        languages={one.code: one for one in languages},
        pages=PAGES,
        search_index=search_index,
    )
    return env


_environment = cache(_prepared)  # netviz's own templates stay as they are while a process lasts


class Words:
    """The interface's words in a language, by name; messages that take values are functions of them."""

    def __init__(self, language: str) -> None:
        self._say = messages(language, "interface")

    def __getattr__(self, name: str) -> Any:
        if not self._say.has(name):
            raise AttributeError(f"the interface has no message {name!r}")
        found = partial(self._say, name) if self._say.takes(name) else self._say(name)
        setattr(self, name, found)
        return found


def to_fill(language: str, name: str, area: str = "interface") -> str:
    """A message whose values a script puts in, each in the place of its ``{name}``."""
    say = messages(language, area)
    return say(name, **{value: f"{{{value}}}" for value in say.takes(name)})


def ids_of(templates: Templates, *names: str) -> frozenset[str]:
    """The ids that templates give to parts of a page, whatever it shows."""
    sources = [template_file(templates, f"{name}.html").read_text("utf-8") for name in names]
    return frozenset(re.findall(r' id="([^"{}]+)"', "".join(sources)))


def read_assets(templates: Templates) -> dict[str, bytes]:
    """What every page needs beside itself: contents by path from the site's root."""
    return {f"assets/{name}": template_file(templates, name).read_bytes() for name in ASSETS}


def _rendered(env: Environment, name: str, **values: Any) -> str:
    """A template filled in. Raises Mistakes where one of a course's own fails."""
    try:
        return env.get_template(name).render(values)
    except FAULTS as error:
        assert isinstance(env.loader, FileSystemLoader)
        if mistake := override_failure(error, tuple(map(Path, env.loader.searchpath))):
            raise Mistakes([mistake]) from error
        raise


def render_page(env: Environment, template: str, site: Site, page: Page, **values: Any) -> str:
    """A whole page from one of the templates ``home``, ``lesson``, ``page``, and `PAGES`.

    ``home``, ``lesson`` and ``page`` take ``body`` (Markup), the last two also ``learn`` (lines of text), ``lesson``
    also ``downloads`` (links by suffix, ``ipynb`` and ``py``); ``photos`` takes ``photos`` (`OfferedPhoto`),
    ``methods`` ``methods`` (`MethodView`), ``glossary`` ``chapters`` (`ChapterView`), ``bibliography`` ``works``
    (`WorkView`), and ``credits`` ``notices`` (name, licence, source) of what the site is made of, and ``seen``, by name
    the pictures (`Picture`) of which the network sees little.
    """
    return _rendered(env, f"{template}.html", site=site, page=page, **values)


def render_sitemap(env: Environment, site: Site, pages: Iterable[Page]) -> str:
    """Where all pages stand, for search engines; only for a site whose address is known."""
    return _rendered(env, "sitemap.xml", site=site, found=tuple(pages))


def render_book(env: Environment, template: str, site: Site, **values: Any) -> str:
    """One of the files of a book of the whole course, from its template: XML."""
    return _rendered(env, template, site=site, **values)


def render_figure(env: Environment, figure: FigureView) -> Markup:
    """One experiment's figure, to stand in a page's body."""
    return Markup(_rendered(env, "figure.html", it=figure))


def render_gallery(env: Environment, gallery: GalleryFigure) -> Markup:
    """One experiment over a gallery, to stand in a page's body."""
    return Markup(_rendered(env, "gallery-figure.html", it=gallery))


def render_illustration(env: Environment, illustration: IllustrationView) -> Markup:
    """A picture that no experiment made, to stand in a page's body."""
    return Markup(_rendered(env, "illustration.html", it=illustration).strip())


def render_claim(env: Environment, claim: CheckedClaim, sentence: Markup, number: int) -> Markup:
    """A sentence with what it claims; ``number`` counts those of a page from 1."""
    return Markup(env.get_template("claim.html").render(claim=claim, sentence=sentence, number=number).strip())


def render_question(env: Environment, question: QuestionView) -> Markup:
    """A graded question, to stand in a page's body."""
    return Markup(_rendered(env, "question.html", it=question))


def render_layer_table(env: Environment, layers: Iterable[Layer]) -> Markup:
    """A network's layers with shapes, parameters and receptive fields, to stand in a page's body."""
    return Markup(_rendered(env, "layers.html", layers=tuple(layers)))


def render_aggregate_table(env: Environment, rows: Iterable[AggregateRow]) -> Markup:
    """What many results can be summed up by, to stand in a page's body."""
    return Markup(_rendered(env, "aggregates.html", rows=tuple(rows)))


def render_field_table(env: Environment, kind: str, rows: Iterable[FieldRow]) -> Markup:
    """What an author may write of a kind, to stand in a page's body."""
    return Markup(_rendered(env, "fields.html", kind=kind, rows=tuple(rows)))


def render_measurement(
    env: Environment, measurement: Measurement, column: str, task_name: Callable[[str], str]
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
    values = {"column": column, "libraries": libraries, "rows": rows, "measurement": measurement}
    return Markup(_rendered(env, "measurement.html", **values))

"""What a page shows of one experiment: a drawn figure becomes plates, tables, bars and legends with words on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from markupsafe import Markup

from netviz.course.claims import CheckedClaim
from netviz.engine.result_views import ClassScore
from netviz.figures import Column, Figure, Legend, Table
from netviz.figures.describe import alt_text, term
from netviz.methods import Paper, Passes
from netviz.networks.architecture import Layer
from netviz.networks.weights import Weights
from netviz.site.page_figures.word_figures import Node, Word
from netviz.site.text.filters import cell


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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
class MapLine:
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
class PhotoCredit:
    """What a photo is called, whose it is, its licence, and the address where it comes from; each may be empty."""

    title: str
    credit: str
    licence: str
    source: str


@dataclass(frozen=True, kw_only=True)
class FigureView:
    """One experiment on one picture, as its figure tells it; ``number`` counts the figures of a page from 1.

    A figure made of ``words`` or a ``tree`` has no plates; ``alt`` says what it shows.

    One on data has no target; its network, if it has one, is trained by the build from ``seed``.

    ``code`` is the Python text that repeats the experiment, ``export`` the command that writes all of its arrays,
    ``spec`` the author's YAML. ``layers`` are wanted for a grid of feature maps only, and ``unit_names`` of those
    of its layers whose units have names; ``axes`` for charts; ``unit`` is that of a map's values, where it is
    known, and ``signs`` what their signs mean, by `method_words.signs`; ``signs_of_each`` says it of each plate where
    maps of other experiments stand side by side.

    ``settings`` are names and values in words, but for what the slider varies; ``credit`` is of the photo.

    ``files`` are the raw numbers to be downloaded, links by kind; ``your_photo`` links to where a reader's own photo is
    looked at in the same way.

    ``class_known`` says that the figure before it has told of the same class on the same photo, ``answers`` that it
    gives the answer of the question before it, and is seen when the reader has guessed; ``follows`` that it is of the
    photo that the reader has chosen.

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
    series: tuple[MapLine, ...] = ()
    layers: Mapping[str, Layer] = field(default_factory=dict)
    unit_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    setting: str = ""
    slides: tuple[Slide, ...] = ()
    plain: str = ""
    compared: bool = False
    files: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    credit: PhotoCredit | None = None
    your_photo: str = ""
    seed: int | None = None
    axes: Axes | None = None
    unit: str = ""
    signs: str = "share"
    signs_of_each: tuple[str, ...] = ()
    explains_class: bool = True
    class_known: bool = False
    answers: bool = False
    follows: bool = False
    alt: str = ""
    export: str = ""
    words: tuple[Word, ...] = ()
    tree: Node | None = None

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
        """Whether the explained class stands beside it: not beside lists of classes, nor beside a mere picture.

        Its numbers are those of the photo: a photo alone must not give them away, and a made picture has others.
        """
        if self.target is None or not self.explains_class or self.class_known:
            return False
        return self.view != "picture" and self.layout not in ("bars", "grid", "regions")

    @property
    def classes_told(self) -> set[int]:
        """The classes that stand beside it, by index: one, or those that its slider goes through."""
        views = [slide.view for slide in self.slides] or [self]
        return {view.target.index for view in views if view.target and view.tells_target}

    def with_class_known(self) -> FigureView:
        """The same without the class beside it."""
        slides = tuple(replace(slide, view=replace(slide.view, class_known=True)) for slide in self.slides)
        return replace(self, class_known=True, slides=slides)

    @property
    def broken(self) -> tuple[CheckedClaim, ...]:
        """The claims that do not hold."""
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


def plates(
    figure: Figure,
    prefix: str,
    language: str,
    names: Mapping[str, str],
    read: Callable[[str], str],
    alt: str = "",
    labels: Sequence[str] = (),
) -> tuple[Plate, ...]:
    """A drawn figure's panels. ``prefix`` is how the links from the page to the figure's files begin.

    ``read`` gives the text of one of the figure's own SVG files, which are trusted and stand inside the page. ``names``
    are the words for ``method``, ``target`` and ``picture``; ``alt`` is the author's own text for the first panel,
    ``labels`` are names for the panels in order.
    """
    return tuple(
        Plate(
            src=f"{prefix}{panel.file}",
            width=panel.width,
            height=panel.height,
            alt=(alt if number == 0 else "") or alt_text(figure, panel, language, names),
            role=panel.role,
            facts=panel.facts,
            legend=panel.legend,
            svg=Markup(read(panel.file)) if panel.file.endswith(".svg") else None,
            label=labels[number] if number < len(labels) else panel.role.partition(":")[2],
            readings=vars(panel.readings) if panel.readings else None,
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
        tuple(kind not in ("name", "code", "term", "class", "place") for kind in kinds),
    )


def bars(figure: Figure, language: str, class_name: Callable[[int], str]) -> tuple[Bar, ...]:
    """The bars of a figure of view ``bars``: labels from its table's first column, lengths from the second.

    Shares are drawn on a scale from 0 to 1; other values on one that just holds them all, and zero.
    """
    table = data_table(figure, language, class_name) if figure.view == "bars" else None
    if figure.table is None or table is None:
        return ()
    values = [float(row[1] or 0) for row in figure.table.rows]
    is_share = figure.table.columns[1].kind == "share"
    low, high = (0.0, 1.0) if is_share else (min([0.0, *values]), max([0.0, *values]))
    span = (high - low) or 1.0
    return tuple(
        Bar(label=row[0], value=row[1], start=(min(value, 0.0) - low) / span, length=abs(value) / span, more=row[2:])
        for row, value in zip(table.rows, values, strict=True)
    )


def series(figure: Figure, language: str) -> tuple[MapLine, ...]:
    """The lines or sets of points of a chart for its legend, where there are several."""
    lines = figure.panels[0].facts.get("series", ()) if figure.panels else ()
    if len(lines) < 2:
        return ()
    return tuple(MapLine(line["class"], term(line["name"], language), line["dash"], line["mark"]) for line in lines)


def named_matrix(figure: Figure, names: Sequence[str]) -> Figure:
    """A matrix whose rows have names, in its facts and its table; any other figure as it is."""
    if figure.view != "matrix" or figure.table is None or len(names) != figure.facts["side"]:
        return figure
    (panel,), facts = figure.panels, {**figure.facts, "names": list(names)}
    columns = (Column("row", "name"), *figure.table.columns[1:])
    rows = tuple((name, *row[1:]) for name, row in zip(names, figure.table.rows, strict=True))
    return replace(figure, panels=(replace(panel, facts=facts),), facts=facts, table=Table(columns, rows))


def _named(row: Sequence[Any], kinds: Sequence[str], class_name: Callable[[int], str]) -> list[Any]:
    return [class_name(int(value)) if kind == "class" else value for value, kind in zip(row, kinds, strict=True)]

"""Whoever adds a view adds one module: its drawing, the facts and the words for it, and a method may name it."""

from __future__ import annotations

import importlib
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

import netviz.engine.execution
import netviz.figures.views
import netviz.methods
from netviz.cache import sources
from netviz.cache.inputs import inputs_key
from netviz.command_line import main
from netviz.engine.declarations import declaration_mistakes
from netviz.figures import Figure, Table, draw
from netviz.figures.axes import site_axes
from netviz.figures.describe import alt_text
from netviz.figures.figure import Column, Request
from netviz.figures.svg import COLOURS
from netviz.figures.views import View, view, views
from netviz.methods import Passes, method, methods
from netviz.options import Options

OWN = """
import numpy as np

from netviz.figures.axes import site_axes
from netviz.figures.describe import alt_text
from netviz.figures.figure import Column, Figure, Request, Table
from netviz.figures.views import view
from netviz.methods import Passes, method


@view(
    "histogram",
    needs=("values",),
    alt={
        "en": "{ $method }: { $count } values, { $most } of them alike.",
        "zh": "{ $method }：{ $count } 个数值，其中 { $most } 个相近。",
    },
)
def draw_histogram(request: Request) -> Figure:
    '''How often each of ``values`` (k,) occurs.'''
    counts, edges = np.histogram(request.arrays["values"], 4)
    with site_axes(request, height=300) as chart:
        chart.axes.stairs(counts, edges, fill=True)
        chart.axes.plot(edges[:-1], counts, "o--", color="C1")
        chart.axes.text(edges[0], 0, "<b>&")
    table = Table((Column("x"), Column("y")), tuple(zip(edges.tolist(), counts.tolist())))
    return chart.figure({"count": int(counts.sum()), "most": int(counts.max())}, table)


@method(
    title={"en": "Squares", "zh": "平方"},
    summary={"en": "Squares of numbers.", "zh": "一些数的平方。"},
    gives="scores",
    subject="data",
    views=("histogram",),
    passes=lambda settings: Passes(0),
)
def squares():
    '''``values`` (30,).'''
    return {"values": np.arange(30.0) ** 2}
"""
WORDS = {"en": "Squares: 30 values, 15 of them alike.", "zh": "平方：30 个数值，其中 15 个相近。"}
PAGES = {"en": "first.html", "zh": "zh/first.html"}


@pytest.fixture(autouse=True)
def _registries_of_their_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    methods(), views()
    for register in (netviz.methods, sys.modules["netviz.figures.views"]):
        monkeypatch.setattr(register, "_registry", dict(register._registry))  # type: ignore[attr-defined]
    yield
    sys.modules.pop("own_view", None)
    forget()  # the next test's module has the same name and stands elsewhere


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A view and a method of somebody else, imported as whoever calls `main` does."""
    path = tmp_path / "code" / "own_view.py"
    path.parent.mkdir()
    path.write_text(OWN, "utf-8")
    monkeypatch.syspath_prepend(path.parent)
    importlib.import_module("own_view")
    return path


@pytest.fixture
def course(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course on data alone, so that no network is needed."""
    monkeypatch.setattr(netviz.engine.execution, "open_network", None)
    folder, front = course / "lessons" / "01-first", "---\ntitle: One\nsummary: Two.\n---\n\n"
    fence = "```experiment\nid: it\nmethod: squares\ncaption: A.\n```\n"
    (folder / "en.md").write_text(front + fence, "utf-8")
    (folder / "zh.md").write_text(front + fence.replace("method: squares\n", "").replace("A.", "一。"), "utf-8")
    return course


def build(course: Path, tmp_path: Path, name: str = "site") -> int:
    return main(["--content", str(course), "--store", str(tmp_path / f"{name}-store"), "--to", str(tmp_path / name)])


def test_a_view_of_ones_own_is_one_module_and_stands_in_the_page_with_its_words(
    course: Path, module: Path, tmp_path: Path
) -> None:
    assert build(course, tmp_path) == 0
    pages = {language: (tmp_path / "site" / PAGES[language]).read_text("utf-8") for language in WORDS}
    for language, page in pages.items():
        assert f'<div role="img" aria-label="{WORDS[language]}"><svg' in page
    (chart,) = re.findall(r'<svg [^>]*class="chart".*?</svg>', pages["en"], re.DOTALL)
    assert chart in pages["zh"] and "&lt;b&gt;&amp;</text>" in chart
    follows_the_theme(ET.fromstring(chart))
    assert build(course, tmp_path, "again") == 0
    for language in WORDS:
        assert (tmp_path / "again" / PAGES[language]).read_bytes() == pages[language].encode()


def follows_the_theme(svg: ET.Element) -> None:
    """No ids, links, dates or styles; colours are the page's or a line's, which style sheets may change."""
    for element in svg.iter():
        assert element.tag.partition("}")[2] in {"svg", "path", "text"}
        assert not element.attrib.keys() & {"id", "href", "style", "clip-path"}
        assert {element.get("fill", "none"), element.get("stroke", "none")} <= {"none", "currentColor"}
        if "color" in element.attrib:
            assert element.get("class") == f"line-{COLOURS.index(element.get('color', ''))}"


@pytest.mark.slow
def test_its_code_is_in_the_keys_of_inputs_figures_and_pages(
    course: Path, module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options(content=course, store=tmp_path / "site-store", to=tmp_path / "site")
    before = inputs_key(options)
    assert build(course, tmp_path) == 0
    for change in (("fill=True", "fill=False"), ("of them alike", "of them similar")):
        module.write_text(module.read_text("utf-8").replace(*change), "utf-8")
        assert inputs_key(options) != before
        before = inputs_key(options)
        forget()
        importlib.reload(sys.modules["own_view"])
        capsys.readouterr()
        assert build(course, tmp_path) == 0
        assert "nothing to do" not in capsys.readouterr().err
    page = (tmp_path / "site" / "first.html").read_text("utf-8")
    assert "of them similar" in page and 'fill="currentColor" class="line-0"' not in page


def forget() -> None:
    """What was known of the files, as in a process of its own."""
    from netviz.site.files import takeover

    for known in (*vars(sources).values(), takeover.code_key):
        if hasattr(known, "cache_clear"):
            known.cache_clear()


# Declarations


def nothing(request: Request) -> Figure:
    return Figure(view=request.view, panels=())


@pytest.mark.parametrize("name", ["", "Own", "own view", "own--view", '"><b>'])
def test_a_name_that_lessons_cannot_use_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        view(name)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'bars': netviz\.figures\.views\.charts has one"):
        view("bars")(nothing)
    view("own")(nothing)
    view("own")(nothing)  # a module that is read again declares the same once more


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"needs": "values"}, "declares needs='values'"),
        ({"needs": ["values"]}, "declares needs=['values']"),
        ({"needs": (1,)}, "declares needs=(1,)"),
        ({"needs_picture": "yes"}, "declares needs_picture='yes'"),
        ({"takes_lists": 1}, "declares takes_lists=1"),
        ({"alt": "{ $count } values."}, "declares alt='{ $count } values.'"),
        ({"alt": {"en": None}}, "declares alt={'en': None}"),
    ],
)
def test_a_declaration_of_other_types_is_told_at_its_line(declared: dict[str, Any], message: str) -> None:
    view("own", **declared)(nothing)
    (told,) = map(str, declaration_mistakes((), [views()["own"]]))
    field = next(iter(declared))
    assert re.match(rf"{re.escape(__file__)}:\d+: the view 'own' {re.escape(message)}\n    {field}: ", told)


def test_the_views_of_the_project_are_declared_rightly() -> None:
    assert list(declaration_mistakes((), views().values())) == []


def test_what_can_draw_nothing_is_told() -> None:
    one = View(name="own", draw="x", needs=(), needs_picture=False, takes_lists=True, alt=None)  # type: ignore[arg-type]
    (told,) = map(str, declaration_mistakes((), [one]))
    assert "declares draw='x'" in told


def declare(drawn: Callable[[Request], Any], **more: Any) -> None:
    view("own", **more)(drawn)
    method(
        title={"en": "Own", "zh": "自己的"},
        summary={"en": "One's own.", "zh": "自己的。"},
        gives="scores",
        subject="data",
        views=("own",),
        passes=lambda settings: Passes(0),
        name="squares",
    )(values)


def values() -> dict[str, Any]:
    """``values`` (30,)."""
    return {"values": np.arange(30.0)}


@pytest.mark.parametrize(
    ("drawn", "more", "message"),
    [
        (lambda request: None, {}, "the view 'own' gives None, where a Figure(view=request.view, …) is needed"),
        (lambda request: Figure(view="other", panels=()), {}, "the view 'own' gives Figure(view='other'"),
        (lambda request: Figure(view=request.view, panels=(), facts={"a": np.float32(1)}), {}, "not JSON serializable"),
        (lambda request: Figure(view=request.view, panels=(), facts={"a": float("nan")}), {}, "JSON"),
        (lambda request: 1 / 0, {}, "ZeroDivisionError"),
        (nothing, {"needs": ("weights",)}, "the view 'own' needs the array 'weights'; the result's arrays: values"),
        (lambda request: hatched(request), {}, "a chart can't have hatching"),
    ],
)
def test_a_view_that_fails_is_told_with_its_experiment(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], drawn: Any, more: dict[str, Any], message: str
) -> None:
    declare(drawn, **more)
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert "01-first/en.md:8: squares can't be drawn as 'own' (it): " in said and message in said
    assert "Traceback" not in said and not (tmp_path / "site").exists()


def hatched(request: Request) -> Figure:
    with site_axes(request) as chart:
        chart.axes.bar([1], [1], hatch="/")
    return chart.figure()


@pytest.mark.parametrize(
    ("alt", "message"),
    [
        ({"en": "{ $count } values.", "zh": "。"}, "en.md:8: the words of the view 'own' fail: the message 'it': "),
        ({"en": "{ values.", "zh": "。"}, "are no texts as Fluent writes them"),
        ({"zh": "。"}, "the method 'squares' has the view 'own', which has no words in 'en'"),
    ],
)
def test_words_that_cannot_be_said_are_told(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], alt: dict[str, str], message: str
) -> None:
    declare(nothing, alt=alt)
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said and not (tmp_path / "site").exists()


def test_without_words_of_its_own_a_view_is_told_of_by_its_method(tmp_path: Path) -> None:
    view("own")(nothing)
    figure = draw("own", {}, {}, signed=None, picture_pixels=None, folder=tmp_path)
    assert alt_text(figure, None, "en", {"method": "Squares"}) == "Squares."


def test_short_lists_are_arrays_to_a_view_unless_it_says_otherwise(tmp_path: Path) -> None:
    seen = []

    def look(request: Request) -> Figure:
        seen.append(sorted(request.arrays))
        return Figure(view=request.view, panels=())

    for takes_lists in (True, False):
        view("own", takes_lists=takes_lists)(look)
        draw("own", {"x": np.arange(9)}, {"y": [1, 2]}, signed=None, picture_pixels=None, folder=tmp_path)
    assert seen == [["x", "y"], ["x"]]


def test_a_table_of_three_rows_is_drawn(tmp_path: Path) -> None:
    figure = draw("table", {}, {"a": ["x", "y"], "b": [1, 2]}, signed=None, picture_pixels=None, folder=tmp_path)
    assert figure.table == Table((Column("a", "term"), Column("b")), (("x", 1.0), ("y", 2.0)))


# Axes


def drawn(folder: Path, paint: Callable[[Any], object]) -> str:
    """What a chart has become of which somebody else has drawn something on the axes."""
    with site_axes(Request(view="own", arrays={}, numbers={}, signed=None, picture=None, folder=folder)) as chart:
        paint(chart.axes)
    figure = chart.figure()
    assert [(panel.file, panel.width, panel.height) for panel in figure.panels] == [("own.svg", 640, 400)]
    return (folder / "own.svg").read_text("utf-8")


@pytest.mark.parametrize(
    "paint",
    [
        lambda axes: axes.hist(np.arange(40) ** 2, 9, edgecolor="black"),
        lambda axes: axes.scatter(np.arange(9), np.arange(9), c=["C2"] * 4 + ["C3"] * 5),
        lambda axes: axes.boxplot([[1, 2, 3, 9], [2, 3, 4]]),
        lambda axes: axes.violinplot([1, 2, 3, 9]),
        lambda axes: axes.barh(["a", "b"], [1, 2], xerr=[0.1, 0.2]),
        lambda axes: (axes.loglog([1, 1e6], [1, 10]), axes.axvspan(10, 100, alpha=0.2)),
        lambda axes: (axes.plot([0, 1, np.nan, 3], "s:"), axes.set_xlim(0.5, 2), axes.tick_params(rotation=45)),
        lambda axes: (axes.fill_between([0, 1, 2], [1, 2, 1]), axes.annotate("3", (1, 1), arrowprops={"color": "C1"})),
        lambda axes: axes.stem([3, 1, 2]),
    ],
)
def test_what_is_drawn_on_axes_follows_the_theme_and_is_the_same_every_time(tmp_path: Path, paint: Any) -> None:
    chart = drawn(tmp_path, paint)
    follows_the_theme(ET.fromstring(chart))
    assert "nan" not in chart and "inf" not in chart and len(chart) < 20_000
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30, "lines.linewidth": 9, "axes.grid": False}):
        assert drawn(tmp_path, paint) == chart
    assert matplotlib.rcParams["font.size"] != 17


def test_other_colours_stay_as_they_are(tmp_path: Path) -> None:
    chart = drawn(tmp_path, lambda axes: axes.pcolormesh(np.arange(4).reshape(2, 2), cmap="inferno"))
    assert len(set(re.findall('fill="(#[0-9a-f]{6})"', chart))) == 4


def test_points_of_one_colour_are_one_element(tmp_path: Path) -> None:
    chart = drawn(tmp_path, lambda axes: axes.scatter(np.arange(90), np.arange(90)))
    assert len(re.findall('class="line-0"', chart)) <= 2  # what fills them, and their outlines


def test_what_lies_beyond_the_axes_is_cut_off(tmp_path: Path) -> None:
    def paint(axes: Any) -> None:
        axes.bar([-50, 0, 50], 3, width=60, edgecolor="black")
        axes.plot([-500, 500], [-500, 500], "o-")
        axes.fill([-99, 99, 99], [-99, -99, 99], color="C2")
        axes.set(xlim=(-1, 1), ylim=(0, 2))

    chart = drawn(tmp_path, paint)
    outlines = "".join(re.findall(' d="([^"]*)"', chart))
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", outlines), float)
    assert (points >= 0).all() and (points <= [640, 400]).all()


def test_ticks_are_written_as_all_numbers_of_the_site(tmp_path: Path) -> None:
    def labels(paint: Callable[[Any], object]) -> list[str | None]:
        return [one.text for one in ET.fromstring(drawn(tmp_path, paint)) if one.tag.endswith("text")]

    assert labels(lambda axes: axes.set(xlim=(-20000, 20000), xticks=[-20000, 0, 20000], yticks=[])) == [
        "−20\u202f000",
        "0",
        "20\u202f000",
    ]
    assert labels(lambda axes: axes.set(xlim=(0, 1), xticks=[0, 0.25, 0.5], yticks=[])) == ["0.00", "0.25", "0.50"]
    assert labels(lambda axes: axes.set(xscale="log", xlim=(0.01, 100), yticks=[])) == [
        "10⁻²",
        "10⁻¹",
        "10⁰",
        "10¹",
        "10²",
    ]
    assert labels(lambda axes: axes.set(xticks=[0, 1], xticklabels=["cat", "狗"], yticks=[])) == ["cat", "狗"]


@pytest.mark.parametrize(
    ("paint", "message"),
    [
        (lambda axes: axes.imshow(np.eye(3)), "a picture in it"),
        (lambda axes: axes.bar([1], [1], hatch="x"), "hatching"),
        (lambda axes: axes.text(0, 0, "$x^2$"), "formulas"),
        (lambda axes: axes.plot([0, 1])[0].set_clip_path(matplotlib.patches.Circle((0, 0), 1)), "are cut by"),
    ],
)
def test_what_a_chart_cannot_have_is_said(tmp_path: Path, paint: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(tmp_path, paint)


def test_a_chart_is_finished_when_the_block_ends(tmp_path: Path) -> None:
    with (
        site_axes(Request(view="own", arrays={}, numbers={}, signed=None, picture=None, folder=tmp_path)) as chart,
        pytest.raises(ValueError, match="has ended"),
    ):
        chart.figure()

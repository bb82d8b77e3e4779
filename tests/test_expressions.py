"""Expressions in prose: what is wrong with one is said at its line of the lesson, before or after anything runs."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from netviz.course.lessons import LessonText, read_text
from netviz.site.text.expressions import expression_mistakes, failure, results_used

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"  # the body begins in line 5


@pytest.fixture
def environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.filters["percent"] = "{:.0%}".format
    return environment


def lesson(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("A\n\n{{ results['b'].x }}", ":7:13", "there is no experiment 'b'"),
        ("{{ reslts['a'].x }}", ":5:4", "unknown name 'reslts'"),
        ("Text {{ results['a'].x | procent }}", ":5:26", "No filter named 'procent'"),
        ("A\n\nB {{ 1 + }}", ":7:3", "not an expression"),
        ("A\n\n{{ results['a'].x | safe }}", ":7:21", "results are always escaped"),
        ("{% autoescape false %}\n\n{{ results['a'].x }}\n\n{% endautoescape %}", ":5:1", "only if, for and set"),
        ("{% include 'base.html' %}", ":5:1", "only if, for and set"),
        ("A\n\n{% if results['a'].x %}\n\nB", ":7:1", "not an expression"),
        ("A\n\n{{ results['s'].at(6).x }}", ":7:16", "no value 6 to show; allowed: 1, 5"),
        ("{{ results['a'].at(5).x }}", ":5:16", "a: it has no slider"),
    ],
)
def test_what_can_be_known_before_a_build_is_said_before_it(
    tmp_path: Path, environment: ImmutableSandboxedEnvironment, body: str, place: str, message: str
) -> None:
    (mistake,) = expression_mistakes(lesson(tmp_path, body), environment, {"results"}, {"a": (), "s": ("1", "5")})
    assert f"en.md{place}" in str(mistake)
    assert message in str(mistake)


def test_a_right_lesson_has_no_mistakes(tmp_path: Path, environment: ImmutableSandboxedEnvironment) -> None:
    text = lesson(
        tmp_path,
        "{% for n in results['a'].n %}{{ n | percent }}{% endfor %}\n\n{% set x = results['s'].at(5).n %}{{ x }}",
    )
    assert expression_mistakes(text, environment, {"results"}, {"a": (), "s": ("1", "5")}) == []
    assert results_used(text) == {"a", "s"}


def test_what_fails_only_with_the_result_is_found_at_its_line(
    tmp_path: Path, environment: ImmutableSandboxedEnvironment
) -> None:
    text = lesson(tmp_path, "Fine: {{ results['a'].n }}\n\nWrong: {{ results['a'].m }}\n")
    mistake = failure(text, environment, {"results": {"a": SimpleNamespace(n=1)}}, UndefinedError("no m"))
    assert "en.md:7:8" in str(mistake)
    assert "the result' has no attribute 'm'" in str(mistake)

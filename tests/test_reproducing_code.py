"""The code that pages hand out is the same code whatever names a course, its photos and its lessons have."""

from __future__ import annotations

import ast
import dataclasses
import itertools
from pathlib import Path

import pytest

from netviz.course.lessons import FrontMatter, LessonText, scan
from netviz.course.reading import read_course
from netviz.engine.plan import Plan, make_plan
from netviz.networks.weights import describe
from netviz.options import Options, OwnPhoto
from netviz.site.files.notebook import script
from netviz.site.page_figures.reproducing_code import repeating_code

PIECES = (
    *("'", '"', "\'\'\'", '"""', "\\", "\\\\", "\n", "\r\n", "\t", "\0", "\x1b[2J", "\u2028", "\ufeff"),
    *("{", "}}", "{{ 1 }}", "{% raw %}", "%s", "$HOME", "`id`", ";", "#", "猫", "צ", "🐈", "e\u0301"),
    *(" ", "\udcff", "\ud800", "\u202e", "\\N{BULLET}"),
    *(')))\n__import__("os").abort()\n(((', "\")))\n__import__('os').abort()\n(((\""),
)  # fmt: skip
NAMES = [*PIECES, *("".join(pair) for pair in itertools.product(PIECES[:9], PIECES[-9:]))]


@pytest.fixture(scope="module")
def plan() -> Plan:
    root = Path(__file__).resolve().parents[1]
    return make_plan(read_course(root / "content", "compact"), describe("compact"))


def shape(code: str) -> list[type[ast.AST]]:
    """What code is made of, whatever its texts say."""
    return [type(node) for node in ast.walk(ast.parse(code))]


def texts(code: str) -> set[str]:
    return {
        node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant) and type(node.value) is str
    }


def test_there_are_a_hundred_names() -> None:
    assert len(set(NAMES)) > 100


def test_a_name_is_a_text_in_the_code_that_repeats_an_experiment(plan: Plan) -> None:
    task = next(one for one in plan.values() if one.picture)
    assert task.picture
    for name in NAMES:
        path, weights = Path("photos") / f"a{name}b.jpg", f"w{name}.h5"
        named = dataclasses.replace(task, picture=dataclasses.replace(task.picture, file=str(path)))
        photos = (OwnPhoto(path=path),)
        code = repeating_code(
            named,
            Options(content=Path("content"), to=Path("site"), store=Path("store"), weights=weights, picture=photos),
        )
        plain = repeating_code(task, Options(content=Path("content"), to=Path("site"), store=Path("store")))
        assert shape(code) == shape(plain)
        assert {path.as_posix(), weights} <= texts(code)


def test_the_same_square_has_the_same_code_whether_its_middle_was_chosen_or_not(plan: Plan) -> None:
    options = Options(content=Path("content"), to=Path("site"), store=Path("store"))
    task = next(one for one in plan.values() if one.picture and one.experiment.framing == "crop")
    assert task.picture

    def code(focus: tuple[float, float] | None) -> str:
        return repeating_code(
            dataclasses.replace(task, picture=dataclasses.replace(task.picture, focus=focus)), options
        )

    assert code((0.5, 0.5)) == code(None)
    assert "focus=(0.2, 0.5)" in code((0.2, 0.5))


def test_every_experiment_has_code_that_can_be_read(plan: Plan) -> None:
    for task in plan.values():
        ast.parse(repeating_code(task, Options(content=Path("content"), to=Path("site"), store=Path("store"))))


def test_a_title_is_a_text_in_the_script_of_a_lesson() -> None:
    for name in NAMES:
        heading = " ".join(name.split())
        found = scan(f"# {heading}\n\n```python\nx = 1\n```\n")
        front = FrontMatter(title=f"a{name}", summary=f"{name}b")
        text = LessonText(
            path=Path("en.md"),
            language="en",
            source="",
            front=front,
            markdown=found.markdown,
            first_line=1,
            spans=found.spans,
        )
        assert shape(script(text, name)) == shape('"""About."""\nx = 1')

"""Lessons as notebooks and scripts, and numbers as files: what a reader takes along is whole and runs."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from netviz.course.lessons import LessonText, read_text
from netviz.course.reading import read_course
from netviz.engine.record import Record
from netviz.figures import Column, Table
from netviz.methods import Passes
from netviz.sandbox import Sandbox
from netviz.site.files.notebook import code_blocks, markdown_text, notebook, script
from netviz.site.files.raw_numbers import numbers_csv, numbers_json

ROOT = Path(__file__).parents[1]
LESSON = """---
title: A "small" lesson
summary: What it says.
---

Is $a_b$ **{{ name }}**? {% if sure %}Yes.{% endif %}

!!! question "Guess"
    What is it?

## The code \\ here

```python
from pathlib import Path
# not a heading
```

```py
gone = {% old %}
```

```experiment
id: says
```

```question
id: guess
```

$$
x^{{2}}
$$

~~~python
print({"a": 1})
~~~
"""
SANDBOX = Sandbox()


def lesson(folder: Path, source: str = LESSON) -> LessonText:
    path = folder / "en.md"
    path.write_text(source, "utf-8")
    return read_text(path, "en")


def cells(folder: Path, **values: Any) -> list[dict[str, Any]]:
    written = notebook(
        lesson(folder), SANDBOX, values, lambda id: (f"About {id}", f"run('{id}')\n"), lambda id: Markup(f"<{id}>")
    )
    content = json.loads(written)
    assert_is_a_notebook(content)
    return list(content["cells"])


def assert_is_a_notebook(content: dict[str, Any]) -> None:
    """What the format 4.5 asks for, as its schema has it."""
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert set(content) == {"nbformat", "nbformat_minor", "metadata", "cells"}
    assert {"name", "display_name"} <= set(content["metadata"]["kernelspec"])
    ids = [cell["id"] for cell in content["cells"]]
    assert len(ids) == len(set(ids)) > 0
    for cell in content["cells"]:
        code = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"id", "cell_type", "metadata", "source"} | code
        assert cell["cell_type"] in ("code", "markdown")
        assert all(isinstance(line, str) for line in cell["source"]) and "".join(cell["source"]).strip()
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        if code:
            ast.parse("".join(cell["source"]))


def test_a_lesson_becomes_cells_of_prose_and_code_in_order(tmp_path: Path) -> None:
    found = [(cell["cell_type"], "".join(cell["source"])) for cell in cells(tmp_path, name="<b>", sure=True)]
    assert found == [
        ("markdown", '# A "small" lesson\n\nWhat it says.'),
        (
            "markdown",
            "Is $a_b$ **&lt;b&gt;**? Yes.\n> **Guess**\n>\n> What is it?\n\n## The code \\ here",
        ),
        ("code", "from pathlib import Path\n# not a heading"),
        ("markdown", "```py\ngone = {% old %}\n```"),
        ("markdown", "About says"),
        ("code", "run('says')"),
        ("markdown", "<guess>\n\n$$\nx^{{2}}\n$$"),
        ("code", 'print({"a": 1})'),
    ]


def test_a_script_is_the_code_alone_under_its_headings(tmp_path: Path) -> None:
    written = script(lesson(tmp_path), "Run me.")
    assert written == (
        '"""A \\"small\\" lesson: What it says.\n\nRun me.\n"""\n\n# The code \\ here\n\nfrom pathlib import Path\n'
        '# not a heading\n\n# The code \\ here\n\nprint({"a": 1})\n'
    )
    assert (ast.get_docstring(ast.parse(written)) or "").startswith('A "small" lesson')


def test_captions_are_filled_in_and_escaped() -> None:
    shown = markdown_text("*{{ a }}* is $x_{1}$ {not} {# said #}", SANDBOX, {"a": "<i>"})
    assert shown == "*&lt;i&gt;* is $x_{1}$ {not}"


def test_numbers_are_written_raw() -> None:
    table = Table((Column("region", "index"), Column("weight")), ((4, 0.1), (9, None)))
    assert numbers_csv(table) == "region,weight\n4,0.1\n9,\n"
    record = Record(method="tree", settings={}, precision="float32", passes=Passes(0), numbers={"fit": 0.25})
    assert json.loads(numbers_json(record, table)) == {
        **record.to_json(),
        "table": [{"region": 4, "weight": 0.1}, {"region": 9, "weight": None}],
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_code_of_every_lesson_is_python_and_the_same_in_every_language(language: str) -> None:
    for own in read_course(ROOT / "content", "compact").lessons:
        blocks = [ast.dump(ast.parse(code)) for _, code in code_blocks(own.texts[language])]
        assert len(blocks) == len(code_blocks(own.texts["en"])), own.slug

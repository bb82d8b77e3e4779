"""`--methods FILE`: methods of an author's own, in a file beside the course."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OWN = """
import numpy as np

from netviz.methods import Passes, method
from numbers_of_mine import MANY


@method(title={"en": "Own"}, summary={"en": "A method of one's own."}, gives="scores", subject="data",
        views=("bars",), numbers=("most",), passes=lambda settings: Passes(0))
def own_bars():
    '''Five bars.'''
    return {"names": np.array(list("abcde")), "weights": MANY * np.arange(5.0), "most": np.array(MANY * 4.0)}
"""
LESSON = """\
---
title: Mine
summary: With a method of my own.
---

```experiment
id: mine
method: own-bars
caption: Five bars.
expect: numbers.most > 0
```

The most is {{ results['mine'].numbers.most | number }}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course of one lesson, whose method stands in `own code/mine.py`, and that needs another file beside it."""
    for part, text in (
        ("pages/home", "---\ntitle: Home\nsummary: Here.\n---\n\nWelcome.\n"),
        ("lessons/01-mine", LESSON),
    ):
        (tmp_path / "content" / part).mkdir(parents=True)
        (tmp_path / "content" / part / "en.md").write_text(text, "utf-8")
    (tmp_path / "content" / "site.yaml").write_text("title: Mine\ntagline: Own\nlanguages: [en]\n", "utf-8")
    (tmp_path / "content" / "pictures").mkdir()
    (tmp_path / "content" / "pictures" / "dog.jpg").write_bytes((ROOT / "content/pictures/dog.jpg").read_bytes())
    credit = "dog: {title: Dog, credit: me, licence: CC0}\n"
    (tmp_path / "content" / "pictures" / "credits.yaml").write_text(credit, "utf-8")
    (tmp_path / "own code").mkdir()
    (tmp_path / "own code" / "mine.py").write_text(OWN, "utf-8")
    (tmp_path / "own code" / "numbers_of_mine.py").write_text("MANY = 2\n", "utf-8")
    return tmp_path


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "build.py", *options]
    keeping_compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=keeping_compiled)


@pytest.mark.slow
def test_a_method_in_a_file_works_and_is_run_anew_when_what_it_needs_has_changed(folder: Path) -> None:
    own = ("--methods", "own code/mine.py")
    assert build(folder, *own).returncode == 0
    page = (folder / "site" / "mine.html").read_text("utf-8")
    assert "The most is 8." in page
    assert "nothing to do" in build(folder, *own).stderr
    [code] = [
        one
        for one in map(html.unescape, re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL))
        if "run_on_data(" in one
    ]
    program = re.sub(r"<[^>]*>", "", code) + "\nprint(result['most'])\n"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert ran.stdout.strip() == "8.0", ran.stderr
    needed = folder / "own code" / "numbers_of_mine.py"
    saved = needed.stat()
    needed.write_text("MANY = 3\n", "utf-8")
    os.utime(needed, ns=(saved.st_atime_ns, saved.st_mtime_ns))  # as large, and saved within the same second
    assert "1 run" in build(folder, *own).stderr
    assert "The most is 12." in (folder / "site" / "mine.html").read_text("utf-8")


def test_several_files_of_one_folder_are_imported(folder: Path) -> None:
    (folder / "own code" / "other.py").write_text(OWN.replace("own_bars", "other_bars"), "utf-8")
    run = build(folder, "--list", "methods", "--methods", "own code/mine.py", "own code/other.py")
    assert "own-bars" in run.stdout and "other-bars" in run.stdout, run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("none.py", None, "none.py: there is no such file of Python"),
        ("mine.txt", "", "mine.txt: there is no such file of Python"),
        ("json.py", "", "json.py: can't be imported as 'json'"),
        ("two words.py", "", "can't be imported as 'two words'"),
        ("wrong.py", "x = 1\nx +\n", "wrong.py:2: this file can't be imported: SyntaxError"),
        ("failing.py", "x = 1\nx / 0\n", "failing.py:2: this file can't be imported: ZeroDivisionError"),
        ("leaving.py", "raise SystemExit\n", "leaving.py:1: this file can't be imported: SystemExit"),
    ],
)
def test_a_file_that_can_not_be_imported_is_told_with_its_line(
    name: str, text: str | None, told: str, folder: Path
) -> None:
    if text is not None:
        (folder / name).write_text(text, "utf-8")
    run = build(folder, "--methods", name)
    assert run.returncode == 1 and told in run.stderr and "Traceback" not in run.stderr


@pytest.mark.slow
def test_a_method_is_run_anew_when_what_it_imports_only_while_it_runs_has_changed(folder: Path) -> None:
    own = ("--methods", "own code/mine.py")
    late = OWN.replace("from numbers_of_mine import MANY\n", "").replace(
        "    return", "    from parts.of_mine import MANY\n\n    return"
    )
    (folder / "own code" / "mine.py").write_text(late, "utf-8")
    (folder / "own code" / "parts").mkdir()
    for many, most in ((2, 8), (3, 12)):
        (folder / "own code" / "parts" / "of_mine.py").write_text(f"MANY = {many}\n", "utf-8")
        assert "1 run" in build(folder, *own).stderr
        assert f"The most is {most}." in (folder / "site" / "mine.html").read_text("utf-8")


BORROWED = (
    """
from netviz.methods import Passes, method
from netviz.methods.gradients import gradient

method(name="own-bars", title={"en": "Own"}, summary={"en": "Own."}, gives="attribution", signed=True,
       views=("overlay",), passes=lambda settings: Passes(1, 1))(gradient)
""",
    OWN.replace("def own_bars", "@wraps(gradient)\ndef own_bars").replace(
        "import numpy as np",
        "from functools import wraps\n\nimport numpy as np\nfrom netviz.methods.gradients import gradient",
    ),
    """
from netviz.figures.views import view, views

view("own-view", needs=("attribution",))(views()["overlay"].draw)
""",
)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "thing"), [*zip(BORROWED, ("method", "method", "view"), strict=True)])
def test_what_is_declared_of_functions_of_netviz_is_refused_for_changes_to_it_would_not_be_seen(
    text: str, thing: str, folder: Path
) -> None:
    (folder / "own code" / "mine.py").write_text(text, "utf-8")
    run = build(folder, "--methods", "own code/mine.py")
    assert run.returncode == 1
    assert re.search(f"mine.py: the {thing} '[a-z-]+' is declared of a function of netviz", run.stderr)

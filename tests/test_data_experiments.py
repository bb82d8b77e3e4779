"""Experiments on data: no picture, no class of VGG16; the network that answers is the method's own."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest
from pydantic import Field

import netviz.engine.execution
import netviz.methods
from netviz.command_line import main
from netviz.methods import Passes, Result, Seed, method, methods, run_on_data

ROOT = Path(__file__).resolve().parents[1]
FENCE = """```experiment
id: dice
method: dice-throws
throws: 60
{more}caption: "{{{{ numbers.throws }}}} throws, most often {{{{ numbers.commonest }}}}."
expect: numbers.throws > {least}
```
"""


@pytest.fixture(autouse=True)
def _dice_throws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method on data, declared here, outside the package."""
    methods()
    monkeypatch.setattr(netviz.methods, "_registry", dict(netviz.methods._registry))

    @method(
        subject="data",
        title={"en": "Throws of a die", "zh": "掷骰子"},
        summary={"en": "How often each face came up.", "zh": "每一面出现的次数。"},
        gives="scores",
        views=("bars",),
        passes=lambda settings: Passes(0, training=settings.throws),
    )
    def dice_throws(*, throws: Annotated[int, Field(ge=1, description="how many")] = 6, seed: Seed = 0) -> Result:
        """Counts of the faces: ``names`` (6,), ``weights`` (6,)."""
        names = np.array(["one", "two", "three", "four", "five", "six"])
        counts = np.bincount(np.random.default_rng(seed).integers(0, 6, throws), minlength=6)
        return {"names": names, "weights": counts, "throws": np.array(throws), "commonest": names[counts.argmax()]}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one lesson, on data alone."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "tests" / "course", folder)
    shutil.copy(ROOT / "content" / "pictures" / "chelsea.png", folder / "pictures")
    credits = (folder / "pictures" / "credits.yaml").read_text("utf-8")
    (folder / "pictures" / "credits.yaml").write_text(credits[: credits.index("dog:")], "utf-8")
    for language in ("en", "zh"):
        text = "---\ntitle: Dice\nsummary: Chance.\n---\n\nHello.\n"
        (folder / "pages" / "home" / f"{language}.md").write_text(text, "utf-8")
        (folder / "lessons" / "01-first" / f"{language}.md").write_text(text, "utf-8")
    write(folder)
    return folder


def write(course: Path, more: str = "", least: int = 10) -> None:
    prose = "\nThere were {{ results['dice'].numbers.throws }} throws.\n"
    english = "---\ntitle: Dice\nsummary: Chance.\n---\n\n" + FENCE.format(more=more, least=least) + prose
    (course / "lessons" / "01-first" / "en.md").write_text(english, "utf-8")
    chinese = "---\ntitle: 骰子\nsummary: 偶然。\n---\n\n```experiment\nid: dice\ncaption: 六面。\n```\n"
    (course / "lessons" / "01-first" / "zh.md").write_text(chinese, "utf-8")


def build(course: Path, tmp_path: Path, *more: str) -> int:
    return main(["--content", str(course), "--store", str(tmp_path / "store"), "--to", str(tmp_path / "site"), *more])


def test_a_course_on_data_is_built_without_opening_vgg16(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netviz.engine.execution, "open_network", None)
    assert build(course, tmp_path) == 0
    page = (tmp_path / "site" / "first.html").read_text("utf-8")
    assert "There were 60 throws." in page
    assert '<th scope="row">six</th>' in page
    assert "60 training steps of a small network" in page
    assert "trained by this build, seed 0" in page
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "result = run_on_data(methods()[\"dice-throws\"], {'throws': 60})" in text


def test_the_code_beneath_the_figure_repeats_it(course: Path, tmp_path: Path) -> None:
    main([f"--content={course}", f"--store={tmp_path / 'store'}", f"--to={tmp_path / 'out'}", "--export=dice"])
    exported = np.load(tmp_path / "out" / "dice.npz")
    again = run_on_data(methods()["dice-throws"], {"throws": 60})
    assert exported["names"].tolist() == again["names"].tolist()
    assert exported["weights"].tolist() == again["weights"].tolist()
    facts = json.loads((tmp_path / "out" / "dice.json").read_text("utf-8"))
    assert facts["numbers"] == {"throws": 60, "commonest": again["commonest"]}
    assert "target" not in facts and "weights" not in facts


@pytest.mark.parametrize("field", ["picture: chelsea", "target: top1"])
def test_neither_a_picture_nor_a_class_can_be_named(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    write(course, more=f"{field}\n")
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert "en.md:10:1" in said
    assert f"dice-throws brings its own data and takes no {field.split(':')[0]}" in said


def test_a_broken_claim_speaks_of_no_photo(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, least=100)
    assert build(course, tmp_path) == 0
    assert "broken in dice: numbers.throws > 100" in capsys.readouterr().err
    page = (tmp_path / "site" / "first.html").read_text("utf-8")
    assert "A claim of this lesson does not hold" in page and "for this photo" not in page


def test_a_slider_over_a_setting_works_and_one_over_the_class_does_not(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(course, more="vary: {throws: [60, 600]}\n")
    assert build(course, tmp_path) == 0
    assert 'id="dice@600"' in (tmp_path / "site" / "first.html").read_text("utf-8")
    write(course, more="vary: {target: [top1, top2]}\n")
    assert build(course, tmp_path) == 1
    assert "dice-throws has no setting 'target' to vary" in capsys.readouterr().err

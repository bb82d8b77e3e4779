"""Whoever adds a method is told in a sentence what is wrong with its declaration, its answer, or when it fails."""

from __future__ import annotations

import errno
import functools
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from pydantic import Field

import netviz.engine.execution
import netviz.methods
from netviz.command_line import main
from netviz.course.experiments import Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.engine.declarations import declaration_mistakes
from netviz.languages.messages import say_also
from netviz.methods import Method, Paper, Passes, method, methods, run, run_on_data
from netviz.methods.answers import UnusableAnswer
from netviz.mistakes import Mistakes
from netviz.networks.architecture import vgg16_layers

ROOT = Path(__file__).resolve().parents[1]
DECLARED: dict[str, Any] = {
    "title": {"en": "Own", "zh": "自己的"},
    "summary": {"en": "A method of one's own.", "zh": "自己写的方法。"},
    "gives": "attribution",
    "signed": True,
    "views": ("signed",),
    "passes": lambda settings: Passes(forward=1),
}
ON_DATA: dict[str, Any] = {**DECLARED, "subject": "data", "gives": "scores", "signed": None, "views": ("bars",)}
BARS = {"names": np.array(["a", "b", "c", "d", "e"]), "weights": np.arange(5.0)}


@pytest.fixture(autouse=True)
def _registry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    methods()
    monkeypatch.setattr(netviz.methods, "_registry", dict(netviz.methods._registry))
    yield
    say_also(())


def declare(answer: Callable[..., Any] | None = None, **changed: Any) -> Method:
    """The method ``own``; on data, unless it is said to give something else."""
    declared = (DECLARED if changed.get("subject") == "picture" else ON_DATA) | changed

    if declared["subject"] == "picture":

        def own(network: Any, pictures: Any, targets: Any) -> Any:
            """What the test says."""
            return answer() if answer else {}
    else:

        def own() -> Any:  # type: ignore[misc]
            """What the test says."""
            return answer() if answer else BARS

    method(**declared)(own)
    return netviz.methods._registry[declared.get("name") or "own"]


# Declarations


@pytest.mark.parametrize(
    ("changed", "message", "hint"),
    [
        ({"title": {"zh": "自"}}, "has no title in 'en'", 'title={"en": "…", "zh": "…"}'),
        ({"title": {"en": "Own", "zh": " "}}, "has no title in 'zh'", ""),
        ({"title": "Own"}, "has no title in 'en'", ""),
        ({"summary": {"en": "A.", "zh": "一。", "de": "Eine."}}, "has a summary in 'de'", "allowed: en, zh"),
        ({"title": {"en": "Own\0", "zh": "一"}}, "has the invisible character U+0000 among its words", ""),
        ({"summary": {"en": "\udcff", "zh": "一"}}, "has the invisible character U+DCFF among its words", ""),
        ({"summary": None}, "has no summary in 'en'", ""),
        ({"name": "Own_Method"}, "has a name that no lesson can use", "hyphens"),
        ({"views": ("bar",)}, "has the view 'bar', which is unknown", "did you mean 'bars'?"),
        ({"views": ()}, "declares views=()", "at least one"),
        ({"views": "bars"}, "declares views='bars'", ""),
        ({"views": ("overlay",)}, "has the view 'overlay', which needs a picture", ""),
        ({"gives": "score"}, "gives 'score', which is unknown", "did you mean 'scores'?"),
        ({"gives": "attribution", "signed": True}, "it can't give 'attribution'", "check"),
        ({"signed": False}, "is declared as signed=False", "not given elsewhere"),
        ({"subject": "picture", "signed": None}, "is declared as signed=None", "True or False"),
        ({"papers": ("Own 2020",)}, "has papers that are none", "Paper("),
        ({"numbers": "norm"}, "declares numbers='norm'", 'numbers=("norm", "largest")'),
        ({"numbers": ("no name",)}, "declares numbers=", ""),
        ({"maps": (2, 1), "subject": "picture"}, "declares maps=(2, 1)", ""),
        ({"maps": (1, 1), "subject": "picture"}, "has parameters (", "(network, pictures, targets, maps, *, settings)"),
        ({"passes": Passes(1)}, "declares passes=Passes(forward=1", "passes: Callable[[Any], Passes]"),
        ({"passes": lambda settings: 1}, "tells 1 as its cost", "Passes(forward=1"),
        ({"passes": lambda settings: Passes(-1)}, "as its cost", ""),
        ({"passes": lambda settings: Passes(settings.samples)}, "can't tell what it costs: AttributeError", ""),
        ({"passes": lambda settings: sys.exit()}, "can't tell what it costs: SystemExit", ""),
        ({"views": {"bars", "table"}}, "declares views={", "the default first"),
        ({"views": ([],)}, "has the view [], which is unknown", ""),
        ({"maps": (1, "2")}, "declares maps=(1, '2')", "maps: tuple[int, int]"),
        (
            {"papers": (Paper(authors="A", year="b", title=None, url="javascript:alert(1)"),)},
            "has papers that are none",
            "",
        ),  # type: ignore[arg-type]
        ({"words": {"en": "norm: length"}}, "has words in 'en' that are no messages of Fluent's: 'norm: length'", "="),
        ({"half": lambda settings: 1}, "tells half=1", "True or False"),
        ({"side": lambda settings: settings.sise}, "can't tell its side: AttributeError", "side=lambda settings: …"),
        ({"asks_for_class": False, "patches": True}, "declares asks_for_class=False", "Callable[[Any], bool]"),
        ({"asks_for_class": False, "patches": True}, "declares patches=True", "Callable[[Any], Patches] | None"),
        ({"asks_for_class": lambda settings: "no"}, "tells 'no' as its asks_for_class", "Callable[[Any], bool]"),
        ({"patches": lambda settings: (8, 8)}, "tells (8, 8) as its patches", "Patches"),
        ({"side": lambda settings: 22.5}, "tells 22.5 as its side", "int | None"),
        ({"map_values": lambda settings: 3}, "tells 3 as its map_values", "Sequence[object]"),
        ({"signed": "yes"}, "declares signed='yes'", "signed: bool | None"),
        ({"signed": 1, "subject": "picture"}, "declares signed=1", "signed: bool | None"),
        ({"is_derivative": "no"}, "declares is_derivative='no'", "is_derivative: bool"),
        ({"restores_photo": 1}, "declares restores_photo=1", "restores_photo: bool"),
        ({"half": True}, "declares half=True", "half: Callable[[Any], bool]"),
        ({"wrong": ()}, "declares wrong=()", "Callable"),
        ({"maps": [0, 0]}, "declares maps=[0, 0]", "maps: tuple[int, int]"),
        ({"maps": 1}, "declares maps=1", "maps: tuple[int, int]"),
        ({"numbers": 3}, "declares numbers=3", "their names"),
        ({"numbers": lambda settings: "norm"}, "tells 'norm' as its numbers", "their names"),
        ({"numbers": (3,)}, "declares numbers=(3,)", "their names"),
        ({"logarithmic": True}, "declares logarithmic=True", "logarithmic: str"),
        ({"logarithmic": "z"}, "declares logarithmic='z'", "'xy'"),
        ({"words": "norm = length"}, "declares words='norm = length'", "words: Mapping[str, str]"),
        ({"words": {"en": 3}}, "declares words={'en': 3}", "words: Mapping[str, str]"),
        ({"words": [("en", "norm = length")] * 9}, "declares words=[('en', 'norm = length'), (", "…"),
        (
            {"papers": [Paper(authors="A", year=2020, title="b", url="https://a.b")]},
            "has papers that are none",
            "papers=(",
        ),
    ],
)
def test_what_a_declaration_lacks_is_told_at_its_line(changed: dict[str, Any], message: str, hint: str) -> None:
    told = "\n".join(map(str, declaration_mistakes([declare(**changed)])))
    assert message in told and hint in told
    assert re.match(rf"{re.escape(__file__)}:\d+: the method '", told)


def test_settings_are_described_in_range_and_have_names_of_their_own() -> None:
    @method(**ON_DATA)
    def own(*, picture: int = 1, much: Annotated[int, Field(le=3, description="how much")] = 4) -> Any:
        """Nothing."""

    told = "\n".join(map(str, declaration_mistakes([netviz.methods._registry["own"]])))
    assert "has a setting 'picture', which every experiment has as a field" in told
    assert "doesn't describe its setting 'picture'" in told
    assert "has a default out of range: much" in told


@pytest.mark.parametrize("default", [{1}, 10**5000], ids=["a set", "a number without end"])
def test_a_default_that_no_result_can_keep_is_told(default: Any) -> None:
    @method(**ON_DATA)
    def own(*, much: Annotated[Any, Field(description="how much")] = default) -> Any:
        """Nothing."""

    assert "can't be checked: " in "\n".join(map(str, declaration_mistakes([netviz.methods._registry["own"]])))


def test_what_cannot_be_declared_says_why() -> None:
    def own(*, much=1):  # type: ignore[no-untyped-def]
        """Nothing."""

    with pytest.raises(TypeError, match="the setting 'much' of own has no type: much: Annotated"):
        method(**ON_DATA)(own)
    with pytest.raises(TypeError, match="a method is a function, and its name a text"):
        method(**ON_DATA | {"name": 3})(own)
    with pytest.raises(TypeError, match="a method is a function"):
        method(**ON_DATA)(functools.partial(own, much=2))


def test_the_methods_of_the_project_are_declared_rightly() -> None:
    assert list(declaration_mistakes(methods().values())) == []


def test_a_module_that_cannot_be_imported_is_told_at_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netviz.methods, "__path__", [str(tmp_path)])
    for name, source in (
        ("one", "x = 1\nraise ValueError('no')\n"),
        ("two", "def f(:\n"),
        ("three", "raise SystemExit\n"),
    ):
        (tmp_path / f"{name}.py").write_text(source)
        with pytest.raises(
            Mistakes, match=rf"{name}\.py:\d: this module of methods can't be imported: \w+(Error|Exit)"
        ):
            methods()
        (tmp_path / f"{name}.py").unlink()


# Answers


def map_of(*shape: int) -> dict[str, Any]:
    return {"attribution": np.zeros(shape, np.float32)}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "it gives nothing, where a dict of arrays"),
        (np.zeros((1, 4, 4)), "it gives a ndarray"),
        ({}, "it gives a dict"),
        (map_of(6, 448), "'attribution' has the shape (6, 448), but its first axis must have an entry for each of 1"),
        (map_of(4, 4, 3), "has the shape (4, 4, 3), but its first axis"),
        (map_of(1, 4), "(1, 4), not (n, height, width)"),
        (map_of(1, 4, 4, 2), "(1, 4, 4, 2), not"),
        (map_of(1, 0, 4), "(1, 0, 4), not"),
        ({"attribution": [[[0.0]]]}, "is a list, where an array is needed"),
        ({"attribution": np.full((1, 2, 2), None)}, "values of the type object, where numbers are needed"),
        ({"attribution": np.zeros((1, 2, 2), complex)}, "complex128"),
        ({"attribution": np.array([[["a"]]])}, "<U1"),
        pytest.param(
            {"attribution": np.zeros((1, 2, 2), np.longdouble)},
            "float128, where numbers are needed",
            marks=pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no longer floats on this machine"),
        ),
        ({"attribution": np.full((1, 2, 2), np.nan)}, "holds 4 values that are not finite"),
        ({"attribution": np.full((1, 2, 2), np.inf)}, "holds 4 values that are not finite"),
        ({"norm": np.zeros(1)}, "but lacks an array called 'attribution'"),
        (map_of(1, 4, 4) | {"settings": np.zeros(1)}, "'settings' has a name that every result uses"),
        (map_of(1, 4, 4) | {"top": np.zeros(1)}, "'top' has a name that every result uses"),
        (map_of(1, 4, 4) | {"a b": np.zeros(1)}, "'a b' is no name that a lesson could use"),
        (map_of(1, 4, 4) | {"_x": np.zeros(1)}, "'_x' is no name"),
        (map_of(1, 4, 4) | {3: np.zeros(1)}, "3 is no name"),
        (map_of(1, 4, 4) | {"x": np.array([[0.0, np.inf]])}, "'x' holds infinity"),
        (map_of(1, 4, 4) | {"other": np.zeros(1)}, "gives the number 'other', which its declaration"),
        (map_of(1, 4, 4), "lacks the number 'norm', which its declaration"),
    ],
)
def test_an_answer_that_is_none_is_told_what_it_is(answer: Any, message: str) -> None:
    one = declare(lambda: answer, subject="picture", numbers=("norm",))
    with pytest.raises(UnusableAnswer, match=re.escape(message)):
        run(one, None, np.zeros((1, 4, 4, 3)), np.zeros(1, int))  # type: ignore[arg-type]


def test_a_number_or_a_point_may_be_unknown() -> None:
    answer = map_of(1, 4, 4) | {"norm": np.array([np.nan]), "x": np.array([[1, np.nan]]), "inf": np.array([np.inf])}
    one = declare(lambda: answer, subject="picture")
    assert run(one, None, np.zeros((1, 4, 4, 3)), np.zeros(1, int)) is answer  # type: ignore[arg-type]


def test_an_answer_about_data_may_hold_words() -> None:
    assert run_on_data(declare()) is BARS
    with pytest.raises(UnusableAnswer, match="numbers or words are needed"):
        run_on_data(declare(lambda: {"names": np.array([None])}))


# When it fails


@pytest.fixture
def course(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course on data alone, so that no network is needed."""
    monkeypatch.setattr(netviz.engine.execution, "open_network", None)
    fences = "".join(f"```experiment\nid: {name}\nmethod: {name}\n```\n\n" for name in ("first", "own", "last"))
    text = "---\ntitle: One\nsummary: Two.\n---\n\n"
    (course / "lessons" / "01-first" / "en.md").write_text(text + fences, "utf-8")
    (course / "lessons" / "01-first" / "zh.md").write_text(text, "utf-8")
    return course


def build(course: Path, tmp_path: Path) -> int:
    return main(["--content", str(course), "--store", str(tmp_path / "store"), "--to", str(tmp_path / "site")])


def fail(error: BaseException) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


@pytest.mark.parametrize(
    "error",
    [
        ValueError("shapes (6,) and (7,) differ"),
        SystemExit(3),
        GeneratorExit(),
        *(
            pytest.param(error, marks=pytest.mark.slow)
            for error in (
                KeyError("x"),
                MemoryError(),
                FileNotFoundError(errno.ENOENT, "No such file", "table.csv"),
                RecursionError("too deep"),
                StopIteration(),
                AssertionError("first line\nsecond line"),
            )
        ),
    ],
)
def test_an_exception_of_a_method_is_told_with_its_experiment_and_the_others_are_run_and_kept(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    calls: list[str] = []
    declare(lambda: calls.append("first") or BARS, name="first")
    declare(fail(error), name="own")
    declare(lambda: calls.append("last") or BARS, name="last")
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert f"01-first/en.md:13: own can't run (own): {type(error).__name__}" in said
    assert "Traceback" not in said and "1 to mend; nothing was changed" in said
    (details,) = (tmp_path / "store").glob("error-*.txt")
    assert str(details) in said and "in answer" in details.read_text("utf-8")
    assert not (tmp_path / "site").exists()
    assert calls == ["first", "last"]
    declare(name="own")
    assert build(course, tmp_path) == 0
    assert calls == ["first", "last"]


def test_an_answer_that_cannot_be_used_or_drawn_is_told_with_its_experiment(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(lambda: BARS | {"sum": np.array(1.0)}, name="first", numbers=("sums",))
    declare(name="own")
    declare(name="last")
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert "01-first/en.md:8: first can't run (first): it gives the number 'sum', which its declaration" in said
    assert not list((tmp_path / "store").glob("error-*.txt"))  # the sentence says all
    shutil.rmtree(tmp_path / "store")
    declare(name="first")
    declare(lambda: {"names": np.array(["a"] * 6)}, name="own")
    declare(lambda: {"names": np.array(["a"] * 6), "weights": np.zeros((2, 3))}, name="last")
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert "01-first/en.md:13: own can't be drawn as 'bars' (own): " in said
    assert "01-first/en.md:18: last can't be drawn as 'bars' (last): " in said
    assert "2 to mend; nothing was changed" in said


def test_an_unusable_declaration_is_told_before_anything_runs(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(fail(AssertionError("it ran")), name="first")
    declare(name="own", title={"zh": "自"})
    declare(name="last", views=("bras",))
    assert build(course, tmp_path) == 1
    said = capsys.readouterr().err
    assert "the method 'own' has no title in 'en'" in said and "did you mean 'bars'" in said


WORDS = {
    "en": """
        edge_energy = energy of the edges
        sharpness = sharpness
        own =
            .x = place from the left
            .y = energy, RGB steps
    """,
    "zh": """
        edge_energy = 边缘能量
        sharpness = 锐度
        own =
            .x = 从左数的位置
            .y = 能量（RGB 级）
            .setting-sharpness = 边缘有多锐
    """,
}


def test_one_function_is_all_that_a_method_needs_with_its_words_in_both_languages(course: Path, tmp_path: Path) -> None:
    declare(name="first")
    declare(name="last")
    with (course / "lessons" / "01-first" / "zh.md").open("a", encoding="utf-8") as chinese:
        chinese.write("```experiment\nid: own\n```\n")

    @method(**ON_DATA | {"views": ("curve",), "numbers": ("edge_energy",), "words": WORDS})
    def own(*, sharpness: Annotated[int, Field(ge=1, description="how sharp edges are")] = 3) -> Any:
        """``x`` and ``edges`` (9,), and the number ``edge_energy``."""
        return {"x": np.arange(9), "edges": np.arange(9.0) ** sharpness, "edge_energy": np.array(2.5)}

    assert build(course, tmp_path) == 0
    told = {
        "": ("energy of the edges", "place from the left", "energy, RGB steps", "how sharp edges"),
        "zh": ("边缘能量", "从左数的位置", "能量（RGB 级）", "边缘有多锐"),
    }
    for folder, words in told.items():
        pages = (tmp_path / "site" / folder / name for name in ("first.html", "methods.html"))
        text = "".join(page.read_text("utf-8") for page in pages)
        assert [word for word in words if word not in text] == []


# Settings that can't be together


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("method: activation-maximisation\nchannels: [600]", "en.md:8:11: layer 'block5_conv3' has 512 channels"),
        ("method: activation-maximisation\nside: 8", "en.md:8:7: layer 'block5_conv3' has no output at a side of 8"),
        ("method: activation-maximisation\nlayer: block1_conv1\nchannels: [64]", "there is no channel 64"),
        (
            "method: activation-maximisation\nvary: {channels: [[0], [512]]}",
            "en.md:8:24: layer 'block5_conv3' has 512 channels",
        ),
        ("method: sentence-scores\nsentence: pandas 123", "en.md:8:11: "),
        ("method: word-contributions\nsentence: '?!'", "en.md:8:11: "),
        ("method: own-wrong", "own-wrong can't tell if its settings fit together: ZeroDivisionError"),
        ("method: own-cost\nsamples: 2", "own-cost can't tell what it costs: ZeroDivisionError"),
    ],
)
def test_settings_that_cannot_be_together_are_told_before_anything_runs(
    tmp_path: Path, spec: str, message: str
) -> None:
    @method(**ON_DATA | {"passes": lambda settings: Passes(0, training=1 // (settings.samples - 2))})
    def own_cost(*, samples: Annotated[int, Field(ge=1, description="how many")] = 1) -> Any:
        """Nothing."""

    @method(**ON_DATA | {"wrong": lambda settings, layers: 1 / 0})
    def own_wrong() -> Any:
        """Nothing."""

    front = "---\ntitle: A\nsummary: B.\n---\n"
    (tmp_path / "en.md").write_text(f"{front}```experiment\nid: it\n{spec}\n```\n", "utf-8")
    (tmp_path / "zh.md").write_text(front, "utf-8")
    lesson = Lesson("a", {language: read_text(tmp_path / f"{language}.md", language) for language in ("en", "zh")})
    _, mistakes, _ = read_experiments([lesson], Vocabulary(methods(), (), vgg16_layers("compact")))
    assert message in "\n".join(map(str, mistakes))

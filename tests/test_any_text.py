"""Whatever somebody writes is read or refused: no other error, no hang, and every mistake has its place.

100 texts for each promise; 10,000 in the profile ``nightly`` (``NETVIZ_HYPOTHESIS=nightly``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netviz.course.experiments import Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.course.questions import read_questions
from netviz.languages.known import DEFAULT
from netviz.methods import methods
from netviz.mistakes import Mistakes
from netviz.networks.architecture import vgg16_layers
from netviz.site.text.markup import inline_template, lesson_body
from netviz.site.text.maths import to_mathml
from netviz.text_files import UNREADABLE, read_text_file
from netviz.yaml_places import read_yaml

FRONT = "---\ntitle: A\nsummary: B\n---\n"
VOCABULARY = Vocabulary(methods(), ("cat",), vgg16_layers("compact"))
MARKDOWN = r"""
* ** _ __ ` `` ``` ~~~ [ ] ( ) ![ ]( [^a] [^a]: [a]: < > <b> <!-- --> & &amp; \ | |- # ## = - + 1. > : !!! ???
{{ }} {% %} {# #} $ $$ \eqref{a} \label{a} {%if {%endif%} {{a}} $x$ https://a.b #a @ 图 。 é word ```experiment note
"""
YAML = """
a: b: id: method: - , [ ] { } & * ! | > ' " # % @ ` ? << ~ null true 1 0x 1e9 .nan .inf --- ... : =
"""
FENCE = """
id: method: picture: target: vary: expect: caption: of: choices: ask: because: right: text: gradient cat top1
"""
LATEX = r"""
\frac \sqrt \left \right ( ) { } [ ] _ ^ & \\ ' \begin{aligned} \end{aligned} \begin{cases} \end{cases} % ~ x 1 < >
\text{ \operatorname*{ \Big \xrightarrow \label{a} \eqref{a} \sum \limits \over \hat \mathbb \substack \genfrac \sideset
\skew \not \mathchoice \root \of \middle \color \hspace \rule \smash \begin{array} \end{array} \raise \above \choose \cr
"""
LINES = ("\n", "\n\n", "\n  ", "    ", "\t", " ", " ", "\n```experiment\n", "\n```question\n", "\n```python\n")


def mixed(pieces: str, between: Sequence[str] = LINES) -> st.SearchStrategy[str]:
    """Texts of pieces that mean something, of repetitions of them, and of any characters between."""
    piece = st.sampled_from([*pieces.split(), *between])
    repeated = st.builds(lambda one, times: one * times, piece, st.integers(1, 40))
    return st.lists(piece | repeated | st.text(max_size=3), max_size=30).map("".join)


bodies = mixed(MARKDOWN)
yamls = mixed(YAML)
fences = mixed(YAML + FENCE)
formulas = mixed(LATEX, " ") | st.recursive(
    mixed(LATEX, " "), lambda inner: st.builds(r"\frac{{{}}}{{{}}}^{{{}}}".format, inner, inner, inner), max_leaves=9
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", errors="replace", newline="")
    return path


@contextmanager
def told() -> Iterator[None]:
    """Mistakes are fine as long as each has a place within its file, and can be shown."""
    try:
        yield
    except Mistakes as error:
        for mistake in error.mistakes:
            text = mistake.path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
            lines = re.split(r"\r\n|\r|\n", text)
            assert mistake.line and mistake.line <= len(lines), mistake
            assert mistake.column and mistake.column <= len(lines[mistake.line - 1].expandtabs(4)) + 1, mistake


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_text_or_told(folder: Path, content: bytes) -> None:
    (folder / "a.md").write_bytes(content)
    with suppress(Mistakes):
        text = read_text_file(folder / "a.md")
        assert not UNREADABLE.search(text)


@given(yamls | fences | st.text(max_size=40))
def test_any_yaml_is_plain_values_or_told(folder: Path, text: str) -> None:
    path = write(folder / "a.yaml", text)
    with told():
        values, places = read_yaml(read_text_file(path), path)
        json.dumps(values, allow_nan=False)
        assert () in places.values or values is None


@given(bodies | st.text(max_size=60))
@example("1. " * 12 + "a")
@example("[" * 20 + "a" * 9_000)
@example("*a _b " * 150)
def test_any_lesson_is_a_page_or_told(folder: Path, body: str) -> None:
    path = write(folder / "en.md", FRONT + body)
    with told():
        template = lesson_body(read_text(path, "en")).template
        assert "<script" not in template and "\ue000" not in template


@given(fences)
def test_any_fence_is_an_experiment_a_question_or_told(folder: Path, fence: str) -> None:
    body = f"{FRONT}\n````experiment\n{fence}\n````\n\n````question\n{fence}\n````\n"
    with told():
        texts = {language: read_text(write(folder / f"{language}.md", body), language) for language in DEFAULT}
        lesson = Lesson("a", texts)
        _, wrong, _ = read_experiments([lesson], VOCABULARY)
        _, also_wrong, _ = read_questions([lesson], ())
        raise Mistakes([*wrong, *also_wrong])


@given(formulas | st.text(max_size=30), st.booleans())
def test_any_formula_is_mathml_or_told(latex: str, display: bool) -> None:
    with suppress(ValueError):
        html = to_mathml(latex, display)
        assert html.startswith("<math ") and not re.search(r"<(?!/?(m[a-z]+|a href)\b)", html)


@given(bodies | st.text(max_size=40))
def test_any_caption_is_one_paragraph_or_told(source: str) -> None:
    with suppress(ValueError):
        assert "<p>" not in inline_template(source)

"""Formulas: what LaTeX is read, how it becomes MathML that browsers show, and what is refused by name."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netviz.course.lessons import LessonText, read_text
from netviz.limits import FORMULA_CHARACTERS
from netviz.mistakes import Mistakes
from netviz.sandbox import Sandbox
from netviz.site.files.notebook import markdown_text
from netviz.site.text.markup import inline_template, lesson_body
from netviz.site.text.maths import to_mathml

if TYPE_CHECKING:
    from browser import Browser

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"
STYLE = Path(__file__).resolve().parents[1] / "templates" / "style.css"


def lesson(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


@pytest.mark.parametrize(
    ("latex", "mathml"),
    [
        (r"\operatorname*{arg\,max}_c f", '<munder><mo movablelimits="true">arg\u2009max</mo><mi>c</mi></munder>'),
        (r"\max_c f", '<munder><mo movablelimits="true">max</mo><mi>c</mi></munder>'),
        (r"\lim_{a}^{b} f", '<munderover><mo movablelimits="true">lim</mo>'),
        (r"\Big\{", '<mo minsize="1.623em" maxsize="1.623em" stretchy="true">{</mo>'),
        (r"\bigl\lvert", 'maxsize="1.2em">|</mo>'),
        (r"\bigg|_{x}", '<msub><mrow><mo minsize="2.047em" maxsize="2.047em" stretchy="true">|</mo></mrow>'),
        (r"\xrightarrow{\text{ReLU}}", "<mover><mstyle"),
        (r"\xrightarrow[a]{b}", "<munderover><mstyle"),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", '<mtr><mtd columnalign="right"><mi>c</mi></mtd>'),
        (r"\begin{align}a&=b\\c&=d\end{align}", '<mtable displaystyle="true"'),
        (r"\begin{gathered}a\\b\end{gathered}", "<mtr><mtd><mi>a</mi></mtd></mtr>"),
        (r"\begin{equation}a\end{equation}", "<mrow><mi>a</mi></mrow>"),
        (r"\begin{cases}1&x\\0&\text{else}\end{cases}", "<mtext>else</mtext>"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "<mtd><mn>4</mn></mtd>"),
        (r"\text{a < b, 50\% & more}", "<mtext>a\u00a0&lt;\u00a0b,\u00a050%\u00a0&amp;\u00a0more</mtext>"),
        (r"50\,\%", "%"),
    ],
)
def test_what_latex_has_becomes_mathml(latex: str, mathml: str) -> None:
    assert mathml in to_mathml(latex, display=True)


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\begin{alined}a\end{alined}", "unknown environment 'alined'; did you mean 'aligned'?"),
        (r"\newcommand{\x}{y}\x", r"\newcommand has no place in a formula"),
        (r"\def\a{\a\a}\a", r"\def has no place"),
        (r"\unicode{x3c}", r"\unicode has no place"),
        (r"a \tag{1}", r"\tag has no place in a formula; a \label numbers it"),
        (r"50% of x", r"the sign itself is \%"),
        (r"a & b", r"the sign itself is \&"),
        (r"a \\ b", "the end of a line"),
        (r"\color{red}{x}", "colours"),
        (r"\begin{array}{l|c}a&b\end{array}", "lines between the columns"),
        (r"\text{\alpha}", r"within \text stand plain words"),
        (r"\text{see \eqref{a}}", "no formula has the label 'a'"),
        (r"\operatorname{a_b}", "the name of an operator"),
        (r"x^2^3", "two superscripts"),
        (r"\begin{aligned}a", r"a \begin has no \end"),
        (r"\left( x", r"a \left has no \right"),
        (r"\frac{1}", "needs 2 parts"),
        (r"\sqrt", "something is missing"),
        ("{" * 13 + "}" * 13, "nested too deeply"),
        (r"\sqrt" * 390 + " x", "nested too deeply"),
        ("x" * (FORMULA_CHARACTERS + 1), "the formula is too long"),
        (r"\href{javascript:x}{y}", ""),
        (r"\class{x}{y}", ""),
        (r"\style{x}{y}", ""),
    ],
)
def test_what_a_formula_must_not_hold_is_refused_by_name(latex: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        to_mathml(latex, display=True)
    assert reason in str(caught.value)


NUMBERED = r"""$$
a = b \label{eq:a}
$$

$$ c $$

$$ d \label{eq:d} = \eqref{eq:a} $$

By \eqref{eq:d}, $\eqref{eq:a}$.
"""


def test_a_label_numbers_a_formula_and_references_link_to_it(tmp_path: Path) -> None:
    html = lesson_body(lesson(tmp_path, NUMBERED)).template
    assert re.findall(r'class="equation" id="([^"]+)"', html) == ["eq:a", "eq:d"]
    assert re.findall(r"</math><span>(.*?)</span>", html) == ["(1)", "(2)"]
    assert html.count('<a href="#eq:a">(1)</a>') == 2 and 'By <a href="#eq:d">(2)</a>' in html


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        (
            "See\n\\eqref{eq:b}.\n\n$$ a \\label{eq:a} $$",
            "6:1",
            "no formula of this text has the label 'eq:b'; did you mean",
        ),
        ("$\\eqref{x}$", "5:1", "no formula of this text has the label 'x'"),
        ("$$ a \\label{x} $$\n\n$$ b \\label{x} $$", "7:1", "the label 'x' is given twice"),
        ("In a line $a \\label{x}$.", "5:11", "on a line of its own"),
        ("$$ a \\label{x} b \\label{y} $$", "5:1", "one number"),
        ('$$ a \\label{x" onclick="y} $$', "5:1", "a name is of letters"),
        ("## The \\eqref{x}\n\n$$ a \\label{x} $$", "5:", "a heading holds no"),
    ],
)
def test_a_label_or_a_reference_that_can_not_be_is_told(tmp_path: Path, body: str, place: str, message: str) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, body))
    assert f"en.md:{place}" in str(caught.value) and message in str(caught.value)


def test_captions_hold_no_numbered_formulas() -> None:
    for caption in (r"By \eqref{x}.", r"So $a \label{x}$."):
        with pytest.raises(ValueError, match="stand in a lesson's own text"):
            inline_template(caption)


def test_a_reference_in_code_is_only_shown(tmp_path: Path) -> None:
    assert "<code>\\eqref&#123;x&#125;</code>" in lesson_body(lesson(tmp_path, "Write `\\eqref{x}`.")).template


def test_notebooks_say_the_number_of_a_formula() -> None:
    text = markdown_text(NUMBERED, Sandbox(), {})
    assert r"a = b \tag{1}\label{eq:a}" in text and r"By $\eqref{eq:d}$, $\eqref{eq:a}$." in text


def test_formulas_are_as_wide_as_they_need_and_columns_are_aligned(browser: "Browser", tmp_path: Path) -> None:
    latex = (r"\begin{aligned}f(x)&=1\\h&=2\end{aligned}", r"\max_c x", r"\Big| y", r"\xrightarrow{\text{a text}} z")
    formulas = "".join(to_mathml(one, display=True) for one in latex)
    style = STYLE.read_text("utf-8")
    (tmp_path / "a.html").write_text(
        f"<!doctype html><style>{style}</style><main class=text>{formulas}</main>", "utf-8"
    )
    browser.open(tmp_path / "a.html")
    hidden = browser.run("return [...document.querySelectorAll('math')].map(m => m.scrollWidth - m.clientWidth)")
    assert hidden == [0] * 4
    boxes = "return [...document.querySelectorAll(arguments[0])].map(one => one.getBoundingClientRect().toJSON())"
    first, second = browser.run(boxes, "mtd[columnalign=right] > :last-child")
    assert abs(first["right"] - second["right"]) < 1.5
    operator, limit = browser.run(boxes, "munder > *")
    assert limit["top"] > operator["top"] + 5
    assert browser.run(boxes, "mo[minsize]")[0]["height"] > 22


def test_what_looks_like_markup_in_a_formulas_text_is_text() -> None:
    assert "&lt;script&gt;" in to_mathml(r"\text{<script>}")


def test_a_formula_on_lines_of_its_own_is_a_block_and_one_within_a_line_is_not() -> None:
    assert 'display="block"' in to_mathml("x", display=True)
    assert 'display="inline"' in to_mathml("x", display=False)

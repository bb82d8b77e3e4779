"""From Markdown to a template: results can't become markup, and nothing from a lesson can run."""

from pathlib import Path

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from netviz.lessons import LessonText, read_text
from netviz.mistakes import Mistakes
from netviz.site.markup import inline_template, lesson_body, phrase_mistakes, skeleton
from netviz.site.maths import to_mathml

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"


def lesson(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


def render(folder: Path, body: str, **values: object) -> str:
    environment = ImmutableSandboxedEnvironment(autoescape=True, trim_blocks=True)
    return environment.from_string(lesson_body(lesson(folder, body)).template).render(values)


def test_a_result_is_escaped_whatever_it_holds(tmp_path: Path) -> None:
    assert render(tmp_path, "Is it **{{ x }}**?", x="<script>&") == "<p>Is it <strong>&lt;script&gt;&amp;</strong>?</p>"


def test_a_result_is_not_markdown(tmp_path: Path) -> None:
    assert "<em>" not in render(tmp_path, "{{ x }}", x="*tabby*")


def test_markdown_does_not_touch_an_expression(tmp_path: Path) -> None:
    assert render(tmp_path, "{{ 'a_b_c' ~ x * 2 * 3 }}", x=1) == "<p>a_b_c6</p>"


def test_the_empty_corner_of_a_table_is_no_heading(tmp_path: Path) -> None:
    html = render(tmp_path, "| | size |\n|---|---|\n| cat | 3 |\n")
    assert html.count("<th") - html.count("<thead") == 1 and "<th>size</th>" in html


def test_code_shows_braces_and_does_not_run_them(tmp_path: Path) -> None:
    html = render(tmp_path, "Write `{{ 6 * 7 }}`.\n\n```python\nx = '{% if y %}'\n```\n")
    assert "42" not in html
    assert "&#123;&#123; 6 * 7 &#125;&#125;" in html


def test_blocks_between_statements_stand_outside_of_paragraphs(tmp_path: Path) -> None:
    body = "{% if x %}\n\nYes.\n\n{% else %}\n\nNo.\n\n{% endif %}\n"
    assert render(tmp_path, body, x=True).strip() == "<p>Yes.</p>"
    assert render(tmp_path, body, x=False).strip() == "<p>No.</p>"


def test_a_line_end_is_no_space_in_chinese(tmp_path: Path) -> None:
    text = "一行。\n*另*一行\n{% if x %}再一行。{% endif %}\n{{ x }} 行，\nLIME\n一行\n"
    assert render(tmp_path, text, x=3) == "<p>一行。<em>另</em>一行再一行。3 行，LIME\n一行</p>"


def test_a_line_end_after_a_statement_is_a_space(tmp_path: Path) -> None:
    assert render(tmp_path, "One.{% if x %} Two.{% endif %}\nThree.", x=True) == "<p>One. Two. \nThree.</p>"


def test_an_experiment_becomes_a_call_of_its_figure(tmp_path: Path) -> None:
    html = render(
        tmp_path, "Look:\n\n```experiment\nid: cat\nmethod: predict\n```\n", experiment=lambda name: f"[{name}]"
    )
    assert html.split() == ["<p>Look:</p>", "[cat]"]


def test_headings_are_collected_with_ids_in_any_language(tmp_path: Path) -> None:
    body = lesson_body(lesson(tmp_path, "## The formula\n\n### Detail\n\n## 公式 与 图\n"))
    assert [(section.id, section.title) for section in body.sections] == [
        ("the-formula", "The formula"),
        ("公式-与-图", "公式 与 图"),
    ]


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("Text\n\n<script>alert(1)</script>\n", ":7:1", "raw HTML"),
        ("Some <b>bold</b> text", ":5:6", "raw HTML"),
        ("A\n\n[link](javascript:alert(1))", ":7:", "no link"),
        ("[link](data:text/html,x)", ":5:", "no link"),
        ("[x]({{ y }})", ":5:", "link"),
        ("![a picture](cat.jpg)", ":5:", "pictures in lessons come from experiments"),
        ("Line\n\nand $\\foo$ here", ":7:5", "unknown command"),
        ("## A {{ x }} heading", ":5:", "heading"),
    ],
)
def test_what_a_lesson_must_not_hold_is_shown_at_its_place(tmp_path: Path, body: str, place: str, message: str) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, body))
    assert f"en.md{place}" in str(caught.value)
    assert message in str(caught.value)


def test_tags_in_code_are_shown(tmp_path: Path) -> None:
    assert "&lt;b&gt;" in render(tmp_path, "Write `<b>` for bold, or\n\n```html\n<b>\n```\n")


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, "<b>\n\n$\\foo$\n\n[x](javascript:y)\n"))
    assert len(caught.value.mistakes) == 3


def test_the_skeleton_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    lines = skeleton(lesson(tmp_path, "Text\n\n{{ a }} and {{ b }}\n\n{% if c %}\n")).split("\n")
    assert (lines[6], lines[8]) == ("{{ a }}{{ b }}", "{% if c %}")


def test_a_caption_is_one_line_with_emphasis_and_expressions() -> None:
    assert inline_template("The score of *{{ target.name }}*.") == "The score of <em>{{ target.name }}</em>."
    with pytest.raises(ValueError, match="raw HTML"):
        inline_template("<img src=x>")


def test_a_formula_is_mathml_with_its_source_as_alternative() -> None:
    html = to_mathml(r"\frac{1}{n}", display=True)
    assert "<mfrac>" in html
    assert 'display="block"' in html
    assert r'alttext="\frac{1}{n}"' in html


@pytest.mark.parametrize(
    "latex", [r"\text{<script>}", r"\href{javascript:x}{y}", r"\foo", r"\frac{1}", r"\frac{1}{2", r"\left( x", "x^2^3"]
)
def test_a_formula_that_is_none_is_refused(latex: str) -> None:
    with pytest.raises(ValueError):
        to_mathml(latex)


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("[five](#smoth@5)", "en.md:7:14: there is no experiment 'smoth'"),
        ("[six](#smooth@6)", "en.md:7:13: smooth: no value '6' to show; allowed: 1, 5"),
        ("[elsewhere](other.html#plain@5)", "plain: it has no slider"),
    ],
)
def test_a_phrase_that_no_slider_can_obey_is_a_mistake_at_its_place(tmp_path: Path, phrase: str, message: str) -> None:
    text = lesson(tmp_path, f"With\n\nwords {phrase}.\n")
    (mistake,) = phrase_mistakes(text, lesson_body(text).template, {"smooth": ("1", "5"), "plain": ()})
    assert message in str(mistake)


def test_a_phrase_is_a_plain_link(tmp_path: Path) -> None:
    text = lesson(tmp_path, "With [five](#smooth@5), or an experiment that is broken: [x](#broken@1).")
    body = lesson_body(text)
    assert '<a href="#smooth@5">five</a>' in body.template
    assert list(phrase_mistakes(text, body.template, {"smooth": ("1", "5"), "broken": None})) == []

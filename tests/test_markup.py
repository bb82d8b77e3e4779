"""From Markdown to a template: results can't become markup, and nothing from a lesson can run."""

import itertools
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netviz.cache.inputs import TEMPLATES
from netviz.course.lessons import LessonText, read_text
from netviz.mistakes import Mistakes
from netviz.sandbox import Function, Sandbox
from netviz.site.rendering import ids_of
from netviz.site.text.leftovers import formula_warnings, unused_definitions
from netviz.site.text.markup import inline_template, lesson_body, phrase_mistakes, skeleton
from netviz.site.text.maths import to_mathml
from netviz.site.text.nesting import id_mistakes, ids_given_twice
from netviz.yaml_places import Passage

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"


def lesson(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


def render(folder: Path, body: str, **values: object) -> str:
    return Sandbox().render(lesson_body(lesson(folder, body)).template, values)


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


def test_a_number_and_its_percent_sign_stand_in_one_line(tmp_path: Path) -> None:
    text = "At 15 % or *5 %*, `5 % 2` and {{ 7 % 4 }} of a %.\n\n```python\n9 % 2\n```\n"
    html = render(tmp_path, text)
    assert "At 15\u00a0% or <em>5\u00a0%</em>, <code>5 % 2</code> and 3 of a %." in html
    assert html.count("\u00a0") == 2


def test_a_line_end_after_a_statement_is_a_space(tmp_path: Path) -> None:
    assert render(tmp_path, "One.{% if x %} Two.{% endif %}\nThree.", x=True) == "<p>One. Two. \nThree.</p>"


def test_an_experiment_becomes_a_call_of_its_figure(tmp_path: Path) -> None:
    html = render(
        tmp_path,
        "Look:\n\n```experiment\nid: cat\nmethod: predict\n```\n",
        experiment=Function(lambda name: f"[{name}]"),
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
        ('[x](#y "a {{ y }}")', ":5:", "title of a link hold no expressions"),
        ('[x](#y "a $y$")', ":5:", "title of a link hold no expressions"),
        ("A cat\n\n![](cat.jpg)", ":7:1", "a picture needs words for those who don't see it"),
        ("A ![ ](cat.jpg)", ":5:7", "a picture needs words for those who don't see it"),
        ("![a cat](https://example.org/cat.jpg)", ":5:1", "is no file beside the text"),
        ("![a cat](../cat.jpg)", ":5:1", "is no file beside the text"),
        ("![a cat](data:image/png;base64,AAAA)", ":5:1", "is no file beside the text"),
        ("[a cat](/etc/passwd)", ":5:9", "no link to the web"),
        ("[a cat](../../cat.pdf)", ":5:9", "no link to the web"),
        ('Words ![a cat](cat.jpg "A cat")', ":5:7", "a picture with a caption stands in a paragraph of its own"),
        ("![a {{ y }}](cat.jpg)", ":5:", "nor do a picture's words"),
        ("Line\n\nand $\\foo$ here", ":7:5", "unknown command"),
        ("Text\n\nwith \\textbf{words}", ":7:6", "LaTeX is read in formulas alone"),
        ("From $\\alpha $ on", ":5:7", "LaTeX is read in formulas alone"),
        ("::: note\nA box\n:::", ":5:1", "a box begins with"),
        ("> [!NOTE]\n> A box", ":5:3", "a box begins with"),
        ("Words {: .large }", ":5:7", "classes and ids can't be given"),
        ("Words^[a note]", ":5:6", "a footnote is"),
        ("See [[another]]", ":5:5", "a link is"),
        ("As shown [@simonyan2013]", ":5:10", "cited by a link"),
        ("It is ==marked==", ":5:7", "marked with a colour"),
        ("!!! note My title\n    text", ":5:1", "would be lost"),
        ("- a\n\n    ??? answer Not quoted\n        text", ":7:5", "would be lost"),
        ("Words.\n\n[^1]: A footnote.", ":7:1", "is named nowhere"),
        ("## A {{ x }} heading", ":5:", "heading"),
        ("Text\n\n# Top\n", ":7:1", "write ## for a section"),
        ("Top\n===\n", ":5:1", "write ## for a section"),
        ("Text\n#tag\n", ":6:2", "write ## for a section"),
        ("Text\n\n  ## Indented\n", ":7:", "begins at the margin"),
        ("A [^nowhere].\n", ":5:3", "there is no such footnote"),
        ("[TOC]\n", ":5:1", "every page lists its sections already"),
        ("`[^a]` and\n[^a]", ":6:1", "there is no such footnote"),
        ("a [text][nowhere]", ":5:8", "there is no link of this name"),
        ("a [text][]", ":5:8", "there is no link of this name"),
        ("**bold `**`\n\nmore", ":5:1", "never closed"),
        ("It is `code", ":5:7", "never closed"),
        ("It is ~~gone~~", ":5:7", "struck through"),
        ("*[HTML]: words\n\nHTML", ":5:1", "abbreviations"),
        ("- [ ] to do", ":5:3", "can't be ticked"),
        ("one\\\ntwo", ":5:4", "ended by two spaces"),
        ("\n: a meaning", ":6:1", "explains no term"),
        ('!!! note "a" b\n    text', ":5:1", "a box begins with"),
        ("| a | b |\n| 1 | 2 |\n", ":5:1", "this is no table"),
        ("Text\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n", ":9:10", "2 columns, this row 3 cells"),
        ("a | b\n--|--\n`1|2` | {{ x | abs }} | 3\n", ":7:24", "2 columns, this row 3 cells"),
        ("a | b\n--|--|--\n1 | 2\n", ":6:1", "the head of the table has 2 cells, the line beneath it 3"),
        ("[a]: https://x.org\n[A]: https://y.org\n\n[a]", ":6:1", "defined in line 5 already"),
        ("[^a]: One.\n\n[^a]: Two.\n\nText[^a]", ":7:1", "defined in line 5 already"),
        ("A &nosuch; B", ":5:3", "there is no character &nosuch;"),
        ('[x](a.html "{{ y }}")', ":5:13", "in a link's title"),
        ("# \n\n-   ## a\n        {{ x }}\n", ":8:9", "stands in code"),
        ("{% if x %}\n- a\n{% endif %}\n- b", ":7:1", "another kind of block"),
        ("{% claim x %}a\n\nb{% endclaim %}", ":7:2", "outside of the paragraph in which its claim begins"),
        ("{% claim x %}\n\na\n\n{% endclaim %}", ":9:1", "outside of the paragraph in which its claim begins"),
        ("- {% claim x %}a\n- b{% endclaim %}", ":6:4", "outside of the paragraph in which its claim begins"),
        ("Text [](a.html).", ":5:", "a link needs words"),
        ("Text\n\n##\n\nText", ":7:1", "a heading needs words"),
        ("- a\n-\n- b", ":5:1", "this is no list: its items have words"),
        ("```pyhton\nx\n```\n", ":5:1", "did you mean 'python'?"),
    ],
)
def test_what_a_lesson_must_not_hold_is_shown_at_its_place(tmp_path: Path, body: str, place: str, message: str) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, body))
    assert f"en.md{place}" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("- a\n\n\t- b **c", ":7:6"),
        ("1. a\n\n\tb\t**c", ":7:4"),
        ("1. a\n\n \t {{ b", ":7:4"),
        ("> 1. a\n>\n>    \tb `c", ":7:9"),
        ("1. a\n\t- b\n\n\t\t```pyhton\n\t\tx\n\t\t```\n", ":8:3"),
        ("Words\tand\twords <b>", ":5:17"),
        ("Words\tand [none\tsuch][x\ty]", ":5:21"),
        ("- a\n\n\t```experiment\n\tid: a\n", ":7:2"),
        ("> \t```python\n> \tx\n> \t```\n", ":5:4"),
        (">\t{{ x\n", ":5:3"),
        ("!!! note\n\ta\n\n\t### {{ x }}\n\n\t[a](/b\tc)", ":10:6"),
    ],
)
def test_a_tab_is_one_column_of_its_file(tmp_path: Path, body: str, place: str) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, body))
    assert f"en.md{place}: " in str(caught.value)


def test_code_within_a_list_is_dedented_by_tabs_as_by_blanks(tmp_path: Path) -> None:
    with_tabs = render(tmp_path, "1. a\n\n\t```\n\tx\n\t\ty\n\t```\n")
    assert with_tabs == render(tmp_path, "1. a\n\n    ```\n    x\n        y\n    ```\n") and "x\n    y" in with_tabs


@pytest.mark.parametrize("emphasis", ["**a*b**", "**a*", "*a**", "***a* b*", "_a__"])
def test_emphasis_that_ends_with_other_signs_is_told_at_its_place(tmp_path: Path, emphasis: str) -> None:
    with pytest.raises(Mistakes) as caught:
        lesson_body(lesson(tmp_path, f"* one\n* two\n\nWords {emphasis}"))
    (line, column) = (caught.value.mistakes[0].line, caught.value.mistakes[0].column or 0)
    assert line == 8 and 7 <= column < 7 + len(emphasis) and "emphasis" in str(caught.value)


@pytest.mark.parametrize("words", ["2 * 3 * 4", "*a* b", "***a** b*", "**a**, *b*", "*a _b_ c*", "[a](b.html)*"])
def test_stars_that_are_none_too_many_are_left_alone(tmp_path: Path, words: str) -> None:
    lesson_body(lesson(tmp_path, words))


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (r"So \(x^2\) is.", [(5, 4)]),
        ("So\n\\[\nx\n\\]\nis.", [(6, 1)]),
        (r"> - \(a\) and \[b\]", [(5, 5), (5, 15)]),
        ("It is $ x $, $y $ or $ z$.", [(5, 7), (5, 14), (5, 22)]),
        (r"[a\] \(b) \\\\(x\\\\) `\(x\)` \$ x \$", []),
        ("It costs $5 or $ 6, 7 $ or 8 $, US$ 9 or US$ 10, and $x$ is $y$.", []),
    ],
)
def test_a_formula_that_is_written_as_latex_does_is_warned_of(
    tmp_path: Path, words: str, places: list[tuple[int, int]]
) -> None:
    told = list(formula_warnings(lesson(tmp_path, words)))
    assert [(one.line, one.column) for one in told] == places
    assert all("is no formula" in one.message for one in told)


def test_a_formula_in_a_fence_that_is_written_as_latex_does_is_warned_of_too(tmp_path: Path) -> None:
    source = "```experiment\nid: a\ncaption: 'It''s $ x $'\n```\n"
    (told,) = formula_warnings(
        lesson(tmp_path, source), [Passage("It's $ x $", line=7, column=10, written=("'It''s $ x $'",), style="'")]
    )
    assert (told.line, told.column) == (7, 17)


def test_signs_that_were_escaped_are_shown(tmp_path: Path) -> None:
    signs = [r"\*\*", r"\`", r"\[^x]", r"a\]\(b", r"\#", r"\~~", r"\$5", r"\<b>"]
    assert render(tmp_path, "So: " + " ".join(signs)) == "<p>So: ** ` [^x] a](b # ~~ $5 &lt;b&gt;</p>"


def test_a_condition_may_begin_in_one_paragraph_and_end_in_the_next(tmp_path: Path) -> None:
    assert render(tmp_path, "a{% if x %} b\n\nc{% endif %} d", x=False) == "<p>a d</p>"


def test_code_in_a_list_is_coloured_line_by_line(tmp_path: Path) -> None:
    html = render(tmp_path, "1. One\n\n    ```python\n    if x:\n        y\n    ```\n\n2. Two\n")
    assert html.count("<ol>") == html.count("<pre>") == 1
    assert "x:\n    y\n" in html


def test_every_id_of_a_page_is_given_once(tmp_path: Path) -> None:
    fences = "```question\nid: says\n```\n\n```experiment\nid: says-ask\n```\n\n"
    text = lesson(tmp_path, f"## Text\n\n{fences}### *Says*\n\n## Twice\n\n## Twice\n\n```experiment\nid: learn\n```\n")
    told = [
        (mistake.line, mistake.message.rpartition("which is ")[2])
        for mistake in id_mistakes(text, lesson_body(text).template, {"text", "learn"})
    ]
    assert told == [
        (11, "that of the question 'says'"),
        (21, "that of a part of every page"),
        (5, "that of a part of every page"),
        (15, "that of the question 'says'"),
    ]


def test_a_figure_that_is_put_in_by_its_name_stands_on_its_page_once(tmp_path: Path) -> None:
    fence, shown = "```experiment\nid: a\n```\n\n", "{{ experiment('a') }}\n\n"
    text = lesson(tmp_path, f"{fence}Words\n\n  {shown}")
    told = [str(one) for one in id_mistakes(text, lesson_body(text).template, ())]
    assert (
        len(told) == 1 and "en.md:11:3: the figure 'a' stands on the page already: it is the experiment 'a'" in told[0]
    )
    text = lesson(tmp_path, f"{{% if x %}}\n\n{shown}{{% else %}}\n\n{shown}{{% endif %}}\n")
    assert not list(id_mistakes(text, lesson_body(text).template, ()))
    (twice,) = ids_given_twice(text, '<p id="a"></p><p id="a"></p>')
    assert (twice.line, twice.column) == (11, 1)


def test_a_fence_in_a_loop_would_stand_on_its_page_more_than_once(tmp_path: Path) -> None:
    body = "{% for x in y %}\n\n```experiment\nid: a\n```\n\n{% endfor %}\n\n```experiment\nid: b\n```\n"
    with pytest.raises(Mistakes, match="stands in a loop") as caught:
        lesson_body(lesson(tmp_path, body))
    assert [mistake.line for mistake in caught.value.mistakes] == [7]


def test_headings_in_a_loop_are_found_on_the_page(tmp_path: Path) -> None:
    text = lesson(tmp_path, "Words\n\n{% for x in y %}\n\n## Again\n\n{% endfor %}\n")
    page = '<h2 id="again">Again</h2><h2 id="other">Other</h2><h2 id="again">Again</h2>'
    (mistake,) = ids_given_twice(text, page)
    assert (mistake.line, mistake.message) == (9, "the id 'again' is given 2 times on the page")


def test_the_ids_of_templates_are_found_in_them() -> None:
    assert ids_of((TEMPLATES,), "base", "course", "opening", "lesson") == {"text", "learn", "readout"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Text.\n\n[Wiki]: https://x.org\n", ["7: the link 'wiki' is named nowhere"]),
        ("[^a]: A note.\n\nText[^a] and [this][wiki], [one].\n\n[Wiki]: https://x.org\n[one]: a.html\n", []),
        ("```\n[^a]: shown\n```\n", []),
    ],
)
def test_what_is_defined_and_named_nowhere_is_told(tmp_path: Path, body: str, told: list[str]) -> None:
    assert [f"{one.line}: {one.message}" for one in unused_definitions(lesson(tmp_path, body))] == told


def test_tags_in_code_are_shown(tmp_path: Path) -> None:
    assert "&lt;b&gt;" in render(tmp_path, "Write `<b>` for bold, or\n\n```html\n<b>\n```\n")


@pytest.mark.parametrize("before", ["", "- ", "> ", "!!! note\n    ", "Words\n", "> - "])
def test_a_line_of_a_formula_begins_no_list(tmp_path: Path, before: str) -> None:
    last = before.split("\n")[-1]
    indent = last.replace("-", " ")
    html = render(tmp_path, before + f"\n{indent}".join(["$$", "+ b", "- c", "< d", "$$ and {{ 1", "+ 2 }}"]))
    assert html.count("<mo>") == 3 and html.count("<li>") == before.count("- ") and "and 3" in html


def test_a_footnote_may_end_with_code_or_a_formula(tmp_path: Path) -> None:
    html = render(tmp_path, "A[^1]\n\n[^1]: B\n\n    ```python\n    x\n    ```\n")
    assert '</pre></div>\n<p><a class="footnote-backref"' in html.replace("</div><p>", "</div>\n<p>")


def test_an_address_of_electronic_mail_is_a_link(tmp_path: Path) -> None:
    assert ">&#97;&#64;&#98;&#46;&#99;</a>" in render(tmp_path, "Write to <a@b.c>.")


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


def test_a_line_never_begins_with_the_comma_after_a_formula(tmp_path: Path) -> None:
    html = render(tmp_path, "Of $a$, ($b$) and $c$ there are {{ n }}, says 他（$d$）。\n", n=3)
    held = re.findall(r'<span class="unbroken">(.*?)</span>', html)
    assert [re.sub("<math.*?</math>", "x", words) for words in held] == ["x,", "(x)", "（x）。"]


def test_a_formula_is_mathml_with_its_source_as_alternative() -> None:
    html = to_mathml(r"\frac{1}{n}", display=True)
    assert "<mfrac>" in html
    assert 'display="block"' in html
    assert r'alttext="\frac{1}{n}"' in html


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:x}{y}", r"\foo", r"\frac{1}", r"\frac{1}{2", r"\left( x", "x^2^3"]
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


PIECES = (
    *("W W", "- W", "1. W", "2. W", "10) W", "> W", "> - W", "- - W", "## W", '!!! note "W"', "??? note", "", "---"),
    *("W[^1]", "[^1]: W", "[W](a.html)", "[W]: https://W.org", "{{ W }}", "*W*", "`W`", "$W$", ":   W", "W | W"),
    *("```python\nW\n```", "```experiment\nid: W\n```", "| W | W |\n|---|---|\n| W | W |", "{% if W %}", "{% endif %}"),
)


def shown_or_told(folder: Path, body: str) -> str:
    """The woven text with what it warns of; the body itself, where it is refused."""
    try:
        text = lesson(folder, body)
        return lesson_body(text).template + "".join(map(str, unused_definitions(text)))
    except Mistakes:
        return body


@given(st.lists(st.tuples(st.sampled_from((0, 0, 2, 3, 4, 6)), st.sampled_from(PIECES)), max_size=9))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_word_of_an_author_vanishes(pieces: list[tuple[int, str]]) -> None:
    """Whatever is put together: every word stands in the text, or is in a line that is refused or told of."""
    numbers = itertools.count(1)
    lines = [" " * indent + line for indent, piece in pieces for line in piece.split("\n")]
    body = re.sub("W", lambda match: f"word{next(numbers)}x", "\n".join(lines))
    with tempfile.TemporaryDirectory() as folder:
        found = shown_or_told(Path(folder), body)
    lost = [word for word in re.findall(r"word\d+x", body) if word not in found]
    assert lost == [] or "[^1]: " in body  # what stands beneath a footnote that nobody names goes with it

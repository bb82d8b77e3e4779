"""How a lesson is read: what is lifted out of its Markdown, and where a mistake is said to be."""

from pathlib import Path

import pytest

from netviz.course.lessons import BLANK, TOKEN, fence_id, read_text, scan
from netviz.mistakes import Mistakes

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "en.md"
    path.write_text(text, "utf-8")
    return path


def kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, span.source) for span in scan(text).spans]


def test_expressions_statements_formulas_and_fences_are_lifted_out_in_order() -> None:
    text = "A $x^2$ and {{ results['a'].numbers.b }}.\n\n{% if x %}\n\n$$\ny\n$$\n\n```experiment\nid: a\n```\n"
    assert kinds(text) == [
        ("inline formula", "x^2"),
        ("expression", "{{ results['a'].numbers.b }}"),
        ("statement", "{% if x %}"),
        ("display formula", "y"),
        ("experiment", "id: a\n"),
    ]


def test_what_is_lifted_out_leaves_a_token_that_markdown_lets_through() -> None:
    assert scan("before {{ a_b_c }} after").markdown == f"before {TOKEN.format(0)} after"


@pytest.mark.parametrize(
    "text",
    [
        "`{{ code }}` and `$x$`",
        "```python\nf'{{x}}' + '$a$'\n```\n",
        "~~~\n{{ x }}\n~~~\n",
        r"\$5 and \{{ not an expression",
        "it costs $5 and then $10 more",
    ],
    ids=["inline code", "fenced code", "tildes", "escaped", "prices"],
)
def test_code_and_prices_are_left_alone(text: str) -> None:
    assert [span for span in scan(text).spans if span.kind != "code"] == []
    assert scan(text).faults == ()


def test_every_span_knows_its_line_and_column() -> None:
    spans = scan("first\n  {{ a }}\n\n```experiment\nid: b\n```\nlast $c$\n", first_line=10).spans
    assert [(span.line, span.column) for span in spans] == [(11, 3), (14, 1), (16, 6)]


def test_a_fence_inside_a_longer_fence_is_only_shown() -> None:
    assert kinds("````markdown\n```experiment\nid: a\n```\n````\n") == [("code", "```experiment\nid: a\n```\n")]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1. One\n\n    ```experiment\n    id: a\n    ```\n\n2. Two\n", 5),
        ("1. One\n   ```experiment\n   id: a\n   ```\n2. Two\n", 4),
        ("- One\n  - Two\n\n    ```experiment\n    id: a\n    ```\n", 5),
        ('!!! note "Look"\n    Text.\n\n    ```experiment\n    id: a\n    ```\n', 5),
        ("??? note\n    ```experiment\n    id: a\n    ```\n", 5),
        ("> Quoted.\n>\n> ```experiment\n> id: a\n> ```\n", 3),
        ("- > ~~~\n\n  > - deep\n  >\n  >   ```experiment\n  >   id: a\n  >   ```\n".replace("~~~", "quote"), 7),
        ("[^1]: A note.\n\n    ```experiment\n    id: a\n    ```\n", 5),
        ("Term\n:   Meaning.\n\n    ```experiment\n    id: a\n    ```\n", 5),
        ("   ```experiment\n   id: a\n   ```\n", 4),
        ("Text\n```experiment\nid: a\n```\ntext\n", 1),
    ],
    ids=[
        "4",
        "3",
        "nested",
        "box",
        "folded box",
        "quote",
        "quote in a list",
        "footnote",
        "definition",
        "1 to 3",
        "text",
    ],
)
def test_a_fence_works_wherever_markdown_can_hold_a_block(text: str, column: int) -> None:
    (span,) = (span for span in scan(text).spans if span.kind == "experiment")
    line = text.split("\n")[span.line - 1]
    assert (span.source.strip(), line[column - 1 :]) == ("id: a", "id: a")
    assert span.source == " " * (column - 1) + "id: a\n"
    assert scan(text).faults == ()


def test_code_in_a_list_keeps_its_lines_and_what_they_are_indented_by() -> None:
    text = "- One\n\n    ```python\n    if x:\n        y\n\n    z\n    ```\n"
    assert kinds(text) == [("code", "if x:\n    y\n\nz\n")]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("    ```experiment\n    id: a\n    ```\n", (1, 5), "indented by four spaces or more"),
        ("- One\n\n        ```experiment\n        id: a\n        ```\n", (3, 9), "indented by four spaces or more"),
        ("Text\n    ```experiment\n    id: a\n    ```\n", (2, 5), "indented by four spaces or more"),
        ("1. ```python\n   x\n   ```\n", (1, 4), "on a line of its own"),
        ("Text\n\n```experiment\nid: a\n", (3, 1), "never closed"),
        ("~~~~python\nx\n~~~\n", (1, 1), "never closed"),
        ("> ```python\n> x\n\nText\n", (1, 3), "never closed"),
        ("```experiment\nid: a\n\nText\n\n```python\nx\n```\n", (1, 1), "before another one begins, in line 6"),
        ("```Experiment\nid: a\n```\n", (1, 1), "did you mean 'experiment'?"),
        ("```experiments\nid: a\n```\n", (1, 1), "did you mean 'experiment'?"),
        ("```experiment id=x\n```\n", (1, 1), "did you mean 'experiment'?"),
        ("- a\n\n  ~~~ {.quesion}\n  ~~~\n", (3, 3), "did you mean 'question'?"),
        ("A *{{ picture.title }*.\n\nThen {{ x }}.\n", (1, 4), "{{ stands alone"),
        ("- one\n- two {% if x }\n", (2, 7), "{% stands alone"),
        ("It is }} here.", (1, 7), "}} stands alone"),
        ("$$\n\nx\n\n", (1, 1), "$$ stands alone"),
        ("## Top {#top}", (1, 8), "{# stands alone"),
        (">" * 13 + " deep\n", (1, 13), "nested too deeply"),
        ("\n".join("  " * depth + "- a" for depth in range(13)), (13, 25), "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(text: str, place: tuple[int, int], message: str) -> None:
    (fault,) = scan(text).faults
    assert (fault.line, fault.column) == place
    assert message in fault.message


def test_every_fault_of_a_text_is_told_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        read_text(write(tmp_path, FRONT + "It is }} here.\n\n```quesion\n```\n"), "en")
    assert [(mistake.line, mistake.column) for mistake in caught.value.mistakes] == [(5, 7), (7, 1)]


@pytest.mark.parametrize("text", [r"\{{ x }} and \{% if %}", "`{{ x`, `$$`", "\\\\ and \\$$5\\$"])
def test_signs_can_be_shown(text: str) -> None:
    assert scan(text).faults == ()


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Words:\n- one\n- two", "Words:\n\n- one\n- two"),
        ("Words:\n1. one\n2. two", "Words:\n\n1. one\n2. two"),
        ("In the year\n2019. It was.", "In the year\n2019. It was."),
        ("1) one\n2) two", "1. one\n2. two"),
        ("- one\n  - two\n    - three\n- four", "- one\n    - two\n        - three\n- four"),
        ("- one\n1. two", "- one\n\n1. two"),
        ("## Title\nWords\n- one", "## Title\nWords\n\n- one"),
        ("> words\n> - one", "> words\n>\n> - one"),
        ("- - -\nwords", "- - -\nwords"),
        ("- one\n  goes on\n- two", "- one\n  goes on\n- two"),
        ("- one\n\n  more\n- two", "- one\n\n    more\n\n- two"),
        ("Text\n\n    code\n    - code\n", "Text\n\n    code\n    - code\n"),
    ],
)
def test_lists_are_what_everyone_expects(text: str, markdown: str) -> None:
    assert scan(text).markdown == markdown


def test_prose_alone_keeps_its_places() -> None:
    text = "- a `code` {{ x }} b\n\n    - c $y$ d\n\n> e\n\n```\nf\n```\n"
    lines = text.split("\n")
    for number, words in scan(text).prose.items():
        assert all(mine in (theirs, BLANK) for mine, theirs in zip(words, lines[number - 1], strict=True)), (
            words,
            lines[number - 1],
        )
    shown = "".join(scan(text).prose.values())
    assert [letter for letter in "abcdef" if letter in shown] == ["a", "b", "c", "d", "e"]


def test_front_matter_and_body_are_told_apart(tmp_path: Path) -> None:
    text = read_text(write(tmp_path, FRONT + "Hello.\n"), "en")
    assert text.front.title == "A title"
    assert (text.markdown, text.first_line) == ("Hello.\n", 5)


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("no front matter", "en.md:1:1", "there is no front matter"),
        ("---\ntitle: A\nsummary: B\ntitel: C\n---\n", "en.md:4:1", "unknown field 'titel'"),
        ("---\ntitle: A\n---\n", "en.md:2:1", "the field 'summary' is missing"),
        ("---\ntitle: A\nsummary: [B\n---\n", "en.md:3:10", "the [ that opens here has no ]"),
        ("---\ntitle: A\ntitle: B\nsummary: C\n---\n", "en.md:3:1", "'title' is given twice"),
    ],
)
def test_wrong_front_matter_is_shown_at_its_place(tmp_path: Path, source: str, place: str, message: str) -> None:
    with pytest.raises(Mistakes) as caught:
        read_text(write(tmp_path, source), "en")
    assert place in str(caught.value)
    assert message in str(caught.value)


def test_a_file_that_is_not_utf8_is_a_clear_mistake(tmp_path: Path) -> None:
    path = tmp_path / "zh.md"
    path.write_bytes("---\ntitle: 中文\n".encode("gb18030"))
    with pytest.raises(Mistakes, match=r"zh.md:2:8: is not UTF-8 text"):
        read_text(path, "zh")


@pytest.mark.parametrize(
    "fence",
    [
        "id: x\nmethod: predict",
        '"id": x',
        "{id: x, method: predict}",
        "method: predict\nid:   'x'  # so",
        "id: x\nmethod: [",
    ],
)
def test_a_fences_id_is_found_however_it_is_written(fence: str) -> None:
    assert fence_id(fence) == "x"


@pytest.mark.parametrize("fence", ["method: predict", "- id: x", "id: [x]", 'id: "x\')"', "", "caption: 'id: x'"])
def test_a_fence_that_names_no_id_has_none(fence: str) -> None:
    assert fence_id(fence) == ""

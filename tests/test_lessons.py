"""How a lesson is read: what is lifted out of its Markdown, and where a mistake is said to be."""

from pathlib import Path

import pytest

from netviz.lessons import TOKEN, fence_id, read_text, scan
from netviz.mistakes import Mistakes

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "en.md"
    path.write_text(text, "utf-8")
    return path


def kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, span.source) for span in scan(text)[1]]


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
    markdown, _ = scan("before {{ a_b_c }} after")
    assert markdown == f"before {TOKEN.format(0)} after"


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
    assert scan(text) == (text, ())


def test_every_span_knows_its_line_and_column() -> None:
    _, spans = scan("first\n  {{ a }}\n\n```experiment\nid: b\n```\nlast $c$\n", first_line=10)
    assert [(span.line, span.column) for span in spans] == [(11, 3), (14, 1), (16, 6)]


def test_a_fence_inside_a_longer_fence_is_only_shown() -> None:
    text = "````markdown\n```experiment\nid: a\n```\n````\n"
    assert scan(text) == (text, ())


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

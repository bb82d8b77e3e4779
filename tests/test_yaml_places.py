"""The YAML that authors write: simple values alone, no surprise in them, and mistakes in plain words."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from netviz.course.fields import InEveryLanguage, Name
from netviz.limits import YAML_CHARACTERS, YAML_NESTING
from netviz.mistakes import Mistakes
from netviz.yaml_places import Passage, read_checked, read_yaml


def values(text: str) -> Any:
    return read_yaml(text, Path("a.yaml"))[0]


def told(text: str) -> str:
    with pytest.raises(Mistakes) as caught:
        values(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "Off", "2024-02-30", "2024-11-28", "12:30", "1_000", "0b1", "1.2.3", "=", "1e", "+"]
)
def test_what_is_no_number_and_no_true_or_false_is_text(text: str) -> None:
    assert values(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("null", None), ("", None), ("-7", -7), ("0777", 777), ("0x1F", 31), ("1e3", 1000.0), (".5", 0.5)],
)
def test_numbers_truth_and_nothing_are_what_they_seem(text: str, value: object) -> None:
    found = values(f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))


def test_what_is_in_quotes_or_a_block_is_text_and_so_is_every_name() -> None:
    assert values("1: '1'\ntrue: \"true\"\nnull: |\n  3\n") == {"1": "1", "true": "true", "null": "3\n"}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: &x [1]\nb: *x", "1:4", "anchors are not read here"),
        ("a: &a [*a]", "1:4", "anchors are not read here"),
        ("a: *x", "1:4", "aliases are not read here"),
        ("a:\n  <<: {b: 1}", "2:3", "merged keys (<<) are not read here"),
        ("a: !!python/name:os.system", "1:4", "tags are not read here"),
        ("a: !x b", "1:4", "tags are not read here"),
        ("a: 1\n---\nb: 2", "2:1", "a second document begins here"),
        ("a: {b: 1, b: 2}", "1:11", "'b' is given twice"),
        ("{a: {[b]: 1}}", "1:6", "{ begins a mapping"),
        ("? {a: 1}\n: b", "1:3", "{ begins a mapping"),
        ("?\n: b", "1:2", "a name is missing before the colon"),
        ('a: "x\\0"', "1:4", "the invisible character U+0000 has no place in a text"),
        ('a: "\\uE000"', "1:4", "the invisible character U+E000 has no place in a text"),
        ("a: .nan", "1:4", ".nan is no number"),
        ("a: -.inf", "1:4", "-.inf is no number"),
        ("a: 1e999", "1:4", "the number is too large"),
        ("a: 18446744073709551616", "1:4", "the number is too large"),
        (f"a: 1{'0' * 5000}", "1:4", "the number is too long"),
        (f"a: 0x{'f' * 5000}", "1:4", "the number is too long"),
    ],
)
def test_what_could_grow_or_surprise_is_refused_at_its_place(text: str, place: str, message: str) -> None:
    assert f"a.yaml:{place}: {message}" in told(text)


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("title: A course: the title", "1:16", "a second colon in one line", "put the text in quotes"),
        ("a: *emphasis* first", "1:4", "a text can't begin with *", "needs quotes"),
        ("a: {{ results }} first", "1:5", "{ begins a mapping", "needs quotes"),
        ("a: `code` first", "1:4", "a text can't begin with `", "needs quotes"),
        ("a: 50\n\tb: 1", "2:1", "a tab can't indent a line", "use spaces"),
        ("a: 'it's'", "1:8", "the text goes on after its closing quote", "a quote is written twice"),
        ("a: 'open\nb: 2", "1:4", "the quote ' that opens here is never closed", ""),
        ("a: [1, 2\nb: 3", "1:4", "the [ that opens here has no ]", ""),
        ('a: "\\alpha \\q"', "1:12", "a backslash that YAML doesn't know", "use single quotes"),
        ("a: 1\n  b: 2", "2:4", "a value can't begin here", "begins in the same column"),
        ("a: |x\n  b", "1:5", "after | the text begins in the next line", ""),
        ("- a\nb: 1", "2:1", "an entry of the list above is wanted", ""),
        ("a: 1\nb\n", "2:2", "here `name: value` is wanted", ""),
    ],
)
def test_what_is_no_yaml_is_told_in_plain_words(text: str, place: str, message: str, hint: str) -> None:
    assert f"a.yaml:{place}: {message}" in told(text) and hint in told(text)


@pytest.mark.parametrize("one", ["[", "{a: ", "- ", "{a: [", "? "])
def test_deep_nesting_is_refused_where_it_goes_too_deep(one: str) -> None:
    assert "a.yaml:1:" in told(one * 100_000)
    assert "nested too deeply" in told(one * (YAML_NESTING + 1)) or one == "? "


def test_a_text_that_is_too_long_is_refused() -> None:
    assert "is too long" in told("- a\n" * (YAML_CHARACTERS // 4 + 1))


class Entry(BaseModel):
    title: InEveryLanguage = {}
    key: Name = "a"
    words: str = ""
    number: int | float = 0
    truth: bool = True
    by: dict[str, dict[str, bool]] = {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "title: My course",
            "1:8: title: a text in each language is wanted, {en: …, zh: …}, or in site.yaml `languages: [en]`; "
            "found 'My course'",
        ),
        ("title: {zh: 甲}", "1:8: title: a text in each language is wanted, {en: …, zh: …}; found {'zh': '甲'}"),
        ("title: {en: A, zh: 2}", "1:8: title: a text in each language is wanted"),
        (
            "key: A b",
            "1:6: key: a name is of small letters, digits and single dashes, like where-gradient; found 'A b'",
        ),
        ("words: true", "1:8: words: a text is wanted, in quotes; found true"),
        ("words: 2024", "1:8: words: a text is wanted, in quotes; found 2024"),
        ("words: [a]", "1:8: words: a text is wanted; found ['a']"),
        ("words:", "1:7: words: a text is wanted; found nothing"),
        ("number: [1]", "1:9: number: a whole number or a number is wanted; found [1]"),
        ("number: '5'", "1:9: number: a number is wanted, without quotes; found '5'"),
        ("number: false", "1:9: number: a number is wanted; found false"),
        ("truth: yes", "1:8: truth: true or false is wanted; found 'yes'"),
        ("truth: 'true'", "1:8: truth: true or false is wanted, without quotes; found 'true'"),
        ("truth: 1", "1:8: truth: true or false is wanted; found 1"),
        ("by: {a: {truth: 'off'}}", "1:17: truth: true or false is wanted; found 'off'"),
        ("- title", "1:1: {name: value, …} is wanted; found ['title']"),
    ],
)
def test_what_does_not_fit_is_told_in_an_authors_words(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    with pytest.raises(Mistakes) as caught:
        read_checked(tmp_path / "a.yaml", Entry, list(Entry.model_fields))
    assert f"a.yaml:{message}" in str(caught.value)
    assert "should" not in str(caught.value) and "valid" not in str(caught.value)


def test_yes_is_a_text_where_one_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: {en: yes, zh: no}", "utf-8")
    assert read_checked(tmp_path / "a.yaml", Entry, [])[0].title == {"en": "yes", "zh": "no"}
    assert TypeAdapter(Name).validate_python("where-gradient") == "where-gradient"


@pytest.mark.parametrize(
    "text",
    [
        "a: one two HERE three",
        "a:   'it''s “HERE”, isn''t it'",
        r'a: "a \"tab\\\t\x41\u4e2d\U0001F408 is HERE"',
        "a:\n  one\n  two HERE\n  three",
        "a: one\n\n\n  two HERE",
        "a: 'one\n\n   two ''HERE'' three'",
        'a: "one\\\n    \\ two\n  HERE\\n"',
        "a: |\n  one\n\n    two HERE\n",
        "a: |-2  # three\n    one\n  HERE\n",
        "a: >\n  one\n  two\n\n   three\n  HERE and\n  five\n",
        "a: >+\n\n\n  one HERE\n\n",
        "{b: [1, {c: x}], a: {d: 一 HERE}}",
        "- 1\n- a: [b, HERE]",
        "a: - HERE",
        "a: 'HERE",
    ],
)
def test_every_word_of_a_text_is_found_where_it_stands(text: str) -> None:
    closed = text + "'" if text == "a: 'HERE" else text
    found, places = read_yaml(closed.replace("a: - ", "a: -1 "), Path("a.yaml"), first_line=7)
    before = closed.replace("a: - ", "a: -1 ").partition("HERE")[0]
    expected = 7 + before.count("\n"), len(before) - before.rfind("\n")
    (key,) = (key for key in places.ends if isinstance(one := at(found, key), str) and "HERE" in one)
    assert places.passage(key, at(found, key)).place_of("HERE") == expected


def at(values: Any, key: Any) -> Any:
    for part in key:
        values = values[part]
    return values


@pytest.mark.parametrize(("source", "written"), [("31", "0x1F"), ("a b", "c"), ("", "")])
def test_a_text_that_stands_there_otherwise_is_found_where_it_begins(source: str, written: str) -> None:
    assert Passage(source, line=3, column=5, written=(written,)).place_at(len(source)) == (3, 5)


def test_tabs_before_a_value_are_no_columns_where_they_are_allowed() -> None:
    text = "\ta:\n\t\tb: HERE\n    \tc: [1,\n\t\t\tHERE"
    with pytest.raises(Mistakes, match=r"a\.yaml:3:9: the \[ that opens here has no \]"):
        read_yaml(text, Path("a.yaml"), tab=4)
    _, places = read_yaml(text + "]", Path("a.yaml"), tab=4)
    assert places.values["a", "b"] == (2, 6) and places.values["a", "c", 1] == (4, 4)
    assert str(places.mistake(("a", "b"), "so")) == "a.yaml:2:6: so\n    \t\tb: HERE\n    \t\t   ^"

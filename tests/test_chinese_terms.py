"""One thing has one name in Chinese: no text calls it what ``chinese_terms.yaml`` says it must not be called."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from netviz.yaml_places import read_values

HERE = Path(__file__).parent
TERMS: list[dict[str, Any]] = read_values(HERE / "chinese_terms.yaml")
ROOMS = ("content", "netviz", "templates")
SPOKEN = (".md", ".yaml", ".ftl", ".py", ".html")
OTHER_NAMES = re.compile(r"也叫[^。；，）\n]*")


@cache
def lines() -> list[tuple[str, str]]:
    """Every line of Chinese with its place, without the other names that it gives a thing."""
    paths = [path for room in ROOMS for path in sorted((HERE.parent / room).rglob("*")) if path.suffix in SPOKEN]
    return [
        (f"{path.relative_to(HERE.parent)}:{number}", OTHER_NAMES.sub("", line))
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"[\u4e00-\u9fff]", line)
    ]


def wrong_names(line: str, never: list[str]) -> list[str]:
    return [found[0] for name in never for found in re.finditer(name, line)]


def test_there_is_chinese_to_read() -> None:
    rooms = {place.partition("/")[0] for place, _ in lines()}
    assert {"content", "netviz"} <= rooms and len(lines()) > 1000


@pytest.mark.parametrize("entry", TERMS, ids=lambda entry: entry["english"])
def test_a_thing_has_one_name(entry: dict[str, Any]) -> None:
    wrong = [f"{place}: {name}" for place, line in lines() for name in wrong_names(line, entry["never"])]
    assert not wrong, f"{entry['english']} is {entry['term']}"


@pytest.mark.parametrize("entry", TERMS, ids=lambda entry: entry["english"])
def test_a_name_that_is_given_is_used_and_not_refused(entry: dict[str, Any]) -> None:
    assert not wrong_names(entry["term"], entry["never"])
    assert any(entry["term"] in line for _, line in lines())


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("三张图共用一个色标。", ["张图"]), ("三张图片，两张解释图。", []), ("热图也叫注意力图。", [])],
)
def test_what_a_map_is_called(line: str, wrong: list[str]) -> None:
    assert wrong_names(line, TERMS[0]["never"]) == wrong

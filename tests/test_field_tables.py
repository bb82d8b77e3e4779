"""The page for authors: what it says that they may write is what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netviz.languages.known import DEFAULT
from netviz.languages.messages import messages
from netviz.sandbox import AGGREGATES
from netviz.site.field_tables import DECLARED, LEFT_OUT, aggregate_rows, field_rows

PAGE = Path(__file__).resolve().parents[1] / "content" / "pages" / "write-a-lesson"


@pytest.mark.parametrize("language", DEFAULT)
def test_every_field_that_can_be_written_has_its_meaning_and_no_other_has_one(language: str) -> None:
    told = {f"{kind}-{row.name}": row.meaning for kind in DECLARED for row in field_rows(kind, language)}
    declared = {f"{kind}-{name}" for kind, one in DECLARED.items() for name in one.model_fields}
    assert told.keys() == declared - {"-".join(one) for one in LEFT_OUT}
    told |= {f"aggregate-{row.name}": row.meaning for row in aggregate_rows(language)}
    assert told.keys() == {*messages(language, "fields").names} and len(told) == len({*told}) > len(declared)
    assert len({*told.values()}) > 20


def test_every_function_that_sums_up_says_of_what() -> None:
    of_conditions = {row.name for row in aggregate_rows("en") if row.of_conditions}
    assert of_conditions == {"all", "count", "share"} < {row.name for row in aggregate_rows("zh")} == {*AGGREGATES}


def test_what_stands_for_a_field_that_is_not_written_is_its_default() -> None:
    rows = {row.name: row for row in field_rows("experiment", "en")}
    assert rows["id"].required and rows["method"].required
    assert (rows["picture"].default, rows["target"].default, rows["view"].default) == ("chosen", "top1", "")
    assert {row.name: row.default for row in field_rows("site", "en")}["languages"] == "[en, zh]"


def test_the_page_shows_just_the_fence_that_it_runs() -> None:
    """The other one that it shows is of a gallery, which it has not."""
    text = (PAGE / "en.md").read_text("utf-8")
    shown, _ = re.findall(r"^````markdown\n(```experiment\n.*?```\n)````$", text, re.M | re.S)
    [run] = re.findall(r"(?<!````markdown\n)(^```experiment\n.*?```\n)(?!````)", text, re.M | re.S)
    assert shown == run
    assert shown in (PAGE / "zh.md").read_text("utf-8")

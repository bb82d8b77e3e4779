"""Numbers in words: one module for prose, figures and alternative texts, and the script that writes the same."""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from netviz import numerals
from netviz.figures.views.charts import linear_ticks
from netviz.languages.messages import messages
from netviz.site.text import filters

if TYPE_CHECKING:
    from browser import Browser


@pytest.mark.parametrize(
    ("share", "english", "chinese"),
    [
        (0.4512, "45.1\u00a0%", "45.1%"),
        (0, "0\u00a0%", "0%"),
        (1, "100\u00a0%", "100%"),
        (0.99999, ">\u00a099.9\u00a0%", ">\u00a099.9%"),
        (-0.99975, "<\u00a0−99.9\u00a0%", "<\u00a0−99.9%"),
        (1.0001, ">\u00a0100\u00a0%", ">\u00a0100%"),
        (-1, "−100\u00a0%", "−100%"),
        (0.00034, "0.034\u00a0%", "0.034%"),
        (1e-9, "<\u00a00.0001\u00a0%", "<\u00a00.0001%"),
        (-1e-9, ">\u00a0−0.0001\u00a0%", ">\u00a0−0.0001%"),
        (-0.25, "−25.0\u00a0%", "−25.0%"),
        (1234.5, "123\u202f450\u00a0%", "123\u202f450%"),
        (math.inf, "–", "–"),
        (None, "–", "–"),
    ],
)
def test_percentages(share: float | None, english: str, chinese: str) -> None:
    assert (filters.percent(share, "en"), filters.percent(share, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (1792, "1792"),
        (36928, "36\u202f928"),
        (100000.0, "100\u202f000"),
        (-12.3456, "−12.3"),
        (1234.5, "1235"),
        (0.0009996, "0.001"),
        (9999999.7, "1.00\u00a0×\u00a010⁷"),
        (0.00001234, "1.23\u00a0×\u00a010⁻⁵"),
        (math.nan, "–"),
        (-math.inf, "–"),
        (None, "–"),
    ],
)
def test_numbers(value: float | None, words: str) -> None:
    assert numerals.number(value) == words


@given(st.floats(-1e308, 1e308))
def test_numbers_are_right_to_three_digits(value: float) -> None:
    words = numerals.number(value).replace("\u202f", "").replace("−", "-").replace("\u00a0×\u00a010", "e")
    read = float(words.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert read == pytest.approx(value, rel=0.0051, abs=1e-320)


@given(st.floats(-3, 3))
def test_no_percentage_is_rounded_to_0_or_100_or_crosses_them(share: float) -> None:
    text = numerals.percent(share, "").replace("−", "-").replace("\u202f", "")
    sign, _, limit = text.rpartition("\u00a0")
    shown = float(limit)
    assert (shown == 0) == (share == 0) and (abs(shown) == 100 and not sign) == (abs(share) == 1)
    assert {"": abs(shown - 100 * share) < 0.51, "<": 100 * share < shown, ">": 100 * share > shown}[sign]


def test_one_number_reads_the_same_wherever_it_stands() -> None:
    assert dict(linear_ticks(0, 100000))[100000.0] == filters.number(100000.0) == numerals.fixed(100000, 0)
    words = messages("zh", "figures")("bars", of="classes", shown=5, has_value=True, value=0.97312)
    assert words == "条形图：最可能的 5 个类别，首位的概率为 97.3%。" and filters.percent(0.97312, "zh") == "97.3%"


def test_the_script_writes_the_numbers_that_the_package_writes(browser: Browser) -> None:
    draw = random.Random(0)
    scales = [draw.choice([1, -1]) * 10 ** draw.uniform(-12, 12) for _ in range(400)]
    values = [*scales, 0, 0.5, 2.5, 1000.5, 9.995, 999.5, 0.0009995, 0.0009996, 9999999.7, 1e7, 100000, 1e300]
    shares = [*(draw.uniform(-1.5, 1.5) for _ in range(200)), *(one / 1000 for one in range(-1006, 1007)), 1e-7, 1e-4]
    readings = [(draw.randint(-999, 999), draw.randint(-12, 12)) for _ in range(200)]
    found = browser.run(
        (ROOT / "templates" / "numerals.js").read_text("utf-8")
        + "const [values, shares, readings] = JSON.parse(arguments[0]);"
        + "return [values.map(numerals.number), shares.map((one) => numerals.percent(one, '%')),"
        + "readings.map(([whole, power]) => numerals.measured(whole, power)), [null, NaN].map(numerals.number)];",
        json.dumps([values, shares, readings]),
    )
    assert found == [
        [numerals.number(float(value)) for value in values],
        [numerals.percent(share, "%") for share in shares],
        [numerals.measured(whole, power) for whole, power in readings],
        ["–", "–"],
    ]

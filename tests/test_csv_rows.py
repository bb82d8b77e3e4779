"""What readers open in a spreadsheet runs nothing there, and its numbers are numbers."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from netviz.figures import Column, Table
from netviz.site.files.csv_rows import write_rows
from netviz.site.files.raw_numbers import numbers_csv


def written(*cells: object) -> list[str]:
    file = io.StringIO()
    write_rows(file, [cells])
    [row] = csv.reader(io.StringIO(file.getvalue(), newline=""))
    return row


@pytest.mark.parametrize("sign", "=+-@＝＋－＠\t\r\n")
def test_a_text_that_would_be_a_formula_has_an_apostrophe_before_it(sign: str) -> None:
    as_written = sign.replace("\r", "\n")
    found = written(f"{sign}HYPERLINK(A1)", np.str_(f"{sign}1+1"), sign)
    assert found == [f"'{as_written}{text}" for text in ("HYPERLINK(A1)", "1+1", "")]


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    assert written(-1, -0.5, np.float32(-2), True, None, 1e-7) == ["-1", "-0.5", "-2.0", "True", "", "1e-07"]
    texts = ["-1.5", "+3", "-.5e-3", "a=b", "tabby", "", "'quoted'", " =1", "1-2"]
    assert written(*texts) == texts


def test_so_are_the_tables_of_figures() -> None:
    table = Table((Column("word"), Column("weight")), (("=1+1", -0.5), ("@you", 0.25)))
    assert numbers_csv(table) == "word,weight\n'=1+1,-0.5\n'@you,0.25\n"

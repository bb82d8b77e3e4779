"""What the columns of a row contribute, on the real tables."""

from __future__ import annotations

import numpy as np
import pytest

from netviz.data.tables import table
from netviz.methods import methods, run_on_data
from netviz.methods.contributions import contributions
from netviz.methods.tables import families_of, table_network


def test_columns_that_code_one_thing_belong_together() -> None:
    assert families_of(["limit", "education: school", "marriage: single", "education: university"]) == {
        "limit": [0],
        "education": [1, 3],
        "marriage": [2],
    }


@pytest.mark.parametrize("row", [3, 40])
def test_such_columns_are_told_as_one_under_the_name_of_the_one_that_holds(row: int) -> None:
    data = table("credit")
    place = np.flatnonzero(data.held_out)[row]
    inputs = data.standardised[place].astype(np.float32)
    by_column = dict(
        zip(data.columns, contributions(table_network("credit", 1), inputs, inputs * 0, 0, "occlusion", 1), strict=True)
    )
    told = run_on_data(methods()["column-contributions"], {"table": "credit", "row": row, "by": "occlusion"})
    weights = dict(zip(told["names"], told["weights"], strict=True))
    assert len(weights) == 4 and told["weights"].sum() == pytest.approx(told["sum"])
    [education] = [name for name in weights if name.startswith("education")]
    assert data.rows[place][data.columns.index(education)] == 1
    assert weights[education] == pytest.approx(sum(by_column[one] for one in by_column if one.startswith("education")))
    assert weights["credit limit"] == pytest.approx(by_column["credit limit"])

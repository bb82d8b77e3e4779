"""Reasons of networks that differ by chance alone: what is counted, and that it is counted for every row."""

from __future__ import annotations

import numpy as np
import pytest

from netviz.data.tables import table
from netviz.methods import methods, run_on_data
from netviz.methods.contributions import contributions
from netviz.methods.held_out import table_network
from netviz.methods.reasons_by_seed import added_up, measure_of, path_reasons, same_first

JOINED = ("radius", "perimeter", "area")


@pytest.mark.parametrize(
    ("column", "measure"),
    [
        ("worst area", "radius"),
        ("perimeter error", "radius"),
        ("mean concave points", "concave points"),
        ("fractal dimension error", "fractal dimension"),
        ("marriage: single", "marriage"),
        ("credit limit", "credit limit"),
    ],
)
def test_columns_of_one_measure_have_its_name(column: str, measure: str) -> None:
    assert measure_of(column, JOINED) == measure


def test_columns_are_added_up_with_their_signs() -> None:
    reasons = np.array([[[1.0, -4.0, 2.0, 3.0]]])
    assert added_up(reasons, np.array([0, 1, 1, 0])).tolist() == [[[4.0, -2.0]]]


def test_first_is_the_greatest_by_size_and_in_all_networks() -> None:
    reasons = np.array([[[1.0, -4.0], [3.0, 1.0]], [[0.5, 2.0], [-1.0, 2.0]]])
    assert same_first(reasons).tolist() == [True, False]


def test_reasons_of_all_rows_are_integrated_gradients() -> None:
    data, network = table("tumours"), table_network("tumours", 1)
    rows = data.standardised[data.held_out][:3].astype(np.float32)
    for row, reasons in zip(rows, path_reasons(network, rows), strict=True):
        alone = contributions(network, row, np.zeros_like(row), 0, "integrated-gradients")
        assert reasons == pytest.approx(alone, abs=0.02 * np.abs(alone).sum())


def test_every_held_out_row_counts_once() -> None:
    found = run_on_data(methods()["reasons-by-seed"], {"joined": JOINED, "networks": 2})
    data = table("tumours")
    rows = data.standardised[data.held_out].astype(np.float32)
    columns, measures, joined, most = [], [], [], []
    for one, other in zip(*(path_reasons(table_network("tumours", seed), rows) for seed in (1, 2)), strict=True):
        sums = []
        for reasons in (one, other):
            total: dict[str, float] = {}
            for name, value in zip(data.columns, reasons, strict=True):
                total[measure_of(name, JOINED)] = total.get(measure_of(name, JOINED), 0) + value
            sums.append(total)
        first = [max(total, key=lambda name, total=total: abs(total[name])) for total in sums]  # type: ignore[misc]
        columns.append(np.abs(one).argmax() == np.abs(other).argmax())
        measures.append(first[0] == first[1])
        joined.append(first == ["radius", "radius"])
        most.append(all(total["radius"] / sum(total.values()) > 0.75 for total in sums))
    assert found["rows"] == len(columns) and found["measures"] == 8
    assert found["first_column_same"] == pytest.approx(np.mean(columns))
    assert found["first_measure_same"] == pytest.approx(np.mean(measures))
    assert found["joined_first"] == pytest.approx(np.mean(joined))
    assert found["joined_most"] == pytest.approx(np.mean(most))
    assert found["shares"].tolist() == [
        found[name] for name in ("first_column_same", "first_measure_same", "random_group_same", "joined_first")
    ]
    assert 0 < found["random_group_same"] < 1
    assert found["column_likeness"] < found["measure_likeness"] < 1


def test_a_measure_that_the_table_does_not_have_is_told() -> None:
    with pytest.raises(ValueError, match=r"joined: tumours has no measure 'radus'; allowed: area, compactness"):
        run_on_data(methods()["reasons-by-seed"], {"joined": ("radius", "radus")})

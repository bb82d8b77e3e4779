"""Tables: results that are read and not looked at."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from netviz.figures.figure import Column, Figure, Request, Table, rounded_rows
from netviz.figures.views import view


@view("table")
def draw_table(request: Request) -> Figure:
    """Every array (k,) of words or numbers is a column, in order; all are of one length. Words of ``code`` are code."""
    columns = {name: values for name, values in request.arrays.items() if values.ndim == 1}
    if not columns or len({len(values) for values in columns.values()}) > 1:
        raise ValueError("the view 'table' needs arrays (k,), all of one length")
    header = tuple(Column(name, _kind(name, values)) for name, values in columns.items())
    rows = [list(row) for row in zip(*(values.tolist() for values in columns.values()), strict=True)]
    facts = {"shown": len(rows), "columns": list(columns)}
    return Figure(view=request.view, facts=facts, table=Table(header, rounded_rows(rows)))


def _kind(name: str, values: NDArray[Any]) -> str:
    """What the values of a column are."""
    if values.dtype.kind != "U":
        return "number"
    return "code" if name == "code" else "term"

"""Figures made of words, for the page to set: a sentence, a word cloud, a tree of questions. No picture files.

The page receives a table and facts; it sets real text, which can be read aloud, searched, copied and enlarged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.figure import Column, Figure, Request, Table, rounded, rounded_rows
from netviz.figures.views import view


@view("text", needs=("words", "weights"))
def draw_text(request: Request) -> Figure:
    """``words`` (k,) in their order, each with its signed value of ``weights`` (k,)."""
    return _weighted(request)


@view("cloud", needs=("words", "weights"))
def draw_cloud(request: Request) -> Figure:
    """``words`` (k,) with ``weights`` (k,), the greatest first whatever their order."""
    return _weighted(request, np.argsort(-np.asarray(request.arrays["weights"], np.float64), kind="stable"))


@view("tree", needs=("column", "threshold"))
def draw_tree(request: Request) -> Figure:
    """Nodes, parents first: ``column``, ``threshold``, ``below``, ``above``, ``rows``, ``shares``, ``answers`` (k,).

    ``below`` and ``above`` are the nodes for a column's values up to the threshold and beyond it, -1 at a leaf.
    """
    keys = ("column", "threshold", "below", "above", "rows", "shares", "answers")
    kinds = ("term", "number", "index", "index", "count", "share", "term")
    columns = [request.arrays[key] for key in keys]
    if {values.shape for values in columns} != {columns[0].shape} or columns[0].ndim != 1:
        raise ValueError(f"the view 'tree' needs {', '.join(keys)} of one length")
    rows = [list(row) for row in zip(*(values.tolist() for values in columns), strict=True)]
    leaves = sum(row[2] < 0 for row in rows)
    facts = {"questions": len(rows) - leaves, "leaves": leaves, "first": rows[0][0]}
    table = Table(tuple(map(Column, keys, kinds)), rounded_rows(rows))
    return Figure(view="tree", facts=facts, table=table)


def _weighted(request: Request, order: NDArray[np.intp] | None = None) -> Figure:
    words, weights = request.arrays["words"], np.asarray(request.arrays["weights"], np.float64)
    if words.ndim != 1 or words.shape != weights.shape or not words.size:
        raise ValueError(f"the view {request.view!r} needs a weight for each word, not {words.shape}, {weights.shape}")
    if order is not None:
        words, weights = words[order], weights[order]
    rows = [[str(word), float(weight)] for word, weight in zip(words, weights, strict=True)]
    facts: dict[str, Any] = {"shown": len(rows)}
    for name, place in (("highest", int(weights.argmax())), ("lowest", int(weights.argmin()))):
        facts[name] = {"word": str(words[place]), "value": rounded(weights[place])}
    return Figure(
        view=request.view,
        facts=facts,
        table=Table((Column("word", "name"), Column("weight")), rounded_rows(rows)),
    )

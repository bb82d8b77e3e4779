"""Figures made of words: text that can be read, with the weights in numbers, lines and colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_figures import EXAMPLES

from netviz.figures import Figure, draw
from netviz.figures.describe import alt_text
from netviz.site.page_figures.word_figures import Word, tree, words

WORDS = np.array(["draw", "a", "graph"])
WEIGHTS = np.array([-0.5, 0.04, 2.0])
TREE = EXAMPLES["tree"]


def drawn(view: str, folder: Path, **arrays: Any) -> Figure:
    return draw(view, arrays, {}, signed=None, picture_pixels=None, folder=folder)


def test_a_sentence_keeps_its_order_and_the_signs(tmp_path: Path) -> None:
    figure = drawn("text", tmp_path, words=WORDS, weights=WEIGHTS)
    assert words(figure) == (Word("draw", "−0.50", -0.25), Word("a", "+0.040", 0.02), Word("graph", "+2.0", 1.0))
    assert figure.panels == () and list(tmp_path.iterdir()) == []


def test_a_cloud_begins_with_the_largest(tmp_path: Path) -> None:
    assert [word.text for word in words(drawn("cloud", tmp_path, words=WORDS, weights=WEIGHTS))] == [
        "graph",
        "a",
        "draw",
    ]


def test_the_alternative_text_names_the_extremes(tmp_path: Path) -> None:
    figure = drawn("text", tmp_path, words=WORDS, weights=WEIGHTS)
    english, chinese = (alt_text(figure, None, language, {}) for language in ("en", "zh"))
    assert (
        english == "A sentence of 3 words; the highest weight is that of 'graph', 2, the lowest that of 'draw', −0.5."
    )
    assert chinese == "一句话，共 3 个词；权重最高的是 graph（2），最低的是 draw（−0.5）。"


def test_a_tree_asks_and_answers_in_the_language_of_the_page(tmp_path: Path) -> None:
    figure = drawn("tree", tmp_path, **TREE)
    root = tree(figure, "en")
    assert root and root.yes and root.no
    assert (root.question, root.yes.answer, root.no.answer) == ("worst area ≤ 957", "benign", "malignant")
    assert (root.yes.rows, root.yes.share, root.no.share) == (60, "95.0\u00a0%", "90.0\u00a0%")
    chinese = tree(figure, "zh")
    assert chinese and chinese.no and (chinese.question, chinese.no.answer) == ("最差面积 ≤ 957", "恶性")


def test_a_weight_for_each_word_is_needed(tmp_path: Path) -> None:
    for view in ("text", "cloud", "bars"):
        with pytest.raises(ValueError, match=f"{view}.*needs a (weight|name) for each"):
            drawn(view, tmp_path, words=WORDS, weights=WEIGHTS[:2])


def test_named_bars_keep_their_order_and_say_what_stands_beside(tmp_path: Path) -> None:
    figure = drawn("bars", tmp_path, names=np.array(["network", "tree"]), shares=np.array([0.9, 0.8]), auc=np.ones(2))
    assert figure.table
    assert [(column.key, column.kind) for column in figure.table.columns] == [
        ("name", "term"),
        ("shares", "share"),
        ("auc", "share"),
    ]
    assert figure.table.rows == (("network", 0.9, 1.0), ("tree", 0.8, 1.0))

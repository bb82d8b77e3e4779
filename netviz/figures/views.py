"""The views: every way to draw a result, in a line, and the arrays it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """``needs`` are the names of arrays that must be there; ``module`` of this package draws it."""

    description: Mapping[str, str]
    needs: tuple[str, ...]
    module: str
    needs_picture: bool = False


def _view(module: str, needs: str, en: str, zh: str, needs_picture: bool = False) -> View:
    return View({"en": en, "zh": zh}, tuple(needs.split()), module, needs_picture)


VIEWS: Mapping[str, View] = {
    "picture": _view("maps", "", "The picture itself, or pictures that a method made.", "图片本身，或方法生成的图片。"),
    "signed": _view(
        "maps",
        "attribution",
        "What speaks for the class and what against it, zero neutral.",
        "支持与反对该类别之处，零为中性色。",
    ),
    "magnitude": _view(
        "maps",
        "attribution",
        "How strong, whatever the sign: from zero up.",
        "只看强弱，不看正负：从零开始。",
    ),
    "map": _view("maps", "attribution", "A map without signs: from zero up.", "没有正负的图：从零开始。"),
    "overlay": _view(
        "maps",
        "attribution",
        "The map laid over the picture in grey.",
        "把解释图叠加在灰度图片上。",
        needs_picture=True,
    ),
    "raw": _view(
        "maps",
        "attribution",
        "The coarse grid as it was computed, beside its smooth version.",
        "原始的粗网格，与平滑后的版本并排。",
        needs_picture=True,
    ),
    "pointing": _view(
        "maps",
        "maps",
        "The map over the picture, with the box that it should point at and a ring at its peak.",
        "叠在图片上的解释图，画出应当指中的框，并圈出峰值。",
        needs_picture=True,
    ),
    "panels": _view("maps", "maps", "Several maps with the same limits.", "多张图，共用同一色标。"),
    "panels-own": _view(
        "maps",
        "maps",
        "Several maps in different units, each with limits of its own.",
        "单位不同的多张图，各用自己的色标。",
    ),
    "strip": _view("maps", "maps", "Several small maps in a row, with the same limits.", "一行小图，共用同一色标。"),
    "before-after": _view(
        "maps", "before after", "Two pictures, and what changed between them.", "前后两张图片，以及两者之差。"
    ),
    "grid": _view("grids", "", "Every channel of every layer, one sheet a layer.", "每一层的全部通道，一层一张。"),
    "bars": _view("charts", "", "Numbers as bars, drawn by the page.", "由页面绘制的条形图。"),
    "curve": _view("charts", "x", "Lines over x.", "随 x 变化的曲线。"),
    "scatter": _view(
        "charts", "x", "Points, with the diagonal where x should equal y.", "散点图；x 应等于 y 时附对角线。"
    ),
    "plane": _view(
        "charts", "", "Groups of points in a plane, and lines between them.", "平面上的几组点，以及其间的线。"
    ),
    "text": _view("word_views", "words weights", "A sentence, each word with its weight.", "逐词标出权重的句子。"),
    "cloud": _view(
        "word_views", "words weights", "Words, the larger the greater their weight.", "词云：权重越大，字越大。"
    ),
    "tree": _view(
        "word_views", "column threshold", "Questions with yes and no, down to an answer.", "一连串是非题，直到答案。"
    ),
    "table": _view("result_tables", "", "Words and numbers, line by line.", "逐行列出的文字与数字。"),
    "matrix": _view("charts", "matrix", "A square of correlations from -1 to 1.", "从 -1 到 1 的相关系数方阵。"),
}

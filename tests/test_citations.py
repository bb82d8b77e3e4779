"""Who wrote a work and where in it: as English says it, and in Chinese."""

from __future__ import annotations

import pytest

from netviz.methods import Paper, methods
from netviz.site.text.citations import authors, passage

PAPERS = sorted({paper for method in methods().values() for paper in method.papers}, key=str)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Breiman", "Breiman"),
        ("Bach et al.", "Bach 等"),
        ("Lundberg and Lee", "Lundberg 与 Lee"),
        ("Goodfellow, Shlens and Szegedy", "Goodfellow、Shlens 与 Szegedy"),
        ("Anderson and others and Brand", "Anderson and others 与 Brand"),
    ],
)
def test_authors_are_joined_as_the_language_joins_them(english: str, chinese: str) -> None:
    assert (authors(english, "en"), authors(english, "zh")) == (english, chinese)


@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_every_passage_that_a_method_cites_is_said_in_chinese(paper: Paper) -> None:
    assert passage(paper.place, "en") == paper.place
    assert not paper.place or any("\u4e00" <= letter <= "\u9fff" for letter in passage(paper.place, "zh"))


def test_a_passage_without_words_stays_as_it_is() -> None:
    assert passage("appendix Q", "zh") == "appendix Q"

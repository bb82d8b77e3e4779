"""Data that packages carry: what is read from them, and what is kept for testing."""

from __future__ import annotations

import numpy as np

from netviz.data.sentences import LIBRARIES, LONGEST, NAMES, SHORTEST, sentences, words_of
from netviz.data.tables import table


def test_sentences_are_short_without_the_libraries_names_and_each_of_one_library() -> None:
    found = sentences()
    assert len(found) > 5000
    assert all(SHORTEST <= len(one.words) <= LONGEST for one in found)
    assert not any(NAMES & set(one.words) for one in found)
    assert len({one.words for one in found}) == len(found)
    assert {one.library for one in found} == set(range(len(LIBRARIES)))
    assert 0.1 < np.mean([one.held_out for one in found]) < 0.3


def test_words_are_letters_in_lower_case() -> None:
    assert words_of("Draw 2 NetworkX graphs, x_1 first!") == ("draw", "graphs", "x", "first")


def test_a_fifth_of_each_class_is_held_out_and_the_scale_is_that_of_the_rest() -> None:
    for name, rows, columns in (("tumours", 569, 30), ("credit", 6000, 7)):
        data = table(name)  # type: ignore[arg-type]
        assert data.rows.shape == (rows, columns) and len(data.columns) == columns
        for label in (0, 1):
            assert abs(data.held_out[data.labels == label].mean() - 0.2) < 0.01
        learned = data.standardised[~data.held_out]
        np.testing.assert_allclose(learned.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(learned.std(axis=0), 1, atol=1e-9)


def test_malignant_is_one_and_pays_is_zero() -> None:
    tumours, credit = table("tumours"), table("credit")
    assert (tumours.classes, int(tumours.labels.sum())) == (("benign", "malignant"), 212)
    assert (credit.classes, round(credit.labels.mean(), 2)) == (("pays", "defaults"), 0.22)


def test_columns_can_be_left_out_and_added() -> None:
    credit = table("credit")
    blind = credit.without("marriage", "education")
    assert blind.columns == ("credit limit", "last bill") and blind.rows.shape == (6000, 2)
    longer = blind.with_column("luck", np.arange(6000.0))
    assert longer.columns[-1] == "luck" and longer.rows[7, -1] == 7

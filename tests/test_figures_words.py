"""Alt text and words of places, in both languages."""

import re
from pathlib import Path

import numpy as np
import pytest
from test_figures import CAM, WORDS, drawn

from netviz.figures import VIEWS, alt_text, place_words, term, terms


@pytest.mark.parametrize("view", list(VIEWS))
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("named", [True, False])
def test_every_panel_of_every_view_has_words(view: str, language: str, named: bool, tmp_path: Path) -> None:
    figure = drawn(view, tmp_path)
    texts = [alt_text(figure, panel, language, WORDS[language] if named else {}) for panel in (*figure.panels, None)]
    for text in texts:
        assert text.strip()
        assert not re.search(r"Figure size|None|nan|\{|\}", text)
        assert not re.search(r"[，。：；]$|[，；：]{2}", text) or text.endswith("。")
        if language == "zh":
            assert not re.search(r"[\u4e00-\u9fff][,.:;()]|[,.:;()][\u4e00-\u9fff]", text)  # full-width signs only
        else:
            assert text.isprintable() and not re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)


def test_a_map_is_described_in_english_and_chinese(tmp_path: Path) -> None:
    values = np.zeros((10, 10))
    values[4:6, 0:3] = 1
    values[9, 9] = 4
    figure = drawn("overlay", tmp_path, {"attribution": values}, signed=False)
    assert alt_text(figure, figure.panels[0], "en", WORDS["en"]) == (
        "Grad-CAM for Siberian husky, laid over a dog: strongest in the centre left; "
        "100 % of the weight lies in a tenth of the picture."
    )
    assert alt_text(figure, figure.panels[0], "zh", WORDS["zh"]) == (
        "Grad-CAM 对“西伯利亚雪橇犬”的解释，叠加在图片“一只狗”上：最强处在左侧；100% 的权重集中在十分之一的面积里。"
    )


def test_a_map_that_favours_no_place_is_not_said_to(tmp_path: Path) -> None:
    values = np.indices((12, 12)).sum(axis=0) % 2 + 1.0
    figure = drawn("map", tmp_path, {"attribution": values}, signed=False)
    assert "spread over the whole picture" in alt_text(figure, figure.panels[0], "en", {})
    assert "遍布整幅图片" in alt_text(figure, figure.panels[0], "zh", {})


def test_a_signed_map_says_how_much_of_it_is_positive(tmp_path: Path) -> None:
    figure = drawn("signed", tmp_path, {"attribution": np.array([[3.0, -1.0], [0.0, 0.0]])}, signed=True)
    assert "75 % of it is positive" in alt_text(figure, figure.panels[0], "en", {})
    assert "其中 75% 为正" in alt_text(figure, figure.panels[0], "zh", {})


def test_a_faint_panel_says_why(tmp_path: Path) -> None:
    figure = drawn("strip", tmp_path, {"maps": np.stack([CAM, CAM / 1000])}, signed=False)
    assert "faint" not in alt_text(figure, figure.panels[0], "en", {})
    assert "faint beside the other maps" in alt_text(figure, figure.panels[1], "en", {})


@pytest.mark.parametrize(
    ("row", "column", "english", "chinese"),
    [
        (0, 0, "upper left", "左上方"),
        (0.1, 0.5, "upper centre", "上方"),
        (0.5, 0.5, "centre", "中央"),
        (0.5, 0.1, "centre left", "左侧"),
        (0.9, 0.4, "lower centre", "下方"),
        (1, 1, "lower right", "右下方"),
    ],
)
def test_places_have_words(row: float, column: float, english: str, chinese: str) -> None:
    assert place_words(row, column, "en") == english
    assert place_words(row, column, "zh") == chinese


def test_every_term_has_both_languages() -> None:
    for key, words in terms().items():
        assert set(words) == {"en", "zh"} and all(words.values()), key
        assert re.search(r"[\u4e00-\u9fff]", words["zh"]) or words["zh"] in ("x", "y", "ε", "γ", "logit", "GRU"), key


def test_terms_fall_back_on_themselves() -> None:
    assert term("probability", "zh") == "概率"
    assert term("raw_max", "en") == "largest size of a value"
    assert term("something_new", "zh") == "something new"


def test_a_language_that_is_not_spoken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is en, zh"):
        alt_text(drawn("map", tmp_path), None, "fr", {})

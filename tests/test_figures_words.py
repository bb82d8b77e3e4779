"""Alt text and words of places, in both languages."""

import re
from pathlib import Path

import numpy as np
import pytest
from test_figures import CAM, WORDS, drawn

from netviz.figures.describe import alt_text, known_term, place_words, term
from netviz.figures.views import views
from netviz.languages.known import HERE


@pytest.mark.parametrize("view", list(views()))
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
            assert re.sub("[\u00a0\u202f]", "", text).isprintable() and not re.search(
                r"[\u3000-\u9fff\uff00-\uffef]", text
            )


def test_a_map_is_described_in_english_and_chinese(tmp_path: Path) -> None:
    values = np.zeros((10, 10))
    values[4:6, 0:3] = 1
    values[9, 9] = 4
    figure = drawn("overlay", tmp_path, {"attribution": values}, signed=False)
    assert alt_text(figure, figure.panels[0], "en", WORDS["en"]) == (
        "Grad-CAM for Siberian husky, laid over a dog: strongest in the centre left; "
        "100\u00a0% of the weight lies in a tenth of the picture."
    )
    assert alt_text(figure, figure.panels[0], "zh", WORDS["zh"]) == (
        "Grad-CAM 对“西伯利亚雪橇犬”的解释，叠加在图片“一只狗”上：最强处在左侧；总量的 100% 集中在十分之一的面积里。"
    )


def test_a_map_that_favours_no_place_is_not_said_to(tmp_path: Path) -> None:
    values = np.indices((12, 12)).sum(axis=0) % 2 + 1.0
    figure = drawn("map", tmp_path, {"attribution": values}, signed=False)
    assert "spread over the whole picture" in alt_text(figure, figure.panels[0], "en", {})
    assert "遍布整幅图片" in alt_text(figure, figure.panels[0], "zh", {})


def test_a_map_that_is_spread_out_says_where_it_is_greatest(tmp_path: Path) -> None:
    values = np.indices((12, 12)).sum(axis=0) % 2 * 2 - 1.0
    values[0, 11], values[11, 0] = -3, 2
    figure = drawn("signed", tmp_path, {"attribution": values}, signed=True)
    english, chinese = (alt_text(figure, figure.panels[0], language, {}) for language in ("en", "zh"))
    assert "slightly more in the upper right, but the greatest value in the lower left;" in english
    assert "右上方略强，最大值却在左下方；" in chinese


def test_a_patch_is_greatest_where_its_centre_is(tmp_path: Path) -> None:
    values = np.zeros((12, 12))
    values[0:2, 0:2], values[7:11, 7:11] = -5, 1  # from row 7 of 12, in the centre, on; its middle is row 9
    figure = drawn("signed", tmp_path, {"attribution": values}, signed=True)
    assert "greatest value in the lower right" in alt_text(figure, figure.panels[0], "en", {})


def test_a_signed_map_says_how_much_of_it_is_positive(tmp_path: Path) -> None:
    figure = drawn("signed", tmp_path, {"attribution": np.array([[3.0, -1.0], [0.0, 0.0]])}, signed=True)
    assert "75.0\u00a0% of it is positive" in alt_text(figure, figure.panels[0], "en", {})
    assert "其中 75.0% 为正" in alt_text(figure, figure.panels[0], "zh", {})


def test_a_made_picture_is_described_by_what_it_looks_like(tmp_path: Path) -> None:
    waves = np.sin(2 * np.pi * np.arange(64) / 16)[None, :, None] * np.array([20, 20, 20]) + np.array([120, 60, 60])
    figure = drawn("picture", tmp_path, {"picture": np.broadcast_to(waves, (64, 64, 3))})
    assert alt_text(figure, figure.panels[0], "en", {"method": "DeepDream"}) == (
        "Picture from DeepDream: on average dark red, contrast 14 of 255, patterns about 16 pixels wide."
    )
    assert alt_text(figure, figure.panels[0], "zh", {}) == (
        "某方法给出的图片：平均为深红色，对比度 14（满幅 255），花纹宽约 16 像素。"
    )


def test_a_black_picture_has_neither_grey_nor_patterns(tmp_path: Path) -> None:
    figure = drawn("picture", tmp_path, {"picture": np.zeros((64, 64, 3))})
    assert alt_text(figure, figure.panels[0], "en", {"method": "The old picture"}) == (
        "Picture from The old picture: the same dark shade everywhere."
    )
    assert alt_text(figure, figure.panels[0], "zh", {}) == "某方法给出的图片：各处都是同一种深颜色。"


def test_regions_are_described_with_the_heaviest(tmp_path: Path) -> None:
    regions = np.repeat(np.arange(3), 4)[None].repeat(6, axis=0)
    figure = drawn("bars", tmp_path, {"regions": regions, "weights": np.array([0.5, 0.0, -2.0])})
    assert alt_text(figure, figure.panels[0], "en", WORDS["en"]) == (
        "a dog with the 2 regions of the largest weights in Grad-CAM for Siberian husky outlined, numbered by weight: "
        "number 1, in the centre right, has −2; 1 of them are positive."
    )
    assert "1 号在右侧，权重 −2；其中 1 个为正" in alt_text(figure, figure.panels[0], "zh", WORDS["zh"])


def test_a_chart_says_what_its_axes_measure(tmp_path: Path) -> None:
    figure = drawn("curve", tmp_path)
    names = {"x": "steps", "y": "loss"}
    assert "Line chart of loss over steps, from −1 to 1; " in alt_text(figure, figure.panels[0], "en", names)
    assert "横轴“steps”，从 −1 到 1，纵轴“loss”；" in alt_text(figure, figure.panels[0], "zh", names)


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


def test_terms_are_chinese_in_chinese() -> None:
    chinese = HERE / "zh" / "terms.ftl"
    for key, words in re.findall(r"^([\w-]+) = (.*)", chinese.read_text("utf-8"), re.MULTILINE):
        assert re.search(r"[\u4e00-\u9fff]", words) or words in (
            "x",
            "y",
            "ε",
            "γ",
            "logit",
            "GRU",
            "Grad-CAM",
            "HiResCAM",
            "LayerCAM",
        ), key


def test_terms_fall_back_on_themselves() -> None:
    assert term("probability", "zh") == "概率"
    assert term("raw_max", "en") == "largest size of a value"
    assert term("something_new", "zh") == "something new"


def test_words_among_the_measured_numbers_are_said_in_the_language_if_they_are_terms() -> None:
    assert [known_term(word, "zh") for word in ("worst area", "malignant", "ok")] == ["最差面积", "恶性", "正常"]
    message = "AttributeError: no 'layer_outputs'"
    assert known_term(message, "zh") == message


def test_a_language_that_is_not_spoken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is en, zh"):
        alt_text(drawn("map", tmp_path), None, "fr", {})

"""The thousand classes: what they are called, and how a name is turned into an index."""

import re
from collections import Counter

import pytest

from netviz.networks.classes import AmbiguousClass, UnknownClass, classes, find


def repeated(words: list[str]) -> list[str]:
    """The words that occur more than once, letter case aside."""
    return [word for word, count in Counter(word.casefold() for word in words).items() if count > 1]


# The table


def test_there_are_a_thousand_classes_each_in_its_place() -> None:
    assert [entry.index for entry in classes()] == list(range(1000))


def test_no_two_classes_share_a_name_in_either_language() -> None:
    assert repeated([entry.english for entry in classes()]) == []
    assert repeated([entry.chinese for entry in classes()]) == []


def test_wordnet_ids_are_well_formed_and_in_the_published_order() -> None:
    # ImageNet sorts its classes by synset, so a missing, doubled or swapped row breaks the order.
    wordnet_ids = [entry.wordnet_id for entry in classes()]
    assert [word for word in wordnet_ids if not re.fullmatch(r"n\d{8}", word)] == []
    assert wordnet_ids == sorted(set(wordnet_ids))


def test_english_names_are_plain_ascii_and_chinese_names_hold_chinese() -> None:
    assert [entry.english for entry in classes() if not entry.english.isascii()] == []
    assert [entry.chinese for entry in classes() if not re.search(r"[㐀-鿿]", entry.chinese)] == []


def test_chinese_names_use_full_width_parentheses_and_no_spaces() -> None:
    assert [entry.chinese for entry in classes() if re.search(r"[() ]", entry.chinese)] == []


@pytest.mark.parametrize(
    ("index", "wordnet_id", "english", "chinese"),
    [
        (0, "n01440764", "tench", "丁鱥"),
        (1, "n01443537", "goldfish", "金鱼"),
        (97, "n01847000", "drake (male duck)", "公鸭"),
        (134, "n02012849", "crane (bird)", "鹤"),
        (207, "n02099601", "golden retriever", "金毛寻回犬"),
        (242, "n02108089", "boxer (dog)", "拳师犬"),
        (250, "n02110185", "Siberian husky", "哈士奇"),
        (281, "n02123045", "tabby", "虎斑猫"),
        (282, "n02123159", "tiger cat", "虎纹猫"),
        (285, "n02124075", "Egyptian cat", "埃及猫"),
        (340, "n02391049", "zebra", "斑马"),
        (388, "n02510455", "giant panda", "大熊猫"),
        (444, "n02835271", "tandem bicycle", "双人自行车"),
        (517, "n03126707", "crane (machine)", "起重机"),
        (620, "n03642806", "laptop computer", "手提电脑"),
        (671, "n03792782", "mountain bike", "山地自行车"),
        (836, "n04355933", "sunglass (lens)", "太阳镜（镜片）"),
        (837, "n04356056", "sunglasses", "墨镜"),
        (967, "n07920052", "espresso", "意式浓缩咖啡"),
        (980, "n09472597", "volcano", "火山"),
        (999, "n15075141", "toilet tissue", "卫生纸"),
    ],
)
def test_landmarks(index: int, wordnet_id: str, english: str, chinese: str) -> None:
    entry = classes()[index]
    assert (entry.wordnet_id, entry.name("en"), entry.name("zh")) == (wordnet_id, english, chinese)


def test_a_class_has_no_name_in_a_third_language() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        classes()[0].name("fr")


# Finding a class


def test_every_name_and_every_alias_finds_its_own_class() -> None:
    strays: list[str] = []
    for entry in classes():
        for spelling in entry.spellings:
            try:
                found: int | None = find(spelling)
            except ValueError:
                found = None
            if found != entry.index:
                strays.append(f"{spelling!r} of {entry.index} finds {found}")
    assert strays == []


def test_every_index_finds_itself_as_a_number_and_as_digits() -> None:
    assert [find(index) for index in range(1000)] == list(range(1000))
    assert [find(str(index)) for index in range(1000)] == list(range(1000))


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("EGYPTIAN CAT", 285),
        ("egyptian_cat", 285),
        ("  Egyptian   cat ", 285),
        ("bee eater", 92),
        ("drake", 97),
        ("jack-o’-lantern", 607),
        ("crane(machine)", 517),
        ("Crane（Bird）", 134),
        ("商务车", 656),
        ("商务车(mpv)", 656),
        ("狮", 291),
    ],
)
def test_case_hyphens_spaces_and_lone_parentheses_do_not_matter(typed: str, index: int) -> None:
    assert find(typed) == index


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ("crane", ["crane (bird)", "crane (machine)"]),
        ("maillot", ["maillot (leotard)", "maillot (one-piece swimsuit)"]),
        ("Cardigan", ["Cardigan Welsh corgi", "cardigan (garment)"]),
        ("tub", ["bathtub", "tub (vat)"]),
        ("plane", ["airliner", "plane (woodworking)", "warplane"]),
        ("husky", ["Eskimo dog", "Siberian husky"]),
        ("太阳镜", ["太阳镜（镜片）", "墨镜"]),
    ],
)
def test_a_word_for_several_classes_asks_which_in_its_own_language(word: str, choices: list[str]) -> None:
    with pytest.raises(AmbiguousClass) as raised:
        find(word)
    assert re.findall(r"'([^']*)'", str(raised.value)) == [word, *choices]
    assert len({find(choice) for choice in choices}) == len(choices)


@pytest.mark.parametrize(
    ("word", "suggested"),
    [
        ("cat", ["tabby", "tiger cat", "Persian cat", "Siamese cat", "Egyptian cat"]),
        ("猫", ["虎斑猫", "虎纹猫", "波斯猫", "暹罗猫", "埃及猫"]),
        ("bird", ["dipper (bird)", "kite (bird of prey)", "crane (bird)", "hummingbird", "ladybug"]),
        ("猴", ["长尾猴", "赤猴", "猕猴", "叶猴", "疣猴"]),
        ("lobster", ["American lobster", "spiny lobster"]),
        ("zebraa", ["zebra"]),
        ("tabbi", ["tabby"]),
        ("热气球", ["气球"]),
    ],
)
def test_a_word_for_no_class_suggests_the_nearest(word: str, suggested: list[str]) -> None:
    with pytest.raises(UnknownClass, match="no class") as raised:
        find(word)
    assert re.findall(r"'([^']*)'", str(raised.value)) == [word, *suggested]


def test_dog_is_no_class_but_brings_up_dogs() -> None:
    with pytest.raises(UnknownClass, match="Bernese mountain dog"):
        find("dog")


@pytest.mark.parametrize("word", ["qqqqqq", ""])
def test_a_word_like_nothing_suggests_nothing(word: str) -> None:
    with pytest.raises(UnknownClass) as raised:
        find(word)
    assert "nearest" not in str(raised.value)


@pytest.mark.parametrize("index", [-1, 1000, "1000", "-1"])
def test_an_index_outside_the_thousand_is_unknown(index: int | str) -> None:
    with pytest.raises(UnknownClass, match="from 0 to 999"):
        find(index)

"""The spec language: what a fence may say, and how a mistake in one is put to its author."""

from pathlib import Path

import pytest

from netviz.course.experiments import Experiment, Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.course.translations import untranslated
from netviz.methods import methods
from netviz.mistakes import EASILY_READ, Mistakes, nearest
from netviz.networks.architecture import vgg16_layers

VOCABULARY = Vocabulary(methods(), ("chelsea", "dog"), vgg16_layers("compact"))
FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"  # the body begins in line 5, a fence's first field in line 6


def fence(text: str) -> str:
    return f"```experiment\n{text}\n```\n"


def read(folder: Path, english: str, chinese: str = "") -> dict[str, Experiment]:
    experiments, mistakes, _ = read_experiments([lesson(folder, english, chinese)], VOCABULARY)
    if mistakes:
        raise Mistakes(mistakes)
    return experiments


def lesson(folder: Path, english: str, chinese: str = "") -> Lesson:
    texts = {}
    for language, body in (("en", english), ("zh", chinese)):
        path = folder / f"{language}.md"
        path.write_text(FRONT + body, "utf-8")
        texts[language] = read_text(path, language)
    return Lesson("a-lesson", texts)


def test_a_short_spec_gets_every_default(tmp_path: Path) -> None:
    experiment = read(tmp_path, fence("id: a\nmethod: grad-cam"))["a"]
    assert experiment.picture == "chosen"
    assert experiment.target == "top1"
    assert experiment.view == "raw"
    assert experiment.settings == {"layer": "block5_conv3", "output": "logit"}


def test_a_class_may_be_named_in_either_language_or_numbered(tmp_path: Path) -> None:
    texts = ["target: tandem bicycle", "target: 444", "target: top3"]
    targets = [read(tmp_path, fence(f"id: a\nmethod: gradient\n{text}"))["a"].target for text in texts]
    assert targets == [444, 444, "top3"]


def test_a_setting_may_be_a_class_by_its_name(tmp_path: Path) -> None:
    asked = read(tmp_path, fence("id: a\nmethod: class-test\nrival: tandem bicycle"))["a"]
    assert asked.settings["rival"] == 444


def test_an_experiment_may_take_the_maps_of_earlier_ones(tmp_path: Path) -> None:
    two = fence("id: a\nmethod: gradient") + "\n" + fence("id: b\nmethod: grad-cam")
    experiment = read(tmp_path, two + "\n" + fence("id: c\nmethod: compare-maps\nof: [a, b]"))["c"]
    assert experiment.of == ("a", "b")


SMOOTH = "id: a\nmethod: smoothgrad\nsamples: 50\n"


@pytest.mark.parametrize(
    ("written", "place", "hint"),
    [
        ("id：a\nmethod: gradient", "8:7", "the colon behind 'id' is a Chinese one"),
        ("id: a\nmethod：gradient", "8:16", "the colon behind 'method' is a Chinese one"),
        ("id: a\nmethod: gradient\ntarget: “tabby”", "9:9", "“ is no quote to YAML"),
        (SMOOTH + "vary: {samples: [1，5]}", "10:17", "， is a Chinese comma"),
        (SMOOTH + "expect: [numbers.norm > 0、numbers.norm < 0]", "10:26", "、 is a Chinese comma"),
    ],
)
def test_a_sign_of_chinese_text_where_yaml_has_its_own_is_told(
    tmp_path: Path, written: str, place: str, hint: str
) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, "\n" + fence(written))
    assert f"en.md:{place}: " in str(caught.value) and hint in str(caught.value)


def test_chinese_signs_within_words_are_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, fence("id: a\nmethod: gradient\ncaption: “一”：二，三"))["a"].wording["en"].caption.source


def test_a_name_that_no_file_could_have_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, fence(f"id: {'a' * 80}\nmethod: gradient"))
    with pytest.raises(Mistakes, match=r"en\.md:6:5: id: a name of at most 80 characters is wanted, here are 300"):
        read(tmp_path, fence(f"id: {'a' * 300}\nmethod: gradient"))


@pytest.mark.parametrize(
    ("claims", "place"),
    [
        ("expect: nubmers.norm > 0", "8:9"),
        ("expect:\n  - numbers.norm > 0\n  - 'numbers.norm > nubmers[''a'']'", "10:21"),
        ("expect:\n  - >-\n    numbers.norm > 0 and\n    numbers.norm > nubmers.norm", "11:20"),
        ("expect: [numbers.norm >]", "8:10"),
    ],
)
def test_a_claim_is_told_of_at_the_word_that_is_wrong(tmp_path: Path, claims: str, place: str) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, fence(f"id: a\nmethod: gradient\n{claims}"))
    assert f"en.md:{place}: not a claim" in str(caught.value)


def test_a_slider_takes_one_setting_through_its_values(tmp_path: Path) -> None:
    experiment = read(tmp_path, fence(SMOOTH + "vary: {samples: [1, 5, 50]}\nexpect: numbers.norm > 0"))["a"]
    assert {name: one.settings["samples"] for name, one in experiment.variants.items()} == {"1": 1, "5": 5, "50": 50}
    assert [one.id for one in experiment.variants.values()] == ["a@1", "a@5", "a"]
    assert [len(one.claims) for one in experiment.variants.values()] == [0, 0, 1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("method: smoothgrad\nvary: {noise: [0.05, 0.1, 0.15, 1]}", "0.05 0.1 0.15 1"),
        ("method: gradient\nvary: {target: [top1, Siberian husky, 444, 雪豹]}", "top1 Siberian-husky 444 雪豹"),
        ("method: grad-cam\nvary: {layer: [block3_conv3, block5_conv3]}", "block3_conv3 block5_conv3"),
    ],
)
def test_values_of_a_slider_have_names_that_an_address_can_hold(tmp_path: Path, text: str, names: str) -> None:
    assert list(read(tmp_path, fence(f"id: a\n{text}"))["a"].variants) == names.split()


def test_numbers_and_classes_keep_the_unit_of_a_map_and_layers_do_not(tmp_path: Path) -> None:
    texts = ["samples: [5, 50]}", "target: [top1, top2]}", "output: [logit, probability]}"]
    texts = [f"id: a\nmethod: smoothgrad\nsamples: 50\nvary: {{{text}" for text in texts]
    sliders = [read(tmp_path, fence(text))["a"].slider for text in texts]
    assert [slider and slider.keeps_unit for slider in sliders] == [True, True, False]


RECORDED = "id: a\nmethod: recorded-weights\n"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("id: a\nmethod: gradiant", "7:9", "unknown method 'gradiant'", "did you mean 'gradient'?"),
        ("id: a\nmethod: gradient\npicture: dgo", "8:10", "unknown picture 'dgo'", "did you mean 'dog'?"),
        ("id: a\nmethod: gradient\ntarget: crane", "8:9", "several classes", "'crane (machine)'"),
        ("id: a\nmethod: gradient\ntarget: 1000", "8:9", "1000", "an index from 0 to 999"),
        ("id: a\nmethod: gradient\nview: jet", "8:7", "can't be drawn as 'jet'", "allowed: signed"),
        ("id: a\nmethod: gradient\nstepps: 4", "8:1", "unknown field 'stepps'", "allowed: output"),
        ("id: a\nmethod: integrated-gradients\nsteps: 0", "8:8", "a number of 2 or more is wanted", ""),
        ("id: a\nmethod: smoothgrad\nnoise: 'nan'", "8:8", "noise: a number is wanted", "'nan'"),
        ("id: a\nmethod: smoothgrad\nnoise: .inf", "8:8", ".inf is no number", ""),
        ("id: a\nmethod: smoothgrad\ncaption: 2024-02-30\nsamples: yes", "9:10", "a whole number is wanted", "'yes'"),
        ("id: a\nmethod: integrated-gradients\nsteps: many", "8:8", "a whole number is wanted", "'many'"),
        ("id: a\nmethod: integrated-gradients\nbaseline: grey", "8:11", "'black'", ""),
        ("id: a\nmethod: grad-cam\nlayer: block6_conv1", "8:8", "unknown layer", "block5_conv1"),
        ("id: a\nmethod: grad-cam\nlayer: block5_pool", "8:8", "unknown layer", "block4_pool"),
        ("id: A b\nmethod: gradient", "6:5", "id: a name is of small letters", ""),
        ("method: gradient", "6:1", "the field 'id' is missing", ""),
        ("id: a\nmethod: compare-maps\nof: [x, y]", "8:6", "no experiment 'x' comes before", ""),
        ("id: a\nmethod: compare-maps", "6:1", "takes the maps of 2 other experiments", ""),
        ("id: a\nmethod: gradient\nexpect:\n  - 1 < 2", "9:5", "no result could break it", ""),
        ("id: a\nmethod: gradient\nexpect: numbers.norm >", "8:9", "not a claim", ""),
        ("id: a\nmethod: [", "7:10", "a value is missing", ""),
        (f"{SMOOTH}vary: {{sample: [1, 50]}}", "9:8", "no setting 'sample' to vary", "did you mean 'samples'?"),
        (f"{SMOOTH}vary: {{samples: [1, 0, 50]}}", "9:21", "samples: a number of 1 or more is wanted", "found 0"),
        (f"{SMOOTH}vary: {{samples: [1, 50, 1]}}", "9:25", "the value 1 is given twice", ""),
        (f"{SMOOTH}vary: {{samples: [1, 5]}}", "9:17", "samples: 50, is not among those", "add it here"),
        (f"{SMOOTH}vary: {{samples: [50]}}", "9:17", "2 or more entries are wanted", ""),
        (f"{SMOOTH}vary: {{samples: [50, 1], noise: [0.1, 0.2]}}", "9:7", "no more than 1 may stand here", ""),
        ("id: a\nmethod: gradient\nvary: {target: [top1, a wulf]}", "8:23", "no class 'a wulf'", "top5"),
        ("id: a\nmethod: grad-cam\nvary: {layer: [block5_conv3, block9]}", "8:30", "unknown layer", "block5"),
        (RECORDED + 'weights: [0.1, "0.5"]', "8:16", "a number is wanted, without quotes", "'0.5'"),
        (RECORDED + "weights: [0.1, '-1']", "8:16", "a number is wanted, without quotes", "'-1'"),
        (RECORDED + "weights: [1_000]", "8:11", "a number is wanted; found", "'1_000'"),
        (RECORDED + "weights: [0.1, true]", "8:16", "a number is wanted; found", "true"),
        (RECORDED + "vary: {weights: [[0.1], ['2']]}", "8:26", "a number is wanted, without quotes", "'2'"),
        (RECORDED + "weights: [1]\nvary: {weights: [[1, y], [2]]}", "9:22", "a number is wanted; found", "'y'"),
        ('id: a\nmethod: smoothgrad\nsamples: "5"', "8:10", "a number is wanted, without quotes", "'5'"),
        ("id: a\nmethod: smoothgrad\nseed: true", "8:7", "a number is wanted; found", "true"),
        ("just text", "6:1", "at least `id:` and `method:`", ""),
        ("id: a\nmethod: !!python/object/apply:os.system [ls]", "7:9", "tags are not read here", ""),
    ],
)
def test_a_mistake_is_shown_where_it_is_with_what_would_be_right(
    tmp_path: Path, text: str, place: str, message: str, hint: str
) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, fence(text))
    shown = str(caught.value)
    assert f"en.md:{place}" in shown
    assert message in shown
    assert hint in shown


def test_all_mistakes_of_all_fences_are_reported_at_once(tmp_path: Path) -> None:
    wrong = fence("id: a\nmethod: gradient\npicture: x\ntarget: y\nview: z") + "\n" + fence("id: b\nmethod: w")
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, wrong)
    assert [mistake.line for mistake in caught.value.mistakes] == [8, 9, 10, 15]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("weights: ['1', 2, \"3\", true]", [11, 19, 24]),
        ("weights: [a, 2, b]", [11, 17]),
        ("vary: {weights: [[a, 2], [3, b], ['4']]}", [19, 30, 35]),
        ("weights: [1, 2]\nvary: {weights: [[a, 2], [3, b]]}", [19, 30]),
        ("{segments: x, wieghts: [], picture: 5, target: [1]}", [12, 15, 37, 48]),
    ],
)
def test_several_mistakes_in_one_line_are_each_told_at_its_own_place(
    tmp_path: Path, text: str, columns: list[int]
) -> None:
    braces = text.startswith("{")
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, fence("{id: a, method: recorded-weights,\n" + text[1:] if braces else RECORDED + text))
    assert [one.column for one in caught.value.mistakes] == [column - braces for column in columns]
    assert len({one.line for one in caught.value.mistakes}) == 1


def test_who_refers_to_a_broken_experiment_is_not_wrong_as_well(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, fence("id: a\nmethod: gradiant"), fence("id: a\ncaption: 中文。"))
    assert len(caught.value.mistakes) == 1


def test_an_id_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="the id 'a' is taken"):
        read(tmp_path, fence("id: a\nmethod: gradient") + "\n" + fence("id: a\nmethod: predict"))


def test_maps_of_different_pictures_are_not_compared(tmp_path: Path) -> None:
    of = fence("id: a\nmethod: gradient\npicture: dog") + "\n" + fence("id: b\nmethod: gradient")
    with pytest.raises(Mistakes, match="looks at the picture 'dog'"):
        read(tmp_path, of + "\n" + fence("id: c\nmethod: compare-maps\nof: [a, b]"))


def test_another_language_brings_its_own_words_and_no_spec(tmp_path: Path) -> None:
    english = fence("id: a\nmethod: gradient\ncaption: In English.")
    experiment = read(tmp_path, english, fence("id: a\ncaption: 中文。"))["a"]
    assert {language: words.caption.source for language, words in experiment.wording.items()} == {
        "en": "In English.",
        "zh": "中文。",
    }
    labelled = fence("id: a\nmethod: gradient\nlabels: [one, two]")
    named = read(tmp_path, labelled, fence("id: a\nlabels: [甲, 乙]"))
    assert [words.labels for words in named["a"].wording.values()] == [("one", "two"), ("甲", "乙")]
    with pytest.raises(Mistakes, match=r"the spec stands in en\.md"):
        read(tmp_path, english, fence("id: a\nmethod: predict"))
    with pytest.raises(Mistakes, match="did you mean 'a'"):
        read(tmp_path, english, fence("id: aa\ncaption: 中文。"))


def test_a_language_that_has_fallen_behind_is_reported(tmp_path: Path) -> None:
    behind = lesson(tmp_path, fence("id: a\nmethod: gradient") + "\n" + fence("id: b\nmethod: predict"), fence("id: a"))
    experiments, _, _ = read_experiments([behind], VOCABULARY)
    told = untranslated([behind], "experiment", experiments.values())
    assert list(map(str, told)) == [f"{tmp_path / 'zh.md'}: has no fence for the experiment 'b'"]


def test_a_hint_names_the_nearest_word_and_no_more_words_than_one_reads() -> None:
    assert nearest("gradent", []) == ""
    assert nearest("gradent", ["gradient", "lime"]) == "did you mean 'gradient'? allowed: gradient, lime"
    assert nearest("Grad-CAM", ["grad-cam", "lime"]).startswith("did you mean 'grad-cam'?")
    hint = nearest("one-1000", [f"one-{number}" for number in range(EASILY_READ + 5)])
    assert hint.startswith("did you mean 'one-") and hint.endswith(f"one-{EASILY_READ - 1} and 5 more")


@pytest.mark.parametrize("other", ["", "\nframing: square"])
def test_an_unknown_method_hides_nothing_else_that_is_wrong_in_its_fence(other: str, tmp_path: Path) -> None:
    spec = "id: a\nmethod: gradiant\npicture: dgo\ntarget: tabyb\nexpect: number.x > 0"
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, fence(spec + other))
    told = " ".join(one.message for one in caught.value.mistakes)
    assert "unknown method 'gradiant'" in told
    for wrong in ["framing"] if other else ["'dgo'", "'tabyb'", "'number'"]:
        assert wrong in told


def test_who_takes_the_map_of_one_that_is_wrong_is_not_wrong_as_well(tmp_path: Path) -> None:
    """Nor who takes the map of that one; whatever else is wrong with them is told."""
    texts = [
        "id: a\nmethod: gradiant",
        "id: b\nmethod: gradient",
        "id: c\nmethod: compare-maps\nof: [a, b]\nview: jet",
        "id: d\nmethod: compare-maps\nof: [c, b]",
    ]
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, "\n".join(map(fence, texts)))
    assert [one.message for one in caught.value.mistakes] == [
        "unknown method 'gradiant'",
        "compare-maps can't be drawn as 'jet'",
    ]

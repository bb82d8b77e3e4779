"""A number that no result can have is told of before anything runs, with the nearest that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from netviz.course.reading import read_course
from netviz.site.files.takeover import Takeover
from netviz.site.reviewing.proofreading import text_mistakes

NO_SITE = Takeover(Path("nowhere"))
QUESTION = """
```question
id: how-long
ask: How long is {{ %s }}?
choices:
  - {text: short, right: "%s < 1"}
  - {text: long, right: "results['slope'].numbers.norm >= 1"}
because: It is.
```
"""


def found(course: Path, old: str, new: str, name: str = "en.md") -> list[str]:
    path = course / "lessons" / "01-first" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return [str(mistake) for mistake in text_mistakes(read_course(course, "compact"), NO_SITE)]


def test_the_small_course_asks_for_nothing_in_vain(course: Path) -> None:
    assert text_mistakes(read_course(course, "compact"), NO_SITE) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("numbers.norm > 1000", "numbers.nrm > 1000", "en.md:34:13"),
        ("numbers.norm > 1000", "numbers['nrm'] > 1000", "en.md:34:14"),
        ("numbers.norm > 1000", "results['slope'].numbers.nrm > 1000", "en.md:34:30"),
        ("*{{ target.name }}*.\nexpect", "{{ numbers.nrm }}.\nexpect", "en.md:32:62"),
        ("The network says", "{{ results['slope'].numbers.nrm }} The network says", "en.md:18:29"),
        ("{% if 'tandem", "{% if results['slope'].numbers.nrm > 1 and 'tandem", "en.md:20:32"),
        ("## Where it looks", QUESTION % ("results['slope'].numbers.nrm", "results['slope'].target.logit"), ""),
        ("## Where it looks", QUESTION % ("2", "results['slope'].numbers.nrm"), ""),
    ],
)
def test_a_number_that_no_result_has_is_told_with_the_nearest(course: Path, old: str, new: str, place: str) -> None:
    (mistake,) = found(course, old, new)
    assert "gradient gives no numbers.nrm (slope)" in mistake
    assert "did you mean 'norm'? allowed: norm, largest" in mistake
    assert place in mistake


def test_so_it_is_in_another_language(course: Path) -> None:
    (mistake,) = found(course, "## 它看哪里", "{{ results['slope'].numbers.nrm }}\n\n## 它看哪里", "zh.md")
    assert "zh.md:" in mistake and "did you mean 'norm'" in mistake


def test_a_slider_s_result_and_its_settings_are_known_too(course: Path) -> None:
    (mistake,) = found(course, "at('block4_conv3').numbers.largest", "at('block4_conv3').numbers.lagest")
    assert "grad-cam gives no numbers.lagest (dog-cam)" in mistake and "'largest'" in mistake
    mistakes = found(course, "numbers.lagest", "settings.layr")
    assert "did you mean 'layer'" in mistakes[0]


def test_a_claim_about_an_experiment_that_is_not_there_is_told_before_anything_runs(course: Path) -> None:
    (mistake,) = found(course, "numbers.norm > 1000", "results['slop'].numbers.norm > 1000")
    assert "there is no experiment 'slop'" in mistake and "did you mean 'slope'" in mistake


@pytest.mark.parametrize("words", ["numbers.nrm", "the numbers.nrm of it", "`numbers.nrm`"])
def test_words_that_look_like_a_number_are_words(course: Path, words: str) -> None:
    assert found(course, "caption: Where *", f"caption: {words} where *") == []
    assert found(course, "## Where it looks", f"{words}\n\n## Where it looks") == []


SAYS = "{{ results['says'].top[0].name }}"


@pytest.mark.parametrize(
    ("old", "new", "word", "nearest"),
    [
        (SAYS, "{{ results['says'].targt.name }}", "targt", "target"),
        (SAYS, "{{ results['says'].target.nme }}", "nme", "name"),
        (SAYS, "{{ results['says'].top[1].probabilty }}", "probabilty", "probability"),
        (SAYS, "{% if (results['says'].top | first).nam == 'a' %}b{% endif %}", "nam", "name"),
        ("says of {{ picture.title }}", "says of {{ picture.titel }}", "titel", "title"),
        ("*{{ target.name }}*.", "*{{ target.nme }}*.", "nme", "name"),
        ("  - numbers.norm > 1000", "  - target.probabilty > 0", "probabilty", "probability"),
    ],
)
def test_a_fact_that_no_result_has_is_told_with_the_nearest(
    course: Path, old: str, new: str, word: str, nearest: str
) -> None:
    english = course / "lessons" / "01-first" / "en.md"
    text = english.read_text("utf-8")
    assert old in text
    english.write_text(text.replace(old, new, 1), "utf-8")
    told = [str(one) for one in text_mistakes(read_course(course, "compact"), NO_SITE) if one.path == english]
    line = 1 + english.read_text("utf-8").split(word)[0].count("\n")
    assert len(told) == 1 and told[0].startswith(f"{english}:{line}:")
    assert f"has no {word!r}" in told[0] and f"did you mean {nearest!r}?" in told[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("numbers.norm > 1000", "target.nme == 'a' or target.nme == 'b'"),
        (SAYS, "{{ results['says'].target.nme }} {{ results['says'].target.nme }}"),
    ],
)
def test_the_same_wrong_fact_twice_in_a_line_is_told_at_each_of_its_places(course: Path, old: str, new: str) -> None:
    english = course / "lessons" / "01-first" / "en.md"
    english.write_text(english.read_text("utf-8").replace(old, new, 1), "utf-8")
    line = next(one for one in english.read_text("utf-8").split("\n") if new in one)
    told = [one.column for one in text_mistakes(read_course(course, "compact"), NO_SITE) if one.path == english]
    assert told == [line.index("nme") + 1, line.rindex("nme") + 1]


def test_a_name_that_the_text_sets_itself_may_hold_anything(course: Path) -> None:
    english = course / "lessons" / "01-first" / "en.md"
    text = english.read_text("utf-8")
    own = "{% set picture = results['says'].target %}{{ picture.probability }}{% for top in [1] %}{{ top }}{% endfor %}"
    own += "{% set target = results['says'].top[0].rank == 1 %}{% claim target %}So.{% endclaim %}"
    english.write_text(text.replace(SAYS, own), "utf-8")
    assert not [one for one in text_mistakes(read_course(course, "compact"), NO_SITE) if one.path == english]

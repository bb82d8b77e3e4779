"""Prose coverage: of each condition it is known which photos met it, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from netviz.course.lessons import LessonText, read_text, scan
from netviz.course.reading import read_course
from netviz.course.samples import read_photos
from netviz.mistakes import Mistakes
from netviz.sandbox import Function
from netviz.site.reviewing.coverage import Condition, Prose, broken_claims, observe
from netviz.site.reviewing.generalities import generalising, unbound_sentences
from netviz.site.text.filters import sandbox
from netviz.yaml_places import Passage

PHOTOS = {"cat": 0.9, "dog": 0.2, "owl": 0.6}
FRONT = "---\ntitle: A lesson\nsummary: Short.\n---\n"


def results(probability: float) -> Mapping[str, Any]:
    """Of a photo of the reader's, and of one that stays the same."""
    own, same = {"p": probability, "row": [1, 2]}, {"p": 0.5, "row": [3]}
    return {
        "results": MappingProxyType({"own": own, "same": same}),
        "layer": Function(lambda name: name),
        "claim": Function(lambda source, kept, measured, sentence: sentence),
    }


def text_of(folder: Path, body: str) -> LessonText:
    path = folder / "en.md"
    path.write_text(FRONT + body, "utf-8")
    return read_text(path, "en")


def observed(folder: Path, body: str) -> list[Condition]:
    text = text_of(folder, body)
    scopes = [(photo, results(probability)) for photo, probability in PHOTOS.items()]
    found, failures = observe(Prose(text, text.spans), scopes, sandbox("en"), {"own"})
    assert not failures
    return found


def photos(condition: Condition) -> tuple[list[str], list[str]]:
    """Those that met it, and those that did not."""
    return sorted(condition.photos[True]), sorted(condition.photos[False])


@pytest.mark.parametrize(
    ("body", "met", "not_met"),
    [
        ("{% if results['own'].p > 0.5 %}Sure.{% endif %}", ["cat", "owl"], ["dog"]),
        ("{{ 'sure' if results['own'].p > 0.5 else 'unsure' }}", ["cat", "owl"], ["dog"]),
        ("{% if results['own'].p > 1 %}Never.{% endif %}", [], ["cat", "dog", "owl"]),
        ("{% if results['own'].p > 0 %}Always.{% else %}Never.{% endif %}", ["cat", "dog", "owl"], []),
        ("{% set p = results['own'].p %}{{ 1 if p > 0.5 else 2 }}", ["cat", "owl"], ["dog"]),
        ("{% for x in results['own'].row %}{% if x * results['own'].p > 1 %}{{ x }}{% endif %}{% endfor %}",
         ["cat", "owl"], ["cat", "dog", "owl"]),
    ],
)  # fmt: skip
def test_a_condition_knows_which_photos_met_it(tmp_path: Path, body: str, met: list[str], not_met: list[str]) -> None:
    (condition,) = observed(tmp_path, body)
    assert photos(condition) == (met, not_met)


def test_every_elif_is_a_condition_that_is_asked_where_those_before_it_are_not_met(tmp_path: Path) -> None:
    body = (
        "{% if results['own'].p > 0.8 %}A{% elif results['own'].p > 0.5 %}B{% elif results['own'].p > 2 %}C{% endif %}"
    )
    assert [photos(one) for one in observed(tmp_path, body)] == [
        (["cat"], ["dog", "owl"]),
        (["owl"], ["dog"]),
        ([], ["dog"]),
    ]


def test_words_within_words_that_no_photo_shows_are_asked_by_none(tmp_path: Path) -> None:
    body = "{% if results['own'].p > 1 %}{{ 'a' if results['own'].p > 0 else 'b' }}{% endif %}"
    assert [photos(one) for one in observed(tmp_path, body)] == [([], ["cat", "dog", "owl"]), ([], [])]


def test_a_condition_stands_at_its_line_and_column_also_beside_another_one(tmp_path: Path) -> None:
    body = "One\n`{% if %}` {{ 1 if results['own'].p > 1\nelse 2 }} and {{ 3 if results['own'].p > 0 else 4 }}."
    told = [one.told("") for one in observed(tmp_path, body)]
    assert [(one.line, one.column) for one in told] == [(6, 12), (7, 15)]
    assert (told[0].hint, told[1].hint) == ("{{ 1 if results['own'].p > 1\nelse 2 }}", "")


@pytest.mark.parametrize(
    ("body", "follows"),
    [
        ("{% if results['own'].p > 1 %}a{% endif %}", True),
        ("{% if results['same'].p > 1 %}a{% endif %}", False),
        ("{% if results['same'].p > results['own'].p %}a{% endif %}", True),
        ("{% set p = results['own'].p %}{% set q = p + 1 %}{% if q > 1 %}a{% endif %}", True),
        ("{% set p = results['same'].p %}{% set q = p + 1 %}{% if q > 1 %}a{% endif %}", False),
        ("{% for x in results['own'].row %}{% if loop.last and x > 5 %}a{% endif %}{% endfor %}", True),
        ("{% for x in results['same'].row %}{% if x > 5 %}a{% endif %}{% endfor %}", False),
        ("{% for x in ['own', 'same'] %}{% if results[x].p > 5 %}a{% endif %}{% endfor %}", True),
        ("{% if layer('input') == 'x' %}a{% endif %}", False),
    ],
)
def test_a_condition_knows_whether_it_follows_the_readers_photo(tmp_path: Path, body: str, follows: bool) -> None:
    assert [one.follows for one in observed(tmp_path, body)] == [follows]


def test_a_claim_is_told_of_with_the_photos_that_break_it(tmp_path: Path) -> None:
    claims = "{% claim results['own'].p > 0.5 %}A.{% endclaim %} {% claim results['same'].p > 1 %}B.{% endclaim %}"
    found = observed(tmp_path, f"{claims} {{% claim results['own'].p < 1 %}}C.{{% endclaim %}}")
    first, second = broken_claims(found)
    assert (first.line, first.column, first.message) == (5, 1, "what the sentence claims is broken for dog")
    assert (second.column, second.message) == (52, "what the sentence claims is broken")


def test_a_caption_speaks_of_the_readers_photo_if_its_experiment_does(tmp_path: Path) -> None:
    text, spans = text_of(tmp_path, "Words."), scan("{{ 'sure' if target.p > 0.5 else 'unsure' }}").spans
    for own in (True, False):
        prose = Prose(text, spans, Passage("", line=3, column=4), own)
        ((condition,), _) = observe(prose, [("cat", {"target": {"p": 1.0}})], sandbox("en"), ())
        assert (condition.follows, condition.line, condition.column) == (own, 3, 4)


def test_a_text_that_fails_for_one_photo_is_told_of_and_the_others_count(tmp_path: Path) -> None:
    text = text_of(tmp_path, "{% if 1 / results['own'].p > 1 %}a{% endif %}")
    scopes = [(photo, results(probability)) for photo, probability in {"cat": 0.5, "black": 0.0}.items()]
    ((condition,), (failure,)) = observe(Prose(text, text.spans), scopes, sandbox("en"), {"own"})
    assert photos(condition) == (["cat"], [])
    assert failure.line == 5 and failure.message.startswith("fails for the photo black:")


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("All maps agree.", "All"),
        ("It fails,\nso nobody sees it.", "so"),
        ("The map does not see it.", "does not"),
        ("Also some are nonetheless fine.", None),
        ("All {{ 2 + 1 }} maps agree.", None),
        ("{% if 1 < 2 %}All maps agree.{% endif %}", None),
        ("All maps agree ([Sixt](bibliography.html#sixt-2020)).", None),
        ("It says `all`, and $all$.", None),
        ("{% claim results['says'].top[0].rank == 1 %}All is well.{% endclaim %} Good.", None),
    ],
)
def test_a_sentence_that_generalises_is_told_of_unless_it_is_bound(
    course: Path, sentence: str, word: str | None
) -> None:
    path = course / "lessons" / "01-first" / "en.md"
    path.write_text(f"{FRONT}{sentence} It is 5.\n", "utf-8")
    found = [one for one in unbound_sentences(read_course(course, "compact")) if one.path == path]
    assert [one.message.partition(":")[0] for one in found] == ([repr(word)] if word else [])


def test_a_word_of_chinese_needs_no_gap_before_it() -> None:
    assert generalising(["so", "都"]).findall("它们都亮，also so") == ["都", "so"]
    assert not generalising([]).search("anything")


def test_photos_are_told_apart_by_names_that_the_course_does_not_use(tmp_path: Path) -> None:
    from PIL import Image

    for name in ("dog.png", "My cat.png"):
        Image.new("RGB", (300, 260)).save(tmp_path / name)
    (tmp_path / "credits.yaml").write_text("")
    assert [*read_photos(tmp_path, {"dog"})] == ["my-cat", "my-dog"]
    Image.new("RGB", (300, 260)).save(tmp_path / "my_cat.png")
    with pytest.raises(Mistakes, match=r"my_cat\.png: would be called 'my-cat' like My cat\.png"):
        read_photos(tmp_path, {"dog"})
    with pytest.raises(Mistakes, match="there is no such folder"):
        read_photos(tmp_path / "photos", {})

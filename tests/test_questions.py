"""Graded questions: what a fence may say, how a mistake is told, and that the results give the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from netviz.course.lessons import Lesson, read_text
from netviz.course.questions import Question, read_questions
from netviz.course.translations import untranslated
from netviz.mistakes import Mistakes
from netviz.site.quiz import QuestionView, question_mistakes, question_view, results_asked
from netviz.site.text.filters import sandbox

FRONT = "---\ntitle: A title\nsummary: A sentence.\n---\n"  # the body begins in line 5, a fence's first field in line 6
ENGLISH = """id: brightest
ask: Where is *{{ target }}*?
choices:
  - {text: up, right: "results['x'].numbers.row < 0.5"}
  - {text: down, right: "results['x'].numbers.row >= 0.5"}
because: The peak lies at {{ results['x'].numbers.row }}.
"""
CHINESE = "id: brightest\nask: 在哪里？\nchoices: [上, 下]\nbecause: 峰在 {{ results['x'].numbers.row }}。\n"


def lesson(folder: Path, english: str, chinese: str = "") -> Lesson:
    texts = {}
    for language, fence in (("en", english), ("zh", chinese)):
        path = folder / f"{language}.md"
        path.write_text(FRONT + (f"```question\n{fence}```\n" if fence else ""), "utf-8")
        texts[language] = read_text(path, language)
    return Lesson("a-lesson", texts)


def read(folder: Path, english: str, chinese: str = "", taken: tuple[str, ...] = ()) -> Question:
    questions, mistakes, _ = read_questions([lesson(folder, english, chinese)], taken)
    if mistakes:
        raise Mistakes(mistakes)
    return next(iter(questions.values()))


def results(row: float) -> dict[str, object]:
    return {"x": {"numbers": {"row": row}}}


def view(folder: Path, row: float, language: str = "en", english: str = ENGLISH, target: str = "cat") -> QuestionView:
    both = lesson(folder, english, CHINESE)
    questions, _, _ = read_questions([both], ())
    values = {"results": results(row), "target": target}
    return question_view(questions["brightest"], both.texts, language, sandbox(language), values, values, str)


def test_the_results_say_which_choice_is_right(tmp_path: Path) -> None:
    assert [choice.right for choice in view(tmp_path, 0.2).choices] == [True, False]
    assert [choice.right for choice in view(tmp_path, 0.8).choices] == [False, True]


def test_several_choices_may_be_right_or_none(tmp_path: Path) -> None:
    both = ENGLISH.replace(">= 0.5", "< 0.9")
    assert len(view(tmp_path, 0.2, english=both).right) == 2
    assert view(tmp_path, 0.95, english=both).right == ()


def test_every_language_has_its_words_and_the_same_answer(tmp_path: Path) -> None:
    chinese = view(tmp_path, 0.8, "zh")
    assert [str(choice.text) for choice in chinese.choices] == ["上", "下"]
    assert (str(chinese.ask), str(chinese.because)) == ("在哪里？", "峰在 0.8。")
    assert [choice.right for choice in chinese.choices] == [False, True]


def test_words_are_captions_and_results_never_markup(tmp_path: Path) -> None:
    assert str(view(tmp_path, 0.2).ask) == "Where is <em>cat</em>?"
    assert str(view(tmp_path, 0.2, target="<b>").ask) == "Where is <em>&lt;b&gt;</em>?"


def test_a_question_tells_which_results_it_needs(tmp_path: Path) -> None:
    asked = ENGLISH.replace("at {{ results['x']", "at {{ results['y']")
    assert results_asked(read(tmp_path, asked), "en") == {"x", "y"}


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (("ask: ", "aks: "), "en.md:7:1", "unknown field 'aks'"),
        (("id: brightest\n", ""), "en.md:6:1", "the field 'id' is missing"),
        (("{text: down, right: \"results['x'].numbers.row >= 0.5\"}", ""), "en.md:10:", "a choice is `{text: …, right"),
        (("  - {text: down, right: \"results['x'].numbers.row >= 0.5\"}\n", ""), "en.md:9:3", "2 or more entries"),
        (("{text: down", "{texxt: down"), "en.md:10:6", "unknown field 'texxt'"),
        (("row >= 0.5", "row >="), "en.md:10:25", "not a claim"),
        (("results['x'].numbers.row >= 0.5", "2 > 1"), "en.md:10:25", "names no result"),
        (("\"results['x'].numbers.row >= 0.5\"", "true"), "en.md:10:25", "a text is wanted"),
        (("ask: Where", "ask: [Where"), "en.md:7:29", "a text can't begin with *"),
    ],
)
def test_a_mistake_is_shown_at_its_place(tmp_path: Path, change: tuple[str, str], place: str, message: str) -> None:
    assert change[0] in ENGLISH
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, ENGLISH.replace(*change))
    assert place in str(caught.value)
    assert message in str(caught.value)


def test_two_things_of_a_course_have_two_ids(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="'brightest' is taken by an experiment"):
        read(tmp_path, ENGLISH, taken=("brightest",))
    with pytest.raises(Mistakes, match="'brightest' is taken by a question of the lesson 'a-lesson'"):
        read(tmp_path, f"{ENGLISH}```\n\n```question\n{ENGLISH}")


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (("[上, 下]", "[上, 下, 中]"), "zh.md:8:10", "en.md has 2 choices, here are 3"),
        (("[上, 下]", "[上, {text: 下}]"), "zh.md:8:14", "a choice is its text alone"),
        (("id: brightest", "id: brightness"), "zh.md:6:5", "en.md has no question 'brightness'"),
    ],
)
def test_a_translation_must_fit(tmp_path: Path, change: tuple[str, str], place: str, message: str) -> None:
    with pytest.raises(Mistakes) as caught:
        read(tmp_path, ENGLISH, CHINESE.replace(*change))
    assert place in str(caught.value)
    assert message in str(caught.value)


def test_a_mistake_in_english_is_not_told_again_for_chinese(tmp_path: Path) -> None:
    _, mistakes, _ = read_questions([lesson(tmp_path, ENGLISH.replace("ask: ", "aks: "), CHINESE)], ())
    assert {mistake.path.name for mistake in mistakes} == {"en.md"}


def test_a_language_that_lacks_a_question_is_reported_and_shows_the_english(tmp_path: Path) -> None:
    both = lesson(tmp_path, ENGLISH)
    questions, _, _ = read_questions([both], ())
    behind = untranslated([both], "question", questions.values())
    assert list(map(str, behind)) == [f"{tmp_path}/zh.md: has no fence for the question 'brightest'"]
    values = {"results": results(0.2), "target": "cat"}
    shown = question_view(questions["brightest"], both.texts, "zh", sandbox("zh"), values, values, str)
    assert str(shown.choices[0].text) == "up"


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (("{{ target }}", "{{ taget }}"), "en.md:7:19", "unknown name 'taget'"),
        (("results['x'].numbers.row <", "results['z'].numbers.row <"), "en.md:9:33", "there is no experiment 'z'"),
        (("at {{ results['x']", "at {{ results['z']"), "en.md:11:39", "there is no experiment 'z'"),
        (("The peak", "<b>The peak"), "en.md:11:10", "raw HTML"),
        (("The peak lies", "The peak {% include 'a' %} lies"), "en.md:11:22", "only if, for, set and claim"),
    ],
)
def test_words_are_checked_before_anything_runs(
    tmp_path: Path, change: tuple[str, str], place: str, message: str
) -> None:
    both = lesson(tmp_path, ENGLISH.replace(*change))
    questions, _, _ = read_questions([both], ())
    found = question_mistakes(questions["brightest"], both.texts, "en", sandbox("en"), {"results", "target"}, {"x"})
    told = "\n".join(map(str, found))
    assert place in told
    assert message in told


def test_what_only_a_result_shows_is_told_at_its_place(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"en\.md:10:25: what makes a choice right fails: .*rows"):
        view(tmp_path, 0.2, english=ENGLISH.replace("row >= 0.5", "rows >= 0.5"))
    with pytest.raises(Mistakes, match=r"en\.md:11:51: the question 'brightest' fails: .*rows"):
        view(tmp_path, 0.2, english=ENGLISH.replace("row }}.", "rows }}."))


@pytest.mark.parametrize(
    ("after", "answering"),
    [
        ("```experiment\nid: a\n```\n\n```experiment\nid: b\n```\n", {"a", "b"}),
        ("Some words.\n\n```experiment\nid: a\n```\n", set()),
        ("```experiment\nid: a\n```\n\nSome words.\n\n```experiment\nid: b\n```\n", {"a"}),
    ],
)
def test_figures_right_after_a_question_give_its_answer(tmp_path: Path, after: str, answering: set[str]) -> None:
    (tmp_path / "en.md").write_text(
        f"{FRONT}```experiment\nid: z\n```\n\n```question\n{ENGLISH}```\n\n{after}", "utf-8"
    )
    assert read_text(tmp_path / "en.md", "en").answering == answering

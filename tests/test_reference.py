"""The glossary and the bibliography: what their files may say, and the way back to what cites them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netviz.course.bibliography import addresses_linked, cited_works, read_bibliography
from netviz.course.glossary import read_glossary
from netviz.course.lessons import read_text
from netviz.methods import methods
from netviz.mistakes import Mistakes
from netviz.site.pages.reference import bibliography_view, glossary_mistakes, glossary_view, terms_linked
from netviz.site.text.filters import sandbox
from netviz.site.text.markup import lesson_body, link_mistakes

GLOSSARY = """- key: scores
  title: {en: Scores, zh: 得分}
  terms:
    - key: logit
      name: {en: logit, zh: 得分}
      means: {en: A *number* $z$., zh: 一个数。}
      lessons: [regions]
"""
WORKS = """- {key: bach-2015, authors: Bach et al., year: 2015, title: On Pixels, url: "https://doi.org/10.1371/journal.pone.0130140"}
- {key: zeiler-2013, authors: Zeiler and Fergus, year: 2013, title: Seeing, url: "https://arxiv.org/pdf/1311.2901v3"}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "words.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (
            ("zh: 得分}\n      means", "zn: 得分}\n      means"),
            ":5:13",
            "a text in each language is wanted, {en: …, zh: …}",
        ),
        (("means:", "meaning:"), ":6:7", "unknown field 'meaning'"),
        (("key: logit", "key: scores"), ":4:12", "the key 'scores' is taken"),
        (("      means: {en: A *number* $z$., zh: 一个数。}\n", ""), ":4:7", "the field 'means' is missing"),
    ],
)
def test_a_mistake_in_the_glossary_is_shown_at_its_place(
    tmp_path: Path, change: tuple[str, str], place: str, message: str
) -> None:
    with pytest.raises(Mistakes) as caught:
        read_glossary(write(tmp_path, GLOSSARY.replace(*change)))
    assert f"words.yaml{place}: " in str(caught.value)
    assert message in str(caught.value)


def test_what_only_the_course_shows_to_be_wrong_is_told_too(tmp_path: Path) -> None:
    glossary = read_glossary(write(tmp_path, GLOSSARY.replace("$z$", "<b>")))
    [unknown] = glossary.unknown_lessons(["five-steps"])
    assert str(unknown).startswith(f"{tmp_path}/words.yaml:7:17: there is no lesson 'regions'")
    [html] = glossary_mistakes(glossary, "en", sandbox("en"), {})
    assert ":6:30: the meaning can't be read: raw HTML" in str(html)


def test_links_of_meanings_lead_somewhere(tmp_path: Path) -> None:
    links = "[a](glossary.html#logt), [b](region.html#c), [d](#logit), [e](regions.html#f)"
    glossary = read_glossary(write(tmp_path, GLOSSARY.replace("A *number* $z$.", f'"{links}"')))
    told = glossary_mistakes(glossary, "en", sandbox("en"), {"glossary": {"logit"}, "regions": {"f"}})
    assert [f"{one.line}:{one.column}: {one.message}; {one.hint}" for one in told] == [
        "6:37: the page glossary.html has no section 'logt'; did you mean 'logit'? allowed: logit",
        "6:49: there is no page region.html; did you mean 'regions'? allowed: glossary, regions",
    ]


def test_a_term_has_its_names_its_meaning_and_the_lessons_that_treat_it(tmp_path: Path) -> None:
    glossary = read_glossary(write(tmp_path, GLOSSARY))
    linking = {
        "five-steps": terms_linked("a [logit](glossary.html#logit)"),
        "regions": set(),
        "tools": terms_linked("logit"),
    }
    own = sandbox("zh")
    [[term]] = [chapter.terms for chapter in glossary_view(glossary, "zh", own, str, linking)]
    assert (term.name, term.others, str(term.means)) == ("得分", {"en": "logit"}, "一个数。")
    assert term.lessons == ("five-steps", "regions")
    [[english]] = [chapter.terms for chapter in glossary_view(glossary, "en", own, str, linking)]
    assert str(english.means).startswith('A <em>number</em> <span class="unbroken"><math')


def test_a_course_needs_neither(tmp_path: Path) -> None:
    assert read_glossary(tmp_path / "glossary.yaml").chapters == ()
    assert read_bibliography(tmp_path / "bibliography.yaml").works == ()


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (("key: zeiler-2013", "key: adebayo-2013"), ":2:9", "keep the works sorted by key"),
        (("arxiv.org/pdf/1311.2901v3", "doi.org/10.1371/journal.pone.0130140"), ":2:", "'bach-2015' has this address"),
        (("year: 2013", "year: soon"), ":2:56", "a whole number is wanted"),
        (("title: Seeing", "titel: Seeing"), ":2:62", "unknown field 'titel'"),
    ],
)
def test_a_mistake_in_the_bibliography_is_shown_at_its_place(
    tmp_path: Path, change: tuple[str, str], place: str, message: str
) -> None:
    with pytest.raises(Mistakes) as caught:
        read_bibliography(write(tmp_path, WORKS.replace(*change)))
    assert f"words.yaml{place}" in str(caught.value)
    assert message in str(caught.value)


def test_works_are_those_of_the_course_and_of_its_methods_each_once(tmp_path: Path) -> None:
    works = read_bibliography(write(tmp_path, WORKS)).works
    linking = {"regions": addresses_linked("[Seeing](https://arxiv.org/abs/1311.2901), 2013"), "tools": set()}
    chosen = [methods()[name] for name in ("occlusion", "gradient", "deconvnet")]
    cited = cited_works(works, chosen, linking)
    assert [(one.work.key, one.methods, one.lessons) for one in cited] == [
        ("bach-2015", (), ()),
        ("simonyan-2013", ("gradient",), ()),
        ("zeiler-2013", ("occlusion", "deconvnet"), ("regions",)),
    ]
    assert bibliography_view(cited, methods(), "zh")[1].methods == {"gradient": "梯度"}


def test_a_work_that_nobody_cites_and_a_term_that_nobody_links_are_told_of(tmp_path: Path) -> None:
    bibliography = read_bibliography(write(tmp_path, WORKS))
    linked = addresses_linked("[Seeing](https://arxiv.org/abs/1311.2901)")
    (told,) = bibliography.uncited([methods()["gradient"]], linked)
    assert (told.line, told.message) == (1, "no lesson and no method cites 'bach-2015'")
    assert list(bibliography.uncited([], {*linked, *addresses_linked(WORKS)})) == []
    words = write(tmp_path, re.sub(r"lessons: \[.*?\]", "lessons: []", GLOSSARY))
    (unlinked,) = read_glossary(words).unlinked({"probability"})
    assert (unlinked.line, unlinked.message) == (4, "no lesson links to the term 'logit'")


def test_links_to_what_is_not_there_are_told_with_what_is(tmp_path: Path) -> None:
    front = "---\ntitle: T\nsummary: S\n---\n"
    source = front + "\n## Here\n\nA [b](glossary.html#loggit), [c](#here), [d](#heer),\n[e](regons.html).\n"
    path = tmp_path / "en.md"
    path.write_text(source, "utf-8")
    text = read_text(path, "en")
    pages = {"glossary": {"logit"}, "own": {"here"}, "regions": None}
    told = [str(mistake) for mistake in link_mistakes(text, lesson_body(text).template, "own", pages)]
    assert [message.splitlines()[0].split(": ")[1] for message in told] == [
        "the page glossary.html has no section 'loggit'",
        "the page own.html has no section 'heer'",
        "there is no page regons.html",
    ]
    assert [message.split(": ")[0].removeprefix(str(path)) for message in told] == [":8:20", ":8:46", ":9:5"]
    assert "did you mean 'logit'?" in told[0]

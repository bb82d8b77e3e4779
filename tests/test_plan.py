"""The plan: which experiments run on which pictures, and what makes a result another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from netviz.course.experiments import Experiment
from netviz.course.reading import Course, read_course
from netviz.engine.plan import Plan, Task, make_plan
from netviz.methods import methods
from netviz.mistakes import Mistakes
from netviz.networks.weights import Weights
from netviz.pictures import Picture
from netviz.site.files.raw_numbers import numbers_path

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = Weights("compact", "0" * 64, "nowhere")


def planned(content: Path, *offer: str) -> tuple[Course, Plan]:
    course = read_course(content, "compact", offer=offer)
    assert not course.mistakes
    return course, make_plan(course, WEIGHTS)


def test_there_is_a_task_for_each_picture_and_each_value_of_a_slider(course: Path) -> None:
    _, plan = planned(course)
    on_both = {(name, picture) for name in ("says", "slope") for picture in ("chelsea", "dog")}
    assert plan.keys() == on_both | {("dog-cam", "dog"), ("dog-cam@block4_conv3", "dog")}
    assert len({task.key for task in plan.values()}) == len(plan)


def test_a_picture_that_is_not_offered_is_still_there_for_who_names_it(course: Path) -> None:
    known, plan = planned(course, "chelsea")
    assert (known.offered, known.default_picture) == (("chelsea",), "chelsea")
    assert {picture for name, picture in plan if name in ("says", "slope")} == {"chelsea"}
    assert ("dog-cam", "dog") in plan
    assert set(known.pictures) == {"chelsea", "dog"}  # whoever is shown is credited
    assert set(planned(course, "dog")[0].pictures) == {"dog"}


def test_what_a_claim_compares_with_is_known_for_its_picture_too(course: Path) -> None:
    lesson = course / "lessons" / "01-first" / "en.md"
    claim = "vary: {layer: [block4_conv3, block5_conv3]}\nexpect: numbers.largest < results['slope'].numbers.norm"
    text = lesson.read_text("utf-8").replace("vary: {layer: [block4_conv3, block5_conv3]}", claim)
    lesson.write_text(text, "utf-8")
    _, plan = planned(course, "chelsea")
    assert ("slope", "dog") in plan and ("says", "dog") not in plan


def test_only_pictures_that_there_are_can_be_offered(course: Path) -> None:
    with pytest.raises(Mistakes, match="no picture 'dgo' to offer\n    did you mean 'dog'"):
        read_course(course, "compact", offer=("dgo",))


def test_maps_of_one_unit_know_what_they_are_compared_with(course: Path) -> None:
    lesson = course / "lessons" / "01-first" / "en.md"
    text = lesson.read_text("utf-8").replace("view: signed", "view: signed\nvary: {target: [top1, top2]}")
    lesson.write_text(text, "utf-8")
    _, plan = planned(course)
    first, second = plan["slope", "dog"], plan["slope@top2", "dog"]
    assert [other.key for other in first.beside] == [second.key]
    assert plan["dog-cam", "dog"].beside == ()  # another layer has another unit


def test_no_two_figures_have_numbers_in_one_place() -> None:
    """Hyphens are in both names: experiment ``a`` on ``b-dog`` is not ``a-b`` on ``dog``."""
    one = methods()["gradient"]
    paths = set()
    for name, photo in (("a", "b-dog"), ("a-b", "dog"), ("a", ""), ("a-b", ""), ("a-b-dog", "")):
        experiment = Experiment(
            id=name,
            lesson="a",
            method=one,
            picture=photo,
            target="top1",
            view="signed",
            settings={},
            of=(),
            claims=(),
            wording={},
            spec="",
        )
        file = str(ROOT / "dog.jpg")
        picture = Picture(name=photo, file=file, titles={}, credit="", licence="", source="") if photo else None
        paths.add(numbers_path(Task(experiment=experiment, picture=picture, of=(), weights=WEIGHTS), "json"))
    assert len(paths) == 5

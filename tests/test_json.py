"""`--json`: one form for whatever a command replies, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stored_results import known

from netviz import command_line
from netviz.cache.store import Store
from netviz.command_line import main
from netviz.commands.replies import Ending, Said

FIELDS = ["form", "command", "exit_code", "reply", "warnings", "mistakes", "failure"]


@pytest.fixture
def ask(course: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Asks for something, as JSON; gives the exit code with the object."""

    def asked(*words: str) -> tuple[int, dict[str, Any]]:
        places = {"content": course, "store": course.parent / "store", "to": course.parent / "site"}
        capsys.readouterr()
        code = main([*(f"--{name}={place}" for name, place in places.items()), "--json", *words])
        reply = json.loads(capsys.readouterr().out)
        assert list(reply) == FIELDS and reply["exit_code"] == code and reply["form"] == 1
        return code, reply

    return asked


def edit(course: Path, old: str, new: str) -> None:
    lesson = course / "lessons" / "01-first" / "en.md"
    lesson.write_text(lesson.read_text("utf-8").replace(old, new), "utf-8")


def test_a_mistake_has_its_place_its_line_and_a_hint(ask: Any, course: Path) -> None:
    edit(course, "method: gradient", "method: gradent")
    code, reply = ask()
    (mistake,) = [one for one in reply["mistakes"] if one["line"]]
    assert (code, reply["command"], reply["reply"]) == (1, "build", None)
    assert mistake["path"].endswith("lessons/01-first/en.md") and mistake["text"] == "method: gradent"
    assert (mistake["line"], mistake["column"]) == (30, 9) and mistake["hint"].startswith("did you mean 'gradient'?")


def test_a_build_replies_with_its_report_and_warnings_and_so_does_one_with_nothing_to_do(
    ask: Any, course: Path
) -> None:
    known(course, Store(course.parent / "store"))
    code, first = ask()
    assert (code, first["reply"]["experiments"], first["reply"]["drawn"]) == (0, 6, 6)
    assert first["reply"]["claims"]["kept"] == 2
    assert first["reply"]["claims"]["broken"][0] == {
        "experiment": "slope",
        "picture": "chelsea",
        "claim": "numbers.norm > 1000",
        "measured": {"numbers.norm": 1.5},
    }
    code, second = ask()
    assert (code, second["reply"]["pages"]) == (0, 0)
    assert second["reply"]["claims"] is None, "none was looked at"
    assert len(first["warnings"]) == 2 and second["warnings"] == first["warnings"]


def test_lists_and_explanations_are_objects(ask: Any) -> None:
    _, listed = ask("--list", "classes", "komondor")
    assert [(one["index"], one["english"]) for one in listed["reply"]] == [("228", "komondor")]
    _, explained = ask("--explain")
    assert explained["command"] == "explain" and len(explained["reply"]) == 6
    assert explained["reply"][0] == {
        "experiment": "says",
        "lesson": "first",
        "picture": "chelsea",
        "state": "new",
        "drawn": False,
        "compared": "",
        "changes": [],
    }


def test_what_was_cleaned_is_counted(ask: Any, course: Path) -> None:
    known(course, Store(course.parent / "store"))
    edit(course, "view: signed", "view: signed\noutput: probability")
    code, reply = ask("--clean")
    assert code == 0 and reply["reply"]["removed"] == 2 and reply["reply"]["bytes_left"] > 0


def test_what_is_no_fault_of_a_file_is_a_failure(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, reply = ask("--weights", "nowhere.h5")
    assert code == 1 and "no weights called 'nowhere.h5'" in reply["failure"] and reply["mistakes"] == []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command_line, "bring_up_to_date", fail)
    code, reply = ask()
    assert code == 70 and "a fault of netviz itself" in reply["failure"]


def test_a_server_answers_no_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--json"])
    captured = capsys.readouterr()
    assert captured.out == "" and "--serve answers browsers: leave it out" in captured.err


def test_numbers_that_json_does_not_have_become_texts() -> None:
    ending = Ending(reply=Said([], {"measured": {"a": float("nan"), "b": [1.5, float("inf")]}, 3: Path("a")}))
    reply = json.loads(ending.as_json("build"))["reply"]
    assert reply == {"measured": {"a": "nan", "b": [1.5, "inf"]}, "3": "a"}

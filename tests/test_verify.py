"""`--verify`: what is stored is made again and compared. A method of one's own is run, so that it takes no time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netviz.cache.store import Store
from netviz.command_line import main
from netviz.course.reading import read_course
from netviz.engine.execution import LocalExecutor, run_missing
from netviz.engine.origins import ORIGIN, ORIGINS, known_origins
from netviz.engine.plan import Plan, make_plan
from netviz.engine.record import ARRAYS, RECORD, RESULTS
from netviz.engine.run import PictureRunner
from netviz.engine.verification import Stored, a_part, distance
from netviz.networks.weights import describe
from netviz.progress import Reporter

COUNTING = """---
title: A lesson
summary: x
---

```experiment
id: line
method: train-regression
steps: 3
vary: {steps: [2, 3, 4]}
```
"""


@pytest.fixture
def stored(course: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A course whose experiments need no network, with its results, in the folder of all its places."""
    (course / "lessons" / "01-first" / "en.md").write_text(COUNTING, "utf-8")
    (course / "lessons" / "01-first" / "zh.md").write_text("---\ntitle: 一\nsummary: 一\n---\n\n一\n", "utf-8")
    for text in (course / "pages" / "home").glob("*.md"):
        text.write_text("---\ntitle: x\nsummary: x\n---\n\nx\n", "utf-8")
    monkeypatch.chdir(course.parent)
    plan = make_plan(read_course(course, "compact"), describe("compact"))
    run_missing([*plan.values()], LocalExecutor(no_network), Store(Path("store")), Reporter())
    return plan


def no_network() -> PictureRunner:
    raise AssertionError("no network is needed")


def verify(*words: str) -> int:
    return main(["--store", "store", "--verify", *words])


def change(key: str, factor: float, **numbers: Any) -> None:
    """Put another result into the store under a key: as if its bytes had become others, and nobody had seen it."""
    store = Store(Path("store"))
    arrays = dict(np.load(store.path(RESULTS, key) / ARRAYS))
    record = json.loads((store.path(RESULTS, key) / RECORD).read_text("utf-8"))
    shutil.rmtree(store.path(RESULTS, key))
    name = next(name for name, values in arrays.items() if values.dtype.kind == "f")
    arrays[name] = arrays[name] * factor
    with store.writing(RESULTS, key) as folder:
        (folder / RECORD).write_text(json.dumps(record | {"numbers": record["numbers"] | numbers}), "utf-8")
        np.savez(folder / ARRAYS, **arrays)


def made_elsewhere(key: str, **parts: Any) -> str:
    """Let a result be one of another machine: another key, another processor."""
    store, other = Store(Path("store")), key[::-1]
    origin = dict(known_origins(store))[key]
    for kind in (RESULTS, ORIGINS):
        place = store.path(kind, key)
        with store.writing(kind, other) as folder:
            for file in (one for one in place.iterdir() if one.name != "manifest"):
                shutil.copy(file, folder)
            if kind == ORIGINS:
                values = {**vars(origin), "processor": "another", "parts": {**origin.parts, **parts}}
                (folder / ORIGIN).write_text(json.dumps(values), "utf-8")
        shutil.rmtree(place)
    return other


def contents() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path("store").rglob("*") if path.is_file()}


def test_what_is_as_it_was_is_the_same_to_the_last_byte(stored: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents()
    assert verify() == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["3 of 3 stored results were made again (seed 0)", "3 are the same to the last byte"]
    assert told[-1] == "0 are different" and contents() == before


def test_one_that_is_another_is_told_and_ends_with_a_code_of_its_own(
    stored: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    change(stored["line", ""].key, 1 + 1e-6)
    assert verify() == 3
    told = capsys.readouterr().out
    assert "2 are the same to the last byte" in told and "1 are different\n  line: " in told
    assert "of its greatest value" in told


def test_another_machine_may_differ_in_the_last_digits_and_in_no_more(
    stored: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    key = stored["line", ""].key
    change(key, 1 + 1e-5)
    other = made_elsewhere(key, machine={"threads": 99})
    assert verify() == 0
    assert "1 made on another machine, or nobody knows where, are as near" in capsys.readouterr().out
    change(other, 1.01)
    assert verify("--json") == 3
    reply = json.loads(capsys.readouterr().out)
    one = next(one for one in reply["reply"]["results"] if one["experiment"] == "line")
    assert (one["agreement"], one["same_machine"], reply["exit_code"]) == ("different", False, 3)


def test_a_result_of_other_settings_is_no_result_of_another_machine(
    stored: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    made_elsewhere(stored["line", ""].key, settings={"steps": 99})
    assert verify() == 0
    assert "2 of 2 stored results" in capsys.readouterr().out


def test_where_nobody_knows_who_made_it_digits_may_differ(stored: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    """As in a store that an older netviz has filled."""
    shutil.rmtree(Path("store", ORIGINS))
    change(stored["line", ""].key, 1 + 1e-6)
    assert verify() == 0
    assert "1 made on another machine, or nobody knows where" in capsys.readouterr().out


def test_another_word_or_another_class_is_another_result(stored: Plan) -> None:
    shutil.rmtree(Path("store", ORIGINS))
    change(stored["line", ""].key, 1.0, steps="many")
    assert verify() == 3


def test_a_part_is_chosen_by_its_seed() -> None:
    many = [Stored(task=None, key=str(number), here=True) for number in range(100)]  # type: ignore[arg-type]
    chosen = [[one.key for one in a_part(many, part, seed)] for part, seed in ((10, 0), (0.1, 0), (10, 1), (200, 0))]
    assert chosen[0] == chosen[1] != chosen[2] and [len(one) for one in chosen] == [10, 10, 10, 100]
    assert chosen[0] == sorted(chosen[0], key=int) and len(a_part(many, 0.0001, 0)) == 1


@pytest.mark.parametrize("words", [["0"], ["1.5"], ["-1"], ["some"], ["nan"], ["2", "--seed", "-1"]])
def test_a_part_that_is_none_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        verify(*words)
    assert "usage" in capsys.readouterr().err


def test_a_seed_alone_is_refused_and_so_is_a_store_without_results(
    stored: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--seed", "1"])
    assert main(["--store", "nowhere", "--verify"]) == 1
    assert "holds no result of this course\n    build it first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1.0, -4.0], [1.0, -3.0], 0.25),
        ([1.0], [1.0, 2.0], np.inf),
        (["a"], ["b"], np.inf),
        (["a"], ["a"], 0.0),
        ([np.nan, 1.0], [np.nan, 1.0], 0.0),
        ([np.nan, 1.0], [0.0, 1.0], np.inf),
        ([0.0, 1.0], [np.nan, 1.0], np.inf),
        ([np.inf], [np.inf], 0.0),
        (None, 1.0, np.inf),
        ([], [], 0.0),
        ([0.0], [1e-7], 0.1),
    ],
)
def test_distances_are_shares_of_the_greatest_value(before: Any, after: Any, expected: float) -> None:
    assert distance(np.asarray(before), np.asarray(after)) == pytest.approx(expected)

"""Measurements made elsewhere: what a benchmark's file must say, and how a lesson shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netviz.course.lessons import read_text
from netviz.course.measurements import Measurement, read_measurements
from netviz.mistakes import Mistakes
from netviz.site import rendering
from netviz.site.text.expressions import measurement_mistakes
from netviz.site.text.filters import class_name

TEMPLATES = Path(__file__).parents[1] / "templates"
ORIGIN = {"date": "2026-11-25", "processor": "A <fast> one", "cores": 2, "command": "python bench.py"}
ROWS = [
    {"task": "gradient", "library": "ours", "median": 0.61, "seconds": [0.6, 0.61], "agreement": None},
    {
        "task": "gradient",
        "library": "theirs",
        "median": 1.25,
        "agreement": {"rank_correlation": 0.9999, "distance": 1e-6},
    },
    {"task": "lime", "library": "ours", "median": 12.0},
]


def write(folder: Path, **values: Any) -> Path:
    (folder / "tools.json").write_text(json.dumps(values, indent=1), "utf-8")
    return folder


def test_a_benchmarks_file_is_read_by_its_name(tmp_path: Path) -> None:
    tools = read_measurements(write(tmp_path, **ORIGIN, rows=ROWS, flags=["more than we need"]))["tools"]
    assert tools.tasks == ("gradient", "lime") and tools.libraries == ("ours", "theirs")
    agreement = tools.by_task["gradient"]["theirs"].agreement
    assert agreement and agreement.distance == 1e-6
    assert "theirs" not in tools.by_task["lime"]


def test_single_values_are_told_with_how_they_were_measured(tmp_path: Path) -> None:
    values = {"date": "2026-11", "how": "On other photos.", "values": {"top1": 0.5}}
    (tmp_path / "head.json").write_text(json.dumps(values), "utf-8")
    assert read_measurements(tmp_path)["head"].values == {"top1": 0.5}


def test_several_numbers_of_a_kind_stand_in_their_order(tmp_path: Path) -> None:
    lists = {"shares": [0.5, -0.25], "samples": [40, 80]}
    read = read_measurements(write(tmp_path, date="2026-11-30", how="Once.", lists=lists))
    assert read["tools"].lists == {"shares": (0.5, -0.25), "samples": (40, 80)}


def test_a_class_that_a_measurement_lists_has_a_name(tmp_path: Path) -> None:
    read = read_measurements(write(tmp_path, date="2026-12-01", how="Once.", lists={"first": [282]}))
    assert class_name(read["tools"].lists["first"][0]) == "tiger cat"


@pytest.mark.parametrize("wrong", [float("nan"), float("-inf"), "0.5", True, None])
def test_what_is_no_number_is_told_at_its_place(tmp_path: Path, wrong: Any) -> None:
    for values in ({"lists": {"shares": [0.5, wrong]}}, {"values": {"top1": wrong}}):
        with pytest.raises(Mistakes, match=r"tools.json:\d+:\d+: \w+: a number is wanted"):
            read_measurements(write(tmp_path, date="2026-11-30", how="Once.", **values))


def test_what_was_read_is_told_with_how_it_was_read(tmp_path: Path) -> None:
    texts = {"theirs": {"occlusion": "Occlusion", "RISE": ""}}
    read = write(tmp_path, date="2026-11-29", how="In their code.", texts=texts)
    assert read_measurements(read)["tools"].texts == texts


def test_what_is_still_to_be_measured_has_no_rows(tmp_path: Path) -> None:
    assert read_measurements(write(tmp_path, rows=[]))["tools"] == Measurement()
    assert read_measurements(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("values", "place", "message"),
    [
        ({"rows": ROWS, "date": "2026-11-25"}, ":1:1", "worth nothing without processor, cores, command"),
        ({"values": {"top1": 0.5}, "date": "2026-11"}, ":1:1", "worth nothing without how"),
        ({"lists": {"shares": [0.5]}, "date": "2026-11"}, ":1:1", "worth nothing without how"),
        ({"texts": {"theirs": {"RISE": ""}}, "how": "In it."}, ":1:1", "worth nothing without date"),
        ({**ORIGIN, "rows": [{"task": "gradient", "median": 1}]}, ":7:3", "the field 'library' is missing"),
        ({**ORIGIN, "rows": [{**ROWS[0], "median": -1}]}, ":10:14", "a number of 0 or more is wanted; found -1"),
        ({**ORIGIN, "versoins": {"tensorflow": "2.21"}}, ":6:2", "unknown field 'versoins'"),
        ({**ORIGIN, "rows": [{**ROWS[0], "secnds": [1]}]}, ":16:4", "did you mean 'seconds'?"),
    ],
)
def test_a_mistake_is_shown_at_its_place(tmp_path: Path, values: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(Mistakes) as raised:
        read_measurements(write(tmp_path, **values))
    assert f"tools.json{place}" in str(raised.value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "call", ["measured('tols').date", "measurement_table('tols', 'seconds')", "measurement_command('tols')"]
)
def test_a_lesson_can_only_speak_of_what_there_is(tmp_path: Path, call: str) -> None:
    path = tmp_path / "en.md"
    path.write_text("---\ntitle: A title\nsummary: A sentence.\n---\nText\n\n{{ " + call + " }}\n", "utf-8")
    text = read_text(path, "en")
    (mistake,) = measurement_mistakes(text, {"tools"})
    assert "en.md:7:" in str(mistake) and "there is no measurement 'tols'" in str(mistake) and "tools" in str(mistake)
    assert measurement_mistakes(text, {"tols"}) == []


def test_tables_have_a_row_a_task_and_say_where_they_come_from() -> None:
    measurement = Measurement.model_validate({**ORIGIN, "rows": ROWS})
    env = rendering.environment((TEMPLATES,), "en")
    seconds, agreement = (
        rendering.render_measurement(env, measurement, one, str.upper) for one in ("seconds", "agreement")
    )
    assert '<th scope="row">GRADIENT</th><td class="figures">0.610</td><td class="figures">1.25</td>' in seconds
    assert '<th scope="row">LIME</th><td class="figures">12.0</td><td class="figures">–</td>' in seconds
    assert "2026-11-25" in seconds and "A &lt;fast&gt; one" in seconds and "not in this build" in seconds
    assert "theirs" in agreement and ">ours<" not in agreement and "0.9999" in agreement
    with pytest.raises(ValueError, match="no column 'speed'; there are seconds, agreement"):
        rendering.render_measurement(env, measurement, "speed", str)

"""`--schema`: what editors are told of what authors may write, held against what the real course's authors wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from netviz.command_line import main
from netviz.commands.schemas import schemas
from netviz.course.fences import fence_values
from netviz.course.folders import entries
from netviz.course.lessons import Lesson, read_lesson
from netviz.languages.known import HERE
from netviz.methods import methods
from netviz.options import Options
from netviz.text_files import read_text_file
from netviz.yaml_places import read_yaml

jsonschema = pytest.importorskip("jsonschema", reason="the library that knows JSON Schema: make test installs it")
CONTENT = Path(__file__).parents[1] / "content"
FILES = {
    "site": CONTENT / "site.yaml",
    "photos": CONTENT / "pictures" / "credits.yaml",
    "glossary": CONTENT / "glossary.yaml",
    "bibliography": CONTENT / "bibliography.yaml",
    "measurement": next((CONTENT / "measurements").glob("*.json")),
    "language": HERE / "zh" / "language.yaml",
}


@cache
def validator(kind: str) -> Any:
    return jsonschema.Draft202012Validator(real_schemas()[kind])


@cache
def real_schemas() -> dict[str, Any]:
    return schemas(Options(content=CONTENT))


@cache
def pages() -> tuple[Lesson, ...]:
    folders = [*entries(CONTENT / "lessons"), *entries(CONTENT / "pages")]
    return tuple(read_lesson(folder) for folder in folders if folder.is_dir())


def stated(kind: str) -> Iterator[tuple[str, Any]]:
    """Every fence of the real course, and what schema it is of."""
    for text in (text for page in pages() for text in page.written):
        for span in text.spans_of(kind):  # type: ignore[arg-type]
            yield (kind if text.language == "en" else f"{kind}-words"), fence_values(span, text, "")[0]


def wrong(kind: str, value: Any) -> list[str]:
    as_json = json.loads(json.dumps(value))  # lists, where Python has tuples
    return [error.message for error in validator(kind).iter_errors(as_json)]


def test_every_schema_is_one() -> None:
    for kind in real_schemas():
        jsonschema.Draft202012Validator.check_schema(real_schemas()[kind])


@pytest.mark.parametrize("kind", ["experiment", "question"])
def test_every_fence_of_the_real_course_is_as_its_schema_says(kind: str) -> None:
    fences = [*stated(kind)]
    assert {name for name, _ in fences} == {kind, f"{kind}-words"} and len(fences) > 20
    assert [(values["id"], found) for name, values in fences if (found := wrong(name, values))] == []


@pytest.mark.parametrize("kind", FILES)
def test_so_is_every_file(kind: str) -> None:
    assert wrong(kind, read_yaml(read_text_file(FILES[kind]), FILES[kind])[0]) == []


def test_so_is_every_front_matter() -> None:
    for text in (text for page in pages() for text in page.written):
        assert wrong("front-matter", text.front.model_dump(exclude_defaults=True)) == []


GOOD = {"id": "a", "method": "smoothgrad", "samples": 4, "vary": {"samples": [1, 4]}, "expect": "numbers.norm > 0"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sampels": 4}, "'sampels' was unexpected"),
        ({"capton": "x"}, "'capton' was unexpected"),
        ({"method": "smothgrad"}, "'smothgrad' is not one of"),
        ({"samples": 0}, "0 is less than the minimum of 1"),
        ({"view": "bars"}, "'bars' is not one of"),
        ({"picture": "dgo"}, "'dgo' is not one of"),
        ({"id": "A b"}, "'A b' does not match"),
        ({"vary": {"sampels": [1, 4]}}, "'sampels' was unexpected"),
        ({"vary": {"samples": [1, "many"]}}, "'many' is not of type 'integer'"),
        ({"of": "b"}, "'of' was unexpected"),
        ({"method": "grad-cam", "samples": 4}, "'samples' was unexpected"),
    ],
)
def test_what_the_build_would_refuse_is_refused(change: dict[str, Any], told: str) -> None:
    assert wrong("experiment", GOOD) == []
    assert any(told in one for one in wrong("experiment", GOOD | change))


def test_a_layer_is_one_of_the_networks() -> None:
    cam = {"id": "a", "method": "grad-cam", "layer": "block5_conv3"}
    assert wrong("experiment", cam) == []
    assert wrong("experiment", cam | {"layer": "block9_conv3"}) != []


def test_a_method_on_data_looks_at_no_picture() -> None:
    name = next(name for name, one in methods().items() if one.subject == "data")
    assert wrong("experiment", {"id": "a", "method": name}) == []
    assert wrong("experiment", {"id": "a", "method": name, "picture": "chosen"}) != []


def test_a_misspelt_field_of_any_kind_is_refused() -> None:
    for kind in ("question", "question-words", "experiment-words", "front-matter", "site", "language", "measurement"):
        assert any("'titel' was unexpected" in one for one in wrong(kind, {"titel": "x"})), kind
    assert wrong("photos", {"dog": {"titel": "x"}}) and wrong("glossary", [{"titel": "x"}])


def test_they_are_written_for_the_course_at_hand(course: Path, tmp_path: Path) -> None:
    """Its photos, and its languages: where there is one, titles are plain texts."""
    site = course / "site.yaml"
    site.write_text("languages: [en]\ntitle: Mine\ntagline: Small\n", "utf-8")
    credits = course / "pictures" / "credits.yaml"
    credits.write_text(
        "\n".join(f"{name}: {{title: x, credit: x, licence: x}}" for name in ("chelsea", "dog")), "utf-8"
    )
    assert main(["--content", str(course), "--schema", str(tmp_path / "schemas")]) == 0
    written = {path.stem: json.loads(path.read_text("utf-8")) for path in (tmp_path / "schemas").iterdir()}
    assert written.keys() == real_schemas().keys()
    check = jsonschema.Draft202012Validator(written["site"])
    assert check.is_valid({"title": "Mine", "tagline": "Small"}) and not check.is_valid({"title": {"zh": "我"}})
    assert written["experiment"]["$defs"]["gradient"]["properties"]["picture"]["enum"] == ["chosen", "chelsea", "dog"]


def test_a_file_in_the_place_of_the_folder_is_told(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schemas").write_text("mine", "utf-8")
    assert main(["--content", str(course), "--schema", str(tmp_path / "schemas")]) == 1
    assert "something else stands where a folder is needed" in capsys.readouterr().err
    assert (tmp_path / "schemas").read_text("utf-8") == "mine"

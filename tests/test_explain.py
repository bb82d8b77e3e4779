"""`--explain`: what a build would run, and why. The results are made up, so nothing is run at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from stored_results import known

from netviz.cache.store import SITES, Store
from netviz.command_line import main
from netviz.engine.explanations import Change, differences
from netviz.engine.origins import ORIGIN, ORIGINS, known_origins

ROOT = Path(__file__).parent


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course beside its store and its site, built once for all tests."""
    content = tmp_path_factory.mktemp("built") / "content"
    shutil.copytree(ROOT / "course", content)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT.parent / "content" / "pictures" / name, content / "pictures")
    known(content, Store(content.parent / "store"))
    assert main(places(content)) == 0
    return content


@pytest.fixture
def built(once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "content"


def places(course: Path) -> list[str]:
    return [f"--{name}={course.parent / folder}" for name, folder in PLACES.items()]


PLACES = {"content": "content", "store": "store", "to": "site"}


def explained(course: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main([*places(course), "--explain"]) == 0
    return capsys.readouterr().out.splitlines()


def edit(course: Path, old: str, new: str) -> None:
    lesson = course / "lessons" / "01-first" / "en.md"
    text = lesson.read_text("utf-8")
    assert old in text
    lesson.write_text(text.replace(old, new), "utf-8")


def test_what_is_known_is_fresh_and_nothing_is_written(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path for path in built.parent.rglob("*"))
    lines = explained(built, capsys)
    assert lines[0] == "says · chelsea: fresh" and lines[-1] == "6 results: 6 fresh, 0 stale, 0 new"
    assert sorted(path for path in built.parent.rglob("*")) == before


def test_a_changed_setting_is_told_from_what_to_what(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(built, "view: signed", "view: signed\noutput: probability")
    lines = explained(built, capsys)
    place = lines.index("slope · chelsea: stale")
    assert lines[place + 1 : place + 3] == ["slope · dog: stale", "    settings.output: logit -> probability"]
    assert lines[-1] == "6 results: 4 fresh, 2 stale, 0 new"


def test_another_target_and_another_picture_are_told(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(built, "target: Siberian husky", "target: tabby")
    shutil.copy(built / "pictures" / "chelsea.png", built / "pictures" / "dog.png")
    (built / "pictures" / "dog.jpg").unlink()
    told = "\n".join(explained(built, capsys))
    assert "    target: 250 -> 281\n" in told and "\n    picture: " in told
    assert "slope · dog: fresh" in told  # as the cat, of which it is a copy


def test_a_copy_of_a_photo_has_the_results_of_the_photo(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (built / "pictures" / "chelsea.png").rename(built / "pictures" / "tabby.png")
    credits = built / "pictures" / "credits.yaml"
    credits.write_text(credits.read_text("utf-8").replace("chelsea:", "tabby:"), "utf-8")
    assert explained(built, capsys)[-1] == "6 results: 6 fresh, 0 stale, 0 new"


def test_a_new_method_has_nothing_to_be_compared_with(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(built, "## Where it looks", "```experiment\nid: noisy\nmethod: smoothgrad\n```\n\n## Where it looks")
    assert "noisy · chelsea: new" in explained(built, capsys)


def test_an_experiment_of_another_name_is_compared_with_what_its_method_gave(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(built, "id: slope\nmethod: gradient", "id: steepness\nmethod: gradient\noutput: probability")
    chinese = built / "lessons" / "01-first" / "zh.md"
    chinese.write_text(chinese.read_text("utf-8").replace("id: slope", "id: steepness"), "utf-8")
    told = explained(built, capsys)
    assert "steepness · dog: stale, compared with slope" in told
    assert "    settings.output: logit -> probability" in told


def test_changed_code_data_packages_and_machine_are_told(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store is one that another netviz has filled on another machine."""
    store = Store(built.parent / "store")
    older = {
        "code": {"netviz.methods.gradients": "0123456789ab"},
        "data": {"netviz.networks.classes: old.txt": "0123456789ab"},
        "packages": {"numpy": "1.0"},
        "machine": {"threads": 99, "instructions": {"sse": "used"}},
        "weights": "imagenet 0123456789ab",
    }
    for key, origin in [*known_origins(store)]:
        parts = {
            name: {**part, **older.get(name, {})} if isinstance(part, dict) else older.get(name, part)
            for name, part in origin.parts.items()
        }
        shutil.rmtree(store.path("results", key))
        shutil.rmtree(store.path(ORIGINS, key))
        with store.writing(ORIGINS, key) as folder:
            kept = {"experiment": origin.experiment, "picture": origin.picture, "parts": parts}
            (folder / ORIGIN).write_text(json.dumps(kept), "utf-8")
    told = "\n".join(explained(built, capsys))
    for line in (
        "    machine.threads: 99 -> ",
        "    code.netviz.methods.gradients: 0123456789ab -> ",
        "    data.netviz.networks.classes: old.txt: 0123456789ab -> -\n",
        "    packages.numpy: 1.0 -> ",
        "    weights: imagenet 0123456789ab -> compact ",
    ):
        assert line in told


def test_a_result_that_is_gone_is_told(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(built.parent / "store" / "results")
    told = explained(built, capsys)
    assert told[-1] == "6 results: 0 fresh, 6 stale, 0 new" and "its result is not in the store" in told[-2]


def test_a_store_of_an_older_netviz_needs_no_origins(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(built.parent / "store" / ORIGINS)
    assert explained(built, capsys)[-1] == "6 results: 6 fresh, 0 stale, 0 new"
    edit(built, "id: slope\nmethod: gradient", "id: slope\nmethod: gradient\noutput: probability")
    assert "slope · dog: new" in explained(built, capsys)


def test_damaged_origins_are_passed_over(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (built.parent / "store" / ORIGINS).glob("*/*/*.json"):
        file.write_bytes(b"{}")
    edit(built, "id: slope\nmethod: gradient", "id: slope\nmethod: gradient\noutput: probability")
    assert "slope · dog: new" in explained(built, capsys)


def test_cleaning_keeps_the_origins_of_what_is_kept(built: Path) -> None:
    store = Store(built.parent / "store")
    edit(built, "id: slope\nmethod: gradient", "id: slope\nmethod: gradient\noutput: probability")
    shutil.rmtree(store.folder / SITES)  # that one stands which it was copied with
    assert main([*places(built), "--clean"]) == 0
    kept = {path.name for path in (store.folder / "results").glob("*/*")}
    assert kept == {path.name for path in (store.folder / ORIGINS).glob("*/*")} and len(kept) == 4


def test_a_difference_is_found_however_deep() -> None:
    before = {"a": {"b": {"c": 1, "d": [1, 2]}}, "gone": 1}
    after = {"a": {"b": {"c": 2, "d": (1, 2)}}, "new": 1}
    assert differences(before, after) == [Change("a.b.c", 1, 2), Change("gone", 1, None), Change("new", None, 1)]

"""The report of a build as a page: in the store's folder, for it tells times, and is no part of the site."""

from __future__ import annotations

import io
import json
import re
import shutil
from contextlib import redirect_stderr
from pathlib import Path

import html5lib
import pytest
from conftest import copied
from stored_results import known

from netviz.cache.store import Store
from netviz.command_line import main
from netviz.course.reading import read_course
from netviz.engine.execution import LocalExecutor, run_missing
from netviz.engine.origins import known_origins
from netviz.engine.plan import make_plan
from netviz.engine.run import PictureRunner
from netviz.networks.weights import describe
from netviz.progress import Reporter

TRAINED = "\n```experiment\nid: line\nmethod: train-regression\nsteps: 3\n```\n"
PAGE = Path("store", "report.html")


@pytest.fixture
def small(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small course with an experiment that a build runs at once; the others' results are made up."""
    return prepared(course, monkeypatch)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which it was built, and what was told."""
    course = copied(tmp_path_factory.mktemp("once"))
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(io.StringIO()) as told:
        prepared(course, patch)
        assert build() == 0
    return course.parent, told.getvalue()


@pytest.fixture
def built(once: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another course that was built, to be built again."""
    shutil.copytree(once[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "content"


def prepared(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    known(course, Store(course.parent / "store"))
    with (course / "lessons" / "01-first" / "en.md").open("a", encoding="utf-8") as text:
        text.write(TRAINED)
    monkeypatch.chdir(course.parent)
    return course


def build(*words: str) -> int:
    return main(["--store", "store", *words])


def rows(page: str, label: str) -> list[str]:
    """The cells of the row that begins with a label."""
    found = re.search(rf"<tr><td>{label}</td>.*?</tr>", page, re.DOTALL)
    assert found
    return re.findall(r"<td[^>]*>([^<]*)</td>", found[0])


def test_it_tells_what_ran_and_what_was_reused_with_its_seconds(once: tuple[Path, str]) -> None:
    folder, told = once
    assert "all of this as a page: store/report.html" in told
    page = (folder / PAGE).read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    ran, reused = rows(page, "line"), rows(page, "says · dog")
    assert ran[4] == "run" and re.fullmatch(r"\d+\.\d\d", ran[5]) and float(ran[6]) > 0
    assert reused[:6] == ["says · dog", "first", "predict", "float32", "reused", "–"]
    assert page.index("<td>line</td>") < page.index("<td>says · dog</td>")  # the slowest first
    assert "Claims: 2 kept, 2 broken" in page and "<code>numbers.norm &gt; 1000</code>" in page
    assert "has no fence for the experiment" in page and "2 warnings" not in page.split("Claims")[0]
    assert re.search(r"<td>chelsea \(.*?\)</td><td>[^<]* \d+\.\d %, ", page)


def test_what_is_reused_keeps_the_seconds_of_when_it_was_made(built: Path) -> None:
    first = rows(PAGE.read_text("utf-8"), "line")
    (built / "site.yaml").write_text((built / "site.yaml").read_text("utf-8").replace("small", "Small"), "utf-8")
    assert build() == 0
    second = rows(PAGE.read_text("utf-8"), "line")
    assert second[4] == "reused" and second[5:] == first[5:]


def test_it_is_no_part_of_the_site(once: tuple[Path, str]) -> None:
    folder, _ = once
    assert not (folder / "site" / "report.html").exists()
    files = [path for path in (folder / "site").rglob("*") if path.is_file()]
    assert files and all(b"report.html" not in path.read_bytes() for path in files)
    assert '<meta name="robots" content="noindex">' in (folder / PAGE).read_text("utf-8")


def test_nothing_of_a_course_becomes_markup_in_it(small: Path) -> None:
    site = small / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("A small course", '"<img src=x onerror=alert(1)>"'), "utf-8")
    assert build() == 0
    assert "<img" not in PAGE.read_text("utf-8") and "&lt;img" in PAGE.read_text("utf-8")


def test_where_it_can_not_be_written_the_build_is_as_good(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    PAGE.mkdir()
    assert build("--json") == 0
    assert json.loads(capsys.readouterr().out)["reply"]["page"] is None
    assert [path.name for path in Path("store").glob("report.html*")] == ["report.html"]


def test_what_runs_is_kept_with_its_seconds_memory_and_processor(small: Path) -> None:
    plan = make_plan(read_course(small, "compact"), describe("compact"))
    store = Store(Path("other"))
    run_missing([plan["line", ""]], LocalExecutor(no_network), store, Reporter())
    ((key, origin),) = known_origins(store)
    assert key == plan["line", ""].key and origin.experiment == "line"
    assert origin.seconds and origin.seconds > 0 and (origin.memory or 1) > 0 and origin.processor is not None


def no_network() -> PictureRunner:
    raise AssertionError("no network is needed")

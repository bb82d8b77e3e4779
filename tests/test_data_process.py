"""Experiments on data run beside the network, in a process of their own: the same results, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from cheap_network import open_cheap

from netviz import methods as methods_room
from netviz.cache.store import Store
from netviz.course.reading import read_course
from netviz.engine import execution
from netviz.engine.data_process import DataProcess
from netviz.engine.execution import LocalExecutor, run_missing
from netviz.engine.origins import origin_of
from netviz.engine.plan import Task, make_plan
from netviz.engine.record import RESULTS, load_record
from netviz.engine.run import PictureRunner
from netviz.mistakes import Mistakes
from netviz.modules import import_file
from netviz.networks.weights import describe
from netviz.progress import Reporter

OWN = """
import os
import pathlib
import subprocess
import time

import numpy as np

from netviz.methods import Passes, method

DATA = dict(title={"en": "x"}, summary={"en": "x"}, gives="scores", subject="data", views=("bars",),
            passes=lambda settings: Passes(0, training=100))


@method(**DATA)
def own_process():
    '''Who runs it.'''
    print("this is no answer")
    return {"names": np.array(["a", "b"]), "weights": np.ones(2), "process": np.array(float(os.getpid()))}


@method(**DATA)
def own_failure():
    '''Never works.'''
    raise ArithmeticError("the sums do not close")


@method(**DATA)
def own_end():
    '''Ends whatever runs it, but for the process of the tests.'''
    if "pytest" not in sys.modules:
        os._exit(7)
    return own_process()


@method(**DATA)
def own_asking():
    '''Reads what is typed.'''
    input()


@method(**DATA)
def own_waiting():
    '''Takes very long, and so does a process that it begins.'''
    begun = subprocess.Popen(["sleep", "600"])
    place = pathlib.Path(__file__).with_name("begun")
    place.with_suffix(".draft").write_text(str(begun.pid))
    place.with_suffix(".draft").rename(place)
    time.sleep(600)
"""
LESSON = "---\ntitle: x\nsummary: x\n---\n"
FENCE = "\n```experiment\nid: {0}\nmethod: {0}\n```\n"
ON_PICTURE = "\n```experiment\nid: gradient\nmethod: gradient\n```\n"
EMPTY = "---\ntitle: x\nsummary: x\n---\n\nx\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of methods that tell who runs them, fail, end their process, and never end, in a folder of an odd name."""
    file = tmp_path / "mine: a, b" / "methods_of_mine.py"
    file.parent.mkdir()
    file.write_text(OWN.replace("import os\n", "import os\nimport sys\n", 1), "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    methods_room.methods()  # those of the package are declared once in a process
    monkeypatch.setattr(methods_room, "_registry", {**methods_room._registry})
    import_file(file)
    yield file
    del sys.modules[file.stem]


def tasks_of(course: Path, *methods: str) -> list[Task]:
    """A task for each, in a course of one lesson."""
    fences = [FENCE.format(name) if name != "gradient" else ON_PICTURE for name in methods]
    (course / "lessons" / "01-first" / "en.md").write_text(LESSON + "".join(fences), "utf-8")
    for text in (course / "lessons" / "01-first" / "zh.md", *(course / "pages" / "home").glob("*.md")):
        text.write_text(EMPTY, "utf-8")
    known = read_course(course, "compact")
    assert not known.mistakes, [*map(str, known.mistakes)]
    return [*make_plan(known.offering([known.default_picture]), describe("compact")).values()]


def who_ran(task: Task, store: Store) -> float:
    return load_record(task, store).numbers["process"]


def test_what_a_process_makes_is_kept_with_its_seconds_and_memory(course: Path, own: Path, tmp_path: Path) -> None:
    (task,), store = tasks_of(course, "own-process"), Store(tmp_path / "store")
    with closing(DataProcess([task], store)) as process:
        answer = process.answer_to(task)
    assert answer and answer.key == task.key and not answer.mistakes
    assert who_ran(task, store) not in (0, os.getpid())
    origin = origin_of(task, store)
    assert origin and origin.seconds and origin.seconds <= answer.seconds


@pytest.mark.slow  # the process imports TensorFlow
def test_it_makes_what_is_made_here(course: Path, own: Path, tmp_path: Path) -> None:
    """To the last byte, by a method that learns."""
    (task,) = tasks_of(course, "train-regression")
    stores = [Store(tmp_path / name) for name in ("here", "there")]
    run_missing([task], LocalExecutor(no_network), stores[0], Reporter())
    with closing(DataProcess([task], stores[1])) as process:
        assert process.answer_to(task)
    here, there = ({name: file.read() for name, file in one.files(RESULTS, task.key).items()} for one in stores)
    assert here == there and here


def test_one_that_fails_is_told_of_and_keeps_no_other_from_being_run(course: Path, own: Path, tmp_path: Path) -> None:
    bad, good = tasks_of(course, "own-failure", "own-process")
    with closing(DataProcess([bad, good], Store(tmp_path / "store"))) as process:
        failed, fine = process.answer_to(bad), process.answer_to(good)
    assert failed and fine and not fine.mistakes
    (mistake,) = failed.mistakes
    assert "ArithmeticError the sums do not close" in str(mistake) and "01-first" in str(mistake.path)


def test_one_that_reads_what_is_typed_is_told_that_nothing_is(course: Path, own: Path, tmp_path: Path) -> None:
    """It must not wait for the end of what it was sent, nor take a part of it."""
    asking, good = tasks_of(course, "own-asking", "own-process")
    with closing(DataProcess([asking, good], Store(tmp_path / "store"))) as process:
        failed, fine = process.answer_to(asking), process.answer_to(good)
    assert failed and fine and not fine.mistakes
    assert "EOFError EOF when reading a line" in str(failed.mistakes[0])


def test_one_that_can_not_begin_says_so_in_a_line(
    course: Path, own: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (task,) = tasks_of(course, "own-process")
    own.rename(own.with_name("elsewhere.py"))
    with closing(DataProcess([task], Store(tmp_path / "store"))) as process:
        assert process.answer_to(task) is None
    assert capfd.readouterr().err == (
        "experiments on data go on in the build's own process: ModuleNotFoundError: No module named 'methods_of_mine'\n"
    )


def begun_by(own: Path) -> psutil.Process:
    """The process that a method has begun, as soon as it has."""
    place = own.with_name("begun")
    while not place.exists():
        time.sleep(0.05)
    return psutil.Process(int(place.read_text()))


def is_gone(process: psutil.Process) -> bool:
    """Whether it ends; a zombie has, whoever may have to bury it."""
    for _ in range(600):
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.1)
                continue
        return True
    return False


def test_what_methods_have_begun_ends_with_it(course: Path, own: Path, tmp_path: Path) -> None:
    with closing(DataProcess(tasks_of(course, "own-waiting"), Store(tmp_path / "store"))):
        begun = begun_by(own)
    assert is_gone(begun)


@pytest.fixture
def no_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "WORTH_A_PROCESS", 1)


@pytest.mark.usefixtures("no_threshold")
def test_data_is_looked_at_beside_the_network_and_what_its_process_leaves_is_done_here(
    course: Path, own: Path, tmp_path: Path
) -> None:
    tasks, store = tasks_of(course, "own-process", "own-end", "own-failure", "gradient"), Store(tmp_path / "store")
    done: list[str] = []
    with pytest.raises(Mistakes, match="the sums do not close"):
        executor = LocalExecutor(lambda: PictureRunner(open_cheap()))
        run_missing(tasks, executor, store, Reporter(), lambda task: done.append(task.experiment.id))
    assert sorted(done) == ["gradient", "own-end", "own-process"]
    assert who_ran(tasks[0], store) != os.getpid() == who_ran(tasks[1], store)


def test_without_a_network_to_be_run_it_is_done_here(
    course: Path, own: Path, tmp_path: Path, no_threshold: None
) -> None:
    (task,), store = tasks_of(course, "own-process"), Store(tmp_path / "store")
    run_missing([task], LocalExecutor(no_network), store, Reporter())
    assert who_ran(task, store) == os.getpid()


def test_it_ends_with_who_began_it_even_if_that_one_is_killed(course: Path, own: Path, tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from test_data_process import DataProcess, Store, import_file, tasks_of
import_file(Path({str(own)!r}))
process = DataProcess(tasks_of(Path({str(course)!r}), "own-waiting"), Store(Path({str(tmp_path / "store")!r})))
print(process._process.pid, flush=True)
sys.stdin.read()
"""
    elsewhere = [path for path in sys.path if path != str(own.parent)]  # the file brings its folder along
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(elsewhere)}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as begun:
        assert begun.stdout
        there = psutil.Process(int(begun.stdout.readline()))
        theirs = begun_by(own)
        begun.send_signal(signal.SIGKILL)
    assert is_gone(there) and is_gone(theirs)


def no_network() -> PictureRunner:
    raise AssertionError("no network is needed")

"""Many machines: experiments on workers give the bytes of a single machine, whatever becomes of the workers."""

from __future__ import annotations

import argparse
import gc
import io
import random
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import built_apart
import psutil
import pytest
from cheap_network import WEIGHTS, cheap_tasks, open_cheap
from cluster_apart import PATIENCE, free_address, start_scheduler, start_worker
from rich.console import Console
from test_verify import COUNTING

import netviz.methods
from netviz import cluster_addresses
from netviz.cache.store import Store
from netviz.cluster import connection, worker
from netviz.cluster.bundles import bundle, packed
from netviz.cluster.executor import ClusterExecutor
from netviz.cluster.identity import difference
from netviz.cluster.task_queue import PASSES, TaskQueue
from netviz.command_line import main
from netviz.engine import run
from netviz.engine.estimates import cost
from netviz.engine.execution import LocalExecutor, run_missing
from netviz.engine.plan import Task
from netviz.engine.record import RESULTS
from netviz.engine.run import PictureRunner
from netviz.mistakes import Mistakes
from netviz.progress import Reporter

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "tcp://192.168.0.10:8786"  # of the README
EMPTY = "---\ntitle: x\nsummary: x\n---\n\nx\n"
OWN_METHOD = """
import numpy as np

from netviz.methods import Passes, method


@method(title={"en": "Throws"}, summary={"en": "Of a die."}, gives="scores", subject="data", views=("bars",),
        passes=lambda settings: Passes(0))
def own_throws():
    '''Counts of six faces.'''
    counts = np.bincount(np.random.default_rng(0).integers(0, 6, 60), minlength=6)
    return {"names": np.array(list("abcdef")), "weights": counts}
"""
THROWING = COUNTING[: COUNTING.index("id:")] + "id: throws\nmethod: own-throws\n```\n"
NOBODY = "tcp://127.0.0.1:1"


def quiet() -> Reporter:
    """A reporter whose words can be looked at."""
    return Reporter(Console(file=io.StringIO(), width=400))


def said(reporter: Reporter) -> str:
    assert isinstance(reporter.console.file, io.StringIO)
    return reporter.console.file.getvalue()


def on_cluster(tasks: list[Task], address: str, store: Store, reporter: Reporter | None = None) -> int:
    executor = ClusterExecutor(address, WEIGHTS, open_cheap)
    try:
        return run_missing(tasks, executor, store, reporter or quiet())
    finally:
        executor.close()


def on_this_machine(tasks: list[Task], store: Store) -> None:
    run_missing(tasks, LocalExecutor(lambda: PictureRunner(open_cheap())), store, quiet())


def results(store: Store) -> Mapping[str, bytes]:
    """Every file of every result, by its path."""
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in store.folder.glob(f"{RESULTS}/*/*/*")}


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers, and a third with other weights."""
    address = free_address()
    running = [
        start_scheduler(address),
        *(start_worker(address) for _ in range(2)),
        start_worker(address, 0.0, "f" * 64),
    ]
    yield address
    for one in running:
        one.kill()


@pytest.mark.parametrize("word", ["local:1", "local:256", "tcp://h:8786", "tls://192.168.0.1:1", "tcp://[::1]:8786"])
def test_a_cluster_is_this_machine_or_a_schedulers_address(word: str) -> None:
    assert cluster_addresses.cluster(word) == word


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("local:0", "local:N, N from 1 to 256"),
        ("local", "local:N"),
        ("tcp://h", "such as tcp://192.168.0.10:8786"),
        ("h:8786", "no address of a scheduler"),
        ("tcp://h:0", "no address"),
        ("tcp://h:65536", "no address"),
        ("http://h:8786", "no address"),
        ("tcp://a b:8786", "no address"),
        ("tcp://a#b:8786", "no address"),
        ("tcp://a?b:8786", "no address"),
    ],
)
def test_another_word_is_refused(word: str, told: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=told):
        cluster_addresses.cluster(word)


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({"netviz": "b"}, "another version of netviz, or other --methods (code b, here a)"),
        ({"packages": {"numpy": "1"}}, "it has numpy 1, and this build 2"),
        ({"packages": {}}, "it has numpy not at all, and this build 2"),
        ({"weights": "imagenet 1"}, "start it with the same --weights"),
        ({"machine": {"instructions": ["avx"]}}, "its processor lacks avx512_bf16"),
        ({"machine": {"instructions": ["amx", "avx", "avx512_bf16"]}}, "has amx besides"),
        ({"machine": {"processors": 16}}, "it uses 16 processors, and this build 2"),
        ({"machine": {"threads": 1}}, "it uses 1 threads, and this build 2"),
        ({"machine": {"environment": {"OMP_NUM_THREADS": "1"}}}, "its environment has OMP_NUM_THREADS=1"),
        ({}, ""),
    ],
)
def test_why_a_worker_is_refused_is_told(theirs: dict[str, Any], told: str) -> None:
    machine = {"instructions": ["avx", "avx512_bf16"], "processors": 2, "threads": 2, "environment": {}}
    ours = {"netviz": "a", "packages": {"numpy": "2"}, "weights": "compact 0", "machine": machine}
    its = {**ours, **theirs, "machine": {**machine, **theirs.get("machine", {})}}
    assert told in difference(its, ours) and bool(told) == bool(difference(its, ours))
    assert "netviz worker" in difference(None, ours)


def test_tasks_are_sent_together_by_photo_and_precision_and_each_after_those_whose_maps_it_takes(
    tmp_path: Path,
) -> None:
    tasks = cheap_tasks(tmp_path, 40)
    tasks += [replace(task, precision="float64") for task in tasks if not task.of]
    queue = TaskQueue(random.Random(0).sample(tasks, len(tasks)))
    known: set[str] = set()
    while queue:
        taken = queue.take(1)
        assert len({task.precision for task in taken}) == 1
        assert sum(map(cost, taken)) <= PASSES
        assert {other.key for task in taken for other in task.of} <= known
        for task in taken:
            queue.done(task)
            known.add(task.key)
    assert known == {task.key for task in tasks}


def test_of_little_everyone_gets_some_and_what_ended_a_worker_goes_alone(tmp_path: Path) -> None:
    tasks = cheap_tasks(tmp_path, 8, ["says"])
    queue = TaskQueue(tasks)
    first = queue.take(4)
    assert len(first) == 1
    queue.put_back([*first, *queue.take(1)], alone=True)
    assert len(queue.take(1)) == 1


def test_a_bundle_takes_along_the_bytes_of_photos_and_maps_and_nothing_of_the_disk(tmp_path: Path) -> None:
    tasks, store = cheap_tasks(tmp_path, 1), Store(tmp_path / "store")
    on_this_machine(tasks, store)
    sent = packed(bundle(tasks, store))
    assert tasks[0].picture and tasks[0].picture.path.read_bytes() in sent
    assert store.read(RESULTS, tasks[1].key, "arrays.npz") in sent
    assert str(tmp_path / "photo").encode() not in sent


def test_what_the_network_says_is_remembered_of_the_latest_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten thousand it would be 40 MB."""
    monkeypatch.setattr(run, "LATELY", 3)
    runner, tasks = PictureRunner(open_cheap()), cheap_tasks(tmp_path, 8, ["says", "slope"])
    order: list[str] = []
    store = Store(tmp_path / "store")
    by_experiment = sorted(tasks, key=lambda task: task.experiment.id)
    run_missing(by_experiment, LocalExecutor(lambda: runner), store, quiet(), lambda task: order.append(task.label))
    assert order == [task.label for task in tasks], "all that is asked of a photo comes together"
    assert [*runner._logits] == [task.picture.digest for task in tasks[-6::2] if task.picture]


@pytest.mark.slow
def test_a_photo_that_changes_or_goes_before_it_is_sent_is_told_of(tmp_path: Path, scheduler: str) -> None:
    tasks, store = cheap_tasks(tmp_path, 5, ["says"]), Store(tmp_path / "store")
    _ = [task.key for task in tasks]
    (tmp_path / "photo-1.png").unlink()
    shutil.copy(tmp_path / "photo-3.png", tmp_path / "photo-2.png")
    with pytest.raises(Mistakes) as caught:
        on_cluster(tasks, scheduler, store)
    told = str(caught.value)
    assert "the photo photo-1 can't be read: there is no such file" in told
    assert "the photo photo-2 can't be read: it has changed since this build began; build again" in told
    assert len(caught.value.mistakes) == 2
    assert [store.has(RESULTS, task.key) for task in tasks] == [True, False, False, True, True]


@pytest.mark.slow
def test_results_of_workers_are_those_of_one_machine_to_the_last_byte(tmp_path: Path, scheduler: str) -> None:
    tasks = cheap_tasks(tmp_path, 20)
    here, there, reporter = Store(tmp_path / "here"), Store(tmp_path / "there"), quiet()
    on_this_machine(tasks, here)
    assert on_cluster(tasks, scheduler, there, reporter) == len(tasks)
    assert results(there) == results(here)
    assert "2 workers at tcp://127.0.0.1" in said(reporter)
    assert "is refused: its weights are compact ffffffffffff, and this build's compact cccccccccccc" in said(reporter)
    assert on_cluster(tasks, NOBODY, there) == 0, "with nothing to run nobody is asked"


@pytest.mark.slow
def test_a_worker_that_is_refused_says_so_where_it_was_started(tmp_path: Path) -> None:
    address, words = free_address(), tmp_path / "said"
    words.touch()
    others = [start_scheduler(address), start_worker(address, 0.0, "f" * 64, said=words), start_worker(address)]
    assert on_cluster(cheap_tasks(tmp_path, 2, ["says"]), address, Store(tmp_path / "store")) == 2
    until = time.monotonic() + PATIENCE
    while "a build refuses this worker: its weights are compact ffffffffffff" not in words.read_text("utf-8"):
        assert time.monotonic() < until
        time.sleep(0.05)
    for one in others:
        one.kill()
        one.join()


@pytest.mark.slow
def test_what_fails_on_a_worker_is_told_and_the_rest_is_kept(tmp_path: Path, scheduler: str) -> None:
    tasks, store = cheap_tasks(tmp_path, 3, ["says", "cam"]), Store(tmp_path / "store")
    photo = tmp_path / "photo-0.png"
    photo.write_bytes(photo.read_bytes()[:200])
    with pytest.raises(Mistakes) as caught:
        on_cluster(tasks, scheduler, store)
    told = str(caught.value)
    assert told.count("the photo photo-0 can't be read") == 2
    assert "grad-cam can't run (cam · photo-1): AttributeError" in told
    assert all(str(file) in told for file in store.folder.glob("error-*.txt"))
    assert {task.label for task in tasks if store.has(RESULTS, task.key)} == {"says · photo-1", "says · photo-2"}


@pytest.mark.slow
def test_nobody_but_this_machine_can_reach_what_listens_here(scheduler: str) -> None:
    port = int(scheduler.rpartition(":")[2])
    children = psutil.Process().children(recursive=True)  # among which a browser's driver may be
    heard = [{one.laddr for one in child.net_connections() if one.status == psutil.CONN_LISTEN} for child in children]
    schedulers = [places for places in heard if port in {place.port for place in places}]
    assert schedulers
    assert {place.ip for places in schedulers for place in places} == {"127.0.0.1"}


@pytest.mark.slow
def test_the_lines_of_the_readme_build_a_course_on_another_process(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [lines] = [text for text in re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S) if "worker" in text]
    commands = [line.partition("#")[0].split() for line in lines.splitlines()]
    install, schedule, work, build = ([{ADDRESS: free_address()}.get(word, word) for word in one] for one in commands)
    address = schedule[-1]
    assert ROOT.joinpath(install[-1]).is_file()
    for path in course.glob("*/*/*.md"):
        path.write_text(COUNTING if path.name == "en.md" and path.parent.name == "01-first" else EMPTY, "utf-8")
    monkeypatch.chdir(course.parent)
    others = [built_apart.start(*one[2:]) for one in (schedule, [*work[:-1], address])]
    assert main([*build[2:-1], address]) == 0
    for one in others:
        one.kill()
    assert f"1 worker at {address}" in capsys.readouterr().err


@pytest.mark.slow
def test_workers_of_this_machine_come_with_the_build_and_know_methods_of_ones_own(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(netviz.methods, "_registry", dict(netviz.methods.methods()))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(course.parent)
    Path("own_throws.py").write_text(OWN_METHOD, "utf-8")
    for path in course.glob("*/*/*.md"):
        path.write_text(THROWING if path.name == "en.md" and path.parent.name == "01-first" else EMPTY, "utf-8")
    export = ["--methods", "own_throws.py", "--export", "throws"]
    assert main([*export, "--to", "there", "--store", "other", "--cluster", "local:1"]) == 0
    assert "1 worker at local:1" in capsys.readouterr().err
    assert main([*export, "--to", "here"]) == 0
    assert Path("there/throws.npz").read_bytes() == Path("here/throws.npz").read_bytes()


@pytest.mark.parametrize("command", [["--cluster", NOBODY], ["worker", NOBODY]])
def test_an_address_where_nobody_answers_is_told_in_one_sentence(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    monkeypatch.chdir(course.parent)
    assert main(command) == 1
    told = capsys.readouterr().err
    assert f"no scheduler answers at {NOBODY}" in told and f"scheduler {NOBODY}` starts one" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("command", ["--cluster", "worker"])
def test_a_host_that_nobody_knows_is_told_as_that(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    monkeypatch.chdir(course.parent)
    address = "tcp://nowhere.invalid:8786"  # which no name server knows, by RFC 2606
    assert main([command, address]) == 1
    told = capsys.readouterr().err
    assert f"no scheduler can be found at {address}: no host of that name is known here" in told
    assert "imed out" not in told and "Traceback" not in told


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://192.0.2.1:8786", "assign requested address"),  # which no machine has, by RFC 5737
        ("tcp://a..b:8786", "label empty or too long"),
        ("tcp://[::::]:8786", "'::::' does not appear to be"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Tornado drops its socket
def test_why_a_scheduler_cannot_listen_is_told(address: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    gc.freeze()  # what is there already need not be looked through for what Tornado drops
    assert main(["scheduler", address]) == 1
    told = capsys.readouterr().err
    assert f"can't listen at {address} (" in told and why in told
    gc.collect()


@pytest.mark.parametrize("address", ["tcp://255.255.255.255:1", "tcp://a..b:1", "tcp://[::1]:1", "tcp://[::::]:1"])
def test_a_worker_tells_in_one_line_that_it_finds_no_scheduler(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    assert main(["worker", address]) == 1
    assert f"no scheduler answers at {address}" in capsys.readouterr().err
    assert not [one for one in recwarn if one.category is RuntimeWarning]


@pytest.mark.slow
@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_a_cluster_may_be_reached_by_ipv6(tmp_path: Path) -> None:
    address = free_address().replace("127.0.0.1", "[::1]")
    others = [start_scheduler(address), start_worker(address)]
    tasks = cheap_tasks(tmp_path, 2, ["says"])
    assert on_cluster(tasks, address, Store(tmp_path / "store")) == len(tasks)
    for one in others:
        one.kill()


def test_what_runs_no_experiment_takes_no_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--cluster", "local:2", "--explain"])
    assert "--explain runs none: leave it out" in capsys.readouterr().err


def test_without_dask_one_sentence_says_what_to_install(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    for module in ("executor", "connection", "worker"):
        monkeypatch.delitem(sys.modules, f"netviz.cluster.{module}", raising=False)
    assert main(["--content", str(course), "--cluster", "local:2"]) == 1
    told = capsys.readouterr().err
    assert "many machines need Dask" in told and "cluster" in told.partition("`")[2] and "Traceback" not in told

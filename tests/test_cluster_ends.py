"""A cluster's ends: those of its wires, which TLS may guard, and that of its processes, which leave nothing behind."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import psutil
import pytest
from cheap_network import cheap_tasks
from cluster_apart import free_address, start_scheduler, start_worker
from test_cluster import EMPTY, OWN_METHOD, README, THROWING, on_cluster, on_this_machine, results

from netviz.cache.store import Store
from netviz.cluster import connection
from netviz.cluster.dask_library import ClusterUnavailable

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; no test waits as long unless something is broken
SLEEPS = "    import time; open('begun', 'w').close(); time.sleep(600)\n    counts"

TLS = "distributed.comm.tls"

pytestmark = pytest.mark.slow


# TLS


@pytest.fixture
def certificates(tmp_path: Path) -> dict[str, str]:
    """Settings of Dask's, for a key and a certificate made just now."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    made = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=netviz -keyout {key}"
    subprocess.run([openssl, *made.split(), "-out", certificate], check=True, capture_output=True)
    [[variable, value]] = re.findall(r"`(DASK_\w+)=(ca\.pem)`", README)
    assert dask.config.get(f"{TLS}.ca_file", config=dask.config.collect_env({variable: value})) == value
    settings = {f"{TLS}.ca_file": str(certificate)}
    for who in ("scheduler", "worker", "client"):
        settings |= {f"{TLS}.{who}.cert": str(certificate), f"{TLS}.{who}.key": str(key)}
    return settings


@pytest.fixture
def guarded(certificates: dict[str, str]) -> Iterator[str]:
    """The address of a scheduler with a worker, which both are reached by TLS alone."""
    address = free_address().replace("tcp:", "tls:")
    others = [start_scheduler(address, settings=certificates), start_worker(address, settings=certificates)]
    yield address
    for one in others:
        one.kill()


def test_results_come_by_tls_and_whoever_has_no_certificate_is_not_let_in(
    tmp_path: Path, guarded: str, certificates: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, here, there = cheap_tasks(tmp_path, 3), Store(tmp_path / "here"), Store(tmp_path / "there")
    on_this_machine(tasks, here)
    with dask.config.set(certificates):
        assert on_cluster(tasks, guarded, there) == len(tasks)
    assert results(there) == results(here)
    monkeypatch.setattr(connection, "PATIENCE", 1)
    for address in (guarded, guarded.replace("tls:", "tcp:")):
        with pytest.raises(ClusterUnavailable, match=f"no scheduler answers at {address}"):
            on_cluster(tasks, address, Store(tmp_path / address[:3]))


# Ctrl-C


def started(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "build.py"), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a process ends that alone hears Ctrl-C, and what it says; nothing of what it started may go on."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=PATIENCE)[1]
    left = psutil.wait_procs(family, timeout=PATIENCE)[1]
    assert not left, [one.cmdline() for one in left]
    return process.returncode, told


def test_ctrl_c_ends_a_build_and_its_workers(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.parent)
    Path("own_throws.py").write_text(OWN_METHOD.replace("    counts", SLEEPS, 1), "utf-8")
    for path in course.glob("*/*/*.md"):
        path.write_text(THROWING if path.name == "en.md" and path.parent.name == "01-first" else EMPTY, "utf-8")
    build = started("--methods", "own_throws.py", "--cluster", "local:2")
    until = time.monotonic() + PATIENCE
    while not Path("begun").exists():
        assert build.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    code, told = interrupted(build)
    assert code == 130 and "stopped; what was computed is kept" in told and "Traceback" not in told
    assert not Path("site").exists()


def test_ctrl_c_ends_a_scheduler_and_a_worker() -> None:
    address = free_address()
    scheduler = started("scheduler", address)
    assert scheduler.stderr and f"listens at {address}" in scheduler.stderr.readline()
    worker = started("worker", address)
    assert worker.stderr and f"works for {address}" in worker.stderr.readline()
    for process in (worker, scheduler):
        code, told = interrupted(process)
        assert code == 130 and "Traceback" not in told, told

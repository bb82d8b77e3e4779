"""What XLA compiles is kept for the next process of this machine: it computes the same, and takes nothing damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netviz.cache import compiled
from netviz.cache.compiled import VARIABLE, compiled_folder, keeping_compiled, seal_compiled
from netviz.cache.manifest import sealed
from netviz.networks.precision import cpu_flags

SCRIPT = """
import hashlib, os, sys
from pathlib import Path
from netviz.cache import compiled

compiled.FOLDER = Path(sys.argv[1])
with compiled.keeping_compiled():
    from netviz.networks.winograd import convolve, tf

    tf.config.list_logical_devices()
values = tf.reshape(tf.range(2 * 8 * 8 * 4, dtype=tf.float32), (2, 8, 8, 4))
print(hashlib.sha256(convolve(values, values[0, :3, :3, :, None]).numpy().tobytes()).hexdigest())
compiled.seal_compiled()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(compiled, "FOLDER", tmp_path / "a folder")
    monkeypatch.setattr(compiled, "cpu_flags", lambda: frozenset({"sse"}))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv(VARIABLE, raising=False)
    compiled_folder.cache_clear()
    found = compiled_folder()
    assert found
    yield found
    compiled_folder.cache_clear()


def left_by_a_process(folder: Path, *names: str) -> None:
    with keeping_compiled():
        for name in names:
            (folder / name).write_bytes(name.encode() * 100)


def kept(folder: Path) -> set[str]:
    """What the next process finds."""
    with keeping_compiled():
        return {file.name for file in folder.glob("*.pb")}


def test_tensorflow_is_told_where_while_it_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for before in (None, "--tf_xla_auto_jit=0"):
        if before:
            monkeypatch.setenv(VARIABLE, before)
        with keeping_compiled():
            assert os.environ[VARIABLE].endswith(f"--tf_xla_persistent_cache_directory='{folder}'")
            assert os.environ[VARIABLE].startswith(before or "--")
        assert os.environ.get(VARIABLE) == before, "it would be in the keys of results"


def test_only_what_was_noted_and_is_whole_is_taken(folder: Path) -> None:
    left_by_a_process(folder, "a.pb", "b.pb")
    assert kept(folder) == set(), "that process was killed"
    left_by_a_process(folder, "a.pb", "b.pb")
    seal_compiled()
    assert kept(folder) == {"a.pb", "b.pb"}
    left_by_a_process(folder, "c.pb")
    (folder / "b.pb").write_bytes(b"b.pb" * 99)
    seal_compiled()
    assert kept(folder) == {"a.pb", "c.pb"}
    for nobodys in (b"{}", sealed([1])):
        left_by_a_process(folder, "a.pb")
        (folder / compiled.SEALS).write_bytes(nobodys)
        assert kept(folder) == set()


def test_where_python_keeps_nothing_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    compiled_folder.cache_clear()
    with keeping_compiled():
        assert VARIABLE not in os.environ
    seal_compiled()
    assert not folder.exists()


def test_where_no_folder_can_be_made_nothing_is_kept(folder: Path) -> None:
    folder.parents[2].mkdir(exist_ok=True)
    (folder.parents[1]).write_text("")
    with keeping_compiled():
        assert VARIABLE not in os.environ
    seal_compiled()


@pytest.mark.slow
@pytest.mark.skipif(not cpu_flags(), reason="it can't be told whose code it would be")
def test_the_next_process_takes_it_and_computes_the_same(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def computed() -> tuple[str, dict[Path, int]]:
        script = [sys.executable, "-c", SCRIPT, str(tmp_path / "a folder")]
        told = subprocess.run(script, env=environment, capture_output=True, check=True, text=True).stdout
        return told, {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.pb")}

    first, files = computed()
    assert len(files) == 2, "of either transform"
    assert computed() == (first, files), "what is taken isn't written again"
    file = next(iter(files))
    file.write_bytes(file.read_bytes()[:1000])
    assert computed()[0] == first
    assert file.stat().st_size > 1000

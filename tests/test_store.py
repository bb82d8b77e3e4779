"""The store: an entry is whole or absent, whatever happens while it is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netviz.store import Store, key_of


def test_equal_values_have_equal_keys_and_others_do_not() -> None:
    assert key_of({"a": 1, "b": [2, "三"]}) == key_of({"b": [2, "三"], "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 1.5})
    assert key_of(["ab", "c"]) != key_of(["a", "bc"])


def test_a_key_is_the_same_in_every_process() -> None:
    script = "from netviz.store import key_of; print(key_of({'x': [1, 2.5, 'ü'], 'y': {'b': None, 'a': True}}))"
    seeds = ("1", "2")
    keys = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in seeds
    }
    assert len(keys) == 1


def test_a_key_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError):
        key_of(float("nan"))


def test_an_entry_appears_when_it_is_complete(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", "k1") as folder:
        (folder / "a.txt").write_text("one")
        assert not store.has("results", "k1")
    assert (store.path("results", "k1") / "a.txt").read_text() == "one"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(RuntimeError), store.writing("results", "k1") as folder:
        (folder / "a.txt").write_text("half")
        raise RuntimeError
    assert not store.has("results", "k1")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_two_writers_of_one_key_do_not_disturb_each_other(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", "k1") as slow:
        (slow / "a.txt").write_text("slow")
        with store.writing("results", "k1") as fast:
            (fast / "a.txt").write_text("fast")
    assert (store.path("results", "k1") / "a.txt").read_text() == "fast"


def test_kinds_are_kept_apart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", "k1") as folder:
        (folder / "a.txt").touch()
    assert store.has("results", "k1")
    assert not store.has("figures", "k1")

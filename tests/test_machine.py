"""What of the machine is in the keys: the threads that compute are those that the key names."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os
os.sched_setaffinity(0, {PROCESSORS})
from netviz.networks.machine import machine
told = machine()["threads"]
from netviz.networks.quiet import import_tensorflow
print(told, import_tensorflow().config.threading.get_intra_op_parallelism_threads(), machine()["environment"])
"""


def told(processors: set[int], **environment: str) -> list[str]:
    """The threads in the key, those of TensorFlow, and the environment in the key, in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "OMP_"))}
    script = SCRIPT.replace("PROCESSORS", ", ".join(map(str, sorted(processors))))
    return subprocess.run(
        [sys.executable, "-c", script], env={**clean, **environment}, capture_output=True, check=True, text=True
    ).stdout.split(maxsplit=2)


@pytest.mark.slow
def test_tensorflow_uses_as_many_threads_as_the_key_says() -> None:
    """As many as the processors that this process may use, which `taskset` and containers limit."""
    some = sorted(os.sched_getaffinity(0))
    assert told(set(some[:1])) == ["1", "1", "{}\n"]
    assert told(set(some)) == [str(len(some)), str(len(some)), "{}\n"]


@pytest.mark.slow
@pytest.mark.parametrize("number", ["3", "1"])
def test_a_number_of_threads_that_is_asked_for_is_the_one_in_the_key(number: str) -> None:
    shown = told(os.sched_getaffinity(0), TF_NUM_INTRAOP_THREADS=number, OMP_NUM_THREADS="2")
    environment = {"TF_NUM_INTRAOP_THREADS": number, "OMP_NUM_THREADS": "2"}
    assert shown[:2] == [number, number] and eval(shown[2]) == environment


@pytest.mark.parametrize("number", ["", "many", "0", "-1", "²"])
def test_a_number_that_is_none_is_not_obeyed(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from netviz.networks.machine import threads

    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", number)
    assert threads() == len(os.sched_getaffinity(0))

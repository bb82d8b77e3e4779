"""What of the machine is in the keys: the threads that compute are those that the key names."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from netviz.networks.machine import machine, threads

ALL = sorted(os.sched_getaffinity(0))
ASKED = [  # the processors that a process may use, and its environment
    (ALL[:1], {}),
    (ALL, {}),
    (ALL, {"TF_NUM_INTRAOP_THREADS": "3", "OMP_NUM_THREADS": "2"}),
    (ALL, {"TF_NUM_INTRAOP_THREADS": "1", "OMP_NUM_THREADS": "2"}),
]
SCRIPT = """
import json, os, sys
import tensorflow  # once for all of them: it is not asked for anything yet

for processors, environment in json.loads(sys.argv[1]):
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    os.sched_setaffinity(0, processors)
    os.environ.update(environment)
    from netviz.networks.machine import machine
    told = machine()["threads"]
    from netviz.networks.quiet import import_tensorflow
    used = import_tensorflow().config.threading.get_intra_op_parallelism_threads()
    print(json.dumps([told, used, machine()["environment"]]), flush=True)
    os._exit(0)
"""


@pytest.mark.slow
def test_tensorflow_uses_as_many_threads_as_the_key_says() -> None:
    """As many as are asked for, or as processors that the process may use, which `taskset` and containers limit."""
    around = {name: value for name, value in os.environ.items() if name not in machine()["environment"]}
    script = [sys.executable, "-c", SCRIPT, json.dumps(ASKED)]
    told = subprocess.run(script, env=around, capture_output=True, check=True, text=True).stdout.splitlines()
    wanted = [int(env.get("TF_NUM_INTRAOP_THREADS", len(processors))) for processors, env in ASKED]
    assert [json.loads(line) for line in told] == [
        [threads, threads, env] for threads, (_, env) in zip(wanted, ASKED, strict=True)
    ]


@pytest.mark.parametrize("number", ["", "many", "0", "-1", "²"])
def test_a_number_that_is_none_is_not_obeyed(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", number)
    assert threads() == len(os.sched_getaffinity(0))

"""What of the machine decides the last digits of a result, so that it is in the result's key. No TensorFlow in here.

Sums are split among threads and registers, so another number of threads or another kind of processor adds in another
order: with 1, 2 and 4 threads the same maps differ by 2 to 3 millionths of their greatest value. As many threads on
fewer processors give the same bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from netviz.networks.precision import cpu_flags

CHOSEN_HERE = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS")  # by netviz.networks.quiet, whatever was set before
SET_WHEN_IMPORTED = ("TF2_BEHAVIOR", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK")  # by TensorFlow and scikit-learn
_REGISTERS = re.compile(r"sse|ssse|avx|fma|f16c|amx|asimd|sve")
_LIBRARIES = re.compile(r"(TF(?!_CLI_|_VAR_)|XLA|ONEDNN|DNNL|OMP|KMP|GOMP|OPENBLAS|GOTO|MKL|BLIS|NPY|NUMBA)_")


@cache
def machine() -> Mapping[str, Any]:
    """Threads, vector instructions, and the variables of the environment that libraries of arithmetic obey."""
    return {
        "threads": threads(),
        "processors": _processors(),  # NumPy, SciPy and scikit-learn use as many threads, or what their variables say
        "instructions": sorted(flag for flag in cpu_flags() if _REGISTERS.match(flag)),
        "environment": {
            name: value
            for name, value in os.environ.items()
            if _LIBRARIES.match(name) and name not in (*CHOSEN_HERE, *SET_WHEN_IMPORTED)
        },
    }


def threads() -> int:
    """How many threads TensorFlow is told to use: what its variable says, else the processors open to this process."""
    asked = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    return int(asked) if asked.isdecimal() and int(asked) else _processors()


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # a system that does not tell
        return os.cpu_count() or 1

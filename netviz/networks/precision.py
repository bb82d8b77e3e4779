"""Which precision an experiment is computed in: one rule, the same on the same machine.

Half precision (bfloat16) has float32's range and 8 of its 24 binary digits. A processor that multiplies matrices in
it is several times as fast; any other is slower than in float32. The mean of many passes loses little by it, a single
pass more: so methods say whether they are fit for it (`netviz.methods.method`, ``half``). Importing this does not
import TensorFlow.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from netviz.networks import Precision

QUICK_HALF = frozenset({"amx_bf16", "avx512_bf16"})  # what Linux calls the instructions
CPU_INFO = Path("/proc/cpuinfo")


def choose(fit_for_half: bool, asked: Precision | None, flags: frozenset[str]) -> Precision:
    """What was asked for, else half where method and processor are fit for it, else float32.

    A method that is not fit for half precision never gets it.
    """
    if asked and (fit_for_half or asked != "bfloat16"):
        return asked
    return "bfloat16" if fit_for_half and not asked and flags & QUICK_HALF else "float32"


@cache
def cpu_flags(cpu_info: Path = CPU_INFO) -> frozenset[str]:
    """What the first processor says it can do, in Linux's words; nothing where it is not told."""
    try:
        lines = cpu_info.read_text("ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), frozenset())

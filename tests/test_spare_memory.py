"""Memory that is free again goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from netviz.engine import spare_memory
from netviz.engine.spare_memory import give_back

PAGE = 4096  # bytes, or more: then less is counted


def resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


@pytest.mark.skipif(spare_memory._trim() is None, reason="another C library than glibc")
def test_what_lies_between_what_is_in_use_goes_back_too() -> None:
    blocks = [np.ones(12_000) for _ in range(500)]  # of 96 kB, which glibc cuts from one heap
    del blocks[::2]
    before = resident()
    give_back()
    assert before - resident() > 10**7  # of 24 MB
    assert all(block.all() for block in blocks)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_nothing_happens(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spare_memory._trim.cache_clear()
    monkeypatch.setattr(sys, "platform", platform)
    give_back()
    spare_memory._trim.cache_clear()

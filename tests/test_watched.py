"""What is executed while a method runs, its figure is drawn and its page is woven is in the keys: it is watched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from netviz.methods import methods

pytestmark = pytest.mark.slow
TESTS = Path(__file__).parent
NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))


def chosen() -> list[str]:
    """Every method by night; else one of each module, and all that run another that a setting names."""
    first = {one.function.__module__: name for name, one in reversed(list(methods().items()))}
    others = [name for name, one in methods().items() if "of_method" in one.settings.model_fields]
    return list(methods()) if NIGHTLY else sorted({*first.values(), *others})


@pytest.fixture(scope="module")
def lacking() -> dict[str, dict[str, list[str]]]:
    """By method, and for the small site, the modules and distributions that were executed and are in no key."""
    paths = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    told = subprocess.run(
        [sys.executable, str(TESTS / "watched.py"), *chosen()],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found: dict[str, dict[str, list[str]]] = json.loads(told)
    return found


@pytest.mark.parametrize("name", [*chosen(), "site"])
def test_whatever_is_executed_is_in_the_key(name: str, lacking: dict[str, dict[str, list[str]]]) -> None:
    assert {what: names for what, names in lacking[name].items() if names} == {}

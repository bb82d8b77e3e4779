"""Lines of the old recipe that are tried in a process of their own, written down as a measurement."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def write(tried: Mapping[str, Callable[[], Any]], name: str, how: str, packages: Sequence[str]) -> None:
    """Try each, and write 1 for those that give anything but None or False, 0 for others, to the file of the command.

    ``name`` is the measurement's, and the script's with underscores; ``how`` tells readers what was tried, ``packages``
    are those whose versions matter.
    """
    script = f"tests/bench/{name.replace('-', '_')}.py"
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": f"python {script} content/measurements/{name}.json",
        "how": how,
        "versions": {package: importlib.metadata.version(package) for package in packages},
        "values": {line: int(_works(line, ask)) for line, ask in tried.items()},
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def _works(line: str, ask: Callable[[], Any]) -> bool:
    """Whether it gives anything; what it says instead is printed."""
    try:
        answer = ask()
    except Exception as error:
        print(f"{line}: {type(error).__name__}: {str(error)[:120]}")
        return False
    return answer is not None and answer is not False

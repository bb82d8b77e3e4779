"""YAML as plain values, read fast: for files of this project's own, whose mistakes are no author's.

What authors write is read by `netviz.yaml_places`, which tells where a mistake is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # LibYAML's, where PyYAML was built with it


def read_plain(file: Path) -> Any:
    """A file's values (no tags, no code)."""
    return yaml.load(file.read_text("utf-8"), LOADER)

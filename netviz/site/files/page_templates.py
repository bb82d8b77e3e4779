"""Which files of a folder of templates pages are made of: not those that go into the site as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from netviz.cache.inputs import LEFT_OUT, digest_of

FILLED_IN = (".html", ".xml")
AS_THEY_ARE = (".css", ".js", ".svg")
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)


def templates_key(folders: Iterable[Path]) -> str:
    """A key of what pages are made of. A style or a script counts only where a template takes it in.

    So another colour in a style weaves no page anew.
    """
    return digest_of(file for folder in folders for file in _taken_in(folder))


def _taken_in(folder: Path) -> Iterator[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and LEFT_OUT not in path.parts)
    texts = (path.read_text("utf-8", errors="replace") for path in files if path.suffix in FILLED_IN)
    tags = "".join(tag for text in texts for tag in _TAG.findall(text))
    return (path for path in files if path.suffix not in AS_THEY_ARE or path.name in tags)

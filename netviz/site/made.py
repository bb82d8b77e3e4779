"""Files that are made only if something they depend on has changed; else they are taken over from the old site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from netviz.inputs import TEMPLATES, digest_of
from netviz.methods import methods
from netviz.sources import code_digest
from netviz.store import key_of


@dataclass(frozen=True)
class Made:
    """A file of a site that is yet to be made: a key of all that it depends on, and how."""

    key: str
    make: Callable[[], str]


@dataclass
class Takeover:
    """The site that stands so far, with the keys of its files; ``keys`` gathers those of the new one."""

    site: Path
    old: Mapping[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def has(self, path: str, key: str) -> bool:
        """Whether the old site's file is just what would be made."""
        return self.old.get(path) == key and (self.site / path).is_file()

    def content(self, path: str, made: Made) -> str | Path:
        """The old site's file, or the text of a new one."""
        self.keys[path] = made.key
        return self.site / path if self.has(path, made.key) else made.make()


@cache
def code_key() -> str:
    """A key of all that makes files of results: templates, modules with their words, distributions."""
    declared = sorted({method.function.__module__ for method in methods().values()})
    return key_of([digest_of([TEMPLATES]), code_digest("netviz.site.compose", *declared)])

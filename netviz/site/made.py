"""Files that are made only if something they depend on has changed; else they are taken over from the old site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


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

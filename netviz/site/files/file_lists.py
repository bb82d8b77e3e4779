"""The files of a site by their paths: a few at hand, and those of galleries' photos, found when they are asked for."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence

from netviz.cache.manifest import Kept

Content = str | bytes | Kept
Files = Mapping[str, Content]
"""A site's files by their path in it: text (in UTF-8), bytes, or a file that is kept elsewhere."""
AT_HAND = 200  # files of photos: as few are found once, ten thousand whenever they are asked for


class FilesOfPhotos(Mapping[str, Content]):
    """A file for each of many photos, in the order of their paths.

    ``path`` and ``file`` give both by a photo's number, and ``numbers`` are those that have one.
    """

    def __init__(self, numbers: Iterable[int], path: Callable[[int], str], file: Callable[[int], Kept]) -> None:
        self._numbers, self._path, self._file = array("L", sorted(numbers, key=path)), path, file

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self._path, self._numbers)

    def __getitem__(self, name: str) -> Kept:
        place = bisect_left(self._numbers, name, key=self._path)
        if place == len(self) or self._path(self._numbers[place]) != name:
            raise KeyError(name)
        return self._file(self._numbers[place])

    def items(self) -> ItemsView[str, Content]:
        """Paths with their files."""
        return _InOrder(self, lambda: ((self._path(one), self._file(one)) for one in self._numbers))


class SiteFiles(Mapping[str, Content]):
    """All files of a site, in the order of their paths: the ``few`` that are at hand, and those of ``many`` photos."""

    def __init__(self, few: Files, many: Sequence[FilesOfPhotos] = ()) -> None:
        held = {path: file for one in many if len(one) <= AT_HAND for path, file in one.items()}
        self.few = dict(sorted({**few, **held}.items()))
        self.many = [one for one in many if len(one) > AT_HAND]

    def __len__(self) -> int:
        return sum(map(len, (self.few, *self.many)))

    def __iter__(self) -> Iterator[str]:
        return heapq.merge(self.few, *self.many)

    def __getitem__(self, name: str) -> Content:
        for part in (self.few, *self.many):
            if name in part:
                return part[name]
        raise KeyError(name)

    def items(self) -> ItemsView[str, Content]:
        """Paths with their files."""
        parts = (self.few, *self.many)
        return _InOrder(self, lambda: heapq.merge(*(one.items() for one in parts), key=lambda item: item[0]))

    def __or__(self, more: Files) -> SiteFiles:
        """These, and a few more."""
        return SiteFiles({**self.few, **more}, self.many)


class _InOrder(ItemsView[str, Content]):
    def __init__(self, files: Files, items: Callable[[], Iterator[tuple[str, Content]]]) -> None:
        super().__init__(files)
        self._items = items

    def __iter__(self) -> Iterator[tuple[str, Content]]:
        return self._items()

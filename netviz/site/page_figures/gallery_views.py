"""What a page shows of a gallery, as values: photos with what the network says to them, and tables of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from netviz.course.claims import CheckedClaim
from netviz.methods import Paper, Passes
from netviz.networks.weights import Weights


@dataclass(frozen=True, kw_only=True)
class WallPhoto:
    """A photo among others; files and links are from the page.

    ``label`` and ``says`` are classes by their names, ``probability`` is of the latter, from 0 to 1; ``right`` whether
    they are the same, None where there is no label. ``link`` leads to the photo among those of its class. ``map_file``
    is its map, where that stands beside it, ``map_alt`` what is told of it to those who don't see it; ``map_signed``
    says that its colours run from a white zero, ``map_scaled`` that they are numbers.
    """

    name: str
    title: str
    file: str
    link: str
    label: str
    says: str
    probability: float
    right: bool | None
    map_file: str = ""
    map_alt: str = ""
    map_signed: bool = False
    map_scaled: bool = False


@dataclass(frozen=True, kw_only=True)
class DetailedPhoto(WallPhoto):
    """A photo as it stands among those of its class: with its map, if there is one, and all that was measured."""

    credit: str
    licence: str
    source: str
    top: Sequence[tuple[str, float]]
    numbers: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ConfusionRow:
    """A class of photos: its name, the link to these, and for each class as which they are seen count and link."""

    name: str
    link: str
    cells: Sequence[tuple[int, str, bool]]
    others: int
    others_link: str


@dataclass(frozen=True, kw_only=True)
class ConfusionTable:
    """Which classes are seen as which: ``columns`` are their names."""

    columns: Sequence[str]
    rows: Sequence[ConfusionRow]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Average:
    """A number over ``count`` photos, those on which it is finite; ``spread`` is the standard deviation (of n - 1).

    Of one photo alone there is none.
    """

    name: str
    count: int
    mean: float
    spread: float | None
    least: float
    median: float
    greatest: float


@dataclass(frozen=True, kw_only=True)
class GalleryFigure:
    """An experiment on all photos of a gallery, as its lesson tells it; ``number`` counts the figures of the page.

    ``right`` is the share on which the network's first class is the label, of ``labelled`` photos; ``refused`` tells of
    the photos that are left out; ``scaled`` is whether each photo's map has colours of its own. Links are from the
    page. The rest is as in `FigureView`, ``code`` and ``passes`` of one photo.
    """

    id: str
    number: int
    method: str
    summary: str
    papers: Sequence[Paper]
    caption: Markup
    count: int
    labelled: int
    right: float | None
    averages: Sequence[Average]
    confusion: ConfusionTable | None
    photos: Sequence[WallPhoto]
    wall: str
    classes: str
    refused: Sequence[str]
    claims: Sequence[CheckedClaim]
    spec: str
    code: str
    export: str
    passes: Passes
    precision: str
    weights: Weights
    settings: Sequence[tuple[str, str]]
    files: Sequence[tuple[str, str]]
    scaled: bool
    answers: bool

    @property
    def broken(self) -> list[CheckedClaim]:
        """The claims that the results break."""
        return [claim for claim in self.claims if not claim.kept]

"""Results as pages and claims speak of them: in a language, while a reader has chosen a picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from netviz.cache.manifest import Kept
from netviz.cache.store import Store, key_of
from netviz.course.reading import Course
from netviz.engine.browser_network import has_network, missing, network_files
from netviz.engine.draw import load_figure
from netviz.engine.gallery_columns import GalleryColumns, gallery_columns
from netviz.engine.plan import GalleryPlan, Plan, Task, Tasks, joined, make_gallery_plan
from netviz.engine.record import Record, load_record
from netviz.engine.result_views import ResultView, result_view
from netviz.figures import Figure
from netviz.languages.known import in_language
from netviz.networks.weights import Weights
from netviz.options import Options
from netviz.pictures import Picture
from netviz.sandbox import Facts
from netviz.site.gallery_layout import GalleryLayout

FIGURES_KEPT = 64  # drawn figures in memory: more than a lesson shows, whose pages are woven one after the other
PHOTOS_KEPT = 4096  # results of galleries' photos, each in one language: a page's claims go through them one by one


class Results:
    """Stored results as lessons see them, each read once."""

    def __init__(self, course: Course, plan: Plan, weights: Weights, store: Store, options: Options) -> None:
        self.course, self.plan, self.weights, self.store, self.options = course, plan, weights, store, options
        self.checked: Sequence[Any] = ()  # verdicts on all claims (`netviz.site.verdicts`), once they are known
        self.figure = lru_cache(FIGURES_KEPT)(self._figure)
        self.photo_view = lru_cache(PHOTOS_KEPT)(self._photo_view)
        self.editions: dict[str, Any] = {}  # by language (`netviz.site.edition`)
        self.sentences_kept: dict[str, bool] = {}  # whether all that a page claims is so; by path, of those woven now
        self._records: dict[str, Record] = {}
        self._views: dict[tuple[str, str], Mapping[str, ResultView]] = {}
        self._view = cache(self._view_of)
        self.gallery_columns = cache(self._gallery_columns)
        self.gallery_layout = cache(self._gallery_layout)
        self.gallery_key = cache(self._gallery_key)

    @cached_property
    def gallery_plan(self) -> GalleryPlan:
        """The tasks of what is run on every photo of a gallery."""
        return make_gallery_plan(self.course, self.weights, self.options.precision)

    @cached_property
    def gallery_tasks(self) -> Tasks:
        """All of them."""
        return joined([*self.gallery_plan.values()])

    @cached_property
    def tasks(self) -> Tasks:
        """All that is to be done, what galleries need included."""
        return joined([[*self.plan.values()], self.gallery_tasks])

    def _gallery_key(self, name: str) -> str:
        """A key of what an experiment over a gallery has found, how that is drawn, and what is known of the photos."""
        photos = self.course.galleries[self.course.experiments[name].lesson].photos
        key = key_of(name)
        for photo, task in zip(photos, self.gallery_plan[name], strict=True):
            one = photo.picture
            told = [photo.file, photo.label, one.name, one.titles, one.credit, one.licence, one.source]
            key = key_of([key, *told, task.figure_key])
        return key

    def _gallery_columns(self, name: str) -> GalleryColumns:
        """What an experiment has found for the photos of its gallery."""
        photos = self.course.galleries[self.course.experiments[name].lesson].photos
        return gallery_columns(photos, self.gallery_plan[name], self.store)

    def _gallery_layout(self, name: str) -> GalleryLayout:
        """The pages of the photos of an experiment's gallery, the same in all languages."""
        return GalleryLayout(name, self.gallery_columns(name))

    @property
    def offers_network(self) -> bool:
        """Whether readers get the network along: where the course says so, unless it is left out or can't be had."""
        return self.asks_for_network and not missing(self.weights)

    @property
    def asks_for_network(self) -> bool:
        """Whether readers are to get the network along, if it can be had."""
        return self.course.site.your_photo and "your-photo" not in self.options.without

    @property
    def network(self) -> Mapping[str, Kept]:
        """What readers' browsers load of it, by path; nothing if they don't, or before it is made."""
        is_there = self.offers_network and has_network(self.weights, self.store)
        return network_files(self.weights, self.store) if is_there else {}

    def record(self, task: Task) -> Record:
        """What is known of a task's result."""
        if task.key not in self._records:
            self._records[task.key] = load_record(task, self.store)
        return self._records[task.key]

    def _figure(self, task: Task) -> Figure:
        """A task's drawn figure, which pages in each language and for each picture show. Raises Damaged."""
        return load_figure(task, self.store)

    def _photo_view(self, name: str, number: int, language: str) -> ResultView:
        """What an experiment has found for one photo of its gallery."""
        columns = self.gallery_columns(name)
        photo = columns.photos[number]
        words = PhotoWords(photo.picture.name, photo.title(language))
        return result_view(columns.record_of(number), words, language, photo.label)

    def views(self, picture: str, language: str) -> Mapping[str, ResultView]:
        """Every experiment's result while the reader has chosen ``picture``, each read when it is asked for."""
        if (picture, language) not in self._views:
            pictures = {
                name: one.pictures(picture)
                for name, one in self.course.experiments.items()
                if (name, one.pictures(picture)) in self.plan  # not for every picture that no reader can choose
            }
            views = _Views(pictures, lambda name: self._view(name, pictures[name], language))
            self._views[picture, language] = MappingProxyType(views)
        return self._views[picture, language]

    def _view_of(self, name: str, picture: str, language: str) -> ResultView:
        """An experiment's result on a picture, the same whatever else readers have chosen."""
        experiment, views = self.course.experiments[name], {}
        for value, variant in experiment.variants.items():
            task = self.plan[variant.id, picture]
            shown = picture_words(self.course.pictures[task.picture.name], language) if task.picture else None
            views[value] = result_view(self.record(task), shown, language)
        return dataclasses.replace(views[experiment.slider.plain], others=views) if experiment.slider else views[""]


class _Views(Mapping[str, ResultView]):
    """Views by the names of experiments, made when they are asked for."""

    def __init__(self, names: Collection[str], make: Callable[[str], ResultView]) -> None:
        self._names, self._make = names, make

    def __getitem__(self, name: str) -> ResultView:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def scope(result: ResultView, results: Mapping[str, ResultView]) -> dict[str, Any]:
    """The names that claims and captions of one experiment may use."""
    own = {name: getattr(result, name) for name in ("target", "top", "numbers", "picture")}
    return {**own, "results": results}


@dataclass(frozen=True)
class PhotoWords(Facts):
    """A photo of a gallery as claims and captions speak of it."""

    name: str
    title: str


@dataclass(frozen=True)
class PictureWords(Facts):
    """A picture as a lesson speaks of it, with the size of its file in pixels."""

    name: str
    title: str
    width: int
    height: int


def picture_words(picture: Picture, language: str) -> PictureWords:
    """A picture with its title in a language."""
    return PictureWords(picture.name, in_language(picture.titles, language), *picture.facts.size)

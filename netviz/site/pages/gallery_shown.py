"""The photos of a gallery, and which classes are seen as which, as one of the site's pages shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netviz.course.galleries import Gallery
from netviz.engine.gallery_columns import GalleryColumns
from netviz.engine.small_figures import small_figure
from netviz.figures.describe import alt_text
from netviz.site.edition import Edition
from netviz.site.files.gallery_photos import photo_path
from netviz.site.gallery_layout import GalleryLayout, Group
from netviz.site.method_words import asks_for_class, method_title
from netviz.site.page_figures.gallery_views import ConfusionRow, ConfusionTable, DetailedPhoto, WallPhoto
from netviz.site.pages.gallery_statistics import confusions
from netviz.site.site_map import as_address


class Shown:
    """The photos of one experiment's gallery as pages show them; ``root`` leads from the page to the site's root."""

    def __init__(self, edition: Edition, experiment: str, root: str, beside: str) -> None:
        self.edition, self.experiment, self.root, self.beside = edition, experiment, root, beside
        self.columns: GalleryColumns = edition.results.gallery_columns(experiment)
        self.layout: GalleryLayout = edition.results.gallery_layout(experiment)
        self.gallery: Gallery = edition.course.galleries[edition.course.experiments[experiment].lesson]

    def photo(self, number: int) -> WallPhoto:
        """A photo on the wall."""
        return WallPhoto(**self._wall(number))

    def with_map(self, number: int) -> WallPhoto:
        """A photo and its map, if there is one."""
        return WallPhoto(**self._wall(number), **self._map(number))

    def detailed(self, number: int) -> DetailedPhoto:
        """A photo among those of its class."""
        picture, record = self.columns.photos[number].picture, self.columns.record_of(number)
        return DetailedPhoto(
            **self._wall(number),
            **self._map(number),
            credit=picture.credit,
            licence=picture.licence,
            source=picture.source,
            top=[(self.edition.class_name(one.index), one.probability) for one in record.top],
            numbers=record.numbers,
        )

    def _wall(self, number: int) -> dict[str, Any]:
        photo = self.columns.photos[number]
        return {
            "name": photo.picture.name,
            "title": photo.title(self.edition.language),
            "file": self.root + as_address(photo_path(self.gallery, photo)),
            "link": self.link(number),
            "label": "" if photo.label is None else self.edition.class_name(photo.label),
            "says": self.edition.class_name(int(self.columns.first[number])),
            "probability": float(self.columns.probability[number]),
            "right": self.columns.correct(number),
        }

    def _map(self, number: int) -> dict[str, Any]:
        """The map of a photo, and what is told of it to those who don't see it; nothing where there is none."""
        figure, file = small_figure(self.edition.results.gallery_plan[self.experiment][number], self.edition.store)
        if not file:
            return {}
        panel, photo, target = figure.panels[0], self.columns.photos[number], self.columns.record_of(number).target
        language, experiment = self.edition.language, self.edition.course.experiments[self.experiment]
        asked = target if asks_for_class(experiment.method, experiment.settings) else None
        names = {
            "method": method_title(experiment.method, language),
            "picture": photo.title(language),
            "target": self.edition.class_name(asked.index) if asked else "",
        }
        return {
            "map_file": self.root + as_address(map_path(self.experiment, photo.picture.name)),
            "map_alt": alt_text(figure, None, language, names),
            "map_signed": panel.role == "signed" and "below_photo" not in panel.facts,  # a photo must not be turned
            "map_scaled": bool(panel.legend or figure.legend),
        }

    def link(self, number: int) -> str:
        """The link to a photo among those of its class."""
        name = as_address(self.columns.photos[number].picture.name)
        return f"{self.beside}{self.layout.page_of[number]}.html#{name}"

    def confusion(self, most: int) -> ConfusionTable | None:
        """The classes with most photos and as which they are seen; None where no label is known."""
        found = confusions(self.layout, most)
        if not found:
            return None
        rows = [
            self._confusion_row(label, found.classes, counts, others)
            for label, counts, others in zip(found.classes, found.counts, found.others, strict=True)
        ]
        names = [self.edition.class_name(said) for said in found.classes]
        return ConfusionTable(columns=names, rows=rows, left_out=found.left_out)

    def _confusion_row(self, label: int, classes: Sequence[int], counts: Sequence[int], others: int) -> ConfusionRow:
        elsewhere = [said for group, said in self.layout.counts if group == label and said not in classes]
        return ConfusionRow(
            name=self.edition.class_name(label),
            link=f"{self.beside}{self.layout.group_page(label)}.html",
            cells=[
                (count, self.link(self.layout.first_of(label, said)) if count else "", said == label)
                for said, count in zip(classes, counts, strict=True)
            ],
            others=others,
            others_link=self.link(self.layout.first_of(label, elsewhere[0])) if elsewhere else "",
        )

    def group_name(self, group: Group) -> str:
        """A class by its name; photos of which nobody knows what they show have none."""
        return str(self.edition.words.no_label) if group is None else self.edition.class_name(group)


def map_path(experiment: str, photo: str) -> str:
    """Where the map of a photo stands, from the site's root."""
    return f"galleries/{experiment}/maps/{photo}.webp"

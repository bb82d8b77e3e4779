"""A gallery in its lesson: what all photos have in common, the first of them, and the ways to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netviz.course.experiments import NO_PICTURE, Experiment
from netviz.site.edition import Edition
from netviz.site.expression_values import caption_values
from netviz.site.files.gallery_numbers import KINDS, gallery_numbers_path
from netviz.site.method_words import method_summary, method_title
from netviz.site.page_figures.gallery_views import GalleryFigure
from netviz.site.page_figures.reproducing_code import repeating_code, repeating_command
from netviz.site.pages.gallery_pages import CLASSES, gallery_folder
from netviz.site.pages.gallery_shown import Shown
from netviz.site.pages.gallery_statistics import averages, right_share
from netviz.site.pages.lesson_figures import claims_on, settings_in_words, woven_caption
from netviz.site.site_map import Page

FIRST_SHOWN = 12  # photos
MOST = 8  # classes of the table of confusions; all of them are on a page of their own


def gallery_figure(edition: Edition, page: Page, experiment: Experiment, number: int, answers: bool) -> GalleryFigure:
    """An experiment's figure as a page shows it."""
    folder = page.root_of_language + gallery_folder(experiment.id)
    shown = Shown(edition, experiment.id, page.root, folder)
    everything = range(len(shown.columns))
    first = edition.results.gallery_plan[experiment.id][0]
    values: Mapping[str, Any] = caption_values(edition, page.picture, experiment)
    photos = [shown.with_map(one) for one in everything[:FIRST_SHOWN]]
    return GalleryFigure(
        id=experiment.id,
        number=number,
        method=method_title(experiment.method, edition.language),
        summary=method_summary(experiment.method, edition.language),
        papers=experiment.method.papers,
        caption=woven_caption(edition, page, experiment, values),
        count=len(everything),
        labelled=sum(photo.label is not None for photo in shown.columns.photos),
        right=right_share(shown.columns, everything),
        averages=[one for one in averages(shown.columns) if one],
        confusion=shown.confusion(MOST),
        photos=photos,
        wall=f"{folder}1.html",
        classes=f"{folder}{CLASSES}.html",
        refused=[one.message for one in shown.gallery.refused],
        claims=claims_on(edition, experiment.id, NO_PICTURE),
        spec=experiment.spec,
        code=repeating_code(first, edition.options),
        export=repeating_command(experiment, edition.options),
        passes=shown.columns.record.passes,
        precision=shown.columns.record.precision,
        weights=edition.weights,
        settings=settings_in_words(experiment, experiment, edition.language),
        files=[(kind.upper(), page.root + gallery_numbers_path(experiment.id, kind)) for kind in KINDS],
        scaled=any(photo.map_scaled for photo in photos),
        answers=answers,
    )

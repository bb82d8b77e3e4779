"""Photos of galleries on which an experiment fails: they are told of and left out, as those that can't be read are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from netviz.course.galleries import Gallery
from netviz.course.reading import Course
from netviz.engine.execution import Failures
from netviz.engine.plan import GalleryPlan
from netviz.mistakes import Mistake, Mistakes
from netviz.progress import Reporter


def without_failed(course: Course, plan: GalleryPlan, failures: Failures, reporter: Reporter) -> Course:
    """The course without the photos of galleries for which an experiment has failed, which it warns of.

    Where the details are is told at once, and not by the warnings, which are part of the site. Raises Mistakes where
    no photo of a gallery is left.
    """
    for one in chain.from_iterable(failures.values()):
        reporter.say(str(one))
    refused: dict[str, dict[str, Mistake]] = {}
    for name, tasks in plan.items():
        gallery = course.galleries[course.experiments[name].lesson]
        told = refused.setdefault(gallery.lesson, {})
        for photo, task in zip(gallery.photos, tasks, strict=True):
            for mistake in failures.get(task.key, ())[:1]:
                why = gallery.mistake(photo, f"{photo.file}: {mistake.message}")
                told.setdefault(photo.picture.name, why)
    galleries = {slug: _without(one, refused.get(slug, {})) for slug, one in course.galleries.items()}
    warnings = [mistake for told in refused.values() for mistake in told.values()]
    return replace(course, galleries=galleries, warnings=(*course.warnings, *warnings))


def _without(gallery: Gallery, refused: Mapping[str, Mistake]) -> Gallery:
    if len(refused) < len(gallery.photos):
        return gallery.without(refused)
    first = next(iter(refused.values()))
    raise Mistakes([replace(first, message=f"{first.message}; no photo of the gallery is left")])

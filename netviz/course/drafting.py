"""A draft of a course: the same lessons with cheaper experiments, for a quick look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from netviz.course.experiments import Experiment
from netviz.course.reading import Course
from netviz.methods.drafts import draft_settings
from netviz.networks.architecture import Layer

PHOTOS = 4  # of a gallery are enough to see what becomes of it


def drafted(course: Course, layers: tuple[Layer, ...]) -> Course:
    """A course whose experiments have the settings of drafts, where these are cheaper than the authors' own.

    Its galleries hold `PHOTOS` at most, from all over them.
    """
    return replace(
        course,
        experiments={name: _drafted(one, layers) for name, one in course.experiments.items()},
        galleries={name: gallery.of_at_most(PHOTOS) for name, gallery in course.galleries.items()},
    )


def _drafted(experiment: Experiment, layers: tuple[Layer, ...]) -> Experiment:
    """An experiment with the draft's settings, each by itself or all together, where they make it cheaper.

    It counts as a whole, with every value of its slider; those keep their names.
    """
    draft = draft_settings(experiment.method.name)
    found, before = experiment, _cost(experiment, layers)
    for settings in (*({name: value} for name, value in draft.items()), draft):
        changed = _with(found, settings, layers)
        after = _cost(changed, layers)
        if before is not None and after is not None and after < before:
            found, before = changed, after
    return found


def _with(experiment: Experiment, settings: Mapping[str, Any], layers: tuple[Layer, ...]) -> Experiment:
    """An experiment with these settings; of a slider's values, those stay that cost less than the draft's."""
    changed, slider = {**experiment.settings, **settings}, experiment.slider
    if slider is None or slider.setting not in settings:
        return replace(experiment, settings=changed)

    def cheaper(value: Any) -> Any:
        asked = [
            replace(experiment, settings={**changed, slider.setting: one}, slider=None)
            for one in (settings[slider.setting], value)
        ]
        drafts, own = (_cost(one, layers) for one in asked)
        return settings[slider.setting] if drafts is not None and own is not None and drafts <= own else value

    values = {name: cheaper(value) for name, value in slider.values.items()}
    return replace(
        experiment,
        settings={**changed, slider.setting: values[slider.plain]},
        slider=replace(slider, values=values),
    )


def _cost(experiment: Experiment, layers: tuple[Layer, ...]) -> int | None:
    """Passes and steps of training at all values of a slider; None for settings that can't be, or can't be together.

    What is the same at several values is run but once.
    """
    method, total, counted = experiment.method, 0, list[tuple[str | int, BaseModel]]()
    try:
        for one in experiment.variants.values():
            settings = method.settings(**one.settings)
            if [*method.wrong(settings, layers)]:
                return None
            if (one.target, settings) in counted:
                continue
            counted.append((one.target, settings))
            passes = method.passes(settings)
            total += passes.forward + passes.backward + passes.training
    except Exception:  # a method of one's own may fail with settings that its author didn't think of
        return None
    return total

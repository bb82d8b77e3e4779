"""A draft of a course: the same lessons with cheaper experiments, for a quick look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netviz.course.experiments import Experiment
from netviz.course.reading import Course
from netviz.course.sliders import TARGET
from netviz.methods import Method
from netviz.methods.drafts import draft_settings
from netviz.networks.architecture import Layer


def drafted(course: Course, layers: tuple[Layer, ...]) -> Course:
    """A course whose experiments have the settings of drafts, where these are cheaper than the authors' own."""
    return replace(course, experiments={name: _drafted(one, layers) for name, one in course.experiments.items()})


def _drafted(experiment: Experiment, layers: tuple[Layer, ...]) -> Experiment:
    """An experiment with cheaper settings, at every value of its slider; those values keep their names."""
    method, slider = experiment.method, experiment.slider
    cheaper = replace(experiment, settings=_cheaper(method, experiment.settings, layers))
    if slider and slider.setting != TARGET:
        setting = slider.setting
        at = {
            name: _cheaper(method, {**experiment.settings, setting: value}, layers)[setting]
            for name, value in slider.values.items()
        }
        cheaper = replace(cheaper, slider=replace(slider, values=at))
    fit = all(_cost(method, one.settings, layers) is not None for one in cheaper.variants.values())
    return cheaper if fit else experiment


def _cheaper(method: Method, settings: Mapping[str, Any], layers: tuple[Layer, ...]) -> dict[str, Any]:
    """The settings, with each of the draft's that makes them cheaper."""
    found = dict(settings)
    for name, value in draft_settings(method.name).items():
        changed = found | {name: value}
        before, after = _cost(method, found, layers), _cost(method, changed, layers)
        if before is not None and after is not None and after < before:
            found = changed
    return found


def _cost(method: Method, settings: Mapping[str, Any], layers: tuple[Layer, ...]) -> int | None:
    """Passes and steps of training; None for settings that can't be, or can't be together."""
    try:
        checked = method.settings(**settings)
        if [*method.wrong(checked, layers)]:
            return None
        passes = method.passes(checked)
    except Exception:  # a method of one's own may fail with settings that its author didn't think of
        return None
    return passes.forward + passes.backward + passes.training

"""What expressions speak of: the names that texts, captions and questions may use, and what these stand for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from netviz.course.experiments import Experiment
from netviz.course.sliders import TARGET
from netviz.engine.result_views import ClassScore, ResultView, Top
from netviz.methods import methods
from netviz.sandbox import AGGREGATES, CLAIM, Function, look_up
from netviz.site import rendering
from netviz.site.aggregate_scopes import aggregates
from netviz.site.edition import Edition
from netviz.site.field_tables import DECLARED, aggregate_rows, field_rows
from netviz.site.method_words import method_title
from netviz.site.results import PictureWords, picture_words, scope
from netviz.site.text.highlighting import highlighted

NAMES = (  # what a lesson's expressions may use
    *("results", "picture", "experiment", "layer", "layer_table", "field_table", "aggregate_table", "weights"),
    *("measured", "measurement_table", "measurement_command"),
    *AGGREGATES,
)
KINDS = {  # the types of those that are facts, and of a result's own in its claims and captions
    "results": Mapping[str, ResultView],
    "picture": PictureWords,
    "target": ClassScore,
    "top": Top,
}
TEXT_NAMES = (*NAMES, CLAIM)  # those of its own text, but not of captions and questions


def page_values(edition: Edition, picture: str) -> dict[str, Any]:
    """What expressions speak of while the reader has chosen ``picture``: `TEXT_NAMES`, but for ``experiment``.

    Where an experiment stands, a page has its figure and a notebook its code.
    """
    return {
        "results": edition.views[picture],
        "picture": picture_words(edition.course.pictures[picture], edition.language),
        "weights": {**dataclasses.asdict(edition.weights), "label": edition.weights.label},
        "layer": Function(partial(_layer, edition)),
        "layer_table": Function(partial(_layer_table, edition)),
        "field_table": Function(partial(_field_table, edition)),
        "aggregate_table": Function(partial(_aggregate_table, edition)),
        "measured": Function(partial(_measured, edition)),
        "measurement_table": Function(partial(_measurement_table, edition)),
        "measurement_command": Function(partial(_measurement_command, edition)),
        **aggregates(edition.results, edition.language, edition.views[picture]),
        CLAIM: Function(partial(_claimed, edition)),
    }


def caption_values(edition: Edition, picture: str, experiment: Experiment, state: str = "") -> dict[str, Any]:
    """What a caption speaks of, at a value of its experiment's slider (by name; not given: the plain one)."""
    views, slider = edition.views[picture], experiment.slider
    if experiment.over:
        return page_values(edition, picture) | aggregates(edition.results, edition.language, views, experiment.id)
    if slider is None:
        return page_values(edition, picture) | scope(views[experiment.id], views)
    state = state or slider.plain
    result = views[experiment.id].at(state)
    stop = edition.stop(slider, state, result.target)
    value = stop if slider.setting == TARGET else slider.values[state]
    return page_values(edition, picture) | scope(result, views) | {"value": value, "stop": stop}


def _layer(edition: Edition, name: str) -> dict[str, Any]:
    return dataclasses.asdict(look_up(edition.layers, name, "the network"))


def _layer_table(edition: Edition) -> Markup:
    return rendering.render_layer_table(edition.templates, edition.layers.values())


def _field_table(edition: Edition, kind: str) -> Markup:
    look_up(DECLARED, kind, "what authors write")
    return rendering.render_field_table(edition.templates, kind, field_rows(kind, edition.language))


def _aggregate_table(edition: Edition) -> Markup:
    return rendering.render_aggregate_table(edition.templates, aggregate_rows(edition.language))


def _measured(edition: Edition, name: str) -> dict[str, Any]:
    """A measurement as plain data."""
    one = look_up(edition.course.measurements, name, "content/measurements")
    by_task = {task: {name: row.model_dump() for name, row in rows.items()} for task, rows in one.by_task.items()}
    return {**one.model_dump(), "tasks": one.tasks, "libraries": one.libraries, "by_task": by_task}


def _measurement_table(edition: Edition, name: str, column: str) -> Markup:
    one = look_up(edition.course.measurements, name, "content/measurements")
    return rendering.render_measurement(edition.templates, one, column, partial(_task_name, edition))


def _measurement_command(edition: Edition, name: str) -> Markup:
    """What was run, each command on a line of its own."""
    one = look_up(edition.course.measurements, name, "content/measurements")
    return highlighted(one.command.replace("; ", "\n"), "sh")


def _task_name(edition: Edition, task: str) -> str:
    """A benchmark's task in the edition's language, where it is one of our methods."""
    method = methods().get(task.replace(" ", "-").lower())
    return method_title(method, edition.language) if method else task


def _claimed(edition: Edition, source: str, kept: bool, measured: Mapping[str, Any], sentence: Markup) -> Markup:
    """A sentence where nothing can be opened, so with its claim only if that is broken."""
    return sentence if kept else Markup("✗ {}{} ({})").format(edition.words.sentence_broken, sentence, source)

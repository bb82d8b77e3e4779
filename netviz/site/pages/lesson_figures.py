"""A page's figures: what was asked, what was measured and what was drawn, put together for the page that shows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup

from netviz.course.claims import CheckedClaim
from netviz.course.experiments import Experiment
from netviz.engine.draw import FIGURES
from netviz.engine.plan import Task
from netviz.figures import Figure
from netviz.figures.describe import alt_text, term
from netviz.mistakes import Mistakes
from netviz.sandbox import hint_of
from netviz.site.edition import Edition
from netviz.site.expression_values import caption_values
from netviz.site.files.raw_numbers import numbers_path
from netviz.site.method_words import (
    asks_for_class,
    axis_words,
    common_signs,
    map_words,
    method_summary,
    method_title,
    signs,
    unit_words,
    value_words,
)
from netviz.site.page_figures import word_figures
from netviz.site.page_figures.figure_views import (
    Axes,
    FigureView,
    PhotoCredit,
    Slide,
    bars,
    data_table,
    named_matrix,
    plates,
    series,
)
from netviz.site.page_figures.reproducing_code import repeating_code, repeating_command
from netviz.site.pages.your_photo import your_photo_link
from netviz.site.site_map import Page, as_address, links_from
from netviz.site.text.expressions import failures, place_of_error, render
from netviz.site.text.markup import inline_template


def figure_path(task: Task, file: str = "") -> str:
    """Where a file of a task's figure stands, from the site's root. One folder for all: making many takes longer."""
    return f"figures/{task.figure_key[:16]}-{file}"


def page_figure(edition: Edition, page: Page, name: str, number: int) -> FigureView:
    """One experiment's figure as a page shows it; ``number`` counts the page's figures from 1."""
    experiment = edition.course.experiments[name]
    slider = experiment.slider
    if slider is None:
        return _figure_at(edition, page, experiment, "", number)
    views = {state: _figure_at(edition, page, experiment, state, number) for state in slider.values}
    slides = tuple(Slide(state, edition.stop(slider, state, view.target), view) for state, view in views.items())
    return dataclasses.replace(
        views[slider.plain], setting=term(slider.setting, edition.language), slides=slides, plain=slider.plain
    )


def _figure_at(edition: Edition, page: Page, experiment: Experiment, state: str, number: int) -> FigureView:
    """An experiment's figure at one value of its slider, by the value's name; ``""`` if it has none."""
    language, variant, method = edition.language, experiment.variants[state], experiment.method
    task = edition.plan[variant.id, experiment.pictures(page.picture)]
    record, figure = edition.results.record(task), edition.results.figure(task)
    words, scope = experiment.words(language), caption_values(edition, page.picture, experiment, state)
    labels = labels_of_author(experiment, language, figure) or panel_labels(edition, task, figure)
    figure = named_matrix(figure, labels)
    axes, explains_class = _axes(task, language), asks_for_class(method, variant.settings)
    each = tuple(signs(one.experiment.method, one.experiment.settings) for one in task.of or (task,))
    names = {"method": method_title(method, language)} | (dataclasses.asdict(axes) if axes else {})
    if target := scope["target"]:
        names |= {"picture": scope["picture"].title} | ({"target": target.name} if explains_class else {})
    with _in_words(experiment):
        alt = words.alt or alt_text(figure, None, language, names)
        shown = plates(
            figure,
            f"{page.root}{figure_path(task)}",
            language,
            names,
            lambda file: edition.store.read(FIGURES, task.figure_key, file).decode(),
            words.alt,
            labels,
        )
    return FigureView(
        id=variant.id,
        number=number,
        method=method_title(method, language),
        summary=method_summary(method, language),
        papers=method.papers,
        view=experiment.view,
        plates=shown,
        caption=woven_caption(edition, page, experiment, scope),
        target=target,
        top=scope["top"],
        numbers=record.numbers,
        claims=claims_on(edition, experiment.id, task.picture_name),
        spec=experiment.spec,
        code=repeating_code(task, edition.options),
        export=repeating_command(experiment, edition.options),
        passes=record.passes,
        precision=record.precision,
        weights=edition.weights if task.picture else None,
        legend=figure.legend,
        table=data_table(figure, language, edition.class_name),
        bars=bars(figure, language, edition.class_name),
        series=series(figure, language),
        alt=alt,
        words=word_figures.words(figure),
        tree=word_figures.tree(figure, language),
        layers=edition.layers,
        unit_names=_unit_names(edition) if experiment.view == "grid" else {},
        compared=bool(task.beside),
        axes=axes,
        explains_class=explains_class,
        signs=common_signs(each),
        signs_of_each=each,
        unit=unit_words(method.name, variant.settings, language),
        settings=settings_in_words(experiment, variant, language),
        credit=_credit(edition, task),
        your_photo=your_photo_link(page, variant, edition.methods_of_your_photo) if edition.offers_your_photo else "",
        seed=None if task.picture else record.settings.get("seed"),
        files=_files(page, task, ("json", "csv") if figure.table else ("json",)),
    )


def settings_in_words(experiment: Experiment, variant: Experiment, language: str) -> tuple[tuple[str, str], ...]:
    """An experiment's settings in words, but for what its slider varies."""
    varied = experiment.slider.setting if experiment.slider else ""
    return tuple(
        (term(name, language), value_words(name, value, language))
        for name, value in variant.settings.items()
        if name != varied and value is not None
    )


def _credit(edition: Edition, task: Task) -> PhotoCredit | None:
    """Of the photo that a task looks at, if it does."""
    samples = {one.name: one for one in edition.site.pictures}
    sample = samples.get(task.picture_name) if task.picture else None
    return PhotoCredit(sample.title, sample.credit, sample.licence, sample.source) if sample else None


def claims_on(edition: Edition, experiment: str, picture: str) -> tuple[CheckedClaim, ...]:
    """What an experiment claims, held against its result on a picture."""
    return tuple(one.claim for one in edition.checked if (one.experiment.id, one.picture) == (experiment, picture))


def _files(page: Page, task: Task, suffixes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The kinds of a figure's raw numbers, with the links to them."""
    return tuple((suffix.upper(), page.root + as_address(numbers_path(task, suffix))) for suffix in suffixes)


def _unit_names(edition: Edition) -> dict[str, tuple[str, ...]]:
    """The classes that the units of the last layer stand for, in the page's language, by the layer's name."""
    *_, last = edition.layers.values()
    return {last.name: tuple(edition.class_name(index) for index in range(last.shape[-1]))}


@contextmanager
def _in_words(experiment: Experiment) -> Iterator[None]:
    """Say of which experiment the view has words that ask for what its figure does not tell. Raises Mistakes."""
    try:
        yield
    except ValueError as error:
        raise Mistakes([experiment.mistake(f"the words of the view {experiment.view!r} fail: {error}")]) from None


def woven_caption(edition: Edition, page: Page, experiment: Experiment, values: Mapping[str, Any]) -> Markup:
    """An experiment's caption. Raises Mistakes where it fails with these values."""
    words = experiment.words(edition.language)
    try:
        return render(edition.sandbox, inline_template(words.caption.source), values, links_from(page, edition.site))
    except ValueError as error:
        text = edition.text_with_caption(experiment)
        place = place_of_error(words.caption, error, lambda source: failures(edition.sandbox, source, values))
        raise Mistakes([text.mistake(f"the caption fails: {error}", *place, hint_of(error))]) from None


def _axes(task: Task, language: str) -> Axes | None:
    one = task.experiment
    words = axis_words(one.method.name, one.view, one.settings, language)
    return Axes(*words) if words else None


def labels_of_author(experiment: Experiment, language: str, figure: Figure) -> list[str]:
    """The names that an author gives the panels; none without them. Raises Mistakes for another number of them."""
    labels, count = list(experiment.words(language).labels), _count_to_name(figure)
    if labels and len(labels) != count:
        raise Mistakes(
            [experiment.mistake(f"its figure has {count} pictures to name, and labels in {language!r}: {labels}")]
        )
    return labels


def _count_to_name(figure: Figure) -> int:
    """How many of a figure's panels have names of their own: the difference of two pictures is named by its scale."""
    return 2 if figure.view == "before-after" else figure.facts.get("side", len(figure.panels))


def panel_labels(edition: Edition, task: Task, figure: Figure) -> list[str]:
    """Names for a figure's maps: of those that a task takes, class, and settings that tell a method's maps apart.

    A map of a method that asks for no class is named without one.
    """
    if not task.of:
        one = task.experiment
        return map_words(one.method, one.settings, _count_to_name(figure), edition.language)
    experiments = [other.experiment for other in task.of]
    classes = [
        edition.results.record(other).target if asks_for_class(one.method, one.settings) else None
        for other, one in zip(task.of, experiments, strict=True)
    ]
    targets = [edition.class_name(one.index) if one else "" for one in classes]
    several = len({*targets} - {""}) > 1
    return [
        " · ".join(
            [
                method_title(one.method, edition.language),
                *([target] if target and several else []),
                *(
                    value_words(name, value, edition.language)
                    for name, value in one.settings.items()
                    if any(other.settings[name] != value for other in experiments if other.method == one.method)
                ),
            ]
        )
        for one, target in zip(experiments, targets, strict=True)
    ]

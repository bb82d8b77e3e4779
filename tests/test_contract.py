"""What every method must hold to, whoever adds it. A new method is tested here without a line about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from hardly_learned import forget_networks, hardly_learned
from numpy.typing import NDArray
from pydantic import Field
from tiny import make_tiny, random_pictures

import netviz.methods
from netviz.course.experiments import Experiment, Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.engine.record import READABLE, split
from netviz.figures import Figure, draw
from netviz.figures.describe import alt_text, is_term
from netviz.figures.views import views
from netviz.methods import Method, OutputSetting, Passes, Result, SpatialLayer, method, methods, run, run_on_data
from netviz.mistakes import Mistakes
from netviz.networks import Array, Network, Targets
from netviz.networks.keras_network import KerasNetwork
from netviz.site.method_words import axis_words, setting_words

PICTURES = random_pictures(3, seed=21)
TARGETS = np.array([1, 3, 1])

SMALL: dict[str, Any] = {
    "cells": 3,
    "channels": 3,
    "classes": 3,
    "directions": 3,
    "iterations": 3,
    "layer": "conv3",
    "masks": 12,
    "max_steps": 4,
    "patch": 3,
    "points": 5,
    "samples": 12,
    "segments": 6,
    "steps": 4,
    "stride": 2,
    "tolerance": 0.0,
}
"""Values that suit a picture of 8x8, for whichever methods have a setting of that name."""

OWN: dict[str, dict[str, Any]] = {
    "activation-maximisation": {"channels": [0, 2]},
    "exciting-places": {"channels": [0, 2]},
    "explanations-by-depth": {"networks": 2},
    "gradient-reach": {"words": 20},  # of which there are a few sentences
    "lime-spread": {"samples": 16},
    "recorded-weights": {"weights": [0.5, -0.25]},
    "simpler-model": {"networks": 2},
}
"""Settings of single methods, where a name in `SMALL` means something else; and of those on data that learn longest."""

UP_TO = {
    "cascading-randomisation",  # a declaration does not know how many blocks of layers these networks have
    "cams-through-blocks",  # nor does it here
    "integrated-gradients",  # stops as soon as its account closes
    "regularisers-one-by-one",  # looks at none of the pictures, so it makes its own once for all of them
    "kernel-shap",  # has no more coalitions to ask for than its regions allow
    "single-values",  # does not know beforehand which values are the same, or colours of one pixel
    "whole-and-parts",  # nor that a square may have fewer pixels than parts
    "occlusion",  # a declaration knows the settings, but not that these pictures are smaller than VGG16's
}
"""Methods whose declaration is the most that they cost; all others cost exactly what they declare."""

ON_PICTURES = [name for name, one in methods().items() if one.subject == "picture"]
ON_DATA = [name for name, one in methods().items() if one.subject == "data"]  # each learns anew whenever it is run

every_declaration = pytest.mark.parametrize("name", methods())
every_method = pytest.mark.parametrize("name", ON_PICTURES)
every_answer = pytest.mark.parametrize(
    "name", [*ON_PICTURES, *(pytest.param(name, marks=pytest.mark.slow) for name in ON_DATA)]
)


def settings_for(one: Method) -> dict[str, Any]:
    fields = one.settings.model_fields if one.subject == "picture" else {}
    return {name: value for name, value in SMALL.items() if name in fields} | OWN.get(one.name, {})


def maps_for(one: Method, count: int) -> list[NDArray[np.float32]]:
    """As many maps of other experiments as the method takes: one on the picture's grid, the others coarser."""
    shapes = [(8, 8, 3), *[(4, 4)] * one.maps[1]][: one.maps[1]]
    return [
        np.random.default_rng(seed).standard_normal((len(PICTURES), *shape)).astype(np.float32)[:count]
        for seed, shape in enumerate(shapes)
    ]


TINY = make_tiny(8, head="pooled")


@cache
def network() -> KerasNetwork:
    return TINY.to_keras()


def ask(one: Method, pictures: Array = PICTURES, targets: Targets = TARGETS, **settings: Any) -> Result:
    maps = [other[-len(pictures) :] for other in maps_for(one, len(PICTURES))]
    return run(one, network(), pictures, targets, {**settings_for(one), **settings}, maps)


@cache
def answer(name: str) -> Result:
    """What a method answers, to the pictures or from data of its own; found once for all tests, and read-only."""
    one = methods()[name]
    result = run_on_data(one, settings_for(one)) if one.subject == "data" else ask(one)
    for values in result.values():
        values.setflags(write=False)
    return result


@dataclass(frozen=True)
class Repetition:
    """The same answer once more, how many pictures passed the network for it, and what is no longer as it was."""

    result: Result
    passes: list[int]  # forward and backward
    changed: list[str]


@cache
def again(name: str) -> Repetition:
    one, counted = methods()[name], np.zeros(2, int)
    pictures, targets, maps = PICTURES.copy(), TARGETS.copy(), maps_for(one, len(PICTURES))
    weights = [array.copy() for array in network().model.get_weights()]

    def count(forward: int, backward: int) -> None:
        counted[:] += forward, backward

    network().listeners.append(count)
    try:
        result = run(one, network(), pictures, targets, settings_for(one), maps)
    finally:
        network().listeners.remove(count)
    before_and_after = {
        "pictures": ([PICTURES], [pictures]),
        "targets": ([TARGETS], [targets]),
        "maps": (maps_for(one, len(PICTURES)), maps),
        "weights": (weights, network().model.get_weights()),
    }
    changed = [key for key, pairs in before_and_after.items() if not all(map(np.array_equal, *pairs))]
    return Repetition(result, counted.tolist(), changed)


@pytest.fixture(scope="module", autouse=True)
def _hardly_learned() -> Iterator[None]:
    """Whatever learns does so in a moment: that what has learned as in a build repeats is in test_small_networks.py."""
    with hardly_learned():
        yield


# The declaration


@every_declaration
def test_the_declaration_says_what_the_pages_need(name: str) -> None:
    one = methods()[name]
    for words in (one.title, one.summary):
        assert set(words) == {"en", "zh"} and all(words.values())
    assert any("\u4e00" <= letter <= "\u9fff" for letter in one.summary["zh"])
    assert one.summary["en"].endswith((".", "?")) and one.summary["zh"].endswith(("。", "？"))
    assert len(one.description.splitlines()[0]) > 20
    assert one.views and set(one.views) <= set(views())
    assert (one.signed is not None) == (one.gives == "attribution")
    assert one.subject == "picture" or one.gives not in ("attribution", "feature maps", "picture")


@every_declaration
def test_every_setting_is_described_and_its_default_is_within_its_range(name: str) -> None:
    one = methods()[name]
    assert all(field.description for field in one.settings.model_fields.values())
    one.settings.model_validate(one.settings().model_dump())
    assert set(one.layer_settings) <= set(one.settings.model_fields)


@pytest.mark.parametrize("name", methods())
def test_settings_and_axes_have_words_in_both_languages(name: str) -> None:
    """Missing ones go into netviz/languages/zh/settings.ftl and netviz/languages/en/terms.ftl."""
    one = methods()[name]
    for setting, field in one.settings.model_fields.items():
        assert is_term(setting), setting
        assert setting_words(name, setting, field.description or "", "zh"), field.description
    for view in {"curve", "scatter", "matrix", "plane"} & set(one.views):
        for language in ("en", "zh"):
            assert all(axis_words(name, view, {}, language) or ("", "")), view


# The answer


@every_method
def test_one_entry_a_picture_finite_and_of_the_declared_kind(name: str) -> None:
    one, result = methods()[name], answer(name)
    for key, values in result.items():
        assert isinstance(values, np.ndarray) and values.shape[:1] == PICTURES.shape[:1], key
        assert values.dtype.kind in "fib" and np.isfinite(values).all(), key
    assert ("attribution" in result) == (one.gives == "attribution")
    if one.gives == "attribution":
        attribution = result["attribution"]
        assert attribution.dtype == np.float32
        assert attribution.ndim == 3 or (attribution.ndim == 4 and attribution.shape[3] == 3)
        assert attribution.any()
        assert one.signed or (attribution >= 0).all()


@every_method
def test_what_is_measured_has_words_in_both_languages(name: str) -> None:
    """Numbers, and series of charts; missing words go into netviz/languages/en/terms.ftl."""
    numbers, arrays = split(answer(name))
    series = [key for key, values in arrays.items() if values.ndim == 1] if "x" in {**numbers, **arrays} else []
    assert [key for key in [*numbers, *series] if not is_term(key)] == []


@every_answer
def test_it_declares_the_numbers_that_it_gives(name: str) -> None:
    """Every single number; and of what has several, which may be few under some settings, nothing else."""
    one = methods()[name]
    given = {key: values.ndim - (one.subject == "picture") for key, values in answer(name).items()}
    single = {key for key, axes in given.items() if axes == 0}
    rows = {key for key, axes in given.items() if axes == 1}
    declared = one.numbers_with(one.settings(**settings_for(one)))
    assert declared is not None and single <= set(declared) <= single | rows


@every_method
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    first, other = answer(name), again(name).result
    assert {key: values.tobytes() for key, values in first.items()} == {
        key: values.tobytes() for key, values in other.items()
    }


@pytest.mark.parametrize("name", [name for name in ON_PICTURES if "seed" in methods()[name].settings.model_fields])
def test_another_seed_gives_another_answer(name: str) -> None:
    one = methods()[name]
    noise = {"baseline": "noise"} if "baseline" in one.settings.model_fields else {}
    first = ask(one, **noise) if noise else answer(name)
    other = ask(one, seed=one.settings().seed + 1, **noise)  # type: ignore[attr-defined]
    assert any(not np.array_equal(first[key], other[key]) for key in first)


@every_method
def test_a_batch_equals_its_pictures_one_by_one(name: str) -> None:
    one, batch = methods()[name], answer(name)
    for i in range(len(PICTURES)):
        maps = [other[i : i + 1] for other in maps_for(one, len(PICTURES))]
        single = run(one, network(), PICTURES[i : i + 1], TARGETS[i : i + 1], settings_for(one), maps)
        for key, values in single.items():
            tolerance = 1e-4 * float(np.abs(values).max())
            if values[0].size <= READABLE:  # a number, say an error, which may be nothing but rounding
                tolerance = max(tolerance, 1e-6)
            np.testing.assert_allclose(batch[key][i], values[0], atol=tolerance, err_msg=f"{key} of picture {i}")


@every_method
def test_any_class_may_be_asked_for(name: str) -> None:
    one = methods()[name]
    for target in {0, 1, 2, 3} - {*TARGETS}:  # which `answer` holds
        result = ask(one, PICTURES[:1], np.array([target]))
        assert all(np.isfinite(values).all() for values in result.values())


LAYERS = [layer for layer in TINY.layers() if layer.feeds_output]


@pytest.mark.parametrize(
    ("name", "setting", "layer"),
    [
        pytest.param(one.name, setting, layer.name, marks=[pytest.mark.slow] if layer.name != "conv1" else [])
        for one in methods().values()
        for setting, choice in one.layer_settings.items()
        for layer in LAYERS
        if layer.is_spatial or not choice.spatial
    ],
)
def test_any_layer_may_be_asked_for(name: str, setting: str, layer: str) -> None:
    result = ask(methods()[name], PICTURES[:1], TARGETS[:1], **{setting: layer})
    assert all(np.isfinite(values).all() for values in result.values())


@every_method
def test_pictures_maps_and_weights_stay_as_they_are(name: str) -> None:
    assert again(name).changed == []


@every_method
def test_it_costs_what_it_declares(name: str) -> None:
    one, passes = methods()[name], again(name).passes
    each = one.passes(one.settings(**settings_for(one)))
    declared = [each.forward * len(PICTURES), each.backward * len(PICTURES)]
    if name in UP_TO:
        assert (np.array(passes) <= declared).all() and any(passes)
    else:
        assert passes == declared


# Methods on data


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_DATA)
def test_its_answer_is_finite_repeats_and_can_be_drawn_in_every_declared_view(name: str, tmp_path: Path) -> None:
    one = methods()[name]
    first = answer(name)
    forget_networks()
    again = run_on_data(one, settings_for(one))
    assert {key: values.tobytes() for key, values in first.items()} == {
        key: values.tobytes() for key, values in again.items()
    }
    for key, values in first.items():
        assert values.dtype.kind == "U" or np.isfinite(values).all(), key
    numbers, arrays = split(first)
    json.dumps(numbers)
    assert [key for key in numbers if not is_term(key)] == []  # words go into netviz/languages/en/terms.ftl
    for view in one.views:
        figure = draw(view, arrays, numbers, signed=None, picture_pixels=None, folder=tmp_path)
        assert Figure.from_json(json.loads(json.dumps(figure.to_json()))) == figure
        for language in ("en", "zh"):
            assert len(alt_text(figure, None, language, {"method": one.title[language]})) > 5


# Adding one


@pytest.fixture
def _registry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    methods()
    monkeypatch.setattr(netviz.methods, "_registry", dict(netviz.methods._registry))


@pytest.mark.usefixtures("_registry_of_its_own")
def test_adding_a_method_is_adding_one_function(tmp_path: Path) -> None:
    """Declared here, outside the package: specs may name it at once, with its settings checked, and it runs."""

    @method(
        title={"en": "Activation energy", "zh": "激活能量"},
        summary={"en": "The activations of a layer, raised to a power.", "zh": "某一层激活值的幂。"},
        gives="attribution",
        signed=False,
        views=("raw", "overlay"),
        passes=lambda settings: Passes(forward=1),
    )
    def activation_energy(
        network: Network,
        pictures: Array,
        targets: Targets,
        *,
        layer: SpatialLayer = "block5_conv3",
        power: Annotated[int, Field(ge=1, le=4, description="exponent")] = 2,
        output: OutputSetting = "logit",
    ) -> Result:
        """sum_k A_k^power: ``attribution`` (n, h, w)."""
        return {"attribution": (network.activations(pictures, [layer])[layer] ** power).sum(axis=-1)}

    vocabulary = Vocabulary(methods(), ("dog",), LAYERS)

    def read(spec: str) -> Experiment:
        texts = {}
        for language, body in (("en", f"```experiment\n{spec}\n```\n"), ("zh", "")):
            path = tmp_path / f"{language}.md"
            path.write_text(f"---\ntitle: A\nsummary: B.\n---\n{body}", "utf-8")
            texts[language] = read_text(path, language)
        experiments, mistakes, _ = read_experiments([Lesson("a", texts)], vocabulary)
        if mistakes:
            raise Mistakes(mistakes)
        return experiments["energy"]

    with pytest.raises(Mistakes, match="power"):
        read("id: energy\nmethod: activation-energy\nlayer: conv1\npower: 9")
    with pytest.raises(Mistakes, match="unknown layer"):
        read("id: energy\nmethod: activation-energy\nlayer: conv9")
    experiment = read("id: energy\nmethod: activation-energy\nlayer: conv1\npower: 3")
    assert (experiment.view, experiment.settings) == ("raw", {"layer": "conv1", "power": 3, "output": "logit"})

    result = run(experiment.method, network(), PICTURES, TARGETS, experiment.settings)
    expected = TINY.forward(PICTURES[0])["conv1"]
    np.testing.assert_allclose(result["attribution"][0], (expected**3).sum(axis=-1), rtol=1e-4, atol=1e-5)

"""Estimates: what a build tells beforehand about its cost."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from netviz.engine.estimates import announce_long, cost, seconds_of_a_pass, share_of_a_pass, window_share
from netviz.engine.plan import Task
from netviz.methods import methods
from netviz.networks.architecture import BLOCKS, vgg16_layers
from netviz.networks.weights import Weights
from netviz.progress import Reporter


def task_of(name: str, **settings: Any) -> Task:
    method = methods()[name]
    checked = method.settings(**settings)
    experiment = SimpleNamespace(id=name, method=method, settings=checked.model_dump(), checked_settings=checked)
    return Task(experiment=cast(Any, experiment), picture=None, of=(), weights=Weights("compact", "0" * 64, "nowhere"))


def said_of(task: Task, seconds: float = 0.4) -> list[str]:
    said: list[str] = []
    announce_long([task], lambda: seconds, cast(Reporter, SimpleNamespace(say=said.append)))
    return said


def test_an_experiment_of_many_passes_is_announced() -> None:
    assert said_of(task_of("rise", samples=1000)) == ["rise: up to 1002 passes, about 7 minutes on this machine"]
    assert said_of(task_of("rise", samples=100)) == []
    assert said_of(task_of("rise", samples=1000), seconds=0.1) == []


def test_a_pass_is_timed_only_for_an_experiment_that_may_be_long() -> None:
    def timed() -> float:
        raise AssertionError("it takes time itself")

    announce_long([task_of("integrated-gradients", max_steps=64)], timed, cast(Reporter, None))


def test_the_pass_that_is_timed_is_not_remembered() -> None:
    asked: list[bytes] = []
    network: Any = SimpleNamespace(
        input_shape=(2, 2, 3), gradient=lambda pictures, targets: asked.append(pictures.tobytes())
    )
    seconds_of_a_pass(network)
    assert len({*asked}) == len(asked) == 2


def test_a_pass_that_is_computed_incrementally_counts_as_what_it_takes() -> None:
    occlusion = task_of("occlusion", patch=32, stride=8)
    assert cost(occlusion) == 627  # at 0.4 s each these would be more than four minutes
    assert said_of(occlusion) == []
    assert said_of(task_of("occlusion", patch=224, stride=8)) == []  # one window holds the whole picture


@pytest.mark.parametrize("window", [8, 16, 32, 96])
def test_the_share_of_a_window_is_that_of_the_outputs_it_reaches(window: int) -> None:
    """Followed here by marking what changes along a side, for a window at every place."""
    works: list[float] = []
    for start in range(0, 224 - window + 1, 8):
        changed = np.zeros(224, bool)
        changed[start : start + window] = True
        work, parameters = 0.0, {layer.name: layer.parameters for layer in vgg16_layers("compact")}
        for block, (convolutions, _) in enumerate(BLOCKS, start=1):
            for convolution in range(1, convolutions + 1):
                changed = np.convolve(changed, [1, 1, 1], "same") > 0
                work += parameters[f"block{block}_conv{convolution}"] * changed.sum() ** 2
            changed = changed.reshape(-1, 2).any(axis=1)
        works.append(work)
    whole = sum(
        layer.parameters * layer.shape[0] ** 2 for layer in vgg16_layers("compact") if layer.kind == "convolution"
    )
    assert np.mean(works) / whole <= window_share(window, "compact") <= 1.4 * np.mean(works) / whole


@pytest.mark.parametrize("form", ["compact", "imagenet"])
def test_a_window_that_is_the_picture_is_a_whole_pass(form: str) -> None:
    assert window_share(224, form) == 1
    assert window_share(1000, form) == 1


def test_a_pass_for_a_picture_of_half_the_side_is_a_quarter() -> None:
    assert share_of_a_pass(task_of("activation-maximisation", side=112)) == 0.25
    assert share_of_a_pass(task_of("activation-maximisation")) == share_of_a_pass(task_of("gradient")) == 1

"""What happens to explanations when a network gets more layers, or more weights in as many."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.correlations import correlations
from netviz.methods.dense import DenseNetworks, train_dense, train_dense_until, with_one_thread
from netviz.methods.examples import (
    NOISE,
    STEPS,
    WIDTH,
    Examples,
    Networks,
    Source,
    cosines,
    examples,
    integrated_gradients,
    mean_correlations,
    parameters,
)
from netviz.methods.gradient_descent import Floats

DEEPEST = 8
MEASURES = ("accuracy", "steadiness", "methods_agreement", "networks_agreement")
DEPTHS = {"first": 0, "second": 1, "last": -1}  # of which numbers are told, and where they stand


@method(
    subject="data",
    title={"en": "Explanations by depth", "zh": "解释随深度的变化"},
    summary={
        "en": "Networks of one to eight layers learn the same task: how steady their gradients are, how well two "
        "methods agree, and how much alike the reasons of networks are that differ in their random start alone.",
        "zh": "一到八层的网络学同一个任务：梯度有多稳定，两种方法有多一致，只有随机起点不同的网络理由有多相似。",
    },
    papers=(
        Paper(
            authors="Balduzzi et al.",
            year=2017,
            title="The Shattered Gradients Problem: If resnets are the answer, then what is the question?",
            url="https://arxiv.org/abs/1702.08591",
        ),
    ),
    gives="check",
    views=("curve",),
    numbers=(
        *(f"{name}_{depth}{what}" for name in MEASURES for depth in DEPTHS for what in ("", "_range")),
        *(f"loss_{depth}" for depth in DEPTHS),
        "width",
        "parameters",
        "most_accurate",
    ),
    passes=lambda settings: Passes(0, training=(DEEPEST + (settings.until == "loss")) * STEPS * settings.networks),
)
@with_one_thread
def explanations_by_depth(
    *,
    source: Source = "digits",
    grow: Annotated[
        Literal["layers", "parameters"],
        Field(description="what makes a network larger: layers, or as many weights and biases in two layers"),
    ] = "layers",
    until: Annotated[
        Literal["steps", "loss"],
        Field(description="training ends after as many steps for all, or at the loss that one layer comes to in them"),
    ] = "steps",
    networks: Networks = 5,
    seed: Seed = 1,
) -> Result:
    """``x`` (8,), the layers, and four measures of each network, means over all held-out inputs.

    ``accuracy`` (8, networks). ``steadiness`` (8, networks): the cosine between the gradients at an input and at the
    same with noise. ``methods_agreement`` (8, networks): the correlation of gradient × input with integrated gradients.
    ``networks_agreement`` (8, pairs): that of two networks' integrated gradients where they answer alike.

    Numbers: of each the mean at one layer, at two and at eight (``_first``, ``_second``, ``_last``) and the least and
    the greatest there (``_first_range`` and so on: (2,)), and there, too, the mean ``loss`` on what was learned from;
    the ``width`` of hidden layers; ``parameters`` (2,), least and most; ``most_accurate``, the layers at which the mean
    accuracy is greatest. With ``grow: parameters`` the networks have two layers, and as many weights and biases as one
    of that many layers. With ``until: loss`` each has learned from its examples just as well as the network of one
    layer with its seed.
    """
    data, seeds = examples(source), [seed + number for number in range(networks)]
    learn = partial(train_dense, data.learned, data.targets, seeds=seeds, steps=STEPS)
    if until == "loss":
        goals = learn(depth=1, width=WIDTH).loss(data.learned, data.targets)
        learn = partial(train_dense_until, data.learned, data.targets, goals=goals, seeds=seeds, steps=STEPS)
    measured: dict[str, list[Floats]] = {name: [] for name in MEASURES}
    sizes, losses = [], []
    for depth in range(1, DEEPEST + 1):
        size = parameters(data, depth, WIDTH)
        width = WIDTH if grow == "layers" else width_of(data, size)
        layers = depth if grow == "layers" else 2
        trained = learn(depth=layers, width=width)
        sizes.append(parameters(data, layers, width))
        losses.append(trained.loss(data.learned, data.targets).mean())
        for name, values in _measures(trained, data, seed).items():
            measured[name].append(values)
    found = {name: np.stack(values) for name, values in measured.items()}
    return {
        "x": np.arange(1, DEEPEST + 1),
        **found,
        **{f"{name}_{depth}": values[at].mean() for name, values in found.items() for depth, at in DEPTHS.items()},
        **{
            f"{name}_{depth}_range": np.array([values[at].min(), values[at].max()])
            for name, values in found.items()
            for depth, at in DEPTHS.items()
        },
        **{f"loss_{depth}": losses[at] for depth, at in DEPTHS.items()},
        "width": np.array(WIDTH),
        "parameters": np.array([sizes[0], sizes[-1]]),
        "most_accurate": found["accuracy"].mean(axis=1).argmax() + 1,
    }


def _measures(networks: DenseNetworks, data: Examples, seed: int) -> dict[str, Floats]:
    said = networks.answers(data.held_out)
    inputs = np.broadcast_to(data.held_out, (*said.shape, data.held_out.shape[-1]))
    gradient = networks.gradient(inputs, said)
    integrated = integrated_gradients(networks.gradient, inputs, said)
    pairs = combinations(range(len(said)), 2)
    return {
        "accuracy": (said == data.held_out_labels).mean(axis=-1),
        "steadiness": cosines(gradient, networks.gradient(data.noisy(inputs, NOISE, seed), said)).mean(axis=-1),
        "methods_agreement": mean_correlations(inputs * gradient, integrated),
        "networks_agreement": np.array(
            [
                correlations(integrated[one][alike], integrated[other][alike]).mean()
                for one, other in pairs
                if (alike := said[one] == said[other]).any()
            ]
        ),
    }


def width_of(data: Examples, size: int) -> int:
    """How wide the hidden layer of a network of two layers is that has about so many weights and biases."""
    return max(1, round((size - data.classes) / (data.learned.shape[1] + 1 + data.classes)))

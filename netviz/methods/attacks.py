"""Attacks: the smallest nudge of the picture that changes the network's answer.

A nudge changes every RGB value by at most epsilon, in RGB steps of which a photo has 256, and never leaves 0 to 255.
It is the network's own first answer that is attacked; the class that an experiment asks about plays no part.
"""

from __future__ import annotations

from math import ceil, log2
from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.networks import Array, Network, Targets, softmax

SAFE = (1e-20, 0.9999)  # probabilities between which a float32 softmax has slopes with enough digits

Largest = Annotated[float, Field(gt=0, le=255, description="greatest epsilon to try, RGB steps")]
Closeness = Annotated[float, Field(gt=0, le=10, description="how closely to find the smallest epsilon, RGB steps")]

ACCOUNT = (
    "epsilon",
    "epsilon_below",
    "answer_before",
    "answer_after",
    "probability_before",
    "probability_after",
    "success",
    "survives_rounding",
)  # what every attack measures; `pgd` says what these are


@method(
    title={"en": "FGSM", "zh": "FGSM 快速梯度符号法"},
    summary={
        "en": "Every value of the picture takes the same small step, up or down as the gradient of the loss says; the "
        "smallest such step that changes the answer.",
        "zh": "图片的每个数值都按损失梯度的符号走同样的一小步；找出能改变答案的最小步长。",
    },
    papers=(
        Paper(
            authors="Goodfellow, Shlens and Szegedy",
            year=2014,
            title="Explaining and Harnessing Adversarial Examples",
            url="https://arxiv.org/abs/1412.6572",
            place="section 4",
        ),
    ),
    gives="picture",
    views=("before-after",),
    numbers=ACCOUNT,
    passes=lambda settings: Passes(
        forward=4 + settings.points + halvings(settings.largest / settings.points, settings.closeness), backward=1
    ),
    asks_for_class=lambda settings: False,
)
def fgsm(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    largest: Largest = 16.0,
    points: Annotated[int, Field(ge=1, le=32, description="equally spaced epsilons to try first")] = 32,
    closeness: Closeness = 0.001,
) -> Result:
    """A step x + epsilon * sign(d loss / d x): ``before`` and ``after`` (n, height, width, 3) float32, 0 to 255.

    The loss is the cross-entropy of the network's answer. The answer need not stay changed as epsilon grows, so equally
    spaced ones are tried first; the interval before the first that works is then halved until it is no longer than
    ``closeness``. ``epsilon`` (n,) works, ``epsilon_below`` (n,), at the interval's other end, does not. Where
    nothing works, ``success`` is 0 and ``epsilon`` the ``largest``. The other numbers are those of `pgd`.
    """
    before = _probabilities(network, pictures)
    found = []
    for picture, probabilities in zip(pictures, before, strict=True):
        answer = int(probabilities.argmax())
        precise = _precise(network, probabilities[answer])
        direction = -np.sign(precise.gradient(picture[None], np.array([answer]), output="probability"))
        tried = largest * np.arange(points + 1) / points
        changed = network.logits(_moved(picture, direction, tried[1:])).argmax(axis=1) != answer
        first = int(changed.argmax()) if changed.any() else points - 1
        low, high = float(tried[first]), float(tried[first + 1])
        for _ in range(halvings(largest / points, closeness)):
            middle = (low + high) / 2
            if network.logits(_moved(picture, direction, np.array([middle]))).argmax() != answer:
                high = middle
            else:
                low = middle
        found.append((_moved(picture, direction, np.array([high]))[0], high, low))
    return _account(network, pictures, before, found, towards=-1)


@method(
    title={"en": "PGD", "zh": "PGD 投影梯度下降"},
    summary={
        "en": "Many small steps along the sign of the gradient that never leave the neighbourhood of the picture; the "
        "smallest neighbourhood in which they change the answer, to any other or to a given one.",
        "zh": "沿梯度的符号走许多小步，始终不离开图片的邻域；找出能把答案改成其他类别或指定类别的最小邻域。",
    },
    papers=(
        Paper(
            authors="Madry, Makelov, Schmidt, Tsipras and Vladu",
            year=2017,
            title="Towards Deep Learning Models Resistant to Adversarial Attacks",
            url="https://arxiv.org/abs/1706.06083",
            place="section 2.1",
        ),
    ),
    gives="picture",
    views=("before-after",),
    numbers=ACCOUNT,
    passes=lambda settings: Passes(
        forward=3 + settings.steps + (settings.steps + 1) * halvings(settings.largest, settings.closeness),
        backward=settings.steps * (halvings(settings.largest, settings.closeness) + 1),
    ),
    asks_for_class=lambda settings: False,
)
def pgd(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    towards: Annotated[
        int, Field(ge=-1, le=999, description="index of the class that the answer should become; -1: any other")
    ] = -1,
    steps: Annotated[int, Field(ge=1, le=1000, description="steps of each attempt")] = 10,
    largest: Largest = 2.0,
    closeness: Closeness = 0.01,
    seed: Seed = 0,
) -> Result:
    """Steps x <- project(x ± a sign(d loss / d x)): ``before`` and ``after`` (n, height, width, 3) float32, 0 to 255.

    The loss is the cross-entropy of the network's answer, which is raised, or that of the class ``towards``, which is
    lowered. Each step's length is a = 2.5 epsilon / ``steps``; it is projected to within epsilon of the picture and to
    0 to 255. The start is a random point of that neighbourhood. ``epsilon`` (n,) is the smallest found to work: the
    interval from 0 to ``largest`` is halved until it is no longer than ``closeness``; ``epsilon_below`` (n,), at its
    other end, did not work. Where nothing works, ``success`` is 0 and ``epsilon`` the ``largest``.

    ``answer_before`` and ``answer_after`` (n,) are class indices, ``probability_before`` and ``probability_after``
    (n,) their probabilities; ``survives_rounding`` (n,) says whether the attack still works once the picture has
    whole RGB values, as in a file. Raises ValueError if there is no class ``towards``.
    """
    before = _probabilities(network, pictures)
    if towards >= before.shape[1]:
        raise ValueError(f"there is no class {towards}: the network knows 0 to {before.shape[1] - 1}")
    found = []
    for picture, probabilities in zip(pictures, before, strict=True):
        answer = int(probabilities.argmax())
        aim, sign = (answer, -1) if towards < 0 else (towards, 1)
        precise = _precise(network, probabilities[aim])
        low, high = 0.0, largest
        best = _walk(precise, picture, aim, sign, largest, steps, seed)
        for _ in range(halvings(largest, closeness)):
            middle = (low + high) / 2
            candidate = _walk(precise, picture, aim, sign, middle, steps, seed)
            if _works(network.logits(candidate[None]).argmax(axis=1), answer, towards)[0]:
                high, best = middle, candidate
            else:
                low = middle
        found.append((best, high, low))
    return _account(network, pictures, before, found, towards)


def halvings(length: float, closeness: float) -> int:
    """How often to halve an interval until it is no longer than so much."""
    return max(0, ceil(log2(length / closeness)))


def _walk(network: Network, picture: Array, aim: int, sign: int, epsilon: float, steps: int, seed: int) -> Array:
    """Where projected gradient steps lead that raise (sign 1) or lower (-1) a class's probability: (h, w, 3)."""
    near = epsilon * np.random.default_rng(seed).uniform(-1, 1, picture.shape)
    step = 2.5 * epsilon / steps
    point = np.clip(picture + near, 0, 255).astype(np.float32)
    for _ in range(steps):
        slope = network.gradient(point[None], np.array([aim]), output="probability")[0]
        moved = np.clip(point + sign * step * np.sign(slope), picture - epsilon, picture + epsilon)
        point = np.clip(moved, 0, 255).astype(np.float32)
    return point


def _moved(picture: Array, direction: Array, epsilons: Array) -> Array:
    """The picture after a step of each length: (k,) to (k, height, width, 3) float32."""
    return np.clip(picture + epsilons[:, None, None, None] * direction, 0, 255).astype(np.float32)


def _probabilities(network: Network, pictures: Array) -> Array:
    """(n, classes) float64."""
    return softmax(network.logits(pictures).astype(np.float64))


def _precise(network: Network, probability: float) -> Network:
    """The network in a precision in which the slopes of such a probability are not lost in rounding.

    The sign of the cross-entropy's slope is minus that of the probability's. But where a network is all but certain,
    1 - p has no digits left in float32, and the slope comes out as noise or as zero.
    """
    return network if SAFE[0] < probability < SAFE[1] else network.at("float64")


def _works(answers: Array | Targets, answer: int, towards: int) -> Array:
    """Whether each answer is the one wanted, or, if none is named, another than at first."""
    return answers != answer if towards < 0 else answers == towards


def _account(
    network: Network, pictures: Array, before: Array, found: list[tuple[Array, float, float]], towards: int
) -> Result:
    """The pictures before and after, and what the network says of both."""
    attacked = np.stack([picture for picture, _, _ in found])
    after = _probabilities(network, attacked)
    rounded = network.logits(np.round(attacked)).argmax(axis=1)
    works = [
        [_works(answers[i], int(before[i].argmax()), towards) for i in range(len(pictures))]
        for answers in (after.argmax(axis=1), rounded)
    ]
    return {
        "before": np.array(pictures, np.float32),
        "after": attacked,
        "epsilon": np.array([epsilon for _, epsilon, _ in found]),
        "epsilon_below": np.array([below for _, _, below in found]),
        "answer_before": before.argmax(axis=1),
        "answer_after": after.argmax(axis=1),
        "probability_before": before.max(axis=1),
        "probability_after": after.max(axis=1),
        "success": np.array(works[0], int),
        "survives_rounding": np.array(works[1], int),
    }

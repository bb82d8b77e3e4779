"""What becomes of explanations when a network is replaced by a simpler model that learned from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.dense import DenseNetworks, train_dense, with_one_thread
from netviz.methods.examples import (
    NOISE,
    STEPS,
    WIDTH,
    Examples,
    Gradient,
    Networks,
    Source,
    cosines,
    examples,
    integrated_gradients,
    mean_correlations,
    parameters,
)
from netviz.methods.gradient_descent import Floats

TEACHER_LAYERS = 6
TEACHER_WIDTH = 64
STUDENT_WIDTH = 16
LEAVES = 32
COPIES = 4  # of each input, from which students learn, too
COPY_NOISE = 0.6  # of those copies
NAMES = {
    "teacher": "the large network itself",
    "taught": "simple model of the large network",
    "alone": "simple model of the labels",
    "other": "another large network",
}


@method(
    subject="data",
    title={"en": "A simpler model learned from a network", "zh": "从网络学来的简化模型"},
    summary={
        "en": "A small network, a linear model or a tree learns what a large network says: how often it is right, how "
        "often it agrees, and how much its reasons are those of the large one.",
        "zh": "小网络、线性模型或决策树学习大网络的回答：准确率如何，有多少次与它一致，理由又有多像它的理由。",
    },
    papers=(
        Paper(
            authors="Buciluă, Caruana and Niculescu-Mizil",
            year=2006,
            title="Model Compression",
            url="https://doi.org/10.1145/1150402.1150464",
        ),
        Paper(
            authors="Hinton, Vinyals and Dean",
            year=2015,
            title="Distilling the Knowledge in a Neural Network",
            url="https://arxiv.org/abs/1503.02531",
        ),
    ),
    gives="contributions",
    views=("bars",),
    numbers=(
        "names",
        "correlations",
        "lowest",
        "highest",
        "teacher_accuracy",
        "teacher_steadiness",
        "teacher_needed",
        "teacher_parameters",
        *(f"taught_{name}" for name in ("accuracy", "agreement", "likeness", "steadiness", "needed", "parameters")),
        *(f"alone_{name}" for name in ("accuracy", "agreement", "likeness")),
        "taught_nearer",
        "own_likeness",
        "own_integrated",
        "taught_integrated",
        "other_likeness",
        "other_agreement",
        "taught_range",
        "alone_range",
        "other_range",
    ),
    passes=lambda settings: Passes(0, training=5 * STEPS * settings.networks),
)
@with_one_thread
def simpler_model(
    *,
    source: Source = "digits",
    student: Annotated[
        Literal["small-network", "linear", "tree"],
        Field(description="a network of two layers with 16 units between them, a linear model, or a tree of 32 leaves"),
    ] = "small-network",
    networks: Networks = 5,
    seed: Seed = 1,
) -> Result:
    """How much the reasons of four models are those of a large network: ``names``, ``correlations`` (4,).

    The reasons are what hiding each input alone does to the score of the class that the large network answers, for the
    large network in log-odds; likeness is their correlation, averaged over the held-out inputs. ``teacher`` is the
    large network's own gradient × input; ``taught`` the simple model, learned from what the large one says to the
    inputs and to noisy copies of them; ``alone`` the same, learned in as many steps from the same inputs and copies
    with their labels; ``other`` a large network of another random start. ``lowest`` and ``highest`` (4,) are over the
    networks.

    Numbers, means over the networks: ``_accuracy``; ``_agreement``, the share of held-out inputs that the model answers
    as the large network does; ``_likeness``; ``taught_nearer``, for how many of the networks ``taught`` is more like
    them than ``alone``; ``own_integrated`` and ``taught_integrated``, the likeness of ``teacher`` and ``taught`` if
    the reasons are integrated gradients, of the large network and of the simple model (unknown for a tree);
    ``_steadiness``, the cosine of the gradients at an input and at the same
    with noise (unknown for a tree); ``_needed``, how many inputs hold four fifths of the reasons' sizes;
    ``_parameters``, of a tree its leaves; ``_range`` (2,), least and greatest likeness.
    """
    data, seeds = examples(source), [seed + number for number in range(networks)]
    teachers = _teachers(source, networks, seed)
    said = teachers.answers(data.held_out)
    reasons = hiding_effects(teachers.log_odds, data.held_out, said)
    copies = data.noisy(np.tile(data.learned, (COPIES, 1)), COPY_NOISE, seed)
    told = np.concatenate([data.learned, copies])
    known = np.broadcast_to(np.tile(data.targets, (COPIES + 1, 1)), (networks, len(told), data.classes))
    taught, alone = (
        _student(student, data, told, targets, seeds, 2 * STEPS) for targets in (teachers.probabilities(told), known)
    )
    inputs = np.broadcast_to(data.held_out, reasons.shape)
    slope = teachers.gradient(inputs, said)
    others = DenseNetworks([(np.roll(weights, 1, 0), np.roll(biases, 1, 0)) for weights, biases in teachers.layers])
    integrated = integrated_gradients(teachers.gradient, inputs, said)
    taught_reasons = hiding_effects(taught.score, data.held_out, said)
    likeness = {
        "teacher": mean_correlations(inputs * slope, reasons),
        "taught": mean_correlations(taught_reasons, reasons),
        "alone": mean_correlations(hiding_effects(alone.score, data.held_out, said), reasons),
        "other": mean_correlations(hiding_effects(others.log_odds, data.held_out, said), reasons),
    }
    noisy = data.noisy(inputs, NOISE, seed)
    truths = data.held_out_labels
    answers = {"teacher": said, "taught": taught.answers(data.held_out), "alone": alone.answers(data.held_out)}
    return {
        "names": np.array([NAMES[name] for name in likeness]),
        "correlations": np.array([values.mean() for values in likeness.values()]),
        "lowest": np.array([values.min() for values in likeness.values()]),
        "highest": np.array([values.max() for values in likeness.values()]),
        **{f"{name}_accuracy": (given == truths).mean() for name, given in answers.items()},
        **{f"{name}_agreement": (answers[name] == said).mean() for name in ("taught", "alone")},
        "taught_nearer": (likeness["taught"] > likeness["alone"]).sum(),
        "other_agreement": (others.answers(data.held_out) == said).mean(),
        "own_likeness": likeness["teacher"].mean(),
        "own_integrated": mean_correlations(inputs * slope, integrated).mean(),
        "taught_integrated": taught.likeness(integrated, inputs, said),
        **{f"{name}_likeness": likeness[name].mean() for name in ("taught", "alone", "other")},
        **{
            f"{name}_range": np.array([likeness[name].min(), likeness[name].max()])
            for name in ("taught", "alone", "other")
        },
        "teacher_steadiness": cosines(slope, teachers.gradient(noisy, said)).mean(),
        "taught_steadiness": taught.steadiness(inputs, noisy, said),
        "teacher_needed": needed(reasons).mean(),
        "taught_needed": needed(taught_reasons).mean(),
        "teacher_parameters": np.array(parameters(data, TEACHER_LAYERS, TEACHER_WIDTH)),
        "taught_parameters": np.array(taught.size),
    }


@method(
    subject="data",
    title={"en": "Steps that change an answer", "zh": "多大的一步才改变答案"},
    summary={
        "en": "How often a step of one input alone changes what a network and a tree say: of the tree, whose answer "
        "has jumps and no slope, small steps change nothing.",
        "zh": "单独把一个输入移动一步，网络和决策树的答案有多少会变：树的答案只有跳跃、没有斜率，小步什么也不改变。",
    },
    gives="check",
    views=("curve",),
    logarithmic="x",
    numbers=("x", "network", "tree", "network_smallest", "tree_smallest", "tree_largest", "hidden_share"),
    passes=lambda settings: Passes(0, training=STEPS),
)
@with_one_thread
def steps_that_count(*, source: Source = "tumours", seed: Seed = 1) -> Result:
    """Every held-out row, every column moved alone: of these steps the share that changes the answer at all.

    ``x`` (7,) are steps in root mean squares of the columns, ``network`` (7,) the share of log-odds that change by more
    than a millionth, for a network of two layers, ``tree`` (7,) that of a tree's probabilities. Numbers: both at the
    smallest step and the tree's at the largest; ``hidden_share`` of the rows have a column whose hiding changes the
    tree's answer.
    """
    data = examples(source)
    network = train_dense(data.learned, data.targets, depth=2, width=WIDTH, seeds=[seed], steps=STEPS)
    tree = _trees(data.learned, data.targets[None])
    models = {"network": (network.log_odds, network.answers), "tree": (tree.score, tree.answers)}
    sizes = np.sqrt((data.learned**2).mean(axis=0))
    steps = np.geomspace(1e-3, 1, 7)
    changed: dict[str, Floats] = {}
    for name, (score, answers) in models.items():
        said = answers(data.held_out)
        effects = [moving_effects(score, data.held_out, said, step * sizes) for step in steps]
        changed[name] = np.array([(np.abs(one) > 1e-6).mean() for one in effects])
    said = tree.answers(data.held_out)
    hidden = hiding_effects(tree.score, data.held_out, said)[0]
    return {
        "x": steps,
        **changed,
        "network_smallest": changed["network"][0],
        "tree_smallest": changed["tree"][0],
        "tree_largest": changed["tree"][-1],
        "hidden_share": (np.abs(hidden) > 1e-6).any(axis=-1).mean(),
    }


@cache
def _teachers(source: str, networks: int, seed: int) -> DenseNetworks:
    data = examples(source)
    seeds = [seed + number for number in range(networks)]
    return train_dense(data.learned, data.targets, depth=TEACHER_LAYERS, width=TEACHER_WIDTH, seeds=seeds, steps=STEPS)


@dataclass(frozen=True)
class Student:
    """A simple model for each teacher; inputs are (networks, n, k), classes (networks, n).

    ``score`` is what it gives a class: log-odds, or a tree's probability, whose log-odds may be infinite. A tree has no
    ``gradient``. ``size`` is the number of weights and biases, or of leaves on average.
    """

    answers: Callable[[Floats], NDArray[np.int64]]
    score: Callable[[Floats, NDArray[np.int64]], Floats]
    gradient: Gradient | None
    size: float

    def likeness(self, integrated: Floats, inputs: Floats, classes: NDArray[np.int64]) -> Floats:
        """The mean correlation of others' integrated gradients with its own; NaN where there is no gradient."""
        if self.gradient is None:
            return np.array(np.nan)
        own = integrated_gradients(self.gradient, inputs, classes)
        return np.asarray(mean_correlations(own, integrated).mean())

    def steadiness(self, inputs: Floats, noisy: Floats, classes: NDArray[np.int64]) -> Floats:
        """The mean cosine of the gradients at inputs and at noisy ones; NaN where there is no gradient."""
        if self.gradient is None:
            return np.array(np.nan)
        return np.asarray(cosines(self.gradient(inputs, classes), self.gradient(noisy, classes)).mean())


def _student(kind: str, data: Examples, inputs: Floats, targets: Floats, seeds: list[int], steps: int) -> Student:
    """One of the kind for each of ``targets`` (networks, n, classes), which are what it learns to say."""
    if kind == "tree":
        return _trees(inputs, targets)
    layers = 1 if kind == "linear" else 2
    trained = train_dense(inputs, targets, depth=layers, width=STUDENT_WIDTH, seeds=seeds, steps=steps)
    return Student(trained.answers, trained.log_odds, trained.gradient, parameters(data, layers, STUDENT_WIDTH))


def _trees(inputs: Floats, targets: Floats) -> Student:
    from sklearn.tree import DecisionTreeClassifier

    trees = [
        DecisionTreeClassifier(max_leaf_nodes=LEAVES, random_state=0).fit(inputs, said.argmax(axis=-1))
        for said in targets
    ]

    def probabilities(given: Floats) -> Floats:
        many = np.broadcast_to(given, (len(trees), *given.shape[-2:]))
        return np.stack([tree.predict_proba(rows) for tree, rows in zip(trees, many, strict=True)])

    def score(given: Floats, classes: NDArray[np.int64]) -> Floats:
        return np.asarray(np.take_along_axis(probabilities(given), classes[..., None], axis=-1)[..., 0])

    leaves = np.mean([tree.get_n_leaves() for tree in trees])
    return Student(lambda given: probabilities(given).argmax(axis=-1), score, None, float(leaves))


def hiding_effects(
    score: Callable[[Floats, NDArray[np.int64]], Floats], inputs: Floats, classes: NDArray[np.int64]
) -> Floats:
    """How far the score of a class falls when an input alone takes its mean, 0: (n, k) to (networks, n, k)."""
    return -moving_effects(score, inputs, classes, -inputs)


def moving_effects(
    score: Callable[[Floats, NDArray[np.int64]], Floats], inputs: Floats, classes: NDArray[np.int64], steps: Floats
) -> Floats:
    """How far the score of a class rises when an input alone moves by its step: (n, k) to (networks, n, k)."""
    given = np.broadcast_to(inputs, (*classes.shape, inputs.shape[-1]))
    whole = score(given, classes)
    moved = given + steps
    effects = np.empty(given.shape)
    for number in range(inputs.shape[-1]):
        one = given.copy()
        one[..., number] = moved[..., number]
        effects[..., number] = score(one, classes) - whole
    return effects


def needed(effects: Floats, share: float = 0.8) -> NDArray[np.int64]:
    """How few entries along the last axis hold this share of the sum of their sizes."""
    sizes = -np.sort(-np.abs(effects), axis=-1)
    sums = sizes.cumsum(axis=-1)
    return np.asarray((sums < share * sums[..., -1:]).sum(axis=-1) + 1)

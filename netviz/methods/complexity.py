"""What happens to explanations when a network gets more layers, or is replaced by a simpler model.

All is measured on held-out rows or digits, on several networks that differ in their random start alone. A score here
is the log-odds of the class that the network answers, and an input's baseline the mean of what was learned from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, pairwise
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.digits import INK, digits
from netviz.data.tables import table
from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.correlations import correlations
from netviz.methods.dense import DenseNetworks, train_dense, train_dense_until, with_one_thread
from netviz.methods.gradient_descent import Floats
from netviz.methods.gradients import quadrature
from netviz.networks import Array

DEEPEST = 8
WIDTH = 32  # units of a hidden layer, where layers are added
TEACHER_LAYERS, TEACHER_WIDTH = 6, 64
STUDENT_WIDTH = 16
LEAVES = 32
STEPS = 600  # of training
NOISE = 0.3  # that a gradient should stand, as a share of the inputs' root mean square
COPIES = 4  # of each input, from which students learn, too
COPY_NOISE = 0.6  # of those copies
PATH = 16  # points of integrated gradients

Source = Annotated[Literal["digits", "tumours"], Field(description="handwritten digits, or the table of tumours")]
Networks = Annotated[int, Field(ge=2, le=20, description="networks that differ in their random start alone")]


@dataclass(frozen=True)
class Examples:
    """``learned`` and ``held_out`` (n, k), less the mean of the former; ``learned_labels``, ``held_out_labels``."""

    learned: Floats
    held_out: Floats
    learned_labels: NDArray[np.int64]
    held_out_labels: NDArray[np.int64]

    @property
    def classes(self) -> int:
        return int(self.learned_labels.max()) + 1

    @property
    def targets(self) -> Floats:
        """The known labels as probabilities: (n, classes)."""
        return np.eye(self.classes)[self.learned_labels]

    def noisy(self, inputs: Floats, noise: float, seed: int) -> Floats:
        """Inputs with normal noise of so many times the root mean square of those learned from: (..., n, k)."""
        deviation = noise * np.sqrt((self.learned**2).mean())
        return inputs + deviation * np.random.default_rng(seed).standard_normal(inputs.shape)


@cache
def examples(source: str) -> Examples:
    """Digits with ink from -1 to 1, or the tumours' columns in standard deviations."""
    inputs: Array
    if source == "digits":
        data = digits()
        inputs = (2 * data.pictures / INK - 1).reshape(len(data.labels), -1)
        labels, held_out = data.labels, data.held_out
    else:
        rows = table("tumours")
        inputs, labels, held_out = rows.standardised, rows.labels, rows.held_out
    mean = inputs[~held_out].mean(axis=0)
    return Examples(inputs[~held_out] - mean, inputs[held_out] - mean, labels[~held_out], labels[held_out])


NAMES = {
    "teacher": "the large network itself",
    "taught": "simple model of the large network",
    "alone": "simple model of the labels",
    "other": "another large network",
}
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
    integrated = integrated_gradients(networks, inputs, said)
    pairs = combinations(range(len(said)), 2)
    return {
        "accuracy": (said == data.held_out_labels).mean(axis=-1),
        "steadiness": cosines(gradient, networks.gradient(data.noisy(inputs, NOISE, seed), said)).mean(axis=-1),
        "methods_agreement": _likeness(inputs * gradient, integrated),
        "networks_agreement": np.array(
            [
                correlations(integrated[one][alike], integrated[other][alike]).mean()
                for one, other in pairs
                if (alike := said[one] == said[other]).any()
            ]
        ),
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
    them than ``alone``; ``_steadiness``, the cosine of the gradients at an input and at the same
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
    taught_reasons = hiding_effects(taught.score, data.held_out, said)
    likeness = {
        "teacher": _likeness(inputs * slope, reasons),
        "taught": _likeness(taught_reasons, reasons),
        "alone": _likeness(hiding_effects(alone.score, data.held_out, said), reasons),
        "other": _likeness(hiding_effects(others.log_odds, data.held_out, said), reasons),
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
    gradient: Callable[[Floats, NDArray[np.int64]], Floats] | None
    size: float

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


def integrated_gradients(networks: DenseNetworks, inputs: Floats, classes: NDArray[np.int64]) -> Floats:
    """From the mean, 0, to the inputs: (networks, n, k)."""
    stops, weights = quadrature(PATH, "midpoint")
    slopes = [weight * networks.gradient(stop * inputs, classes) for stop, weight in zip(stops, weights, strict=True)]
    return np.asarray(inputs * np.sum(slopes, axis=0))


def cosines(first: Floats, second: Floats) -> Floats:
    """Of the angles between vectors along the last axis; 0 where one has no length."""
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    products = (first * second).sum(axis=-1)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


def needed(effects: Floats, share: float = 0.8) -> NDArray[np.int64]:
    """How few entries along the last axis hold this share of the sum of their sizes."""
    sizes = -np.sort(-np.abs(effects), axis=-1)
    sums = sizes.cumsum(axis=-1)
    return np.asarray((sums < share * sums[..., -1:]).sum(axis=-1) + 1)


def parameters(data: Examples, layers: int, width: int) -> int:
    """Weights and biases of a network for these examples, with so many units in each layer but the last."""
    sizes = [data.learned.shape[1], *[width] * (layers - 1), data.classes]
    return sum((before + 1) * after for before, after in pairwise(sizes))


def width_of(data: Examples, size: int) -> int:
    """How wide the hidden layer of a network of two layers is that has about so many weights and biases."""
    return max(1, round((size - data.classes) / (data.learned.shape[1] + 1 + data.classes)))


def _likeness(first: Floats, second: Floats) -> Floats:
    """The mean over inputs of the correlation of two explanations, (networks, n, k) twice: (networks,)."""
    return np.array([correlations(one, other).mean() for one, other in zip(first, second, strict=True)])

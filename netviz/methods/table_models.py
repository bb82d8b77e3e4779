"""Models of a table that can be read whole, and how often they and a network are right on rows not seen before."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.tables import table as read_table
from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.calibration import DRAWS, GUO, Bins, equal_groups, expected_error, group_means
from netviz.methods.held_out import FOLDS, STEPS, Learned, ShownColumns, TableSetting, unseen, unseen_probabilities
from netviz.networks import Array

Depth = Annotated[int, Field(ge=1, le=6, description="questions from the root to a leaf, at most")]


@method(
    subject="data",
    title={"en": "A network and simpler models", "zh": "网络与更简单的模型"},
    summary={
        "en": "How often each model is right on rows that it has not learned from, each row tested once.",
        "zh": "各个模型在没学过的行上答对的比例；每一行恰好受检一次。",
    },
    gives="check",
    views=("bars",),
    numbers=(
        "names",
        "shares",
        "auc",
        "network",
        "linear",
        "tree",
        "commonest",
        "network_auc",
        "linear_auc",
        "tree_auc",
        "rows",
        "positive",
        "missed",
        "false_alarms",
    ),
    passes=lambda settings: Passes(0, training=FOLDS * STEPS),
)
def models_compared(*, table: TableSetting = "tumours", depth: Depth = 3, seed: Seed = 1) -> Result:
    """Accuracies by five-fold cross-validation: ``names``, ``shares``, and areas under the ROC curve ``auc``: (4,).

    The network, a logistic regression, a decision tree of at most ``depth`` questions, and always the commonest label.
    The accuracies are numbers too: ``network``, ``linear``, ``tree``, ``commonest``; likewise ``network_auc``,
    ``linear_auc``, ``tree_auc``; ``missed`` and ``false_alarms`` count the network's mistakes of either kind at a
    probability of 0.5.
    """
    from sklearn.metrics import roc_auc_score

    data = read_table(table)
    answers = {
        "network": unseen_probabilities(table, seed),
        "linear": unseen(data, seed, _linear),
        "tree": unseen(data, seed, lambda rows, labels: _tree(rows, labels, depth)),
        "commonest": np.full(len(data.labels), data.labels.mean()),
    }
    right = {name: float(((answer > 0.5) == data.labels).mean()) for name, answer in answers.items()}
    areas = {name: float(roc_auc_score(data.labels, answer)) for name, answer in answers.items()}
    says_yes = answers["network"] > 0.5
    return {
        "names": np.array(["network", "logistic regression", "decision tree", "always the commonest"]),
        "shares": np.array(list(right.values())),
        "auc": np.array(list(areas.values())),
        **{name: np.array(share) for name, share in right.items()},
        **{f"{name}_auc": np.array(areas[name]) for name in ("network", "linear", "tree")},
        "rows": np.array(len(data.labels)),
        "positive": np.array(int(data.labels.sum())),
        "missed": np.array(int((~says_yes & (data.labels == 1)).sum())),
        "false_alarms": np.array(int((says_yes & (data.labels == 0)).sum())),
    }


@method(
    subject="data",
    title={"en": "Calibration", "zh": "校准"},
    summary={
        "en": "Of the rows to which the network gives about this probability, how many are so?",
        "zh": "网络给出某个概率的那些行里，实际成立的比例是多少？",
    },
    papers=(GUO,),
    gives="check",
    views=("scatter",),
    numbers=(
        "x",
        "y",
        "error",
        "chance",
        "doubtful_predicted",
        "doubtful_observed",
        "decided",
        "lowest_predicted",
        "lowest_positive",
        "lowest_rows",
        "brier",
        "brier_commonest",
        "rows",
    ),
    passes=lambda settings: Passes(0, training=FOLDS * STEPS),
)
def calibration(*, table: TableSetting = "tumours", bins: Bins = 10, seed: Seed = 1) -> Result:
    """Groups of rows by the network's probability: ``x``, its mean in each, ``y``, the share with label 1: (bins,).

    Every row is answered by a network that did not learn from it (five-fold). ``error`` is the mean of |x - y|, every
    group counting by its size (ECE); ``chance`` the mean that it would have if each row's label were 1 with just its
    probability; ``doubtful_predicted`` and ``doubtful_observed`` are x and y of the group nearest to even odds;
    ``decided`` is the share of rows to which it gives less than 5 % or more than 95 %; ``lowest_predicted`` is x of the
    first group, of whose ``lowest_rows`` rows ``lowest_positive`` have label 1; ``brier`` the mean square of
    probability less label, ``brier_commonest`` that of always answering the share of label 1.
    """
    labels = read_table(table).labels
    probabilities = unseen_probabilities(table, seed)
    groups = equal_groups(probabilities, bins)
    predicted, observed = group_means(probabilities, groups), group_means(labels, groups)
    doubtful = int(np.abs(predicted - 0.5).argmin())
    drawn = np.random.default_rng(seed).random((DRAWS, len(labels))) < probabilities
    return {
        "x": predicted,
        "y": observed,
        "error": np.array(expected_error(probabilities, labels, groups)),
        "chance": np.mean([expected_error(probabilities, one, groups) for one in drawn]),
        "doubtful_predicted": predicted[doubtful],
        "doubtful_observed": observed[doubtful],
        "decided": (np.abs(probabilities - 0.5) > 0.45).mean(),
        "lowest_predicted": predicted[0],
        "lowest_positive": np.array(int(labels[groups[0]].sum())),
        "lowest_rows": np.array(len(groups[0])),
        "brier": ((probabilities - labels) ** 2).mean(),
        "brier_commonest": ((labels.mean() - labels) ** 2).mean(),
        "rows": np.array(len(labels)),
    }


@method(
    subject="data",
    title={"en": "Decision tree", "zh": "决策树"},
    summary={
        "en": "A few questions with yes and no, learned from the table; the whole model is the drawing.",
        "zh": "从表格里学来的几个是非题；画出来的就是整个模型。",
    },
    papers=(
        Paper(
            authors="Breiman, Friedman, Olshen and Stone",
            year=1984,
            title="Classification and Regression Trees",
            url="https://doi.org/10.1201/9781315139470",
        ),
    ),
    gives="scores",
    views=("tree",),
    numbers=("column", "threshold", "below", "above", "rows", "shares", "answers", "accuracy", "questions", "leaves"),
    passes=lambda settings: Passes(0),
)
def decision_tree(*, table: TableSetting = "tumours", depth: Depth = 2, seed: Seed = 1) -> Result:
    """The tree node by node, parents first: ``column``, ``threshold``, ``below``, ``above`` and the following (nodes,).

    ``below`` is the node for values up to the threshold, ``above`` for the others, both -1 at a leaf, whose column is
    "". ``rows`` and ``shares`` (of label 1) are of the rows that it learned from; ``answers`` the words for the
    commoner label. Numbers: ``accuracy`` on the held-out rows, ``questions``, ``leaves``.
    """
    data = read_table(table)
    learned = ~data.held_out
    model = _tree_model(data.rows[learned], data.labels[learned], depth)
    tree = model.tree_
    shares = tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)
    return {
        "column": np.array([data.columns[place] if place >= 0 else "" for place in tree.feature]),
        "threshold": np.where(tree.feature >= 0, tree.threshold, 0.0),
        "below": tree.children_left,
        "above": tree.children_right,
        "rows": tree.n_node_samples,
        "shares": shares,
        "answers": np.array([data.classes[int(share > 0.5)] for share in shares]),
        "accuracy": np.array(float(model.score(data.rows[data.held_out], data.labels[data.held_out]))),
        "questions": np.array(int((tree.feature >= 0).sum())),
        "leaves": np.array(int((tree.feature < 0).sum())),
    }


@method(
    subject="data",
    title={"en": "Linear model", "zh": "线性模型"},
    summary={
        "en": "The weights of a logistic regression: what a standard deviation of each column adds, for every row.",
        "zh": "逻辑回归的权重：每一列增加一个标准差，对任何一行的对数几率都增加这么多。",
    },
    gives="contributions",
    views=("bars",),
    numbers=("names", "weights", "used", "columns", "greatest", "accuracy"),
    passes=lambda settings: Passes(0),
)
def linear_model(
    *,
    table: TableSetting = "tumours",
    strength: Annotated[
        float, Field(gt=0, le=100, description="inverse of the penalty on the sum of |weights|")
    ] = 0.05,
    count: ShownColumns = 10,
    seed: Seed = 1,
) -> Result:
    """A logistic regression whose penalty (L1) leaves out most columns: ``names``, ``weights``, greatest first.

    Numbers: ``used``, the columns whose weight is not 0, of all ``columns``; ``accuracy`` on the held-out rows.
    """
    data = read_table(table)
    learned = ~data.held_out
    model = _sparse_model(data.standardised[learned], data.labels[learned], strength, seed)
    weights = model.coef_[0]
    used = int((weights != 0).sum())
    order = np.argsort(-np.abs(weights), kind="stable")[: min(count, max(used, 1))]
    return {
        "names": np.array(data.columns)[order],
        "weights": weights[order],
        "used": np.array(used),
        "columns": np.array(len(data.columns)),
        "greatest": np.array(data.columns)[order[0]],
        "accuracy": np.array(float(model.score(data.standardised[data.held_out], data.labels[data.held_out]))),
    }


def _linear(rows: Array, labels: NDArray[np.int64]) -> Learned:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(rows, labels)
    return lambda others: model.predict_proba(others)[:, 1]


def _tree(rows: Array, labels: NDArray[np.int64], depth: int) -> Learned:
    model = _tree_model(rows, labels, depth)
    return lambda others: model.predict_proba(others)[:, 1]


def _tree_model(rows: Array, labels: NDArray[np.int64], depth: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(rows, labels)


def _sparse_model(rows: Array, labels: NDArray[np.int64], strength: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(l1_ratio=1, C=strength, solver="liblinear", random_state=seed)
    return model.fit(rows, labels)

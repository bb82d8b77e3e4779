"""Tables of numbers: a network that reads a row, what its columns contribute, and what a user would have to ask.

The networks are trained once in a process for a table and a seed. Their one output is the log-odds of label 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.tables import Dataset, TableName
from netviz.data.tables import table as read_table
from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.calibration import GUO, Bins, equal_groups, group_means
from netviz.methods.contributions import SUNDARARAJAN, By, contributions
from netviz.methods.hiding import LUNDBERG
from netviz.networks import Array
from netviz.networks.small import SmallNetwork, train_table_network

STEPS = 400  # of training, 32 rows each
FOLDS = 5
TableSetting = Annotated[TableName, Field(description="tumours (scikit-learn's breast cancer), or credit card clients")]
ShownColumns = Annotated[int, Field(ge=1, le=30, description="how many columns are shown")]
Depth = Annotated[int, Field(ge=1, le=6, description="questions from the root to a leaf, at most")]

_BREIMAN = Paper(
    authors="Breiman",
    year=2001,
    title="Random Forests",
    url="https://doi.org/10.1023/A:1010933404324",
    place="section 10",
)


@method(
    subject="data",
    title={"en": "Columns that speak for an answer", "zh": "支持答案的列"},
    summary={
        "en": "What each number of a row adds to the log-odds, compared with the average row.",
        "zh": "与平均的一行相比，一行里的每个数值给对数几率增加了多少。",
    },
    papers=(SUNDARARAJAN, LUNDBERG),
    gives="contributions",
    views=("bars",),
    numbers=(
        "names",
        "weights",
        "values",
        "deviations",
        "probability",
        "log_odds",
        "average_log_odds",
        "sum",
        "rest",
        "delta",
        "accuracy",
        "greatest",
        "family_sum",
        "family_shown",
        "family_alike",
        "truth",
    ),
    passes=lambda settings: Passes(0, training=STEPS),
)
def column_contributions(
    *,
    table: TableSetting = "tumours",
    row: Annotated[int, Field(ge=0, le=10_000, description="which of the held-out rows, from 0")] = 0,
    by: By = "integrated-gradients",
    count: ShownColumns = 10,
    family: Annotated[
        tuple[str, ...],
        Field(max_length=10, description="columns whose names hold one of these words are added up, too"),
    ] = (),
    seed: Seed = 1,
) -> Result:
    """The ``count`` greatest by size, greatest first: ``names``, ``weights``, ``values`` and ``deviations``.

    Columns that code one thing (``education: school``, ``education: university``) count together, under the name of
    the one that holds for this row, or of the thing where none does. ``values`` are the row's, ``deviations`` the same
    in standard deviations from the mean. Numbers: ``probability`` and ``log_odds`` of label 1, ``average_log_odds`` of
    a row of means, the ``sum`` of all weights, ``rest``, that of those not shown, ``delta`` = sum - (log_odds -
    average_log_odds), the ``greatest`` column, the sum of the ``family`` (``family_sum``) and how many of the columns
    shown belong to it (``family_shown``), the mean correlation of two of its columns over the rows that were learned
    from (``family_alike``, 0 where it has fewer), the ``truth`` in words, and the network's ``accuracy`` on all
    held-out rows. Rows are counted from the start again where there are fewer.
    """
    data = read_table(table)
    network = table_network(table, seed)
    places = np.flatnonzero(data.held_out)
    place = int(places[row % len(places)])
    inputs = data.standardised[place].astype(np.float32)
    odds = network.log_odds(np.stack([inputs, np.zeros_like(inputs)]))[:, 0].astype(np.float64)
    by_column = contributions(network, inputs, np.zeros_like(inputs), 0, by, seed)
    families = families_of(data.columns)
    weights = np.array([by_column[columns].sum() for columns in families.values()])
    holding = np.array([columns[int(data.rows[place][columns].argmax())] for columns in families.values()])
    names = np.array(
        [name if data.rows[place][at] == 0 else data.columns[at] for name, at in zip(families, holding, strict=True)]
    )
    chosen = np.argsort(-np.abs(weights), kind="stable")[:count]
    shown = holding[chosen]
    related = np.array([any(word in name for word in family) for name in names])
    return {
        "names": names[chosen],
        "weights": weights[chosen],
        "values": data.rows[place][shown],
        "deviations": data.standardised[place][shown],
        "probability": 1 / (1 + np.exp(-odds[0])),
        "log_odds": odds[0],
        "average_log_odds": odds[1],
        "sum": weights.sum(),
        "rest": weights.sum() - weights[chosen].sum(),
        "delta": weights.sum() - (odds[0] - odds[1]),
        "accuracy": _accuracy(network, data.standardised[data.held_out], data.labels[data.held_out]),
        "greatest": names[chosen[0]],
        "family_sum": weights[related].sum(),
        "family_shown": related[chosen].sum(),
        "family_alike": _mean_correlation(data.rows[~data.held_out][:, holding[related]]),
        "truth": np.array(data.classes[data.labels[place]]),
    }


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
        "linear": _unseen(data, seed, _linear),
        "tree": _unseen(data, seed, lambda rows, labels: _tree(rows, labels, depth)),
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
    group counting by its size (ECE); ``doubtful_predicted`` and ``doubtful_observed`` are x and y of the group nearest
    to even odds; ``decided`` is the share of rows to which it gives less than 5 % or more than 95 %;
    ``lowest_predicted`` is x of the first group, of whose ``lowest_rows`` rows ``lowest_positive`` have
    label 1; ``brier`` the mean square of probability less label, ``brier_commonest`` that of
    always answering the share of label 1.
    """
    labels = read_table(table).labels
    probabilities = unseen_probabilities(table, seed)
    groups = equal_groups(probabilities, bins)
    predicted, observed = group_means(probabilities, groups), group_means(labels, groups)
    sizes = np.array([len(group) for group in groups])
    doubtful = int(np.abs(predicted - 0.5).argmin())
    return {
        "x": predicted,
        "y": observed,
        "error": (np.abs(predicted - observed) * sizes).sum() / sizes.sum(),
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
    title={"en": "A column that leaks", "zh": "泄漏答案的列"},
    summary={
        "en": "A column that could only be known afterwards is added on purpose, and taken away when it matters.",
        "zh": "故意加进一列事后才会知道的数据，等到真正使用时再把它拿走。",
    },
    papers=(
        Paper(
            authors="Kaufman, Rosset and Perlich",
            year=2011,
            title="Leakage in Data Mining: Formulation, Detection, and Avoidance",
            url="https://doi.org/10.1145/2020408.2020496",
        ),
    ),
    gives="contributions",
    views=("bars",),
    numbers=(
        "names",
        "weights",
        "without",
        "with_leak",
        "in_use",
        "missed_without",
        "missed_with_leak",
        "missed_in_use",
        "broken",
        "mended",
        "chance",
        "positive",
        "rows",
        "rank",
        "greatest",
    ),
    passes=lambda settings: Passes(0, training=2 * FOLDS * STEPS),
)
def leaking_column(
    *,
    table: TableSetting = "tumours",
    agreement: Annotated[
        float, Field(ge=0.5, le=1, description="share of rows in which the column says the label")
    ] = 0.97,
    count: ShownColumns = 10,
    seed: Seed = 1,
) -> Result:
    """Mean |gradient × input| of each column over all rows: ``names``, ``weights``.

    The column ``treatment begun`` is made up: the label itself, but wrong in a share of the rows. Every row is answered
    by a network that did not learn from it (five-fold). Numbers: accuracy of networks ``without`` the column, of others
    ``with_leak``, and of these ``in_use``, where nothing has begun yet and the column is 0; how many rows of label 1
    each calls 0 (``missed_without`` and so on, of ``positive``); how many of the ``rows`` the leak has ``broken``:
    right without it, wrong in use; how many it has ``mended``; by how much the two differ by ``chance`` (one standard
    deviation) if it did neither harm nor good; the leak's ``rank`` among the columns, from 1, and ``greatest``, the
    first of them.
    """
    clean = read_table(table)
    random = np.random.default_rng(seed)
    wrong = random.random(len(clean.labels)) >= agreement
    leaky = clean.with_column("treatment begun", np.where(wrong, 1 - clean.labels, clean.labels).astype(float))
    odds, sizes = np.empty((2, len(clean.labels))), np.zeros((len(clean.labels), len(leaky.columns)))
    for split in _splits(leaky, seed):
        network, rows = _trained(split, seed), split.standardised.astype(np.float32)
        in_use = rows.copy()
        in_use[:, -1] = rows[leaky.rows[:, -1] == 0, -1][0]
        own = split.held_out
        odds[:, own] = [network.log_odds(given[own])[:, 0] for given in (rows, in_use)]
        sizes[own] = np.abs(rows[own] * network.gradient(rows[own], 0))
    said = {"without": unseen_probabilities(table, seed) > 0.5, "with_leak": odds[0] > 0, "in_use": odds[1] > 0}
    right = {name: answer == clean.labels for name, answer in said.items()}
    broken, mended = (right["without"] & ~right["in_use"]).sum(), (~right["without"] & right["in_use"]).sum()
    means = sizes.mean(axis=0)
    order = np.argsort(-means, kind="stable")
    return {
        "names": np.array(leaky.columns)[order[:count]],
        "weights": means[order[:count]],
        **{name: hits.mean() for name, hits in right.items()},
        **{f"missed_{name}": (~answer & (clean.labels == 1)).sum() for name, answer in said.items()},
        "broken": broken,
        "mended": mended,
        "chance": np.sqrt(broken + mended),
        "positive": clean.labels.sum(),
        "rows": np.array(len(clean.labels)),
        "rank": np.array(int(np.flatnonzero(order == len(order) - 1)[0]) + 1),
        "greatest": np.array(leaky.columns)[order[0]],
    }


@method(
    subject="data",
    title={"en": "Shuffled columns", "zh": "打乱一列"},
    summary={
        "en": "How much worse the network ranks the rows when one column is dealt out at random.",
        "zh": "把某一列在各行之间随机打乱，看网络的排序能力下降多少。",
    },
    papers=(_BREIMAN,),
    gives="contributions",
    views=("bars",),
    numbers=("names", "weights", "auc", "auc_without", "accuracy", "commonest", "greatest", "rows"),
    passes=lambda settings: Passes(0, training=2 * STEPS),
)
def shuffled_columns(
    *,
    table: TableSetting = "credit",
    protected: Annotated[
        str, Field(min_length=1, description="columns whose names begin so are left out for comparison")
    ] = "marriage",
    count: ShownColumns = 10,
    repeats: Annotated[int, Field(ge=1, le=50, description="shuffles of each column, averaged")] = 10,
    seed: Seed = 1,
) -> Result:
    """The fall of the area under the ROC curve on the held-out rows: ``names``, ``weights``, greatest first.

    Columns that code one thing (``marriage: married``, ``marriage: single``) are shuffled together and named by what
    stands before the colon. Numbers: ``auc`` of the network, ``auc_without`` the protected columns of another one
    trained without them, ``accuracy``, ``commonest`` (the accuracy of always the commonest label), ``rows``.
    """
    from sklearn.metrics import roc_auc_score

    data = read_table(table)
    network, random = table_network(table, seed), np.random.default_rng(seed)
    rows, labels = data.standardised[data.held_out], data.labels[data.held_out]
    area = float(roc_auc_score(labels, network.log_odds(rows)[:, 0]))
    falls = {}
    for name, places in families_of(data.columns).items():
        areas = []
        for _ in range(repeats):
            mixed = rows.copy()
            mixed[:, places] = rows[random.permutation(len(rows))][:, places]
            areas.append(float(roc_auc_score(labels, network.log_odds(mixed)[:, 0])))
        falls[name] = area - float(np.mean(areas))
    names = sorted(falls, key=lambda name: (-falls[name], name))[:count]
    blind = data.without(protected)
    blind_area = roc_auc_score(labels, _trained(blind, seed).log_odds(blind.standardised[data.held_out])[:, 0])
    return {
        "names": np.array(names),
        "weights": np.array([falls[name] for name in names]),
        "auc": np.array(area),
        "auc_without": np.array(float(blind_area)),
        "accuracy": _accuracy(network, rows, labels),
        "commonest": np.array(max(labels.mean(), 1 - labels.mean())),
        "greatest": np.array(names[0]),
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


def families_of(columns: Sequence[str]) -> dict[str, list[int]]:
    """The places of the columns that code one thing, by what stands before the colon of their names."""
    families: dict[str, list[int]] = {}
    for place, name in enumerate(columns):
        families.setdefault(name.partition(":")[0], []).append(place)
    return families


@cache
def table_network(name: TableName, seed: int) -> SmallNetwork:
    """A network that learned from the rows of a table that are not held out."""
    return _trained(read_table(name), seed)


@cache
def unseen_probabilities(name: TableName, seed: int) -> NDArray[np.float64]:
    """The probability of label 1 for every row, from a network that did not learn from it: (n,)."""
    return _unseen(read_table(name), seed, lambda rows, labels: _network_answer(rows, labels, seed))


def _network_answer(rows: Array, labels: NDArray[np.int64], seed: int) -> Any:
    network = train_table_network(rows, labels, STEPS, seed)
    return lambda others: network.probabilities(others)[:, 0]


def _linear(rows: Array, labels: NDArray[np.int64]) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(rows, labels)
    return lambda others: model.predict_proba(others)[:, 1]


def _tree(rows: Array, labels: NDArray[np.int64], depth: int) -> Any:
    model = _tree_model(rows, labels, depth)
    return lambda others: model.predict_proba(others)[:, 1]


def _tree_model(rows: Array, labels: NDArray[np.int64], depth: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=depth, random_state=0).fit(rows, labels)


def _sparse_model(rows: Array, labels: NDArray[np.int64], strength: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(l1_ratio=1, C=strength, solver="liblinear", random_state=seed)
    return model.fit(rows, labels)


def _unseen(data: Dataset, seed: int, learn: Any) -> NDArray[np.float64]:
    """Five-fold: each row's probability from a model of the other folds, which also give mean and deviation."""
    probabilities = np.empty(len(data.labels))
    for split in _splits(data, seed):
        rows, own = split.standardised, split.held_out
        probabilities[own] = learn(rows[~own], data.labels[~own])(rows[own])
    return probabilities


def _splits(data: Dataset, seed: int) -> Iterator[Dataset]:
    """The table five times, each time with another fifth held out, alike in both classes."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(data.labels), int)
    for label in (0, 1):
        members = random.permutation(np.flatnonzero(data.labels == label))
        fold[members] = np.arange(len(members)) % FOLDS
    for one in range(FOLDS):
        yield replace(data, held_out=fold == one)


def _trained(data: Dataset, seed: int) -> SmallNetwork:
    learned = ~data.held_out
    return train_table_network(data.standardised[learned], data.labels[learned], STEPS, seed)


def _mean_correlation(columns: Array) -> Array:
    """Of two of the columns (n, k); 0 where there are fewer."""
    count = columns.shape[1]
    matrix = np.asarray(np.corrcoef(columns, rowvar=False)) if count > 1 else np.zeros((2, 2))
    return np.asarray(matrix[np.triu_indices(len(matrix), 1)].mean())


def _accuracy(network: SmallNetwork, rows: Array, labels: NDArray[np.int64]) -> Array:
    return np.asarray(((network.log_odds(rows)[:, 0] > 0) == labels).mean())

"""Tables of numbers: what the columns of a row contribute to a network's answer, and which columns it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.tables import table as read_table
from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.contributions import SUNDARARAJAN, By, contributions
from netviz.methods.held_out import (
    FOLDS,
    STEPS,
    ShownColumns,
    TableSetting,
    splits,
    table_network,
    trained,
    unseen_probabilities,
)
from netviz.methods.hiding import LUNDBERG
from netviz.networks import Array
from netviz.networks.small import SmallNetwork

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
    held-out rows. Rows are counted from the start again where there are fewer. ``seed`` is the network's: Kernel SHAP
    asks of all networks the same sets of columns.
    """
    data = read_table(table)
    network = table_network(table, seed)
    places = np.flatnonzero(data.held_out)
    place = int(places[row % len(places)])
    inputs = data.standardised[place].astype(np.float32)
    odds = network.log_odds(np.stack([inputs, np.zeros_like(inputs)]))[:, 0].astype(np.float64)
    by_column = contributions(network, inputs, np.zeros_like(inputs), 0, by)
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
        "correlation",
        "next_correlation",
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
    deviation) if it did neither harm nor good; the ``correlation`` of the leak with the label, and the greatest of
    another column (``next_correlation``), both by size, for which no network is needed; the leak's ``rank`` among the
    columns, from 1, and ``greatest``, the first of them.
    """
    clean = read_table(table)
    random = np.random.default_rng(seed)
    wrong = random.random(len(clean.labels)) >= agreement
    leaky = clean.with_column("treatment begun", np.where(wrong, 1 - clean.labels, clean.labels).astype(float))
    odds, sizes = np.empty((2, len(clean.labels))), np.zeros((len(clean.labels), len(leaky.columns)))
    for split in splits(leaky, seed):
        network, rows = trained(split, seed), split.standardised.astype(np.float32)
        in_use = rows.copy()
        in_use[:, -1] = rows[leaky.rows[:, -1] == 0, -1][0]
        own = split.held_out
        odds[:, own] = [network.log_odds(given[own])[:, 0] for given in (rows, in_use)]
        sizes[own] = np.abs(rows[own] * network.gradient(rows[own], 0))
    said = {"without": unseen_probabilities(table, seed) > 0.5, "with_leak": odds[0] > 0, "in_use": odds[1] > 0}
    right = {name: answer == clean.labels for name, answer in said.items()}
    broken, mended = (right["without"] & ~right["in_use"]).sum(), (~right["without"] & right["in_use"]).sum()
    alike = np.abs(np.corrcoef(leaky.rows, clean.labels, rowvar=False)[-1, :-1])
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
        "correlation": alike[-1],
        "next_correlation": alike[:-1].max(),
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
    blind_area = roc_auc_score(labels, trained(blind, seed).log_odds(blind.standardised[data.held_out])[:, 0])
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


def families_of(columns: Sequence[str]) -> dict[str, list[int]]:
    """The places of the columns that code one thing, by what stands before the colon of their names."""
    families: dict[str, list[int]] = {}
    for place, name in enumerate(columns):
        families.setdefault(name.partition(":")[0], []).append(place)
    return families


def _mean_correlation(columns: Array) -> Array:
    """Of two of the columns (n, k); 0 where there are fewer."""
    count = columns.shape[1]
    matrix = np.asarray(np.corrcoef(columns, rowvar=False)) if count > 1 else np.zeros((2, 2))
    return np.asarray(matrix[np.triu_indices(len(matrix), 1)].mean())


def _accuracy(network: SmallNetwork, rows: Array, labels: NDArray[np.int64]) -> Array:
    return np.asarray(((network.log_odds(rows)[:, 0] > 0) == labels).mean())

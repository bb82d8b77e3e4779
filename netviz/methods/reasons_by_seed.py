"""Whether networks that differ by chance alone have the same reasons: for every row of a table, not for one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.data.tables import table as read_table
from netviz.methods import Passes, Result, Seed, method
from netviz.methods.contributions import SUNDARARAJAN
from netviz.methods.correlations import correlations
from netviz.methods.held_out import STEPS, TableSetting, table_network
from netviz.methods.integration import midpoints
from netviz.networks import Array
from netviz.networks.small import SmallNetwork

POINTS = 64  # on the path of integrated gradients
SHUFFLES = 200  # of the columns, for groups that mean nothing
MOST = 0.75  # of a sum
STATISTICS = {"mean", "worst", "error"}  # of one measure, in the tumours' columns


@method(
    subject="data",
    title={"en": "Reasons by seed", "zh": "换种子后的理由"},
    summary={
        "en": "Networks that chance alone parts explain every held-out row: how often the same column comes first, and "
        "how often the same measure, its columns added up.",
        "zh": "只有偶然因素不同的几个网络解释每个留出的行：排第一的有多少次是同一列，"
        "各列按测量加起来，又有多少次是同一种。",
    },
    papers=(SUNDARARAJAN,),
    gives="check",
    views=("bars",),
    numbers=(
        "names",
        "shares",
        "first_column_same",
        "first_measure_same",
        "random_group_same",
        "joined_first",
        "joined_most",
        "column_likeness",
        "measure_likeness",
        "measures",
        "rows",
    ),
    passes=lambda settings: Passes(0, training=settings.networks * STEPS),
)
def reasons_by_seed(
    *,
    table: TableSetting = "tumours",
    joined: Annotated[
        tuple[str, ...], Field(max_length=10, description="measures that say nearly the same and count as one")
    ] = (),
    networks: Annotated[int, Field(ge=2, le=10, description="networks, of this seed and the following")] = 3,
    seed: Seed = 1,
) -> Result:
    """Of the held-out rows, those in which all networks put the same first, by size: ``names``, ``shares`` (4,).

    Reasons are integrated gradients from the row of means. The shares are numbers, too: ``first_column_same``;
    ``first_measure_same``, where the columns of a measure (its mean, its error, the mean of the worst) are added up,
    and the ``joined`` measures count as one; ``random_group_same``, the same for as many groups of as many columns,
    dealt out at random, on average; ``joined_first``, where all put the joined measures first. ``joined_most`` is the
    share of rows in which these hold more than three quarters of the sum in all networks; ``column_likeness`` and
    ``measure_likeness`` the correlation of two networks' reasons, averaged over pairs and rows; ``measures`` and
    ``rows`` are counts. Raises ValueError if the table has no such measure to join.
    """
    data = read_table(table)
    known = sorted({measure_of(column, ()) for column in data.columns})
    if unknown := next((name for name in joined if name not in known), None):
        raise ValueError(f"joined: {table} has no measure {unknown!r}; allowed: {', '.join(known)}")
    rows = data.standardised[data.held_out].astype(np.float32)
    reasons = np.stack([path_reasons(table_network(table, seed + number), rows) for number in range(networks)])
    measures = [measure_of(column, joined) for column in data.columns]
    groups_of = sorted(set(measures))
    groups = np.array([groups_of.index(one) for one in measures])
    sums = added_up(reasons, groups)
    random = np.random.default_rng(seed)
    dealt = [same_first(added_up(reasons, random.permutation(groups))).mean() for _ in range(SHUFFLES)]
    ours = groups_of.index(joined[0]) if joined else -1
    of_joined = sums[..., ours] if joined else np.zeros(sums.shape[:2])
    first = np.abs(sums).argmax(axis=-1)
    shares = {
        "the same column first": same_first(reasons).mean(),
        "the same measure first": same_first(sums).mean(),
        "the same random group first": np.mean(dealt),
        "joined measures first": (first == ours).all(axis=0).mean(),
    }
    numbers = ("first_column_same", "first_measure_same", "random_group_same", "joined_first")
    return {
        "names": np.array(list(shares)),
        "shares": np.array(list(shares.values())),
        **{name: np.array(share) for name, share in zip(numbers, shares.values(), strict=True)},
        "joined_most": (of_joined / sums.sum(axis=-1) > MOST).all(axis=0).mean(),
        "column_likeness": np.array(_likeness(reasons)),
        "measure_likeness": np.array(_likeness(sums)),
        "measures": np.array(len(groups_of)),
        "rows": np.array(len(rows)),
    }


def path_reasons(network: SmallNetwork, rows: Array) -> Array:
    """Integrated gradients of the log-odds from the row of means, 0, for all rows at once: (n, columns)."""
    points = midpoints(POINTS)[:, None, None] * rows
    slopes = network.gradient(points.reshape(-1, rows.shape[1]).astype(np.float32), 0)
    return np.asarray(rows * slopes.reshape(points.shape).mean(axis=0, dtype=np.float64))


def measure_of(column: str, joined: Sequence[str]) -> str:
    """What a column measures: ``worst area`` the area, ``marriage: single`` marriage; joined ones have one name."""
    measure = " ".join(word for word in column.partition(":")[0].split() if word not in STATISTICS)
    return joined[0] if measure in joined else measure


def added_up(reasons: Array, groups: NDArray[np.int64]) -> Array:
    """The sums over each group of columns: (networks, n, columns) to (networks, n, groups)."""
    return np.asarray(reasons @ np.eye(groups.max() + 1)[groups])


def same_first(reasons: Array) -> NDArray[np.bool_]:
    """In which rows all networks have the greatest by size in the same place: (networks, n, k) to (n,)."""
    first = np.abs(reasons).argmax(axis=-1)
    return np.asarray((first == first[0]).all(axis=0))


def _likeness(reasons: Array) -> float:
    pairs = combinations(range(len(reasons)), 2)
    return float(np.mean([correlations(reasons[one], reasons[other]).mean() for one, other in pairs]))

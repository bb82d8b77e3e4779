"""Experiments on the real tables against slow, literal twins: counted row by row, pair by pair."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from tiny import UNCONCERNED

from netviz.data.tables import Dataset, table
from netviz.methods import Result, held_out, methods, run_on_data
from netviz.methods.contributions import contributions
from netviz.methods.held_out import table_network, unseen_probabilities
from netviz.methods.tabular import families_of
from netviz.networks.small import SmallNetwork, train_table_network

pytestmark = [pytest.mark.usefixtures("uncompiled"), pytest.mark.filterwarnings(UNCONCERNED)]


@pytest.fixture(scope="module", autouse=True)
def _trained_briefly_and_once() -> Iterator[None]:
    """What networks answer is counted here, however little they have learned."""
    trained: dict[bytes, SmallNetwork] = {}

    def train(rows: Any, labels: Any, steps: int, seed: int) -> SmallNetwork:
        learned = rows.tobytes() + labels.tobytes() + bytes([seed])
        if learned not in trained:
            trained[learned] = train_table_network(rows, labels, 3, seed)
        return trained[learned]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held_out, "train_table_network", train)
        for known in (table_network, unseen_probabilities):
            known.cache_clear()
        yield
    for known in (table_network, unseen_probabilities):
        known.cache_clear()


def result(method: str, **settings: Any) -> Result:
    return run_on_data(methods()[method], settings)


def area(scores: Any, labels: Any) -> float:
    """Of all pairs with a 1 and a 0, how many have the higher score at the 1; half of those that are equal."""
    ones, zeros = scores[labels == 1, None], scores[None, labels == 0]
    return float(((ones > zeros) + 0.5 * (ones == zeros)).mean())


def test_columns_that_code_one_thing_belong_together() -> None:
    assert families_of(["limit", "education: school", "marriage: single", "education: university"]) == {
        "limit": [0],
        "education": [1, 3],
        "marriage": [2],
    }


@pytest.mark.parametrize("row", [3, 40])
def test_such_columns_are_told_as_one_under_the_name_of_the_one_that_holds(row: int) -> None:
    data = table("credit")
    place = np.flatnonzero(data.held_out)[row]
    inputs = data.standardised[place].astype(np.float32)
    by_column = dict(
        zip(data.columns, contributions(table_network("credit", 1), inputs, inputs * 0, 0, "occlusion"), strict=True)
    )
    told = result("column-contributions", table="credit", row=row, by="occlusion")
    weights = dict(zip(told["names"], told["weights"], strict=True))
    assert len(weights) == 4 and told["weights"].sum() == pytest.approx(told["sum"])
    [education] = [name for name in weights if name.startswith("education")]
    assert data.rows[place][data.columns.index(education)] == 1
    assert weights[education] == pytest.approx(sum(by_column[one] for one in by_column if one.startswith("education")))
    assert weights["credit limit"] == pytest.approx(by_column["credit limit"])


def test_no_row_is_answered_by_a_model_that_has_learned_from_it() -> None:
    """The model knows the labels of what it has learned by heart, and says 7 of all else."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 53)
    data = Dataset(
        columns=("number",),
        rows=np.arange(53.0)[:, None],
        labels=labels,
        classes=("no", "yes"),
        held_out=np.zeros(53, bool),
    )

    def learn(rows: Any, labels: Any) -> Any:
        learned = {np.round(row, 6).tobytes() for row in rows}
        return lambda others: np.array([0.0 if np.round(one, 6).tobytes() in learned else 7.0 for one in others])

    assert (held_out.unseen(data, 1, learn) == 7).all()


@pytest.mark.slow
def test_models_are_compared_by_counting() -> None:
    labels, scores = table("tumours").labels, unseen_probabilities("tumours", 1)
    found = result("models-compared")
    missed = sum(score <= 0.5 and label == 1 for score, label in zip(scores, labels, strict=True))
    alarms = sum(score > 0.5 and label == 0 for score, label in zip(scores, labels, strict=True))
    assert (found["missed"], found["false_alarms"], found["positive"]) == (missed, alarms, sum(labels))
    assert found["network"] == pytest.approx(1 - (missed + alarms) / len(labels))
    assert found["network_auc"] == pytest.approx(area(scores, labels))
    assert found["commonest"] == pytest.approx(max(labels.mean(), 1 - labels.mean())) and found["auc"][-1] == 0.5


@pytest.mark.parametrize("bins", [10, 7])
def test_calibration_is_that_of_the_groups(bins: int) -> None:
    labels, scores = table("tumours").labels.tolist(), unseen_probabilities("tumours", 1).tolist()
    pairs = sorted(zip(scores, labels, strict=True), key=lambda pair: pair[0])
    found = result("calibration", bins=bins)
    error, start = 0.0, 0
    for number in range(bins):  # the first groups have one row more, where they can't be equal
        group = pairs[start : start + len(pairs) // bins + (number < len(pairs) % bins)]
        start += len(group)
        said, true = sum(score for score, _ in group) / len(group), sum(label for _, label in group) / len(group)
        assert (found["x"][number], found["y"][number]) == pytest.approx((said, true))
        error += abs(said - true) * len(group) / len(pairs)
        if number == 0:
            assert (found["lowest_rows"], found["lowest_positive"]) == (len(group), sum(label for _, label in group))
            assert found["lowest_predicted"] == pytest.approx(said)
    assert start == len(pairs) and found["error"] == pytest.approx(error)
    assert found["brier"] == pytest.approx(sum((score - label) ** 2 for score, label in pairs) / len(pairs))
    middle = min(range(bins), key=lambda number: abs(found["x"][number] - 0.5))
    assert (found["doubtful_predicted"], found["doubtful_observed"]) == (found["x"][middle], found["y"][middle])
    rows = np.sort(scores)
    drawn = (np.random.default_rng(5).random((500, len(rows))) < rows) - rows
    sizes = [abs(part.sum(axis=1)) for part in np.array_split(drawn, bins, axis=1)]
    assert found["chance"] == pytest.approx(np.sum(sizes, axis=0).mean() / len(rows), rel=0.1)
    assert found["decided"] == pytest.approx(sum(not 0.05 <= score <= 0.95 for score in scores) / len(scores))


@pytest.mark.slow
def test_a_leak_is_the_label_itself_and_nothing_when_it_matters() -> None:
    data = table("tumours")
    wrong = np.random.default_rng(1).random(len(data.labels)) >= 0.97
    said = np.array([1 - label if turned else label for label, turned in zip(data.labels, wrong, strict=True)], float)
    leaky = data.with_column("treatment begun", said)
    found = result("leaking-column", count=30)
    without = unseen_probabilities("tumours", 1) > 0.5
    sizes, told, in_use = np.zeros(31), np.zeros(569, bool), np.zeros(569, bool)
    for split in held_out.splits(leaky, 1):
        network = held_out.trained(split, 1)
        nothing = np.float32(split.standardised[said == 0][0, -1])
        for place in np.flatnonzero(split.held_out):
            row = split.standardised[place].astype(np.float32)
            sizes += np.abs(row * network.gradient(row[None], 0)[0]) / 569
            told[place], in_use[place] = network.log_odds(np.stack([row, np.append(row[:-1], nothing)]))[:, 0] > 0
    labels = data.labels == 1
    for name, answers in (("without", without), ("with_leak", told), ("in_use", in_use)):
        assert found[name] == pytest.approx((answers == labels).mean())
        assert found[f"missed_{name}"] == sum(labels & ~answers)
    assert found["broken"] == sum((without == labels) & (in_use != labels))
    assert found["mended"] == sum((without != labels) & (in_use == labels))
    assert found["chance"] ** 2 == pytest.approx(found["broken"] + found["mended"])
    alike = [abs(np.corrcoef(column, labels)[0, 1]) for column in leaky.rows.T]
    assert (found["correlation"], found["next_correlation"]) == pytest.approx((alike[-1], max(alike[:-1])))
    assert found["rank"] == 1 + sum(size > sizes[-1] for size in sizes[:-1])
    for name, weight in zip(found["names"], found["weights"], strict=True):
        assert weight == pytest.approx(sizes[leaky.columns.index(name)], rel=1e-4)


def test_a_family_of_columns_is_added_up() -> None:
    found = result("column-contributions", table="tumours", by="occlusion", count=30, family=["radius", "area"])
    family = [any(word in name for word in ("radius", "area")) for name in found["names"]]
    assert found["family_shown"] == sum(family) == 6
    assert found["family_sum"] == pytest.approx(found["weights"][family].sum())
    data = table("tumours")
    columns = [
        data.rows[~data.held_out, place]
        for place, name in enumerate(data.columns)
        if "radius" in name or "area" in name
    ]
    pairs = [np.corrcoef(one, other)[0, 1] for one, other in combinations(columns, 2)]
    assert found["family_alike"] == pytest.approx(np.mean(pairs))
    assert result("column-contributions", table="tumours", by="occlusion", family=["mean radius"])["family_alike"] == 0


def test_shuffling_a_column_costs_what_the_pairs_say() -> None:
    data, network = table("credit"), table_network("credit", 1)
    rows, labels = data.standardised[data.held_out], data.labels[data.held_out]
    found = result("shuffled-columns", repeats=2)
    whole = area(network.log_odds(rows)[:, 0], labels)
    assert found["auc"] == pytest.approx(whole)
    random = np.random.default_rng(1)
    for name, places in families_of(data.columns).items():
        falls = []
        for _ in range(2):
            order, mixed = random.permutation(len(rows)), rows.copy()
            for place in places:
                mixed[:, place] = rows[order, place]
            falls.append(whole - area(network.log_odds(mixed)[:, 0], labels))
        assert found["weights"][found["names"].tolist().index(name)] == pytest.approx(np.mean(falls), abs=1e-9)
    assert found["weights"].tolist() == sorted(found["weights"], reverse=True)


@pytest.mark.parametrize("depth", [1, 3])
def test_a_tree_is_what_one_gets_by_following_it(depth: int) -> None:
    data, tree = table("tumours"), result("decision-tree", depth=depth)

    def path(row: Any) -> list[int]:
        nodes = [0]
        while tree["below"][nodes[-1]] >= 0:
            node = nodes[-1]
            value = row[data.columns.index(tree["column"][node])]
            nodes.append(int(tree["below"][node] if value <= tree["threshold"][node] else tree["above"][node]))
        return nodes

    paths = [path(row) for row in data.rows.astype(np.float32)]
    assert max(map(len, paths)) <= depth + 1
    through = np.zeros((len(tree["rows"]), 2))
    for nodes, label in zip(np.array(paths, object)[~data.held_out], data.labels[~data.held_out], strict=True):
        for node in nodes:
            through[node, label] += 1
    assert tree["rows"].tolist() == through.sum(axis=1).tolist()
    np.testing.assert_allclose(tree["shares"], through[:, 1] / through.sum(axis=1))
    ends = [nodes[-1] for nodes, held_out in zip(paths, data.held_out, strict=True) if held_out]
    said = [tree["answers"][end] == data.classes[1] for end in ends]
    assert tree["accuracy"] == pytest.approx(np.mean(np.array(said) == data.labels[data.held_out]))


@pytest.mark.parametrize("strength", [0.05, 0.2])
def test_a_linear_models_weights_are_where_its_penalised_loss_is_least(strength: float) -> None:
    """Each slope of the loss is -1 or 1 where there is a weight, and no steeper where there is none."""
    data = table("tumours")
    rows, labels = data.standardised[~data.held_out], data.labels[~data.held_out]
    found = result("linear-model", strength=strength, count=30)
    weights = np.zeros(len(data.columns))
    for name, weight in zip(found["names"], found["weights"], strict=True):
        weights[data.columns.index(name)] = weight

    def excess(bias: float) -> Any:
        return strength * (1 / (1 + np.exp(-(rows @ weights + bias))) - labels)

    # The bias is penalised like the weights, and not told: its own slope says what it is.
    bias = brentq(lambda bias: excess(bias).sum() + np.sign(bias), -5, 5)
    slopes = excess(bias) @ rows
    used = weights != 0
    assert used.sum() == found["used"] < len(used)
    np.testing.assert_allclose(slopes[used], -np.sign(weights[used]), atol=0.02)
    assert np.abs(slopes[~used]).max() <= 1.02
    scores = data.standardised[data.held_out] @ weights + bias
    assert found["accuracy"] == pytest.approx(((scores > 0) == data.labels[data.held_out]).mean(), abs=0.01)

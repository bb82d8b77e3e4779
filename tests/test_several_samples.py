"""Several samples of one kind: likenesses counted pair by pair, and each picture above its map."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.stats import spearmanr

from netviz.data.digits import digits
from netviz.figures.figure import Request
from netviz.figures.views.maps import draw_several
from netviz.methods import Result, methods, run_on_data
from netviz.methods.dense import DenseNetworks, train_dense
from netviz.methods.examples import STEPS, WIDTH, examples, integrated_gradients
from netviz.methods.several_samples import LAYERS, NETWORKS


@pytest.fixture(scope="module", params=["gradient", pytest.param("integrated-gradients", marks=pytest.mark.slow)])
def several(request: pytest.FixtureRequest) -> dict[int, Result]:
    """Four samples of each kind."""
    method = methods()["several-samples"]
    settings = {"count": 4, "by": request.param}
    return {digit: {**run_on_data(method, {**settings, "digit": digit}), "by": request.param} for digit in range(10)}


def likeness(one: Any, other: Any) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_maps_are_compared_pair_by_pair(several: dict[int, Result]) -> None:
    maps = {digit: found["maps"] for digit, found in several.items()}
    own = several[3]
    assert own["alike"] == pytest.approx(np.mean([likeness(a, b) for a, b in combinations(maps[3][:4], 2)]))
    pairs = [likeness(a, b) for a in maps[3][:4] for kind in maps if kind != 3 for b in maps[kind][:4]]
    assert own["alike_others"] == pytest.approx(np.mean(pairs))
    means = [likeness(a, maps[kind][4]) for a in maps[3][:4] for kind in maps if kind != 3]
    assert own["with_other_means"] == pytest.approx(np.mean(means))
    rest = [likeness(maps[3][i], (maps[3][:4].sum(axis=0) - maps[3][i]) / 3) for i in range(4)]
    assert own["with_mean"] == pytest.approx(np.mean(rest))
    np.testing.assert_allclose(maps[3][4], maps[3][:4].mean(axis=0))


def test_networks_are_asked_before_their_training_and_after(several: dict[int, Result]) -> None:
    data, alike, others = examples("digits"), [], []
    for steps in (0, STEPS):
        trained = train_dense(
            data.learned, data.targets, depth=LAYERS, width=WIDTH, seeds=list(range(1, NETWORKS + 1)), steps=steps
        )
        for number in range(NETWORKS):
            network = DenseNetworks([(weights[[number]], biases[[number]]) for weights, biases in trained.layers])
            maps = {}
            for kind in range(10):
                inputs = data.held_out[data.held_out_labels == kind][:4]
                classes = np.full((1, 4), kind)
                if several[3]["by"] == "gradient":
                    maps[kind] = inputs * network.gradient(inputs, classes)[0]
                else:
                    maps[kind] = integrated_gradients(network.gradient, inputs[None], classes)[0]
            alike.append(np.mean([likeness(a, b) for a, b in combinations(maps[3], 2)]))
            others.append(np.mean([likeness(a, b) for a in maps[3] for kind in maps if kind != 3 for b in maps[kind]]))
    before, after = alike[:NETWORKS], alike[NETWORKS:]
    assert several[3]["untrained_alike"] == pytest.approx(np.mean(before))
    assert several[3]["untrained_alike_others"] == pytest.approx(np.mean(others[:NETWORKS]))
    assert several[3]["trained_alike"] == pytest.approx(np.mean(after))
    assert several[3]["more_alike"] == sum(two > one for one, two in zip(before, after, strict=True))
    assert several[3]["alike"] == pytest.approx(after[0])  # the first one's maps are shown


def test_alike_pictures_are_held_against_alike_maps_over_all_digits(several: dict[int, Result]) -> None:
    alike, pictures = ([several[digit][name] for digit in range(10)] for name in ("alike", "pictures_alike"))
    expected = spearmanr(alike, pictures).statistic
    for digit in range(10):
        assert several[digit]["pictures_rank_correlation"] == pytest.approx(expected)


def test_the_pictures_are_held_out_digits_of_the_kind_and_their_mean(several: dict[int, Result]) -> None:
    data = digits()
    ink = data.pictures[data.held_out & (data.labels == 7)][:4]
    np.testing.assert_allclose(several[7]["pictures"][:4, ..., 1], 255 - 255 * ink / 16)
    np.testing.assert_allclose(several[7]["pictures"][4], several[7]["pictures"][:4].mean(axis=0))
    mean = data.pictures[~data.held_out].mean(axis=0)
    pairs = [likeness(a - mean, b - mean) for a, b in combinations(ink, 2)]
    assert several[7]["pictures_alike"] == pytest.approx(np.mean(pairs))


def test_a_picture_of_its_own_stands_above_each_map(tmp_path: Path) -> None:
    pictures = np.full((2, 8, 8, 3), 90.0)
    maps = np.stack([np.eye(8), -np.eye(8)])
    arrays = {"maps": maps, "pictures": pictures}
    request = Request(view="strip", arrays=arrays, numbers={}, signed=None, picture=None, folder=tmp_path)
    figure = draw_several(request)
    assert [panel.facts["number"] for panel in figure.panels] == [1, 2]
    for panel in figure.panels:
        drawn = np.asarray(Image.open(tmp_path / panel.file).convert("RGBA"))
        assert drawn.shape == (panel.height, panel.width, 4) and panel.height > 2 * panel.width
        assert (drawn[: panel.width] == (90, 90, 90, 255)).all() and (drawn[panel.width + 2, :, 3] == 0).all()

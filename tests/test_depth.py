"""Class activation maps through the blocks against those of each layer, one class at a time."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from tiny import random_pictures, shared_network

from netviz.methods import methods, run
from netviz.methods.arrays import resized
from netviz.methods.depth import last_of_blocks
from netviz.methods.pointing import share_inside
from netviz.networks.architecture import Layer
from netviz.networks.classes import find

PICTURES = random_pictures(2, seed=5)
TARGETS, RIVAL = np.array([2, 0]), 1
BOX = (0.0, 0.0, 0.5, 0.5)


@pytest.mark.parametrize("name", ["grad-cam", "hirescam", "layercam"])
def test_each_block_is_the_methods_map_of_its_last_convolution_for_both_classes(name: str) -> None:
    network = shared_network(11)
    layers = last_of_blocks(network.layers)
    result = run(methods()["cams-through-blocks"], network, PICTURES, TARGETS, {"rival": RIVAL, "box": BOX})
    assert result["x"][0].tolist() == list(range(1, len(layers) + 1))
    key = name.replace("-", "_")
    likeness = np.zeros((2, len(layers)))
    for block, layer in enumerate(layers):
        for i in range(2):
            one, other = (
                resized(
                    run(methods()[name], network, PICTURES[i : i + 1], np.array([c]), {"layer": layer})["attribution"],
                    *PICTURES.shape[1:3],
                )[0]
                for c in (TARGETS[i], RIVAL)
            )
            half = PICTURES.shape[1] // 2
            inside = one[:half, :half].sum() / one.sum() if one.any() else 0
            assert result[key][i, block] == pytest.approx(inside, abs=1e-5)
            both = one.any() and other.any()
            likeness[i, block] = np.corrcoef(one.ravel(), other.ravel())[0, 1] if both else 0
    np.testing.assert_allclose(result["box_share"], 0.25)
    for end, at in (("first", 0), ("last", -1)):
        np.testing.assert_array_equal(result[f"{key}_{end}"], result[key][:, at])
        np.testing.assert_allclose(result[f"{key}_{end}_likeness"], likeness[:, at], atol=1e-5)


def test_what_averaging_leaves_is_near_nothing_where_derivatives_cancel() -> None:
    network = shared_network(11)
    first, *_, last = last_of_blocks(network.layers)
    result = run(methods()["cams-through-blocks"], network, PICTURES, TARGETS, {"rival": RIVAL, "box": BOX})
    for end, layer in (("first", first), ("last", last)):
        for i, slopes in enumerate(network.layer_gradient(PICTURES, TARGETS, layer)[1].astype(np.float64)):
            means = sum(abs(slopes[..., channel].mean()) for channel in range(slopes.shape[-1]))
            sizes = sum(abs(slopes[..., channel]).mean() for channel in range(slopes.shape[-1]))
            assert result[f"averaged_{end}"][i] == pytest.approx(means / sizes, rel=1e-4)


def test_the_last_convolution_of_each_block_is_the_one_before_another_name_begins() -> None:
    kinds = {"input": "input", "pool": "pooling", "predictions": "dense"}
    names = ["input", "block1_conv1", "block1_conv2", "pool", "block2_conv1", "predictions"]
    layers = [
        Layer(
            name=name,
            kind=kinds.get(name, "convolution"),
            shape=(8, 8, 3),
            parameters=0,
            receptive_field=None,
            stride=None,
        )
        for name in names
    ]
    assert last_of_blocks(layers) == ["block1_conv2", "block2_conv1"]


def test_the_rival_is_named_like_a_target() -> None:
    settings = methods()["cams-through-blocks"].settings
    assert settings(rival="tandem bicycle").rival == find("tandem bicycle")  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="no class"):
        settings(rival="tandem bycicle")


def test_the_share_inside_a_box_counts_positive_values_only() -> None:
    maps = np.array([[[3.0, -5.0], [1.0, 0.0]], [[-1.0, -1.0], [0.0, 0.0]]])
    np.testing.assert_allclose(share_inside(maps, (0, 0, 1, 0.5)), [1, 0])
    np.testing.assert_allclose(share_inside(maps, (0, 0, 0.5, 1)), [0.75, 0])

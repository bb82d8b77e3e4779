"""The channel that adds most to a score, by a network in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run

PICTURES, TARGETS = random_pictures(3, seed=8), np.array([2, 0, 2])


@pytest.mark.parametrize("layer", ["conv1", "pool1", "conv3"])
def test_the_channel_is_the_one_whose_places_add_most_together(layer: str) -> None:
    tiny = make_tiny(2)
    found = run(methods()["strongest-channel"], tiny.to_keras(), PICTURES, TARGETS, {"layer": layer})
    for i, (picture, target) in enumerate(zip(PICTURES.astype(np.float64), TARGETS, strict=True)):
        values = tiny.forward(picture)[layer]
        products = values * tiny.backward(picture, target=int(target))[layer]
        added = products.sum(axis=(0, 1))
        channel = added.argmax()
        assert found["channel"][i] == channel
        assert found["added"][i] == pytest.approx(added.max(), rel=1e-3)
        assert found["added_by_second"][i] == pytest.approx(sorted(added)[-2], rel=1e-3, abs=1e-4)
        assert found["added_by_all"][i] == pytest.approx(added[added > 0].sum(), rel=1e-3)
        np.testing.assert_allclose(found["attribution"][i], values[:, :, channel], rtol=1e-4, atol=1e-4)


def test_other_pictures_and_classes_have_other_channels() -> None:
    network = make_tiny(2).to_keras()
    pictures = np.repeat(random_pictures(4, seed=1), 3, axis=0)
    found = run(methods()["strongest-channel"], network, pictures, np.tile(np.arange(3), 4), {"layer": "conv1"})
    assert len(set(found["channel"].tolist())) > 1

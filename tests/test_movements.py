"""One photo moved in several ways: what goes there comes back, and what a map keeps is measured where both see it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.methods.movements import MOVEMENTS, Movement, brought_back, moved

SMOOTH = np.add.outer(np.sin(np.arange(40) / 9), np.cos(np.arange(40) / 7))


@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_map_that_moves_with_the_picture_comes_back_to_where_it_was(name: str) -> None:
    there = moved(SMOOTH[..., None], MOVEMENTS[name])[..., 0]
    back = brought_back(there, MOVEMENTS[name])
    seen = np.isfinite(back)
    np.testing.assert_allclose(
        back[seen], SMOOTH[seen], atol=0.08
    )  # interpolated twice, at the rim with what is mirrored
    assert seen.mean() > 0.6


def test_movements_by_hand() -> None:
    """Rows of 0 to 3: to the right by a quarter is one column; beyond the rim the picture is mirrored."""
    rows = np.tile(np.arange(4.0), (4, 1))[..., None]
    assert moved(rows, Movement(mirrored=True))[0, :, 0].tolist() == [3, 2, 1, 0]
    assert moved(rows, Movement(right=0.25))[0, :, 0].tolist() == [1, 0, 1, 2]
    assert moved(rows, Movement(down=0.25))[0, :, 0].tolist() == [0, 1, 2, 3]
    turned = moved(rows, Movement(angle=90))[..., 0]  # to the left: what was on the right is above
    np.testing.assert_allclose(turned[:, 0], [3, 2, 1, 0], atol=1e-12)
    assert moved(rows, Movement(zoom=3))[0, :, 0] == pytest.approx([1, 4 / 3, 5 / 3, 2])
    shifted = brought_back(rows[..., 0], Movement(right=0.25))
    np.testing.assert_array_equal(shifted[0], [1, 2, 3, np.nan])


def test_maps_are_compared_where_both_see_the_photo() -> None:
    network = make_tiny(3, side=16).to_keras()
    pictures, targets = random_pictures(2, 16), np.array([1, 2])
    found = run(methods()["ten-views"], network, pictures, targets, {"of_method": "gradient"})
    assert found["maps"].shape == (2, 11, 16, 16) and found["pictures"].shape == (2, 11, 16, 16, 3)
    np.testing.assert_array_equal(found["pictures"][:, 0], pictures)
    own = network.gradient(pictures, targets).sum(axis=-1)
    np.testing.assert_allclose(found["maps"][:, 0], own, rtol=1e-4, atol=1e-6)
    mirrored = network.gradient(pictures[:, :, ::-1], targets).sum(axis=-1)
    np.testing.assert_allclose(found["maps"][:, 1], mirrored, rtol=1e-4, atol=1e-6)
    likenesses = []
    for movement, one in list(zip(MOVEMENTS.values(), found["maps"][0][:10], strict=True))[1:]:
        back = brought_back(one, movement)
        seen = np.isfinite(back)
        likenesses.append(np.corrcoef(found["maps"][0, 0][seen], back[seen])[0, 1])
    assert found["likeness"][0] == pytest.approx(np.mean(likenesses), abs=1e-5)
    assert found["least"][0] == pytest.approx(np.min(likenesses), abs=1e-5)
    views = found["pictures"][0][:10]
    answers = network.logits(views).argmax(axis=1)
    assert found["named"][0] == (answers == answers[0]).sum()


def test_a_map_is_compared_with_one_that_never_moves_and_without_its_signs() -> None:
    network = make_tiny(3, side=16).to_keras()
    pictures, targets = random_pictures(1, 16), np.array([1])
    found = run(methods()["ten-views"], network, pictures, targets, {"of_method": "gradient"})
    maps = found["maps"][0][:10].astype(np.float64)
    coarse = [gaussian_filter(np.abs(one), 16 / 28) for one in maps]
    for name, own, others in (
        ("still", maps[0], [maps[0]] * 10),
        ("along", maps[0], [moved(maps[0][..., None], movement)[..., 0] for movement in MOVEMENTS.values()]),
        ("coarse", coarse[0], coarse),
        ("still_coarse", coarse[0], [coarse[0]] * 10),
    ):
        expected = []
        for movement, one in list(zip(MOVEMENTS.values(), others, strict=True))[1:]:
            back = brought_back(one, movement)
            seen = np.isfinite(back)
            expected.append(np.corrcoef(own[seen], back[seen])[0, 1])
        assert found[name][0] == pytest.approx(np.mean(expected), abs=1e-4)

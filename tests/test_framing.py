"""Framing: the whole photo squashed into the square, where an experiment asks for it."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_experiments import fence, read

from netviz.mistakes import Mistakes
from netviz.networks.quiet import import_keras
from netviz.pictures import Picture, frame
from netviz.pictures.framing import framed_as, squash

STRIPES = np.repeat(np.arange(6, dtype=np.uint8) * 40, 50)[None, :, None].repeat(100, axis=0).repeat(3, axis=2)


@pytest.fixture
def photo(tmp_path: Path) -> Picture:
    """Six stripes, three times as wide as high."""
    Image.fromarray(STRIPES).save(tmp_path / "stripes.png")
    return Picture(
        name="stripes",
        file=str(tmp_path / "stripes.png"),
        titles={"en": "Stripes", "zh": "条纹"},
        credit="",
        licence="",
        source="",
    )


def test_a_squashed_photo_keeps_its_rim_and_a_cropped_one_does_not(photo: Picture) -> None:
    assert np.unique(framed_as(photo, "squash").framed()).tolist() == [0, 40, 80, 120, 160, 200]
    assert np.unique(framed_as(photo, "crop").framed()).min() > 0
    assert framed_as(photo, "squash").framed(48).shape == (48, 48, 3)


def test_squashing_is_what_keras_does() -> None:
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (30, 47, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(file, "png")
    file.seek(0)
    loaded = np.asarray(import_keras().utils.load_img(file, target_size=(24, 24)))
    np.testing.assert_array_equal(squash(pixels, 24), loaded)


def test_a_squashed_picture_has_results_of_its_own(photo: Picture) -> None:
    squashed = framed_as(photo, "squash")
    assert squashed.digest != photo.digest and squashed.name == photo.name
    assert framed_as(photo, "crop") is photo
    again = framed_as(dataclasses.replace(photo, credit="someone"), "squash")
    assert again.digest == squashed.digest
    assert (photo.framed() == frame(STRIPES)).all()


def test_a_spec_may_ask_for_it(tmp_path: Path) -> None:
    assert read(tmp_path, fence("id: a\nmethod: predict\nframing: squash"))["a"].framing == "squash"
    with pytest.raises(Mistakes, match="crop"):
        read(tmp_path, fence("id: a\nmethod: predict\nframing: squish"))


def test_maps_are_only_compared_where_both_saw_the_same(tmp_path: Path) -> None:
    two = fence("id: a\nmethod: gradient\nframing: squash") + "\n" + fence("id: b\nmethod: grad-cam")
    with pytest.raises(Mistakes, match="'a' has the framing 'squash', this one 'crop'"):
        read(tmp_path, two + "\n" + fence("id: c\nmethod: compare-maps\nof: [a, b]"))

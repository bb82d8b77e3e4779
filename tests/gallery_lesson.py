"""A lesson with a gallery for tests: how its text begins, and photos for it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

BEGINNING = """---
title: Many photos
summary: What the network says to all of them.
pictures: photos.csv
---

```experiment
id: many
"""  # to which a method is added, and whatever else


def add_photos(folder: Path, count: int, named: str = "p{:02}.jpg") -> list[str]:
    """Small photos, each in another grey; gives their names."""
    folder.mkdir(exist_ok=True, parents=True)
    names = [named.format(number) for number in range(count)]
    for number, name in enumerate(names):
        Image.new("RGB", (32, 24), (number * 3,) * 3).save(folder / name)
    return names

"""A network that costs nothing, and tasks for it: what is to be shown of a cluster needs no VGG16, nor TensorFlow.

It answers with sums of a picture's values, the same to the last bit wherever they are computed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from netviz.course.experiments import Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.engine.plan import Task
from netviz.methods import methods
from netviz.networks import PassListener
from netviz.networks.architecture import vgg16_layers
from netviz.networks.weights import Weights
from netviz.pictures import CROP, Picture

WEIGHTS = Weights("compact", "c" * 64, "sums of a picture's values")
CLASSES = 1000
SIDE = 24  # of a photo, in pixels
LESSON = """---
title: Cheap
summary: Cheap.
---

```experiment
id: says
method: predict
caption: x
```

```experiment
id: slope
method: gradient
caption: x
```

```experiment
id: again
method: gradient-x-input
caption: x
```

```experiment
id: cam
method: grad-cam
caption: x
```

```experiment
id: agree
method: compare-maps
of: [slope, again]
caption: x
```
"""
OTHER_WORDS = "---\ntitle: 便宜\nsummary: 便宜\n---\n\n便宜\n"


class CheapNetwork:
    """The likeliest class hangs on the sum of a picture's values; ``seconds`` is what a pass takes.

    It has nothing but scores and gradients: Grad-CAM fails.
    """

    weights = WEIGHTS
    layers = vgg16_layers("compact")
    precision = "float32"
    input_shape = (CROP, CROP, 3)
    mean_colour = np.array([124.0, 116.0, 104.0], np.float32)

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.listeners: list[PassListener] = []
        self.memory: Any = None

    def at(self, precision: str) -> CheapNetwork:
        return self

    def logits(self, pictures: NDArray[Any]) -> NDArray[Any]:
        self._count(len(pictures), 0)
        means = pictures.astype(np.int64).sum(axis=(1, 2, 3)) % CLASSES
        return -(np.abs(np.arange(CLASSES)[None] - means[:, None]) / 16).astype(np.float32)

    def gradient(self, pictures: NDArray[Any], targets: NDArray[Any], **how: Any) -> NDArray[Any]:
        self._count(len(pictures), len(pictures))
        return (pictures - self.mean_colour) * (1 + targets[:, None, None, None]).astype(np.float32)

    def _count(self, forward: int, backward: int) -> None:
        time.sleep(self.seconds * (forward + backward))
        for listener in self.listeners:
            listener(forward, backward)


def open_cheap(seconds: float = 0.0) -> Any:
    """The network, as `netviz.networks.open_network` gives one."""
    return CheapNetwork(seconds)


def cheap_tasks(
    folder: Path, photos: int, experiments: Sequence[str] = ("says", "slope", "again", "agree")
) -> list[Task]:
    """Tasks on so many small photos, which are written into a folder: of all experiments, or of some of them."""
    (folder / "en.md").write_text(LESSON, "utf-8")
    (folder / "zh.md").write_text(OTHER_WORDS, "utf-8")
    texts = {language: read_text(folder / f"{language}.md", language) for language in ("en", "zh")}
    known, mistakes, _ = read_experiments([Lesson("cheap", texts)], Vocabulary(methods(), (), vgg16_layers("compact")))
    assert not mistakes, mistakes
    tasks = []
    for number in range(photos):
        picture = _photo(folder / f"photo-{number}.png", number)
        made: dict[str, Task] = {}
        for name in experiments:
            of = tuple(made[other] for other in known[name].of)
            made[name] = Task(experiment=known[name], picture=picture, of=of, weights=WEIGHTS)
        tasks += made.values()
    return tasks


def _photo(path: Path, seed: int) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return Picture(name=path.stem, file=str(path), titles={}, credit="", licence="", source="")

"""What libraries draw when nothing is asked for but a method's name: their maps as pictures, beside ours.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/default_maps.py content/measurements/default-maps.json content/lessons/13-tools

The photo, the class and the weights are those of `methods.py`. Each picture holds, from left to right, netviz, Captum,
Xplique and tf-keras-vis, each map on a scale of its own. Zero is black in all, since a picture file does not follow the
page from light to dark: a map with signs goes to red and to blue from there, any other is drawn as the course draws
one. What is random is asked of every library several times, with other noise, and compared within a library and
between any two.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from contestants import Map, Question, _keras_model, _torch_twin
from methods import agreement, question
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.figures.colours import scale_of  # noqa: E402
from netviz.methods import methods, run  # noqa: E402
from netviz.networks import open_network  # noqa: E402

SIDE, GAP = 224, 8
TASKS = ("gradient", "smoothgrad", "grad-cam")
RANDOM = "smoothgrad"
SEEDS = range(5)
AGAINST, FOR = np.array([48, 144, 255]), np.array([255, 72, 40])  # told from black, and from each other in small dots
BETWEEN = 128  # grey, told from light pages and from dark ones

Drawings = dict[str, list[Map]]
"""Maps by method: one, or several with other noise."""


def ours(asked: Question) -> Drawings:
    """Our maps, by method."""
    network = open_network("compact")
    pictures, targets = asked.picture[None], np.array([asked.target])

    def maps(name: str) -> list[Map]:
        settings = [{"seed": seed} for seed in SEEDS] if name == RANDOM else [{}]
        return [run(methods()[name], network, pictures, targets, one)["attribution"][0] for one in settings]

    return {name: maps(name) for name in TASKS}


def captum(asked: Question) -> Drawings:
    """Captum's, in which a layer has to be named."""
    import captum.attr as attr
    import torch

    model, inputs = _torch_twin(asked)
    saliency = attr.Saliency(model)

    def smoothgrad(seed: int) -> Any:
        torch.manual_seed(seed)
        return attr.NoiseTunnel(saliency).attribute(inputs, nt_type="smoothgrad", target=asked.target)

    found = {
        "gradient": [saliency.attribute(inputs, target=asked.target)],
        "smoothgrad": [smoothgrad(seed) for seed in SEEDS],
        "grad-cam": [attr.LayerGradCam(model, model.last).attribute(inputs, target=asked.target)],
    }
    return {name: [np.moveaxis(one[0].detach().numpy(), 0, -1) for one in maps] for name, maps in found.items()}


def xplique(asked: Question) -> Drawings:
    """Xplique's."""
    from xplique import attributions as attr

    tf.random.set_seed(0)  # once: the graph that draws its noise is made with the first seed, and knows no later one
    model, inputs = _keras_model(asked)
    targets = np.eye(1000, dtype=np.float32)[[asked.target]]
    named = {"gradient": attr.Saliency, "smoothgrad": attr.SmoothGrad, "grad-cam": attr.GradCAM}

    def maps(name: str) -> list[Map]:
        method = named[name](model)
        return [np.asarray(method.explain(inputs, targets))[0] for _ in (SEEDS if name == RANDOM else [0])]

    return {name: maps(name) for name in TASKS}


def tf_keras_vis(asked: Question) -> Drawings:
    """Those of tf-keras-vis, whose saliency becomes SmoothGrad by a number of samples; by itself it takes none."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    model, inputs = _keras_model(asked)
    score = CategoricalScore([asked.target])
    gradient = np.asarray(Saliency(model)(score, inputs))[0]
    return {
        "gradient": [gradient],
        "smoothgrad": [gradient],
        "grad-cam": [np.asarray(Gradcam(model)(score, inputs))[0]],
    }


CONTESTANTS = {"netviz": ours, "captum": captum, "xplique": xplique, "tf-keras-vis": tf_keras_vis}


def flat(one: Map) -> Map:
    """A map with one value a place: colours are added up."""
    return one.sum(axis=-1) if one.ndim == 3 else one


def drawn(one: Map) -> NDArray[np.uint8]:
    """A map in its colours, each value a block: (224, 224, 3)."""
    values = flat(one)
    signed = bool((values < 0).any())
    scale = scale_of([values], signed=signed)
    assert scale is not None
    if signed:
        strength = np.clip(np.abs(values) / scale.limit, 0, 1) ** 0.75  # as the course lays maps over photos
        hues = np.where(values[..., None] > 0, FOR, AGAINST)
        colours = np.rint(hues * strength[..., None]).astype(np.uint8)
    else:
        colours = scale.colours(values)
    factor = SIDE // len(values)
    return colours.repeat(factor, axis=0).repeat(factor, axis=1)


def row(maps: Mapping[str, Map]) -> Image.Image:
    """Maps side by side."""
    pictures = [np.pad(drawn(one), ((0, 0), (0, GAP), (0, 0)), constant_values=BETWEEN) for one in maps.values()]
    return Image.fromarray(np.concatenate(pictures, axis=1)[:, :-GAP])


def facts(maps: Mapping[str, Map]) -> dict[str, float]:
    """How alike every two are, as `methods.py` compares, and each one's least and greatest value."""
    values = {f"{one} {other}": agreement(maps[one], maps[other])[0] for one, other in combinations(maps, 2)}
    for name, one in maps.items():
        values |= {f"{name} least": float(flat(one).min()), f"{name} greatest": float(flat(one).max())}
    return values


def likeness(maps: Mapping[str, list[Map]]) -> dict[str, list[float]]:
    """Of maps with other noise: how alike every two of one library are, and every two of any two libraries."""
    several = [name for name, each in maps.items() if len(each) > 1]
    pairs = {name: list(combinations(maps[name], 2)) for name in several}
    pairs |= {f"{one} {other}": list(product(maps[one], maps[other])) for one, other in combinations(several, 2)}
    return {name: [agreement(one, other)[0] for one, other in each] for name, each in pairs.items()}


def main() -> None:
    """Ask all, write the numbers and a picture for each method."""
    asked = question()
    found = {name: ask(asked) for name, ask in CONTESTANTS.items()}
    values: dict[str, Any] = {}
    for task in TASKS:
        maps = {name: one[task][0] for name, one in found.items()}
        row(maps).save(Path(sys.argv[2]) / f"{task}.webp", quality=80, method=6)
        values |= {f"{task} {name}": float(f"{value:.4g}") for name, value in facts(maps).items()}
    again = likeness({name: one[RANDOM] for name, one in found.items()})
    packages = ("tensorflow", "keras", "numpy", "torch", "captum", "xplique", "tf-keras-vis")
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/default_maps.py content/measurements/default-maps.json content/lessons/13-tools",
        "how": "Maps by each library's defaults for one photo and class, and Spearman's correlation of every two; of "
        f"SmoothGrad with {len(SEEDS)} draws of noise, within a library and between two.",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "values": {**values, "draws": len(SEEDS)},
        "lists": {name: [float(f"{one:.4g}") for one in each] for name, each in again.items()},
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

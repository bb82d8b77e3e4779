"""What libraries draw when nothing is asked for but a method's name: their maps as pictures, beside ours.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/default_maps.py content/measurements/default-maps.json content/lessons/13-tools

The photo, the class and the weights are those of `methods.py`. Each picture holds, from left to right, netviz, Captum,
Xplique and tf-keras-vis. A map with signs is drawn as the course draws one, else from zero up, each on its own scale.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import sys
from collections.abc import Mapping
from itertools import combinations
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

SIDE, GAP = 224, 16
TASKS = ("gradient", "smoothgrad", "grad-cam")


def ours(asked: Question) -> dict[str, Map]:
    """Our maps, by method."""
    network = open_network("compact")
    pictures, targets = asked.picture[None], np.array([asked.target])
    return {name: run(methods()[name], network, pictures, targets)["attribution"][0] for name in TASKS}


def captum(asked: Question) -> dict[str, Map]:
    """Captum's, in which a layer has to be named."""
    import captum.attr as attr
    import torch

    torch.manual_seed(0)
    model, inputs = _torch_twin(asked)
    saliency = attr.Saliency(model)
    found = {
        "gradient": saliency.attribute(inputs, target=asked.target),
        "smoothgrad": attr.NoiseTunnel(saliency).attribute(inputs, nt_type="smoothgrad", target=asked.target),
        "grad-cam": attr.LayerGradCam(model, model.last).attribute(inputs, target=asked.target),
    }
    return {name: np.moveaxis(one[0].detach().numpy(), 0, -1) for name, one in found.items()}


def xplique(asked: Question) -> dict[str, Map]:
    """Xplique's."""
    from xplique import attributions as attr

    tf.random.set_seed(0)
    model, inputs = _keras_model(asked)
    targets = np.eye(1000, dtype=np.float32)[[asked.target]]
    named = {"gradient": attr.Saliency, "smoothgrad": attr.SmoothGrad, "grad-cam": attr.GradCAM}
    return {name: np.asarray(method(model).explain(inputs, targets))[0] for name, method in named.items()}


def tf_keras_vis(asked: Question) -> dict[str, Map]:
    """Those of tf-keras-vis, whose saliency becomes SmoothGrad by a number of samples; by itself it takes none."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    model, inputs = _keras_model(asked)
    score = CategoricalScore([asked.target])
    gradient = np.asarray(Saliency(model)(score, inputs))[0]
    return {
        "gradient": gradient,
        "smoothgrad": gradient,
        "grad-cam": np.asarray(Gradcam(model)(score, inputs))[0],
    }


CONTESTANTS = {"netviz": ours, "captum": captum, "xplique": xplique, "tf-keras-vis": tf_keras_vis}


def flat(one: Map) -> Map:
    """A map with one value a place: colours are added up."""
    return one.sum(axis=-1) if one.ndim == 3 else one


def drawn(one: Map) -> NDArray[np.uint8]:
    """A map in its colours, each value a block: (224, 224, RGBA)."""
    values = flat(one)
    scale = scale_of([values], signed=bool((values < 0).any()))
    assert scale is not None
    factor = SIDE // len(values)
    colours = scale.colours(values).repeat(factor, axis=0).repeat(factor, axis=1)
    return np.concatenate([colours, np.full((SIDE, SIDE, 1), 255, np.uint8)], axis=-1)


def row(maps: Mapping[str, Map]) -> Image.Image:
    """Maps side by side; what is between them lets the page through."""
    pictures = [np.pad(drawn(one), ((0, 0), (0, GAP), (0, 0))) for one in maps.values()]
    return Image.fromarray(np.concatenate(pictures, axis=1)[:, :-GAP])


def facts(maps: Mapping[str, Map]) -> dict[str, float]:
    """How alike every two are, as `methods.py` compares, and each one's least and greatest value."""
    values = {f"{one} {other}": agreement(maps[one], maps[other])[0] for one, other in combinations(maps, 2)}
    for name, one in maps.items():
        values |= {f"{name} least": float(flat(one).min()), f"{name} greatest": float(flat(one).max())}
    return values


def main() -> None:
    """Ask all, write the numbers and a picture for each method."""
    asked = question()
    found = {name: ask(asked) for name, ask in CONTESTANTS.items()}
    values: dict[str, Any] = {}
    for task in TASKS:
        maps = {name: one[task] for name, one in found.items()}
        row(maps).save(Path(sys.argv[2]) / f"{task}.webp", quality=80, method=6)
        values |= {f"{task} {name}": float(f"{value:.4g}") for name, value in facts(maps).items()}
    packages = ("tensorflow", "keras", "numpy", "torch", "captum", "xplique", "tf-keras-vis")
    measured = {
        "date": datetime.date.today().isoformat(),
        "command": "python tests/bench/default_maps.py content/measurements/default-maps.json content/lessons/13-tools",
        "how": "Maps by each library's defaults for one photo and class, and Spearman's correlation of every two.",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "values": values,
    }
    Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The contestants of the benchmark: each library's own way to the same maps, on the same weights and the same photo.

A contestant is a function of a `Question` that gives its tasks: functions without arguments that return one map. They
are called in a process of their own (`serve`), so that no library's threads or memory disturb another's. All compute
in float32 except where a contestant's name says otherwise. Peers run as they come: they import TensorFlow first, which
then chooses its kernels by the processor.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Map = NDArray[Any]
Task = Callable[[], Map]

SAMPLES = 50  # of SmoothGrad, and stops of integrated gradients
MASKS = 500  # of RISE
PATCH = 16  # of occlusion: 14 x 14 positions side by side
NOISE = 0.15  # SmoothGrad's deviation as a share of the range
BATCH = 8
LAYER = "block5_conv3"


@dataclass(frozen=True)
class Question:
    """A framed photo (224, 224, 3), RGB, 0 to 255, and the class to explain."""

    picture: NDArray[np.float32]
    target: int


def netviz(question: Question, precision: str = "float32") -> dict[str, Task]:
    """Our own methods."""
    from netviz.methods import methods, run
    from netviz.networks import open_network

    network = open_network("compact").at(precision)  # type: ignore[arg-type]
    known = methods()

    def task(name: str, **settings: Any) -> Task:
        pictures, targets = question.picture[None], np.array([question.target])
        return lambda: run(known[name], network, pictures, targets, settings)["attribution"][0]

    return {
        "gradient": task("gradient"),
        "gradient x input": task("gradient-x-input"),
        "guided backprop": task("guided-backprop"),
        "Grad-CAM": task("grad-cam"),
        "SmoothGrad": task("smoothgrad", samples=SAMPLES, noise=NOISE),
        "integrated gradients": task("integrated-gradients", steps=SAMPLES - 1, max_steps=SAMPLES - 1, baseline="mean"),
        "occlusion": task("occlusion", patch=PATCH, stride=PATCH),
        "RISE": task("rise", samples=MASKS, output="logit"),
        "Score-CAM": task("score-cam"),
    }


def captum(question: Question) -> dict[str, Task]:
    """Captum, on the same network in PyTorch."""
    import captum.attr as attr
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    model, inputs = _torch_twin(question)
    target, channels_first = question.target, lambda values: values[0].detach().numpy()

    def rgb(values: Any) -> Map:
        return np.moveaxis(channels_first(values), 0, -1)

    deviation = float(NOISE * (inputs.max() - inputs.min()))
    saliency, tunnel = attr.Saliency(model), attr.NoiseTunnel(attr.Saliency(model))
    noisy = {"nt_samples": SAMPLES, "nt_samples_batch_size": BATCH, "stdevs": deviation, "target": target, "abs": False}
    patches = {
        "sliding_window_shapes": (3, PATCH, PATCH),
        "strides": (3, PATCH, PATCH),
        "perturbations_per_eval": BATCH,
    }
    return {
        "gradient": lambda: rgb(saliency.attribute(inputs, target, abs=False)),
        "gradient x input": lambda: rgb(attr.InputXGradient(model).attribute(inputs, target)),
        "guided backprop": lambda: rgb(attr.GuidedBackprop(model).attribute(inputs, target)),
        "Grad-CAM": lambda: channels_first(
            attr.LayerGradCam(model, model.last).attribute(inputs, target, relu_attributions=True)
        )[0],
        "SmoothGrad": lambda: rgb(tunnel.attribute(inputs, nt_type="smoothgrad", **noisy)),
        "integrated gradients": lambda: rgb(
            attr.IntegratedGradients(model).attribute(
                inputs, target=target, n_steps=SAMPLES, method="riemann_trapezoid", internal_batch_size=BATCH
            )
        ),
        "occlusion": lambda: rgb(attr.Occlusion(model).attribute(inputs, target=target, **patches)).mean(-1),
    }


def _torch_twin(question: Question) -> tuple[Any, Any]:
    """The network in PyTorch with the same weights, and the photo as it enters it: (1, 3, 224, 224)."""
    import torch
    from torch import nn

    from netviz.networks import open_network

    network = open_network("compact")

    class Twin(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers: list[nn.Module] = []
            for layer in network.model.layers:
                if "conv" in layer.name:
                    kernel, bias = layer.get_weights()
                    convolution = nn.Conv2d(*kernel.shape[2:], kernel.shape[0], padding="same")
                    convolution.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
                    convolution.bias.data = torch.from_numpy(bias)
                    layers += [convolution, nn.ReLU()]
                elif layer.name.endswith("_pool") and layer.name != "block5_pool":
                    layers.append(nn.MaxPool2d(2))
            self.maps = nn.Sequential(*layers)
            self.last = self.maps[-1]
            self.hidden, self.predictions = (self._dense(name) for name in ("hidden", "predictions"))
            self.relu = nn.ReLU()

        @staticmethod
        def _dense(name: str) -> nn.Linear:
            kernel, bias = network.model.get_layer(name).get_weights()
            dense = nn.Linear(*kernel.shape)
            dense.weight.data, dense.bias.data = torch.from_numpy(kernel.T.copy()), torch.from_numpy(bias)
            return dense

        def forward(self, pictures: Any) -> Any:
            maps = self.maps(pictures)
            features = torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)
            return self.predictions(self.relu(self.hidden(features)))

    entered = network.network_input(question.picture[None])
    model = Twin().eval().requires_grad_(False)
    inputs = torch.from_numpy(np.moveaxis(entered, -1, 1).copy())
    difference = np.abs(model(inputs).numpy() - network.logits(question.picture[None])).max()
    assert difference < 1e-3, f"the twin's logits differ by {difference}"
    return model, inputs


def xplique(question: Question) -> dict[str, Task]:
    """Xplique, on the same Keras model."""
    import tensorflow as tf
    from xplique import attributions as attr

    model, inputs = _keras_model(question)
    tf.random.set_seed(0)  # where results must repeat, TensorFlow draws no noise without a seed
    targets = np.eye(1000, dtype=np.float32)[[question.target]]

    def task(method: Any) -> Task:
        return lambda: np.squeeze(np.asarray(method.explain(inputs, targets))[0])

    spread = float(NOISE * (inputs.max() - inputs.min()))
    patches = {"patch_size": PATCH, "patch_stride": PATCH, "batch_size": BATCH}
    return {
        "gradient": task(attr.Saliency(model, reducer=None)),
        "gradient x input": task(attr.GradientInput(model, reducer=None)),
        "guided backprop": task(attr.GuidedBackprop(model, reducer=None)),
        "Grad-CAM": task(attr.GradCAM(model, conv_layer=LAYER)),
        "SmoothGrad": task(attr.SmoothGrad(model, nb_samples=SAMPLES, noise=spread, batch_size=BATCH, reducer=None)),
        "integrated gradients": task(attr.IntegratedGradients(model, steps=SAMPLES, batch_size=BATCH, reducer=None)),
        "occlusion": task(attr.Occlusion(model, **patches)),
        "RISE": task(attr.Rise(model, nb_samples=MASKS, batch_size=BATCH)),
    }


def tf_keras_vis(question: Question) -> dict[str, Task]:
    """tf-keras-vis, on the same Keras model."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.scorecam import Scorecam
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation
    from tf_keras_vis.utils.scores import CategoricalScore

    model, inputs = _keras_model(question)
    score = CategoricalScore([question.target])
    saliency, grad_cam, score_cam = Saliency(model), Gradcam(model), Scorecam(model)
    guided = Saliency(model, model_modifier=GuidedBackpropagation())
    raw = {"keepdims": True, "normalize_map": False, "gradient_modifier": None}
    cam = {
        "penultimate_layer": LAYER,
        "seek_penultimate_conv_layer": False,
        "expand_cam": False,
        "normalize_cam": False,
    }
    return {
        "gradient": lambda: np.asarray(saliency(score, inputs, **raw))[0],
        "guided backprop": lambda: np.asarray(guided(score, inputs, **raw))[0],
        "Grad-CAM": lambda: np.asarray(grad_cam(score, inputs, **cam))[0],
        "SmoothGrad": lambda: np.asarray(saliency(score, inputs, smooth_samples=SAMPLES, smooth_noise=NOISE, **raw))[0],
        "Score-CAM": lambda: np.asarray(score_cam(score, inputs, batch_size=BATCH, **cam))[0],
    }


def _keras_model(question: Question) -> tuple[Any, NDArray[np.float32]]:
    """The network from its own input to its logits, and the photo as it enters it: (1, 224, 224, 3)."""
    import keras

    from netviz.networks import open_network

    network = open_network("compact")
    model = keras.Model(network.model.inputs, network.model.outputs[0])
    return model, network.network_input(question.picture[None])


CONTESTANTS: Mapping[str, Callable[[Question], dict[str, Task]]] = {
    "netviz": netviz,
    "netviz bfloat16": functools.partial(netviz, precision="bfloat16"),
    "captum": captum,
    "xplique": xplique,
    "tf-keras-vis": tf_keras_vis,
}


def limit(precision: str) -> float:
    """The machine's matrix multiplication in GFLOP/s at a precision: the best of TensorFlow's and NumPy's."""
    import tensorflow as tf

    side, best = 4096, 0.0
    values = np.random.default_rng(0).standard_normal((side, side)).astype(np.float32)
    tensor = tf.cast(values, precision)
    products = [lambda: tf.reduce_sum(tf.matmul(tensor, tensor)).numpy()]
    if precision == "float32":
        products.append(lambda: values @ values)
    for product in products:
        product()
        for _ in range(3):
            start = time.perf_counter()
            product()
            best = max(best, 2 * side**3 / (time.perf_counter() - start) / 1e9)
    return best


def serve(name: str, question: Question, connection: Connection) -> None:
    """Answer (task) with (seconds, map) until told None; what fails is answered as the exception's text."""
    sys.stdout = sys.stderr
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        tasks = CONTESTANTS[name](question)
    except Exception as error:  # a peer that is not installed, or does not work with this TensorFlow
        connection.send(f"{type(error).__name__}: {error}")
        return
    connection.send(sorted(tasks))
    while (wanted := connection.recv()) is not None:
        try:
            if wanted.startswith("limit "):
                connection.send((0.0, np.array(limit(wanted.removeprefix("limit ")))))
                continue
            start = time.perf_counter()
            answer = np.asarray(tasks[wanted]())
            connection.send((time.perf_counter() - start, answer))
        except Exception as error:
            connection.send(f"{type(error).__name__}: {error}")

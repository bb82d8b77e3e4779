"""What tasks will cost, told before any of them starts: passes as their methods declare them, time as this machine has.

A pass for a picture of which only a window changes is computed incrementally (`netviz.networks.incremental`) and is a
fraction of one for a whole picture; so is a pass for a picture that is made smaller than the network's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from netviz.engine.plan import Task
from netviz.networks import Network
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.progress import Reporter

BUDGET = 120  # seconds: an experiment that may take longer is announced
SLOW = 0.5  # seconds of a pass: where they are more, a build takes hours, and that some experiment does is no news


def announce_long(tasks: Iterable[Task], seconds: Callable[[], float], reporter: Reporter) -> None:
    """Tell which experiments may take longer than the budget.

    ``seconds`` tells what a picture's pass takes; it is asked only if there may be such an experiment.
    """
    for task in tasks:
        passes = cost(task) * share_of_a_pass(task)
        if passes * SLOW > BUDGET and (estimate := passes * seconds()) > BUDGET:
            reporter.say(f"{task.label}: up to {cost(task)} passes, about {estimate / 60:.0f} minutes on this machine")


def cost(task: Task) -> int:
    """Passes, or training steps, that a task takes at most, by its method's declaration; never nothing: a bar moves."""
    passes = task.experiment.method.passes(task.checked_settings)
    return 1 + passes.forward + passes.backward + passes.training


def share_of_a_pass(task: Task) -> float:
    """What part of a picture's pass one of the task's passes takes, above 0 and at most 1."""
    method = task.experiment.method
    if method.patches:
        return window_share(method.patches(task.checked_settings).side, task.weights.form)
    side = method.side(task.checked_settings)
    return min(1.0, (side / vgg16_layers(task.weights.form)[0].shape[0]) ** 2) if side else 1.0


def window_share(window: int, form: str) -> float:
    """The share of VGG16's multiplications that a changed window, of so many pixels a side, makes necessary.

    Along a side it reaches (window + receptive field - 1) / stride of a layer's outputs, or all. At the edge of a
    picture it is fewer, so the mean over all places is a little smaller.
    """
    layers = vgg16_layers(form)
    return sum(_multiplications(layer, window) for layer in layers) / sum(
        _multiplications(layer, layers[0].shape[0]) for layer in layers
    )


def _multiplications(layer: Layer, window: int) -> float:
    """One for each parameter at each place, biases counted in."""
    if layer.receptive_field is None or layer.stride is None:
        return layer.parameters
    return layer.parameters * min(layer.shape[0], (window + layer.receptive_field - 1) / layer.stride) ** 2


def seconds_of_a_pass(network: Network) -> float:
    """How long a picture takes forward or back, measured on a grey one after a first that warms up.

    They are of two shades: what is asked again is remembered, and takes no time.
    """
    first, second = (np.full((1, *network.input_shape), shade, np.float32) for shade in (127, 128))
    network.gradient(first, np.zeros(1, int))
    start = time.perf_counter()
    network.gradient(second, np.zeros(1, int))
    return (time.perf_counter() - start) / 2

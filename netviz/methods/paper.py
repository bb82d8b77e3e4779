"""A network that fits on paper: sixteen numbers in, one convolution, one score out, every derivative a small integer.

The case is a known one: a window of ones, two biases, the counting numbers 0 to 15. Whoever changes how gradients are
taken sees here, on paper, whether they still are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.activation_maps import grad_cam
from netviz.methods.gradients import deconvnet, gradient, guided_backprop
from netviz.networks.architecture import Layer
from netviz.networks.weights import Weights

if TYPE_CHECKING:
    from netviz.networks.keras_network import KerasNetwork

COUNTING = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
BACKWARD = {"gradient": gradient, "guided-backprop": guided_backprop, "deconvnet": deconvnet}
Explanation = Annotated[
    Literal["gradient", "guided-backprop", "deconvnet", "grad-cam"],
    Field(description="the method that explains the score"),
]


def _side(explanation: Explanation) -> int:
    """How many rows and columns an explanation has: the input's 4, or those of the maps."""
    return 2 if explanation == "grad-cam" else 4


@method(
    title={"en": "On paper", "zh": "纸上的网络"},
    summary={
        "en": "A network of one convolution on the numbers 0 to 15, built in Keras and explained by one of four "
        "methods: to be compared with what one works out by hand.",
        "zh": "只有一个卷积层的网络，输入是 0 到 15。用 Keras 搭出来，再用四种方法解释，可与手算的结果对照。",
    },
    gives="check",
    views=("number-grid", "panels"),
    numbers=lambda settings: (
        *("score", "without_last_row"),
        *(f"row_{row}" for row in range(1, _side(settings.explanation) + 1)),
    ),
    passes=lambda settings: Passes(forward=3, backward=1),
    subject="data",
)
def on_paper(*, explanation: Explanation = "gradient") -> Result:
    """The explanation of the score: ``maps`` (1, 4, 4), or (1, 2, 2) for Grad-CAM, on the maps after their ReLU.

    ``score`` is the network's, ``without_last_row`` what it would be were the last row of the input zeros; ``row_1``,
    ``row_2``, … are the explanation's rows.
    """
    network, target = paper_network(), np.array([0])
    result = (
        grad_cam(network, COUNTING, target, layer="relu")
        if explanation == "grad-cam"
        else BACKWARD[explanation](network, COUNTING, target)
    )
    attribution = result["attribution"][0]
    grid = attribution.reshape(attribution.shape[:2])
    rows = {f"row_{number}": row for number, row in enumerate(grid, start=1)}
    emptied = COUNTING.copy()
    emptied[:, -1] = 0
    scores = {"score": network.logits(COUNTING)[0, 0], "without_last_row": network.logits(emptied)[0, 0]}
    return {"maps": grid[None], **scores, **rows}


@method(
    title={"en": "On paper, window by window", "zh": "纸上的网络，逐个窗口"},
    summary={
        "en": "What one place of the window makes of its nine numbers, and what it sends back to them.",
        "zh": "窗口停在一处时，怎样由九个数算出结果，又把什么传回给它们。",
    },
    gives="check",
    views=("window-steps",),
    numbers=("window", "window_sum", "factor", "biases"),
    passes=lambda settings: Passes(forward=1, backward=1),
    subject="data",
)
def paper_windows(
    *,
    window: Annotated[int, Field(ge=1, le=4, description="which place of the window, row by row")] = 1,
    way: Annotated[Literal["forward", "backward"], Field(description="whether the gradient is shown, too")] = "forward",
) -> Result:
    """The network on paper up to a place of its window: ``inputs`` (4, 4), ``outputs`` (2, 2, 2) after the ReLU.

    On the way ``backward`` also ``gradient`` (4, 4), what that place and those before it send back. Numbers: the
    ``window``; the channels' ``biases`` (2,); the ``window_sum`` of its nine inputs, and the ``factor`` with which it
    passes the score's derivative to each.
    """
    network = paper_network()
    outputs = np.moveaxis(network.activations(COUNTING, ["relu"])["relu"][0], -1, 0)
    kernel, biases = network.model.get_layer("convolution").get_weights()
    into_score = network.model.get_layer("predictions").get_weights()[0].reshape(outputs.shape)
    factors = (into_score * (outputs > 0)).sum(axis=0)
    gradient, side = np.zeros(COUNTING.shape[1:3]), kernel.shape[0]
    for place in range(window):
        row, column = divmod(place, factors.shape[1])
        gradient[row : row + side, column : column + side] += factors[row, column]
    return {
        "inputs": COUNTING[0, :, :, 0],
        "outputs": outputs,
        **({"gradient": gradient} if way == "backward" else {}),
        "biases": biases,
        "window": np.array(window),
        "window_sum": COUNTING[0, row : row + side, column : column + side, 0].sum(),
        "factor": factors[row, column],
    }


@cache
def paper_network() -> KerasNetwork:
    """4x4 in, two 3x3 filters of ones with the biases -50 and -75, ReLU, and a weighted sum.

    Channel one counts fully; of channel two the upper left place counts plus one, the other three minus one.
    """
    from netviz.networks.keras_network import KerasNetwork, Preprocessing, keras

    inputs = keras.Input((4, 4, 1), name="input")
    maps = keras.layers.Conv2D(2, 3, name="convolution")(inputs)
    active = keras.layers.ReLU(name="relu")(maps)
    flat = keras.layers.Flatten(name="flatten")(keras.layers.Permute((3, 1, 2), name="channels_first")(active))
    model = keras.Model(inputs, keras.layers.Dense(1, name="predictions")(flat))
    model.get_layer("convolution").set_weights([np.ones((3, 3, 1, 2)), np.array([-50, -75])])
    model.get_layer("predictions").set_weights([np.array([[1, 1, 1, 1, 1, -1, -1, -1]]).T, np.zeros(1)])
    layers = (
        Layer(name="convolution", kind="convolution", shape=(2, 2, 2), parameters=20, receptive_field=3, stride=1),
        Layer(name="relu", kind="activation", shape=(2, 2, 2), receptive_field=3, stride=1),
    )
    weights = Weights("by hand", "0" * 64, "written by hand")
    return KerasNetwork(
        model=model, weights=weights, layers=layers, preprocessing=Preprocessing(mean=(0.0,), deviation=(1.0,))
    )

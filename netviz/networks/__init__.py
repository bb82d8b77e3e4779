"""Networks: what the rest of the project may ask of one, and how to open VGG16 in either of its forms.

Everything that enters or leaves a network is a batch of RGB pictures with values from 0 to 255, or values per
picture; resizing, channel order and preprocessing stay inside. Reading this module does not import TensorFlow.

It may know TensorFlow, and picture files where a head is trained. It must not know what anyone asks of a network for:
methods, courses and pages are nothing to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from netviz.networks.architecture import Layer
from netviz.networks.memory import Memory
from netviz.networks.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]
    Targets = NDArray[np.integer[Any]]
else:

    def __getattr__(name: str) -> Any:
        """`Array` and `Targets` when they are first asked for: a build with nothing to do doesn't wait for NumPy."""
        if name not in ("Array", "Targets"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np
        from numpy.typing import NDArray

        globals().update(Array=NDArray[np.floating[Any]], Targets=NDArray[np.integer[Any]])
        return globals()[name]


Output = Literal["logit", "probability"]
ReluRule = Literal["plain", "guided", "deconvnet", "redirected"]
Precision = Literal["float32", "float64", "bfloat16"]
PassListener = Callable[[int, int], None]
Window = tuple[slice, slice]  # rows and columns of a picture


class Network(Protocol):
    """A classifier that can be asked for its outputs, its inner values and their derivatives.

    ``pictures`` are always (n, height, width, 3), RGB, 0 to 255; ``targets`` (n,) class indices. Answers are NumPy
    arrays of the network's precision (bfloat16 computes in half and answers in float32). Batches of any size are
    allowed: the network cuts them into pieces that fit its memory.
    """

    weights: Weights
    layers: tuple[Layer, ...]
    precision: Precision
    listeners: list[PassListener]  # each is called as listener(forward, backward): pictures that just went through
    memory: Memory | None  # where it looks before it computes; for a network whose weights no longer change

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the pictures it takes."""
        ...

    @property
    def mean_colour(self) -> Array:
        """What the first convolution sees as zero: (3,) RGB, 0 to 255."""
        ...

    def logits(self, pictures: Array) -> Array:
        """Scores before the softmax: (n, classes)."""
        ...

    def windowed_logits(self, picture: Array, filling: Array, windows: Sequence[Window]) -> Array:
        """Logits of a picture, then of it with each window in turn taken from the filling: (1 + windows, classes).

        ``picture`` and ``filling`` are (height, width, 3). Only what a window reaches is computed anew.
        """
        ...

    def activations(self, pictures: Array, layers: Sequence[str]) -> dict[str, Array]:
        """Outputs of the named layers (after their ReLU where they have one): name -> (n, ...)."""
        ...

    def gradient(
        self, pictures: Array, targets: Targets, *, output: Output = "logit", relu: ReluRule = "plain"
    ) -> Array:
        """Derivative of each target's output with respect to the pictures' RGB values: (n, height, width, 3)."""
        ...

    def value_and_gradient(
        self, pictures: Array, targets: Targets, *, output: Output = "logit", relu: ReluRule = "plain"
    ) -> tuple[Array, Array]:
        """Each target's output, (n,), and its derivative as of `gradient`, of the same passes."""
        ...

    def layer_gradient(
        self, pictures: Array, targets: Targets, layer: str, *, output: Output = "logit"
    ) -> tuple[Array, Array]:
        """Output of a layer, and the derivative of each target's output with respect to it: both (n, ...)."""
        ...

    def network_input(self, pictures: Array) -> Array:
        """The pictures as they enter the first convolution: (n, height, width, 3)."""
        ...

    def to_input_units(self, gradient: Array) -> Array:
        """A gradient per RGB value as a gradient per value of the network's own input, channels in its order."""
        ...

    def at(self, precision: Precision) -> Network:
        """The same network computing in another precision."""
        ...

    def randomised(self, layers: Sequence[str], seed: int) -> Network:
        """A copy in which the named layers have forgotten what they learned; this one stays as it is.

        There is one copy at a time: asked again, it learns anew what it may keep and forgets the rest.

        Their kernels are normal random numbers around zero with the kernel's own standard deviation, their biases
        zero. A layer's numbers depend on the seed and on the layer, not on what else is named.
        """
        ...


def open_network(form: str | Path = "compact") -> Network:
    """VGG16 with ImageNet weights.

    Parameters
    ----------
    form
        ``compact`` (installed with the project, offline), ``imagenet`` (Keras' own file) or the path of a file in
        the layout of Keras' own.

    Raises
    ------
    netviz.networks.weights.WeightsUnavailable
        One sentence that says what is missing and what to do.
    """
    from netviz.networks.vgg16 import open_vgg16

    return open_vgg16(form)


def softmax(logits: Array) -> Array:
    """Probabilities from logits along the last axis."""
    import numpy as np

    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)

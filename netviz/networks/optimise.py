"""What a network is asked when a picture is made for it, and the ways to write a picture that make it easy.

Objectives are scores of a layer, with their derivatives by the picture. A picture is written as a spectrum of
decorrelated colours, seen through small random movements, and changed by Adam: all of it linear algebra in NumPy,
each step with its derivative beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array, ReluRule
from netviz.networks.keras_network import KerasNetwork
from netviz.networks.quiet import import_tensorflow

tf = import_tensorflow()

Spectrum = NDArray[np.complex128]

COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS /= np.linalg.norm(COLOURS, axis=0).max()
"""RGB, row by row, from independent coordinates: brightness, blue to red, green to purple, each as strong as it
varies in ImageNet's photos. The Karhunen-Loève basis of their colours, a square root of the covariance matrix, as
published in github.com/tensorflow/lucid, optvis/param/color.py, under the Apache License 2.0."""

CONTRAST = 0.25  # of a spectrum before the sigmoid, as in lucid's optvis/param/spatial.py


# Objectives


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A score of one layer's output.

    ``score`` is a function of TensorFlow from the output (n, ...) and ``others`` to (n,); the network keeps what is
    compiled for that very function. ``others`` are arrays (n, ...): what is looked for in each picture. With
    ``any_size`` pictures need not have the network's own size, as long as the layer is spatial.
    """

    network: KerasNetwork
    layer: str
    score: Callable[..., Any]
    others: tuple[NDArray[Any], ...] = ()
    relu: ReluRule = "plain"
    any_size: bool = False

    @property
    def in_full(self) -> Objective:
        """The same question to the network in float32, if it computes in half: for what has been found is measured."""
        return replace(self, network=in_full(self.network))

    def scores(self, pictures: Array) -> Array:
        """(n, h, w, 3) RGB, 0 to 255, to (n,): one forward pass."""
        return self._ask(pictures, derivative=False)[0]

    def scores_and_gradients(self, pictures: Array) -> tuple[Array, Array]:
        """(n, h, w, 3) to scores (n,) and their derivatives by RGB values (n, h, w, 3): one pass forward, one back."""
        scores, gradients = self._ask(pictures, derivative=True)
        return scores, gradients

    def _ask(self, pictures: Array, derivative: bool) -> list[Array]:
        output = self.network.up_to(self.layer, self.relu, self.any_size)

        def score(pictures: Any, *others: Any) -> Any:
            return self.score(output(pictures), *others)

        def score_and_gradient(pictures: Any, *others: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(pictures)
                scores = score(pictures, *others)
            return scores, tape.gradient(scores, pictures)

        question = (self.score, derivative, self.layer, self.relu, self.any_size)
        function = score_and_gradient if derivative else score
        return self.network.ask(question, function, pictures, *self.others, backward=derivative, any_size=self.any_size)


def in_full(network: KerasNetwork) -> KerasNetwork:
    """The network itself, or in float32 what computes in half precision."""
    return network.at("float32") if network.precision == "bfloat16" else network


def channel_mean(output: Any, channel: Any) -> Any:
    """The mean over all places of one channel; of a layer without places, the value of one unit."""
    places = list(range(1, len(output.shape) - 1))
    values = tf.reduce_mean(output, axis=places) if places else output
    return tf.gather(values, channel, axis=1, batch_dims=1)


def class_logit(network: KerasNetwork, target: int) -> Objective:
    """The score of a class before the softmax."""
    return Objective(
        network=network, layer=network.logits_layer, score=channel_mean, others=(np.array([target]),), relu="redirected"
    )


def mean_square(output: Any) -> Any:
    """The squared L2 norm of the whole output, divided by the number of its values."""
    return tf.reduce_mean(output**2, axis=list(range(1, len(output.shape))))


def relative_distance(output: Any, wanted: Any) -> Any:
    """|output - wanted|^2 / |wanted|^2; the divisor is 1 where nothing but zeros is wanted."""
    axes = list(range(1, len(output.shape)))
    size = tf.reduce_sum(wanted**2, axis=axes)
    return tf.reduce_sum((output - wanted) ** 2, axis=axes) / tf.where(size > 0, size, tf.ones_like(size))


def central_total(output: Any) -> Any:
    """The sum over all channels at the place in the middle."""
    height, width = output.shape[1:3]
    return tf.reduce_sum(output[:, height // 2, width // 2], axis=-1)


# A picture as a spectrum


def random_spectrum(height: int, width: int, random: np.random.Generator) -> Spectrum:
    """Normal noise of standard deviation 0.01 in every frequency and colour: (height, width // 2 + 1, 3)."""
    real, imaginary = random.normal(0, 0.01, (2, height, width // 2 + 1, 3))
    spectrum: Spectrum = real + 1j * imaginary
    return spectrum


def picture_of(spectrum: Spectrum, height: int, width: int, colours: Array = COLOURS) -> Array:
    """The picture that a spectrum stands for: (height, width // 2 + 1, 3) to (height, width, 3) RGB, 0 to 255.

    Olah et al. 2017, "Preconditioning and parameterization": each frequency is divided by its size, as photos have it;
    the inverse Fourier transform gives three independent colours, which are mixed to RGB and squeezed to the range.
    ``colours`` (3, 3) is what mixes them.
    """
    waves = np.fft.irfft2(spectrum * _energies(height, width), s=(height, width), axes=(0, 1), norm="ortho")
    return np.asarray(255 / (1 + np.exp(-CONTRAST * waves @ colours.T)))


def spectrum_gradient(picture: Array, gradient: Array, colours: Array = COLOURS) -> Spectrum:
    """The chain rule through `picture_of`: from d/d(RGB) at the picture it gave to d/d(real) + i d/d(imaginary).

    A frequency that the half spectrum leaves out is the conjugate of one that it holds: those count twice.
    """
    height, width = picture.shape[:2]
    by_waves = CONTRAST * (gradient * picture * (255 - picture) / 255) @ colours
    columns = np.arange(width // 2 + 1)
    twice = np.where((columns == 0) | (2 * columns == width), 1, 2)[None, :, None]
    spectrum: Spectrum = twice * np.fft.rfft2(by_waves, axes=(0, 1), norm="ortho") * _energies(height, width)
    return spectrum


def _energies(height: int, width: int) -> Array:
    """One over each frequency in cycles per pixel, the constant taken for the lowest: (height, width // 2 + 1, 1)."""
    frequencies = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    return np.asarray(1 / np.maximum(frequencies, 1 / max(height, width)))[..., None]


@dataclass(frozen=True)
class Canvas:
    """How a picture is written and changed: as waves or pixel by pixel, in independent colours or in RGB.

    As waves in independent colours it is `picture_of` and `spectrum_gradient`. The others leave out what makes these
    easy to climb: pixels have no coarse waves that a single step could change, RGB moves one colour at a time.
    """

    height: int
    width: int
    waves: bool = True
    independent: bool = True

    def noise(self, random: np.random.Generator) -> Any:
        """What a climb begins with, faint noise: a spectrum, or (height, width, 3)."""
        if self.waves:
            return random_spectrum(self.height, self.width, random)
        return random.normal(0, 0.01, (self.height, self.width, 3))

    def picture(self, values: Any) -> Array:
        """The picture that is written so: (height, width, 3) RGB, 0 to 255."""
        if self.waves:
            return picture_of(values, self.height, self.width, self._colours)
        return np.asarray(255 / (1 + np.exp(-values @ self._colours.T)))

    def slope(self, picture: Array, gradient: Array) -> Any:
        """The chain rule through `picture`: from d/d(RGB) at the picture it gave to d/d(values)."""
        if self.waves:
            return spectrum_gradient(picture, gradient, self._colours)
        return (gradient * picture * (255 - picture) / 255) @ self._colours

    @property
    def _colours(self) -> Array:
        return COLOURS if self.independent else np.eye(3)


# A picture seen through a movement


def movement(height: int, width: int, shift: Array, zoom: float, angle: float) -> Any:
    """Shift, magnify and turn a picture, as a sparse matrix (pixels, pixels); its transpose takes gradients back.

    Each new pixel is interpolated between four old ones (bilinear). The picture repeats itself beyond its borders,
    as a sum of waves does, so that nothing comes in from outside.

    Parameters
    ----------
    shift
        (2,) rows and columns, in pixels.
    zoom
        Above 1 magnifies.
    angle
        In degrees.
    """
    from scipy.sparse import csr_array

    centre = np.array([height - 1, width - 1])[:, None] / 2
    places = np.indices((height, width)).reshape(2, -1)
    cosine, sine = np.cos(np.radians(angle)) / zoom, np.sin(np.radians(angle)) / zoom
    turned = np.array([[cosine, -sine], [sine, cosine]]) @ (places - centre) + centre - np.reshape(shift, (2, 1))
    corner = np.floor(turned).astype(int)
    down, right = turned - corner
    pixels = np.arange(height * width)
    rows, columns, weights = [], [], []
    for row, row_weight in ((0, 1 - down), (1, down)):
        for column, column_weight in ((0, 1 - right), (1, right)):
            rows.append(pixels)
            columns.append((corner[0] + row) % height * width + (corner[1] + column) % width)
            weights.append(row_weight * column_weight)
    entries = (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(pixels.size, pixels.size))


def moved(movement: Any, picture: Array) -> Array:
    """A picture seen through a movement, or through its transpose: (height, width, 3) to the same."""
    return np.asarray((movement @ picture.reshape(-1, 3)).reshape(picture.shape))


# Steps


@dataclass
class Adam:
    """Kingma and Ba 2014, algorithm 1: steps against a gradient, each value's about ``rate`` long."""

    rate: float
    mean: Any = 0.0
    square: Any = 0.0
    count: int = field(default=0)

    def step(self, gradient: Array) -> Array:
        """What to add to the values whose gradient this is."""
        self.count += 1
        self.mean = 0.9 * self.mean + 0.1 * gradient
        self.square = 0.999 * self.square + 0.001 * gradient**2
        mean, square = self.mean / (1 - 0.9**self.count), self.square / (1 - 0.999**self.count)
        return np.asarray(-self.rate * mean / (np.sqrt(square) + 1e-8))


def total_variation(picture: Array) -> tuple[float, Array]:
    """The mean over all pixels of the squared differences to the next one right and below, and its gradient.

    Mahendran and Vedaldi 2015, equation 4 with beta = 2, divided by the number of pixels: (h, w, 3) to the same.
    """
    down, right = np.diff(picture, axis=0), np.diff(picture, axis=1)
    pixels = picture.shape[0] * picture.shape[1]
    gradient = np.zeros_like(picture)
    gradient[1:] += 2 * down / pixels
    gradient[:-1] -= 2 * down / pixels
    gradient[:, 1:] += 2 * right / pixels
    gradient[:, :-1] -= 2 * right / pixels
    return float((down**2).sum() + (right**2).sum()) / pixels, gradient

"""Which way a convolution goes: by Winograd's filtering, as the derivative of another, or directly.

Full batches of known size are filtered (`netviz.networks.winograd`): it pays for many channels and at least `BATCH`
pictures. All others are direct sums, for many channels written as a derivative: that of the convolution by the turned
kernel. oneDNN puts the kernels of derivatives in blocks before it multiplies; of a single picture's convolutions it
takes them as they lie, and the last nine layers of VGG16 then take twice as long (TensorFlow 2.21, AVX512). One rule
chooses by shapes alone, so a result does not depend on luck.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netviz.networks import winograd
from netviz.networks.quiet import import_keras, import_tensorflow

tf = import_tensorflow()
keras = import_keras()

BATCH = 8  # pictures; fewer are sooner summed than their kernels are transformed
ALMOST = 5  # of a full batch: with copies to fill it up they are sooner through than alone
FILTERED = 128 * 256  # of channels and filters: with fewer, moving the data takes what the products save
TURNED = 256 * 256  # likewise: with fewer, oneDNN is as quick with a kernel as it lies


def choose_ways(model: Any) -> bool:
    """Let the convolutions of a Keras model take the quick ways; tells whether full batches have one of their own."""
    layers = [layer for layer in model.layers if _gains(layer)]
    for layer in layers:
        layer.convolution_op = _choosing(layer.convolution_op)
    if layers:
        winograd.prepare()
    return bool(layers)


def _gains(layer: Any) -> bool:
    """Whether a layer is a convolution that full batches go through sooner by Winograd."""
    if not isinstance(layer, keras.layers.Conv2D) or layer.padding != "same" or layer.groups != 1:
        return False
    alike = (layer.kernel_size, layer.strides, layer.dilation_rate) == ((3, 3), (1, 1), (1, 1))
    return alike and layer.kernel.shape[2] * layer.filters >= FILTERED and layer.compute_dtype == "float32"


def _choosing(direct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The operation of values (n, height, width, c) and a kernel (3, 3, c, k); ``direct`` is the layer's own."""

    def operation(values: Any, kernel: Any) -> Any:
        kernel = tf.convert_to_tensor(kernel)
        if values.shape.is_fully_defined() and values.shape[0] >= BATCH:
            return winograd.convolve(values, kernel)
        return (as_derivative if kernel.shape[2] * kernel.shape[3] >= TURNED else direct)(values, kernel)

    return operation


@tf.custom_gradient  # type: ignore[untyped-decorator]
def as_derivative(values: Any, kernel: Any) -> Any:
    """Values (n, h, w, c) with a kernel (3, 3, c, k), zeros beyond the edge, to (n, h, w, k)."""

    def back(upstream: Any) -> tuple[Any, Any]:
        return _derivative(kernel, upstream), winograd.derivative_by_kernel(values, kernel, upstream)

    with tf.control_dependencies([values]):  # not all layers' kernels at once, at the beginning
        kernel_around = turned(kernel)
    return _derivative(kernel_around, values), back


def _derivative(kernel: Any, upstream: Any) -> Any:
    """What comes back through a convolution: its kernel (3, 3, c, k) and (n, h, w, k) to (n, h, w, c)."""
    channels = kernel.shape[2]
    derivative = tf.raw_ops.Conv2DBackpropInput(
        input_sizes=tf.concat([tf.shape(upstream)[:3], [channels]], 0),
        filter=kernel,
        out_backprop=upstream,
        strides=[1] * 4,
        padding="SAME",
    )
    derivative.set_shape((*upstream.shape[:3], channels))
    return derivative


def turned(kernel: Any) -> Any:
    """A kernel (3, 3, c, k) turned round by 180 degrees, inputs and outputs exchanged: (3, 3, k, c).

    Place by place, which takes a third of the time that `tf.reverse` does.
    """
    height, width, channels, filters = kernel.shape
    places = tf.unstack(tf.transpose(tf.reshape(kernel, (height * width, channels, filters)), (0, 2, 1)))
    return tf.reshape(tf.stack(places[::-1]), (height, width, filters, channels))

"""Convolutions whose derivative by their input is computed as what it is: a convolution with the kernel turned round.

TensorFlow multiplies first and then adds up what overlaps, which takes a CPU about twice as long. The sums are the
same, in another order.
"""

from __future__ import annotations

from typing import Any

from netviz.networks.quiet import import_keras, import_tensorflow

tf = import_tensorflow()
keras = import_keras()


def hasten_gradients(model: Any) -> None:
    """Give every convolution of a Keras model that keeps the size of its maps the quick derivative."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D) and _keeps_size(layer):
            layer.convolution_op = hastened


def _keeps_size(layer: Any) -> bool:
    odd = all(length % 2 for length in layer.kernel_size)
    return odd and layer.padding == "same" and layer.strides == layer.dilation_rate == (1, 1) and layer.groups == 1


def hastened(inputs: Any, kernel: Any) -> Any:
    """`convolve` in a graph, which leaves out what nobody asks for; TensorFlow's own where there is no graph."""
    return convolve(inputs, kernel) if tf.inside_function() else tf.nn.conv2d(inputs, kernel, 1, "SAME")


@tf.custom_gradient  # type: ignore[untyped-decorator]
def convolve(inputs: Any, kernel: Any) -> Any:
    """A convolution of stride 1 with zeros around: (n, height, width, in), and a kernel (odd, odd, in, out)."""

    def back(upstream: Any) -> tuple[Any, Any]:
        by_kernel = tf.raw_ops.Conv2DBackpropFilter(  # left out of the graph where nobody asks for it
            input=inputs,
            filter_sizes=tf.shape(kernel),
            out_backprop=upstream,
            strides=[1, 1, 1, 1],
            padding="SAME",
        )
        return tf.nn.conv2d(upstream, turned(kernel), 1, "SAME"), by_kernel

    return tf.nn.conv2d(inputs, kernel, 1, "SAME"), back


def turned(kernel: Any) -> Any:
    """A kernel by half a turn, its inputs and outputs exchanged: (h, w, in, out) to (h, w, out, in)."""
    height, width, channels, filters = kernel.shape
    places = tf.reshape(kernel, (height * width, channels, filters))
    backwards = tf.gather(places, range(height * width)[::-1])  # several times faster than reversing two axes
    return tf.reshape(tf.linalg.matrix_transpose(backwards), (height, width, filters, channels))

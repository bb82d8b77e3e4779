"""VGG16 on paper: its layers with shapes, parameters and receptive fields, computed and not typed in.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014, configuration D.
The spec checker and the pages read this; a test holds it against the real Keras model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))  # convolutions and channels of each block
SIDE = 224
CLASSES = 1000
COMPACT_HIDDEN = 1280


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One layer of a network.

    ``shape`` is the shape of its output without the batch axis; ``receptive_field`` the side in input pixels of the
    square that one of its values can depend on, ``stride`` the distance in input pixels between neighbours (both None
    where every value depends on the whole picture). ``feeds_output`` is False for a layer off the way to the logits.
    """

    name: str
    kind: str  # input, convolution, pooling, flatten, global pooling, dense
    shape: tuple[int, ...]
    parameters: int = 0
    receptive_field: int | None = None
    stride: int | None = None
    feeds_output: bool = True

    @property
    def is_spatial(self) -> bool:
        """Whether the output is a stack of maps, so that it can be laid over the picture."""
        return len(self.shape) == 3


@cache
def vgg16_layers(form: str) -> tuple[Layer, ...]:
    """Every layer of VGG16 in order, for the weights' form: ``compact``, or the full network for any other."""
    convolutions = tuple(_convolutional_part())
    if form != "compact":
        return convolutions + tuple(_full_head(convolutions))
    unused_pool = replace(convolutions[-1], feeds_output=False)  # our head stands on block5_conv3
    return (*convolutions[:-1], unused_pool, *_compact_head(convolutions))


def _convolutional_part() -> Iterator[Layer]:
    side, depth, field, stride = SIDE, 3, 1, 1
    yield Layer(name="input", kind="input", shape=(side, side, depth), receptive_field=field, stride=stride)
    for block, (convolutions, channels) in enumerate(BLOCKS, start=1):
        for convolution in range(1, convolutions + 1):
            field += 2 * stride
            parameters = (3 * 3 * depth + 1) * channels
            name = f"block{block}_conv{convolution}"
            yield Layer(
                name=name,
                kind="convolution",
                shape=(side, side, channels),
                parameters=parameters,
                receptive_field=field,
                stride=stride,
            )
            depth = channels
        field += stride
        side, stride = side // 2, stride * 2
        yield Layer(
            name=f"block{block}_pool",
            kind="pooling",
            shape=(side, side, depth),
            receptive_field=field,
            stride=stride,
        )


def _compact_head(convolutions: tuple[Layer, ...]) -> Iterator[Layer]:
    channels = convolutions[-1].shape[-1]
    yield Layer(name="average", kind="global pooling", shape=(channels,))
    yield Layer(name="maximum", kind="global pooling", shape=(channels,))
    yield Layer(name="features", kind="concatenation", shape=(2 * channels,))
    yield from _dense_layers(2 * channels, ("hidden", COMPACT_HIDDEN), ("predictions", CLASSES))


def _full_head(convolutions: tuple[Layer, ...]) -> Iterator[Layer]:
    height, width, channels = convolutions[-1].shape
    size = height * width * channels
    yield Layer(name="flatten", kind="flatten", shape=(size,))
    yield from _dense_layers(size, ("fc1", 4096), ("fc2", 4096), ("predictions", CLASSES))


def _dense_layers(inputs: int, *layers: tuple[str, int]) -> Iterator[Layer]:
    for name, units in layers:
        yield Layer(name=name, kind="dense", shape=(units,), parameters=(inputs + 1) * units)
        inputs = units

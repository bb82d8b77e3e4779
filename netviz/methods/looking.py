"""Looking in: what the network says, and what each of its layers makes of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Paper, Passes, Result, SpatialLayer, method
from netviz.methods.arrays import largest
from netviz.methods.keras_layers import with_layers
from netviz.networks import Array, Network, Targets, softmax
from netviz.networks.architecture import Layer

LINES = 24.0  # between squares: dark, so that on a dark page they are its ground, and on a light one still lines
BEYOND = 158.0  # a grey: neither a white wall nor the lines between squares are taken for what no photo shows


@method(
    title={"en": "Prediction", "zh": "预测"},
    summary={
        "en": "The most likely classes, with their probabilities.",
        "zh": "最可能的类别及其概率。",
    },
    gives="scores",
    views=("bars", "picture"),
    numbers=(),
    passes=lambda settings: Passes(forward=1),
)
def predict(network: Network, pictures: Array, targets: Targets) -> Result:
    """Logits and probabilities of every class, both (n, classes)."""
    logits = network.logits(pictures)
    return {"logits": logits, "probabilities": softmax(logits)}


@method(
    title={"en": "Activations", "zh": "激活"},
    summary={
        "en": "The output of every layer: the feature maps of the convolutions, the values of the dense layers.",
        "zh": "每一层的输出：卷积层的特征图与全连接层的数值。",
    },
    gives="feature maps",
    views=("grid",),
    numbers=("zeros_first", "zeros_last"),
    passes=lambda settings: Passes(forward=1),
    asks_for_class=lambda settings: False,
)
def activations(network: Network, pictures: Array, targets: Targets) -> Result:
    """Every layer's output under its name, after its ReLU if it has one: (n, height, width, channels), (n, units).

    ``zeros_first`` and ``zeros_last`` (n,) are the shares of exact zeros in the first and the last convolution.
    """
    layers = network.activations(pictures, [layer.name for layer in network.layers])
    convolutions = [layer.name for layer in network.layers if layer.kind == "convolution"]
    ends = zip(("zeros_first", "zeros_last"), (*convolutions[:1], *convolutions[-1:]), strict=False)
    return {**layers, **{number: (layers[name] == 0).mean(axis=(1, 2, 3)) for number, name in ends}}


@method(
    title={"en": "First-layer filters", "zh": "第一层卷积核"},
    summary={
        "en": "The kernels of the first convolution as small pictures: a weight of zero is grey.",
        "zh": "把第一个卷积层的卷积核画成小图片：权重为零处呈灰色。",
    },
    papers=(
        Paper(
            authors="Krizhevsky, Sutskever and Hinton",
            year=2012,
            title="ImageNet Classification with Deep Convolutional Neural Networks",
            url="https://doi.org/10.1145/3065386",
            place="figure 3",
        ),
    ),
    gives="picture",
    views=("picture",),
    numbers=("filters", "largest"),
    passes=lambda settings: Passes(forward=0),
    asks_for_class=lambda settings: False,
)
def first_layer_filters(network: Network, pictures: Array, targets: Targets) -> Result:
    """Each filter (height, width, RGB) as a tile of as many pixels: ``picture`` (n, H, W, 3), 0 to 255.

    127.5 is zero, 0 and 255 are the greatest absolute weight of all filters, so that they can be compared; dark lines
    of one pixel lie between them. Filters are in order, row by row, on as square a sheet as holds them. Weights are
    those of the network's own input, whatever its scale. Every entry of the batch is the same.

    ``filters`` (n,) is how many there are, ``largest`` (n,) the greatest absolute weight.
    """
    kernel = with_layers(network, "looking into layers").first_kernel
    greatest = float(np.abs(kernel).max())
    sheet = mosaic(127.5 + 127.5 * np.moveaxis(kernel, -1, 0) / (greatest or 1.0))
    count = len(pictures)
    return {
        "picture": np.tile(sheet.astype(np.float32), (count, 1, 1, 1)),
        "filters": np.full(count, kernel.shape[-1]),
        "largest": np.full(count, greatest),
    }


@method(
    title={"en": "Most exciting places", "zh": "响应最强的位置"},
    summary={
        "en": "The places of the photo to which a channel responds most, cut out as large as one of its values sees.",
        "zh": "照片中某个通道响应最强的几处，按该层的感受野大小剪下。",
    },
    papers=(
        Paper(
            authors="Zeiler and Fergus",
            year=2013,
            title="Visualizing and Understanding Convolutional Networks",
            url="https://arxiv.org/abs/1311.2901",
            place="figure 2",
        ),
    ),
    gives="picture",
    views=("picture",),
    numbers=("largest", "mean"),
    wrong=lambda settings, layers: (
        ("channels", message) for message in missing_channel(layers, settings.layer, settings.channels)
    ),
    passes=lambda settings: Passes(forward=1),
    asks_for_class=lambda settings: False,
    map_values=lambda settings: settings.channels,
)
def exciting_places(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block4_conv3",
    channels: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...],
        Field(min_length=1, max_length=4, description="which ones, counted from 0; a sheet for each"),
    ] = (0,),
    count: Annotated[int, Field(ge=1, le=16, description="places of each channel")] = 4,
) -> Result:
    """The squares of the photo that a channel's greatest responses can depend on: ``pictures`` (n, k, H, W, 3) RGB.

    For each of the k channels ``count`` of them, the greatest first, row by row on one sheet, dark lines between
    them. What lies beyond the photo's edge is grey; so is a square where nothing responds any more. No two squares
    share more than half their side both ways, so that they are not the same thing again.

    ``largest`` (n, k) is the channel's greatest value, ``mean`` (n, k) its mean over all places of the photo.
    """
    asked = with_layers(network, "looking into layers")
    [known] = [one for one in asked.layers if one.name == layer]
    maps = asked.activations(pictures, [layer])[layer][..., list(channels)]
    sheets = [
        [
            mosaic(np.stack([field_of(picture, known, place) for place in _apart(one, known, count)]))
            for one in np.moveaxis(stack, -1, 0)
        ]
        for picture, stack in zip(pictures, maps, strict=True)
    ]
    return {
        "pictures": np.array(sheets, np.float32),
        "largest": maps.max(axis=(1, 2)),
        "mean": maps.mean(axis=(1, 2)),
    }


def missing_channel(layers: Sequence[Layer], layer: str, channels: Sequence[int]) -> list[str]:
    """In words that a layer has no such channel; nothing if it has them all."""
    known = next(one.shape[-1] for one in layers if one.name == layer)
    if max(channels) < known:
        return []
    return [f"layer {layer!r} has {known} channels, 0 to {known - 1}: there is no channel {max(channels)}"]


def field_of(picture: Array, layer: Layer, place: tuple[int, int] | None) -> Array:
    """What a place (row, column) of a layer can see: (side, side, 3), grey beyond the picture's edges, or for None."""
    side, stride = layer.receptive_field or 0, layer.stride or 1
    seen = np.full((side, side, 3), BEYOND)
    if place is None:
        return seen
    height, width = picture.shape[:2]
    top, left = (index * stride - (side - stride) // 2 for index in place)
    rows, columns = slice(max(top, 0), min(top + side, height)), slice(max(left, 0), min(left + side, width))
    seen[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = picture[rows, columns]
    return seen


def _apart(values: Array, layer: Layer, count: int) -> list[tuple[int, int] | None]:
    """The places of a map (h, w) with the greatest values above zero, none nearer than half a field to a better one."""
    apart = (layer.receptive_field or 0) / (2 * (layer.stride or 1))
    rows, columns = np.indices(values.shape)
    left = np.where(values > 0, values, 0.0)
    found: list[tuple[int, int] | None] = []
    while len(found) < count and left.any():
        row, column = (int(index) for index in np.unravel_index(left.argmax(), left.shape))
        found.append((row, column))
        left = np.where(np.maximum(abs(rows - row), abs(columns - column)) < max(apart, 1), 0.0, left)
    return found + [None] * (count - len(found))


def mosaic(tiles: Array, gap: float = LINES) -> Array:
    """Tiles side by side, row by row, with lines of one pixel between them: (k, h, w, 3) to (H, W, 3)."""
    count, height, width = tiles.shape[:3]
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1, 3), gap)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        top, left = row * (height + 1), column * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    return sheet


@method(
    title={"en": "Receptive field", "zh": "感受野"},
    summary={
        "en": "What the place in the middle of a layer can see of the picture: the derivative of its channels' sum.",
        "zh": "某一层正中央的位置受图片的哪一部分影响：该处各通道之和对图片的导数。",
    },
    papers=(
        Paper(
            authors="Luo, Li, Urtasun and Zemel",
            year=2016,
            title="Understanding the Effective Receptive Field in Deep Convolutional Neural Networks",
            url="https://arxiv.org/abs/1701.04128",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("computed", "measured", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
    asks_for_class=lambda settings: False,
)
def receptive_field(
    network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block3_conv3"
) -> Result:
    """The derivative of sum_k A_k(middle) by x: ``attribution`` (n, height, width, 3) in activation per RGB step.

    ``computed`` (n,) is the side of the square that the middle can depend on by the sizes of the layers, as far as it
    lies in the picture; ``measured`` (n,) the side that the derivative does reach: the longer one of the rectangle
    around all values that are not zero. It can't be more. It can be less, as ReLUs and maxima let only some of the
    ways through; in the hundreds of channels of VGG16 hardly ever.
    """
    from netviz.networks import optimise

    asked = with_layers(network, "looking into layers")
    attribution = optimise.Objective(network=asked, layer=layer, score=optimise.central_total).scores_and_gradients(
        pictures
    )[1]
    side = next(one.receptive_field for one in asked.layers if one.name == layer)
    return {
        "attribution": attribution,
        "computed": np.full(len(pictures), min(side, max(pictures.shape[1:3]))),
        "measured": np.array([extent((one != 0).any(axis=-1)) for one in attribution]),
        "largest": largest(attribution),
    }


def extent(marked: NDArray[np.bool_]) -> int:
    """The longer side of the least rectangle that holds all marked places: (h, w) to a number, 0 if there are none."""
    lines = (np.flatnonzero(marked.any(axis=axis)) for axis in (0, 1))
    return max(int(line[-1] - line[0] + 1) if line.size else 0 for line in lines)

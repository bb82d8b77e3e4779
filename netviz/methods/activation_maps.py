"""Class activation maps: a layer's feature maps, weighted by what they do for a class.

Each gives its map on the layer's own grid; making it as large as the picture is the drawing's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Result, SpatialLayer, method
from netviz.methods.arrays import largest, peaks, resized, target_output
from netviz.networks import Array, Network, Targets

CHUNK = 32  # masked pictures that are in memory at a time

WEIGHTINGS: Mapping[str, Callable[[Array], Array]] = {
    "grad_cam": lambda gradients: gradients.mean(axis=(1, 2), keepdims=True),
    "hirescam": lambda gradients: gradients,
    "layercam": lambda gradients: np.maximum(gradients, 0),
}
"""What three methods multiply the activations with: of the score's gradients by them, (n, h, w, channels)."""

SELVARAJU = Paper(
    authors="Selvaraju et al.",
    year=2017,
    title="Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
    url="https://arxiv.org/abs/1610.02391",
)
JIANG = Paper(
    authors="Jiang et al.",
    year=2021,
    title="LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
    url="https://doi.org/10.1109/TIP.2021.3089943",
)


@method(
    title={"en": "Grad-CAM", "zh": "Grad-CAM 类激活图"},
    summary={
        "en": "A layer's feature maps, weighted by their mean gradients and added up, where that speaks for the class.",
        "zh": "把某一层的特征图按其平均梯度加权求和，只保留支持该类别的部分。",
    },
    papers=(SELVARAJU.at("equations 1 and 2"),),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def grad_cam(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    output: OutputSetting = "logit",
) -> Result:
    """The positive part of sum_k mean(d f_c / d A_k) A_k: ``attribution`` (n, h, w) on the layer's own grid.

    ``peak`` (n, 2) is the centre of the strongest cell as fractions of height and width, ``largest`` (n,) its value.
    """
    activations, gradients = network.layer_gradient(pictures, targets, layer, output=output)
    return _speaking_for(WEIGHTINGS["grad_cam"](gradients) * activations)


@method(
    title={"en": "Grad-CAM++", "zh": "Grad-CAM++ 类激活图"},
    summary={
        "en": "Like Grad-CAM, but places that speak for the class are weighted so that small objects count as much as "
        "large ones.",
        "zh": "与 Grad-CAM 相似，但对支持该类别的位置另行加权，使小物体与大物体同样受到重视。",
    },
    papers=(
        Paper(
            authors="Chattopadhay et al.",
            year=2018,
            title="Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional Networks",
            url="https://arxiv.org/abs/1710.11063",
            place="equations 5, 10 and 19",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def grad_cam_plus_plus(
    network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block5_conv3"
) -> Result:
    """The positive part of sum_k w_k A_k, with w_k = sum_ij alpha_kij max(d f_c / d A_kij, 0).

    The paper takes exp(f_c) for the score. Where f_c is piecewise linear, as in a network of ReLUs, the derivatives of
    exp(f_c) are exp(f_c) times powers of g = d f_c / d A, and its equation 19 becomes
    alpha = g^2 / (2 g^2 + S g^3) with S = sum_ab A_kab. Only places with g > 0 count, so alpha is 1 / (2 + S g) there;
    activations are taken to be nonnegative, as after a ReLU. The factor exp(f_c), the same everywhere, is left out of
    the map. Gives ``attribution`` (n, h, w), ``peak`` (n, 2) and ``largest`` (n,) like Grad-CAM.
    """
    activations, gradients = network.layer_gradient(pictures, targets, layer)
    positive = np.maximum(gradients, 0)
    weighted = positive / (2 + activations.sum(axis=(1, 2), keepdims=True) * positive)
    return _speaking_for(weighted.sum(axis=(1, 2), keepdims=True) * activations)


@method(
    title={"en": "HiResCAM", "zh": "HiResCAM 类激活图"},
    summary={
        "en": "Feature maps times their gradients, place by place: nothing is averaged, so only places that the score "
        "depends on light up.",
        "zh": "特征图与其梯度逐点相乘，不做平均，因此只有得分真正依赖的位置才亮。",
    },
    papers=(
        Paper(
            authors="Draelos and Carin",
            year=2020,
            title="Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks",
            url="https://arxiv.org/abs/2011.08891",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def hirescam(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    output: OutputSetting = "logit",
) -> Result:
    """The positive part of sum_k (d f_c / d A_k) A_k: ``attribution`` (n, h, w), ``peak`` and ``largest``.

    Where a linear layer follows the maps, the sum before its positive part is taken adds up to f_c without its bias.
    """
    activations, gradients = network.layer_gradient(pictures, targets, layer, output=output)
    return _speaking_for(WEIGHTINGS["hirescam"](gradients) * activations)


@method(
    title={"en": "LayerCAM", "zh": "LayerCAM 类激活图"},
    summary={
        "en": "Feature maps times the positive part of their gradients, place by place: early layers give fine maps.",
        "zh": "特征图与其梯度的正值部分逐点相乘；在较浅的层也能得到精细的解释图。",
    },
    papers=(JIANG.at("equations 6 to 8"),),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def layercam(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    output: OutputSetting = "logit",
) -> Result:
    """The positive part of sum_k max(d f_c / d A_k, 0) A_k: ``attribution`` (n, h, w), ``peak`` and ``largest``."""
    activations, gradients = network.layer_gradient(pictures, targets, layer, output=output)
    return _speaking_for(WEIGHTINGS["layercam"](gradients) * activations)


@method(
    title={"en": "Eigen-CAM", "zh": "Eigen-CAM 激活图"},
    summary={
        "en": "What a layer's feature maps have most in common: their first principal direction. It knows no class.",
        "zh": "某一层特征图最主要的共同成分，即第一主方向上的投影；与类别无关。",
    },
    papers=(
        Paper(
            authors="Muhammad and Yeasin",
            year=2020,
            title="Eigen-CAM: Class Activation Map using Principal Components",
            url="https://arxiv.org/abs/2008.00299",
            place="section III",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest", "share"),
    passes=lambda settings: Passes(forward=1),
    asks_for_class=lambda settings: False,
)
def eigen_cam(network: Network, pictures: Array, targets: Targets, *, layer: SpatialLayer = "block5_conv3") -> Result:
    """The activations of each place projected on the first right singular vector v: A v, with A (h w, channels).

    As in the paper, A is not centred. The sign of v is free; it is chosen so that A v has a nonnegative sum. After a
    ReLU all of A v is then nonnegative (Perron and Frobenius); of other layers the positive part is kept. ``targets``
    change nothing. Gives ``attribution`` (n, h, w), ``peak`` (n, 2), ``largest`` (n,), and ``share`` (n,): how much of
    the activations' sum of squares lies in that direction.
    """
    activations = network.activations(pictures, [layer])[layer]
    projected = np.empty(activations.shape[:-1], activations.dtype)
    share = np.zeros(len(pictures))
    for i, maps in enumerate(activations.astype(np.float64)):
        left, lengths, _ = np.linalg.svd(maps.reshape(-1, maps.shape[-1]), full_matrices=False)
        along = left[:, 0] * lengths[0]
        projected[i] = np.copysign(1, along.sum()) * along.reshape(maps.shape[:-1])
        if lengths[0] > 0:
            share[i] = lengths[0] ** 2 / (lengths**2).sum()
    return {**_speaking_for(projected[..., None]), "share": share}


@method(
    title={"en": "Score-CAM", "zh": "Score-CAM 类激活图"},
    summary={
        "en": "Each feature map in turn is laid over the picture as a mask; how far the score rises above a black "
        "picture's is the map's weight. No gradients.",
        "zh": "依次把每张特征图当作掩膜盖在图片上，以得分高出全黑图片的量作为该特征图的权重；不需要梯度。",
    },
    papers=(
        Paper(
            authors="Wang et al.",
            year=2020,
            title="Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
            url="https://arxiv.org/abs/1910.01279",
            place="definitions 3 and 4",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("raw", "overlay", "map"),
    numbers=("peak", "largest", "baseline_score", "tried", "raised"),
    passes=lambda settings: Passes(forward=settings.channels + 2),
    half=lambda settings: True,
)
def score_cam(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    channels: Annotated[
        int, Field(ge=1, le=4096, description="feature maps to try, the most active ones; VGG16 has 512 at most")
    ] = 512,
    output: OutputSetting = "logit",
) -> Result:
    """The positive part of sum_k w_k A_k, with w_k = f_c(x s(A_k)) - f_c(black): ``attribution`` (n, h, w).

    s upsamples a map to the picture's size, bilinearly, and stretches it to 0..1; x is in RGB from 0 to 255, so what
    the mask hides becomes black. The increases are the weights as they are (definition 4): the softmax over channels
    that the paper's algorithm adds would make the map of a logit hang on a handful of channels. A map without contrast
    makes no mask and has no weight; it costs no pass. ``tried`` (n,) says how many maps were left and ``raised`` (n,)
    how many of them have a weight above zero, ``baseline_score`` (n,) is f_c(black); ``peak`` and ``largest`` as in
    Grad-CAM.
    """
    activations = network.activations(pictures, [layer])[layer]
    baseline_scores = target_output(network, np.zeros_like(pictures), targets, output)
    weights = np.zeros((len(pictures), activations.shape[-1]), activations.dtype)
    tried = np.zeros(len(pictures), int)
    for i, (picture, maps) in enumerate(zip(pictures, activations, strict=True)):
        chosen = _most_active(maps, channels)
        tried[i] = len(chosen)
        for first in range(0, len(chosen), CHUNK):
            piece = chosen[first : first + CHUNK]
            masked = picture * _masks(maps[..., piece], *picture.shape[:2])[..., None]
            scores = target_output(network, masked, np.full(len(piece), targets[i]), output)
            weights[i, piece] = scores - baseline_scores[i]
    result = _speaking_for(weights[:, None, None, :] * activations)
    return {**result, "baseline_score": baseline_scores, "tried": tried, "raised": (weights > 0).sum(axis=1)}


@method(
    title={"en": "Guided Grad-CAM", "zh": "导向 Grad-CAM"},
    summary={
        "en": "Guided backpropagation, kept only where Grad-CAM sees the class: fine lines, in Grad-CAM's place.",
        "zh": "只保留 Grad-CAM 认为属于该类别之处的导向反向传播：线条精细，位置取自 Grad-CAM。",
    },
    papers=(SELVARAJU.at("section 3.2"),),
    gives="attribution",
    signed=True,
    restores_photo=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("peak", "largest"),
    passes=lambda settings: Passes(forward=2, backward=2),
)
def guided_grad_cam(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    layer: SpatialLayer = "block5_conv3",
    output: OutputSetting = "logit",
) -> Result:
    """Guided backpropagation times Grad-CAM, brought to the picture's size bilinearly.

    Gives ``attribution`` (n, height, width, 3), signed; ``largest`` (n,) is its greatest absolute value, ``peak``
    (n, 2) that of the Grad-CAM in it.
    """
    guided = network.gradient(pictures, targets, output=output, relu="guided")
    coarse = grad_cam(network, pictures, targets, layer=layer, output=output)
    attribution = guided * resized(coarse["attribution"], *pictures.shape[1:3])[..., None]
    return {"attribution": attribution, "peak": coarse["peak"], "largest": largest(attribution)}


def supported(contributions: Array) -> Array:
    """The positive part of what the channels add up to: (n, h, w, channels) to (n, h, w)."""
    return np.maximum(contributions.sum(axis=-1), 0)


def _speaking_for(contributions: Array) -> Result:
    """The same as a map, with its peak: (n, h, w, channels) to a result."""
    attribution = supported(contributions)
    return {"attribution": attribution, "peak": peaks(attribution), "largest": largest(attribution)}


def _most_active(maps: Array, count: int) -> Targets:
    """The channels with the greatest means, of those with contrast: (h, w, channels) to (up to count,) indices."""
    order: Targets = np.argsort(-maps.mean(axis=(0, 1)), kind="stable")
    return order[np.ptp(maps, axis=(0, 1))[order] > 0][:count]


def _masks(maps: Array, height: int, width: int) -> Array:
    """Feature maps at the picture's size, each stretched to 0..1: (h, w, channels) to (channels, height, width)."""
    large = resized(np.moveaxis(maps, -1, 0), height, width)
    from_zero: Array = large - large.min(axis=(1, 2), keepdims=True)
    return from_zero / from_zero.max(axis=(1, 2), keepdims=True)

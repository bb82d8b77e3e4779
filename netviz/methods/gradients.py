"""Gradients: how the score of a class answers to small changes of the picture."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from netviz.methods import OutputSetting, Paper, Passes, Result, Seed, method
from netviz.methods.arrays import flattened, largest, lengths
from netviz.networks import Array, Network, Output, Targets

CHUNK = 32  # noisy copies that are in memory at a time

FIT_FOR_HALF = 8  # noisy copies: of fewer, half precision changes too much

Samples = Annotated[int, Field(ge=1, le=10_000, description="noisy copies of the picture")]
Noise = Annotated[
    float,
    Field(gt=0, le=1, description="the noise's standard deviation, as a share of the picture's range of values"),
]


@method(
    title={"en": "Gradient", "zh": "梯度"},
    summary={
        "en": "The derivative of the class's score with respect to every value of the picture.",
        "zh": "类别得分对图片中每个数值的导数。",
    },
    papers=(
        Paper(
            authors="Simonyan, Vedaldi and Zisserman",
            year=2013,
            title="Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps",
            url="https://arxiv.org/abs/1312.6034",
            place="section 3",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("norm", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
    is_derivative=True,
)
def gradient(network: Network, pictures: Array, targets: Targets, *, output: OutputSetting = "logit") -> Result:
    """The derivative of f_c by x: ``attribution`` (n, height, width, 3) in score per RGB step.

    ``norm`` (n,) is its Euclidean length, ``largest`` (n,) its greatest absolute value.
    """
    attribution = network.gradient(pictures, targets, output=output)
    return {"attribution": attribution, "norm": lengths(attribution), "largest": largest(attribution)}


@method(
    title={"en": "Gradient × input", "zh": "梯度 × 输入"},
    summary={
        "en": "The gradient times the picture: what each value would add to the score if the network were linear.",
        "zh": "梯度乘以图片：假如网络是线性的，每个数值对得分的贡献。",
    },
    papers=(
        Paper(
            authors="Shrikumar et al.",
            year=2016,
            title="Not Just a Black Box: Learning Important Features Through Propagating Activation Differences",
            url="https://arxiv.org/abs/1605.01713",
        ),
    ),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("sum", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def gradient_x_input(network: Network, pictures: Array, targets: Targets, *, output: OutputSetting = "logit") -> Result:
    """(x - mean colour) * d f_c / d x: ``attribution`` (n, height, width, 3) in score, ``sum`` (n,) over all of it.

    The mean colour is what the first convolution sees as zero. So this is input times gradient in the network's own
    units, value for value: its scale multiplies the one and divides the other, its channel order changes neither.
    """
    attribution = (pictures - network.mean_colour) * network.gradient(pictures, targets, output=output)
    return {"attribution": attribution, "sum": flattened(attribution).sum(axis=1), "largest": largest(attribution)}


_SMILKOV = Paper(
    authors="Smilkov, Thorat, Kim, Viégas and Wattenberg",
    year=2017,
    title="SmoothGrad: removing noise by adding noise",
    url="https://arxiv.org/abs/1706.03825",
)


@method(
    title={"en": "SmoothGrad", "zh": "SmoothGrad 平滑梯度"},
    summary={
        "en": "The mean of the gradients of many noisy copies of the picture.",
        "zh": "给图片多次加上噪声，再对各个副本的梯度取平均。",
    },
    papers=(_SMILKOV,),
    gives="attribution",
    signed=True,
    views=("magnitude", "signed", "overlay"),
    numbers=("deviation", "largest", "norm", "single_norm"),
    passes=lambda settings: Passes(forward=settings.samples, backward=settings.samples),
    is_derivative=True,
)
def smoothgrad(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Samples = 50,
    noise: Noise = 0.15,
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """E[g(x + e)], e normal noise: ``attribution`` (n, height, width, 3) in score per RGB step.

    ``deviation`` (n,) is the noise's standard deviation in RGB steps: ``noise`` * (max x - min x), as in the paper.
    Noisy values may leave 0 to 255. ``norm`` (n,) is the map's length, ``single_norm`` (n,) the root mean square of
    the lengths of the gradients that it is the mean of: if these have nothing in common, the former is the latter over
    the root of ``samples``.
    """
    mean, variance, deviation = noisy_moments(network, pictures, targets, samples, noise, seed, output)
    return {
        "attribution": mean,
        "deviation": deviation,
        "largest": largest(mean),
        "norm": lengths(mean),
        "single_norm": np.sqrt(lengths(mean) ** 2 + flattened(variance).sum(axis=1)),
    }


@method(
    title={"en": "SmoothGrad squared", "zh": "SmoothGrad 平方"},
    summary={
        "en": "The mean of the squared gradients of many noisy copies of the picture.",
        "zh": "给图片多次加上噪声，再对各个副本的梯度的平方取平均。",
    },
    papers=(
        _SMILKOV,
        Paper(
            authors="Hooker, Erhan, Kindermans and Kim",
            year=2019,
            title="A Benchmark for Interpretability Methods in Deep Neural Networks",
            url="https://arxiv.org/abs/1806.10758",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("map", "overlay"),
    numbers=("deviation", "largest"),
    half=lambda settings: settings.samples >= FIT_FOR_HALF,
    passes=lambda settings: Passes(forward=settings.samples, backward=settings.samples),
)
def smoothgrad_squared(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Samples = 50,
    noise: Noise = 0.15,
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """E[g(x + e)^2]: ``attribution`` (n, height, width, 3), 0 or more, in (score per RGB step) squared.

    The noise is that of SmoothGrad with the same seed; ``deviation`` (n,) its standard deviation in RGB steps.
    """
    mean, variance, deviation = noisy_moments(network, pictures, targets, samples, noise, seed, output)
    squared = mean**2 + variance
    return {"attribution": squared, "deviation": deviation, "largest": largest(squared)}


@method(
    title={"en": "VarGrad", "zh": "VarGrad 梯度方差"},
    summary={
        "en": "The variance of the gradients of many noisy copies of the picture.",
        "zh": "给图片多次加上噪声，各个副本的梯度的方差。",
    },
    papers=(
        Paper(
            authors="Adebayo, Gilmer, Goodfellow and Kim",
            year=2018,
            title="Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values",
            url="https://arxiv.org/abs/1810.03307",
        ),
    ),
    gives="attribution",
    signed=False,
    views=("map", "overlay"),
    numbers=("deviation", "largest"),
    half=lambda settings: settings.samples >= FIT_FOR_HALF,
    passes=lambda settings: Passes(forward=settings.samples, backward=settings.samples),
)
def vargrad(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Samples = 50,
    noise: Noise = 0.15,
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """E[(g(x + e) - E g)^2]: ``attribution`` (n, height, width, 3), 0 or more, in (score per RGB step) squared.

    The mean square distance from the mean, divided by the number of samples. The noise is that of SmoothGrad with
    the same seed; ``deviation`` (n,) its standard deviation in RGB steps.
    """
    _, variance, deviation = noisy_moments(network, pictures, targets, samples, noise, seed, output)
    return {"attribution": variance, "deviation": deviation, "largest": largest(variance)}


@method(
    title={"en": "Guided backpropagation", "zh": "导向反向传播"},
    summary={
        "en": "The gradient, except that at every ReLU negative values on their way back are cut off too.",
        "zh": "与梯度相同，只是反向传播经过每个 ReLU 时把负值也截断。",
    },
    papers=(
        Paper(
            authors="Springenberg, Dosovitskiy, Brox and Riedmiller",
            year=2014,
            title="Striving for Simplicity: The All Convolutional Net",
            url="https://arxiv.org/abs/1412.6806",
            place="section 3.4",
        ),
    ),
    gives="attribution",
    signed=True,
    restores_photo=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("norm", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def guided_backprop(network: Network, pictures: Array, targets: Targets, *, output: OutputSetting = "logit") -> Result:
    """Backwards through a ReLU, R = [input > 0] [R' > 0] R': ``attribution`` (n, height, width, 3).

    It has the unit of a gradient, score per RGB step, but is no derivative of anything. ``norm`` (n,) is its
    Euclidean length, ``largest`` (n,) its greatest absolute value.
    """
    attribution = network.gradient(pictures, targets, output=output, relu="guided")
    return {"attribution": attribution, "norm": lengths(attribution), "largest": largest(attribution)}


@method(
    title={"en": "Deconvolution network", "zh": "反卷积网络"},
    summary={
        "en": "The class's score sent back through the layers, with the ReLU applied to what comes back "
        "and not to what went in.",
        "zh": "把类别得分逐层传回；ReLU 作用于传回的信号，而不看前向时该单元是否激活。",
    },
    papers=(
        Paper(
            authors="Zeiler and Fergus",
            year=2013,
            title="Visualizing and Understanding Convolutional Networks",
            url="https://arxiv.org/abs/1311.2901",
            place="section 2.1",
        ),
    ),
    gives="attribution",
    signed=True,
    restores_photo=True,
    views=("signed", "magnitude", "overlay"),
    numbers=("norm", "largest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def deconvnet(network: Network, pictures: Array, targets: Targets, *, output: OutputSetting = "logit") -> Result:
    """Backwards through a ReLU, R = [R' > 0] R': ``attribution`` (n, height, width, 3).

    Max pooling sends back to where the maximum was (the paper's switches). The unit is that of a gradient, score per
    RGB step, but it is no derivative. ``norm`` (n,) is its Euclidean length, ``largest`` (n,) its greatest absolute
    value.
    """
    attribution = network.gradient(pictures, targets, output=output, relu="deconvnet")
    return {"attribution": attribution, "norm": lengths(attribution), "largest": largest(attribution)}


def noisy_moments(
    network: Network, pictures: Array, targets: Targets, samples: int, noise: float, seed: int, output: Output
) -> tuple[Array, Array, Array]:
    """Mean and variance of the gradients of noisy copies, (n, height, width, 3), and the noise's deviation (n,).

    Every picture starts the random numbers anew. The variance is updated chunk by chunk (Chan, Golub and LeVeque
    1983), which loses no digits where it is small beside the mean.
    """
    deviations = noise * (flattened(pictures).max(axis=1) - flattened(pictures).min(axis=1))
    means = np.zeros(pictures.shape, np.float64)
    variances = np.zeros(pictures.shape, np.float64)
    for i, (picture, target) in enumerate(zip(pictures, targets, strict=True)):
        random = np.random.default_rng(seed)
        for seen in range(0, samples, CHUNK):
            count = min(CHUNK, samples - seen)
            copies = picture + deviations[i] * random.standard_normal((count, *picture.shape))
            gradients = network.gradient(copies, np.full(count, target), output=output).astype(np.float64)
            share = count / (seen + count)
            shift = gradients.mean(axis=0) - means[i]
            variances[i] += share * (gradients.var(axis=0) - variances[i] + (1 - share) * shift**2)
            means[i] += share * shift
    dtype = np.float64 if network.precision == "float64" else np.float32
    return means.astype(dtype), variances.astype(dtype), deviations

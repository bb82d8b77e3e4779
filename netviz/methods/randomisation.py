"""What a map does not depend on, though it should, and what it depends on, though it should not.

It should depend on the network's weights, so these are replaced by random ones, and on the class, so another one is
asked for; it should not depend on a seed, and as little as may be on a baseline that could as well be another.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from netviz.methods import (
    Method,
    OutputSetting,
    Paper,
    Passes,
    Result,
    Seed,
    SpatialLayer,
    declaration,
    method,
    run,
)
from netviz.methods.agreement import agreement
from netviz.methods.arrays import flat_maps, flattened, resized
from netviz.methods.correlations import correlations, rank_correlation_matrix, rank_correlations
from netviz.methods.hiding import Fill, KernelWidth, LegacySeed, filled, lime_model, lime_samples, region_scores
from netviz.methods.map_methods import Explanation, explanation_passes, explanations, times
from netviz.methods.paths import integrated_gradients
from netviz.methods.regions import Segments, superpixels
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.networks.classes import find

BASELINES = ("black", "mean", "white", "blurred", "noise")
LIME_RUNS = (8, 4, 2)  # among which the samples are dealt out
PERCENTILE = 99  # of a map, the value that is drawn as its brightest
WINDOW = 7  # pixels, a side of the windows that structural similarity compares


Averaged = Annotated[
    int, Field(ge=2, le=1000, description="noisy copies, masks or points of a path, where the method has such")
]


@method(
    title={"en": "Cascading randomisation", "zh": "级联随机化"},
    summary={
        "en": "The network forgets what it learned, block by block from the output down; a map that shows what was "
        "learned must change.",
        "zh": "从输出层向下逐块把权重换成随机数，去掉学到的东西；若解释图反映了学到的东西，它就必须随之改变。",
    },
    papers=(
        Paper(
            authors="Adebayo, Gilmer, Muelly, Goodfellow, Hardt and Kim",
            year=2018,
            title="Sanity Checks for Saliency Maps",
            url="https://arxiv.org/abs/1810.03292",
            place="the model parameter randomization test",
        ),
    ),
    gives="check",
    views=("strip", "curve"),
    numbers=("head_rank_correlation", "head_similarity", "final_rank_correlation", "final_similarity"),
    passes=lambda settings: times(
        1 + len(stages(vgg16_layers("compact"))),
        explanation_passes(settings.of_method, **_own_settings(settings.of_method, samples=settings.samples)),
    ),
)
def cascading_randomisation(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    of_method: Explanation = "gradient",
    layer: SpatialLayer = "block5_conv3",
    samples: Averaged = 20,
    seed: Seed = 0,
) -> Result:
    """The map again and again while the weights become random: what is left of it, by stages ``x`` (n, stages + 1).

    Stage 0 is the network as it is, stage 1 has a random head (all dense layers), each further one a random block
    more; at the last all weights are random (`Network.randomised`: normal kernels of the layer's own deviation, no
    biases). ``rank_correlation`` is Spearman's with stage 0's map of the absolute values, summed over RGB,
    ``signed_rank_correlation`` that of the values themselves, ``similarity`` the structural similarity (windows of 7 by
    7) of the absolute values; coarse maps are enlarged to the picture for it. Each (n, stages + 1).
    ``maps`` (n, stages + 1, h, w) are the absolute values from 0 to 1, each map divided by its own 99th percentile
    and cut off there, for random weights have no scale of their own: it is these that ``similarity`` compares.
    ``head_rank_correlation`` and ``head_similarity`` (n,) are those of stage 1, where the classes are forgotten and
    nothing else; ``final_rank_correlation`` and ``final_similarity`` (n,) are the last stage's.

    ``layer`` is for methods that explain a layer's maps, ``samples`` for those that average over many gradients;
    their other settings are their defaults.
    """
    one = explanations()[of_method]
    settings = _own_settings(of_method, layer=layer, samples=samples, seed=seed)
    cascade = [run(one, network, pictures, targets, settings)["attribution"]]
    forgotten: list[str] = []
    for stage in stages(network.layers):
        forgotten += stage
        cascade.append(run(one, network.randomised(forgotten, seed), pictures, targets, settings)["attribution"])
    sizes = [_sizes(attribution) for attribution in cascade]
    shown = np.stack([_normalised(size) for size in sizes], axis=1)
    height, width = pictures.shape[1:3]
    ranks = _rank_correlations([resized(size, height, width) for size in sizes])
    similarity = _similarities([_normalised(resized(size, height, width)) for size in sizes])
    return {
        "maps": shown,
        "x": np.tile(np.arange(len(cascade)), (len(pictures), 1)),
        "rank_correlation": ranks,
        "signed_rank_correlation": _rank_correlations([resized(flat_maps(a), height, width) for a in cascade]),
        "similarity": similarity,
        "head_rank_correlation": ranks[:, 1],
        "head_similarity": similarity[:, 1],
        "final_rank_correlation": ranks[:, -1],
        "final_similarity": similarity[:, -1],
    }


@method(
    title={"en": "Class test", "zh": "类别检验"},
    summary={
        "en": "The map for one class beside the map for another, in the same photo; if the class matters, they must "
        "differ.",
        "zh": "同一张照片里，一个类别的解释图与另一个类别的并排；真正取决于类别的图，两张必须不同。",
    },
    papers=(
        Paper(
            authors="Sixt, Granz and Landgraf",
            year=2020,
            title="When Explanations Lie: Why Many Modified BP Attributions Fail",
            url="https://arxiv.org/abs/1912.09818",
            place="section 4",
        ),
    ),
    gives="check",
    views=("panels-own", "panels"),
    numbers=("correlation", "rank_correlation"),
    passes=lambda settings: times(
        2, explanation_passes(settings.of_method, **_own_settings(settings.of_method, samples=settings.samples))
    ),
)
def class_test(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    of_method: Explanation = "smoothgrad",
    rival: Annotated[int, BeforeValidator(find), Field(description="the other class: a name or an index")] = 0,
    samples: Averaged = 20,
    seed: Seed = 0,
) -> Result:
    """``maps`` (n, 2, h, w) for the target and for the rival, RGB summed, and how much they resemble each other.

    ``correlation`` (n,) is Pearson's, ``rank_correlation`` Spearman's: 1 for a method that does not care which class it
    is asked about. ``samples`` is for methods that average over many gradients; other settings are their defaults.
    """
    one, settings = explanations()[of_method], _own_settings(of_method, samples=samples, seed=seed)
    maps = [
        flat_maps(run(one, network, pictures, asked, settings)["attribution"])
        for asked in (targets, np.full_like(targets, rival))
    ]
    rows = [flattened(one) for one in maps]
    return {
        "maps": np.stack(maps, axis=1),
        "correlation": correlations(*rows),
        "rank_correlation": rank_correlations(*rows),
    }


@method(
    title={"en": "Spread over seeds", "zh": "不同随机种子之间的差异"},
    summary={
        "en": "How well several copies of a map agree that were made with different random numbers.",
        "zh": "用不同的随机数多次生成同一张解释图，看它们彼此有多一致。",
    },
    gives="check",
    views=("panels", "matrix"),
    numbers=("least", "mean"),
    passes=lambda settings: times(settings.seeds, explanation_passes(settings.of_method, samples=settings.samples)),
    map_values=lambda settings: range(settings.seed, settings.seed + settings.seeds),
)
def spread_over_seeds(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    of_method: Annotated[
        Literal["smoothgrad", "rise", "lime", "kernel-shap"], Field(description="the method that makes the maps")
    ] = "smoothgrad",
    seeds: Annotated[int, Field(ge=2, le=16, description="maps to make, from the first seed on")] = 4,
    samples: Annotated[int, Field(ge=2, le=10_000, description="noisy copies or masks for each of the maps")] = 100,
    seed: Annotated[int, Field(ge=0, le=2**32 - 17, description="the first seed")] = 0,
) -> Result:
    """``maps`` (n, seeds, h, w) and their rank correlations ``matrix`` (n, seeds, seeds).

    Spearman's correlation of the values, RGB summed, signs kept; ``mean`` and ``least`` (n,) over the pairs. Settings
    that aren't named here are the method's defaults.
    """
    variants = [{"seed": seed + offset, "samples": samples} for offset in range(seeds)]
    return _spread(network, pictures, targets, explanations()[of_method], variants)


@method(
    title={"en": "LIME against itself", "zh": "LIME 的重复性"},
    summary={
        "en": "LIME made again and again with other random samples, few or more: how well the copies agree.",
        "zh": "换用不同的随机样本，多次重做 LIME，样本有少有多，看各次结果彼此有多一致。",
    },
    gives="check",
    views=("panels", "curve"),
    numbers=("x", "agreement", "tops"),
    passes=lambda settings: Passes(forward=settings.samples + 1),
)
def lime_spread(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    samples: Annotated[int, Field(ge=16, le=10_000, multiple_of=8, description="random samples in all")] = 240,
    segments: Segments = 40,
    kernel_width: KernelWidth = 0.25,
    fill: Fill = "mean",
    output: OutputSetting = "logit",
    seed: LegacySeed = 0,
) -> Result:
    """Rank correlation of LIME's weights between runs of few samples and of more: ``agreement`` (n, 3).

    The samples are dealt out to 8 runs, then to 4, then to 2, each of which has the whole picture besides. So runs of
    one size have no sample in common but that one, as if each had a seed of its own. ``x`` (n, 3) is how many samples a
    run has, ``agreement`` the mean over the pairs of runs of Spearman's correlation of their weights, ``tops`` (n, 3)
    how many regions come out as the heaviest of some run. ``maps`` (n, 4, h, w) are the four runs of a quarter each.
    """
    account: dict[str, list[Any]] = {name: [] for name in ("agreement", "tops", "maps")}
    for i, (picture, filling) in enumerate(zip(pictures, filled(network, pictures, fill), strict=True)):
        labels = superpixels(picture, segments)
        shown = lime_samples(samples + 1, int(labels.max()) + 1, seed)
        scores = region_scores(network, picture, filling, int(targets[i]), labels, output, shown)
        dealt = {
            runs: np.stack(
                [
                    lime_model(shown[[0, *part]], scores[[0, *part]], kernel_width)[0]
                    for part in np.split(np.arange(1, samples + 1), runs)
                ]
            )
            for runs in LIME_RUNS
        }
        correlations = (rank_correlation_matrix(weights) for weights in dealt.values())
        account["agreement"].append([matrix[np.triu_indices(len(matrix), 1)].mean() for matrix in correlations])
        account["tops"].append([len(set(weights.argmax(axis=1))) for weights in dealt.values()])
        account["maps"].append(dealt[4][:, labels].astype(np.float32))
    sizes = [samples // runs for runs in LIME_RUNS]
    return {"x": np.tile(sizes, (len(pictures), 1)), **{name: np.array(values) for name, values in account.items()}}


@method(
    title={"en": "Spread over baselines", "zh": "不同基线之间的差异"},
    summary={
        "en": "How well integrated gradients agree that start from black, the mean colour, white, the blurred picture "
        "and noise.",
        "zh": "分别以黑色、平均色、白色、模糊图片和噪声为基线计算积分梯度，看这些解释图彼此有多一致。",
    },
    papers=(
        Paper(
            authors="Sturmfels, Lundberg and Lee",
            year=2020,
            title="Visualizing the Impact of Feature Attribution Baselines",
            url="https://distill.pub/2020/attribution-baselines/",
        ),
    ),
    gives="check",
    views=("panels", "matrix"),
    numbers=("least", "mean", "largest_error"),
    passes=lambda settings: times(
        len(BASELINES), explanation_passes("integrated-gradients", steps=settings.steps, max_steps=settings.steps)
    ),
)
def spread_over_baselines(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    steps: Annotated[int, Field(ge=2, le=1024, description="equal steps from each baseline")] = 64,
    seed: Seed = 0,
    output: OutputSetting = "logit",
) -> Result:
    """``maps`` (n, 5, h, w) from black, mean, white, blurred and noise; their rank correlations ``matrix`` (n, 5, 5).

    Spearman's correlation of the values, RGB summed, signs kept; ``mean`` and ``least`` (n,) over the pairs. The steps
    are equal ones, and not bisected until the account closes; ``largest_error`` (n,) is the greatest of the five
    completeness errors, |delta| / |score - baseline score|. The seed is the noise's.
    """
    common = {"steps": steps, "max_steps": steps, "seed": seed, "output": output}
    variants = [{**common, "baseline": baseline} for baseline in BASELINES]
    return _spread(network, pictures, targets, declaration(integrated_gradients), variants)


def stages(layers: Sequence[Layer]) -> list[list[str]]:
    """The layers with weights, from the output down, in the stages in which they are forgotten.

    All dense layers at the top are the first stage, the head; then layers whose names have the same beginning before
    the underscore belong together: block5, block4, … block1.
    """

    def block(layer: Layer) -> str:
        return "dense" if layer.kind == "dense" else layer.name.split("_")[0]

    weighted = [layer for layer in reversed(layers) if layer.parameters]
    return [[layer.name for layer in group] for _, group in groupby(weighted, key=block)]


def _own_settings(of_method: str, **wanted: Any) -> dict[str, Any]:
    """Those of the settings that the method has; ``samples`` are a path's steps, which then aren't bisected."""
    if "samples" in wanted:
        wanted |= {"steps": wanted["samples"], "max_steps": wanted["samples"]}
    return {name: value for name, value in wanted.items() if name in explanations()[of_method].settings.model_fields}


def _spread(
    network: Network, pictures: Array, targets: Targets, one: Method, variants: Sequence[dict[str, Any]]
) -> Result:
    """The method's maps under several settings, and how well they agree; its errors if it accounts for itself."""
    results = [run(one, network, pictures, targets, settings) for settings in variants]
    stacks = np.stack([flat_maps(result["attribution"]) for result in results], axis=1)
    account = agreement(stacks)
    errors = [result["error"] for result in results if "error" in result]
    return {
        "maps": stacks,
        "matrix": account["matrix"],
        "least": account["least"],
        "mean": account["mean_off_diagonal"],
        **({"largest_error": np.max(errors, axis=0)} if errors else {}),
    }


def _sizes(attribution: Array) -> Array:
    """Absolute values, summed over RGB: (n, h, w) or (n, h, w, 3) to (n, h, w)."""
    return flat_maps(np.abs(attribution))


def _normalised(sizes: Array) -> Array:
    """Each map divided by its 99th percentile (its greatest value where that is zero) and cut off at 1."""
    rows = flattened(sizes)
    top = np.percentile(rows, PERCENTILE, axis=1)
    top = np.where(top > 0, top, rows.max(axis=1))[:, None, None]
    return np.minimum(np.divide(sizes, top, out=np.zeros(sizes.shape), where=top > 0), 1).astype(np.float32)


def _rank_correlations(cascade: Sequence[Array]) -> Array:
    """Spearman's correlation of each stage's map with the first's: (stages, n, h, w) to (n, stages)."""
    by_picture = np.stack(cascade, axis=1)
    return np.stack([rank_correlation_matrix(flattened(stack))[0] for stack in by_picture])


def _similarities(cascade: Sequence[Array]) -> Array:
    """Structural similarity of each stage's map, from 0 to 1, with the first's: (stages, n, h, w) to (n, stages)."""
    from skimage.metrics import structural_similarity

    smallest = min(cascade[0].shape[1:])
    window = min(WINDOW, smallest - 1 + smallest % 2)  # an odd number that fits
    account = np.empty((len(cascade[0]), len(cascade)))
    for stage, maps in enumerate(cascade):
        for i, (first, other) in enumerate(zip(cascade[0], maps, strict=True)):
            account[i, stage] = structural_similarity(first, other, data_range=1, win_size=window)  # type: ignore[no-untyped-call]
    return account

"""Layer-wise relevance propagation: a class's logit, handed back through the layers until the pixels have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from netviz.methods import Paper, Passes, Result, method
from netviz.methods.arrays import largest, relative_error
from netviz.methods.keras_layers import with_layers
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer

if TYPE_CHECKING:
    from netviz.networks.relevance_rules import Rule

Epsilon = Annotated[
    float,
    Field(ge=0, le=10, description="stabiliser, as a share of a layer's root mean square before its ReLU"),
]

BACH = Paper(
    authors="Bach et al.",
    year=2015,
    title="On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation",
    url="https://doi.org/10.1371/journal.pone.0130140",
    place="equations 58 and 60",
)
MONTAVON = Paper(
    authors="Montavon et al.",
    year=2019,
    title="Layer-Wise Relevance Propagation: An Overview",
    url="https://doi.org/10.1007/978-3-030-28954-6_10",
    place="section 10.3 and table 10.1",
)

ACCOUNT = (
    "output",
    "input_relevance",
    "absorbed_by_biases",
    "absorbed_by_epsilon",
    "absorbed_share",
    "conservation_error",
    "largest",
)  # what every rule measures; `lrp_composite` says what these are


@method(
    title={"en": "LRP-epsilon", "zh": "逐层相关性传播（LRP-ε）"},
    summary={
        "en": "The logit handed back layer by layer, to each input in proportion to what it added; a small stabiliser "
        "absorbs what is weak or contradictory.",
        "zh": "把得分逐层往回分配，每个输入按其贡献的比例获得相关性；一个小的稳定项吸收微弱或互相抵消的部分。",
    },
    papers=(BACH,),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=ACCOUNT,
    passes=lambda settings: Passes(forward=1, backward=1),
)
def lrp_epsilon(network: Network, pictures: Array, targets: Targets, *, epsilon: Epsilon = 0.1) -> Result:
    """R_j = sum_k x_j w_jk R_k / (z_k + epsilon sign z_k) in every layer; see `lrp_composite` for what it gives.

    With epsilon 0 and no biases this is gradient x input, the input as the first convolution sees it.
    """
    return _account(network, pictures, targets, _same_everywhere(network.layers, ("epsilon", epsilon)))


@method(
    title={"en": "LRP-z+", "zh": "逐层相关性传播（LRP-z⁺）"},
    summary={
        "en": "The logit handed back layer by layer, only along products above zero.",
        "zh": "把得分逐层往回分配，只经过大于零的乘积。",
    },
    papers=(BACH, MONTAVON),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=ACCOUNT,
    passes=lambda settings: Passes(forward=1, backward=1),
)
def lrp_z_plus(network: Network, pictures: Array, targets: Targets) -> Result:
    """R_j = sum_k (x_j w_jk)+ R_k / (sum_j (x_j w_jk)+ + b_k+) in every layer; see `lrp_composite` for what it gives.

    This is Bach's alpha-beta rule with alpha = 1, beta = 0, which also holds for inputs below zero. All relevance has
    the sign of the logit. Where nothing at all speaks for a logit below zero, nothing can be handed back.
    """
    return _account(network, pictures, targets, _same_everywhere(network.layers, ("z-plus", 0)))


@method(
    title={"en": "LRP-composite", "zh": "逐层相关性传播（组合规则）"},
    summary={
        "en": "The logit handed back with a rule for each depth: epsilon at the top, gamma below, and one made for "
        "pixels at the input.",
        "zh": "按层的深浅选用规则把得分往回分配：高层用 ε 规则，低层用 γ 规则，输入层用专为像素设计的规则。",
    },
    papers=(MONTAVON, BACH),
    gives="attribution",
    signed=True,
    views=("signed", "magnitude", "overlay"),
    numbers=ACCOUNT,
    passes=lambda settings: Passes(forward=1, backward=1),
)
def lrp_composite(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    epsilon: Epsilon = 0.1,
    gamma: Annotated[float, Field(ge=0, le=1000, description="how much positive contributions are favoured")] = 0.25,
) -> Result:
    """Relevance by the rules of `composite_rules`: ``attribution`` (n, height, width, 3) in units of the logit, signed.

    The account, each (n,): ``output``, the logit that is explained; ``input_relevance``, the sum of the attribution;
    ``absorbed_by_biases`` and ``absorbed_by_epsilon``, what biases and stabilisers kept in all layers;
    ``absorbed_share``, the two over the output; ``conservation_error`` = |output - input_relevance - absorbed| /
    |output|, which is rounding alone. ``largest`` is the greatest absolute value.

    Raises netviz.networks.relevance_rules.UnsupportedLayer if the network has a layer without a rule.
    """
    return _account(network, pictures, targets, composite_rules(network.layers, epsilon, gamma))


def composite_rules(layers: Sequence[Layer], epsilon: float, gamma: float) -> dict[str, Rule]:
    """The rule of each layer with weights, chosen for VGG16 by Montavon et al. 2019, section 10.3.

    - The first layer: the box rule z^B. Pixels have bounds, and a zero that means nothing.
    - The lower half of the convolutions (VGG16: the rest of blocks 1 to 3): gamma. They see many small pieces of
      evidence of both signs; favouring the positive ones keeps the map whole.
    - The upper half (blocks 4 and 5): epsilon. Their channels mix concepts; epsilon keeps what is strong.
    - Dense layers: epsilon too. The paper has epsilon 0 there; on VGG16 the maps look the same.
    """
    first, *others = _weighted(layers)
    convolutions = [layer for layer in (first, *others) if layer.kind == "convolution"]
    lower = convolutions[: (len(convolutions) + 1) // 2]
    rules: dict[str, Rule] = {first.name: ("box", 0)}
    for layer in others:
        rules[layer.name] = ("gamma", gamma) if layer in lower else ("epsilon", epsilon)
    return rules


def _same_everywhere(layers: Sequence[Layer], rule: Rule) -> dict[str, Rule]:
    return {layer.name: rule for layer in _weighted(layers)}


def _weighted(layers: Sequence[Layer]) -> list[Layer]:
    return [layer for layer in layers if layer.kind in ("convolution", "dense")]


def _account(network: Network, pictures: Array, targets: Targets, rules: Mapping[str, Rule]) -> Result:
    """Propagate, and close the books."""
    from netviz.networks.relevance_rules import propagate

    asked = with_layers(network, "relevance")
    attribution, output, biases, stabilisers = propagate(asked, pictures, targets, rules)
    reached = attribution.sum(axis=(1, 2, 3), dtype=np.float64)
    absorbed = biases.astype(np.float64) + stabilisers
    return {
        "attribution": attribution,
        "output": output,
        "input_relevance": reached,
        "absorbed_by_biases": biases,
        "absorbed_by_epsilon": stabilisers,
        "absorbed_share": np.divide(absorbed, output, out=np.zeros_like(absorbed), where=output != 0),
        "conservation_error": relative_error(reached + absorbed, output),
        "largest": largest(attribution),
    }

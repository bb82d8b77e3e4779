"""Looking in: what the network says, and what each of its layers makes of the picture."""

from __future__ import annotations

from netviz.methods import Passes, Result, method
from netviz.networks import Array, Network, Targets, softmax


@method(
    title={"en": "Prediction", "zh": "预测"},
    summary={
        "en": "The most likely classes, with their probabilities.",
        "zh": "最可能的类别及其概率。",
    },
    gives="scores",
    views=("bars",),
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
    passes=lambda settings: Passes(forward=1),
)
def activations(network: Network, pictures: Array, targets: Targets) -> Result:
    """Every layer's output under its name, after its ReLU if it has one: (n, height, width, channels), (n, units)."""
    return network.activations(pictures, [layer.name for layer in network.layers])

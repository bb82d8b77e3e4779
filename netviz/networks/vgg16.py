"""VGG16 with ImageNet weights, in its compact and in its full form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from netviz.networks import head
from netviz.networks.architecture import CLASSES, COMPACT_HIDDEN, SIDE, vgg16_layers
from netviz.networks.keras_network import CAFFE, TORCH, KerasNetwork
from netviz.networks.quiet import import_keras
from netviz.networks.weights import WeightsUnavailable, compact_convolutions, describe, first_line, full_weights_file

keras = import_keras()


def open_vgg16(form: str | Path = "compact") -> KerasNetwork:
    """VGG16 as a `KerasNetwork`; see `netviz.networks.open_network`."""
    weights = describe(form)
    if form == "compact":
        return KerasNetwork(model=compact_model(), weights=weights, layers=vgg16_layers("compact"), preprocessing=TORCH)
    return KerasNetwork(
        model=full_model(full_weights_file(form)), weights=weights, layers=vgg16_layers("imagenet"), preprocessing=CAFFE
    )


def compact_model() -> Any:
    """The ImageNet convolutions under the small head of our own; from network input to logits."""
    base = keras.applications.VGG16(include_top=False, weights=None, input_tensor=_input())
    convolutions = [layer for layer in base.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer, arrays in zip(convolutions, compact_convolutions(), strict=True):
        layer.set_weights(arrays)
    maps = base.get_layer("block5_conv3").output
    features = keras.layers.Concatenate(name="features")(
        [
            keras.layers.GlobalAveragePooling2D(name="average")(maps),
            keras.layers.GlobalMaxPooling2D(name="maximum")(maps),
        ]
    )
    hidden = keras.layers.Dense(COMPACT_HIDDEN, activation="relu", name="hidden")
    predictions = keras.layers.Dense(CLASSES, name="predictions")
    # block5_pool feeds nothing here, but belongs to VGG16: as a second output it stays in the model
    model = keras.Model(base.inputs, [predictions(hidden(features)), base.output])
    try:
        trained = head.load()
    except ValueError as error:
        raise WeightsUnavailable(str(error)) from None
    hidden.set_weights([trained.hidden_kernel, trained.hidden_bias])
    predictions.set_weights([trained.logit_kernel, trained.logit_bias])
    return model


def full_model(file: Path) -> Any:
    """Keras' VGG16 with the weights of a file in the layout of Keras' own; from network input to logits."""
    model = keras.applications.VGG16(weights=None, classifier_activation=None, input_tensor=_input())
    try:
        model.load_weights(file)
    except Exception as error:  # h5py and Keras raise what they like for a file of something else
        raise WeightsUnavailable(
            f"{file} can't be read as VGG16's weights ({first_line(error)}); "
            "it should be in the layout of Keras' own vgg16_weights_tf_dim_ordering_tf_kernels.h5."
        ) from None
    for layer in model.layers:
        if not all(np.isfinite(array).all() for array in layer.get_weights()):
            raise WeightsUnavailable(
                f"{file} holds numbers that are not finite: NaN or infinity in layer {layer.name}."
            )
    return model


def _input() -> Any:
    return keras.Input((SIDE, SIDE, 3), name="input")

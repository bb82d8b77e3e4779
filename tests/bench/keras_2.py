"""What is left of the old recipe with Keras 2, in the TensorFlow of this project.

    pip install --no-deps tf-keras==2.21.0
    python tests/bench/keras_2.py content/measurements/keras-2.json

The package tf-keras carries Keras 2 on. The course does without it, so no build tries this.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras as keras
from tried_lines import write

PHOTO = np.ones((1, 8, 8, 3), np.float32)

inputs = keras.Input((8, 8, 3))
features = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, activation="relu")(inputs))
model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(features))


def function() -> bool:
    """`K.function` gives what the model predicts, at once."""
    (answer,) = keras.backend.function([model.input], [model.output])([PHOTO])
    return bool(tf.executing_eagerly() and np.allclose(answer, model.predict(PHOTO, verbose=0)))


TRIED: dict[str, Callable[[], Any]] = {
    "slice_by_numpy_integer": lambda: model.output[:, np.argmax(model.predict(PHOTO, verbose=0))] is not None,
    "gradients": lambda: keras.backend.gradients(model.output[:, 1], model.input)[0] is not None,
    "function": function,
}

HOW = (
    "Whether each of these lines of the old recipe gives an answer (1) or an error (0) with Keras 2, for a "
    "small classifier, while TensorFlow runs eagerly."
)

write(TRIED, "keras-2", HOW, ("tensorflow", "tf-keras"))

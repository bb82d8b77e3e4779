"""What is left of the old recipe when eager execution is switched off, with the TensorFlow and Keras of this project.

    python tests/bench/eager_off.py content/measurements/eager-off.json

The switch holds for a whole process, so no build tries it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()

import keras  # noqa: E402
from tensorflow.keras import backend  # noqa: E402  (the recipe's K)
from tried_lines import write  # noqa: E402

PHOTO = np.ones((1, 8, 8, 3), np.float32)

inputs = keras.Input((8, 8, 3))
features = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, activation="relu")(inputs))
model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(features))
model.compile("sgd", "mse")
placeholder = tf.compat.v1.placeholder(tf.float32, (None, 8, 8, 3))

TRIED: dict[str, Callable[[], Any]] = {
    "gradients_of_the_models_output": lambda: backend.gradients(model.output[:, 1], model.input)[0],
    "gradients_through_a_placeholder": lambda: backend.gradients(model(placeholder)[:, 1], placeholder)[0],
    "predict": lambda: model.predict(PHOTO, verbose=0),
    "fit": lambda: model.fit(PHOTO, np.ones((1, 3)), verbose=0),
}

HOW = (
    "In a process in which tf.compat.v1.disable_eager_execution() was called first, whether each of these gives "
    "an answer (1) or an error (0), for a small classifier."
)

write(TRIED, "eager-off", HOW, ("tensorflow", "keras"))

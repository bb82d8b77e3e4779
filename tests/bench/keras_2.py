"""What is left of the old recipe with Keras 2, in the TensorFlow of this project.

    pip install --no-deps tf-keras==2.21.0
    python tests/bench/keras_2.py content/measurements/keras-2.json

The package tf-keras carries Keras 2 on. The course does without it, so no build tries this.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras as keras

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


def works(name: str) -> bool:
    """Whether it gives anything; what it says instead is printed."""
    try:
        return bool(TRIED[name]())
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {str(error)[:120]}")
        return False


measured = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/keras_2.py content/measurements/keras-2.json",
    "how": "Whether each of these lines of the old recipe gives an answer (1) or an error (0) with Keras 2, for a "
    "small classifier, while TensorFlow runs eagerly.",
    "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "tf-keras")},
    "values": {name: int(works(name)) for name in TRIED},
}
Path(sys.argv[1]).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

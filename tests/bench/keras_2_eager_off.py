"""Whether the old recipe runs through where TensorFlow draws a plan first, as it did then: with Keras 2, not eagerly.

    pip install --no-deps tf-keras==2.21.0
    python tests/bench/keras_2_eager_off.py content/measurements/keras-2-eager-off.json

The package tf-keras carries Keras 2 on; TensorFlow takes it for its own where TF_USE_LEGACY_KERAS is set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tried_lines import write

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netviz.methods.then_and_now import LINES  # noqa: E402

tf.compat.v1.disable_eager_execution()
plt.switch_backend("agg")

inputs = tf.keras.Input((224, 224, 3))
features = tf.keras.layers.GlobalAveragePooling2D()(tf.keras.layers.Conv2D(4, 3, activation="relu")(inputs))
model = tf.keras.Model(inputs, tf.keras.layers.Dense(3, activation="softmax")(features))
photo = ROOT / "content" / "pictures" / "chelsea.png"
names: dict[str, Any] = {"np": np, "plt": plt, "model": model, "img_path": photo}

PREDICT = "activations = activation_model.predict(x)"
before, after = LINES[: LINES.index(PREDICT)], LINES[LINES.index(PREDICT) + 1 :]
for line in before:
    exec(line, names)


def runs(line: str) -> Callable[[], Any]:
    """Asks whether a line runs, among the names that those before it have made."""
    return lambda: exec(line, names) or True


TRIED = {
    "activations": runs(PREDICT),
    "activations_without_the_input": runs("Model(inputs=model.input, outputs=layer_outputs[1:]).predict(x)"),
    **{line.partition(" =")[0]: runs(line) for line in after},
    "called": runs("grads_val = grads_val([x])[0]"),
    "drawn": runs("plt.imshow(grads_val[0], cmap='jet'); plt.show()"),
}

HOW = (
    "In a process in which tf.compat.v1.disable_eager_execution() was called first and TensorFlow's Keras is Keras 2, "
    "whether each of these lines of the old recipe runs (1) or fails (0), for a small classifier: the answers of all "
    "layers, the same but for the input's, and all lines that come after. Those before them run."
)

write(TRIED, "keras-2-eager-off", HOW, ("tensorflow", "tf-keras"))

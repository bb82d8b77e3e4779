"""How much of the old recipe runs with a Keras and a TensorFlow of its own days, line by line.

    python3.6 -m venv old && old/bin/pip install -U pip
    old/bin/pip install tensorflow==1.8.0 keras==2.1.6 "numpy<1.17" "h5py<3" "protobuf<3.18" pillow matplotlib scipy
    old/bin/python tests/bench/old_keras.py keras content/measurements/keras-2-1.json

The first word is the package that the lines import from: ``keras``, or ``tensorflow.keras`` as the recipe has it. None
of this runs with today's Python, so the lines are read from this project's source and not imported.
"""

import ast
import datetime
import importlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parents[2]
LAST = ("grads_val = grads_val([x])[0]", "plt.imshow(grads_val[0], cmap='jet')", "plt.show()")
STEP_3 = "activations = activation_model.predict(x)"
WITHOUT_THE_INPUT = "Model(inputs=model.input, outputs=layer_outputs[1:]).predict(x)"


def old_lines():
    """The recipe's lines, as `netviz.methods.then_and_now` has them, and the three that follow."""
    source = (ROOT / "netviz" / "methods" / "then_and_now.py").read_text("utf-8")
    (lines,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LINES"
    )
    return (*lines, *LAST)


def small_classifier(layers, models):
    inputs = layers.Input((224, 224, 3))
    features = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(inputs))
    return models.Model(inputs, layers.Dense(3, activation="softmax")(features))


def runs(line, names):
    """Whether a line runs; what it says instead is printed."""
    try:
        exec(line, names)
    except Exception as error:
        print(f"{line}: {type(error).__name__}: {str(error)[:160]}")
        return False
    return True


package, written = sys.argv[1], Path(sys.argv[2])
plt.switch_backend("agg")
keras = importlib.import_module(package)
layers, models = (importlib.import_module(f"{package}.{part}") for part in ("layers", "models"))
photo = str(ROOT / "content" / "pictures" / "chelsea.png")
names = {"np": np, "plt": plt, "model": small_classifier(layers, models), "img_path": photo}
tried = {line: runs(line.replace("tensorflow.keras", package), names) for line in old_lines()}
values = {
    "lines": len(tried),
    "failed": sum(not worked for worked in tried.values()),
    "activations": int(tried[STEP_3]),
    "activations_without_the_input": int(runs(WITHOUT_THE_INPUT, names)),
}
measured = {
    "date": datetime.date.today().isoformat(),
    "command": f"python tests/bench/old_keras.py {package} content/measurements/{written.name}",
    "how": (
        f"The lines of the old recipe, with their imports from {package} and for a small classifier: how many lines, "
        "how many of them fail, and whether the one that asks for the answers of all layers runs (1) or fails (0), and "
        "the same without the input's."
    ),
    "versions": {
        "python": ".".join(map(str, sys.version_info[:3])),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    },
    "values": values,
}
written.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")

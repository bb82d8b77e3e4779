"""Importing TensorFlow and Keras loads nothing that Keras only looks for; others find things as they were."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import gc, sys
from netviz.networks.quiet import UNUSED, import_keras

keras = import_keras()
assert gc.isenabled()
assert not any(name in sys.modules for name in UNUSED), [name for name in UNUSED if name in sys.modules]
import matplotlib.pyplot, sklearn.linear_model

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
print(model.output_shape)
"""


@pytest.mark.slow
def test_what_keras_looks_for_is_left_for_those_who_use_it() -> None:
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "(None, 2)\n", "")

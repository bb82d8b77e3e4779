"""Importing TensorFlow and Keras without their start-up chatter, with results that repeat."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

from netviz.networks.machine import machine

# What Keras, which TensorFlow imports, looks for and nothing here has it use: a quarter of the time that both take.
UNUSED = ("sklearn", "matplotlib.pyplot")


def import_tensorflow() -> ModuleType:
    """TensorFlow, told to be quiet and to compute the same bytes every time."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # oneDNN's convolutions, which TensorFlow takes by itself only on some processors. With AVX2 too, a batch of eight
    # pictures goes through VGG16 in three quarters of the time, there and back; a single one, whose kernels must be
    # put in another order first, takes a fifth more. Fixed, so that the same inputs give the same bytes.
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
    with _first_import() if "tensorflow" not in sys.modules else contextlib.nullcontext():
        import tensorflow

    tensorflow.get_logger().setLevel("ERROR")
    tensorflow.config.experimental.enable_op_determinism()
    with contextlib.suppress(RuntimeError):  # it computes already, in a reader's program that used it before us
        tensorflow.config.threading.set_intra_op_parallelism_threads(machine()["threads"])  # as results' keys have it
    return tensorflow


def import_keras() -> ModuleType:
    """Keras on TensorFlow, likewise."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import_tensorflow()
    import keras

    keras.config.set_floatx("float32")  # whatever this user's keras.json says
    keras.config.set_image_data_format("channels_last")
    return keras


@contextlib.contextmanager
def _first_import() -> Iterator[None]:
    with _silenced(), _without(UNUSED), _uncollected():
        yield


@contextlib.contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    """Within it modules that nobody has imported so far are not to be found; who wants them later finds them."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing is looked through for garbage within it: what modules make stays, and looking is a fifth of the work.

    What stands at its end isn't later either: in a build that would be done three times, for nothing.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collected:
            gc.enable()


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Send the process's standard error nowhere: the libraries write there before any setting of theirs is read."""
    sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)

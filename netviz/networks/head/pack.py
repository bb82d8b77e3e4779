"""The training pack: features of photographs and what the teacher said of them, in files of arrays."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

UNKNOWN = -1  # the label of a row whose class nobody told


class PackError(ValueError):
    """The training pack is missing something; the message is one sentence."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Rows to learn from, and a test set that is looked at once.

    ``features`` (n, 1024) float16, not negative: 512 averages, then 512 maxima. The teacher's logits are
    ``logits * logit_step + logit_min``, with ``logits`` (n, 1000) uint8. ``label`` (n,) is a class or -1;
    ``photo`` (n,) tells which rows are crops of the same photograph. ``test_features`` and ``test_label``
    likewise, empty if the pack has no test set.
    """

    features: NDArray[np.float16]
    logits: NDArray[np.uint8]
    logit_min: Floats
    logit_step: Floats
    label: NDArray[np.int16]
    photo: NDArray[np.int32]
    test_features: NDArray[np.float16]
    test_label: NDArray[np.int16]

    def teacher_logits(self, rows: Rows) -> Floats:
        """The teacher's logits of some rows: (rows, 1000)."""
        logits: Floats = self.logits[rows] * self.logit_step[rows, None] + self.logit_min[rows, None]
        return logits


ROW_ARRAYS = ("features", "logits", "logit_min", "logit_step", "label", "photo")


def read_pack(folder: Path) -> Pack:
    """All ``train-*.npz`` of a folder in the order of their names, and ``test.npz`` if it is there."""
    files = sorted(folder.glob("train-*.npz"))
    if not files:
        raise PackError(f"{folder / 'train-*.npz'} is missing: a pack is a folder with at least one such file.")
    parts = [_read_arrays(file, ROW_ARRAYS) for file in files]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in ROW_ARRAYS}
    test_file = folder / "test.npz"
    if test_file.is_file():
        test = _read_arrays(test_file, ("features", "label"))
    else:
        test = {"features": rows["features"][:0], "label": rows["label"][:0]}
    return Pack(**rows, test_features=test["features"], test_label=test["label"])


def _read_arrays(file: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            read = {name: arrays[name] for name in names}
    except KeyError as error:
        raise PackError(f"{file} has no array {error.args[0].split()[0]}.") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise PackError(f"{file} can't be read as a file of arrays ({error}).") from None
    if len({array.shape[:1] for array in read.values()}) != 1:
        raise PackError(f"{file} has arrays of different lengths.")
    return read


def split_by_photo(photo: NDArray[np.int32], held_out: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to train on and rows held out, so that all crops of a photograph are on the same side."""
    photographs = np.unique(photo)
    chosen = np.random.default_rng(seed).permutation(photographs)[: round(held_out * len(photographs))]
    is_held_out = np.isin(photo, chosen)
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)


def file_content(arrays: dict[str, NDArray[Any]]) -> bytes:
    """The arrays as an ``.npz`` file; the same arrays give the same bytes on any day."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is whole or as it was before, whatever happens in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

"""The classification head of the compact network, trained by this project; `CARD.md` tells its story.

It stands on VGG16's convolutions: average and maximum of each of ``block5_conv3``'s 512 channels, one ReLU
layer, 1000 logits. Reading this module does not import TensorFlow.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIGEST = "b2cd42a9c1a383cbd71d9a09e3930503726834aecfffecc47686a114fa2060e7"  # SHA-256 of head.npz


@dataclass(frozen=True)
class Head:
    """Dense with ReLU, then Dense: all arrays float32."""

    hidden_kernel: NDArray[np.float32]  # (1024, 1280)
    hidden_bias: NDArray[np.float32]  # (1280,)
    logit_kernel: NDArray[np.float32]  # (1280, 1000)
    logit_bias: NDArray[np.float32]  # (1000,)

    def logits(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Features (n, 1024), 512 averages and then 512 maxima, to logits (n, 1000)."""
        import numpy as np

        hidden = np.maximum(np.asarray(features, np.float32) @ self.hidden_kernel + self.hidden_bias, 0)
        logits: NDArray[np.float32] = hidden @ self.logit_kernel + self.logit_bias
        return logits


def load() -> Head:
    """The shipped head.

    Raises ValueError if its file is not the one that this version of the project shipped.
    """
    from importlib import resources

    import numpy as np

    content = resources.files(__name__).joinpath("head.npz").read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != DIGEST:
        raise ValueError(
            f"head.npz is damaged or from another version: its SHA-256 is {found[:12]}…, "
            f"expected {DIGEST[:12]}…; install the project again."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return unpack(arrays)


def unpack(arrays: Mapping[str, NDArray[Any]]) -> Head:
    """A head from its stored arrays: kernels in float16, biases in float32."""
    import numpy as np

    return Head(*(arrays[field.name].astype(np.float32) for field in fields(Head)))

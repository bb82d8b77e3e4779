"""Networks for words and tables that have hardly learned: for tests that mind what is done, not what comes of it."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from netviz.methods.held_out import table_network, unseen_probabilities
from netviz.methods.words import text_network
from netviz.networks import small
from netviz.networks.quiet import import_tensorflow

STEPS = 3


@contextmanager
def hardly_learned() -> Iterator[None]:
    """Within it they learn three steps, which TensorFlow runs as they are written: to compile them takes longest.

    Those that were known are forgotten, before and after.
    """
    fit = small._fit

    def fit_hardly(
        model: Any, kind: Hashable, inputs: Any, labels: Any, loss: Any, rate: float, steps: int, *more: int
    ) -> None:
        config = import_tensorflow().config
        config.run_functions_eagerly(True)
        with warnings.catch_warnings(action="ignore"):  # that data are read as ever
            fit(model, kind, inputs, labels, loss, rate, STEPS, *more)
        config.run_functions_eagerly(False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "_fit", fit_hardly)
        forget_networks()
        yield
    forget_networks()


def forget_networks() -> None:
    """Whatever is asked of a network next, it learns anew."""
    for known in (table_network, unseen_probabilities, text_network):
        known.cache_clear()

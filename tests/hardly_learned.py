"""Small networks that have hardly learned: for tests that mind what is done, not what comes of it."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from netviz.methods import complexity, several_samples, simpler_models
from netviz.methods.held_out import table_network, unseen_probabilities
from netviz.methods.words import text_network
from netviz.networks import small
from netviz.networks.quiet import import_tensorflow

STEPS = 1  # of Keras' networks
DENSE_STEPS = 30  # of NumPy's, each of which takes a moment


@contextmanager
def hardly_learned() -> Iterator[None]:
    """Within it Keras' learn one step, which TensorFlow runs as it is written, for to compile it takes longest.

    Those that were known are forgotten, before and after.
    """
    fit = small._fit

    def fit_hardly(
        model: Any, kind: Hashable, inputs: Any, labels: Any, loss: Any, rate: float, steps: int, *more: int
    ) -> None:
        with as_written(), warnings.catch_warnings(action="ignore"):  # that data are read as ever
            fit(model, kind, inputs, labels, loss, rate, STEPS, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "_fit", fit_hardly)
        for module in (complexity, several_samples, simpler_models):  # whose networks learn in NumPy
            patch.setattr(module, "STEPS", DENSE_STEPS)
        forget_networks()
        yield
    forget_networks()


@contextmanager
def as_written() -> Iterator[None]:
    """Within it TensorFlow runs functions as they are written: of what is asked but once, compiling takes longest."""
    config = import_tensorflow().config
    before = config.functions_run_eagerly()
    config.run_functions_eagerly(True)
    yield
    config.run_functions_eagerly(before)


def forget_networks() -> None:
    """Whatever is asked of a network next, it learns anew."""
    for known in (table_network, unseen_probabilities, text_network, simpler_models._teachers):
        known.cache_clear()

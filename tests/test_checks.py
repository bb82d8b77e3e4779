"""The sizes of gradients over classes against gradients computed one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.networks import softmax

PICTURE = random_pictures(1, seed=5)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_sizes_are_those_of_the_gradients_themselves(precision: Any) -> None:
    network = make_tiny(seed=11).to_keras().at(precision)
    result = run(methods()["gradient-norms"], network, PICTURE, np.zeros(1, int), {"classes": 4})
    probabilities = softmax(network.logits(PICTURE))[0]
    order = np.argsort(-probabilities)
    np.testing.assert_allclose(result["x"][0], probabilities[order], rtol=1e-5)
    for output in ("logit", "probability"):
        expected = [np.linalg.norm(network.gradient(PICTURE, np.array([c]), output=output)) for c in order]
        np.testing.assert_allclose(result[output][0], expected, rtol=1e-4)
        assert result[f"{output}_smallest"][0] == result[output][0].min()
        assert result[f"{output}_largest"][0] == result[output][0].max()
    assert result["rank_correlation"][0] == pytest.approx(spearmanr(probabilities[order], result["logit"][0]).statistic)

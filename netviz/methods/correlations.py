"""Correlations, defined once for all methods.

With what does not vary, a constant map say, every correlation is 0: it tells nothing of where another is great. That
is this project's definition, for the quotient would be 0 / 0; so matrices and curves have no holes, and claims about
such a map are decided.
"""

from __future__ import annotations

import numpy as np

from netviz.networks import Array


def correlations(first: Array, second: Array) -> Array:
    """Pearson's correlation of each row with the row of the same place: (n, values) twice to (n,)."""
    return np.array([correlation_matrix(np.stack(pair))[0, 1] for pair in zip(first, second, strict=True)])


def rank_correlations(first: Array, second: Array) -> Array:
    """Spearman's, equals sharing their mean rank: (n, values) twice to (n,)."""
    return np.array([rank_correlation_matrix(np.stack(pair))[0, 1] for pair in zip(first, second, strict=True)])


def rank_correlation_matrix(rows: Array) -> Array:
    """Spearman's correlation of every two rows, equals sharing their mean rank: (k, values) to (k, k)."""
    from scipy.stats import rankdata

    return correlation_matrix(rankdata(rows, axis=1))


def correlation_matrix(rows: Array) -> Array:
    """Pearson's correlation of every two rows, ones on the diagonal: (k, values) to (k, k)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    varies = np.ptp(rows, axis=1, keepdims=True) > 0
    units = np.divide(centred, norms, out=np.zeros_like(centred), where=varies & (norms > 0))
    matrix = np.clip(units @ units.T, -1, 1)
    np.fill_diagonal(matrix, 1)
    return matrix

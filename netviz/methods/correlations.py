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
    one, other = _units(np.stack([first, second]))
    return np.clip((one * other).sum(axis=-1), -1, 1)


def rank_correlations(first: Array, second: Array) -> Array:
    """Spearman's, equals sharing their mean rank: (n, values) twice to (n,)."""
    return correlations(*_ranks(np.stack([first, second])))


def rank_correlation_matrix(rows: Array) -> Array:
    """Spearman's correlation of every two rows, equals sharing their mean rank: (k, values) to (k, k)."""
    return correlation_matrix(_ranks(rows))


def correlation_matrix(rows: Array) -> Array:
    """Pearson's correlation of every two rows, ones on the diagonal: (k, values) to (k, k)."""
    units = _units(rows)
    matrix = np.clip(units @ units.T, -1, 1)
    np.fill_diagonal(matrix, 1)
    return matrix


def _ranks(rows: Array) -> Array:
    """Of each value its rank within its row (..., values), from 1.

    `scipy.stats.rankdata` gives the same; to import it takes longer than all that is ranked for a photo.
    """
    ranks = np.empty(rows.shape)
    for row, given in zip(rows.reshape(-1, rows.shape[-1]), ranks.reshape(-1, rows.shape[-1]), strict=True):
        order = np.argsort(row, kind="stable")
        rising = row[order]
        first = np.flatnonzero(np.append(True, rising[1:] != rising[:-1]))  # of each run of equals
        count = np.diff(np.append(first, len(row)))
        given[order] = np.repeat(first + (count + 1) / 2, count)
    return ranks


def _units(rows: Array) -> Array:
    """Rows (..., values) without their mean, of length 1; of length 0 where nothing varies."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    norms = np.linalg.norm(centred, axis=-1, keepdims=True)
    varies = np.ptp(rows, axis=-1, keepdims=True) > 0
    return np.divide(centred, norms, out=np.zeros_like(centred), where=varies & (norms > 0))

"""Where the experiments of a build are run, as its options say."""

from __future__ import annotations

from functools import partial

from netviz.engine.execution import Executor, LocalExecutor, opening
from netviz.networks import open_network
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.progress import Reporter


def executor_of(options: Options, reporter: Reporter) -> Executor:
    """What runs experiments; whoever asks for it closes it. Nothing is opened before an experiment must run.

    Raises ClusterUnavailable where a cluster is asked for without Dask.
    """
    if not options.cluster:
        return LocalExecutor(opening(options.weights, reporter))
    from netviz.cluster.executor import ClusterExecutor  # imports Dask, which nobody else needs

    of_weights = partial(open_network, options.weights)
    return ClusterExecutor(options.cluster, describe(options.weights), of_weights, options.methods)

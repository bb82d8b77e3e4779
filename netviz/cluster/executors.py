"""Where the experiments of a build are run, as its options say."""

from __future__ import annotations

from netviz.engine.execution import Executor, LocalExecutor, opening
from netviz.options import Options
from netviz.progress import Reporter


def executor_of(options: Options, reporter: Reporter) -> Executor:
    """What runs experiments; whoever asks for it closes it. Nothing is opened before an experiment must run."""
    return LocalExecutor(opening(options.weights, reporter))

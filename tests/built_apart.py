"""Builds in processes of their own, which begin in a moment: forked from one that has imported what a build needs.

A thread of this process is in none of them, nor what TensorFlow holds. Whoever has to see how a program begins, or what
it imports, starts ``build.py`` instead.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

NEEDED = (
    "built_apart",
    "netviz.pipeline",
    "netviz.engine.draw",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
)

_context = get_context("forkserver")
_context.set_forkserver_preload([*NEEDED])


def start(*arguments: str) -> ForkServerProcess:
    """A build that has begun; its ``exitcode``, after ``join()``, is the command line's."""
    process = _context.Process(target=_build, args=arguments)
    process.start()
    return process


def _build(*arguments: str) -> None:
    from netviz.command_line import main

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        sys.exit(main([*arguments]))

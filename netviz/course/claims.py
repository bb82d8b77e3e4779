"""Claims: what a lesson states as a fact, checked against the result at every build.

A claim is an expression over the result of its experiment, `numbers.error < 0.01` or `'tabby' in top.names`, in the
language of `netviz.sandbox`. A claim can turn out broken; that is shown, not hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from netviz.mistakes import nearest
from netviz.remembered import remembered
from netviz.sandbox import (
    AGGREGATES,
    ExpressionError,
    Sandbox,
    names_used,
    nodes_of,
    operands,
    truth_of,
)
from netviz.yaml_places import Passage

NAMES = (*AGGREGATES, "numbers", "picture", "results", "target", "top")  # what the claims of an experiment may use
OVER_GALLERY = (*NAMES, "label", "correct")  # … and of one that is run on every photo of a gallery
SANDBOX = Sandbox()
_RESULT = re.compile(r"""\bresults\s*\[\s*(["'])(.*?)\1\s*\]""")  # to parse every lesson would take a second


@dataclass(frozen=True, slots=True)
class Claim:
    """An author's claim as written, and where in the lesson."""

    passage: Passage

    @property
    def source(self) -> str:
        """The expression."""
        return self.passage.source


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with the verdict; ``measured`` are the values it spoke of, by the names it gave them, as can be told."""

    source: str
    kept: bool
    measured: Mapping[str, Any]


def read_claim(passage: Passage, names: tuple[str, ...] = NAMES) -> Claim:
    """A claim that speaks of these names.

    Raises ExpressionError if it is no expression that is allowed, or states nothing that a result could break.
    """
    _check(passage.source, names)
    return Claim(passage)


@remembered(bool, bool)
def _check(source: str, names: tuple[str, ...]) -> bool:
    """True. Raises what `read_claim` does."""
    expression = SANDBOX.expression(source)
    for name, line in names_used(expression).items():
        if name not in names:
            hint = f"VALUE | {name}" if name in SANDBOX.all_filters else nearest(name, names)
            raise ExpressionError(f"unknown name {name!r}", line, name, hint)
    for error in unnamed_results(expression):
        raise error
    if not any(operands(expression)):
        raise ExpressionError(f"{source!r} names no result, so no result could break it")
    return True


@lru_cache(maxsize=1024)  # of each claim it is asked for every photo
def results_in(source: str) -> frozenset[str]:
    """The experiments of whose results expressions speak, ``results['ID']``, in a claim or between other words."""
    return frozenset(name for _, name in _RESULT.findall(source))


def unnamed_results(tree: nodes.Node) -> Iterator[ExpressionError]:
    """Where results are asked for by anything but a written name: which they are must be known before they are there.

    On it depends what runs, which pages differ from photo to photo, and what is woven anew.
    """
    named = {id(one.node) for one in nodes_of(tree, nodes.Getitem) if isinstance(one.arg, nodes.Const)}
    for name in nodes_of(tree, nodes.Name):
        if name.name == "results" and name.ctx == "load" and id(name) not in named:
            message = "of results one is asked for, by its name in quotes: results['ID']"
            yield ExpressionError(message, name.lineno, "results")


def check_claim(claim: Claim, scope: Mapping[str, Any]) -> CheckedClaim:
    """Hold a claim against a result.

    Raises ValueError if it speaks of something that the result does not have, or gives what is neither true nor false.
    """
    expression = SANDBOX.expression(claim.source)
    try:
        kept = truth_of(SANDBOX.evaluate(expression, scope))
        measured = SANDBOX.readings(expression, scope)
    except ExpressionError as error:
        raise ValueError(f"{claim.source!r} can't be evaluated: {error}{error.hint and '; '}{error.hint}") from None
    return CheckedClaim(claim.source, kept, measured)

"""What a worker must have in common with a build so that its results are the build's own, byte for byte.

Whatever else a result depends on goes along with its task.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netviz.cache.sources import SHOWN, code_by_name
from netviz.cache.store import key_of
from netviz.methods import methods
from netviz.networks.machine import machine
from netviz.networks.weights import Weights

Identity = Mapping[str, Any]
"""Digest of netviz' code, methods of one's own included; versions of packages; label of the weights; the machine."""


def identity(weights: Weights) -> Identity:
    """That of this process. Methods of one's own must be known by now."""
    modules = {"netviz.engine.run", "netviz.cluster.worker", *(one.function.__module__ for one in methods().values())}
    code = code_by_name(*sorted(modules))
    return {
        "netviz": key_of([code["code"], code["data"]])[:SHOWN],
        "packages": dict(code["packages"]),
        "weights": weights.label,
        "machine": dict(machine()),
    }


def resource(of: Identity) -> str:
    """The name under which Dask knows workers of this identity: it gives them, and no others, a build's tasks."""
    return f"netviz {key_of(of)[:SHOWN]}"


def difference(theirs: Identity | None, ours: Identity) -> str:
    """Why a worker's results would not be those of this build, and what to do; empty if they would."""
    if not theirs:
        return "no `netviz worker ADDRESS` started it"
    if theirs["netviz"] != ours["netviz"]:
        codes = f"code {theirs['netviz']}, here {ours['netviz']}"
        return f"it has another version of netviz, or other --methods ({codes}): give it the same"
    if theirs["packages"] != ours["packages"]:
        name, its, here = next(_differing(theirs["packages"], ours["packages"]))
        return f"it has {name} {its or 'not at all'}, and this build {here or 'not at all'}: install the same on both"
    if theirs["weights"] != ours["weights"]:
        return (
            f"its weights are {theirs['weights']}, and this build's {ours['weights']}: start it with the same --weights"
        )
    return _of_machines(theirs["machine"], ours["machine"])


def _of_machines(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    its, here = {*theirs["instructions"]}, {*ours["instructions"]}
    if its != here:
        words = [f"lacks {' '.join(sorted(here - its))}"] if here - its else []
        words += [f"has {' '.join(sorted(its - here))} besides"] if its - here else []
        return f"its processor {' and '.join(words)}, and computes in another precision or order: build on one like it"
    for name, what in (("processors", "processors"), ("threads", "threads")):
        if theirs[name] != ours[name]:
            many = f"it uses {theirs[name]} {what}, and this build {ours[name]}, so sums are added up in another order"
            return (
                f"{many}: start it by `taskset -c 0-{ours['processors'] - 1} netviz worker ADDRESS`, or build likewise"
            )
    for name, its_value, here_value in _differing(theirs["environment"], ours["environment"]):
        return f"its environment has {name}={its_value}, and this build's {name}={here_value}: set it alike"
    return ""


def _differing(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Any:
    """What differs by name: its value there and here, None where there is none."""
    names = sorted({*theirs, *ours})
    return ((name, theirs.get(name), ours.get(name)) for name in names if theirs.get(name) != ours.get(name))

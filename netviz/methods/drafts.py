"""Small settings for quick looks (`--draft`): of each method that takes long those with which it is soon done.

They stand beside the methods and not in their modules, for these are in the keys of results: a draft must not make a
result stale. A setting of a draft counts where it makes an experiment cheaper. Its results have keys of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DRAFTS: dict[str, Mapping[str, Any]] = {
    "activation-maximisation": {"steps": 12},
    "cascading-randomisation": {"samples": 4},
    "class-test": {"samples": 4},
    "deep-dream": {"octaves": 2, "steps": 4},
    "deletion": {"steps": 7},
    "explanations-by-depth": {"networks": 2},
    "fgsm": {"points": 8},
    "insertion": {"steps": 7},
    "integrated-gradients": {"steps": 8, "max_steps": 16},
    "integrated-path": {"steps": 8},
    "inversion": {"steps": 16},
    "kernel-shap": {"samples": 60},
    "lime": {"samples": 60},
    "lime-spread": {"samples": 48},
    "occlusion": {"patch": 32, "stride": 32},
    "pgd": {"steps": 3},
    "regularisers-one-by-one": {"steps": 8},
    "rise": {"samples": 40},
    "score-cam": {"channels": 32},
    "simpler-model": {"networks": 2},
    "smoothgrad": {"samples": 5},
    "smoothgrad-squared": {"samples": 5},
    "spread-over-baselines": {"steps": 8},
    "spread-over-seeds": {"samples": 6},
    "train-classifier": {"steps": 200},
    "train-from-starts": {"steps": 200},
    "vargrad": {"samples": 5},
}


def declare_draft(method: str, **settings: Any) -> None:
    """Say what settings a draft has of a method, for one of one's own: ``declare_draft("my-method", samples=3)``."""
    _DRAFTS[method] = settings


def draft_settings(method: str) -> Mapping[str, Any]:
    """The settings of a method's draft by name; none where it is quick as it is."""
    return _DRAFTS.get(method, {})

"""The installed packages that results, figures and pages depend on, with their versions."""

from __future__ import annotations

import importlib.metadata
from functools import cache

NETWORK = ("tensorflow", "keras", "numpy", "pillow", "scipy", "scikit-image")
DATA = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn", "shap")
DRAWING = ("matplotlib", "numpy", "pillow")
PAGES = ("jinja2", "markdown", "pygments", "pymdown-extensions")


@cache
def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """The installed version of each package."""
    return {package: importlib.metadata.version(package) for package in packages}

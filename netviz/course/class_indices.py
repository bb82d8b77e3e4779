"""Classes by what authors call them."""

from __future__ import annotations

from typing import Any

from netviz.networks.classes import find
from netviz.remembered import remembered


def class_index(named: Any) -> int:
    """The index of the class that authors mean, see `netviz.networks.classes.find`. Raises ValueError as that does."""
    return _index(str(named))


_index = remembered(int, int)(find)  # which looks through a thousand classes' names when it is asked first

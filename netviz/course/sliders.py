"""Sliders: one experiment at several values of one setting, and what each value is called in addresses and results."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from netviz.mistakes import nearest

TARGET = "target"


@dataclass(frozen=True)
class Slider:
    """What a reader can vary: a setting or the target, and its values by name in the author's order.

    ``plain`` names the one that shows first, and that everything else in the course refers to.
    """

    setting: str
    values: Mapping[str, Any]
    plain: str

    @property
    def keeps_unit(self) -> bool:
        """Whether maps at all values have one unit: numbers and classes keep it; another layer or output need not."""
        return self.setting == TARGET or not any(isinstance(value, str) for value in self.values.values())


def value_name(value: Any) -> str:
    """A value in the form that an address can hold: ``5``, ``0.1``, ``block3_conv3``, ``Siberian-husky``."""
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return format(Decimal(repr(value)).normalize(), "f")
    text = str(value) if isinstance(value, str) else str(value).lower()
    return re.sub(r"[^\w.+-]+", "-", text).strip("-")


def no_value(value: Any, names: Collection[str]) -> str:
    """In words: a slider with values of these names does not stop at this one."""
    return f"no value {value!r} to show; {nearest(value_name(value), names)}" if names else "it has no slider (`vary:`)"

"""The operations of a graph while they are written down: each is given names, and gives the name of what it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper


@dataclass
class Nodes:
    """Operations in order, and constants by name; what has no name of its own gets one that begins with ``prefix``."""

    prefix: str
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def add(self, operation: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """An operation of ONNX's, which makes one array."""
        name = name or f"{self.prefix}/{len(self.nodes)}/{operation}"
        self.nodes.append(helper.make_node(operation, inputs, [name], **attributes))
        return name

    def constant(self, values: Any, name: str = "") -> str:
        """An array, stored as what it is."""
        name = name or f"{self.prefix}/constant/{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def floats(self, *values: float) -> str:
        """One number, or several in a row."""
        return self.constant(np.array(values if len(values) > 1 else values[0], np.float32))

    def integers(self, *values: int) -> str:
        """Whole numbers in a row, which is how axes and sizes are given."""
        return self.constant(np.array(values, np.int64))

    def as_floats(self, values: str, name: str = "") -> str:
        """Values of another type, true and false as 1 and 0."""
        return self.add("Cast", values, name=name, to=TensorProto.FLOAT)

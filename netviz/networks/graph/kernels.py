"""How a kernel stands in a graph: in full, or compactly, in a third of the bytes or so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.networks.graph.nodes import Nodes

Kernel = NDArray[np.floating[Any]]
"""Of a convolution (channels out, channels in, height, width), of a dense layer (values in, values out)."""
StoreKernel = Callable[[Nodes, str, Kernel], str]
"""Puts a kernel into a graph under a name, which it gives back."""

FEW = 50_000  # values of a kernel that takes little room even in half precision: those of VGG16's first block
BLOCKS = {4: 32, 2: 4}  # how many values along the second axis share a scale, in a convolution and in a dense layer
LARGEST = 127  # of a whole number in eight bits


def in_float32(nodes: Nodes, name: str, kernel: Kernel) -> str:
    """A kernel as it is."""
    return nodes.constant(kernel.astype(np.float32), name)


def compactly(nodes: Nodes, name: str, kernel: Kernel) -> str:
    """A kernel in whole numbers of eight bits with a scale for each block; one of few values in half precision.

    What the first convolutions get wrong goes through all others, forwards and backwards, and they are small. A scale
    for a whole channel, as is usual, would be that of its greatest value: the numbers of others would be coarse. What
    is left wrong wakes or silences a unit here and there whose sum is nearly zero, and Grad-CAM shows it.
    """
    if kernel.size < FEW:
        return nodes.as_floats(nodes.constant(kernel.astype(np.float16), f"{name}/half"), name)
    block = BLOCKS[kernel.ndim]
    numbers, scales = in_eight_bits(kernel, block)
    scale = nodes.as_floats(nodes.constant(scales, f"{name}/scales"))
    stored = nodes.constant(numbers, f"{name}/numbers")
    return nodes.add("DequantizeLinear", stored, scale, name=name, axis=1, block_size=block)


def in_eight_bits(kernel: Kernel, block: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Whole numbers of the kernel's shape, and what they are to be multiplied with.

    Along the second axis a scale holds for a block of so many values; the last block may be shorter.
    """
    starts = np.arange(0, kernel.shape[1], block)
    greatest = np.maximum.reduceat(np.abs(kernel), starts, axis=1)
    scales = np.maximum(greatest / LARGEST, np.finfo(np.float16).smallest_normal).astype(np.float16)
    everywhere = np.repeat(scales.astype(np.float32), block, axis=1)[:, : kernel.shape[1]]
    numbers = np.rint(kernel / everywhere).clip(-LARGEST, LARGEST)
    return numbers.astype(np.int8), scales

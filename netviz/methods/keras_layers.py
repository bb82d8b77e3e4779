"""What methods need that go into a network's layers, and not only through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netviz.networks import Network

if TYPE_CHECKING:
    from netviz.networks.keras_network import KerasNetwork


def with_layers(network: Network, asking: str) -> KerasNetwork:
    """The network, if its layers can be opened. Raises TypeError that names what was ``asking``."""
    from netviz.networks.keras_network import KerasNetwork

    if not isinstance(network, KerasNetwork):
        raise TypeError(f"{asking} needs a KerasNetwork, not a {type(network).__name__}")
    return network

"""netviz: lessons with real experiments on a real network, woven into a site of plain HTML."""

__version__ = "0.1.0"

"""A Keras network as an ONNX graph: every layer's output, and the derivatives of one class's logit by each of them.

A derivative needs nothing but operations that go forward: for a convolution a transposed one with the same kernel, for
a ReLU a product with the sign of what it let through, for a pooling an enlargement. So one graph with one copy of the
weights answers all that a page asks, and whoever runs it need not know what a derivative is.

| input | |
|---|---|
| ``picture`` | float32 (n, height, width, 3), RGB, 0 to 255 |
| ``target`` | int64 (n,): a class for each picture; empty, (0,), where no derivative is wanted: then none is computed |
| ``guided`` | bool (): whether derivatives keep the rule of guided backpropagation (`netviz.networks.ReluRule`) |

| output | |
|---|---|
| ``logits`` | float32 (n, classes) |
| a layer's name | its output; maps are (n, channels, height, width), so that a channel's values stand together |
| ``gradient`` | of the targets' logits by the pictures' values: (n, height, width, 3) |
| ``gradient:LAYER`` | of the targets' logits by the maps of a layer on the way to the logits, of their shape |

The same network gives the same bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from netviz import __version__
from netviz.networks.graph.kernels import StoreKernel, in_float32
from netviz.networks.graph.layers import CannotWrite, Place, way_of
from netviz.networks.graph.nodes import Nodes
from netviz.networks.keras_network import KerasNetwork, Preprocessing, keras

PICTURE, TARGET, GUIDED, LOGITS, GRADIENT = "picture", "target", "guided", "logits", "gradient"
OPSET, IR_VERSION = 21, 10  # the first in which a block of a kernel has a scale of its own
TO_MAPS = (0, 3, 1, 2)  # (n, height, width, channels) to (n, channels, height, width)
TO_PICTURES = (0, 2, 3, 1)  # and back
LOWEST = float(np.finfo(np.float32).min)


def onnx_graph(network: KerasNetwork, store_kernel: StoreKernel = in_float32) -> bytes:
    """The graph of a network of convolutions, ReLUs, poolings and dense layers: the bytes of an ``.onnx`` file.

    Raises CannotWrite for a network that holds anything else.
    """
    places = _places(network)
    forward = _forward(network, places, store_kernel)
    backward, derivatives = _backward(network, places)
    forward.nodes.append(_where_wanted(forward, backward, derivatives))
    inputs = [
        helper.make_tensor_value_info(PICTURE, TensorProto.FLOAT, ["n", *network.input_shape]),
        helper.make_tensor_value_info(TARGET, TensorProto.INT64, ["targets"]),
        helper.make_tensor_value_info(GUIDED, TensorProto.BOOL, []),
    ]
    ranks = {LOGITS: 2, **{name: place.rank for name, place in places.items()}, **dict.fromkeys(derivatives, 4)}
    outputs = [_floats(name, rank) for name, rank in ranks.items()]
    graph = helper.make_graph(forward.nodes, "network", inputs, outputs, [*forward.constants.values()])
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="netviz",
        producer_version=__version__,
    )
    checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _places(network: KerasNetwork) -> dict[str, Place]:
    """Every layer by its name, in an order in which none comes before what it reads."""
    places: dict[str, Place] = {}
    names: dict[int, str] = {}  # of the layer that gives a tensor
    for layer in network.model.layers:
        is_input = isinstance(layer, keras.layers.InputLayer)
        inputs = () if is_input else tuple(names[id(tensor)] for tensor in keras.tree.flatten(layer.input))
        names[id(layer.output)] = layer.name
        if layer.name in {PICTURE, TARGET, GUIDED, LOGITS, GRADIENT}:
            raise CannotWrite(f"a layer is called {layer.name!r}, which is the name of something else in the graph")
        places[layer.name] = Place(layer, inputs)
    return places


def _forward(network: KerasNetwork, places: dict[str, Place], store_kernel: StoreKernel) -> Nodes:
    """From pictures to the logits, each layer's output under its name."""
    nodes = Nodes("forward")
    for name, place in places.items():
        if place.inputs:
            way_of(place.layer).forward(nodes, place, store_kernel)
        else:
            nodes.add("Transpose", _preprocessed(nodes, network.preprocessing), name=name, perm=TO_MAPS)
    nodes.add("Identity", network.logits_layer, name=LOGITS)
    return nodes


def _backward(network: KerasNetwork, places: dict[str, Place]) -> tuple[Nodes, dict[str, str]]:
    """From the targets' logits back to the pictures; and the derivatives there are, with their names in there."""
    nodes = Nodes("backward")
    least = nodes.add("Where", GUIDED, nodes.floats(0), nodes.floats(LOWEST))
    classes = nodes.integers(places[network.logits_layer].layer.output.shape[-1])
    shares = {network.logits_layer: [nodes.add("OneHot", TARGET, classes, nodes.floats(0, 1))]}
    derivatives: dict[str, str] = {}
    for name, place in reversed(places.items()):
        if name not in shares:
            continue  # off the way to the logits
        derivative, *others = shares[name]
        for other in others:
            derivative = nodes.add("Add", derivative, other)
        if not place.inputs:
            derivatives[GRADIENT] = _by_picture(nodes, derivative, network.preprocessing)
            continue
        if place.rank == 4:
            derivatives[f"{GRADIENT}:{name}"] = derivative
        for source, share in zip(
            place.inputs, way_of(place.layer).backward(nodes, place, derivative, least), strict=True
        ):
            shares.setdefault(source, []).append(share)
    return nodes, derivatives


def _where_wanted(forward: Nodes, backward: Nodes, derivatives: dict[str, str]) -> Any:
    """The derivatives if there is a target, else an empty array for each.

    A runtime works out the whole of a graph, whichever outputs it is asked for.
    """
    nothing = numpy_helper.from_array(np.zeros((0, 0, 0, 0), np.float32))
    empty = [helper.make_node("Constant", [], [f"no {name}"], value=nothing) for name in derivatives]
    found = [_floats(name, 4) for name in derivatives.values()]
    not_found = [_floats(node.output[0], 4) for node in empty]
    return helper.make_node(
        "If",
        [forward.add("Greater", forward.add("Size", TARGET), forward.constant(np.array(0)))],
        [*derivatives],
        then_branch=helper.make_graph(backward.nodes, "derivatives", [], found, [*backward.constants.values()]),
        else_branch=helper.make_graph(empty, "no derivatives", [], not_found),
    )


def _floats(name: str, rank: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank)


def _preprocessed(nodes: Nodes, rule: Preprocessing) -> str:
    centred = nodes.add("Sub", PICTURE, nodes.floats(*rule.mean))
    return _in_order(nodes, nodes.add("Div", centred, nodes.floats(*rule.deviation)), rule)


def _by_picture(nodes: Nodes, by_input: str, rule: Preprocessing) -> str:
    pictures = _in_order(nodes, nodes.add("Transpose", by_input, perm=TO_PICTURES), rule)
    return nodes.add("Div", pictures, nodes.floats(*rule.deviation))


def _in_order(nodes: Nodes, pictures: str, rule: Preprocessing) -> str:
    """Channels in the network's order, or from there in that of RGB."""
    return nodes.add("Gather", pictures, nodes.integers(2, 1, 0), axis=3) if rule.reverse_channels else pictures

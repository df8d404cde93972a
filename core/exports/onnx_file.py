"""An ONNX file with another head: the initializers are replaced, and all else is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError
from core.models import onnx_graphs
from core.models.onnx_graphs import Graph, Linear

BIAS = "fencepost.head.bias"  # where the graph had none


def with_head(source: Path, target: Path, weight: np.ndarray, bias: np.ndarray) -> Graph:
    """Write the network of `source` with this head, (K, D) and (K,); gives its graph.

    Where the numbers lie in the file as they are, only these bytes change.

    Raises:
        ModelError: it cannot be read, or has no linear layer at its end.
    """
    graph = onnx_graphs.read(source)
    if (head := graph.head) is None:
        raise ModelError("This network has no linear layer at its end to replace.")
    new = {head.weight: weight.T if head.flipped else weight}
    if head.bias:
        new[head.bias] = bias.reshape(graph.tensor(head.bias).shape)
    data = _patched(source.read_bytes(), graph, new) if head.bias or not bias.any() else None
    if data is None:
        data = _rewritten(graph, head, new, bias)
    target.write_bytes(data)
    return graph


def _patched(data: bytes, graph: Graph, new: dict[str, np.ndarray]) -> bytes | None:
    """The bytes of the file with those of some tensors replaced; None where they lie otherwise."""
    for name, values in new.items():
        old = next(t for t in graph.model.graph.initializer if t.name == name)
        fresh = np.ascontiguousarray(values.astype(graph.tensor(name).dtype)).tobytes()
        if len(old.raw_data) != len(fresh) or data.count(old.raw_data) != 1:
            return None
        data = data.replace(old.raw_data, fresh)
    return data


def _rewritten(graph: Graph, head: Linear, new: dict[str, np.ndarray], bias: np.ndarray) -> bytes:
    """The whole file written anew, with a bias where it had none and needs one."""
    from onnx import numpy_helper

    for tensor in graph.model.graph.initializer:
        if tensor.name in new:
            values = new[tensor.name].astype(numpy_helper.to_array(tensor).dtype)
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))
    if not head.bias and bias.any():
        _add_bias(graph.model, head, bias.astype(graph.dtype))
    return graph.model.SerializeToString()


def _add_bias(model: Any, head: Linear, bias: np.ndarray) -> None:
    from onnx import helper, numpy_helper

    node = model.graph.node[head.node]
    model.graph.initializer.append(numpy_helper.from_array(bias, BIAS))
    if node.op_type == "Gemm":
        node.input.append(BIAS)
        return
    [output] = node.output
    node.output[0] = f"{output}.before_bias"
    added = helper.make_node("Add", [node.output[0], BIAS], [output])
    model.graph.node.insert(head.node + 1, added)
